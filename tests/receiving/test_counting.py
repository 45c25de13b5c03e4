"""How a count comes about: its source, the same as last, several alike, another person's, and what history learns."""

from __future__ import annotations

import pytest
from receiving_dock import GOWN, MASK, captures, healthy, history, received
from small_floor import changed, contents, gtin, said, sscc

from db import connection
from warehouse import floor
from warehouse.reply import Verdict

OK, CHECK, STOP, INFO = Verdict.OK, Verdict.CHECK, Verdict.STOP, Verdict.INFO
USUAL = (22, 24, 20, 24) * 8


# --- Where the number came from ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("inputs", "count", "source"),
    [
        ([f"]C100{sscc(1)}020{GOWN}3724"], 24, "LABEL"),
        ([f"]C101{'0' + GOWN}3022"], 22, "LABEL"),
        ([f"]E0{gtin(30)}"], 50, "PACKAGING"),
        ([f"]E0{GOWN}", "=20"], 20, "KEYED"),
        ([f"]E0{GOWN}", "=20", f"]E0{GOWN}", "!F9"], 20, "REPEATED"),
        ([f"]E0{GOWN}", "=20", f"]E0{GOWN}", "XKREPT"], 20, "REPEATED"),
        ([f"]E0{GOWN}", "=1x20"], 20, "KEYED"),
        ([f"]E0{GOWN}", "=2x20"], 20, "IDENTICAL"),
        ([f"]E0{MASK}", "=50"], 50, "KEYED"),
    ],
)
def test_the_source_of_every_quantity_is_kept(small, ana, inputs, count, source):
    reply = ana.all(*inputs)
    assert reply.verdict is OK
    assert captures()[-1][:2] == (count, source)
    assert connection.value("SELECT qty_source FROM handling_unit WHERE code = ?", reply.unit) == source
    assert healthy(small)


def test_the_base_case_of_a_vendor_whose_cases_differ(small, ana):
    """22, 24, 20, 24 of the same item: each at its own quantity, scan + number + ENTER."""
    for count in (22, 24, 20, 24):
        assert ana.all(f"]E0{GOWN}", f"={count}").verdict is OK
    assert [row[0] for row in captures()] == [22, 24, 20, 24]
    assert received("PO-1") == 90


# --- The same as last ----------------------------------------------------------------------------------------


def test_the_same_as_last_is_of_this_item_and_this_person(small, ana):
    kim = small.hand("1004", "DOCK-2")
    kim.all("PO-1", f"]E0{GOWN}", "=30")
    ana.all(f"]E0{MASK}", "=50", f"]E0{GOWN}")
    assert ana.key("F9").template == "nothing_to_repeat"
    ana.type("22")
    kim.scan(f"]E0{GOWN}")
    kim.key("F9")
    assert [row[0] for row in captures()] == [30, 50, 22, 30]


def test_a_case_that_was_taken_back_is_not_repeated(small, ana):
    ana.all(f"]E0{GOWN}", "=20", f"]E0{GOWN}", "=22", "!F4", f"]E0{GOWN}", "!F9")
    assert captures()[-1][:2] == (20, "REPEATED")


@pytest.mark.parametrize("where", ["site", "item"])
def test_a_site_or_an_item_can_forbid_it(small, ana, where):
    if where == "site":
        small.rule("receiving.same_as_last", "no")
    else:
        connection.execute("UPDATE item SET same_as_last = 0 WHERE sku = 'GOWN-L'")
    ana.all(f"]E0{GOWN}", "=20", f"]E0{GOWN}")
    assert (ana.key("F9").template, ana.step) == ("no_repeat", "receiving.how_many")
    assert "F9" not in [key for key, _ in floor.look(ana.session).keys]


# --- Several alike -------------------------------------------------------------------------------------------


def test_cases_alike_are_units_of_their_own(small, ana):
    small.order("SO-1", ("GOWN-L", 50))
    reply = ana.all(f"]E0{GOWN}", "=3x24")
    assert (reply.verdict, reply.moves) == (OK, 3)
    assert said(reply) == "24 ea Gown L x 3 >> Releases SO-1 x50 n alike, 28 to come"
    assert len({row[0] for row in connection.rows("SELECT code FROM handling_unit")}) == 3
    assert connection.rows("SELECT cases, pieces FROM receipt") == [(3, 72)]
    assert healthy(small)
    assert ana.key("F4").template == "undone_receipts"
    assert received("PO-1") == 0
    assert healthy(small)


def test_cases_alike_only_up_to_a_limit(small, ana):
    small.rule("receiving.identical_max", "2")
    ana.scan(f"]E0{GOWN}")
    before = contents()
    assert ana.type("3x24").template == "too_many_alike"
    assert changed(before, contents()) == []
    assert ana.type("2x24").verdict is OK


def test_a_case_with_a_number_of_its_own_is_never_several(small, ana):
    ana.all(f"]C100{sscc(1)}", f"]E0{GOWN}")
    assert ana.type("2x24").template == "alike_not_here"


def test_alike_above_the_order_they_are_refused_together(small, ana):
    reply = ana.all(f"]E0{GOWN}", "=5x24")
    assert (reply.template, "120 is 15 over the limit." in said(reply)) == ("over_limit", True)
    assert ana.key("F5").template == "alike_one_by_one"
    assert ana.scan("1003").verdict is OK
    assert received("PO-1") == 120
    assert healthy(small)


