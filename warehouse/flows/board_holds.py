"""A lead's hand in the order of service from the board: priority, pin, hold, and letting go."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from warehouse import holds, open_holds, things
from warehouse.barcodes.cards import CARDS
from warehouse.flows import keyed
from warehouse.flows.board_steps import HoldKind, HoldUntil, HoldWhy, LetGo, SetPriority, back
from warehouse.flows.receiving_save import gains
from warehouse.flows.steps import Key, Scan
from warehouse.holds import KINDS, REVIEW_DAYS, Terms, Which
from warehouse.messages import refuse, refuse_key, reply
from warehouse.reply import InputError

if TYPE_CHECKING:
    from warehouse.command_log import Change
    from warehouse.flows.board_steps import OnLine
    from warehouse.flows.steps import Context, Input
    from warehouse.reply import Reply

FARTHEST: Final = 365  # days that a hold until a day may last
REASON: Final = 128  # characters
ESC_BACK: Final = "Esc goes back."


def begin(letter: str, came: str, order: str, line: int, context: Context) -> Reply:
    """P or H at a line that has something left to move."""
    standing = open_holds.standing(context.site, order, line)
    key = f"{order}/{line}"
    if standing is None or not standing.left:
        refuse("nothing_left", order=key)
    if letter == "P":
        place = "pinned" if standing.pinned else f"priority {standing.priority}"
        return reply(SetPriority(came=came, order=order, line=line), "priority_which", order=key, what=place)
    held = open_holds.of_line(context.site, context.now, order, line)
    if not held:
        return reply(HoldKind(came=came, order=order, line=line), "hold_which", order=key)
    own = [one for one in held if one.line is not None]
    asked = LetGo(came=came, order=order, line=line, whole=not own)
    return reply(asked, "let_go_whole" if asked.whole else "let_go_sure", order=order if asked.whole else key)


def answer(step: OnLine, given: Input, context: Context) -> Reply:
    """One input at one of its questions; Esc has been answered."""
    match step, given:
        case SetPriority(), Key("0"):
            return _pinned(step, context)
        case SetPriority(), Key("1" | "2" | "3" | "4" | "5" as digit):
            return _prioritised(step, int(digit), context)
        case HoldKind(), Key(name) if name.isdigit() and 1 <= int(name) <= len(KINDS):
            return _kind(step, KINDS[int(name) - 1])
        case HoldUntil(), Scan(_, "TYPED"):
            return _until(step, given, context)
        case HoldWhy(), Scan(_, "TYPED"):
            return _held(step, given.text[:REASON], context)
        case HoldWhy(), Key("ENTER" | "DONE"):
            return _held(step, step.kind, context)
        case HoldWhy(), Key(name) if name.startswith("REASON:"):
            return _held(step, next(card.label for card in CARDS if card.key == name), context)
        case LetGo(), Key("ENTER" | "DONE"):
            return _let_go(step, context)
        case _, Key(name):
            refuse_key(name, step)
    assert isinstance(given, Scan)
    things.refuse_unexpected(context.site.code, given.code, step)


def _fate(change: Change) -> str:
    """Who gets what by it, or where the pieces went, in a line."""
    if change.released:
        return gains(change.released)
    if change.freed:
        return f"{sum(lost.quantity for lost in change.freed)} pieces are free again."
    return "No pieces change hands."


def _told(answered: Reply, change: Change) -> Reply:
    return replace(answered, released=change.released, freed=change.freed)


def _which(step: OnLine) -> list[Which]:
    return [Which(step.order, step.line)]


# --- Its place in the queue -----------------------------------------------------------------------------


def _prioritised(step: SetPriority, priority: int, context: Context) -> Reply:
    change = holds.place(context.cause(), context.today.isoformat(), _which(step), priority=priority)
    told = reply(back(step), "prioritised", order=step.key, n=priority, gains=_fate(change), next=ESC_BACK)
    return _told(told, change)


def _pinned(step: SetPriority, context: Context) -> Reply:
    standing = open_holds.standing(context.site, step.order, step.line)
    off = standing is not None and standing.pinned
    change = holds.place(context.cause(), context.today.isoformat(), _which(step), pinned=int(not off))
    template = "unpinned" if off else "pinned"
    return _told(reply(back(step), template, order=step.key, gains=_fate(change), next=ESC_BACK), change)


# --- Hold, and let go -----------------------------------------------------------------------------------


def _kind(step: HoldKind, kind: holds.Kind) -> Reply:
    if kind == "until":
        return reply(HoldUntil(came=step.came, order=step.order, line=step.line), "hold_until")
    return reply(HoldWhy(came=step.came, order=step.order, line=step.line, kind=kind), "hold_why")


def _until(step: HoldUntil, scan: Scan, context: Context) -> Reply:
    """A day after today, by its distance or by its date."""
    text, today = scan.text, context.today
    if text.isascii() and text.isdigit() and len(text) <= len(str(FARTHEST)):
        day = today + timedelta(days=int(text))
    else:
        day = date.fromisoformat(keyed.expiry(scan))
    if not today < day <= today + timedelta(days=FARTHEST):
        refuse("hold_day", date=day, n=FARTHEST)
    why = HoldWhy(came=step.came, order=step.order, line=step.line, kind="until", until_on=day.isoformat())
    return reply(why, "hold_why")


def _held(step: HoldWhy, reason: str, context: Context) -> Reply:
    until = date.fromisoformat(step.until_on) if step.until_on else None
    usual = context.today + timedelta(days=REVIEW_DAYS)
    review = usual if until is None else min(usual, until)
    try:
        change = holds.put_on_hold(
            context.cause(reason), context.today.isoformat(), _which(step), Terms(step.kind, review, until)
        )
    except InputError:  # the last of it was picked meanwhile
        refuse("nothing_left", order=step.key)
    template = "line_held" if until is None else "line_held_until"
    told = reply(back(step), template, order=step.key, date=until or review, gains=_fate(change), next=ESC_BACK)
    return _told(told, change)


def _let_go(step: LetGo, context: Context) -> Reply:
    which = Which(step.order, None if step.whole else step.line)
    try:
        change = holds.let_go(context.cause(), context.today.isoformat(), [which])
    except InputError:  # somebody else did, or its day came
        refuse("not_held", order=str(which))
    return _told(reply(back(step), "let_go", order=str(which), gains=_fate(change), next=ESC_BACK), change)
