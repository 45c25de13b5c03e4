"""What is shown while a lead acts on a line: reviews it, gives its pick to a person, holds it, sets its priority."""

from __future__ import annotations

from typing import TYPE_CHECKING

from warehouse import open_holds, picks
from warehouse.board import goods
from warehouse.flows import board as flow
from warehouse.flows.board_steps import AssignTo, HoldKind, HoldWhy, LetGo, ReviewLine, ReviewNote, SetPriority
from warehouse.flows.steps import BoxStep, Context, Fact, Table, View
from warehouse.messages import tail
from warehouse.reviews import OUTCOMES

if TYPE_CHECKING:
    from warehouse.board.goods import LineFlow
    from warehouse.flows.board_steps import OnLine

ROWS = 5
KIND_WORDS = ("until a day", "credit", "quality", "recall")  # of holds.KINDS
PRIORITIES = ("first", "high", "usual", "low", "last")
_KEYS = (("F1", "Help"), ("F12", "Sign off"), ("Esc", "Back"))
_LET_GO_KEYS = (("F1", "Help"), ("ENTER", "Let go"), ("Esc", "Back"))
_BOX_KEYS = (("F1", "Help"), ("ENTER", "Save"), ("Esc", "Back"))


def view(step: OnLine, context: Context) -> View:
    """The line that is meant, and what may be answered."""
    choices: tuple[str, ...] = ()
    if isinstance(step, ReviewLine):
        choices = OUTCOMES
    elif isinstance(step, AssignTo):
        choices = tuple(person.name for person in flow.people(context))
    elif isinstance(step, HoldKind):
        choices = KIND_WORDS
    elif isinstance(step, SetPriority):
        choices = PRIORITIES
    return View(
        title=(_title(step), step.key),
        prompt=step.prompt,
        hint=step.hint,
        progress=(step.key,),
        choices=choices,
        facts=_facts(step),
        tables=_tables(step, context),
        box=step.box,
        digits=step.digits if isinstance(step, BoxStep) else "",
        menu=step.menu,
        status=f"{step.key}: nothing is saved yet.",
        accepts=step.accepts,
        keys=_BOX_KEYS if step.box else _LET_GO_KEYS if isinstance(step, LetGo) else _KEYS,
    )


def _title(step: OnLine) -> str:
    match step:
        case ReviewLine() | ReviewNote():
            return "REVIEW"
        case AssignTo():
            return "ASSIGN"
        case SetPriority():
            return "PRIORITY"
    return "HOLD"


def _facts(step: OnLine) -> tuple[Fact, ...]:
    """What was answered before."""
    match step:
        case ReviewNote():
            return (Fact("DECIDED", step.outcome),)
        case HoldWhy():
            return (Fact("HOLD", f"until {step.until_on}" if step.until_on else step.kind),)
        case LetGo():
            return (Fact("ALL OF", step.order) if step.whole else Fact("LINE", step.key),)
    return ()


def _holds(step: LetGo, context: Context) -> Table:
    """What holds it: who did, and why."""
    found = open_holds.of_line(context.site, context.now, step.order, step.line)
    rows = tuple((one.name, one.ends, one.reason, one.by, f"{one.review_on:%d %b}") for one in found[:ROWS])
    return Table(("HELD", "KIND", "WHY", "BY", "REVIEW"), rows, narrow=(0, 1, 2))


def _tables(step: OnLine, context: Context) -> tuple[Table, ...]:
    """The line, or its picks: what is decided about."""
    if isinstance(step, LetGo):
        return (_holds(step, context),)
    if isinstance(step, AssignTo):
        tasks = picks.of_line(context.site.code, step.order, step.line)
        picked = tuple((one.place, one.item, str(one.qty), tail(one.unit_code)) for one in tasks[:ROWS])
        return (Table(("PICK AT", "ITEM", "QTY", "CASE"), picked, narrow=(0, 1, 2), numbers=(2,)),)
    seen = goods.order_flow(context.site, context.now, step.order)
    lines = [one for one in seen.lines if one.line == step.line] if seen else []
    if not isinstance(step, ReviewLine | ReviewNote):
        return (_standing(step, lines, context),)
    rows = tuple(
        (
            step.key,
            one.item,
            str(one.waiting),
            str(one.ordered),
            one.review.owner,
            one.review.outcome or "-",
            one.review.note,
        )
        for one in lines
        if one.review
    )
    heads = ("LINE", "ITEM", "WAIT", "ORDERED", "OWNER", "LAST", "NOTE")
    return (Table(heads, rows, narrow=(0, 1, 2, 5), numbers=(2, 3)),)


def _standing(step: OnLine, lines: list[LineFlow], context: Context) -> Table:
    """The line, and its place in the queue."""
    place = open_holds.standing(context.site, step.order, step.line)
    shown = "-" if place is None else "pin" if place.pinned else str(place.priority)
    rows = tuple((step.key, one.item, str(one.waiting), str(one.released), shown) for one in lines)
    return Table(("LINE", "ITEM", "WAIT", "GOT", "PRIO"), rows, narrow=(0, 2, 3, 4), numbers=(2, 3))
