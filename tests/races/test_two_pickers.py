"""Two pickers never have the same task in their hands, however many of them ask at once."""

from __future__ import annotations

from collections import Counter

from lengths import LONG, seed_of
from race_account import Account, Job
from race_floor import badge, nobody_failed, postgres_only, quiet, race_floor, report
from race_gates import Person, Stopped
from race_workers import race
from small_floor import SmallFloor

from db import connection

ITEMS = ("GOWN-L", "GOWN-M", "MASK")
PICKERS = 8 if LONG else 6
LINES = 100 if LONG else 18  # of each item


def tasks_for_all() -> SmallFloor:
    """Loose stock and an order of single pieces for each item: as many tasks as lines."""
    small = race_floor(PICKERS, ())
    for sku in ITEMS:
        small.stock(sku, LINES, "A-01")
        small.order(f"SO-{sku}", *((sku, 1) for _ in range(LINES)))
    return small


def pickers(seed: int) -> list[Job]:
    return [Job("only pick", badge(0, number), seed + number, 1) for number in range(PICKERS)]


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


# --- Two pickers, the first stopped when a task was found and is not yet written down as theirs -----------


def found_at_once(url: str, fault: str = "") -> list[int | None]:
    """The tasks that are in the hands of the two."""
    asking = [("type", "2"), ("key", "ENTER")]
    leo = Stopped(url, Person("9000", asking, "after p.code, t.id LIMIT 1", fault)).wait()
    kim = Stopped(url, Person("9001", asking, "", fault)).wait()
    kim.go()
    hers = kim.outcome().task
    leo.go()
    return [leo.outcome().task, hers]


@postgres_only
def test_a_task_that_another_has_found_is_passed_over_without_waiting(database_url):
    small = tasks_for_all()
    tasks = found_at_once(database_url)
    assert len(set(tasks) - {None}) == 2, tasks
    quiet(small)


@postgres_only
def test_control_without_skip_locked_two_have_the_same_task(database_url):
    """SQLite has no such control: its one writer has BEGIN IMMEDIATE before it looks for a task."""
    tasks_for_all()
    first, second = found_at_once(database_url, "take without lock")
    assert first == second
    assert first is not None
