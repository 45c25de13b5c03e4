"""The leads' board: what was released and nobody picked yet, what is being received, what waits, and how it went.

It is read in autocommit, so that a board never holds an old snapshot, and with bounds: a board on a screen is read each
second, also where a million lines wait (docs/board.md says what is bounded).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from db.connection import iso
from warehouse.board import cases, course, fairness, latency, now
from warehouse.board.attention import Attention, attention
from warehouse.board.figures import DEFINITIONS, Figures, figures
from warehouse.board.now import Age, Receiving, ReleasedLine
from warehouse.board.sweep import Sweep, sweep
from warehouse.board.window import Window, window

if TYPE_CHECKING:
    from datetime import datetime

    from warehouse.board.ecdf import Ecdf
    from warehouse.site import Site

__all__ = ["DEFINITIONS", "Age", "Attention", "Board", "Plots", "Receiving", "ReleasedLine", "plots", "read", "window"]


@dataclass(frozen=True, slots=True)
class Board:
    """Everything the first screen shows, read within a moment; `released` may be cut, its totals are not."""

    at: datetime
    released: tuple[ReleasedLine, ...]
    released_lines: int
    receiving: tuple[Receiving, ...]
    lines: int
    units: int
    age: tuple[Age, ...]
    figures: Figures
    attention: tuple[Attention, ...]
    sweep: Sweep

    def as_json(self) -> dict[str, Any]:
        """The board as the command prints it."""
        return {
            "at": iso(self.at),
            "released": [line.as_json() for line in self.released],
            "receiving": [entry.as_json() for entry in self.receiving],
            "backorders": {"lines": self.lines, "units": self.units, "age": [age.as_json() for age in self.age]},
            "figures": self.figures.as_json(),
            "attention": [entry.as_json() for entry in self.attention],
            "sweep": self.sweep.as_json(),
        }


def read(site: Site, at: datetime, limit: int | None = None, over: Window | None = None) -> Board:
    """The board of a site over the last shift, or the window `over`; `limit` cuts its list and bounds its reading."""
    over = over or window(site, at)
    released = now.released(site, limit)
    picks = latency.picks(site, over)
    curves = latency.all_of(site, over, picks)
    found = figures(site, over, picks, curves, released)
    usual = found.pick.p90
    released = tuple(sorted(released, key=lambda one: (not one.late(at, usual), one.due_at, one.released_at)))
    lines, units = now.waiting(site)
    swept = sweep(site, over)
    return Board(
        at=at,
        released=released[:limit],
        released_lines=now.released_lines(site),
        receiving=now.receiving(site, at),
        lines=lines,
        units=units,
        age=now.age(site, at, now.CAP if limit else None),
        figures=found,
        attention=attention(site, over, released, usual, swept),
        sweep=swept,
    )


@dataclass(frozen=True, slots=True)
class Plots:
    """What is drawn of a window: how long things took, how the backorder went, what cases held, who was served first."""

    window: Window
    ecdf: tuple[Ecdf, ...]
    open_units: course.OpenUnits
    by_day: tuple[course.DayWaiting, ...]
    case_quantities: tuple[cases.CaseQuantities, ...]
    fairness: fairness.Fairness

    def as_json(self) -> dict[str, Any]:
        """What is drawn, as the command prints it."""
        over = self.window.as_json()
        return {
            "ecdf": {
                "n": sum(one.n for one in self.ecdf),
                "window": over,
                "curves": [one.as_json() for one in self.ecdf],
            },
            "open_units": self.open_units.as_json(self.window),
            "age_by_day": [one.as_json() for one in self.by_day],
            "case_quantities": {
                "n": sum(one.n for one in self.case_quantities),
                "window": over,
                "items": [one.as_json() for one in self.case_quantities],
            },
            "fairness": self.fairness.as_json(self.window),
        }


def plots(site: Site, at: datetime, over: Window | None = None) -> Plots:
    """All that is drawn, over the last shift or another window."""
    over = over or window(site, at)
    return Plots(
        over,
        latency.all_of(site, over, latency.picks(site, over)),
        course.open_units(site, over),
        course.by_day(site, at),
        cases.case_quantities(site, over),
        fairness.fairness(site, over),
    )
