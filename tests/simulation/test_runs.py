"""A year under a policy: every piece is somewhere, nobody waits beside what they may have, and figures by hand."""

from __future__ import annotations

import json
from collections import Counter

import pytest
from years import AT_ONCE, EVERY, LINE, NEVER, PARTIAL, STRICT, case, drawn, figures, order, year

from warehouse.simulation import Policy
from warehouse.simulation.floor import Floor

BY_NAME = {policy.name: policy for policy in EVERY}


@pytest.fixture(params=sorted(BY_NAME))
def policy(request):
    return BY_NAME[request.param]


class Watched(Floor):
    """A floor that is looked at from outside after each thing that happens."""

    def receive(self, delivery):
        super().receive(delivery)
        check(self)

    def enter(self, order):
        super().enter(order)
        check(self)

    def claim(self, order, today):
        super().claim(order, today)
        check(self)

    def ship(self, today):
        super().ship(today)
        check(self)
        assert self.policy.together or not self.held, "only who waits for a rest holds anything overnight"


def check(floor: Floor) -> None:
    """Nothing is lost or made up, and no order waits for what it may have."""
    free = Counter({item: sum(unit.qty for unit in units) for item, units in floor._units.items()})
    lines = [line for one in floor.orders for line in one.lines]
    assert all(line.ordered == line.shipped + line.held + line.open for line in lines)
    assert all(min(line.shipped, line.held, line.open) >= 0 for line in lines)
    assert min(free.values(), default=0) >= 0
    assert floor.received == sum(free.values()) + sum(line.held + line.shipped for line in lines)
    assert floor.held == sum(line.held for line in lines)
    for queue in floor._queues.values():
        assert all(line.open and (floor.policy.kind != "order" or may_take(line)) for line in queue)
    for one in floor.orders:
        missing = [line for line in one.lines if line.open]
        assert one.missing == len(missing)
        if floor.policy.together and not one.claiming:
            assert not missing or any(line.open > free[line.item] for line in missing), "all of it is there"
            assert not any(line.held for line in missing), "it holds nothing while it does not claim"
        else:
            needs = [line.open if floor.policy.kind == "line" else 1 for line in missing]
            assert all(need > free[line.item] for need, line in zip(needs, missing, strict=True))


def may_take(line) -> bool:
    return line.of.claiming or line.of.watched is line


@pytest.mark.parametrize("seed", range(6))
def test_every_piece_is_somewhere_and_nobody_waits_beside_what_they_may_have(monkeypatch, policy, seed):
    monkeypatch.setattr("warehouse.simulation.replay.Floor", Watched)

    told = figures(policy, drawn(seed))

    assert told.pieces_ordered == told.pieces_shipped + told.pieces_held + told.pieces_waiting
    assert told.pieces_supplied == told.pieces_shipped + told.pieces_held + told.pieces_free
    assert told.pieces_shipped > 0
    assert told.incomplete > 0


def test_the_same_year_gives_the_same_bytes(policy):
    assert json.dumps(figures(policy, drawn(1)).as_json()) == json.dumps(figures(policy, drawn(1)).as_json())


# --- Figures by hand ------------------------------------------------------------------------------------

# A case of 5 A on day 0, 5 more on day 4; B comes on day 6 and is 3. The first order wants both items, the second only A.
TWO = year(
    8,
    case(0, "A", 5),
    order(0, 5, A=8, B=2),
    order(1, 4, A=2),
    case(4, "A", 5),
    case(6, "B", 3),
)


def test_partial_shipments_by_hand():
    told = figures(PARTIAL, TWO)

    # Day 0: 5 A to the first order. Day 4: 3 A to it, 2 A to the second. Day 6: 2 B.
    assert (told.orders, told.due, told.on_time, told.on_time_percent) == (2, 2, 1, 50.0)
    assert (told.wait_average, told.wait_p95, told.wait_longest) == (4.5, 6, 6)
    assert (told.shipments, told.held, told.incomplete, told.never_shipped) == (4, 0.0, 0, 0)
    assert (told.pieces_shipped, told.fill_percent, told.pieces_free) == (12, 100.0, 1)


def test_a_line_ships_once_all_of_it_is_there():
    told = figures(LINE, TWO)

    # Day 1: 2 A to the second order, as 5 are no use to the first. Day 4: 8 A to the first. Day 6: 2 B.
    assert (told.on_time, told.shipments, told.wait_average, told.wait_longest) == (1, 3, 3.0, 6)


