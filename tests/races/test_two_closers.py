"""Two terminals close one receipt at once, or one closes what another still counts on."""

from __future__ import annotations

import pytest
from race_floor import postgres_only, quiet
from race_gates import Person, Stopped
from race_people import hire
from small_floor import SmallFloor, gtin, sscc

from db import connection

GOWN, MEDIUM, MASK = gtin(1), gtin(2), gtin(3)
CLOSING = "before UPDATE receipt SET state = 'CLOSED'"


def case(serial: int, item: str = GOWN, count: int = 24) -> tuple[str, str]:
    return "scan", f"]C100{sscc(serial)}020{item}37{count}"


@pytest.fixture
def small(database_url):
    """A receipt of PO-1 with two cases, which are all gowns of it; its masks did not come."""
    small = SmallFloor()
    hire("9000", "9001")
    small.now = connection.database_now()  # the clock of the people in other processes
    small.purchase_order("PO-1", ("GOWN-L", 48), ("MASK", 200), expected_on=small.now.date())
    ana = small.hand("1001")
    ana.scan("PO-1")
    for serial in (1, 2):
        ana.do(*case(serial))
    return small


def receipts() -> list[tuple[str, str, int, int]]:
    return connection.rows("SELECT code, state, cases, pieces FROM receipt ORDER BY id")


def test_one_closes_and_the_other_is_told(database_url, small):
    """The first is stopped where it holds the locks: the second waits, and then hears who closed."""
    way = [("scan", "PO-1"), ("key", "F8"), ("key", "F8")]
    second = Stopped(database_url, Person("9001", way, "")).wait()
    first = Stopped(database_url, Person("9000", way, CLOSING)).wait()
    second.go()
    assert second.is_blocked()
    first.go()
    assert first.outcome().template == "receipt_closed"
    told = second.outcome()
    assert told.template == "closed_before"
    assert told.message.startswith("P9000 closed RC-")
    assert [row[1:] for row in receipts()] == [("CLOSED", 2, 48)]
    assert connection.value("SELECT COUNT(*) FROM discrepancy") == 1
    quiet(small)


@postgres_only
def test_who_asked_first_may_still_be_second(database_url, small):
    """Stopped before the lock, the first finds the receipt closed when it gets there."""
    way = [("scan", "PO-1"), ("key", "F8"), ("key", "F8")]
    first = Stopped(database_url, Person("9000", way, "lock")).wait()
    second = Stopped(database_url, Person("9001", way, "")).wait()
    second.go()
    assert second.outcome().template == "receipt_closed"
    first.go()
    assert first.outcome().template == "closed_before"
    quiet(small)


def test_a_case_that_comes_while_it_is_closed_is_on_the_next_receipt(database_url, small):
    second = Stopped(database_url, Person("9001", [("scan", "PO-1"), case(3, MASK, 50)], "")).wait()
    first = Stopped(database_url, Person("9000", [("scan", "PO-1"), ("key", "F8"), ("key", "F8")], CLOSING)).wait()
    second.go()
    assert second.is_blocked()
    first.go()
    assert first.outcome().template == "receipt_closed"
    assert second.outcome().verdict == "OK"
    assert [row[1:] for row in receipts()] == [("CLOSED", 2, 48), ("OPEN", 1, 50)]
    quiet(small)


@postgres_only
def test_a_case_of_no_order_does_not_slip_onto_a_receipt_that_is_closed(database_url, small):
    """Nothing but the receipt's own row stands between them: its item is not one of those that the closing locks."""
    connection.insert_row(
        "site_rule", site=small.site.code, name="receiving.unordered", value="yes", set_at="2026-06-15T00:00:00Z"
    )
    ana = small.hand("1001")
    ana.all("!ESC", "!F5", "!ENTER")
    ana.do(*case(11, MEDIUM))
    start = [("type", "1"), ("key", "F5"), ("key", "ENTER")]
    first = Stopped(database_url, Person("9000", [*start, ("key", "F8"), ("key", "F8")], CLOSING)).wait()
    second = Stopped(database_url, Person("9001", [*start, case(12, MASK, 50)], "")).wait()
    second.go()
    assert second.is_blocked()
    first.go()
    assert first.outcome().template == "receipt_closed"
    assert second.outcome().verdict == "OK"
    assert [row[1:] for row in receipts()] == [("OPEN", 2, 48), ("CLOSED", 1, 24), ("OPEN", 1, 50)]
    quiet(small)
