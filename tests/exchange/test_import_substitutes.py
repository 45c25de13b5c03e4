"""Approved substitutes: what is taken, what is refused, and that an approval moves nothing."""

import pytest
from import_desk import SALES, STOCK, SUBSTITUTES
from small_floor import changed, contents

from db import connection

ALL = f"{SUBSTITUTES},approved"


def approvals(desk):
    return desk.table(
        "i.sku, t.sku, c.code, s.approved",
        "substitute s JOIN item i ON i.id = s.item_id JOIN item t ON t.id = s.substitute_id "
        "LEFT JOIN customer c ON c.id = s.customer_id",
    )


def test_pairs_are_taken_for_all_or_for_one_and_the_same_again_is_nothing(desk):
    rows = [ALL, "GOWN,MASK,,", "GOWN,MASK,C1,no", "MASK,GOWN,C3,yes"]
    assert desk.counts(desk.load(substitutes=rows)) == {"substitutes": (3, 0, 0)}
    assert approvals(desk) == [
        ("GOWN", "MASK", "C1", 0),
        ("GOWN", "MASK", None, 1),
        ("MASK", "GOWN", "C3", 1),
    ]
    before = contents()
    assert desk.counts(desk.load(substitutes=rows)) == {"substitutes": (0, 0, 3)}
    assert changed(before, contents()) == []


def test_an_approval_is_withdrawn_and_a_file_without_that_column_does_not_give_it_again(desk):
    desk.load(substitutes=[SUBSTITUTES, "GOWN,MASK,", "GOWN,MASK,C1"])
    assert desk.counts(desk.load(substitutes=[ALL, "GOWN,MASK,C1,no"])) == {"substitutes": (0, 1, 0)}
    assert desk.counts(desk.load(substitutes=[SUBSTITUTES, "GOWN,MASK,C1"])) == {"substitutes": (0, 0, 1)}
    assert approvals(desk) == [("GOWN", "MASK", "C1", 0), ("GOWN", "MASK", None, 1)]
    assert desk.counts(desk.load(substitutes=[ALL, "GOWN,MASK,C1,"])) == {"substitutes": (0, 1, 0)}


def test_items_and_customers_of_the_same_call_will_do(desk):
    desk.load(
        items=["sku,description,base_unit,case_qty_mode,lot_control,expiry_control", "APRON,Apron,ea,variable,no,no"],
        customers=["code,name,priority,ship_policy", "C9,Nine,3,line"],
        substitutes=[SUBSTITUTES, "GOWN,APRON,C9"],
    )
    assert approvals(desk) == [("GOWN", "APRON", "C9", 1)]


@pytest.mark.parametrize(
    ("row", "column", "words"),
    [
        ("GOWN,GOWN,,", "substitute", "GOWN is the item itself: an item is no substitute of itself"),
        ("GOWM,MASK,,", "sku", "'GOWM' is not known: import it first, or in the same call, with items.csv"),
        ("GOWN,MASC,,", "substitute", "'MASC' is not known: import it first, or in the same call, with items.csv"),
        ("GOWN,MASK,C8,", "customer", "'C8' is not known: import it first, or in the same call, with customers.csv"),
        ("GOWN,MASK,,maybe", "approved", "'maybe' is neither yes nor no"),
        ("GOWN,,C1,", "substitute", "is empty"),
    ],
)
def test_what_is_no_approval(lite, row, column, words):
    (fault,) = lite.faults(substitutes=[ALL, row])
    assert (fault.file, fault.line, fault.column, fault.reason) == ("substitutes.csv", 2, column, words)


def test_a_pair_comes_once(lite):
    (fault,) = lite.faults(substitutes=[SUBSTITUTES, "GOWN,MASK,", "GOWN,MASK,C1", "GOWN,MASK,"])
    assert (fault.line, fault.reason) == (4, "is there already in line 2: a key may come once")


def test_an_approval_moves_nothing(lite):
    """A line waits for GOWN, MASK is free: nothing is released, and nobody was asked."""
    lite.load(
        stock=[STOCK, "A-01,MASK,50,,,"],
        sales_orders=[SALES, "SO-1,C1,1,GOWN,10,,,"],
        substitutes=[SUBSTITUTES, "GOWN,MASK,"],
    )
    assert connection.rows("SELECT qty_ordered, qty_open, state FROM order_line") == [(10, 10, "W")]
