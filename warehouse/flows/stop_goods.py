"""Stop goods: scan what is stopped, say why, see whose orders are hit, then DONE or F8. The way back leads over hold.

Nothing is changed by a scan: only DONE or F8 saves, for what is stopped is in the hand and would confirm itself.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NoReturn

from db import connection
from db.connection import instant
from warehouse import blocks, carriers, items, messages, stock, things
from warehouse import site as site_
from warehouse.barcodes import card_for
from warehouse.blocks import CannotError, Done, Hit, Seen, Target
from warehouse.flows import keyed
from warehouse.flows.steps import Context, Input, Key, Scan, Step, Tick
from warehouse.flows.stop_goods_steps import Confirm, KeyLot, SayWhy, ScanWhat
from warehouse.messages import names, refuse, refuse_key, reply
from warehouse.reply import Freed

if TYPE_CHECKING:
    from warehouse.blocks import Act
    from warehouse.reply import Reply

ACTS: dict[str, Act] = {"1": "block", "2": "unblock", "3": "accept"}
REASON = 60  # characters of a reason: more is a label that somebody scanned


def answer(step: Step, given: Input, context: Context) -> Reply:
    """One input, one reply; refuses by raising RefusedError."""
    if "lead" not in context.who.roles:
        refuse("no_right", person=context.who.name)
    try:
        return _answer(step, given, context)
    except CannotError as error:
        _refuse(error)


def _refuse(error: CannotError) -> NoReturn:
    refuse(error.template, **error.fields)


def _answer(step: Step, given: Input, context: Context) -> Reply:
    match step, given:
        case _, Tick():
            return reply(step, "help", next="")
        case ScanWhat(), Key("1" | "2" | "3"):
            return _begin(ACTS[given.name])
        case ScanWhat(), Scan():
            return _scanned(step, given, context)
        case ((KeyLot() | SayWhy() | Confirm()), Key("ESC")):
            return reply(ScanWhat(step.act), "back")
        case KeyLot(), Scan():
            return _known(step.act, _lot_of(step, given, context.site.code), context)
        case SayWhy(), (Scan() | Key()):
            return _sure(step, _reason(step, given), context)
        case Confirm(), Key("DONE" | "F8"):
            return _save(step, context)
        case Confirm(), Scan():
            refuse("sure_first")
        case _, Key(name):
            refuse_key(name, step)
    raise AssertionError((step, given))


def _begin(act: Act) -> Reply:
    template = {"block": "act_block", "unblock": "act_unblock", "accept": "act_accept"}[act]
    return reply(ScanWhat(act), template)


# --- Which goods ----------------------------------------------------------------------------------------


def _scanned(step: ScanWhat, scan: Scan, context: Context) -> Reply:
    target = _named(step.act, scan, context.site.code)
    if target is not None:
        return _known(step.act, target, context)
    if scan.code.unit_code:  # a case that nobody knows: what its label says of item and lot is not what was meant
        refuse("unknown_code", got=things.digits(scan.code))
    found = items.by_code(context.site.code, scan.code)
    if found is None:
        things.refuse_unexpected(context.site.code, scan.code, step)
    item = found[0]
    if not item.lot_control:
        refuse("no_lots", item=item.description)
    if scan.code.lot:
        return _known(step.act, Target("lot", scan.code.lot, item.sku), context)
    return reply(KeyLot(step.act, sku=item.sku), "which_lot", item=item.description)


def _lot_of(step: KeyLot, scan: Scan, at: str) -> Target:
    """The lot that was scanned or keyed; a label of another item says nothing of this one's."""
    other = items.by_code(at, scan.code) if scan.code.item_codes else None
    if other is not None and other[0].sku != step.sku:
        refuse("other_label", other=other[0].description, item=step.sku)
    return Target("lot", keyed.lot(scan), step.sku)


def _named(act: Act, scan: Scan, at: str) -> Target | None:
    """What has a code of its own: a unit, a pallet, a place, or, to be accepted, a receipt."""
    code = scan.code.identity or scan.text
    unit = stock.known_unit(at, code)
    if unit is not None:
        return Target("unit", unit.code)
    if carriers.by_code(at, code):
        return Target("unit", code)
    if site_.location(at, scan.text):
        return Target("place", scan.text)
    receipt = connection.row("SELECT 1 FROM receipt WHERE site = ? AND code = ?", at, scan.text)
    return Target("receipt", scan.text) if receipt and act == "accept" else None


