"""F7 and the label that comes by itself, numbers included: in the receipt's own transaction, on both engines."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest
from small_floor import SITE, Hand, SmallFloor, gtin, said, sscc

from db import connection
from warehouse import label_jobs, serials, verify
from warehouse.barcodes.checkdigits import mod10, valid_sscc
from warehouse.reply import Verdict
from warehouse.serials import is_plate
from warehouse.sscc import SsccRange

PREFIX = SsccRange("9521234", 3)


@pytest.fixture
def small(database_url):
    floor = SmallFloor()
    floor.purchase_order("PO-1", ("GOWN-L", 1000))
    yield floor
    assert verify.verify(floor.site).violations == ()


@pytest.fixture
def lite(sqlite_url):
    """For what does not depend on the engine."""
    floor = SmallFloor()
    floor.purchase_order("PO-1", ("GOWN-L", 1000))
    return floor


def at_printer(small: SmallFloor, badge: str = "1001", sscc: SsccRange | None = None) -> Hand:
    """A person at a terminal with a label printer."""
    hand = Hand(small, "DOCK-1")
    hand.session = replace(hand.session, printer="10.0.0.5:9100", sscc=sscc)
    hand.scan(badge)
    return hand


def jobs(columns: str = "u.code, j.state, j.station") -> list[tuple]:
    return connection.rows(f"SELECT {columns} FROM label_job j JOIN handling_unit u ON u.id = j.unit_id ORDER BY j.id")


# --- F7 ---------------------------------------------------------------------------------------------------


def test_f7_prints_the_last_case_again_and_stays(small):
    ana = at_printer(small)
    ana.scan("PO-1")
    ana.case(sscc(1), gtin(1), 24)
    ana.case(sscc(2), gtin(1), 12)
    assert jobs() == [], "a case that has a label needs none"

    reply = ana.scan("XKPRNT")

    assert (reply.verdict, reply.unit, reply.labels) == (Verdict.OK, sscc(2), (sscc(2),))
    assert reply.message[:2] == (f"Label of ...{sscc(2)[-4:]} is on its way.", "Printer 10.0.0.5:9100")
    assert ana.step == "receiving.scan_case"
    assert jobs() == [(sscc(2), "WAITING", "DOCK-1")]
    assert connection.value("SELECT COUNT(*) FROM label_job j JOIN scan_log s ON s.scan_id = j.scan_id") == 1
    ana.key("F4")
    assert ana.key("F7").unit == sscc(1), "the last one that is still in"
    ana.all("!ESC", "!ESC")
    assert ana.key("F7").unit == sscc(1), "from home, too"


def test_f7_asked_twice_is_asked_once_when_the_scan_is_the_same(lite):
    ana = at_printer(lite)
    ana.scan("PO-1")
    ana.case(sscc(1), gtin(1), 24)
    first = ana.repeat("XKPRNT", "press-1")
    again = ana.repeat("XKPRNT", "press-1")
    assert (first.message, first.labels) == (again.message, again.labels)
    assert len(jobs()) == 1


def test_f7_prints_the_unit_that_a_picker_has_in_hand(small):
    small.stock("GOWN-M", 30, "A-01", code=sscc(5))
    small.stock("MASK", 30, "A-02")
    small.order("SO-1", ("GOWN-M", 20))
    small.order("SO-2", ("MASK", 20))
    leo = at_printer(small, "1002")
    leo.all("SO-1", "A-01")
    assert leo.key("F7").template == "label_none", "not before it is scanned"
    leo.scan(sscc(5))
    assert (leo.step, leo.key("F7").unit) == ("picking.take_pieces", sscc(5))
    leo.key("F5")
    assert leo.key("F7").unit == sscc(5)
    leo.all("!ESC", "!ENTER", "SO-2", "A-02", gtin(3))
    loose = leo.key("F7")
    assert (leo.step, loose.template) == ("picking.take_pieces", "label_loose")


def test_f7_says_why_it_prints_nothing(lite):
    plain = lite.hand("1001")
    plain.scan("PO-1")
    plain.case(sscc(1), gtin(1), 24)
    assert said(plain.key("F7")) == "No printer here for F7 (Label). Call a lead to set one up."
    kim = at_printer(lite, "1004")
    assert kim.key("F7").template == "label_none"
    kim.all("PO-1", f"]C100{sscc(3)}")
    assert kim.key("F7").template == "label_not_saved"
    assert kim.step == "receiving.scan_item"
    kim.all(gtin(1), "=10")
    lite.adjust(sscc(3), -10)
    assert kim.key("F7").template == "label_empty"
    assert jobs() == []
    nobody = Hand(lite, "DOCK-1")
    assert nobody.key("F7").template == "badge_first"


def test_a_code_that_bars_cannot_hold_is_said_at_once(lite):
    kim = at_printer(lite, "1004")
    kim.all("PO-1", gtin(1), "=10")
    connection.execute("UPDATE handling_unit SET code = 'Kiste-Ä'")
    assert kim.key("F7").template == "label_no_bars"


def test_f7_is_offered_where_there_is_a_printer(lite):
    from warehouse import floor

    ana, other = at_printer(lite), lite.hand("1004")
    ana.scan("PO-1")
    other.scan("PO-1")
    assert ("F7", "Label") in floor.look(ana.session).keys
    assert ("F7", "Label") not in floor.look(other.session).keys
    assert ("F7", "Label", "card XKPRNT") in ana.key("F1").rows


# --- A case without a number --------------------------------------------------------------------------------


def test_a_case_that_gets_a_plate_of_ours_gets_its_label_at_once(small):
    ana = at_printer(small)
    reply = ana.all("PO-1", gtin(1), "=24")
    assert is_plate(reply.unit)
    assert reply.labels == (reply.unit,)
    assert jobs() == [(reply.unit, "WAITING", "DOCK-1")]


def test_without_a_printer_or_with_a_plate_in_hand_nothing_is_printed(small):
    assert small.hand("1001").all("PO-1", gtin(1), "=24").labels == ()
    reply = at_printer(small).all(serials.plate(77), gtin(1), "=25")
    assert (reply.unit, reply.labels) == (serials.plate(77), ())
    assert jobs() == []


def test_a_receipt_that_is_rolled_back_asks_for_no_label(small, monkeypatch):
    ana = at_printer(small)
    ana.all("PO-1", gtin(1))
    monkeypatch.setattr("warehouse.scan_log.save", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        ana.type("24")
    assert jobs() == []
    assert connection.value("SELECT COUNT(*) FROM handling_unit") == 0


# --- SSCC ---------------------------------------------------------------------------------------------------


def test_with_a_company_prefix_a_case_gets_an_sscc(small):
    ana = at_printer(small, sscc=PREFIX)
    ana.scan("PO-1")
    given = [ana.all(gtin(1), f"={number}").unit for number in range(20, 23)]
    assert all(valid_sscc(code) and code.startswith("39521234") for code in given)
    assert [int(code[8:17]) for code in given] == [1, 2, 3]
    assert [row[0] for row in jobs()] == given
    assert ana.scan(f"]C100{given[0]}").template == "case_known"


def test_no_number_comes_twice_after_a_restart_or_at_another_station(small):
    """A process that starts anew has no numbers in hand: it draws a block that nobody had."""
    given = []
    for station in range(3):
        serials._blocks.clear()
        hand = at_printer(small, sscc=PREFIX)
        hand.scan("PO-1")
        given += [hand.all(gtin(1), f"={20 + 2 * station + number}").unit for number in (1, 2)]
    assert len(set(given)) == 6
    assert [int(code[8:17]) for code in given] == [1, 2, 1001, 1002, 2001, 2002]


def test_a_number_that_a_case_has_already_is_passed_over(lite):
    lite.stock("GOWN-L", 5, code=sscc(1))
    ana = at_printer(lite, sscc=PREFIX)
    assert int(ana.all("PO-1", gtin(1), "=24").unit[8:17]) == 2


def test_a_range_that_is_used_up_is_said_and_nothing_is_saved(small):
    """Twelve digits of prefix leave four: 9,999 cases."""
    small_range = SsccRange("952123400001", 0)
    ana = at_printer(small, sscc=small_range)
    assert ana.all("PO-1", gtin(1), "=24").verdict is Verdict.OK
    serials._blocks.clear()
    connection.execute("UPDATE serial_block SET next_free = 9999 WHERE kind = 'sscc 0'")
    assert ana.all(gtin(1), "=25").unit[13:17] == "9999"

    ana.scan(gtin(1))
    refused = ana.type("26")

    assert (refused.verdict, refused.template) == (Verdict.STOP, "no_sscc_left")
    assert refused.message[-1] == "Nothing was saved."
    assert connection.value("SELECT COUNT(*) FROM handling_unit") == 2
    ana.key("ESC")
    assert ana.case(sscc(1), gtin(1), 27).verdict is Verdict.OK, "a case with a number of its own still comes in"


def test_after_a_range_that_is_used_up_the_next_extension_has_all_its_numbers(lite):
    ana = at_printer(lite, sscc=SsccRange("952123400001", 0))
    ana.all("PO-1", gtin(1), "=24")
    serials._blocks.clear()
    connection.execute("UPDATE serial_block SET next_free = 10000 WHERE kind = 'sscc 0'")
    ana.scan(gtin(1))
    assert ana.type("25").template == "no_sscc_left"
    kim = at_printer(lite, "1004", sscc=SsccRange("952123400001", 1))
    given = kim.all("PO-1", gtin(1), "=26").unit
    assert (given[:13], int(given[13:17])) == ("1952123400001", 1)


def test_a_prefix_that_is_put_right_gives_no_number_again(lite):
    """3 9521234 000000001 and 3 95212340 00000001 are one SSCC."""
    given = []
    for badge, prefix in (("1001", "9521234"), ("1004", "95212340")):
        hand = at_printer(lite, badge, sscc=SsccRange(prefix, 3))
        given.append(hand.all("PO-1", gtin(1), "=24").unit)
        assert hand.key("F4").template == "undone_receipt", "its label is printed, its code is free"
    assert len(set(given)) == 2


def test_numbers_that_are_all_taken_are_passed_over_however_many(small):
    """The site numbered its cases from 1 before; a small range has five numbers in hand at a time."""
    used = SsccRange("952123400001", 0)
    for number in range(1, 14):
        body = f"0952123400001{number:04d}"
        small.stock("GOWN-M", 1, code=f"{body}{mod10(body)}")
    ana = at_printer(small, sscc=used)
    assert int(ana.all("PO-1", gtin(1), "=24").unit[13:17]) == 14


def test_who_draws_does_not_wait_for_who_takes_the_next_block(lite, monkeypatch):
    """Threads of one process, as in the demo: the one that draws has the database, the other one waits for it."""
    serials.ensure(SITE, "unit", count=5, block=5)
    connection.close()
    began, drawn = threading.Event(), []
    take_block = serials._take_block

    def begin(*which) -> int:
        began.set()
        return take_block(*which)

    monkeypatch.setattr(serials, "_take_block", begin)

    @connection.transaction
    def draws() -> None:
        connection.execute("UPDATE site SET cutoff = '18:00'")
        taker.start()
        assert began.wait(5)
        drawn.append(serials.draw(SITE, "unit"))

    def takes() -> None:
        serials.ensure(SITE, "unit", count=50)
        connection.close()

    taker = threading.Thread(target=takes, daemon=True)
    drawer = threading.Thread(target=lambda: (draws(), connection.close()), daemon=True)
    drawer.start()
    drawer.join(1.5)
    assert drawn == [1]
    taker.join(10)


@pytest.mark.parametrize(("prefix", "capacity", "starts"), [("9521", 10**12, 10**9), ("952123400001", 10**4, 2000)])
def test_a_small_range_is_not_wasted_by_starts(lite, prefix, capacity, starts):
    numbers = SsccRange(prefix)
    assert numbers.capacity == capacity
    numbers.ensure(SITE)
    taken = connection.value("SELECT next_free FROM serial_block WHERE kind = 'sscc 0'") - 1
    assert capacity / taken >= starts


# --- The outbox -----------------------------------------------------------------------------------------------


def test_two_terminals_of_one_name_print_a_label_once(small):
    ana = at_printer(small)
    ana.all("PO-1", gtin(1), "=24")
    mine = label_jobs.take(SITE, "DOCK-1", small.now)
    assert label_jobs.take(SITE, "DOCK-1", small.now) is None
    assert label_jobs.take(SITE, "DOCK-2", small.now) is None
    later = small.now + label_jobs.LEASE * 1.5
    assert label_jobs.take(SITE, "DOCK-1", later) == mine, "the first one died with it"
    label_jobs.sent(mine, later)
    assert label_jobs.take(SITE, "DOCK-1", later + label_jobs.LEASE * 2) is None
    assert jobs("j.state, j.attempts") == [("SENT", 1)]
    label_jobs.failed(mine, "too late")
    label_jobs.give_up(mine, "too late")
    assert jobs("j.state, j.attempts, j.last_error") == [("SENT", 1, "")]
