"""A changed order comes by file: what nobody has settled changes, and what that frees is released again."""

from __future__ import annotations

from datetime import date

import pytest
from import_desk import STOCK
from small_floor import Hand, SmallFloor, changed, contents

from db import connection
from warehouse import holds, orders, policy, site, sweeping, verify
from warehouse.holds import Which
from warehouse.orders import Command
from warehouse.reply import Verdict

HEADER = "order,customer,line,sku,quantity,promised_on,priority,ship_policy,min_fill_percent,full_cases"
FIRST = "SO-1,C1,1,GOWN,36,2026-06-20,3,partial,0,no"
BEHIND = "SO-2,C1,1,GOWN,36,2026-06-21,3,partial,0,no"


@pytest.fixture
def busy(desk):
    """SO-1 has 30 of its 36 GOWN; SO-2 waits behind it for 36."""
    desk.load(sales_orders=[HEADER, FIRST, BEHIND], stock=[STOCK, "A-01,GOWN,30,,,"])
    yield desk
    assert verify.verify(desk.site).violations == ()


def load(desk, *rows):
    return desk.load(sales_orders=[HEADER, *rows])


def told(desk, *rows):
    return [(one.line, one.column, one.reason) for one in desk.faults(sales_orders=[HEADER, *rows])]


def got(order="SO-1"):
    found = connection.rows(
        "SELECT l.qty_reserved FROM order_line l JOIN order_header h ON h.id = l.order_id WHERE h.order_no = ? "
        "ORDER BY l.line",
        order,
    )
    return [row[0] for row in found]


def state(order="SO-1", columns="qty_ordered, qty_reserved, qty_open, min_need, state"):
    return connection.one(
        f"SELECT {columns} FROM order_line l JOIN order_header h ON h.id = l.order_id WHERE h.order_no = ?", order
    )


def kept():
    return connection.rows("SELECT what, before, after, reason FROM order_change ORDER BY id")


def lead(desk, reason="WISH"):
    return Command(desk.site, site.operator("T1", "1003"), desk.now, f"lead-{reason}", reason)


# --- what changes


def test_a_smaller_quantity_gives_to_the_next(busy):
    result = load(busy, FIRST.replace("36", "20"))

    assert busy.counts(result) == {"sales_orders": (0, 1, 0)}
    assert (result.released_lines, result.released_pieces) == (1, 10)
    assert (state(), got("SO-2")) == ((20, 20, 0, 0, "R"), [10])
    assert kept() == [("quantity", "36", "20", "IMPORT")]
    assert connection.value("SELECT cause FROM release_run ORDER BY id DESC LIMIT 1") == "change"


def test_a_larger_quantity_waits_in_its_place(busy):
    load(busy, FIRST.replace("36", "20"))
    load(busy, FIRST.replace("36", "50"))
    assert state() == (50, 20, 30, 1, "W")
    busy.load(stock=[STOCK, "A-02,GOWN,31,,,"])
    assert (got(), got("SO-2")) == ([50], [11])


def test_what_was_cancelled_is_part_of_the_quantity(busy):
    orders.cancel(lead(busy), "SO-1", 1, 6)
    assert busy.counts(load(busy, FIRST)) == {"sales_orders": (0, 0, 1)}
    load(busy, FIRST.replace("36", "16"))
    assert state(columns="qty_cancelled, qty_reserved, qty_open, state") == (6, 10, 0, "R")
    load(busy, FIRST.replace("36", "6"))
    assert state(columns="qty_cancelled, qty_reserved, qty_open, state") == (6, 0, 0, "C")
    assert got("SO-2") == [30]


@pytest.mark.parametrize(
    ("row", "wanted"),
    [
        ("SO-2,C1,1,GOWN,36,2026-06-19,3,partial,0,no", policy.rank(date(2026, 6, 19), 3)),
        ("SO-2,C1,1,GOWN,36,2026-06-21,1,partial,0,no", policy.rank(date(2026, 6, 21), 1)),
    ],
)
def test_an_earlier_day_or_a_higher_priority_is_an_earlier_place(busy, row, wanted):
    load(busy, row)
    assert state("SO-2", "rank_on") == (wanted,)
    assert (got(), got("SO-2")) == ([30], [0]), "what is promised stays promised"
    busy.load(stock=[STOCK, "A-02,GOWN,10,,,"])
    assert (got(), got("SO-2")) == ([30], [10])


