import itertools
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from devices.framing import BadFrame, Frame, LineFramer, looks_like_wrong_parity


def fed(framer: LineFramer, *pieces: bytes, at: float = 1.0) -> list[Frame | BadFrame]:
    return [frame for piece in pieces for frame in framer.feed(piece, at)]


def by_the_book(data: bytes, max_frame: int) -> list[Frame | BadFrame]:
    """The rules once more, over the whole stream at once: slow, and nothing to get wrong."""
    kept = bytes(byte for byte in data if byte not in b"\x00\x11\x13")
    *ended, rest = re.split(rb"\r|\n", kept)
    found: list[Frame | BadFrame] = []
    for piece in ended:
        if len(piece) > max_frame:
            found.append(BadFrame("oversize", piece[:max_frame], 1.0))
        elif looks_like_wrong_parity(piece):
            found.append(BadFrame("garbage", piece, 1.0))
        elif piece:
            found.append(Frame(piece, 1.0))
    if len(rest) > max_frame:
        found.append(BadFrame("oversize", rest[:max_frame], 1.0))
    return found


@pytest.mark.parametrize(
    ("line", "scans"),
    [
        (b"A\r", [b"A"]),
        (b"A\n", [b"A"]),
        (b"A\r\n", [b"A"]),
        (b"A\r\rB\n\n", [b"A", b"B"]),
        (b"\r\n\r\n", []),
        (b"\n\rA\r", [b"A"]),
        (b"A\rB\rC\r", [b"A", b"B", b"C"]),
        (b"A\x00B\x11C\x13\r", [b"ABC"]),
        (b"\x13\x11\r\x00\n", []),
        (b"]C10195\x1d10LOT\r", [b"]C10195\x1d10LOT"]),
        (b" A \t\r", [b" A \t"]),
        (b"\xff\x80\r", [b"\xff\x80"]),
        (b"A", []),
    ],
)
def test_a_terminator_ends_a_scan(line, scans):
    assert LineFramer().feed(line, 1.0) == [Frame(scan, 1.0) for scan in scans]


@given(
    data=st.lists(st.sampled_from([b"\r", b"\n", b"\x00", b"\x11", b"a", b"\x1d", b"longword", b"\xc3"])).map(b"".join),
    cuts=st.sets(st.integers(0, 60)),
)
@example(data=b"A\r\nB\r", cuts={2})
@example(data=b"longwordlongword\rA\r", cuts={8, 9, 16})
def test_however_the_bytes_are_cut_the_frames_are_the_same(data, cuts):
    edges = [0, *sorted(cut for cut in cuts if cut < len(data)), len(data)]
    pieces = [data[start:end] for start, end in itertools.pairwise(edges)]
    assert fed(LineFramer(max_frame=8), *pieces) == by_the_book(data, 8)


@given(st.binary(max_size=200))
def test_any_bytes_one_at_a_time(data):
    assert fed(LineFramer(max_frame=20), *(bytes([byte]) for byte in data)) == by_the_book(data, 20)


def test_the_time_is_that_of_the_last_byte():
    framer = LineFramer()
    assert framer.feed(b"AB", 1.0) == []
    assert framer.feed(b"C", 1.2) == []
    assert framer.feed(b"\rD\r", 1.4) == [Frame(b"ABC", 1.4), Frame(b"D", 1.4)]


def test_a_frame_may_be_as_long_as_the_limit_and_no_longer():
    assert LineFramer().feed(b"x" * 8192 + b"\r", 1.0) == [Frame(b"x" * 8192, 1.0)]
    assert LineFramer().feed(b"x" * 8193 + b"\r", 1.0) == [BadFrame("oversize", b"x" * 8192, 1.0)]


def test_oversize_is_told_once_and_at_once_and_the_next_scan_is_read():
    framer = LineFramer(max_frame=4)
    assert framer.feed(b"12345", 1.0) == [BadFrame("oversize", b"1234", 1.0)]
    assert framer.feed(b"6789" * 100, 1.1) == []
    assert framer.feed(b"0\rGOOD\r", 1.2) == [Frame(b"GOOD", 1.2)]


def test_after_an_oversize_without_terminator_silence_ends_it():
    framer = LineFramer(max_frame=4)
    assert fed(framer, b"12345") == [BadFrame("oversize", b"1234", 1.0)]
    assert framer.poll(1.6) == []
    assert framer.feed(b"GOOD\r", 2.0) == [Frame(b"GOOD", 2.0)]


def test_half_a_scan_is_dropped_after_half_a_second():
    framer = LineFramer()
    framer.feed(b"HALF", 1.0)
    assert framer.poll(1.499) == []
    assert framer.poll(1.5) == [BadFrame("incomplete_frame", b"HALF", 1.0)]
    assert framer.poll(9.0) == []
    assert framer.feed(b"WHOLE\r", 9.1) == [Frame(b"WHOLE", 9.1)]


def test_half_a_scan_does_not_join_the_next_one_when_nobody_polled():
    framer = LineFramer()
    framer.feed(b"HALF", 1.0)
    assert framer.feed(b"WHOLE\r", 1.5) == [BadFrame("incomplete_frame", b"HALF", 1.0), Frame(b"WHOLE", 1.5)]


def test_filler_does_not_keep_half_a_scan_alive():
    framer = LineFramer()
    framer.feed(b"HALF", 1.0)
    assert framer.feed(b"\x00\x11", 1.4) == []
    assert framer.poll(1.5) == [BadFrame("incomplete_frame", b"HALF", 1.0)]


def test_slow_bytes_are_one_scan():
    framer = LineFramer()
    assert [frame for tenth in range(40) for frame in framer.feed(b"x", 1.0 + tenth * 0.4)] == []
    assert framer.feed(b"\r", 17.0) == [Frame(b"x" * 40, 17.0)]


def test_time_in_which_nobody_listened_is_no_silence():
    framer = LineFramer()
    framer.feed(b"HA", 1.0)
    framer.listen_again(3.0)
    assert framer.feed(b"LF\r", 3.4) == [Frame(b"HALF", 3.4)]
    framer.feed(b"HA", 4.0)
    framer.listen_again(5.0)
    assert framer.poll(5.5) == [BadFrame("incomplete_frame", b"HA", 4.0)]


def test_a_reset_forgets_half_a_scan_and_half_an_oversize():
    framer = LineFramer(max_frame=4)
    framer.feed(b"HA", 1.0)
    framer.reset()
    assert framer.feed(b"A\r", 1.1) == [Frame(b"A", 1.1)]
    framer.feed(b"12345", 1.2)
    framer.reset()
    assert framer.feed(b"B\r", 1.3) == [Frame(b"B", 1.3)]
