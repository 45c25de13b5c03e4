"""The cases that a vendor pack history is made of, read from the captures; warehouse/packs.py says what they mean.

A history belongs to a vendor, an item and a packaging. It looks back over the last receipts, cases and months that the
site's rules name, whichever end first, and leaves out what was taken back and what does not count (`learns`).
"""

from __future__ import annotations

import calendar
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from itertools import groupby
from typing import Any

from db import connection
from db.connection import instant, iso
from warehouse.pack_counts import History
from warehouse.packs import OFTEN, limits, suggestion
from warehouse.reply import InputError
from warehouse.rules import Rules
from warehouse.site import Site


@dataclass(frozen=True, slots=True)
class Reach:
    """How far a history looks back: the last receipts, cases and calendar months."""

    receipts: int
    cases: int
    months: int

    @classmethod
    def of(cls, rules: Rules) -> Reach:
        """As the site's rules say."""
        return cls(*(rules.number(f"history.{name}") for name in ("receipts", "cases", "months")))

    def since(self, now: datetime) -> datetime:
        """Where it begins at the latest; the last day of a month where the same day is not in it."""
        year, month = divmod(now.year * 12 + now.month - 1 - self.months, 12)
        last = calendar.monthrange(year, month + 1)[1]
        return now.replace(year=year, month=month + 1, day=min(now.day, last))


@dataclass(frozen=True, slots=True)
class PackHistory:
    """A history with whose it is, the receipts it comes from, and the site's days of its first and last case.

    `item_low` and `item_high` are the item's own limits, None where it has none.
    """

    vendor: str
    item: str
    packaging: str
    receipts: int
    first: date
    last: date
    item_low: int | None
    item_high: int | None
    history: History

    def as_json(self) -> dict[str, Any]:
        """As `dockbell packs --json` prints it."""
        of, bounds = self.history, limits(self.history)
        return {
            "vendor": self.vendor,
            "item": self.item,
            "packaging": self.packaging,
            "cases": of.cases,
            "receipts": self.receipts,
            "min": of.least,
            "max": of.most,
            "median": _plain(of.median),
            "mad": _plain(of.mad),
            "p5": of.p5,
            "p95": of.p95,
            "mode": of.mode,
            "mode_share": round(float(of.mode_share), 4),
            "usual": {"low": of.p5, "high": of.p95},
            "from": self.first.isoformat(),
            "to": self.last.isoformat(),
            "suggested": suggestion(of),
            "limits": bounds
            and {"low": bounds.low, "high": bounds.high, "far_low": bounds.far_low, "far_high": bounds.far_high},
            "item_limits": {"low": self.item_low, "high": self.item_high},
        }


# What may count: captured, not taken back. `learns` is 0 for part cases and for what nobody has confirmed.
_COUNTS = (
    "FROM capture c WHERE c.site = ? AND c.at >= ? AND c.qty > 0 AND c.learns = 1 "
    "AND NOT EXISTS (SELECT 1 FROM capture r WHERE r.reverses = c.id)"
)


_AFTER_ALL = 2**62  # no capture has such an id
NEAREST = 24  # of the newest cases, read first: a count that is usual is usual there


def window(site: Site, vendor_id: int | None, item_id: int, packaging: str, now: datetime, rules: Rules) -> History:
    """The history that a new case of this vendor, item and packaging is held against; empty without a vendor."""
    if vendor_id is None:
        return History.of([])
    reach = Reach.of(rules)
    return History.of(_tally(_newest(site, vendor_id, item_id, packaging, now, reach, reach.cases), reach).items())


def against(
    site: Site, vendor_id: int | None, item_id: int, packaging: str, now: datetime, rules: Rules, count: int
) -> History | None:
    """The history to hold this count against; None where the newest cases alone say that it is never questioned.

    Most counts are of that kind, so most cases cost a short look instead of the whole window.
    """
    if vendor_id is None:
        return History.of([])
    reach = Reach.of(rules)
    near = _newest(site, vendor_id, item_id, packaging, now, reach, min(NEAREST, reach.cases))
    tally = _tally(near, reach)
    if tally[count] >= OFTEN:
        return None
    return History.of(tally.items()) if len(near) < NEAREST else window(site, vendor_id, item_id, packaging, now, rules)


