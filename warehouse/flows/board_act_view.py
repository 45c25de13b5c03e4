"""What is shown while a lead records a review of a line, or gives its pick to a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from warehouse import picks
from warehouse.board import goods
from warehouse.flows import board as flow
from warehouse.flows.board_steps import AssignTo, ReviewLine, ReviewNote
from warehouse.flows.steps import BoxStep, Context, Fact, Table, View
from warehouse.messages import tail
from warehouse.reviews import OUTCOMES

if TYPE_CHECKING:
    from warehouse.flows.board_steps import OnLine

ROWS = 5
_KEYS = (("F1", "Help"), ("F12", "Sign off"), ("Esc", "Back"))
_BOX_KEYS = (("F1", "Help"), ("ENTER", "Save"), ("Esc", "Back"))


def view(step: OnLine, context: Context) -> View:
    """The line that is meant, and what may be answered."""
    choices: tuple[str, ...] = ()
    if isinstance(step, ReviewLine):
        choices = OUTCOMES
    elif isinstance(step, AssignTo):
        choices = tuple(person.name for person in flow.people(context))
    return View(
        title=("REVIEW" if isinstance(step, ReviewLine | ReviewNote) else "ASSIGN", step.key),
        prompt=step.prompt,
        hint=step.hint,
        progress=(step.key,),
        choices=choices,
        facts=(Fact("DECIDED", step.outcome),) if isinstance(step, ReviewNote) else (),
        tables=_tables(step, context),
        box=step.box,
        digits=step.digits if isinstance(step, BoxStep) else "",
        menu=step.menu,
        status=f"{step.key}: nothing is saved yet.",
        accepts=step.accepts,
        keys=_BOX_KEYS if step.box else _KEYS,
    )


def _tables(step: OnLine, context: Context) -> tuple[Table, ...]:
    """The line, or its picks: what is decided about."""
    if isinstance(step, AssignTo):
        tasks = picks.of_line(context.site.code, step.order, step.line)
        picked = tuple((one.place, one.item, str(one.qty), tail(one.unit_code)) for one in tasks[:ROWS])
        return (Table(("PICK AT", "ITEM", "QTY", "CASE"), picked, narrow=(0, 1, 2), numbers=(2,)),)
    seen = goods.order_flow(context.site, context.now, step.order)
    lines = [one for one in seen.lines if one.line == step.line] if seen else []
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
