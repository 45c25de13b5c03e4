"""A case that is in already goes on hold: out of every promise at once, its orders get what else is free."""

from __future__ import annotations

import pytest
from problem_dock import ONE, TWO, case, runs, said, written
from small_floor import changed, contents, replace

from db import connection
from warehouse.reply import Verdict

OK, CHECK, STOP, INFO = Verdict.OK, Verdict.CHECK, Verdict.STOP, Verdict.INFO
HOLD = ("!F5", "=1", "=IMG_9", f"]C100{ONE}")


def test_a_held_case_leaves_its_orders_which_get_the_other_case(dock):
    """SO-1 had 20 of the first case, SO-2 its last 4 and 16 of the second: 8 of that were free."""
    dock.say(case(1), case(2))
    held = dock.say(*HOLD)

    assert (held.verdict, held.template, held.unit, held.moves) == (OK, "held", ONE, 1)
    assert sorted((one.order, one.quantity) for one in held.freed) == [("SO-1", 20), ("SO-2", 4)]
    assert sum(one.quantity for one in held.released) == 8
    assert dock.stands() == ("QUARANTINE", 24, 0)
    assert dock.stands(TWO) == ("AVAILABLE", 24, 24)
    assert runs("hold") == [(8, 0)]
    assert connection.rows("SELECT kind, qty, from_status, to_status, reason FROM stock_move ORDER BY id")[-1] == (
        "QUARANTINE", 24, "AVAILABLE", "QUARANTINE", "AF",
    )  # fmt: skip
    assert written("code", "qty", "disposition", "photo") == [("AF", 24, "HOLD", "IMG_9")]
    unit, receipt = dock.small.unit(ONE)["id"], connection.value("SELECT id FROM receipt")
    assert written("unit_id", "receipt_id", "item_id") == [(unit, receipt, dock.small.item("GOWN-L"))]
    assert dock.received() == 48  # on hold, it came all the same
    assert dock.ana.step == "receiving.scan_case"
    # The way back is a lead's, and not the one's who held it.
    ida = dock.small.hand("1003", "LEAD")
    assert ida.all("!F2", f"]C100{ONE}", "!ESC").verdict is INFO


def test_who_waits_again_is_named(lite):
    lite.say(case(1))
    held = lite.say(*HOLD)
    assert "wait again" in said(held)
    assert lite.small.reserved("SO-1") == 0
    assert connection.value("SELECT COUNT(*) FROM pick_task WHERE state IN ('OPEN', 'TAKEN')") == 0


def test_a_picker_on_the_way_is_told(lite):
    lite.say(case(1))
    leo = lite.pick("SO-1", "DOCK-1")
    lite.say(*HOLD)
    assert leo.scan(f"]C100{ONE}").verdict is STOP
    assert lite.stands() == ("QUARANTINE", 24, 0)


@pytest.mark.parametrize("state", ["picked", "emptied", "held", "blocked", "never"])
def test_what_cannot_be_held_is_refused_and_named(lite, state):
    lite.say(case(1, 20))
    if state == "picked":
        lite.pick("SO-1", "DOCK-1", f"]C100{ONE}")
    elif state == "emptied":
        lite.small.adjust(ONE, -20)
    elif state == "held":
        lite.say(*HOLD)
    elif state == "blocked":
        from warehouse import blocks

        blocks.block(lite.small.command(), blocks.Target("unit", ONE))
    lite.say(*HOLD[:-1])
    before = contents()
    refused = lite.say(f"]C100{TWO}" if state == "never" else f"]C100{ONE}")
    if state == "never":
        assert refused.template == "scan_item"  # a new case: what is in it?
        return
    assert refused.verdict is STOP
    assert changed(before, contents()) == []
    assert lite.ana.step == "receiving.problem_case"


def test_a_hold_label_is_printed_for_a_case_that_is_in_and_for_a_new_one(lite):
    lite.ana.session = replace(lite.ana.session, printer="ZT1")
    lite.say(case(1))
    assert connection.value("SELECT COUNT(*) FROM label_job") == 0
    held = lite.say(*HOLD)
    assert held.labels == (ONE,)
    lite.say("!F5", "=1", "!ENTER", case(2))
    kinds = connection.rows(
        "SELECT u.code, j.kind FROM label_job j JOIN handling_unit u ON u.id = j.unit_id ORDER BY j.id"
    )
    assert kinds == [(ONE, "HOLD"), (TWO, "HOLD")]


def test_the_label_of_a_case_that_is_in_is_printed_anew_when_it_cannot_be_read(lite):
    lite.say(case(1), "!F5", f"]C100{ONE}")
    assert lite.say("=4").template == "no_printer"
    lite.ana.session = replace(lite.ana.session, printer="ZT1")
    printed = lite.say("=4")
    assert (printed.template, printed.labels, printed.step.name) == ("label_asked", (ONE,), "receiving.scan_case")


def test_a_case_on_a_pallet_stays_on_it(lite):
    lite.say("XKOPEN", case(1))
    carrier = connection.value("SELECT carrier_id FROM handling_unit WHERE code = ?", ONE)
    lite.say(*HOLD)
    assert connection.value("SELECT carrier_id FROM handling_unit WHERE code = ?", ONE) == carrier


# --- F4 -------------------------------------------------------------------------------------------------


def test_f4_takes_a_hold_back_with_its_promises_and_its_note(dock):
    dock.say(case(1))
    before = contents()
    dock.say(*HOLD)
    undone = dock.say("!F4")
    assert (undone.verdict, undone.template, undone.unit) == (OK, "undone_hold", ONE)
    assert dock.stands() == ("AVAILABLE", 24, 24)
    assert written() == []
    assert dock.small.reserved("SO-1") == 20
    assert "discrepancy" not in changed(before, contents())
    assert dock.say("!F4").template == "undone_receipt"  # and once more: the case itself


def test_a_hold_whose_orders_got_other_stock_stays(lite):
    lite.say(case(1), case(2))
    lite.say(*HOLD)
    assert lite.say("!F4").template == "undo_used"
    assert lite.stands()[0] == "QUARANTINE"
    assert written() == [("AF", 24, "HOLD")]


def test_f4_takes_back_a_case_that_came_in_on_hold(lite):
    lite.say("!F5", "=1", "!ENTER", case(1))
    assert lite.say("!F4").template == "undone_receipt"
    assert lite.stands()[0] == "VOIDED"
    from warehouse import discrepancies

    # Nobody tells a vendor of a case that did not come.
    assert discrepancies.of_receipt(connection.value("SELECT id FROM receipt")) == []
