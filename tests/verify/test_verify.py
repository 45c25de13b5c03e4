"""Healthy floors verify clean; each invariant is broken once with raw SQL, and that one and that row are named."""

from __future__ import annotations

import itertools
import os
import re
import threading
from datetime import timedelta

import psycopg
import pytest
from postgres import postgres_url
from small_floor import SITE, TODAY, SmallFloor, gtin, sscc

from db import connection, migrate
from warehouse import blocks, carriers, facts, holds, invariants, orders, policy, redistribution, site, substituting
from warehouse.blocks import Target
from warehouse.flows.steps import Context
from warehouse.holds import Which
from warehouse.reply import Verdict
from warehouse.verify import Verification, verify

_commands = itertools.count(1)


def command(small: SmallFloor) -> orders.Command:
    person = site.operator(SITE, "1003")
    assert person
    return orders.Command(small.site, person, small.now, f"command-{next(_commands)}", "TEST")


def pick(hand, order: str, place: str, *scans: str):
    """The next pick of an order, all of it."""
    hand.scan(order)
    hand.scan(place)
    for scan in scans[:-1]:
        hand.scan(scan)
    reply = hand.scan(scans[-1])
    assert reply.verdict is Verdict.OK, reply.message
    return reply


def busy_floor() -> SmallFloor:
    """A shift with everything that this version can do: whole and part picks, shorts, cancels, corrections, undo."""
    small = SmallFloor()
    small.purchase_order("PO-1", ("GOWN-L", 200), ("GOWN-M", 100))
    small.order("SO-1", ("GOWN-L", 30), priority=1)
    small.order("SO-2", ("GOWN-L", 10))
    small.order("SO-3", ("GOWN-L", 40), policy="line")
    small.order("SO-4", ("GOWN-M", 10), ("MASK", 5), policy="order")
    small.order("SO-5", ("GOWN-M", 20), fill=50)
    small.order("SO-6", ("MASK", 30))
    small.order("SO-7", ("SERUM", 10))
    ana, leo, kim = small.hand("1001"), small.hand("1002", "PICK-1"), small.hand("1004", "PICK-2")
    ana.scan("PO-1")
    for serial, item, count in ((1, 1, 24), (2, 1, 24), (3, 2, 12), (4, 2, 7)):
        assert ana.case(sscc(serial), gtin(item), count).verdict is Verdict.OK
    small.stock("MASK", 50, "A-01")
    small.stock("SERUM", 16, "A-01", code="CASE-S", lot="L1", expiry="2027-01-31")

    # A case as it is, taken back, picked again; then six pieces of the next: two units of SO-1 at the ship place.
    pick(leo, "SO-1", "DOCK-1", sscc(1))
    assert leo.key("F4").verdict is Verdict.OK
    leo.key("ESC")
    pick(leo, "SO-1", "DOCK-1", sscc(1))
    pick(leo, "SO-1", "DOCK-1", sscc(2), "XKDONE")
    pick(kim, "SO-7", "A-01", "CASE-S", "XKDONE")

    # A doubt at the loose place, taken back; then three of it damaged.
    kim.scan("SO-6")
    kim.key("F5")
    kim.type("0")
    assert kim.type("1").verdict is Verdict.OK
    assert kim.key("F4").verdict is Verdict.OK
    small.stock("MASK", 6, "A-02", code="CASE-A")
    small.stock("MASK", 9, "A-02")
    kim.key("ESC")
    kim.scan("SO-6")
    kim.scan("A-01")
    kim.key("F5")
    kim.type("20")
    assert kim.type("3").verdict is Verdict.OK

    # A doubt that stays: the rest of a case with the promise of another order on it.
    leo.scan("SO-2")
    leo.scan("DOCK-1")
    leo.key("F5")
    leo.type("4")
    assert leo.type("2").verdict is Verdict.OK

    # A case counted wrong, taken back and counted again.
    ana.case(sscc(5), gtin(2), 30)
    assert ana.key("F4").verdict is Verdict.OK
    assert ana.case(sscc(5), gtin(2), 4).verdict is Verdict.OK

    orders.cancel(command(small), "SO-4", 2, None)
    orders.cancel(command(small), "SO-6", None, 4)
    orders.adjust_unit(command(small), "CASE-A", 5)
    orders.adjust_place(command(small), "A-02", "MASK", -9)
    orders.adjust_unit(command(small), sscc(3), -2)
    kim.key("ESC")
    kim.scan("SO-5")
    leo.all("!ESC", "!ESC")
    stopped_goods(small, leo)
    closed_receipt(small, ana)
    pallets(small)
    serial_numbers()
    later_delivery(small)
    lines_that_wait_for_others(small)
    replaced(small)
    return small


def later_delivery(small: SmallFloor) -> None:
    """What SO-2 and SO-3 wait for comes a week later."""
    assert small.delivery_moves("PO-1", 1, TODAY + timedelta(days=7)) == 2


def stopped_goods(small: SmallFloor, leo) -> None:
    """Lot L2 is stopped with what SO-8 had picked of it; CASE-U of lot L3 has gone the way there and back."""
    connection.insert_row("operator", site=SITE, badge="1005", name="MAX", roles="lead")
    small.stock("SERUM", 12, "A-01", code="CASE-T", lot="L2", expiry="2026-12-31")
    small.order("SO-8", ("SERUM", 5))
    leo.key("2")
    pick(leo, "SO-8", "A-01", "CASE-T", "XKDONE")
    assert blocks.block(command(small), Target("lot", "L2", "SERUM"))["orders"][0]["picked"] == 5
    small.stock("SERUM", 3, "A-01", code="CASE-U", lot="L3", expiry="2027-01-31")
    blocks.block(command(small), Target("unit", "CASE-U"))
    blocks.unblock(command(small), Target("unit", "CASE-U"))
    blocks.accept(small.command("1005"), Target("unit", "CASE-U"))


