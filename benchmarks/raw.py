"""The floor under the product's receipt: the same rows in the same tables, in as few driver calls as will do.

Parameterised statements that the driver prepares once, executemany for what comes in numbers, one commit. It finds
only what it cannot write without (the item's row under its lock, free units, waiting lines) and is handed the rest:
which item, order line and receipt the label means, and the text that the scan log keeps.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from warehouse.site import NO_EXPIRY

Row = tuple[Any, ...]

_LOCK = (
    "SELECT usable - reserved, waiting_lines, waiting_qty FROM item_stock WHERE site = ? AND item_id = ? {for_update}"
)
_FREE = (
    "SELECT id, qty - qty_reserved FROM handling_unit WHERE site = ? AND item_id = ? AND qty > qty_reserved "
    "AND status IN ('RECEIVED','IN_STAGE','AVAILABLE') AND owner = 'OWN' AND order_id IS NULL "
    "ORDER BY expiry, received_at, id"
)
_WAITING = (
    "SELECT l.id, l.qty_open, l.min_need, l.qty_reserved, h.order_no, l.rank_on FROM order_line l "
    "JOIN order_header h ON h.id = l.order_id "
    "WHERE l.site = ? AND l.item_id = ? AND l.state = 'W' ORDER BY l.rank_on, l.id LIMIT ?"
)
_UNIT = (
    "INSERT INTO handling_unit (site, code, kind, item_id, lot, expiry, status, location_id, qty, qty_source, "
    "receipt_id, po_line_id, received_at) VALUES (?, ?, 'CASE', ?, '', ?, 'AVAILABLE', ?, ?, 'LABEL', ?, ?, ?) "
    "RETURNING id"
)
_MOVE = (
    "INSERT INTO stock_move (site, at, kind, item_id, qty, from_account, to_account, to_unit_id, to_location_id, "
    "to_status, scan_id, operator_id, receipt_id, po_line_id, reason) "
    "VALUES (?, ?, 'RECEIPT', ?, ?, 'VENDOR', 'UNIT', ?, ?, 'AVAILABLE', ?, ?, ?, ?, '')"
)
_CAPTURE = (
    "INSERT INTO capture (site, at, receipt_id, unit_id, item_id, vendor_id, po_line_id, packaging, qty, source, "
    "weight_source, status, doubt, learns, scan_id, operator_id) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'LABEL', '', 'AVAILABLE', 0, 1, ?, ?)"
)
_PO_LINE = "UPDATE po_line SET qty_received = qty_received + ? WHERE id = ?"
_RECEIPT = "UPDATE receipt SET cases = cases + 1, pieces = pieces + ? WHERE id = ?"
_RUN = (
    "INSERT INTO release_run (site, at, cause, item_id, unit_id, receipt_id, scan_id, supply_before, supply_after, "
    "lines_waiting, qty_waiting, ran_out_at, to_id, to_rank) "
    "VALUES (?, ?, 'receipt', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id"
)
_RESERVATION = (
    "INSERT INTO reservation (site, line_id, unit_id, item_id, kind, state, qty, run_id, at) "
    "VALUES (?, ?, ?, ?, 'HARD', 'OPEN', ?, ?, ?)"
)
_TASK = (
    "INSERT INTO pick_task (site, reservation_id, state, at) "
    "SELECT site, id, 'OPEN', at FROM reservation WHERE run_id = ?"
)
_PROMISED = "UPDATE handling_unit SET qty_reserved = qty_reserved + ? WHERE id = ?"
_SERVED = "UPDATE order_line SET qty_reserved = ?, qty_open = 0, min_need = 0, state = 'R' WHERE id = ?"
_STOCK = (
    "UPDATE item_stock SET usable = usable + ?, reserved = reserved + ?, waiting_lines = waiting_lines - ?, "
    "waiting_qty = waiting_qty - ?, version = version + 1 WHERE site = ? AND item_id = ?"
)
_VERDICT = (
    "INSERT INTO release_verdict (site, run_id, line_id, outcome, qty, short, reason) "
    "VALUES (?, ?, ?, 'RELEASED_HARD', ?, 0, '')"
)
LOG_COLUMNS = (
    "scan_id, site, at, station, operator_id, source, step, raw, payload_hash, verdict, outcome, moves, undoes"
)
_LOG = f"INSERT INTO scan_log ({LOG_COLUMNS}) VALUES ({', '.join('?' * 13)})"
_STEP = "UPDATE operator_step SET step = ?, scan_id = ?, at = ? WHERE operator_id = ?"


@dataclass(frozen=True, slots=True)
class Case:
    """What the label means, read from what the product made of it."""

    site: str
    code: str
    item_id: int
    pieces: int
    location_id: int
    receipt_id: int
    po_line_id: int
    vendor_id: int
    packaging: str
    log: Row  # the row of scan_log
    step: str  # where the operator stands afterwards

    @property
    def scan_id(self) -> str:
        return str(self.log[0])

    @property
    def at(self) -> str:
        return str(self.log[2])

    @property
    def operator_id(self) -> int:
        return int(self.log[4])


@dataclass(frozen=True, slots=True)
class Grant:
    """Pieces of one unit for one line."""

    line_id: int
    unit_id: int
    qty: int


class Hand:
    """Writes receipts on one driver connection and counts its calls."""

    def __init__(self, raw: Any, *, postgres: bool) -> None:
        self._raw = raw
        self._cursor = raw.cursor()
        self._begin = "BEGIN" if postgres else "BEGIN IMMEDIATE"
        self._mark = "%s" if postgres else "?"
        self._lock = self._text(_LOCK.format(for_update="FOR UPDATE" if postgres else ""))
        self._texts: dict[str, str] = {}
        self.calls = 0

    def receive(self, case: Case) -> float:
        """One case with everything that follows from it; answers the seconds until it was durable."""
        started = time.perf_counter()
        self._raw.execute(self._begin)
        self._receive(case)
        self._raw.execute("COMMIT")
        return time.perf_counter() - started

    def close(self) -> None:
        self._raw.close()

    def _receive(self, case: Case) -> None:
        site, item = case.site, case.item_id
        self.calls += 1
        free, lines, pieces = self._cursor.execute(self._lock, (site, item)).fetchone()
        free += case.pieces
        self._run(_PO_LINE, case.pieces, case.po_line_id)
        self._run(_RECEIPT, case.pieces, case.receipt_id)
        place, receipt, line, at = case.location_id, case.receipt_id, case.po_line_id, case.at
        unit = self._value(_UNIT, site, case.code, item, NO_EXPIRY, place, case.pieces, receipt, line, at)
        self._run(_MOVE, site, at, item, case.pieces, unit, place, case.scan_id, case.operator_id, receipt, line)
        told = (case.vendor_id, line, case.packaging, case.pieces, case.scan_id, case.operator_id)
        self._run(_CAPTURE, site, at, receipt, unit, item, *told)
        units = self._rows(_FREE, site, item)
        waiting = self._rows(_WAITING, site, item, free + 1)
        grants, served, ran_out_at = plan(units, waiting)
        got = sum(grant.qty for grant in grants)
        end = next((row[-1] for row in waiting if row[0] == ran_out_at), None)
        after = (free, free - got, lines - len(served), pieces - got, ran_out_at, ran_out_at, end)
        run = self._value(_RUN, site, at, item, unit, receipt, case.scan_id, *after)
        self._promise(case, run, grants, served)
        self._run(_STOCK, case.pieces, got, len(served), got, site, item)
        self._many(_VERDICT, [(site, run, row[0], row[1]) for row in served])
        self._run(_LOG, *case.log)
        self._run(_STEP, case.step, case.scan_id, at, case.operator_id)

    def _promise(self, case: Case, run: int, grants: Sequence[Grant], served: Sequence[Row]) -> None:
        site, item, at = case.site, case.item_id, case.at
        self._many(_RESERVATION, [(site, one.line_id, one.unit_id, item, one.qty, run, at) for one in grants])
        self._run(_TASK, run)
        by_unit: dict[int, int] = {}
        for one in grants:
            by_unit[one.unit_id] = by_unit.get(one.unit_id, 0) + one.qty
        self._many(_PROMISED, [(qty, unit) for unit, qty in sorted(by_unit.items())])
        self._many(_SERVED, sorted(((row[3] + row[1], row[0]) for row in served), key=lambda row: row[1]))

    def _text(self, text: str) -> str:
        return text.replace("?", self._mark)

    def _run(self, text: str, *params: Any) -> Any:
        self.calls += 1
        known = self._texts.get(text) or self._texts.setdefault(text, self._text(text))
        return self._cursor.execute(known, params)

    def _rows(self, text: str, *params: Any) -> list[Row]:
        return list(self._run(text, *params).fetchall())

    def _value(self, text: str, *params: Any) -> int:
        return int(self._run(text, *params).fetchone()[0])

    def _many(self, text: str, rows: Sequence[Row]) -> None:
        if len(rows) == 1:
            self._run(text, *rows[0])
        else:
            self.calls += 1
            known = self._texts.get(text) or self._texts.setdefault(text, self._text(text))
            self._cursor.executemany(known, rows)


def plan(units: Sequence[Row], waiting: Sequence[Row]) -> tuple[list[Grant], list[Row], int | None]:
    """Lines in their order, each served whole: the only case that is measured here.

    Answers the grants, the lines that were served, and the line at which the supply ended.
    """
    left = [[unit, qty] for unit, qty in units]
    grants: list[Grant] = []
    served: list[Row] = []
    for row in waiting:
        if not left:
            return grants, served, row[0]
        wanted = row[1]
        if wanted > sum(qty for _, qty in left):
            raise ValueError("this floor serves lines whole or not at all; choose quantities that fit")
        while wanted:
            unit, qty = left[0]
            taken = min(qty, wanted)
            grants.append(Grant(row[0], unit, taken))
            wanted -= taken
            left[0][1] -= taken
            if not left[0][1]:
                left.pop(0)
        served.append(row)
    return grants, served, None
