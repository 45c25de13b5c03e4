"""What the rows say, worked out anew from the ledger, the reservations, the orders and the scans alone.

No counter is read to work out another, so one false counter is named once and where it stands. Each fact is a
query with a key. PostgreSQL reads them as WITH clauses; SQLite, whose planner may join such clauses by reading
one of them whole for each row of the other, gets them as temporary tables with an index.
"""

from __future__ import annotations

import contextlib
import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from db import connection
from db.connection import Row
from warehouse import policy

LIVE = "status NOT IN ('VOIDED','CONSUMED','ISSUED')"
POOL = "c.status IN ('RECEIVED','IN_STAGE','AVAILABLE') AND c.order_id IS NULL AND u.owner = 'OWN'"


@dataclass(frozen=True, slots=True)
class Fact:
    """A query by name; `key` is the column (or two) that says whose fact a row is. Its parameters are the site."""

    name: str
    key: str
    sql: str


# --- The ledger ---------------------------------------------------------------------------------------------

# A unit holds what came less what went, and stands as its last move left it. One that is empty was used up, or
# voided when the move that brought it from outside was taken back.
CONTENT = Fact(
    "content",
    "unit_id",
    """
    SELECT CAST(s.unit_id AS BIGINT) AS unit_id, s.qty,
        CASE WHEN m.to_unit_id = s.unit_id THEN m.to_location_id ELSE m.from_location_id END AS location_id,
        CASE WHEN m.to_unit_id = s.unit_id THEN m.to_status ELSE m.from_status END AS status,
        CASE WHEN m.to_unit_id = s.unit_id THEN m.to_order_id ELSE m.from_order_id END AS order_id,
        CASE WHEN m.kind = 'UNDO' AND m.from_unit_id = s.unit_id AND m.to_account <> 'UNIT'
            THEN 'VOIDED' ELSE 'CONSUMED' END AS emptied
    FROM (
        SELECT unit_id, CAST(SUM(qty) AS BIGINT) AS qty, MAX(move_id) AS last_id FROM (
            SELECT to_unit_id AS unit_id, qty, id AS move_id FROM stock_move
            WHERE site = ? AND to_unit_id IS NOT NULL
            UNION ALL
            SELECT from_unit_id, -qty, id FROM stock_move WHERE site = ? AND from_unit_id IS NOT NULL
        ) side GROUP BY unit_id
    ) s JOIN stock_move m ON m.id = s.last_id""",
)

# What came into the house for an item less what left it.
ITEM_FLOW = Fact(
    "item_flow",
    "item_id",
    """
    SELECT item_id, CAST(SUM(CASE from_account WHEN 'UNIT' THEN -qty ELSE qty END) AS BIGINT) AS qty
    FROM stock_move WHERE site = ? AND (from_account <> 'UNIT' OR to_account <> 'UNIT') GROUP BY item_id""",
)

SCAN_MOVES = Fact(
    "scan_moves", "scan_id", "SELECT scan_id, COUNT(*) AS moves FROM stock_move WHERE site = ? GROUP BY scan_id"
)

# Cases captured less those taken back; a reversal carries no receipt of its own, its original does.
_CAPTURED = (
    "CAST(SUM(CASE m.kind WHEN 'RECEIPT' THEN 1 ELSE -1 END) AS BIGINT) AS cases, "
    "CAST(SUM(CASE m.kind WHEN 'RECEIPT' THEN m.qty ELSE -m.qty END) AS BIGINT) AS qty "
    "FROM stock_move m LEFT JOIN stock_move o ON o.id = m.reverses "
    "WHERE m.site = ? AND (m.kind = 'RECEIPT' OR o.kind = 'RECEIPT') GROUP BY 1"
)
RECEIPT_CAPTURE = Fact(
    "receipt_capture",
    "receipt_id",
    f"SELECT CAST(COALESCE(o.receipt_id, m.receipt_id) AS BIGINT) AS receipt_id, {_CAPTURED}",
)
PO_CAPTURE = Fact(
    "po_capture",
    "po_line_id",
    f"SELECT CAST(COALESCE(o.po_line_id, m.po_line_id) AS BIGINT) AS po_line_id, {_CAPTURED}",
)


