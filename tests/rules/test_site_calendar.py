"""Days, cut-offs and ages by the site's own calendar, over the changes of its clock, wherever the terminal stands."""

from __future__ import annotations

import os
import time
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock_time

import pytest
from small_floor import SmallFloor, gtin, said, sscc

from db import connection
from warehouse import board
from warehouse import site as site_
from warehouse.reply import Verdict

BERLIN, CHICAGO = "Europe/Berlin", "America/Chicago"


@pytest.fixture(params=["UTC", "Asia/Tokyo", "America/Los_Angeles"])
def elsewhere(request):
    """The terminal's own zone, which must not matter."""
    before = os.environ.get("TZ")
    os.environ["TZ"] = request.param
    time.tzset()
    yield request.param
    if before is None:
        del os.environ["TZ"]
    else:
        os.environ["TZ"] = before
    time.tzset()


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def place(zone: str, cutoff: str = "17:00") -> site_.Site:
    return site_.Site("T1", zone, clock_time.fromisoformat(cutoff), practice=True)


@pytest.mark.parametrize(
    ("zone", "moment", "today"),
    [
        (BERLIN, "2026-10-24T21:59:59", date(2026, 10, 24)),  # summer: midnight is 22:00 UTC
        (BERLIN, "2026-10-24T22:00:00", date(2026, 10, 25)),
        (BERLIN, "2026-10-25T22:59:59", date(2026, 10, 25)),  # the day has 25 hours
        (BERLIN, "2026-10-25T23:00:00", date(2026, 10, 26)),
        (BERLIN, "2026-03-28T23:00:00", date(2026, 3, 29)),
        (BERLIN, "2026-03-29T21:59:59", date(2026, 3, 29)),  # the day has 23 hours
        (BERLIN, "2026-03-29T22:00:00", date(2026, 3, 30)),
        (CHICAGO, "2026-11-01T04:59:59", date(2026, 10, 31)),
        (CHICAGO, "2026-11-01T05:00:00", date(2026, 11, 1)),
        (CHICAGO, "2026-11-02T05:59:59", date(2026, 11, 1)),
        (CHICAGO, "2026-11-02T06:00:00", date(2026, 11, 2)),
        ("Pacific/Kiritimati", "2026-06-15T09:59:59", date(2026, 6, 15)),
        ("Pacific/Kiritimati", "2026-06-15T10:00:00", date(2026, 6, 16)),
    ],
)
def test_today_is_the_sites(elsewhere, zone, moment, today):
    assert place(zone).today(at(moment)) == today


@pytest.mark.parametrize(
    ("zone", "day", "due"),
    [
        (BERLIN, date(2026, 10, 24), "2026-10-24T15:00:00"),
        (BERLIN, date(2026, 10, 25), "2026-10-25T16:00:00"),
        (BERLIN, date(2026, 3, 28), "2026-03-28T16:00:00"),
        (BERLIN, date(2026, 3, 29), "2026-03-29T15:00:00"),
        (CHICAGO, date(2026, 10, 31), "2026-10-31T22:00:00"),
        (CHICAGO, date(2026, 11, 1), "2026-11-01T23:00:00"),
    ],
)
def test_due_is_the_cut_off_on_the_wall(elsewhere, zone, day, due):
    """Always 17:00 there, whatever that is in UTC on that day."""
    assert place(zone).due(day) == at(due)
    assert place(zone).clock(at(due)) == "17:00"


def test_a_cut_off_in_the_hour_that_comes_twice_is_the_first(elsewhere):
    """02:30 on the day that has it twice: the earlier one, so that nothing is late by surprise."""
    assert place(BERLIN, "02:30").due(date(2026, 10, 25)) == at("2026-10-25T00:30:00")


def test_the_clock_in_a_message_is_the_sites(elsewhere, sqlite_url):
    small = SmallFloor(BERLIN)
    small.now = at("2026-10-25T00:59:00")
    small.purchase_order("PO-1", ("GOWN-L", 100), expected_on=date(2026, 10, 25))
    ana = small.hand("1001")
    ana.scan("PO-1")
    small.now = at("2026-10-25T01:30:00")  # 02:30 for the second time
    ana.case(sscc(1), gtin(1), 24)
    assert "02:30" in said(ana.scan(f"]C100{sscc(1)}"))
    assert connection.value("SELECT opened_on FROM receipt") == "2026-10-25"


