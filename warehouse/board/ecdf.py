"""The share that is done within a time, of things that are done and of things that are still open.

What is open is not left out: it is known to take at least as long as it has been open (censored). The share is
Kaplan and Meier's estimate; without anything open it is the plain empirical distribution. Pure; times in seconds.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeVar

from warehouse.board.window import FEW

if TYPE_CHECKING:
    from collections.abc import Iterable

T = TypeVar("T")

POINTS: Final = 100  # steps of the curve that are kept, and marks of what is open
EXACT: Final = 6  # decimals of a second


@dataclass(frozen=True, slots=True)
class Ecdf:
    """`n` things of which `open` are not done yet. `points` are (seconds, share done by then), in order.

    `p50` and `p90` are None where so much was not reached yet; `longest` is the longest that one took. `marks` are the
    ages of what is open.
    """

    name: str
    n: int
    open: int
    p50: float | None
    p90: float | None
    longest: float | None
    points: tuple[tuple[float, float], ...]
    marks: tuple[float, ...]

    @property
    def few(self) -> bool:
        """Whether there are too few of them to say much."""
        return self.n < FEW

    def as_json(self) -> dict[str, Any]:
        """The curve as the command prints it; seconds."""
        return {
            "name": self.name,
            "n": self.n,
            "open": self.open,
            "p50": self.p50,
            "p90": self.p90,
            "max": self.longest,
            "points": [list(point) for point in self.points],
            "open_ages": list(self.marks),
        }


def ecdf(name: str, done: Iterable[float], still_open: Iterable[float] = ()) -> Ecdf:
    """The curve of what took `done` seconds each, and of what is open since so many."""
    took, ages = sorted(max(0.0, value) for value in done), sorted(max(0.0, value) for value in still_open)
    steps = _steps(took, ages)
    return Ecdf(
        name,
        len(took) + len(ages),
        len(ages),
        _quantile(steps, 0.5),
        _quantile(steps, 0.9),
        round(took[-1], EXACT) if took else None,
        tuple((round(at, EXACT), round(share, 4)) for at, share in _thin(steps)),
        tuple(round(age, EXACT) for age in _thin(ages)),
    )


def _steps(took: list[float], ages: list[float]) -> list[tuple[float, float]]:
    """Each time at which something was done, with the share done by then."""
    steps: list[tuple[float, float]] = []
    left, place = 1.0, 0
    while place < len(took):
        at = took[place]
        after = bisect_right(took, at)
        # What is open for exactly so long was still to be done at that moment.
        at_risk = len(took) - place + len(ages) - bisect_left(ages, at)
        left *= 1 - (after - place) / at_risk
        steps.append((at, 1 - left))
        place = after
    return steps


def _quantile(steps: list[tuple[float, float]], share: float) -> float | None:
    """The first time by which this share was done; a hair below counts, as shares are products of fractions."""
    return next((round(at, EXACT) for at, reached in steps if reached >= share - 1e-9), None)


def _thin(values: list[T]) -> list[T]:
    """At most `POINTS` of them, the first and the last always."""
    if len(values) <= POINTS:
        return values
    return [values[place * (len(values) - 1) // (POINTS - 1)] for place in range(POINTS)]
