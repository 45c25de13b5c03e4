"""An item, a lot of it, and a place: how much there is, and where it stands."""

from __future__ import annotations

from dataclasses import dataclass

from db import connection
from warehouse.lookup.standing import CAP, Counted, Standing, counted, standing
from warehouse.stock.units import LIVE


@dataclass(frozen=True, slots=True)
class OnOrder:
    """Pieces of an item that purchase orders still expect, and the line that is due next."""

    pieces: int
    lines: int
    po: str
    expected_on: str
    quantity: int


@dataclass(frozen=True, slots=True)
class ItemSeen:
    """An item: pieces in the house that orders may have, of them free, and what waits for more.

    `held` are its units on hold or stopped. `usual` is what a case holds at least and at most, and `on_order` what is
    still to come; None in blind receiving, as nothing of that may be told then, or where there is none.
    """

    id: int
    sku: str
    item: str
    gtin: str
    unit: str
    mode: str
    usual: tuple[int, int] | None
    on_hand: int
    free: int
    waiting_lines: int
    waiting_qty: int
    held: Counted
    in_doubt: int
    on_order: OnOrder | None
    free_units: tuple[Standing, ...]


def item_seen(site: str, item_id: int, *, blind: bool = False) -> ItemSeen:
    """Everything about an item, which must exist."""
    *facts, least, most, usable, reserved, lines, pieces = connection.one(
        "SELECT i.id, i.sku, i.description, i.gtin, i.base_unit, i.case_qty_mode, i.min_case_qty, i.max_case_qty, "
        "s.usable, s.reserved, s.waiting_lines, s.waiting_qty FROM item i "
        "JOIN item_stock s ON s.site = i.site AND s.item_id = i.id WHERE i.id = ?",
        item_id,
    )
    stopped = "u.status IN ('QUARANTINE','BLOCKED')"
    # As the index of the free stock has it.
    free = f"u.qty > u.qty_reserved AND u.{_POOL}"
    whole: connection.Row = (
        *facts,
        None if blind or most is None else (least or 1, most),
        usable,
        usable - reserved,
        lines,
        int(pieces),
        counted(f"u.site = ? AND u.item_id = ? AND {stopped}", site, item_id),
        _in_doubt(site, item_id),
        None if blind else _on_order(site, item_id),
        standing(f"u.site = ? AND u.item_id = ? AND {free}", site, item_id, order="u.expiry, u.received_at, u.id"),
    )
    return ItemSeen(*whole)


_POOL = "status IN ('RECEIVED','IN_STAGE','AVAILABLE') AND u.owner = 'OWN' AND u.order_id IS NULL"


def _in_doubt(site: str, item_id: int) -> int:
    return int(
        connection.value(
            "SELECT COALESCE(SUM(qty), 0) FROM (SELECT u.qty FROM count_task t JOIN handling_unit u ON u.id = t.unit_id "
            f"WHERE t.site = ? AND t.item_id = ? AND t.state = 'OPEN' LIMIT {CAP}) AS first_ones",
            site,
            item_id,
        )
    )


def _on_order(site: str, item_id: int) -> OnOrder | None:
    found = connection.rows(
        "SELECT p.po, l.expected_on, l.qty_ordered - l.qty_received FROM po_line l JOIN purchase_order p ON p.id = l.po_id "
        "WHERE l.site = ? AND l.item_id = ? AND l.qty_received < l.qty_ordered AND l.closed_at IS NULL "
        f"ORDER BY l.expected_on LIMIT {CAP}",
        site,
        item_id,
    )
    if not found:
        return None
    po, day, quantity = found[0]
    return OnOrder(sum(row[2] for row in found), len(found), po, str(day), quantity)


# --- Lots -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LotOf:
    """A lot of one item; `stopped` is why it is stopped, by whom and since when, '' where it is not."""

    item_id: int
    item: str
    unit: str
    expiry: str
    content: Counted
    stopped: str
    stopped_by: str
    stopped_at: str


