"""F7: the label of the unit in hand, or of the last case that this person saved, printed once more."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from db import connection
from db.connection import iso
from warehouse import carriers, label_jobs, picks, stock
from warehouse.flows import put_away_steps
from warehouse.flows.picking_steps import HowShort, TakePieces, WhyShort
from warehouse.flows.receiving_steps import InHand
from warehouse.flows.whats_this import WhatsThis, carrier_in_view, unit_in_view
from warehouse.messages import refuse, reply, tail
from warehouse.undo import REACH

if TYPE_CHECKING:
    from warehouse.flows.steps import Context, Step
    from warehouse.reply import Reply
    from warehouse.stock import Unit


def print_label(step: Step, context: Context) -> Reply:
    """Ask for the label; it is printed after the commit, or when the printer is back. The step stays."""
    if not context.printer:
        refuse("no_printer")
    pallet = carrier_in_view(step, context) if isinstance(step, WhatsThis) else None
    if isinstance(step, put_away_steps.InHand | put_away_steps.ScanForJob) and step.carrier_id is not None:
        pallet = step.carrier_id, carriers.by_id(step.carrier_id).code
    if pallet is not None:
        return _print_pallet(step, pallet, context)
    unit = _unit(step, context)
    if not unit.code.isascii():
        refuse("label_no_bars", code=tail(unit.code))
    # What is on hold must not get a label that looks as if it were free.
    label_jobs.ask(context, unit.id, kind="HOLD" if unit.status in ("QUARANTINE", "BLOCKED") else "UNIT")
    words = {"code": tail(unit.code), "thing": context.printer, "next": step.next}
    return replace(reply(step, "label_asked", **words), unit=unit.code, labels=(unit.code,))


def _print_pallet(step: Step, pallet: tuple[int, str], context: Context) -> Reply:
    """The label of the pallet that is looked at, or in hand."""
    carrier_id, code = pallet
    label_jobs.ask(context, None, kind="CARRIER", carrier_id=carrier_id)
    asked = reply(step, "label_asked", code=tail(code), thing=context.printer, next=step.next)
    return replace(asked, labels=(code,))


def _unit(step: Step, context: Context) -> Unit:
    if isinstance(step, WhatsThis):
        unit = unit_in_view(step, context)
        if unit.kind == "LOOSE":
            refuse("label_loose", next=step.next)
        if not unit.qty:
            refuse("label_empty", code=tail(unit.code))
        return unit
    if isinstance(step, put_away_steps.InHand) and step.unit_id is not None:
        return stock.unit_by_id(step.unit_id)
    if isinstance(step, InHand):
        refuse("label_not_saved", next=step.next)
    if isinstance(step, TakePieces | HowShort | WhyShort):
        unit = stock.unit_by_id(picks.task(step.task_id).unit_id)
        if unit.kind == "LOOSE":
            refuse("label_loose", next=step.next)
        return unit
    # In the order of the ledger: a clock that is set back must not make an older case the last one.
    last = connection.value(
        "SELECT m.to_unit_id FROM scan_log s JOIN stock_move m ON m.scan_id = s.scan_id AND m.kind = 'RECEIPT' "
        "JOIN handling_unit u ON u.id = m.to_unit_id WHERE s.site = ? AND s.operator_id = ? AND s.moves > 0 "
        "AND s.at >= ? AND u.status <> 'VOIDED' ORDER BY m.id DESC LIMIT 1",
        context.site.code,
        context.who.id,
        iso(context.now - REACH),
    )
    if last is None:
        refuse("label_none")
    unit = stock.unit_by_id(last)
    if not unit.qty:
        refuse("label_empty", code=tail(unit.code))
    return unit
