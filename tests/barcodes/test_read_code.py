import dataclasses
import datetime as dt
import json
import os
import subprocess
import sys
import unicodedata
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from warehouse.barcodes import CARDS, Code, Unreadable, read
from warehouse.barcodes.as_json import told
from warehouse.barcodes.checkdigits import mod10
from warehouse.barcodes.read import MESSAGES
from warehouse.barcodes.text import MAX_FIELD, MAX_MESSAGE, Reason, decode

SSCC = "395011015300000011"
EAN = "4006381333931"
GTIN = "09501101530003"
ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
ELEMENT_SYMBOLS = ["]C1", "]d2", "]d5", "]Q3", "]Q4", "]e0", "]e1", "]J1", "]J4"]


def keys_of(length):
    digits = st.text("0123456789", min_size=length - 1, max_size=length - 1)
    return digits.map(lambda body: body + str(mod10(body)))


def reason(raw):
    answer = read(raw)
    assert isinstance(answer, Unreadable), answer
    assert answer.message == MESSAGES[answer.reason]
    return answer.reason


# --- cards


@pytest.mark.parametrize("before", ["", "]C0", "]A0"])
def test_a_card_is_its_key(before):
    answers = [read(before + known.code) for known in CARDS]
    assert {answer.kind for answer in answers} == {"card"}
    assert [(answer.key, answer.text) for answer in answers] == [(known.key, known.code) for known in CARDS]


@pytest.mark.parametrize("raw", ["XK", "XKUND", "XKUNDO ", "XKUNDO\x1d", "]C0XKNOPE", "]C1XKNOPE", "XK-100"])
def test_the_prefix_is_for_cards_only(raw):
    assert reason(raw) == "card"


def test_small_letters_are_no_card():
    assert read("xkundo").kind == "text"


# --- keys without a symbology identifier


@pytest.mark.parametrize("raw", [SSCC, f"00{SSCC}", f"]C0{SSCC}", f"]C000{SSCC}"])
def test_a_plain_sscc(raw):
    answer = read(raw)
    assert (answer.kind, answer.sscc, answer.gtin, answer.ais) == ("sscc", SSCC, None, ())


@pytest.mark.parametrize(
    ("raw", "gtin"),
    [
        ("96385074", "00000096385074"),
        ("036000291452", "00036000291452"),
        (EAN, "04006381333931"),
        (GTIN, GTIN),
        (f"]C0{EAN}", "04006381333931"),
        (f"]A0{EAN}", "04006381333931"),
        (f"]E0{EAN}", "04006381333931"),
        ("]E0036000291452", "00036000291452"),
        ("]E496385074", "00000096385074"),
        (f"]I1{GTIN}", GTIN),
        (f"]E3{EAN}12", "04006381333931"),
        (f"]E3{EAN}12345", "04006381333931"),
        (f"]e001{GTIN}", GTIN),
        (f"]C101{GTIN}", GTIN),
        (f"01{GTIN}", GTIN),
    ],
)
def test_a_gtin_has_14_digits(raw, gtin):
    answer = read(raw)
    assert (answer.kind, answer.gtin, answer.sscc) == ("gtin", gtin, None)


@pytest.mark.parametrize(
    "raw",
    [
        "ORDER-1",
        "3024",  # not AI 30
        "302410",
        "10LOT1",
        "17271231",
        "395011015300000012",  # 18 digits, wrong check digit
        "00395011015300000012",
        "4006381333932",  # 13 digits, wrong check digit
        f"]C0{EAN[:-1]}2",
        "01095011015300041012",  # 01 and a wrong check digit
        f"01{GTIN}0512345",  # no AI 05
        f"01{GTIN}X",
        "09501101530004",  # 14 digits, wrong check digit
        "1" + SSCC,
        "(A)1",
        "(1)2",
        "()",
        "]",
        "]]",
        "]Y",
        "]Yx",
        "]E",
        "]11",
        "]é1",
        "https://example.com/2024/01/15",
        "+49 1234",
        "+/EO5232013",
        "[)",
        "Käse",
        "[/path]",
        "=cmd()",
        "^XA",
        "a b",
    ],
)
def test_all_else_is_text(raw):
    answer = read(raw)
    assert (answer.kind, answer.sscc, answer.gtin, answer.ais) == ("text", None, None, ())
    assert answer.text == (raw.removeprefix("]C0"))