def closed_receipt(small: SmallFloor, ana) -> None:
    """One case of PO-2, whose receipt is closed; nothing came of PO-3."""
    small.purchase_order("PO-2", ("MASK", 50))
    small.purchase_order("PO-3", ("MASK", 50))
    ana.all("!ESC", "PO-2")
    assert ana.case(sscc(6), gtin(3), 50).verdict is Verdict.OK
    connection.execute(
        f"UPDATE receipt SET state = 'CLOSED', closed_at = opened_at WHERE id = (SELECT receipt_id FROM receipt_order "
        f"WHERE po_id = {po('PO-2')})"
    )
    connection.execute(f"UPDATE receipt_order SET open = 0 WHERE po_id = {po('PO-2')}")


def replaced(small: SmallFloor) -> None:
    """SO-9 waits for 9 aprons, and has 7 of another kind in their place."""
    pair = {
        "item_id": small.another_item(8, "APRON", "Apron"),
        "substitute_id": small.another_item(9, "APRON-B", "Apron B"),
    }
    connection.insert_row("substitute", site=SITE, **pair)
    small.order("SO-9", ("APRON", 9))
    small.stock("APRON-B", 7, "A-01", code="CASE-B")
    assert substituting.accept(small.command(), Which("SO-9", 1), "APRON-B", None).quantity == 7


@connection.transaction
def pallets(small: SmallFloor) -> None:
    """P-1 to P-4, each on the one before it; P-5 beside them with CASE-U on it; P-6 is broken up."""
    context = Context(
        small.site, "DOCK-1", None, site.operator(SITE, "1003"), small.now, 0.0, f"command-{next(_commands)}"
    )
    made = [carriers.open_new(context, f"P-{number}", small.place("A-01")) for number in range(1, 7)]
    for upper, lower in zip(made[1:4], made, strict=False):
        carriers.put_carrier(context, upper.id, lower.id)
    carriers.put_unit(context, int(str(small.unit("CASE-U")["id"])), made[4].id)
    carriers.break_up(context, made[5].id)


def lines_that_wait_for_others(small: SmallFloor) -> None:
    """Of boots and caps: a set that watches its line 1, one that claims and has lent; holds, a pin, a set of one line."""
    small.another_item(50, "BOOT", "Boot")
    small.another_item(51, "CAP", "Cap")
    small.order("SO-20", ("BOOT", 5), ("CAP", 5), policy="order")
    small.order("SO-21", ("BOOT", 4), ("CAP", 4), policy="order", patience=0)
    small.order("SO-22", ("CAP", 6))
    small.order("SO-23", ("BOOT", 2), priority=1)
    small.order("SO-24", ("CAP", 9), policy="line")
    small.order("SO-25", ("BOOT", 3), priority=5)
    small.order("SO-26", ("CAP", 7), sets=("A",))
    small.stock("BOOT", 6)
    terms = holds.Terms("credit", small.now.date(), keep=True)
    holds.hold(command(small), [holds.Which("SO-22"), holds.Which("SO-23", 1)], terms)
    holds.pin(command(small), [holds.Which("SO-24")])
    redistribution.lend(command(small), holds.Which("SO-21", 1), holds.Which("SO-25", 1), 1)
    assert [small.reserved(order) for order in ("SO-20", "SO-21", "SO-23", "SO-25")] == [0, 3, 2, 1]


def serial_numbers() -> None:
    """Two in a case, one in the capture that was taken back."""
    taken_back = f"(SELECT id FROM handling_unit WHERE code = '{sscc(5)}' AND status = 'VOIDED')"
    for serial, unit_id, state in (
        ("S1", unit(sscc(3)), "IN"),
        ("S2", unit(sscc(3)), "IN"),
        ("S9", taken_back, "VOIDED"),
    ):
        connection.execute(
            "INSERT INTO unit_serial (site, item_id, serial, unit_id, state, scan_id) SELECT site, item_id, ?, id, ?, 'raw' "
            f"FROM handling_unit WHERE id = {unit_id}",
            serial,
            state,
        )


def test_a_busy_shift_verifies_clean(database_url):
    small = busy_floor()

    found = verify(small.site)

    assert found.violations == ()
    assert found.ok
    assert all(entry.rows for entry in found.checked), "the shift leaves an invariant without a row"


def test_an_empty_site_verifies_clean(database_url):
    found = verify(SmallFloor().site)

    assert found.as_json()["ok"] is True
    assert found.as_json()["violations"] == []
    assert {"invariant": "item_stock.usable", "rows": 4} in found.as_json()["checked"]


def test_expired_stock_leaves_nobody_waiting_wrongly(database_url):
    small = SmallFloor()
    small.stock("SERUM", 16, code="OLD", lot="L1", expiry="2026-06-14")
    small.order("SO-1", ("SERUM", 10))

    assert verify(small.site).ok
    assert small.line("SO-1")["qty_open"] == 10


def test_writers_are_neither_seen_nor_held_up(database_url):
    small = SmallFloor()
    small.stock("GOWN-M", 8)
    small.order("SO-1", ("GOWN-M", 5))
    lines_before = connection.value("SELECT COUNT(*) FROM order_line")

    def enter() -> None:
        small.order("SO-LATE", ("GOWN-M", 500))
        connection.close()

    def meanwhile(_what: str, done: int, _of: int) -> None:
        if done == 1:
            thread = threading.Thread(target=enter)
            thread.start()
            thread.join(10)
            assert not thread.is_alive()

    found = verify(small.site, meanwhile)

    assert found.violations == ()
    assert {entry.rows for entry in found.checked if entry.invariant.startswith("I6")} == {lines_before}
    assert verify(small.site).ok


