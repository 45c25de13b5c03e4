"""An invariant, and the check that tells in which rows it does not hold."""

from __future__ import annotations

from dataclasses import dataclass

# How an order line is called.
LINE = "h.order_no || '/' || CAST(l.line AS TEXT)"


@dataclass(frozen=True, slots=True)
class Invariant:
    """Its name, the column that stands in the table, and what that must equal (SQL)."""

    name: str
    found: str
    expected: str


@dataclass(frozen=True, slots=True)
class Check:
    """Invariants told by the same rows: those of `table`, or `only` some of them.

    `key` names a row for people; `source` is what follows FROM, with the site as its parameter.
    """

    table: str
    key: str
    source: str
    invariants: tuple[Invariant, ...]
    only: str = "TRUE"

    def statement(self) -> str:
        """The rows in which something does not agree: name, then found and expected of each invariant."""
        columns = ", ".join(
            f"{one.found} AS found_{place}, {one.expected} AS expected_{place}"
            for place, one in enumerate(self.invariants)
        )
        differs = " OR ".join(
            f"(found_{place} <> expected_{place}) IS NOT FALSE" for place in range(len(self.invariants))
        )
        return (
            f"SELECT * FROM (SELECT {self.key} AS name, {columns} FROM {self.source}) compared "
            f"WHERE {differs} ORDER BY name"
        )
