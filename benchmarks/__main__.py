"""`python -m benchmarks`: every measurement in short form, in one run, as one table; see --help."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks import crowd, depth, imports, lines, meaning, packs, receipt, simulate, start, tone, truck
from benchmarks.engines import Engine, engines, versions
from benchmarks.figures import Line, table

PRESSURES = ("cpu", "io")
ENGINES = ("sqlite", "postgresql")
MEASURES: dict[str, Callable[..., Iterator[Line]]] = {
    "receipt": receipt.measure,
    "depth": depth.measure,
    "crowd": crowd.measure,
    "import": imports.measure,
    "tone": tone.measure,
    "start": start.measure,
    "meaning": meaning.measure,
    "lines": lines.measure,
    "packs": packs.measure,
    "simulate": simulate.measure,
    "truck": truck.measure,
}
SQLITE_ONLY = {
    "tone",
    "start",
    "meaning",
    "lines",
    "packs",
    "simulate",
}  # targets for SQLite, or no database in them; once is enough


def main() -> int:
    """Measure what was asked for and print the table."""
    options = _options()
    started = time.monotonic()
    busy = _Pressure()
    with engines(*options.engine) as made:
        lines = list(_measure(made, options))
    print(versions())
    print(busy.words())
    print()
    print(table(lines))
    print(f"\n{time.monotonic() - started:.0f} s in all.")
    return 0


class _Pressure:
    """How much else the machine had to do: what a slow figure may owe to others."""

    def __init__(self) -> None:
        self._load = os.getloadavg()[0]
        self._began = time.monotonic()
        self._stalled = self._stall()

    def words(self) -> str:
        """The load at the start, and how much of the time since then something waited for a core or the disk."""
        seconds = time.monotonic() - self._began
        waited = {
            name: (now - before) / seconds
            for name, now, before in zip(PRESSURES, self._stall(), self._stalled, strict=True)
        }
        shares = ", ".join(f"{share:.0%} {name}" for name, share in waited.items())
        return f"Load {self._load:.1f} at the start; meanwhile something waited for: {shares} of the time."

    @staticmethod
    def _stall() -> tuple[float, ...]:
        return tuple(_stalled_seconds(name) for name in PRESSURES)


def _stalled_seconds(name: str) -> float:
    """Seconds since boot in which at least one task waited; 0 on a kernel that does not count them."""
    path = Path("/proc/pressure") / name
    if not path.exists():
        return 0.0
    return int(path.read_text().split("total=")[1].split()[0]) / 1e6


def _measure(made: tuple[Engine, ...], options: argparse.Namespace) -> Iterator[Line]:
    for name in options.only:
        for engine in made:
            if name in SQLITE_ONLY and engine.name != "sqlite" and len(made) > 1:
                continue
            started = time.monotonic()
            yield from MEASURES[name](engine, long=options.long)
            print(f"{name} {engine.name}: {time.monotonic() - started:.1f} s", file=sys.stderr)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--long", action="store_true", help="many more runs of each")
    parser.add_argument("--only", action="append", choices=sorted(MEASURES), metavar="NAME", help=", ".join(MEASURES))
    parser.add_argument("--engine", action="append", choices=ENGINES, metavar="NAME", help="sqlite, postgresql")
    options = parser.parse_args()
    options.only = options.only or list(MEASURES)
    options.engine = options.engine or list(ENGINES)
    return options


if __name__ == "__main__":
    sys.exit(main())
