"""The lead: the live board and its views. Looking changes nothing; a review or an assignment is said, then saved."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from db import connection
from warehouse import picks, reviews, site, things
from warehouse.board import goods
from warehouse.board.window import NAMES
from warehouse.flows import board_holds, steps
from warehouse.flows.board_steps import (
    AssignTo,
    Board,
    Flow,
    HoldKind,
    HoldUntil,
    HoldWhy,
    LetGo,
    Looking,
    MadeOf,
    OnLine,
    Plots,
    Problems,
    ReviewLine,
    ReviewNote,
    SetPriority,
    back,
    behind,
)
from warehouse.flows.steps import Context, Input, Key, Scan, Step
from warehouse.messages import refuse, refuse_key, reply
from warehouse.reply import InputError
from warehouse.reviews import OUTCOMES, Decision

if TYPE_CHECKING:
    from warehouse.reply import Reply
    from warehouse.site import Operator

__all__ = ["Board", "answer", "people"]

OPENS = "OPEN:"  # begins the key that a number of the board is opened by
_WINDOWS = {"shift": "the last 8 hours", "day": "today", "20d": "20 days"}
NUMBERS = ("released", "late", "picks", "fill", "age", "attention")


def answer(step: Step, given: Input, context: Context) -> Reply:
    """One input, one reply; refuses by raising RefusedError."""
    if not context.who.may("lead"):
        refuse("no_right", person=context.who.name)
    if isinstance(step, Looking):
        return _looking(step, given, context)
    assert isinstance(step, OnLine)
    if isinstance(given, Key) and given.name == "ESC":
        return reply(back(step), "back")
    match step, given:
        case ReviewLine(), Key(name) if name.isdigit() and 1 <= int(name) <= len(OUTCOMES):
            note = ReviewNote(came=step.came, order=step.order, line=step.line, outcome=OUTCOMES[int(name) - 1])
            return reply(note, "review_note")
        case ReviewNote(), Key("ENTER" | "DONE"):
            return _reviewed(step, "", context)
        case ReviewNote(), Scan(_, "TYPED"):
            return _reviewed(step, given.text, context)
        case AssignTo(), Key(name) if name.isdigit():
            return _assigned(step, _person(int(name), context), context)
        case AssignTo(), Scan():
            return _assigned(step, _badge(given, context), context)
        case ((SetPriority() | HoldKind() | HoldUntil() | HoldWhy() | LetGo()), _):
            return board_holds.answer(step, given, context)
        case _, Key(name):
            refuse_key(name, step)
    assert isinstance(given, Scan)
    things.refuse_unexpected(context.site.code, given.code, step)


# --- Looking --------------------------------------------------------------------------------------------


def _looking(step: Looking, given: Input, context: Context) -> Reply:
    match given:
        case Scan():
            return _open(step, given, context)
        case Key("1" | "2" | "3" | "4" as digit):
            return _screen(step, digit)
        case Key("ESC"):
            return reply(back(step), "back")
        case Key("W") if isinstance(step, Plots | Problems):
            wider = NAMES[(NAMES.index(step.window) + 1) % len(NAMES)]
            return reply(replace(step, window=wider), "board", next=f"Window: {_WINDOWS[wider]}.")
        case Key("A" | "H" | "P" | "R" as letter) if isinstance(step, Flow) and step.kind == "order":
            return _act(step, letter, context)
        case Key("A" | "H" | "P" | "R" as letter):
            refuse("key_not_here", key=letter, next="Scan an order first, then again.")
        case Key(name) if name.removeprefix(OPENS) in NUMBERS and name.startswith(OPENS):
            return reply(MadeOf(came=behind(step), number=name.removeprefix(OPENS)), "board", next="Esc goes back.")
        case Key(name):
            refuse_key(name, step)
    return reply(step, "help", next="")


def _screen(step: Looking, digit: str) -> Reply:
    """Another of the four; the board itself is where Esc leads from each."""
    if digit == "1":
        return reply(Board(), "board", next="Board. Esc goes home.")
    first: dict[str, Step] = {"2": Flow(came=behind(step)), "3": Plots(), "4": Problems()}
    return reply(first[digit], "board", next="Esc goes back to the board.")


def _open(step: Looking, scan: Scan, context: Context) -> Reply:
    """A scanned, typed or marked order, order line or receipt."""
    found = goods.named(context.site, scan.text)
    if found is None:
        things.refuse_known(context.site.code, scan.code, step)
        refuse("no_flow", got=scan.text)
    kind, code, line = found
    opened = Flow(came=behind(step), kind=kind, code=code, line=line)
    return reply(opened, "flow_of", thing=scan.text, next="Esc goes back.")


# --- Doing something with a line ------------------------------------------------------------------------


def _act(step: Flow, letter: str, context: Context) -> Reply:
    line = step.line or _only_line(step.code, context, waiting=letter == "R")
    came = steps.dump(replace(step, line=line))
    if letter == "R":
        if not _waits(step.code, line, context):
            refuse("line_not_waiting", order=f"{step.code}/{line}")
        return reply(ReviewLine(came=came, order=step.code, line=line), "review_how", order=f"{step.code}/{line}")
    if letter in "HP":
        return board_holds.begin(letter, came, step.code, line, context)
    if not picks.of_line(context.site.code, step.code, line):
        refuse("no_pick_open", order=f"{step.code}/{line}")
    return reply(AssignTo(came=came, order=step.code, line=line), "assign_to")


def _only_line(order: str, context: Context, *, waiting: bool) -> int:
    """The line that can be meant, where there is one alone: of those that wait, or of all."""
    which = " AND l.qty_open > 0" if waiting else ""
    found = connection.rows(
        "SELECT l.line FROM order_line l JOIN order_header h ON h.id = l.order_id "
        f"WHERE h.site = ? AND h.order_no = ?{which} ORDER BY l.line LIMIT 2",
        context.site.code,
        order,
    )
    if not found:
        refuse("line_not_waiting", order=order)
    if len(found) > 1:
        refuse("which_line", order=order)
    return int(found[0][0])


def _waits(order: str, line: int, context: Context) -> bool:
    return bool(
        connection.value(
            "SELECT l.qty_open FROM order_line l JOIN order_header h ON h.id = l.order_id "
            "WHERE h.site = ? AND h.order_no = ? AND l.line = ?",
            context.site.code,
            order,
            line,
        )
    )


def _reviewed(step: ReviewNote, note: str, context: Context) -> Reply:
    decision = Decision(step.order, step.line, step.outcome, note)
    try:
        told = reviews.write(context.cause(note), context.site, context.who, context.now, decision)
    except InputError:  # it got everything meanwhile
        refuse("line_not_waiting", order=step.key)
    return reply(
        back(step),
        "reviewed",
        order=step.key,
        what=told.outcome,
        person=told.owner,
        date=told.review_on,
        next="Esc goes back.",
    )


def people(context: Context) -> list[Operator]:
    """Who may pick, by name: the digits 1 to 9."""
    found = connection.rows(
        "SELECT badge FROM operator WHERE site = ? AND roles LIKE ? ORDER BY name, badge", context.site.code, "%picker%"
    )
    known = (site.operator(context.site.code, row[0]) for row in found)
    return [one for one in known if one is not None and "picker" in one.roles][:9]


def _person(digit: int, context: Context) -> Operator | None:
    """The person of a digit; None for 0, which is anybody."""
    found = people(context)
    if digit > len(found):
        refuse("no_picker", got=digit)
    return found[digit - 1] if digit else None


def _badge(scan: Scan, context: Context) -> Operator:
    found = site.operator(context.site.code, scan.text)
    if found is None or not found.may("picker"):
        refuse("no_picker", got=scan.text)
    return found


def _assigned(step: AssignTo, person: Operator | None, context: Context) -> Reply:
    tasks = picks.of_line(context.site.code, step.order, step.line)
    if not tasks:
        refuse("no_pick_open", order=step.key)
    begun = picks.assign([task.id for task in tasks], person.id if person else None)
    if begun is not None:
        refuse("pick_begun", person=site.operator_name(begun))
    if person is None:
        return reply(back(step), "unassigned", order=step.key, next="Esc goes back.")
    return reply(back(step), "assigned", person=person.name, order=step.key, next="Esc goes back.")
