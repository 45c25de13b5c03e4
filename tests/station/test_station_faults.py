"""A fault of the program costs one scan: it is told, logged with its traceback, and leaves nothing behind."""

from __future__ import annotations

import threading
import time

import pytest
from heard_station import captured, case, heard_on
from small_floor import changed, contents
from terminal_kit import PATIENCE

from db import connection
from devices.feedback import Signal
from warehouse import floor, scan_log
from warehouse.reply import Verdict

FAULTS = {
    "an exception of the rules": RuntimeError("the shelf fell over"),
    "an assertion": AssertionError("the shelf fell over"),
    "a wrong type": TypeError("the shelf fell over"),
    "a value the database does not take": ValueError("the shelf fell over"),
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_a_fault_after_everything_was_written_leaves_nothing(small, monkeypatch, log_file, fault):
    """The moves, the releases and the pick tasks were there; one verdict is given, and the next scan works."""
    whole = floor.ANSWERS["receiving"]

    def fail(*given):
        whole(*given)
        assert captured() == ["bad"]
        raise fault

    with heard_on(small) as heard:
        before = contents(frozenset({"serial_block"}))
        monkeypatch.setitem(floor.ANSWERS, "receiving", fail)
        answer = heard.ask(case(24), "bad")
        assert changed(before, contents(frozenset({"serial_block"}))) == []
        monkeypatch.setitem(floor.ANSWERS, "receiving", whole)
        after = heard.ask(case(24), "good")

    assert (answer.reply.verdict, answer.reply.template) == (Verdict.STOP, "not_saved")
    assert (answer.step, answer.reply.step.name) == ("receiving.scan_case", "receiving.scan_case")
    assert answer.view is not None
    said = " ".join(answer.reply.message).lower()
    assert "not saved" in said
    assert "scan again" in said
    assert (after.reply.verdict, captured()) == (Verdict.OK, ["good"])
    assert heard.names() == ["bad", "good"]
    assert heard.tones() == [Signal.BAD, Signal.GOOD]

    logged = log_file.read_text(encoding="utf-8").splitlines()
    head = next(place for place, line in enumerate(logged) if " ERROR " in line)
    assert "not saved at receiving.scan_case" in logged[head]
    assert case(24) in logged[head]
    trace = [line for line in logged[head + 1 :] if line.startswith("    | ")]
    assert trace[0] == "    | Traceback (most recent call last):"
    assert any("in fail" in line for line in trace)
    assert f"    | {type(fault).__name__}: the shelf fell over" in trace


def test_a_fault_while_a_refusal_is_written_down_is_still_one_verdict(lite, monkeypatch, log_file):
    def fail(*_given):
        raise RuntimeError("no room in the log")

    with heard_on(lite) as heard:
        monkeypatch.setattr(scan_log, "log_refusal", fail)
        answer = heard.ask("NO-SUCH-CODE", "bad")
        monkeypatch.undo()
        assert heard.ask(case(1), "good").reply.verdict is Verdict.OK
    assert answer.reply.verdict is Verdict.STOP
    assert heard.names() == ["bad", "good"]
    assert "no room in the log" in log_file.read_text(encoding="utf-8")


def test_a_fault_of_the_view_keeps_the_verdict(small, monkeypatch, log_file):
    """What was saved is said, although the screen could not be read."""

    def fail(*_given):
        raise RuntimeError("the lamp is out")

    with heard_on(small) as heard:
        monkeypatch.setitem(floor.VIEWS, "receiving", fail)
        answer = heard.ask(case(1), "case")
        monkeypatch.undo()
        after = heard.ask(case(2), "next")
    assert (answer.reply.verdict, answer.view) == (Verdict.OK, None)
    assert (after.reply.verdict, after.view is None) == (Verdict.OK, False)
    assert heard.tones() == [Signal.GOOD, Signal.GOOD]
    assert captured() == ["case", "next"]
    assert "the lamp is out" in log_file.read_text(encoding="utf-8")


def test_one_fault_among_twenty_costs_one(lite, monkeypatch, log_file):
    whole = floor.ANSWERS["receiving"]

    def fail(step, given, context):
        answer = whole(step, given, context)
        if context.scan_id == "scan-7":
            raise RuntimeError("the seventh")
        return answer

    names = [f"scan-{number}" for number in range(1, 21)]
    with heard_on(lite) as heard:
        monkeypatch.setitem(floor.ANSWERS, "receiving", fail)
        for number, name in enumerate(names, 1):
            heard.put(case(number), name)
        heard.wait(names[-1])
    assert heard.names() == names
    assert captured() == [name for name in names if name != "scan-7"]
    assert [name for name, one in zip(names, heard.answers(), strict=True) if one.reply.verdict is not Verdict.OK] == [
        "scan-7"
    ]
    assert connection.value("SELECT count(*) FROM scan_log WHERE scan_id = 'scan-7'") == 0
    assert log_file.read_text(encoding="utf-8").count("Traceback") == 1


def test_a_database_that_falls_silent_under_the_screen_holds_up_no_verdict(lite, monkeypatch):
    """The case is saved and heard; while the screen cannot be read for it, the next one is refused, not left waiting."""
    whole, silent, back = floor.look, threading.Event(), threading.Event()

    def look(session):
        silent.set()
        back.wait(PATIENCE)
        return whole(session)

    with heard_on(lite) as heard:
        heard.station.patience_s = 0.05
        monkeypatch.setattr(floor, "look", look)
        heard.put(case(1), "saved")
        assert silent.wait(PATIENCE)
        time.sleep(0.1)
        assert heard.ask(case(2), "late").reply.template == "database_slow"
        monkeypatch.setattr(floor, "look", whole)
        heard.station.patience_s = 3.0
        back.set()
        assert heard.wait("saved").reply.template == "saved"
        assert heard.ask(case(2), "next").reply.template == "saved"
    assert captured() == ["saved", "next"]


def test_a_terminal_closes_although_its_screen_cannot_be_read(lite, monkeypatch):
    back = threading.Event()
    with heard_on(lite) as heard:
        heard.station.patience_s = 0.05
        monkeypatch.setattr(floor, "look", lambda _session: back.wait(PATIENCE))
        heard.put(case(1), "saved")
        closing = threading.Thread(target=heard.station.stop, daemon=True)
        closing.start()
        closing.join(PATIENCE / 2)
        closed = not closing.is_alive()
        back.set()
    assert closed
