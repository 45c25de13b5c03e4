"""What happens when several people build on one another's work in an order that nobody planned."""

from __future__ import annotations

from datetime import timedelta

import pytest
from small_floor import Hand, SmallFloor, gtin, said, sscc

from db import connection
from warehouse import explain
from warehouse.reply import InputError, Verdict
from warehouse.verify import verify

GOWN = gtin(1)
U1, U2 = sscc(1), sscc(2)


@pytest.fixture
def small(database_url):
    return SmallFloor()


def healthy(small: SmallFloor) -> bool:
    found = verify(small.site)
    assert found.violations == ()
    return True


def test_a_pick_is_not_undone_into_a_case_that_went_to_another_order(small):
    """Stock at the shipping place: the case stays where it is, but it is the other order's by now."""
    small.stock("GOWN-L", 24, "SHIP-1", code=U1)
    small.stock("GOWN-L", 100, "A-02", code=U2)
    small.order("SO-1", ("GOWN-L", 10))
    small.order("SO-2", ("GOWN-L", 14))
    leo, kim = small.hand("1002", "P1"), small.hand("1004", "P2")
    assert leo.all("SO-1", "SHIP-1", U1, "!ENTER").template == "picked"
    assert kim.all("SO-2", "SHIP-1", U1).template == "picked"
    refused = leo.key("F4")
    assert refused.template == "undo_used"
    assert "KIM picked for SO-2." in said(refused)
    assert healthy(small)


def test_a_split_whose_case_was_reported_short_names_who_did_it(small):
    small.stock("GOWN-L", 24, "A-01", code=U1)
    small.order("SO-1", ("GOWN-L", 10))
    small.order("SO-2", ("GOWN-L", 5))
    leo, kim = small.hand("1002", "P1"), small.hand("1004", "P2")
    leo.all("SO-1", "A-01", U1, "!ENTER")
    assert kim.all("SO-2", "A-01", "!F5", "=0", "=1").template == "short_doubt"
    assert "KIM reported short for SO-2." in said(leo.key("F4"))
    assert healthy(small)


def test_a_scan_sent_again_late_does_not_lead_back(small):
    """The stored reply is answered; the person stays where they are by now, and nothing is counted twice."""
    small.purchase_order("PO-1", ("GOWN-L", 100))
    ana = small.hand("1001")
    ana.scan("PO-1")
    first = ana.scan(f"]E0{GOWN}", "id-1")
    assert ana.type("24").template == "saved"
    assert ana.repeat(f"]E0{GOWN}", "id-1").message == first.message
    assert ana.step == "receiving.scan_case"
    assert ana.type("24").verdict is Verdict.STOP
    assert connection.value("SELECT COUNT(*) FROM handling_unit") == 1


def test_a_sign_off_sent_again_does_not_sign_off_who_is_back(small):
    ana = small.hand("1001")
    ana.give(_key("F12", "off-1"))
    ana.scan("1001")
    ana.give(_key("F12", "off-1"))
    assert (ana.session.operator is not None, ana.step) == (True, "home.menu")


def _key(name: str, scan_id: str):
    from warehouse.floor import Given

    return Given(scan_id, 0.0, key=name, repeated=True)


def test_skipping_goes_round_and_round(small):
    """Three picks: each F9 offers the one that was skipped longest ago."""
    for place in ("A-01", "A-02", "DOCK-1"):
        small.stock("GOWN-L", 10, place, code=sscc(ord(place[-1]) + len(place)))
    small.order("SO-1", ("GOWN-L", 30))
    leo = small.hand("1002", "P1")
    seen = [leo.scan("SO-1").message[-1]]
    seen += [leo.key("F9").message[-1] for _ in range(6)]
    places = [next(place for place in ("A-01", "A-02", "DOCK-1") if place in words) for words in seen]
    assert places[:3] == places[3:6]
    assert len(set(places[:3])) == 3


def test_more_pieces_than_can_be_counted_are_refused_on_both_engines(small):
    small.stock("GOWN-L", 1_999_999_990, "A-01", code=U1)
    small.purchase_order("PO-1", ("GOWN-L", 100))
    with pytest.raises(InputError, match="more than 2,000,000,000"):
        small.adjust(U1, 11)
    ana = small.hand("1001")
    ana.scan("PO-1")
    assert ana.case(U2, GOWN, 11).template == "too_many"
    assert ana.case(U2, GOWN, 10).template == "saved"


