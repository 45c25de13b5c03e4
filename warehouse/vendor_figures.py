"""How far vendors can be trusted: whether their ASNs met what came, and whether their cases hold what they should.

Every figure comes with the number of cases that it is made of.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from db import connection

if TYPE_CHECKING:
    from datetime import date


def share(part: int, n: int) -> float:
    """A share in percent with one decimal; 0 of nothing."""
    return round(100 * part / n, 1) if n else 0.0


def fields_of(record: Any, without: tuple[str, ...] = ()) -> dict[str, Any]:
    """The fields of a record by name, as JSON has them."""
    return {name: getattr(record, name) for name in record.__slots__ if name not in without}


@dataclass(frozen=True, slots=True)
class Accuracy:
    """How a vendor's ASNs met what came: of `n` cases on deliveries that were announced, `equal` were as announced.

    A case may differ in several ways; `not_announced` are those that no ASN named. A lot that an ASN did not name
    is no difference.
    """

    vendor: str
    name: str
    n: int
    equal: int
    not_announced: int
    other_item: int
    other_lot: int
    other_quantity: int

    @property
    def percent(self) -> float:
        """The share of cases that were as announced."""
        return share(self.equal, self.n)

    def as_json(self) -> dict[str, Any]:
        """The figure as the command prints it."""
        return {**fields_of(self), "percent": self.percent}


@dataclass(frozen=True, slots=True)
class PackVariance:
    """A vendor's cases of an item whose count is known beforehand: by the ASN, else by packaging or master data.

    Of `n` such cases `differ` held another number; `expected` and `counted` are the pieces of all of them.
    """

    vendor: str
    name: str
    sku: str
    item: str
    n: int
    differ: int
    expected: int
    counted: int

    @property
    def percent(self) -> float:
        """The share of cases that differ."""
        return share(self.differ, self.n)

    def as_json(self) -> dict[str, Any]:
        """The figure as the command prints it."""
        return {**fields_of(self, without=("item",)), "percent": self.percent}


# The captures of the window that stand: not taken back, none that takes back.
_CAPTURES = (
    "FROM receipt r JOIN capture c ON c.receipt_id = r.id AND c.id >= ? AND c.qty > 0 "
    "AND NOT EXISTS (SELECT 1 FROM capture b WHERE b.reverses = c.id) "
)


def first_capture(newest: int | None) -> int:
    """The id from which captures are looked at: of all, or of the newest so many."""
    return 0 if newest is None else int(connection.value("SELECT MAX(id) FROM capture") or 0) - newest + 1


def accuracy(site: str, since: date, first: int) -> tuple[Accuracy, ...]:
    """Of each vendor. Of deliveries on which an announced case came, every case counts: also one that no ASN named."""
    same_lot = "(a.lot = '' OR a.lot = h.lot)"
    different = {
        "not_announced": "a.id IS NULL",
        "other_item": "a.item_id <> c.item_id",
        "other_lot": f"NOT {same_lot}",
        "other_quantity": "a.qty <> c.qty",
    }
    sums = ", ".join(f"SUM(CASE WHEN {rule} THEN 1 ELSE 0 END)" for rule in different.values())
    found = connection.rows(
        f"SELECT v.code, v.name, COUNT(*), SUM(CASE WHEN a.item_id = c.item_id AND a.qty = c.qty AND {same_lot} "
        f"THEN 1 ELSE 0 END), {sums} {_CAPTURES} JOIN handling_unit h ON h.id = c.unit_id "
        "LEFT JOIN asn_unit a ON a.id = c.asn_unit_id LEFT JOIN asn n ON n.id = a.asn_id "
        "JOIN vendor v ON v.id = COALESCE(n.vendor_id, c.vendor_id) WHERE r.site = ? AND r.opened_on >= ? "
        "AND r.id IN (SELECT e.receipt_id FROM receipt q JOIN capture e ON e.receipt_id = q.id WHERE q.site = ? "
        "AND q.opened_on >= ? AND e.id >= ? AND e.asn_unit_id IS NOT NULL AND e.qty > 0) "
        "GROUP BY v.code, v.name ORDER BY v.code",
        first,
        site,
        since.isoformat(),
        site,
        since.isoformat(),
        first,
    )
    return tuple(Accuracy(vendor, name, *map(int, counts)) for vendor, name, *counts in found)


def variance(site: str, since: date, first: int) -> tuple[PackVariance, ...]:
    """Of each vendor and item; a case of which nobody said beforehand what it holds is left out."""
    known = "COALESCE(a.qty, b.quantity, i.nominal_case_qty)"
    found = connection.rows(
        f"SELECT v.code, v.name, i.sku, i.description, COUNT(*), SUM(CASE WHEN c.qty <> {known} THEN 1 ELSE 0 END), "
        f"SUM({known}), SUM(c.qty) {_CAPTURES} JOIN item i ON i.id = c.item_id JOIN vendor v ON v.id = c.vendor_id "
        "LEFT JOIN asn_unit a ON a.id = c.asn_unit_id LEFT JOIN item_barcode b ON b.site = c.site "
        "AND b.barcode = c.packaging AND b.item_id = c.item_id WHERE r.site = ? AND r.opened_on >= ? "
        f"AND {known} IS NOT NULL GROUP BY v.code, v.name, i.sku, i.description ORDER BY v.code, i.sku",
        first,
        site,
        since.isoformat(),
    )
    return tuple(PackVariance(vendor, name, sku, item, *map(int, counts)) for vendor, name, sku, item, *counts in found)


def by_vendor(figures: tuple[PackVariance, ...]) -> tuple[PackVariance, ...]:
    """The figures of each vendor over all of its items."""
    sums: dict[str, PackVariance] = {}
    for one in figures:
        so_far = sums.get(one.vendor)
        n, differ, expected, counted = (
            (so_far.n, so_far.differ, so_far.expected, so_far.counted) if so_far else (0, 0, 0, 0)
        )
        sums[one.vendor] = PackVariance(
            one.vendor, one.name, "", "", n + one.n, differ + one.differ, expected + one.expected, counted + one.counted
        )
    return tuple(sums.values())
