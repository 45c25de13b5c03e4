import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warehouse.barcodes.text import MAX_FIELD, MAX_MESSAGE, decode, digits_only, escaped, forbidden

ANY_CHARACTER = st.characters(exclude_categories=())


def test_limits():
    assert (MAX_FIELD, MAX_MESSAGE) == (128, 1024)


@pytest.mark.parametrize(
    ("frame", "text"),
    [
        (b"ORDER-1", "ORDER-1"),
        ("Käse".encode(), "Käse"),
        ("Käse".encode("latin-1"), "Käse"),
        (b"\xff\xfe", "ÿþ"),
        (b"A\x1dB", "A\x1dB"),
        (b"\xed\xa0\x80", "í\xa0\x80"),  # a surrogate written as UTF-8 is no UTF-8
        (b"", ""),
    ],
)
def test_decode(frame, text):
    assert decode(frame) == text


@given(st.binary(max_size=300))
def test_decode_takes_any_bytes_and_never_makes_surrogates(frame):
    assert not any(unicodedata.category(char) == "Cs" for char in decode(frame))


@pytest.mark.parametrize(
    ("char", "name"),
    [
        ("\x00", "control character 00"),
        ("\x1b", "control character 1B"),
        ("\n", "control character 0A"),
        ("\r", "control character 0D"),
        ("\t", "control character 09"),
        ("\x1d", "control character 1D"),
        ("\x7f", "control character 7F"),
        ("\x85", "control character 85"),
        ("\x9b", "control character 9B"),
        ("\u061c", "bidi control U+061C"),
        ("\u200b", "zero width U+200B"),
        ("\u200e", "bidi control U+200E"),
        ("\u200f", "bidi control U+200F"),
        ("\u2028", "line separator U+2028"),
        ("\u2029", "paragraph separator U+2029"),
        ("\u202a", "bidi control U+202A"),
        ("\u202e", "bidi control U+202E"),
        ("\u2060", "zero width U+2060"),
        ("\u2065", "zero width U+2065"),
        ("\u2066", "bidi control U+2066"),
        ("\u2069", "bidi control U+2069"),
        ("\ufeff", "zero width U+FEFF"),
        ("\U000e0041", "zero width U+E0041"),
        ("\ud800", "lone surrogate U+D800"),
        ("\udfff", "lone surrogate U+DFFF"),
        ("\ufffe", "noncharacter U+FFFE"),
        ("\uffff", "noncharacter U+FFFF"),
        ("\U0001fffe", "noncharacter U+1FFFE"),
        ("\ufdd0", "noncharacter U+FDD0"),
    ],
)
def test_a_forbidden_character_is_named(char, name):
    assert forbidden(f"CASE{char}1") == name
    assert forbidden(char) == name


def test_every_character_nobody_can_see_is_refused():
    ranges = [
        range(0x20),
        range(0x7F, 0xA0),
        [0x61C, 0xFEFF, 0xFFFE, 0xFFFF],
        range(0x200B, 0x2010),
        range(0x2028, 0x202F),
        range(0x2060, 0x206A),
        range(0xD800, 0xE000),
    ]
    passed = [hex(code) for codes in ranges for code in codes if forbidden(chr(code)) is None]
    assert passed == []


def test_the_first_of_several_is_named():
    assert forbidden("A\u202eB\x1b") == "bidi control U+202E"


@pytest.mark.parametrize(
    "text", ["", " ", "Gown L, 2 \xd7 12", "Käse", "顧客", "زبون", "ABC\\x1b", "[/path]", "'; DROP TABLE"]
)
def test_what_can_be_seen_passes(text):
    assert forbidden(text) is None


def test_the_separator_passes_only_where_asked_for():
    assert forbidden("10A\x1d17") == "control character 1D"
    assert forbidden("10A\x1d17", allow_gs=True) is None
    assert forbidden("10A\x1d\x1e", allow_gs=True) == "control character 1E"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("plain", "plain"),
        ("a\r\nb", r"a\x0d\x0ab"),
        ("\x1b[2J", r"\x1b[2J"),
        ("é", r"\xe9"),
        ("\u202e", r"\u202e"),
        ("\U0001f4e6", r"\U0001f4e6"),
        ("\ud800", r"\ud800"),
        (r"\x0a", r"\\x0a"),
        ("\x7f", r"\x7f"),
    ],
)
def test_escaped(text, line):
    assert escaped(text) == line


def test_escaped_is_cut_at_its_limit():
    assert escaped("A" * 200) == "A" * 200
    assert escaped("A" * 201) == "A" * 197 + "..."
    assert escaped("A" * 9, limit=5) == "AA..."
    assert escaped("\n" * 60, limit=200).endswith("...")
    assert escaped("AAAA", limit=2) == ".."


@given(st.text(ANY_CHARACTER, max_size=300), st.integers(0, 400))
def test_escaped_is_always_one_short_printable_line(text, limit):
    line = escaped(text, limit)
    assert len(line) <= limit
    assert line.isascii()
    assert line.isprintable()


@given(st.text(ANY_CHARACTER, max_size=40), st.text(ANY_CHARACTER, max_size=40))
def test_two_texts_never_look_the_same_in_the_log(one, other):
    assert (escaped(one, 4000) == escaped(other, 4000)) == (one == other)
    assert escaped(one, 4000).encode().decode("unicode_escape") == one


@pytest.mark.parametrize(
    ("text", "only"),
    [("0123456789", True), ("", False), ("1 ", False), ("-1", False), ("١٢٣", False), ("²", False)],
)
def test_digits_only(text, only):
    assert digits_only(text) is only