def _newest(
    site: Site, vendor_id: int, item_id: int, packaging: str, now: datetime, reach: Reach, limit: int
) -> list[connection.Row]:
    """Pieces and receipt of the newest cases that count, at most `limit`.

    What takes a case back came after it, so the newest first it is read before it. To look for it with each case would
    be a join, which a server that planned it while there were few captures goes on doing by reading all of them.
    """
    found: list[connection.Row] = []
    taken_back: set[int] = set()
    before = _AFTER_ALL
    while True:
        read = connection.rows(
            "SELECT id, qty, receipt_id, reverses FROM capture WHERE site = ? AND at >= ? AND vendor_id = ? "
            "AND item_id = ? AND packaging = ? AND id < ? AND (learns = 1 AND qty > 0 OR reverses IS NOT NULL) "
            "ORDER BY id DESC LIMIT ?",
            *(site.code, iso(reach.since(now))),
            *(vendor_id, item_id, packaging, before, limit),
        )
        for capture_id, qty, receipt_id, reverses in read:
            if reverses is not None:
                taken_back.add(reverses)
            elif capture_id not in taken_back:
                found.append((qty, receipt_id))
        if len(read) < limit or len(found) >= limit:
            return found[:limit]
        before = read[-1][0]


def _tally(newest: list[connection.Row], reach: Reach) -> Counter[int]:
    receipts: set[int] = set()
    tally: Counter[int] = Counter()
    for qty, receipt_id in newest:
        if receipt_id in receipts or len(receipts) < reach.receipts:
            receipts.add(receipt_id)
            tally[qty] += 1
    return tally


# One row for each value of each history. A receipt's place is that of its newest case; the highest is their number.
_HISTORIES = """
WITH counted AS (
    SELECT c.id, c.vendor_id, c.item_id, c.packaging, c.qty, c.receipt_id, c.at,
        ROW_NUMBER() OVER (PARTITION BY c.vendor_id, c.item_id, c.packaging ORDER BY c.id DESC) AS place
    {counts} AND c.vendor_id IS NOT NULL {only}
), newest AS (
    SELECT *, MAX(id) OVER (PARTITION BY vendor_id, item_id, packaging, receipt_id) AS newest_case
    FROM counted WHERE place <= ?
), ranked AS (
    SELECT *, DENSE_RANK() OVER (PARTITION BY vendor_id, item_id, packaging ORDER BY newest_case DESC) AS receipt
    FROM newest
)
SELECT v.code, i.sku, r.packaging, i.min_case_qty, i.max_case_qty, r.qty, COUNT(*), MAX(r.receipt), MIN(r.at), MAX(r.at)
FROM ranked r JOIN vendor v ON v.id = r.vendor_id JOIN item i ON i.id = r.item_id WHERE r.receipt <= ?
GROUP BY v.code, i.sku, r.packaging, i.min_case_qty, i.max_case_qty, r.qty"""


def histories(site: Site, now: datetime, rules: Rules, *, vendor: str = "", sku: str = "") -> list[PackHistory]:
    """Every history of the site, or of one vendor, of one item, by vendor, item and packaging; all in one statement.

    Raises InputError for a vendor or an item that there is not.
    """
    reach = Reach.of(rules)
    chosen = [
        (column, _id(site.code, table, name, code))
        for column, table, name, code in (("vendor_id", "vendor", "code", vendor), ("item_id", "item", "sku", sku))
        if code
    ]
    only = "".join(f" AND c.{column} = ?" for column, _ in chosen)
    found = connection.rows(
        _HISTORIES.format(counts=_COUNTS, only=only),
        *(site.code, iso(reach.since(now))),
        *(number for _, number in chosen),
        *(reach.cases, reach.receipts),
    )
    # Sorted here: the engines order text each in its own way.
    ordered = sorted(found, key=lambda row: (row[:3], row[5]))
    return [_of(site, list(rows)) for _, rows in groupby(ordered, key=lambda row: row[:3])]


def _of(site: Site, rows: list[tuple[Any, ...]]) -> PackHistory:
    vendor, sku, packaging, low, high = rows[0][:5]
    return PackHistory(
        vendor=vendor,
        item=sku,
        packaging=packaging,
        receipts=max(row[7] for row in rows),
        first=site.today(min(instant(row[8]) for row in rows)),
        last=site.today(max(instant(row[9]) for row in rows)),
        item_low=low,
        item_high=high,
        history=History.of((row[5], row[6]) for row in rows),
    )


def _id(site: str, table: str, column: str, code: str) -> int:
    found = connection.value(f"SELECT id FROM {table} WHERE site = ? AND {column} = ?", site, code)
    if found is None:
        raise InputError(f"There is no {table} {code} at {site}: check the code, or leave it out to see all.")
    return int(found)


def _plain(value: Fraction) -> int | float:
    """Whole where it is whole; halves and quarters are exact as JSON numbers."""
    return int(value) if value.denominator == 1 else float(value)
