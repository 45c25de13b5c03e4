"""Shipping policies that come by file: ship sets, patience, full cases, items on allocation, orders on hold."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from import_desk import MASTERS, STOCK

from db import connection
from warehouse import holds, policy, site, sweeping, verify
from warehouse.holds import Terms, Which
from warehouse.orders import Command

HEADER = "order,customer,line,sku,quantity,ship_policy,ship_set,patience_days,full_cases"
CUSTOMERS = "code,name,priority,ship_policy,min_fill_percent,patience_days,full_cases"


def lead(desk, reason="WISH", number=1):
    return Command(desk.site, site.operator("T1", "1003"), desk.now, f"lead-{reason}-{number}", reason)


def sets():
    """Each ship set: its order and name, patience, the day from which it claims, whether it does, lines missing."""
    return connection.rows(
        "SELECT h.order_no, s.name, s.patience_days, s.claims_on, s.claiming, s.n_unsat FROM ship_set s "
        "JOIN order_header h ON h.id = s.order_id ORDER BY h.order_no, s.name"
    )


def got(order):
    """What is promised to each line of an order."""
    found = connection.rows(
        "SELECT l.qty_reserved FROM order_line l JOIN order_header h ON h.id = l.order_id WHERE h.order_no = ? "
        "ORDER BY l.line",
        order,
    )
    return [row[0] for row in found]


def healthy(desk):
    return verify.verify(desk.site).violations == ()


def told(desk, *rows, header=HEADER):
    return [(one.line, one.column, one.reason) for one in desk.faults(sales_orders=[header, *rows])]


# --- ship sets


def test_the_lines_of_a_ship_set_leave_together_and_the_others_at_once(desk):
    rows = [
        "SO-1,C1,1,GOWN,10,set,THEATRE,,",
        "SO-1,C1,2,MASK,50,set,THEATRE,,",
        "SO-1,C1,3,GOWN,5,,,,",
        "SO-1,C1,4,MASK,7,set,WARD,,",
    ]
    desk.load(sales_orders=[HEADER, *rows], stock=[STOCK, "A-01,GOWN,40,,,"])
    assert sets() == [("SO-1", "THEATRE", 30, "2026-07-15", 0, 2), ("SO-1", "WARD", 30, "2026-07-15", 0, 1)]
    assert got("SO-1") == [0, 0, 5, 0]

    result = desk.load(stock=[STOCK, "A-01,MASK,57,,,"])

    assert got("SO-1") == [10, 50, 5, 7]
    assert (result.released_lines, result.released_pieces) == (3, 67), "what was completed right after counts as well"
    assert healthy(desk)


def test_a_set_needs_a_name_and_a_name_the_policy(lite):
    rows = [
        "SO-1,C1,1,GOWN,10,set,,,",
        "SO-2,C1,1,GOWN,10,,THEATRE,,",
        "SO-3,C3,1,GOWN,10,,,,",
        "SO-3,C3,2,GOWN,1,set,X,,",
    ]
    assert told(lite, *rows) == [
        (2, "ship_set", "is empty: the policy set needs the name of the lines that leave together"),
        (3, "ship_set", "does not go with partial: a ship set has the policy set"),
        (5, "ship_policy", "set does not go with order in line 4: order is for all lines"),
    ]


def test_no_line_joins_a_ship_set_but_another_set_may_come(lite):
    lite.load(sales_orders=[HEADER, "SO-1,C1,1,GOWN,10,set,THEATRE,,"])
    assert told(lite, "SO-1,C1,2,MASK,5,set,THEATRE,,") == [
        (2, "ship_set", "THEATRE is there already: no line can be added to a ship set")
    ]
    lite.load(sales_orders=[HEADER, "SO-1,C1,2,MASK,5,set,WARD,,", "SO-1,C1,3,GOWN,5,set,WARD,,"])
    assert [row[1] for row in sets()] == ["THEATRE", "WARD"]
    assert healthy(lite)


def test_what_leaves_together_stays_as_it_was_entered(lite):
    lite.load(sales_orders=[HEADER, "SO-1,C1,1,GOWN,10,set,THEATRE,,", "SO-2,C3,1,GOWN,1,,,,", "SO-3,C1,1,GOWN,1,,,,"])
    settled = "what leaves together is settled at entry: cancel the order, and enter it under a new number"
    assert told(
        lite,
        "SO-1,C1,1,GOWN,10,set,WARD,,",
        "SO-2,C3,1,GOWN,1,partial,,,",
        "SO-3,C1,1,GOWN,1,order,,,",
    ) == [
        (2, "ship_set", "changed; refused: ship_set THEATRE -> WARD"),
        (3, "ship_policy", f"order -> partial: {settled}"),
        (4, "ship_policy", f"partial -> order: {settled}"),
    ]
    assert told(lite, "SO-1,C1,1,GOWN,10,line,,,") == [(2, "ship_policy", f"set -> line: {settled}")]


# --- patience


@pytest.mark.parametrize(
    ("order", "customer", "rule", "wanted"),
    [
        ("", "", None, (30, "2026-07-15", 0)),
        ("", "", "9", (9, "2026-06-24", 0)),
        ("", "14", "9", (14, "2026-06-29", 0)),
        ("2", "14", "9", (2, "2026-06-17", 0)),
        ("0", "14", None, (0, "2026-06-15", 1)),
        ("never", "14", "9", (None, None, 0)),
        ("", "never", "9", (None, None, 0)),
        ("", "", str(policy.NEVER_CLAIMS), (None, None, 0)),
    ],
)
def test_the_order_the_customer_and_the_site_are_asked_for_patience_in_turn(lite, order, customer, rule, wanted):
    if rule:
        connection.insert_row("site_rule", site="T1", name="release.patience_days", value=rule, set_at="2026-06-15")
    lite.load(
        customers=[CUSTOMERS, f"C9,Nine,3,order,,{customer},"],
        sales_orders=[HEADER, f"SO-1,C9,1,GOWN,10,,,{order},", "SO-1,C9,2,MASK,5,,,,"],
    )
    assert [row[2:5] for row in sets()] == [wanted]


def test_an_order_without_patience_holds_what_it_gets_from_the_first_day(desk):
    desk.load(sales_orders=[HEADER, "SO-1,C3,1,GOWN,10,,,0,", "SO-1,C3,2,MASK,5,,,,"], stock=[STOCK, "A-01,GOWN,4,,,"])
    assert got("SO-1") == [4, 0]
    assert connection.rows("SELECT state FROM pick_task") == [("WAITING",)]
    assert healthy(desk)


def test_an_order_has_one_patience(lite):
    rows = ["SO-1,C3,1,GOWN,10,,,,", "SO-1,C3,2,MASK,5,,,7,", "SO-1,C3,3,MASK,5,,,never,"]
    assert told(lite, *rows) == [(4, "patience_days", "never differs: SO-1 has 7 by line 3")]
    lite.load(sales_orders=[HEADER, *rows[:2]])
    assert [row[2] for row in sets()] == [7], "the line that says nothing takes it too"


@pytest.mark.parametrize(
    ("before", "after", "wanted", "kept"),
    [
        ("7", "9", (9, "2026-06-24"), ("7", "9")),
        ("7", "never", (None, None), ("7", "never")),
        ("never", "9", (9, "2026-06-24"), ("never", "9")),
    ],
)
def test_patience_is_counted_from_the_entry_when_it_changes(desk, before, after, wanted, kept):
    first = [HEADER, f"SO-1,C3,1,GOWN,10,,,{before},", "SO-1,C3,2,MASK,5,,,,"]
    desk.load(sales_orders=first)
    desk.now += timedelta(days=2)
    changed = [HEADER, f"SO-1,C3,1,GOWN,10,,,{after},", f"SO-1,C3,2,MASK,5,,,{after},"]
    assert desk.counts(desk.load(sales_orders=changed)) == {"sales_orders": (0, 2, 0)}
    assert [row[2:4] for row in sets()] == [wanted]
    assert connection.rows("SELECT what, before, after FROM order_change") == [("patience_days", *kept)]
    assert desk.counts(desk.load(sales_orders=changed)) == {"sales_orders": (0, 0, 2)}
    assert healthy(desk)


def test_patience_that_a_change_ends_is_over_with_the_next_sweep(desk):
    desk.load(sales_orders=[HEADER, "SO-1,C3,1,GOWN,10,,,7,", "SO-1,C3,2,MASK,5,,,,"], stock=[STOCK, "A-01,GOWN,4,,,"])
    assert got("SO-1") == [0, 0]
    desk.load(sales_orders=[HEADER, "SO-1,C3,1,GOWN,10,,,0,"])
    sweeping.sweep(desk.site, desk.now, force=True)
    assert got("SO-1") == [4, 0]
    assert told(desk, "SO-1,C3,1,GOWN,10,,,7,") == [
        (2, "patience_days", "0 -> 7: its patience is over, and it holds what it gets")
    ]
    assert healthy(desk)


def test_patience_of_a_line_that_leaves_by_itself_means_nothing(lite):
    rows = [HEADER, "SO-1,C1,1,GOWN,10,,,5,"]
    lite.load(sales_orders=rows)
    assert lite.counts(lite.load(sales_orders=[HEADER, "SO-1,C1,1,GOWN,10,,,9,"])) == {"sales_orders": (0, 0, 1)}
    assert sets() == []


# --- full cases


def test_full_cases_by_customer_and_by_line(desk):
    desk.load(
        customers=[CUSTOMERS, "C9,Nine,1,partial,,,yes"],
        sales_orders=[HEADER, "SO-1,C9,1,GOWN,30,,,,", "SO-2,C1,1,GOWN,30,,,,yes", "SO-3,C9,1,GOWN,5,,,,no"],
        stock=[STOCK, "A-01,GOWN,24,,,U1", "A-01,GOWN,24,,,U2", "A-02,GOWN,9,,,"],
    )
    assert connection.rows("SELECT full_cases FROM order_line ORDER BY id") == [(1,), (1,), (0,)]
    assert (got("SO-1"), got("SO-2"), got("SO-3")) == ([24], [24], [5])
    assert healthy(desk)


def test_full_cases_change_what_is_released_from_now_on(desk):
    desk.load(sales_orders=[HEADER, "SO-1,C1,1,GOWN,30,,,,yes"], stock=[STOCK, "A-01,GOWN,24,,,U1", "A-02,GOWN,9,,,"])
    assert got("SO-1") == [24]
    result = desk.load(sales_orders=[HEADER, "SO-1,C1,1,GOWN,30,,,,no"])
    assert (result.released_lines, result.released_pieces) == (1, 6)
    assert got("SO-1") == [30]
    desk.load(sales_orders=[HEADER, "SO-1,C1,1,GOWN,30,,,,yes"])
    assert got("SO-1") == [30], "what is promised stays promised"
    assert healthy(desk)


# --- too little for all


def test_an_item_on_allocation_is_shared_out(desk):
    head, gown, *_ = MASTERS["items"]
    desk.load(
        items=[f"{head},on_allocation", f"{gown},yes"],
        sales_orders=[HEADER, "SO-1,C1,1,GOWN,60,,,,", "SO-2,C1,1,GOWN,30,,,,", "SO-3,C1,1,GOWN,10,,,,"],
        stock=[STOCK, "A-01,GOWN,50,,,"],
    )
    assert (got("SO-1"), got("SO-2"), got("SO-3")) == ([30], [15], [5])
    desk.load(items=[f"{head},on_allocation", f"{gown},"], stock=[STOCK, "A-02,GOWN,20,,,"])
    assert (got("SO-1"), got("SO-2"), got("SO-3")) == ([50], [15], [5]), "then it is first come, first served again"
    assert healthy(desk)


# --- orders on hold


def test_a_line_that_joins_an_order_on_hold_is_held(desk):
    desk.load(sales_orders=[HEADER, "SO-1,C1,1,GOWN,10,,,,"])
    terms = Terms("credit", date(2026, 6, 17))
    holds.hold(lead(desk, "UNPAID"), [Which("SO-1")], terms)
    desk.load(
        sales_orders=[HEADER, "SO-1,C1,2,MASK,5,,,,", "SO-1,C1,3,GOWN,6,set,A,,", "SO-1,C1,4,MASK,6,set,A,,"],
        stock=[STOCK, "A-01,GOWN,40,,,", "A-01,MASK,40,,,"],
    )
    assert got("SO-1") == [0, 0, 0, 0]
    assert connection.rows("SELECT DISTINCT state, held FROM order_line") == [("H", 1)]
    assert healthy(desk)
    holds.unhold(lead(desk, "PAID"), [Which("SO-1")])
    assert got("SO-1") == [10, 5, 6, 6]
    assert healthy(desk)


def test_a_hold_of_one_line_does_not_hold_what_joins(desk):
    desk.load(sales_orders=[HEADER, "SO-1,C1,1,GOWN,10,,,,"])
    holds.hold(lead(desk, "RECALL"), [Which("SO-1", 1)], Terms("recall", date(2026, 6, 17)))
    desk.load(sales_orders=[HEADER, "SO-1,C1,2,GOWN,5,,,,"], stock=[STOCK, "A-01,GOWN,40,,,"])
    assert got("SO-1") == [0, 5]
    assert healthy(desk)


def test_what_changes_of_a_held_line_waits_with_it(desk):
    desk.load(sales_orders=[HEADER, "SO-1,C1,1,GOWN,10,,,,", "SO-2,C1,1,GOWN,10,,,,"], stock=[STOCK, "A-01,GOWN,15,,,"])
    holds.hold(lead(desk, "UNPAID"), [Which("SO-1")], Terms("credit", date(2026, 6, 17), keep=True))
    assert (got("SO-1"), got("SO-2")) == ([10], [5])
    desk.load(sales_orders=[HEADER, "SO-1,C1,1,GOWN,7,,,,"])
    assert (got("SO-1"), got("SO-2")) == ([7], [8])
    desk.load(sales_orders=[HEADER, "SO-1,C1,1,GOWN,20,,,,"], stock=[STOCK, "A-02,GOWN,30,,,"])
    assert (got("SO-1"), got("SO-2")) == ([7], [10])
    assert healthy(desk)
    holds.unhold(lead(desk, "PAID"), [Which("SO-1")])
    assert got("SO-1") == [20]
    assert healthy(desk)
