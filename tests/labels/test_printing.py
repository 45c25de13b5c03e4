"""The thread that prints: at once, later when the printer is back, and never a label too few."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from label_eyes import seen_on_zpl
from printer_kit import NetworkPrinter, closed_port, network_printer
from small_floor import Hand, SmallFloor, gtin
from terminal_kit import app_for, eventually, give, given, nobody, region, settled, started, until, url_of_open_database

from db import connection
from tui import printing
from tui.printing import Printing
from tui.settings import Printer
from tui.station import Station
from warehouse import label_jobs


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    """Looks and retries without a pause that a test would wait for."""
    monkeypatch.setattr(printing, "POLL_S", 0.05)
    monkeypatch.setattr(printing, "pause_before_retry", lambda _failures, *, network: 0.05)


@pytest.fixture
def small(database_url):
    floor = SmallFloor()
    floor.purchase_order("PO-1", ("GOWN-L", 1000))
    return floor


@pytest.fixture
def lite(sqlite_url):
    floor = SmallFloor()
    floor.purchase_order("PO-1", ("GOWN-L", 1000))
    return floor


def ana_at_printer(small: SmallFloor) -> Hand:
    hand = Hand(small, "DOCK-1")
    hand.session = replace(hand.session, printer="printer")
    hand.all("1001", "PO-1")
    return hand


@contextmanager
def running(session, url: str, **more):
    thread = Printing(session, Printer(url, **more))
    thread.start()
    try:
        yield thread
    finally:
        thread.stop()
        thread._thread.join(20)


def states() -> list[tuple]:
    return connection.rows("SELECT state, attempts FROM label_job ORDER BY id")


def codes(printed: list[bytes]) -> list[str]:
    """The code in the bars of each label."""
    return [seen_on_zpl(data)[-1][3:] for data in printed]


def test_what_was_left_waiting_and_what_is_asked_for_now_is_printed_in_order(small):
    ana = ana_at_printer(small)
    first = ana.all(gtin(1), "=24").unit
    with network_printer() as there, running(ana.session, there.url) as thread:
        assert codes(there.wait(1)) == [first]
        second = ana.all(gtin(1), "=25").unit
        thread.poke()
        third = ana.all(gtin(1), "=26").unit
        assert codes(there.wait(3)) == [first, second, third]
        assert eventually(lambda: states() == [("SENT", 1)] * 3)
        assert thread.notice == ""
    sent = connection.rows("SELECT sent_at, taken_until FROM label_job")
    assert all(at and not until for at, until in sent)


def test_labels_wait_for_a_printer_that_is_away_and_say_so(small):
    ana = ana_at_printer(small)
    port = closed_port()
    asked = [ana.all(gtin(1), f"={number}").unit for number in (24, 25)]
    with running(ana.session, f"socket://127.0.0.1:{port}") as thread:
        words = f"2 labels wait: Printer 127.0.0.1:{port} does not answer (connection refused)"
        assert eventually(lambda: thread.notice.startswith(words)), thread.notice
        assert {state for state, _ in states()} == {"WAITING"}
        why = connection.value("SELECT last_error FROM label_job ORDER BY id")
        assert "connection refused" in why
        there = NetworkPrinter(port=port)
        assert codes(there.wait(2)) == asked
        assert eventually(lambda: thread.notice == "")
        there.close()
    assert [state for state, _ in states()] == ["SENT", "SENT"]


def test_a_label_that_the_printer_broke_off_comes_again(lite):
    ana = ana_at_printer(lite)
    first = ana.all(gtin(1), "=24").unit
    with network_printer(dies_after=1) as there, running(ana.session, there.url) as thread:
        assert eventually(lambda: thread.notice.startswith("1 label waits"))
        there.dies_after = None
        assert eventually(lambda: states()[0][0] == "SENT")
        assert codes([there.printed[-1]]) == [first]
    assert states()[0][1] >= 2


def test_after_a_crash_between_sending_and_marking_it_comes_twice(lite, monkeypatch):
    """At least once is what is promised: a label too many is thrown away, one too few is a case that nobody knows."""
    ana = ana_at_printer(lite)
    first = ana.all(gtin(1), "=24").unit
    with network_printer() as there:
        with monkeypatch.context() as patch:
            patch.setattr(label_jobs, "sent", lambda *_: 1 / 0)
            with running(ana.session, there.url):
                there.wait(1)
        assert states() == [("WAITING", 0)]
        lite.now += label_jobs.LEASE * 2
        with running(ana.session, there.url):
            assert codes(there.wait(2)) == [first, first]


def test_two_threads_of_one_station_print_each_label_once(lite):
    ana = ana_at_printer(lite)
    with network_printer() as there, running(ana.session, there.url), running(ana.session, there.url):
        asked = [ana.all(gtin(1), f"={number}").unit for number in range(24, 30)]
        assert sorted(codes(there.wait(6))) == sorted(asked)
        assert eventually(lambda: states() == [("SENT", 1)] * 6)


def test_another_station_prints_its_own(lite):
    ana = ana_at_printer(lite)
    ana.all(gtin(1), "=24")
    other = replace(ana.session, station="DOCK-2")
    with network_printer() as there, running(other, there.url) as thread:
        thread.poke()
        hand = Hand(lite, "DOCK-2")
        hand.session = replace(hand.session, printer="printer")
        mine = hand.all("1004", "PO-1", gtin(1), "=30").unit
        assert codes(there.wait(1)) == [mine]
    assert [state for state, _ in states()] == ["WAITING", "SENT"]


def test_what_is_of_no_use_any_more_is_given_up_and_on_record(lite):
    ana = ana_at_printer(lite)
    ana.all(gtin(1), "=24")
    ana.key("F4")
    ana.all(gtin(1), "=25")
    lite.now += label_jobs.STALE + timedelta(minutes=1)
    kept = ana.all(gtin(1), "=26").unit
    with network_printer() as there, running(ana.session, there.url):
        assert codes(there.wait(1)) == [kept]
    given_up = connection.rows("SELECT last_error FROM label_job WHERE state = 'GIVEN_UP' ORDER BY id")
    assert given_up == [("the unit is empty, or its capture was undone",), ("it waited for 12 h",)]


def test_labels_that_are_set_too_small_wait_until_that_is_put_right(lite):
    ana = ana_at_printer(lite)
    ana.all(gtin(1), "=24")
    with network_printer() as there:
        with running(ana.session, there.url, width_mm=40, height_mm=20) as thread:
            assert eventually(lambda: "set width_mm and height_mm of [printer]" in thread.notice)
        with running(ana.session, there.url, width_mm=60, height_mm=40):
            there.wait(1)


def test_one_that_has_no_room_on_the_label_holds_up_no_other(lite):
    """A long lot needs more room than a short one: such a case must not stop the labels of all that come after it."""
    lite.purchase_order("PO-2", ("SERUM", 100), ("GOWN-L", 1000))
    ana = Hand(lite, "DOCK-1")
    ana.session = replace(ana.session, printer="printer")
    wide = ana.all("1001", "PO-2", gtin(4), "=LOTWXYZABCDEFGHIJKLM", "=2027-12-31", "=5").unit
    small_ones = [ana.all(gtin(1), f"={number}").unit for number in (24, 25)]
    with network_printer() as there:
        with running(ana.session, there.url, width_mm=60, height_mm=30, dpi=300) as thread:
            assert codes(there.wait(2)) == small_ones
            assert eventually(lambda: thread.notice.startswith("1 label waits: A code needs")), thread.notice
        with running(ana.session, there.url):
            assert codes(there.wait(3)[2:]) == [wide]


def test_a_database_that_is_away_is_looked_for(lite, monkeypatch):
    ana = ana_at_printer(lite)
    ana.all(gtin(1), "=24")
    broken = [connection.DatabaseError("away"), RuntimeError("a fault")]
    waiting = label_jobs.waiting

    def unsteady(*where):
        if broken:
            raise broken.pop()
        return waiting(*where)

    monkeypatch.setattr(label_jobs, "waiting", unsteady)
    with network_printer() as there, running(ana.session, there.url):
        there.wait(1)


def test_the_station_tells_the_printer_of_every_label(lite):
    """Behind the commit, so that there is something to find."""
    found = []
    session = replace(nobody(lite), printer="printer")
    answers = []
    station = Station(session, answers.append, labels_asked=lambda: found.append(states()))
    station.start()
    for entry in ("1001", "PO-1", gtin(1), "=24", "!F7", "!F6"):
        station.put(given(entry))
    station.stop()
    assert found == [[("WAITING", 0)], [("WAITING", 0)] * 2]


async def test_the_status_line_says_that_labels_wait(lite):
    session = replace(nobody(lite), printer="printer")
    port = closed_port()
    thread = Printing(session, Printer(f"socket://127.0.0.1:{port}"))
    app = app_for(session, url_of_open_database())
    app.printing, app.station.labels_asked = thread, thread.poke
    async with app.run_test(size=(80, 24)) as pilot:
        await started(pilot)
        await give(pilot, "1001", "PO-1", gtin(1), "=24")
        await until(pilot, lambda: "1 label waits: Printer 127.0.0.1" in "".join(region(app, "status")))
        there = NetworkPrinter(port=port)
        there.wait(1)
        await until(pilot, lambda: "label waits" not in "".join(region(app, "status")))
        await settled(pilot)
        there.close()
