"""Who works where: sign-on, take-over, resuming, roles, the home screen, the board."""

from dataclasses import replace
from datetime import timedelta

import pytest
from small_floor import SmallFloor, changed, contents, gtin, said, sscc

from db import connection
from warehouse import floor
from warehouse.flows import steps
from warehouse.reply import Verdict

GOWN = gtin(1)
OK, CHECK, STOP, INFO = Verdict.OK, Verdict.CHECK, Verdict.STOP, Verdict.INFO


@pytest.fixture
def small(sqlite_url):
    """SQLite only: who stands where is one row a person, the same text on both engines."""
    small = SmallFloor()
    small.purchase_order("PO-1", ("GOWN-L", 100))
    small.stock("GOWN-M", 10, "A-01", code=sscc(50))
    small.order("SO-1", ("GOWN-M", 4))
    return small


# --- Signing on -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("how", "what", "words"),
    [
        ("scan", "9999", "Nobody has badge 9999. Scan your own badge."),
        ("scan", "PO-1", "Nobody has badge PO-1."),
        ("scan", f"]E0{GOWN}", "Scan your own badge."),
        ("key", "ENTER", "Sign on first. Scan your badge."),
        ("key", "F4", "Sign on first. Scan your badge."),
        ("key", "F12", "Sign on first. Scan your badge."),
        ("key", "ESC", "Sign on first. Scan your badge."),
        ("type", "1", "Nobody has badge 1. Scan your own badge."),
        ("scan", "1001\x00", "That scan has forbidden characters."),
    ],
)
def test_without_a_badge_nothing_works(small, how, what, words):
    hand = small.hand("9999", "DOCK-1")
    before = contents()
    reply = hand.do(how, what)
    assert (reply.verdict, hand.step, changed(before, contents())) == (STOP, "sign_on.badge", [])
    assert words in said(reply)


@pytest.mark.parametrize("how", ["scan", "type", "burst"])
def test_a_badge_signs_on_and_shows_the_menu(small, how):
    hand = small.hand("9999", "DOCK-1")
    reply = hand.do(how, "1004")
    assert (reply.verdict, hand.step) == (OK, "home.menu")
    assert said(reply) == "Good day, KIM. 1 Receive  2 Pick  3 Put away"


def test_help_at_the_door(small):
    hand = small.hand("9999", "DOCK-1")
    assert hand.key("F1").verdict is INFO
    assert hand.scan("1001").verdict is OK


def test_signing_off_says_who_and_hands_the_pick_back(small):
    leo = small.hand("1002", "P1")
    leo.scan("SO-1")
    reply = leo.scan("XKLOCK")
    assert (reply.verdict, leo.step, said(reply)) == (INFO, "sign_on.badge", "LEO signed off. Scan a badge to sign on.")
    assert connection.rows("SELECT state, operator_id FROM pick_task") == [("OPEN", None)]
    leo.scan("1002")
    assert leo.step == "picking.get_work"


def test_half_a_case_waits_for_its_receiver(small):
    """Signed off with the count open: the same prompt, the same half-typed digits, the same case."""
    ana = small.hand("1001")
    ana.all("PO-1", f"]C100{sscc(1)}", f"]E0{GOWN}", "XKNRD")
    ana.key("F12")
    assert ana.scan("1001").verdict is OK  # nothing of hers was saved yet: there is no last saved scan
    assert (ana.step, ana.session.step.digits) == ("receiving.how_many", "2")
    ana.all("XKNRF", "XKDONE")
    assert small.unit(sscc(1))["qty"] == 24


def test_resuming_says_when_and_what_was_saved_last(small):
    ana = small.hand("1001")
    ana.scan("PO-1")
    ana.case(sscc(1), GOWN, 24)
    ana.key("F12")
    small.now += timedelta(minutes=13)
    reply = ana.scan("1001")
    assert (reply.verdict, reply.template, ana.step) == (INFO, "resumed", "receiving.scan_case")
    assert "You were here at 09:00, ANA. Last saved: 24 ea Gown L" in said(reply)


