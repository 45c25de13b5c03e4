"""`python -m benchmarks`: every measurement in short form, in one run, as one table; see --help."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator

from benchmarks import depth, imports, receipt, start, tone
from benchmarks.engines import Engine, engines, versions
from benchmarks.figures import Line, table

ENGINES = ("sqlite", "postgresql")
MEASURES: dict[str, Callable[..., Iterator[Line]]] = {
    "receipt": receipt.measure,
    "depth": depth.measure,
    "import": imports.measure,
    "tone": tone.measure,
    "start": start.measure,
}
SQLITE_ONLY = {"tone", "start"}  # the targets are for SQLite; --engine postgresql measures them there


def main() -> int:
    """Measure what was asked for and print the table."""
    options = _options()
    started = time.monotonic()
    with engines(*options.engine) as made:
        lines = list(_measure(made, options))
    print(versions())
    print()
    print(table(lines))
    print(f"\n{time.monotonic() - started:.0f} s in all.")
    return 0


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
