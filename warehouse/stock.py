"""The only writer of quantities: units and the ledger, reservations and the counters they add up to.

Every function here runs inside the caller's transaction, after `locked()` on the item's row. A change of
pieces is a row in stock_move with both its sides, written once and never edited; a correction is a further
row that names the original. The counters of item_stock, order lines and units change in the same breath, and
the CHECKs of the tables stop anything that would promise a piece twice.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from db import connection
from warehouse import policy, serials
from warehouse.reply import Freed
from warehouse.site import NO_EXPIRY

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

POOL_STATUS = frozenset({"RECEIVED", "IN_STAGE", "AVAILABLE"})
OWN = "OWN"


@dataclass(frozen=True, slots=True)
class Cause:
    """Who does it, when and by which scan: written into every row that the scan leaves behind."""

    site: str
    at: str
    scan_id: str
    operator_id: int | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Unit:
    """A handling unit: one item, lot, expiry, owner, status and place, and its pieces."""

    id: int
    code: str
    kind: str
    item_id: int
    lot: str
    expiry: str
    owner: str
    status: str
    location_id: int
    order_id: int | None
    qty: int
    qty_reserved: int
    receipt_id: int | None
    po_line_id: int | None
    received_at: str

    @property
    def in_pool(self) -> bool:
        """Whether its pieces count as usable: promised or promisable to anyone."""
        return self.status in POOL_STATUS and self.owner == OWN and self.order_id is None


_UNIT = (
    "SELECT id, code, kind, item_id, lot, expiry, owner, status, location_id, order_id, qty, qty_reserved, "
    "receipt_id, po_line_id, received_at FROM handling_unit "
)
_LIVE = "status NOT IN ('VOIDED','CONSUMED','ISSUED')"


def live_unit(site: str, code: str) -> Unit | None:
    """The unit that carries this code now, or None; voided and used-up units do not count."""
    found = connection.row(f"{_UNIT} WHERE site = ? AND code = ? AND {_LIVE}", site, code)
    return Unit(*found) if found else None


def known_unit(site: str, code: str) -> Unit | None:
    """The unit that ever carried this code, live or used up; a voided capture frees its code.

    An SSCC names one logistic unit: what was received and picked empty is not received again.
    """
    found = connection.row(f"{_UNIT} WHERE site = ? AND code = ? AND status <> 'VOIDED'", site, code)
    return Unit(*found) if found else None


def unit_by_id(unit_id: int) -> Unit:
    """The unit as it is now; inside a transaction and after the item's lock, as it stays."""
    return Unit(*connection.one(f"{_UNIT} WHERE id = ?", unit_id))


def units_at(site: str, location_id: int, item_id: int) -> list[Unit]:
    """The live units of an item at a place that nobody picked for an order, oldest first."""
    found = connection.rows(
        f"{_UNIT} WHERE site = ? AND location_id = ? AND item_id = ? AND {_LIVE} AND order_id IS NULL ORDER BY id",
        site,
        location_id,
        item_id,
    )
    return [Unit(*row) for row in found]


# --- Pieces come in -----------------------------------------------------------------------------------------


def receive(
    cause: Cause,
    *,
    code: str,
    item_id: int,
    qty: int,
    lot: str,
    expiry: str,
    status: str,
    location_id: int,
    receipt_id: int,
    po_line_id: int,
    source: str,
) -> int:
    """A counted case enters: a unit of its own and one move from the vendor; answers the unit's id.

    `qty` is what was counted in this case (pieces of the base unit); no factor is ever applied to it.
    """
    unit_id = connection.insert(
        "handling_unit",
        site=cause.site,
        code=code,
        kind="CASE",
        item_id=item_id,
        lot=lot,
        expiry=expiry,
        status=status,
        location_id=location_id,
        qty=qty,
        qty_source=source,
        receipt_id=receipt_id,
        po_line_id=po_line_id,
        received_at=cause.at,
    )
    connection.insert_row(
        "stock_move",
        site=cause.site,
        at=cause.at,
        kind="RECEIPT",
        item_id=item_id,
        qty=qty,
        from_account="VENDOR",
        to_account="UNIT",
        to_unit_id=unit_id,
        to_location_id=location_id,
        to_status=status,
        scan_id=cause.scan_id,
        operator_id=cause.operator_id,
        receipt_id=receipt_id,
        po_line_id=po_line_id,
        reason=cause.reason,
    )
    _count(cause.site, item_id, usable=qty if status in POOL_STATUS else 0)
    return unit_id


