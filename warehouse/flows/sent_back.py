"""Goods that go back to the vendor: not received, but counted and written down, also where they were in already."""

from __future__ import annotations

from typing import TYPE_CHECKING

from warehouse import discrepancies, inbound
from warehouse.flows import correct_save
from warehouse.flows.receiving_steps import HowMany, InHand, ScanCase
from warehouse.inbound import correcting
from warehouse.messages import reply, tail

if TYPE_CHECKING:
    from warehouse.flows.problem_steps import Aside
    from warehouse.flows.steps import Context
    from warehouse.inbound import Case
    from warehouse.reply import Reply


def case_in_hand(step: ScanCase | InHand, case: Case, context: Context) -> Reply:
    """A case that goes back is not received: its count is asked for and written down, and it stays on the truck.

    It stands on the delivery's receipt, which it opens where it is the first: the vendor's report tells of it.
    """
    item = case.item
    assert item is not None
    if case.quantity is None:
        asked = step.asked if isinstance(step, InHand) else ()
        words = {"item": item.description, "code": tail(case.code), "unit": item.unit}
        return reply(HowMany(step.at, case, step.seen, asked), "how_many", **words)
    line = inbound.line_for(step.at.po_ids, item.id, case.po_line_id) if step.at.po_ids else None
    first_po = step.at.po_ids[0] if step.at.po_ids else None
    receipt_id = inbound.open_receipt(context, step.at, line.po_id if line else first_po, 0, cases=0)
    pieces = case.quantity * case.alike
    discrepancies.record(
        context,
        case.problem,
        qty=pieces,
        receipt_id=receipt_id,
        line_id=line.id if line else None,
        asn_unit_id=case.asn_unit_id,
        item_id=item.id,
        disposition="REFUSE_RETURN",
        photo=case.photo,
        note=_note(case.code if case.asn_unit_id is None else "", case),
    )
    told = {"qty": pieces, "unit": item.unit, "item": item.description, "thing": discrepancies.meaning(case.problem)}
    return reply(ScanCase(step.at), "sent_back", **told)


def unit_in_stock(step: Aside, unit_id: int, mark: Case, context: Context) -> Reply:
    """A case that is in goes back to the vendor: its capture is taken back, and it is written down as refused."""
    done = correcting.take_out(context, unit_id)
    was = done.was
    discrepancies.record(
        context,
        mark.problem,
        qty=was.quantity,
        receipt_id=was.receipt_id,
        line_id=was.unit.po_line_id,
        asn_unit_id=was.asn_unit_id,
        item_id=was.unit.item_id,
        disposition="REFUSE_RETURN",
        photo=mark.photo,
        note=_note(was.unit.code, mark),
    )
    return correct_save.gone(step, done, back=True)


def _note(code: str, mark: Case) -> str:
    """The note about goods that are not in stock: the number of their case belongs to it."""
    return "; ".join(filter(None, (f"case {code}" if code else "", mark.note)))
