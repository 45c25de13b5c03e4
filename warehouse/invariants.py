"""What must be true of the tables at every moment, each as one statement that recomputes it from the rows.

The rows that count as facts are the ledger, the reservations and what was voided of them, the orders as they
were entered, and the scans. Every other number is worked out from those alone and never from another
counter, so that one false number is named once and where it stands.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from warehouse import policy

LIVE = "status NOT IN ('VOIDED','CONSUMED','ISSUED')"
POOL = "c.status IN ('RECEIVED','IN_STAGE','AVAILABLE') AND c.order_id IS NULL AND u.owner = 'OWN'"


@dataclass(frozen=True, slots=True)
class Check:
    """Invariants that are told by the same rows.

    `sql` selects a key and then, for each invariant, what was found and what its rows say; every
    parameter is the site, `facts` are the tables of facts it reads besides. What is checked are the rows of `table`,
    or `only` some of them.
    """

    invariants: tuple[str, ...]
    table: str
    sql: str
    facts: str = ""
    only: str = "TRUE"

    def statement(self) -> str:
        """The whole statement; it answers only rows in which something does not agree."""
        pairs = range(len(self.invariants))
        columns = ", ".join(f"found_{place}, expected_{place}" for place in pairs)
        differs = " OR ".join(f"(found_{place} <> expected_{place}) IS NOT FALSE" for place in pairs)
        facts = f"{self.facts}, " if self.facts else ""
        return (
            f"WITH {facts}compared (name, {columns}) AS ({self.sql}) "
            f"SELECT name, {columns} FROM compared WHERE {differs} ORDER BY name"
        )


# --- The facts ----------------------------------------------------------------------------------------------


def _here(table: str) -> str:
    """Rows of this site. Written so that no index serves it: SQLite would take the one on the site, believe
    that it finds a handful of rows, and look each of them up in the facts by reading them all."""
    return f"{table}.site || '' = ?"


# What the ledger says of each unit: its pieces are those that came less those that went, and it stands as its
# last move left it. A unit that is empty was used up, or voided when the move that brought it was taken back.
CONTENT = f"""
content AS (
    SELECT CAST(s.unit_id AS BIGINT) AS unit_id, s.qty,
        CASE WHEN m.to_unit_id = s.unit_id THEN m.to_location_id ELSE m.from_location_id END AS location_id,
        CASE WHEN m.to_unit_id = s.unit_id THEN m.to_status ELSE m.from_status END AS status,
        CASE WHEN m.to_unit_id = s.unit_id THEN m.to_order_id ELSE m.from_order_id END AS order_id,
        CASE WHEN m.kind = 'UNDO' AND m.from_unit_id = s.unit_id AND m.to_account <> 'UNIT'
            THEN 'VOIDED' ELSE 'CONSUMED' END AS emptied
    FROM (
        SELECT unit_id, CAST(SUM(qty) AS BIGINT) AS qty, MAX(move_id) AS last_id FROM (
            SELECT m.to_unit_id AS unit_id, m.qty, m.id AS move_id FROM stock_move m
            WHERE {_here("m")} AND m.to_unit_id IS NOT NULL
            UNION ALL
            SELECT m.from_unit_id, -m.qty, m.id FROM stock_move m
            WHERE {_here("m")} AND m.from_unit_id IS NOT NULL
        ) side GROUP BY unit_id
    ) s JOIN stock_move m ON m.id = s.last_id
)"""

# What is left of each reservation after its picks, those taken back, and what was voided.
PROMISE = f"""
promise AS (
    SELECT r.id, r.line_id, r.unit_id, r.kind, COALESCE(p.qty, 0) AS picked, COALESCE(v.qty, 0) AS voided,
        r.qty - COALESCE(p.qty, 0) - COALESCE(v.qty, 0) AS open_qty
    FROM reservation r
    LEFT JOIN (
        SELECT m.reservation_id, CAST(SUM(CASE m.kind WHEN 'PICK' THEN m.qty ELSE -m.qty END) AS BIGINT) AS qty
        FROM stock_move m LEFT JOIN stock_move o ON o.id = m.reverses
        WHERE m.kind = 'PICK' OR o.kind = 'PICK' GROUP BY m.reservation_id
    ) p ON p.reservation_id = r.id
    LEFT JOIN (
        SELECT reservation_id, CAST(SUM(qty) AS BIGINT) AS qty FROM reservation_void GROUP BY reservation_id
    ) v ON v.reservation_id = r.id
    WHERE {_here("r")}
)"""

# `policy.min_need` and `policy.state` over the columns of `counted_line`; a test holds them to those.
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

# Each order line with what its reservations say: what is promised, what is picked and not shipped, what is open.
LINES = f"""
counted_line AS (
    SELECT l.*, l.qty_ordered - l.qty_cancelled AS wanted, {FILL} AS fill, COALESCE(n.lines, 0) AS lines_in_order,
        COALESCE(p.reserved, 0) AS reserved, COALESCE(p.picked, 0) - l.qty_shipped AS picked,
        l.qty_ordered - l.qty_cancelled - COALESCE(p.reserved, 0) - COALESCE(p.picked, 0) AS open_qty
    FROM order_line l
    LEFT JOIN (
        SELECT line_id, CAST(SUM(open_qty) AS BIGINT) AS reserved, CAST(SUM(picked) AS BIGINT) AS picked
        FROM promise GROUP BY line_id
    ) p ON p.line_id = l.id
    LEFT JOIN (
        SELECT order_id, COUNT(*) AS lines FROM order_line WHERE qty_ordered > qty_cancelled GROUP BY order_id
    ) n ON n.order_id = l.order_id
    WHERE {_here("l")}
),
line_now AS (SELECT counted_line.*, {NEED} AS need, {STATE} AS state_now FROM counted_line)"""

# A unit's name: its code while it is live; a used-up or voided one shares its code with later ones.
UNIT_NAME = f"CASE WHEN u.{LIVE} THEN u.code ELSE u.code || '#' || CAST(u.id AS TEXT) END"


def _facts(*parts: str) -> str:
    return ", ".join(parts)


# --- Units and items ----------------------------------------------------------------------------------------

UNITS = Check(
    (
        "I1 ledger equals units",
        "I2 no empty live unit",
        "unit.location",
        "unit.status",
        "unit.order",
        "unit.qty_reserved",
        "I7 no unit promises more than it holds",
        "I7 hard promises only on available units",
    ),
    "handling_unit",
    f"""
    SELECT {UNIT_NAME}, u.qty, COALESCE(c.qty, 0),
        u.status, CASE WHEN c.qty > 0 THEN u.status ELSE COALESCE(c.emptied, 'CONSUMED') END,
        p.code, COALESCE(cp.code, p.code),
        u.status, CASE WHEN c.qty > 0 THEN c.status ELSE u.status END,
        COALESCE(h.order_no, 'none'),
        CASE WHEN c.unit_id IS NULL THEN COALESCE(h.order_no, 'none') ELSE COALESCE(ch.order_no, 'none') END,
        u.qty_reserved, COALESCE(r.open_qty, 0),
        COALESCE(r.open_qty, 0),
        CASE WHEN r.open_qty > COALESCE(c.qty, 0) THEN COALESCE(c.qty, 0) ELSE COALESCE(r.open_qty, 0) END,
        COALESCE(c.status, '') || CASE WHEN c.order_id IS NULL THEN '' ELSE ' for an order' END,
        CASE WHEN r.hard > 0 THEN 'AVAILABLE'
            ELSE COALESCE(c.status, '') || CASE WHEN c.order_id IS NULL THEN '' ELSE ' for an order' END END
    FROM handling_unit u JOIN location p ON p.id = u.location_id
    LEFT JOIN order_header h ON h.id = u.order_id
    LEFT JOIN content c ON c.unit_id = u.id
    LEFT JOIN location cp ON cp.id = c.location_id
    LEFT JOIN order_header ch ON ch.id = c.order_id
    LEFT JOIN (
        SELECT unit_id, CAST(SUM(open_qty) AS BIGINT) AS open_qty,
            CAST(SUM(CASE kind WHEN 'HARD' THEN open_qty ELSE 0 END) AS BIGINT) AS hard
        FROM promise GROUP BY unit_id
    ) r ON r.unit_id = u.id
    WHERE {_here("u")}""",
    _facts(CONTENT, PROMISE),
)

ITEMS = Check(
    (
        "I1 pieces are conserved",
        "item_stock.usable",
        "item_stock.reserved",
        "item_stock.waiting_lines",
        "item_stock.waiting_qty",
    ),
    "item",
    f"""
    SELECT i.sku, COALESCE(t.held, 0), COALESCE(x.qty, 0), s.usable, COALESCE(t.usable, 0),
        s.reserved, COALESCE(t.reserved, 0), s.waiting_lines, COALESCE(w.lines, 0), s.waiting_qty, COALESCE(w.qty, 0)
    FROM item i
    LEFT JOIN item_stock s ON s.site = i.site AND s.item_id = i.id
    LEFT JOIN (
        SELECT u.item_id, CAST(SUM(c.qty) AS BIGINT) AS held,
            CAST(SUM(CASE WHEN {POOL} THEN c.qty ELSE 0 END) AS BIGINT) AS usable,
            CAST(SUM(CASE WHEN {POOL} THEN r.open_qty ELSE 0 END) AS BIGINT) AS reserved
        FROM handling_unit u JOIN content c ON c.unit_id = u.id
        LEFT JOIN (SELECT unit_id, SUM(open_qty) AS open_qty FROM promise GROUP BY unit_id) r ON r.unit_id = u.id
        GROUP BY u.item_id
    ) t ON t.item_id = i.id
    LEFT JOIN (
        SELECT m.item_id, CAST(SUM(CASE m.from_account WHEN 'UNIT' THEN -m.qty ELSE m.qty END) AS BIGINT) AS qty
        FROM stock_move m WHERE m.from_account <> 'UNIT' OR m.to_account <> 'UNIT' GROUP BY m.item_id
    ) x ON x.item_id = i.id
    LEFT JOIN (
        SELECT item_id, COUNT(*) AS lines, CAST(SUM(open_qty) AS BIGINT) AS qty
        FROM line_now WHERE state_now = 'W' GROUP BY item_id
    ) w ON w.item_id = i.id
    WHERE {_here("i")}""",
    _facts(CONTENT, PROMISE, LINES),
)

ONE_PER_CODE = Check(
    ("I3 one live unit per code",),
    "handling_unit",
    f"SELECT u.code, COUNT(*), 1 FROM handling_unit u WHERE {_here('u')} AND u.{LIVE} GROUP BY u.code",
    only=LIVE,
)

_SAME_STOCK = "CASE WHEN u.lot = '' THEN '' ELSE ' lot ' || u.lot END"

ONE_LOOSE_ROW = Check(
    ("I3 one row of loose stock per place and lot",),
    "handling_unit",
    f"""
    SELECT MIN(p.code || ' ' || i.sku || {_SAME_STOCK} || ' ' || u.status), COUNT(*), 1
    FROM handling_unit u JOIN location p ON p.id = u.location_id
    JOIN item i ON i.id = u.item_id WHERE {_here("u")} AND u.kind = 'LOOSE' AND u.{LIVE}
    GROUP BY u.location_id, u.item_id, u.lot, u.expiry, u.owner, u.status""",
    only=f"kind = 'LOOSE' AND {LIVE}",
)

ONE_PICKED_UNIT = Check(
    ("I3 one picked unit per order, lot and place",),
    "handling_unit",
    f"""
    SELECT MIN(h.order_no || ' ' || i.sku || {_SAME_STOCK} || ' ' || p.code), COUNT(*), 1
    FROM handling_unit u JOIN location p ON p.id = u.location_id
    JOIN item i ON i.id = u.item_id JOIN order_header h ON h.id = u.order_id WHERE {_here("u")} AND u.kind = 'PICKED' AND u.{LIVE}
    GROUP BY u.order_id, u.location_id, u.item_id, u.lot, u.expiry, u.owner""",
    only=f"kind = 'PICKED' AND {LIVE}",
)


# --- The ledger ---------------------------------------------------------------------------------------------

MOVES = Check(
    ("I3 a move is of the item of its units", "I3 pieces keep their lot, expiry and owner"),
    "stock_move",
    f"""
    SELECT 'move ' || CAST(m.id AS TEXT),
        CASE WHEN t.item_id <> m.item_id THEN t.sku WHEN f.item_id <> m.item_id THEN f.sku ELSE i.sku END, i.sku,
        COALESCE(t.held, f.held), COALESCE(f.held, t.held)
    FROM stock_move m JOIN item i ON i.id = m.item_id
    LEFT JOIN kept t ON t.id = m.to_unit_id LEFT JOIN kept f ON f.id = m.from_unit_id
    WHERE {_here("m")}""",
    f"""
