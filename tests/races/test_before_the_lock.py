"""What was found out before the item's lock is only believed after it: everything is asked again under the lock.

One person is stopped just before the lock, somebody else works in between, then the first goes on. PostgreSQL
only: on SQLite the write lock is taken at BEGIN, so nothing can happen between the reading and the lock.
"""

from __future__ import annotations

import pytest
from race_floor import postgres_only, quiet
from race_gates import Outcome, Person, Stopped
from small_floor import SmallFloor, gtin, sscc

from db import connection
from warehouse import orders

pytestmark = postgres_only

CASE = f"]C100{sscc(1)}020{gtin(1)}3724"


@pytest.fixture
def small(database_url):
    small = SmallFloor()
    small.purchase_order("PO-1", ("GOWN-L", 100))
    return small


@pytest.fixture
def one_pick(small):
    receiving(small).scan(CASE)
    small.order("SO-1", ("GOWN-L", 20))
    return small


PICKING = [("scan", "SO-1"), ("scan", "DOCK-1"), ("scan", f"]C100{sscc(1)}")]


def receiving(small: SmallFloor, badge: str = "1001"):
    hand = small.hand(badge, f"DOCK-{badge}")
    hand.scan("PO-1")
    return hand


def pieces() -> int:
    return int(connection.value("SELECT COALESCE(SUM(qty), 0) FROM handling_unit"))


# --- The lock itself ---------------------------------------------------------------------------------------


def test_an_order_that_is_being_entered_is_woken(small, database_url):
    """An order is about to commit, having found no stock, when the stock comes in."""
    desk = Stopped(database_url, Person("1003", [("order", "SO-1", ("GOWN-L", 20))], "before COMMIT")).wait()
    dock = Stopped(database_url, Person("1001", [("scan", "PO-1"), ("scan", CASE)], "")).wait()
    dock.go()
    assert dock.is_blocked()
    desk.go()
    assert desk.outcome() == Outcome("DONE")
    assert dock.outcome().template == "saved"
    assert small.reserved("SO-1") == 20
    quiet(small)


def a_pick_meets_an_adjustment(one_pick, url, fault: str) -> Outcome:
    """20 of 24 are being picked, not yet committed, when a lead takes 10 from the same case."""
    leo = Stopped(url, Person("1002", [*PICKING, ("key", "ENTER")], "before COMMIT", fault)).wait()
    ida = Stopped(url, Person("1003", [("adjust_unit", sscc(1), -10)], "", fault)).wait()
    ida.go()
    assert ida.is_blocked()
    leo.go()
    assert leo.outcome().template == "picked"
    return ida.outcome()


def test_an_adjustment_sees_the_pick_that_is_being_made(one_pick, database_url):
    outcome = a_pick_meets_an_adjustment(one_pick, database_url, "")
    assert outcome.verdict == "INPUT"
    assert "holds 4" in outcome.message
    quiet(one_pick)


def test_control_without_the_lock_only_a_check_stops_the_adjustment(one_pick, database_url):
    """What it read is no longer so when it writes: the tables' own CHECK is what is left against overselling."""
    outcome = a_pick_meets_an_adjustment(one_pick, database_url, "no lock")
    assert outcome.error.startswith("IntegrityError")
    assert "check constraint" in outcome.error


# --- Receiving ---------------------------------------------------------------------------------------------


def test_a_case_that_two_people_scan_is_in_once_and_the_second_is_told(small, database_url):
    late = Stopped(database_url, Person("1004", [("scan", "PO-1"), ("scan", CASE)])).wait()
    assert receiving(small).scan(CASE).template == "saved"
    late.go()
    outcome = late.outcome()
    assert pieces() == 24
    quiet(small)
    assert outcome.template == "case_known", outcome.error


def test_a_scan_sent_again_while_it_is_being_saved_gets_the_stored_reply(small, database_url):
    ana = receiving(small)
    again = [("scan", "PO-1"), ("again", "the-scan", CASE)]
    late = Stopped(database_url, Person("1004", again)).wait()
    first = ana.scan(CASE, "the-scan")
    late.go()
    outcome = late.outcome()
    assert pieces() == 24
    quiet(small)
    assert outcome.message == " ".join(first.message), outcome.error


def test_two_cases_at_once_do_not_go_over_the_order_unasked(small, database_url):
    small.purchase_order("PO-2", ("GOWN-M", 30))
    case = f"]C100{sscc(1)}020{gtin(2)}3724"
    other = f"]C100{sscc(2)}020{gtin(2)}3724"
    late = Stopped(database_url, Person("1004", [("scan", "PO-2"), ("scan", case)])).wait()
    ana = small.hand("1001")
    ana.scan("PO-2")
    assert ana.scan(other).template == "saved"
    late.go()
    outcome = late.outcome()
    quiet(small)
    assert outcome.template == "over_limit", outcome
    assert pieces() == 24


