"""One scan of the test card says how a scanner is set."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.recognise import GUESSES, Recognised, recognise

CODE = b"XKTEST"


def ssi(data: bytes) -> bytes:
    packet = bytes([len(data) + 5, 0xF3, 0x00, 0x00, 0x03]) + data
    return packet + (-sum(packet) & 0xFFFF).to_bytes(2, "big")


@pytest.mark.parametrize(
    ("burst", "found"),
    [
        (b"XKTEST\r", Recognised("line")),
        (b"XKTEST\n", Recognised("line")),
        (b"XKTEST\r\n", Recognised("line")),
        (b"\x00XK\x11TEST\r\x00", None),  # filler inside the code: scan again
        (b"\x00XKTEST\r\x00", Recognised("line")),
        (b"XKTEST\t", Recognised("tab")),
        (b"XKTEST", Recognised("idle")),
        (b"\x02XKTEST\x03", Recognised("stx-etx")),
        (b"\x02XKTEST\x03\r\n", Recognised("stx-etx")),
        (b"]C0XKTEST\r", Recognised("line", aim="]C0")),
        (b"\x02]C0XKTEST\x03", Recognised("stx-etx", aim="]C0")),
        (b"01]C0XKTEST\r", Recognised("line", prefix="01", aim="]C0")),
        (b"~XKTEST\r", Recognised("line", prefix="~")),
        (b"XKTEST*\r", Recognised("line", odd=b"*")),
        (b"XKTEST.", Recognised("idle", odd=b".")),
        (ssi(CODE), Recognised("ssi")),
        (ssi(CODE)[:-1] + b"\x00", None),  # a packet whose sum is wrong
        (b"\x1bXKTEST\r", None),
        (b"4006381333931\r", None),
        (b"XKTES\r", None),
        (b"", None),
        (b"x" * 17 + b"XKTEST\r", None),
    ],
)
def test_how_a_scanner_is_set(burst, found):
    assert recognise(burst, CODE) == found


@given(st.binary(max_size=64))
def test_noise_is_not_recognised(noise):
    assert CODE in noise or recognise(noise, CODE) is None


@given(st.binary(max_size=24), st.binary(max_size=24))
def test_whatever_stands_around_the_code_is_no_crash(before, after):
    found = recognise(before + CODE + after, CODE)
    assert found is None or (len(found.prefix) <= 16 and (not found.prefix or found.prefix.isprintable()))


def test_read_with_the_wrong_parity_the_card_is_not_in_it():
    """Seven bits and even parity, read as eight bits: letters with an odd number of ones get the high bit."""
    sent = bytes(byte | (0x80 if byte.bit_count() % 2 else 0) for byte in b"XKTEST\r")
    assert recognise(sent, CODE) is None


def test_no_guess_is_made_twice():
    assert len(set(GUESSES)) == len(GUESSES)
