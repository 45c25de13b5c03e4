"""The made-up year: the same for a seed, as much supply as asked for, and policies in the same order for every seed."""

from __future__ import annotations

from functools import cache

import pytest

from warehouse.simulation import Policy, generated, run

SEEDS = (1, 2, 3, 4, 5)
POLICIES = {policy.name: policy for policy in map(Policy, ("partial", "line", "strict", "order"), [None] * 4)} | {
    f"order/{days}": Policy("order", days) for days in (0, 20, 30)
}


def test_a_seed_is_a_year():
    assert generated(7, 60) == generated(7, 60)
    assert generated(7, 60) != generated(8, 60)


def test_the_year_is_about_as_large_as_it_says():
    made = generated(1)

    assert (made.days, made.seed, made.supply) == (365, 1, 0.97)
    assert 9_000 < made.lines < 11_000
    assert all(1 <= len(order.lines) <= 6 for order in made.orders)
    assert all(len({line.item for line in order.lines}) == len(order.lines) for order in made.orders)
    assert {line.priority for order in made.orders for line in order.lines} == {1, 2, 3, 4, 5}
    assert len({delivery.pieces for delivery in made.deliveries}) > 20, "cases vary"
    assert all(made.first <= delivery.came_on <= made.last for delivery in made.deliveries)


@pytest.mark.parametrize("supply", [0.9, 1.0, 1.1])
def test_supply_follows_what_was_asked_for(supply):
    made = [generated(seed, supply=supply) for seed in (1, 2, 3)]

    came = sum(year.pieces_supplied for year in made) / sum(year.pieces_ordered for year in made)

    assert came == pytest.approx(supply, abs=0.02)


@cache
def outcome(seed: int):
    made = generated(seed, 200, 0.94)
    return {name: run(made, policy) for name, policy in POLICIES.items()}