def test_undo_sees_the_pick_that_came_before_it(small, database_url):
    small.order("SO-1", ("GOWN-L", 20))
    late = Stopped(database_url, Person("1001", [("scan", "PO-1"), ("scan", CASE), ("key", "F4")])).wait()
    leo = small.hand("1002", "PICK-1")
    for raw in ("SO-1", "DOCK-1", sscc(1)):
        leo.scan(raw)
    assert leo.key("ENTER").template == "picked"
    late.go()
    assert late.outcome().template == "undo_used"
    assert small.line("SO-1")["qty_picked"] == 20
    quiet(small)


# --- Picking -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("last", [("type", "20"), ("key", "ENTER")], ids=str)
def test_a_pick_sees_the_cancel_that_came_before_it(one_pick, database_url, last):
    late = Stopped(database_url, Person("1002", [*PICKING, last])).wait()
    one_pick.cancel("SO-1")
    late.go()
    assert late.outcome().template == "task_gone"
    assert one_pick.line("SO-1")["qty_cancelled"] == 20
    quiet(one_pick)


def test_a_cancel_sees_the_pick_that_came_before_it(one_pick, database_url):
    late = Stopped(database_url, Person("1003", [("cancel", "SO-1", None, None)])).wait()
    leo = one_pick.hand("1002", "PICK-1")
    for _, raw in PICKING:
        leo.scan(raw)
    assert leo.key("ENTER").template == "picked"
    late.go()
    assert late.outcome().verdict == "INPUT"
    assert one_pick.line("SO-1")["qty_picked"] == 20
    quiet(one_pick)


def test_a_pick_sees_the_short_that_came_before_it(one_pick, database_url):
    """Two orders of one case: one picker doubts it, the other stands before it with the scan already given."""
    one_pick.order("SO-2", ("GOWN-L", 4))
    late = Stopped(database_url, Person("1002", [*PICKING, ("type", "20")])).wait()
    kim = one_pick.hand("1004", "PICK-2")
    for raw in ("SO-2", "DOCK-1"):
        kim.scan(raw)
    kim.key("F5")
    kim.type("0")
    assert kim.type("1").template == "short_doubt"
    late.go()
    assert late.outcome().template == "task_gone"
    assert one_pick.line("SO-1")["qty_open"] == 20
    quiet(one_pick)


# --- Adjusting ---------------------------------------------------------------------------------------------


def test_adjust_sees_what_happened_before_the_lock(one_pick, database_url):
    """The case went to QUARANTINE while the adjustment waited: pieces found there do not bring it back."""
    late = Stopped(database_url, Person("1003", [("adjust_unit", sscc(1), 3)])).wait()
    leo = one_pick.hand("1002", "PICK-1")
    for raw in ("SO-1", "DOCK-1"):
        leo.scan(raw)
    leo.key("F5")
    leo.type("0")
    assert leo.type("1").template == "short_doubt"
    late.go()
    outcome = late.outcome()
    assert outcome.error == ""
    unit = connection.one("SELECT status, qty FROM handling_unit WHERE code = ?", sscc(1))
    assert unit == ("QUARANTINE", 27)
    quiet(one_pick)


def test_adjust_does_not_revive_a_case_that_was_undone(small, database_url):
    ana = receiving(small)
    ana.scan(CASE)
    late = Stopped(database_url, Person("1003", [("adjust_unit", sscc(1), 3)])).wait()
    assert ana.key("F4").template == "undone_receipt"
    late.go()
    assert late.outcome().verdict == "INPUT"
    assert connection.one("SELECT status FROM handling_unit WHERE code = ?", sscc(1)) == ("VOIDED",)
    quiet(small)


def test_adjust_locks_the_item_that_the_code_stands_for_now(small, database_url):
    """The case was taken in as the wrong item; that was undone and put right while the adjustment waited."""
    small.purchase_order("PO-2", ("GOWN-M", 100))
    ana = receiving(small)
    ana.scan(CASE)
    late = Stopped(database_url, Person("1003", [("adjust_unit", sscc(1), 3)])).wait()
    assert ana.key("F4").template == "undone_receipt"
    ana.all("PO-2", "!ENTER")
    assert ana.scan(f"]C100{sscc(1)}020{gtin(2)}3724").template == "saved"
    small.order("SO-1", ("GOWN-M", 27))
    late.go()
    late.outcome()
    quiet(small)


def test_two_first_adjustments_of_a_place_share_its_loose_stock(small, database_url):
    late = Stopped(database_url, Person("1003", [("adjust_place", "A-01", "GOWN-L", 5)])).wait()
    orders.adjust_place(small.command(), "A-01", "GOWN-L", 7)
    late.go()
    outcome = late.outcome()
    quiet(small)
    assert outcome == Outcome("DONE")
    assert pieces() == 12
