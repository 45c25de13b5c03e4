"""How a delivery is found and opened: by anything on it, blind, without an order, several orders on one truck."""

from __future__ import annotations

import pytest
from receiving_dock import GOWN, MEDIUM, SERUM, captures, differences, healthy, received
from small_floor import TODAY, said, sscc

from db import connection
from warehouse import floor
from warehouse.reply import Verdict

OK, CHECK, STOP, INFO = Verdict.OK, Verdict.CHECK, Verdict.STOP, Verdict.INFO
PALLET = sscc(900)


@pytest.fixture
def at_dock(small):
    hand = small.hand("1001")
    hand.key("1")
    return hand


@pytest.mark.parametrize("where", ["home", "list"])
@pytest.mark.parametrize("what", ["PO-1", "ASN-1", f"]C100{sscc(1)}", f"]C100{PALLET}", f"]E0{SERUM}"])
def test_anything_on_it_finds_it(small, where, what):
    """Order, ASN, a case, its pallet, an item: to look for it writes nothing."""
    small.announce("ASN-1", (sscc(1), "GOWN-L", 24), po="PO-1", pallet=PALLET)
    ana = small.hand("1001")
    if where == "list":
        ana.key("1")
    reply = ana.scan(what)
    assert (reply.verdict, ana.step) == (OK, "receiving.scan_case")
    assert captures() == []
    assert ana.case(sscc(7), GOWN, 24).verdict is OK
    assert received("PO-1") == 24


def test_an_item_on_several_orders_lists_them_those_due_first(small, at_dock):
    small.purchase_order("PO-0", ("GOWN-L", 10), expected_on=TODAY.replace(day=20))
    reply = at_dock.scan(f"]E0{GOWN}")
    assert (reply.verdict, said(reply)[:28]) == (CHECK, "2 orders expect Gown L. Key ")
    listed = [row[1] for row in floor.look(at_dock.session).tables[0].rows]
    assert listed == ["PO-1", "PO-0"]
    assert at_dock.type("2").template == "po_chosen"
    assert at_dock.session.step.at.po_ids != ()


def test_an_item_that_nobody_expects(small, at_dock):
    reply = at_dock.scan(f"]E0{MEDIUM}")
    assert (reply.verdict, "No order expects Gown M." in said(reply)) == (STOP, True)


def test_a_receipt_finds_its_delivery(small, ana):
    code = connection.value("SELECT code FROM receipt WHERE id = ?", 1) if ana.case(sscc(1), GOWN, 24) else ""
    ana.key("ESC")
    assert ana.scan(code).template == "receipt_goes_on"
    assert ana.case(sscc(2), GOWN, 24).verdict is OK
    assert connection.rows("SELECT cases FROM receipt") == [(2,)]


# --- Several orders on one truck -----------------------------------------------------------------------------


def test_cases_find_their_order_on_a_truck_with_several(small, ana):
    small.purchase_order("PO-2", ("GOWN-M", 10), ("GOWN-L", 24), expected_on=TODAY.replace(day=14))
    ana.all("PO-2", "!ENTER")
    ana.case(sscc(1), MEDIUM, 10)
    ana.case(sscc(2), GOWN, 24)  # PO-2 is due first
    ana.case(sscc(3), GOWN, 24)
    assert (received("PO-2", 1), received("PO-2", 2), received("PO-1")) == (10, 24, 24)
    assert connection.rows("SELECT cases, pieces FROM receipt") == [(3, 58)]
    assert connection.value("SELECT COUNT(*) FROM receipt_order") == 2
    assert healthy(small)


def test_two_receivers_on_one_truck_share_its_receipt(small, ana):
    """Whoever is first opens it; neither waits for what the other keys."""
    kim = small.hand("1004", "DOCK-2")
    kim.scan("PO-1")
    ana.scan(f"]E0{GOWN}")
    assert kim.case(sscc(1), GOWN, 20).verdict is OK
    assert ana.type("24").verdict is OK
    assert connection.rows("SELECT cases, pieces FROM receipt") == [(2, 44)]
    assert healthy(small)


# --- Blind ---------------------------------------------------------------------------------------------------


