import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from warehouse.barcodes.checkdigits import mod10
from warehouse.barcodes.gs1 import bracketed_elements, elements
from warehouse.barcodes.text import UnfitError

SSCC = "395011015300000011"
GTIN = "09501101530003"
OTHER_GTIN = "09521234543213"
GLN = "9521101530001"
UNIT = f"00{SSCC}02{GTIN}"


def refused(message):
    with pytest.raises(UnfitError) as caught:
        elements(message)
    return caught.value.reason


def test_a_case_label():
    said = elements(f"01{GTIN}10AB-123\x1d17271231112701023012\x1d21S1")
    assert said.gtin == GTIN
    assert (said.lot, said.serial) == ("AB-123", "S1")
    assert (said.expiry, said.produced) == (dt.date(2027, 12, 31), dt.date(2027, 1, 2))
    assert (said.variable_count, said.count) == (12, None)
    assert [ai for ai, _ in said.ais] == ["01", "10", "17", "11", "30", "21"]


def test_a_pallet_label():
    said = elements(f"{UNIT}1527063037024")
    assert (said.sscc, said.content_gtin, said.gtin) == (SSCC, GTIN, None)
    assert (said.count, said.variable_count) == (24, None)
    assert said.best_before == dt.date(2027, 6, 30)


@pytest.mark.parametrize(
    ("yymmdd", "date"),
    [
        ("270200", dt.date(2027, 2, 28)),
        ("280200", dt.date(2028, 2, 29)),
        ("280229", dt.date(2028, 2, 29)),
        ("270400", dt.date(2027, 4, 30)),
        ("271200", dt.date(2027, 12, 31)),
        ("000229", dt.date(2000, 2, 29)),
        ("991231", dt.date(1999, 12, 31)),
    ],
)
def test_dates(yymmdd, date):
    said = elements(f"17{yymmdd}15{yymmdd}11{yymmdd}")
    assert (said.expiry, said.best_before, said.produced) == (date, date, date)


@pytest.mark.parametrize("yymmdd", ["270229", "271301", "270001", "270432", "270431", "000000", "270000", "279999"])
def test_dates_that_cannot_be(yymmdd):
    assert {refused(f"{ai}{yymmdd}") for ai in ("11", "12", "13", "15", "16", "17")} == {"date"}


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        # nothing, or nothing in a field
        ("", "empty"),
        ("\x1d", "empty"),
        ("\x1d\x1d", "empty"),
        ("10", "empty"),
        ("30", "empty"),
        ("10\x1d17271231", "empty"),
        ("10A\x1d\x1d21B", "empty"),
        ("\x1d\x1d10A", "empty"),
        ("7004", "empty"),
        # check digits
        (f"00{SSCC[:-1]}2", "check_digit"),
        (f"01{GTIN[:-1]}4", "check_digit"),
        (f"00{SSCC}02{GTIN[:-1]}43712", "check_digit"),
        (f"03{GTIN[:-1]}4", "check_digit"),
        *[(f"41{n}{GLN[:-1]}2", "check_digit") for n in range(8)],
        (f"253{GLN[:-1]}2DOC1", "check_digit"),
        (f"80030{GLN[:-1]}2X", "check_digit"),
        (f"8006{GTIN[:-1]}40102", "check_digit"),
        # a separator that is missing, or in the middle of a field
        ("10" + "A" * 21, "length"),
        (f"10{'A' * 20}21S1", "length"),
        (f"10{'A' * 20}17271231", "length"),
        (f"21{'1' * 21}", "length"),
        (f"01{GTIN[:7]}\x1d{GTIN[7:]}", "length"),
        ("30123456789", "length"),
        (f"{UNIT}37123456789", "length"),
        ("400" + "A" * 31, "length"),
        (f"01{GTIN[:-1]}", "length"),
        (f"00{SSCC[:-1]}", "length"),
        ("1727123", "length"),
        # not in the table of AIs
        ("0512345", "unknown_ai"),
        (f"01{GTIN}0512345", "unknown_ai"),
        (f"01{GTIN}XYZ", "unknown_ai"),
        ("XYZ", "unknown_ai"),
        ("1", "unknown_ai"),
        # characters
        ("10LOT 1", "charset"),
        ("10LOT#1", "charset"),
        ("10KÄSE", "charset"),
        ("10LOT\x1e", "charset"),
        ("10LOT\x1c", "charset"),
        ("10LOT\n", "charset"),
        ("30٢٤", "charset"),
        ("30A", "charset"),
        (f"01{GTIN[:-1]}X", "charset"),
        (" 10A", "unknown_ai"),
        ("10A ", "charset"),
        (f"(01){GTIN}", "unknown_ai"),
        # counts
        ("300", "count"),
        ("3000000000", "count"),
        (f"{UNIT}370", "count"),
        # what cannot be on one label
        (f"01{GTIN}02{OTHER_GTIN}3712", "ai_combination"),
        (f"00{SSCC}01{GTIN}02{GTIN}3712", "ai_combination"),
        (f"01{GTIN}3712", "ai_combination"),
        (f"00{SSCC}01{GTIN}3712", "ai_combination"),
        (UNIT, "ai_combination"),
        ("3712", "ai_combination"),
        (f"01{GTIN}03{GTIN}", "ai_combination"),
        (f"00{SSCC}01{GTIN}8026{GTIN}0102\x1d3712", "ai_combination"),
        (f"00{SSCC}3712", "ai_combination"),
        (f"{UNIT}3712\x1d03{GTIN}", "ai_combination"),
        # one thing said in two ways
        ("10A\x1d10B", "repeated_ai"),
        (f"01{GTIN}01{OTHER_GTIN}", "repeated_ai"),
        ("1727123117271230", "repeated_ai"),
        ("3012\x1d30012", "repeated_ai"),
        (f"01{GTIN}31030012343102000123", "repeated_ai"),
    ],
)
def test_refused(message, reason):
    assert refused(message) == reason


