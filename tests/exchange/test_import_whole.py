"""One call as a whole: all or nothing, once, released once per item, safe against others, logged, quick."""

import itertools
import json
import random
import threading
from itertools import pairwise
from pathlib import Path

import pytest
from import_desk import MASTERS, NOW, PURCHASE, SALES, STOCK
from small_floor import changed, contents

from db import connection
from db.connection import DatabaseError, iso, transaction
from tui.demo import dataset
from warehouse import site, verify
from warehouse.exchange import importing, on_record, writing

ROOT = Path(__file__).parents[2]


def runs():
    return sorted(
        connection.rows(
            "SELECT i.sku, r.cause, r.supply_before, r.supply_after FROM release_run r JOIN item i ON i.id = r.item_id"
        )
    )


def healthy(desk):
    found = verify.verify(desk.site)
    return found.ok, found.violations


# --- all or nothing


def test_one_bad_last_row_leaves_nothing(bare_desk):
    before = contents(frozenset({"serial_block"}))
    for bad in ("SO-1,C1,2,NONE,5,,,", "SO-1,C1,2,GOWN,0,,,", "SO-1,C1", "SO-1,C1,2,GOWN,5,,,\u202e"):
        files = MASTERS | {
            "stock": [STOCK, "A-01,GOWN,5,,,"],
            "purchase_orders": [PURCHASE, "PO-1,ACME,1,GOWN,5,2026-06-15"],
            "sales_orders": [SALES, "SO-1,C1,1,GOWN,5,,,", bad],
        }
        (fault,) = bare_desk.faults(**files)
        assert (fault.file, fault.line) == ("sales_orders.csv", 3)
        assert changed(before, contents(frozenset({"serial_block"}))) == []


def test_a_failure_in_mid_write_leaves_nothing(bare_desk, monkeypatch):
    before = contents(frozenset({"serial_block"}))

    def broken(*_args, **_named):
        raise RuntimeError("power cut")

    monkeypatch.setattr(writing.release, "release", broken)
    with pytest.raises(RuntimeError):
        bare_desk.masters(stock=[STOCK, "A-01,GOWN,5,,,"], sales_orders=[SALES, "SO-1,C1,1,GOWN,5,,,"])
    assert changed(before, contents(frozenset({"serial_block"}))) == []


# --- once


def test_a_repeated_command_answers_what_it_answered(bare_desk):
    paths = bare_desk.put(**MASTERS, stock=[STOCK, "A-01,GOWN,5,,,"], sales_orders=[SALES, "SO-1,C1,1,GOWN,5,,,"])
    first = bare_desk.take(paths, command_id="same")
    before = contents(frozenset())
    assert bare_desk.take(paths, command_id="same") == first
    assert first.released_pieces == 5
    assert changed(before, contents(frozenset())) == []


def test_a_commit_whose_answer_was_lost_is_not_repeated(bare_desk, monkeypatch):
    """The connection breaks behind the commit: the transaction runs again and finds its own work."""
    real = writing.command_log.record

    def committed(*args, **named):
        real(*args, **named)
        monkeypatch.setattr(writing.command_log, "record", real)
        connection.database.commit()
        connection.database.begin()
        raise connection.Conflict

    monkeypatch.setattr(writing.command_log, "record", committed)
    result = bare_desk.masters(stock=[STOCK, "A-01,GOWN,5,,,"])
    assert bare_desk.counts(result)["stock"] == (1, 0, 0)
    assert connection.value("SELECT COUNT(*) FROM stock_move") == 1
    assert connection.value("SELECT COUNT(*) FROM scan_log") == 1


# --- release


