"""Opening stock, purchase orders, sales orders: written once, the same again skipped, all else refused."""

import dataclasses
from datetime import UTC, date, datetime

import pytest
from import_desk import MASTERS, PURCHASE, SALES, STOCK
from small_floor import changed, contents, sscc

from db import connection
from db.connection import transaction
from warehouse import orders, policy, site, stock
from warehouse.orders import Command


def units(desk):
    return desk.table(
        "u.kind, u.code, p.code, i.sku, u.qty, u.lot, u.expiry, u.status",
        "handling_unit u JOIN location p ON p.id = u.location_id JOIN item i ON i.id = u.item_id",
    )


def lead():
    return site.operator("T1", "1003")


def told(desk, **files):
    (fault,) = desk.faults(**files)
    return fault.line, fault.column, fault.reason


# --- references


@pytest.mark.parametrize(
    ("table", "row", "column", "file"),
    [
        ("stock", "A-01,NONE,5,,,", "sku", "items.csv"),
        ("stock", "NONE,GOWN,5,,,", "location", "locations.csv"),
        ("purchase_orders", "PO-1,ACME,1,NONE,5,2026-06-20", "sku", "items.csv"),
        ("purchase_orders", "PO-1,NONE,1,GOWN,5,2026-06-20", "vendor", "vendors.csv"),
        ("sales_orders", "SO-1,C1,1,NONE,5,,,", "sku", "items.csv"),
        ("sales_orders", "SO-1,NONE,1,GOWN,5,,,", "customer", "customers.csv"),
    ],
)
def test_a_missing_reference_is_named_with_its_file(lite, table, row, column, file):
    header = {"stock": STOCK, "purchase_orders": PURCHASE, "sales_orders": SALES}[table]
    line, where, reason = told(lite, **{table: [header, row]})
    assert (line, where) == (2, column)
    assert reason == f"'NONE' is not known: import it first, or in the same call, with {file}"


def test_a_wrong_master_row_does_not_blame_the_rows_that_refer_to_it(lite):
    assert lite.places(
        items=[MASTERS["items"][0], "CAP,Cap,123,ea,variable,,,,no,no"],
        customers=["code,name,priority,ship_policy", "C9,Nine,9,line"],
        sales_orders=[SALES, "SO-1,C9,1,CAP,5,,,"],
        stock=[STOCK, "A-01,CAP,5,,,"],
    ) == [("customers.csv", 2, "priority"), ("items.csv", 2, "gtin")]


def test_a_row_with_a_bad_cell_still_says_what_else_is_unknown(lite):
    """All at once: nobody mends the quantity only to be told of the customer in a second round."""
    assert lite.places(sales_orders=[SALES, "SO-1,NONE,1,NEITHER,0,,,"]) == [
        ("sales_orders.csv", 2, "quantity"),
        ("sales_orders.csv", 2, "sku"),
        ("sales_orders.csv", 2, "customer"),
    ]


# --- opening stock


def test_opening_stock_stands_as_units_and_loose_pieces(desk):
    result = desk.load(
        stock=[
            STOCK,
            "A-01,GOWN,140,,,",
            "A-01,GOWN,24,,,PAL-1",
            "A-02,SERUM,12,L1,2027-01-31,00" + sscc(1),
            "A-02,SERUM,5,L1,2027-01-31,",
            "A-02,SERUM,6,L2,2027-01-31,",
            "A-02,MASK,7,,9999-12-31,",
        ]
    )
    assert desk.counts(result) == {"stock": (6, 0, 0)}
    plates = [row[1] for row in units(desk) if row[0] == "LOOSE"]
    assert len(set(plates)) == 4
    assert all(plate.startswith("LP") for plate in plates)
    assert [(row[0], *row[2:]) for row in units(desk) if row[0] == "LOOSE"] == sorted(
        [
            ("LOOSE", "A-01", "GOWN", 140, "", "9999-12-31", "AVAILABLE"),
            ("LOOSE", "A-02", "SERUM", 5, "L1", "2027-01-31", "AVAILABLE"),
            ("LOOSE", "A-02", "SERUM", 6, "L2", "2027-01-31", "AVAILABLE"),
            ("LOOSE", "A-02", "MASK", 7, "", "9999-12-31", "AVAILABLE"),
        ],
        key=lambda row: next(unit[1] for unit in units(desk) if (unit[0], *unit[2:]) == row),
    )
    assert stock.live_unit("T1", sscc(1)).qty == 12
    assert desk.table("i.sku, s.usable", "item_stock s JOIN item i ON i.id = s.item_id") == [
        ("GOWN", 164),
        ("MASK", 7),
        ("SERUM", 23),
    ]
    assert desk.table("kind, from_account, qty", "stock_move WHERE kind <> 'OPENING'") == []
    assert connection.value("SELECT SUM(qty) FROM stock_move WHERE from_account = 'OPENING'") == 194


