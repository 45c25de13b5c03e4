"""The connection to PostgreSQL is lost in mid-scan: at each statement of a scan, before it and before its answer.

The decorator runs the scan again under the same scan_id, and it is applied once. PostgreSQL only: SQLite lies in the
process itself, there is no connection to lose.
"""

from __future__ import annotations

import time
from dataclasses import replace
from types import SimpleNamespace

import pytest
from race_floor import hungry_floor, postgres_only, quiet, say
from race_gates import statements_watched
from race_kills import Offered, at_the_dock, scan
from race_people import Terminal
from race_wire import end_our_backend, keep_the_answer_to_commit, wire
from small_floor import SITE, sscc

from db import connection
from warehouse import orders, site
from warehouse.floor import Given

pytestmark = postgres_only


def offered_as(number: int) -> Offered:
    """A case with an SSCC: each of these scans sends as many statements as the next."""
    return scan(2 * number + 1)


def receive(number: int, terminal: Terminal):
    offered = offered_as(number)
    return terminal.give(Given(offered.scan_id, 0.0, raw=offered.raw, source="SERIAL"))


def applied_once(number: int, reply) -> None:
    """One move, one unit, one row in the log, and the reply names that unit."""
    offered = offered_as(number)
    moves = connection.rows("SELECT to_unit_id, qty FROM stock_move WHERE scan_id = ?", offered.scan_id)
    assert [row[1] for row in moves] == [offered.pieces]
    assert reply.template == "saved"
    assert connection.one("SELECT code FROM handling_unit WHERE id = ?", moves[0][0]) == (reply.unit,)
    assert connection.value("SELECT COUNT(*) FROM scan_log WHERE scan_id = ?", offered.scan_id) == 1


class AtStatement:
    """Does something once, before the n-th statement of what is watched."""

    def __init__(self, number: int, act) -> None:
        self.number, self.act, self.count = number, act, 0

    def __call__(self, when: str, _text: str) -> None:
        if when == "before":
            self.count += 1
            if self.count == self.number:
                self.act()


@pytest.fixture
def notices(monkeypatch):
    """What the retry loop tells of; it naps only briefly here, the server is there all the time."""
    naps = SimpleNamespace(monotonic=time.monotonic, sleep=lambda seconds: time.sleep(min(seconds, 0.002)))
    monkeypatch.setattr(connection, "time", naps)
    heard: list[str] = []
    monkeypatch.setattr(connection.patience, "notice", lambda _waited, reason: heard.append(reason))
    return heard


def statements_from_cold(url: str) -> list[str]:
    """The first scan of a process: a block of numbers is drawn as well."""
    sent: list[str] = []
    receive(9_002, at_the_dock("first"))  # opens the day's receipt
    terminal = start_afresh(url)
    with statements_watched(lambda when, text: sent.append(text) if when == "before" else None):
        receive(9_000, terminal)
    return sent


def start_afresh(url: str) -> Terminal:
    """As after a start of the program: no numbers in hand, the person back where they stopped."""
    connection.close()
    connection.open_database(url)
    terminal = at_the_dock(f"start-{connection.generation}")
    connection.generation += 1_000_000  # the blocks that the sign-on drew are no longer found
    return terminal


def test_a_backend_that_dies_before_any_statement_of_a_scan(database_url, notices):
    small = hungry_floor()
    statements = statements_from_cold(database_url)
    commits = [number for number, text in enumerate(statements, 1) if text == "COMMIT"]
    assert commits[-1] == len(statements)
    assert len(commits) == 3  # two blocks of numbers, then the scan

    for number in range(1, len(statements) + 1):
        terminal = start_afresh(database_url)
        at = AtStatement(number, lambda: end_our_backend(database_url))
        with statements_watched(at):
            reply = receive(number, terminal)
        assert at.count > number, "nothing came after the loss"
        assert notices.pop() == "lost"
        assert notices == []
        applied_once(number, reply)

    quiet(small)
    say(f"{len(statements)} losses before a statement, each scan applied once")


def test_the_answer_to_any_statement_of_a_scan_is_lost(database_url, notices):
    """The server has done it, COMMIT too, and the program cannot know: it asks again and finds its own reply."""
    small = hungry_floor()
    statements = statements_from_cold(database_url)

    with wire(database_url) as cable:
        for number in range(1, len(statements) + 1):
            terminal = start_afresh(cable.url)
            with statements_watched(AtStatement(number, cable.keep_the_next_answer)):
                reply = receive(number, terminal)
            assert cable.cuts == number
            assert notices.pop() == "lost"
            assert notices == []
            applied_once(number, reply)
        connection.close()
    connection.open_database(database_url)
    quiet(small)
    say(f"{len(statements)} answers lost, each scan applied once")


def test_a_scan_that_was_committed_is_answered_from_the_log(database_url, notices):
    """What a station hears after the answer to COMMIT was lost is the very reply that was stored."""
    small = hungry_floor()
    with wire(database_url) as cable:
        terminal = start_afresh(cable.url)
        with statements_watched(keep_the_answer_to_commit(cable, "scan-3")):
            reply = receive(1, terminal)
        connection.close()
    connection.open_database(database_url)
    again = at_the_dock("again").give(Given("scan-3", 0.0, raw=scan(3).raw, source="SERIAL", repeated=True))
    assert replace(again, step=reply.step) == reply  # where they stand is where they are now
    assert [entry.order for entry in reply.released] == ["SO-BIG"]
    quiet(small)


def test_a_command_that_was_committed_says_so(database_url, notices):
    small = hungry_floor()
    at_the_dock("case").scan(scan(3).raw)
    person = site.operator(SITE, "1003")
    assert person is not None
    command = orders.Command(small.site, person, small.now, "the-command", "TEST")
    with wire(database_url) as cable:
        connection.close()
        connection.open_database(cable.url)
        with statements_watched(keep_the_answer_to_commit(cable, "the-command")):
            change = orders.adjust_unit(command, sscc(3), 5)
        connection.close()
    assert change.quantity == 5


def test_a_session_that_the_server_ended_for_idling_is_taken_up_again(database_url, notices):
    """A station that was stopped in mid-scan (a laptop's lid) finds its session ended: 25P03, not 57P01."""
    small = hungry_floor()
    terminal = start_afresh(database_url)
    with statements_watched(AtStatement(20, _idle)):
        reply = receive(1, terminal)
    applied_once(1, reply)
    quiet(small)


def _idle() -> None:
    connection.execute("SET idle_in_transaction_session_timeout = '20ms'")
    time.sleep(0.2)


def test_who_gives_up_in_time_is_told_that_nothing_was_saved(database_url, monkeypatch):
    """Outside a station patience has an end: one sentence, and nothing half done."""
    small = hungry_floor()
    terminal = start_afresh(database_url)
    monkeypatch.setattr(connection.patience, "seconds", -1.0)
    with (
        statements_watched(AtStatement(10, lambda: end_our_backend(database_url))),
        pytest.raises(connection.LostDatabaseError),
    ):
        receive(1, terminal)
    connection.close()
    assert connection.rows("SELECT 1 FROM stock_move WHERE scan_id = 'scan-3'") == []
    assert receive(1, terminal).template == "saved"
    quiet(small)