def open_balance(
    cause: Cause, *, code: str | None, item_id: int, location_id: int, qty: int, lot: str, expiry: str
) -> int:
    """The opening balance of one unit (with `code`) or of the loose stock of one place; answers the unit's id."""
    unit = _unit_for(cause, code, item_id, location_id, lot, expiry)
    _enter(cause, "OPENING", "OPENING", unit, qty)
    return unit.id


def adjust(cause: Cause, unit: Unit, quantity: int) -> list[Freed]:
    """Add pieces to a unit or take them away, against the account ADJUST; answers whose reservations fell.

    A minus first voids what no longer fits, last rank first. The caller has checked that the unit holds enough.
    """
    if quantity > 0:
        _enter(cause, "ADJUST", "ADJUST", unit, quantity)
        return []
    freed = void_on_unit(cause, unit, keep=unit.qty + quantity)
    _leave(cause, unit_by_id(unit.id), -quantity)
    return freed


def loose_unit(
    cause: Cause,
    item_id: int,
    location_id: int,
    lot: str = "",
    expiry: str = NO_EXPIRY,
    status: str = "AVAILABLE",
) -> Unit:
    """The loose stock of an item at a place, made (still empty) where there is none."""
    return _unit_for(cause, None, item_id, location_id, lot, expiry, status)


def _unit_for(
    cause: Cause,
    code: str | None,
    item_id: int,
    location_id: int,
    lot: str,
    expiry: str,
    status: str = "AVAILABLE",
) -> Unit:
    """The unit that pieces go into: a new one with this code, or the one loose row of the place.

    A used-up loose row is taken again rather than joined by a twin, so that an undo finds its own row.
    The row stays CONSUMED and empty until `_enter` or `_move` puts pieces in.
    """
    if code is None:
        found = connection.row(
            f"{_UNIT} WHERE site = ? AND location_id = ? AND item_id = ? AND lot = ? AND expiry = ? AND owner = ? "
            "AND kind = 'LOOSE' AND status IN (?, 'CONSUMED') ORDER BY CASE status WHEN 'CONSUMED' THEN 1 ELSE 0 END, "
            "id DESC LIMIT 1",
            cause.site,
            location_id,
            item_id,
            lot,
            expiry,
            OWN,
            status,
        )
        if found:
            return replace(Unit(*found), status=status)
    unit_id = connection.insert(
        "handling_unit",
        site=cause.site,
        code=code or serials.plate(serials.draw(cause.site, "unit")),
        kind="LOOSE" if code is None else "CASE",
        item_id=item_id,
        lot=lot,
        expiry=expiry,
        status="CONSUMED",
        location_id=location_id,
        qty=0,
        received_at=cause.at,
    )
    return replace(unit_by_id(unit_id), status=status)


def _enter(cause: Cause, kind: str, account: str, unit: Unit, qty: int) -> None:
    connection.execute("UPDATE handling_unit SET qty = qty + ?, status = ? WHERE id = ?", qty, unit.status, unit.id)
    _write_move(cause, kind, unit.item_id, qty, source=None, target=unit, account=account)
    _count(cause.site, unit.item_id, usable=qty if unit.in_pool else 0)


def _leave(cause: Cause, unit: Unit, qty: int) -> None:
    _take(unit, qty, emptied="CONSUMED")
    _write_move(cause, "ADJUST", unit.item_id, qty, source=unit, target=None, account="ADJUST")
    _count(cause.site, unit.item_id, usable=-qty if unit.in_pool else 0)


# --- Pieces move --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Why:
    """What a move was for, where it was for a reservation."""

    order_line_id: int | None = None
    reservation_id: int | None = None