def test_a_pin_stays_what_a_priority_does_not(busy):
    holds.pin(lead(busy, "PIN"), [Which("SO-2")])
    holds.prioritise(lead(busy, "PRIORITY"), [Which("SO-2")], 1)
    load(busy, BEHIND)
    assert state("SO-2", "priority, pinned, rank_on") == (3, 1, policy.PINNED)


def test_minimum_fill_and_line_complete_come_and_go(busy):
    busy.load(stock=[STOCK, "A-02,GOWN,6,,,"])
    load(busy, BEHIND.replace("partial,0", "partial,50"))
    assert state("SO-2") == (36, 0, 36, 18, "W")
    load(busy, BEHIND.replace("partial,0", "line,50"))
    assert state("SO-2") == (36, 0, 36, 36, "W")
    busy.load(stock=[STOCK, "A-02,GOWN,20,,,PAL-1"])
    assert got("SO-2") == [0]
    result = load(busy, BEHIND)
    assert (result.released_pieces, state("SO-2")) == (20, (36, 20, 16, 1, "W"))
    assert [row[:3] for row in kept()] == [
        ("min_fill_percent", "0", "50"),
        ("ship_policy", "partial", "line"),
        ("ship_policy", "line", "partial"),
        ("min_fill_percent", "50", "0"),
    ]


def test_several_changes_of_a_line_come_at_once_and_the_same_file_again_is_nothing(busy):
    rows = ("SO-1,C1,1,GOWN,20,2026-06-25,5,line,10,yes", BEHIND)
    assert busy.counts(load(busy, *rows)) == {"sales_orders": (0, 1, 1)}
    assert sorted(row[0] for row in kept()) == [
        "full_cases",
        "min_fill_percent",
        "priority",
        "promised_on",
        "quantity",
        "ship_policy",
    ]
    before = contents()
    result = load(busy, *rows)
    assert (busy.counts(result), result.released_pieces) == ({"sales_orders": (0, 0, 2)}, 0)
    assert changed(before, contents()) == []


def test_an_empty_cell_says_nothing(busy):
    before = contents()
    assert busy.counts(load(busy, "SO-1,C1,1,GOWN,36,,,,,")) == {"sales_orders": (0, 0, 1)}
    assert changed(before, contents()) == []


def test_who_changed_it_is_kept(busy):
    paths = busy.put(sales_orders=[HEADER, FIRST.replace("36", "20")])
    busy.take(paths, site.operator("T1", "1003"), command_id="tonight")
    found = connection.one(
        "SELECT o.name, c.scan_id, l.line FROM order_change c JOIN operator o ON o.id = c.operator_id "
        "JOIN order_line l ON l.id = c.line_id"
    )
    assert found == ("IDA", "tonight", 1)


# --- what is refused


@pytest.fixture
def refusing(busy):
    """What is refused changes nothing."""
    orders.cancel(lead(busy), "SO-1", 1, 6)
    before = contents()
    yield busy
    assert changed(before, contents()) == []


@pytest.mark.parametrize(
    ("row", "column", "words"),
    [
        (FIRST.replace("GOWN", "MASK"), "sku", "changed; refused: sku GOWN -> MASK"),
        (FIRST.replace("C1", "C3"), "customer", "changed; refused: customer C1 -> C3"),
        (
            FIRST.replace("partial", "order"),
            "ship_policy",
            "partial -> order: what leaves together is settled at entry: cancel the order, and enter it under a new number",
        ),
        (FIRST.replace("36", "5"), "quantity", "36 -> 5: of line 1 6 are picked, shipped or cancelled already"),
        (
            "SO-1,C3,1,GOWN,20,2026-06-20,3,partial,0,yes",
            "customer",
            "changed; refused: customer C1 -> C3, quantity 36 -> 20, full_cases no -> yes",
        ),
    ],
)
def test_what_cannot_change_is_refused_in_one_sentence(refusing, row, column, words):
    assert told(refusing, BEHIND.replace("36", "1"), row) == [(3, column, words)]


# --- orders that leave together


