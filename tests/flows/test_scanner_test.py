"""The scanner test: whatever is scanned is shown as it came, and nothing of it is looked up or saved."""

from __future__ import annotations

import pytest
from small_floor import SITE, SmallFloor, changed, contents, gtin, said, sscc

from warehouse import floor
from warehouse.floor import Given
from warehouse.flows import steps
from warehouse.reply import Verdict


@pytest.fixture
def small(sqlite_url):
    """SQLite only: no table is read or written by this flow."""
    small = SmallFloor()
    small.purchase_order("PO-1", ("GOWN-L", 100))
    return small


@pytest.fixture
def ana(small):
    hand = small.hand("1001")
    hand.key("ESC")
    assert hand.scan("XKTEST").verdict is Verdict.INFO
    assert hand.step == "scanner_test.try"
    return hand


@pytest.mark.parametrize(
    ("raw", "what", "symbology", "length"),
    [
        ("PO-1", "text", "", 4),
        ("1002", "text", "", 4),  # a badge signs nobody on
        (f"]C100{sscc(1)}", "SSCC", "]C1", 23),
        (f"]E0{gtin(1)}", "GTIN", "]E0", 16),
        (f"]d2010{gtin(1)}10L7\x1d3024", "GS1 label", "]d2", 28),
        ("XKDONE", "command card", "", 6),
        ("XKTEST", "command card", "", 6),
        ("]C100395011015300000012", "check_digit", "", 23),
        ("\x1b[2J", "charset", "", 4),
        ("", "incomplete_frame", "", 0),
    ],
)
def test_anything_is_shown_and_nothing_is_touched(small, ana, raw, what, symbology, length):
    before = contents()
    fault = "" if raw else "incomplete_frame"

    reply = ana.give(Given("try-1", 0.0, raw=raw, source="SERIAL", fault=fault, took_ms=12))

    assert (reply.verdict, ana.step) == (Verdict.INFO, "scanner_test.try")
    tried = ana.session.step.tried[0]
    assert (tried.what, tried.symbology, tried.length, tried.took_ms) == (what, symbology, length, 12)
    assert (tried.raw + said(reply)).isprintable()
    assert changed(before, contents()) == []


def test_the_last_eight_stay_and_survive_a_terminal_that_dies(small, ana):
    for number in range(12):
        ana.scan(f"CODE-{number}")
    assert [one.raw for one in ana.session.step.tried] == [f"CODE-{number}" for number in range(11, 3, -1)]
    assert steps.load(steps.dump(ana.session.step)) == ana.session.step
    again = small.hand("1001", "DOCK-2")
    assert again.session.step == ana.session.step


@pytest.mark.parametrize("raw", ["A" * 300, "]C1" + "\x1d" * 250 + "x", "A" * 2000])
def test_a_refused_scan_has_its_whole_length_too(ana, raw):
    """How much came tells two joined scans from one."""
    ana.scan(raw)
    assert ana.session.step.tried[0].length == len(raw)


def test_only_what_leads_away_is_a_card(ana):
    help_ = ana.scan("XKHELP")
    assert "anything" in help_.rows[0][0]
    ana.scan("XKPREV")
    assert ana.step == "scanner_test.try"
    ana.scan("XKPREV")
    assert ana.step == "home.menu"


def test_a_key_says_what_this_is_for(ana):
    reply = ana.key("F5")
    assert reply.verdict is Verdict.STOP
    assert "Scan anything" in said(reply)


def test_the_screen_says_when_the_identifier_is_not_sent(ana):
    ana.scan("12345")
    assert ("SYMBOL", "no AIM id sent") in [(one.label, one.value) for one in floor.look(ana.session).facts]
    ana.scan("]C012345")
    assert ("SYMBOL", "]C0 Code 128") in [(one.label, one.value) for one in floor.look(ana.session).facts]
    assert floor.look(ana.session).tables[0].rows[0][0] == "text"
    assert ana.session.site.code == SITE
