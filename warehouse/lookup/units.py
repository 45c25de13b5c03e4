"""A case, loose stock or picked pieces: what it is, how it came, who it is for, and what was done with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from db import connection
from warehouse.site import operator_name

MOVES: Final = 5  # of the last moves
PROMISES: Final = 5
_GENERATIONS: Final = 5  # how far back the capture of split pieces is looked for


@dataclass(frozen=True, slots=True)
class CameIn:
    """How a case was captured. `announced` is the quantity of its ASN, None where it had none or it must not be told.

    `doubt` is the level at which its count was questioned, 0 for not at all; `second_by` who approved it, or ''.
    """

    receipt: str
    po: str
    vendor: str
    at: str
    by: str
    qty: int
    source: str
    doubt: int
    second_by: str
    announced: int | None


@dataclass(frozen=True, slots=True)
class Promised:
    """Pieces of the unit that are reserved for an order line; `by` is who is picking them, or ''."""

    order: str
    line: int
    qty: int
    by: str


@dataclass(frozen=True, slots=True)
class Moved:
    """A move of the unit. `out` says that pieces left it; places and statuses are '' where there are none.

    `kind` is the ledger's, or ON and OFF for a pallet, which is the place then.
    """

    at: str
    by: str
    kind: str
    qty: int
    out: bool
    from_place: str
    to_place: str
    order: str
    reason: str


@dataclass(frozen=True, slots=True)
class UnitSeen:
    """A unit as it is now, pieces in `base_unit`, weight in thousandths of `weight_unit`."""

    id: int
    code: str
    kind: str
    item: str
    sku: str
    gtin: str
    base_unit: str
    lot: str
    expiry: str
    status: str
    qty: int
    reserved: int
    place: str
    order: str
    carrier: str
    seal: str
    weight: int | None
    weight_unit: str
    in_doubt: bool
    since: str
    lot_stopped: str
    came: CameIn | None
    promised: tuple[Promised, ...]
    moves: tuple[Moved, ...]


_UNIT = (
    "SELECT u.id, u.code, u.kind, i.description, i.sku, i.gtin, i.base_unit, u.lot, u.expiry, u.status, u.qty, "
    "u.qty_reserved, p.code, COALESCE(h.order_no, ''), COALESCE(c.code, ''), u.seal, u.weight, i.weight_unit, "
    "EXISTS (SELECT 1 FROM count_task t WHERE t.site = u.site AND t.item_id = u.item_id AND t.state = 'OPEN' "
    "AND t.unit_id = u.id), u.received_at, u.origin_id, u.site, u.item_id FROM handling_unit u "
    "JOIN item i ON i.id = u.item_id JOIN location p ON p.id = u.location_id "
    "LEFT JOIN order_header h ON h.id = u.order_id LEFT JOIN carrier c ON c.id = u.carrier_id WHERE u.id = ?"
)


def unit_seen(unit_id: int, *, blind: bool = False) -> UnitSeen:
    """Everything about a unit, which must exist; `blind` leaves out what was announced of it."""
    found = connection.one(_UNIT, unit_id)
    *facts, in_doubt, received_at, origin_id, site, item_id = found
    whole: connection.Row = (
        *facts,
        bool(in_doubt),
        _since(unit_id) or str(received_at),
        _lot_stopped(site, item_id, facts[7]),
        _came(unit_id, origin_id, blind=blind),
        _promised(unit_id),
        _moves(unit_id),
    )
    return UnitSeen(*whole)


def _since(unit_id: int) -> str:
    """When it came to where it stands: the last of its newest moves that changed its place."""
    found = connection.rows(
        "SELECT at, from_location_id, to_location_id FROM stock_move WHERE to_unit_id = ? ORDER BY id DESC LIMIT ?",
        unit_id,
        MOVES * 4,
    )
    return next((str(at) for at, source, target in found if source != target), "")


def _lot_stopped(site: str, item_id: int, lot: str) -> str:
    """Why its lot is stopped, or ''."""
    if not lot:
        return ""
    found = connection.value(
        "SELECT reason FROM lot_block WHERE site = ? AND item_id = ? AND lot = ? AND ended_at IS NULL",
        site,
        item_id,
        lot,
    )
    return found or ""


# --- How it came ----------------------------------------------------------------------------------------

_CAME = (
    "SELECT r.code, COALESCE(p.po, ''), COALESCE(v.name, ''), c.at, o.name, c.qty, c.source, c.doubt, c.second_by, a.qty "
    "FROM capture c JOIN receipt r ON r.id = c.receipt_id JOIN operator o ON o.id = c.operator_id "
    "LEFT JOIN vendor v ON v.id = c.vendor_id LEFT JOIN po_line l ON l.id = c.po_line_id "
    "LEFT JOIN purchase_order p ON p.id = l.po_id LEFT JOIN asn_unit a ON a.id = c.asn_unit_id "
    "WHERE c.unit_id = ? AND c.qty > 0 ORDER BY c.id DESC LIMIT 1"
)


def _came(unit_id: int, origin_id: int | None, *, blind: bool) -> CameIn | None:
    """The capture of the unit, or of the one that its pieces were taken from; None for an opening balance."""
    for _ in range(_GENERATIONS):
        found = connection.row(_CAME, unit_id)
        if found is not None:
            *facts, second_by, announced = found
            second = operator_name(second_by) if second_by is not None else ""
            whole: connection.Row = (*facts, second, None if blind else announced)
            return CameIn(*whole)
        if origin_id is None:
            return None
        unit_id = origin_id
        origin_id = connection.value("SELECT origin_id FROM handling_unit WHERE id = ?", unit_id)
    return None


# --- Who it is for --------------------------------------------------------------------------------------


def _promised(unit_id: int) -> tuple[Promised, ...]:
    found = connection.rows(
        "SELECT h.order_no, l.line, r.qty - r.qty_picked - r.qty_voided, COALESCE(o.name, '') FROM reservation r "
        "JOIN order_line l ON l.id = r.line_id JOIN order_header h ON h.id = l.order_id "
        "LEFT JOIN pick_task t ON t.reservation_id = r.id LEFT JOIN operator o ON o.id = t.operator_id "
        "WHERE r.unit_id = ? AND r.state = 'OPEN' ORDER BY r.id LIMIT ?",
        unit_id,
        PROMISES,
    )
    return tuple(Promised(*row) for row in found)


# --- What was done with it ------------------------------------------------------------------------------

_MOVE = (
    "SELECT m.id, m.at, COALESCE(o.name, ''), m.kind, m.qty, COALESCE(f.code, ''), COALESCE(t.code, ''), "
    "COALESCE(h.order_no, ''), m.reason FROM stock_move m LEFT JOIN operator o ON o.id = m.operator_id "
    "LEFT JOIN location f ON f.id = m.from_location_id LEFT JOIN location t ON t.id = m.to_location_id "
    "LEFT JOIN order_line l ON l.id = m.order_line_id LEFT JOIN order_header h ON h.id = l.order_id "
)


def _moves(unit_id: int) -> tuple[Moved, ...]:
    """The newest moves of both ledgers, newest first; a move within the unit is one, not two."""
    found: dict[int, Moved] = {}
    for side, out in (("from", True), ("to", False)):
        rows = connection.rows(f"{_MOVE} WHERE m.{side}_unit_id = ? ORDER BY m.id DESC LIMIT ?", unit_id, MOVES)
        for move_id, at, by, kind, qty, source, target, order, reason in rows:
            found[move_id] = Moved(str(at), by, kind, int(qty), out, source, target, order, reason)
    pieces = [found[move_id] for move_id in sorted(found, reverse=True)]
    return tuple(sorted(pieces + _carried(unit_id), key=lambda moved: moved.at, reverse=True)[:MOVES])


def _carried(unit_id: int) -> list[Moved]:
    """When it was put on a pallet and taken off."""
    found = connection.rows(
        "SELECT m.at, o.name, COALESCE(f.code, ''), COALESCE(t.code, '') FROM carrier_move m "
        "JOIN operator o ON o.id = m.operator_id LEFT JOIN carrier f ON f.id = m.from_carrier_id "
        "LEFT JOIN carrier t ON t.id = m.to_carrier_id WHERE m.unit_id = ? ORDER BY m.id DESC LIMIT ?",
        unit_id,
        MOVES,
    )
    return [
        Moved(str(at), by, "ON" if target else "OFF", 0, not target, source, target, "", "")
        for at, by, source, target in found
    ]
