"""Scanners at a terminal: what they read becomes an input, and the one that read hears the verdict."""

from __future__ import annotations

import contextlib
import queue

import pytest

from devices.feedback import Signal
from devices.framing import BadFrame, Frame
from devices.setup import ScannerSetup
from devices.simulator import ScriptedScanner
from tui.scanners import BROKEN, Scanners, given_of, text_of
from tui.station import Station

PATIENCE = 10.0
SETUP = ScannerSetup("dock")


@contextlib.contextmanager
def at_terminal(*setups: ScannerSetup):
    """The scanners on line, and what they put before a station."""
    given: queue.Queue = queue.Queue()
    online: queue.Queue = queue.Queue()
    scanners = Scanners(setups)
    scanners.start(given.put, lambda state: online.put(state) if state.kind == "online" else None)
    try:
        for _ in setups:
            online.get(timeout=PATIENCE)
        yield scanners, given
    finally:
        scanners.stop()


def test_the_scanner_that_read_hears_the_verdict_and_the_other_does_not():
    with ScriptedScanner() as left, ScriptedScanner() as right:
        setups = [ScannerSetup("left", port=left.url, feedback="honeywell"), ScannerSetup("right", port=right.url)]
        with at_terminal(*setups) as (scanners, given):
            left.scan("A")
            one = given.get(timeout=PATIENCE)
            scanners.tone(Signal.BAD, one.scanner)
            assert left.wait_for_signal("honeywell", PATIENCE) is Signal.BAD
            assert right.tone(0.05) == b""
            right.scan("B")
            two = given.get(timeout=PATIENCE)
            scanners.tone(Signal.GOOD, two.scanner)
            assert right.wait_for_signal("generic", PATIENCE) is Signal.GOOD
            assert left.tone(0.05) == b""
    assert (one.raw, one.scanner, two.raw, two.scanner) == ("A", "left", "B", "right")


def test_what_belongs_to_no_scanner_all_of_them_say():
    with ScriptedScanner() as left, ScriptedScanner() as right:
        setups = [ScannerSetup("left", port=left.url), ScannerSetup("right", port=right.url)]
        with at_terminal(*setups) as (scanners, _):
            scanners.tone(Signal.GOOD)
            assert [gun.wait_for_signal("generic", PATIENCE) for gun in (left, right)] == [Signal.GOOD] * 2


def test_all_triggers_are_switched_where_the_family_can():
    with ScriptedScanner() as left, ScriptedScanner() as right:
        setups = [ScannerSetup("left", port=left.url, feedback="datalogic"), ScannerSetup("right", port=right.url)]
        with at_terminal(*setups) as (scanners, _):
            scanners.trigger(False)
            assert left.wait_for_signal("datalogic", PATIENCE) is Signal.TRIGGER_OFF
            scanners.trigger(True)
            assert left.wait_for_signal("datalogic", PATIENCE) is Signal.TRIGGER_ON
            assert right.tone(0.05) == b""


def test_the_gun_of_a_base_is_named_and_answered_on_its_base():
    with ScriptedScanner() as base:
        setup = ScannerSetup("base", port=base.url, guns={"01": "left", "02": "right"})
        with at_terminal(setup) as (scanners, given):
            base.scan("02XKDONE")
            one = given.get(timeout=PATIENCE)
            scanners.tone(Signal.GOOD, one.scanner)
            assert base.wait_for_signal("generic", PATIENCE) is Signal.GOOD
    assert (one.raw, one.scanner) == ("XKDONE", "base/right")


def test_two_scanners_of_one_name_are_refused():
    with pytest.raises(ValueError, match="Two scanners are called 'dock'"):
        Scanners([SETUP, SETUP])


# --- A frame as an input ---


def test_an_input_says_when_it_was_read_how_long_it_took_and_what_is_a_bounce():
    given = given_of(Frame(b"A", 5.0, began=4.9634), ScannerSetup("dock", bounce_ms=250))
    assert (given.mono, given.took_ms, given.bounce_ms, given.source) == (5.0, 37, 250, "SERIAL")


@pytest.mark.parametrize(
    ("frame", "raw"),
    [
        (Frame(b"0195", 0.0), "0195"),
        (Frame(b"0195", 0.0, "]C1"), "]C10195"),
        (Frame(b"]C10195", 0.0, "]C1"), "]C10195"),  # it sends the id itself as well
        (Frame("Größe".encode(), 0.0), "Größe"),
        (Frame("Größe".encode("latin-1"), 0.0), "Größe"),
    ],
)
def test_the_text_of_a_frame(frame, raw):
    assert text_of(frame, SETUP) == raw


def test_a_substitute_for_gs_becomes_gs():
    frame = Frame(b"0195|10LOT||17", 0.0, "]C1")
    assert text_of(frame, ScannerSetup("dock", gs="|")) == "]C10195\x1d10LOT\x1d\x1d17"
    assert text_of(frame, SETUP) == "]C10195|10LOT||17"
    assert text_of(Frame(b"10L<GS>17", 0.0), ScannerSetup("dock", gs="<GS>")) == "10L\x1d17"


@pytest.mark.parametrize("reason", ["oversize", "incomplete_frame", "garbage", "ssi_checksum"])
def test_a_broken_scan_is_an_input_with_its_fault(reason):
    given = given_of(BadFrame(reason, b"x" * 9000, 3.0), SETUP)
    assert (given.fault, given.raw, given.scanner, given.mono) == (reason, "x" * BROKEN, "dock", 3.0)


def test_another_parity_has_a_sentence_of_its_own():
    seven_even = bytes(byte | (0x80 if byte.bit_count() % 2 else 0) for byte in b"4006381333931")
    assert given_of(BadFrame("garbage", seven_even, 3.0), SETUP).fault == "wrong_parity"


# --- The window of a scanner's own ---


@pytest.mark.parametrize(("window", "gap", "bounces"), [(0, 0.001, False), (250, 0.3, False), (900, 0.8, True)])
def test_a_scanner_may_have_a_bounce_window_of_its_own(window, gap, bounces):
    station = Station(None, lambda _answer: None)
    setup = ScannerSetup("dock", bounce_ms=window)
    first, again = (given_of(Frame(b"A", at), setup) for at in (10.0, 10.0 + gap))
    assert [station._bounces(first), station._bounces(again)] == [False, bounces]