def move_whole(
    cause: Cause,
    kind: str,
    unit: Unit,
    *,
    location_id: int,
    status: str,
    order_id: int | None,
    why: Why | None = None,
    unreserve: int = 0,
) -> Unit:
    """All pieces of a unit change place, status or order as they stand; loose stock is poured into its new row.

    `unreserve` is how many of its reserved pieces stop being reserved in the same statement.
    """
    if unit.kind == "LOOSE":
        target = _unit_for(cause, None, unit.item_id, location_id, unit.lot, unit.expiry, status)
        return _pour(cause, kind, unit, unit.qty, target, why, unreserve)
    after = replace(unit, location_id=location_id, status=status, order_id=order_id)
    connection.execute(
        "UPDATE handling_unit SET location_id = ?, status = ?, order_id = ?, qty_reserved = qty_reserved - ? WHERE id = ?",
        location_id,
        status,
        order_id,
        unreserve,
        unit.id,
    )
    _write_move(cause, kind, unit.item_id, unit.qty, source=unit, target=after, why=why)
    _count(
        cause.site,
        unit.item_id,
        usable=unit.qty * (after.in_pool - unit.in_pool),
        reserved=-unreserve if unit.in_pool else 0,
    )
    return replace(after, qty_reserved=unit.qty_reserved - unreserve)


def split(
    cause: Cause, kind: str, unit: Unit, qty: int, *, target: Unit, why: Why | None = None, unreserve: int = 0
) -> Unit:
    """Some pieces leave a unit for another one (new or existing); answers the target."""
    return _pour(cause, kind, unit, qty, target, why, unreserve)


def new_part(
    cause: Cause, unit: Unit, *, kind: str, location_id: int, status: str, order_id: int | None = None
) -> Unit:
    """An empty unit with a plate of its own for pieces split off `unit`: same item, lot, expiry and owner."""
    unit_id = connection.insert(
        "handling_unit",
        site=cause.site,
        code=serials.plate(serials.draw(cause.site, "unit")),
        kind=kind,
        item_id=unit.item_id,
        lot=unit.lot,
        expiry=unit.expiry,
        owner=unit.owner,
        status="CONSUMED",
        location_id=location_id,
        order_id=order_id,
        qty=0,
        origin_id=unit.id,
        receipt_id=unit.receipt_id,
        received_at=unit.received_at,
    )
    return replace(unit_by_id(unit_id), status=status)


def picked_unit(cause: Cause, unit: Unit, order_id: int, location_id: int) -> Unit:
    """The unit that collects pieces of this item and lot picked for an order at the shipping place."""
    found = connection.row(
        f"{_UNIT} WHERE order_id = ? AND item_id = ? AND lot = ? AND expiry = ? AND owner = ? AND location_id = ? "
        f"AND kind = 'PICKED' AND (status = 'AVAILABLE' OR status = 'CONSUMED') "
        "ORDER BY CASE status WHEN 'CONSUMED' THEN 1 ELSE 0 END, id DESC LIMIT 1",
        order_id,
        unit.item_id,
        unit.lot,
        unit.expiry,
        unit.owner,
        location_id,
    )
    if found:
        return replace(Unit(*found), status="AVAILABLE")
    return new_part(cause, unit, kind="PICKED", location_id=location_id, status="AVAILABLE", order_id=order_id)


def _pour(cause: Cause, kind: str, unit: Unit, qty: int, target: Unit, why: Why | None, unreserve: int) -> Unit:
    _take(unit, qty, emptied="CONSUMED", unreserve=unreserve)
    connection.execute("UPDATE handling_unit SET qty = qty + ?, status = ? WHERE id = ?", qty, target.status, target.id)
    _write_move(cause, kind, unit.item_id, qty, source=unit, target=target, why=why)
    _count(
        cause.site,
        unit.item_id,
        usable=qty * (target.in_pool - unit.in_pool),
        reserved=-unreserve if unit.in_pool else 0,
    )
    return unit_by_id(target.id)


