"""The one change that an import makes to a purchase order on record: another day of delivery, and whom that moves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from db import connection
from warehouse.exchange.cells import Cell
from warehouse.exchange.differing import changes, refuse_changes
from warehouse.exchange.draft import Draft, NewDate
from warehouse.exchange.on_record import OnRecord
from warehouse.exchange.reading import Row, Ticker

DAY = "expected_on"


def check(draft: Draft, row: Row, on_record: Mapping[str, Cell]) -> None:
    """A row of a line on record: its day may be another one, all else must be the same."""
    fixed = {column: value for column, value in on_record.items() if column != DAY}
    if changes(row, fixed) or row[DAY] == on_record[DAY]:
        refuse_changes(draft, row, fixed)
        return
    draft.plan.rescheduled.append(
        NewDate(row["po"], row["line"], row["sku"], before=str(on_record[DAY]), after=row[DAY])
    )
    draft.count(row, "updated")


def write(dates: Sequence[NewDate], seen: OnRecord, ticker: Ticker) -> None:
    """Write the new days; the items are locked, and nobody has changed these lines since the check."""
    connection.many(
        "UPDATE po_line SET expected_on = ? WHERE po_id = ? AND line = ?",
        [(date.after, seen.purchase_orders[date.po].id, date.line) for date in dates],
    )
    ticker.add(len(dates))
