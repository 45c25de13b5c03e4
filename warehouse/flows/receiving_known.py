"""What the tables know about a case before it is judged: order, tolerances, history, its lot, what was announced."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from db import connection
from warehouse import doubts, inbound, rules, tolerances
from warehouse.site import NO_EXPIRY

if TYPE_CHECKING:
    from warehouse.flows.steps import Context
    from warehouse.inbound import Case, Delivery, LastCase, PoLine
    from warehouse.pack_counts import History


def read(context: Context, at: Delivery, line: PoLine | None, case: Case, seen: LastCase | None = None) -> doubts.Known:
    """Everything that `doubts` judges by; under the item's lock, as it stays."""
    from warehouse import blocks

    item = case.item
    assert item is not None
    site = context.site.code
    site_rules = rules.of_site(site)
    vendor_id = line.vendor_id if line else at.vendor_id
    return doubts.Known(
        today=context.today,
        rules=site_rules,
        line=line,
        tolerances=tolerances.of_cells(line.limits, site_rules) if line else None,
        history=_history(context, vendor_id, case, site_rules),
        advice=_advice(case),
        seen=seen,
        lot_expiry=_lot_expiry(site, item.id, case) if case.lot else "",
        stopped=(blocks.stopped_lot(site, item.id, case.lot) or "") if case.lot else "",
        blind=at.blind,
        agreed=at.agreed,
    )


def _history(context: Context, vendor_id: int | None, case: Case, site_rules: rules.Rules) -> History | None:
    """What the count is held against; None where it is never questioned."""
    from warehouse import pack_history

    item, count = case.item, case.quantity
    if item is None or count is None or (case.source == "ASN" and count == case.announced):
        return None
    key = (context.site, vendor_id, item.id, case.packaging)
    return pack_history.against(*key, context.now, site_rules, count)


def line_of(at: Delivery, case: Case) -> PoLine | None:
    """The order line that a case in hand counts for: none where nobody ordered it.

    A case that is corrected stays on its line, on which it does not count while it is judged.
    """
    item, instead = case.item, case.corrects
    unordered = case.problem == "AT" or (case.problem == "AC" and instead is None)
    if item is None or not at.po_ids or unordered or (instead and case.po_line_id is None):
        return None
    line = inbound.line_for(at.po_ids, item.id, case.po_line_id)
    if line is None or instead is None:
        return line
    return replace(line, received=line.received - instead.quantity, item_open=line.item_open + instead.quantity)


def _advice(case: Case) -> inbound.AsnUnit | None:
    return inbound.announced_by_id(case.asn_unit_id) if case.asn_unit_id is not None else None


def with_expiry_of_lot(case: Case, context: Context) -> Case:
    """A second case of a lot is not asked for its expiry again: the lot has one."""
    item = case.item
    if item is None or case.expiry or not case.lot or not item.expiry_control:
        return case
    found = _lot_expiry(context.site.code, item.id, case)
    return replace(case, expiry=found) if found not in ("", NO_EXPIRY) else case


def _lot_expiry(site: str, item_id: int, case: Case) -> str:
    """The day of expiry that the newest other unit of the case's lot bears; '' where there is none."""
    found = connection.value(
        "SELECT expiry FROM handling_unit WHERE site = ? AND item_id = ? AND lot = ? AND lot <> '' AND status <> 'VOIDED' "
        "AND id <> ? "
        "ORDER BY id DESC LIMIT 1",
        site,
        item_id,
        case.lot,
        case.corrects.unit_id if case.corrects else 0,
    )
    return str(found) if found else ""
