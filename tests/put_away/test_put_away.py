"""Put-away by scans only: where to, what no place takes, a second scan that confirms, and back by F4."""

from __future__ import annotations

import pytest
from put_floor import (
    ALIKE,
    COLD,
    FREE,
    HELD,
    LOT_A,
    LOT_B,
    OLD,
    OTHER_ITEM,
    PALLET,
    at,
    goods,
    hold,
    place_of,
)
from small_floor import SITE, SmallFloor, gtin, said, sscc

from db import connection
from warehouse import floor, put_away, verify
from warehouse.floor import Given
from warehouse.put_away import Goods
from warehouse.reply import Verdict
from warehouse.site import location


def moves() -> list[tuple]:
    return connection.rows(
        "SELECT m.kind, m.qty, f.code, t.code FROM stock_move m JOIN location f ON f.id = m.from_location_id "
        "JOIN location t ON t.id = m.to_location_id WHERE m.kind = 'MOVE' ORDER BY m.id"
    )


@pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)
def test_a_case_is_moved_by_two_scans_and_its_promise_stays(database_url):
    small = SmallFloor()
    hands = goods(small)
    ana, leo = hands["ana"], hands["leo"]

    asked = ana.scan(FREE)
    assert asked.verdict is Verdict.INFO
    assert asked.message == ("24 ea Gown L ...0014", "Take it to A-02, scan that.", "Nothing stands there.")
    done = ana.scan("A-02")

    assert done.verdict is Verdict.OK
    assert done.message == ("24 ea Gown L ...0014", "stands at A-02 now.", "Scan the next case or pallet.")
    assert (done.unit, done.moves, ana.step) == (FREE, 1, "put_away.scan_unit")
    assert moves() == [("MOVE", 24, "DOCK-1", "A-02")]
    assert small.unit(FREE)["qty_reserved"] == 20
    # The pick finds it at its new place; what stands beside it is suggested for its like.
    assert "A-02" in said(leo.scan("SO-1"))
    assert "A-02" in said(ana.scan(ALIKE))
    assert "same item" in said(ana.scan(ALIKE))
    assert leo.all("A-02", FREE, "XKDONE").verdict is Verdict.OK
    assert verify.verify(small.site).violations == ()


@pytest.mark.parametrize(
    ("code", "place", "words"),
    [
        (FREE, "A-02", "Nothing stands there."),
        (COLD, "COLD-1", "Nothing stands there."),
        (HELD, "QUAR-1", "Nothing stands there."),
        (OLD, "QUAR-1", "Nothing stands there."),
    ],
)
def test_where_to(ana, code, place, words):
    reply = ana.scan(code)
    assert f"Take it to {place}, scan that." in reply.message
    assert words in reply.message


def test_a_place_that_is_named_for_a_class_is_kept_for_it(ana):
    """The vaccine goes to a place that names its class, then to one that names none, never to one that names others."""
    ana.all(COLD, "COLD-1")
    connection.execute("UPDATE location SET storage_classes = 'COLDER' WHERE code = 'COLD-1'")
    assert "Take it to A-02, scan that." in ana.scan(COLD).message
    connection.execute("UPDATE location SET storage_classes = 'AMBIENT' WHERE code LIKE 'A-%'")
    ana.key("ESC")
    assert ana.scan(COLD).message[1:] == ("Scan the place where you put it.", "No free place is known for it.")


@pytest.mark.parametrize(
    ("code", "place", "why"),
    [
        (COLD, "B-01", "B-01 takes no COLD goods."),
        (FREE, "QUAR-1", "QUAR-1 takes no free goods."),
        (FREE, "SHIP-1", "SHIP-1 takes no unpicked goods."),
        (FREE, "STAGE-1", "STAGE-1 takes no unstaged goods."),
        (HELD, "A-02", "A-02 takes no goods on hold."),
        (HELD, "DOCK-1", "DOCK-1 takes no goods on hold."),
        (OLD, "A-03", "A-03 takes no expired goods."),
    ],
)
def test_a_wrong_place_says_why_and_where_to_go(ana, code, place, why):
    want = ana.scan(code).message[1]
    reply = ana.scan(place)
    assert reply.verdict is Verdict.STOP
    assert reply.message == (why, want, "Nothing was moved.")
    assert ana.step == "put_away.scan_place"
    assert moves() == []


