import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from warehouse.barcodes import Code, Unreadable, read
from warehouse.barcodes.checkdigits import mod10

GTIN = "09506000134352"
CONTENT = "09501101530003"
SSCC = "395011015300000011"
GLN = "9521101530001"


@pytest.mark.parametrize("before", ["", "]Q1", "]d1", "]Q2", "]J0"])
@pytest.mark.parametrize(
    "start",
    [
        "https://id.gs1.org",
        "http://example.com",
        "HTTPS://ID.GS1.ORG",
        "HtTpS://example.com:8443",
        "https://brand.example/some/page/of/ours",
        "https://user@brand.example/00/11",
        "https://192.0.2.1",
        "https://xn--bcher-kva.example",
    ],
)
def test_a_link_is_the_message_in_it(before, start):
    answer = read(f"{before}{start}/01/{GTIN}/10/AB-1/21/S9?17=271231&30=24&linkType=pip")
    assert (answer.kind, answer.mode, answer.symbology) == ("gs1", "link", before or None)
    assert answer.ais == (("01", GTIN), ("10", "AB-1"), ("21", "S9"), ("17", "271231"), ("30", "24"))
    assert (answer.gtin, answer.lot, answer.serial, answer.quantity) == (GTIN, "AB-1", "S9", 24)
    assert answer.expiry == dt.date(2027, 12, 31)
    assert answer.text == f"(01){GTIN}(10)AB-1(21)S9(17)271231(30)24"


@pytest.mark.parametrize(
    ("path", "ais"),
    [
        (f"/01/{GTIN}", (("01", GTIN),)),
        (f"/01/{GTIN}/", (("01", GTIN),)),
        (f"/01/{GTIN}?", (("01", GTIN),)),
        (f"/01/{GTIN}#10=A", (("01", GTIN),)),
        (f"/01/{GTIN}?10=A#x?11=1", (("01", GTIN), ("10", "A"))),
        (f"/01/{GTIN}?lot=A&utm_source=x&b", (("01", GTIN),)),
        (f"/01/{GTIN}?10=A;17=271231", (("01", GTIN), ("10", "A"), ("17", "271231"))),
        ("/01/9506000134352", (("01", GTIN),)),
        ("/01/036000291452", (("01", "00036000291452"),)),
        ("/01/96385074", (("01", "00000096385074"),)),
        (f"/01/{GTIN}/22/V1/10/A/21/S", (("01", GTIN), ("22", "V1"), ("10", "A"), ("21", "S"))),
        (f"/01/{GTIN}/235/T1", (("01", GTIN), ("235", "T1"))),
        (f"/01/{GTIN}/10/A%2FB%25", (("01", GTIN), ("10", "A/B%"))),
        (f"/01/{GTIN}/10/A+B", (("01", GTIN), ("10", "A+B"))),
        (f"/01/{GTIN}?10=A%2BB", (("01", GTIN), ("10", "A+B"))),
        (f"/01/{GTIN}/01/{CONTENT}", (("01", CONTENT),)),
        (f"/00/{SSCC}", (("00", SSCC),)),
        (f"/00/{SSCC}?02={CONTENT}&37=24&10=L", (("00", SSCC), ("02", CONTENT), ("37", "24"), ("10", "L"))),
        (f"/414/{GLN}/254/A1", (("414", GLN), ("254", "A1"))),
        ("/8004/9521ABC", (("8004", "9521ABC"),)),
    ],
)
def test_keys_qualifiers_and_attributes(path, ais):
    assert read(f"https://example.com{path}").ais == ais


