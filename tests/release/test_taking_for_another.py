"""A lead takes promised pieces from one line for another, or lends them: who may, what is written, what comes back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from small_floor import TODAY

from db import connection
from warehouse import explain, redistribution
from warehouse.holds import Which
from warehouse.reply import InputError

LATER = TODAY + timedelta(days=9)


@pytest.fixture
def promised(small):
    """SO-2 got all there was; SO-1, promised sooner, came after it."""
    small.order("SO-2", ("GOWN-L", 30), promised=LATER)
    small.stock("GOWN-L", 24)
    small.order("SO-1", ("GOWN-L", 20))
    return small


def test_pieces_go_to_the_line_that_stands_before(promised):
    change = redistribution.redistribute(promised.command(), Which("SO-2", 1), Which("SO-1", 1), 15)
    assert [(one.order, one.quantity) for one in change.freed] == [("SO-2", 15)]
    assert [(one.order, one.quantity) for one in change.released] == [("SO-1", 15)]
    assert (promised.reserved("SO-2"), promised.reserved("SO-1")) == (9, 15)
    run = connection.one(
        "SELECT cause, supply_before, supply_after FROM release_run WHERE cause = 'redistribute' ORDER BY id"
    )
    assert run == ("redistribute", 15, 0)


def test_a_preview_changes_nothing(promised):
    seen = redistribution.preview(promised.site, Which("SO-2", 1), Which("SO-1", 1), 15, promised.now)
    assert (seen.loses.reserved_before, seen.loses.reserved_after) == (24, 9)
    assert (seen.gains.open_before, seen.gains.open_after) == (20, 5)
    assert promised.reserved("SO-1") == 0


def _days(side) -> tuple[str | None, str | None]:
    return side.estimate_before.as_json()["on"], side.estimate_after.as_json()["on"]


def _moved() -> list[tuple[object, ...]]:
    return connection.rows(
        "SELECT h.order_no, c.old_on, c.new_on, c.reason, c.cause, n.step FROM promise_change c "
        "JOIN order_line l ON l.id = c.line_id JOIN order_header h ON h.id = l.order_id "
        "JOIN scan_log n ON n.scan_id = c.scan_id ORDER BY c.id"
    )


def test_the_days_of_both_lines_before_and_after(promised):
    """20 come in two days, 30 in eight: SO-1 gains all it misses, SO-2, complete but for 6, waits longer."""
    promised.purchase_order("PO-1", ("GOWN-L", 20), expected_on=TODAY + timedelta(days=2))
    promised.purchase_order("PO-2", ("GOWN-L", 30), expected_on=TODAY + timedelta(days=8))
    promised.order("SO-3", ("GOWN-L", 3), promised=LATER + timedelta(days=1))
    source, target = Which("SO-2", 1), Which("SO-1", 1)
    seen = redistribution.preview(promised.site, source, target, 20, promised.now)
    # 26 pieces are missing up to SO-2 before and after: what it gives, the line before it no longer needs.
    assert (_days(seen.gains), _days(seen.loses)) == (("2026-06-17", "2026-06-15"), ("2026-06-23", "2026-06-23"))
    redistribution.redistribute(promised.command(), source, target, 20)
    assert _moved() == [
        ("SO-1", "2026-06-17", "2026-06-15", "PRIORITY_REDISTRIBUTED", "SO-2/1 -> SO-1/1", "command.redistribute")
    ]


@pytest.mark.parametrize("lend", [False, True])
def test_what_is_foreseen_is_what_then_is(promised, lend):
    """A line that had all of it falls back behind one between the two; a lender comes before all others."""
    promised.purchase_order("PO-1", ("GOWN-L", 30), expected_on=TODAY + timedelta(days=2))
    promised.purchase_order("PO-2", ("GOWN-L", 60), expected_on=TODAY + timedelta(days=8))
    promised.order("SO-5", ("MASK", 8), ("GOWN-M", 5), policy="order", patience=0, promised=LATER)
    promised.stock("MASK", 8)
    promised.order("SO-6", ("MASK", 6))
    promised.order("SO-7", ("MASK", 10), promised=TODAY + timedelta(days=1))
    promised.purchase_order("PO-3", ("MASK", 12), expected_on=TODAY + timedelta(days=3))
    source, target = Which("SO-5", 1), Which("SO-6", 1)
    seen = redistribution.preview(promised.site, source, target, 6, promised.now, lend=lend)
    assert _days(seen.gains) == ("2026-06-18", "2026-06-15")
    assert _days(seen.loses) == ("2026-06-15", "2026-06-18" if lend else None)
    (redistribution.lend if lend else redistribution.redistribute)(promised.command(), source, target, 6)
    assert [row[:3] for row in _moved()] == [
        ("SO-5", "2026-06-15", "2026-06-18" if lend else None),
        ("SO-6", "2026-06-18", "2026-06-15"),
    ]
    told = explain.why(promised.site, "SO-5", 1, promised.now)
    assert told.estimate == seen.loses.estimate_after
    assert [one.reason for one in told.promise_changes] == ["PRIORITY_REDISTRIBUTED"]


@pytest.mark.parametrize(
    ("source", "target", "quantity", "words"),
    [
        (Which("SO-1", 1), Which("SO-2", 1), 1, "SO-1/1 stands before SO-2/1 in the queue"),
        (Which("SO-2", 1), Which("SO-1", 1), 21, "SO-1/1 misses 20 and cannot take 21"),
        (Which("SO-2", 1), Which("SO-1", 1), 0, "A quantity of 0 is nothing to move"),
        (Which("SO-2", 1), Which("SO-1"), 5, "There is no order line SO-1 at this site"),
        (Which("SO-2", 1), Which("SO-2", 1), 5, "SO-2/1 cannot give to itself"),
        (Which("SO-2", 1), Which("SO-3", 1), 5, "SO-2/1 is of GOWN-L and SO-3/1 of GOWN-M"),
        (Which("SO-2", 1), Which("SO-4", 1), 5, "SO-4/1 ships complete: it takes all 12 or nothing"),
    ],
)
def test_what_does_not_go(promised, source, target, quantity, words):
    promised.order("SO-3", ("GOWN-M", 5))
    promised.order("SO-4", ("GOWN-L", 12), policy="line")
    with pytest.raises(InputError, match=words):
        redistribution.redistribute(promised.command(), source, target, quantity)
    assert promised.reserved("SO-2") == 24


def test_a_pick_that_has_begun_is_not_touched(promised):
    connection.execute("UPDATE pick_task SET state = 'TAKEN', operator_id = (SELECT MIN(id) FROM operator)")
    with pytest.raises(InputError, match="SO-2/1 has 0 that nobody has begun to pick, 24 more are being picked"):
        redistribution.redistribute(promised.command(), Which("SO-2", 1), Which("SO-1", 1), 5)


@pytest.fixture
def hoarding(small):
    """SO-1 ships complete, claims from the start, holds 20 and waits for 10 of another item; SO-2 waits for 15."""
    small.order("SO-1", ("GOWN-L", 20), ("GOWN-M", 10), policy="order", patience=0)
    small.stock("GOWN-L", 20)
    small.order("SO-2", ("GOWN-L", 15), promised=LATER)
    return small


def test_what_is_lent_comes_back_first(hoarding):
    """The debt is paid from the next receipt before a line that stands before the lender; then all is as it was."""
    redistribution.lend(hoarding.command(), Which("SO-1", 1), Which("SO-2", 1), 15)
    assert (hoarding.reserved("SO-1"), hoarding.reserved("SO-2")) == (5, 15)
    hoarding.order("SO-0", ("GOWN-L", 10), priority=1)
    hoarding.stock("GOWN-L", 8)
    assert (hoarding.reserved("SO-1"), hoarding.reserved("SO-0")) == (13, 0)
    hoarding.stock("GOWN-L", 10)
    assert (hoarding.reserved("SO-1"), hoarding.reserved("SO-0")) == (20, 3)
    assert connection.one("SELECT qty, repaid, written_off FROM loan") == (15, 15, 0)


def test_only_the_debt_comes_first(hoarding):
    """A lender that misses more than it lent gets back what it lent; for the rest it stands where it stood."""
    hoarding.order("SO-3", ("GOWN-L", 40), ("GOWN-M", 1), policy="order", patience=0, promised=LATER, priority=5)
    hoarding.stock("GOWN-L", 25)
    assert hoarding.reserved("SO-3") == 10
    hoarding.order("SO-4", ("GOWN-L", 30))
    redistribution.lend(hoarding.command(), Which("SO-3", 1), Which("SO-4", 1), 6)
    hoarding.stock("GOWN-L", 10)
    assert (hoarding.reserved("SO-3"), hoarding.reserved("SO-4")) == (10, 10)


def test_a_cancelled_lender_is_owed_nothing(hoarding):
    redistribution.lend(hoarding.command(), Which("SO-1", 1), Which("SO-2", 1), 15)
    hoarding.cancel("SO-1", 1)
    assert connection.one("SELECT qty, repaid, written_off FROM loan") == (15, 0, 15)


def test_who_does_not_hold_cannot_lend(promised):
    with pytest.raises(InputError, match="SO-2/1 does not hold its stock for the rest of its order"):
        redistribution.lend(promised.command(), Which("SO-2", 1), Which("SO-1", 1), 5)
