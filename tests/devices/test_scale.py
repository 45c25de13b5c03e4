"""The scale on a real pseudo-terminal: a weight is what settled on it now, and nothing waits longer than it may."""

from __future__ import annotations

import contextlib
import time

import pytest
from scanner_kit import eventually

from devices.scale import PROTOCOLS, Reading, ScaleError, ScaleSetup
from devices.scale import scale as scale_
from devices.scale.scale import FRESH_S, Heard, Scale, settled, trouble_of
from devices.scale.simulator import ScriptedScale

LONG = 20.0  # seconds: what comes at all comes long before
SOON = 0.1  # may be too soon on a busy machine: asked again until it is as it must be

CONTINUOUS = [name for name, row in PROTOCOLS.items() if row.continuous]
ON_DEMAND = [name for name, row in PROTOCOLS.items() if not row.continuous]


@contextlib.contextmanager
def on_line(protocol="cas", **ways):
    with ScriptedScale(protocol, every_s=0.01, **ways) as scripted:
        scale = Scale(ScaleSetup(scripted.url, protocol))
        scale.start()
        eventually(lambda: scale.state.kind == "online")
        try:
            yield scripted, scale
        finally:
            scale.stop()


@pytest.fixture(autouse=True)
def asked_often(monkeypatch):
    """So often as no real scale would answer."""
    monkeypatch.setattr(scale_, "ASK_EVERY_S", 0.02)


def trouble(scale: Scale, timeout: float = SOON) -> str:
    with pytest.raises(ScaleError) as refused:
        scale.weigh(timeout)
    said = str(refused.value)
    assert said.endswith(".")
    assert "\n" not in said
    return refused.value.trouble


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_weight_is_taken_when_it_has_settled(protocol):
    with on_line(protocol) as (scripted, scale):
        scripted.put(12340, moving=2)
        assert scale.weigh(LONG) == Reading(12340, 3, "kg", stable=True)


@pytest.mark.parametrize("protocol", ["and", "toledo"])
def test_frames_in_two_pieces_with_garbage_between_them(protocol):
    noise = b"\xff\x00~\r" if protocol == "and" else b"\xff\x00~"
    with on_line(protocol, noise=noise, cut_frames=True) as (scripted, scale):
        scripted.put(500)
        if protocol == "and":  # here the garbage is a frame of its own, so that no two in a row agree
            eventually(lambda: trouble(scale) == "moving")
        else:
            assert scale.weigh(LONG).text == "0.500 kg"


@pytest.mark.parametrize("protocol", ["sics", "cas"])
@pytest.mark.parametrize("why", ["over", "zero", "unknown", "silent"])
def test_why_there_is_no_weight(protocol, why):
    with on_line(protocol) as (scripted, scale):
        scripted.fail(why)
        eventually(lambda: trouble(scale) == why)


@pytest.mark.parametrize("protocol", ["sics", "cas"])
@pytest.mark.parametrize(("load", "why"), [(0, "empty"), (-5, "zero")])
def test_nothing_and_less_than_nothing_are_no_weights(protocol, load, why):
    with on_line(protocol) as (scripted, scale):
        scripted.put(load)
        eventually(lambda: trouble(scale) == why)


@pytest.mark.parametrize("protocol", ["sics", "cas"])
def test_what_never_settles_is_said_to_move(protocol):
    with on_line(protocol) as (scripted, scale):
        scripted.put(12340, moving=10_000)
        eventually(lambda: trouble(scale) == "moving")


def test_what_lay_on_it_before_is_not_weighed_again():
    """A scale that falls silent with a good weight on it is not believed for longer than FRESH_S."""
    with on_line("cas") as (scripted, scale):
        scripted.put(700)
        assert scale.weigh(LONG).value == 700
        scripted.fail("silent")
        eventually(lambda: scale.shows is None)
        assert trouble(scale, 0.05) == "silent"


def test_an_answer_that_came_before_the_question_is_not_believed():
    with on_line("sics") as (scripted, scale):
        scripted.put(700)
        assert scale.weigh(LONG).value == 700
        scripted.fail("silent")
        assert trouble(scale) == "silent"


