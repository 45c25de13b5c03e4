"""Every waiting line has an owner and a next review; what is behind is found, and a review needs an outcome."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from small_floor import START, TODAY, SmallFloor

from db import connection
from warehouse import board, reviews
from warehouse.reply import InputError
from warehouse.reviews import Decision

FRIDAY = date(2026, 6, 12)


@pytest.fixture
def small(database_url):
    """Monday, nine o'clock."""
    return SmallFloor()


def waits_since(small: SmallFloor, days: int, order: str, priority: int = 3) -> None:
    """A line that has waited for so many days."""
    small.now = START - timedelta(days=days)
    small.order(order, ("GOWN-L", 10), priority=priority)
    small.now = START


def behind(small: SmallFloor, limit: int = 20) -> list[tuple[str, int, str]]:
    return [(one.order, one.overdue, one.owner) for one in reviews.overdue(small.site, small.now, limit)]


def test_working_days_leave_out_the_weekend():
    assert reviews.working_days_after(FRIDAY, 1) == date(2026, 6, 15)
    assert reviews.working_days_after(FRIDAY, 2) == date(2026, 6, 16)
    assert reviews.working_days_after(date(2026, 6, 13), 1) == date(2026, 6, 15)


def test_without_a_record_a_review_is_due_by_the_class_of_the_line(small):
    waits_since(small, 3, "SO-FRI")
    waits_since(small, 4, "SO-THU")
    waits_since(small, 5, "SO-WED")
    waits_since(small, 3, "SO-FRI1", priority=1)
    waits_since(small, 4, "SO-THU1", priority=1)

    # Monday: Wednesday and two days is Friday, Thursday and two is today; Thursday and one is Friday, Friday and one today.
    assert behind(small) == [("SO-WED", 3, "IDA"), ("SO-THU1", 3, "IDA")]


def test_the_longest_behind_comes_first_and_the_list_is_bounded(small):
    for days in (20, 10, 30):
        waits_since(small, days, f"SO-{days}")

    assert [order for order, _, _ in behind(small)] == ["SO-30", "SO-20", "SO-10"]
    assert [order for order, _, _ in behind(small, 2)] == ["SO-30", "SO-20"]


def test_a_review_takes_a_line_off_the_list_until_the_next(small):
    waits_since(small, 10, "SO-1")
    told = reviews.record(small.command(), Decision("SO-1", 1, "expedite", "vendor called", None))

    assert (told.owner, told.outcome, told.note, told.review_on) == (
        "IDA",
        "expedite",
        "vendor called",
        date(2026, 6, 17),
    )
    assert behind(small) == []
    small.now += timedelta(days=3)
    assert behind(small) == [("SO-1", 1, "IDA")]
    small.now += timedelta(days=3)
    reviews.record(small.command(), Decision("SO-1", 1, "keep", "", TODAY + timedelta(days=30)))
    assert behind(small) == []
    kept = connection.rows("SELECT outcome, current FROM line_review ORDER BY id")
    assert kept == [("expedite", 0), ("keep", 1)]


def test_a_line_that_waits_no_longer_has_no_review(small):
    waits_since(small, 10, "SO-1")
    reviews.record(small.command(), Decision("SO-1", 1, "keep", ""))
    small.now += timedelta(days=10)
    small.stock("GOWN-L", 10)

    assert behind(small) == []
    waits_since(small, 20, "SO-2")
    small.now = START + timedelta(days=10)
    reviews.record(small.command(), Decision("SO-2", 1, "keep", ""))
    assert connection.rows("SELECT current FROM line_review ORDER BY id") == [(0,), (1,)], "what is over is put behind"


@pytest.mark.parametrize(
    ("decision", "said"),
    [
        (Decision("SO-1", 1, "later", ""), "An outcome is one of keep, expedite, split, substitute, cancel, call"),
        (Decision("SO-1", 2, "keep", ""), "There is no line 2 of order SO-1"),
        (Decision("SO-9", 1, "keep", ""), "There is no line 1 of order SO-9"),
        (Decision("SO-2", 1, "keep", ""), "SO-2/1 does not wait"),
        (Decision("SO-1", 1, "keep", "", TODAY), "The next review is a day after 2026-06-15"),
        (Decision("SO-1", 1, "keep", "", TODAY + timedelta(days=366)), "within 365 days"),
    ],
)
def test_what_is_no_review_is_refused_and_leaves_nothing(small, decision, said):
    waits_since(small, 10, "SO-1")
    small.stock("MASK", 10)
    small.order("SO-2", ("MASK", 10))

    with pytest.raises(InputError, match=said):
        reviews.record(small.command(), decision)

    assert connection.rows("SELECT * FROM line_review") == []


def test_overdue_reviews_ask_for_attention(small):
    waits_since(small, 10, "SO-1")

    (entry,) = board.read(small.site, small.now).attention

    assert (entry.kind, entry.what, entry.words) == ("review", "SO-1/1", "review 6 days overdue, IDA")
