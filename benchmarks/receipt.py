"""A receipt with everything it releases, against the same rows in raw SQL: both on databases that began equal."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from benchmarks import raw
from benchmarks.engines import Engine, Handle
from benchmarks.figures import Line, Sample, Turns, ratio
from benchmarks.floors import (
    NUMBER,
    OTHER_NUMBER,
    OTHER_SKU,
    THIRD_NUMBER,
    THIRD_SKU,
    Receiver,
    build,
    load,
    settle,
)
from db import connection
from tests.small_floor import SITE
from warehouse import site, verify
from warehouse.reply import Reply

# For each number of released lines an item of its own: a vendor whose cases all hold as many is never questioned.
ITEMS = {
    1: ("1001", "PO-1", NUMBER, 0),
    10: ("1003", "PO-3", THIRD_NUMBER, 100_000),
    100: ("1004", "PO-2", OTHER_NUMBER, 200_000),
}
TARGET = 2.0
MORE_STATEMENTS = 6  # beyond the floor: the rules of the site and the history of the vendor are asked among them
WARM = 8  # receipts that are not counted: statements get prepared, pages come in


@dataclass(frozen=True, slots=True)
class Runs:
    """At most how many receipts for each number of released lines, and for how many seconds each."""

    of: dict[int, int]
    seconds: float

    @property
    def lines(self) -> int:
        """Order lines that they all use up, with some to spare."""
        return sum(k * (count + WARM + 2) for k, count in self.of.items()) + 1000


SHORT = Runs({1: 300, 10: 200, 100: 100}, seconds=1.6)
LONG = Runs({1: 3000, 10: 2000, 100: 800}, seconds=60.0)


def measure(engine: Engine, *, long: bool) -> Iterator[Line]:
    """For each k the product's transaction over the raw one, alternating, and the calls that each sends."""
    runs = LONG if long else SHORT
    url = engine.create()
    small = build(runs.lines)
    load(small, THIRD_SKU, "ST", runs.lines, 1)
    load(small, OTHER_SKU, "SU", runs.lines, 1)
    receivers = {k: Receiver.at_work(*how) for k, how in ITEMS.items()}
    settle()
    connection.close()
    floor_url = engine.copy(url)
    hand = raw.Hand(engine.raw(floor_url), postgres=engine.name == "postgresql")
    Handle.on(url).use()
    for k, count in runs.of.items():
        yield _alternate(engine, receivers[k], hand, k, Turns(WARM, count, runs.seconds))
    hand.close()
    if not verify.verify(site.load()).ok:
        raise RuntimeError("the counters of the floor that was measured do not add up")
    difference = first_difference(engine, url, floor_url)
    if difference:
        raise RuntimeError(f"the floor no longer writes what the product writes: {difference}")


def _alternate(engine: Engine, receiver: Receiver, hand: raw.Hand, k: int, turns: Turns) -> Line:
    product: list[float] = []
    floor: list[float] = []
    for counted in turns:
        took, reply = receiver.receive(k)
        case = as_written(receiver, reply, k)
        floor_took = hand.receive(case)
        if counted:
            product.append(took)
            floor.append(floor_took)
    sent, floor_sent = _statements(receiver, hand, k)
    ours, against = Sample(tuple(product)), Sample(tuple(floor))
    times = ratio(ours, against)
    more = sent - floor_sent
    return Line(
        what=f"receipt releasing {k}",
        engine=engine.name,
        ours=ours.both(),
        against=f"{against.both()} raw SQL",
        result=f"{times:.2f}x",
        target=f"<= {TARGET}x, +{MORE_STATEMENTS}",
        met=times <= TARGET and more <= MORE_STATEMENTS,
        note=f"{sent} statements against {floor_sent} (+{more}); p95 {ours.at(95) / against.at(95):.2f}x; n={len(product)}",
    )