OPENED = [STOCK, "A-01,GOWN,140,,,", "A-01,GOWN,24,,,PAL-1", "A-02,SERUM,5,L1,2027-01-31,"]


def test_the_same_opening_is_skipped_ever_after(desk):
    desk.load(stock=OPENED)
    before = contents()
    assert desk.counts(desk.load(stock=OPENED)) == {"stock": (0, 0, 3)}
    assert changed(before, contents()) == []
    command = Command(desk.site, lead(), desk.now, "adjust-1", "LOST")
    orders.adjust_unit(command, "PAL-1", -24)
    orders.adjust_place(dataclasses.replace(command, command_id="adjust-2"), "A-01", "GOWN", -140)
    assert desk.counts(desk.load(stock=OPENED)) == {"stock": (0, 0, 3)}
    assert connection.value("SELECT SUM(usable) FROM item_stock") == 5


@pytest.mark.parametrize(
    ("row", "column", "words"),
    [
        ("A-01,GOWN,141,,,", "quantity", "already opened; use adjust (quantity 140 -> 141)"),
        ("A-01,GOWN,23,,,PAL-1", "quantity", "already opened; use adjust (quantity 24 -> 23)"),
        ("A-02,GOWN,24,,,PAL-1", "location", "already opened; use adjust (location A-01 -> A-02)"),
        ("A-01,MASK,24,,,PAL-1", "sku", "already opened; use adjust (sku GOWN -> MASK)"),
        ("A-01,GOWN,24,L9,,PAL-1", "lot", "already opened; use adjust (lot none -> L9)"),
        ("A-02,SERUM,6,L1,2027-01-31,", "quantity", "already opened; use adjust (quantity 5 -> 6)"),
    ],
)
def test_another_opening_of_the_same_key_is_refused(lite, row, column, words):
    lite.load(stock=OPENED)
    assert told(lite, stock=[STOCK, row]) == (2, column, words)


def test_another_lot_or_expiry_is_another_key(lite):
    lite.load(stock=OPENED)
    rows = ["A-02,SERUM,5,L2,2027-01-31,", "A-02,SERUM,5,L1,2027-02-28,", "A-02,GOWN,140,,,", "A-01,GOWN,140,X,,"]
    assert lite.counts(lite.load(stock=[STOCK, *rows])) == {"stock": (4, 0, 0)}


def test_an_opening_joins_loose_stock_that_came_otherwise(lite):
    orders.adjust_place(Command(lite.site, lead(), lite.now, "adjust-1", "FOUND"), "A-01", "GOWN", 10)
    lite.load(stock=[STOCK, "A-01,GOWN,140,,,"])
    assert [(row[0], row[4]) for row in units(lite)] == [("LOOSE", 150)]


@pytest.mark.parametrize(
    ("row", "column", "words"),
    [
        ("A-01,SERUM,5,,2027-01-31,", "lot", "is empty: SERUM is kept by lot"),
        ("A-01,SERUM,5,L1,,", "expiry", "is empty: SERUM is kept by expiry"),
        ("A-01,SERUM,5,L1,9999-12-31,", "expiry", "is empty: SERUM is kept by expiry"),
        ("Q-1,GOWN,5,,,", "location", "Q-1 is a quarantine place"),
    ],
)
def test_opening_stock_that_cannot_stand(lite, row, column, words):
    line, where, reason = told(lite, stock=[STOCK, row])
    assert (line, where) == (2, column)
    assert words in reason


