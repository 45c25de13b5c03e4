"""What was promised, picked and given back, what each order line waits for, and an item's totals of it."""

from __future__ import annotations

from warehouse import policy
from warehouse.facts.fact import POOL, Fact

# Pieces picked for a reservation, less those whose pick was taken back and those that were stopped after it.
PICKS = Fact(
    "picks",
    "reservation_id",
    """
    SELECT m.reservation_id, CAST(SUM(CASE m.kind WHEN 'PICK' THEN m.qty ELSE -m.qty END) AS BIGINT) AS qty
    FROM stock_move m LEFT JOIN stock_move o ON o.id = m.reverses
    WHERE m.site = ? AND (m.kind IN ('PICK','UNPICK') OR o.kind = 'PICK') GROUP BY m.reservation_id""",
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
    "SELECT reservation_id, COUNT(*) AS tasks, SUM(CASE state WHEN 'WAITING' THEN 1 ELSE 0 END) AS waiting, "
    "SUM(CASE state WHEN 'TAKEN' THEN 0 ELSE 1 END) AS free FROM pick_task WHERE site = ? "
    "AND state IN ('OPEN','TAKEN','WAITING') GROUP BY reservation_id",
)


# --- Order lines --------------------------------------------------------------------------------------------

# `policy.min_need` and `policy.state` in SQL; a test holds them to those. `in_set` is what the set of a watched line
# misses of its item, which is all that this line misses where it is the only one.
NEED = (
    "CASE WHEN open_qty = 0 THEN 0 "
    "WHEN policy = 'partial' THEN CASE WHEN fill - (wanted - open_qty) > open_qty THEN open_qty "
    "WHEN fill - (wanted - open_qty) < 1 THEN 1 ELSE fill - (wanted - open_qty) END "
    f"WHEN policy IN ('order','set') THEN CASE WHEN claiming = 1 THEN 1 WHEN watched = 1 THEN in_set "
    f"ELSE {policy.NEVER} END ELSE open_qty END"
)
FILL = "(CAST(min_fill_percent AS BIGINT) * (qty_ordered - qty_cancelled) + 99) / 100"
STATE = (
    "CASE WHEN open_qty <> 0 THEN CASE WHEN held > 0 THEN 'H' ELSE 'W' END "
    "WHEN qty_ordered = qty_cancelled + qty_shipped THEN 'C' ELSE 'R' END"
)

# What a line was ordered for, less what was cancelled, promised, picked and shipped, is open.
LINE_NOW = Fact(
    "line_now",
    "id",
    f"""
    SELECT id, order_id, item_id, set_id, rank_on, full_cases, reserved, picked, open_qty, {NEED} AS need,
        {STATE} AS state FROM (
        SELECT l.id, l.order_id, l.item_id, l.set_id, l.rank_on, l.policy, l.held, l.full_cases, l.qty_ordered,
            l.qty_cancelled, l.qty_shipped, l.qty_ordered - l.qty_cancelled AS wanted, {FILL} AS fill,
            COALESCE(s.claiming, 0) AS claiming, CASE WHEN s.watch_id = l.id THEN 1 ELSE 0 END AS watched,
            CASE WHEN s.watch_id = l.id THEN (SELECT CAST(SUM(o.qty_open) AS INTEGER) FROM order_line o
                WHERE o.set_id = l.set_id AND o.item_id = l.item_id) END AS in_set,
            COALESCE(p.reserved, 0) AS reserved, COALESCE(p.picked, 0) - l.qty_shipped AS picked,
            l.qty_ordered - l.qty_cancelled - COALESCE(p.reserved, 0) - COALESCE(p.picked, 0) AS open_qty
        FROM order_line l LEFT JOIN line_promise p ON p.line_id = l.id
        LEFT JOIN ship_set s ON s.id = l.set_id WHERE l.site = ?
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
