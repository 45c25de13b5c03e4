"""The station answers every input once, in order, and is heard only after what it says is durable."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing

import psycopg
from heard_station import Heard, captured, case, heard_on
from small_floor import gtin, sscc

from db import connection
from devices.feedback import Signal
from warehouse.floor import Given
from warehouse.reply import Verdict


def test_twenty_scans_at_once_are_twenty_verdicts_in_order(small):
    names = [f"scan-{number}" for number in range(1, 21)]
    with heard_on(small) as heard:
        for number, name in enumerate(names, 1):
            heard.put(case(number) if number % 4 else "NO-SUCH-CODE", name)
        heard.wait(names[-1])
    wanted = [Verdict.OK if number % 4 else Verdict.STOP for number in range(1, 21)]
    assert heard.names() == names
    assert [answer.reply.verdict for answer in heard.answers()] == wanted
    assert captured() == [name for name, verdict in zip(names, wanted, strict=True) if verdict is Verdict.OK]
    released = [entry.order for answer in heard.answers() for entry in answer.reply.released]
    assert list(dict.fromkeys(released)) == ["SO-1", "SO-2"]


def test_readers_at_the_same_moment_lose_nothing(lite):
    """Four readers put at once: every scan has one verdict, and each reader's own order is kept."""
    with heard_on(lite) as heard:
        gate = threading.Barrier(4)

        def read(reader: int) -> None:
            gate.wait()
            for number in range(5):
                heard.station.put(Given(f"{reader}-{number}", 0.0, raw=case(10 * reader + number + 1), source="SERIAL"))

        readers = [threading.Thread(target=read, args=(reader,)) for reader in range(4)]
        for reader in readers:
            reader.start()
        for reader in readers:
            reader.join()
        for reader in range(4):
            heard.wait(f"{reader}-4")
    assert sorted(heard.names()) == sorted(f"{reader}-{number}" for reader in range(4) for number in range(5))
    for reader in range(4):
        own = [name for name in heard.names() if name.startswith(f"{reader}-")]
        assert own == [f"{reader}-{number}" for number in range(5)]
    assert captured() == heard.names()


def test_closing_answers_what_is_queued(lite):
    heard = Heard(lite)
    names = ["badge", "po", *(f"scan-{number}" for number in range(1, 11))]
    for name, raw in zip(names, ["1001", "PO-1", *(case(number) for number in range(1, 11))], strict=True):
        heard.put(raw, name)
    heard.station.start()
    heard.station.stop()
    assert heard.names() == names
    assert captured() == names[2:]


def _rows(url: str, text: str, name: str) -> int:
    """Counted over a connection of its own, as another program would."""
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(connection.sqlite_path(url))) as other:
            return other.execute(text, (name,)).fetchone()[0]
    with psycopg.connect(url) as other:
        return other.execute(text.replace("?", "%s"), (name,)).fetchone()[0]


SAVED = {
    "answered": "SELECT count(*) FROM scan_log WHERE scan_id = ?",
    "refused": "SELECT count(*) FROM refusal WHERE scan_id = ?",
    "moved": "SELECT count(*) FROM stock_move WHERE scan_id = ?",
    "promised": "SELECT count(*) FROM pick_task t JOIN reservation r ON r.id = t.reservation_id "
    "JOIN stock_move m ON m.to_unit_id = r.unit_id WHERE m.scan_id = ?",
    "stands": "SELECT count(*) FROM operator_step WHERE scan_id = ?",
}


def test_a_verdict_is_durable_before_it_is_heard_and_heard_before_it_is_seen(small, database_url):
    """Another connection finds everything that a tone stands for at the moment at which it sounds."""
    found: dict[str, dict[str, int]] = {}
    with heard_on(small) as heard:
        for raw, name in ((case(24), "case"), ("NO-SUCH-CODE", "wrong"), (case(24), "again"), ("XKPREV", "back")):
            heard.at_tone = lambda _signal, name=name: found.update(
                {name: {what: _rows(database_url, text, name) for what, text in SAVED.items()}}
            )
            heard.ask(raw, name)
    nothing = dict.fromkeys(SAVED, 0)
    assert found["case"] == nothing | {"answered": 1, "moved": 1, "promised": 2, "stands": 1}
    assert found["wrong"] == nothing | {"refused": 1}
    assert found["again"] == nothing | {"answered": 1, "stands": 1}
    assert found["back"] == nothing | {"answered": 1, "stands": 1}
    assert heard.tones() == [Signal.GOOD, Signal.BAD, Signal.ATTENTION, Signal.TICK]
    assert [isinstance(said, Signal) for said in heard.heard] == [True, False] * 4


def test_only_scanners_are_spoken_to(lite):
    """What was typed is seen, not heard; a wedge and a serial scanner are."""
    with heard_on(lite) as heard:
        heard.ask(case(1), "typed", source="TYPED")
        heard.ask("", "key", source="TYPED", key="F1")
        heard.ask("", "back", source="TYPED", key="ESC")
        assert heard.tones() == []
        heard.ask(case(2), "wedge", source="WEDGE")
        heard.ask("NO-SUCH-CODE", "serial")
        assert heard.tones() == [Signal.GOOD, Signal.BAD]


def test_a_bounce_is_told_in_its_turn_and_saved_nowhere(lite):
    """It waits for the scan before it: a verdict is never about an input that was not answered yet."""
    masks = f"]E0{gtin(30)}"
    with heard_on(lite) as heard:
        for name in ("first", "bounce"):
            heard.station.put(Given(name, 5.0, raw=masks, source="SERIAL"))
        heard.put(case(1), "other")
        heard.wait("other")
    assert heard.names() == ["first", "bounce", "other"]
    assert [answer.reply.template for answer in heard.answers()] == ["saved", "repeat", "saved"]
    assert [answer.step for answer in heard.answers()] == ["receiving.scan_case"] * 3
    assert heard.tones() == [Signal.GOOD, Signal.TICK, Signal.GOOD]
    assert captured() == ["first", "other"]
    for table in ("scan_log", "refusal"):
        assert connection.value(f"SELECT count(*) FROM {table} WHERE scan_id = 'bounce'") == 0


def test_looking_again_changes_nothing_and_answers_nobody(lite):
    """News from elsewhere come as an INFO without an input, and only while nothing waits."""
    with heard_on(lite) as heard:
        heard.station.look()
        heard.ask(case(1), "case")
    before, answered = [said for said in heard.heard if not isinstance(said, Signal)]
    assert (before.given, before.reply.verdict, before.reply.message) == (None, Verdict.INFO, ())
    assert before.view is not None
    assert before.step == "receiving.scan_case"
    assert answered.reply.unit == sscc(1)
