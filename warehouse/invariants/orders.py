"""Order lines, what was promised to them and picked for them, and the record of each release."""

from __future__ import annotations

from warehouse import policy
from warehouse.facts import POOL
from warehouse.invariants.check import LINE, Check, Invariant

_DAY = {  # a date as Python counts days
    "sqlite": "CAST(julianday(l.promised_on) - 1721424.5 AS INTEGER)",
    "postgresql": "(l.promised_on - DATE '0001-01-01' + 1)",
}


def order_lines(dialect: str) -> Check:
    bonus = " ".join(f"WHEN {priority} THEN {days}" for priority, days in policy.BONUS_DAYS.items())
    return Check(
        "order_line",
        LINE,
        "order_line l JOIN order_header h ON h.id = l.order_id JOIN line_now n ON n.id = l.id WHERE l.site = ?",
        (
            Invariant("I6 an order line adds up", "l.qty_open", "n.open_qty"),
            Invariant("order_line.qty_reserved", "l.qty_reserved", "n.reserved"),
            Invariant("order_line.qty_picked", "l.qty_picked", "n.picked"),
            Invariant("order_line.min_need", "l.min_need", "n.need"),
            Invariant("order_line.state", "l.state", "n.state"),
            Invariant(
                "order_line.rank_on",
                "l.rank_on",
                f"CASE WHEN l.owed > 0 THEN {policy.OWED} WHEN l.pinned = 1 THEN {policy.PINNED} "
                f"ELSE {_DAY[dialect]} - CASE l.priority {bonus} END END",
            ),
            Invariant(
                "order_line.held",
                "l.held",
                "(SELECT COUNT(*) FROM order_hold o WHERE o.order_id = l.order_id AND o.ended_at IS NULL "
                "AND (o.line_id IS NULL OR o.line_id = l.id))",
            ),
            Invariant(
                "order_line.owed",
                "l.owed",
                "(SELECT CAST(COALESCE(SUM(o.qty - o.repaid - o.written_off), 0) AS INTEGER) FROM loan o "
                "WHERE o.lender_id = l.id AND o.repaid + o.written_off < o.qty)",
            ),
            Invariant(
                "lines that leave together are in a set of their order",
                "CASE WHEN l.set_id IS NULL THEN 0 ELSE 1 END",
                "CASE WHEN l.policy IN ('order','set') AND EXISTS (SELECT 1 FROM ship_set s WHERE s.id = l.set_id "
                "AND s.order_id = l.order_id AND (s.name = '') = (l.policy = 'order')) THEN 1 ELSE 0 END",
            ),
        ),
    )


SHIP_SETS = Check(
    "ship_set",
    "h.order_no || ' set ' || s.name",
    "ship_set s JOIN order_header h ON h.id = s.order_id LEFT JOIN (SELECT set_id, COUNT(*) AS lines FROM line_now "
    "WHERE set_id IS NOT NULL AND open_qty > 0 GROUP BY set_id) n ON n.set_id = s.id WHERE s.site = ?",
    (
        Invariant("ship_set.n_unsat", "s.n_unsat", "COALESCE(n.lines, 0)"),
        Invariant(
            "a ship set that misses something is woken by one of its lines, or has its turn before it",
            "CASE WHEN COALESCE(n.lines, 0) = 0 OR s.claiming = 1 THEN CASE WHEN s.watch_id IS NULL THEN 1 ELSE 0 END "
            "WHEN EXISTS (SELECT 1 FROM line_now w WHERE w.id = s.watch_id AND w.set_id = s.id AND w.open_qty > 0) OR "
            "EXISTS (SELECT 1 FROM release_due d WHERE d.set_id = s.id) THEN 1 ELSE 0 END",
            "1",
        ),
    ),
)

