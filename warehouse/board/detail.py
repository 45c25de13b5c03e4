"""The rows that a figure of the board is made of, the ones that say most first; always few."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from db import connection
from db.connection import instant, iso
from warehouse.board.window import NEWEST

if TYPE_CHECKING:
    from warehouse.board.window import Window
    from warehouse.site import Site


@dataclass(frozen=True, slots=True)
class PickSeen:
    """A pick task: pieces, whose, how long it took or has taken (seconds), and where it stands in a word."""

    key: str
    item: str
    quantity: int
    by: str | None
    took: float
    state: str


_STATES = {"OPEN": "open", "TAKEN": "in hand", "DONE": "picked", "CANCELLED": "taken back"}


def newest_picks(site: Site, window: Window, limit: int) -> tuple[PickSeen, ...]:
    """The newest picks of the window, those that are open first."""
    found = connection.rows(
        "SELECT h.order_no, l.line, i.description, r.qty, o.name, r.at, t.at, t.state FROM "
        f"(SELECT * FROM pick_task WHERE site = ? ORDER BY id DESC LIMIT {NEWEST}) AS t "
        "JOIN reservation r ON r.id = t.reservation_id JOIN order_line l ON l.id = r.line_id "
        "JOIN order_header h ON h.id = l.order_id JOIN item i ON i.id = l.item_id "
        "LEFT JOIN operator o ON o.id = t.operator_id WHERE r.at >= ? OR t.state IN ('OPEN','TAKEN') "
        f"ORDER BY CASE WHEN t.state IN ('OPEN','TAKEN') THEN 0 ELSE 1 END, t.id DESC LIMIT {limit}",
        site.code,
        iso(window.since),
    )
    return tuple(
        PickSeen(
            *(f"{order}/{line}", item, int(qty), by),
            ((instant(at) if state in ("DONE", "CANCELLED") else window.until) - instant(released)).total_seconds(),
            _STATES[state],
        )
        for order, line, item, qty, by, released, at, state in found
    )


@dataclass(frozen=True, slots=True)
class Lacking:
    """A line that got pieces and lacks more."""

    key: str
    item: str
    got: int
    lacks: int


def lacking(site: Site, window: Window, limit: int) -> tuple[Lacking, ...]:
    """Lines that got pieces in the window and still wait for others, in the order of service."""
    found = connection.rows(
        "SELECT h.order_no, l.line, i.description, l.qty_reserved + l.qty_picked + l.qty_shipped, l.qty_open FROM order_line l "
        "JOIN order_header h ON h.id = l.order_id JOIN item i ON i.id = l.item_id WHERE l.qty_open > 0 AND l.id IN "
        f"(SELECT r.line_id FROM (SELECT * FROM reservation WHERE site = ? ORDER BY id DESC LIMIT {NEWEST}) AS r "
        f"WHERE r.at >= ? AND r.qty_voided < r.qty) ORDER BY l.rank_on, l.id LIMIT {limit}",
        site.code,
        iso(window.since),
    )
    return tuple(Lacking(f"{order}/{line}", item, int(got), int(lacks)) for order, line, item, got, lacks in found)
