"""A counted case comes in: unit, move, capture row, order line and receipt in one breath, then its release."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from db import connection
from warehouse import carriers, label_jobs, release, stock
from warehouse.inbound.receipts import open_receipt
from warehouse.site import NO_EXPIRY

if TYPE_CHECKING:
    from collections.abc import Iterable

    from warehouse.flows.steps import Context
    from warehouse.inbound.case import Case, Delivery
    from warehouse.inbound.orders import PoLine
    from warehouse.items import Item
    from warehouse.reply import Released


@dataclass(frozen=True, slots=True)
class Captured:
    """What a capture did: the unit, the orders that it released, what the order still expects, whether a label comes."""

    unit_id: int
    code: str
    status: str
    released: tuple[Released, ...]
    open_after: int
    receipt_id: int
    labelled: bool = False


class Locked(NamedTuple):
    """An item as its lock has found it: the pieces of its open pool, and its totals."""

    usable: int
    totals: stock.Totals


def lock(context: Context, item: Item) -> Locked:
    """Lock the item before a case of it is judged: what is open and what came in is only believed after this."""
    return lock_all(context, [item.id])[item.id]


def lock_all(context: Context, item_ids: Iterable[int]) -> dict[int, Locked]:
    """Lock several items at once, as a pallet needs it."""
    wanted = set(item_ids)
    found = {
        item_id: Locked(usable, stock.Totals(lines, pieces, usable - reserved))
        for item_id, usable, reserved, lines, pieces in connection.locked(context.site.code, wanted)
    }
    if found.keys() != wanted:
        raise LookupError(f"items {sorted(wanted - found.keys())} have no stock row")
    return found


def capture(
    context: Context,
    delivery: Delivery,
    line: PoLine | None,
    case: Case,
    *,
    status: str = "AVAILABLE",
    totals: stock.Totals | None = None,
) -> Captured:
    """Save a counted case and release what waited for it; the caller has locked, checked and asked everything.

    `line` is the order line that it counts for, None for goods that nobody ordered. With the status QUARANTINE or
    BLOCKED nothing is released. A case that has no number of its own gets one of ours, and its label is printed at
    once where there is a printer; a case on hold gets the label that says so. `totals` are the item's as the lock has
    found them, where nothing came in since.
    """
    item, quantity = case.item, case.quantity
    if item is None or quantity is None or context.dock is None:
        raise ValueError("a case is captured when item, quantity and dock are known")
    code = case.code or _own_code(context)
    first_po = delivery.po_ids[0] if delivery.po_ids else None
    berth = carriers.berth(delivery.carrier_id) if delivery.carrier_id is not None else None
    receipt_id = open_receipt(context, delivery, line.po_id if line else first_po, quantity)
    at = Berth(
        receipt_id, delivery.vendor_id, berth or delivery.place_id or context.dock.id, delivery.carrier_id, status
    )
    unit_id, arrived = enter(context, case if case.code else replace(case, code=code), line, at)
    released = release.release(
        context.cause(case.problem),
        item.id,
        release.Trigger("receipt", unit_id, receipt_id),
        context.today.isoformat(),
        totals=totals,
        arrived=arrived,
    )
    kind = "UNIT" if status == "AVAILABLE" else "HOLD"
    labelled = bool(context.printer) and (not case.code or kind == "HOLD")
    if labelled:
        label_jobs.ask(context, unit_id, kind=kind)
    open_after = max(0, line.item_open - quantity) if line else 0
    return Captured(unit_id, code, status, released, open_after, receipt_id, labelled)


@dataclass(frozen=True, slots=True)
class Berth:
    """Where a counted case belongs: its receipt, whose goods it is where no order line says so, place and status."""

    receipt_id: int
    vendor_id: int | None
    location_id: int
    carrier_id: int | None
    status: str


def enter(context: Context, case: Case, line: PoLine | None, at: Berth) -> tuple[int, int]:
    """The rows of a counted case that has its number: order line, unit, move, capture, and what it stands on.

    Answers the unit, and the pieces that join the open pool, which the release that follows counts. The receipt was
    counted up before.
    """
    item, quantity = case.item, case.quantity
    assert item is not None
    assert quantity is not None
    cause = context.cause(case.problem)
    with connection.at_once():
        if line is not None:
            connection.execute("UPDATE po_line SET qty_received = qty_received + ? WHERE id = ?", quantity, line.id)
        unit_id, arrived = stock.receive(
            cause,
            code=case.code,
            item_id=item.id,
            qty=quantity,
            lot=case.lot,
            expiry=case.expiry or NO_EXPIRY,
            status=at.status,
            location_id=at.location_id,
            carrier_id=at.carrier_id,
            receipt_id=at.receipt_id,
            po_line_id=line.id if line else None,
            source=case.source,
            weight=case.weight,
            seal=case.seal,
        )
        _write(context, case, line, at, unit_id)
        if at.carrier_id is not None:
            carriers.received(cause, unit_id, at.carrier_id)
    return unit_id, arrived


def _write(context: Context, case: Case, line: PoLine | None, at: Berth, unit_id: int) -> None:
    """The case as it was counted: history, report and export read this and nothing else."""
    assert case.item is not None
    cause = context.cause()
    connection.insert_row(
        "capture",
        site=cause.site,
        at=cause.at,
        receipt_id=at.receipt_id,
        unit_id=unit_id,
        item_id=case.item.id,
        vendor_id=line.vendor_id if line else at.vendor_id,
        po_line_id=line.id if line else None,
        asn_unit_id=case.asn_unit_id,
        packaging=case.packaging,
        qty=case.quantity,
        source=case.source,
        weight=case.weight,
        weight_source=case.weight_source,
        status=at.status,
        doubt=case.doubt,
        learns=int(_learns(case)),
        scan_id=cause.scan_id,
        operator_id=context.who.id,
        second_by=case.second_by,
    )
    connection.many(
        "INSERT INTO unit_serial (site, item_id, serial, unit_id, scan_id) VALUES (?, ?, ?, ?, ?)",
        [(cause.site, case.item.id, serial, unit_id, cause.scan_id) for serial in case.serials],
    )


def _learns(case: Case) -> bool:
    """Whether the case says how the vendor packs: counted for itself, whole, and as usual, or confirmed by a lead."""
    if case.seal != "SEALED" or case.source in ("REPEATED", "IDENTICAL"):
        return False
    if case.doubt < 2 or case.second_by is None:
        return case.doubt < 2
    roles = connection.value("SELECT roles FROM operator WHERE id = ?", case.second_by)
    return "lead" in str(roles).split()


def _own_code(context: Context) -> str:
    """A number of ours that no unit carries: an SSCC where the site has a company prefix, else a licence plate."""
    site = context.site.code
    if context.sscc is None:
        return stock.free_plate(site)
    while stock.code_taken(site, code := context.sscc.draw(site)):
        continue
    return code


def take_back(context: Context, unit_id: int) -> None:
    """A capture is undone or corrected: its order line and its receipt count one case less, and a row says so."""
    found = connection.one(
        "SELECT id, receipt_id, item_id, vendor_id, po_line_id, asn_unit_id, packaging, qty FROM capture "
        "WHERE unit_id = ? AND qty > 0",
        unit_id,
    )
    capture_id, receipt_id, item_id, vendor_id, line_id, asn_unit_id, packaging, quantity = found
    cause = context.cause()
    connection.insert_row(
        "capture",
        site=cause.site,
        at=cause.at,
        receipt_id=receipt_id,
        unit_id=unit_id,
        item_id=item_id,
        vendor_id=vendor_id,
        po_line_id=line_id,
        asn_unit_id=asn_unit_id,
        packaging=packaging,
        qty=-quantity,
        source="UNDO",
        status="VOIDED",
        learns=0,
        scan_id=cause.scan_id,
        operator_id=context.who.id,
        reverses=capture_id,
    )
    if line_id is not None:
        connection.execute("UPDATE po_line SET qty_received = qty_received - ? WHERE id = ?", quantity, line_id)
    connection.execute("UPDATE receipt SET cases = cases - 1, pieces = pieces - ? WHERE id = ?", quantity, receipt_id)
    connection.execute("UPDATE unit_serial SET state = 'VOIDED' WHERE unit_id = ?", unit_id)
