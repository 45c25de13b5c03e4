"""The floor that the races run on, and how they tell what they saw."""

from __future__ import annotations

import os
import random
from collections import Counter

import pytest
from race_account import ITEM, Account
from race_people import hire
from race_truth import heard_but_not_written, left_waiting, oversold
from small_floor import SmallFloor

from warehouse.verify import verify

# For what SQLite rules out: its one writer holds everything from BEGIN IMMEDIATE on.
postgres_only = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)

PLENTY = 1_000_000  # open on the purchase order, so that no case is over it


def seed_of() -> int:
    """A new seed for each run, or the one that DOCKBELL_SEED names to repeat it."""
    return int(os.environ.get("DOCKBELL_SEED") or random.SystemRandom().randrange(2**31))


def say(text: str) -> None:
    """Shown with a failure, and by `pytest -rP`."""
    print(text)  # noqa: T201


def race_floor(people: int, items: tuple[str, ...] = (ITEM,)) -> SmallFloor:
    """A floor with some stock, loose and in cases, some orders that wait, and a person for each worker."""
    small = SmallFloor()
    hire(*(f"90{number:02}" for number in range(people)))
    if items:
        small.purchase_order("PO-1", *((sku, PLENTY) for sku in items))
    for sku in items:
        small.stock(sku, 40)
        for number in range(3):
            small.order(f"SO-{sku}-{number}", (sku, 25))
    return small


def report(name: str, accounts: list[Account]) -> None:
    inputs = sum(account.inputs for account in accounts)
    seconds = max(account.seconds for account in accounts)
    retries = sum((account.retries for account in accounts), Counter())
    refused = sum((account.refused for account in accounts), Counter())
    stopped = sum((account.stopped for account in accounts), Counter())
    saved = Counter(said.template for account in accounts for said in account.said)
    say(
        f"{name}: {len(accounts)} processes, {inputs} inputs in {seconds:.1f} s ({inputs / max(seconds, 0.001):.0f}/s), "
        f"saved {dict(saved)}, refused {dict(refused)}, retries {dict(retries)}, stopped {dict(stopped)}"
    )


def all_is_well(small: SmallFloor, accounts: list[Account], seed: int) -> None:
    assert [account.error for account in accounts if account.error] == [], f"seed {seed}"
    assert heard_but_not_written(accounts) == [], f"seed {seed}"
    assert oversold() == [], f"seed {seed}"
    assert left_waiting() == [], f"seed {seed}"
    assert verify(small.site).violations == (), f"seed {seed}"


def quiet(small: SmallFloor) -> None:
    """Nothing is wrong anywhere: by the rows themselves, and by the program's own verification."""
    assert oversold() == []
    assert left_waiting() == []
    assert verify(small.site).violations == ()