def test_control_by_lot_is_asked_of_the_item_as_it_will_be(lite):
    changing = [
        MASTERS["items"][0],
        "GOWN,Gown,2000000000015,ea,variable,24,10,40,yes,no",
        "SERUM,Serum,,vial,variable,,,,no,no",
    ]
    (fault,) = lite.faults(items=changing, stock=[STOCK, "A-01,GOWN,5,,,", "A-01,SERUM,5,,,"])
    assert (fault.line, fault.column) == (2, "lot")


@pytest.mark.parametrize(
    ("rows", "column"),
    [
        (["A-01,GOWN,5,,,", "A-02,GOWN,5,,,", "A-01,GOWN,5,,,"], "location"),
        (["A-01,GOWN,5,,,U", "A-02,GOWN,5,,,V", "A-02,MASK,7,,,U"], "unit_code"),
        (["A-01,GOWN,5,,," + sscc(1), "A-02,GOWN,5,,,V", "A-02,GOWN,5,,,00" + sscc(1)], "unit_code"),
    ],
)
def test_an_opening_comes_once_in_a_call(lite, rows, column):
    line, where, reason = told(lite, stock=[STOCK, *rows])
    assert (line, where) == (4, column)
    assert "is there already in line 2" in reason


@pytest.mark.parametrize("status", ["AVAILABLE", "QUARANTINE", "ISSUED"])
def test_a_code_that_named_a_unit_is_not_opened(lite, status):
    _receive(lite, "CASE-1")
    connection.execute("UPDATE handling_unit SET status = ? WHERE code = 'CASE-1'", status)
    line, column, reason = told(lite, stock=[STOCK, "A-01,GOWN,5,,,CASE-1"])
    assert (line, column) == (2, "unit_code")
    assert reason == "CASE-1 is the code of a unit that did not come by import"


def test_a_voided_capture_gives_its_code_back(desk):
    _receive(desk, "CASE-1")
    connection.execute("UPDATE handling_unit SET status = 'VOIDED' WHERE code = 'CASE-1'")
    desk.load(stock=[STOCK, "A-01,GOWN,5,,,CASE-1"])
    assert stock.live_unit("T1", "CASE-1").qty == 5


@transaction
def _receive(desk, code):
    """A unit that came through the dock."""
    item = connection.value("SELECT id FROM item WHERE sku = 'GOWN'")
    place = connection.value("SELECT id FROM location WHERE code = 'A-02'")
    connection.insert(
        "handling_unit", site="T1", code=code, kind="CASE", item_id=item, status="AVAILABLE",
        location_id=place, qty=3, received_at="2026-06-15T08:00:00.000000Z",
    )  # fmt: skip
    connection.execute("UPDATE item_stock SET usable = usable + 3 WHERE item_id = ?", item)


def test_a_unit_code_may_equal_a_place_a_badge_or_an_order(lite):
    lite.load(stock=[STOCK, "A-01,GOWN,5,,,A-01", "A-01,GOWN,5,,,1001"])


def test_more_pieces_than_can_be_counted_are_refused(desk):
    huge = [f"A-01,GOWN,999999999,,,U{n}" for n in range(3)]
    line, column, reason = told(desk, stock=[STOCK, *huge])
    assert (line, column) == (4, "quantity")
    assert "more than 2,000,000,000 pieces of GOWN" in reason
    desk.load(stock=[STOCK, *huge[:2]])
    line, column, reason = told(desk, stock=[STOCK, "A-01,MASK,1,,,", huge[2]])
    assert (line, column) == (3, "quantity")
    assert connection.value("SELECT COUNT(*) FROM handling_unit") == 2


# --- purchase orders


BOUGHT = [
    PURCHASE,
    "PO-1,ACME,1,GOWN,240,2026-06-15",
    "PO-1,ACME,2,MASK,500,2026-06-16",
    "PO-2,BETA,1,GOWN,5,2026-06-15",
]


