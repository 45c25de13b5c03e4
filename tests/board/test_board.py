"""What the board tells of a floor, on both engines: figures with what is open, attention, and what is drawn."""

from __future__ import annotations

from datetime import timedelta

import pytest
from small_floor import TODAY, SmallFloor, gtin, sscc

from db import connection
from warehouse import board
from warehouse.board.window import day, window

GOWN = gtin(1)


@pytest.fixture
def small(database_url):
    return SmallFloor()


def received(small: SmallFloor, *orders: tuple[str, int], cases: tuple[int, ...] = (24,)) -> None:
    """Orders of gowns, entered a minute apart, and cases for them."""
    small.purchase_order("PO-1", ("GOWN-L", 500))
    for order, pieces in orders:
        small.order(order, ("GOWN-L", pieces))
        small.now += timedelta(minutes=1)
    ana = small.hand("1001")
    ana.scan("PO-1")
    for number, count in enumerate(cases, 1):
        ana.case(sscc(number), GOWN, count)


def picked(small: SmallFloor, order: str, case: str) -> None:
    small.hand("1002", "PICK-1").all(order, "DOCK-1", case, "!ENTER")


def test_an_open_pick_counts_by_its_age(small):
    received(small, ("SO-1", 4), ("SO-2", 5))
    small.now += timedelta(minutes=10)
    picked(small, "SO-1", sscc(1))
    small.now += timedelta(minutes=20)

    curve = board.read(small.site, small.now).figures.pick

    assert (curve.n, curve.open) == (2, 1)
    assert curve.p50 == pytest.approx(604, abs=3)
    assert curve.p90 is None, "the other one may take any time"
    assert curve.marks[0] == pytest.approx(1805, abs=5)


def test_late_risk_is_time_left_against_what_picks_take(small):
    received(small, ("SO-1", 4), ("SO-2", 5))
    picked(small, "SO-1", sscc(1))
    small.now = small.site.due(TODAY) - timedelta(minutes=2)

    assert board.read(small.site, small.now).figures.late_risk == 0
    small.now += timedelta(minutes=3)
    seen = board.read(small.site, small.now)
    assert (seen.figures.late_risk, seen.figures.released) == (1, 1)
    assert [(one.kind, one.what, one.opens) for one in seen.attention[:1]] == [("nobody", "SO-2/1", "SO-2/1")]
    assert seen.attention[0].words == "nobody, 1 min late"


def test_line_fill_counts_lines_that_lack_nothing_any_more(small):
    received(small, ("SO-1", 20), ("SO-2", 20))

    fill = board.read(small.site, small.now).figures.line_fill

    assert (fill.part, fill.n, fill.percent) == (1, 2, 50.0)
    assert fill.words == "[50% (1/2)]", "few are in brackets"


def test_what_is_being_received_says_what_it_releases_and_who_waits_on_it(small):
    received(small, ("SO-1", 20), ("SO-2", 20))

    (entry,) = board.read(small.site, small.now).receiving

    assert (entry.by, entry.releases, entry.waiting_on) == ("ANA", 2, ("SO-2", 16, "GOWN-L"))


def test_age_is_bounded_on_a_screen_and_whole_for_the_command(small, monkeypatch):
    for number in range(5):
        small.order(f"SO-{number}", ("GOWN-L", 10))
    monkeypatch.setattr(board.now, "CAP", 3)

    on_screen = board.read(small.site, small.now, limit=20).age[0]
    assert (on_screen.lines, on_screen.shown) == (3, "3+")
    whole = board.read(small.site, small.now).age[0]
    assert (whole.lines, whole.units, whole.shown) == (5, 50, "5")


def test_a_count_that_was_questioned_and_kept_asks_for_attention(small):
    received(small, ("SO-1", 4))
    connection.execute("DROP TRIGGER IF EXISTS capture_no_update" if connection.dialect() == "sqlite" else "SELECT 1")
    if connection.dialect() == "postgresql":
        connection.execute("ALTER TABLE capture DISABLE TRIGGER ALL")
    connection.execute("UPDATE capture SET doubt = 1")
    if connection.dialect() == "postgresql":
        connection.execute("ALTER TABLE capture ENABLE TRIGGER ALL")

    seen = board.read(small.site, small.now)

    assert [(one.kind, one.opens) for one in seen.attention if one.kind == "outlier"] == [("outlier", "RC-0001")]
    assert (seen.figures.outliers.part, seen.figures.outliers.n) == (1, 1)


def test_a_pick_and_a_delivery_that_stand_still_are_told(small):
    received(small, ("SO-1", 4))
    small.hand("1002", "PICK-1").scan("SO-1")
    small.now += timedelta(hours=3)

    stuck = [(one.what, one.words) for one in board.read(small.site, small.now).attention if one.kind == "stuck"]

    assert stuck == [("SO-1/1", "LEO has its pick for 3 h"), ("RC-0001", "open, no case for 3 h")]


def test_the_course_ends_at_what_waits_now_and_ticks_at_each_receipt(small):
    small.order("SO-0", ("MASK", 7))
    small.now += timedelta(hours=9)
    received(small, ("SO-1", 20), ("SO-2", 20), cases=(10, 24))

    course = board.plots(small.site, small.now).open_units

    levels = [units for _, units in course.points]
    assert levels[:2] == [7, 27]
    assert levels[-1] == board.read(small.site, small.now).units == 13
    assert [(code, units) for _, code, units in course.receipts] == [("RC-0001", 34)]
    assert course.whole


def test_fairness_names_who_went_ahead_and_why(small):
    small.purchase_order("PO-1", ("GOWN-L", 500))
    small.order("SO-1", ("GOWN-L", 10), promised=TODAY)
    small.order("SO-2", ("GOWN-L", 10), promised=TODAY + timedelta(days=2), priority=1)
    small.order("SO-3", ("GOWN-L", 10), promised=TODAY + timedelta(days=3))
    ana = small.hand("1001")
    ana.scan("PO-1")
    ana.case(sscc(1), GOWN, 10)
    ana.case(sscc(2), GOWN, 20)

    told = board.plots(small.site, small.now).fairness

    assert sorted(told.points) == [(1, 2), (2, 1), (3, 2)]
    assert [(one.order, one.over_order, one.reason) for one in told.ahead] == [("SO-2", "SO-1", "priority")]


def test_a_case_on_hold_is_not_pickable_until_a_lead_accepts_it(small):
    received(small, ("SO-1", 4), cases=(24, 12))
    curve = board.plots(small.site, small.now).ecdf[1]
    assert (curve.name, curve.n, curve.open, curve.p90) == ("received_to_pickable", 2, 0, 0.0)


def test_a_window_looks_no_farther_back(small):
    received(small, ("SO-1", 4))
    picked(small, "SO-1", sscc(1))
    small.now += timedelta(hours=9)

    assert board.read(small.site, small.now).figures.pick.n == 0
    over = window(small.site, small.now, "day")
    assert board.read(small.site, small.now, over=over).figures.pick.n == 1
    over = day(small.site, TODAY - timedelta(days=1), small.now)
    assert board.read(small.site, small.now, over=over).figures.pick.n == 0
