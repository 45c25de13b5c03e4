"""HIBC. The codes are worked examples of ANSI/HIBC 2.6 and labels in the field, which others' parsers agree on."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from warehouse.barcodes import Code, Unreadable, read
from warehouse.barcodes.hibc import ALPHABET, hibc, item_of, link_of, mod43


def day(text):
    return dt.date.fromisoformat(text)


def checked(body):
    return body + mod43(body)


@pytest.mark.parametrize(
    "code",
    [
        "+A123BJC5D6E71G",
        "+H123ABC01234567890D",
        "+$A1234GU",
        "+$$52001510X3GD",
        "+A99912345/$$52001510X33",
        "+A123BJC5D6E71/$$52001510X3C",
        "+A99912345/$$52001510X3/16D20111212/S77DEFG457",
        "+A99912345/$10X3/16D20111231/14D202001313",
        "+A99912349/$10X3/16D20111231/14D20200131/Q500Z",
        "+$$52001510X3+ ",
    ],
)
def test_the_check_character_of_the_standards_examples(code):
    assert mod43(code[:-1]) == code[-1]
    assert read(code).kind == "hibc"


@pytest.mark.parametrize(
    ("code", "item"),
    [
        ("+A123BJC5D6E71G", "A123BJC5D6E71"),
        ("+H123ABC01234567890D", "H123ABC01234567890"),
        ("+A123BJCMD6E79+", "A123BJCMD6E79"),
        ("+J123AQ3451T", "J123AQ3451"),
        (checked("+A123B0"), "A123B0"),
        (checked("+A123ABCDEFGHI1234567891"), "A123ABCDEFGHI1234567891"),
    ],
)
@pytest.mark.parametrize("before", ["", "]C0", "]A0", "]d1", "]Q1", "]z0"])
def test_a_primary_names_its_item(code, item, before):
    answer = read(before + code)
    assert (answer.kind, answer.mode, answer.part, answer.text) == ("hibc", "primary", item, item)
    assert answer.item_codes == (item,)
    assert (answer.lot, answer.expiry, answer.quantity, answer.symbology) == (None, None, None, before or None)


# Data behind the flag, as in table F1 of the standard (lot 3C001, serial 0001, link L), and what it says.
SECONDARY = [
    ("3C001", "$3C001", {"lot": "3C001"}),
    ("MMYY", "$$09053C001", {"lot": "3C001", "expiry": day("2005-09-30")}),
    ("MMYY leap", "$$02283C001", {"lot": "3C001", "expiry": day("2028-02-29")}),
    ("MMDDYY", "$$20928053C001", {"lot": "3C001", "expiry": day("2005-09-28")}),
    ("YYMMDD", "$$30509283C001", {"lot": "3C001", "expiry": day("2005-09-28")}),
    ("YYMMDDHH", "$$4050928223C001", {"lot": "3C001", "expiry": day("2005-09-28")}),
    ("YYJJJ", "$$5052713C001", {"lot": "3C001", "expiry": day("2005-09-28")}),
    ("YYJJJHH", "$$605271223C001", {"lot": "3C001", "expiry": day("2005-09-28")}),
    ("no date", "$$73C001", {"lot": "3C001"}),
    ("serial", "$+0001", {"serial": "0001"}),
    ("serial MMYY", "$$+09050001", {"serial": "0001", "expiry": day("2005-09-30")}),
    ("serial MMDDYY", "$$+20928050001", {"serial": "0001", "expiry": day("2005-09-28")}),
    ("serial YYMMDD", "$$+30509280001", {"serial": "0001", "expiry": day("2005-09-28")}),
    ("serial YYMMDDHH", "$$+4050928200001", {"serial": "0001", "expiry": day("2005-09-28")}),
    ("serial YYJJJ", "$$+5052710001", {"serial": "0001", "expiry": day("2005-09-28")}),
    ("serial YYJJJHH", "$$+605271200001", {"serial": "0001", "expiry": day("2005-09-28")}),
    ("serial no date", "$$+70001", {"serial": "0001"}),
    ("date alone", "$$3271231", {"expiry": day("2027-12-31")}),
    ("day 366", "$$528366A", {"lot": "A", "expiry": day("2028-12-31")}),
    ("old day", "05271", {"expiry": day("2005-09-28")}),
    ("old day and lot", "2001510X3", {"lot": "10X3", "expiry": day("2020-01-15")}),
    ("24 and date", "$$8243280112R00089525", {"pieces": 24, "lot": "R00089525", "expiry": day("2028-01-12")}),
    ("24 and MMYY", "$$8240905LOT", {"pieces": 24, "lot": "LOT", "expiry": day("2005-09-30")}),
    ("12 and no date", "$$812710X3", {"pieces": 12, "lot": "10X3"}),
    ("2345 and no date", "$$902345710X3", {"pieces": 2345, "lot": "10X3"}),
    ("100 alone", "$$900100", {"pieces": 100}),
    ("longest lot", "$$7" + "A" * 18, {"lot": "A" * 18}),
]
NAMES = ("lot", "serial", "expiry", "produced", "pieces")


def said(answer):
    return {name: value for name in NAMES if (value := getattr(answer, name)) is not None}


@pytest.mark.parametrize(("data", "fields"), [row[1:] for row in SECONDARY], ids=[row[0] for row in SECONDARY])
def test_secondary_data(data, fields):
    alone = read(checked(f"+{data}G"))
    assert (alone.kind, alone.mode, alone.part, said(alone)) == ("hibc", "secondary", None, fields)
    behind = read(checked(f"+A123BJC5D6E71/{data}"))
    assert (behind.mode, behind.part, said(behind)) == ("combined", "A123BJC5D6E71", fields)


@pytest.mark.parametrize("link", ALPHABET)
def test_the_link_is_no_part_of_the_lot(link):
    assert read(checked(f"+$$7LOT{link}")).lot == "LOT"


@pytest.mark.parametrize(
    ("code", "fields"),
    [
        (
            "+A99912345/$$52001510X3/16D20111212/S77DEFG457",
            {"lot": "10X3", "serial": "77DEFG45", "expiry": day("2020-01-15"), "produced": day("2011-12-12")},
        ),
        (
            "+A99912349/$10X3/16D20111231/14D20200131/Q500Z",
            {"lot": "10X3", "expiry": day("2020-01-31"), "produced": day("2011-12-31"), "pieces": 500},
        ),
        (
            "+A99912345/$$812710X3/16D20111212/14D20200906/S77DEFG453",
            {
                "lot": "10X3",
                "serial": "77DEFG45",
                "expiry": day("2020-09-06"),
                "produced": day("2011-12-12"),
                "pieces": 12,
            },
        ),
        (
            "+A99912345/$$902345710X3/$$+320090677DEFG45/16D201112126",
            {
                "lot": "10X3",
                "serial": "77DEFG45",
                "expiry": day("2020-09-06"),
                "produced": day("2011-12-12"),
                "pieces": 2345,
            },
        ),
        (
            "+A123ABCDEFGHI1234567891/$$420020216LOT123456789012345/SXYZ456789012345678/16D20130202$",
            {
                "lot": "LOT123456789012345",
                "serial": "XYZ456789012345678",
                "expiry": day("2020-02-02"),
                "produced": day("2013-02-02"),
            },
        ),
        ("+E203PB414109/$$8243280112R00089525J", {"pieces": 24, "lot": "R00089525", "expiry": day("2028-01-12")}),
        ("+EHWD3551419/$$900100F", {"pieces": 100}),
        (
            "+EFOR78712011/$26485266/16D20240626/Q10S",
            {"lot": "26485266", "produced": day("2024-06-26"), "pieces": 10},
        ),
        ("+J123AQ3451/$$1125BC34567/S4012L", {"lot": "BC34567", "serial": "4012", "expiry": day("2025-11-30")}),
        ("+J123AQ3451/25330BC34567/S4012X", {"lot": "BC34567", "serial": "4012", "expiry": day("2025-11-26")}),
    ],
)
def test_labels_in_the_field(code, fields):
    assert said(read(code)) == fields
    assert read(code).quantity == fields.get("pieces")


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("+A123BJC5D6E71/", "empty"),
        ("+A123BJC5D6E71/$$7L/", "empty"),
        ("+A123BJC5D6E71/$", "empty"),
        ("+A123BJC5D6E71/$$", "empty"),
        ("+A123BJC5D6E71/$$7", "empty"),
        ("+A123BJC5D6E71/S", "empty"),
        ("+A123BJC5D6E71/$$3271301L", "date"),
        ("+A123BJC5D6E71/$$3270229L", "date"),
        ("+A123BJC5D6E71/$$2022927L", "date"),
        ("+A123BJC5D6E71/$$1327L", "date"),
        ("+A123BJC5D6E71/$$427123124L", "date"),
        ("+A123BJC5D6E71/$$527366L", "date"),
        ("+A123BJC5D6E71/$$527000L", "date"),
        ("+A123BJC5D6E71/$$5ABCDEL", "date"),
        ("+A123BJC5D6E71/$$527", "date"),
        ("+A123BJC5D6E71/$$81210X3", "date"),  # a quantity, then neither date nor 7
        ("+A123BJC5D6E71/$$8052713C001", "date"),
        ("+A123BJC5D6E71/14D20270229", "date"),
        ("+A123BJC5D6E71/16D2011123", "date"),
        ("+A123BJC5D6E71/$$8003271231L", "count"),
        ("+A123BJC5D6E71/Q0", "count"),
        ("+A123BJC5D6E71/Q123456", "unknown_ai"),
        ("+A123BJC5D6E71/17D20111231", "unknown_ai"),
        ("+A123BJC5D6E71/XYZ", "unknown_ai"),
        ("+A123BJC5D6E71/$$7" + "A" * 19, "length"),
        ("+A123BJC5D6E71/$$7A%B", "charset"),
        ("+A123BJC5D6E71/$$7A$B", "charset"),
        ("+A123BJC5D6E71/$A/$$7B", "repeated_ai"),
        ("+A123BJC5D6E71/$$3271231A/14D20271230", "repeated_ai"),
        ("+A123BJC5D6E71/$$812710X3/Q13", "repeated_ai"),
    ],
)
def test_refused(body, reason):
    answer = read(checked(body))
    assert isinstance(answer, Unreadable), answer
    assert answer.reason == reason


def test_the_same_said_twice_does_no_harm():
    assert read(checked("+A123BJC5D6E71/$$812710X3/Q12")).pieces == 12


@pytest.mark.parametrize(
    "text",
    [
        "+",
        "+A",
        "+A123",
        "+A123B",
        "+4917012345678",
        "+/EO5232013",
        "+$5",
        "+a123bjc5d6e71G",
        "A123BJC5D6E71G",
        "+A123BJC5D6E7AG",
        "*+A123BJC5D6E71G*",
        "+%A123BJC5D6E71",
        checked("+A12BJ/$$7L"),  # no unit of measure
        checked("+2040010X3G"),  # there is no day 400
    ],
)
def test_what_has_another_shape_is_text(text):
    assert read(text).kind == "text"


WHOLE = ["+A123BJC5D6E71G", "+A99912345/$$52001510X3/16D20111212/S77DEFG457", "+$$52001510X3GD"]


@pytest.mark.parametrize("code", WHOLE)
def test_one_wrong_character_is_never_believed(code):
    """Every place with every character of the alphabet: refused, or no HIBC at all."""
    for place in range(len(code)):
        for char in ALPHABET.replace(code[place], ""):
            answer = read(code[:place] + char + code[place + 1 :])
            assert isinstance(answer, Unreadable) or answer.kind == "text", (place, char)
    assert {read(code[:-1] + char).reason for char in ALPHABET.replace(code[-1], "")} == {"check_digit"}


@pytest.mark.parametrize(
    ("text", "item"),
    [
        ("+A123BJC5D6E71G", "A123BJC5D6E71"),
        ("*+A123BJC5D6E71G*", "A123BJC5D6E71"),
        ("A123BJC5D6E71", ""),
        ("+A123BJC5D6E71H", ""),
        ("+A99912345/$$52001510X33", ""),
        ("+$$52001510X3GD", ""),
        ("", ""),
    ],
)
def test_the_item_of_a_primary_as_a_list_writes_it(text, item):
    assert item_of(text) == item


LOTS = st.text("ABCXYZ0123456789", min_size=1, max_size=18)
DAYS = st.dates(dt.date(2000, 1, 1), dt.date(2099, 12, 31))


@given(st.from_regex(r"\A[A-Z][A-Z0-9]{3}[A-Z0-9]{1,18}[0-9]\Z"), LOTS, LOTS, DAYS, st.integers(1, 99_999))
@settings(max_examples=200, deadline=None)
def test_what_was_put_in_comes_out(item, lot, serial, expiry, pieces):
    code = checked(f"+{item}/$$9{pieces:05}3{expiry:%y%m%d}{lot}/S{serial}/16D{expiry:%Y%m%d}")
    answer = read(code)
    assert isinstance(answer, Code), answer
    assert (answer.part, answer.lot, answer.serial, answer.pieces) == (item, lot, serial, pieces)
    assert (answer.expiry, answer.produced) == (expiry, expiry)


@given(st.text(ALPHABET, min_size=1, max_size=60))
@settings(max_examples=300, deadline=None)
def test_any_text_of_the_alphabet_with_a_right_check_is_answered(text):
    answer = read(checked("+" + text))
    assert isinstance(answer, Unreadable) or answer.kind in ("hibc", "text")
    if isinstance(answer, Code) and answer.kind == "hibc":
        assert hibc(checked("+" + text)).item == (answer.part or "")


def test_a_secondary_names_its_primary_by_the_link():
    primary = "+A123BJC5D6E71G"
    secondary = "+$$3280112LOT1G"
    answer = read(secondary + mod43(secondary))
    assert (answer.link, link_of("A123BJC5D6E71")) == (primary[-1], primary[-1])
    assert read(primary).link is None
    assert [link_of(text) for text in ("09501101530003", "GOWN-L", "", "A1")] == ["", "", "", ""]


def test_blanks_that_fill_a_lot_up_are_not_part_of_it():
    combined = "+A123BJC5D6E71/$$3280112LOT 1 "
    assert read(combined + mod43(combined)).lot == "LOT 1"
