"""A delivery gets another day: whose promise moves, from which day to which, and by which delivery."""

from __future__ import annotations

import random
from datetime import timedelta

import peewee
import pytest
from import_desk import PURCHASE, Desk
from small_floor import TODAY, SmallFloor

from db import connection
from warehouse import explain
from warehouse.promising import available, changes
from warehouse.verify import verify


@pytest.fixture
def small(database_url):
    return SmallFloor()


@pytest.fixture
def desk(small, tmp_path):
    return Desk(tmp_path)


def in_days(days: int):
    return TODAY + timedelta(days=days)


def slip(desk: Desk, *lines: str):
    """Import lines of purchase orders."""
    return desk.load(purchase_orders=[PURCHASE, *lines])


def ordered(small: SmallFloor) -> None:
    """Three lines wait for two deliveries, and the last of them for what nobody has ordered."""
    small.purchase_order("4711", ("MASK", 9), ("GOWN-L", 30), expected_on=in_days(2))
    small.purchase_order("PO-5", ("GOWN-L", 20), expected_on=in_days(5))
    for number, pieces in enumerate((10, 20, 15, 40), 1):
        small.order(f"SO-{number}", ("GOWN-L", pieces))
    small.order("SO-M", ("MASK", 4))


def recorded() -> list[tuple]:
    return [
        (f"{one.order}/{one.line}", one.old_on, one.new_on, one.reason, one.cause)
        for one in changes.since("T1", None, 100)
    ][::-1]


def estimated(small: SmallFloor, sku: str = "GOWN-L") -> dict:
    told = available.read(small.site, sku, small.now, 1000)
    return {f"{one.order}/{one.line}": one.estimate.on for one in told.lines}


def test_each_promise_that_a_late_delivery_moves_is_told_with_both_days(small, desk):
    ordered(small)

    result = slip(desk, "4711,ACME,2,GOWN-L,30,2026-06-22", "PO-5,ACME,1,GOWN-L,20,2026-06-20")

    assert desk.counts(result) == {"purchase_orders": (0, 1, 1)}
    assert result.words() == [
        "purchase_orders: 0 new, 1 updated, 1 unchanged",
        "3 promises moved:",
        "  SO-1/1 2026-06-17 -> 2026-06-20 VENDOR_LATE PO 4711 line 2",
        "  SO-2/1 2026-06-17 -> 2026-06-22 VENDOR_LATE PO 4711 line 2",
        "  SO-3/1 2026-06-20 -> 2026-06-22 VENDOR_LATE PO 4711 line 2",
        "released: 0 pieces to 0 order lines",
    ]
    assert estimated(small) == {
        "SO-1/1": in_days(5), "SO-2/1": in_days(7), "SO-3/1": in_days(7), "SO-4/1": None,
    }  # fmt: skip
    assert verify(small.site).ok


def test_an_earlier_delivery_and_a_new_line_beside_it(small, desk):
    ordered(small)

    result = slip(
        desk,
        "PO-5,ACME,1,GOWN-L,20,2026-06-16",
        "PO-6,ACME,1,GOWN-L,50,2026-06-30",
        "4711,ACME,1,MASK,9,2026-06-18",
    )

    assert desk.counts(result) == {"purchase_orders": (1, 2, 0)}
    assert recorded() == [
        ("SO-1/1", in_days(2), in_days(1), "SUPPLY_EARLIER", "PO-5 line 1"),
        ("SO-3/1", in_days(5), in_days(2), "SUPPLY_EARLIER", "PO-5 line 1"),
        ("SO-4/1", None, in_days(15), "SUPPLY_EARLIER", "PO-5 line 1"),
        ("SO-M/1", in_days(2), in_days(3), "VENDOR_LATE", "PO 4711 line 1"),
    ]


def test_nothing_moves_where_nobody_waits_or_the_day_is_the_same(small, desk):
    ordered(small)
    small.purchase_order("PO-X", ("SERUM", 5), expected_on=in_days(1))

    result = slip(desk, "PO-X,ACME,1,SERUM,5,2026-06-30", "4711,ACME,2,GOWN-L,30,2026-06-17")

    assert (desk.counts(result), result.promises_moved) == ({"purchase_orders": (0, 1, 1)}, 0)
    assert result.words()[1:] == ["released: 0 pieces to 0 order lines"]
    assert recorded() == []


def test_a_day_that_has_passed_already_moves_no_promise_into_the_past(small, desk):
    ordered(small)

    slip(desk, "4711,ACME,2,GOWN-L,30,2026-06-01")

    assert {row[2] for row in recorded()} == {in_days(1)}
    assert {row[3] for row in recorded()} == {"SUPPLY_EARLIER"}
    small.now += timedelta(days=30)
    desk.now = small.now
    slip(desk, "4711,ACME,2,GOWN-L,30,2026-07-20")
    assert [row[1:3] for row in recorded()[2:]] == [(in_days(31), in_days(35))] * 2
    assert verify(small.site).ok