def test_a_set_is_completed_by_a_smaller_quantity(desk):
    rows = ["SO-1,C3,1,GOWN,10,,3,,0,no", "SO-1,C3,2,MASK,50,,3,,0,no"]
    desk.load(sales_orders=[HEADER, *rows], stock=[STOCK, "A-01,GOWN,7,,,", "A-01,MASK,50,,,"])
    assert got() == [0, 0]
    result = load(desk, rows[0].replace("GOWN,10", "GOWN,7"))
    assert got() == [7, 50]
    assert (result.released_lines, result.released_pieces) == (2, 57)
    assert connection.rows("SELECT DISTINCT state FROM pick_task") == [("OPEN",)]
    load(desk, rows[1].replace("MASK,50", "MASK,60"))
    assert connection.rows("SELECT DISTINCT state FROM pick_task") == [("WAITING",)], "it is not complete any more"
    assert verify.verify(desk.site).violations == ()
    desk.load(stock=[STOCK, "A-02,MASK,10,,,"])
    assert connection.rows("SELECT DISTINCT state FROM pick_task") == [("OPEN",)]
    assert verify.verify(desk.site).violations == ()


def test_a_set_of_two_lines_of_one_item_still_needs_both_after_a_change(desk):
    rows = ["SO-1,C3,1,GOWN,10,,3,,0,no", "SO-1,C3,2,GOWN,20,,3,,0,no", "SO-1,C3,3,MASK,20,,3,,0,no"]
    load(desk, *rows)
    for row in (
        rows[0].replace(",,3,", ",2026-06-30,2,"),
        rows[1].replace(",,3,", ",,1,"),
        rows[1].replace("20", "25"),
    ):
        load(desk, row)
        assert verify.verify(desk.site).violations == ()
    assert connection.value("SELECT MIN(min_need) FROM order_line") == 35
    desk.load(stock=[STOCK, "A-01,GOWN,34,,,", "A-01,MASK,20,,,"])
    assert got() == [0, 0, 0]
    desk.load(stock=[STOCK, "A-02,GOWN,1,,,"])
    assert got() == [10, 25, 20]
    assert sweeping.sweep(desk.site, desk.now, force=True).missed == ()


def test_a_set_that_shrinks_to_nothing_closes(desk):
    rows = ["SO-1,C3,1,GOWN,10,,3,,0,no", "SO-1,C3,2,MASK,20,,3,,0,no"]
    load(desk, *rows)
    orders.cancel(lead(desk), "SO-1", 1, 4)
    load(desk, rows[0].replace("10", "4"))
    desk.load(stock=[STOCK, "A-01,MASK,20,,,"])
    assert got() == [0, 20]
    assert verify.verify(desk.site).violations == ()


# --- somebody has it in hand


@pytest.fixture
def picker(busy):
    """IDA stands before SO-1's goods, with the pick in hand."""
    small = SmallFloor.opened(busy.now)
    hand = Hand(small, "DOCK-1")
    hand.scan("1003")
    hand.all("SO-1", "A-01")
    assert connection.rows("SELECT state FROM pick_task") == [("TAKEN",)]
    return hand


def test_what_a_picker_has_in_hand_becomes_less_under_them(busy, picker):
    load(busy, FIRST.replace("36", "12"))
    assert (got(), got("SO-2")) == ([12], [18])
    assert connection.rows("SELECT state FROM pick_task ORDER BY id") == [("TAKEN",), ("OPEN",)]
    picker.all("2000000000015", "=12")
    assert state(columns="qty_picked, qty_reserved, state") == (12, 0, "R")
    assert told(busy, FIRST.replace("36", "11")) == [
        (2, "quantity", "12 -> 11: of line 1 12 are picked, shipped or cancelled already")
    ]


def test_what_a_picker_has_in_hand_falls_away(busy, picker):
    """The whole line is not wanted any more: what the picker scans then is refused, and nothing moves."""
    orders.cancel(lead(busy), "SO-1", 1, 6)
    load(busy, FIRST.replace("36", "6"))
    assert (got(), got("SO-2")) == ([0], [30])
    reply = picker.scan("2000000000015")
    assert reply.verdict is not Verdict.OK
    assert state(columns="qty_picked, state") == (0, "C")


def test_a_larger_quantity_leaves_the_pick_in_hand_as_it_is(busy, picker):
    load(busy, FIRST.replace("36", "40"))
    picker.all("2000000000015", "=30")
    assert state(columns="qty_picked, qty_open") == (30, 10)
