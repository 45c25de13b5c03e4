"""A station whose database falls silent: the unsaved scan is named, kept, and saved once when the database is back.

What is scanned meanwhile queues for three seconds (here a fraction of one) and is then refused aloud: no scan goes
without a verdict.
"""

from __future__ import annotations

import signal
import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import closing, contextmanager

import psycopg
import pytest
from postgres import Server
from race_floor import hungry_floor, postgres_only, quiet
from race_gates import statements_watched
from race_wire import keep_the_answer_to_commit, wire
from small_floor import SITE, SmallFloor, gtin, sscc

from db import connection, engines, migrate
from devices.feedback import Signal
from tui import station
from tui.station import Answer, Station
from warehouse import site
from warehouse.floor import Given, Session
from warehouse.reply import Verdict

PATIENCE_S = 0.3
LONG_ENOUGH_S = 30.0


def case(number: int) -> str:
    return f"]C100{sscc(number)}020{gtin(1)}37{number % 500}"


class Terminal:
    """A station with a person at its purchase order, and everything that was heard from it, in order."""

    def __init__(self, small: SmallFloor) -> None:
        dock = site.first_location(SITE, "dock")
        self.heard: list[Answer | Signal] = []
        self._news = threading.Condition()
        session = Session(small.site, "DOCK-1", dock, connection.database_now)
        self.station = Station(session, self._hear, lambda signal, _scanner: self._hear(signal))
        self.station.start()
        self.put("1001", "badge")
        self.put("PO-1", "po")
        self.wait(lambda answer: answer.given is not None and answer.given.scan_id == "po")
        self.heard.clear()

    def _hear(self, said: Answer | Signal) -> None:
        with self._news:
            self.heard.append(said)
            self._news.notify_all()

    def put(self, raw: str, scan_id: str) -> None:
        self.station.put(Given(scan_id, time.monotonic(), raw=raw, source="SERIAL"))

    def wait(self, wanted: Callable[[Answer], bool], seconds: float = LONG_ENOUGH_S) -> Answer:
        """The first answer of this kind, which may have been heard already."""
        with self._news:
            assert self._news.wait_for(lambda: any(map(wanted, self.answers())), seconds), self.heard
            return next(filter(wanted, self.answers()))

    def answers(self) -> list[Answer]:
        return [said for said in self.heard if isinstance(said, Answer)]

    def answer_to(self, scan_id: str) -> Answer:
        return self.wait(lambda answer: answer.given is not None and answer.given.scan_id == scan_id)

    def notice(self) -> Answer:
        return self.wait(is_notice)

    def tones(self) -> list[Signal]:
        return [said for said in self.heard if isinstance(said, Signal)]


def is_notice(answer: Answer) -> bool:
    return answer.reply.template == "database_wait"


@contextmanager
def terminal_on(small: SmallFloor):
    terminal = Terminal(small)
    try:
        yield terminal
    finally:
        terminal.station.stop()


@pytest.fixture(autouse=True)
def short_patience(monkeypatch):
    monkeypatch.setattr(station, "PATIENCE_S", PATIENCE_S)


def captures() -> list[tuple[str, str]]:
    found = connection.rows("SELECT scan_id, qty FROM stock_move WHERE kind = 'RECEIPT' ORDER BY id")
    return [(scan_id, qty) for scan_id, qty in found]


def refused_meanwhile(terminal: Terminal, number: int) -> None:
    """A scan that comes after the patience is told so at once, badly, and by the reader's own thread."""
    terminal.put(case(number), f"late-{number}")
    answer = terminal.answer_to(f"late-{number}")
    assert (answer.reply.verdict, answer.reply.template) == (Verdict.STOP, "database_slow")
    place = terminal.heard.index(answer)
    assert terminal.heard[place - 1] is Signal.BAD


# --- Away ----------------------------------------------------------------------------------------------------


@pytest.fixture
def own_server():
    """A server of this test's own, to be stopped and started again."""
    server = Server()
    server.start()
    connection.open_database(server.url())
    migrate.up()
    yield server
    connection.close()
    server.stop()


def stop_now(server: Server) -> None:
    """Fast, with open connections, and without removing its data."""
    server.process.send_signal(signal.SIGINT)
    server.process.wait(20)


