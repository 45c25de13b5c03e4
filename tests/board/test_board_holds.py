"""What a lead does from the board in the order of service: priority, pin, hold, and letting go."""

from __future__ import annotations

from datetime import timedelta

import pytest
from small_floor import SmallFloor, gtin, said, sscc

from db import connection
from warehouse import board, floor, holds, sweeping, verify
from warehouse.holds import Terms, Which
from warehouse.reply import Verdict

GOWN = gtin(1)


@pytest.fixture
def small(database_url):
    """SO-1 has its 10 gowns of the case, SO-2 has 14 of 30 and waits for more, SO-3 waits for 5."""
    small = SmallFloor()
    small.purchase_order("PO-1", ("GOWN-L", 500))
    for order, wants in (("SO-1", 10), ("SO-2", 30), ("SO-3", 5)):
        small.order(order, ("GOWN-L", wants))
    ana = small.hand("1001")
    ana.scan("PO-1")
    ana.case(sscc(1), GOWN, 24)
    return small


@pytest.fixture
def ida(small):
    hand = small.hand("1003")
    hand.key("3")
    return hand


def line(order: str) -> tuple[int, ...]:
    return connection.one(
        "SELECT l.qty_reserved, l.priority, l.pinned, l.held FROM order_line l JOIN order_header h ON h.id = l.order_id "
        "WHERE h.order_no = ?",
        order,
    )


def test_a_priority_is_a_digit(small, ida):
    reply = ida.all("SO-3", "=P", "=1")

    assert (reply.verdict, ida.step) == (Verdict.OK, "board.flow")
    assert said(reply).startswith("SO-3/1: priority 1.")
    assert line("SO-3")[1] == 1
    scan_id = connection.value("SELECT scan_id FROM order_change WHERE what = 'priority'")
    assert connection.value("SELECT step FROM scan_log WHERE scan_id = ?", scan_id) == "board.priority"
    assert verify.verify(small.site).ok


def test_0_pins_and_pinned_is_served_first(small, ida):
    assert "SO-3/1 is before all others." in said(ida.all("SO-3", "=p", "=0"))
    small.hand("1004", "DOCK-2").all("PO-1", f"]C100{sscc(2)}020{GOWN}375")
    assert line("SO-3")[:3] == (5, 3, 1), "before SO-2, which was entered earlier"

    assert "its own place again" in said(ida.all("=P", "=0"))
    assert line("SO-3")[2] == 0


def test_a_hold_says_why_and_its_pieces_go_to_others(small, ida):
    reply = ida.all("SO-1", "=H", "=2", "=over the limit")

    assert said(reply) == "SO-1/1 is on hold. >> Releases SO-2 x10 Looked at again on 2026-06-17."
    assert [entry.order for entry in reply.released] == ["SO-2"]
    assert line("SO-1")[0::3] == (0, 1)
    found = connection.rows("SELECT kind, reason, operator_id, review_on, until_on, line_id IS NULL FROM order_hold")
    assert found == [("credit", "over the limit", ida.session.operator.id, "2026-06-17", None, False)]
    assert verify.verify(small.site).ok


def test_cards_alone_hold_until_a_day_and_let_go(small, ida):
    """Digit cards fill the box of days, a reason card says why, Done answers."""
    reply = ida.all("SO-2", "=H", "XKNRC", "XKNRE", "XKDONE", "XKRSDG")
    assert said(reply).startswith("SO-2/1 held until 2026-06-18.")
    assert connection.one("SELECT reason, review_on FROM order_hold") == ("Damaged", "2026-06-17")
    assert verify.verify(small.site).ok

    assert ida.all("=H").template == "let_go_sure"
    reply = ida.scan("XKDONE")
    assert said(reply) == "SO-2/1 moves again. >> Releases SO-2 x9 Esc goes back.", "SO-3 got 5 of its 14"
    assert line("SO-2")[3] == 0
    assert connection.value("SELECT ended_by FROM order_hold") == ida.session.operator.id
    assert verify.verify(small.site).ok


def test_a_line_of_a_held_order_is_let_go_with_all_of_it(small, ida):
    small.order("SO-9", ("SERUM", 1), ("MASK", 1))
    holds.hold(small.command(), [Which("SO-9")], Terms("quality", ida.session.site.today(small.now)))

    assert said(ida.all("SO-9/2", "=H")).startswith("All of SO-9 is on hold.")
    assert floor.look(ida.session).tables[0].rows[0][:2] == ("SO-9", "quality")
    ida.key("ENTER")
    assert connection.value("SELECT SUM(held) FROM order_line") == 0


