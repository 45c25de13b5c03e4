"""Put-away: scan a case or a pallet, hear where to take it, scan the place where it was put; then the next.

The place may be another one than the suggested, as long as it takes the goods. What is promised stays promised, for a
pick finds its place by its unit. A pallet moves with all on it, by one scan.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from warehouse import carriers, items, put_away, site, stock, things
from warehouse.flows import pallet_jobs, scan_again
from warehouse.flows.put_away_steps import ChooseJob, InHand, ScanForJob, ScanPallet, ScanPlace, ScanUnit
from warehouse.flows.steps import Context, Input, Key, Scan, Step, Tick
from warehouse.messages import refuse, refuse_key, reply, tail
from warehouse.put_away import Goods
from warehouse.reply import RefusedError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from warehouse.reply import Reply
    from warehouse.site import Location
    from warehouse.stock import Unit


def answer(step: Step, given: Input, context: Context) -> Reply:
    """One input, one reply; refuses by raising RefusedError."""
    if not context.who.may("receiver"):
        refuse("no_right", person=context.who.name)
    match step, given:
        case _, Tick():
            return reply(step, "help", next="")
        case ScanUnit(), Scan():
            return _scan_unit(step, given, context)
        case ScanUnit(), Key("F5"):
            return reply(ChooseJob(), "help", next="Which? Key a digit, or Esc.")
        case ScanPlace(), Scan():
            return _scan_place(step, given, context)
        case ScanPlace(), Key("ENTER" | "DONE") if step.pending:
            return _confirm(step, step.pending, context)
        case ((ScanPlace() | ScanPallet()), Key("OPEN")):
            return pallet_jobs.onto_new(step, "", context)
        case ScanPallet(), Scan():
            return pallet_jobs.scan_pallet(step, given, context)
        case ((ScanPallet() | ScanPlace() | ChooseJob()), Key("ESC")):
            return reply(ScanUnit(), "back")
        case ScanForJob(), _:
            return pallet_jobs.answer(step, given, context)
        case ChooseJob(), Key(name) if name.isdigit():
            return pallet_jobs.choose(int(name), step)
        case _, Key(name):
            refuse_key(name, step)
        case _, Scan():
            things.refuse_unexpected(context.site.code, given.code, step)
    raise AssertionError((step, given))


# --- What is put away? --------------------------------------------------------------------------------------


def _scan_unit(step: ScanUnit, scan: Scan, context: Context) -> Reply:
    unit, carrier = pallet_jobs.found(scan, context)
    if unit is None and carrier is None:
        things.refuse_unexpected(context.site.code, scan.code, step)
    return _suggest(InHand(unit.id if unit else None, carrier.id if carrier else None), context)


def _suggest(hand: InHand, context: Context) -> Reply:
    units, here, words = pallet_jobs.load(hand)
    goods = Goods.of(units)
    put_away.one_holding(context, goods, words["code"])
    found = put_away.suggest(context, goods, here) if goods else None
    place, why = (found.place, found.why) if found else ("", "No free place is known for it.")
    after = ScanPlace(hand.unit_id, hand.carrier_id, place=place, why=why)
    next_step = f"Take it to {place}, scan that." if place else "Scan the place where you put it."
    return reply(after, "carrier_where" if hand.carrier_id else "put_where", **words, next=next_step, why=why)


# --- Where is it put? ---------------------------------------------------------------------------------------


def _scan_place(step: ScanPlace, scan: Scan, context: Context) -> Reply:
    place = site.location(context.site.code, scan.text)
    if place is not None:
        return _put(step, place, scan, context)
    unit, carrier = pallet_jobs.found(scan, context)
    if unit is not None and unit.id == step.unit_id:
        return _suggest(step, context)  # the same case once more says where to go, as the first time
    if carrier is not None and carrier.id == step.carrier_id:
        return _suggest(step, context)
    return pallet_jobs.onto_scanned(step, scan, carrier, context)


def _put(step: ScanPlace, place: Location, scan: Scan, context: Context) -> Reply:
    units, _, words = pallet_jobs.locked(step, context)
    goods = Goods.of(units)
    _check_place(step, place, goods, context)
    if _stands(step, place, units):
        return reply(replace(step, pending=None), "there_already", code=words["code"], place=place.code, next=step.next)
    lots = [lot for one in goods if (lot := put_away.other_lot(context, place, one)) is not None]
    if lots:
        about = f"{place.id} {lots}"
        judged = scan_again.judge(step, scan, about, context)
        if judged != "YES":
            pending = step.pending if judged == "SOON" else scan_again.asked(scan, about, context)
            return reply(replace(step, pending=pending), "place_lot", place=place.code, other=lots[0] or "(none)")
    return _moved(step, place, units, context)


def _confirm(step: ScanPlace, pending: scan_again.Pending, context: Context) -> Reply:
    """ENTER accepts what the place was asked about, while that question stands."""
    place_id = int(pending.about.partition(" ")[0])
    units, _, _ = pallet_jobs.locked(step, context)
    place = site.location_by_id(place_id)
    lots = [lot for one in Goods.of(units) if (lot := put_away.other_lot(context, place, one)) is not None]
    if not scan_again.in_time(pending, context) or pending.about != f"{place_id} {lots}":
        refuse_key("ENTER", step)
    _check_place(step, place, Goods.of(units), context)
    return _moved(step, place, units, context)


def _check_place(step: ScanPlace, place: Location, goods: Sequence[Goods], context: Context) -> None:
    """STOP saying why the place does not take it, and where to go."""
    next_step = f"Take it to {step.place}, scan that." if step.place not in ("", place.code) else "Scan another place."
    for one in goods:
        message = put_away.refused(context, place, one, next_step)
        if message is not None:
            raise RefusedError(message)


def _stands(step: ScanPlace, place: Location, units: Sequence[Unit]) -> bool:
    """Whether it is at that place by itself already."""
    if step.carrier_id is not None:
        carrier = carriers.by_id(step.carrier_id)
        return carrier.location_id == place.id and carrier.parent_id is None
    return units[0].location_id == place.id and units[0].carrier_id is None


def _moved(step: ScanPlace, place: Location, units: Sequence[Unit], context: Context) -> Reply:
    if step.carrier_id is not None:
        moves = carriers.move(context, step.carrier_id, place.id)
        code = carriers.by_id(step.carrier_id).code
        answered = reply(
            ScanUnit(), "carrier_put", code=tail(code), place=place.code, n=len(units), next=pallet_jobs.NEXT
        )
        return replace(answered, unit=code, moves=moves)
    unit = units[0]
    if unit.location_id == place.id:
        carriers.take_off(context, unit.id)
    else:
        stock.move_whole(context.cause(), "MOVE", unit, location_id=place.id, status=unit.status, order_id=None)
    item = items.by_id(unit.item_id)
    answered = reply(
        ScanUnit(),
        "put",
        qty=unit.qty,
        unit=item.unit,
        item=item.description,
        code=tail(unit.code),
        place=place.code,
        next=pallet_jobs.NEXT,
    )
    return replace(answered, unit=unit.code, moves=1)
