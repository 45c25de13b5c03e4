"""ENTER on an empty box of a step that weighs asks the scale: its weight is the input, or why there is none is told."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import ClassVar

import pytest
from heard_station import Heard
from scale_floor import on_scale
from terminal_kit import eventually

from db import connection
from devices.feedback import Signal
from devices.scale import Reading, ScaleError
from devices.scale import scale as scale_
from devices.scale.simulator import ScriptedScale
from tui.plain import as_lines, as_object
from warehouse import floor
from warehouse.flows.steps import BoxStep, Step, View
from warehouse.reply import Reply, Verdict

CASE = Reading(12340, 3, "kg", stable=True)


@pytest.fixture
def job(monkeypatch):
    """A job of one step, which weighs, and says again what it was given."""

    @dataclass(frozen=True)
    class KeyIt(BoxStep):
        name: ClassVar[str] = "weigh_test.key_it"
        box: ClassVar[str] = "Weight"
        weighs: ClassVar[bool] = True

    def answer(step, given, _context):
        said = (given.text, given.source) if hasattr(given, "text") else (given.name,)
        return Reply(step, Verdict.OK, said)

    monkeypatch.setitem(floor.ANSWERS, "weigh_test", answer)
    monkeypatch.setitem(floor.VIEWS, "weigh_test", lambda _step, _context: View(("Weigh",), "Weigh it."))
    yield KeyIt
    del Step.registry[KeyIt.name]


@contextmanager
def standing_at(small, step, weigh):
    """A station whose person stands at that step."""
    heard = Heard(small)
    heard.station.weigh = weigh
    heard.station.start()
    try:
        heard.ask("1001", "badge")
        heard.station.session = replace(heard.station.session, step=step)
        heard.heard.clear()
        yield heard
    finally:
        heard.station.stop()


def weighs(reading=CASE):
    return lambda: reading


def fails(trouble):
    def weigh():
        raise ScaleError(trouble, "The scale says no: see to it.")

    return weigh


def refusals():
    return connection.rows("SELECT scan_id, template, got FROM refusal ORDER BY id")


@pytest.mark.parametrize("key", ["ENTER", "DONE"])
def test_the_weight_is_the_input_under_the_same_id(lite, job, key):
    with standing_at(lite, job(), weighs()) as heard:
        answer = heard.ask("", "w-1", source="TYPED", key=key)
    assert answer.reply.message == ("12.340 kg", "SCALE")
    assert (answer.given.scan_id, answer.given.source, answer.given.raw, answer.given.key) == (
        "w-1",
        "SCALE",
        "12.340 kg",
        "",
    )
    assert heard.tones() == []  # nobody scanned
    assert connection.rows("SELECT source, raw FROM scan_log WHERE scan_id = 'w-1'") == [("SCALE", "12.340 kg")]


def test_the_card_asks_like_the_key_and_is_heard(lite, job):
    with standing_at(lite, job(), weighs()) as heard:
        assert heard.ask("XKDONE", "w-1").reply.message == ("12.340 kg", "SCALE")
    assert heard.tones() == [Signal.GOOD]


@pytest.mark.parametrize(
    ("raw", "key", "source", "said"),
    [
        ("7.5", "", "TYPED", ("7.5", "TYPED")),
        ("7.5", "", "SERIAL", ("7.5", "SERIAL")),
        ("", "F9", "TYPED", ("F9",)),
    ],
)
def test_no_other_input_asks_the_scale(lite, job, raw, key, source, said):
    with standing_at(lite, job(), fails("silent")) as heard:
        assert heard.ask(raw, "w-1", source=source, key=key).reply.message == said


def test_what_stands_in_the_box_is_entered_not_weighed(lite, job):
    with standing_at(lite, job(), weighs()) as heard:
        heard.ask("", "w-1", source="TYPED", key="7")
        assert heard.ask("", "w-2", source="TYPED", key="ENTER").reply.message == ("7", "TYPED")


def test_where_a_step_does_not_weigh_nobody_asks(lite):
    with standing_at(lite, floor.ChooseOrder(), fails("silent")) as heard:
        assert heard.ask("", "w-1", source="TYPED", key="ENTER").reply.template != "scale_silent"


@pytest.mark.parametrize("trouble", ["silent", "moving", "over", "zero", "empty", "unknown"])
def test_why_there_is_no_weight_is_a_stop_that_stays_on_record(lite, job, trouble):
    with standing_at(lite, job(), fails(trouble)) as heard:
        answer = heard.ask("XKDONE", "w-1")
        assert heard.tones() == [Signal.BAD]
        # The step is the same, and its weight can be keyed.
        assert heard.ask("7.5", "w-2", source="TYPED").reply.message == ("7.5", "TYPED")
    assert answer.reply.template == f"scale_{trouble}"
    assert answer.reply.verdict is Verdict.STOP
    assert answer.reply.step == job()
    assert as_object(answer, "XKDONE")["verdict"] == "STOP"
    assert as_lines(answer)[0] == f"STOP  {answer.reply.message[0]}"
    assert refusals() == [("w-1", f"scale_{trouble}", "XKDONE")]
    assert connection.value("SELECT COUNT(*) FROM scan_log WHERE scan_id = 'w-1'") == 0


def test_a_terminal_without_a_scale_says_so(lite, job):
    with standing_at(lite, job(), None) as heard:
        answer = heard.ask("", "w-1", source="TYPED", key="ENTER")
    assert answer.reply.template == "scale_none"
    assert answer.reply.message[0] == "This terminal has no scale."


def test_a_scale_that_breaks_is_a_fault_and_the_station_goes_on(lite, job):
    def breaks():
        raise RuntimeError("boom")

    with standing_at(lite, job(), breaks) as heard:
        assert heard.ask("", "w-1", source="TYPED", key="ENTER").reply.template == "not_saved"
        assert heard.ask("7.5", "w-2", source="TYPED").reply.message == ("7.5", "TYPED")


def test_scans_wait_for_the_scale_and_are_answered_in_order(lite, job):
    """They queue as behind any input; that the scale takes long is no database that is silent."""
    asked, go = threading.Event(), threading.Event()

    def slowly():
        asked.set()
        assert go.wait(20)
        return CASE

    with standing_at(lite, job(), slowly) as heard:
        heard.station.patience_s = 0.0
        heard.put("", "w-1", source="TYPED", key="ENTER")
        assert asked.wait(20)
        heard.put("7.5", "w-2")
        go.set()
        heard.wait("w-2")
    assert heard.names() == ["w-1", "w-2"]
    assert [answer.reply.message for answer in heard.answers()] == [("12.340 kg", "SCALE"), ("7.5", "SERIAL")]


def test_a_scale_on_a_port(lite, job, monkeypatch):
    """The whole way: bytes on a pseudo-terminal to the input of the flow."""
    monkeypatch.setattr(scale_, "ASK_EVERY_S", 0.02)
    with ScriptedScale("sics") as scripted, on_scale(scripted) as scale, standing_at(lite, job(), scale.weigh) as heard:
        scripted.put(12340, moving=1)
        assert heard.ask("", "w-1", source="TYPED", key="ENTER").reply.message == ("12.340 kg", "SCALE")
        scripted.put(0)
        assert heard.ask("", "w-2", source="TYPED", key="ENTER").reply.template == "scale_empty"
        scripted.fail("over")
        assert heard.ask("", "w-3", source="TYPED", key="ENTER").reply.template == "scale_over"
        eventually(lambda: scale.state.kind == "online")
        scripted.unplug()
        eventually(lambda: scale.state.kind == "lost")
        assert heard.ask("", "w-4", source="TYPED", key="ENTER").reply.template == "scale_silent"
