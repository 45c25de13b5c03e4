"""Scans between STX and ETX."""

import pytest

from devices.framing import BadFrame, Frame, StxEtxFramer


@pytest.mark.parametrize(
    ("line", "scans"),
    [
        (b"\x02A\x03", [b"A"]),
        (b"\x02A\x03\r\n\x02B\x03\r", [b"A", b"B"]),
        (b"\x02one\r\ntwo\rthree\x03", [b"one\r\ntwo\rthree"]),  # a line break in a QR code
        (b"\x02\x03\r\n", []),
        (b"\r\n\r\n", []),
        (b"\x02", []),
    ],
)
def test_what_stands_between_is_a_scan(line, scans):
    assert StxEtxFramer().feed(line, 1.0) == [Frame(scan, 1.0) for scan in scans]


def test_a_second_stx_begins_anew():
    assert StxEtxFramer().feed(b"\x02HALF\x02WHOLE\x03", 1.0) == [
        BadFrame("incomplete_frame", b"HALF", 1.0),
        Frame(b"WHOLE", 1.0),
    ]
    assert StxEtxFramer().feed(b"\x02\x02WHOLE\x03", 1.0) == [Frame(b"WHOLE", 1.0)]


@pytest.mark.parametrize("end", [b"\r", b"\n", b"\x03", b"\x02"])
def test_what_stands_outside_is_garbage(end):
    framer = StxEtxFramer()
    assert framer.feed(b"4006381333931" + end, 1.0) == [BadFrame("garbage", b"4006381333931", 1.0)]
    framer.reset()
    assert framer.feed(b"\x02A\x03", 1.1) == [Frame(b"A", 1.1)]


def test_garbage_at_plug_in_does_not_cost_the_scan_behind_it():
    assert StxEtxFramer().feed(b"\xff\x80\xfe\x02A\x03", 1.0) == [
        BadFrame("garbage", b"\xff\x80\xfe", 1.0),
        Frame(b"A", 1.0),
    ]


def test_garbage_alone_is_told_after_a_silence():
    framer = StxEtxFramer()
    assert framer.feed(b"\xff\x80\xfe", 1.0) == []
    assert framer.poll(1.5) == [BadFrame("garbage", b"\xff\x80\xfe", 1.0)]


@pytest.mark.parametrize("after", [b"\x03\x02A\x03", b"\x02A\x03"])
def test_an_oversize_is_over_with_its_end_or_the_next_beginning(after):
    framer = StxEtxFramer(max_frame=4)
    assert framer.feed(b"\x02123456\r789", 1.0) == [BadFrame("oversize", b"1234", 1.0)]
    assert framer.feed(after, 1.1) == [Frame(b"A", 1.1)]


def test_a_silence_inside_closes_the_frame():
    framer = StxEtxFramer()
    framer.feed(b"\x02HALF", 1.0)
    assert framer.poll(1.5) == [BadFrame("incomplete_frame", b"HALF", 1.0)]
    assert framer.feed(b"ITS REST\x03", 1.6) == [BadFrame("garbage", b"ITS REST", 1.6)]
