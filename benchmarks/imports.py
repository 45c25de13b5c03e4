"""How long stations wait while 10,000 order lines are imported, against the same stations before it."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from benchmarks.engines import Engine
from benchmarks.figures import Line, Sample, short
from benchmarks.floors import NUMBER, OTHER_NUMBER, OTHER_SKU, SKU, build, load, settle
from db import connection
from tests.small_floor import TODAY

LINES = 10_000
LINES_IN_ORDER = 4
SKUS = (SKU, "GOWN-M")  # what the imported orders ask for
BEFORE_S = 1.0  # scanning without an import
AFTER_S = 0.5
LONG_TIMES = 5


@dataclass(frozen=True, slots=True)
class Stand:
    """A station at work: which item it receives, and whether the import touches that."""

    words: str
    badge: str
    po: str
    number: int
    serial: int


STANDS = (
    Stand("same item", "1001", "PO-1", NUMBER, 100_000),
    Stand("another item", "1004", "PO-2", OTHER_NUMBER, 500_000),
)


@dataclass(frozen=True, slots=True)
class Wait:
    """One scan: when (CLOCK_MONOTONIC, the same in all processes), and how long until its verdict."""

    at: float
    seconds: float


@dataclass(frozen=True, slots=True)
class Import:
    """When the command ran, from its start to its end."""

    began: float
    ended: float

    def met(self, wait: Wait) -> bool:
        """Whether a scan had to do with it."""
        return wait.at < self.ended and wait.at + wait.seconds > self.began


def measure(engine: Engine, *, long: bool) -> Iterator[Line]:
    """One station on an imported item and one on another, each scanning every 50 ms in a process of its own."""
    during: list[list[Wait]] = [[] for _ in STANDS]
    before: list[list[Wait]] = [[] for _ in STANDS]
    took: list[float] = []
    for _ in range(LONG_TIMES if long else 1):
        ran, waits = _once(engine)
        took.append(ran.ended - ran.began)
        for place, found in enumerate(waits):
            during[place] += [wait for wait in found if ran.met(wait)]
            before[place] += [wait for wait in found if wait.at + wait.seconds <= ran.began]
    for stand, meanwhile, calm in zip(STANDS, during, before, strict=True):
        yield _line(engine, stand, Sample(_seconds(meanwhile)), Sample(_seconds(calm)), took)


def _line(engine: Engine, stand: Stand, ours: Sample, calm: Sample, took: Sequence[float]) -> Line:
    return Line(
        what=f"import of {LINES:,} lines, {stand.words}",
        engine=engine.name,
        ours=f"max {short(ours.most)}, p95 {short(ours.at(95))} ms",
        against=f"max {short(calm.most)}, p95 {short(calm.at(95))} ms before",
        result=f"{short(ours.most / 1000)} s at most",
        note=f"import took {', '.join(f'{seconds:.1f}' for seconds in took)} s; n={len(ours.seconds)}",
    )


def _seconds(waits: Sequence[Wait]) -> tuple[float, ...]:
    return tuple(wait.seconds for wait in waits)


def _once(engine: Engine) -> tuple[Import, list[list[Wait]]]:
    url = engine.create()
    small = build(1_000)
    load(small, OTHER_SKU, "SM", 1_000, 1)
    settle()
    connection.close()
    scanning = [_start(url, stand) for stand in STANDS]
    try:
        for child in scanning:
            if _out(child).readline() != "ready\n":
                raise RuntimeError("a station did not begin to work")
        time.sleep(BEFORE_S)
        ran = _import(url)
        time.sleep(AFTER_S)
    finally:
        answers = [child.communicate("")[0] for child in scanning]
    return ran, [[Wait(*pair) for pair in json.loads(answer)] for answer in answers]


def _start(url: str, stand: Stand) -> subprocess.Popen[str]:
    words = [url, stand.badge, stand.po, str(stand.number), str(stand.serial)]
    return subprocess.Popen(
        [sys.executable, "-m", "benchmarks.scanning", *words],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def _out(child: subprocess.Popen[str]) -> IO[str]:
    if child.stdout is None:
        raise RuntimeError("no pipe")
    return child.stdout


def _import(url: str) -> Import:
    with tempfile.TemporaryDirectory() as folder:
        orders = Path(folder) / "sales_orders.csv"
        _write_orders(orders)
        began = time.monotonic()
        done = subprocess.run(
            [sys.executable, "-m", "tui", "import", str(orders), "--db", url],
            capture_output=True,
            text=True,
            check=False,
        )
        ended = time.monotonic()
    if done.returncode:
        raise RuntimeError(f"the import failed: {done.stderr}")
    return Import(began, ended)


def _write_orders(path: Path) -> None:
    with path.open("w", newline="") as file:
        write = csv.writer(file)
        write.writerow(("order", "customer", "line", "sku", "quantity", "promised_on"))
        for number in range(LINES):
            order, line = divmod(number, LINES_IN_ORDER)
            sku = SKUS[number % len(SKUS)]
            write.writerow((f"IM-{order}", "C3", line + 1, sku, 1 + number % 7, TODAY.isoformat()))