def test_more_cases_alike_than_numbers_in_hand(small, ana):
    """Plates are drawn in blocks of a thousand: an input that needs more than is left draws anew."""
    small.rule("receiving.identical_max", "1000")
    small.purchase_order("PO-2", ("GOWN-M", 5000))
    ana.key("ESC")
    ana.all("PO-2", f"]E0{gtin(2)}", "=600x1")
    reply = ana.all(f"]E0{gtin(2)}", "=600x1")
    assert (reply.verdict, reply.moves) == (OK, 600)


# --- Outliers ------------------------------------------------------------------------------------------------


def test_an_unusual_count_is_asked_once_and_flagged(small, ana):
    history(small, *USUAL)
    check = ana.all(f"]E0{GOWN}", "=34")
    assert (check.verdict, said(check)) == (
        CHECK,
        "34 is not the usual 20-24. Count again. ENTER keeps 34, or key the right number.",
    )
    assert ana.key("ENTER").verdict is OK
    assert captures()[-1] == (34, "KEYED", "AVAILABLE", 1, 1)
    rows = floor.look(ana.session).tables[0].rows
    assert rows[0][2] == "34!"


def test_swapped_digits_are_told(small, ana):
    history(small, *USUAL)
    assert said(ana.all(f"]E0{GOWN}", "=42")).startswith("42, not the usual 20-24: 24? Count again.")


def test_ten_times_too_many_needs_another_person(small, ana):
    """The figure of the design: 240 where 20 to 24 are usual."""
    history(small, *USUAL)
    small.purchase_order("PO-2", ("GOWN-L", 500))
    ana.all("PO-2", "!ENTER", f"]E0{GOWN}")
    check = ana.type("240")
    assert (check.verdict, said(check)) == (
        CHECK,
        "240 is far from 20-24. A second person counts: scan their badge. Or key the right number.",
    )
    assert ana.key("ENTER").verdict is STOP
    assert ana.scan("1001").template == "own_badge"
    assert ana.scan("1002").template == "second_count"
    assert ana.type("24").template == "counts_differ"
    assert (ana.step, ana.type("24").verdict) == ("receiving.how_many", OK)
    assert captures()[-1][:2] == (24, "KEYED")


@pytest.mark.parametrize(("badge", "learns"), [("1004", 0), ("1003", 1)])
def test_counted_twice_it_is_kept_and_a_lead_makes_it_a_new_pack_size(small, ana, badge, learns):
    history(small, *USUAL)
    small.purchase_order("PO-2", ("GOWN-L", 500))
    reply = ana.all("PO-2", "!ENTER", f"]E0{GOWN}", "=240", badge, "=240")
    assert reply.verdict is OK
    assert captures()[-1] == (240, "COUNTED_TWICE", "AVAILABLE", 2, learns)
    second = connection.value("SELECT second_by FROM capture ORDER BY id DESC LIMIT 1")
    assert second == connection.value("SELECT id FROM operator WHERE badge = ?", badge)


def test_a_lead_who_receives_needs_another_person_too(small):
    history(small, *USUAL)
    ida = small.hand("1003")
    ida.all("PO-1", f"]E0{GOWN}", "=2")
    assert ida.scan("1003").template == "own_badge"
    assert ida.scan("1001").template == "second_count"


def test_a_number_that_is_on_the_label_is_no_count(small, ana):
    """The tail of the SSCC keyed by mistake."""
    small.purchase_order("PO-2", ("GOWN-L", 9000))
    ana.all("PO-2", "!ENTER", f"]C100{sscc(123)}", f"]E0{GOWN}")
    tail = str(int(sscc(123)[-4:]))
    connection.execute("UPDATE item SET max_case_qty = NULL")
    ana.key("ESC")
    check = ana.all(f"]C100{sscc(123)}", f"]E0{GOWN}", f"={tail}")
    assert (check.verdict, check.template) == (CHECK, "count_is_code")


def test_a_repeated_count_teaches_nothing_a_part_case_neither(small, ana):
    ana.all(f"]E0{GOWN}", "=20", f"]E0{GOWN}", "!F9", f"]E0{GOWN}", "=2x20")
    assert [row[4] for row in captures()] == [1, 0, 0, 0]


def test_what_was_taken_back_is_forgotten(small, ana):
    """Five cases make a history; one of them undone leaves four, and 99 is not questioned any more."""
    small.purchase_order("PO-2", ("GOWN-L", 900))
    ana.all("PO-2", "!ENTER")
    for number in range(5):
        ana.case(sscc(number), GOWN, 24)
    ana.scan(f"]E0{GOWN}")
    assert ana.type("99").verdict is CHECK
    ana.all("!ESC", "!F4")
    assert ana.all(f"]E0{GOWN}", "=99").verdict is OK


def test_an_order_of_another_vendor_has_a_history_of_its_own(small, ana):
    history(small, *USUAL)
    vendor = connection.insert("vendor", site="T1", code="OTHER", name="Other")
    small.purchase_order("PO-2", ("GOWN-L", 500))
    connection.execute("UPDATE purchase_order SET vendor_id = ? WHERE po = 'PO-2'", vendor)
    ana.key("ESC")
    assert ana.all("PO-2", f"]E0{GOWN}", "=240").verdict is OK