kept AS (
    SELECT u.id, u.item_id, i.sku, 'lot ' || u.lot || ' expiry ' || CAST(u.expiry AS TEXT) || ' owner ' || u.owner AS held
    FROM handling_unit u JOIN item i ON i.id = u.item_id WHERE {_here("u")}
)""",
)


def _side(move: str, side: str) -> str:
    """One side of a move in words: account or unit, place, status, order."""

    def text(column: str) -> str:
        return f"COALESCE(CAST({move}.{side}_{column} AS TEXT), '-')"

    return (
        f"{move}.{side}_account || ' ' || {text('unit_id')} || ' at ' || {text('location_id')} || ' ' || "
        f"{move}.{side}_status || ' ' || {text('order_id')}"
    )


def _sides(move: str, first: str, second: str) -> str:
    return (
        f"CAST({move}.qty AS TEXT) || ' of item ' || CAST({move}.item_id AS TEXT) || ': ' || "
        f"{_side(move, first)} > {_side(move, second)}".replace(" > ", " || ' > ' || ")
    )


REVERSALS = Check(
    ("I4 a reversal mirrors its move",),
    "stock_move",
    f"""
    SELECT 'move ' || CAST(m.id AS TEXT), {_sides("m", "from", "to")},
        CASE o.kind WHEN 'UNDO' THEN 'no reversal of a reversal' ELSE {_sides("o", "to", "from")} END
    FROM stock_move m LEFT JOIN stock_move o ON o.id = m.reverses
    WHERE {_here("m")} AND m.reverses IS NOT NULL""",
    only="reverses IS NOT NULL",
)

UNDONE = Check(
    ("I4 a scan is undone once", "I4 an undo takes back the whole scan"),
    "scan_log",
    f"""
    SELECT u.undoes, u.undos, 1,
        (SELECT COUNT(*) FROM stock_move o JOIN stock_move r ON r.reverses = o.id WHERE o.scan_id = u.undoes),
        (SELECT COUNT(*) FROM stock_move o WHERE o.scan_id = u.undoes)
    FROM (
        SELECT s.undoes, COUNT(*) AS undos FROM scan_log s
        WHERE {_here("s")} AND s.undoes IS NOT NULL GROUP BY s.undoes
    ) u""",
    only="undoes IS NOT NULL",
)

SCANS = Check(
    ("scan_log.moves",),
    "scan_log",
    f"""
    SELECT s.scan_id, s.moves, COALESCE(m.moves, 0) FROM scan_log s
    LEFT JOIN (SELECT scan_id, COUNT(*) AS moves FROM stock_move GROUP BY scan_id) m ON m.scan_id = s.scan_id
    WHERE {_here("s")}""",
)


# --- Receiving ----------------------------------------------------------------------------------------------

# Captures and those taken back; a reversal carries no receipt of its own, its original does.
CAPTURES = f"""
capture AS (
    SELECT CAST(COALESCE(o.receipt_id, m.receipt_id) AS BIGINT) AS receipt_id,
        CAST(COALESCE(o.po_line_id, m.po_line_id) AS BIGINT) AS po_line_id,
        CASE m.kind WHEN 'RECEIPT' THEN 1 ELSE -1 END AS cases,
        CASE m.kind WHEN 'RECEIPT' THEN m.qty ELSE -m.qty END AS qty
    FROM stock_move m LEFT JOIN stock_move o ON o.id = m.reverses
    WHERE {_here("m")} AND (m.kind = 'RECEIPT' OR o.kind = 'RECEIPT')
)"""

RECEIPTS = Check(
    ("receipt.cases", "receipt.pieces"),
    "receipt",
    f"""
    SELECT r.code, r.cases, COALESCE(c.cases, 0), r.pieces, COALESCE(c.qty, 0)
    FROM receipt r
    LEFT JOIN (
        SELECT receipt_id, CAST(SUM(cases) AS BIGINT) AS cases, CAST(SUM(qty) AS BIGINT) AS qty
        FROM capture GROUP BY receipt_id
    ) c ON c.receipt_id = r.id
    WHERE {_here("r")}""",
    CAPTURES,
)

PURCHASE_LINES = Check(
    ("po_line.qty_received",),
    "po_line",
    f"""
    SELECT p.po || '/' || CAST(l.line AS TEXT), l.qty_received, COALESCE(c.qty, 0)
    FROM po_line l JOIN purchase_order p ON p.id = l.po_id
    LEFT JOIN (SELECT po_line_id, CAST(SUM(qty) AS BIGINT) AS qty FROM capture GROUP BY po_line_id) c
        ON c.po_line_id = l.id
    WHERE {_here("l")}""",
    CAPTURES,
)


# --- Orders and what was promised to them -------------------------------------------------------------------


def _order_lines(dialect: str) -> Check:
    day = "CAST(julianday(n.promised_on) - 1721424.5 AS INTEGER)"
    if dialect == "postgresql":
        day = "(n.promised_on - DATE '0001-01-01' + 1)"
    bonus = " ".join(f"WHEN {priority} THEN {days}" for priority, days in policy.BONUS_DAYS.items())
    return Check(
        (
            "I6 an order line adds up",
            "order_line.qty_reserved",
            "order_line.qty_picked",
            "order_line.min_need",
            "order_line.state",
            "order_line.rank_on",
        ),
        "order_line",
        f"""
        SELECT h.order_no || '/' || CAST(n.line AS TEXT), n.qty_open, n.open_qty, n.qty_reserved, n.reserved,
            n.qty_picked, n.picked, n.min_need, n.need, n.state, n.state_now,
            n.rank_on, {day} - CASE n.priority {bonus} END
        FROM line_now n JOIN order_header h ON h.id = n.order_id""",
        _facts(PROMISE, LINES),
    )


PROMISE_NAME = "h.order_no || '/' || CAST(l.line AS TEXT) || ' reservation ' || CAST(r.id AS TEXT)"

RESERVATIONS = Check(
    (
        "reservation.qty_picked",
        "reservation.qty_voided",
        "reservation.state",
        "one live pick task per hard reservation",
    ),
    "reservation",
    f"""
    SELECT {PROMISE_NAME}, r.qty_picked, p.picked, r.qty_voided, p.voided,
        r.state, CASE WHEN p.voided = r.qty THEN 'VOIDED' WHEN p.open_qty = 0 THEN 'PICKED' ELSE 'OPEN' END,
        COALESCE(t.live, 0), CASE WHEN r.kind = 'HARD' AND p.open_qty > 0 THEN 1 ELSE 0 END
    FROM promise p JOIN reservation r ON r.id = p.id JOIN order_line l ON l.id = r.line_id
    JOIN order_header h ON h.id = l.order_id
    LEFT JOIN (
        SELECT reservation_id, COUNT(*) AS live FROM pick_task WHERE state IN ('OPEN','TAKEN') GROUP BY reservation_id
    ) t ON t.reservation_id = r.id""",
    PROMISE,
)

PICKED_PIECES = Check(
    ("picked pieces are their order's",),
    "handling_unit",
    """
    SELECT MIN(h.order_no || ' ' || i.sku), CAST(SUM(b.in_units) AS BIGINT), CAST(SUM(b.by_lines) AS BIGINT)
    FROM (
        SELECT c.order_id, u.item_id, c.qty AS in_units, 0 AS by_lines FROM content c
        JOIN handling_unit u ON u.id = c.unit_id WHERE c.order_id IS NOT NULL AND u.status <> 'ISSUED'
        UNION ALL
        SELECT n.order_id, n.item_id, 0, n.picked FROM line_now n WHERE n.picked <> 0
    ) b JOIN order_header h ON h.id = b.order_id JOIN item i ON i.id = b.item_id GROUP BY b.order_id, b.item_id""",
    _facts(CONTENT, PROMISE, LINES),
    only="order_id IS NOT NULL",
)


# --- The record of each release -----------------------------------------------------------------------------

RUNS = Check(
    ("release_run.supply",),
    "release_run",
    f"""
    SELECT 'run ' || CAST(n.id AS TEXT), n.supply_before - n.supply_after, COALESCE(r.qty, 0)
    FROM release_run n
    LEFT JOIN (SELECT run_id, CAST(SUM(qty) AS BIGINT) AS qty FROM reservation GROUP BY run_id) r ON r.run_id = n.id
    WHERE {_here("n")}""",
)

VERDICTS = Check(
    ("release_verdict.qty",),
    "release_verdict",
    f"""
    SELECT h.order_no || '/' || CAST(l.line AS TEXT) || ' run ' || CAST(v.run_id AS TEXT), v.qty, COALESCE(r.qty, 0)
    FROM release_verdict v JOIN order_line l ON l.id = v.line_id
    JOIN order_header h ON h.id = l.order_id
    LEFT JOIN (SELECT run_id, line_id, CAST(SUM(qty) AS BIGINT) AS qty FROM reservation GROUP BY run_id, line_id) r
        ON r.run_id = v.run_id AND r.line_id = v.line_id
    WHERE {_here("v")}""",
)


def checks(dialect: str) -> Sequence[Check]:
    """Every invariant that one statement can tell, in the order in which they are reported."""
    return (
        UNITS,
        ITEMS,
        ONE_PER_CODE,
        ONE_LOOSE_ROW,
        ONE_PICKED_UNIT,
        MOVES,
        REVERSALS,
        UNDONE,
        SCANS,
        _order_lines(dialect),
        RESERVATIONS,
        PICKED_PIECES,
        PURCHASE_LINES,
        RECEIPTS,
        RUNS,
        VERDICTS,
    )


# --- I9, which needs the site's calendar --------------------------------------------------------------------

SERVED = "I9 nothing that fits waits"

# Items where some line needs no more than what is free, whatever its expiry: free pieces by expiry, and when
# release last looked at the item.
UNSERVED_ITEMS = f"""
WITH {CONTENT}, {PROMISE}, {LINES},
free AS (
    SELECT u.item_id, u.expiry, CAST(SUM(c.qty - COALESCE(r.open_qty, 0)) AS BIGINT) AS qty
    FROM handling_unit u JOIN content c ON c.unit_id = u.id
    LEFT JOIN (SELECT unit_id, SUM(open_qty) AS open_qty FROM promise GROUP BY unit_id) r ON r.unit_id = u.id
    WHERE {POOL} AND c.qty > COALESCE(r.open_qty, 0) GROUP BY u.item_id, u.expiry
),
wanting AS (SELECT item_id, MIN(need) AS need FROM line_now WHERE state_now = 'W' GROUP BY item_id)
SELECT f.item_id, f.expiry, f.qty,
    (SELECT n.at FROM release_run n WHERE n.site = ? AND n.item_id = f.item_id ORDER BY n.id DESC LIMIT 1)
FROM free f JOIN wanting w ON w.item_id = f.item_id
WHERE w.need <= (SELECT SUM(a.qty) FROM free a WHERE a.item_id = f.item_id) ORDER BY f.item_id, f.expiry"""

FIRST_UNSERVED = f"""
WITH {PROMISE}, {LINES}
SELECT h.order_no || '/' || CAST(n.line AS TEXT), n.need FROM line_now n JOIN order_header h ON h.id = n.order_id
WHERE n.item_id = ? AND n.state_now = 'W' AND n.need <= ? ORDER BY n.rank_on, n.id LIMIT 1"""