def test_nothing_waits_longer_than_it_may_and_closing_ends_a_wait():
    with on_line("sics") as (scripted, scale):
        scripted.fail("silent")
        began = time.monotonic()
        assert trouble(scale, 0.3) == "silent"
        assert 0.3 <= time.monotonic() - began < 5
        scale.stop()
        began = time.monotonic()
        assert trouble(scale, LONG) == "silent"
        assert time.monotonic() - began < LONG / 2


def test_a_line_that_is_cut_is_told_at_once_and_found_again(tmp_path):
    link = tmp_path / "scale"
    with ScriptedScale("sics") as first:
        link.symlink_to(first.url)
        scale = Scale(ScaleSetup(str(link), "sics"))
        scale.start()
        try:
            first.put(1)
            assert scale.weigh(LONG).value == 1
            link.unlink()
            first.unplug()
            eventually(lambda: scale.state.kind == "lost")
            with pytest.raises(ScaleError, match=r"fell silent|There is no device") as lost:
                scale.weigh(LONG)
            assert lost.value.trouble == "silent"
            with ScriptedScale("sics") as second:
                second.put(2)
                link.symlink_to(second.url)
                eventually(lambda: scale.state.kind == "online", 20)
                assert scale.weigh(LONG).value == 2
                scale.stop()
        finally:
            scale.stop()


def test_a_port_that_is_not_there_says_so():
    scale = Scale(ScaleSetup("/dev/no-such-scale"))
    scale.start()
    eventually(lambda: scale.state.kind == "lost")
    with pytest.raises(ScaleError, match="There is no device /dev/no-such-scale: plug it in"):
        scale.weigh(LONG)
    scale.stop()


def test_what_a_scale_shows_while_it_moves():
    with on_line("toledo") as (scripted, scale):
        scripted.put(100, moving=10_000)
        eventually(lambda: scale.shows is not None and not scale.shows.stable)
    with on_line("sics") as (_, scale):
        assert scale.shows is None  # it says nothing by itself


def test_garbage_is_told_without_harming_a_terminal():
    with on_line("cas", noise=b"\x1b]0;x\x07\r") as (scripted, scale):
        scripted.fail("unknown")
        eventually(lambda: trouble(scale) == "unknown")
        with pytest.raises(ScaleError, match="sends no reading of cas") as refused:
            scale.weigh(SOON)
        assert str(refused.value).isprintable()


# --- which frames are a weight --------------------------------------------------------------------------

STILL = Reading(12340, 3, "kg", stable=True)
MOVES = Reading(12340, 3, "kg", stable=False)
OTHER = Reading(12341, 3, "kg", stable=True)
POUNDS = Reading(12340, 3, "lb", stable=True)
NONE = Reading(0, 3, "kg", stable=True)


@pytest.mark.parametrize(
    ("said", "weight", "why"),
    [
        ([], None, "silent"),
        ([STILL], None, "moving"),  # said once only
        ([STILL, STILL], STILL, None),
        ([MOVES, STILL, STILL], STILL, None),
        ([STILL, STILL, MOVES], None, "moving"),
        ([STILL, OTHER], None, "moving"),
        ([STILL, POUNDS], None, "moving"),
        ([STILL, "unknown", STILL], None, "moving"),
        (["unknown", "unknown"], None, "unknown"),
        (["over", "unknown"], None, "over"),
        ([STILL, "over"], None, "over"),
        ([NONE, NONE], None, "empty"),
        ([Reading(-1, 3, "kg", stable=True)] * 2, None, "zero"),
        ([Reading(-1, 3, "kg", stable=False)] * 2, None, "moving"),
    ],
)
def test_the_newest_frames_decide(said, weight, why):
    heard = [Heard(float(place), one) for place, one in enumerate(said)]
    assert settled(heard) == weight
    if why:
        assert trouble_of(heard) == why


def test_a_second_is_fresh():
    assert FRESH_S == 1.0
