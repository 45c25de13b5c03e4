"""Samples, what is made of them, and the one table that they end in."""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

FEWEST = 20  # turns, however long they take


@dataclass(frozen=True, slots=True)
class Sample:
    """Seconds of one thing measured many times."""

    seconds: tuple[float, ...]

    def at(self, percent: float) -> float:
        """The value that `percent` of the runs did not exceed, in milliseconds."""
        ordered = sorted(self.seconds)
        place = math.ceil(percent / 100 * len(ordered)) - 1
        return ordered[max(0, place)] * 1000

    @property
    def median(self) -> float:
        """Milliseconds."""
        return statistics.median(self.seconds) * 1000

    @property
    def most(self) -> float:
        """The slowest run, in milliseconds."""
        return max(self.seconds) * 1000

    def both(self) -> str:
        """'median / p95 ms'."""
        return f"{short(self.median)} / {short(self.at(95))} ms"


def short(number: float) -> str:
    """A number with as many decimals as mean something."""
    return f"{number:.2f}" if number < 10 else f"{number:.1f}" if number < 100 else f"{number:,.0f}"


@dataclass(frozen=True, slots=True)
class Turns:
    """Turns of a measurement, each telling whether it counts: `warm` ones that do not come first.

    It ends after `count` that do, or once `seconds` are over: a busy machine takes fewer turns, not longer.
    """

    warm: int
    count: int
    seconds: float

    def __iter__(self) -> Iterator[bool]:
        for _ in range(self.warm):
            yield False
        ends = time.monotonic() + self.seconds
        for turn in range(self.count):
            if turn >= FEWEST and time.monotonic() > ends:
                return
            yield True


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the table: what was measured, ours, what it is held against, what comes of it, and the target.

    `met` is None where nothing was to be met.
    """

    what: str
    engine: str
    ours: str
    against: str = "-"
    result: str = ""
    target: str = "-"
    met: bool | None = None
    note: str = ""

    def cells(self) -> tuple[str, ...]:
        """The line as it is printed."""
        mark = "" if self.met is None else ("yes" if self.met else "NO")
        return (self.what, self.engine, self.ours, self.against, self.result, self.target, mark, self.note)


HEAD = ("what", "engine", "ours", "against", "result", "target", "met", "note")


def table(lines: Sequence[Line]) -> str:
    """All lines in columns as wide as they need."""
    rows = [HEAD, *(line.cells() for line in lines)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD))]
    rule = ["  ".join("-" * width for width in widths)]
    texts = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join(texts[:1] + rule + texts[1:])


def ratio(ours: Sample, against: Sample) -> float:
    """How many times the median of `against` ours is."""
    return ours.median / against.median