def _take(unit: Unit, qty: int, *, emptied: str, unreserve: int = 0) -> None:
    connection.execute(
        "UPDATE handling_unit SET qty = qty - ?, qty_reserved = qty_reserved - ?, "
        "status = CASE WHEN qty = ? THEN ? ELSE status END WHERE id = ?",
        qty,
        unreserve,
        qty,
        emptied,
        unit.id,
    )


def _write_move(
    cause: Cause,
    kind: str,
    item_id: int,
    qty: int,
    *,
    source: Unit | None,
    target: Unit | None,
    account: str = "",
    why: Why | None = None,
) -> None:
    connection.insert_row(
        "stock_move",
        site=cause.site,
        at=cause.at,
        kind=kind,
        item_id=item_id,
        qty=qty,
        from_account="UNIT" if source else account,
        from_unit_id=source.id if source else None,
        from_location_id=source.location_id if source else None,
        from_status=source.status if source else "",
        from_order_id=source.order_id if source else None,
        to_account="UNIT" if target else account,
        to_unit_id=target.id if target else None,
        to_location_id=target.location_id if target else None,
        to_status=target.status if target else "",
        to_order_id=target.order_id if target else None,
        scan_id=cause.scan_id,
        operator_id=cause.operator_id,
        order_line_id=why.order_line_id if why else None,
        reservation_id=why.reservation_id if why else None,
        reason=cause.reason,
    )


# --- Moves are reversed -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Move:
    """A row of the ledger, as far as a reversal needs it."""

    id: int
    kind: str
    item_id: int
    qty: int
    from_account: str
    from_unit_id: int | None
    from_location_id: int | None
    from_status: str
    from_order_id: int | None
    to_account: str
    to_unit_id: int | None
    to_location_id: int | None
    to_status: str
    to_order_id: int | None
    po_line_id: int | None
    order_line_id: int | None
    reservation_id: int | None


def moves_of(scan_id: str) -> list[Move]:
    """The moves that a scan wrote, in the order it wrote them."""
    found = connection.rows(
        "SELECT id, kind, item_id, qty, from_account, from_unit_id, from_location_id, from_status, from_order_id, "
        "to_account, to_unit_id, to_location_id, to_status, to_order_id, po_line_id, order_line_id, reservation_id "
        "FROM stock_move WHERE scan_id = ? ORDER BY id",
        scan_id,
    )
    return [Move(*row) for row in found]


def reverse(cause: Cause, move: Move) -> None:
    """Write the opposite of a move, naming it, and put the pieces back where they were.

    A unit that came from outside and is empty again is VOIDED: its code may be captured anew. The caller has
    checked that the pieces are still where the move put them. A move can be reversed once (UNIQUE).
    """
    source = unit_by_id(move.from_unit_id) if move.from_unit_id else None
    target = unit_by_id(move.to_unit_id) if move.to_unit_id else None
    usable = 0
    if source and target and source.id == target.id:
        connection.execute(
            "UPDATE handling_unit SET location_id = ?, status = ?, order_id = ? WHERE id = ?",
            move.from_location_id,
            move.from_status,
            move.from_order_id,
            source.id,
        )
        before = replace(
            source,
            status=move.from_status,
            order_id=move.from_order_id,
        )
        usable = move.qty * (before.in_pool - target.in_pool)
    else:
        if target:
            _take(target, move.qty, emptied="CONSUMED" if source else "VOIDED")
            usable -= move.qty * target.in_pool
        if source:
            back = replace(source, status=move.from_status)
            connection.execute(
                "UPDATE handling_unit SET qty = qty + ?, status = ? WHERE id = ?",
                move.qty,
                back.status,
                back.id,
            )
            usable += move.qty * back.in_pool
    connection.insert_row(
        "stock_move",
        site=cause.site,
        at=cause.at,
        kind="UNDO",
        item_id=move.item_id,
        qty=move.qty,
        from_account=move.to_account,
        from_unit_id=move.to_unit_id,
        from_location_id=move.to_location_id,
        from_status=move.to_status,
        from_order_id=move.to_order_id,
        to_account=move.from_account,
        to_unit_id=move.from_unit_id,
        to_location_id=move.from_location_id,
        to_status=move.from_status,
        to_order_id=move.from_order_id,
        scan_id=cause.scan_id,
        operator_id=cause.operator_id,
        po_line_id=move.po_line_id,
        order_line_id=move.order_line_id,
        reservation_id=move.reservation_id,
        reason=cause.reason,
        reverses=move.id,
    )
    _count(cause.site, move.item_id, usable=usable)


