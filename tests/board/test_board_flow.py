"""What a lead does from the board: the flow of an order and of a receipt, reviews, and whose pick is next."""

from __future__ import annotations

from datetime import timedelta

import pytest
from small_floor import SmallFloor, gtin, said, sscc

from db import connection
from warehouse import floor, picks
from warehouse.reply import Verdict

GOWN = gtin(1)


@pytest.fixture
def small(database_url):
    """SO-1 has its 10 gowns of the case, SO-2 has 14 of 30 and waits for more."""
    small = SmallFloor()
    small.purchase_order("PO-1", ("GOWN-L", 500))
    small.order("SO-1", ("GOWN-L", 10))
    small.order("SO-2", ("GOWN-L", 30))
    ana = small.hand("1001")
    ana.scan("PO-1")
    ana.case(sscc(1), GOWN, 24)
    return small


@pytest.fixture
def ida(small):
    hand = small.hand("1003")
    hand.key("3")
    return hand


def facts(hand) -> dict[str, str]:
    return {fact.label: fact.value for fact in floor.look(hand.session).facts}


def test_a_receipt_tells_what_became_of_its_pieces(small, ida):
    small.hand("1002", "PICK-1").all("SO-1", "DOCK-1", sscc(1), "!ENTER")
    ida.scan("RC-0001")

    assert facts(ida)["FLOW"] == "24 > 24 released > 10 picked"
    assert facts(ida)["LEFT"] == "16 still wait"
    got, came = floor.look(ida.session).tables
    assert [(row[0], row[2], row[3], row[6]) for row in got.rows] == [
        ("SO-2/1", "14", "0", "nobody"),
        ("SO-1/1", "10", "10", "picked"),
    ]
    assert [row[2:6] for row in came.rows] == [("24", "24", "10", "0")]


def test_more_than_was_waited_for_is_left_over(small, ida):
    small.hand("1004", "DOCK-2").all("PO-1", f"]C100{sscc(2)}020{GOWN}3740")
    ida.scan("RC-0001")

    assert facts(ida)["LEFT"] == "24 left over, to storage"


def test_an_order_tells_its_lines_and_where_its_pieces_are_from(ida):
    ida.scan("SO-2")

    assert facts(ida)["FLOW"] == "30 > 14 released > 0 picked"
    lines, got = floor.look(ida.session).tables
    assert (lines.rows[0][0], lines.rows[0][3], lines.rows[0][7]) == ("SO-2/1", "16", "IDA")
    assert got.opens == ("RC-0001",), "a row leads to the receipt"
    ida.scan("RC-0001")
    assert floor.look(ida.session).tables[0].opens == ("SO-2/1", "SO-1/1"), "and back to the orders"


def test_a_review_is_an_outcome_and_a_few_words(small, ida):
    ida.all("SO-2", "=R", "=2", "=vendor called")

    assert ida.step == "board.flow"
    assert facts(ida)["NOTE"] == "line 1: vendor called"
    found = connection.rows("SELECT outcome, note, current FROM line_review")
    assert found == [("expedite", "vendor called", 1)]
    reply = ida.all("=r", "=1", "!ENTER")
    assert reply.verdict is Verdict.OK
    assert said(reply).startswith("SO-2/1: keep. IDA looks again on 2026-06-17.")


def test_without_an_outcome_nothing_is_recorded(ida):
    ida.all("SO-2", "=R", "=7", "!ENTER", "!ESC")

    assert ida.step == "board.flow"
    assert connection.rows("SELECT * FROM line_review") == []


def test_what_does_not_wait_is_not_reviewed(small, ida):
    assert "SO-1 does not wait" in said(ida.all("SO-1", "=R"))
    small.order("SO-5", ("SERUM", 1), ("MASK", 1))
    assert "Which line of SO-5?" in said(ida.all("SO-5", "=R"))
    ida.all("SO-5/2", "=R")
    assert ida.step == "board.review"


def test_an_assigned_pick_is_that_persons_first_and_nobody_elses(small, ida):
    leo, kim = small.hand("1002", "PICK-1"), small.hand("1004", "PICK-2")
    assert "KIM gets SO-2/1 next." in said(ida.all("SO-2", "=A", "1004"))

    assert "SO-1" in said(leo.all("!1", "!ENTER")), "not SO-2"
    assert "KIM is to pick it." in said(leo.all("!ESC", "SO-2"))
    assert picks.open_tasks("T1", kim.session.operator.id)[0].order == "SO-2", "asked for comes first"
    assert "SO-2" in said(kim.all("=2", "!ENTER"))
    assert "KIM has begun that pick." in said(ida.all("=A", "1002"))


def test_a_digit_names_a_person_and_0_is_anybody(small, ida):
    assert "LEO gets SO-2/1 next." in said(ida.all("SO-2", "=A", "=2"))
    assert floor.look(ida.session).tables[1].rows[0][6] == "LEO next"
    assert "for anybody again" in said(ida.all("=A", "=0"))
    assert connection.value("SELECT COUNT(*) FROM pick_task WHERE operator_id IS NOT NULL") == 0


def test_who_signs_off_is_asked_for_nothing_any_more(small, ida):
    leo = small.hand("1002", "PICK-1")
    ida.all("SO-2", "=A", "1002")
    leo.key("F12")

    assert connection.value("SELECT COUNT(*) FROM pick_task WHERE operator_id IS NOT NULL") == 0


@pytest.mark.parametrize("badge", ["1001", "9999"])
def test_only_a_picker_is_asked(ida, badge):
    reply = ida.all("SO-2", "=A", badge)

    assert (reply.verdict, ida.step) == (Verdict.STOP, "board.assign")
    assert f"{badge}: no picker's badge" in said(reply)


def test_a_picked_order_has_nothing_to_assign(small, ida):
    small.hand("1002", "PICK-1").all("SO-1", "DOCK-1", sscc(1), "!ENTER")

    assert "SO-1/1 has no open pick" in said(ida.all("SO-1", "=A"))


def test_the_plots_have_their_n_and_few_are_said(small, ida):
    small.now += timedelta(minutes=5)
    ida.key("3")

    plots = floor.look(ida.session).plots
    assert plots[0].title == "RELEASED -> PICKED [n=2]"
    assert plots[0].few
    course = plots[1]
    assert [series.name for series in course.series] == ["pieces", "receipt"]
    assert course.series[0].ys[-1] == 16
    ida.all("=w", "=w")
    assert floor.look(ida.session).title[1] == "20 days"
