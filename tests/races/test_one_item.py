"""Everybody at one item at once, on both engines: nothing is promised twice, and nothing that fits waits.

The same race without the item's lock must break something, else it would prove nothing (the controls).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from conftest import LONG, empty_postgres
from race_account import Account, Job
from race_floor import all_is_well, postgres_only, race_floor, report, say, seed_of
from race_people import hire
from race_truth import left_waiting, oversold
from race_workers import race

from warehouse.verify import verify

TURNS = 150 if LONG else 22
SIX = ("receive", "order", "pick", "pick", "cancel", "adjust")
EIGHT = (*SIX, "receive", "order")


def jobs(seed: int, works: tuple[str, ...], turns: int = TURNS, fault: str = "") -> list[Job]:
    return [
        Job(
            work,
            f"90{number:02}",
            seed + number,
            turns * (4 if work == "pick" else 1),
            fault,
            serials_from=number * 10_000,
        )
        for number, work in enumerate(works)
    ]


@pytest.mark.parametrize("works", [SIX, EIGHT] if LONG else [SIX], ids=lambda works: f"{len(works)}")
def test_a_busy_item_keeps_its_numbers(database_url, works):
    seed = seed_of()
    small = race_floor(len(works))

    accounts = race(database_url, jobs(seed, works))

    report(f"one item, seed {seed}", accounts)
    all_is_well(small, accounts, seed)
    assert sum(account.inputs for account in accounts) > 100


def harm_done(small, accounts: list[Account]) -> dict[str, int]:
    """What a race without the lock broke, by how it showed."""
    return {
        "oversold": len(oversold()),
        "stranded": len(left_waiting()),
        "counters": len(verify(small.site).violations),
        "stopped by a CHECK": sum(account.stopped.total() for account in accounts),
    }


@postgres_only
def test_control_without_the_lock_something_breaks(database_url):
    """`locked()` without its lock: pieces promised twice, a line left waiting, or a CHECK that stops it.

    One race may be lucky; of three, one must break something. SQLite has no such control: BEGIN IMMEDIATE
    takes the lock of the whole file whether `locked()` is asked or not (see the next test).
    """
    for _ in range(3):
        seed = seed_of()
        empty_postgres(database_url)
        small = race_floor(len(SIX))
        accounts = race(database_url, jobs(seed, SIX, fault="no lock"))
        report(f"without the lock, seed {seed}", accounts)
        assert [account.error for account in accounts if account.error] == [], f"seed {seed}"
        harm = harm_done(small, accounts)
        say(f"harm: {harm}, faults {sum((account.faults for account in accounts), Counter())}")
        if any(harm.values()):
            return
    pytest.fail(f"three races without the lock did no harm: they prove nothing (last seed {seed})")


def test_control_deferred_transactions_collide(sqlite_url):
    """SQLite without IMMEDIATE: who reads first and writes later is told "database is locked" and must run again.

    With IMMEDIATE nobody is: that is why the product takes the write lock at BEGIN.
    """
    seed = seed_of()
    small = race_floor(len(SIX))
    calm = race(sqlite_url, jobs(seed, SIX))
    assert sum((account.retries for account in calm), Counter()) == Counter(), f"seed {seed}"
    hurried = [
        replace(job, name=f"80{job.name[2:]}", fault="deferred", serials_from=job.serials_from + 5000)
        for job in jobs(seed, SIX)
    ]
    hire(*(job.name for job in hurried))

    accounts = race(sqlite_url, hurried)

    report(f"deferred, seed {seed}", accounts)
    retries = sum((account.retries for account in accounts), Counter())
    stranded = left_waiting() or oversold() or verify(small.site).violations
    assert retries["busy"] or stranded, f"seed {seed}"


@postgres_only
@pytest.mark.skipif(not LONG, reason="long form: the same race once more, on another isolation level")
def test_serializable_with_retries_passes_the_same_race(database_url):
    """It stands in for servers that know no row locks: conflicts are found at commit, and the function runs again."""
    seed = seed_of()
    small = race_floor(len(SIX))
    accounts = race(database_url, jobs(seed, SIX, fault="serializable"))
    report(f"serializable, seed {seed}", accounts)
    all_is_well(small, accounts, seed)
