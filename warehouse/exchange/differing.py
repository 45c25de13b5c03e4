"""Where rows disagree: with what is on record, with the other rows of their order, or within themselves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby

from warehouse.exchange.cells import Cell
from warehouse.exchange.draft import Draft
from warehouse.exchange.reading import Row
from warehouse.exchange.tables import TOLERANCES
from warehouse.policy import NEVER_CLAIMS
from warehouse.site import NO_EXPIRY

Change = tuple[str, Cell, Cell]


def by_number(rows: Iterable[Row], column: str) -> list[tuple[str, list[Row]]]:
    """The rows of each order or notice, in the sequence in which its number first appears."""
    rows = list(rows)
    place: dict[str, int] = {}
    for row in rows:
        place.setdefault(row[column], len(place))
    together = sorted(rows, key=lambda row: place[row[column]])
    return [(number, list(some)) for number, some in groupby(together, key=lambda row: str(row[column]))]


def changes(row: Row, on_record: Mapping[str, Cell]) -> list[Change]:
    """Column, value on record, value in the row, where they differ; an empty cell of an order says nothing."""
    return [
        (column, before, row[column])
        for column, before in on_record.items()
        if row[column] is not None and row[column] != before
    ]


def in_words(differing: Iterable[Change]) -> str:
    """Changes as people read them: quantity 100 -> 120."""
    return ", ".join(
        f"{column} {_shown(column, before)} -> {_shown(column, after)}" for column, before, after in differing
    )


def _shown(column: str, value: Cell) -> str:
    if column == "full_cases":
        return "yes" if value else "no"
    if column == "patience_days":
        return in_days(value)
    return "none" if value in ("", None, NO_EXPIRY) else str(value)


def in_days(patience: Cell) -> str:
    """Patience as files write it."""
    return "never" if patience is None or int(patience) >= NEVER_CLAIMS else str(patience)


def refuse_changes(draft: Draft, row: Row, on_record: Mapping[str, Cell]) -> None:
    """A row that is on record must say the same, where it says something."""
    if differing := changes(row, on_record):
        draft.refuse(row, differing[0][0], f"changed; refused: {in_words(differing)}")
    else:
        draft.count(row, "unchanged")


def one_partner(draft: Draft, number: str, on_record: str | None, first: Row, row: Row, partner: str) -> bool:
    """All rows of an order or notice are with one vendor or customer."""
    expected = first[partner] if on_record is None else on_record
    if row[partner] == expected:
        return True
    source = f"by line {first.line}" if on_record is None else "on record"
    draft.refuse(row, partner, f"{row[partner]} differs: {number} is with {expected} {source}")
    return False


def half_stated(values: Mapping[str, Cell]) -> Iterator[tuple[str, str]]:
    """Tolerances of which only the limit or only the action is stated: the column that is missing, and why."""
    for limit, action in TOLERANCES:
        if (values[limit] is None) != (values[action] is None):
            missing, stated = (limit, action) if values[limit] is None else (action, limit)
            yield missing, f"is empty: {stated} needs it"
