"""Lines that leave together: nothing piecemeal before their patience is over, all at once when all is there."""

from __future__ import annotations

from datetime import timedelta

import pytest
from small_floor import TODAY, gtin, said, sscc

from db import connection
from warehouse import policy, sweeping


def tasks(state: str) -> int:
    return int(connection.value("SELECT COUNT(*) FROM pick_task WHERE state = ?", state))


def reserved(small, order: str) -> list[int]:
    found = connection.rows(
        "SELECT l.qty_reserved FROM order_line l JOIN order_header h ON h.id = l.order_id WHERE h.order_no = ? "
        "ORDER BY l.line",
        order,
    )
    return [row[0] for row in found]


def watched(order: str) -> int | None:
    return connection.value(
        "SELECT l.line FROM ship_set s JOIN order_header h ON h.id = s.order_id LEFT JOIN order_line l "
        "ON l.id = s.watch_id WHERE h.order_no = ?",
        order,
    )


def test_the_last_case_completes_the_order(small):
    """Three items come one by one; nothing moves before the third, and then all of it does, in one transaction."""
    small.order("SO-1", ("GOWN-L", 20), ("GOWN-M", 10), ("MASK", 50), policy="order")
    small.stock("GOWN-L", 24)
    small.stock("GOWN-M", 10)
    assert reserved(small, "SO-1") == [0, 0, 0]
    assert watched("SO-1") == 3
    small.stock("MASK", 50)
    assert reserved(small, "SO-1") == [20, 10, 50]
    assert tasks("OPEN") == 3
    assert [row[0] for row in connection.rows("SELECT cause FROM release_run ORDER BY id DESC LIMIT 3")] == [
        "complete"
    ] * 3


def test_a_receipt_completes_it_on_the_floor(small):
    """The scan's own transaction is of one item; the order is complete before the next scan is answered."""
    small.purchase_order("PO-1", ("GOWN-L", 100))
    small.order("SO-1", ("GOWN-M", 10), ("GOWN-L", 20), policy="order")
    small.stock("GOWN-M", 10)
    ana = small.hand("1001")
    ana.scan("PO-1")
    answer = ana.scan(f"]C100{sscc(1)}020{gtin(1)}3724", "the-case")
    assert reserved(small, "SO-1") == [10, 20]
    assert ">> Releases SO-1" in said(answer)
    assert sorted((one.sku, one.quantity) for one in answer.released) == [("GOWN-L", 20), ("GOWN-M", 10)]
    again = ana.repeat(f"]C100{sscc(1)}020{gtin(1)}3724", "the-case")
    assert (again.message, again.released) == (answer.message, answer.released)


def test_lines_behind_take_what_it_cannot_use(small):
    small.order("SO-1", ("GOWN-L", 20), ("GOWN-M", 10), policy="order", priority=1)
    small.order("SO-2", ("GOWN-L", 15), priority=5)
    small.stock("GOWN-L", 24)
    assert reserved(small, "SO-1") == [0, 0]
    assert reserved(small, "SO-2") == [15]


def test_what_completes_it_is_kept_from_the_lines_behind(small):
    small.order("SO-1", ("GOWN-L", 20), ("GOWN-M", 10), policy="order", priority=1)
    small.order("SO-2", ("GOWN-L", 15), policy="line", priority=5)
    small.stock("GOWN-M", 10)
    small.stock("GOWN-L", 24)
    assert reserved(small, "SO-1") == [20, 10]
    assert reserved(small, "SO-2") == [0]


def test_two_lines_of_one_item_need_both_quantities(small):
    small.order("SO-1", ("GOWN-L", 10), ("GOWN-L", 10), policy="order")
    small.stock("GOWN-L", 15)
    assert reserved(small, "SO-1") == [0, 0]
    small.order("SO-2", ("GOWN-L", 5))
    small.stock("GOWN-L", 10)
    assert reserved(small, "SO-1") == [10, 10]


def test_sets_of_an_order_move_one_by_one(small):
    small.order("SO-1", ("GOWN-L", 10), ("GOWN-M", 10), ("MASK", 5), ("MASK", 5), sets=("A", "A", "B", ""))
    small.stock("GOWN-L", 10)
    small.stock("MASK", 10)
    assert reserved(small, "SO-1") == [0, 0, 5, 5]
    small.stock("GOWN-M", 10)
    assert reserved(small, "SO-1") == [10, 10, 5, 5]


def test_patience_ends_in_a_claim(small):
    """After its patience the order takes what there is and holds it; its picks wait until all is there."""
    small.order("SO-1", ("GOWN-L", 20), ("GOWN-M", 10), policy="order", patience=30)
    small.stock("GOWN-L", 8)
    small.now += timedelta(days=29)
    assert sweeping.sweep(small.site, small.now).missed == ()
    assert reserved(small, "SO-1") == [0, 0]
    small.now += timedelta(days=1)
    swept = sweeping.sweep(small.site, small.now)
    assert (swept.due, swept.missed) == (1, ())
    assert reserved(small, "SO-1") == [8, 0]
    small.stock("GOWN-L", 30)
    assert (tasks("WAITING"), tasks("OPEN")) == (2, 0)
    small.stock("GOWN-M", 10)
    assert reserved(small, "SO-1") == [20, 10]
    assert (tasks("WAITING"), tasks("OPEN")) == (0, 3)


@pytest.mark.parametrize(("patience", "got"), [(0, 8), (None, 0)])
def test_at_once_and_never(small, patience, got):
    small.order("SO-1", ("GOWN-L", 20), ("GOWN-M", 10), policy="order", patience=patience)
    small.stock("GOWN-L", 8)
    small.now += timedelta(days=400)
    sweeping.sweep(small.site, small.now)
    assert reserved(small, "SO-1") == [got, 0]


