"""The share that is done within a time: what is open counts by its age, and is never left out."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warehouse.board.ecdf import POINTS, ecdf

TIMES = st.lists(st.integers(0, 60), max_size=12)


def by_hand(done: list[int], still_open: list[int], at: int) -> Fraction:
    """Kaplan and Meier's product, term by term."""
    left = Fraction(1)
    for time in sorted(set(done)):
        if time <= at:
            at_risk = sum(one >= time for one in [*done, *still_open])
            left *= 1 - Fraction(done.count(time), at_risk)
    return 1 - left


@given(TIMES, TIMES)
def test_the_curve_is_kaplan_and_meiers(done, still_open):
    curve = ecdf("x", done, still_open)

    assert [at for at, _ in curve.points] == sorted(set(done))
    for at, share in curve.points:
        assert share == pytest.approx(float(by_hand(done, still_open, int(at))), abs=1e-4)
    assert (curve.n, curve.open) == (len(done) + len(still_open), len(still_open))


def test_without_anything_open_it_is_the_share_that_is_done():
    curve = ecdf("x", [1, 2, 3, 4, 5, 6, 7, 8, 9, 10])

    assert (curve.p50, curve.p90, curve.longest) == (5, 9, 10)


def test_what_is_open_makes_the_rest_look_slower():
    """Five done in a minute and five open for an hour: half is done in a minute, nobody knows when nine of ten are."""
    curve = ecdf("x", [60] * 5, [3600] * 5)

    assert (curve.p50, curve.p90) == (60, None)
    assert ecdf("x", [60] * 5).p90 == 60, "leaving out what is open would say this"


def test_nothing_is_nothing():
    curve = ecdf("x", [], [5.0])

    assert (curve.p50, curve.p90, curve.longest, curve.points, curve.marks) == (None, None, None, (), (5.0,))
    assert curve.few


def test_a_long_curve_is_thinned_and_keeps_its_ends():
    curve = ecdf("x", range(1000), range(500))

    assert len(curve.points) == len(curve.marks) == POINTS
    assert (curve.points[0][0], curve.points[-1][0], curve.marks[-1]) == (0, 999, 499)
