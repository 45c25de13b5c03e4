"""A corrected case is saved, or taken out: its capture is reversed, and whoever had pieces of it is told of."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from warehouse import discrepancies, doubts, items, messages
from warehouse.flows import problem_parked
from warehouse.flows.receiving_save import gains
from warehouse.inbound import correcting
from warehouse.messages import reply, tail

if TYPE_CHECKING:
    from warehouse.flows.problem_steps import Aside
    from warehouse.flows.steps import Context
    from warehouse.inbound import Case
    from warehouse.inbound.correcting import Corrected
    from warehouse.reply import Freed, Released, Reply


def save(case: Case, known: doubts.Known, context: Context) -> Reply:
    """Every question is answered: the capture is taken back and made anew, in one transaction."""
    item, to = case.item, problem_parked.from_correction(case)
    assert item is not None
    assert to is not None
    assert case.quantity is not None
    status, code = doubts.status_of(case, known)
    done = correcting.correct(context, replace(case, problem=code or case.problem), known.line, status)
    assert done.unit_id is not None
    _differences(context, case, known, done, code)
    template = "corrected" if status == "AVAILABLE" else "corrected_held"
    words = {"code": tail(done.was.unit.code), "qty": case.quantity, "unit": item.unit, "need": done.was.quantity}
    answered = reply(to, template, **words, gains=_fate(done.freed, done.released), next=to.next)
    return _told(answered, done)


def _differences(context: Context, case: Case, known: doubts.Known, done: Corrected, code: str) -> None:
    """What is different by the right count, and a reason for a hold that was not there before."""
    written = {one.code for one in discrepancies.of_unit(done.unit_id or 0)}
    line_id = known.line.id if known.line else None
    quantity = case.quantity or 0

    def record(reason: str, qty: int, disposition: str = "") -> None:
        said = reason in (case.problem, case.noted)
        discrepancies.record(
            context,
            reason,
            qty=qty,
            receipt_id=done.was.receipt_id,
            line_id=line_id,
            asn_unit_id=case.asn_unit_id,
            unit_id=done.unit_id,
            item_id=done.was.unit.item_id,
            disposition=disposition,
            photo=case.photo if said else "",
            note=case.note if said else "",
        )

    for reason in (code, case.noted):
        if reason in discrepancies.BY_CODE and reason not in written:
            record(reason, quantity)
    if case.announced is not None and quantity != case.announced:
        record("PC", quantity - case.announced)
    over = doubts.over_by(case, known) - (discrepancies.over_of_line(line_id) if line_id else 0)
    if over > 0 and not code:
        record("AC", over, "ACCEPT")


def take_out(step: Aside, context: Context) -> Reply:
    done = correcting.take_out(context, step.unit_id)
    return gone(step, done, back=False)


def gone(step: Aside, done: Corrected, *, back: bool) -> Reply:
    item, to = items.by_id(done.was.unit.item_id), problem_parked.parked(step)
    words = {"code": tail(done.was.unit.code), "qty": done.was.quantity, "unit": item.unit}
    template = "sent_back_unit" if back else "corrected_none"
    answered = reply(to, template, **words, gains=_fate(done.freed, done.released), next=to.next)
    return _told(answered, done)


def _fate(freed: tuple[Freed, ...], released: tuple[Released, ...]) -> str:
    """Who waits again by it, else who got something that did not have it before."""
    waiting = messages.still_waiting(freed, released)
    if waiting:
        return f"{messages.names(waiting, 24)} wait again"
    had: dict[tuple[str, int], int] = {}
    for lost in freed:
        had[lost.order, lost.line] = had.get((lost.order, lost.line), 0) + lost.quantity
    more = tuple(
        replace(one, quantity=one.quantity - had.get((one.order, one.line), 0))
        for one in released
        if one.quantity > had.get((one.order, one.line), 0)
    )
    return gains(more) if more else "No order loses by it."


def _told(answered: Reply, done: Corrected) -> Reply:
    code = done.was.unit.code
    return replace(
        answered,
        unit=code,
        freed=done.freed,
        released=done.released,
        moves=done.moves,
        labels=(code,) if done.labelled else (),
    )
