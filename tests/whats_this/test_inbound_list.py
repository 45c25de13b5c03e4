"""The inbound view as a job: who may look, what a scan starts, what is not told where the site counts blind."""

from __future__ import annotations

import io
import json

import pytest
from look_floor import AWAITED, rows, shown
from small_floor import changed, contents
from terminal_kit import nobody

from tui import plain


@pytest.fixture
def ida(floor):
    """The lead at the list; the clock of the floor."""
    small, _ = floor
    small.go_home("1003")
    hand = small.hand("1003", "OFFICE")
    hand.key(str(shown(hand).choices.index("Inbound") + 1))
    assert hand.step == "inbound_view.list"
    return hand


def test_a_look_changes_nothing_and_esc_goes_home(ida):
    before = contents()
    assert rows(ida, "DUE")[0][:5] == ("today", "PO-1", "Gown L", "1000", "958")
    listed = ida.key("F6")
    assert ("2026-06-17", "PO-2", "Gown L", "3333", "3333", "-", "ACME Medical") in listed.rows
    ida.all("!ESC", "!ESC")
    assert ida.step == "home.menu"
    assert changed(before, contents()) == []


@pytest.mark.parametrize(
    ("scan", "step"), [("PO-2", "receiving.scan_case"), (f"]C100{AWAITED}", "receiving.scan_case")]
)
def test_a_scan_of_what_is_at_the_dock_receives_it(ida, scan, step):
    assert ida.scan(scan).verdict.value == "OK"
    assert ida.step == step


@pytest.mark.parametrize("entry", ["SO-1", "JUNK", "!F8"])
def test_anything_else_is_refused(ida, entry):
    assert ida.all(entry).verdict.value == "STOP"
    assert ida.step == "inbound_view.list"


def test_a_picker_has_no_such_job(floor):
    small, _ = floor
    small.go_home("1002")
    assert "Inbound" not in shown(small.hand("1002", "PICK-3")).choices


def test_where_the_site_counts_blind_a_receiver_sees_days_and_no_numbers(floor):
    small, _ = floor
    small.rule("receiving.blind", "always")
    small.go_home("1001")
    ana = small.hand("1001", "DOCK-3")
    ana.key(str(shown(ana).choices.index("Inbound") + 1))
    view = shown(ana)
    assert rows(ana, "DUE")[0] == ("today", "PO-1", "Gown L", "ACME Medical")
    assert [fact.label for fact in view.facts] == ["LATE", "ASN"]
    assert "958" not in str(view)


def test_line_mode_prints_what_the_screens_are_there_to_show(floor):
    """Their lists are the rows of the object, without F6."""
    small, _ = floor
    out = io.StringIO()
    terminal = plain.Terminal(nobody(small), out, json=True)
    small.go_home("1003")
    plain.run(terminal, iter([b"1003", b"!F2", b"SO-2", b"!ESC", b"!F12"]))
    told = [json.loads(line) for line in out.getvalue().splitlines()]
    looked = next(one for one in told if one["input"] == "SO-2")
    assert (looked["next_step"], looked["rows"]) == (
        "whats_this.look",
        [["1", "Gown L", "500", "0", "478", "tried and waiting"]],
    )
    assert (told[-1]["next_step"], told[-1]["rows"]) == ("sign_on.badge", [])