def test_the_server_is_stopped_and_started_again(own_server):
    """PostgreSQL only: nobody can stop SQLite but by a lock, which the next test takes."""
    small = hungry_floor()
    with terminal_on(small) as terminal:
        terminal.put(case(1), "before")
        assert terminal.answer_to("before").reply.verdict is Verdict.OK
        connection.close()
        stop_now(own_server)

        terminal.put(case(2), "in-doubt")
        notice = terminal.notice()
        time.sleep(PATIENCE_S * 1.5)
        refused_meanwhile(terminal, 3)
        own_server.start()
        answer = terminal.answer_to("in-doubt")

        assert notice.reply.verdict is Verdict.WAIT
        assert notice.given is None
        assert notice.reply.message[-1] == f"Not saved yet: case ...{sscc(2)[-4:]}"
        assert terminal.heard.index(notice) < terminal.heard.index(answer)
        assert answer.reply.template == "saved"
        assert answer.view is not None
        assert terminal.station.not_saved == 1
        terminal.put(case(4), "after")
        assert terminal.answer_to("after").reply.verdict is Verdict.OK
    assert captures() == [("before", 1), ("in-doubt", 2), ("after", 4)]
    assert terminal.tones() == [Signal.GOOD, Signal.BAD, Signal.GOOD, Signal.GOOD]
    quiet(small)


@postgres_only
def test_the_notice_tells_this_case_from_its_neighbours(database_url):
    small = hungry_floor()
    with wire(database_url) as cable:
        connection.close()
        connection.open_database(cable.url)
        with terminal_on(small) as terminal:
            cable.keep_the_next_answer()
            terminal.put(case(1234), "in-doubt")
            notice = terminal.notice()
            assert terminal.answer_to("in-doubt").reply.template == "saved"
        connection.close()
    assert sscc(1234)[-4:] in " ".join(notice.reply.message)


@postgres_only
def test_the_answer_to_the_commit_is_lost_on_the_way(database_url):
    """The station learns from the log that its scan was saved, and says so once."""
    small = hungry_floor()
    with wire(database_url) as cable:
        connection.close()
        connection.open_database(cable.url)
        with terminal_on(small) as terminal:
            connection.close()
            with statements_watched(keep_the_answer_to_commit(cable, "in-doubt")):
                terminal.put(case(1), "in-doubt")
                answer = terminal.answer_to("in-doubt")
            assert answer.reply.template == "saved"
            assert [entry.order for entry in answer.reply.released] == ["SO-BIG"]
            assert terminal.tones() == [Signal.GOOD]
        connection.close()
    connection.open_database(database_url)
    assert captures() == [("in-doubt", 1)]
    quiet(small)


# --- Slow ----------------------------------------------------------------------------------------------------


@contextmanager
def others_hold_the_item(url: str):
    """Somebody's transaction sits on the item (PostgreSQL) or on the whole file (SQLite)."""
    connection.close()
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(connection.sqlite_path(url), isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            yield
        return
    with psycopg.connect(url) as other:
        other.execute("SELECT 1 FROM item_stock FOR UPDATE")
        yield
        other.rollback()


def test_a_slow_database_refuses_what_comes_too_late_and_saves_what_queued(database_url):
    small = hungry_floor()
    with terminal_on(small) as terminal:
        with others_hold_the_item(database_url):
            terminal.put(case(1), "running")
            terminal.put(case(2), "queued")
            time.sleep(PATIENCE_S * 2)
            refused_meanwhile(terminal, 3)
            refused_meanwhile(terminal, 4)
            assert not any(answer.given and answer.given.scan_id == "queued" for answer in terminal.answers())
        assert terminal.answer_to("running").reply.template == "saved"
        assert terminal.answer_to("queued").reply.template == "saved"
        assert terminal.station.not_saved == 2
        terminal.put(case(3), "again")
        assert terminal.answer_to("again").reply.template == "saved"
    assert captures() == [("running", 1), ("queued", 2), ("again", 3)]
    assert terminal.tones() == [Signal.BAD, Signal.BAD, Signal.GOOD, Signal.GOOD, Signal.GOOD]
    quiet(small)


def test_a_busy_database_is_told_of(database_url, monkeypatch):
    """Not lost, only held up: after a moment the operator hears which scan is not saved yet, on either engine."""
    small = hungry_floor()
    monkeypatch.setattr(engines, "BUSY_MS", 300)
    connection.close()
    connection.open_database(database_url)
    with terminal_on(small) as terminal, others_hold_the_item(database_url):
        terminal.put(case(1), "running")
        assert terminal.wait(is_notice, 4).reply.verdict is Verdict.WAIT


def test_a_terminal_can_be_closed_while_the_database_is_silent(database_url):
    small = hungry_floor()
    terminal = Terminal(small)
    with others_hold_the_item(database_url):
        terminal.put(case(1), "running")
        time.sleep(PATIENCE_S * 2)
        began = time.monotonic()
        terminal.station.stop()
        took = time.monotonic() - began
    terminal.station._thread.join(10)
    assert took < 6
    quiet(small)