def test_each_touched_item_is_released_once(desk):
    result = desk.load(
        sales_orders=[
            SALES,
            "SO-1,C1,1,GOWN,30,,,",
            "SO-2,C5,1,GOWN,30,,,",
            "SO-3,C1,1,GOWN,30,,5,",
            "SO-4,C5,1,SERUM,5,,,",
        ],
        stock=[STOCK, "A-01,GOWN,40,,,", "A-02,GOWN,10,,,P1", "A-01,MASK,7,,,"],
        purchase_orders=[PURCHASE, "PO-1,ACME,1,SERUM,5,2026-06-15"],
    )
    assert runs() == [("GOWN", "entry", 50, 0), ("MASK", "opening", 7, 7), ("SERUM", "entry", 0, 0)]
    assert (result.released_lines, result.released_pieces) == (2, 50)
    reserved = dict(
        connection.rows("SELECT h.order_no, l.qty_reserved FROM order_line l JOIN order_header h ON h.id = l.order_id")
    )
    assert reserved == {"SO-1": 30, "SO-2": 0, "SO-3": 20, "SO-4": 0}  # SO-2 ships its line complete
    assert connection.value("SELECT COUNT(*) FROM pick_task WHERE state = 'OPEN'") == connection.value(
        "SELECT COUNT(*) FROM reservation"
    )
    assert healthy(desk) == (True, ())


def test_only_items_that_got_stock_or_lines_are_released(desk):
    desk.load(stock=[STOCK, "A-01,GOWN,5,,,"])
    desk.load(
        items=[MASTERS["items"][0], "MASK,Renamed,2000000000039,ea,fixed,50,50,50,no,no"],
        purchase_orders=[PURCHASE, "PO-1,ACME,1,GOWN,5,2026-06-15"],
        stock=[STOCK, "A-01,GOWN,5,,,"],
    )
    assert runs() == [("GOWN", "opening", 5, 5)]


def test_stock_serves_orders_of_an_earlier_call_and_the_other_way_round(desk):
    desk.load(sales_orders=[SALES, "SO-1,C1,1,GOWN,5,,,"])
    assert desk.load(stock=[STOCK, "A-01,GOWN,8,,,"]).released_pieces == 5
    assert desk.load(sales_orders=[SALES, "SO-2,C1,1,GOWN,5,,,"]).released_pieces == 3
    assert healthy(desk) == (True, ())


# --- the log


def test_the_call_is_logged_with_its_person_and_what_it_did(desk):
    paths = desk.put(stock=[STOCK, "A-01,GOWN,5,,,", "A-02,GOWN,6,,,"])
    lead = site.operator("T1", "1003")
    desk.take(paths, lead, command_id="night")
    logged = connection.rows(
        "SELECT scan_id, operator_id, source, step, verdict, moves, at FROM scan_log ORDER BY scan_id"
    )
    assert logged[0][1] is None
    assert [str(field) for field in logged[1][:6]] == ["night", str(lead.id), "COMMAND", "command.import", "OK", "2"]
    assert connection.instant(logged[1][6]) == NOW
    outcome = json.loads(connection.value("SELECT outcome FROM scan_log WHERE scan_id = 'night'"))
    assert outcome["counts"] == [["stock", 2, 0, 0]]
    assert str(paths[0].name) in connection.value("SELECT raw FROM scan_log WHERE scan_id = 'night'")
    assert connection.rows("SELECT DISTINCT scan_id, operator_id, reason FROM stock_move") == [
        ("night", lead.id, "IMPORT")
    ]


# --- others at the same time


def between_check_and_write(monkeypatch, act, times=1):
    """Something happens after the check has read and before the write begins."""
    real, left = writing.write, [times]

    def write(job, progress):
        if left[0]:
            left[0] -= 1
            act()
        return real(job, progress)

    monkeypatch.setattr(importing.writing, "write", write)


def test_an_order_that_came_meanwhile_is_judged_anew(desk, monkeypatch):
    now = iso(NOW)

    @transaction
    def enter():
        customer = connection.value("SELECT id FROM customer WHERE code = 'C1'")
        item = connection.value("SELECT id FROM item WHERE sku = 'GOWN'")
        order = connection.insert("order_header", site="T1", order_no="SO-1", customer_id=customer, entered_at=now)
        connection.insert(
            "order_line", site="T1", order_id=order, line=1, item_id=item, policy="partial", min_fill_percent=0,
            priority=1, promised_on="2026-06-15", rank_on=1, qty_ordered=9, qty_cancelled=9, qty_open=0, min_need=0,
            state="C", waiting_since=now,
        )  # fmt: skip

    between_check_and_write(monkeypatch, enter)
    (fault,) = desk.faults(sales_orders=[SALES, "SO-1,C1,1,GOWN,5,,,", "SO-1,C1,2,GOWN,5,,,"])
    assert fault.reason == "9 -> 5: of line 1 9 are picked, shipped or cancelled already"
    assert connection.value("SELECT COUNT(*) FROM order_line") == 1


