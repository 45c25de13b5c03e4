"""Zebra SSI: packets, their answers, and what becomes of a packet that is damaged, repeated or in parts."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices import ssi
from devices.framing import BadFrame, Frame, SsiFramer

NO_READ = bytes.fromhex("07 F3 00 00 01 4E 52 FE 65")
RESENT, MORE = 0x01, 0x02
LABEL = st.binary(min_size=1, max_size=60).map(lambda data: bytes(byte % 0x60 + 0x20 for byte in data))


def packet(data: bytes, *, code: int = 0x03, status: int = 0, opcode: int = ssi.DECODE_DATA) -> bytes:
    """A packet as a decoder sends it."""
    built = bytes([len(data) + 5, opcode, 0, status, code]) + data
    return built + ssi.checksum(built)


def damaged(whole: bytes) -> bytes:
    return whole[:-1] + bytes([whole[-1] ^ 0x40])


# --- Packets ---


@pytest.mark.parametrize("whole", ["05 00 04 00 00 FF F7", "07 F3 00 00 01 4E 52 FE 65"])
def test_the_checksum_of_known_packets(whole):
    known = bytes.fromhex(whole)
    assert ssi.checksum(known[:-2]) == known[-2:]


def test_the_answers_and_commands_of_the_guide():
    assert bytes.fromhex("04 D0 04 00 FF 28") == ssi.ACK
    assert bytes.fromhex("05 D1 04 00 01 FF 25") == ssi.NAK_RESEND
    assert ssi.beep(0) == bytes.fromhex("05 E6 04 00 00 FF 11")
    assert ssi.command(ssi.SCAN_DISABLE) == bytes.fromhex("04 EA 04 00 FF 0E")
    assert ssi.command(ssi.SCAN_ENABLE) == bytes.fromhex("04 E9 04 00 FF 0F")


def test_a_command_holds_no_more_than_its_length_can_say():
    assert len(ssi.command(ssi.BEEP, bytes(251))) == 257
    with pytest.raises(ValueError, match="range"):
        ssi.command(ssi.BEEP, bytes(252))


# --- Scans ---


def test_a_scan_is_acknowledged_once():
    framer = SsiFramer()
    assert framer.feed(NO_READ, 1.0) == [Frame(b"NR", 1.0, "]A0")]
    assert framer.answers() == ssi.ACK
    assert framer.answers() == b""


@pytest.mark.parametrize(
    ("code", "aim"),
    [(0x01, "]A0"), (0x03, "]C0"), (0x08, "]E0"), (0x0A, "]E4"), (0x0B, "]E0"), (0x0F, "]C1")]
    # What the type alone does not decide is left to the reader of the code.
    + [(code, None) for code in (0x00, 0x06, 0x09, 0x1B, 0x1C, 0x24, 0x30, 0x99, 0xFF)],
)
def test_the_type_of_code_as_an_aim_id(code, aim):
    assert SsiFramer().feed(packet(b"0123", code=code), 1.0) == [Frame(b"0123", 1.0, aim)]


@pytest.mark.parametrize("suffix", [b"", b"\r", b"\n", b"\r\n"])
def test_a_suffix_of_the_scanner_is_taken_off(suffix):
    assert SsiFramer().feed(packet(b"A\r\nB" + suffix), 1.0)[0].data == b"A\r\nB"


def test_a_label_may_hold_what_other_framings_drop():
    assert SsiFramer().feed(packet(b"A\x00\x11\x13\x02\x03"), 1.0)[0].data == b"A\x00\x11\x13\x02\x03"


def test_the_longest_packet_there_is():
    assert SsiFramer().feed(packet(b"x" * 250), 1.0)[0].data == b"x" * 250


@pytest.mark.parametrize("data", [b"", b"\r\n"])
def test_a_packet_without_a_code_is_acknowledged_and_no_scan(data):
    framer = SsiFramer()
    assert framer.feed(packet(data), 1.0) == []
    assert framer.answers() == ssi.ACK


@pytest.mark.parametrize("opcode", [0xF6, 0xA4, 0xC6, 0xB1])
def test_events_and_other_packets_are_acknowledged_and_no_scan(opcode):
    framer = SsiFramer()
    assert framer.feed(packet(b"12", opcode=opcode), 1.0) == []
    assert framer.answers() == ssi.ACK


@pytest.mark.parametrize("opcode", [ssi.CMD_ACK, ssi.CMD_NAK])
def test_an_answer_is_not_answered(opcode):
    framer = SsiFramer()
    assert framer.feed(packet(b"", opcode=opcode), 1.0) == []
    assert framer.answers() == b""


# --- Damage ---


def test_a_damaged_packet_is_asked_for_again_and_told_when_it_does_not_come():
    framer = SsiFramer()
    bad = damaged(packet(b"4006381333931"))
    assert framer.feed(bad, 1.0) == []
    assert framer.answers() == ssi.NAK_RESEND
    assert framer.poll(1.49) == []
    assert framer.poll(1.5) == [BadFrame("ssi_checksum", bad, 1.0)]
    assert framer.poll(9.0) == []
    assert framer.answers() == b""


def test_a_damaged_packet_that_comes_again_is_one_scan_and_no_refusal():
    framer = SsiFramer()
    framer.feed(damaged(packet(b"A")), 1.0)
    assert framer.feed(packet(b"A", status=RESENT), 1.1) == [Frame(b"A", 1.1, "]C0")]
    assert framer.answers() == ssi.NAK_RESEND + ssi.ACK
    assert framer.poll(9.0) == []


def test_another_scan_behind_a_damaged_one_is_told_after_it():
    framer = SsiFramer()
    framer.feed(damaged(packet(b"A")), 1.0)
    bad, good = framer.feed(packet(b"B"), 1.1)
    assert (bad.reason, good.data) == ("ssi_checksum", b"B")


def test_twice_damaged_is_told_once():
    framer = SsiFramer()
    framer.feed(damaged(packet(b"A")), 1.0)
    framer.feed(damaged(packet(b"A", status=RESENT)), 1.1)
    (bad,) = framer.poll(5.0)
    assert bad.reason == "ssi_checksum"


@given(label=LABEL, at=st.integers(0, 70), value=st.integers(0, 255), gap=st.sampled_from([0.0, 0.3]), other=LABEL)
def test_one_wrong_byte_never_makes_another_scan(label, at, value, gap, other):
    """Wherever it is, also in the length: the packet is refused, and the one that is sent next is read."""
    whole = packet(label)
    wrong = bytearray(whole)
    wrong[at % len(whole)] = value
    framer = SsiFramer()
    found = framer.feed(bytes(wrong), 1.0) + framer.poll(1.0 + gap)
    found += framer.feed(packet(other), 2.0) + framer.poll(9.0)
    scans = [one.data for one in found if isinstance(one, Frame)]
    assert scans in ([other], [label, other])
    if scans == [label, other]:
        # Only its type, its status or nothing at all was changed: the sum is right.
        assert bytes(wrong) == whole or ssi.checksum(bytes(wrong[:-2])) == bytes(wrong[-2:])


def test_a_packet_that_breaks_off_is_asked_for_again():
    framer = SsiFramer()
    half = packet(b"4006381333931")[:9]
    assert framer.feed(half, 1.0) == []
    assert framer.poll(1.19) == []
    assert framer.answers() == b""
    assert framer.poll(1.2) == []
    assert framer.answers() == ssi.NAK_RESEND
    assert framer.poll(1.5) == [BadFrame("incomplete_frame", half, 1.0)]


def test_slow_bytes_are_one_packet():
    framer = SsiFramer()
    found = [one for number, byte in enumerate(packet(b"SLOW")) for one in framer.feed(bytes([byte]), number * 0.19)]
    assert [one.data for one in found] == [b"SLOW"]


# --- Sent again ---


def test_a_packet_that_comes_again_after_a_lost_ack_is_acknowledged_and_counts_once():
    framer = SsiFramer()
    assert len(framer.feed(packet(b"A"), 1.0)) == 1
    assert framer.feed(packet(b"A", status=RESENT), 3.0) == []
    assert framer.feed(packet(b"A", status=RESENT), 5.0) == []
    assert framer.answers() == ssi.ACK * 3


def test_the_same_code_scanned_again_counts_again():
    framer = SsiFramer()
    assert [one.data for at in (1.0, 2.0) for one in framer.feed(packet(b"A"), at)] == [b"A", b"A"]


def test_a_second_case_whose_first_packet_was_damaged_counts():
    """It equals the scan before and says that it was sent before, and is another case all the same."""
    framer = SsiFramer()
    framer.feed(packet(b"A"), 1.0)
    framer.feed(damaged(packet(b"A")), 2.0)
    assert [one.data for one in framer.feed(packet(b"A", status=RESENT), 2.1)] == [b"A"]


def test_a_repetition_that_arrives_damaged_stays_a_repetition():
    framer = SsiFramer()
    framer.feed(packet(b"A"), 1.0)
    framer.feed(damaged(packet(b"A", status=RESENT)), 3.0)
    assert framer.feed(packet(b"A", status=RESENT), 3.1) == []
    assert framer.poll(9.0) == []


def test_what_comes_again_long_after_is_another_scan():
    """A decoder that had its ACK does not repeat; the first packet of this one never arrived."""
    framer = SsiFramer()
    framer.feed(packet(b"A"), 1.0)
    assert [one.data for one in framer.feed(packet(b"A", status=RESENT), 30.0)] == [b"A"]


def test_after_a_lost_line_nothing_is_a_repetition():
    framer = SsiFramer()
    framer.feed(packet(b"A"), 1.0)
    framer.reset()
    assert framer.answers() == b""
    assert [one.data for one in framer.feed(packet(b"A", status=RESENT), 2.0)] == [b"A"]


# --- Several packets ---


def parts(data: bytes, size: int, *, code: int = 0x1C) -> list[bytes]:
    pieces = [data[start : start + size] for start in range(0, len(data), size)]
    return [packet(piece, code=code, status=MORE * (number < len(pieces))) for number, piece in enumerate(pieces, 1)]


@given(data=LABEL, size=st.integers(1, 250), cuts=st.sets(st.integers(0, 400)))
def test_a_scan_in_several_packets_is_one_scan(data, size, cuts):
    packets = parts(data, size)
    stream = b"".join(packets)
    edges = [0, *sorted(at for at in cuts if at < len(stream)), len(stream)]
    framer = SsiFramer()
    found = [one for start, end in itertools.pairwise(edges) for one in framer.feed(stream[start:end], 1.0)]
    assert found == [Frame(data, 1.0)]
    assert framer.answers() == ssi.ACK * len(packets)


def test_a_part_without_the_type_of_code_is_all_text():
    framer = SsiFramer()
    framer.feed(packet(b"AB", code=0x1C, status=MORE), 1.0)
    assert framer.feed(packet(b"D", code=ord("C")), 1.1) == [Frame(b"ABCD", 1.1)]


def test_a_part_that_comes_again_is_not_added_twice():
    framer = SsiFramer()
    first, last = parts(b"ABCD", 2)
    again = packet(b"AB", code=0x1C, status=MORE | RESENT)
    assert framer.feed(first, 1.0) + framer.feed(again, 1.2) + framer.feed(last, 1.3) == [Frame(b"ABCD", 1.3)]


def test_a_damaged_part_is_sent_again_and_the_scan_is_whole():
    framer = SsiFramer()
    first, last = parts(b"ABCD", 2)
    found = framer.feed(first, 1.0) + framer.feed(damaged(last), 1.1)
    found += framer.feed(packet(b"CD", code=0x1C, status=RESENT), 1.2)
    assert found == [Frame(b"ABCD", 1.2)]


def test_parts_whose_last_never_comes_are_given_up():
    framer = SsiFramer()
    framer.feed(parts(b"ABCD", 2)[0], 1.0)
    assert framer.poll(1.5) == [BadFrame("incomplete_frame", b"AB", 1.0)]
    assert framer.feed(packet(b"NEXT"), 2.0) == [Frame(b"NEXT", 2.0, "]C0")]


def test_parts_beyond_the_longest_scan_are_acknowledged_and_told_once():
    framer = SsiFramer(max_frame=300)
    found = framer.feed(b"".join(parts(b"x" * 1000, 250)), 1.0)
    assert found == [BadFrame("oversize", b"x" * 300, 1.0)]
    assert framer.answers() == ssi.ACK * 4
    assert framer.feed(packet(b"NEXT"), 1.1) == [Frame(b"NEXT", 1.1, "]C0")]


# --- Noise ---


@pytest.mark.parametrize("noise", [b"\xff\x80\x0d", b"\x05", b"\x20\xf3\x00", b"\x20\xf3\x00\x00", b"\x04\x04\x04"])
def test_garbage_before_a_packet_does_not_cost_it(noise):
    framer = SsiFramer()
    found = framer.feed(noise + packet(b"A"), 1.0) + framer.poll(1.2)
    assert found[-1] == Frame(b"A", 1.0, "]C0")
    assert all(isinstance(one, BadFrame) for one in found[:-1])
    assert framer.answers().endswith(ssi.ACK)


def test_a_scanner_that_is_set_to_raw_is_garbage():
    framer = SsiFramer()
    assert framer.feed(b"4006381333931\r", 1.0) == []
    assert framer.poll(1.2) == [BadFrame("garbage", b"4006381333931\r", 1.0)]
    assert framer.answers() == b""


def test_endless_noise_fills_no_memory_and_is_told_once():
    framer = SsiFramer(max_frame=300)
    found = [one for number in range(1000) for one in framer.feed(b"noise", number * 0.01)]
    assert found == [BadFrame("oversize", b"noise" * 60, 0.6)]
    assert framer.poll(20.0) == []
