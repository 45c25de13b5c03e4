"""The picker: get the next pick, go to its place, scan its unit, take what the line needs or say why not.

A wrong scan names what was scanned and what is needed and changes nothing. Every pick moves goods to the
site's first shipping place; what cannot be picked goes back to waiting and is released again at once.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from db import connection
from warehouse import blocks, items, messages, picks, site, stock, things
from warehouse.flows import keyed
from warehouse.flows.picking_steps import (
    GetWork,
    GoTo,
    HowShort,
    OnTask,
    TakePieces,
    TakeUnit,
    WhyShort,
    where_it_began,
)
from warehouse.flows.steps import Context, Input, Key, Scan, Step, Tick
from warehouse.messages import refuse, refuse_key, reply, tail

if TYPE_CHECKING:
    from warehouse.picks import Task
    from warehouse.reply import Reply


def answer(step: Step, given: Input, context: Context) -> Reply:
    """One input, one reply; refuses by raising RefusedError."""
    if not context.who.may("picker"):
        refuse("no_right", person=context.who.name)
    match step, given:
        case _, Tick():
            return reply(step, "help", next="")
        case GetWork(), Key("ENTER" | "DONE"):
            return next_pick(context)
        case GetWork(), Scan():
            return pick_order(given, context)
    if isinstance(step, OnTask):
        task = picks.lock(context, step.task_id)
        if task is None:
            return _task_gone(step, given, context)
        return _on_task(step, given, task, context)
    assert isinstance(given, Key)
    refuse_key(given.name, step)


def _on_task(step: OnTask, given: Input, task: Task, context: Context) -> Reply:
    match step, given:
        case ((TakeUnit() | TakePieces() | HowShort() | WhyShort()), Key("ESC")):
            return reply(_back(step), "back")
        case GoTo(), Scan():
            return _at_place(step, given, task, context)
        case TakeUnit(), Scan():
            return _unit_scanned(step, given, task, context)
        case TakePieces(), Key("ENTER" | "DONE"):
            return _picked(step, task, context)
        case TakePieces(), Scan():
            return _pieces_keyed(step, given, task, context)
        case HowShort(), Scan():
            return _short_keyed(step, given, task)
        case WhyShort(), Key(name):
            return _short(step, name.removeprefix("REASON:"), task, context)
        case ((GoTo() | TakeUnit() | TakePieces()), Key("F5")):
            return reply(
                HowShort(task.id, step.order, step.skipped, asked=task.qty, began=step.name), "how_short", need=task.qty
            )
        case ((GoTo() | TakeUnit()), Key("F9")):
            return _skip(step, task, context)
        case GoTo(), Key("ESC" | "F8"):
            picks.hand_back(context, task.id)
            return reply(GetWork(), "handed_back")
        case WhyShort(), Scan():
            refuse("no_reason", got=given.text)
        case _, Key(name):
            refuse_key(name, step)
    raise AssertionError((step, given))


def _back(step: OnTask) -> GoTo | TakeUnit | TakePieces:
    """One step back; from a short, to where it began."""
    if isinstance(step, HowShort | WhyShort):
        return where_it_began(step, step.asked)
    if isinstance(step, TakePieces):
        return TakeUnit(step.task_id, step.order, step.skipped)
    return GoTo(step.task_id, step.order, step.skipped)


# --- Getting work ---------------------------------------------------------------------------------------


def next_pick(context: Context, order: str = "", skipped: tuple[int, ...] = ()) -> Reply:
    """Take the next task and say where it is."""
    task = picks.in_hand(context.site.code, context.who.id) or picks.take_next(context, order, skipped)
    if task is None:
        return reply(GetWork(), "no_work")
    return reply(GoTo(task.id, order, skipped), "go_to", order=task.order, place=task.place)


def pick_order(scan: Scan, context: Context) -> Reply:
    """Take the picks of one order; the home screen comes here too."""
    order_no = scan.text
    found = connection.value("SELECT id FROM order_header WHERE site = ? AND order_no = ?", context.site.code, order_no)
    if found is None:
        things.refuse_unexpected(context.site.code, scan.code, GetWork())
    held = picks.in_hand(context.site.code, context.who.id)
    if held is not None:
        picks.hand_back(context, held.id)
    task = picks.take_next(context, order_no)
    if task is None:
        return reply(GetWork(), "order_no_work", order=order_no, why=_why_no_work(found))
    return reply(GoTo(task.id, order_no), "go_to", order=task.order, place=task.place)


def _why_no_work(order_id: int) -> str:
    waiting, picked = connection.one(
        "SELECT SUM(qty_open), SUM(qty_picked + qty_shipped) FROM order_line WHERE order_id = ?", order_id
    )
    whose = connection.row(
        "SELECT o.name, t.state FROM order_line l JOIN reservation r ON r.line_id = l.id AND r.state = 'OPEN' "
        "JOIN pick_task t ON t.reservation_id = r.id AND t.state IN ('TAKEN','OPEN') "
        "JOIN operator o ON o.id = t.operator_id WHERE l.order_id = ? ORDER BY t.state DESC, o.name LIMIT 1",
        order_id,
    )
    if whose:
        return f"{whose[0]} has its pick." if whose[1] == "TAKEN" else f"{whose[0]} is to pick it."
    if waiting:
        return f"{waiting} pieces wait for stock."
    return "All of it is picked." if picked else "It is cancelled."


def _next_line(context: Context, step: OnTask) -> tuple[Step, str]:
    """After a pick: the next one at once (of the same order first), and a line that says where."""
    task = picks.take_next(context, step.order, step.skipped)
    if task is None and step.order:
        return GetWork(), f"{messages.clip(step.order, 10)} has no more picks."
    if task is None:
        return GetWork(), "No more picks. ENTER asks again."
    return GoTo(task.id, step.order, step.skipped), f"Next: go to {task.place}, scan it."


def _skip(step: GoTo | TakeUnit, task: Task, context: Context) -> Reply:
    picks.hand_back(context, task.id)
    skipped = (*(one for one in step.skipped if one != task.id), task.id)[-20:]
    following, words = _next_line(context, replace(step, skipped=skipped))
    return reply(following, "skipped", place=task.place, next=words)


def _task_gone(step: OnTask, given: Input, context: Context) -> Reply:
    """The order was cancelled or the unit stopped while the picker walked.

    ENTER goes on to the next pick, but not where it means "taken": there it must be told that it is not.
    """
    takes = isinstance(step, TakePieces)
    if isinstance(given, Key) and given.name in (("ESC",) if takes else ("ENTER", "DONE", "ESC")):
        return next_pick(context, step.order, step.skipped)
    follows = "Esc: next pick." if takes else "ENTER or Esc: next pick."
    stopped = blocks.stopped_pick(step.task_id)
    if stopped is not None:
        refuse("goods_stopped", code=tail(stopped.code), why=stopped.reason, next=follows)
    refuse("task_gone", next=follows)


# --- At the place ---------------------------------------------------------------------------------------


def _at_place(step: GoTo, scan: Scan, task: Task, context: Context) -> Reply:
    if scan.text != task.place:
        unit = stock.live_unit(context.site.code, scan.code.identity or scan.text)
        if unit is not None:
            refuse("place_first", code=tail(unit.code), place=task.place)
        got = things.name_of(context.site.code, scan.code) or things.digits(scan.code)
        refuse("wrong_place", thing=got, place=task.place)
    return reply(
        TakeUnit(task.id, step.order, step.skipped),
        "place_ok",
        place=task.place,
        want=_wanted(task),
        item=task.item,
    )


def _unit_scanned(step: TakeUnit, scan: Scan, task: Task, context: Context) -> Reply:
    code = scan.code
    unit = stock.live_unit(context.site.code, code.identity or code.text)
    if unit is not None and unit.id != task.unit_id:
        item = items.by_id(unit.item_id)
        got, want = messages.told_apart(unit.code, task.unit_code)
        refuse("wrong_unit", code=got, item=item.description, want="item" if task.unit_kind == "LOOSE" else want)
    if unit is None:
        if scan.text == task.place:
            return reply(step, "place_ok", place=task.place, want=_wanted(task), item=task.item)
        _check_item(scan, task, context)
    _check_usable(task, context)
    if unit is not None and task.whole:
        return _picked(step, task, context)
    return reply(
        TakePieces(task.id, step.order, step.skipped, qty=task.qty),
        "take",
        qty=task.qty,
        unit=task.base_unit,
        item=task.item,
    )


def _check_item(scan: Scan, task: Task, context: Context) -> None:
    """An item barcode is enough where only one unit of the item stands; otherwise the unit must say which."""
    found = items.by_code(context.site.code, scan.code)
    if found is None:
        if site.location(context.site.code, scan.text):
            refuse("wrong_place", thing=f"place {scan.text}", place=task.place)
        thing = things.name_of(context.site.code, scan.code)
        if thing:
            refuse("wrong_thing", thing=thing, want=_wanted(task))
        refuse("unknown_unit", got=things.digits(scan.code), want=_wanted(task))
    if found[0].id != task.item_id:
        refuse("wrong_item", other=found[0].description, item=task.item, want=_wanted(task))
    here = stock.units_at(context.site.code, task.location_id, task.item_id)
    if task.unit_kind != "LOOSE" and len(here) > 1:
        refuse("several_units", place=task.place, n=len(here), item=task.item, want=_wanted(task))


def _check_usable(task: Task, context: Context) -> None:
    if task.unit_status != "AVAILABLE":
        refuse("unit_not_free", code=tail(task.unit_code), status=task.unit_status)
    if task.expiry < context.today.isoformat():
        refuse("unit_expired", code=tail(task.unit_code), date=task.expiry)


def _pieces_keyed(step: TakePieces, scan: Scan, task: Task, context: Context) -> Reply:
    taken = keyed.count(step, scan, least=0)
    if taken > task.qty:
        refuse("over_pick", qty=taken, over=taken - task.qty, need=task.qty)
    if taken == task.qty:
        return _picked(replace(step, qty=taken), task, context)
    why = WhyShort(task.id, step.order, step.skipped, asked=task.qty, began=step.name, taken=taken)
    return reply(why, "why_short", qty=taken, need=task.qty)


def _changed(step: GoTo | TakeUnit | TakePieces, task: Task, asked: int) -> Reply:
    """The order was changed while the picker counted: say the new number before anything is booked."""
    what_next = f"ENTER takes {task.qty}." if isinstance(step, TakePieces) else step.next
    return reply(step, "changed", need=task.qty, qty=asked, next=what_next)


def _picked(step: TakeUnit | TakePieces, task: Task, context: Context) -> Reply:
    if isinstance(step, TakePieces) and step.qty != task.qty:
        return _changed(replace(step, qty=task.qty), task, step.qty)
    _check_usable(task, context)
    ship = _ship_location(context)
    picks.confirm(context, task, ship.id)
    following, words = _next_line(context, step)
    answered = reply(
        following,
        "picked",
        qty=task.qty,
        unit=task.base_unit,
        order=task.order,
        place=ship.code,
        next=words,
    )
    return replace(answered, unit=task.unit_code, moves=1)


# --- Short ----------------------------------------------------------------------------------------------


def _short_keyed(step: HowShort, scan: Scan, task: Task) -> Reply:
    """A picker who has not been at the place can take nothing of it."""
    taken = keyed.count(step, scan, least=0)
    if taken >= task.qty:
        refuse("not_short", qty=taken, need=task.qty)
    if taken and step.began == GoTo.name:
        refuse("take_needs_place", place=task.place)
    why = WhyShort(task.id, step.order, step.skipped, asked=task.qty, began=step.began, taken=taken)
    return reply(why, "why_short", qty=taken, need=task.qty)


def _short(step: WhyShort, code: str, task: Task, context: Context) -> Reply:
    why = picks.reason(code)
    if why is None:
        refuse("no_reason", got=messages.key_name(code))
    if step.taken >= task.qty:
        return _changed(where_it_began(step, task.qty), task, step.asked)
    ship = _ship_location(context)
    done = picks.short(context, task, step.taken, why, ship.id)
    following, words = _next_line(context, step)
    template = "short_bad" if why.known_bad else "short_doubt"
    waits = any(one.order == task.order for one in messages.still_waiting(done.freed, done.released))
    fate = "waits again." if waits else "gets others."
    answered = reply(
        following,
        template,
        qty=step.taken,
        need=task.qty - step.taken,
        code=tail(task.unit_code),
        why=f"{why.short}. {messages.clip(task.order, 10)} {fate}",
        next=words,
    )
    return replace(answered, unit=task.unit_code, freed=done.freed, released=done.released, moves=done.moves)


# --- Words ----------------------------------------------------------------------------------------------


def _ship_location(context: Context) -> site.Location:
    found = site.first_location(context.site.code, "ship")
    if found is None:
        refuse("no_ship")
    return found


def _wanted(task: Task) -> str:
    return "item" if task.unit_kind == "LOOSE" else tail(task.unit_code)
