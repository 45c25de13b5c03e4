"""Floors to measure on: one item, one purchase order, and as many order lines in its queue as are wanted."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime

from db import connection
from db.connection import transaction
from tests.small_floor import SITE, TODAY, SmallFloor, gtin, sscc
from warehouse import floor, policy, site
from warehouse.floor import Given, Session
from warehouse.reply import Reply, Verdict

DAYS = 60  # lines are promised for these many days, so that neighbours in the queue lie apart in the table
PRIORITY = 3
SKU, NUMBER = "GOWN-L", 1
OTHER_SKU, OTHER_NUMBER = "MASK", 3
THIRD_SKU, THIRD_NUMBER = "GOWN-M", 2
_DAY = "(n.i - n.i / {days} * {days})"
_PROMISED = {
    "sqlite": f"date('{TODAY.isoformat()}', {_DAY} || ' days')",
    "postgresql": f"DATE '{TODAY.isoformat()}' + {_DAY}::int",
}


def build(lines: int, qty: int = 1) -> SmallFloor:
    """A floor in the open, empty database whose item is waited for by `lines` order lines of `qty` pieces each.

    PO-1 orders it, PO-2 and PO-3 other items, all without end and due today.
    """
    small = SmallFloor()
    today = datetime.now(UTC).date()
    for po, sku in (("PO-1", SKU), ("PO-2", OTHER_SKU), ("PO-3", THIRD_SKU)):
        small.purchase_order(po, (sku, 1_000_000_000), expected_on=today)
    load(small, SKU, "SO", lines, qty)
    return small


@transaction
def load(small: SmallFloor, sku: str, prefix: str, lines: int, qty: int) -> None:
    """Let many lines wait at once, one order each: two statements, and counters that agree with them."""
    engine = connection.dialect()
    if engine == "postgresql":  # the rows are right: no need to look up each foreign key
        connection.execute("SET LOCAL session_replication_role = replica")
    numbers = f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {lines})"
    customer = connection.value("SELECT id FROM customer WHERE code = 'C3'")
    entered = small.cause().at
    connection.execute(
        f"INSERT INTO order_header (site, order_no, customer_id, entered_at) {numbers} "
        f"SELECT '{SITE}', '{prefix}-' || n.i, {customer}, '{entered}' FROM n"
    )
    first = TODAY.toordinal() - policy.BONUS_DAYS[PRIORITY]
    connection.execute(
        "INSERT INTO order_line (site, order_id, line, item_id, policy, min_fill_percent, priority, promised_on, "
        f"rank_on, qty_ordered, qty_open, min_need, state, waiting_since) {numbers} "
        f"SELECT '{SITE}', h.id, 1, {small.item(sku)}, 'partial', 0, {PRIORITY}, "
        f"{_PROMISED[engine].format(days=DAYS)}, {first} + {_DAY.format(days=DAYS)}, {qty}, {qty}, 1, 'W', "
        f"'{entered}' FROM n JOIN order_header h ON h.site = '{SITE}' AND h.order_no = '{prefix}-' || n.i ORDER BY n.i"
    )
    connection.execute(
        "UPDATE item_stock SET waiting_lines = waiting_lines + ?, waiting_qty = waiting_qty + ? WHERE item_id = ?",
        lines,
        lines * qty,
        small.item(sku),
    )


def settle() -> None:
    """What the server does by itself within minutes after so many rows came, done now."""
    if connection.dialect() == "postgresql":
        connection.execute("VACUUM ANALYZE")


def label(serial: int, pieces: int = 1, number: int = NUMBER) -> str:
    """A label that says everything: SSCC, content and count in one symbol."""
    return f"]C100{sscc(serial)}020{gtin(number)}37{pieces}"


@dataclass(slots=True)
class Receiver:
    """A receiver in the loop of one purchase order; each `receive` is one scan of a complete label.

    The session is a terminal's: its clock is the database's. `serial` begins apart for receivers of one floor.
    """

    session: Session
    number: int = NUMBER
    serial: int = 0

    @staticmethod
    def at_work(badge: str = "1001", po: str = "PO-1", number: int = NUMBER, serial: int = 0) -> Receiver:
        """Signed on at the dock, with the purchase order open and its first case in."""
        here = site.load()
        session = Session(here, f"DOCK-{badge}", site.first_location(here.code, "dock"), connection.database_now)
        made = Receiver(session, number, serial)
        for place, raw in enumerate((badge, po)):
            made.give(Given(f"{badge}-{place}", 0.0, raw=raw, source="SERIAL"))
        made.receive(1)
        return made

    def receive(self, pieces: int) -> tuple[float, Reply]:
        """One case through the door of the floor: seconds until the verdict is durable, and the verdict."""
        self.serial += 1
        raw = label(self.serial, pieces, self.number)
        return self.give(Given(f"case-{self.serial}", 0.0, raw=raw, source="SERIAL"))

    def give(self, given: Given) -> tuple[float, Reply]:
        """Any input, which must be taken."""
        session = self.session
        started = time.perf_counter()
        answered = floor.answer(session, given)
        took = time.perf_counter() - started
        self.session = answered.session
        if answered.reply.verdict is not Verdict.OK:
            raise RuntimeError(f"the scan was not taken: {answered.reply.message}")
        return took, answered.reply
