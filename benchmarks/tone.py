"""From the last byte of a scan on a pseudo-terminal to the good tone's bytes read back from it.

The app at 120x40 on a terminal of its own, with a full board read and painted twice a second, against the same
station and scanner with no screen at all. The scanner's end is in this process, the terminals are others.
"""

from __future__ import annotations

import contextlib
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from benchmarks.engines import Engine
from benchmarks.figures import Line, Sample, Turns, short
from benchmarks.floors import Receiver, build, label
from benchmarks.terminals import ROOT, Terminal
from db import connection
from devices.feedback import Signal
from devices.simulator import ScriptedScanner

P95_MS, P99_MS = 20.0, 50.0
WARM = 5
COUNT = {False: 200, True: 300}
SECONDS = {False: 9.0, True: 90.0}
PAUSE = {False: (0.03, 0.08), True: (0.17, 0.23)}  # in the long form 5 scans a second for a minute
LINES = {False: 10_000, True: 1_000_000}
SHOWN = 20  # lines that a board shows
SEED = 1


@dataclass(slots=True)
class Gun:
    """A scanner in the hand of a receiver who has signed on."""

    scanner: ScriptedScanner
    serial: int = 0
    seconds: list[float] = field(default_factory=list)

    def sign_on(self) -> None:
        """Badge, purchase order: the next scan is a case."""
        for raw in ("1001", "PO-1"):
            self._scan(raw)

    def case(self) -> float:
        """Seconds from the last byte written to the good tone."""
        self.serial += 1
        return self._scan(label(self.serial))

    def _scan(self, raw: str) -> float:
        self.scanner.scan(raw)
        written = time.perf_counter()
        signal = self.scanner.wait_for_signal("generic", 5.0)
        took = time.perf_counter() - written
        if signal is not Signal.GOOD:
            raise RuntimeError(f"{raw} was answered with {signal}")
        return took


def measure(engine: Engine, *, long: bool) -> Iterator[Line]:
    """Alternating between the terminal with the board and the bare station, each on a database of its own."""
    url = busy_site(engine, LINES[long])
    bare_url = engine.copy(url)
    waits = random.Random(SEED)
    with contextlib.ExitStack() as stack:
        app_scanner, bare_scanner = (stack.enter_context(ScriptedScanner()) for _ in range(2))
        screen = stack.enter_context(Terminal(("-m", "benchmarks.terminal", "board", url, app_scanner.url)))
        stack.enter_context(_bare_station(bare_url, bare_scanner.url))
        screen.wait_for("SCAN YOUR BADGE")
        guns = [Gun(app_scanner), Gun(bare_scanner)]
        for gun in guns:
            gun.sign_on()
        screen.wait_for("full board 2")
        began, drawn = time.monotonic(), screen.drawn()
        for counted in Turns(WARM, COUNT[long], SECONDS[long]):
            for gun in guns:
                # Nobody scans in step with the screen; and the screen of the scan before is drawn by then.
                time.sleep(waits.uniform(*PAUSE[long]) / (2 if long else 1))
                took = gun.case()
                if counted:
                    gun.seconds.append(took)
        rate = (screen.drawn() - drawn) / (time.monotonic() - began) / 1000
    ours, bare = (Sample(tuple(gun.seconds)) for gun in guns)
    yield _line(engine, ours, bare, rate)


def busy_site(engine: Engine, lines: int = LINES[False]) -> str:
    """A site with so many open lines, and with so many cases in that a board is full from the start."""
    url = engine.create()
    build(lines)
    Receiver.at_work("1004", serial=900_000).receive(2 * SHOWN)
    connection.close()
    return url


def _line(engine: Engine, ours: Sample, bare: Sample, rate: float) -> Line:
    return Line(
        what="last byte to good tone",
        engine=engine.name,
        ours=_spread(ours),
        against=f"{_spread(bare)} no screen",
        result=f"p95 {short(ours.at(95))}, p99 {short(ours.at(99))} ms",
        target=f"<= {P95_MS:.0f}, <= {P99_MS:.0f} ms",
        met=ours.at(95) <= P95_MS and ours.at(99) <= P99_MS,
        note=f"DockbellApp 120x40, full board at 2 Hz, {rate:.0f} kB/s drawn; n={len(ours.seconds)}",
    )


def _spread(sample: Sample) -> str:
    return f"{short(sample.median)} / {short(sample.at(95))} / {short(sample.at(99))} ms"


@contextlib.contextmanager
def _bare_station(url: str, scanner: str) -> Iterator[None]:
    child = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.terminal", "bare", url, scanner],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    try:
        if child.stdout is None or child.stdout.readline() != "ready\n":
            raise RuntimeError("the bare station did not start")
        yield
    finally:
        child.communicate("")
