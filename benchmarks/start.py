"""From the command to the first frame, against an app of Textual's own that only shows the same words."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.engines import Engine
from benchmarks.figures import Line, Sample, ratio, short
from benchmarks.floors import build, label
from benchmarks.terminals import Terminal
from db import connection
from devices.feedback import Signal
from devices.simulator import ScriptedScanner

FIRST_WORDS = "SCAN YOUR BADGE"
FRAME_S = 0.6
PEAK_MB = 80
TIMES = {False: 4, True: 40}
CASES = 20  # scanned before the memory is read
_BARE = (
    "from textual.app import App\n"
    "from textual.widgets import Static\n"
    "class Bare(App):\n"
    "    def compose(self):\n"
    f"        yield Static('{FIRST_WORDS}')\n"
    "Bare().run(mouse=False)\n"
)


def measure(engine: Engine, *, long: bool) -> Iterator[Line]:
    """Seconds to the first frame, alternating with the bare app; then the peak memory of a terminal at work."""
    url = engine.create()
    build(1_000)
    connection.close()
    run = ("-m", "tui", "run", "--db", url)
    ours: list[float] = []
    bare: list[float] = []
    for turn in range(TIMES[long] + 1):
        took = _first_frame(*run)
        bare_took = _first_frame("-c", _BARE)
        if turn:  # the first one reads the files from the disk
            ours.append(took)
            bare.append(bare_took)
    sample, against = Sample(tuple(ours)), Sample(tuple(bare))
    yield Line(
        what="start to first frame",
        engine=engine.name,
        ours=sample.both(),
        against=f"{against.both()} bare Textual app",
        result=f"{sample.median / 1000:.2f} s ({ratio(sample, against):.2f}x)",
        target=f"<= {FRAME_S} s" if engine.name == "sqlite" else "-",
        met=sample.median / 1000 <= FRAME_S if engine.name == "sqlite" else None,
        note=f"n={len(ours)}",
    )
    first, working = _memory(url)
    yield Line(
        what="peak memory of a terminal",
        engine=engine.name,
        ours=f"{working:.0f} MB after {CASES} cases",
        against=f"{first:.0f} MB at the first frame",
        result=f"{short(working)} MB",
        target=f"<= {PEAK_MB} MB",
        met=working <= PEAK_MB,
        note="VmHWM",
    )


def _first_frame(*words: str) -> float:
    with Terminal(words) as terminal:
        return terminal.wait_for(FIRST_WORDS)


def _memory(url: str) -> tuple[float, float]:
    """MB at the first frame, and after a badge, a purchase order and some cases."""
    with (
        ScriptedScanner() as scanner,
        Terminal(("-m", "tui", "run", "--db", url, "--scanner", scanner.url)) as terminal,
    ):
        terminal.wait_for(FIRST_WORDS)
        first = terminal.peak_mb()
        for raw in ("1001", "PO-1", *(label(serial) for serial in range(1, CASES + 1))):
            scanner.scan(raw)
            if scanner.wait_for_signal("generic", 5.0) is not Signal.GOOD:
                raise RuntimeError(f"{raw} was not taken")
        return first, terminal.peak_mb()