@pytest.mark.parametrize(
    "message",
    [
        f"\x1d01{GTIN}10A",
        f"01{GTIN}10A\x1d",
        f"01{GTIN}\x1d10A",
        f"01{GTIN}01{GTIN}10A",
        f"01{GTIN}10A\x1d10A",
    ],
)
def test_separators_too_many_and_the_same_said_twice_do_no_harm(message):
    assert elements(message).ais == (("01", GTIN), ("10", "A"))


def test_a_lost_separator_in_the_limits_of_a_field_cannot_be_seen():
    assert elements("10LOT117270228").lot == "LOT117270228"


def test_the_longest_fields_pass():
    said = elements(f"01{GTIN}10{'A' * 20}\x1d21{'B' * 20}\x1d3099999999")
    assert (said.lot, said.serial, said.variable_count) == ("A" * 20, "B" * 20, 99_999_999)


def test_every_character_of_the_gs1_set_passes_and_no_other():
    passing = [char for char in map(chr, range(0x1E, 0x250)) if _passes(f"10{char}")]
    allowed = "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
    assert "".join(passing) == allowed
    assert len(allowed) == 82


def _passes(message):
    try:
        elements(message)
    except UnfitError:
        return False
    return True


@pytest.mark.parametrize(
    "text",
    [
        f"(01){GTIN}(10)A-1(30)12",
        f"(01) {GTIN} (10) A-1 (30) 12",
        "(01)0 950110 153000 3(10)A-1(30)12",
    ],
)
def test_typed_in_brackets(text):
    assert bracketed_elements(text) == elements(f"01{GTIN}10A-1\x1d3012")


def test_brackets_inside_a_lot_lose_nothing():
    assert bracketed_elements("(10)A(B)(21)C(1)").ais == (("10", "A(B)"), ("21", "C(1)"))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("(10)", "empty"),
        ("(10)(21)A", "empty"),
        (f"(01){GTIN}0", "length"),
        (f"(01){GTIN}10A", "length"),
        (f"(010){GTIN[1:]}", "unknown_ai"),
        ("(05)1", "unknown_ai"),
        ("(17)9(90)217", "length"),
        ("(10)12^", "charset"),
        (f"(00){SSCC[:-1]}2", "check_digit"),
        ("10A", "charset"),
        ("A(10)B", "charset"),
        ("", "charset"),
    ],
)
def test_brackets_refused(text, reason):
    with pytest.raises(UnfitError) as caught:
        bracketed_elements(text)
    assert caught.value.reason == reason


LOT = st.text("".join(map(chr, range(0x30, 0x3A))) + "ABCxyz-/_%()", min_size=1, max_size=20)
FIELDS = st.fixed_dictionaries(
    {},
    optional={
        "01": st.text("0123456789", min_size=13, max_size=13).map(lambda digits: f"{digits}{mod10(digits)}"),
        "10": LOT,
        "21": LOT,
        "240": LOT,
        "17": st.dates(dt.date(2000, 1, 1), dt.date(2049, 12, 31)).map(lambda day: f"{day:%y%m%d}"),
        "30": st.integers(1, 99_999_999).map(str),
        "3103": st.integers(0, 999_999).map("{:06}".format),
        "414": st.text("0123456789", min_size=12, max_size=12).map(lambda digits: f"{digits}{mod10(digits)}"),
    },
).filter(bool)
FIXED = {"01", "17", "3103", "414"}


@given(FIELDS, st.randoms(use_true_random=False))
@settings(max_examples=100, deadline=None)
def test_what_was_put_in_comes_out(fields, random):
    order = random.sample(sorted(fields), len(fields))
    message = "".join(ai + fields[ai] + ("" if ai in FIXED else "\x1d") for ai in order)
    said = elements(message)
    assert said.ais == tuple((ai, fields[ai]) for ai in order)
    assert (said.gtin, said.lot, said.serial) == (fields.get("01"), fields.get("10"), fields.get("21"))
    assert said.variable_count == (int(fields["30"]) if "30" in fields else None)
    assert (f"{said.expiry:%y%m%d}" if said.expiry else None) == fields.get("17")


@given(st.text("0123456789\x1dA(", max_size=60))
@settings(max_examples=200, deadline=None)
def test_nothing_of_an_accepted_message_is_left_out(message):
    try:
        said = elements(message)
    except UnfitError:
        return
    values = "".join(ai + value for ai, value in said.ais)
    repeated = len(values) < len(message.replace("\x1d", ""))
    assert values == message.replace("\x1d", "") or repeated
    assert all(ai + value in message for ai, value in said.ais)