def test_after_a_command_of_the_office_a_lead_can_sign_on(small):
    """The last row of a lead may be a command: it is no scan to resume from."""
    ida = small.hand("1003")
    ida.all("PO-1")
    small.adjust(sscc(50), 5)
    ida.key("F12")
    assert ida.scan("1003").verdict in (OK, INFO)
    assert ida.step == "receiving.scan_case"


def test_a_case_like_the_last_one_is_questioned_after_a_break(small):
    """No number of its own, same item, same count: was it saved? ENTER counts one more, Esc does not."""
    ana = small.hand("1001")
    ana.all("PO-1", f"]E0{GOWN}", "=24")
    ana.all("!F12", "1001")
    before = contents()
    check = ana.all(f"]E0{GOWN}", "=24")
    assert (check.verdict, changed(before, contents())) == (CHECK, [])
    assert all(word in said(check) for word in ("24", "09:00 already", "ENTER counts one more, Esc drops this one."))
    assert ana.key("ENTER").verdict is OK
    assert ana.all(f"]E0{GOWN}", "=24").verdict is OK  # asked once, not for every further case
    assert connection.value("SELECT SUM(qty) FROM handling_unit WHERE kind = 'CASE' AND receipt_id IS NOT NULL") == 72


@pytest.mark.parametrize("case", [f"]C100{sscc(1)}020{GOWN}3724", f"]C1020{GOWN}3725"])
def test_another_case_is_not_questioned(small, case):
    """A number of its own or another count says by itself that it is another case."""
    ana = small.hand("1001")
    ana.all("PO-1", f"]E0{GOWN}", "=24", "!F12", "1001")
    assert ana.scan(case).verdict is OK


def test_a_case_that_was_undone_is_not_called_saved(small):
    ana = small.hand("1001")
    ana.all("PO-1", f"]E0{GOWN}", "=24", "!F4", "!F12", "1001")
    assert ana.all(f"]E0{GOWN}", "=24").verdict is OK


def test_an_undone_scan_is_not_the_last_one_saved(small):
    ana = small.hand("1001")
    ana.all("PO-1", f"]C100{sscc(1)}020{GOWN}3724", f"]C100{sscc(2)}020{GOWN}3725", "!F4", "!F12")
    assert "Last saved: 24 ea" in said(ana.scan("1001"))


def test_a_step_of_another_version_leads_home(small):
    """A step that this program does not know, or with fields it does not know, is no reason to be locked out."""
    for stored in ('{"step":"stages.wipe"}', '{"step":"receiving.scan_case","pallet":7}'):
        ana = small.hand("1001", f"D{len(stored)}")
        connection.execute("UPDATE operator_step SET step = ?", stored)
        ana.key("F12")
        connection.execute("UPDATE operator_step SET step = ?", stored)
        assert (ana.scan("1001").verdict, ana.step) == (OK, "home.menu")


# --- One person, one place ------------------------------------------------------------------------------


def test_signing_on_elsewhere_takes_the_step_along(small):
    """The first terminal is told at its next input, saves nothing, and asks for a badge."""
    first = small.hand("1001", "DOCK-1")
    first.all("PO-1", f"]C100{sscc(1)}", f"]E0{GOWN}")
    second = small.hand("1001", "DOCK-2")
    assert second.step == "receiving.how_many"
    before = contents()
    reply = first.type("24")
    assert (reply.verdict, first.step, changed(before, contents())) == (STOP, "sign_on.badge", [])
    assert said(reply) == "ANA signed on at DOCK-2. Scan your badge to work here. Nothing was saved."
    assert second.type("24").verdict is OK
    assert first.scan("1002").verdict is OK  # the terminal itself is free for anyone


def test_a_pick_in_hand_comes_along(small):
    first = small.hand("1002", "P1")
    first.all("SO-1", "A-01")
    second = small.hand("1002", "P2")
    assert second.step == "picking.take_unit"
    assert second.all(sscc(50), "!ENTER").verdict is OK


