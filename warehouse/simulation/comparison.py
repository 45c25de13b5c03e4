"""The figures of several policies side by side, as JSON and as a table and a chart of at most 80 columns."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from warehouse.simulation.figures import STARVED, Figures
from warehouse.simulation.policies import Policy
from warehouse.simulation.replay import run
from warehouse.simulation.year import Year

NAME, BAR = 20, 40  # columns of a policy's name, and of the longest bar
HEAD = (
    "                     pieces  orders     wait in days       never  pieces   ship-\n"
    "policy              shipped on time average  p95 longest shipped    held   ments"
)


@dataclass(frozen=True, slots=True)
class Comparison:
    """A year and what each policy made of it."""

    year: Year
    figures: tuple[Figures, ...]

    @property
    def ranked(self) -> list[Figures]:
        """Those under which no order starves first, and most orders on time first; of equals, the shorter longest wait."""
        return sorted(self.figures, key=lambda one: (one.never_shipped > 0, -one.on_time_percent, one.wait_longest))

    def as_json(self) -> dict[str, Any]:
        """The comparison as the command prints it."""
        year = self.year
        return {
            "source": "history" if year.seed is None else "generated",
            "seed": year.seed,
            "supply": year.supply,
            "first": year.first.isoformat(),
            "last": year.last.isoformat(),
            "days": year.days,
            "orders": len(year.orders),
            "lines": year.lines,
            "pieces_ordered": year.pieces_ordered,
            "pieces_supplied": year.pieces_supplied,
            "policies": [one.as_json() for one in self.figures],
            "ranked": [one.policy.name for one in self.ranked],
        }

    def words(self) -> str:
        """What was replayed, a table, a chart of the two figures that pull against each other, and what to beware of."""
        return "\n".join((*self._year(), "", HEAD, *map(_row, self.figures), "", *self._chart(), "", *self._beware()))

    def _year(self) -> Iterator[str]:
        year = self.year
        what = (
            "This site's own" if year.seed is None else f"A generated year (seed {year.seed}, supply {year.supply:g}):"
        )
        yield f"{what} {year.days} days, {year.first} to {year.last}"
        yield (
            f"{len(year.orders):,} orders, {year.lines:,} lines, {year.pieces_ordered:,} pieces ordered, "
            f"{year.pieces_supplied:,} to hand out"
        )

    def _chart(self) -> Iterator[str]:
        yield "Orders on time, of those due"
        for one in self.ranked:
            yield _bar(one, one.on_time_percent, 100, f"{one.on_time_percent:.1f} %")
        yield ""
        yield "Longest wait of an order"
        longest = max(one.wait_longest for one in self.figures)
        for one in self.ranked:
            yield _bar(one, one.wait_longest, longest, f"{one.wait_longest} d{_starved(one)}")

    def _beware(self) -> Iterator[str]:
        """What a glance at the table may miss."""
        if any(one.never_shipped for one in self.figures):
            yield f"(!) Orders starve: promised {STARVED} days ago or longer, and not complete at the end."
        if any(one.policy.kind == "strict" for one in self.figures):
            yield "strict priority is no policy of Dockbell: it is here to show what it costs."


def compare(year: Year, policies: Sequence[Policy], step: Callable[[str, int, int], None]) -> Comparison:
    """Replay a year under each of the policies; `step(policy, day, days)` is told how far it is."""
    return Comparison(year, tuple(run(year, policy, step) for policy in policies))


def _row(one: Figures) -> str:
    return (
        f"{one.policy.words:{NAME}}{one.fill_percent:5.1f} %{one.on_time_percent:6.1f} %{one.wait_average:8.1f}"
        f"{one.wait_p95:5}{one.wait_longest:8}{one.never_shipped:8}{one.held:8,.0f}{one.shipments:8,}"
    )


def _bar(one: Figures, value: float, most: float, words: str) -> str:
    """At least one column for what is not nothing."""
    filled = max(1, round(BAR * value / most)) if value else 0
    return f"{one.policy.words:{NAME}}{'#' * filled}{' ' if filled else ''}{words}"


def _starved(one: Figures) -> str:
    return f" (!) {one.never_shipped:,} never" if one.never_shipped else ""
