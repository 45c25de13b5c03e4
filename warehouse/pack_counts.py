"""How many pieces a vendor's cases of an item held, as order statistics. Pure, and exact: integers and fractions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

Counts = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class History:
    """The cases of a window by their counts: order statistics, all in pieces; all 0 when there are no cases.

    `counts` has each value with its number of cases, ascending. The percentiles are values that were seen (nearest
    rank); the median and the MAD (median of the distances from the median) may lie halfway. Of several values as
    frequent as the most frequent one, `mode` is the smallest.
    """

    counts: Counts
    cases: int
    least: int
    most: int
    median: Fraction
    mad: Fraction
    p5: int
    p95: int
    mode: int
    mode_cases: int

    @classmethod
    def of(cls, pairs: Iterable[tuple[int, int]]) -> History:
        """From (pieces, cases) in any order, a value in several pairs or in one; raises ValueError for less than 1."""
        tally: Counter[int] = Counter()
        for pieces, cases in pairs:
            if pieces < 1 or cases < 1:
                raise ValueError(f"{cases} cases of {pieces} pieces: both are at least 1")
            tally[pieces] += cases
        if not tally:
            return cls((), 0, 0, 0, Fraction(0), Fraction(0), 0, 0, 0, 0)
        counts = tuple(sorted(tally.items()))
        twice = _twice_median(counts)
        apart: Counter[int] = Counter()
        for pieces, cases in counts:
            apart[abs(2 * pieces - twice)] += cases
        mode = max(counts, key=lambda pair: (pair[1], -pair[0]))
        return cls(
            counts=counts,
            cases=tally.total(),
            least=counts[0][0],
            most=counts[-1][0],
            median=Fraction(twice, 2),
            mad=Fraction(_twice_median(tuple(sorted(apart.items()))), 4),
            p5=_percentile(counts, 5),
            p95=_percentile(counts, 95),
            mode=mode[0],
            mode_cases=mode[1],
        )

    @property
    def mode_share(self) -> Fraction:
        """The part of all cases that held the mode."""
        return Fraction(self.mode_cases, self.cases) if self.cases else Fraction(0)

    @property
    def usual(self) -> str:
        """What nine of ten cases held, for people: '20-24', '24', or '' without cases."""
        return span(self.p5, self.p95) if self.cases else ""


def span(low: int, high: int) -> str:
    """A range for people: '20-24', or '24' where both ends are the same."""
    return f"{low}-{high}" if low != high else str(low)


def number(value: Fraction) -> str:
    """A median or a MAD for people: '22', '22.5', never more than two decimals."""
    return f"{float(value):.2f}".rstrip("0").rstrip(".")


def _twice_median(counts: Counts) -> int:
    """Twice the middle one of ascending values, or the sum of the middle two: whole in any case."""
    cases = sum(number for _, number in counts)
    return _ranked(counts, (cases + 1) // 2) + _ranked(counts, cases // 2 + 1)


def _percentile(counts: Counts, percent: int) -> int:
    cases = sum(number for _, number in counts)
    return _ranked(counts, -(-cases * percent // 100))


def _ranked(counts: Counts, rank: int) -> int:
    """The value at a place, counted from 1."""
    for value, cases in counts:
        rank -= cases
        if rank <= 0:
            return value
    raise ValueError("a rank beyond the last case")