def test_signed_off_at_the_other_terminal_the_first_is_still_told(small):
    first = small.hand("1001", "DOCK-1")
    small.hand("1001", "DOCK-2").key("F12")
    assert (first.scan("PO-1").template, first.step) == ("signed_off_elsewhere", "sign_on.badge")


def test_another_badge_does_not_take_a_terminal_over(small):
    ana = small.hand("1001")
    ana.scan("PO-1")
    before, stood = contents(), ana.session.step
    reply = ana.scan("1002")
    assert (reply.verdict, ana.session.step, changed(before, contents())) == (STOP, stood, [])
    assert said(reply) == "That is LEO's badge. F12 signs ANA off first."


def test_another_badge_of_the_same_name_is_another_badge(small):
    connection.insert_row("operator", site="T1", badge="2001", name="ANA", roles="receiver")
    ana = small.hand("1001")
    ana.scan("PO-1")
    assert ana.scan("2001").template == "other_badge"


def test_two_people_at_two_terminals_do_not_disturb_each_other(small):
    ana, kim = small.hand("1001", "DOCK-1"), small.hand("1004", "DOCK-2")
    for number, hand in enumerate((ana, kim, ana, kim)):
        hand.scan("PO-1")
        assert hand.case(sscc(number), GOWN, 24).verdict is OK


# --- Roles ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("badge", "jobs"),
    [
        ("1001", ("Receive", "Put away", "Inbound")),
        ("1002", ("Pick",)),
        ("1004", ("Receive", "Pick", "Put away", "Inbound")),
        ("1003", ("Receive", "Pick", "Board", "Stop goods", "Put away", "Inbound")),
        ("1009", ()),
    ],
)
def test_the_menu_is_by_role(small, badge, jobs):
    """The digits that are named are the digits that work; without a role the greeting says so."""
    connection.insert_row("operator", site="T1", badge="1009", name="NEW", roles="")
    hand = small.hand("9999")
    words = "  ".join(f"{digit} {job}" for digit, job in enumerate(jobs, 1)) or "Your badge has no role yet."
    greeting = hand.scan(badge).message[-1]
    assert words.startswith(greeting)
    assert greeting == words or len(greeting) + len(f"  {words[len(greeting) :].split('  ')[1]}") > 34, "as many as fit"
    assert floor.look(hand.session).choices == jobs
    assert hand.key(str(len(jobs) + 1)).verdict is STOP


@pytest.mark.parametrize(("badge", "what"), [("1001", "SO-1"), ("1002", "PO-1")])
def test_home_starts_no_job_of_another_role(small, badge, what):
    hand = small.hand(badge)
    before = contents()
    reply = hand.scan(what)
    assert (reply.template, hand.step, changed(before, contents())) == ("no_right", "home.menu", [])


@pytest.mark.parametrize(
    ("step", "badge"), [("receiving.choose_order", "1002"), ("picking.get_work", "1001"), ("board.live", "1001")]
)
def test_a_step_left_from_another_role_leads_home(small, step, badge):
    """A role that was taken away does not work on through a stored step, and nobody is locked up in it."""
    hand = small.hand(badge)
    hand.key("F12")
    connection.execute("UPDATE operator_step SET step = ?", f'{{"step":"{step}"}}')
    hand.scan(badge)
    assert hand.step == "home.menu"
    before = contents()
    reply = hand.scan("PO-1" if "receiving" in step else "SO-1")
    assert (reply.template, changed(before, contents())) == ("no_right", [])


@pytest.mark.parametrize(("step", "badge"), [("receiving.choose_order", "1001"), ("picking.get_work", "1002")])
def test_a_role_that_is_taken_away_ends_the_work_at_once(small, step, badge):
    """Who is signed on is asked for their role at each input; Esc leads home."""
    hand = small.hand(badge)
    hand.type("1")
    assert hand.step == step
    hand.session = replace(hand.session, operator=replace(hand.session.operator, roles=frozenset()))
    before = contents()
    reply = hand.scan("PO-1" if "receiving" in step else "SO-1")
    assert (reply.template, changed(before, contents())) == ("no_right", [])
    assert hand.key("ESC").verdict is INFO
    assert hand.step == "home.menu"


