"""Which delivery is at the dock: found by anything on it, blind, without an order, and left again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from db import connection
from warehouse import inbound, items, rules, things
from warehouse.flows import closing
from warehouse.flows.receiving_steps import AddOrder, ChooseOrder, ChooseVendor, ScanCase
from warehouse.inbound import Delivery, PurchaseOrder
from warehouse.messages import refuse, reply, tail

if TYPE_CHECKING:
    from warehouse.flows.steps import Context, Input, Scan
    from warehouse.reply import Reply


def choose(step: ChooseOrder, scan: Scan, context: Context) -> Reply:
    """Open the delivery that a scan belongs to."""
    found = find(scan, context, mode=step.mode)
    if found is None:
        things.refuse_unexpected(context.site.code, scan.code, step)
    return found


def find(scan: Scan, context: Context, mode: str = "PO") -> Reply | None:
    """The delivery that an order, an ASN, an announced case or pallet, a receipt or an item belongs to; None if none."""
    site, code = context.site.code, scan.code
    order = inbound.purchase_order(site, scan.text)
    if order is not None:
        return open_order(order, context, mode)
    asn = inbound.asn_by_code(site, scan.text)
    if asn is not None:
        return _open_asn(asn[0], asn[1], context, mode)
    receipt = inbound.receipt_for(site, scan.text)
    if receipt is not None:
        return closing.reopen(receipt, context)
    if code.unit_code:
        announced = inbound.announced(site, code.unit_code)
        unit = announced or next(iter(inbound.announced_on(site, code.unit_code)), None)
        if unit is not None:
            vendor = connection.one("SELECT vendor_id FROM asn WHERE id = ?", unit.asn_id)[0]
            return _open_asn(unit.asn_id, vendor, context, mode)
    item = items.by_code(site, code)
    return _orders_of(item[0], context, mode) if item is not None else None


def _orders_of(item: items.Item, context: Context, mode: str) -> Reply:
    """The order that expects an item; of several the list, those due today first."""
    orders = inbound.orders_for_item(context.site.code, item.id, context.today)
    if not orders:
        refuse("item_not_due", item=item.description)
    if len(orders) == 1:
        return open_order(orders[0], context, mode)
    return reply(ChooseOrder(mode, item.id), "several_orders", n=len(orders), item=item.description)


def choose_line(step: ChooseOrder, number: int, context: Context) -> Reply:
    """Open the order in that line of the list."""
    orders = listed(step, context)
    if not 1 <= number <= len(orders):
        refuse("no_such_menu", n=number)
    return open_order(orders[number - 1], context, step.mode)


def listed(step: ChooseOrder, context: Context, limit: int = 9) -> list[PurchaseOrder]:
    """The orders that the list shows."""
    site = context.site.code
    if step.item_id is not None:
        return inbound.orders_for_item(site, step.item_id, context.today, limit)
    return inbound.due(site, context.today, limit)


def open_order(order: PurchaseOrder, context: Context, mode: str = "PO") -> Reply:
    """Start receiving on a purchase order; the home screen comes here too."""
    if context.dock is None:
        refuse("no_dock")
    at = Delivery(mode_of(mode, context), (order.id,), vendor_id=inbound.vendor_of(order.id))
    if at.blind:
        return reply(ScanCase(at), "po_blind", po=order.po, vendor=order.vendor)
    if not order.open:
        return reply(ScanCase(at), "po_done", po=order.po)
    return reply(ScanCase(at), "po_chosen", po=order.po, vendor=order.vendor, left=order.open)


def _open_asn(asn_id: int, vendor_id: int, context: Context, mode: str) -> Reply:
    if context.dock is None:
        refuse("no_dock")
    blind_ = mode_of(mode, context) == "BLIND"
    at = Delivery("BLIND" if blind_ else "ASN", inbound.orders_of_asn(asn_id), asn_id, vendor_id)
    vendor = connection.one("SELECT name FROM vendor WHERE id = ?", vendor_id)[0]
    name = inbound.asn_by_id(asn_id)
    if blind_:
        return reply(ScanCase(at), "po_blind", po=name, vendor=vendor)
    waiting = len(inbound.still_announced(asn_id))
    return reply(ScanCase(at), "asn_chosen", po=name, vendor=vendor, left=waiting)


def mode_of(mode: str, context: Context) -> str:
    """The site may want every delivery blind, or none."""
    wish = rules.of_site(context.site.code).word("receiving.blind")
    if mode in ("PO", "BLIND"):
        return {"always": "BLIND", "never": "PO"}.get(wish, mode)
    return mode


def blind(step: ChooseOrder, context: Context) -> Reply:
    """F9: count without being told what is expected, or with it again."""
    wish = rules.of_site(context.site.code).word("receiving.blind")
    if wish != "choice":
        refuse("blind_fixed", status="always" if wish == "always" else "never")
    if step.mode == "BLIND":
        return reply(ChooseOrder("PO", step.item_id), "blind_off")
    return reply(ChooseOrder("BLIND", step.item_id), "blind_on")


# --- Goods that nobody ordered -------------------------------------------------------------------------------


def without_order(context: Context) -> Reply:
    """F5: there is no order for these goods."""
    if context.dock is None:
        refuse("no_dock")
    allowed = rules.of_site(context.site.code).yes("receiving.unordered")
    return reply(ChooseVendor(), "without_order" if allowed else "without_order_hold")


def choose_vendor(step: ChooseVendor, given: Input, context: Context) -> Reply:
    """Whose goods they are, if anybody knows."""
    from warehouse.flows.steps import Scan

    if not isinstance(given, Scan):
        return reply(ScanCase(Delivery("UNORDERED")), "vendor_unknown")
    found = connection.row("SELECT id, name FROM vendor WHERE site = ? AND code = ?", context.site.code, given.text)
    if found is None:
        things.refuse_unexpected(context.site.code, given.code, step)
    return reply(ScanCase(Delivery("UNORDERED", vendor_id=found[0])), "vendor_chosen", vendor=found[1])


# --- One more order on the truck -----------------------------------------------------------------------------


def offer_order(step: ScanCase, order: PurchaseOrder) -> Reply:
    """Another order was scanned among the cases."""
    if order.id in step.at.po_ids:
        return reply(ScanCase(step.at, step.seen), "po_here", po=order.po)
    return reply(AddOrder(step.at, order.id), "po_joins", po=order.po, vendor=order.vendor)


def add_order(step: AddOrder) -> Reply:
    """It is on this truck too."""
    at = step.at.joined(step.po_id)
    order = inbound.purchase_order_by_id(step.po_id)
    return reply(ScanCase(at), "po_joined", po=order.po, n=len(at.po_ids))


def leave(step: ScanCase) -> Reply:
    """Esc: the cases are saved; another delivery, or this one later."""
    return reply(ChooseOrder(), "receiving_left", po=name_of(step.at))


def name_of(at: Delivery) -> str:
    """What to call a delivery: its order, its ASN, or that it has none."""
    if at.asn_id is not None:
        return inbound.asn_by_id(at.asn_id)
    if at.po_ids:
        first = inbound.purchase_order_by_id(at.po_ids[0]).po
        return first if len(at.po_ids) == 1 else f"{tail(first)} +{len(at.po_ids) - 1}"
    return "no order"
