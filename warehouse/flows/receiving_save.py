"""A case whose every question is answered is saved: where it goes, what differs about it, and whom it releases."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from warehouse import discrepancies, doubts, inbound, messages
from warehouse.flows.receiving_steps import InHand, ScanCase
from warehouse.messages import reply, tail

if TYPE_CHECKING:
    from warehouse.flows.steps import Context
    from warehouse.inbound import Captured, Case, Delivery
    from warehouse.reply import Released, Reply
    from warehouse.stock import Totals

# Where a count came from, in words.
SOURCES = {
    "LABEL": "from label",
    "ASN": "as announced",
    "PACKAGING": "by packaging",
    "KEYED": "keyed",
    "REPEATED": "same as last",
    "IDENTICAL": "n alike",
    "COUNTED_TWICE": "counted twice",
}
DELIVERY_WIDE = ("day", "day_lead")  # doubts that are answered once for a whole delivery


def save(
    step: ScanCase | InHand,
    case: Case,
    known: doubts.Known,
    asked: tuple[str, ...],
    context: Context,
    totals: Totals | None = None,
) -> Reply:
    """Save the case, or the cases alike; the caller holds the item's lock, which has found these `totals`."""
    item = case.item
    assert item is not None
    assert case.quantity is not None
    if case.corrects is not None:
        from warehouse.flows import correct_save

        return correct_save.save(case, known, context)
    status, code = doubts.status_of(case, known)
    answered = tuple(one for one in asked if one in DELIVERY_WIDE and one not in step.at.agreed)
    at = replace(step.at, agreed=(*step.at.agreed, *answered)) if answered else step.at
    place = at if status == "AVAILABLE" else replace(at, place_id=None, carrier_id=None)
    over = doubts.over_by(case, known)
    kept = replace(case, problem=code) if code else case
    done = [inbound.capture(context, place, known.line, kept, status=status, totals=totals)]
    done += [inbound.capture(context, place, known.line, kept, status=status) for _ in range(case.alike - 1)]
    for one in done:
        _differences(context, case, known, one, code)
    if over and status == "AVAILABLE":
        _record(context, "AC", over, done[-1], known, disposition="ACCEPT")
    if answered and known.line and known.line.expected_on < context.today.isoformat():
        _record(context, "AG", case.quantity, done[-1], known)
    return _said(case, known, at, done, status, code, over)


def _differences(context: Context, case: Case, known: doubts.Known, done: Captured, code: str) -> None:
    """What is not as ordered or announced, written down with the case."""
    quantity = case.quantity or 0
    for reason in dict.fromkeys(filter(None, (code or case.problem, case.problem, case.noted))):
        said = reason in (case.problem, case.noted)
        note = case.note if said else ""
        _record(context, reason, quantity, done, known, photo=case.photo if said else "", note=note)
    if case.announced is not None and case.quantity != case.announced:
        _record(context, "PC", quantity - case.announced, done, known, asn_unit_id=case.asn_unit_id)


def _record(
    context: Context,
    code: str,
    qty: int,
    done: Captured,
    known: doubts.Known,
    *,
    disposition: str = "",
    photo: str = "",
    note: str = "",
    asn_unit_id: int | None = None,
) -> None:
    discrepancies.record(
        context,
        code,
        qty=qty,
        receipt_id=done.receipt_id,
        line_id=known.line.id if known.line else None,
        asn_unit_id=asn_unit_id,
        unit_id=done.unit_id,
        item_id=known.line.item_id if known.line else None,
        disposition=disposition,
        photo=photo,
        note=note,
    )


# --- What is said about it -----------------------------------------------------------------------------------


def _said(
    case: Case,
    known: doubts.Known,
    at: Delivery,
    done: list[Captured],
    status: str,
    code: str,
    over: int,
) -> Reply:
    item, last = case.item, done[-1]
    assert item is not None
    assert case.quantity is not None
    step = ScanCase(at)
    words = {"qty": case.quantity, "unit": item.unit, "item": item.description, "code": tail(last.code)}
    if case.alike > 1:
        words["code"] = f"x {case.alike}"
    released = tuple(one for captured in done for one in captured.released)
    if status != "AVAILABLE":
        why = f"EXP {case.expiry}" if code == "PE" else discrepancies.meaning(code or case.problem)
        if known.blind and code == "AC":
            why = "a lead looks at it."  # what is too much would tell what was expected
        template = "saved_blocked" if status == "BLOCKED" else "saved_quarantine"
        answered = reply(step, template, **words, held=why)
    else:
        answered = reply(step, "saved", **words, gains=gains(released), list=_details(case, known, done, over))
    labels = tuple(one.code for one in done if one.labelled)
    return replace(answered, unit=last.code, released=released, moves=len(done), labels=labels)


def gains(released: tuple[Released, ...]) -> str:
    """Whom a case releases, in a line."""
    return ">> Releases " + messages.names(released, 24) if released else "Nobody waits for it."


def _details(case: Case, known: doubts.Known, done: list[Captured], over: int) -> str:
    """Lot, where the count came from, and what is left of the line or over it; nothing expected when blind."""
    if known.blind or known.line is None:
        left = ""
    elif over:
        left = f"{over} over the order"
    else:
        still = max(0, known.line.item_open - (case.quantity or 0) * len(done))
        left = f"{still} to come" if still else "line complete"
    lot = f"LOT {messages.clip(case.lot, 10)}" if case.lot else ""
    return ", ".join(part for part in (lot, SOURCES.get(case.source, ""), left) if part)
