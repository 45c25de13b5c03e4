"""Pallet jobs: put on, take off, break up, close, open; and what is in hand, a case or a pallet with all on it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from warehouse import carriers, items, put_away, site, stock, things
from warehouse.flows import scan_again
from warehouse.flows.put_away_steps import JOB_WORDS, JOBS, InHand, ScanForJob, ScanPallet, ScanPlace, ScanUnit
from warehouse.flows.steps import Context, Input, Key, Scan, Step
from warehouse.messages import refuse, refuse_key, reply, tail
from warehouse.put_away import Goods
from warehouse.reply import RefusedError

if TYPE_CHECKING:
    from warehouse.carriers import Carrier
    from warehouse.reply import Reply
    from warehouse.stock import Unit

NEXT = "Scan the next case or pallet."
_STAND_AT = frozenset({"dock", "storage", "staging", "quarantine"})


# --- What is in hand ----------------------------------------------------------------------------------------


def found(scan: Scan, context: Context) -> tuple[Unit | None, Carrier | None]:
    """The unit or the carrier that was scanned; neither where nobody knows it as one."""
    code = scan.code.identity or scan.text
    unit = stock.known_unit(context.site.code, code)
    if unit is not None:
        if unit.kind == "LOOSE":
            refuse("known_thing", thing="loose stock", next="Scan a case or pallet.")
        return unit, None
    return None, carriers.by_code(context.site.code, code)


def load(hand: InHand) -> tuple[list[Unit], int, dict[str, Any]]:
    """The units in hand, where they stand, and the words for them; refuses what may not be moved now."""
    if hand.carrier_id is not None:
        carrier = carriers.by_id(hand.carrier_id)
        if carrier.state == "BROKEN":
            refuse("carrier_gone", code=tail(carrier.code))
        units = carriers.units_on(carrier.id)
        put_away.check_free(units)
        return units, carrier.location_id, {"code": tail(carrier.code), "n": len(units)}
    assert hand.unit_id is not None
    unit = stock.unit_by_id(hand.unit_id)
    put_away.check_free([unit])
    item = items.by_id(unit.item_id)
    words = {"code": tail(unit.code), "qty": unit.qty, "unit": item.unit, "item": item.description}
    return [unit], unit.location_id, words


def locked(hand: InHand, context: Context, *carrier_ids: int) -> tuple[list[Unit], int, dict[str, Any]]:
    """The same under the locks, with those of the carriers that are named too: this is believed, and stays."""
    mine = () if hand.carrier_id is None else (hand.carrier_id,)
    units = () if hand.unit_id is None else (hand.unit_id,)
    carriers.lock(context, (*mine, *carrier_ids), units)
    return load(hand)


# --- Onto a pallet ------------------------------------------------------------------------------------------


def scan_pallet(step: ScanPallet, scan: Scan, context: Context) -> Reply:
    """The pallet, please; anything else is named."""
    _, carrier = found(scan, context)
    return onto_scanned(step, scan, carrier, context)


def onto_scanned(step: ScanPlace | ScanPallet, scan: Scan, carrier: Carrier | None, context: Context) -> Reply:
    """Put what is in hand on the pallet that was scanned; a new plate opens one when it is scanned again."""
    if carrier is not None:
        return _board(step, carrier, context)
    code = scan.code.identity or scan.text
    if not carriers.may_open(scan.code) or stock.known_unit(context.site.code, code) is not None:
        things.refuse_unexpected(context.site.code, scan.code, step)
    judged = scan_again.judge(step, scan, "OPEN", context)
    if judged == "YES":
        return onto_new(step, code, context)
    pending = step.pending if judged == "SOON" else scan_again.asked(scan, "OPEN", context)
    return reply(replace(step, pending=pending), "carrier_new", code=tail(code))


def onto_new(step: ScanPlace | ScanPallet, code: str, context: Context) -> Reply:
    """Put what is in hand on a new pallet where it stands; without a `code` the pallet gets a number of ours."""
    _, here, _ = locked(step, context)
    return _board(step, carriers.open_new(context, code, here), context)


def _board(step: InHand, carrier: Carrier, context: Context) -> Reply:
    units, here, words = locked(step, context, carrier.id)
    carrier = carriers.by_id(carrier.id)
    if carrier.location_id != here:
        place = site.location_by_id(carrier.location_id)
        for one in Goods.of(units):
            message = put_away.refused(context, place, one, "Scan another pallet or place.")
            if message is not None:
                raise RefusedError(message)
    if step.carrier_id is not None:
        moves, code = carriers.put_carrier(context, step.carrier_id, carrier.id), carriers.by_id(step.carrier_id).code
    else:
        moves, code = carriers.put_unit(context, units[0].id, carrier.id), units[0].code
    carrier = carriers.by_id(carrier.id)
    answered = reply(
        ScanUnit(),
        "boarded",
        code=words["code"],
        want=tail(carrier.code),
        n=carrier.units,
        place=carrier.place,
        next=NEXT,
    )
    return replace(answered, unit=code, moves=moves, labels=(carrier.code,) if context.printer else ())


# --- The jobs of the menu -----------------------------------------------------------------------------------


def choose(number: int, step: Step) -> Reply:
    """The job with this digit."""
    if not 1 <= number <= len(JOBS):
        refuse_key(str(number), step)
    code, _, asks = JOBS[number - 1]
    return reply(ScanForJob(code), "help", next=asks)


def answer(step: ScanForJob, given: Input, context: Context) -> Reply:
    """What the job is done with; Esc leaves it."""
    if isinstance(given, Scan):
        return _scanned(step, given, context)
    name = given.name if isinstance(given, Key) else ""
    if name == "ESC":
        return reply(ScanUnit(), "back")
    if name in ("ENTER", "DONE", "F8") and step.carrier_id is not None:
        return _break(step.carrier_id, context)
    refuse("key_not_here", key=name, next=JOB_WORDS[step.job][1])


def _scanned(step: ScanForJob, scan: Scan, context: Context) -> Reply:
    if step.job == "OPEN":
        return _open(step, scan, context)
    unit, carrier = found(scan, context)
    match step.job, unit, carrier:
        case "PUT_ON", None, None:
            pass
        case "PUT_ON", _, _:
            hand = ScanPallet(unit.id if unit else None, carrier.id if carrier else None)
            load(hand)
            return reply(hand, "help", next=hand.next)
        case "TAKE_OFF", stock.Unit(), _:
            return _take_off(unit, context)
        case "BREAK", _, carriers.Carrier():
            asks = replace(step, carrier_id=carrier.id)
            return reply(asks, "carrier_break", code=tail(carrier.code), n=carrier.units)
        case "FULL", _, carriers.Carrier():
            closed = carriers.close(context, carrier.id)
            return reply(ScanUnit(), "carrier_closed", code=tail(closed.code), n=closed.units, next=NEXT)
    wanted = JOB_WORDS[step.job][1]
    thing = things.name_of(context.site.code, scan.code)
    if thing:
        refuse("known_thing", thing=thing, next=wanted)
    refuse("unknown_code", got=things.digits(scan.code))


def _take_off(unit: Unit, context: Context) -> Reply:
    locked(InHand(unit_id=unit.id), context)
    moves = carriers.take_off(context, unit.id)
    place = site.location_by_id(stock.unit_by_id(unit.id).location_id)
    answered = reply(ScanUnit(), "carrier_off", code=tail(unit.code), place=place.code, next=NEXT)
    return replace(answered, unit=unit.code, moves=moves)


def _break(carrier_id: int, context: Context) -> Reply:
    moves = carriers.break_up(context, carrier_id)
    broken = carriers.by_id(carrier_id)
    answered = reply(ScanUnit(), "carrier_broken", code=tail(broken.code), n=moves, place=broken.place, next=NEXT)
    return replace(answered, unit=broken.code, moves=moves)


def _open(step: ScanForJob, scan: Scan, context: Context) -> Reply:
    place = site.location(context.site.code, scan.text)
    if place is None or place.kind not in _STAND_AT:
        things.refuse_unexpected(context.site.code, scan.code, step)
    opened = carriers.open_new(context, "", place.id)
    why = "Its label is printed." if context.printer else f"Write {opened.code} on it."
    answered = reply(ScanUnit(), "carrier_open", code=tail(opened.code), place=place.code, why=why, next=NEXT)
    return replace(answered, unit=opened.code, labels=(opened.code,) if context.printer else ())