# --- What was promised --------------------------------------------------------------------------------------

# Pieces picked for a reservation, less those whose pick was taken back.
PICKS = Fact(
    "picks",
    "reservation_id",
    """
    SELECT m.reservation_id, CAST(SUM(CASE m.kind WHEN 'PICK' THEN m.qty ELSE -m.qty END) AS BIGINT) AS qty
    FROM stock_move m LEFT JOIN stock_move o ON o.id = m.reverses
    WHERE m.site = ? AND (m.kind = 'PICK' OR o.kind = 'PICK') GROUP BY m.reservation_id""",
)
VOIDS = Fact(
    "voids",
    "reservation_id",
    "SELECT reservation_id, CAST(SUM(qty) AS BIGINT) AS qty FROM reservation_void WHERE site = ? GROUP BY reservation_id",
)
PROMISE = Fact(
    "promise",
    "id",
    """
    SELECT r.id, r.line_id, r.unit_id, r.kind, COALESCE(p.qty, 0) AS picked, COALESCE(v.qty, 0) AS voided,
        r.qty - COALESCE(p.qty, 0) - COALESCE(v.qty, 0) AS open_qty
    FROM reservation r LEFT JOIN picks p ON p.reservation_id = r.id LEFT JOIN voids v ON v.reservation_id = r.id
    WHERE r.site = ?""",
)
UNIT_PROMISE = Fact(
    "unit_promise",
    "unit_id",
    """
    SELECT unit_id, CAST(SUM(open_qty) AS BIGINT) AS open_qty,
        CAST(SUM(CASE kind WHEN 'HARD' THEN open_qty ELSE 0 END) AS BIGINT) AS hard
    FROM promise GROUP BY unit_id""",
)
LINE_PROMISE = Fact(
    "line_promise",
    "line_id",
    """
    SELECT line_id, CAST(SUM(open_qty) AS BIGINT) AS reserved, CAST(SUM(picked) AS BIGINT) AS picked
    FROM promise GROUP BY line_id""",
)
RUN_PROMISE = Fact(
    "run_promise",
    "run_id",
    "SELECT run_id, CAST(SUM(qty) AS BIGINT) AS qty FROM reservation WHERE site = ? GROUP BY run_id",
)
VERDICT_PROMISE = Fact(
    "verdict_promise",
    "line_id, run_id",
    "SELECT line_id, run_id, CAST(SUM(qty) AS BIGINT) AS qty FROM reservation WHERE site = ? GROUP BY line_id, run_id",
)
LIVE_TASKS = Fact(
    "live_tasks",
    "reservation_id",
    "SELECT reservation_id, COUNT(*) AS tasks FROM pick_task WHERE site = ? AND state IN ('OPEN','TAKEN') "
    "GROUP BY reservation_id",
)


# --- Order lines --------------------------------------------------------------------------------------------

ORDER_SIZE = Fact(
    "order_size",
    "order_id",
    "SELECT order_id, COUNT(*) AS lines FROM order_line WHERE site = ? AND qty_ordered > qty_cancelled GROUP BY order_id",
)

# `policy.min_need` and `policy.state` in SQL; a test holds them to those.
NEED = (
    "CASE WHEN open_qty = 0 THEN 0 "
    "WHEN policy = 'partial' THEN CASE WHEN fill - (wanted - open_qty) > open_qty THEN open_qty "
    "WHEN fill - (wanted - open_qty) < 1 THEN 1 ELSE fill - (wanted - open_qty) END "
    f"WHEN policy = 'order' AND lines_in_order > 1 THEN {policy.NEVER} ELSE open_qty END"
)
FILL = "(CAST(min_fill_percent AS BIGINT) * (qty_ordered - qty_cancelled) + 99) / 100"
STATE = (
    "CASE WHEN open_qty <> 0 THEN CASE WHEN state = 'H' THEN 'H' ELSE 'W' END "
    "WHEN qty_ordered = qty_cancelled + qty_shipped THEN 'C' ELSE 'R' END"
)