def test_the_same_import_that_came_meanwhile_leaves_nothing_to_do(bare_desk, monkeypatch):
    files = MASTERS | {"stock": [STOCK, "A-01,GOWN,5,,,"], "sales_orders": [SALES, "SO-1,C1,1,GOWN,5,,,"]}
    between_check_and_write(monkeypatch, lambda: bare_desk.load(**files))
    result = bare_desk.load(**files)
    assert all(count.new == count.updated == 0 for count in result.counts)
    assert connection.value("SELECT COUNT(*) FROM stock_move") == 1
    assert healthy(bare_desk) == (True, ())


def test_what_an_import_does_not_touch_may_change_meanwhile(desk, monkeypatch):
    rounds = []
    real = importing.check
    monkeypatch.setattr(importing, "check", lambda *args: rounds.append(1) or real(*args))
    between_check_and_write(monkeypatch, lambda: connection.execute("UPDATE customer SET name = 'x' WHERE code = 'C5'"))
    desk.masters(sales_orders=[SALES, "SO-1,C1,1,GOWN,5,,,"])
    assert len(rounds) == 1
    assert ("x",) in desk.table("name", "customer")


def test_a_database_that_never_holds_still_is_told(lite, monkeypatch):
    names = map(str, itertools.count())
    monkeypatch.setattr(connection.patience, "seconds", 0.2)
    between_check_and_write(
        monkeypatch,
        lambda: connection.execute("UPDATE vendor SET name = ? WHERE code = 'ACME'", next(names)),
        times=10**6,
    )
    with pytest.raises(DatabaseError, match="nothing was imported"):
        lite.load(vendors=["code,name", "ACME,New name"])


def test_a_case_with_the_same_code_that_comes_in_the_last_moment(desk, monkeypatch):
    """No lock of the import holds up the capture of another item's case; the unique code does."""
    desk.masters()
    real = writing.stock.open_balance

    def collide(cause, **named):
        monkeypatch.setattr(writing.stock, "open_balance", real)
        item = connection.value("SELECT id FROM item WHERE sku = 'MASK'")
        connection.insert(
            "handling_unit", site="T1", code="U", kind="CASE", item_id=item, status="AVAILABLE",
            location_id=named["location_id"], qty=3, received_at=cause.at,
        )  # fmt: skip
        return real(cause, **named)

    monkeypatch.setattr(writing.stock, "open_balance", collide)
    assert desk.counts(desk.load(stock=[STOCK, "A-01,GOWN,5,,,U"])) == {"stock": (1, 0, 0)}


def test_two_imports_at_once_open_stock_once(desk):
    """Threads with connections of their own; without the comparison under the locks both would open it."""
    rng = random.Random(20260615)
    stock = [STOCK, *(f"A-0{1 + n % 2},{sku},{5 + n},,," for n, sku in enumerate(["GOWN", "MASK"]))]
    sold = [
        SALES,
        *(f"SO-{n},C1,{line},{rng.choice(['GOWN', 'MASK'])},3,2026-06-20,," for n in range(20) for line in (1, 2)),
    ]
    paths = desk.put(**MASTERS, stock=stock, sales_orders=sold)
    start = threading.Barrier(3)
    results, errors = [], []

    def run():
        try:
            start.wait()
            results.append(desk.counts(desk.take(paths)))
        except Exception as error:  # noqa: BLE001 - told by the test's own thread
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert sorted(one["stock"] for one in results) == [(0, 0, 2), (0, 0, 2), (2, 0, 0)]
    assert sorted(one["sales_orders"] for one in results) == [(0, 0, 40), (0, 0, 40), (40, 0, 0)]
    assert connection.value("SELECT COUNT(*) FROM stock_move") == 2
    assert healthy(desk) == (True, ())


