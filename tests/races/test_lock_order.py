"""Orders of several items, each with its lines in another order, entered and cancelled at once: nobody waits in a ring.

Every writer locks all its items first, ascending, in one statement. The same race with the rows locked as they come
must run into deadlocks, and the retry of the transaction must still bring every order through.
"""

from __future__ import annotations

from collections import Counter

from lengths import LONG
from race_account import Account, Job
from race_floor import all_is_well, postgres_only, race_floor, report, seed_of
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
def test_control_in_any_order_they_deadlock_and_are_run_again(database_url):
    """PostgreSQL only: SQLite has one lock, and one lock has no order."""
    seed = seed_of()
    small = race_floor(len(WORKS), ITEMS)

    accounts = race(database_url, jobs(seed, 8, "any order"))

    report(f"locked in any order, seed {seed}", accounts)
    assert deadlocks(accounts) > 0, f"seed {seed}"
    all_is_well(small, accounts, seed)


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
