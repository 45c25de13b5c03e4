"""Cases, pallets, items, lots and places that were looked up, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from warehouse.flows.receiving_save import SOURCES
from warehouse.flows.steps import Fact, Table
from warehouse.flows.whats_this_lists import STATUS, Words, about, at, counted, expiry, lines, standing
from warehouse.messages import clip, joined, tail

if TYPE_CHECKING:
    from warehouse.flows.steps import Context
    from warehouse.lookup import AnnouncedSeen, CarrierSeen, ItemSeen, LotSeen, PlaceSeen, UnitSeen
    from warehouse.lookup.units import CameIn, Moved

# --- A unit ---------------------------------------------------------------------------------------------


PROMISED = "promised, to be picked"


def unit(seen: UnitSeen, context: Context) -> Words:
    amount = f"{seen.qty} {seen.base_unit}"
    if seen.came and seen.came.qty != seen.qty:
        amount = f"{seen.qty} of {seen.came.qty} {seen.base_unit}"
    label, name = {"LOOSE": ("LOOSE", "loose stock"), "PICKED": ("PICKED", "picked")}.get(
        seen.kind, ("CASE", f"case {tail(seen.code)}")
    )
    state = _state(seen, context)
    where = f"{seen.place} since {at(seen.since, context)}"
    on = f", on pallet {seen.carrier}" if seen.carrier else ""
    facts = (
        Fact(label, seen.code),
        Fact("ITEM", f"{amount} {seen.item} ({seen.sku})"),
        Fact("WHERE", where + on),
        Fact("STATUS", _promised(seen, state)),
    )
    first = f"{name[0].upper()}{name[1:]}: {amount} {seen.item}"
    return Words(
        (first, f"At {clip(seen.place, 10)}: {state}"), facts, (_unit_table(seen, context), _moves(seen, context))
    )


def _state(seen: UnitSeen, context: Context) -> str:
    if seen.order:
        return f"picked for {seen.order}"
    if seen.in_doubt:
        return "in doubt, count open"
    if seen.expiry < context.today.isoformat():
        return f"expired, {STATUS.get(seen.status, seen.status)}"
    if seen.status == "AVAILABLE" and seen.reserved and seen.reserved == seen.qty:
        return PROMISED
    return STATUS.get(seen.status, seen.status)


def _promised(seen: UnitSeen, state: str) -> str:
    """What it may be used for, and whom it is promised to."""
    if not seen.promised:
        return f"{state}, for nobody" if seen.status == "AVAILABLE" and not seen.order else state
    names = ", ".join(f"{one.order} x{one.qty}" + (f" ({one.by} picks)" if one.by else "") for one in seen.promised)
    return f"promised to {names}" if state == PROMISED else f"{state}; promised to {names}"


def _unit_table(seen: UnitSeen, context: Context) -> Table:
    weight = f"{seen.weight / 1000:.3f} {seen.weight_unit}" if seen.weight else ""
    came = seen.came
    return about(
        ("came in", _came(came, context) if came else "opening balance, or before receipts"),
        ("counted", _source(came) if came else ""),
        ("lot", joined((seen.lot, expiry(seen.expiry)))),
        ("lot stopped", seen.lot_stopped),
        ("announced", f"{came.announced}" if came and came.announced is not None else ""),
        ("weight", weight),
        ("seal", "" if seen.seal == "SEALED" else seen.seal.lower()),
        ("GTIN", seen.gtin),
    )


def _came(came: CameIn, context: Context) -> str:
    order = f"/{came.po}" if came.po else ""
    return f"{came.receipt}{order} {at(came.at, context)} {came.by}, {came.vendor or 'vendor unknown'}"


def _source(came: CameIn) -> str:
    doubt = f"questioned (level {came.doubt}), kept" if came.doubt else "not questioned"
    second = f", second: {came.second_by}" if came.second_by else ""
    return f"{came.qty}, {SOURCES.get(came.source, came.source.lower())}, {doubt}{second}"


def _moves(seen: UnitSeen, context: Context) -> Table:
    rows = tuple((at(one.at, context), one.by or "-", _moved(one)) for one in seen.moves)
    return Table(("LAST MOVES", "WHO", "WHAT"), rows, narrow=(0, 1, 2))


def _moved(one: Moved) -> str:
    """A move in a few words."""
    goes = f"{one.from_place} -> {one.to_place}"
    sentence = {
        "OPENING": f"{one.qty} at {one.to_place} as opening balance",
        "RECEIPT": f"received {one.qty} at {one.to_place}",
        "MOVE": goes,
        "PICK": f"{one.qty} picked{f' for {one.order}' if one.order else ''}, to {one.to_place}",
        "UNPICK": f"{one.qty} put back, to {one.to_place}",
        "QUARANTINE": f"{one.qty} on hold at {one.to_place}",
        "BLOCK": f"stopped at {one.to_place}",
        "UNBLOCK": f"from stopped to hold at {one.to_place}",
        "ACCEPT": f"{one.qty} accepted at {one.to_place}",
        "ADJUST": f"corrected: {'-' if one.out else '+'}{one.qty}",
        "UNDO": f"undone: {one.qty} {'out' if one.out else 'back'}",
        "ON": f"put on {one.to_place}",
        "OFF": f"taken off {one.from_place}",
    }.get(one.kind, one.kind.lower())
    return f"{sentence} ({one.reason})" if one.reason and one.kind in ("QUARANTINE", "BLOCK", "ADJUST") else sentence


# --- Pallets, and what is announced ---------------------------------------------------------------------


def carrier(seen: CarrierSeen, context: Context) -> Words:
    kind = seen.kind.lower()
    on = f", on {seen.parent}" if seen.parent else ""
    announced = f", {seen.announced} announced" if seen.announced else ""
    facts = (
        Fact(seen.kind, seen.code),
        Fact("HOLDS", counted(seen.content) + announced),
        Fact("WHERE", seen.place + on),
        Fact("STATUS", f"{seen.state.lower()}; begun {at(seen.opened_at, context)} by {seen.opened_by}"),
    )
    inner = Table(("PALLETS ON IT",), tuple((code,) for code in seen.carriers))
    told_ = (
        f"{kind[0].upper()}{kind[1:]} {tail(seen.code)}: {counted(seen.content)}",
        f"At {clip(seen.place, 10)}: {seen.state.lower()}",
    )
    return Words(told_, facts, (standing("ON IT", seen.units), inner))


def announced(seen: AnnouncedSeen) -> Words:
    what = seen.item or "of several items"
    amount = f"{seen.pieces} {seen.unit or 'pieces'}"
    facts = (
        Fact("PALLET" if seen.pallet else "CASE", seen.sscc),
        Fact("ITEM", f"{amount} {what}" + (f" in {seen.cases} cases" if seen.pallet else "")),
        Fact("WHERE", "not here yet" if not seen.came else f"{seen.came} of {seen.cases} cases came"),
        Fact("EXPECTED", f"{seen.expected_on}, {seen.asn} of {seen.vendor}"),
    )
    more = about(("order", seen.po), ("lot", joined((seen.lot, expiry(seen.expiry)))), ("on pallet", seen.parent))
    name = "Pallet" if seen.pallet else "Case"
    came = f"{seen.came} of {seen.cases} cases came." if seen.came else f"Announced on {clip(seen.asn, 12)}, not here."
    return Words((f"{name} {tail(seen.sscc)}: {amount} {what}", came), facts, (more,))


# --- Items, lots, places --------------------------------------------------------------------------------


def item(seen: ItemSeen) -> Words:
    held = f", {counted(seen.held, seen.unit)} on hold" if seen.held.units else ""
    waiting = f"{seen.waiting_qty} in {lines(seen.waiting_lines)}" if seen.waiting_lines else "nobody waits"
    facts = [
        Fact("ITEM", f"{seen.item} ({seen.sku})"),
        Fact("ON HAND", f"{seen.on_hand} {seen.unit}, free {seen.free}{held}"),
        Fact("WAITING", waiting),
    ]
    if seen.on_order:
        due = seen.on_order
        facts.append(Fact("ORDERED", f"{due.pieces} to come; {due.quantity} on {due.expected_on}, {due.po}"))
    usual = f"{seen.usual[0]}-{seen.usual[1]}" if seen.usual else ""
    more = about(
        ("in doubt", f"{seen.in_doubt} until counted" if seen.in_doubt else ""),
        ("GTIN", seen.gtin),
        ("in a case", joined((usual, f"({seen.mode.replace('_', ' ')})"))),
    )
    told_ = (f"{seen.item}: {seen.on_hand} {seen.unit} on hand", f"Free {seen.free}, waiting {seen.waiting_qty}.")
    return Words(told_, tuple(facts), (standing("FREE IN", seen.free_units), more))


def lot(seen: LotSeen, context: Context) -> Words:
    facts = [Fact("LOT", seen.lot)]
    facts += [
        Fact("ITEM", f"{one.item}: {counted(one.content, one.unit)} {expiry(one.expiry)}".rstrip())
        for one in seen.items[:2]
    ]
    stops = tuple(
        (one.item, one.stopped, f"{one.stopped_by} {at(one.stopped_at, context)}") for one in seen.items if one.stopped
    )
    if stops:
        facts.append(Fact("STOPPED", f"{stops[0][1]} ({stops[0][2]})"))
    only = seen.items[0]
    name = only.item if len(seen.items) == 1 else f"{len(seen.items)} items"
    told_ = (f"Lot {clip(seen.lot, 16)}: {name}", "Stopped." if stops else counted(only.content, only.unit))
    return Words(told_, tuple(facts), (standing("UNITS", seen.units), Table(("STOPPED", "WHY", "WHO"), stops)))


def place(seen: PlaceSeen) -> Words:
    facts = (
        Fact("PLACE", seen.code),
        Fact("IS", f"{seen.kind}, zone {seen.zone}" + (f", for {seen.classes}" if seen.classes else "")),
        Fact("HOLDS", counted(seen.content) if seen.content.units else "nothing"),
        *((Fact("PALLETS", ", ".join(seen.carriers)),) if seen.carriers else ()),
    )
    told_ = (
        f"Place {clip(seen.code, 12)} ({seen.kind})",
        counted(seen.content) if seen.content.units else "Nothing stands here.",
    )
    return Words(told_, facts, (standing("STANDS HERE", seen.units, place=False),))
