"""A receipt as it is told to the vendor and the office (the trade's receiving advice): lines, cases, differences.

Expected stands beside counted: what the ASN announced of a case, else what its packaging holds by its barcode, else
what a case of the item usually holds. A case that was taken back is told with the row that took it back.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from db.connection import instant, iso

if TYPE_CHECKING:
    from warehouse.inbound.asns import AsnUnit
    from warehouse.inbound.listing import Header


@dataclass(frozen=True, slots=True)
class Line:
    """A line of an order on the receipt (pieces); all that was ordered is None for goods that nobody ordered.

    `counted` came on this receipt, `received` in all. `closed_short` says that nothing more is due although pieces
    are missing. `tolerance` tells how received and ordered agree: EXACT, SHORT_WITHIN and OVER_WITHIN the limits,
    SHORT or OVER beyond them, NOT_ORDERED. `timing` is EARLY, ON_TIME or LATE by more than is accepted, `days` how
    many days after the expected one it came.
    """

    po: str | None
    line: int | None
    sku: str
    description: str
    unit: str
    ordered: int | None
    counted: int
    received: int | None
    open: int
    cases: int
    closed_short: bool
    tolerance: str
    expected_on: str | None
    days: int | None
    timing: str | None

    def as_json(self) -> dict[str, Any]:
        """The line as the command prints it."""
        return {
            "po": self.po,
            "line": self.line,
            "sku": self.sku,
            "description": self.description,
            "unit": self.unit,
            "ordered": self.ordered,
            "received": self.counted,
            "received_in_all": self.received,
            "open": self.open,
            "cases": self.cases,
            "closed_short": self.closed_short,
            "tolerance": self.tolerance,
            "expected_on": self.expected_on,
            "days_late": self.days,
            "timing": self.timing,
        }


@dataclass(frozen=True, slots=True)
class Case:
    """A case as it was counted (pieces). `expected_from` is ASN, PACKAGING, NOMINAL, or None where nobody expected.

    `doubt` is the level at which the count was questioned and kept. `weight` is in thousandths of `weight_unit`.
    `undone_at` tells that it was taken back, `corrected_to` the count that took its place.
    """

    unit_id: int
    code: str
    po: str | None
    line: int | None
    sku: str
    counted: int
    expected: int | None
    expected_from: str | None
    source: str
    weight: int | None
    weight_unit: str
    weight_source: str
    lot: str
    expiry: str
    status: str
    at: str
    by: str
    second_by: str | None
    doubt: int
    undone_at: str | None
    undone_by: str | None
    corrected_to: int | None

    @property
    def difference(self) -> int | None:
        """Counted less expected."""
        return None if self.expected is None else self.counted - self.expected

    @property
    def counts(self) -> bool:
        """Whether it is still in: it was not taken back."""
        return self.undone_at is None

    def as_json(self) -> dict[str, Any]:
        """The case as the command prints it."""
        return {
            "case": self.code,
            "po": self.po,
            "line": self.line,
            "sku": self.sku,
            "counted": self.counted,
            "expected": self.expected,
            "expected_from": self.expected_from,
            "difference": self.difference,
            "source": self.source,
            "weight": self.weight,
            "weight_unit": self.weight_unit or None,
            "weight_source": self.weight_source or None,
            "lot": self.lot or None,
            "expiry": self.expiry or None,
            "status": self.status,
            "at": iso(instant(self.at)),
            "by": self.by,
            "second_by": self.second_by,
            "questioned": self.doubt,
            "undone": not self.counts and self.corrected_to is None,
            "corrected": self.corrected_to is not None,
            "corrected_to": self.corrected_to,
            "reversed_at": iso(instant(self.undone_at)) if self.undone_at else None,
            "reversed_by": self.undone_by,
        }


@dataclass(frozen=True, slots=True)
class Difference:
    """What is not as it was ordered or announced: written down by a person, or `derived` from the announcement.

    `announced`: pieces of the announced case that a person wrote about, None where it was none.
    """

    code: str
    meaning: str
    recadv: bool
    po: str | None
    line: int | None
    case: str
    sku: str
    qty: int
    disposition: str
    photo: str
    note: str
    at: str | None
    by: str | None
    derived: bool
    announced: int | None = None

    def as_json(self) -> dict[str, Any]:
        """The difference as the command prints it."""
        return {
            "code": self.code,
            "meaning": self.meaning,
            "recadv": self.recadv,
            "po": self.po,
            "line": self.line,
            "case": self.case or None,
            "sku": self.sku or None,
            "quantity": self.qty,
            "disposition": self.disposition,
            "photo": self.photo or None,
            "note": self.note or None,
            "at": iso(instant(self.at)) if self.at else None,
            "by": self.by,
            "derived": self.derived,
        }


@dataclass(frozen=True, slots=True)
class Advice:
    """A receipt with all that is told of it. `absent` was announced and did not come."""

    header: Header
    lines: tuple[Line, ...]
    cases: tuple[Case, ...]
    differences: tuple[Difference, ...]
    absent: tuple[AsnUnit, ...]

    def as_json(self) -> dict[str, Any]:
        """The receipt as the command prints it; its totals stand apart, as `cases` is the list."""
        told = self.header.as_json()
        totals = {"cases": told.pop("cases"), "pieces": told.pop("pieces")}
        return {
            **told,
            "totals": totals,
            "lines": [line.as_json() for line in self.lines],
            "cases": [case.as_json() for case in self.cases],
            "differences": [found.as_json() for found in self.differences],
        }