# What a line was ordered for, less what was cancelled, promised, picked and shipped, is open.
LINE_NOW = Fact(
    "line_now",
    "id",
    f"""
    SELECT id, order_id, item_id, rank_on, reserved, picked, open_qty, {NEED} AS need, {STATE} AS state FROM (
        SELECT l.id, l.order_id, l.item_id, l.rank_on, l.policy, l.state, l.qty_ordered, l.qty_cancelled, l.qty_shipped,
            l.qty_ordered - l.qty_cancelled AS wanted, {FILL} AS fill, COALESCE(s.lines, 0) AS lines_in_order,
            COALESCE(p.reserved, 0) AS reserved, COALESCE(p.picked, 0) - l.qty_shipped AS picked,
            l.qty_ordered - l.qty_cancelled - COALESCE(p.reserved, 0) - COALESCE(p.picked, 0) AS open_qty
        FROM order_line l LEFT JOIN line_promise p ON p.line_id = l.id
        LEFT JOIN order_size s ON s.order_id = l.order_id WHERE l.site = ?
    ) counted""",
)


# --- Items --------------------------------------------------------------------------------------------------

ITEM_CONTENT = Fact(
    "item_content",
    "item_id",
    f"""
    SELECT u.item_id, CAST(SUM(c.qty) AS BIGINT) AS held,
        CAST(SUM(CASE WHEN {POOL} THEN c.qty ELSE 0 END) AS BIGINT) AS usable,
        CAST(SUM(CASE WHEN {POOL} THEN COALESCE(p.open_qty, 0) ELSE 0 END) AS BIGINT) AS reserved
    FROM content c JOIN handling_unit u ON u.id = c.unit_id LEFT JOIN unit_promise p ON p.unit_id = c.unit_id
    GROUP BY u.item_id""",
)
ITEM_QUEUE = Fact(
    "item_queue",
    "item_id",
    """
    SELECT item_id, COUNT(*) AS lines, CAST(SUM(open_qty) AS BIGINT) AS qty, MIN(need) AS least_need
    FROM line_now WHERE state = 'W' GROUP BY item_id""",
)

FACTS = (
    CONTENT,
    ITEM_FLOW,
    SCAN_MOVES,
    RECEIPT_CAPTURE,
    PO_CAPTURE,
    PICKS,
    VOIDS,
    PROMISE,
    UNIT_PROMISE,
    LINE_PROMISE,
    RUN_PROMISE,
    VERDICT_PROMISE,
    LIVE_TASKS,
    ORDER_SIZE,
    LINE_NOW,
    ITEM_CONTENT,
    ITEM_QUEUE,
)


# --- Reading them -------------------------------------------------------------------------------------------


@contextlib.contextmanager
def at_hand(site: str) -> Iterator[None]:
    """The facts can be asked for with `rows` while this lasts; inside a snapshot."""
    if connection.dialect() == "postgresql":
        yield
        return
    try:
        for fact in FACTS:
            connection.execute(f"CREATE TEMP TABLE {fact.name} AS {fact.sql}", *[site] * fact.sql.count("?"))
            connection.execute(f"CREATE INDEX temp.{fact.name}_key ON {fact.name} ({fact.key})")
        yield
    finally:
        for fact in FACTS:
            connection.execute(f"DROP TABLE IF EXISTS temp.{fact.name}")


def rows(site: str, text: str, *params: Any) -> list[Row]:
    """Every row of a statement that reads facts as tables; the parameters after `params` are all the site."""
    sites = [site] * (text.count("?") - len(params))
    if connection.dialect() == "sqlite":
        return connection.rows(text, *params, *sites)
    clauses = _clauses(text)
    return connection.rows(f"{clauses}{text}", *[site] * clauses.count("?"), *params, *sites)


@functools.cache
def _clauses(text: str) -> str:
    """WITH the facts that the statement reads, and those that they read, in their order."""
    needed: list[Fact] = []
    for fact in reversed(FACTS):
        if re.search(rf"\b(FROM|JOIN) {fact.name}\b", " ".join([text, *(other.sql for other in needed)])):
            needed.insert(0, fact)
    return "WITH " + ", ".join(f"{fact.name} AS ({fact.sql})" for fact in needed) + " " if needed else ""