def test_an_order_that_claims_at_once_holds_what_it_has():
    told = figures(AT_ONCE, TWO)

    # The first holds 5 A on 4 evenings and 8 on 2; both ship whole.
    assert (told.on_time, told.shipments, told.wait_average) == (1, 2, 4.5)
    assert told.held == round((4 * 5 + 2 * 8) / 8, 1)


def test_an_order_that_does_not_claim_lets_others_pass():
    told = figures(NEVER, TWO)

    assert (told.on_time, told.shipments, told.wait_average, told.held) == (1, 2, 3.0, 0.0)


def test_an_order_begins_to_claim_on_the_day_its_patience_ends():
    held = year(12, case(0, "A", 5), order(2, 9, A=5, B=1))

    # From day 5 to day 11 it holds 5 A and waits for B.
    assert figures(Policy("order", 3), held).held == round(7 * 5 / 12, 1)
    assert figures(Policy("order", 11), held).held == 0.0


def test_a_day_too_late_is_not_on_time_and_what_is_not_due_yet_is_not_counted():
    late = year(6, order(0, 3, A=1), order(1, 4, B=1), order(2, 9, C=1), case(4, "A", 1), case(4, "B", 1))

    told = figures(PARTIAL, late)

    assert (told.orders, told.due, told.on_time, told.incomplete) == (3, 2, 1, 1)


def test_what_is_promised_for_the_last_day_is_due():
    assert figures(PARTIAL, year(6, order(0, 5, A=1), order(0, 6, A=1))).due == 1


def test_nineteen_of_twenty_orders_waited_no_longer_than_p95():
    waits = [0] * 17 + [4, 7, 9]
    of = year(
        10,
        *(order(0, number + 1, **{chr(ord("A") + number): 1}) for number in range(20)),
        *(case(wait, chr(ord("A") + number), 1) for number, wait in enumerate(waits)),
    )

    told = figures(PARTIAL, of)

    assert (told.wait_average, told.wait_p95, told.wait_longest) == (1.0, 7, 9)


def test_what_completes_an_order_is_kept_from_those_behind_it():
    of = year(9, case(0, "B", 5), order(0, 3, A=5, B=5), order(0, 8, A=5), case(2, "A", 5))

    told = figures(NEVER, of)

    assert (told.on_time, told.incomplete, told.pieces_waiting, told.pieces_free) == (1, 1, 5, 0)


def test_an_order_that_never_ships_counts_with_its_days_so_far():
    never = year(70, order(0, 10, A=1), order(0, 9, B=1), order(60, 61, C=1))

    told = figures(PARTIAL, never)

    # Day 69 is the last: 59 days after one promised day, 60 after the other.
    assert (told.never_shipped, told.incomplete, told.wait_longest) == (1, 3, 69)
    assert (told.on_time, told.fill_percent, told.shipments) == (0, 0.0, 0)


def test_a_year_without_anything_has_figures_too(policy):
    told = figures(policy, year(3))

    assert (told.fill_percent, told.on_time_percent, told.wait_average, told.wait_longest) == (0.0, 0.0, 0.0, 0)


# --- Who starves ----------------------------------------------------------------------------------------


def stream(days: int = 200):
    """2 A a day, of which small orders want 2 a day too; a large order on day 1 wants 8 A at once and 1 B."""
    daily = [(case(n, "A", 2), order(n, n + 3, A=2)) for n in range(days)]
    return year(days, case(0, "B", 1), order(1, 6, A=8, B=1), *(one for pair in daily for one in pair))


def longest(policy: Policy) -> int:
    return figures(policy, stream()).wait_longest


def test_an_order_with_patience_does_not_starve():
    assert figures(NEVER, stream()).never_shipped == 1
    assert longest(NEVER) == 198
    for patience in (0, 10, 20, 60):
        # By then it is the first in the queue, and gets all that comes: 8 pieces in 4 days.
        assert longest(Policy("order", patience)) <= patience + 8
        assert figures(Policy("order", patience), stream()).never_shipped == 0


def test_under_strict_priority_the_last_class_starves():
    of = year(
        200,
        order(0, 5, 5, A=3),
        *(one for n in range(200) for one in (case(n, "A", 2), order(n, n + 3, 1, A=2))),
    )

    assert figures(PARTIAL, of).wait_longest < 20
    assert figures(STRICT, of).never_shipped == 1
