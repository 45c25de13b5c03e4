"""What must be true of the tables at every moment: each counter beside what its rows say of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from warehouse import policy
from warehouse.facts import LIVE, POOL


@dataclass(frozen=True, slots=True)
class Invariant:
    """Its name, the column that stands in the table, and what that must equal (SQL)."""

    name: str
    found: str
    expected: str


@dataclass(frozen=True, slots=True)
class Check:
    """Invariants told by the same rows: those of `table`, or `only` some of them.

    `key` names a row for people; `source` is what follows FROM, with the site as its parameter.
    """

    table: str
    key: str
    source: str
    invariants: tuple[Invariant, ...]
    only: str = "TRUE"

    def statement(self) -> str:
        """The rows in which something does not agree: name, then found and expected of each invariant."""
        columns = ", ".join(
            f"{one.found} AS found_{place}, {one.expected} AS expected_{place}"
            for place, one in enumerate(self.invariants)
        )
        differs = " OR ".join(
            f"(found_{place} <> expected_{place}) IS NOT FALSE" for place in range(len(self.invariants))
        )
        return (
            f"SELECT * FROM (SELECT {self.key} AS name, {columns} FROM {self.source}) compared "
            f"WHERE {differs} ORDER BY name"
        )


# --- Units and items ----------------------------------------------------------------------------------------

# A code names one unit, unless that was voided: then a later capture may have it too.
_UNIT = "CASE WHEN u.status <> 'VOIDED' THEN u.code ELSE u.code || ' (id ' || CAST(u.id AS TEXT) || ')' END"
_STANDS = "COALESCE(c.status, 'nowhere') || CASE WHEN c.order_id IS NULL THEN '' ELSE ' for an order' END"
_HELD = "COALESCE(c.qty, 0)"
_PROMISED = "COALESCE(p.open_qty, 0)"

UNITS = Check(
    "handling_unit",
    _UNIT,
    "handling_unit u JOIN location l ON l.id = u.location_id LEFT JOIN order_header h ON h.id = u.order_id "
    "LEFT JOIN content c ON c.unit_id = u.id LEFT JOIN location cl ON cl.id = c.location_id "
    "LEFT JOIN order_header ch ON ch.id = c.order_id LEFT JOIN unit_promise p ON p.unit_id = u.id WHERE u.site = ?",
    (
        Invariant("I1 ledger equals units", "u.qty", _HELD),
        Invariant(
            "I2 no empty live unit",
            "u.status",
            f"CASE WHEN {_HELD} > 0 THEN u.status ELSE COALESCE(c.emptied, 'CONSUMED') END",
        ),
        Invariant("unit.location", "l.code", "COALESCE(cl.code, l.code)"),
        Invariant("unit.status", "u.status", f"CASE WHEN {_HELD} > 0 THEN c.status ELSE u.status END"),
        Invariant(
            "unit.order",
            "COALESCE(h.order_no, 'none')",
            "COALESCE(CASE WHEN c.unit_id IS NULL THEN h.order_no ELSE ch.order_no END, 'none')",
        ),
        Invariant("unit.qty_reserved", "u.qty_reserved", _PROMISED),
        Invariant(
            "I7 no unit promises more than it holds",
            _PROMISED,
            f"CASE WHEN {_PROMISED} > {_HELD} THEN {_HELD} ELSE {_PROMISED} END",
        ),
        Invariant(
            "I7 hard promises only on available units",
            _STANDS,
            f"CASE WHEN p.hard > 0 THEN 'AVAILABLE' ELSE {_STANDS} END",
        ),
    ),
)

ITEMS = Check(
    "item",
    "i.sku",
    "item i LEFT JOIN item_stock s ON s.site = i.site AND s.item_id = i.id LEFT JOIN item_content c ON c.item_id = i.id "
    "LEFT JOIN item_flow f ON f.item_id = i.id LEFT JOIN item_queue q ON q.item_id = i.id WHERE i.site = ?",
    (
        Invariant("I1 pieces are conserved", "COALESCE(c.held, 0)", "COALESCE(f.qty, 0)"),
        Invariant("item_stock.usable", "s.usable", "COALESCE(c.usable, 0)"),
        Invariant("item_stock.reserved", "s.reserved", "COALESCE(c.reserved, 0)"),
        Invariant("item_stock.waiting_lines", "s.waiting_lines", "COALESCE(q.lines, 0)"),
        Invariant("item_stock.waiting_qty", "s.waiting_qty", "COALESCE(q.qty, 0)"),
    ),
)

# What the UNIQUE indexes over units promise, should one ever be missing.
_STOCK = "i.sku || CASE WHEN u.lot = '' THEN '' ELSE ' lot ' || u.lot END"
_UNIQUE = (
    Check(
        "handling_unit",
        "u.code",
        "handling_unit u WHERE u.site = ? AND u.status <> 'VOIDED' GROUP BY u.code",
        (Invariant("I3 one unit per code", "COUNT(*)", "1"),),
        only="status <> 'VOIDED'",
    ),
    Check(
        "handling_unit",
        f"MIN(l.code || ' ' || {_STOCK} || ' ' || u.status)",
        "handling_unit u JOIN location l ON l.id = u.location_id JOIN item i ON i.id = u.item_id "
        f"WHERE u.site = ? AND u.kind = 'LOOSE' AND u.{LIVE} "
        "GROUP BY u.location_id, u.item_id, u.lot, u.expiry, u.owner, u.status",
        (Invariant("I3 one row of loose stock per place and lot", "COUNT(*)", "1"),),
        only=f"kind = 'LOOSE' AND {LIVE}",
    ),
    Check(
        "handling_unit",
        f"MIN(h.order_no || ' ' || {_STOCK} || ' ' || l.code)",
        "handling_unit u JOIN location l ON l.id = u.location_id JOIN item i ON i.id = u.item_id "
        f"JOIN order_header h ON h.id = u.order_id WHERE u.site = ? AND u.kind = 'PICKED' AND u.{LIVE} "
        "GROUP BY u.order_id, u.location_id, u.item_id, u.lot, u.expiry, u.owner",
        (Invariant("I3 one picked unit per order, lot and place", "COUNT(*)", "1"),),
        only=f"kind = 'PICKED' AND {LIVE}",
    ),
)


# --- The ledger ---------------------------------------------------------------------------------------------


def _kept(unit: str) -> str:
    """What never changes about the pieces in a unit; NULL where the move has no unit on that side."""
    return f"('lot ' || {unit}.lot || ' expiry ' || CAST({unit}.expiry AS TEXT) || ' owner ' || {unit}.owner)"


MOVES = Check(
    "stock_move",
    "'move ' || CAST(m.id AS TEXT)",
    "stock_move m JOIN item i ON i.id = m.item_id LEFT JOIN handling_unit t ON t.id = m.to_unit_id "
    "LEFT JOIN item ti ON ti.id = t.item_id LEFT JOIN handling_unit f ON f.id = m.from_unit_id "
    "LEFT JOIN item fi ON fi.id = f.item_id WHERE m.site = ?",
    (
        Invariant(
            "I3 a move is of the item of its units",
            "i.sku",
            "CASE WHEN ti.id <> m.item_id THEN ti.sku WHEN fi.id <> m.item_id THEN fi.sku ELSE i.sku END",
        ),
        Invariant(
            "I3 pieces keep their lot, expiry and owner",
            f"COALESCE({_kept('t')}, {_kept('f')})",
            f"COALESCE({_kept('f')}, {_kept('t')})",
        ),
    ),
)


def _side(move: str, side: str) -> str:
    """One side of a move in words: account and unit, place, status, order."""

    def text(column: str) -> str:
        return f"COALESCE(CAST({move}.{side}_{column} AS TEXT), '-')"

    return (
        f"{move}.{side}_account || ' ' || {text('unit_id')} || ' at ' || {text('location_id')} || ' ' || "
        f"{move}.{side}_status || ' order ' || {text('order_id')}"
    )


def _sides(move: str, first: str, second: str) -> str:
    pieces = f"CAST({move}.qty AS TEXT) || ' of item ' || CAST({move}.item_id AS TEXT)"
    return f"{pieces} || ' from ' || {_side(move, first)} || ' to ' || {_side(move, second)}"


REVERSALS = Check(
    "stock_move",
    "'move ' || CAST(m.id AS TEXT)",
    "stock_move m LEFT JOIN stock_move o ON o.id = m.reverses WHERE m.site = ? AND m.reverses IS NOT NULL",
    (
        Invariant(
            "I4 a reversal mirrors its move",
            _sides("m", "from", "to"),
            f"CASE o.kind WHEN 'UNDO' THEN 'no reversal of a reversal' ELSE {_sides('o', 'to', 'from')} END",
        ),
    ),
    only="reverses IS NOT NULL",
)

UNDONE = Check(
    "scan_log",
    "s.undoes",
    "scan_log s LEFT JOIN scan_moves m ON m.scan_id = s.undoes WHERE s.site = ? AND s.undoes IS NOT NULL "
    "GROUP BY s.undoes",
    (
        Invariant("I4 a scan is undone once", "COUNT(*)", "1"),
        Invariant(
            "I4 an undo takes back the whole scan",
            "(SELECT COUNT(*) FROM stock_move o JOIN stock_move r ON r.reverses = o.id WHERE o.scan_id = s.undoes)",
            "COALESCE(MAX(m.moves), 0)",
        ),
    ),
    only="undoes IS NOT NULL",
)

SCANS = Check(
    "scan_log",
    "s.scan_id",
    "scan_log s LEFT JOIN scan_moves m ON m.scan_id = s.scan_id WHERE s.site = ?",
    (Invariant("scan_log.moves", "s.moves", "COALESCE(m.moves, 0)"),),
)


# --- Receiving ----------------------------------------------------------------------------------------------

PURCHASE_LINES = Check(
    "po_line",
    "o.po || '/' || CAST(l.line AS TEXT)",
    "po_line l JOIN purchase_order o ON o.id = l.po_id LEFT JOIN po_capture c ON c.po_line_id = l.id WHERE l.site = ?",
    (Invariant("po_line.qty_received", "l.qty_received", "COALESCE(c.qty, 0)"),),
)

RECEIPTS = Check(
    "receipt",
    "r.code",
    "receipt r LEFT JOIN receipt_capture c ON c.receipt_id = r.id WHERE r.site = ?",
    (
        Invariant("receipt.cases", "r.cases", "COALESCE(c.cases, 0)"),
        Invariant("receipt.pieces", "r.pieces", "COALESCE(c.qty, 0)"),
    ),
)


# --- Orders and what was promised to them -------------------------------------------------------------------

_LINE = "h.order_no || '/' || CAST(l.line AS TEXT)"
_DAY = {  # a date as Python counts days
    "sqlite": "CAST(julianday(l.promised_on) - 1721424.5 AS INTEGER)",
    "postgresql": "(l.promised_on - DATE '0001-01-01' + 1)",
}


def _order_lines(dialect: str) -> Check:
    bonus = " ".join(f"WHEN {priority} THEN {days}" for priority, days in policy.BONUS_DAYS.items())
    return Check(
        "order_line",
        _LINE,
        "order_line l JOIN order_header h ON h.id = l.order_id JOIN line_now n ON n.id = l.id WHERE l.site = ?",
        (
            Invariant("I6 an order line adds up", "l.qty_open", "n.open_qty"),
            Invariant("order_line.qty_reserved", "l.qty_reserved", "n.reserved"),
            Invariant("order_line.qty_picked", "l.qty_picked", "n.picked"),
            Invariant("order_line.min_need", "l.min_need", "n.need"),
            Invariant("order_line.state", "l.state", "n.state"),
            Invariant("order_line.rank_on", "l.rank_on", f"{_DAY[dialect]} - CASE l.priority {bonus} END"),
        ),
    )


RESERVATIONS = Check(
    "reservation",
    f"{_LINE} || ' reservation ' || CAST(r.id AS TEXT)",
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
    f"{_LINE} || ' run ' || CAST(v.run_id AS TEXT)",
    "release_verdict v JOIN order_line l ON l.id = v.line_id JOIN order_header h ON h.id = l.order_id "
    "LEFT JOIN verdict_promise p ON p.line_id = v.line_id AND p.run_id = v.run_id WHERE v.site = ?",
    (Invariant("release_verdict.qty", "v.qty", "COALESCE(p.qty, 0)"),),
)


def checks(dialect: str) -> Sequence[Check]:
    """Every invariant that one statement can tell, in the order in which they are reported."""
    return (
        UNITS,
        ITEMS,
        *_UNIQUE,
        MOVES,
        REVERSALS,
        UNDONE,
        SCANS,
        PURCHASE_LINES,
        RECEIPTS,
        _order_lines(dialect),
        RESERVATIONS,
        PICKED_PIECES,
        RUNS,
        VERDICTS,
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
    f"SELECT {_LINE}, n.need FROM line_now n JOIN order_line l ON l.id = n.id JOIN order_header h ON h.id = l.order_id "
    "WHERE n.item_id = ? AND n.state = 'W' AND n.need <= ? ORDER BY n.rank_on, n.id LIMIT 1"
)
