"""Blind receiving to the end: whatever was expected, the receiver is told and asked the same."""

from __future__ import annotations

from dataclasses import asdict

import pytest
from databases import open_new_sqlite
from dock import GOWN, MASK, announce, receipt, rule, shown, written
from small_floor import SmallFloor, sscc

from db import connection

# What each site expects: the lines of the order, what its ASN announced, the rules.
EXPECTED = {
    "much": ((("GOWN-L", 5000), ("MASK", 700)), (), ()),
    "little is missing": ((("GOWN-L", 75), ("MASK", 51)), (), ()),
    "exact": ((("GOWN-L", 74), ("MASK", 50)), (), ()),
    "two lines of an item": ((("GOWN-L", 60), ("GOWN-L", 900), ("MASK", 50), ("GOWN-M", 8)), (), ()),
    "cases are missing": (
        (("GOWN-L", 5000), ("MASK", 700)),
        ((sscc(1), "GOWN-L", 40), (sscc(21), "MASK", 50), (sscc(22), "MASK", 50)),
        (),
    ),
}
INPUTS = (
    *("!1", "!F9", "PO-1"),
    *(f"]C100{sscc(1)}020{GOWN}3740", f"]C100{sscc(2)}020{GOWN}3734", f"]C100{sscc(3)}020{MASK}3750"),
    *("!F8", "!F6", "!ESC", "!F1", "!ESC", f"]C100{sscc(2)}", "!ESC", "!ESC", "!F8", "XKDONE"),
)


def told(tmp_path, expected, inputs=INPUTS) -> list[object]:
    """Every answer and every screen of a receiver, from the first F8 on."""
    lines, cases, rules = expected
    open_new_sqlite(tmp_path / f"{abs(hash(expected))}.db")
    connection.execute("PRAGMA synchronous = OFF")
    small = SmallFloor()
    small.purchase_order("PO-1", *lines)
    announce(small, "ASN-1", *cases)
    for name, value in rules:
        rule(name, value)
    ana = small.hand("1001")
    found: list[object] = []
    for entry in inputs:
        reply = ana.all(entry)
        # Which orders are open is told by the list of orders, after this delivery.
        view = asdict(shown(ana)) if ana.step != "receiving.choose_order" else {}
        found.append((entry, ana.step, reply.verdict, reply.template, reply.message, reply.rows, view))
    found = found[inputs.index("!F8") :]
    found += [receipt()["state"]]
    connection.close()
    return found


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    return told(tmp_path_factory.mktemp("blind"), EXPECTED["much"])


@pytest.mark.parametrize("name", [name for name in EXPECTED if name != "much"])
def test_nothing_that_is_told_or_asked_depends_on_what_was_expected(tmp_path, plain, name):
    assert told(tmp_path, EXPECTED[name]) == plain


def test_the_control_with_sight_differs(tmp_path):
    """The comparison sees what a receiver sees who is not blind."""
    sighted = tuple(entry for entry in INPUTS if entry != "!F9")
    (tmp_path / "one").mkdir()
    first = told(tmp_path, EXPECTED["much"], sighted)
    assert first != told(tmp_path / "one", EXPECTED["two lines of an item"], sighted)


def test_it_counts_and_closes(plain):
    """The receiver hears what they counted, and the receipt is closed."""
    assert plain[-1] == "CLOSED"
    first = plain[0]
    assert first[4] == ("Closing RC-0001: you counted", "3 cases, 124 pieces.", "F8/DONE closes it, Esc goes on.")
    assert first[6]["tables"][0]["rows"] == (("Gown L", "74", "2", "0"), ("Mask", "50", "1", "0"))


def test_the_office_learns_what_is_missing(tmp_path):
    """It is written down although it was not told; lines are not closed short without being asked about."""
    inputs = INPUTS
    lines, cases, _ = EXPECTED["cases are missing"]
    open_new_sqlite(tmp_path / "site.db")
    small = SmallFloor()
    small.purchase_order("PO-1", *lines)
    announce(small, "ASN-1", *cases)
    small.hand("1001").all(*inputs)
    assert written() == [
        ("BP", -4926, "OPEN"),
        ("BP", -650, "OPEN"),
        ("X34", -50, "OPEN"),
        ("X34", -50, "OPEN"),
    ]
    connection.close()


@pytest.mark.parametrize("name", ["exact", "little is missing"])
def test_a_lead_is_asked_by_the_rule_not_by_what_is_missing(tmp_path, name):
    """A rule REJECT asks for a lead at every blind closing, so that the question tells nothing."""
    reject = (("under.action", "REJECT"),)
    lines, cases, _ = EXPECTED[name]
    found = told(tmp_path, (lines, cases, reject), (*INPUTS, "1003"))
    (tmp_path / "much").mkdir()
    assert found == told(tmp_path / "much", (*EXPECTED["much"][:2], reject), (*INPUTS, "1003"))
    asked = found[-3]
    assert (asked[1], asked[3]) == ("receiving.close_lead", "closing_lead_blind")
    assert found[-1] == "CLOSED"


def test_the_list_of_orders_afterwards_tells_no_open_pieces(sqlite_url):
    small = SmallFloor()
    small.purchase_order("PO-1", ("GOWN-L", 5000))
    ana = small.hand("1001")
    ana.all("!1", "!F9", "PO-1", f"]C100{sscc(1)}020{GOWN}3740", "!F8", "!F8")
    (table,) = shown(ana).tables
    assert table.rows[0][1:4] == ("PO-1", "ACME Medical", "-")
