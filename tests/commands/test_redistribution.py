"""`dockbell redistribute`, `lend`, `hoarding`: what they say, and that a preview changes nothing."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from command_desk import CommandDesk
from small_floor import TODAY, SmallFloor

LEAD = ("--as", "1003", "--reason", "the ward is out")


@pytest.fixture
def desk(database_url, tmp_path):
    """SO-1 holds 20 GOWN-L and waits for GOWN-M; SO-2 has 12 of 30; SO-3, promised sooner, waits for 8; 4 are to come."""
    small = SmallFloor()
    small.order("SO-1", ("GOWN-L", 20), ("GOWN-M", 10), policy="order", patience=0)
    small.stock("GOWN-L", 20)
    small.order("SO-2", ("GOWN-L", 30), promised=TODAY + timedelta(days=9))
    small.stock("GOWN-L", 12)
    small.order("SO-3", ("GOWN-L", 8))
    small.purchase_order("PO-1", ("GOWN-L", 4), expected_on=date(2099, 1, 5))
    return CommandDesk(tmp_path, database_url)


def test_a_preview_and_then_the_move(desk):
    words = ("redistribute", "--from", "SO-2/1", "--to", "SO-3/1", "--quantity", "5", *LEAD)
    assert desk.call(*words, "--preview").good().splitlines() == [
        "5 would move; nothing was changed.",
        "  SO-2/1 (Customer C3, promised for 2026-06-24) loses: 12 -> 7 promised, 18 -> 23 missing, of GOWN-L",
        "    no day known: no supply covers it",
        "  SO-3/1 (Customer C3, promised for 2026-06-15) gains: 0 -> 5 promised, 8 -> 3 missing, of GOWN-L",
        "    no day known -> estimated for 2099-01-05: PO-1 line 1",
    ]
    seen = desk.call(*words, "--preview", "--json").json()
    assert seen["from"] == {
        "order": "SO-2",
        "line": 1,
        "sku": "GOWN-L",
        "promised_on": "2026-06-24",
        "customer": "Customer C3",
        "reserved_before": 12,
        "reserved_after": 7,
        "open_before": 18,
        "open_after": 23,
        "estimate_before": {"on": None, "cause": "no supply"},
        "estimate_after": {"on": None, "cause": "no supply"},
    }
    assert seen["to"]["estimate_after"] == {"on": "2099-01-05", "cause": "PO-1 line 1"}
    assert desk.call(*words).good().splitlines() == [
        "Gave 5 of SO-2/1 to SO-3/1.",
        "  SO-2/1 lost 5 x GOWN-L",
        "  SO-3/1 got 5 x GOWN-L",
    ]
    assert (
        desk.call("promises")
        .good()
        .splitlines()[-1]
        .endswith("SO-3/1 no day -> 2099-01-05 PRIORITY_REDISTRIBUTED SO-2/1 -> SO-3/1")
    )
    assert desk.call("verify").good()


def test_hoarding_names_who_holds_what_and_waits_for_what(desk):
    said = desk.call("hoarding").good().splitlines()
    assert said[0].startswith("SO-1 (Customer C3) holds 20 of GOWN-L since ")
    assert said[1:] == ["  waits for 10 x GOWN-M (line 2)"]
    desk.call("lend", "--from", "SO-1/1", "--to", "SO-3/1", "--quantity", "8", *LEAD).good()
    (hoard,) = desk.call("hoarding", "--json").json()["hoards"]
    assert (hoard["order"], hoard["pieces"], hoard["lent"]) == ("SO-1", 12, 8)
    assert [(one["sku"], one["quantity"]) for one in hoard["waits_for"]] == [("GOWN-L", 8), ("GOWN-M", 10)]


def test_nobody_but_a_lead(desk):
    words = ("lend", "--from", "SO-1/1", "--to", "SO-3/1", "--quantity", "8", "--as", "1001", "--reason", "x")
    desk.call(*words).refused("lead")
