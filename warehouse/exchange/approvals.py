"""Approved substitutes in an import: which item may stand in for which, for all customers or for one.

An approval is a master of two items: a row that is on record is updated. It moves nothing, so that nothing is released
for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from db import connection
from warehouse.exchange.chunks import each

if TYPE_CHECKING:
    from warehouse.exchange.draft import Draft
    from warehouse.exchange.reading import Row, Ticker

Key = tuple[str, str, str]
"""Item, substitute, customer ('' for all)."""

Ids = Mapping[str, Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class Approval:
    """An item that may stand in for another, or no longer; for all customers where `customer` is ''."""

    sku: str
    substitute: str
    customer: str
    approved: bool

    @property
    def key(self) -> Key:
        """What makes it this approval and no other."""
        return self.sku, self.substitute, self.customer


def check(draft: Draft, rows: Iterable[Row], ticker: Ticker) -> None:
    """Check the rows of the table; masters of the same call have been checked."""
    for row in ticker.over(rows):
        known = [draft.find(row, column) for column in ("sku", "substitute", "customer") if row[column]]
        if row["sku"] == row["substitute"]:
            draft.refuse(row, "substitute", f"{row['sku']} is the item itself: an item is no substitute of itself")
        elif None not in known:
            _take(draft, row)


def _take(draft: Draft, row: Row) -> None:
    stored = draft.seen.approvals.get((row["sku"], row["substitute"], row["customer"]))
    approved = bool(row["approved"]) if stored is None or "approved" in row.cells else stored
    new = Approval(row["sku"], row["substitute"], row["customer"], approved)
    if stored == new.approved:
        draft.count(row, "unchanged")
        return
    draft.plan.approvals.append(new)
    draft.count(row, "new" if stored is None else "updated")


def on_record(site: str, keys: frozenset[Key]) -> dict[Key, bool]:
    """Those of these that the database holds, and whether they are approved."""
    found = each(
        dict.fromkeys(sku for sku, _, _ in keys),
        lambda some: connection.rows(
            "SELECT i.sku, t.sku, COALESCE(c.code, ''), s.approved FROM item i "
            "JOIN substitute s ON s.site = i.site AND s.item_id = i.id JOIN item t ON t.id = s.substitute_id "
            f"LEFT JOIN customer c ON c.id = s.customer_id WHERE i.site = ? AND i.sku IN ({connection.marks(some)})",
            site,
            *some,
        ),
    )
    return {(row[0], row[1], row[2]): bool(row[3]) for row in found if (row[0], row[1], row[2]) in keys}


def write(site: str, approvals: Sequence[Approval], seen: Mapping[Key, bool], ids: Ids, ticker: Ticker) -> None:
    """Write the approvals of a plan; `seen` are those on record, `ids` those of the masters by table and key."""
    items, customers = ids["items"], ids["customers"]
    for one in ticker.over(approvals):
        pair = (site, items[one.sku], items[one.substitute])
        customer = customers[one.customer] if one.customer else None
        if one.key not in seen:
            connection.execute(
                "INSERT INTO substitute (site, item_id, substitute_id, customer_id, approved) VALUES (?, ?, ?, ?, ?)",
                *(*pair, customer, int(one.approved)),
            )
        else:
            whose = "customer_id IS NULL" if customer is None else "customer_id = ?"
            connection.execute(
                f"UPDATE substitute SET approved = ? WHERE site = ? AND item_id = ? AND substitute_id = ? AND {whose}",
                *(int(one.approved), *pair, *([] if customer is None else [customer])),
            )
