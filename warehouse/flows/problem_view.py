"""What the screen of a problem shows: the list of what may be wrong, the case that is meant, and what was said of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from db import connection
from warehouse import items, messages, stock
from warehouse.flows import steps
from warehouse.flows.problem_parked import words_of
from warehouse.flows.problem_steps import (
    CHOICES,
    HOLDS,
    REFUSALS,
    Aside,
    CorrectCount,
    Counting,
    Problem,
    SayNote,
    TeachItem,
    TeachQuantity,
    TeachSure,
    WhichCase,
    WhichReason,
)
from warehouse.flows.receiving_save import SOURCES
from warehouse.flows.receiving_steps import InHand
from warehouse.flows.steps import BoxStep, Fact, View
from warehouse.inbound import Case, correcting
from warehouse.messages import tail
from warehouse.reply import Freed
from warehouse.site import NO_EXPIRY

if TYPE_CHECKING:
    from warehouse.flows.steps import Context
    from warehouse.stock import Unit

_LIST_KEYS = (("F1", "Help"), ("F2", "What?"), ("F12", "Sign off"), ("Esc", "Back"))
_BOX_KEYS = (("F1", "Help"), ("ENTER", "Go on"), ("F2", "What?"), ("Esc", "Back"))


def status(case: Case) -> str:
    """What becomes of the case in hand once it is saved."""
    if case.corrects is not None:
        return f"Was counted at {case.corrects.quantity}, not corrected yet"
    told = words_of(case)
    if not told:
        return "Case not saved yet"
    if case.problem and not case.refused:
        return f"Goes to hold: {told}"
    return f"Not saved yet: {told}"


def view(step: Aside, context: Context) -> View:
    """What is to be answered at this step."""
    behind = steps.load(step.parked) if step.parked else None
    choices: tuple[str, ...] = ()
    if isinstance(step, Problem):
        choices = CHOICES
    elif isinstance(step, WhichReason):
        choices = tuple(words for _, words in (REFUSALS if step.refused else HOLDS))
    return View(
        title=("PROBLEM", _about(step, behind)),
        prompt=step.prompt,
        hint=step.hint,
        choices=choices,
        menu=step.menu,
        facts=_facts(step, context),
        box=step.box,
        digits=step.digits if isinstance(step, BoxStep) else "",
        status=f"Parked: {(behind.prompt or behind.flow).lower()}" if behind else "Nothing is saved yet.",
        accepts=step.accepts,
        keys=_BOX_KEYS if step.box or "ENTER" in step.next else _LIST_KEYS,
    )


def _about(step: Aside, behind: steps.Step | None) -> str:
    """Which case it is about, as far as that is known."""
    if step.unit_id:
        return f"case {tail(stock.unit_by_id(step.unit_id).code)}"
    if isinstance(behind, InHand):
        case = behind.case
        return f"case {tail(case.code)} in hand" if case.code else "the case in hand"
    return "while receiving"


def _facts(step: Aside, context: Context) -> tuple[Fact, ...]:
    facts: list[Fact] = []
    if isinstance(step, SayNote | WhichCase):
        facts.append(Fact("WRONG", words_of(step.mark)))
    if isinstance(step, TeachItem | TeachQuantity | TeachSure):
        facts.append(Fact("BARCODE", step.barcode))
    if isinstance(step, TeachQuantity | TeachSure):
        item = items.by_id(step.item_id)
        facts.append(Fact("ITEM", f"{item.description} ({item.sku}), in {item.unit}"))
    if isinstance(step, TeachSure):
        facts.append(Fact("HOLDS", f"{step.pieces} in each" if step.pieces else "says no count"))
    if isinstance(step, Counting):
        facts.append(Fact("COUNT", str(step.quantity)))
    if step.unit_id and not isinstance(step, TeachItem | TeachQuantity | TeachSure):
        facts += _unit(stock.unit_by_id(step.unit_id), context, correcting_it=isinstance(step, CorrectCount | Counting))
    return tuple(facts[:4])


def _unit(unit: Unit, context: Context, *, correcting_it: bool) -> list[Fact]:
    """The case as it is, how it was counted, and who took of it or was promised what."""
    item = items.by_id(unit.item_id)
    lot = f", LOT {unit.lot}" if unit.lot else ""
    dated = f" EXP {unit.expiry}" if unit.expiry != NO_EXPIRY else ""
    facts = [
        Fact("CASE", f"{unit.code}, {unit.status}"),
        Fact("ITEM", f"{unit.qty} {item.unit} {item.description}{lot}{dated}"),
    ]
    was = correcting.counted(unit.id)
    if correcting_it and was is not None:
        clock = context.site.clock(connection.instant(was.at))
        facts.append(Fact("COUNTED", f"{was.quantity} {SOURCES.get(was.source, was.source)}, {clock} {was.by}"))
        taken = correcting.used(unit)
        if taken:
            facts.append(Fact("USED", f"{taken} ENTER asks for a count"))
            return facts
    promised = [
        Freed(order, line, sku, qty)
        for order, line, sku, qty in connection.rows(
            "SELECT h.order_no, l.line, i.sku, r.qty - r.qty_picked - r.qty_voided FROM reservation r "
            "JOIN order_line l ON l.id = r.line_id JOIN order_header h ON h.id = l.order_id "
            "JOIN item i ON i.id = l.item_id WHERE r.unit_id = ? AND r.state = 'OPEN' ORDER BY l.rank_on, l.id LIMIT 20",
            unit.id,
        )
    ]
    if promised:
        facts.append(Fact("FOR", messages.names(promised, 40)))
    return facts