def test_digits_of_other_scripts_are_text():
    for raw in (EAN, SSCC, f"01{GTIN}1727123130"):
        assert read(raw.translate(ARABIC)).kind == "text"


@pytest.mark.parametrize(
    ("raw", "symbology", "text"),
    [
        ("]C0ORDER-1", "]C0", "ORDER-1"),
        ("]Q1ORDER-1", "]Q1", "ORDER-1"),
        ("]X0ORDER-1", "]X0", "ORDER-1"),
        (" ORDER-1 ", None, " ORDER-1 "),
    ],
)
def test_the_symbology_is_kept_and_the_payload_untouched(raw, symbology, text):
    answer = read(raw)
    assert (answer.symbology, answer.text, answer.raw) == (symbology, text, raw)


# --- GS1 messages


@pytest.mark.parametrize("symbol", ELEMENT_SYMBOLS)
def test_element_symbols_hold_elements(symbol):
    answer = read(f"{symbol}01{GTIN}10AB-1\x1d172702003024\x1d21S-9")
    assert answer == Code(
        kind="gs1",
        raw=f"{symbol}01{GTIN}10AB-1\\x1d172702003024\\x1d21S-9",
        text=f"(01){GTIN}(10)AB-1(17)270200(30)24(21)S-9",
        symbology=symbol,
        gtin=GTIN,
        variable_count=24,
        lot="AB-1",
        expiry=dt.date(2027, 2, 28),
        serial="S-9",
        mode="elements",
        ais=(("01", GTIN), ("10", "AB-1"), ("17", "270200"), ("30", "24"), ("21", "S-9")),
    )
    assert reason(f"{symbol}ORDER-1") == "unknown_ai"
    assert reason(symbol) == "empty"


def test_a_pallet():
    answer = read(f"]C100{SSCC}02{GTIN}3724\x1d10L1")
    assert (answer.kind, answer.sscc, answer.content_gtin, answer.gtin) == ("gs1", SSCC, GTIN, None)
    assert (answer.count, answer.quantity, answer.lot) == (24, 24, "L1")


@pytest.mark.parametrize("raw", [f"]C100{SSCC}", f"]d2\x1d00{SSCC}", f"(00){SSCC}", "(00) 3 9501101 530000001 1"])
def test_a_label_with_one_sscc_is_that_sscc(raw):
    answer = read(raw)
    assert (answer.kind, answer.sscc, answer.text) == ("sscc", SSCC, f"(00){SSCC}")


@pytest.mark.parametrize(
    "raw",
    [
        f"01{GTIN}17270228",
        f"01{GTIN}\x1d17270228",
        f"(01){GTIN}(17)270228",
        f"]C0(01){GTIN}(17)270228",
        f"]d101{GTIN}17270228",
        f"17270228\x1d01{GTIN}",
    ],
)
def test_elements_without_an_id_that_says_so(raw):
    answer = read(raw)
    assert (answer.kind, answer.gtin, answer.expiry) == ("gs1", GTIN, dt.date(2027, 2, 28))


def test_a_unit_with_more_after_its_sscc():
    assert read(f"00{SSCC}10L1").lot == "L1"
    assert reason(f"02{GTIN}372400{SSCC}") == "length"
    assert read(f"02{GTIN}3724\x1d00{SSCC}").quantity == 24