# --- Lines wait, pieces are promised ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Line:
    """An order line's counters (pieces) and what decides its need."""

    id: int
    order: str
    line: int
    item_id: int
    sku: str
    policy: str
    fill_percent: int
    rank_on: int
    ordered: int
    cancelled: int
    reserved: int
    picked: int
    shipped: int
    open: int
    state: str
    lines_in_order: int

    @property
    def waits(self) -> bool:
        """Whether it stands in the queue."""
        return self.state == "W"

    def need(self) -> int:
        """The smallest quantity it may take now."""
        return policy.min_need(
            self.policy,
            ordered=self.ordered,
            cancelled=self.cancelled,
            open_qty=self.open,
            fill_percent=self.fill_percent,
            lines_in_order=self.lines_in_order,
        )

    def settled(self) -> Line:
        """The same line with the state that its counters mean."""
        state = policy.state(
            ordered=self.ordered,
            cancelled=self.cancelled,
            shipped=self.shipped,
            open_qty=self.open,
            held=self.state == "H",
        )
        return replace(self, state=state)


LINE_COLUMNS = (
    "l.id, h.order_no, l.line, l.item_id, i.sku, l.policy, l.min_fill_percent, l.rank_on, l.qty_ordered, "
    "l.qty_cancelled, l.qty_reserved, l.qty_picked, l.qty_shipped, l.qty_open, l.state, "
    "CASE WHEN l.policy = 'order' THEN (SELECT COUNT(*) FROM order_line o WHERE o.order_id = l.order_id "
    "AND o.qty_ordered > o.qty_cancelled) ELSE 1 END"
)
LINE_TABLES = "order_line l JOIN order_header h ON h.id = l.order_id JOIN item i ON i.id = l.item_id"


def lines_by_id(line_ids: Iterable[int]) -> dict[int, Line]:
    """Order lines by id, locked in ascending order where the engine locks rows."""
    ids = sorted(set(line_ids))
    tail = "" if connection.dialect() == "sqlite" else " FOR UPDATE OF l"
    found = connection.rows(
        f"SELECT {LINE_COLUMNS} FROM {LINE_TABLES} WHERE l.id IN ({connection.marks(ids)}) ORDER BY l.id{tail}",
        *ids,
    )
    return {row[0]: Line(*row) for row in found}


def save_lines(site: str, changes: Sequence[tuple[Line, Line]], *, reserved: int = 0) -> None:
    """Write order lines' new counters, and with them the waiting totals of their item.

    `changes` pairs each line as it was with the line as it shall be; all of one item per call. `reserved` is
    by how many pieces the item's promised total changes in the same statement.
    """
    if not changes:
        return
    after = [new.settled() for _, new in changes]
    connection.many(
        "UPDATE order_line SET qty_cancelled = ?, qty_reserved = ?, qty_picked = ?, qty_shipped = ?, qty_open = ?, "
        "min_need = ?, state = ? WHERE id = ?",
        [
            (new.cancelled, new.reserved, new.picked, new.shipped, new.open, new.need(), new.state, new.id)
            for new in after
        ],
    )
    lines = sum(new.waits - old.waits for (old, _), new in zip(changes, after, strict=True))
    pieces = sum(new.open * new.waits - old.open * old.waits for (old, _), new in zip(changes, after, strict=True))
    _count(site, after[0].item_id, reserved=reserved, lines=lines, pieces=pieces)


def enter_lines(site: str, item_id: int, lines: int, pieces: int) -> None:
    """New order lines of an item joined the queue (the caller inserted them)."""
    _count(site, item_id, lines=lines, pieces=pieces)