def test_the_comparison_is_what_keeps_two_imports_apart(lite, monkeypatch):
    """With it switched off the same opening is written twice: the test above is able to fail."""
    lite.masters()
    files = {"stock": [STOCK, "A-01,GOWN,5,,,"]}
    between_check_and_write(monkeypatch, lambda: lite.load(**files))
    real = on_record.read
    monkeypatch.setattr(writing.on_record, "read", lambda _site, _named: Anything())
    # `importing` reads through the same module, so its own reading is put back.
    monkeypatch.setattr(importing, "on_record", type("Reader", (), {"read": staticmethod(real)}))
    lite.load(**files)
    assert connection.value("SELECT COUNT(*) FROM stock_move") == 2


class Anything:
    """Equal to everything."""

    def __eq__(self, _other):
        return True

    __hash__ = None


# --- the demo's data, and many lines


def test_the_demo_is_imported_twice(bare_desk, tmp_path):
    goods = dataset.build(tmp_path / "demo", today=bare_desk.site.today(NOW), seed=1)
    first = bare_desk.take([goods.folder])
    assert {count.kind: count.new for count in first.counts} == {
        "items": 77,
        "barcodes": 77,
        "vendors": 29,
        "customers": 91,
        "locations": 100,
        "operators": 4,
        "stock": 144,
        "purchase_orders": 41,
        "sales_orders": 167,
    }
    assert all(count.updated == count.unchanged == 0 for count in first.counts)
    assert connection.value("SELECT SUM(usable) FROM item_stock") == 3119
    assert connection.value("SELECT SUM(reserved) FROM item_stock") == first.released_pieces > 0
    assert connection.value("SELECT COUNT(*) FROM release_run") == connection.value(
        "SELECT COUNT(DISTINCT item_id) FROM release_run"
    )
    assert healthy(bare_desk) == (True, ())
    before = contents()
    second = bare_desk.take([goods.folder])
    assert {count.kind: count.unchanged for count in second.counts} == {count.kind: count.new for count in first.counts}
    assert second.released_pieces == 0
    assert changed(before, contents()) == []


def test_many_lines_take_few_statements(desk, monkeypatch):
    """A count of statements instead of seconds: it must not grow with each line. Statements over a socket are
    slow enough to make the point with fewer lines."""
    many = 10_000 if connection.dialect() == "sqlite" else 2_000
    rng = random.Random(5)
    skus = [f"S{n}" for n in range(40)]
    items = [MASTERS["items"][0], *(f"{sku},x,,ea,variable,,,,no,no" for sku in skus)]
    sold = [
        SALES,
        *(f"SO-{n // 5},C1,{n % 5 + 1},{rng.choice(skus)},{rng.randint(1, 9)},2026-06-20,," for n in range(many)),
    ]
    stock = [STOCK, *(f"A-01,{sku},100,,," for sku in skus)]
    calls = []
    real, bulk = connection._run, connection.many
    monkeypatch.setattr(connection, "_run", lambda *args: calls.append(1) or real(*args))
    monkeypatch.setattr(connection, "many", lambda *args: calls.append(1) or bulk(*args))
    steps = []
    result = desk.take(desk.put(items=items, sales_orders=sold, stock=stock), progress=lambda *step: steps.append(step))
    assert desk.counts(result)["sales_orders"] == (many, 0, 0)
    assert result.released_pieces == connection.value("SELECT SUM(reserved) FROM item_stock") > 3_900
    assert len(calls) < 1_500
    calls.clear()
    assert desk.counts(desk.load(sales_orders=sold))["sales_orders"] == (0, 0, many)
    assert len(calls) < 60
    _check_progress(steps)


def _check_progress(steps):
    assert list(dict.fromkeys(phase for phase, _, _ in steps)) == ["reading", "checking", "writing", "releasing"]
    for phase in ("reading", "checking"):
        done = [step[1] for step in steps if step[0] == phase]
        assert max(after - before for before, after in pairwise(done)) <= 500
    for phase in ("reading", "checking", "writing", "releasing"):
        done = [step[1] for step in steps if step[0] == phase]
        assert done == sorted(done)
        assert [step for step in steps if step[0] == phase][-1][1:] == (steps_total(steps, phase),) * 2


def steps_total(steps, phase):
    (total,) = {step[2] for step in steps if step[0] == phase}
    return total
