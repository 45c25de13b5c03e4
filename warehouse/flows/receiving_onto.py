"""Where the next cases go: a place or a pallet that was scanned, until something else is."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from warehouse import carriers, put_away, site
from warehouse.flows import scan_again
from warehouse.flows.receiving_steps import ScanCase, ScanItem
from warehouse.messages import refuse, reply, tail
from warehouse.put_away import Goods
from warehouse.reply import RefusedError
from warehouse.site import NO_EXPIRY

if TYPE_CHECKING:
    from warehouse.carriers import Carrier
    from warehouse.flows.steps import Context, Scan
    from warehouse.inbound import Delivery
    from warehouse.items import Item
    from warehouse.reply import Reply

CASES_GO_TO = frozenset({"dock", "staging", "storage"})
PALLET = "pallet"  # what the second scan of an unknown plate is about


def put_on(step: ScanCase, scan: Scan, plate: str, context: Context) -> Reply | None:
    """A place or a pallet: the cases go there from now on. None when the scan is neither."""
    code = context.site.code
    carrier = carriers.by_code(code, plate or scan.text)
    if carrier is not None:
        return _onto_carrier(step, carrier)
    place = site.location(code, scan.text)
    if place is None:
        return None
    if place.kind not in CASES_GO_TO:
        refuse("no_cases_there", place=place.code, status=place.kind)
    at = replace(step.at, place_id=place.id, carrier_id=None)
    if context.dock is not None and place.id == context.dock.id:
        at = replace(at, place_id=None)
    return reply(ScanCase(at, step.seen), "cases_go_to", place=place.code)


def _onto_carrier(step: ScanCase, carrier: Carrier) -> Reply:
    if carrier.state != "OPEN":
        refuse("pallet_closed", code=tail(carrier.code))
    at = replace(step.at, carrier_id=carrier.id, place_id=carrier.location_id)
    return reply(ScanCase(at, step.seen), "cases_go_on", code=tail(carrier.code), n=carrier.units)


def open_pallet(step: ScanItem, scan: Scan, context: Context) -> Reply:
    """The plate of the case in hand was scanned again, by a person and not by the trigger: it is a new pallet."""
    said = scan_again.judge(step, scan, PALLET, context)
    if said == "YES":
        return _opened(step.at, step.case.code, context)
    pending = step.pending if said == "SOON" else scan_again.asked(scan, PALLET, context)
    return reply(replace(step, pending=pending), "scan_item", code=tail(step.case.code))


def new_pallet(step: ScanCase, context: Context) -> Reply:
    """The card NEW: a pallet with a number of ours, whose label is printed."""
    return _opened(step.at, "", context)


def refuse_place(at: Delivery, item: Item, context: Context) -> None:
    """The place that the cases go to may be for other goods: said while the case can still be put elsewhere."""
    if at.place_id is None or at.carrier_id is not None:
        return
    goods = Goods(item.id, "", NO_EXPIRY, "AVAILABLE")
    message = put_away.refused(context, site.location_by_id(at.place_id), goods, "Scan another place, or the dock.")
    if message is not None:
        raise RefusedError(message)


def _opened(at: Delivery, code: str, context: Context) -> Reply:
    if context.dock is None:
        refuse("no_dock")
    carrier = carriers.open_new(context, code, at.place_id or context.dock.id)
    onto = replace(at, carrier_id=carrier.id, place_id=carrier.location_id)
    return reply(ScanCase(onto), "pallet_opened", code=tail(carrier.code))


def close_pallet(step: ScanCase, context: Context) -> Reply:
    """The card FULL: nothing more goes on this pallet."""
    if step.at.carrier_id is None:
        refuse("no_pallet_open")
    carriers.close(context, step.at.carrier_id)
    carrier = carriers.by_id(step.at.carrier_id)
    at = replace(step.at, carrier_id=None, place_id=None)
    return reply(ScanCase(at, step.seen), "pallet_full", code=tail(carrier.code), n=carrier.units)
