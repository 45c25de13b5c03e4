"""Who waits for an item: the order of service, what is ahead, why each waits; the command and its table."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small_floor import SITE, TODAY, SmallFloor

from db import connection
from db.connection import iso, transaction
from warehouse import explain, order_entry
from warehouse.explain import LineWhy
from warehouse.reply import InputError
from warehouse.told import queue_words
from warehouse.told.queue import Queue, queue


@pytest.fixture
def small(database_url):
    return SmallFloor()


def seen(small: SmallFloor, limit: int = 20, sku: str = "GOWN-L") -> Queue:
    return queue(small.site, sku, limit, small.now)


def test_every_field_of_a_queue(small):
    small.order("SO-1", ("GOWN-L", 7), priority=5, promised=TODAY + timedelta(days=4))
    small.now += timedelta(seconds=1)
    small.order("SO-2", ("GOWN-L", 30), ("MASK", 1), policy="order")
    small.order("SO-3", ("GOWN-L", 20), policy="line", priority=1)
    small.stock("GOWN-L", 12)

    told = seen(small).as_json()

    assert told == {
        "sku": "GOWN-L",
        "item": "Gown L",
        "unit": "ea",
        "totals": {"lines": 2, "pieces": 50, "free": 5, "stopped_lines": 0, "stopped_pieces": 0},
        "run": connection.value("SELECT MAX(id) FROM release_run"),
        "waiting": [
            {
                "place": 1,
                "order": "SO-3",
                "line": 1,
                "customer": "C3",
                "customer_name": "Customer C3",
                "promised_on": "2026-06-15",
                "open": 20,
                "min_need": 20,
                "policy": "line",
                "waiting_since": "2026-06-15T09:00:01.000000Z",
                "running_sum": 20,
                "reason": "COMPLETE_NOT_MET",
            },
            {
                "place": 2,
                "order": "SO-2",
                "line": 1,
                "customer": "C3",
                "customer_name": "Customer C3",
                "promised_on": "2026-06-15",
                "open": 30,
                "min_need": 30,
                "policy": "order",
                "waiting_since": "2026-06-15T09:00:01.000000Z",
                "running_sum": 50,
                "reason": "ORDER_COMPLETE_NOT_YET",
            },
        ],
        "stopped": [],
    }


def test_nobody_waits_and_no_such_item(small):
    small.stock("MASK", 3)
    told = seen(small, sku="MASK")
    assert (told.waiting, told.lines, told.free) == ((), 0, 3)
    assert told.words() == "MASK (Mask): nobody waits, 3 free."
    with pytest.raises(InputError, match=r"^There is no item CAPE at T1: check the SKU\.$"):
        seen(small, sku="CAPE")


def test_free_is_what_may_still_be_handed_out(small):
    small.stock("SERUM", 5, code="OLD", lot="L1", expiry="2026-06-14")
    small.stock("SERUM", 7, code="NEW", lot="L2", expiry="2026-06-15")
    assert seen(small, sku="SERUM").free == 7


def test_the_place_is_that_of_why_and_so_is_the_reason(small):
    dice = random.Random(7)
    for number in range(1, 16):
        small.order(
            f"SO-{number}",
            ("GOWN-L", dice.randint(1, 30)),
            policy=dice.choice(("partial", "line")),
            fill=dice.choice((0, 60)),
            priority=dice.randint(1, 5),
            promised=TODAY + timedelta(days=dice.randint(-3, 9)),
        )
        small.now += timedelta(seconds=1)
    reasons = set()
    for qty in (11, 2, 40):
        small.stock("GOWN-L", qty)
        for one in seen(small, 100).waiting:
            told = explain.why(small.site, one.order, one.line, small.now)
            assert isinstance(told, LineWhy)
            assert (told.lines_ahead, told.pieces_ahead) == (one.place - 1, one.running_sum - one.open)
            assert one.reason == told.attempts[-1].reason
            reasons.add(one.reason)
    assert reasons == {"SUPPLY_EXHAUSTED", "MIN_FILL_NOT_MET"}


def test_a_line_that_release_never_saw_is_an_alarm(small):
    @transaction
    def enter_only() -> None:
        customer = connection.value("SELECT id FROM customer WHERE code = 'C3'")
        new = order_entry.NewLine(1, small.item("MASK"), 5, TODAY, 3, "partial", 0)
        order_entry.enter(small.cause(), TODAY, [order_entry.NewOrder("SO-2", customer, (new,))])

    small.order("SO-1", ("MASK", 5), priority=1)
    small.now += timedelta(seconds=1)
    enter_only()
    small.order("SO-X", ("GOWN-L", 1))

    assert [one.reason for one in seen(small, sku="MASK").waiting] == ["NO_SUPPLY", None]
    assert seen(small, sku="MASK").words().splitlines()[-1].endswith("NOT TRIED YET: alarm")


def test_stopped_lines_stand_apart(small):
    for number in range(1, 4):
        small.order(f"SO-{number}", ("GOWN-L", 10 * number))
    _raw("UPDATE order_line SET state = 'H' WHERE qty_open IN (10, 30)")
    _raw("UPDATE item_stock SET waiting_lines = 1, waiting_qty = 20 WHERE waiting_lines = 3")

    told = seen(small, 1)

    assert [(one.order, one.place) for one in told.waiting] == [("SO-2", 1)]
    assert [one.as_json()["order"] for one in told.stopped] == ["SO-1"]
    assert told.stopped[0].as_json()["stopped"] is None
    assert (told.stopped_lines, told.stopped_pieces) == (2, 40)
    assert told.words().splitlines()[3:] == [
        "Besides, 2 lines are stopped, with 40 missing; release passes over what is stopped:",
        "      SO-1/1           Customer C3         10  stopped, not on record by whom",
        "      and 1 more.",
    ]


@transaction
def _raw(statement: str) -> None:
    assert connection.execute(statement)


def test_the_table(small):
    small.order("SO-1", ("GOWN-L", 7), promised=TODAY + timedelta(days=9))
    small.order("SO-1234567890-1234567890", ("GOWN-L", 40), fill=50)
    small.order("SO-3", ("GOWN-L", 5), priority=5, promised=TODAY + timedelta(days=9))
    small.now += timedelta(days=3)

    assert seen(small, 2).words().splitlines() == [
        "GOWN-L (Gown L): 3 lines wait for 52 ea, 0 free.",
        "PLACE ORDER/LINE       CUSTOMER       PROMISED   DAYS MISSING   NEED      SUM  WHY",
        "    1 SO-12345678.../1 Customer C3    2026-06-15    3      40     20       40  nothing free",
        "    2 SO-1/1           Customer C3    2026-06-24    3       7      1       47  nothing free",
        "1 more line waits behind them for 5: see --limit.",
    ]


def test_hostile_names_keep_the_table(small):
    hostile = "[/red]\x1b]0;owned\x07\u202eevil\u200b {} %s '; DROP TABLE item;-- 手術 " + "x" * 10_000
    small.order("SO-1", ("GOWN-L", 40), fill=10)
    for column in ("item.description", "item.sku", "item.base_unit", "customer.name", "order_header.order_no"):
        table, name = column.split(".")
        key = "CAST(id AS TEXT) || " if name in ("sku", "order_no") else ""
        connection.execute(f"UPDATE {table} SET {name} = {key}CAST(? AS TEXT)", hostile)
    sku = connection.value("SELECT sku FROM item WHERE id = (SELECT item_id FROM order_line)")

    rows = seen(small, sku=sku).words().splitlines()

    assert all(char.isprintable() for row in rows for char in row)
    assert all(len(row) <= 100 for row in rows)
    assert rows[-1].endswith("      40      4       40  nothing free")


def test_every_rule_has_its_words():
    assert max(map(len, queue_words.WHY.values())) <= 21


# --- The sum ----------------------------------------------------------------------------------------------


class Rows:
    """Lines written straight into the tables, in chunks, with the counters that they make."""

    def __init__(self) -> None:
        self.small = SmallFloor()
        self.item = self.small.item("GOWN-L")
        customer = connection.value("SELECT id FROM customer WHERE code = 'C3'")
        self.order = connection.insert(
            "order_header", site=SITE, order_no="SO-1", customer_id=customer, entered_at=iso(self.small.now)
        )

    @transaction
    def put(self, lines: list[tuple[int, int, str]]) -> None:
        """Instead of the lines that are there: (rank, open, state)."""
        connection.execute("DELETE FROM order_line")
        since = iso(self.small.now)
        connection.many(
            "INSERT INTO order_line (site, order_id, line, item_id, policy, min_fill_percent, priority, promised_on, "
            "rank_on, qty_ordered, qty_open, qty_shipped, min_need, state, waiting_since) "
            "VALUES (?, ?, ?, ?, 'partial', 0, 3, '2026-06-15', ?, ?, ?, ?, ?, ?, ?)",
            [
                (SITE, self.order, number, self.item, rank, qty, *self._counted(qty, state), state, since)
                for number, (rank, qty, state) in enumerate(lines, 1)
            ],
        )
        waits = [qty for _, qty, state in lines if state == "W"]
        connection.execute(
            "UPDATE item_stock SET waiting_lines = ?, waiting_qty = ? WHERE item_id = ?",
            len(waits),
            sum(waits),
            self.item,
        )

    @staticmethod
    def _counted(qty: int, state: str) -> tuple[int, int, int]:
        return (0, qty, 0) if state == "C" else (qty, 0, 1)


@pytest.fixture
def rows(sqlite_url):
    return Rows()


LINES = st.lists(st.tuples(st.integers(0, 5), st.integers(1, 1000), st.sampled_from("WWWHC")), max_size=30)


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines=LINES, limit=st.integers(1, 35))
def test_the_running_sum_is_what_a_child_would_add_up(rows, lines, limit):
    rows.put(lines)

    told = seen(rows.small, limit)

    expected, total = [], 0
    for _, number, qty in sorted(
        (rank, number, qty) for number, (rank, qty, state) in enumerate(lines, 1) if state == "W"
    ):
        total += qty
        expected.append((number, qty, total))
    assert [(one.line, one.open, one.running_sum) for one in told.waiting] == expected[:limit]
    assert [one.place for one in told.waiting] == list(range(1, len(told.waiting) + 1))
    assert (told.lines, told.pieces) == (len(expected), total)
    held = [qty for _, qty, state in lines if state == "H"]
    assert (told.stopped_lines, told.stopped_pieces) == (len(held), sum(held))
    assert told.words()


def test_no_more_of_the_queue_is_read_than_is_shown(rows, monkeypatch):
    rows.put([(number % 7, 1, "W") for number in range(2000)])
    asked = []
    real = connection.rows
    monkeypatch.setattr(connection, "rows", lambda text, *params: asked.append((text, params)) or real(text, *params))

    assert len(seen(rows.small).waiting) == 20

    text, params = next(one for one in asked if "state = 'W'" in one[0])
    plan = [str(row[3]) for row in real(f"EXPLAIN QUERY PLAN {text}", *params)]
    assert "SEARCH order_line USING INDEX order_line_rank (site=? AND item_id=?)" in plan
    assert plan.index("SEARCH order_line USING INDEX order_line_rank (site=? AND item_id=?)") == 1, "then it is cut"
