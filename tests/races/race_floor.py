"""The floor that the races run on, and how they tell what they saw."""

from __future__ import annotations

import os
import random

from race_workers import ITEM, hire
from small_floor import SmallFloor

PLENTY = 1_000_000  # open on the purchase order, so that no case is over it


def seed_of() -> int:
    """A new seed for each run, or the one that DOCKBELL_SEED names to repeat it."""
    return int(os.environ.get("DOCKBELL_SEED") or random.SystemRandom().randrange(2**31))


def say(text: str) -> None:
    """Shown with a failure, and by `pytest -rP`."""
    print(text)


def race_floor(people: int, items: tuple[str, ...] = (ITEM,)) -> SmallFloor:
    """A floor with some stock, loose and in cases, some orders that wait, and a person for each worker."""
    small = SmallFloor()
    hire(*(f"90{number:02}" for number in range(people)))
    small.purchase_order("PO-1", *((sku, PLENTY) for sku in items))
    for sku in items:
        small.stock(sku, 40)
        for number in range(3):
            small.order(f"SO-{sku}-{number}", (sku, 25))
    return small
