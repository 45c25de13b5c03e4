"""Scans with nothing around them."""

import pytest

from devices.framing import BadFrame, Frame, IdleFramer


def test_silence_ends_a_scan():
    framer = IdleFramer()
    assert framer.feed(b"40063", 1.0) == []
    assert framer.poll(1.079) == []
    assert framer.feed(b"81333931", 1.079) == []
    assert framer.poll(1.15) == []
    assert framer.poll(1.16) == [Frame(b"4006381333931", 1.079)]
    assert framer.poll(9.0) == []


def test_silence_ends_a_scan_also_when_nobody_polled():
    framer = IdleFramer()
    framer.feed(b"A", 1.0)
    assert framer.feed(b"B", 1.08) == [Frame(b"A", 1.0)]
    assert framer.poll(2.0) == [Frame(b"B", 1.08)]


@pytest.mark.parametrize(
    ("sent", "scan"),
    [
        (b"A\r", b"A"),
        (b"A\n", b"A"),
        (b"A\r\n", b"A"),
        (b"A\r\r", b"A\r"),
        (b"A\rB\r\n", b"A\rB"),
    ],
)
def test_one_terminator_is_taken_off(sent, scan):
    framer = IdleFramer()
    framer.feed(sent, 1.0)
    assert framer.poll(2.0) == [Frame(scan, 1.0)]


def test_a_terminator_alone_is_no_scan():
    framer = IdleFramer()
    framer.feed(b"\r\n", 1.0)
    assert framer.poll(2.0) == []


def test_filler_does_not_keep_a_scan_open():
    framer = IdleFramer()
    framer.feed(b"A", 1.0)
    assert framer.feed(b"\x00\x11", 1.07) == []
    assert framer.poll(1.08) == [Frame(b"A", 1.0)]


def test_an_oversize_is_over_with_the_silence():
    framer = IdleFramer(max_frame=4)
    assert framer.feed(b"12345", 1.0) == [BadFrame("oversize", b"1234", 1.0)]
    assert framer.feed(b"678", 1.05) == []
    assert framer.feed(b"A", 1.2) == []
    assert framer.poll(2.0) == [Frame(b"A", 1.2)]