def purchases(desk):
    return desk.table(
        "h.po, v.code, l.line, i.sku, l.qty_ordered, l.qty_received, l.expected_on",
        "po_line l JOIN purchase_order h ON h.id = l.po_id JOIN vendor v ON v.id = h.vendor_id JOIN item i ON i.id = l.item_id",
    )


def test_purchase_orders_are_written_once(desk):
    assert desk.counts(desk.load(purchase_orders=BOUGHT)) == {"purchase_orders": (3, 0, 0)}
    assert purchases(desk) == [
        ("PO-1", "ACME", 1, "GOWN", 240, 0, "2026-06-15"),
        ("PO-1", "ACME", 2, "MASK", 500, 0, "2026-06-16"),
        ("PO-2", "BETA", 1, "GOWN", 5, 0, "2026-06-15"),
    ]
    connection.execute("UPDATE po_line SET qty_received = 24 WHERE line = 2")
    before = contents()
    assert desk.counts(desk.load(purchase_orders=BOUGHT)) == {"purchase_orders": (0, 0, 3)}
    assert changed(before, contents()) == []


def test_lines_may_join_a_purchase_order(desk):
    desk.load(purchase_orders=BOUGHT)
    result = desk.load(
        purchase_orders=[PURCHASE, "PO-1,ACME,3,GOWN,1,2026-06-20", BOUGHT[1], "PO-3,BETA,1,GOWN,1,2026-06-20"]
    )
    assert desk.counts(result) == {"purchase_orders": (2, 0, 1)}
    assert [row[:3] for row in purchases(desk)] == [
        ("PO-1", "ACME", 1),
        ("PO-1", "ACME", 2),
        ("PO-1", "ACME", 3),
        ("PO-2", "BETA", 1),
        ("PO-3", "BETA", 1),
    ]


@pytest.mark.parametrize(
    ("row", "column", "words"),
    [
        ("PO-1,ACME,1,GOWN,241,2026-06-15", "quantity", "changed; refused: quantity 240 -> 241"),
        ("PO-1,ACME,1,MASK,240,2026-06-15", "sku", "changed; refused: sku GOWN -> MASK"),
        ("PO-1,ACME,1,GOWN,241,2026-06-16", "quantity", "changed; refused: quantity 240 -> 241"),
        ("PO-1,BETA,1,GOWN,240,2026-06-15", "vendor", "changed; refused: vendor ACME -> BETA"),
        ("PO-1,BETA,1,GOWN,9,2026-06-15", "vendor", "changed; refused: vendor ACME -> BETA, quantity 240 -> 9"),
        ("PO-1,BETA,3,GOWN,9,2026-06-15", "vendor", "BETA differs: PO-1 is with ACME on record"),
    ],
)
def test_a_purchase_order_line_does_not_change(lite, row, column, words):
    lite.load(purchase_orders=BOUGHT)
    assert told(lite, purchase_orders=[PURCHASE, row]) == (2, column, words)


def test_one_purchase_order_has_one_vendor_and_each_line_once(lite):
    rows = ["PO-9,ACME,1,GOWN,1,2026-06-15", "PO-9,BETA,2,GOWN,1,2026-06-15", "PO-9,ACME,01,GOWN,1,2026-06-15"]
    faults = lite.faults(purchase_orders=[PURCHASE, *rows])
    assert [(one.line, one.column, one.reason) for one in faults] == [
        (3, "vendor", "BETA differs: PO-9 is with ACME by line 2"),
        (4, "line", "is there already in line 2: a key may come once"),
    ]


# --- sales orders


def lines(
    desk,
    columns="h.order_no, l.line, c.code, i.sku, l.qty_ordered, l.promised_on, l.priority, l.policy, l.min_fill_percent",
):
    return desk.table(
        columns,
        "order_line l JOIN order_header h ON h.id = l.order_id JOIN customer c ON c.id = h.customer_id "
        "JOIN item i ON i.id = l.item_id",
    )


