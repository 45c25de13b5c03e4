"""The object that `dockbell scanner decode` prints: a contract."""

import json

import pytest

from warehouse.barcodes import CARDS, read
from warehouse.barcodes.as_json import told
from warehouse.barcodes.code import MESSAGES

GTIN = "09501101530003"
SSCC = "395011015300000011"


def gs1(kind, raw, ais, fields, warnings=()):
    return raw, {"kind": kind, "symbology": raw[:3], "ais": ais, "fields": fields, "warnings": list(warnings)}


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        gs1(
            "gs1",
            f"]C100{SSCC}02{GTIN}15270630370024\x1d10L1",
            [["00", SSCC], ["02", GTIN], ["15", "270630"], ["37", "0024"], ["10", "L1"]],
            {"sscc": SSCC, "contained_gtin": GTIN, "contained_count": 24, "lot": "L1", "best_before": "2027-06-30"},
        ),
        gs1(
            "gs1",
            f"]d201{GTIN}17270200112601023012\x1d21S9\x1d400PO-1\x1d3103001950",
            [
                ["01", GTIN],
                ["17", "270200"],
                ["11", "260102"],
                ["30", "12"],
                ["21", "S9"],
                ["400", "PO-1"],
                ["3103", "001950"],
            ],
            {
                "gtin": GTIN,
                "variable_count": 12,
                "expiry": "2027-02-28",
                "produced": "2026-01-02",
                "serial": "S9",
                "net_weight_g": 1950,
                "purchase_order": "PO-1",
            },
        ),
        gs1(
            "gs1",
            f"]d201{GTIN}31040195053302000125",
            [["01", GTIN], ["3104", "019505"], ["3302", "000125"]],
            {"gtin": GTIN, "measures": {"3104": "1.9505", "3302": "1.25"}},
        ),
        gs1(
            "gs1",
            f"]d201{GTIN}3201000043",
            [["01", GTIN], ["3201", "000043"]],
            {"gtin": GTIN, "net_weight_lb": "4.300", "measures": {"3201": "4.3"}},
        ),
        gs1("sscc", f"]C100{SSCC}", [["00", SSCC]], {"sscc": SSCC}),
        gs1("gtin", f"]Q1https://a.example/01/{GTIN}", [["01", GTIN]], {"gtin": GTIN}),
        gs1("gtin", "]E04006381333931", [], {"gtin": "04006381333931"}),
        gs1(
            "gs1",
            f"]C101{GTIN}10LOT117270228",
            [["01", GTIN], ["10", "LOT117270228"]],
            {"gtin": GTIN, "lot": "LOT117270228"},
            ["missing_separator"],
        ),
        gs1(
            "hibc",
            "]C0+E203PB414109/$$8243280112R00089525J",
            [],
            {"quantity": 24, "lot": "R00089525", "expiry": "2028-01-12", "part": "E203PB414109"},
        ),
        gs1(
            "iso15434",
            "]d1[)>\x1e06\x1dPA\x1d1PB\x1d7Q2.5KG\x1dKPO\x1d1JUN1\x1e\x04",
            [["P", "A"], ["1P", "B"], ["7Q", "2.5KG"], ["K", "PO"], ["1J", "UN1"]],
            {"unit": "KG", "part": "A", "supplier_part": "B", "purchase_order": "PO", "plate": "UN1"},
        ),
        gs1("card", "]C0XKUNDO", [], {"key": "F4"}),
        gs1("text", "]C0A-01", [], {"text": "A-01"}),
    ],
)
def test_told(raw, expected):
    assert told(read(raw)) == expected
    assert json.loads(json.dumps(told(read(raw)))) == expected


def test_without_a_symbology_identifier():
    assert told(read(GTIN)) == {"kind": "gtin", "symbology": None, "ais": [], "fields": {"gtin": GTIN}, "warnings": []}


@pytest.mark.parametrize(
    ("raw", "error"),
    [
        ("", "empty"),
        (f"]C101{GTIN[:-1]}4", "check_digit"),
        (f"]C101{GTIN}17271301", "date"),
        ("]C10512", "unknown_ai"),
        (f"]C101{GTIN}10{'A' * 21}", "length"),
        ("]C110A#", "charset"),
        (f"]C101{GTIN}3712", "ai_combination"),
        (f"]C101{GTIN}300", "count"),
        ("]C110A\x1d10B", "repeated_ai"),
        ("XKNOPE", "card"),
        ("+A123BJC5D6E71H", "check_digit"),
    ],
)
def test_refused(raw, error):
    assert told(read(raw)) == {"error": error, "message": MESSAGES[error]}


def test_every_card_tells_its_key():
    assert [told(read(card.code))["fields"] for card in CARDS] == [{"key": card.key} for card in CARDS]