# --- Home -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("how", "what", "verdict", "step", "words"),
    [
        ("scan", "PO-1", OK, "receiving.scan_case", "PO-1, ACME Medical 100 still to come. Scan a case."),
        ("type", "PO-1", OK, "receiving.scan_case", "Scan a case."),
        ("scan", "SO-1", OK, "picking.go_to", "Pick for SO-1. Go to A-01, scan it."),
        ("type", "SO-1", OK, "picking.go_to", "Pick for SO-1."),
        ("type", "1", INFO, "receiving.choose_order", "Scan the purchase order."),
        ("scan", "XKNRD", INFO, "picking.get_work", "Scan an order, or ENTER."),
        ("key", "3", INFO, "board.live", "Board. Esc goes home."),
        ("type", "7", STOP, "home.menu", "7 starts nothing. Scan an order or a purchase order, or key a digit"),
        ("key", "ENTER", STOP, "home.menu", "ENTER starts nothing."),
        ("key", "ESC", STOP, "home.menu", "ESC starts nothing."),
        ("scan", sscc(50), STOP, "home.menu", "starts nothing. Scan an order or a purchase order"),
        ("scan", "A-01", STOP, "home.menu", "A-01 starts nothing."),
        ("scan", "JUNK", STOP, "home.menu", "JUNK starts nothing."),
        ("scan", "1002", STOP, "home.menu", "That is LEO's badge."),
        ("key", "F12", INFO, "sign_on.badge", "IDA signed off."),
    ],
)
def test_home_starts_the_job_that_was_scanned(small, how, what, verdict, step, words):
    ida = small.hand("1003")
    before = contents()
    reply = ida.do(how, what)
    assert (reply.verdict, ida.step) == (verdict, step), said(reply)
    assert words in said(reply)
    if verdict is not OK:
        assert changed(before, contents()) == []


# --- The board ------------------------------------------------------------------------------------------


def test_looking_at_the_board_changes_nothing(small):
    ida = small.hand("1003")
    ida.key("3")
    before = contents()
    for how, what, verdict, step in (
        ("scan", "PO-1", STOP, "board.live"),
        ("key", "ENTER", STOP, "board.live"),
        ("key", "F5", STOP, "board.live"),
        ("scan", "SO-1", INFO, "board.flow"),
        ("type", "3", INFO, "board.plots"),
        ("type", "w", INFO, "board.plots"),
        ("type", "4", INFO, "board.problems"),
        ("key", "OPEN:late", INFO, "board.made_of"),
        ("scan", "SO-1/1", INFO, "board.flow"),
        ("key", "ESC", INFO, "board.made_of"),
        ("key", "ESC", INFO, "board.problems"),
        ("key", "ESC", INFO, "board.live"),
    ):
        reply = ida.do(how, what)
        assert (reply.verdict, ida.step) == (verdict, step), said(reply)
        floor.look(ida.session)
    assert changed(before, contents()) == []
    assert (ida.key("ESC").verdict, ida.step) == (INFO, "home.menu")


def test_the_board_shows_what_waits_to_be_picked_and_by_whom(small):
    small.hand("1002", "P1").scan("SO-1")
    ida = small.hand("1003")
    ida.key("3")
    view = floor.look(ida.session)
    row = view.tables[0].rows[0]
    assert (row[0], row[1], row[2], row[5]) == ("SO-1", "Gown M", "4", "LEO")
    assert ida.key("F6").rows


# --- Every step can be stored ---------------------------------------------------------------------------


def test_what_was_stored_is_what_is_read(small):
    """A step survives as JSON text, with the case in hand and the box half filled."""
    ana = small.hand("1001")
    ana.all("PO-1", f"]C100{sscc(1)}", f"]E0{GOWN}", "XKNRD")
    assert steps.load(steps.dump(ana.session.step)) == ana.session.step
    stored = connection.value("SELECT step FROM operator_step")
    assert steps.load(stored) == ana.session.step
