"""`dockbell simulate`: its contract, its refusals, the same bytes for a seed, and a site's own history."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from command_desk import desk_with, shape
from small_floor import SITE, SmallFloor

from db import connection
from db.connection import iso, transaction

SHORT = ("simulate", "--generated", "--days", "30")
POLICY = {
    "name": "text",
    "policy": "text",
    "patience_days": "whole",
    "fill_percent": "fraction",
    "on_time_percent": "fraction",
    "orders": "whole",
    "due": "whole",
    "on_time": "whole",
    "wait_days": {"average": "fraction", "p95": "whole", "longest": "whole"},
    "never_shipped": "whole",
    "incomplete": "whole",
    "held_average": "fraction",
    "shipments": "whole",
    "pieces": dict.fromkeys(("ordered", "shipped", "held", "waiting", "supplied", "free"), "whole"),
}
CONTRACT = {
    "source": "text",
    "seed": "whole",
    "supply": "fraction",
    "first": "day",
    "last": "day",
    "days": "whole",
    "orders": "whole",
    "lines": "whole",
    "pieces_ordered": "whole",
    "pieces_supplied": "whole",
    "policies": [POLICY],
    "ranked": ["text"],
}


def names(told) -> list[str]:
    return [one["name"] for one in told["policies"]]


# --- A made-up year, without any database ---------------------------------------------------------------


def test_the_contract(shell):
    told = shell.call(*SHORT, "--policy", "order", "--patience", "5", "--json").json()

    assert shape(told) == CONTRACT


def test_the_same_seed_gives_the_same_bytes_in_every_process(shell):
    shell.environment["PYTHONHASHSEED"] = "1"
    first = shell.run(*SHORT, "--seed", "9", "--json").good()
    shell.environment["PYTHONHASHSEED"] = "2"

    assert shell.call(*SHORT, "--seed", "9", "--json").good() == first
    assert shell.call(*SHORT, "--seed", "8", "--json").good() != first


def test_all_policies_unless_some_are_named(shell):
    every = shell.call(*SHORT, "--json").json()
    some = shell.call(
        *SHORT, "--policy", "line,order", "--policy", "partial", "--patience", "7,never", "--patience", "0", "--json"
    ).json()

    assert names(every) == ["partial", "line", "order/0", "order/20", "order/30", "order/never", "strict"]
    assert names(some) == ["line", "order/7", "order/never", "order/0", "partial"]
    assert some["policies"][-1] == every["policies"][0], "a policy's figures are the same whatever else is compared"


def test_a_seed_or_a_supply_means_a_made_up_year(shell):
    seeded = shell.call("simulate", "--seed", "3", "--days", "30", "--policy", "line", "--json").json()
    supplied = shell.call("simulate", "--supply", "1.2", "--days", "30", "--policy", "line", "--json").json()

    assert (seeded["source"], seeded["seed"], seeded["supply"]) == ("generated", 3, 0.97)
    assert (supplied["source"], supplied["seed"], supplied["supply"]) == ("generated", 1, 1.2)
    assert supplied["pieces_supplied"] > supplied["pieces_ordered"]


def test_it_prints_a_table_and_a_chart(shell):
    rows = shell.call(*SHORT).good().splitlines()

    assert rows[0] == "A generated year (seed 1, supply 0.97): 30 days, 2026-01-01 to 2026-01-30"
    for name in ("partial", "line complete", "order, at once", "order, after 20 d", "order, never claims"):
        assert len([row for row in rows if row.startswith(f"{name} ")]) == 3, "in the table and in both charts"
    assert any("####" in row for row in rows)
    assert [row for row in rows if len(row) > 80] == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--policy", "strictly"), "'strictly' is no policy: use one or more of partial, line, order, strict."),
        (("--policy", "\x1b[2J"), "no policy"),
        (("--policy", ""), "no policy"),
        (("--patience", "-1"), "--patience is 0 to 3650 days, or never, not '-1'."),
        (("--patience", "3651"), "--patience is 0 to 3650 days"),
        (("--patience", "\u0663"), "--patience is 0 to 3650 days"),
        (("--days", "0"), "--days"),
        (("--days", "1101"), "--days is at most 1,100, not 1,101."),
        (("--seed", "one"), "--seed is a whole number"),
        (("--supply", "nan"), "--supply is a ratio from 0.5 to 1.5 such as 0.97, not 'nan'."),
        (("--supply", "2"), "--supply is a ratio"),
        (("--supply", "much"), "--supply is a ratio"),
    ],
)
def test_what_makes_no_sense_is_refused_in_one_sentence(shell, words, said):
    assert said in shell.call("simulate", "--generated", *words).refused("simulate")


# --- A site's own history -------------------------------------------------------------------------------


@transaction
def history() -> None:
    """Forty days of this site, up to now: on each six orders of 4 gowns, and 22 gowns that came to the stock."""
    small = SmallFloor()
    now = datetime.now(UTC)
    customer = connection.value("SELECT id FROM customer WHERE code = 'C3'")
    item = small.item("GOWN-L")
    for back in range(39, -1, -1):
        day = (now - timedelta(days=back)).date().isoformat()
        for number in range(6):
            order_id = connection.insert(
                "order_header",
                site=SITE,
                order_no=f"SO-{back}-{number}",
                customer_id=customer,
                entered_at=iso(now - timedelta(days=back)),
            )
            connection.insert_row(
                "order_line",
                site=SITE,
                order_id=order_id,
                line=1,
                item_id=item,
                policy="partial",
                min_fill_percent=0,
                priority=3,
                promised_on=day,
                rank_on=1,
                qty_ordered=4,
                qty_shipped=4,
                qty_open=0,
                min_need=0,
                state="C",
                waiting_since=iso(now),
            )


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def desk(request, tmp_path_factory):
    return desk_with(history, request, tmp_path_factory.mktemp("simulate"))


def test_it_replays_the_sites_own_history(desk):
    told = desk.call("simulate", "--policy", "partial", "--json").json()

    assert (told["source"], told["seed"], told["supply"]) == ("history", None, None)
    assert (told["days"], told["orders"], told["lines"], told["pieces_ordered"]) == (40, 240, 240, 960)
    # All of them were shipped from what was there at the start: no row says that anything came in.
    assert (told["pieces_supplied"], told["policies"][0]["on_time_percent"]) == (960, 100.0)


def test_the_window_is_as_long_as_was_asked_for(desk):
    told = desk.call("simulate", "--days", "35", "--policy", "partial", "--json").json()

    assert (told["days"], told["orders"]) == (35, 210)


def test_a_window_with_too_little_is_refused_with_the_way_out(desk):
    said = desk.call("simulate", "--days", "20").refused("simulate")

    assert "120 order lines over 20 days, where 200 lines over 28 days are needed" in said
    assert "'dockbell simulate --generated'" in said


def test_nothing_is_changed(desk):
    before = desk.rows("SELECT COUNT(*), MAX(id) FROM order_line")

    desk.call("simulate", "--policy", "order")

    assert desk.rows("SELECT COUNT(*), MAX(id) FROM order_line") == before
    assert json.loads(desk.call("simulate", "--policy", "line", "--json").good())["source"] == "history"


def test_without_a_database_it_says_what_to_do(shell):
    said = shell.call("--db", "sqlite:///none.db", "simulate").refused("simulate")

    assert "no database" in said
