"""A case that was counted wrong: its capture is taken back whole, and the case is captured anew as it is.

Nothing is edited: moves are reversed, the last one first, and the new capture is on the same receipt, also a closed
one, for the same order line, at the place where the case stands by now. As soon as somebody took pieces of it, it can
only be counted.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from db import connection
from warehouse import discrepancies, label_jobs, messages, release, stock
from warehouse.barcodes.checkdigits import valid_sscc
from warehouse.inbound import closing
from warehouse.inbound.capture import Berth, enter, take_back
from warehouse.inbound.holding import lock
from warehouse.messages import refuse, tail
from warehouse.serials import is_plate

if TYPE_CHECKING:
    from warehouse.flows.steps import Context
    from warehouse.inbound.case import Case, Correction
    from warehouse.inbound.orders import PoLine
    from warehouse.reply import Freed, Released
    from warehouse.stock import Move, Unit

CORRECTABLE: Final = frozenset({"AVAILABLE", "QUARANTINE"})
# What happens to a unit as a whole and leaves its pieces alone.
WHOLE: Final = frozenset({"MOVE", "QUARANTINE", "ACCEPT", "BLOCK", "UNBLOCK"})
_WORDS: Final = {"PICK": "picked", "QUARANTINE": "reported short", "ADJUST": "adjusted"}
_OF_THE_COUNT: Final = ("PC", "AC")  # differences that follow from the count, and so end with it


@dataclass(frozen=True, slots=True)
class Counted:
    """How a case was counted: the capture that stands for it, with what its unit bears. `by` is a name."""

    unit: Unit
    receipt_id: int
    quantity: int
    source: str
    at: str
    by: str
    packaging: str
    asn_unit_id: int | None
    vendor_id: int | None
    weight: int | None
    weight_source: str
    seal: str
    serials: tuple[str, ...]


def counted(unit_id: int) -> Counted | None:
    """The capture of a unit; None where it did not come in by one, or that was taken back."""
    found = connection.row(
        "SELECT c.receipt_id, c.qty, c.source, c.at, o.name, c.packaging, c.asn_unit_id, c.vendor_id, u.weight, "
        "c.weight_source, u.seal FROM capture c JOIN operator o ON o.id = c.operator_id "
        "JOIN handling_unit u ON u.id = c.unit_id WHERE c.unit_id = ? AND c.qty > 0 "
        "AND NOT EXISTS (SELECT 1 FROM capture r WHERE r.reverses = c.id)",
        unit_id,
    )
    if found is None:
        return None
    serials = connection.rows("SELECT serial FROM unit_serial WHERE unit_id = ? AND state = 'IN' ORDER BY id", unit_id)
    return Counted(*(stock.unit_by_id(unit_id), *found, tuple(row[0] for row in serials)))


def reason_of(unit: Unit) -> str:
    """Why a unit is on hold: the reason of the move that put it there; '' while it is free."""
    if unit.status != "QUARANTINE":
        return ""
    found = connection.value(
        "SELECT m.reason FROM stock_move m WHERE m.to_unit_id = ? AND m.to_status = 'QUARANTINE' "
        "AND (m.from_unit_id IS NULL OR m.from_status <> 'QUARANTINE') AND m.kind <> 'UNDO' ORDER BY m.id DESC LIMIT 1",
        unit.id,
    )
    return str(found or "SUS")


# --- Whether anybody built on it ------------------------------------------------------------------------


def used(unit: Unit) -> str:
    """Who took pieces of a unit, or is about to, in a few words; '' while nobody did."""
    for move in stock.standing_moves(unit.id)[1:]:
        if move.from_unit_id != move.to_unit_id or move.kind not in WHOLE:
            person, order = connection.one(
                "SELECT o.name, h.order_no FROM stock_move m LEFT JOIN operator o ON o.id = m.operator_id "
                "LEFT JOIN order_line l ON l.id = m.order_line_id LEFT JOIN order_header h ON h.id = l.order_id "
                "WHERE m.id = ?",
                move.id,
            )
            return _who(person, _WORDS.get(move.kind, "changed"), order)
    picking = connection.row(
        "SELECT o.name, h.order_no FROM reservation r JOIN pick_task t ON t.reservation_id = r.id "
        "JOIN operator o ON o.id = t.operator_id JOIN order_line l ON l.id = r.line_id "
        "JOIN order_header h ON h.id = l.order_id WHERE r.unit_id = ? AND r.state = 'OPEN' AND t.state = 'TAKEN' LIMIT 1",
        unit.id,
    )
    return _who(picking[0], "is picking", picking[1]) if picking else ""


def _who(person: str | None, words: str, order: str | None) -> str:
    for_order = f" for {messages.clip(order, 10)}" if order else ""
    return f"{messages.clip(person or 'somebody', 8)} {words}{for_order}."


def refuse_if_used(unit: Unit) -> None:
    """STOP, naming person and order, if the count of a unit can no longer be taken back; the way is a count then."""
    if counted(unit.id) is None:
        refuse("correct_foreign", code=tail(unit.code))
    why = used(unit)
    if why and _countable(unit):
        refuse("correct_used", code=tail(unit.code), why=why)
    if not why and unit.status not in CORRECTABLE:
        why = f"it is {unit.status}."
    if not why and _asked(unit):
        why = "a count of it is asked for."
    if why:
        refuse("correct_gone", code=tail(unit.code), why=why)


def _countable(unit: Unit) -> bool:
    return bool(unit.qty) and unit.order_id is None and not _asked(unit)


def _asked(unit: Unit) -> bool:
    return bool(connection.row("SELECT 1 FROM count_task WHERE unit_id = ? AND state = 'OPEN'", unit.id))


def ask_count(context: Context, unit_id: int) -> Unit:
    """Leave a count task for a unit of which pieces were taken; refuses as `refuse_if_used` does where it is no use."""
    unit = lock(context, unit_id)
    if not used(unit) or not _countable(unit):
        refuse_if_used(unit)
    connection.insert_row(
        "count_task",
        site=context.site.code,
        unit_id=unit.id,
        item_id=unit.item_id,
        location_id=unit.location_id,
        reason="CT",
        scan_id=context.scan_id,
        state="OPEN",
        at=context.cause().at,
    )
    return unit


# --- Taking it back, and in again -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Corrected:
    """What a correction did: the unit that took the place (None when none did), and whose pieces changed."""

    was: Counted
    unit_id: int | None
    freed: tuple[Freed, ...]
    released: tuple[Released, ...]
    moves: int
    labelled: bool = False


def take_out(context: Context, unit_id: int) -> Corrected:
    """The case is not there: its capture is taken back and nothing takes its place."""
    was, freed, moves = _taken_back(context, unit_id)
    released = _release(context, was, unit_id)
    closing.restate(context, was.receipt_id, was.unit.po_line_id)
    return Corrected(was, None, tuple(freed), released, moves)


def correct(context: Context, case: Case, line: PoLine | None, status: str) -> Corrected:
    """Capture the case anew in place of the unit that it `corrects`; the caller has asked everything, under the lock.

    `line` is its order line as it is without that unit. Whoever had pieces of it gets them again in the order of
    service, as far as they are there.
    """
    instead = _instead(case)
    was, freed, moves = _taken_back(context, instead.unit_id)
    at = Berth(was.receipt_id, was.vendor_id, was.unit.location_id, was.unit.carrier_id, status)
    connection.execute(
        "UPDATE receipt SET cases = cases + 1, pieces = pieces + ? WHERE id = ?", case.quantity, was.receipt_id
    )
    unit_id, arrived = enter(context, replace(case, code=was.unit.code), line, at)
    # Whoever received it or held it before has had a hand in it still: it is for another to accept it.
    connection.execute("UPDATE handling_unit SET origin_id = ? WHERE id = ?", instead.unit_id, unit_id)
    for one in discrepancies.of_unit(instead.unit_id):
        if one.code not in _OF_THE_COUNT:
            _carry_over(context, one, unit_id, case.quantity or 0, was.unit.item_id)
    closing.restate(context, was.receipt_id, was.unit.po_line_id)
    labelled = _label_again(context, was.unit, unit_id, status)
    return Corrected(was, unit_id, tuple(freed), _release(context, was, unit_id, arrived), moves + 1, labelled)


def _instead(case: Case) -> Correction:
    if case.corrects is None:
        raise ValueError("the case takes the place of no unit")
    return case.corrects


def _taken_back(context: Context, unit_id: int) -> tuple[Counted, list[Freed], int]:
    """Reverse all that brought the unit in and about, the last move first; answers the moves that it took."""
    unit = lock(context, unit_id)
    refuse_if_used(unit)
    was = counted(unit_id)
    assert was is not None
    cause = context.cause("CORRECT")
    freed = stock.void_on_unit(cause, unit, keep=0)
    moves: list[Move] = stock.standing_moves(unit_id)
    for move in reversed(moves):
        stock.reverse(cause, move)
    take_back(context, unit_id)
    return was, freed, len(moves)


def _release(context: Context, was: Counted, unit_id: int, arrived: int = 0) -> tuple[Released, ...]:
    trigger = release.Trigger("correct", unit_id, was.receipt_id)
    return release.release(
        context.cause("CORRECT"), was.unit.item_id, trigger, context.today.isoformat(), arrived=arrived
    )


def _carry_over(context: Context, one: discrepancies.Discrepancy, unit_id: int, quantity: int, item_id: int) -> None:
    """What was written down about the case is true of it still, with the right count."""
    discrepancies.record(
        context,
        one.code,
        qty=quantity,
        receipt_id=one.receipt_id,
        line_id=one.line_id,
        asn_unit_id=one.asn_unit_id,
        unit_id=unit_id,
        item_id=item_id,
        disposition=one.disposition,
        photo=one.photo,
        note=one.note,
    )


def _label_again(context: Context, unit: Unit, unit_id: int, status: str) -> bool:
    """A label of ours says the count, so that it is printed anew; the vendor's is the vendor's."""
    held = status != "AVAILABLE"
    own = context.sscc.company_prefix if context.sscc else ""
    ours = is_plate(unit.code) or (valid_sscc(unit.code) and bool(own) and unit.code[1:].startswith(own))
    if not context.printer or not (held or ours):
        return False
    label_jobs.ask(context, unit_id, kind="HOLD" if held else "UNIT")
    return True
