"""The made-up year: the same for a seed, as much supply as asked for, and policies in the same order for every seed."""

from __future__ import annotations

import pytest
from lengths import LONG

from warehouse.reply import InputError
from warehouse.simulation import compare, generated, policies


def silent(_phase, _done, _total):
    pass


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


RANKED = ["order/30", "order/20", "partial", "order/0", "order/never", "line", "strict"]


@pytest.mark.parametrize("seed", range(1, 6) if LONG else range(1, 4))
def test_the_policies_come_out_in_the_same_order_for_every_seed(seed):
    """A short year with too little of everything; `python -m benchmarks --only simulate` has the whole ones."""
    made = compare(generated(seed, 150, 0.9), policies(), silent)
    told = {one.policy.name: one for one in made.figures}

    assert [one.policy.name for one in made.ranked] == RANKED
    on_time = [told[name].on_time_percent for name in ("order/0", "order/20", "order/30", "order/never")]
    assert on_time == sorted(on_time), "the longer it does not claim, the more orders are on time"
    patient = [told[name] for name in ("partial", "order/0", "order/20", "order/30")]
    starving = [told[name] for name in ("order/never", "line", "strict")]
    assert max(one.wait_longest for one in patient) < min(one.wait_longest for one in starving)
    assert [one.never_shipped for one in patient] == [0] * 4
    assert 0 < told["order/never"].never_shipped < told["strict"].never_shipped
    held = [told[name].held for name in ("order/0", "order/20", "order/30", "order/never")]
    assert held == sorted(held, reverse=True)
    assert told["order/never"].shipments < told["line"].shipments < told["partial"].shipments


# --- Policies -------------------------------------------------------------------------------------------


def test_each_policy_is_compared_once():
    assert [one.name for one in policies(("order", "partial", "order"), (7, None, 7))] == [
        "order/7",
        "order/never",
        "partial",
    ]


def test_what_is_no_policy_is_refused_with_those_there_are():
    with pytest.raises(InputError, match="'first' is no policy: use one or more of partial, line, order, strict"):
        policies(("first",))


def test_no_words_are_wider_than_a_terminal():
    made = compare(generated(1, 30, 0.5), policies(patience=(0, 3650, None)), silent)

    rows = made.words().splitlines()

    assert [row for row in rows if len(row) > 80 or not row.isascii()] == []
    assert len(set(map(len, rows[3:10]))) == 1, "the columns of the table stand below each other"
