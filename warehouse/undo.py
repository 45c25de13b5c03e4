"""F4: take back the operator's last scan that wrote moves, by appending their opposites.

An undo is a scan of its own that names the scan it undoes (UNIQUE, so it happens once). It is refused,
naming order and person, as soon as anybody built on what the scan did; a lead cannot override that.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from db import connection
from db.connection import iso
from warehouse import carriers, inbound, items, messages, put_away, release, site, stock
from warehouse.inbound import closing
from warehouse.messages import refuse, reply, tail

if TYPE_CHECKING:
    from warehouse.flows.steps import Context, Step
    from warehouse.reply import Freed, Released, Reply
    from warehouse.stock import Move, Unit

DEPTH = 10
REACH = timedelta(hours=12)


def undo(step: Step, context: Context) -> Reply:
    """Undo the operator's last scan that wrote moves and is not undone yet; the step stays where it is.

    Not at the board: whoever means a hold or a priority by it would take back a case instead.
    """
    if step.flow == "board":
        refuse("undo_board")
    back = _last_sent_back(context)
    scan_id, at = _last_scan(context)
    # Nothing moved when a case was refused, so that the clock says which was the later.
    if back is not None and (not at or connection.instant(back.at) >= connection.instant(at)):
        return _undo_sent_back(step, back)
    if not scan_id:
        refuse("nothing_to_undo")
    moves = stock.moves_of(scan_id)
    connection.locked(context.site.code, [move.item_id for move in moves])
    if any(move.kind == "UNDO" for move in moves):
        refuse("undo_correction")
    if any(move.kind in ("BLOCK", "UNBLOCK", "ACCEPT", "UNPICK") for move in moves):
        refuse("undo_stop")
    if moves[0].kind == "RECEIPT":
        answered = _undo_receipts(step, moves, context)
    elif any(move.kind == "QUARANTINE" for move in moves):
        answered = _undo_short(step, scan_id, moves, context)
    elif moves[0].kind == "MOVE":
        answered = _undo_move(step, scan_id, moves, context)
    else:
        answered = _undo_pick(step, moves[0], context)
    return replace(answered, undoes=scan_id, moves=len(moves))


def _last_scan(context: Context) -> tuple[str, str]:
    """The last scan with moves, and its instant; '' where there is none that may be undone."""
    found = connection.rows(
        # In the order of the ledger: a clock that is set back must not make an older scan the last one.
        "SELECT s.scan_id, s.at, (SELECT u.scan_id FROM scan_log u WHERE u.undoes = s.scan_id) FROM scan_log s "
        "WHERE s.site = ? AND s.operator_id = ? AND s.moves > 0 AND s.undoes IS NULL AND s.at >= ? "
        "AND s.source <> 'COMMAND' ORDER BY (SELECT MAX(m.id) FROM stock_move m WHERE m.scan_id = s.scan_id) DESC LIMIT ?",
        context.site.code,
        context.who.id,
        iso(context.now - REACH),
        DEPTH,
    )
    return next(((str(scan_id), str(at)) for scan_id, at, undone_by in found if undone_by is None), ("", ""))


# --- A case sent back -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _SentBack:
    """A case that was refused before it came in, as it was written down."""

    id: int
    scan_id: str
    at: str
    qty: int
    item_id: int


def _last_sent_back(context: Context) -> _SentBack | None:
    found = connection.row(
        "SELECT id, scan_id, at, qty, item_id FROM discrepancy WHERE site = ? AND operator_id = ? "
        "AND at >= ? AND unit_id IS NULL AND disposition = 'REFUSE_RETURN' ORDER BY id DESC LIMIT 1",
        context.site.code,
        context.who.id,
        iso(context.now - REACH),
    )
    last = _SentBack(*found) if found else None
    return last if last and _same_scan(last) else None


def _same_scan(last: _SentBack) -> bool:
    """Whether the scan did nothing else: a case that was in stock was taken out by moves, which have no way back."""
    return not stock.moves_of(last.scan_id)


def _undo_sent_back(step: Step, back: _SentBack) -> Reply:
    """It was not refused after all: what was written down about it was not so, and no vendor is told."""
    if not connection.execute("DELETE FROM discrepancy WHERE id = ?", back.id):
        raise connection.Conflict("another terminal took the same case back")
    item = items.by_id(back.item_id)
    answered = reply(step, "undone_back", qty=back.qty, unit=item.unit, item=item.description)
    return replace(answered, undoes=back.scan_id)


# --- A receipt ------------------------------------------------------------------------------------------


def _undo_receipts(step: Step, moves: list[Move], context: Context) -> Reply:
    """Every case that the scan brought: one, or all of a pallet, or none of them."""
    for move in moves:
        refuse_if_used(stock.unit_by_id(_id(move.to_unit_id)), move)
    freed, released = take_back_cases(moves, context)
    first = moves[0]
    unit, item = stock.unit_by_id(_id(first.to_unit_id)), items.by_id(first.item_id)
    waiting = messages.still_waiting(freed, released)
    if waiting:
        lost = f"{messages.names(waiting, 24)} wait again"
    else:
        lost = "Its orders got other stock." if freed else "It had released nobody."
    words = {"unit": item.unit, "item": item.description, "code": tail(unit.code), "list": lost}
    if len(moves) == 1:
        answered = reply(step, "undone_receipt", qty=first.qty, **words)
    else:
        answered = reply(step, "undone_receipts", n=len(moves), qty=sum(move.qty for move in moves), **words)
    return _with(answered, unit, freed, released)


def take_back_cases(moves: list[Move], context: Context) -> tuple[list[Freed], tuple[Released, ...]]:
    """Reverse captures that nobody has built on; what was promised of them is released from other stock, if any."""
    cause = context.cause("UNDO")
    freed: list[Freed] = []
    for move in moves:
        unit = stock.unit_by_id(_id(move.to_unit_id))
        freed += stock.void_on_unit(cause, unit, keep=0)
        stock.reverse(cause, move)
        inbound.take_back(context, unit.id)
        if unit.receipt_id is not None:
            closing.restate(context, unit.receipt_id, unit.po_line_id)
    units = {move.item_id: _id(move.to_unit_id) for move in moves}
    released = [one for item_id, unit_id in sorted(units.items()) for one in _release(item_id, unit_id, context)]
    return freed, tuple(released)


def refuse_if_used(unit: Unit, move: Move) -> None:
    """STOP, naming order and person, if any piece of the unit was picked, moved, counted, or is being picked."""
    _refuse_if_moved(unit, move.id)
    taken = connection.row(
        "SELECT o.name, h.order_no FROM reservation r JOIN pick_task t ON t.reservation_id = r.id "
        "JOIN operator o ON o.id = t.operator_id JOIN order_line l ON l.id = r.line_id "
        "JOIN order_header h ON h.id = l.order_id WHERE r.unit_id = ? AND r.state = 'OPEN' AND t.state = 'TAKEN' LIMIT 1",
        unit.id,
    )
    if taken:
        _refuse_used(unit, taken[0], "is picking it", taken[1])
    if connection.row("SELECT 1 FROM count_task WHERE unit_id = ? AND state <> 'CANCELLED'", unit.id):
        refuse("undo_used", code=tail(unit.code), why="a count of it is asked for.")


def _refuse_if_moved(unit: Unit, move_id: int) -> None:
    """STOP, naming person and order, if the unit was moved by anybody after that move, or its count was corrected."""
    corrected = connection.row(
        "SELECT o.name FROM stock_move r LEFT JOIN operator o ON o.id = r.operator_id WHERE r.reverses = ?", move_id
    )
    if corrected:
        _refuse_used(unit, corrected[0], "corrected it", None)
    later = connection.row(
        "SELECT m.kind, o.name, h.order_no FROM stock_move m LEFT JOIN operator o ON o.id = m.operator_id "
        "LEFT JOIN order_line l ON l.id = m.order_line_id LEFT JOIN order_header h ON h.id = l.order_id "
        "WHERE (m.from_unit_id = ? OR m.to_unit_id = ?) AND m.id > ? AND m.reverses IS NULL "
        "AND NOT EXISTS (SELECT 1 FROM stock_move r WHERE r.reverses = m.id) ORDER BY m.id DESC LIMIT 1",
        unit.id,
        unit.id,
        move_id,
    )
    if later:
        kind, person, order = later
        words = {"PICK": "picked", "QUARANTINE": "reported short", "ADJUST": "adjusted", "BLOCK": "stopped"}.get(
            kind, "moved"
        )
        _refuse_used(unit, person, words, order)


def _refuse_used(unit: Unit, person: str | None, words: str, order: str | None) -> None:
    for_order = f" for {messages.clip(order, 10)}" if order else ""
    why = f"{messages.clip(person or 'somebody', 8)} {words}{for_order}."
    refuse("undo_used", code=tail(unit.code), why=why)


# --- A put-away -----------------------------------------------------------------------------------------


def _undo_move(step: Step, scan_id: str, moves: list[Move], context: Context) -> Reply:
    """One case, or all on a pallet, back to its place and onto what it stood on; not while somebody picks from it."""
    for move in moves:
        unit = stock.unit_by_id(_id(move.to_unit_id))
        _refuse_if_moved(unit, move.id)
        put_away.check_free([unit])
        _check_target(move)
    for move in reversed(moves):
        stock.reverse(context.cause("UNDO"), move)
    carriers.take_back(context, scan_id, moves)
    unit, item = stock.unit_by_id(_id(moves[0].to_unit_id)), items.by_id(moves[0].item_id)
    place = _place(moves[0])
    if len(moves) == 1:
        words = {"qty": unit.qty, "unit": item.unit, "item": item.description, "code": tail(unit.code)}
        return _with(reply(step, "undone_move", place=place, **words), unit, (), ())
    return _with(reply(step, "undone_moves", n=len(moves), place=place), unit, (), ())


# --- A pick ---------------------------------------------------------------------------------------------


def _undo_pick(step: Step, move: Move, context: Context) -> Reply:
    _check_target(move)
    _check_source(move)
    unit = stock.unit_by_id(_id(move.from_unit_id))
    cause = context.cause("UNDO")
    stock.reverse(cause, move)
    stock.reopen_pick(cause, stock.reservation_by_id(_id(move.reservation_id)), move.qty)
    item = items.by_id(move.item_id)
    answered = reply(
        step,
        "undone_pick",
        qty=move.qty,
        unit=item.unit,
        item=item.description,
        want=tail(unit.code) if unit.kind != "LOOSE" else "loose",
        place=_place(move),
    )
    return _with(answered, unit, (), ())


def _check_target(move: Move) -> None:
    """The pieces are still where the move put them."""
    target = stock.unit_by_id(_id(move.to_unit_id))
    here = target.location_id == move.to_location_id and target.order_id == move.to_order_id
    grown = move.from_unit_id == move.to_unit_id and target.qty != move.qty
    # Stopped, let go and picked anew for the same order, the pieces are no longer those of this pick.
    stopped = move.kind == "PICK" and stock.reservation_by_id(_id(move.reservation_id)).qty_picked < move.qty
    if not here or target.status != move.to_status or target.qty < move.qty or grown or stopped:
        refuse("undo_used", code=tail(target.code), why="its pieces are no longer the same.")


def _check_source(move: Move) -> None:
    """The unit that the pieces came from can take them back."""
    if move.from_unit_id == move.to_unit_id:
        return
    source = stock.unit_by_id(_id(move.from_unit_id))
    stands = source.location_id == move.from_location_id and source.order_id == move.from_order_id
    if not stands or source.status not in (move.from_status, "CONSUMED"):
        _refuse_if_moved(source, move.id)
        refuse("undo_used", code=tail(source.code), why=f"it is in {source.status}.")
    if source.kind == "LOOSE" and source.status == "CONSUMED":
        twin = connection.row(
            "SELECT 1 FROM handling_unit WHERE site = (SELECT site FROM handling_unit WHERE id = ?) AND location_id = ? "
            "AND item_id = ? AND lot = ? AND expiry = ? AND owner = ? AND status = ? AND kind = 'LOOSE' AND id <> ?",
            source.id,
            source.location_id,
            source.item_id,
            source.lot,
            source.expiry,
            source.owner,
            move.from_status,
            source.id,
        )
        if twin:
            refuse("undo_used", code="loose", why="other loose stock lies there.")


# --- A short --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Voided:
    reservation_id: int
    qty: int


def _undo_short(step: Step, scan_id: str, moves: list[Move], context: Context) -> Reply:
    """Back to before the short: only while nothing was given elsewhere and the count is untouched."""
    apart = next(move for move in moves if move.kind == "QUARANTINE")
    unit = stock.unit_by_id(_id(apart.from_unit_id))
    _check_short(scan_id, unit)
    for move in moves:
        _check_target(move)
    _check_source(apart)
    cause = context.cause("UNDO")
    for move in reversed(moves):
        stock.reverse(cause, move)
    for voided in _voids_of(scan_id):
        stock.void(cause, stock.reservation_by_id(voided.reservation_id), -voided.qty)
    for move in moves:
        if move.kind == "PICK":
            stock.reopen_pick(cause, stock.reservation_by_id(_id(move.reservation_id)), move.qty)
    connection.execute("UPDATE count_task SET state = 'CANCELLED' WHERE scan_id = ?", scan_id)
    released = _release(apart.item_id, unit.id, context)
    item = items.by_id(apart.item_id)
    if apart.reservation_id is None:
        return _with(_off_hold(step, scan_id, unit), unit, (), released)
    answered = reply(step, "undone_short", item=item.description, place=_place(apart))
    return _with(answered, unit, (), released)


def _off_hold(step: Step, scan_id: str, unit: Unit) -> Reply:
    """A case that was put on hold by itself: what was written down about it was not so, and no vendor is told."""
    connection.execute("DELETE FROM discrepancy WHERE scan_id = ? AND unit_id = ?", scan_id, unit.id)
    back = sum(voided.qty for voided in _voids_of(scan_id))
    fate = f"{back} of it are promised again." if back else "It was promised to nobody."
    return reply(step, "undone_hold", code=tail(unit.code), list=fate)


def _check_short(scan_id: str, unit: Unit) -> None:
    given = connection.row(
        "SELECT h.order_no FROM release_run n JOIN release_verdict v ON v.run_id = n.id AND v.qty > 0 "
        "JOIN order_line l ON l.id = v.line_id JOIN order_header h ON h.id = l.order_id WHERE n.scan_id = ? LIMIT 1",
        scan_id,
    )
    if given:
        refuse("undo_used", code=tail(unit.code), why=f"{messages.clip(given[0], 10)} got other stock.")
    if connection.row("SELECT 1 FROM count_task WHERE scan_id = ? AND state <> 'OPEN'", scan_id):
        refuse("undo_used", code=tail(unit.code), why="it was counted since.")
    waits_for: dict[int, int] = {}
    for voided in _voids_of(scan_id):
        line_id = stock.reservation_by_id(voided.reservation_id).line_id
        waits_for[line_id] = waits_for.get(line_id, 0) + voided.qty
    for line in stock.lines_by_id(waits_for).values():
        if line.open < waits_for[line.id]:
            refuse("undo_used", code=tail(unit.code), why=f"{messages.clip(line.order, 10)} was changed since.")


def _voids_of(scan_id: str) -> list[_Voided]:
    found = connection.rows(
        "SELECT reservation_id, qty FROM reservation_void WHERE scan_id = ? ORDER BY id DESC", scan_id
    )
    return [_Voided(*row) for row in found]


# --- Shared ---------------------------------------------------------------------------------------------


def _release(item_id: int, unit_id: int, context: Context) -> tuple[Released, ...]:
    trigger = release.Trigger("undo", unit_id)
    return release.release(context.cause("UNDO"), item_id, trigger, context.today.isoformat())


def _place(move: Move) -> str:
    return site.location_by_id(_id(move.from_location_id)).code


def _with(answered: Reply, unit: Unit, freed: tuple[Freed, ...] | list[Freed], released: tuple[Released, ...]) -> Reply:
    return replace(answered, unit=unit.code, freed=tuple(freed), released=released)


def _id(value: int | None) -> int:
    if value is None:
        raise LookupError("the move has no unit on that side")
    return value
