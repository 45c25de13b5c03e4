"""Reads what is told of a receipt: lines from its orders, cases from its captures, differences from both."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from db import connection
from warehouse import discrepancies, rules, tolerances
from warehouse.inbound.advice import Advice, Case, Difference, Line
from warehouse.inbound.listing import Header, header
from warehouse.inbound.standing import lines_of, missing
from warehouse.site import NO_EXPIRY

if TYPE_CHECKING:
    from warehouse.inbound.asns import AsnUnit
    from warehouse.inbound.standing import CountedLine


def advice(site: str, code: str) -> Advice | None:
    """The receipt with this number, or None. Read in autocommit: it changes nothing."""
    head = header(site, code)
    if head is None:
        return None
    cases = _cases(head.id)
    absent = tuple(missing(head.id))
    return Advice(head, _lines(head, site), cases, _differences(head.id, cases, absent), absent)


# --- Lines ----------------------------------------------------------------------------------------------


def _lines(head: Header, site: str) -> tuple[Line, ...]:
    site_rules = rules.of_site(site)
    found = lines_of(head.id)
    named = {
        item_id: (sku, unit)
        for item_id, sku, unit in connection.rows(
            f"SELECT id, sku, base_unit FROM item WHERE id IN ({connection.marks(found)})",
            *(line.item_id for line in found),
        )
    }
    return tuple(_line(line, *named[line.item_id], head, site, site_rules) for line in found)


def _line(line: CountedLine, sku: str, unit: str, head: Header, site: str, site_rules: rules.Rules) -> Line:
    if line.line_id is None:
        return Line(
            None, None, sku, line.description, unit, None, line.counted, None, 0, line.cases, False, "NOT_ORDERED",
            None, None, None,
        )  # fmt: skip
    limits = tolerances.of_line(site, line.line_id, site_rules)
    days = (date.fromisoformat(head.opened_on) - date.fromisoformat(line.expected_on)).days
    return Line(
        line.po,
        line.line,
        sku,
        line.description,
        unit,
        line.ordered,
        line.counted,
        line.received,
        line.open,
        line.cases,
        line.closed and line.received < line.ordered,
        _agreement(line, limits),
        line.expected_on,
        days,
        "LATE" if days > limits.late.amount else "EARLY" if -days > limits.early.amount else "ON_TIME",
    )


def _agreement(line: CountedLine, limits: tolerances.Tolerances) -> str:
    if line.received == line.ordered:
        return "EXACT"
    if line.received > line.ordered:
        return "OVER_WITHIN" if line.received <= limits.most(line.ordered) else "OVER"
    return "SHORT_WITHIN" if limits.short_enough(line.ordered, line.received) else "SHORT"


# --- Cases ----------------------------------------------------------------------------------------------

_CASES = (
    "SELECT c.unit_id, u.code, p.po, l.line, i.sku, c.qty, a.qty, b.quantity, i.nominal_case_qty, c.source, c.weight, "
    "i.weight_unit, c.weight_source, u.lot, u.expiry, c.status, c.at, o.name, s.name, c.doubt, r.at, ro.name, "
    # Corrected, not just undone: the scan that took it back counted the same case anew.
    "CASE WHEN r.id IS NULL THEN NULL ELSE (SELECT n.qty FROM capture n JOIN handling_unit nu ON nu.id = n.unit_id "
    "WHERE n.scan_id = r.scan_id AND n.receipt_id = c.receipt_id AND n.qty > 0 AND nu.code = u.code LIMIT 1) END "
    "FROM capture c JOIN handling_unit u ON u.id = c.unit_id JOIN item i ON i.id = c.item_id "
    "JOIN operator o ON o.id = c.operator_id LEFT JOIN operator s ON s.id = c.second_by "
    "LEFT JOIN po_line l ON l.id = c.po_line_id LEFT JOIN purchase_order p ON p.id = l.po_id "
    "LEFT JOIN asn_unit a ON a.id = c.asn_unit_id "
    "LEFT JOIN item_barcode b ON b.site = c.site AND b.barcode = c.packaging AND b.item_id = c.item_id "
    "LEFT JOIN capture r ON r.reverses = c.id LEFT JOIN operator ro ON ro.id = r.operator_id "
    "WHERE c.receipt_id = ? AND c.qty > 0 ORDER BY c.id"
)


def _cases(receipt_id: int) -> tuple[Case, ...]:
    return tuple(_case(row) for row in connection.rows(_CASES, receipt_id))


def _case(row: connection.Row) -> Case:
    (
        unit_id, code, po, line, sku, counted, announced, packaging, nominal, source, weight, weight_unit,
        weight_source, lot, expiry, status, at, by, second, doubt, undone_at, undone_by, corrected,
    ) = row  # fmt: skip
    known = ((announced, "ASN"), (packaging, "PACKAGING"), (nominal, "NOMINAL"))
    expected, expected_from = next(((int(qty), name) for qty, name in known if qty), (None, None))
    dated = "" if expiry == NO_EXPIRY else str(expiry)
    return Case(
        unit_id, code, po, line, sku, counted, expected, expected_from, source, weight,
        weight_unit if weight is not None else "", weight_source, lot, dated, status, at, by, second, doubt,
        undone_at, undone_by, corrected,
    )  # fmt: skip


# --- Differences ----------------------------------------------------------------------------------------


def _differences(receipt_id: int, cases: tuple[Case, ...], absent: tuple[AsnUnit, ...]) -> tuple[Difference, ...]:
    """What people wrote down, then what follows from the announcement and nobody has written down."""
    written = discrepancies.of_receipt(receipt_id)
    said = {(one.unit_id, one.code) for one in written} | {(one.asn_unit_id, one.code, "asn") for one in written}
    told = [
        Difference(
            one.code,
            one.meaning,
            one.recadv,
            one.po,
            one.line,
            one.case,
            one.sku,
            one.qty,
            one.disposition,
            one.photo,
            one.note,
            one.at,
            one.by,
            False,
            one.announced,
        )
        for one in written
    ]
    named = _named(absent)
    told += [
        _derived("X34", *named[unit.id], unit.sscc, -unit.quantity, "announced, did not come")
        for unit in absent
        if (unit.id, "X34", "asn") not in said
    ]
    here = {case.unit_id: case for case in cases if case.counts}
    for unit_id, code, qty, note in _otherwise(receipt_id):
        if (unit_id, code) not in said and unit_id in here:
            case = here[unit_id]
            told.append(_derived(code, case.sku, case.po, case.line, case.code, qty, note))
    return tuple(told)


def _named(absent: tuple[AsnUnit, ...]) -> dict[int, tuple[str, str | None, int | None]]:
    """SKU, order and line of announced cases, by their id; the ASNs may be long, so they are read whole."""
    asns = sorted({unit.asn_id for unit in absent})
    found = connection.rows(
        "SELECT a.id, i.sku, p.po, l.line FROM asn_unit a JOIN item i ON i.id = a.item_id "
        "LEFT JOIN po_line l ON l.id = a.po_line_id LEFT JOIN purchase_order p ON p.id = l.po_id "
        f"WHERE a.asn_id IN ({connection.marks(asns)})",
        *asns,
    )
    return {asn_unit_id: (sku, po, line) for asn_unit_id, sku, po, line in found}


def _derived(code: str, sku: str, po: str | None, line: int | None, case: str, qty: int, note: str) -> Difference:
    reason = discrepancies.BY_CODE[code]
    return Difference(
        code, reason.meaning, reason.recadv, po, line, case, sku, qty, reason.disposition, "", note, None, None,
        derived=True,
    )  # fmt: skip


def _otherwise(receipt_id: int) -> list[tuple[int, str, int, str]]:
    """Cases that came otherwise than they were announced: unit, reason code, pieces, what was announced."""
    found: list[tuple[int, str, int, str]] = []
    for unit_id, qty, lot, expiry, item_id, a_qty, a_lot, a_expiry, a_item, a_sku in connection.rows(
        "SELECT c.unit_id, c.qty, u.lot, u.expiry, c.item_id, a.qty, a.lot, a.expiry, a.item_id, i.sku FROM capture c "
        "JOIN asn_unit a ON a.id = c.asn_unit_id JOIN handling_unit u ON u.id = c.unit_id JOIN item i ON i.id = a.item_id "
        "WHERE c.receipt_id = ? AND c.qty > 0 AND (c.qty <> a.qty OR u.lot <> a.lot OR u.expiry <> a.expiry "
        "OR c.item_id <> a.item_id) ORDER BY c.id",
        receipt_id,
    ):
        if item_id != a_item:
            found.append((unit_id, "IS", qty, f"announced {a_sku}"))
        if qty != a_qty:
            found.append((unit_id, "PC", qty - a_qty, f"announced {a_qty}"))
        if a_lot and lot != a_lot:
            found.append((unit_id, "BH", qty, f"announced lot {a_lot}"))
        if a_expiry not in (NO_EXPIRY, expiry):
            found.append((unit_id, "BI", qty, f"announced {a_expiry}"))
    return found
