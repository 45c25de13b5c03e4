"""Two pickers never have the same task in their hands, however many of them ask at once."""

from __future__ import annotations

from collections import Counter

import pytest
from lengths import LONG
from race_account import Account, Job
from race_floor import badge, nobody_failed, postgres_only, quiet, race_floor, report, seed_of
from race_people import hire
from race_workers import race
from small_floor import START, SmallFloor

from db import connection

ITEMS = ("GOWN-L", "GOWN-M", "MASK")
PICKERS = 8 if LONG else 6
LINES = 100 if LONG else 18  # of each item


def tasks_for_all(shift: int = 0) -> SmallFloor:
    """Loose stock and an order of single pieces for each item: as many tasks as lines."""
    small = race_floor(0, ()) if shift == 0 else SmallFloor.opened(START)
    hire(*(badge(shift, number) for number in range(PICKERS)))
    for sku in ITEMS:
        small.stock(sku, LINES, "A-01" if shift == 0 else "A-02")
        small.order(f"SO-{sku}-{shift}", *((sku, 1) for _ in range(LINES)))
    return small


def pickers(seed: int, fault: str = "", shift: int = 0) -> list[Job]:
    return [Job("only pick", badge(shift, number), seed + number, 1, fault) for number in range(PICKERS)]


def taken_twice(accounts: list[Account]) -> list[int]:
    return [
        task for task, times in Counter(task for account in accounts for task in account.taken).items() if times > 1
    ]


def test_every_task_is_taken_once(database_url):
    seed = seed_of()
    small = tasks_for_all()

    accounts = race(database_url, pickers(seed))

    report(f"pickers, seed {seed}", accounts)
    nobody_failed(accounts, seed)
    assert taken_twice(accounts) == [], f"seed {seed}"
    done = connection.rows("SELECT id FROM pick_task WHERE state = 'DONE' ORDER BY id")
    assert sorted(task for account in accounts for task in account.taken) == [row[0] for row in done]
    assert len(done) == LINES * len(ITEMS)
    assert [account.refused for account in accounts if account.refused] == []
    quiet(small)


@postgres_only
def test_control_without_skip_locked_two_have_the_same_task(database_url):
    """SQLite has no such control: its one writer has BEGIN IMMEDIATE before it looks for a task."""
    for shift in range(3):
        seed = seed_of()
        tasks_for_all(shift)
        accounts = race(database_url, pickers(seed, "take without lock", shift))
        report(f"pickers without the lock, seed {seed}", accounts)
        if taken_twice(accounts):
            return
    pytest.fail(f"three times nobody took another's task: the test proves nothing (last seed {seed})")
