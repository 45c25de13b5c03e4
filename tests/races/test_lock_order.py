"""Orders of several items, each with its lines in another order, entered and cancelled at once: nobody waits in a ring.

Every writer locks all its items first, ascending, in one statement. With the rows locked one by one in different
orders they must deadlock, and the retry of the transaction must still bring every order through.
"""

from __future__ import annotations

from collections import Counter

import pytest
from lengths import LONG, seed_of
from race_account import Account, Job
from race_floor import all_is_well, postgres_only, quiet, race_floor, report
from race_gates import Outcome, Person, Stopped
from race_workers import race

from db import connection

ITEMS = ("GOWN-L", "GOWN-M", "MASK")
WORKS = ("order", "order", "cancel", "cancel", "receive", "pick")
TURNS = 120 if LONG else 20


def jobs(seed: int, turns: int = TURNS, fault: str = "") -> list[Job]:
    return [
        Job(work, f"90{number:02}", seed + number, turns, fault, ITEMS, serials_from=number * 10_000)
        for number, work in enumerate(WORKS)
    ]


def deadlocks(accounts: list[Account]) -> int:
    return sum((account.retries for account in accounts), Counter())["conflict 40P01"]


def test_orders_of_several_items_never_deadlock(database_url):
    seed = seed_of()
    small = race_floor(len(WORKS), ITEMS)

    accounts = race(database_url, jobs(seed))

    report(f"several items, seed {seed}", accounts)
    all_is_well(small, accounts, seed)
    assert deadlocks(accounts) == 0, f"seed {seed}"


@postgres_only
@pytest.mark.skipif(not LONG, reason="long form: the retry under many deadlocks; one is forced below")
def test_in_any_order_they_deadlock_and_are_run_again(database_url):
    seed = seed_of()
    small = race_floor(len(WORKS), ITEMS)

    accounts = race(database_url, jobs(seed, 40, "any order"))

    report(f"locked in any order, seed {seed}", accounts)
    assert deadlocks(accounts) > 0, f"seed {seed}"
    all_is_well(small, accounts, seed)


# --- Two orders of the same two items, each stopped after its first row lock ------------------------------


def two_orders(url: str, first: str = "", second: str = "") -> tuple[Stopped, Stopped]:
    """The same two items, in the other order of lines; both hold what their first statement locked."""
    lines = ("GOWN-L", 5), ("GOWN-M", 5)
    ida = Stopped(url, Person("1003", [("order", "SO-A", *lines)], "after FOR UPDATE", first)).wait()
    return ida, Stopped(url, Person("1003", [("order", "SO-B", *lines[::-1])], "after FOR UPDATE", second))


@postgres_only
def test_the_second_order_waits_for_the_first_and_neither_runs_twice(database_url):
    small = race_floor(0, ITEMS)

    ida, leo = two_orders(database_url)
    assert leo.is_blocked()
    ida.go()
    leo.wait().go()

    for outcome in (ida.outcome(), leo.outcome()):
        assert (outcome, outcome.retries) == (Outcome("DONE"), {})
    quiet(small)


@postgres_only
def test_control_locked_upwards_and_downwards_one_of_them_is_run_again(database_url):
    """The order of the rows is what keeps them apart; where it fails, the server ends one and its function runs again."""
    small = race_floor(0, ITEMS)

    ida, leo = two_orders(database_url, "upwards", "downwards")
    leo.wait()
    ida.go()
    leo.go()

    outcomes = [ida.outcome(), leo.outcome()]
    assert outcomes == [Outcome("DONE")] * 2, outcomes
    assert sum((outcome.retries for outcome in outcomes), Counter()) == {"conflict 40P01": 1}
    assert connection.value("SELECT COUNT(*) FROM order_header WHERE order_no IN ('SO-A', 'SO-B')") == 2
    quiet(small)


# --- One file, several imports ----------------------------------------------------------------------------


def test_a_file_that_several_import_at_once_is_in_once(database_url):
    """Each finds either all of its rows new or all of them on record; the orders are there once, and released once."""
    seed = seed_of()
    small = race_floor(0, ITEMS)
    turns = 12 if LONG else 4

    accounts = race(
        database_url, [Job("import", f"90{number:02}", seed + number, turns, "", ITEMS) for number in range(4)]
    )

    report(f"one file, four imports, seed {seed}", accounts)
    all_is_well(small, accounts, seed)
    told = sum((account.imported for account in accounts), Counter())
    rows = turns * 5 * len(ITEMS)
    assert (told["new"], told["unchanged"]) == (rows, 3 * rows), f"seed {seed}"
    entered = "SELECT COUNT(*) FROM order_line l JOIN order_header h ON h.id = l.order_id WHERE h.order_no LIKE ?"
    assert connection.one(entered, "FILE-%") == (rows,)
