"""What is not as it was ordered, announced or fit: the trade's reason codes, and the rows that tell of it.

The codes are those that a receiving advice (EANCOM RECADV) tells the vendor, with a few of our own that such a
message has no word for. A row says what was found; it moves no pieces by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from db import connection

if TYPE_CHECKING:
    from warehouse.flows.steps import Context

ACCEPT, HOLD, OPEN, CLOSED = "ACCEPT", "HOLD", "OPEN", "CLOSED"
DISPOSITIONS: Final = (ACCEPT, HOLD, "REFUSE_RETURN", "REFUSE_DESTROY", OPEN, CLOSED)


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason code: what it means, what is done with the goods unless somebody decides otherwise.

    OPEN and CLOSED are about goods that are not there: the order line stays open for them, or is complete without
    them. `recadv` says that the code is one of the receiving advice; the others are ours.
    """

    code: str
    meaning: str
    disposition: str
    recadv: bool = True


# The codes of EANCOM RECADV that goods receipt needs, then our own.
REASONS: Final = (
    Reason("AC", "over-shipped", HOLD),
    Reason("AE", "delivered but not advised", HOLD),
    Reason("X33", "delivered but not advised", HOLD),
    Reason("AF", "delivered damaged", HOLD),
    Reason("AG", "delivered too late", ACCEPT),
    Reason("AT", "item not ordered", HOLD),
    Reason("AUE", "article code unknown", HOLD),
    Reason("BH", "batch number difference", HOLD),
    Reason("BI", "expiry date difference", HOLD),
    Reason("BN", "barcode not readable", ACCEPT),
    Reason("BP", "short, rest to follow", OPEN),
    Reason("CP", "short, considered complete", CLOSED),
    Reason("IS", "item substituted", HOLD),
    Reason("PC", "pack difference", ACCEPT),
    Reason("PE", "durability unacceptable", HOLD),
    Reason("X32", "temperature outside range", HOLD),
    Reason("X34", "missing", OPEN),
    Reason("X36", "best-before out of order", ACCEPT),
    Reason("CTN", "carton in clean area", HOLD, recadv=False),
    Reason("BAG", "bag breached", HOLD, recadv=False),
    Reason("SEAL", "seal broken", HOLD, recadv=False),
    Reason("LBL", "label illegible", ACCEPT, recadv=False),
    Reason("DOC", "papers missing", HOLD, recadv=False),
    Reason("SUS", "suspect product", HOLD, recadv=False),
    Reason("MIX", "mixed lots in one case", HOLD, recadv=False),
)
SHORT: Final = ("BP", "CP")  # what is missing of a line, as its receipt is closed
BY_CODE: Final = {reason.code: reason for reason in REASONS}


def meaning(code: str) -> str:
    """What a code means; a code of another version of this program stands for itself."""
    return BY_CODE[code].meaning if code in BY_CODE else code


def record(
    context: Context,
    code: str,
    *,
    qty: int,
    receipt_id: int | None = None,
    line_id: int | None = None,
    asn_unit_id: int | None = None,
    unit_id: int | None = None,
    item_id: int | None = None,
    disposition: str = "",
    photo: str = "",
    note: str = "",
) -> None:
    """Write a difference down, in the transaction of the input that found it.

    `qty` is in pieces: how many are concerned, negative where they are missing. `disposition` is the reason's own
    unless it is named. Raises KeyError for a code that is not in the table.
    """
    reason = BY_CODE[code]
    cause = context.cause()
    connection.insert_row(
        "discrepancy",
        site=cause.site,
        at=cause.at,
        receipt_id=receipt_id,
        po_line_id=line_id,
        asn_unit_id=asn_unit_id,
        unit_id=unit_id,
        item_id=item_id,
        code=code,
        qty=qty,
        disposition=disposition or reason.disposition,
        photo=photo,
        note=note,
        scan_id=cause.scan_id,
        operator_id=context.who.id,
    )


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """A difference as it was written down: who found it when, and of which line, announced case or unit."""

    id: int
    at: str
    by: str
    code: str
    qty: int
    disposition: str
    photo: str
    note: str
    receipt_id: int | None
    line_id: int | None
    asn_unit_id: int | None
    unit_id: int | None
    sku: str
    case: str
    po: str | None
    line: int | None
    announced: int | None

    @property
    def meaning(self) -> str:
        """What the code means."""
        return meaning(self.code)

    @property
    def recadv(self) -> bool:
        """Whether the code is one of the receiving advice."""
        return self.code in BY_CODE and BY_CODE[self.code].recadv


_SELECT = (
    "SELECT d.id, d.at, o.name, d.code, d.qty, d.disposition, d.photo, d.note, d.receipt_id, d.po_line_id, "
    "d.asn_unit_id, d.unit_id, COALESCE(i.sku, ''), COALESCE(u.code, a.sscc, ''), p.po, l.line, a.qty "
    "FROM discrepancy d "
    "JOIN operator o ON o.id = d.operator_id LEFT JOIN item i ON i.id = d.item_id "
    "LEFT JOIN handling_unit u ON u.id = d.unit_id LEFT JOIN asn_unit a ON a.id = d.asn_unit_id "
    "LEFT JOIN po_line l ON l.id = d.po_line_id LEFT JOIN purchase_order p ON p.id = l.po_id "
)


def of_receipt(receipt_id: int) -> list[Discrepancy]:
    """What was written down about a receipt, in the order in which it was.

    What was said of a case is left out when its capture was taken back: it did not come, or it came otherwise. Of
    what is missing of a line, only the last word counts.
    """
    found = connection.rows(
        f"{_SELECT} WHERE d.receipt_id = ? AND (u.id IS NULL OR u.status <> 'VOIDED') ORDER BY d.id", receipt_id
    )
    rows = [Discrepancy(*row) for row in found]
    last = {row.line_id: row.id for row in rows if row.code in SHORT}
    return [row for row in rows if row.code not in SHORT or (row.id == last[row.line_id] and row.qty)]


def over_of_line(line_id: int) -> int:
    """The pieces above an order line that were accepted and written down with cases that are still in."""
    found = connection.value(
        "SELECT SUM(d.qty) FROM discrepancy d JOIN handling_unit u ON u.id = d.unit_id WHERE d.po_line_id = ? "
        "AND d.code = 'AC' AND d.disposition = 'ACCEPT' AND u.status <> 'VOIDED' AND d.receipt_id IN "
        "(SELECT o.receipt_id FROM receipt_order o JOIN po_line l ON l.po_id = o.po_id WHERE l.id = ?)",
        line_id,
        line_id,
    )
    return int(found or 0)


def of_unit(unit_id: int) -> list[Discrepancy]:
    """What was written down about a unit, in the order in which it was."""
    return [Discrepancy(*row) for row in connection.rows(f"{_SELECT} WHERE d.unit_id = ? ORDER BY d.id", unit_id)]