@dataclass(frozen=True, slots=True)
class LotSeen:
    """A lot, of each item that has one of that name, with the units that are here."""

    lot: str
    items: tuple[LotOf, ...]
    units: tuple[Standing, ...]


_NEWEST = "u.item_id DESC, u.id DESC"  # as the index of lots has it: what is used up is older than what is here
ITEMS = 5  # of the items that share a lot's name


def lot_known(site: str, lot: str, item_id: int | None) -> bool:
    """Whether anything of this lot ever was here, or it is stopped."""
    scope, params = _of_lot(site, lot, item_id)
    if connection.row(f"SELECT 1 FROM handling_unit u WHERE {scope} LIMIT 1", *params):
        return True
    return item_id is not None and bool(_stopped(site, lot, item_id))


def lot_seen(site: str, lot: str, item_id: int | None) -> LotSeen:
    """Everything about a lot, of one item or of each that has it."""
    scope, params = _of_lot(site, lot, item_id)
    ids = [item_id] if item_id is not None else _items_of(site, lot)
    return LotSeen(lot, tuple(_lot_of(site, lot, one) for one in ids), standing(scope, *params, order=_NEWEST))


def _of_lot(site: str, lot: str, item_id: int | None) -> tuple[str, tuple[object, ...]]:
    scope = "u.site = ? AND u.lot = ? AND u.lot <> ''"
    return (scope, (site, lot)) if item_id is None else (f"{scope} AND u.item_id = ?", (site, lot, item_id))


def _items_of(site: str, lot: str) -> list[int]:
    """The first items that have a lot of this name, each found by one step in the index."""
    found: list[int] = []
    while len(found) < ITEMS:
        after = found[-1] if found else 0
        item_id = connection.value(
            "SELECT item_id FROM handling_unit WHERE site = ? AND lot = ? AND lot <> '' AND item_id > ? "
            "ORDER BY item_id LIMIT 1",
            site,
            lot,
            after,
        )
        if item_id is None:
            break
        found.append(item_id)
    return found


def _lot_of(site: str, lot: str, item_id: int) -> LotOf:
    item, unit = connection.one("SELECT description, base_unit FROM item WHERE id = ?", item_id)
    scope, params = _of_lot(site, lot, item_id)
    expiry = connection.value(f"SELECT u.expiry FROM handling_unit u WHERE {scope} ORDER BY {_NEWEST} LIMIT 1", *params)
    reason, by, at = _stopped(site, lot, item_id) or ("", "", "")
    return LotOf(item_id, item, unit, str(expiry or ""), counted(scope, *params, order=_NEWEST), reason, by, str(at))


def _stopped(site: str, lot: str, item_id: int) -> connection.Row | None:
    return connection.row(
        "SELECT b.reason, o.name, b.at FROM lot_block b JOIN operator o ON o.id = b.operator_id "
        "WHERE b.site = ? AND b.item_id = ? AND b.lot = ? AND b.ended_at IS NULL",
        site,
        item_id,
        lot,
    )


# --- Places ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PlaceSeen:
    """A place: what it is for, and what stands there."""

    code: str
    zone: str
    kind: str
    classes: str
    content: Counted
    units: tuple[Standing, ...]
    carriers: tuple[str, ...]


def place_seen(site: str, location_id: int) -> PlaceSeen:
    """Everything about a place, which must exist."""
    facts = connection.one("SELECT code, zone, kind, storage_classes FROM location WHERE id = ?", location_id)
    scope = f"u.site = ? AND u.location_id = ? AND u.{LIVE}"
    carriers = connection.rows(
        "SELECT code FROM carrier WHERE location_id = ? AND state <> 'BROKEN' LIMIT 5", location_id
    )
    whole: connection.Row = (
        *facts,
        counted(scope, site, location_id),
        standing(scope, site, location_id, order="u.item_id"),
        tuple(row[0] for row in carriers),
    )
    return PlaceSeen(*whole)