def test_why_knows_nothing_of_the_time_before_a_line(small):
    """A line that joined its order later was not tried when the order came in."""
    small.order("SO-1", ("MASK", 5))
    small.now += timedelta(hours=1)
    small.stock("GOWN-L", 5, "A-01", code=U1)
    small.order("SO-9", ("GOWN-L", 50))
    small.now += timedelta(hours=1)
    order_id = connection.value("SELECT id FROM order_header WHERE order_no = 'SO-1'")
    small.order("SO-JOINS", ("GOWN-L", 7))
    connection.execute(
        "UPDATE order_line SET order_id = ?, line = 2 WHERE order_id = "
        "(SELECT id FROM order_header WHERE order_no = 'SO-JOINS')",
        order_id,
    )
    told = explain.why(small.site, "SO-1", 2, small.now)
    assert [attempt.at for attempt in told.attempts] == [small.now]


def test_stock_in_doubt_is_told_once(small):
    """Short, found again, short again: one unit in doubt, one count asked for, its pieces told once."""
    small.stock("MASK", 10, "A-01")
    small.order("SO-1", ("MASK", 30))
    leo = small.hand("1002", "P1")
    leo.all("SO-1", "!F5", "=0", "=1")
    small.stock("MASK", 10, "A-01")
    leo.all("SO-1", "!F5", "=0", "=1")
    told = explain.why(small.site, "SO-1", 1, small.now)
    assert sum(doubt.quantity for doubt in told.in_doubt) == 20
    assert connection.value("SELECT COUNT(*) FROM count_task WHERE state = 'OPEN'") == 1
    assert healthy(small)


def test_what_is_said_of_who_waits_is_true(small):
    """Undone or short, but the same transaction had other stock for them: nobody is told to wait."""
    small.purchase_order("PO-1", ("GOWN-L", 100))
    small.order("SO-1", ("GOWN-L", 10))
    ana = small.hand("1001")
    ana.scan("PO-1")
    ana.case(U1, GOWN, 10)
    small.stock("GOWN-L", 10, "A-02", code=U2)
    undone = ana.key("F4")
    assert undone.message[1] == "Its orders got other stock."
    assert small.line("SO-1")["qty_open"] == 0
    ana.case(sscc(3), GOWN, 10)
    short = small.hand("1002", "P1").all("SO-1", "A-02", "!F5", "=4", "=3")
    assert "SO-1 gets others." in said(short)
    small.cancel("SO-1")
    small.order("SO-2", ("GOWN-L", 999))
    small.cancel("SO-2")
    assert "It is cancelled." in said(small.hand("1004", "P2").all("!2", "SO-2"))


def test_who_signed_off_elsewhere_is_not_said_to_be_nowhere(small):
    first = small.hand("1002", "P1")
    Hand(small, "P2").scan("1002")
    connection.execute("UPDATE operator_step SET terminal = '', station = ''")
    assert said(first.scan("SO-1")) == "LEO signed off elsewhere. Scan your badge to work here. Nothing was saved."
    assert first.step == "sign_on.badge"


def test_on_hold_and_dropped_are_kept_as_what_they_were(small):
    small.stock("GOWN-L", 24, "A-01", code=U1)
    small.order("SO-1", ("GOWN-L", 20))
    small.hand("1002", "P1").all("SO-1", "A-01", U1, "=14", "XKRSHD")
    assert connection.value("SELECT reason FROM stock_move WHERE kind = 'QUARANTINE'") == "HD"


def test_a_person_whose_role_was_taken_away_comes_home(small):
    small.purchase_order("PO-1", ("GOWN-L", 100))
    ana = small.hand("1001")
    ana.scan("PO-1")
    connection.execute("UPDATE operator SET roles = 'picker' WHERE badge = '1001'")
    assert ana.all("!F12", "1001").verdict is Verdict.OK
    assert ana.step == "home.menu"


def test_help_that_is_asked_for_again_is_whole(small):
    ana = small.hand("1001")
    first = ana.give(_key("F1", "help-1"))
    assert ana.give(_key("F1", "help-1")).rows == first.rows != ()