RESERVATIONS = Check(
    "reservation",
    f"{LINE} || ' reservation ' || CAST(r.id AS TEXT)",
    "reservation r JOIN promise p ON p.id = r.id JOIN order_line l ON l.id = r.line_id "
    "JOIN order_header h ON h.id = l.order_id LEFT JOIN live_tasks t ON t.reservation_id = r.id WHERE r.site = ?",
    (
        Invariant("reservation.qty_picked", "r.qty_picked", "p.picked"),
        Invariant("reservation.qty_voided", "r.qty_voided", "p.voided"),
        Invariant(
            "reservation.state",
            "r.state",
            "CASE WHEN p.voided = r.qty THEN 'VOIDED' WHEN p.open_qty = 0 THEN 'PICKED' ELSE 'OPEN' END",
        ),
        Invariant(
            "one live pick task per hard reservation",
            "COALESCE(t.tasks, 0)",
            "CASE WHEN r.kind = 'HARD' AND p.open_qty > 0 THEN 1 ELSE 0 END",
        ),
        Invariant(
            "a pick waits for its ship set and for holds, for nothing else",
            "COALESCE(t.waiting, 0)",
            "CASE WHEN t.free > 0 AND (l.held > 0 OR EXISTS (SELECT 1 FROM ship_set s WHERE s.id = l.set_id "
            "AND s.n_unsat > 0)) THEN t.free ELSE 0 END",
        ),
    ),
)

PICKED_PIECES = Check(
    "handling_unit",
    "MIN(h.order_no || ' ' || i.sku)",
    """(
        SELECT c.order_id, u.item_id, c.qty AS in_units, 0 AS by_lines FROM content c
        JOIN handling_unit u ON u.id = c.unit_id WHERE c.order_id IS NOT NULL AND c.status <> 'ISSUED'
        UNION ALL SELECT n.order_id, n.item_id, 0, n.picked FROM line_now n WHERE n.picked <> 0
    ) b JOIN order_header h ON h.id = b.order_id JOIN item i ON i.id = b.item_id WHERE h.site = ?
    GROUP BY b.order_id, b.item_id""",
    (
        Invariant(
            "picked pieces are their order's",
            "CAST(SUM(b.in_units) AS BIGINT)",
            "CAST(SUM(b.by_lines) AS BIGINT)",
        ),
    ),
    only="order_id IS NOT NULL",
)


# --- The record of each release -----------------------------------------------------------------------------

RUNS = Check(
    "release_run",
    "'run ' || CAST(n.id AS TEXT)",
    "release_run n LEFT JOIN run_promise p ON p.run_id = n.id WHERE n.site = ?",
    (Invariant("release_run.supply", "n.supply_before - n.supply_after", "COALESCE(p.qty, 0)"),),
)

VERDICTS = Check(
    "release_verdict",
    f"{LINE} || ' run ' || CAST(v.run_id AS TEXT)",
    "release_verdict v JOIN order_line l ON l.id = v.line_id JOIN order_header h ON h.id = l.order_id "
    "LEFT JOIN verdict_promise p ON p.line_id = v.line_id AND p.run_id = v.run_id WHERE v.site = ?",
    (Invariant("release_verdict.qty", "v.qty", "COALESCE(p.qty, 0)"),),
)


# --- I9, which needs the site's calendar --------------------------------------------------------------------

SERVED = "I9 nothing that fits waits"

# Free pieces by expiry of the items where some line needs no more than is free of any expiry, and when release
# last looked at the item.
UNSERVED_ITEMS = f"""
SELECT u.item_id, u.expiry, CAST(SUM(c.qty - COALESCE(p.open_qty, 0)) AS BIGINT),
    (SELECT n.at FROM release_run n WHERE n.site = ? AND n.item_id = u.item_id ORDER BY n.id DESC LIMIT 1)
FROM item_content t JOIN item_queue q ON q.item_id = t.item_id AND q.least_need <= t.usable - t.reserved
JOIN handling_unit u ON u.item_id = t.item_id JOIN content c ON c.unit_id = u.id
LEFT JOIN unit_promise p ON p.unit_id = u.id WHERE {POOL} AND c.qty > COALESCE(p.open_qty, 0)
GROUP BY u.item_id, u.expiry ORDER BY u.item_id, u.expiry"""

FIRST_UNSERVED = (
    f"SELECT {LINE}, n.need FROM line_now n JOIN order_line l ON l.id = n.id JOIN order_header h ON h.id = l.order_id "
    "WHERE n.item_id = ? AND n.state = 'W' AND n.need <= ? AND n.full_cases = 0 AND NOT EXISTS (SELECT 1 FROM "
    "release_due d WHERE d.set_id = n.set_id OR (d.site = h.site AND d.item_id = n.item_id)) "
    "ORDER BY n.rank_on, n.id LIMIT 1"
)