def test_the_same_import_again_moves_nothing_and_a_repeated_one_answers_the_same(small, desk):
    ordered(small)
    paths = desk.put(purchase_orders=[PURCHASE, "4711,ACME,2,GOWN-L,30,2026-06-22"])
    first = desk.take(paths, command_id="night")

    assert desk.take(paths, command_id="night") == first
    assert first.promises_moved == 3
    assert desk.counts(desk.take(paths)) == {"purchase_orders": (0, 0, 1)}
    assert len(recorded()) == 3
    assert connection.value("SELECT COUNT(*) FROM promise_change WHERE scan_id = 'night'") == 3


def test_a_refused_file_moves_nothing(small, desk):
    ordered(small)

    (fault,) = desk.faults(
        purchase_orders=[PURCHASE, "4711,ACME,2,GOWN-L,30,2026-06-22", "PO-5,ACME,1,GOWN-L,21,2026-06-20"]
    )

    assert fault.reason == "changed; refused: quantity 20 -> 21"
    assert (recorded(), estimated(small)["SO-1/1"]) == ([], in_days(2))


def test_why_tells_the_last_change_and_lists_them_all(small, desk):
    ordered(small)
    slip(desk, "4711,ACME,2,GOWN-L,30,2026-06-22")
    slip(desk, "4711,ACME,2,GOWN-L,30,2026-06-25")

    told = explain.why(small.site, "SO-2", 1, small.now)

    assert [(one["old_on"], one["new_on"]) for one in told.as_json()["promise_changes"]] == [
        ("2026-06-17", "2026-06-22"),
        ("2026-06-22", "2026-06-25"),
    ]
    assert told.as_json()["promise_changes"][1] == {
        "at": "2026-06-15T09:00:00.000000Z",
        "sku": "GOWN-L",
        "order": "SO-2",
        "line": 1,
        "lines": 1,
        "old_on": "2026-06-22",
        "new_on": "2026-06-25",
        "reason": "VENDOR_LATE",
        "cause": "PO 4711 line 2",
    }
    assert (
        "Its day moved today 09:00, the last of 2 times: 2026-06-22 -> 2026-06-25 (VENDOR_LATE, PO 4711 line 2)."
        in " ".join(told.words().split())
    )


def test_lines_beyond_the_limit_share_a_row(small, desk, monkeypatch):
    monkeypatch.setattr(changes, "MOST", 5)
    monkeypatch.setattr(changes, "CHUNK", 2)
    small.purchase_order("4711", ("GOWN-L", 100), expected_on=in_days(2))
    small.order("SO-1", *[("GOWN-L", 10)] * 12)

    result = slip(desk, "4711,ACME,1,GOWN-L,100,2026-06-22")

    assert result.promises_moved == 10
    assert result.words()[-2] == "  5 more lines of GOWN-L 2026-06-17 -> 2026-06-22 VENDOR_LATE PO 4711 line 1"
    assert connection.rows("SELECT COUNT(*), SUM(lines), COUNT(line_id) FROM promise_change") == [(6, 10, 5)]
    assert result.moved[-1].as_json()["order"] is None
    assert verify(small.site).ok


@pytest.mark.parametrize("seed", range(3))
def test_what_is_recorded_is_the_difference_of_the_estimates(small, desk, seed):
    dice = random.Random(seed)
    days = {}
    for number in range(6):
        days[number] = dice.randint(0, 12)
        small.purchase_order(f"PO-{number}", ("GOWN-L", 5 + number), expected_on=in_days(days[number]))
    for number in range(12):
        small.order(f"SO-{number}", ("GOWN-L", dice.randint(1, 9)), priority=dice.randint(1, 5))
    for _ in range(4):
        before, seen = estimated(small), len(recorded())
        for number in dice.sample(range(6), 3):
            days[number] = dice.randint(0, 20)
        slip(desk, *(f"PO-{number},ACME,1,GOWN-L,{5 + number},{in_days(days[number])}" for number in days))
        after = estimated(small)
        assert {row[0]: row[1:3] for row in recorded()[seen:]} == {
            line: (before[line], after[line]) for line in before if before[line] != after[line]
        }
        assert all((row[3] == "VENDOR_LATE") == (row[2] is None or (row[1] or row[2]) < row[2]) for row in recorded())


def test_the_record_is_never_changed(small, desk):
    ordered(small)
    slip(desk, "4711,ACME,2,GOWN-L,30,2026-06-22")

    for change in ("UPDATE promise_change SET reason = 'DAMAGE'", "DELETE FROM promise_change"):
        with pytest.raises(peewee.PeeweeException, match="append only"):
            connection.execute(change)