def test_the_quantity_of_the_item_goes_before_that_of_the_content():
    assert read(f"]C100{SSCC}02{GTIN}3724\x1d3010").quantity == 10
    assert read("]C13010").quantity == 10
    assert read("ORDER-1").quantity is None


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("", "empty"),
        (" ", "empty"),
        ("\x1d", "empty"),
        ("]C1", "empty"),
        ("]d2", "empty"),
        ("]E0", "empty"),
        ("]C0", "empty"),
        ("]C0 ", "empty"),
        (f"]E0{EAN[:-1]}2", "check_digit"),
        ("]E496385075", "check_digit"),
        (f"]I1{GTIN[:-1]}4", "check_digit"),
        (f"]E3{EAN[:-1]}212", "check_digit"),
        ("]C100395011015300000012", "check_digit"),
        ("(00)395011015300000012", "check_digit"),
        ("\x1d00395011015300000012", "check_digit"),
        ("]E096385074", "length"),
        (f"]E4{EAN}", "length"),
        (f"]E0{GTIN}", "length"),
        (f"]I1{EAN}", "length"),
        (f"]E3{EAN}", "length"),
        ("]E0400638133393X", "charset"),
        (f"]E0{EAN}\x1d", "charset"),
        (f"]E0{EAN.translate(ARABIC)}", "charset"),
        ("]C110LOT\x1d\x1d21S", "empty"),
        (f"01{GTIN}17271301", "date"),
        (f"01{GTIN}3724", "ai_combination"),
        (f"]C101{GTIN}10A\x1d10B", "repeated_ai"),
        (f"]C101{GTIN}300", "count"),
        (f"{SSCC}\x1d", "length"),
        ("A" * (MAX_FIELD + 1), "length"),
        ("]C110A" + "\x1d10A" * MAX_MESSAGE, "length"),
    ],
)
def test_refused(raw, expected):
    assert reason(raw) == expected


@pytest.mark.parametrize(
    ("raw", "ais"),
    [
        (f"]E0{EAN}|]e010L1\x1d21S", (("01", EAN.zfill(14)), ("10", "L1"), ("21", "S"))),
        (f"]E0{EAN}]e017271231", (("01", EAN.zfill(14)), ("17", "271231"))),
        ("]E496385074|]e010L1", (("01", "00000096385074"), ("10", "L1"))),
        (f"]e001{GTIN}|]e010L1", (("01", GTIN), ("10", "L1"))),
        (f"]e001{GTIN}10L1\x1d21S", (("01", GTIN), ("10", "L1"), ("21", "S"))),
        (f"]C101{GTIN}10L1|]e021S", (("01", GTIN), ("10", "L1"), ("21", "S"))),
    ],
)
def test_bars_and_the_part_above_them_are_one_message(raw, ais):
    answer = read(raw)
    assert (answer.kind, answer.ais, answer.symbology) == ("gs1", ais, raw[:3])


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (f"]E0{EAN[:-1]}2|]e010L1", "check_digit"),
        (f"]E0{EAN}|]e0", "empty"),
        (f"]E0|]e010L1{EAN}", "empty"),
        (f"]E0{EAN}|]e001{GTIN}", "repeated_ai"),
        (f"]C101{GTIN}10L1|]e010L2", "repeated_ai"),
        (f"]C101{GTIN}10L1|]e03712", "ai_combination"),
        (f"]C101{GTIN}10L1]e0]e021S", "unknown_ai"),
        ("]C1|]e010L1", "empty"),
        (f"]d201{GTIN}10L1|]e021S", "charset"),
    ],
)
def test_composite_refused(raw, expected):
    assert reason(raw) == expected