def test_what_falls_makes_the_rest_of_the_order_wait(small):
    """Of two picks one falls: the other waits too, until the order is whole again."""
    small.order("SO-1", ("GOWN-L", 20), ("GOWN-M", 10), policy="order")
    small.stock("GOWN-L", 20)
    small.stock("GOWN-M", 10, place="A-02")
    assert tasks("OPEN") == 2
    small.adjust(str(connection.value("SELECT code FROM handling_unit WHERE location_id = ?", small.place("A-02"))), -4)
    assert small.line("SO-1", 2)["qty_open"] == 4
    assert tasks("OPEN") == 0
    assert watched("SO-1") == 2
    assert small.line("SO-1", 2)["min_need"] == 4
    small.stock("GOWN-M", 6)
    assert tasks("WAITING") == 0
    assert reserved(small, "SO-1") == [20, 10]


def test_a_cancelled_line_may_complete_the_order(small):
    small.order("SO-1", ("GOWN-L", 20), ("GOWN-M", 10), policy="order")
    small.stock("GOWN-L", 20)
    assert watched("SO-1") == 2
    small.cancel("SO-1", 2)
    assert reserved(small, "SO-1") == [20, 0]


def test_an_order_of_one_line_is_a_set_of_one(small):
    small.order("SO-1", ("GOWN-L", 20), policy="order")
    small.stock("GOWN-L", 19)
    assert reserved(small, "SO-1") == [0]
    assert small.line("SO-1")["min_need"] == 20
    small.stock("GOWN-L", 1)
    assert reserved(small, "SO-1") == [20]
    assert tasks("OPEN") == 1


def test_full_cases_are_never_broken(small):
    small.order("SO-1", ("GOWN-L", 50), full_cases=True)
    small.order("SO-2", ("GOWN-L", 7), promised=TODAY + timedelta(days=1))
    for number, count in enumerate((24, 30, 20), 1):
        small.stock("GOWN-L", count, code=sscc(number))
    assert reserved(small, "SO-1") == [44]
    assert reserved(small, "SO-2") == [7]
    assert small.line("SO-1")["qty_open"] == 6


def test_what_is_left_of_a_case_is_no_full_case(small):
    """Pieces were picked from it: the rest goes to who takes pieces, and no sweep finds it missed for the other."""
    small.order("SO-1", ("GOWN-L", 5))
    small.stock("GOWN-L", 8, code=sscc(1))
    small.order("SO-2", ("GOWN-L", 40), full_cases=True)
    leo = small.hand("1002", "PICK-1")
    assert said(leo.all("SO-1", "A-01", sscc(1), "!ENTER"))
    assert small.line("SO-1")["qty_picked"] == 5
    assert sweeping.sweep(small.site, small.now).missed == ()
    small.stock("GOWN-L", 10, code=sscc(2))
    assert (small.reserved("SO-2"), small.unit(sscc(1))["qty_reserved"]) == (10, 0)


def test_a_need_beyond_reach_is_never_served(small):
    small.order("SO-1", ("GOWN-L", 20), ("GOWN-M", 10), policy="order")
    assert [small.line("SO-1", line)["min_need"] for line in (1, 2)] == [20, policy.NEVER]


def test_too_little_is_shared_out(small):
    """An item on allocation: each line gets its part by the largest remainder, and the parts add up to the supply."""
    connection.execute("UPDATE item SET on_allocation = 1 WHERE sku = 'GOWN-L'")
    for number, qty in enumerate((10, 20, 30), 1):
        small.order(f"SO-{number}", ("GOWN-L", qty))
    small.stock("GOWN-L", 31)
    assert [small.reserved(f"SO-{number}") for number in (1, 2, 3)] == [5, 10, 16]


def test_two_sets_that_cannot_come_together_are_looked_at_once_each(small):
    """By their counts both could have all; no whole case fits either. Each is asked once, and not in turn for ever."""
    for order in ("SO-1", "SO-2"):
        small.order(order, ("GOWN-L", 5), ("GOWN-M", 4), policy="order", full_cases=True)
    small.stock("GOWN-M", 4, code=sscc(1))
    small.stock("GOWN-L", 20, code=sscc(2))
    looks = "SELECT COUNT(*) FROM set_look WHERE reason = 'FULL_CASES'"
    runs = connection.value("SELECT COUNT(*) FROM release_run")
    assert connection.value(looks) == 2
    small.now += timedelta(minutes=2)
    assert sweeping.sweep(small.site, small.now).missed == ()
    # The sweep looks without writing: what lacks still is no work.
    assert connection.value(looks) == 2
    assert connection.value("SELECT COUNT(*) FROM release_run") == runs


def test_a_set_is_not_woken_again_by_what_others_take(small):
    """It lacks two items: what came of one went to others, so it watches the other one."""
    small.order("SET", ("GOWN-L", 5), ("MASK", 5), policy="order")
    small.order("TAKER", ("GOWN-L", 100))
    looks = "SELECT COUNT(*) FROM release_run WHERE cause = 'complete'"
    before = connection.value(looks)
    small.stock("GOWN-L", 20)
    first = connection.value(looks)
    assert first == before + 1
    for _ in range(3):
        small.stock("GOWN-L", 20)
    assert connection.value(looks) == first
    assert (small.reserved("SET", 1), small.reserved("TAKER")) == (0, 80)
    small.stock("MASK", 5)
    assert small.reserved("SET", 2) == 0
    small.stock("GOWN-L", 5)
    assert [small.reserved("SET", line) for line in (1, 2)] == [5, 5]
