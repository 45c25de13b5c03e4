"""Every policy at once, over several items: orders that leave together, holds, pins, loans of place, and sweeps beside.

Nothing that fits may wait, also no order whose last item came from somebody else at the same moment; and a sweep in the
midst of it must find nothing that release has missed.
"""

from __future__ import annotations

from collections import Counter

import pytest
from lengths import LONG, seed_of
from race_account import Account, Job
from race_floor import all_is_well, badge, postgres_only, race_floor, report
from race_workers import race

from db import connection

ITEMS = ("GOWN-L", "GOWN-M", "MASK")
WORKS = ("receive", "receive", "order", "order", "pick", "lead", "cancel", "sweep")
CROWD = ("receive",) * 15 + ("pick",) * 15 + ("order", "sweep")
TURNS = 120 if LONG else 15


def jobs(seed: int, works: tuple[str, ...], items: tuple[str, ...], turns: int, fault: str = "") -> list[Job]:
    return [
        Job(work, badge(0, number), seed + number, turns, fault, items, serials_from=number * 10_000)
        for number, work in enumerate(works)
    ]


def deadlocks(accounts: list[Account]) -> int:
    return sum((account.retries for account in accounts), Counter())["conflict 40P01"]


def test_nothing_that_fits_waits_whatever_leaves_together(database_url):
    seed = seed_of()
    small = race_floor(len(WORKS), ITEMS)

    accounts = race(database_url, jobs(seed, WORKS, ITEMS, TURNS))

    report(f"all policies, seed {seed}", accounts)
    all_is_well(small, accounts, seed)
    assert connection.rows("SELECT * FROM sweep_found") == [], f"seed {seed}"
    assert connection.rows("SELECT * FROM release_due") == [], f"seed {seed}"


def crowded(url: str, fault: str = "") -> None:
    """Half of them receive, half pick: nobody starves, nothing is promised twice, no wake-up is lost, no deadlock."""
    seed = seed_of()
    small = race_floor(len(CROWD), ITEMS[:1])

    accounts = race(url, jobs(seed, CROWD, ITEMS[:1], 60, fault))

    report(f"a crowd {fault}, seed {seed}", accounts)
    all_is_well(small, accounts, seed)
    assert min(account.inputs for account in accounts) >= 60
    assert deadlocks(accounts) == 0, f"seed {seed}"
    assert connection.rows("SELECT * FROM sweep_found") == [], f"seed {seed}"


@pytest.mark.skipif(not LONG, reason="long form: 32 processes")
def test_a_crowd_at_one_hot_item(database_url):
    crowded(database_url)


@postgres_only
@pytest.mark.skipif(not LONG, reason="long form: 32 processes, each conflict found at the commit")
def test_a_crowd_at_one_hot_item_serializable(database_url):
    crowded(database_url, "serializable")
