"""What an import did, for the person who ran it and for the log."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any, Final

from warehouse.exchange.draft import Plan
from warehouse.exchange.tables import TABLES
from warehouse.promising.changes import Moved
from warehouse.reply import Released

LISTED: Final = 100
"""How many of the promises that moved an import tells by itself; all of them are on record."""


@dataclass(frozen=True, slots=True)
class Count:
    """How many rows of a kind of file were new, changed what was on record, or said nothing new."""

    kind: str
    new: int
    updated: int
    unchanged: int


@dataclass(frozen=True, slots=True)
class ImportResult:
    """Rows by kind, for the files that were given, and the order lines and pieces that were released by them.

    `promises_moved` counts the lines of which a new day of a delivery moved the estimate; `moved` are the first of them.
    """

    counts: tuple[Count, ...]
    released_lines: int
    released_pieces: int
    promises_moved: int = 0
    moved: tuple[Moved, ...] = ()

    def words(self) -> list[str]:
        """The same in lines for a person."""
        lines = [
            f"{count.kind}: {count.new} new, {count.updated} updated, {count.unchanged} unchanged"
            for count in self.counts
        ]
        if self.promises_moved:
            lines += self._moved_words()
        pieces, to = _counted(self.released_pieces, "piece"), _counted(self.released_lines, "order line")
        return [*lines, f"released: {pieces} to {to}"]

    def _moved_words(self) -> list[str]:
        rest = self.promises_moved - sum(one.lines for one in self.moved)
        more = [f"  and {rest} more: dockbell promises shows them"] if rest else []
        return [
            f"{_counted(self.promises_moved, 'promise')} moved:",
            *(f"  {one.words()}" for one in self.moved),
            *more,
        ]

    def stored(self) -> dict[str, Any]:
        """The result as JSON data, as the log keeps it."""
        return {
            "counts": [[count.kind, count.new, count.updated, count.unchanged] for count in self.counts],
            "released_lines": self.released_lines,
            "released_pieces": self.released_pieces,
            "promises_moved": self.promises_moved,
        }

    @staticmethod
    def read(stored: dict[str, Any]) -> ImportResult:
        """The result that `stored` was made from."""
        counts = tuple(Count(*fields) for fields in stored["counts"])
        moved = stored.get("promises_moved", 0)
        return ImportResult(counts, stored["released_lines"], stored["released_pieces"], moved)


def _counted(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def result_of(kinds: Collection[str], plan: Plan, released: Iterable[Released], promises_moved: int) -> ImportResult:
    """The result of a plan that was written."""
    pieces: dict[tuple[str, int], int] = {}
    for line in released:
        key = (line.order, line.line)
        pieces[key] = pieces.get(key, 0) + line.quantity
    counts = tuple(
        Count(table.name, *(plan.counts[table.name, outcome] for outcome in ("new", "updated", "unchanged")))
        for table in TABLES
        if table.name in kinds
    )
    return ImportResult(counts, len(pieces), sum(pieces.values()), promises_moved)