def test_progress_names_each_step_and_may_end_it(database_url):
    small = SmallFloor()
    told: list[tuple[str, int, int]] = []
    verify(small.site, lambda *step: told.append(step))
    assert [done for _, done, _ in told[1:]] == list(range(told[0][2]))

    def stop(*_step: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        verify(small.site, stop)
    assert verify(small.site).ok


# --- Rules that are stated in SQL as well -------------------------------------------------------------------


def test_need_and_state_in_sql_are_those_of_policy(database_url):
    cases = [
        (rule, ordered, cancelled, shipped, open_qty, fill, claiming, watched, held)
        for rule, fill in (
            ("partial", 0),
            ("partial", 50),
            ("partial", 33),
            ("partial", 100),
            ("line", 0),
            ("order", 0),
            ("set", 0),
        )
        for ordered, cancelled, shipped in ((7, 0, 0), (7, 2, 0), (7, 2, 5), (7, 7, 0), (99_999, 0, 1))
        for open_qty in {0, 1, (ordered - cancelled - shipped) // 2, ordered - cancelled - shipped}
        if open_qty <= ordered - cancelled - shipped
        for claiming, watched in ((0, 0), (0, 1), (1, 0))
        for held in (0, 1, 2)
    ]
    values = ", ".join(str(case) for case in cases)
    found = connection.rows(
        "WITH line (policy, qty_ordered, qty_cancelled, qty_shipped, open_qty, min_fill_percent, claiming, watched, held) "
        f"AS (VALUES {values}), counted AS (SELECT line.*, {facts.FILL} AS fill, qty_ordered - qty_cancelled AS wanted, "
        f"open_qty AS in_set FROM line) SELECT {facts.NEED}, {facts.STATE} FROM counted"
    )
    wanted = [
        (
            policy.min_need(
                rule,
                ordered=ordered,
                cancelled=cancelled,
                open_qty=open_qty,
                fill_percent=fill,
                claiming=claiming == 1,
                watched=watched == 1,
            ),
            policy.state(ordered=ordered, cancelled=cancelled, shipped=shipped, open_qty=open_qty, held=held > 0),
        )
        for rule, ordered, cancelled, shipped, open_qty, fill, claiming, watched, held in cases
    ]
    assert found == wanted


WHOLE_FOR_EACH = r"(SCAN \w+|SEARCH \w+ USING (COVERING )?INDEX \w+ \(site=\?\)) LEFT-JOIN"


def test_no_statement_reads_a_whole_table_for_each_row_of_another(sqlite_url):
    """PostgreSQL hashes such joins; SQLite needs an index for each, which only its plan can show."""
    small = SmallFloor()
    texts = [fact.sql for fact in facts.FACTS]
    texts += [check.statement() for check in invariants.checks("sqlite")]
    texts += [invariants.UNSERVED_ITEMS]
    with facts.at_hand(small.site.code):
        for text in texts:
            plan = [row[3] for row in facts.rows(small.site.code, f"EXPLAIN QUERY PLAN {text}")]
            assert not [step for step in plan if re.match(WHOLE_FOR_EACH, step)], (plan, text)


# --- Every invariant is broken once -------------------------------------------------------------------------


class Broken:
    """A busy floor without its guards: no CHECK, no trigger, no unique index, no foreign key."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.generation = -1  # of no database yet, not even the first of a process
        self.open()
        if url.startswith("sqlite"):
            migrate.up()
            self.unguard()
        self.small = busy_floor()
        if url.startswith("sqlite"):
            for kind, name in connection.rows("SELECT type, name FROM sqlite_master WHERE type = 'trigger'"):
                connection.execute(f"DROP {kind} {name}")
        for index in UNIQUE_INDEXES:
            connection.execute(f"DROP INDEX {index}")
        assert verify(self.small.site).ok

    def open(self) -> None:
        """Come back to this database, if a test between looked at another."""
        if connection.generation == self.generation:
            return
        connection.close()
        connection.open_database(self.url)
        self.generation = connection.generation
        if self.url.startswith("sqlite"):
            self.unguard()

    def unguard(self) -> None:
        """This connection lets everything pass."""
        connection.execute("PRAGMA foreign_keys = OFF")
        connection.execute("PRAGMA ignore_check_constraints = ON")

    def after(self, statements: str) -> Verification:
        """What verify says after this, and nothing of it stays."""
        with connection.database.atomic() as transaction:
            for statement in statements.split(";"):
                assert connection.execute(statement), f"touched no row: {statement}"
            found = verify(self.small.site)
            transaction.rollback()
        return found


UNIQUE_INDEXES = (
    *("unit_code", "unit_loose", "unit_picked", "move_reversed", "scan_undone"),
    *("receipt_order_open", "capture_reversed", "carrier_code", "serial_live", "lot_blocked"),
)


def _postgres_without_guards() -> str:
    name = "broken_" + os.environ.get("PYTEST_XDIST_WORKER", "main")
    with psycopg.connect(postgres_url("postgres"), autocommit=True) as admin:
        admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        admin.execute(f"CREATE DATABASE {name} TEMPLATE tmpl")
    with psycopg.connect(postgres_url(name), autocommit=True) as admin:
        constraints = admin.execute(
            "SELECT conrelid::regclass, conname FROM pg_constraint WHERE contype IN ('c', 'f') "
            "AND connamespace = 'public'::regnamespace AND conparentid = 0"
        ).fetchall()
        admin.execute(
            "; ".join(
                [f'ALTER TABLE {table} DROP CONSTRAINT "{constraint}"' for table, constraint in constraints]
                + [
                    f"DROP TRIGGER {table}_append_only ON {table}"
                    for table in ("stock_move", "capture", "carrier_move", "promise_change")
                ]
            )
        )
    return postgres_url(name)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def floor_without_guards(request, tmp_path_factory):
    if request.param == "sqlite":
        broken = Broken(f"sqlite:///{tmp_path_factory.mktemp('broken')}/site.db")
    else:
        broken = Broken(_postgres_without_guards())
    yield broken
    connection.close()


@pytest.fixture
def broken(floor_without_guards):
    floor_without_guards.open()
    return floor_without_guards


def unit(code: str) -> str:
    return f"(SELECT id FROM handling_unit WHERE code = '{code}' AND status NOT IN ('VOIDED','CONSUMED'))"


def order(number: str) -> str:
    return f"(SELECT id FROM order_header WHERE order_no = '{number}')"


def line(number: str, position: int = 1) -> str:
    return f"(SELECT id FROM order_line WHERE order_id = {order(number)} AND line = {position})"


def item(sku: str) -> str:
    return f"(SELECT id FROM item WHERE sku = '{sku}')"


def po(number: str) -> str:
    return f"(SELECT id FROM purchase_order WHERE po = '{number}')"


def receipt(number: str) -> str:
    return f"(SELECT receipt_id FROM receipt_order WHERE po_id = {po(number)})"


def carrier(code: str) -> str:
    return f"(SELECT id FROM carrier WHERE code = '{code}')"


def place(code: str) -> str:
    return f"(SELECT id FROM location WHERE code = '{code}')"


def scan_of(code: str, kind: str) -> str:
    """The scan that moved a unit in this way, last."""
    return f"(SELECT scan_id FROM stock_move WHERE kind = '{kind}' AND from_unit_id = {unit(code)} ORDER BY id DESC LIMIT 1)"


LOOSE = "(SELECT id FROM handling_unit WHERE kind = 'LOOSE' AND status = 'AVAILABLE')"
EMPTY = "(SELECT MAX(id) FROM handling_unit WHERE kind = 'LOOSE' AND status = 'CONSUMED')"
PICKED = "(SELECT id FROM handling_unit WHERE kind = 'PICKED' AND lot = 'L1')"


def promises_of(order: str) -> str:
    """The reservations of an order's first line."""
    return f"(SELECT id FROM reservation WHERE line_id = {line(order)})"


CASE_4 = f"(SELECT id FROM reservation WHERE unit_id = {unit(sscc(4))} AND state = 'OPEN')"

CHANGED = "(SELECT MAX(id) FROM promise_change)"


def as_text(select: str) -> str:
    """The key of a row that only the database can name."""
    return f"SELECT {select}"


RECEIPT = as_text(f"code FROM receipt WHERE id = {receipt('PO-1')}")
ON_RECEIPT = as_text(f"code || ' PO-1' FROM receipt WHERE id = {receipt('PO-1')}")

# What is broken, how, and the one row of it that must be named (a SELECT where its name is the database's).
FAULTS = {
    "I1 ledger equals units": (f"UPDATE handling_unit SET qty = qty + 1 WHERE id = {unit(sscc(5))}", sscc(5)),
    "I2 no empty live unit": (
        f"UPDATE handling_unit SET status = 'AVAILABLE' WHERE id = {EMPTY}",
        as_text(f"code FROM handling_unit WHERE id = {EMPTY}"),
    ),
    "unit.location": (
        f"UPDATE handling_unit SET location_id = {place('A-02')} WHERE id = {unit(sscc(3))}",
        sscc(3),
    ),
    "unit.status": (f"UPDATE handling_unit SET status = 'BLOCKED' WHERE id = {unit(sscc(3))}", sscc(3)),
    "unit.order": (f"UPDATE handling_unit SET order_id = {order('SO-2')} WHERE id = {unit(sscc(1))}", sscc(1)),
    "unit.qty_reserved": (
        f"UPDATE handling_unit SET qty_reserved = qty_reserved - 1 WHERE id = {unit(sscc(5))}",
        sscc(5),
    ),
    "I7 no unit promises more than it holds": (
        f"UPDATE reservation SET qty = qty + 50 WHERE id = {CASE_4};"
        f"UPDATE release_run SET supply_before = supply_before + 50 WHERE id = (SELECT run_id FROM reservation WHERE id = {CASE_4});"
        f"UPDATE release_verdict SET qty = qty + 50 WHERE qty > 0 AND run_id = (SELECT run_id FROM reservation WHERE id = {CASE_4});"
        f"UPDATE order_line SET qty_ordered = qty_ordered + 50, qty_reserved = qty_reserved + 50 "
        f"WHERE id = (SELECT line_id FROM reservation WHERE id = {CASE_4});"
        f"UPDATE handling_unit SET qty_reserved = qty_reserved + 50 WHERE id = {unit(sscc(4))};"
        f"UPDATE item_stock SET reserved = reserved + 50 WHERE item_id = {item('GOWN-M')}",
        sscc(4),
    ),
    "I7 hard promises only on available units": (
        "INSERT INTO stock_move (site, at, kind, item_id, qty, from_account, from_unit_id, from_location_id, from_status, "
        "to_account, to_unit_id, to_location_id, to_status, scan_id) SELECT site, received_at, 'QUARANTINE', item_id, qty, "
        "'UNIT', id, location_id, status, 'UNIT', id, location_id, 'QUARANTINE', 'raw' "
        f"FROM handling_unit WHERE id = {unit(sscc(4))};"
        f"UPDATE item_stock SET usable = usable - 7, reserved = reserved - 7 WHERE item_id = {item('GOWN-M')};"
        f"UPDATE handling_unit SET status = 'QUARANTINE' WHERE id = {unit(sscc(4))}",
        sscc(4),
    ),
    "I21 nothing stopped or on hold is picked": (
        f"UPDATE stock_move SET to_status = 'QUARANTINE' WHERE to_unit_id = {PICKED};"
        f"UPDATE handling_unit SET status = 'QUARANTINE' WHERE id = {PICKED}",
        as_text(f"code FROM handling_unit WHERE id = {PICKED}"),
    ),
    "I4 a move changes what its kind may": (
        "UPDATE stock_move SET kind = 'MOVE' WHERE kind = 'ACCEPT'",
        as_text("'move ' || CAST(id AS TEXT) FROM stock_move WHERE kind = 'ACCEPT'"),
    ),
    "I1 pieces are conserved": (
        "INSERT INTO stock_move (site, at, kind, item_id, qty, from_account, to_account, to_unit_id, to_location_id, "
        "to_status, scan_id) SELECT site, received_at, 'ADJUST', item_id, 2, 'UNIT', 'UNIT', id, location_id, status, 'raw' "
        f"FROM handling_unit WHERE id = {unit('CASE-S')};"
        f"UPDATE handling_unit SET qty = qty + 2 WHERE id = {unit('CASE-S')};"
        f"UPDATE item_stock SET usable = usable + 2 WHERE item_id = {item('SERUM')}",
        "SERUM",
    ),
    "item_stock.usable": (f"UPDATE item_stock SET usable = usable + 1 WHERE item_id = {item('MASK')}", "MASK"),
    "item_stock.reserved": (
        f"UPDATE item_stock SET reserved = reserved - 1 WHERE item_id = {item('GOWN-M')}",
        "GOWN-M",
    ),
    "item_stock.waiting_lines": (
        f"UPDATE item_stock SET waiting_lines = waiting_lines - 1 WHERE item_id = {item('GOWN-L')}",
        "GOWN-L",
    ),
    "item_stock.waiting_qty": (
        f"UPDATE item_stock SET waiting_qty = waiting_qty + 7 WHERE item_id = {item('SERUM')}",
        "SERUM",
    ),
    "I3 one unit per code": (f"UPDATE handling_unit SET code = '{sscc(3)}' WHERE id = {unit(sscc(5))}", sscc(3)),
    "I3 one row of loose stock per place and lot": (
        f"UPDATE handling_unit SET kind = 'LOOSE' WHERE id IN ({unit(sscc(3))}, {unit(sscc(5))})",
        "DOCK-1 GOWN-M AVAILABLE",
    ),
    "I3 one picked unit per order, lot and place": (
        f"UPDATE handling_unit SET kind = 'PICKED' WHERE id = {unit(sscc(1))}",
        "SO-1 GOWN-L SHIP-1",
    ),
    "I3 a move is of the item of its units": (
        f"UPDATE stock_move SET item_id = {item('MASK')} WHERE kind = 'PICK' AND to_unit_id = {PICKED}",
        as_text(f"'move ' || CAST(id AS TEXT) FROM stock_move WHERE to_unit_id = {PICKED}"),
    ),
    "I3 pieces keep their lot, expiry and owner": (
        f"UPDATE handling_unit SET expiry = '2027-02-28' WHERE id = {PICKED}",
        as_text(f"'move ' || CAST(id AS TEXT) FROM stock_move WHERE to_unit_id = {PICKED}"),
    ),
    "I4 a reversal mirrors its move": (
        f"UPDATE stock_move SET to_location_id = {place('A-02')} WHERE kind = 'UNDO' AND from_unit_id = {unit(sscc(1))}",
        as_text(f"'move ' || CAST(id AS TEXT) FROM stock_move WHERE kind = 'UNDO' AND from_unit_id = {unit(sscc(1))}"),
    ),
    "I4 a scan is undone once": (
        "INSERT INTO scan_log (scan_id, site, at, station, source, step, raw, payload_hash, verdict, outcome, undoes) "
        "SELECT 'raw', site, at, station, source, step, raw, payload_hash, verdict, outcome, undoes FROM scan_log "
        "WHERE undoes = (SELECT MIN(undoes) FROM scan_log)",
        as_text("MIN(undoes) FROM scan_log"),
    ),
    "I4 an undo takes back the whole scan": (
        "UPDATE stock_move SET reverses = NULL WHERE reverses IN (SELECT id FROM stock_move WHERE kind = 'QUARANTINE')",
        as_text(
            "o.scan_id FROM stock_move o JOIN stock_move r ON r.reverses = o.id WHERE o.kind = 'QUARANTINE'",
        ),
    ),
    "scan_log.moves": (
        f"UPDATE scan_log SET moves = 5 WHERE scan_id = {scan_of(sscc(1), 'PICK')}",
        as_text(scan_of(sscc(1), "PICK")),
    ),
    "po_line.qty_received": ("UPDATE po_line SET qty_received = qty_received + 1 WHERE line = 2", "PO-1/2"),
    "receipt.cases": (f"UPDATE receipt SET cases = cases + 1 WHERE id = {receipt('PO-1')}", RECEIPT),
    "receipt.pieces": (f"UPDATE receipt SET pieces = pieces - 3 WHERE id = {receipt('PO-1')}", RECEIPT),
    "I5 every receipt is a capture": (
        f"UPDATE capture SET qty = qty + 1 WHERE unit_id = {unit(sscc(3))};"
        "UPDATE po_line SET qty_received = qty_received + 1 WHERE line = 2;"
        f"UPDATE receipt SET pieces = pieces + 1 WHERE id = {receipt('PO-1')}",
        as_text(f"'move ' || CAST(id AS TEXT) FROM stock_move WHERE kind = 'RECEIPT' AND to_unit_id = {unit(sscc(3))}"),
    ),
    "I5 a capture is taken back with its move": (
        "DELETE FROM capture WHERE reverses IS NOT NULL;"
        "UPDATE po_line SET qty_received = qty_received + 30 WHERE line = 2;"
        f"UPDATE receipt SET cases = cases + 1, pieces = pieces + 30 WHERE id = {receipt('PO-1')}",
        as_text("'move ' || CAST(reverses AS TEXT) FROM stock_move WHERE to_account = 'VENDOR'"),
    ),
    "I5 every capture is a receipt": (
        "UPDATE stock_move SET kind = 'OPENING', from_account = 'OPENING' "
        f"WHERE kind = 'RECEIPT' AND to_unit_id = {unit(sscc(3))}",
        as_text(f"'capture ' || CAST(id AS TEXT) FROM capture WHERE unit_id = {unit(sscc(3))}"),
    ),
    "I4 a capture is taken back as it was counted": (
        f"UPDATE capture SET item_id = {item('MASK')} WHERE reverses IS NOT NULL",
        as_text("'capture ' || CAST(id AS TEXT) FROM capture WHERE reverses IS NOT NULL"),
    ),
    "an order is in one open receipt a day": (
        "INSERT INTO receipt (site, code, opened_on, opened_by, opened_at) SELECT site, 'RC-RAW', opened_on, opened_by, "
        f"opened_at FROM receipt WHERE id = {receipt('PO-1')};"
        "INSERT INTO receipt_order (receipt_id, po_id, site, opened_on) SELECT (SELECT id FROM receipt WHERE code = "
        f"'RC-RAW'), po_id, site, opened_on FROM receipt_order WHERE po_id = {po('PO-1')}",
        "PO-1 on 2026-06-15",
    ),
    "receipt_order.open": (f"UPDATE receipt_order SET open = 0 WHERE po_id = {po('PO-1')}", ON_RECEIPT),
    "receipt_order.opened_on": (
        f"UPDATE receipt_order SET opened_on = '2026-06-14' WHERE po_id = {po('PO-1')}",
        ON_RECEIPT,
    ),
    "a capture's order is on its receipt": (
        f"UPDATE receipt_order SET po_id = {po('PO-3')} WHERE po_id = {po('PO-2')}",
        as_text(f"'capture ' || CAST(id AS TEXT) FROM capture WHERE unit_id = {unit(sscc(6))}"),
    ),
    "a substitution is all that its new line was entered with": ("UPDATE substitution SET qty = 6", "SO-9/2"),
    "a substitution stays in its order": (
        f"UPDATE order_line SET order_id = {order('SO-1')}, line = 7 WHERE id = {line('SO-9', 2)}",
        "SO-1/7",
    ),
    "a substitution is of another item": (
        f"UPDATE order_line SET item_id = {item('APRON')} WHERE id = {line('SO-9', 2)}",
        "SO-9/2",
    ),
    "what was replaced of a line is cancelled of it": (
        f"UPDATE order_line SET qty_cancelled = 6, qty_ordered = 8 WHERE id = {line('SO-9')}",
        "SO-9/1",
    ),
    "I3 a carrier never stands on itself": (
        "UPDATE carrier SET parent_id = id WHERE code = 'P-4';"
        f"UPDATE carrier_move SET to_carrier_id = carrier_id WHERE carrier_id = {carrier('P-4')}",
        "P-4",
    ),
    "I3 carriers are at most 4 deep": (
        f"UPDATE carrier SET parent_id = {carrier('P-5')} WHERE code = 'P-1';"
        "INSERT INTO carrier_move (site, at, carrier_id, to_carrier_id, scan_id, operator_id) SELECT site, opened_at, id, "
        f"{carrier('P-5')}, 'raw', opened_by FROM carrier WHERE code = 'P-1'",
        "P-4",
    ),
    "carrier.parent": ("UPDATE carrier SET parent_id = NULL WHERE code = 'P-4'", "P-4"),
    "a carrier stands where the one under it stands": (
        f"UPDATE carrier SET location_id = {place('A-02')} WHERE code = 'P-4'",
        "P-4",
    ),
    "no carrier on a broken one": ("UPDATE carrier SET state = 'BROKEN' WHERE code = 'P-3'", "P-4"),
    "I3 one carrier per code": ("UPDATE carrier SET code = 'P-5' WHERE code = 'P-4'", "P-5"),
    "I3 a code names a unit or a carrier": ("UPDATE carrier SET code = 'CASE-A' WHERE code = 'P-5'", "CASE-A"),
    "unit.carrier": (f"UPDATE handling_unit SET carrier_id = NULL WHERE id = {unit('CASE-U')}", "CASE-U"),
    "a unit stands where its carrier stands": (
        f"UPDATE carrier SET location_id = {place('A-02')} WHERE code = 'P-5'",
        "CASE-U",
    ),
    "no unit on a broken carrier": ("UPDATE carrier SET state = 'BROKEN' WHERE code = 'P-5'", "CASE-U"),
    "a lot is stopped once": (
        "INSERT INTO lot_block (site, item_id, lot, reason, operator_id, at) SELECT site, item_id, lot, 'raw', operator_id, "
        "at FROM lot_block",
        "SERUM lot L2",
    ),
    "I21 nothing of a stopped lot is free": ("UPDATE lot_block SET lot = 'L3'", "SERUM lot L3"),
    "I3 a serial number is in one unit": (
        "UPDATE unit_serial SET serial = 'S1' WHERE serial = 'S2'",
        "GOWN-M serial S1",
    ),
    "unit_serial.state": ("UPDATE unit_serial SET state = 'VOIDED' WHERE serial = 'S1'", "GOWN-M serial S1"),
    "unit_serial.item": (f"UPDATE unit_serial SET item_id = {item('MASK')} WHERE serial = 'S1'", "MASK serial S1"),
    "I6 an order line adds up": (f"UPDATE order_line SET qty_open = qty_open + 1 WHERE id = {line('SO-3')}", "SO-3/1"),
    "order_line.qty_reserved": (
        f"UPDATE order_line SET qty_reserved = qty_reserved - 1 WHERE id = {line('SO-5')}",
        "SO-5/1",
    ),
    "order_line.qty_picked": (f"UPDATE order_line SET qty_picked = 0 WHERE id = {line('SO-1')}", "SO-1/1"),
    "order_line.min_need": (f"UPDATE order_line SET min_need = 7 WHERE id = {line('SO-3')}", "SO-3/1"),
    "order_line.state": (f"UPDATE order_line SET state = 'R' WHERE id = {line('SO-3')}", "SO-3/1"),
    "order_line.held": (
        f"UPDATE order_hold SET ended_at = at WHERE order_id = {order('SO-22')}",
        "SO-22/1",
    ),
    "order_line.owed": ("UPDATE loan SET repaid = repaid + 1", "SO-21/1"),
    "lines that leave together are in a set of their order": (
        f"UPDATE ship_set SET name = '' WHERE order_id = {order('SO-26')}",
        "SO-26/1",
    ),
    "ship_set.n_unsat": (
        f"UPDATE ship_set SET n_unsat = n_unsat + 1 WHERE order_id = {order('SO-20')}",
        "SO-20 set ",
    ),
    "a ship set that misses something is woken by one of its lines, or has its turn before it": (
        f"UPDATE ship_set SET watch_id = NULL WHERE order_id = {order('SO-26')};"
        f"UPDATE order_line SET min_need = {policy.NEVER} WHERE id = {line('SO-26')}",
        "SO-26 set A",
    ),
    "a pick waits for its ship set and for holds, for nothing else": (
        f"UPDATE pick_task SET state = 'OPEN' WHERE reservation_id IN {promises_of('SO-21')} AND state = 'WAITING'",
        as_text(
            f"'SO-21/1 reservation ' || CAST(id AS TEXT) FROM reservation WHERE id IN {promises_of('SO-21')} "
            "AND state = 'OPEN'"
        ),
    ),
    "order_line.rank_on": (f"UPDATE order_line SET rank_on = rank_on - 1 WHERE id = {line('SO-4', 2)}", "SO-4/2"),
    "reservation.qty_picked": (
        f"UPDATE reservation SET qty_picked = qty_picked - 1 WHERE line_id = {line('SO-7')}",
        as_text(f"'SO-7/1 reservation ' || CAST(id AS TEXT) FROM reservation WHERE line_id = {line('SO-7')}"),
    ),
    "reservation.qty_voided": (
        f"UPDATE reservation SET qty_voided = 1 WHERE id = {CASE_4}",
        as_text(f"'SO-5/1 reservation ' || CAST({CASE_4} AS TEXT)"),
    ),
    "reservation.state": (
        f"UPDATE reservation SET state = 'OPEN' WHERE line_id = {line('SO-7')}",
        as_text(f"'SO-7/1 reservation ' || CAST(id AS TEXT) FROM reservation WHERE line_id = {line('SO-7')}"),
    ),
    "one live pick task per hard reservation": (
        f"UPDATE pick_task SET state = 'DONE' WHERE reservation_id = {CASE_4}",
        as_text(f"'SO-5/1 reservation ' || CAST({CASE_4} AS TEXT)"),
    ),
    "picked pieces are their order's": (
        f"UPDATE stock_move SET to_order_id = {order('SO-3')} WHERE to_unit_id = {PICKED};"
        f"UPDATE handling_unit SET order_id = {order('SO-3')} WHERE id = {PICKED}",
        "SO-3 SERUM",
    ),
    "release_run.supply": ("UPDATE release_run SET supply_before = supply_before + 1 WHERE id = 1", "run 1"),
    "release_verdict.qty": (
        f"UPDATE release_verdict SET qty = qty + 1 WHERE line_id = {line('SO-7')} AND qty > 0",
        as_text(
            f"'SO-7/1 run ' || CAST(run_id AS TEXT) FROM release_verdict WHERE line_id = {line('SO-7')} AND qty > 0"
        ),
    ),
    "a promise never moves into the past": (
        f"UPDATE promise_change SET new_on = '2026-06-14' WHERE id = {CHANGED}",
        as_text(f"'promise change ' || CAST({CHANGED} AS TEXT)"),
    ),
    "a promise that moved has another day": (
        f"UPDATE promise_change SET old_on = new_on WHERE id = {CHANGED}",
        as_text(f"'promise change ' || CAST({CHANGED} AS TEXT)"),
    ),
    "promise_change.item": (
        f"UPDATE promise_change SET item_id = {item('MASK')} WHERE id = {CHANGED}",
        as_text(f"'promise change ' || CAST({CHANGED} AS TEXT)"),
    ),
    "I9 nothing that fits waits": (
        "INSERT INTO order_line (site, order_id, line, item_id, policy, min_fill_percent, priority, promised_on, rank_on, "
        "qty_ordered, qty_open, min_need, state, waiting_since) SELECT site, order_id, 9, item_id, policy, min_fill_percent, "
        "priority, promised_on, rank_on, 2, 2, 1, 'W', waiting_since FROM order_line "
        f"WHERE id = {line('SO-7')};"
        f"UPDATE item_stock SET waiting_lines = 1, waiting_qty = 2 WHERE item_id = {item('SERUM')}",
        "SO-7/9",
    ),
}
# Pieces that stand under a wrong order are missing under the right one: two rows, one invariant.
ALSO = {"picked pieces are their order's": {"SO-7 SERUM"}}


@pytest.mark.parametrize("invariant", FAULTS)
def test_a_broken_invariant_is_named_with_its_row_and_nothing_else(broken, invariant):
    fault, key = FAULTS[invariant]
    expected = connection.value(key) if key.startswith("SELECT") else key

    found = broken.after(fault)

    assert not found.ok
    assert {(one.invariant, one.key) for one in found.violations} == {
        (invariant, name) for name in {expected, *ALSO.get(invariant, ())}
    }
    assert all(one.found != one.expected for one in found.violations)


# Other ways to break one of them.
MORE = {
    "a pinned line stands in its own place": (
        "order_line.rank_on",
        f"UPDATE order_line SET rank_on = 739417 WHERE id = {line('SO-24')}",
        "SO-24/1",
    ),
    "a line that is no longer pinned stands before all others": (
        "order_line.rank_on",
        f"UPDATE order_line SET pinned = 0 WHERE id = {line('SO-24')}",
        "SO-24/1",
    ),
    "a line that is owed something waits for its turn": (
        "order_line.rank_on",
        f"UPDATE order_line SET rank_on = {policy.PINNED} WHERE id = {line('SO-21')}",
        "SO-21/1",
    ),
    "a hold that nobody set": (
        "order_line.held",
        f"UPDATE order_line SET held = held + 1 WHERE id = {line('SO-22')}",
        "SO-22/1",
    ),
    "a held line is in the queue": (
        "order_line.state",
        f"UPDATE order_line SET state = 'W' WHERE id = {line('SO-22')}",
        "SO-22/1",
    ),
    "a line of a set is served without the others": (
        "order_line.min_need",
        f"UPDATE order_line SET min_need = 1 WHERE id = {line('SO-20', 2)}",
        "SO-20/2",
    ),
    "the watched line sleeps": (
        "order_line.min_need",
        f"UPDATE order_line SET min_need = {policy.NEVER} WHERE id = {line('SO-20')}",
        "SO-20/1",
    ),
    "a line of a set that claims sleeps": (
        "order_line.min_need",
        f"UPDATE order_line SET min_need = 4 WHERE id = {line('SO-21', 2)}",
        "SO-21/2",
    ),
    "a set that claims watches a line": (
        "a ship set that misses something is woken by one of its lines, or has its turn before it",
        f"UPDATE ship_set SET watch_id = {line('SO-21', 2)} WHERE order_id = {order('SO-21')};"
        f"UPDATE order_line SET min_need = 1 WHERE id = {line('SO-21', 2)}",
        "SO-21 set ",
    ),
    "the pick of a held line is let go": (
        "a pick waits for its ship set and for holds, for nothing else",
        f"UPDATE pick_task SET state = 'OPEN' WHERE reservation_id IN {promises_of('SO-23')}",
        as_text(f"'SO-23/1 reservation ' || CAST(id AS TEXT) FROM reservation WHERE id IN {promises_of('SO-23')}"),
    ),
    "a pick waits for nothing": (
        "a pick waits for its ship set and for holds, for nothing else",
        f"UPDATE pick_task SET state = 'WAITING' WHERE reservation_id IN {promises_of('SO-25')}",
        as_text(f"'SO-25/1 reservation ' || CAST(id AS TEXT) FROM reservation WHERE id IN {promises_of('SO-25')}"),
    ),
    "a line of a set has left it": (
        "lines that leave together are in a set of their order",
        f"UPDATE order_line SET policy = 'order' WHERE id = {line('SO-26')}",
        "SO-26/1",
    ),
}


@pytest.mark.parametrize("fault", MORE)
def test_other_ways_to_break_one_are_named_too(broken, fault):
    invariant, statements, key = MORE[fault]
    expected = connection.value(key) if key.startswith("SELECT") else key

    assert {(one.invariant, one.key) for one in broken.after(statements).violations} == {(invariant, expected)}


def test_no_invariant_is_left_without_a_fault(broken):
    assert {entry.invariant for entry in verify(broken.small.site).checked} == set(FAULTS)


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (
            f"DELETE FROM item_stock WHERE item_id = {item('GOWN-L')}",
            {
                (f"item_stock.{counter}", "GOWN-L", None)
                for counter in ("usable", "reserved", "waiting_lines", "waiting_qty")
            },
        ),
        (
            f"UPDATE pick_task SET state = 'OPEN' WHERE reservation_id = (SELECT id FROM reservation WHERE line_id = {line('SO-7')})",
            {("one live pick task per hard reservation", "SO-7/1", 1)},
        ),
        (
            f"UPDATE stock_move SET reverses = 0 WHERE kind = 'UNDO' AND from_unit_id = {unit(sscc(1))}",
            {("I4 a reversal mirrors its move", "move", None)},
        ),
    ],
    ids=["no stock row", "task for nothing", "reversal of nothing"],
)
def test_what_is_missing_is_named_too(broken, fault, expected):
    found = broken.after(fault)

    named = {(one.invariant, one.key, one.found) for one in found.violations}
    for invariant, key, value in expected:
        hits = [one for one in named if one[0] == invariant and one[1].startswith(key)]
        assert hits, named
        assert value is None or hits[0][2] == value
