"""What all framings have in common: a stream is the same scans however it is cut, and noise is told as noise."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from devices import ssi
from devices.framing import BadFrame, Frame, Framer, framer_for, looks_like_wrong_parity
from devices.setup import FramingName, ScannerSetup

FRAMINGS: tuple[FramingName, ...] = ("line", "tab", "stx-etx", "idle", "ssi")
LABEL = st.binary(min_size=1, max_size=40).map(lambda data: bytes(byte % 0x60 + 0x20 for byte in data))
FILLER = st.sampled_from([b"", b"\x00", b"\x11", b"\x13\x11", b"\x00" * 5])


def framer(framing: FramingName, **settings) -> Framer:
    return framer_for(ScannerSetup("gun", framing=framing, **settings))


def decode_data(data: bytes, *, code: int = 0x0F, status: int = 0) -> bytes:
    packet = bytes([len(data) + 5, ssi.DECODE_DATA, 0, status, code]) + data
    return packet + ssi.checksum(packet)


def sent(framing: FramingName, data: bytes) -> bytes:
    """One scan as the scanner sends it."""
    return {
        "line": data + b"\r\n",
        "tab": data + b"\t",
        "stx-etx": b"\x02" + data + b"\x03\r\n",
        "idle": data,
        "ssi": decode_data(data),
    }[framing]


def cut(data: bytes, cuts: set[int]) -> list[bytes]:
    edges = [0, *sorted(at for at in cuts if at < len(data)), len(data)]
    return [data[start:end] for start, end in itertools.pairwise(edges)]


def read(reader: Framer, *scans: list[bytes], gap: float = 1.0) -> list[Frame | BadFrame]:
    """Scans in pieces, `gap` seconds between one scan and the next and none within one."""
    found = []
    for number, pieces in enumerate(scans):
        for piece in pieces:
            found += reader.feed(piece, number * gap)
    return found + reader.poll(len(scans) * gap + 10)


@pytest.mark.parametrize("framing", FRAMINGS)
@given(data=st.data(), labels=st.lists(LABEL, min_size=1, max_size=5), cuts=st.sets(st.integers(0, 60)))
def test_valid_streams_cut_anywhere_are_the_same_scans(framing, data, labels, cuts):
    between = [data.draw(FILLER) for _ in labels]
    scans = [cut(before + sent(framing, label), cuts) for before, label in zip(between, labels, strict=True)]
    found = read(framer(framing), *scans)
    assert [(type(one), one.data) for one in found] == [(Frame, label) for label in labels]


@pytest.mark.parametrize("framing", [framing for framing in FRAMINGS if framing != "idle"])
@given(labels=st.lists(LABEL, min_size=1, max_size=5), cuts=st.sets(st.integers(0, 200)))
def test_joined_scans_cut_anywhere_are_told_apart(framing, labels, cuts):
    stream = b"".join(sent(framing, label) for label in labels)
    assert [one.data for one in read(framer(framing), cut(stream, cuts))] == labels


@pytest.mark.parametrize("framing", FRAMINGS)
@given(noise=st.binary(max_size=80), cuts=st.sets(st.integers(0, 80)))
@example(noise=b"\x07\xf3\x00\x00\x01NR\xfe\x66", cuts={3})
@example(noise=b"\x02A\x02B\x03C\r\x03", cuts={1, 2, 3, 4, 5, 6, 7, 8})
def test_any_bytes_cut_anywhere_are_told_the_same(framing, noise, cuts):
    def told(pieces):
        reader = framer(framing, max_frame=64)
        found = read(reader, pieces)
        return found, reader.answers()

    assert told(cut(noise, cuts)) == told([noise])


@pytest.mark.parametrize("framing", FRAMINGS)
@given(noise=st.binary(max_size=300), label=LABEL)
def test_after_any_noise_and_a_silence_the_next_scan_is_read(framing, noise, label):
    reader = framer(framing)
    reader.feed(noise, 0.0)
    reader.poll(1.0)
    found = reader.feed(sent(framing, label), 2.0) + reader.poll(9.0)
    assert [(type(one), one.data) for one in found] == [(Frame, label)]


@pytest.mark.parametrize("framing", FRAMINGS)
def test_filler_is_nothing(framing):
    reader = framer(framing)
    assert read(reader, [b"\x00\x11\x13" * 30]) == []
    assert reader.answers() == b""


@pytest.mark.parametrize("framing", [framing for framing in FRAMINGS if framing != "ssi"])
def test_filler_inside_a_scan_is_dropped(framing):
    padded = b"\x00".join(bytes([byte]) for byte in sent(framing, b"AB\x1dC"))
    assert [one.data for one in read(framer(framing), [padded + b"\x13"])] == [b"AB\x1dC"]


@pytest.mark.parametrize("framing", FRAMINGS)
def test_a_reset_forgets_what_is_half(framing):
    reader = framer(framing)
    reader.feed(sent(framing, b"LOST")[:-3], 0.0)
    reader.reset()
    assert [one.data for one in read(reader, [sent(framing, b"NEW")])] == [b"NEW"]


@pytest.mark.parametrize("framing", [framing for framing in FRAMINGS if framing != "idle"])
def test_half_a_scan_is_told_after_the_stale_time_and_joins_nothing(framing):
    reader = framer(framing, stale_ms=300)
    whole = sent(framing, b"0123456789")
    assert reader.feed(whole[:9], 1.0) == []
    assert reader.poll(1.29) == []
    (half,) = reader.poll(1.3)
    assert isinstance(half, BadFrame)
    assert half.reason == "incomplete_frame"
    assert half.at == 1.0
    assert [one.data for one in reader.feed(sent(framing, b"NEXT"), 1.4)] == [b"NEXT"]


@pytest.mark.parametrize("framing", ["line", "tab", "stx-etx", "idle"])
def test_a_scan_without_end_is_told_once_and_skipped(framing):
    reader = framer(framing, max_frame=64)
    opened = b"\x02" if framing == "stx-etx" else b""
    (oversize,) = reader.feed(opened + b"x" * 65, 1.0)
    assert oversize == BadFrame("oversize", b"x" * 64, 1.0)
    assert reader.feed(b"x" * 10_000, 1.0) == []
    assert reader.poll(2.0) == []
    assert [one.data for one in read(reader, [sent(framing, b"NEXT")], gap=3.0)] == [b"NEXT"]


@pytest.mark.parametrize("framing", FRAMINGS)
def test_time_in_which_nobody_listened_is_no_silence(framing):
    reader = framer(framing)
    whole = sent(framing, b"0123456789")
    reader.feed(whole[:6], 1.0)
    reader.listen_again(3.0)
    found = reader.feed(whole[6:], 3.05) + reader.poll(4.0)
    assert [one.data for one in found] == [b"0123456789"]


@pytest.mark.parametrize("framing", FRAMINGS)
def test_a_scan_knows_when_its_first_byte_came(framing):
    reader = framer(framing)
    whole = sent(framing, b"0123456789")
    assert reader.feed(whole[:6], 1.0) == []
    (frame,) = reader.feed(whole[6:], 1.05) + reader.poll(2.0)
    assert (frame.began, frame.at) == (1.0, 1.05)


# --- What the scanner is set to send before each scan ---


@pytest.mark.parametrize("framing", FRAMINGS)
def test_the_prefix_is_taken_off_once(framing):
    assert [one.data for one in read(framer(framing, prefix="~"), [sent(framing, b"~AB~C")])] == [b"AB~C"]


@pytest.mark.parametrize("framing", FRAMINGS)
@pytest.mark.parametrize("data", [b"AB", b"AB~C", b"x~"])
def test_a_scan_without_its_prefix_is_garbage(framing, data):
    """Also where the prefix stands somewhere in it: half a code must not pass for a whole one."""
    (bad,) = read(framer(framing, prefix="~"), [sent(framing, data)])
    assert (bad.reason, bad.data) == ("garbage", data)


@pytest.mark.parametrize("framing", ["line", "tab", "idle"])
def test_noise_before_the_prefix_is_garbage_and_the_scan_is_read(framing):
    found = read(framer(framing, prefix="~"), [sent(framing, b"\xff\x01\xfe~AB")])
    assert [(type(one), one.data) for one in found] == [(BadFrame, b"\xff\x01\xfe"), (Frame, b"AB")]


def test_a_prefix_alone_is_no_scan():
    assert read(framer("line", prefix="~~"), [b"~~\r\n~~A\r"]) == [Frame(b"A", 0.0)]


def test_a_prefix_is_sent_one_byte_to_a_character():
    assert [one.data for one in read(framer("line", prefix="\x02§"), [b"\x02\xa7A\r"])] == [b"A"]
    assert [one.data for one in read(framer("line", prefix="→"), ["→A\r".encode()])] == [b"A"]


# --- Another parity ---


def with_parity(data: bytes, *, odd: bool = False) -> bytes:
    """Seven-bit text as it looks to a line that is set to eight bits."""
    return bytes(byte | (0x80 if (byte.bit_count() % 2 == 1) != odd else 0) for byte in data)


@pytest.mark.parametrize("odd", [False, True])
@pytest.mark.parametrize("framing", ["line", "stx-etx", "idle"])
@pytest.mark.parametrize("code", [b"4006381333931", b"]C100095212340000000426", b"XKTEST"])
def test_another_parity_is_garbage_and_recognised(framing, code, odd):
    found = read(framer(framing), [with_parity(sent(framing, code), odd=odd)])
    assert {one.reason for one in found} == {"garbage"}
    assert any(looks_like_wrong_parity(one.data) for one in found)


@given(st.binary(min_size=13, max_size=60).map(lambda data: bytes(byte % 10 + 0x30 for byte in data)), st.booleans())
def test_digits_of_another_parity_are_recognised(digits, odd):
    read_as = with_parity(digits, odd=odd)
    high = sum(byte >= 0x80 for byte in read_as)
    assert looks_like_wrong_parity(read_as) is (high * 4 >= len(digits))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"4006381333931",
        b"\xff\xfe",
        "Größe L, weiß".encode(),
        "Größe L, weiß".encode("latin-1"),
        "手袋".encode(),
        "γάντια".encode("iso8859-7"),
        bytes(byte | 0x80 for byte in b"4006381333931"),
        b"]C10195\x1d10LOT",
        b"0033",
    ],
)
def test_what_a_label_may_hold_is_not_taken_for_another_parity(data):
    assert not looks_like_wrong_parity(data)


def test_only_ssi_answers():
    for framing in FRAMINGS:
        reader = framer(framing)
        read(reader, [sent(framing, b"A")])
        assert bool(reader.answers()) is (framing == "ssi")