@pytest.mark.parametrize(
    ("moment", "verdict"), [("2026-10-25T22:59:00", Verdict.OK), ("2026-10-25T23:00:00", Verdict.CHECK)]
)
def test_a_lot_is_good_until_the_sites_day_ends(elsewhere, sqlite_url, moment, verdict):
    """Expiry 25 October: usable until midnight in Berlin, which is 23:00 UTC on the day with 25 hours."""
    small = SmallFloor(BERLIN)
    small.purchase_order("PO-1", ("SERUM", 100))
    small.now = at(moment)
    ana = small.hand("1001")
    ana.scan("PO-1")
    small.now = at(moment)
    assert ana.scan(f"]C100{sscc(1)}020{gtin(4)}3710\x1d10L1\x1d17261025").verdict is verdict


def test_two_receipts_over_midnight_of_the_site(elsewhere, sqlite_url):
    """One receipt for an order and a day of the site, not of UTC and not of the terminal."""
    small = SmallFloor(CHICAGO)
    small.purchase_order("PO-1", ("GOWN-L", 100))
    small.now = at("2026-11-02T05:00:00")
    ana = small.hand("1001")
    ana.scan("PO-1")
    for number, moment in enumerate(("2026-11-02T05:30:00", "2026-11-02T05:59:00", "2026-11-02T06:01:00")):
        small.now = at(moment)
        ana.case(sscc(number), gtin(1), 10)
    assert connection.rows("SELECT opened_on, cases FROM receipt ORDER BY opened_on") == [
        ("2026-11-01", 2),
        ("2026-11-02", 1),
    ]


def test_the_board_is_due_by_the_sites_cut_off(elsewhere, sqlite_url):
    small = SmallFloor(BERLIN)
    small.now = at("2026-10-24T10:00:00")
    small.stock("GOWN-L", 50, "A-01", code=sscc(1))
    small.order("SO-1", ("GOWN-L", 5), promised=date(2026, 10, 24))
    small.order("SO-2", ("GOWN-L", 5), promised=date(2026, 10, 25))
    seen = {line.order: line.due_at for line in board.read(small.site, small.now).released}
    assert seen == {"SO-1": at("2026-10-24T15:00:00"), "SO-2": at("2026-10-25T16:00:00")}


def buckets(small: SmallFloor) -> dict[str, int]:
    return {age.bucket: age.lines for age in board.read(small.site, small.now).age if age.lines}


def test_age_grows_with_the_days(elsewhere, sqlite_url):
    small = SmallFloor(BERLIN)
    small.order("SO-1", ("GOWN-L", 5))
    seen = []
    for _ in range(16):
        seen.append(next(iter(buckets(small))))
        small.now += timedelta(days=1)
    assert list(dict.fromkeys(seen)) == ["<1d", "1-3d", "3-7d", "7-14d", ">14d"]


@pytest.mark.parametrize(
    ("waits_since", "now", "bucket"),
    [
        # Berlin, the night the day has 25 hours: still the same day, however many hours it is.
        ("2026-10-24T22:30:00", "2026-10-25T22:45:00", "<1d"),
        # An evening's order in the next morning is a day old, not 14 hours.
        ("2026-10-24T18:00:00", "2026-10-25T08:00:00", "1-3d"),
    ],
)
def test_age_is_counted_in_days_of_the_site(elsewhere, sqlite_url, waits_since, now, bucket):
    """architecture.md: today, age and expiry use the site's zone."""
    small = SmallFloor(BERLIN)
    small.now = at(waits_since)
    small.order("SO-1", ("GOWN-L", 5))
    small.now = at(now)
    assert buckets(small) == {bucket: 1}


def test_twelve_hours_are_twelve_hours_over_a_change_of_the_clock(elsewhere, sqlite_url):
    """F4 reaches twelve hours back, not twelve o'clock."""
    small = SmallFloor(BERLIN)
    small.purchase_order("PO-1", ("GOWN-L", 100))
    small.now = at("2026-10-24T20:00:00")
    ana = small.hand("1001")
    ana.scan("PO-1")
    saved = small.now
    ana.case(sscc(1), gtin(1), 24)
    small.now = saved + timedelta(hours=12, seconds=1)
    assert ana.key("F4").template == "nothing_to_undo"
    small.now = saved + timedelta(hours=12)
    assert ana.key("F4").verdict is Verdict.OK