def everything(hand) -> str:
    """All that a screen shows, and its help and its list."""
    view = floor.look(hand.session)
    texts = [*view.title, view.prompt, view.hint, *view.progress, view.progress_short, view.status, *view.preview]
    texts += [f"{fact.label} {fact.value}" for fact in view.facts]
    texts += [cell for table in view.tables for row in table.rows for cell in row]
    return " ".join(texts)


def test_blind_nothing_expected_is_shown_or_said(small, at_dock):
    """Ordered, open, usual and announced are 100, 76 and 24 here; over and under are not told either."""
    small.announce("ASN-1", (sscc(3), "GOWN-L", 37), po="PO-1")
    at_dock.all("!F9", "PO-1")
    shown = [everything(at_dock)]
    for given in (f"]C100{sscc(1)}020{GOWN}3724", f"]E0{GOWN}", "!F6", "!ESC", "=90", f"]C100{sscc(3)}020{GOWN}3738"):
        shown += [said(at_dock.all(given)), everything(at_dock)]
    text = " ".join(shown)
    for secret in ("100", "76", "37 ", "to come", "over", "left", "LEFT", "expected", "ASN"):
        assert secret not in text, text
    assert healthy(small)


def test_blind_more_than_the_order_takes_goes_on_hold_without_a_number(small, at_dock):
    at_dock.all("!F9", "PO-1", f"]E0{GOWN}")
    reply = at_dock.type("130")
    assert (reply.verdict, reply.template) == (OK, "saved_quarantine")
    assert "30 " not in said(reply).replace("130 ", "")
    assert differences()[0][:2] == ("AC", 130)
    assert connection.rows("SELECT mode FROM receipt") == [("BLIND",)]


@pytest.mark.parametrize(("rule", "blind"), [("always", True), ("never", False)])
def test_a_site_may_want_it_always_or_never(small, at_dock, rule, blind):
    small.rule("receiving.blind", rule)
    assert at_dock.key("F9").template == "blind_fixed"
    at_dock.scan("PO-1")
    assert at_dock.session.step.at.blind is blind


# --- Goods without an order ----------------------------------------------------------------------------------


def test_goods_without_an_order_go_on_hold(small, at_dock):
    """The default: they are counted, set aside, and nobody is promised a piece of them."""
    small.order("SO-1", ("GOWN-M", 5))
    at_dock.all("!F5", "ACME")
    reply = at_dock.case(sscc(1), MEDIUM, 10)
    assert (reply.verdict, reply.template, reply.released) == (OK, "saved_quarantine", ())
    assert differences() == [("X33", 10, "HOLD")]
    assert connection.rows("SELECT mode, cases, pieces FROM receipt") == [("UNORDERED", 1, 10)]
    assert healthy(small)


def test_where_the_site_allows_it_they_are_free_at_once(small, at_dock):
    small.rule("receiving.unordered", "yes")
    small.order("SO-1", ("GOWN-M", 5))
    at_dock.all("!F5", "!ENTER")
    reply = at_dock.case(sscc(1), MEDIUM, 10)
    assert [(one.order, one.quantity) for one in reply.released] == [("SO-1", 5)]
    at_dock.case(sscc(2), GOWN, 10)
    assert connection.rows("SELECT mode, cases, pieces FROM receipt") == [("UNORDERED", 2, 20)]
    assert healthy(small)


def test_they_are_taken_back_like_any_other(small, at_dock):
    small.rule("receiving.unordered", "yes")
    at_dock.all("!F5", "ACME")
    at_dock.case(sscc(1), MEDIUM, 10)
    assert at_dock.key("F4").template == "undone_receipt"
    assert connection.rows("SELECT cases, pieces FROM receipt") == [(0, 0)]
    assert healthy(small)


def test_what_is_known_but_no_case_is_named_among_the_cases(small, ana):
    """A notice, a receipt or a vendor scanned at the wrong moment is told apart from a code that nobody knows."""
    small.announce("ASN-1", (sscc(1), "GOWN-L", 24), po="PO-1")
    ana.case(sscc(2), GOWN, 24)
    receipt = connection.value("SELECT code FROM receipt")
    for scanned, named in (("ASN-1", "ASN ASN-1"), (receipt, f"receipt {receipt}"), ("ACME", "vendor ACME")):
        reply = ana.scan(scanned)
        assert (reply.verdict, reply.template, named in said(reply)) == (STOP, "known_thing", True)