@pytest.mark.parametrize(("path", "kind"), [(f"/01/{GTIN}", "gtin"), (f"/00/{SSCC}", "sscc")])
def test_a_link_with_one_key_is_that_key(path, kind):
    assert read(f"]Q1https://example.com{path}").kind == kind


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        (f"/01/{GTIN[:-1]}3", "check_digit"),
        (f"/00/{SSCC[:-1]}2", "check_digit"),
        (f"/414/{GLN[:-1]}2", "check_digit"),
        (f"/01/{GTIN}/10/", "empty"),
        (f"/01/{GTIN}?10=", "empty"),
        (f"/01/{GTIN}/10/{'A' * 21}", "length"),
        (f"/01/{GTIN}?17=2712", "length"),
        (f"/01/{GTIN}?17=271301", "date"),
        (f"/01/{GTIN}?30=0", "count"),
        (f"/01/{GTIN}?37=5", "ai_combination"),
        (f"/01/{GTIN}/21/S/10/A", "ai_combination"),
        (f"/01/{GTIN}/235/T/10/A", "ai_combination"),
        (f"/01/{GTIN}/17/271231", "ai_combination"),
        (f"/01/{GTIN}?21=S", "ai_combination"),
        (f"/00/{SSCC}/10/A", "ai_combination"),
        (f"/01/{GTIN}?05=1", "unknown_ai"),
        (f"/01/{GTIN}?12345=1", "unknown_ai"),
        (f"/01/{GTIN}?01={CONTENT}", "repeated_ai"),
        (f"/01/{GTIN}/10/A?10=B", "repeated_ai"),
        (f"/01/{GTIN}/10/A%1DB", "charset"),
        (f"/01/{GTIN}/10/A%1B[2J", "charset"),
        (f"/01/{GTIN}/10/A%E2%80%AEB", "charset"),
        (f"/01/{GTIN}/10/A%FF", "charset"),
        (f"/01/{GTIN}?10=A+B", "charset"),
        (f"/01/{GTIN}/10/A B", "charset"),
    ],
)
def test_refused(path, reason):
    answer = read(f"]Q1https://example.com{path}")
    assert isinstance(answer, Unreadable), answer
    assert answer.reason == reason


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com",
        "https://example.com/",
        "https://example.com/index.html?10=A",
        "https://example.com/2024/01/15",
        "https://example.com/01/15/17/3",
        "https://example.com/01/9506000134353",  # 13 digits, wrong check digit
        f"https://example.com/01/{GTIN}/about",
        f"https://example.com//01//{GTIN}",
        f"https:///01/{GTIN}",
        f"ftp://example.com/01/{GTIN}",
        f"example.com/01/{GTIN}",
        f"https://example.com?01={GTIN}",
        f"https://example.com/gtin/{GTIN}",
        f"https://example.com/01/{GTIN}".translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")),
        "https://example.com/00/1234",
        "https://[::1/01/2",
    ],
)
def test_another_address_is_text(url):
    answer = read(f"]Q1{url}")
    assert (answer.kind, answer.text, answer.gtin) == ("text", url, None)


@pytest.mark.parametrize(
    "url", ["http://\x1d/", "https://a/x\x1d", f"https://a/\x1d/01/{GTIN}", f"https://a/01/{GTIN}#\x1d"]
)
def test_a_separator_is_in_no_address(url):
    assert isinstance(read(url), Unreadable)


GTINS = st.text("0123456789", min_size=13, max_size=13).map(lambda body: f"{body}{mod10(body)}")
LOTS = st.text("ABCxyz0189-_%/()?&=:;,.*'\"<>!+", min_size=1, max_size=20)


@given(GTINS, LOTS, LOTS, st.sampled_from(["path", "query"]))
@settings(max_examples=150, deadline=None)
def test_whatever_is_escaped_comes_back(gtin, lot, text, where):
    def quoted(value):
        return "".join(char if char.isalnum() else f"%{ord(char):02X}" for char in value)

    path = f"/10/{quoted(lot)}?240={quoted(text)}" if where == "path" else f"?240={quoted(text)}&10={quoted(lot)}"
    answer = read(f"https://example.com/01/{gtin}{path}")
    assert isinstance(answer, Code), answer
    assert dict(answer.ais) == {"01": gtin, "10": lot, "240": text}


@given(GTINS, st.integers(0, 13), st.integers(1, 9))
@settings(max_examples=100, deadline=None)
def test_a_changed_digit_is_refused(gtin, place, shift):
    changed = gtin[:place] + str((int(gtin[place]) + shift) % 10) + gtin[place + 1 :]
    assert read(f"https://example.com/01/{changed}").reason == "check_digit"