SOLD = [
    SALES,
    "SO-1,C1,1,GOWN,36,2026-06-12,,",
    "SO-1,C1,2,MASK,100,,2,line",
    "SO-2,C3,1,GOWN,12,2026-06-20,,",
    "SO-2,C3,2,MASK,12,2026-06-20,,order",
]


def test_sales_orders_are_filled_in_from_the_customer(desk):
    assert desk.counts(desk.load(sales_orders=SOLD)) == {"sales_orders": (4, 0, 0)}
    assert lines(desk) == [
        ("SO-1", 1, "C1", "GOWN", 36, "2026-06-12", 1, "partial", 25),
        ("SO-1", 2, "C1", "MASK", 100, "2026-06-15", 2, "line", 25),
        ("SO-2", 1, "C3", "GOWN", 12, "2026-06-20", 3, "order", 0),
        ("SO-2", 2, "C3", "MASK", 12, "2026-06-20", 3, "order", 0),
    ]
    assert lines(desk, "h.order_no, l.line, l.rank_on, l.min_need, l.qty_open, l.state") == [
        ("SO-1", 1, policy.rank(date(2026, 6, 12), 1), 9, 36, "W"),
        ("SO-1", 2, policy.rank(date(2026, 6, 15), 2), 100, 100, "W"),
        ("SO-2", 1, policy.rank(date(2026, 6, 20), 3), 12, 12, "W"),
        ("SO-2", 2, policy.rank(date(2026, 6, 20), 3), policy.NEVER, 12, "W"),
    ]
    assert desk.table("i.sku, s.waiting_lines, s.waiting_qty", "item_stock s JOIN item i ON i.id = s.item_id")[:2] == [
        ("GOWN", 2, 48),
        ("MASK", 2, 112),
    ]


def test_the_customer_counts_as_it_will_be(lite):
    lite.load(customers=["code,name,priority,ship_policy,min_fill_percent", "C1,One,4,line,7"], sales_orders=SOLD[:2])
    assert lines(lite, "l.priority, l.policy, l.min_fill_percent") == [(4, "line", 7)]


def test_an_empty_promise_is_the_day_at_the_site(lite):
    lite.site = dataclasses.replace(lite.site, timezone="Pacific/Auckland")
    lite.now = datetime(2026, 6, 15, 13, 0, tzinfo=UTC)
    lite.load(sales_orders=SOLD[:3])
    assert ("SO-1", 2, "2026-06-16") in lines(lite, "h.order_no, l.line, l.promised_on")


def test_the_same_rows_on_another_day_change_nothing(desk):
    desk.load(sales_orders=SOLD)
    before = contents()
    desk.now = datetime(2026, 6, 20, 9, 0, tzinfo=UTC)
    desk.load(customers=["code,name,priority,ship_policy,min_fill_percent", "C1,One,5,line,0"])
    mid = contents()
    assert desk.counts(desk.load(sales_orders=SOLD)) == {"sales_orders": (0, 0, 4)}
    assert changed(mid, contents()) == []
    assert changed(before, mid) == ["customer"]


def test_a_row_that_says_less_is_the_same_row_and_one_that_says_it_out_too(lite):
    lite.load(sales_orders=SOLD)
    short = ["order,customer,line,sku,quantity", "SO-1,C1,1,GOWN,36"]
    assert lite.counts(lite.load(sales_orders=short)) == {"sales_orders": (0, 0, 1)}
    full = [SALES, "SO-1,C1,2,MASK,100,2026-06-15,2,line"]
    assert lite.counts(lite.load(sales_orders=full)) == {"sales_orders": (0, 0, 1)}


def test_a_line_that_was_cancelled_or_served_is_still_the_same_row(lite):
    lite.load(sales_orders=SOLD, stock=[STOCK, "A-01,GOWN,10,,,"])
    orders.cancel(Command(lite.site, lead(), lite.now, "cancel-1", "WISH"), "SO-1", 1, 5)
    before = contents()
    assert lite.counts(lite.load(sales_orders=SOLD)) == {"sales_orders": (0, 0, 4)}
    assert changed(before, contents()) == []