@dataclass(frozen=True, slots=True)
class Grant:
    """Pieces of one unit promised to one line."""

    line_id: int
    unit_id: int
    qty: int
    kind: str


def reserve(cause: Cause, run_id: int, item_id: int, grants: Sequence[Grant], lines: dict[int, Line]) -> None:
    """Promise the granted pieces; each HARD reservation gets its one pick task at once."""
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
        "SELECT site, id, 'OPEN', at FROM reservation WHERE run_id = ? AND kind = 'HARD'",
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
        [
            (
                lines[line_id],
                replace(lines[line_id], reserved=lines[line_id].reserved + qty, open=lines[line_id].open - qty),
            )
            for line_id, qty in sorted(by_line.items())
        ],
        reserved=sum(by_unit.values()),
    )


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
            "UPDATE pick_task SET state = 'OPEN', operator_id = NULL, at = ? WHERE reservation_id = ?",
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


def confirm_pick(cause: Cause, reservation: Reservation, unit: Unit, qty: int, ship_location_id: int) -> None:
    """Pieces of a reservation leave their unit for the order's own at the shipping place.

    A full case goes as it is, with its order; pieces are split off. The rest of the reservation, if any, is
    the caller's to void in the same transaction.
    """
    line = lines_by_id([reservation.line_id])[reservation.line_id]
    order_id = connection.value("SELECT order_id FROM order_line WHERE id = ?", line.id)
    why = Why(line.id, reservation.id)
    if unit.kind != "LOOSE" and qty == unit.qty:
        move_whole(
            cause,
            "PICK",
            unit,
            location_id=ship_location_id,
            status=unit.status,
            order_id=order_id,
            why=why,
            unreserve=qty,
        )
    else:
        target = picked_unit(cause, unit, order_id, ship_location_id)
        split(cause, "PICK", unit, qty, target=target, why=why, unreserve=qty)
    _count_picked(cause, reservation, qty, task="DONE")
    save_lines(cause.site, [(line, replace(line, reserved=line.reserved - qty, picked=line.picked + qty))])


def reopen_pick(cause: Cause, reservation: Reservation, qty: int) -> None:
    """The counterpart of `confirm_pick` after its move was reversed: the same pieces are promised again."""
    line = lines_by_id([reservation.line_id])[reservation.line_id]
    connection.execute(
        "UPDATE handling_unit SET qty_reserved = qty_reserved + ? WHERE id = ?", qty, reservation.unit_id
    )
    _count_picked(cause, reservation, -qty, task="OPEN")
    after = replace(line, reserved=line.reserved + qty, picked=line.picked - qty)
    save_lines(cause.site, [(line, after)], reserved=qty)


def _count_picked(cause: Cause, reservation: Reservation, qty: int, *, task: str) -> None:
    picked = reservation.qty_picked + qty
    state = "PICKED" if picked + reservation.qty_voided == reservation.qty else "OPEN"
    connection.execute("UPDATE reservation SET qty_picked = ?, state = ? WHERE id = ?", picked, state, reservation.id)
    connection.execute(
        "UPDATE pick_task SET state = ?, operator_id = ?, at = ? WHERE reservation_id = ?",
        task,
        cause.operator_id if task == "DONE" else None,
        cause.at,
        reservation.id,
    )


# --- Counters -----------------------------------------------------------------------------------------------


def _count(site: str, item_id: int, *, usable: int = 0, reserved: int = 0, lines: int = 0, pieces: int = 0) -> None:
    """Change the item's totals: the open pool, what of it is promised, and the queue."""
    if usable or reserved or lines or pieces:
        connection.execute(
            "UPDATE item_stock SET usable = usable + ?, reserved = reserved + ?, waiting_lines = waiting_lines + ?, "
            "waiting_qty = waiting_qty + ?, version = version + 1 WHERE site = ? AND item_id = ?",
            usable,
            reserved,
            lines,
            pieces,
            site,
            item_id,
        )


def _sums(pairs: Iterable[tuple[int, int]]) -> dict[int, int]:
    total: dict[int, int] = {}
    for key, qty in pairs:
        total[key] = total.get(key, 0) + qty
    return total
