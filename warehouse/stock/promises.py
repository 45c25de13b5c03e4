"""Reservations: pieces of a unit promised to a line, and taken back again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from db import connection
from warehouse.reply import Freed
from warehouse.stock.lines import Line, lines_by_id, save_lines
from warehouse.stock.ship_sets import FREE_TASK, lock_of_tasks
from warehouse.stock.units import Cause, Unit


@dataclass(frozen=True, slots=True)
class Grant:
    """Pieces of one unit promised to one line."""

    line_id: int
    unit_id: int
    qty: int
    kind: str


def reserve(
    cause: Cause, run_id: int, item_id: int, grants: Sequence[Grant], lines: dict[int, Line], *, usable: int = 0
) -> None:
    """Promise the granted pieces; each HARD reservation gets its one pick task at once.

    `usable` pieces join the open pool in the same statement as what is promised of it.
    """
    connection.many(
        "INSERT INTO reservation (site, line_id, unit_id, item_id, kind, state, qty, run_id, at) "
        "VALUES (?, ?, ?, ?, ?, 'OPEN', ?, ?, ?)",
        [
            (cause.site, grant.line_id, grant.unit_id, item_id, grant.kind, grant.qty, run_id, cause.at)
            for grant in grants
        ],
    )
    connection.execute(
        "INSERT INTO pick_task (site, reservation_id, state, at) "
        f"SELECT site, id, {_first_state(grants, lines)}, at FROM reservation WHERE run_id = ? AND kind = 'HARD'",
        run_id,
    )
    by_unit = _sums((grant.unit_id, grant.qty) for grant in grants)
    connection.many(
        "UPDATE handling_unit SET qty_reserved = qty_reserved + ? WHERE id = ?",
        [(qty, unit_id) for unit_id, qty in sorted(by_unit.items())],
    )
    by_line = _sums((grant.line_id, grant.qty) for grant in grants)
    save_lines(
        cause.site,
        [(lines[line_id], lines[line_id].granted(qty)) for line_id, qty in sorted(by_line.items())],
        reserved=sum(by_unit.values()),
        usable=usable,
    )


def _first_state(grants: Sequence[Grant], lines: dict[int, Line]) -> str:
    """SQL for the state of new tasks: those of a ship set wait until its count, made after this, says that all is there."""
    if all(lines[grant.line_id].set_id is None for grant in grants):
        return "'OPEN'"
    in_set = "EXISTS (SELECT 1 FROM order_line l WHERE l.id = reservation.line_id AND l.set_id IS NOT NULL)"
    return f"CASE WHEN {in_set} THEN 'WAITING' ELSE 'OPEN' END"


@dataclass(frozen=True, slots=True)
class Reservation:
    """Pieces of a unit promised to a line; `open` of them are neither picked nor voided yet."""

    id: int
    line_id: int
    unit_id: int
    item_id: int
    kind: str
    qty: int
    qty_picked: int
    qty_voided: int
    rank_on: int

    @property
    def open(self) -> int:
        """Pieces still promised."""
        return self.qty - self.qty_picked - self.qty_voided


_RESERVATION = (
    "SELECT r.id, r.line_id, r.unit_id, r.item_id, r.kind, r.qty, r.qty_picked, r.qty_voided, l.rank_on "
    "FROM reservation r JOIN order_line l ON l.id = r.line_id "
)


def reservation_by_id(reservation_id: int) -> Reservation:
    """The reservation as it is now."""
    return Reservation(*connection.one(f"{_RESERVATION} WHERE r.id = ?", reservation_id))


def reservations_on(unit_id: int) -> list[Reservation]:
    """Open reservations on a unit, last in the order of service first: the order in which they are voided."""
    found = connection.rows(
        f"{_RESERVATION} WHERE r.unit_id = ? AND r.state = 'OPEN' ORDER BY l.rank_on DESC, r.line_id DESC, r.id DESC",
        unit_id,
    )
    return [Reservation(*row) for row in found]


def reservations_of(line_id: int) -> list[Reservation]:
    """Open reservations of a line, those nobody has begun to pick first, newest first."""
    found = connection.rows(
        "SELECT r.id, r.line_id, r.unit_id, r.item_id, r.kind, r.qty, r.qty_picked, r.qty_voided, l.rank_on "
        "FROM reservation r JOIN order_line l ON l.id = r.line_id LEFT JOIN pick_task t ON t.reservation_id = r.id "
        "WHERE r.line_id = ? AND r.state = 'OPEN' "
        "ORDER BY CASE WHEN t.state = 'TAKEN' THEN 1 ELSE 0 END, r.id DESC",
        line_id,
    )
    return [Reservation(*row) for row in found]


def void_on_unit(cause: Cause, unit: Unit, *, keep: int, spare: int | None = None) -> list[Freed]:
    """Void reservations on a unit, last rank first, until at most `keep` pieces stay promised.

    `spare` is a reservation that is not touched (the one being picked). Answers whose they were.
    """
    freed: list[Freed] = []
    held = sum(reservation.open for reservation in reservations_on(unit.id))
    for reservation in reservations_on(unit.id):
        if held <= keep:
            break
        if reservation.id == spare:
            continue
        qty = min(reservation.open, held - keep)
        freed.append(void(cause, reservation, qty))
        held -= qty
    return freed


def void(cause: Cause, reservation: Reservation, qty: int, *, cancel: bool = False) -> Freed:
    """Take promised pieces back from a line: they wait again, or with `cancel` are cancelled with the order.

    The task goes with the last piece. A negative `qty` gives back what was voided before (undo): the
    reservation and its task open again.
    """
    line = lines_by_id([reservation.line_id])[reservation.line_id]
    if qty < 0 and line.set_id is not None:
        lock_of_tasks("t.reservation_id = ?", reservation.id)
    voided = reservation.qty_voided + qty
    done = reservation.qty_picked + voided == reservation.qty
    state = "VOIDED" if voided == reservation.qty else ("PICKED" if done else "OPEN")
    connection.execute("UPDATE reservation SET qty_voided = ?, state = ? WHERE id = ?", voided, state, reservation.id)
    connection.insert_row(
        "reservation_void",
        site=cause.site,
        reservation_id=reservation.id,
        qty=qty,
        scan_id=cause.scan_id,
        reason=cause.reason,
        at=cause.at,
    )
    if state == "VOIDED":
        connection.execute(
            "UPDATE pick_task SET state = 'CANCELLED', at = ? WHERE reservation_id = ?",
            cause.at,
            reservation.id,
        )
    elif qty < 0:
        connection.execute(
            f"UPDATE pick_task SET state = {FREE_TASK}, operator_id = NULL, at = ? WHERE reservation_id = ?",
            cause.at,
            reservation.id,
        )
    connection.execute(
        "UPDATE handling_unit SET qty_reserved = qty_reserved - ? WHERE id = ?", qty, reservation.unit_id
    )
    after = replace(line, reserved=line.reserved - qty)
    after = replace(after, cancelled=line.cancelled + qty) if cancel else replace(after, open=line.open + qty)
    save_lines(cause.site, [(line, after)], reserved=-qty)
    return Freed(line.order, line.line, line.sku, qty)


def _sums(pairs: Iterable[tuple[int, int]]) -> dict[int, int]:
    total: dict[int, int] = {}
    for key, qty in pairs:
        total[key] = total.get(key, 0) + qty
    return total
