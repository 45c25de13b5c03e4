"""How a receipt stands: what it counted of each line, what is missing, what was doubtful, and what goes back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from db import connection
from warehouse import rules, tolerances
from warehouse.inbound.asns import AsnUnit, still_announced
from warehouse.inbound.receipts import Receipt

if TYPE_CHECKING:
    from warehouse.tolerances import Limit

_ALL = 1_000_000  # more cases than an ASN announces


@dataclass(frozen=True, slots=True)
class Sum:
    """So many cases with so many pieces in them."""

    cases: int
    pieces: int


@dataclass(frozen=True, slots=True)
class CountedLine:
    """A line of the receipt's orders (pieces): `received` in all, `counted` on this receipt in so many `cases`.

    `questioned` are cases whose count was asked about and kept. Goods that nobody ordered have no line: `line_id` is
    None, and nothing was expected.
    """

    line_id: int | None
    po: str
    line: int
    item_id: int
    description: str
    ordered: int
    received: int
    closed: bool
    expected_on: str
    counted: int
    cases: int
    questioned: int

    @property
    def open(self) -> int:
        """What is still expected of it."""
        return 0 if self.closed else max(0, self.ordered - self.received)


@dataclass(frozen=True, slots=True)
class Short:
    """A line of which pieces are missing when the receipt is closed; `within` says that it may be closed short."""

    line: CountedLine
    limit: Limit
    within: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """How a receipt stands when somebody checks it. `missing` were announced and did not come."""

    receipt: Receipt
    opened_on: str
    lines: tuple[CountedLine, ...]
    missing: tuple[AsnUnit, ...]
    goes_back: Sum
    on_hold: Sum

    @property
    def open(self) -> int:
        """Pieces that its orders still expect."""
        return sum(line.open for line in self.lines)

    @property
    def open_orders(self) -> tuple[str, ...]:
        """The orders that still expect something."""
        return tuple(dict.fromkeys(line.po for line in self.lines if line.open))

    @property
    def due(self) -> tuple[CountedLine, ...]:
        """The lines that this receipt is asked about: what it counted, and what should have come by its day."""
        return tuple(
            line
            for line in self.lines
            if line.line_id is not None and (line.cases or line.expected_on <= self.opened_on)
        )


# --- Reading --------------------------------------------------------------------------------------------

# The cases of a receipt that count, by line: what was taken back is not among them.
_COUNTED = (
    "SELECT c.po_line_id, c.item_id, SUM(c.qty) AS pieces, COUNT(*) AS cases, "
    "SUM(CASE WHEN c.doubt > 0 THEN 1 ELSE 0 END) AS questioned FROM capture c "
    "LEFT JOIN capture r ON r.reverses = c.id WHERE c.receipt_id = ? AND c.qty > 0 AND r.id IS NULL "
    "GROUP BY c.po_line_id, c.item_id"
)
_LINES = (
    "SELECT l.id, p.po, l.line, l.item_id, i.description, l.qty_ordered, l.qty_received, l.closed_at IS NOT NULL, "
    "l.expected_on, COALESCE(c.pieces, 0), COALESCE(c.cases, 0), COALESCE(c.questioned, 0) FROM receipt_order o "
    "JOIN po_line l ON l.po_id = o.po_id JOIN purchase_order p ON p.id = l.po_id JOIN item i ON i.id = l.item_id "
    f"LEFT JOIN ({_COUNTED}) c ON c.po_line_id = l.id WHERE o.receipt_id = ? ORDER BY p.po, l.line"
)
_UNORDERED = (
    f"SELECT i.id, i.description, c.pieces, c.cases, c.questioned FROM ({_COUNTED}) c JOIN item i ON i.id = c.item_id "
    "WHERE c.po_line_id IS NULL ORDER BY i.sku"
)


def lines_of(receipt_id: int) -> tuple[CountedLine, ...]:
    """All lines of the receipt's orders in their order, then what nobody ordered, by item."""
    ordered = [
        CountedLine(
            line_id, po, line, item_id, words, ordered, received, bool(closed), day, int(pieces), int(cases), int(odd)
        )
        for line_id, po, line, item_id, words, ordered, received, closed, day, pieces, cases, odd in connection.rows(
            _LINES, receipt_id, receipt_id
        )
    ]
    others = [
        CountedLine(None, "", 0, item_id, words, 0, int(pieces), True, "", int(pieces), int(cases), int(questioned))
        for item_id, words, pieces, cases, questioned in connection.rows(_UNORDERED, receipt_id)
    ]
    return (*ordered, *others)


def standing(receipt: Receipt, asn_id: int | None = None) -> Standing:
    """How a receipt stands; `asn_id` is the ASN that it was received by, even where none of its cases came."""
    return Standing(
        receipt,
        str(connection.value("SELECT opened_on FROM receipt WHERE id = ?", receipt.id)),
        lines_of(receipt.id),
        tuple(missing(receipt.id, asn_id)),
        _sum(
            "SELECT COUNT(DISTINCT COALESCE(d.unit_id, -d.id)), SUM(d.qty) FROM discrepancy d "
            "LEFT JOIN handling_unit u ON u.id = d.unit_id WHERE d.receipt_id = ? "
            "AND d.disposition IN ('REFUSE_RETURN','REFUSE_DESTROY') AND (u.id IS NULL OR u.status <> 'VOIDED')",
            receipt.id,
        ),
        _sum(
            "SELECT COUNT(*), SUM(qty) FROM handling_unit WHERE receipt_id = ? AND status IN ('QUARANTINE','BLOCKED')",
            receipt.id,
        ),
    )


def missing(receipt_id: int, asn_id: int | None = None) -> list[AsnUnit]:
    """The cases that did not come, of the ASNs of which at least one case came on this receipt.

    A case that was sent back did come: it was counted, and is written down as refused.
    """
    found = connection.rows(
        "SELECT DISTINCT a.asn_id FROM capture c JOIN asn_unit a ON a.id = c.asn_unit_id WHERE c.receipt_id = ?",
        receipt_id,
    )
    sent_back = connection.rows(
        "SELECT a.id, a.asn_id FROM discrepancy d JOIN asn_unit a ON a.id = d.asn_unit_id WHERE d.receipt_id = ? "
        "AND d.disposition IN ('REFUSE_RETURN', 'REFUSE_DESTROY')",
        receipt_id,
    )
    refused = {row[0] for row in sent_back}
    asns = sorted({row[0] for row in found} | {row[1] for row in sent_back} | ({asn_id} if asn_id else set()))
    return [unit for one in asns for unit in still_announced(one, _ALL) if unit.id not in refused]


def short_lines(standing: Standing, site: str) -> list[Short]:
    """The lines that this receipt is asked about and of which pieces are missing, each with its limit."""
    site_rules = rules.of_site(site)
    found = []
    for line in standing.due:
        if line.open and line.line_id is not None:
            limits = tolerances.of_line(site, line.line_id, site_rules)
            found.append(Short(line, limits.under, limits.short_enough(line.ordered, line.received)))
    return found


def may_reject(standing: Standing, site: str) -> bool:
    """Whether any line of the receipt has a rule that needs a lead, be anything missing or not."""
    site_rules = rules.of_site(site)
    ids = [line.line_id for line in standing.due if line.line_id is not None]
    return any(tolerances.of_line(site, line_id, site_rules).under.action == "REJECT" for line_id in ids)


def _sum(text: str, receipt_id: int) -> Sum:
    cases, pieces = connection.one(text, receipt_id)
    return Sum(int(cases), int(pieces or 0))