@pytest.mark.parametrize("day", ["0", "366", "260615", "990101", "soon"])
def test_a_hold_until_a_day_needs_a_later_day(ida, day):
    reply = ida.all("SO-1", "=H", "=1", f"={day}")

    assert (reply.verdict, ida.step) == (Verdict.STOP, "board.hold_until")
    assert connection.rows("SELECT * FROM order_hold") == []


def test_esc_leaves_everything_as_it_was(ida):
    for keys in (["=P"], ["=H"], ["=H", "=1"], ["=H", "=3"]):
        ida.all("SO-1", *keys, "!ESC")
        assert ida.step == "board.flow"
    assert line("SO-1") == (10, 3, 0, 0)


def test_f4_at_the_board_takes_back_no_case_and_says_how_a_hold_ends(small, ida):
    ida.all("SO-1", "=H", "=2", "!ENTER")

    assert said(ida.key("F4")).startswith("F4 undoes nothing at the board. H lets go")
    assert connection.value("SELECT reason FROM order_hold") == "credit"


def test_what_is_picked_has_no_place_any_more(small, ida):
    small.hand("1002", "PICK-1").all("SO-1", "DOCK-1", sscc(1), "!ENTER")

    for letter in "PH":
        assert "SO-1/1: nothing left to move." in said(ida.all("SO-1", f"={letter}"))


def test_overdue_reviews_of_holds_come_first_then_what_is_held(small, ida):
    today = small.site.today(small.now)
    holds.hold(small.command(), [Which("SO-1", 1)], Terms("quality", today - timedelta(days=3)))
    holds.hold(small.command(), [Which("SO-3")], Terms("credit", today + timedelta(days=1)))
    ida.key("4")

    view = floor.look(ida.session)
    assert view.prompt == "OVERDUE REVIEWS   1"
    assert view.tables[0].rows[0][:5] == ("SO-1/1", "quality hold", "10", "IDA", "3 d")
    assert [(row[0], row[1], row[2]) for row in view.tables[2].rows] == [("SO-3", "credit", "5")]
    assert view.tables[2].opens == ("SO-3",)


def test_a_hoard_is_listed_with_what_it_waits_for(small, ida):
    small.stock("MASK", 7, "A-01")
    small.order("SO-8", ("MASK", 5), ("SERUM", 2), policy="order", patience=0)
    ida.key("4")

    hoards = floor.look(ida.session).tables[3]
    assert [(row[0], row[1], row[3]) for row in hoards.rows] == [("SO-8", "5", "2 of SERUM")]
    ida.scan(hoards.opens[0])
    assert ida.step == "board.flow"


def test_the_sweep_is_counted_and_what_it_found_is_looked_at_first(small, ida):
    assert board.read(small.site, small.now).sweep.as_json() == {"at": None, "missed": 0}
    sweeping.sweep(small.site, small.now)
    seen = board.read(small.site, small.now)
    assert seen.sweep.words(small.site) == f"sweep {small.site.clock(small.now)}, missed 0"
    assert "sweep" not in [one.kind for one in seen.attention]

    connection.execute("UPDATE pick_task SET state = 'WAITING' WHERE id = (SELECT MIN(id) FROM pick_task)")
    small.now += timedelta(minutes=2)
    sweeping.sweep(small.site, small.now)
    small.now += timedelta(seconds=1)
    seen = board.read(small.site, small.now)
    assert seen.as_json()["sweep"]["missed"] == 1
    assert (seen.attention[0].kind, seen.attention[0].words) == (
        "sweep",
        "release missed 1, last pick: 1 left waiting, 10 pieces",
    )


def test_an_order_tells_its_hold_and_what_its_sets_wait_for(small, ida):
    small.order("SO-7", ("MASK", 5), ("SERUM", 2), sets=("A", "A"))
    ida.all("SO-7/1", "=H", "=3", "=lot in doubt")

    view = floor.look(ida.session)
    told = {fact.label: fact.value for fact in view.facts}
    assert told["HOLD"] == "SO-7/1 quality: lot in doubt"
    assert told["SET A"] == "waits for 5 of MASK, 2 of SERUM"
    assert [row[8] == "on hold" for row in view.tables[0].rows] == [True, False]