def as_written(receiver: Receiver, reply: Reply, k: int) -> raw.Case:
    """What the product wrote for its last scan: the floor is to write the same."""
    if len(reply.released) != k:
        raise RuntimeError(f"{len(reply.released)} lines were released, {k} were meant to be")
    code, item_id, pieces, location_id, receipt_id, po_line_id, vendor_id, packaging = connection.one(
        "SELECT u.code, u.item_id, u.qty, u.location_id, u.receipt_id, u.po_line_id, c.vendor_id, c.packaging "
        "FROM handling_unit u JOIN capture c ON c.unit_id = u.id WHERE u.site = ? AND u.code = ?",
        SITE,
        reply.unit,
    )
    log = connection.one(f"SELECT {raw.LOG_COLUMNS} FROM scan_log WHERE scan_id = ?", f"case-{receiver.serial}")
    step = connection.value("SELECT step FROM operator_step WHERE operator_id = ?", log[4])
    return raw.Case(SITE, code, item_id, pieces, location_id, receipt_id, po_line_id, vendor_id, packaging, log, step)


# --- Statements -----------------------------------------------------------------------------------------


def _statements(receiver: Receiver, hand: raw.Hand, k: int) -> tuple[int, int]:
    """Calls of the driver for one more receipt, the product's and the floor's; BEGIN and COMMIT not counted."""
    with counting() as calls:
        _, reply = receiver.receive(k)
    before = hand.calls
    hand.receive(as_written(receiver, reply, k))
    return len(calls), hand.calls - before


@contextmanager
def counting() -> Iterator[list[str]]:
    """Every text that the product hands to the driver, one entry for each execute or executemany."""
    database = connection.database.obj
    texts: list[str] = []
    plain = database.cursor

    def cursor(*args: Any) -> _Counted:
        return _Counted(plain(*args), texts)

    database.cursor = cursor
    try:
        yield texts
    finally:
        del database.cursor


class _Counted:
    """A driver's cursor that notes what it is asked."""

    def __init__(self, cursor: Any, texts: list[str]) -> None:
        self._cursor = cursor
        self._texts = texts

    def execute(self, text: str, *params: Any) -> Any:
        self._note(text)
        return self._cursor.execute(text, *params)

    def executemany(self, text: str, rows: Any) -> Any:
        self._note(text)
        return self._cursor.executemany(text, rows)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cursor, name)

    def _note(self, text: str) -> None:
        if not text.startswith(("BEGIN", "COMMIT")):
            self._texts.append(text)


# --- The same rows? -------------------------------------------------------------------------------------

NOT_COMPARED = {"serial_block", "schema_migration"}  # drawn ahead by each process; not of the receipt
TABLES = (
    "item_stock",
    "po_line",
    "receipt",
    "order_line",
    "handling_unit",
    "stock_move",
    "capture",
    "receipt_order",
    "release_run",
    "release_verdict",
    "reservation",
    "reservation_void",
    "pick_task",
    "count_task",
    "scan_log",
    "refusal",
    "operator_step",
)


def first_difference(engine: Engine, url: str, floor_url: str) -> str:
    """The first row that is in one database and not in the other, id by id; '' when there is none."""
    ours, theirs = engine.raw(url), engine.raw(floor_url)
    try:
        for table in TABLES:
            found, expected = _content(ours, table), _content(theirs, table)
            for row in found ^ expected:
                return f"{table} {dict(row)} is only in the {'product' if row in found else 'floor'}'s database"
    finally:
        ours.close()
        theirs.close()
    return ""


def _content(made: Any, table: str) -> set[tuple[tuple[str, Any], ...]]:
    cursor = made.cursor()
    cursor.execute(f"SELECT * FROM {table}")
    names = [column[0] for column in cursor.description]
    kept = [(place, name) for place, name in enumerate(names) if name != "version"]  # how often, not what
    return {tuple((name, row[place]) for place, name in kept) for row in cursor.fetchall()}
