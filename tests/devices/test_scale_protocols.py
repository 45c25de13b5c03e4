"""What scales send, byte for byte: as their makers' manuals show it, and what must not pass for a weight."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devices.scale import PROTOCOLS, Reading
from devices.scale.simulator import _ENCODERS

QUICK = settings(max_examples=120, deadline=None, derandomize=True, database=None)


def read(protocol: str, frame: bytes):
    return PROTOCOLS[protocol].read(frame)


def kg(value: int, decimals: int, *, stable: bool = True, net: bool = False) -> Reading:
    return Reading(value, decimals, "kg", stable, net)


def toledo(a: int, b: int, c: int, weight: bytes = b"012345", tare: bytes = b"000000") -> bytes:
    return b"\x02" + bytes([a, b, c]) + weight + tare


A, B, C = 0b010_1101, 0b011_0000, 0b010_0000  # three decimals, kg, gross, still


@pytest.mark.parametrize(
    ("protocol", "frame", "said"),
    [
        # AL-IC operating instructions p. 72: "S S     100.00 g"
        ("sics", b"S S     100.00 g", Reading(10000, 2, "g", stable=True)),
        ("sics", b"S D     100.05 g", Reading(10005, 2, "g", stable=False)),
        ("sics", b"S S    -0.0082 g", Reading(-82, 4, "g", stable=True)),
        ("sics", b"S S         12 kg", kg(12, 0)),
        ("sics", b"S S      27.20 lb ", Reading(2720, 2, "lb", stable=True)),
        ("sics", b"S I", "moving"),
        ("sics", b"S +", "over"),
        ("sics", b"S -", "zero"),
        ("sics", b"ES", "unknown"),
        ("sics", b"T S     100.00 g", "unknown"),  # a tare
        ("sics", b"S S     100.00 ct", "unknown"),
        ("sics", b"S S Error 10b", "unknown"),
        ("sics", b"S S     100.0", "unknown"),
        ("sics", b"S S     1OO.00 g", "unknown"),
        ("sics", b"S S     1.2.3 g", "unknown"),
        # A&D GC p. 51, EK-L p. 28
        ("and", b"ST,+0001.234 kg", kg(1234, 3)),
        ("and", b"US,-00123.45  g", Reading(-12345, 2, "g", stable=False)),
        ("and", b"ST,OK,+0001.234 kg", kg(1234, 3)),
        ("and", b"ST,+000000.0  g", Reading(0, 1, "g", stable=True)),
        ("and", b"QT,+00001234 PC", "unknown"),  # pieces
        ("and", b"ST,+00001234 PC", "unknown"),
        ("and", b"ST,+000123.4  %", "unknown"),
        ("and", b"OL,+999999.9  g", "over"),
        ("and", b"OL,-999999.9  g", "zero"),
        ("and", b"OL,+9999999E+19", "over"),
        ("and", b"?E", "unknown"),
        # General Measure M02 p. 56, CAS CI-600D p. 75: with gross or net
        ("and-continuous", b"ST,GS,+011.120kg", kg(11120, 3)),
        ("and-continuous", b"US,NT,+011.120kg", kg(11120, 3, stable=False, net=True)),
        ("and-continuous", b"OL,GS,+999.999kg", "over"),
        # CAS CI-600D p. 74: 13.5 kg
        ("cas", b"ST,GS,1\xc4,000013.5 kg", kg(135, 1)),
        ("cas", b"US,NT,9\x80,   13.50 kg", kg(1350, 2, stable=False, net=True)),
        ("cas", b"ST,GS,,,,000013.5 kg", kg(135, 1)),  # the id and the lamps may be any byte
        ("cas", b"ST,GS,1\xc4,-00013.5 kg", kg(-135, 1)),
        ("cas", b"ST,GS,1\xc4,000013.5  t", "unknown"),
        ("cas", b"ST,GS,1\xc4,00013.5 kg", "unknown"),  # a digit was lost
        ("cas", b"ST,GS,1\xc4,0000013.5 kg", "unknown"),
        ("cas", b"OL,GS,1\xc4,         kg", "over"),
        # Dini Argeo DGT4X p. 52
        ("dini-argeo", b"ST,GS,     0.0,kg", kg(0, 1)),
        ("dini-argeo", b"01ST,NT,    20.8,kg", kg(208, 1, net=True)),
        ("dini-argeo", b"US,GS,   -20.8,kg", kg(-208, 1, stable=False)),
        ("dini-argeo", b"OL,GS,        ,kg", "over"),
        ("dini-argeo", b"UL,GS,        ,kg", "zero"),
        ("dini-argeo", b"TL,GS,     0.0,kg", "unknown"),
        ("dini-argeo", b"ST,VL,   12345,mv", "unknown"),
        # Wildcat tables 6-8 to 6-11
        ("toledo", toledo(A, B, C), kg(12345, 3)),
        ("toledo", b"X" + toledo(A, B, C), kg(12345, 3)),  # the checksum of the frame before
        ("toledo", b"\x02" + toledo(A, B, C), kg(12345, 3)),  # a checksum that is STX
        ("toledo", toledo(A, B, C, b"   345", b"   100"), kg(345, 3)),
        ("toledo", toledo(A, B & ~16, C), Reading(12345, 3, "lb", stable=True)),
        ("toledo", toledo(A, B, C | 1), Reading(12345, 3, "g", stable=True)),
        ("toledo", toledo(A, B, C | 3), Reading(12345, 3, "oz", stable=True)),
        ("toledo", toledo(A, B, C | 2), "unknown"),  # tonnes
        ("toledo", toledo(A, B | 1, C), kg(12345, 3, net=True)),
        ("toledo", toledo(A, B | 2, C), kg(-12345, 3)),
        ("toledo", toledo(A, B | 8, C), kg(12345, 3, stable=False)),
        ("toledo", toledo(A, B | 4, C), "over"),
        ("toledo", toledo(A, B | 6, C), "zero"),
        ("toledo", toledo(A, B | 64, C), "zero"),  # not zeroed since it was switched on
        ("toledo", toledo(A & ~7, B, C), kg(1234500, 0)),
        ("toledo", toledo(A & ~7 | 1, B, C), kg(123450, 0)),
        ("toledo", toledo(A & ~7 | 2, B, C), kg(12345, 0)),
        ("toledo", toledo(A | 7, B, C), kg(12345, 5)),
        ("toledo", toledo(A, B, C | 16), "unknown"),  # expanded
        ("toledo", toledo(A ^ 0b110_0000, B, C), "unknown"),  # a clone
        ("toledo", toledo(A, B, C, b"01234"), "unknown"),
        ("toledo", toledo(A, B, C, b"12 345"), "unknown"),
        ("toledo", b"012345000000", "unknown"),
    ],
)
def test_a_frame_as_the_manual_shows_it(protocol, frame, said):
    assert read(protocol, frame) == said


@pytest.mark.parametrize("protocol", PROTOCOLS)
@given(
    value=st.integers(-99_999, 999_999),
    decimals=st.integers(0, 3),
    unit=st.sampled_from(["kg", "g", "lb", "oz"]),
    stable=st.booleans(),
    net=st.booleans(),
)
@QUICK
def test_what_a_scale_sends_is_what_is_read(protocol, value, decimals, unit, stable, net):
    net = net and protocol not in ("sics", "and")  # they do not say it
    reading = Reading(value, decimals, unit, stable, net)
    frame = _ENCODERS[protocol](reading).partition(b"\r")[0]
    assert read(protocol, frame) == reading


@pytest.mark.parametrize("protocol", ["cas", "toledo"])
@given(value=st.integers(1, 999_999), place=st.integers(0, 19))
@QUICK
def test_a_frame_of_a_fixed_length_that_lost_a_byte_is_no_other_weight(protocol, value, place):
    reading = Reading(value, 3, "kg", stable=True)
    frame = _ENCODERS[protocol](reading).partition(b"\r")[0]
    assert read(protocol, frame[:place] + frame[place + 1 :]) in ("unknown", reading)


@pytest.mark.parametrize("protocol", PROTOCOLS)
@given(
    frame=st.one_of(st.binary(max_size=40), st.text("STUSOLGN, +-.0123456789kgSDI\x02", max_size=30).map(str.encode))
)
@QUICK
def test_no_bytes_break_the_reading(protocol, frame):
    said = read(protocol, frame)
    assert isinstance(said, Reading) or said in ("moving", "over", "zero", "unknown")


def test_the_text_of_a_reading():
    texts = {(12340, 3): "12.340 kg", (5, 3): "0.005 kg", (12, 0): "12 kg", (0, 2): "0.00 kg", (-135, 1): "-13.5 kg"}
    assert {pair: kg(*pair).text for pair in texts} == texts


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_each_protocol_names_its_source_and_its_setting(protocol):
    row = PROTOCOLS[protocol]
    assert row.source
    assert row.setting
    assert row.continuous == (row.request == b"")
    assert not row.request or row.request.endswith(b"\r\n")
