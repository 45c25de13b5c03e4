"""What the tests of line mode share: their floor, line mode within the test's own process, and its JSON."""

from __future__ import annotations

import io
import json
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from small_floor import Hand, SmallFloor, gtin, sscc
from terminal_kit import PATIENCE, Plain, eventually, log_lines, nobody

from db import connection
from devices.simulator import ScriptedScanner
from tui import plain
from warehouse.barcodes.text import forbidden

GOWN, MEDIUM, MASK, SERUM, MASKS_50 = gtin(1), gtin(2), gtin(3), gtin(4), gtin(30)
CASE = f"]C100{sscc(1)}020{GOWN}3724"
FIELDS = [
    "scan_id",
    "input",
    "source",
    "flow",
    "step",
    "next_step",
    "verdict",
    "message",
    "prompt",
    "unit",
    "released",
    "freed",
    "rows",
]


def line_floor(small: SmallFloor) -> dict[str, Hand]:
    """Two purchase orders; two orders that wait for gowns; a pick of a part at A-01, one of loose masks at A-02."""
    small.purchase_order("PO-1", ("GOWN-L", 100), ("MASK", 200), ("SERUM", 50))
    small.purchase_order("PO-2", ("GOWN-M", 10))
    small.order("SO-1", ("GOWN-L", 20))
    small.order("SO-2", ("GOWN-L", 30))
    small.stock("GOWN-M", 40, "A-01", code=sscc(50))
    small.stock("MASK", 30, "A-02")
    small.order("SO-3", ("GOWN-M", 25))
    small.order("SO-4", ("MASK", 30))
    return {}


def within_patience(work: Callable[[], None]) -> None:
    """Do it, and fail when it never ends: line mode waits for each answer, however long that takes."""
    failed: list[Exception] = []

    def try_it() -> None:
        try:
            work()
        except Exception as error:  # noqa: BLE001 - raised again where the test is
            failed.append(error)

    thread = threading.Thread(target=try_it, daemon=True)
    thread.start()
    thread.join(PATIENCE)
    assert not thread.is_alive(), "it hangs"
    if failed:
        raise failed[0]


class Here:
    """Line mode within this process: what it prints is kept."""

    def __init__(self, small: SmallFloor, *, json: bool = True, out: Any = None) -> None:
        self.out = io.StringIO() if out is None else out
        self.terminal = plain.Terminal(nobody(small), self.out, json=json)

    def give(self, lines: Iterable[bytes]) -> None:
        """A whole run over these lines."""
        within_patience(lambda: plain.run(self.terminal, iter(lines)))

    def run(self, lines: Iterable[bytes]) -> list[dict[str, Any]]:
        """Everything that was printed for these lines, the start too."""
        self.give(lines)
        return self.objects()

    def text(self, *given: str) -> str:
        """The same for people."""
        self.give(line.encode() for line in given)
        return self.out.getvalue()

    def timed(self, small: SmallFloor, *records: dict[str, Any] | bytes) -> list[dict[str, Any]]:
        """The same in virtual time."""
        lines = (one if isinstance(one, bytes) else json.dumps(one).encode() for one in records)
        within_patience(lambda: plain.run_timed(self.terminal, plain.VirtualClock(small.now), lines))
        return self.objects()

    def objects(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.getvalue().splitlines()]


def lines(*texts: str) -> bytes:
    """Lines as a pipe gives them."""
    return "".join(f"{text}\n" for text in texts).encode()


def way(found: Iterable[dict[str, Any]]) -> list[tuple[str, str]]:
    """Verdict and next step of each object."""
    return [(one["verdict"], one["next_step"]) for one in found]


def steers(printed: bytes) -> list[str]:
    """The characters in it that could steer a terminal, line ends apart."""
    return [char for char in printed.decode() if char != "\n" and forbidden(char)]


def saved_verdicts() -> list[tuple[str, str]]:
    """What the scan log holds, in order: what was given, and the verdict."""
    return [
        (raw, verdict) for raw, verdict in connection.rows("SELECT raw, verdict FROM scan_log ORDER BY at, scan_id")
    ]


def refusals() -> list[tuple[str, str]]:
    """What was refused, in order: at which step, and what was given."""
    return [(step, got) for step, got in connection.rows("SELECT step, got FROM refusal ORDER BY at, scan_id")]


class AtScanner:
    """Line mode as a process that a scanner on a real pseudo-terminal serves; nothing is typed unless a test does."""

    def __init__(self, url: str, logs: Path, *guns: ScriptedScanner, feedback: str = "honeywell") -> None:
        ports = [option for gun in guns for option in ("--scanner", gun.url)]
        self.logs = logs
        self.process = Plain(url, *ports, "--feedback", feedback, "--station", "DOCK-1", DOCKBELL_LOGS=str(logs))

    def __enter__(self) -> Plain:
        self.process.__enter__()
        self.start = self.process.object()
        wanted = self.process.process.args.count("--scanner")
        online = eventually(lambda: sum(" online: " in line for line in log_lines(self.logs)) == wanted)
        assert online, "a scanner did not come on line"
        return self.process

    def __exit__(self, *what: object) -> None:
        self.process.__exit__(*what)