@pytest.mark.parametrize(
    ("row", "column", "words"),
    [
        ("SO-1,C1,1,MASK,36,2026-06-12,,", "sku", "changed; refused: sku GOWN -> MASK"),
        ("SO-1,C5,1,GOWN,36,,,", "customer", "changed; refused: customer C1 -> C5"),
        ("SO-1,C5,9,GOWN,36,,,line", "customer", "C5 differs: SO-1 is with C1 on record"),
        (
            "SO-1,C1,9,GOWN,36,,,order",
            "ship_policy",
            "order does not go with the lines of SO-1 on record: use partial or line",
        ),
        ("SO-2,C3,9,GOWN,36,,,", "order", "SO-2 ships complete: no line can be added to it"),
        ("SO-2,C3,9,GOWN,36,,,line", "order", "SO-2 ships complete: no line can be added to it"),
    ],
)
def test_who_gets_what_and_what_leaves_together_does_not_change(lite, row, column, words):
    lite.load(sales_orders=SOLD)
    before = contents()
    assert told(lite, sales_orders=[SALES, row]) == (2, column, words)
    assert changed(before, contents()) == []


def test_lines_may_join_an_order_and_are_released_with_it(desk):
    desk.load(sales_orders=SOLD, stock=[STOCK, "A-01,GOWN,100,,,", "A-01,MASK,8,,,"])
    result = desk.load(
        sales_orders=[
            SALES,
            "SO-1,C1,3,GOWN,50,2026-06-30,,",
            "SO-1,C1,4,MASK,8,,,partial",
            "SO-1,C1,5,GOWN,40,2026-07-30,,line",
        ]
    )
    assert desk.counts(result) == {"sales_orders": (3, 0, 0)}
    assert (result.released_lines, result.released_pieces) == (2, 58)
    assert lines(desk, "h.order_no, l.line, l.policy, l.qty_reserved, l.qty_open, l.min_need")[:5] == [
        ("SO-1", 1, "partial", 36, 0, 0),
        ("SO-1", 2, "line", 0, 100, 100),
        ("SO-1", 3, "partial", 50, 0, 0),
        ("SO-1", 4, "partial", 8, 0, 0),
        ("SO-1", 5, "line", 0, 40, 40),
    ]
    assert connection.value("SELECT COUNT(*) FROM order_header") == 2


def test_one_order_has_one_customer_each_line_once_and_order_on_all_lines_or_none(lite):
    rows = [
        "SO-9,C1,1,GOWN,1,,,",
        "SO-9,C5,2,GOWN,1,,,",
        "SO-9,C1,1,GOWN,1,,,",
        "SO-8,C3,1,GOWN,1,,,",
        "SO-8,C3,2,GOWN,1,,,line",
        "SO-8,C3,3,GOWN,1,,,order",
        "SO-7,C1,1,GOWN,1,,,",
        "SO-7,C1,2,GOWN,1,,,order",
    ]
    faults = lite.faults(sales_orders=[SALES, *rows])
    assert [(one.line, one.column, one.reason) for one in faults] == [
        (3, "customer", "C5 differs: SO-9 is with C1 by line 2"),
        (4, "line", "is there already in line 2: a key may come once"),
        (6, "ship_policy", "line does not go with order in line 5: order is for all lines"),
        (9, "ship_policy", "order does not go with partial in line 8: order is for all lines"),
    ]


def test_equal_ranks_are_served_in_the_order_of_the_rows(desk):
    rows = ["SO-2,C5,1,GOWN,5,2026-06-20,,", "SO-1,C5,1,GOWN,5,2026-06-20,,", "SO-2,C5,2,GOWN,5,2026-06-20,,"]
    desk.load(sales_orders=[SALES, *rows], stock=[STOCK, "A-01,GOWN,10,,,"])
    served = connection.rows(
        "SELECT h.order_no, l.line, l.qty_reserved FROM order_line l JOIN order_header h ON h.id = l.order_id ORDER BY l.id"
    )
    assert served == [("SO-2", 1, 5), ("SO-2", 2, 5), ("SO-1", 1, 0)]
