"""The arithmetic of promise dates against one that counts every piece by itself."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import accumulate, pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from warehouse.promising.atp import NO_SUPPLY, Estimate, Supply, buckets, estimate, estimates, usable_on

TODAY = date(2026, 6, 15)

day = st.integers(0, 20).map(lambda days: TODAY + timedelta(days=days))
supply = st.builds(Supply, day, st.integers(1, 12), st.sampled_from(["stock", "stage", "purchase_order"]))
some = st.lists(supply, max_size=8).map(lambda found: sorted(found, key=lambda one: one.on))
demand = st.lists(st.integers(1, 12), max_size=8)


def piece_by_piece(supplies: list[Supply], lines: list[int]) -> tuple[list[Supply | None], list[list[int]]]:
    """Every missing piece is given the first piece that is left; the last one says when its line is complete.

    Answers the supply that completes each line, and of each supply how many pieces were taken and how many are left.
    """
    pieces = [place for place, one in enumerate(supplies) for _ in range(one.quantity)]
    completes: list[Supply | None] = []
    taken = [0] * len(supplies)
    for missing in lines:
        last = None
        for _ in range(missing):
            last = pieces.pop(0) if pieces else None
            if last is not None:
                taken[last] += 1
        completes.append(None if last is None else supplies[last])
    return completes, [[count, one.quantity - count] for count, one in zip(taken, supplies, strict=True)]


@settings(max_examples=300, deadline=None)
@given(some, demand)
def test_every_line_and_every_bucket_as_if_each_piece_were_handed_out(supplies, lines):
    completes, split = piece_by_piece(supplies, lines)

    found = list(estimates(supplies, lines))

    assert [one.supply for one in found] == completes
    assert [one.on for one in found] == [None if one is None else one.on for one in completes]
    assert found == [estimate(supplies, needed) for needed in accumulate(lines)]
    table = list(buckets(supplies, sum(lines)))
    assert [[one.promised, one.available] for one in table] == split
    assert [one.cumulative for one in table] == list(accumulate(left for _, left in split))


@settings(max_examples=200, deadline=None)
@given(some, demand)
def test_later_in_the_queue_is_never_sooner_and_more_supply_is_never_later(supplies, lines):
    found = [one.on or date.max for one in estimates(supplies, lines)]

    assert all(before <= after for before, after in pairwise(found))
    more = sorted([*supplies, Supply(TODAY, 5, "stock")], key=lambda one: one.on)
    assert all((after.on or date.max) <= before for before, after in zip(found, estimates(more, lines), strict=True))


@given(st.integers(-4000, 4000), st.integers(0, 365))
def test_a_delivery_is_never_counted_in_the_past(days, late_days):
    expected_on = TODAY + timedelta(days=days)

    on = usable_on(expected_on, TODAY, late_days)

    assert on >= TODAY
    assert on == (expected_on if days >= 0 else TODAY + timedelta(days=late_days))


def test_supplies_are_read_no_further_than_needed():
    read = []

    def endless():
        for days in range(1000):
            read.append(days)
            yield Supply(TODAY + timedelta(days=days), 10, "purchase_order", "4711", days)

    assert [one.on for one in estimates(endless(), [10, 5, 5])] == [
        TODAY,
        TODAY + timedelta(days=1),
        TODAY + timedelta(days=1),
    ]
    assert read == [0, 1]


def test_causes_in_words():
    late = Supply(TODAY + timedelta(days=1), 5, "purchase_order", "4711", 2, TODAY - timedelta(days=3))
    due = Supply(TODAY, 5, "purchase_order", "PO-9", 1, TODAY)

    assert Estimate(late.on, late).as_json() == {"on": "2026-06-16", "cause": "PO 4711 line 2, late since 2026-06-12"}
    assert (due.cause, due.late_since) == ("PO-9 line 1", None)
    assert [Supply(TODAY, 1, source).cause for source in ("stock", "stage")] == ["stock", "in a stage"]
    assert Estimate(None, None).as_json() == {"on": None, "cause": NO_SUPPLY}
