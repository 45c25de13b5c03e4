"""What is doubted about a counted case: worked out here a second time, for any case."""

from __future__ import annotations

import string
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from warehouse import doubts
from warehouse.inbound import Case, LastCase
from warehouse.items import Item
from warehouse.messages import TEMPLATES

TODAY = date(2026, 6, 15)
AT = "2026-06-15T09:00:00.000000Z"
ORDER = ("missing_separator", "odd_count", "over", "past_expiry", "same_again")


def item(low: int | None, high: int | None) -> Item:
    return Item(7, "GOWN-L", "Gown L", "ea", "variable", low, high, 0, 0)


def doubted(case: Case, left: int, seen: LastCase | None) -> list[str]:
    """Every doubt that there is, in the order in which they are asked."""
    low, high = case.item.min_case, case.item.max_case
    reasons = {
        "missing_separator": case.suspect != "",
        "odd_count": case.quantity < (low or 1) or case.quantity > (high or 99_999),
        "over": case.quantity > max(left, 0),
        "past_expiry": bool(case.expiry) and date.fromisoformat(case.expiry) < TODAY,
        "same_again": case.code == "" and seen == LastCase(AT, 7, case.quantity),
    }
    return [name for name in ORDER if reasons[name]]


CASES = st.builds(
    lambda low, high, code, quantity, expiry, suspect: Case(
        item(low, high), code, quantity, "KEYED", "", expiry, suspect
    ),
    st.none() | st.integers(1, 30),
    st.none() | st.integers(1, 60),
    st.sampled_from(["", "395212340000000014"]),
    st.integers(1, 120_000) | st.integers(1, 60),
    st.sampled_from(["", "2026-06-14", "2026-06-15", "2026-06-16"]),
    st.sampled_from(["", "", "LOT117270228"]),
)
SEEN = st.none() | st.builds(LastCase, st.just(AT), st.sampled_from([7, 8]), st.integers(1, 60))


@given(CASES, st.integers(-50, 60), SEEN, st.sets(st.sampled_from(ORDER)))
@settings(max_examples=400, deadline=None, derandomize=True, database=None)
def test_the_first_doubt_that_was_not_answered_is_asked(case, left, seen, answered):
    found = doubts.first(case, left, TODAY, seen, tuple(answered))
    expected = [name for name in doubted(case, left, seen) if name not in answered]
    assert (found.name if found else None) == (expected[0] if expected else None)


@given(CASES, st.integers(-50, 60), SEEN)
@settings(max_examples=200, deadline=None, derandomize=True, database=None)
def test_its_words_are_the_fields_of_its_sentence(case, left, seen):
    asked: tuple[str, ...] = ()
    while (found := doubts.first(case, left, TODAY, seen, asked)) is not None:
        fields = {
            name for line in TEMPLATES[found.name].lines for _, name, _, _ in string.Formatter().parse(line) if name
        }
        assert set(found.words) | ({"time"} if found.since else set()) == fields
        asked = (*asked, found.name)


def test_a_case_that_is_not_counted_yet_is_a_fault_of_the_program():
    with pytest.raises(ValueError, match="known"):
        doubts.first(Case(item(None, None)), 10, TODAY, None, ())