def test_blocked_goods_go_to_quarantine_alone(thawed, ana):
    hold(thawed[0], OTHER_ITEM, "BLOCKED", "recall")
    assert "Take it to QUAR-1, scan that." in ana.scan(OTHER_ITEM).message
    assert said(ana.scan("A-02")).startswith("A-02 takes no blocked goods.")
    assert ana.scan("QUAR-1").verdict is Verdict.OK
    assert "QUAR-1" in said(ana.scan(HELD)), "several may stand there"


def test_goods_of_two_owners_never_share_a_place(thawed, ana):
    connection.execute("UPDATE handling_unit SET owner = 'CUST' WHERE code = ?", sscc(20))
    ana.scan(FREE)
    assert ana.scan("A-01").message == (
        "A-01 holds another's goods.",
        "Take it to A-02, scan that.",
        "Nothing was moved.",
    )
    connection.execute("UPDATE handling_unit SET owner = 'OWN' WHERE code = ?", sscc(20))
    assert ana.scan("A-01").verdict is Verdict.OK, "another item of the same owner may stand there"


# --- Another lot: the same place again ----------------------------------------------------------------------


@pytest.fixture
def beside_lot(ana):
    """LOT_A stands at A-03; LOT_B is in hand."""
    ana.all(LOT_A, "A-03")
    assert "A-02" in said(ana.scan(LOT_B)), "it is not suggested beside another lot"
    asked = at(ana, 100.0, "A-03")
    assert asked.verdict is Verdict.CHECK
    assert asked.message == ("Lot LA is at A-03.", "Scan A-03 again to mix lots,", "or scan another place.")
    return ana


@pytest.mark.parametrize("later", [0.7, 30.0])
def test_the_same_place_again_confirms(beside_lot, later):
    assert at(beside_lot, 100.0 + later, "A-03").verdict is Verdict.OK
    assert place_of(LOT_B) == "A-03"


def test_a_bounce_confirms_nothing_and_the_time_goes_on(beside_lot):
    assert at(beside_lot, 100.4, "A-03").verdict is Verdict.CHECK
    assert at(beside_lot, 100.69, "A-03").verdict is Verdict.CHECK
    assert at(beside_lot, 100.75, "A-03").verdict is Verdict.OK


def test_too_late_it_is_a_new_question(beside_lot):
    assert at(beside_lot, 130.1, "A-03").verdict is Verdict.CHECK
    assert at(beside_lot, 131.0, "A-03").verdict is Verdict.OK


def test_another_scan_of_the_same_place_is_no_confirmation(beside_lot):
    """It is bound to the code as it came, not to what it means."""
    assert at(beside_lot, 101.0, "]C0A-03").verdict is Verdict.CHECK
    assert at(beside_lot, 102.0, "A-03").verdict is Verdict.CHECK
    assert at(beside_lot, 103.0, "A-03").verdict is Verdict.OK


def test_anything_else_drops_the_question(beside_lot):
    assert at(beside_lot, 101.0, LOT_B).template == "put_where"
    assert at(beside_lot, 102.0, "A-03").verdict is Verdict.CHECK
    assert at(beside_lot, 103.0, "A-02").verdict is Verdict.OK


@pytest.mark.parametrize("key", ["ENTER", "DONE"])
def test_enter_accepts_the_question(beside_lot, key):
    answered = floor.answer(beside_lot.session, Given("k-1", 103.0, key=key))
    assert answered.reply.verdict is Verdict.OK
    assert place_of(LOT_B) == "A-03"


def test_enter_accepts_nothing_that_was_not_asked_or_is_long_ago(ana, beside_lot):
    for mono in (99.0, 131.0):
        assert floor.answer(ana.session, Given(f"k-{mono}", mono, key="ENTER")).reply.verdict is Verdict.STOP
    ana.key("ESC")
    ana.scan(LOT_B)
    assert ana.key("ENTER").template == "key_not_here"


def test_it_does_not_survive_signing_off(thawed, beside_lot):
    beside_lot.key("F12")
    beside_lot.scan("1001")
    assert beside_lot.step == "put_away.scan_place"
    assert at(beside_lot, 102.0, "A-03").verdict is Verdict.CHECK


def test_nor_does_it_come_along_to_another_station(thawed, beside_lot):
    """There the station's clock may say anything; the database's says that it is too late."""
    small, _ = thawed
    other = small.hand("1001", "DOCK-2")
    small.now = small.now.replace(hour=small.now.hour + 1)
    assert at(other, 105.0, "A-03").verdict is Verdict.CHECK


# --- What cannot be put away --------------------------------------------------------------------------------


