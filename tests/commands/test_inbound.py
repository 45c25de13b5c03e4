"""`dockbell inbound`: what is expected and late, ASN accuracy and pack variance, each figure worked out by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from command_desk import desk_with, moment, shape
from small_floor import SmallFloor, gtin, sscc

from db import connection

CONTRACT = {
    "at": "instant",
    "window": {"days": "whole", "since": "day"},
    "lines": [
        {
            "po": "text",
            "line": "whole",
            "vendor": "text",
            "sku": "text",
            "expected_on": "day",
            "late": "whole",
            "ordered": "whole",
            "received": "whole",
            "open": "whole",
            "announced": "whole",
            "cases": "whole",
            "came": "whole",
        }
    ],
    "asns": [
        {
            "asn": "text",
            "vendor": "text",
            "expected_on": "day",
            "late": "whole",
            "cases": "whole",
            "came": "whole",
            "pieces": "whole",
            "pieces_came": "whole",
        }
    ],
    "accuracy": [
        {
            "vendor": "text",
            "name": "text",
            "n": "whole",
            "equal": "whole",
            "not_announced": "whole",
            "other_item": "whole",
            "other_lot": "whole",
            "other_quantity": "whole",
            "percent": "fraction",
        }
    ],
    "pack_variance": [
        {
            "vendor": "text",
            "name": "text",
            "sku": "text",
            "n": "whole",
            "differ": "whole",
            "expected": "whole",
            "counted": "whole",
            "percent": "fraction",
        }
    ],
}


def inbound_floor() -> datetime:
    """Four days ago PO-1 was due; today its first delivery came, with ASN-1. Answers the day's instant.

    ASN-1 announced A, B and C of 24 gowns, D of 10 serum of lot L7, and E, F of masks (50, which is their packaging).
    A came with 24, B with 20, D of lot L8; E came as 50; G, of 24 gowns, nobody had announced; H was taken back.
    PO-2 is due in two days, its second line is received in full; PO-3 has nothing open.
    """
    small = SmallFloor()
    small.now = datetime.now(UTC)
    day = small.now.date()
    small.purchase_order("PO-1", ("GOWN-L", 200), ("MASK", 500), ("SERUM", 50), expected_on=day - timedelta(days=4))
    small.purchase_order("PO-2", ("GOWN-M", 60), ("MASK", 50), expected_on=day + timedelta(days=2))
    connection.execute("UPDATE item SET nominal_case_qty = 24 WHERE sku IN ('GOWN-L', 'SERUM')")
    connection.execute("UPDATE po_line SET qty_received = 50 WHERE qty_ordered = 50 AND line = 2")
    small.purchase_order("PO-3", ("GOWN-L", 5), expected_on=day - timedelta(days=9))
    connection.execute("UPDATE po_line SET closed_at = ? WHERE qty_ordered = 5", small.cause().at)
    a, b, c, d, e, f, g, h = (sscc(number) for number in range(1, 9))
    gowns = [(code, "GOWN-L", 24) for code in (a, b, c)]
    masks = [(code, "MASK", 50) for code in (e, f)]
    small.announce("ASN-1", *gowns, (d, "SERUM", 10, "L7"), *masks, po="PO-1", expected_on=day - timedelta(days=1))
    ana = small.hand("1001")
    ana.scan("PO-1")
    for inputs in (
        (f"]C100{a}",),
        (f"]C100{b}020{gtin(1)}3720", "!ENTER"),
        (f"]C100{d}020{gtin(4)}3710\x1d10L8\x1d17{day.year % 100 + 2}1231", "!ENTER"),
        (f"]C100{e}",),
        (f"]C100{g}020{gtin(1)}3724",),
        (f"]C100{h}020{gtin(1)}3724", "!F4"),
    ):
        reply = ana.all(*inputs)
        while ana.step == "receiving.confirm":
            reply = ana.key("ENTER")
        assert reply.verdict.value == "OK", reply.message
    return small.now


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def desk(request, tmp_path_factory):
    return desk_with(inbound_floor, request, tmp_path_factory.mktemp("inbound"))


@pytest.fixture(scope="module")
def told(desk):
    return desk.call("inbound", "--json").json()


def test_the_contract(told):
    assert shape(told) == CONTRACT


def test_what_is_still_to_come_by_day_with_how_late_it_is(told):
    today = moment(told["at"]).date()
    lines = [
        (
            one["po"],
            one["line"],
            one["ordered"],
            one["received"],
            one["open"],
            one["announced"],
            one["cases"],
            one["came"],
        )
        for one in told["lines"]
    ]
    assert lines == [
        ("PO-1", 1, 200, 68, 132, 72, 3, 2),
        ("PO-1", 2, 500, 50, 450, 100, 2, 1),
        ("PO-1", 3, 50, 10, 40, 10, 1, 1),
        ("PO-2", 1, 60, 0, 60, 0, 0, 0),
    ]
    for one in told["lines"]:
        behind = (today - datetime.fromisoformat(one["expected_on"]).date()).days
        assert one["late"] == max(0, behind)
    assert told["lines"][0]["late"] >= 4


def test_what_an_asn_still_lacks(told):
    (asn,) = told["asns"]
    found = [asn[name] for name in ("asn", "vendor", "cases", "came", "pieces", "pieces_came")]
    assert found == ["ASN-1", "ACME Medical", 6, 4, 182, 108]


def test_asn_accuracy_counts_every_case_of_an_announced_delivery(told):
    """Five cases stand: A and E as announced; B differs in count, D in lot, G nobody announced; H was taken back."""
    assert told["accuracy"] == [
        {
            "vendor": "ACME",
            "name": "ACME Medical",
            "n": 5,
            "equal": 2,
            "not_announced": 1,
            "other_item": 0,
            "other_lot": 1,
            "other_quantity": 1,
            "percent": 40.0,
        }
    ]
    assert told["window"]["days"] == 90


def test_pack_variance_holds_counts_against_the_asn_then_packaging_then_the_item(told):
    found = [
        (one["sku"], one["n"], one["differ"], one["expected"], one["counted"], one["percent"])
        for one in told["pack_variance"]
    ]
    assert found == [("GOWN-L", 3, 1, 72, 68, 33.3), ("MASK", 1, 0, 50, 50, 0.0), ("SERUM", 1, 0, 10, 10, 0.0)]


def test_the_same_in_words_with_n_and_window(desk, told):
    text = desk.call("inbound").good()

    assert "Still to come: 4 lines of purchase orders, 3 of them late\n" in text
    assert "PO-1/1  ACME Medical: 132 of 200 GOWN-L to come; 2 of 3 announced cases here\n" in text
    assert "ASN-1  ACME Medical: 4 of 6 cases, 108 of 182 pieces here\n" in text
    since = told["window"]["since"]
    assert f"ASN accuracy since {since}" in text
    assert "ACME  ACME Medical: 40.0 %, 2 of n = 5; 1 not announced, 1 of another lot, 1 of another count\n" in text
    assert f"Pack variance since {since}" in text
    assert "  ACME  ACME Medical: 20.0 %, 1 of n = 5\n" in text
    assert "    GOWN-L: 33.3 %, 1 of n = 3; 68 pieces in place of 72\n" in text


def test_what_is_older_than_the_window_is_no_figure(desk):
    day = (datetime.now(UTC) - timedelta(days=100)).date().isoformat()
    before = desk.rows("SELECT id, opened_on FROM receipt")
    desk.execute("UPDATE receipt SET opened_on = ?", day)
    desk.execute("UPDATE asn_unit SET expected_on = ?", day)
    try:
        told = desk.call("inbound", "--json").json()
    finally:
        for receipt, opened_on in before:
            desk.execute("UPDATE receipt SET opened_on = ? WHERE id = ?", str(opened_on), receipt)
    assert (told["accuracy"], told["pack_variance"], told["asns"]) == ([], [], [])
    assert len(told["lines"]) == 4


def test_an_empty_floor_has_nothing_to_tell(shell):
    shell.url = f"sqlite:///{shell.folder}/site.db"
    shell.call("init", "--site", "T1", "--timezone", "UTC").good()
    told = shell.call("inbound", "--json").json()
    assert [told[name] for name in ("lines", "asns", "accuracy", "pack_variance")] == [[], [], [], []]
