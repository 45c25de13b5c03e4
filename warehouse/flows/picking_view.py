"""What the picker's screen shows: where to go, what to take, and what comes next."""

from __future__ import annotations

from datetime import date

from db import connection
from warehouse import messages, picks
from warehouse.flows.picking_steps import GoTo, HowShort, OnTask, TakePieces, TakeUnit, WhyShort
from warehouse.flows.steps import BoxStep, Context, Fact, Step, Table, View
from warehouse.messages import tail
from warehouse.picks import Task

_WORK_KEYS = (
    ("F1", "Help"),
    ("ENTER", "Next"),
    ("F4", "Undo"),
    ("F6", "List"),
    ("F12", "Sign off"),
    ("Esc", "Home"),
)
_TASK_KEYS = (
    ("F1", "Help"),
    ("F4", "Undo"),
    ("F5", "Short"),
    ("F6", "List"),
    ("F9", "Skip"),
    ("Esc", "Back"),
)
_BOX_KEYS = (("F1", "Help"), ("ENTER", "Save"), ("F5", "Short"), ("Esc", "Back"))


def view(step: Step, context: Context) -> View:
    """What the picker's screen shows at this step."""
    upcoming = picks.open_tasks(context.site.code, context.who.id)
    if not isinstance(step, OnTask):
        return View(
            title=("PICK", "get work"),
            prompt=step.prompt,
            hint=step.hint,
            progress=(f"{len(upcoming)}{'+' if len(upcoming) == 20 else ''} to pick",),
            progress_short=f"{len(upcoming)}{'+' if len(upcoming) == 20 else ''} to pick",
            tables=(_tasks_table("PLACE", upcoming),),
            status="" if upcoming else "Nothing is released. Receipts release; this list fills by itself.",
            accepts=step.accepts,
            keys=_WORK_KEYS,
        )
    task = picks.task(step.task_id)
    short = isinstance(step, HowShort | WhyShort)
    return View(
        title=("PICK", task.order, f"due {date.fromisoformat(task.promised_on):%d %b}"),
        prompt=_prompt(step, task),
        hint=step.hint,
        menu=step.menu,
        choices=tuple(why.short for why in picks.REASONS) if isinstance(step, WhyShort) else (),
        facts=_facts(step, task),
        box=step.box,
        digits=step.digits if isinstance(step, BoxStep) else "",
        tables=() if short else (_tasks_table("NEXT AT", upcoming[:4]),),
        status=f"Released {context.site.clock(connection.instant(task.released_at))}",
        accepts=step.accepts,
        keys=_BOX_KEYS if step.box else _TASK_KEYS,
    )


def _facts(step: OnTask, task: Task) -> tuple[Fact, ...]:
    lot = f"LOT {task.lot}" if task.lot else ""
    source = (
        "from loose stock"
        if task.unit_kind == "LOOSE"
        else f"from CASE {tail(task.unit_code)} ({task.unit_qty} inside)"
    )
    if isinstance(step, WhyShort):
        return (Fact("TAKEN", f"{step.taken} of {task.qty}, {task.qty - step.taken} go back to waiting"),)
    facts = [
        Fact("GO TO", task.place, done=not isinstance(step, GoTo)),
        Fact("TAKE", messages.joined((f"{task.qty} {task.base_unit} ", task.item))),
        Fact("", messages.joined((lot, source))),
    ]
    return tuple(facts)


def _tasks_table(first: str, tasks: list[Task]) -> Table:
    return Table(
        (first, "ITEM", "QTY", "ORDER", "DUE"),
        tuple((task.place, task.item, str(task.qty), task.order, task.promised_on) for task in tasks),
        narrow=(0, 1, 2),
        numbers=(2,),
    )


def _prompt(step: Step, task: Task) -> str:
    match step:
        case GoTo():
            return f"SCAN PLACE {task.place}"
        case TakeUnit():
            return "SCAN ITEM" if task.unit_kind == "LOOSE" else f"SCAN CASE {tail(task.unit_code)}"
        case TakePieces():
            return f"TAKE {task.qty}: ENTER, OR KEY WHAT YOU TOOK"
        case HowShort():
            return f"HOW MANY OF {task.qty}?"
    return step.prompt