def test_what_a_picker_has_in_hand_is_left_alone(thawed):
    hands = thawed[1]
    ana, leo = hands["ana"], hands["leo"]
    ana.scan(FREE)
    leo.scan("SO-1")
    for reply in (ana.scan("A-02"), ana.all("!ESC", FREE)):
        assert reply.message == ("LEO picks ...0014, SO-1.", "Leave it. Scan another case.", "Nothing was moved.")
    leo.all("DOCK-1", FREE, "XKDONE")
    assert ana.scan(ALIKE).verdict is Verdict.INFO


def test_what_is_picked_or_used_up_is_named(thawed):
    small, hands = thawed
    hands["leo"].all("SO-1", "DOCK-1", FREE, "XKDONE")
    small.adjust(FREE, -4)
    small.order("SO-3", ("GOWN-L", 30))
    hands["leo"].all("SO-3", "DOCK-1", ALIKE)
    assert said(hands["ana"].scan(FREE)).startswith("Nothing is left in ...0014.")
    assert said(hands["ana"].scan(ALIKE)).startswith("...0021 is picked for SO-3.")


@pytest.mark.parametrize(
    ("code", "thing"),
    [("A-01", "place A-01"), ("SO-1", "order SO-1"), ("JUNK", "JUNK"), (PALLET, PALLET), (sscc(77), "...0779")],
)
def test_anything_else_is_named(ana, code, thing):
    reply = ana.scan(code)
    assert reply.verdict is Verdict.STOP
    assert thing in said(reply)


def test_a_case_in_the_place_of_the_place_is_named(ana):
    ana.scan(FREE)
    assert ana.scan(ALIKE).message == ("That is case ...0021.", "Scan the place.", "Nothing was saved.")
    assert ana.step == "put_away.scan_place"


def test_where_it_stands_already_nothing_is_moved(ana):
    ana.scan(FREE)
    reply = ana.scan("DOCK-1")
    assert (reply.verdict, reply.message[0]) == (Verdict.CHECK, "...0014 is at DOCK-1 already.")
    assert moves() == []


def test_pickers_do_not_put_away(thawed):
    leo = thawed[1]["leo"]
    assert "Put away" not in said(leo.all("!F12", "1002"))
    assert "Put away" in said(thawed[1]["kim"].all("!F12", "1004"))


# --- F4 -----------------------------------------------------------------------------------------------------


def test_f4_takes_moves_back_one_by_one(ana):
    ana.all(FREE, "A-02", ALIKE, "A-02")
    first = ana.key("F4")
    assert first.message == ("Undone: 30 ea Gown L", "Back at DOCK-1: ...0021.")
    assert first.undoes
    ana.key("F4")
    assert (place_of(FREE), place_of(ALIKE)) == ("DOCK-1", "DOCK-1")
    assert ana.key("F4").template == "nothing_to_undo"


def test_f4_is_refused_once_somebody_has_built_on_it(thawed):
    hands = thawed[1]
    ana, kim = hands["ana"], hands["kim"]
    ana.all(FREE, "A-02")
    hands["leo"].scan("SO-1")
    assert said(ana.key("F4")).startswith("LEO picks ...0014, SO-1.")
    hands["leo"].key("ESC")
    kim.all("=3", FREE, "A-03")
    reply = ana.key("F4")
    assert reply.verdict is Verdict.STOP
    assert "KIM moved." in said(reply)
    assert place_of(FREE) == "A-03"


def test_a_receipt_that_was_put_away_is_not_undone_before_the_move_is(thawed):
    small, hands = thawed
    small.purchase_order("PO-1", ("GOWN-M", 100))
    kim = hands["kim"]
    kim.all("=1", "PO-1", f"]C100{sscc(30)}020{gtin(2)}3712", "!ESC", "!ESC")
    hands["ana"].all(sscc(30), "A-02")
    assert "ANA moved." in said(kim.key("F4"))
    hands["ana"].key("F4")
    assert kim.key("F4").verdict is Verdict.OK


# --- The rule for others ------------------------------------------------------------------------------------


def test_the_rule_is_there_for_receiving(thawed):
    """`put_away.refused` answers the sentence or nothing, for goods that are not there yet."""
    from put_floor import context

    small, _ = thawed
    of_serum = Goods(small.item("SERUM"), "L1", "2027-01-31", "AVAILABLE")
    place = location(SITE, "A-02")
    assert place is not None
    assert put_away.refused(context(small), place, of_serum, "Scan.") is None
    held = Goods(small.item("SERUM"), "L1", "2027-01-31", "QUARANTINE")
    message = put_away.refused(context(small), place, held, "Scan another place.")
    assert message is not None
    assert message.lines == ("A-02 takes no goods on hold.", "Scan another place.", "Nothing was moved.")