@pytest.mark.parametrize(
    ("message", "grams", "measures"),
    [
        ("3103001950", 1950, (("3103", "1.950"),)),
        ("3100000012", 12000, (("3100", "12"),)),
        ("3101000125", 12500, (("3101", "12.5"),)),
        ("3105195000", 1950, (("3105", "1.95000"),)),
        ("3105000001", None, (("3105", "0.00001"),)),
        ("3104019505", None, (("3104", "1.9505"),)),
        ("3302000125", None, (("3302", "1.25"),)),
        ("3103000000", 0, (("3103", "0.000"),)),
    ],
)
def test_a_weight_is_whole_grams_or_none(message, grams, measures):
    answer = read(f"]C101{GTIN}{message}")
    assert (answer.net_weight_g, answer.measures) == (grams, measures)


def test_the_purchase_order_on_a_label():
    assert read(f"]C101{GTIN}400PO-1").purchase_order == "PO-1"


HIDDEN = "\x00\x1b\n\x1e\x04\x7f\x9b\u202e\u200b\ud800"


@pytest.mark.parametrize("place", ["{}ORDER-1", "ORDER{}-1", "ORDER-1{}", "]C110A{}", "XKUNDO{}", "]{}C1", EAN + "{}"])
def test_a_hidden_character_is_refused_wherever_it_stands(place):
    answers = [read(place.format(hidden)) for hidden in HIDDEN]
    assert [answer.reason for answer in answers] == ["charset"] * len(HIDDEN)
    assert all(answer.raw.isascii() and answer.raw.isprintable() for answer in answers)


