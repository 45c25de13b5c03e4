"""Everybody at one item at once, on both engines: nothing is promised twice, and nothing that fits waits.

The same race without the item's lock must break something, else it would prove nothing (the controls).
"""

from __future__ import annotations

from collections import Counter

import pytest
from lengths import LONG, seed_of
from race_account import Account, Job
from race_floor import (
    all_is_well,
    badge,
    hungry_floor,
    nobody_failed,
    postgres_only,
    quiet,
    race_floor,
    report,
    say,
)
from race_gates import Person, Stopped
from race_people import hire
from race_truth import left_waiting, oversold
from race_workers import race
from small_floor import gtin, sscc

from warehouse.verify import verify

TURNS = 150 if LONG else 20
SIX = ("receive", "order", "pick", "pick", "cancel", "adjust")
EIGHT = (*SIX, "receive", "order")


def jobs(seed: int, works: tuple[str, ...], fault: str = "", shift: int = 0) -> list[Job]:
    """One job for each; another shift has other people and other cases."""
    return [
        Job(
            work,
            badge(shift, number),
            seed + number,
            TURNS * (4 if work == "pick" else 1),
            fault,
            serials_from=(10 * shift + number) * 10_000,
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
@pytest.mark.skipif(not LONG, reason="long form: one race may be lucky; test_before_the_lock.py forces the moment")
def test_control_without_the_lock_something_breaks(database_url):
    """`locked()` without its lock: pieces promised twice, a line left waiting, or a CHECK that stops it.

    One race may be lucky; of three, one must break something. SQLite has no such control: BEGIN IMMEDIATE
    takes the lock of the whole file whether `locked()` is asked or not (see the end of this page).
    """
    small = race_floor(0)
    for shift in range(3):
        seed = seed_of()
        hire(*(badge(shift, number) for number in range(len(SIX))))
        accounts = race(database_url, jobs(seed, SIX, "no lock", shift))
        report(f"without the lock, seed {seed}", accounts)
        nobody_failed(accounts, seed)
        harm = harm_done(small, accounts)
        say(f"harm: {harm}, faults {sum((account.faults for account in accounts), Counter())}")
        if any(harm.values()):
            return
    pytest.fail(f"three races without the lock did no harm: they prove nothing (last seed {seed})")


@postgres_only
@pytest.mark.skipif(not LONG, reason="long form: the same race once more, on another isolation level")
def test_serializable_with_retries_passes_the_same_race(database_url):
    """It stands in for servers that know no row locks: conflicts are found at commit, and the function runs again."""
    seed = seed_of()
    small = race_floor(len(SIX))
    accounts = race(database_url, jobs(seed, SIX, "serializable"))
    report(f"serializable, seed {seed}", accounts)
    all_is_well(small, accounts, seed)


# --- SQLite: the write lock is taken at BEGIN --------------------------------------------------------------


def two_receivers(url: str, fault: str = "") -> tuple[Stopped, Stopped]:
    """Ana has read and not yet written; Leo comes with a case of the same item."""
    signed_on = {}
    for who, serial, stop_at in (("1004", 2, ""), ("1001", 1, "lock")):
        case = f"]C100{sscc(serial)}020{gtin(1)}3724"
        person = Person(who, [("scan", "PO-1"), ("scan", case)], stop_at, fault)
        signed_on[who] = Stopped(url, person).wait()
    signed_on["1004"].go()
    return signed_on["1001"], signed_on["1004"]


def test_who_has_begun_is_waited_for_and_nobody_runs_twice(sqlite_url):
    small = hungry_floor()
    ana, leo = two_receivers(sqlite_url)
    assert leo.is_blocked()
    ana.go()

    for outcome in (ana.outcome(), leo.outcome()):
        assert (outcome.template, outcome.retries) == ("saved", {})
    quiet(small)


def test_control_deferred_who_read_before_another_wrote_must_run_again(sqlite_url):
    """SQLite without IMMEDIATE: who reads first and writes later is told that the file is busy, waits for nothing
    and runs again. That is why the product takes the write lock at BEGIN.
    """
    small = hungry_floor()
    ana, leo = two_receivers(sqlite_url, "deferred")
    assert leo.outcome().template == "saved"
    ana.go()

    outcome = ana.outcome()
    assert (outcome.template, outcome.retries) == ("saved", {"busy": 1})
    quiet(small)
