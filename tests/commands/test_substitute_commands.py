"""`dockbell substitutes`, `substitute`: what is offered, what is approved, what a lead accepts and what `why` says of it."""

from __future__ import annotations

import pytest
from command_desk import CommandDesk
from small_floor import START, SmallFloor

from db import connection

LEAD = ("--as", "1003", "--reason", "the ward agrees")


@pytest.fixture
def desk(database_url, tmp_path):
    """SO-1 waits for 40 GOWN-L; GOWN-M, of which 25 are there, may stand in for it, but not for C5."""
    small = SmallFloor()
    small.order("SO-1", ("GOWN-L", 40))
    small.stock("GOWN-M", 25)
    pair = {"site": "T1", "item_id": small.item("GOWN-L"), "substitute_id": small.item("GOWN-M")}
    connection.insert_row("substitute", **pair)
    c5 = connection.value("SELECT id FROM customer WHERE code = 'C5'")
    connection.insert_row("substitute", **pair, customer_id=c5, approved=0)
    return CommandDesk(tmp_path, database_url)


def test_an_offer_is_listed_and_told_by_why(desk):
    assert desk.call("substitutes").good().splitlines() == [
        "SO-1/1 (Customer C3, promised for 2026-06-15) waits for 40 x GOWN-L: 25 x GOWN-M can be had"
    ]
    offer = {
        "order": "SO-1",
        "line": 1,
        "sku": "GOWN-L",
        "customer": "Customer C3",
        "promised_on": "2026-06-15",
        "waiting": 40,
        "substitute": "GOWN-M",
        "free": 25,
        "quantity": 25,
    }
    assert desk.call("substitutes", "SO-1/1", "--json").json() == {"offers": [offer], "more": False}
    told = " ".join(desk.call("why", "SO-1/1").good().split())
    assert "Offered instead: 25 GOWN-M are free (dockbell substitute SO-1/1 --with GOWN-M ...)." in told
    assert desk.call("why", "SO-1/1", "--json").json()["offers"] == [offer]


def test_what_is_approved_is_listed_wanted_or_not(desk):
    assert desk.call("substitutes", "--approved").good().splitlines() == [
        "GOWN-M may stand in for GOWN-L, for every customer: 25 free, 40 x GOWN-L wait",
        "GOWN-M may not stand in for GOWN-L, for customer C5: 25 free, 40 x GOWN-L wait",
    ]
    assert desk.call("substitutes", "SO-1", "--approved", "--json").json()["approved"][1] == {
        "sku": "GOWN-L",
        "substitute": "GOWN-M",
        "customer": "C5",
        "approved": False,
        "free": 25,
        "waiting": 40,
    }


def test_a_lead_accepts_and_everything_adds_up(desk):
    words = ("substitute", "SO-1/1", "--with", "GOWN-M")
    desk.call(*words, "--as", "1001", "--reason", "x").refused("lead")
    assert desk.call(*words, "--quantity", "10", *LEAD).good().splitlines() == [
        "10 of SO-1/1 are GOWN-M in place of GOWN-L now: line SO-1/2.",
        "  SO-1/2 got 10 x GOWN-M",
    ]
    assert desk.call(*words, *LEAD, "--json").json() == {
        "order": "SO-1",
        "line": 1,
        "sku": "GOWN-L",
        "substitute": "GOWN-M",
        "new_line": 3,
        "quantity": 15,
        "freed": [],
        "released": [{"order": "SO-1", "line": 3, "sku": "GOWN-M", "quantity": 15, "kind": "HARD"}],
    }
    desk.call(*words, *LEAD).refused("None of GOWN-M is free", "nothing was changed")
    assert desk.call("substitutes").good().startswith("Nothing is offered")
    assert desk.call("verify").good()


def test_a_line_that_leaves_with_others_says_what_became_of_it(desk):
    connection.open_database(desk.url)
    small = SmallFloor.opened(START)
    for order in ("SO-2", "SO-3"):
        small.order(order, ("GOWN-L", 5), ("MASK", 5), policy="order")
    small.stock("MASK", 5)
    connection.close()
    words = ("--with", "GOWN-M", *LEAD)
    assert desk.call("substitute", "SO-2/1", *words).good().splitlines()[1:] == [
        "  SO-2/3 got 5 x GOWN-M, as all that leaves with it is there"
    ]
    assert desk.call("substitute", "SO-3/1", *words).good().splitlines()[1:] == [
        "  SO-3/3 waits for what leaves with it: 'dockbell why SO-3' says what is missing"
    ]
    assert desk.call("verify").good()


def test_an_order_that_is_not_there(desk):
    desk.call("substitutes", "SO-9").refused("There is no order SO-9 at this site.")
    desk.call("substitutes", "SO-1/7", "--approved").refused("There is no line 7 in order SO-1")