def test_the_longest_that_pass():
    assert read("A" * MAX_FIELD).text == "A" * MAX_FIELD
    assert read("]C0" + "A" * MAX_FIELD).text == "A" * MAX_FIELD
    longest = "10A\x1d" * (MAX_MESSAGE // 4)
    assert read(longest).ais == (("10", "A"),)
    assert reason(f"{longest}2") == "length"


def test_each_reason_has_a_sentence_of_its_own_that_fits_a_line():
    assert set(MESSAGES) == set(get_args(Reason))
    assert len(set(MESSAGES.values())) == len(MESSAGES)
    assert all(len(message) <= 36 and message.endswith(".") for message in MESSAGES.values())


# --- for any text at all

LONG = os.environ.get("DOCKBELL_TESTS") == "long"

ANY_CHARACTER = st.characters(exclude_categories=())
PIECES = st.one_of(
    st.sampled_from([*ELEMENT_SYMBOLS, "]E0", "]E3", "]E4", "]I1", "]C0", "]", "XK", "XKUNDO", "(", ")", " ", "\\"]),
    st.sampled_from(["]Q1", "]d1", "https://a/", "HTTP://B/", "/01/", "/00/", "/10/", "?17=", "&37=", "%1B", "%", "#"]),
    st.sampled_from(["[)>", "\x1e", "\x04", "\x1e06\x1d", "\x1e05\x1d", "\x1dP", "\x1d7Q", "\x1d1T", "\x1d14D", "1J"]),
    st.sampled_from(
        ["+A123BJC5D6E71G", "+A99912345/$$52001510X33", "+", "/$$", "/$$8", "/S", "/14D", "20271231", "EA"]
    ),
    st.sampled_from(
        [
            "(00)",
            "(01)",
            "00",
            "01",
            "02",
            "10",
            "17",
            "21",
            "30",
            "37",
            "3103",
            "421",
            "7007",
            "8003",
            "8010",
        ]
    ),
    st.sampled_from(["\x1d", "\x1d\x1d", "\x1b", "\x1c", "\u202e", "٣", "²"]),
    keys_of(13),
    keys_of(14),
    keys_of(18),
    st.text("0123456789", max_size=12),
    st.text("AZaz_-%#=", max_size=22),
    st.text(ANY_CHARACTER, max_size=5),
)
FRAMES = st.one_of(
    st.text(ANY_CHARACTER, max_size=300), st.lists(PIECES, max_size=14).map("".join).map(lambda t: t[:300])
)


@given(FRAMES)
@settings(max_examples=20_000 if LONG else 300, deadline=None)
def test_read_never_raises_and_lets_nothing_hidden_through(raw):
    answer = read(raw)
    assert isinstance(answer, Code | Unreadable)
    for text in texts_of(answer):
        assert not any(unicodedata.category(char) in {"Cc", "Cf", "Cs", "Zl", "Zp"} for char in text)
        assert len(text) <= MAX_MESSAGE * 10
    if isinstance(answer, Code):
        check_shape(answer)


PREFIXES = [b"", b"]C1", b"]d1[)>\x1e06\x1d", b"[)>\x1e05\x1d", b"]Q1https://a/01/", b"+A123B", b"+$$", b"]E0", b"XK"]


@given(st.sampled_from(PREFIXES), st.binary(max_size=120))
@settings(max_examples=20_000 if LONG else 300, deadline=None)
def test_any_bytes_are_answered(before, data):
    answer = read(decode(before + data))
    assert all(
        unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Zl", "Zp"} for text in texts_of(answer) for char in text
    )
    assert set(told(answer)) in ({"error", "message"}, {"kind", "symbology", "ais", "fields", "warnings"})


def texts_of(answer):
    for field in dataclasses.fields(answer):
        value = getattr(answer, field.name)
        if field.name in ("ais", "measures"):
            yield from (text for pair in value for text in pair)
        elif isinstance(value, str):
            yield value
        elif field.name == "warnings":
            yield from value


def check_shape(code):
    assert (code.kind == "card") == (code.key is not None)
    assert code.kind != "sscc" or code.sscc
    assert code.kind != "gtin" or code.gtin
    assert code.sscc is None or len(code.sscc) == 18
    assert all(gtin is None or len(gtin) == 14 for gtin in (code.gtin, code.content_gtin))
    assert all(number is None or 1 <= number <= 99_999_999 for number in (code.count, code.variable_count))
    assert code.pieces is None or 1 <= code.pieces <= 999_999_999
    assert bool(code.warnings) == (code.suspect is not None)
    assert json.loads(json.dumps(told(code)))["kind"] == code.kind


@given(keys_of(18), st.sampled_from(["", "00", "]C100", "]d200", "(00)", "]C000"]))
@settings(max_examples=100, deadline=None)
def test_any_sscc_is_read(sscc, before):
    answer = read(before + sscc)
    assert (answer.kind, answer.sscc) == ("sscc", sscc)


@given(st.sampled_from([8, 12, 13, 14]).flatmap(keys_of), st.sampled_from(["", "]C0", "]A0"]))
@settings(max_examples=100, deadline=None)
def test_any_gtin_is_read(digits, before):
    answer = read(before + digits)
    assert (answer.kind, answer.gtin, answer.text) == ("gtin", digits.rjust(14, "0"), digits)


@given(keys_of(18), st.integers(0, 17), st.integers(1, 9), st.sampled_from(["", "00", "]C100", "(00)", "\x1d00"]))
@settings(max_examples=200, deadline=None)
def test_an_sscc_with_a_changed_digit_is_no_sscc(sscc, place, shift, before):
    changed = sscc[:place] + str((int(sscc[place]) + shift) % 10) + sscc[place + 1 :]
    answer = read(before + changed)
    assert isinstance(answer, Unreadable) or (answer.kind, answer.sscc) == ("text", None)


# --- what it costs to have


def test_biip_is_loaded_only_for_a_gs1_message():
    program = """
import sys
from warehouse.barcodes import read
def loaded():
    return sorted({"biip", "textual", "serial", "peewee", "devices", "db", "tui"} & sys.modules.keys())
for raw in ("ORDER-1", "XKUNDO", "4006381333931", "]E04006381333931", "395011015300000011", "+A123BJC5D6E71G",
            "[)>\x1e06\x1dP1\x1dQ5\x1e\x04", "https://example.com/"):
    read(raw)
print(loaded())
read("]C110A")
print(loaded())
"""
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout.split("\n")[:2] == ["[]", "['biip']"]
