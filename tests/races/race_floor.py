"""The floor that the races run on, and how they tell what they saw."""

from __future__ import annotations

from collections import Counter

import pytest
from race_account import ITEM, Account
from race_people import hire
from race_truth import heard_but_not_written, left_waiting, oversold, sets_left_waiting
from small_floor import SmallFloor

from warehouse.verify import verify

# For what SQLite rules out: its one writer holds everything from BEGIN IMMEDIATE on.
postgres_only = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)

PLENTY = 1_000_000  # open on the purchase order, so that no case is over it


def say(text: str) -> None:
    """Shown with a failure, and by `pytest -rP`."""
    print(text)  # noqa: T201


def badge(shift: int, number: int) -> str:
    """The badge of a worker, who stands at one terminal."""
    return f"{90 + shift}{number:02}"


def race_floor(people: int, items: tuple[str, ...] = (ITEM,)) -> SmallFloor:
    """A floor with some stock, loose and in cases, some orders that wait, and a person for each worker."""
    small = SmallFloor()
    small.rule("history.cases", "0")  # each scan has a number of its own, to be found again
    hire(*(badge(0, number) for number in range(people)))
    if items:
        small.purchase_order("PO-1", *((sku, PLENTY) for sku in items))
    for sku in items:
        small.stock(sku, 40)
        for number in range(3):
            small.order(f"SO-{sku}-{number}", (sku, 25))
    return small


def hungry_floor() -> SmallFloor:
    """A floor where each case of the item is wanted: every scan releases, and sends as many statements as the last."""
    small = SmallFloor()
    small.rule("history.cases", "0")  # each scan has a number of its own, to be found again
    small.purchase_order("PO-1", (ITEM, PLENTY))
    small.order("SO-BIG", (ITEM, PLENTY))
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


def nobody_failed(accounts: list[Account], seed: int) -> None:
    errors = "\n".join(account.error for account in accounts if account.error)
    assert errors == "", f"seed {seed}\n{errors}"


def all_is_well(small: SmallFloor, accounts: list[Account], seed: int) -> None:
    """Nobody met an error, everybody heard what the ledger holds, and nothing is wrong anywhere."""
    nobody_failed(accounts, seed)
    differing = heard_but_not_written(accounts)
    assert differing == [], f"seed {seed}: {differing}"
    quiet(small, f"seed {seed}")


def quiet(small: SmallFloor, when: str = "") -> None:
    """Nothing is wrong anywhere: by the rows themselves, and by the program's own verification."""
    wrong = oversold()
    assert wrong == [], f"{when} {wrong}"
    wrong = left_waiting() + sets_left_waiting()
    assert wrong == [], f"{when} {wrong}"
    violations = verify(small.site).violations
    assert violations == (), f"{when} {violations}"