def _known(act: Act, target: Target, context: Context) -> Reply:
    """The goods are there: ask why; or say that they are stopped already."""
    seen = look(act, target, context)
    if seen.already is not None:
        at, person, _ = seen.already
        day = context.site.today(instant(at)).isoformat()
        return reply(ScanWhat(act), "stopped_before", what=str(target), date=day, person=person)
    words = f"{units_of(seen)}, {seen.chosen.pieces} pieces."
    return reply(SayWhy(act, target=target), "stop_why", thing=str(target), list=words)


def units_of(seen: Seen) -> str:
    """'1 unit', '3 units'."""
    count = len(seen.chosen.units)
    return "1 unit" if count == 1 else f"{count} units"


def look(act: Act, target: Target, context: Context) -> Seen:
    """What DONE would do now, for this person; raises CannotError."""
    return blocks.look(context.site.code, act, target, context.who.id, context.today.isoformat())


# --- Why, and sure --------------------------------------------------------------------------------------


def _reason(step: SayWhy, given: Scan | Key) -> str:
    """The words of a reason card, or what was typed; a scanned label is no reason."""
    if isinstance(given, Key):
        card = card_for(given.name) if given.name.startswith("REASON:") else None
        if card is None:
            refuse_key(given.name, step)
        return card.label
    words = given.text.strip()
    if given.source != "TYPED" or len(words) > REASON or not any(letter.isalpha() for letter in words):
        refuse("bad_reason")
    return words


def _sure(step: SayWhy, reason: str, context: Context) -> Reply:
    seen = look(step.act, step.target, context)
    after = Confirm(step.act, target=step.target, reason=reason, pieces=seen.chosen.pieces)
    template = {"block": "sure_block", "unblock": "sure_unblock", "accept": "sure_accept"}[step.act]
    return reply(after, template, thing=str(step.target), qty=seen.chosen.pieces, list=_consequence(seen))


def _consequence(seen: Seen) -> str:
    if seen.chosen.kept:
        return f"{len(seen.chosen.kept)} units stay as they are."
    return f"Hits {names(_lost(seen.hits), 28)}" if seen.hits else "No order is hit."


def _lost(hits: tuple[Hit, ...]) -> list[Freed]:
    return [Freed(hit.order, hit.line, hit.sku, hit.quantity) for hit in hits]


def _save(step: Confirm, context: Context) -> Reply:
    """Do it. Where other goods than those shown would be let go, the number is shown anew first."""
    if step.act != "block":
        now = look(step.act, step.target, context).chosen.pieces
        if now != step.pieces:
            after = Confirm(step.act, target=step.target, reason=step.reason, pieces=now)
            return reply(after, "sure_changed", qty=now, need=step.pieces)
    done = blocks.do(context.cause(step.reason), step.act, step.target, context.today.isoformat())
    if done.already is not None:
        return _known(step.act, step.target, context)
    return _with(_said(step, done), done)


def _said(step: Confirm, done: Done) -> Reply:
    after, what = ScanWhat(step.act), str(step.target)
    stay = f"{len(done.kept)} units stay as they are." if done.kept else ""
    if step.act == "unblock":
        return reply(after, "on_hold_again", qty=done.pieces, what=what, list=stay)
    if step.act == "accept":
        got = f"Releases {names(done.released, 27)}" if done.released else "No order waits for it."
        return reply(after, "accepted", qty=done.pieces, what=what, gains=got, list=stay)
    if not done.hits:
        return reply(after, "goods_are_stopped", qty=done.pieces, what=what, gains="No order was hit.", list="")
    lost = _lost(done.hits)
    waiting = messages.still_waiting(lost, done.released)
    fate = f"Waits again: {names(waiting, 19)}" if waiting else "They got other stock."
    return reply(after, "goods_are_stopped", qty=done.pieces, what=what, gains=f"Hit: {names(lost, 30)}", list=fate)


def _with(answered: Reply, done: Done) -> Reply:
    unit = done.units[0].code if len(done.units) == 1 else None
    return replace(answered, unit=unit, freed=done.freed, released=done.released, moves=done.moves)
