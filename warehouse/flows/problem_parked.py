"""Where the job goes on from a problem: the parked step, and the words for what was said of a case."""

from __future__ import annotations

from typing import TYPE_CHECKING

from warehouse import discrepancies
from warehouse.flows import steps
from warehouse.flows.closing_steps import Check, CheckCase
from warehouse.flows.problem_steps import Aside
from warehouse.flows.receiving_steps import InHand, ScanCase
from warehouse.inbound import OPENED, Case, Delivery
from warehouse.messages import reply, tail

if TYPE_CHECKING:
    from warehouse.flows.steps import Step
    from warehouse.reply import Reply


def behind(step: Aside) -> Step:
    """The parked step, exactly as it was; among the cases where this program does not know it."""
    found = steps.load(step.parked) if step.parked else None
    return found if found is not None and not isinstance(found, Aside) else ScanCase(step.at)


def parked(step: Aside) -> Step:
    """The step to go on at once something was done; what a look at a case showed may be another unit by now."""
    found = behind(step)
    if isinstance(found, CheckCase):
        return Check(found.at, found.receipt_id, found.cases, found.pieces)
    return found


def from_correction(case: Case) -> Step | None:
    """The step to go back to from a case that is being corrected; None for any other case."""
    if case.corrects is None:
        return None
    return parked(Aside(Delivery(), case.corrects.parked, case.corrects.unit_id))


def dropped(step: InHand) -> Reply:
    """Esc with a case in hand: nothing of it is saved. From a correction it goes back to where that began."""
    to = from_correction(step.case)
    if to is None:
        return reply(ScanCase(step.at, step.seen), "dropped")
    return reply(to, "correct_same", code=tail(step.case.code), next=to.next)


def words_of(mark: Case) -> str:
    """What was said of a case, in a few words."""
    if mark.refused:
        return f"sent back: {discrepancies.meaning(mark.problem)}"
    if mark.problem or mark.noted:
        return discrepancies.meaning(mark.problem or mark.noted)
    return "part case" if mark.seal == OPENED else ""
