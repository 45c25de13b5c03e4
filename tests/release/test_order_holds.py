"""Hold and un-hold, pin and priority: who loses what, who gets it, and what ends by itself."""

from __future__ import annotations

from datetime import timedelta

import pytest
from small_floor import TODAY

from db import connection
from warehouse import holds, sweeping
from warehouse.holds import Terms, Which
from warehouse.reply import InputError


def terms(**more) -> Terms:
    values = {"kind": "credit", "review_on": TODAY + timedelta(days=2)} | more
    return Terms(**values)


def test_a_hold_gives_its_stock_to_the_next(small):
    small.order("SO-1", ("GOWN-L", 20))
    small.order("SO-2", ("GOWN-L", 15), promised=TODAY + timedelta(days=9))
    small.stock("GOWN-L", 20)
    change = holds.hold(small.command(), [Which("SO-1")], terms())
    assert [(one.order, one.quantity) for one in change.freed] == [("SO-1", 20)]
    assert [(one.order, one.quantity) for one in change.released] == [("SO-2", 15)]
    assert small.line("SO-1")["state"] == "H"
    small.stock("GOWN-L", 40)
    assert small.reserved("SO-1") == 0
    change = holds.unhold(small.command(), [Which("SO-1")])
    assert [(one.order, one.quantity) for one in change.released] == [("SO-1", 20)]


def test_kept_stock_waits_with_the_order(small):
    small.order("SO-1", ("GOWN-L", 20))
    small.stock("GOWN-L", 20)
    holds.hold(small.command(), [Which("SO-1")], terms(keep=True))
    assert small.reserved("SO-1") == 20
    assert connection.value("SELECT state FROM pick_task") == "WAITING"
    holds.unhold(small.command(), [Which("SO-1")])
    assert connection.value("SELECT state FROM pick_task") == "OPEN"


def test_only_until_ends_by_itself(small):
    small.order("SO-1", ("GOWN-L", 20))
    small.order("SO-2", ("GOWN-M", 20))
    holds.hold(small.command(), [Which("SO-1")], terms(kind="until", until_on=TODAY + timedelta(days=3)))
    holds.hold(small.command(), [Which("SO-2", 1)], terms(kind="quality"))
    small.stock("GOWN-L", 20)
    small.stock("GOWN-M", 20)
    small.now += timedelta(days=2)
    sweeping.sweep(small.site, small.now)
    assert small.reserved("SO-1") == 0
    small.now += timedelta(days=1)
    sweeping.sweep(small.site, small.now)
    assert (small.reserved("SO-1"), small.reserved("SO-2")) == (20, 0)


def test_a_held_line_keeps_its_complete_order_back(small):
    small.order("SO-1", ("GOWN-L", 20), ("GOWN-M", 10), policy="order")
    holds.hold(small.command(), [Which("SO-1", 2)], terms())
    small.stock("GOWN-L", 20)
    small.stock("GOWN-M", 10)
    assert (small.reserved("SO-1", 1), small.reserved("SO-1", 2)) == (0, 0)
    holds.unhold(small.command(), [Which("SO-1", 2)])
    assert (small.reserved("SO-1", 1), small.reserved("SO-1", 2)) == (20, 10)


def test_a_hold_of_a_complete_order_that_is_ready(small):
    small.order("SO-1", ("GOWN-L", 20), ("GOWN-M", 10), policy="order")
    small.stock("GOWN-L", 20)
    small.stock("GOWN-M", 10)
    holds.hold(small.command(), [Which("SO-1", 2)], terms())
    assert [row[0] for row in connection.rows("SELECT state FROM pick_task ORDER BY id")] == ["WAITING", "CANCELLED"]
    holds.unhold(small.command(), [Which("SO-1", 2)])
    assert sorted(row[0] for row in connection.rows("SELECT state FROM pick_task")) == ["CANCELLED", "OPEN", "OPEN"]


@pytest.mark.parametrize("act", ["pin", "priority"])
def test_a_lead_moves_an_order_ahead(small, act):
    small.order("SO-1", ("GOWN-L", 20), priority=3)
    small.order("SO-2", ("GOWN-L", 20), priority=3, promised=TODAY + timedelta(days=5))
    if act == "pin":
        holds.pin(small.command(), [Which("SO-2")])
    else:
        holds.prioritise(small.command(), [Which("SO-2")], 1)
        holds.prioritise(small.command(), [Which("SO-1")], 5)
    small.stock("GOWN-L", 20)
    assert (small.reserved("SO-1"), small.reserved("SO-2")) == (0, 20)


@pytest.mark.parametrize(
    ("which", "words"),
    [
        ([Which("SO-9")], "There is no order SO-9 at this site; nothing was changed."),
        ([Which("SO-1", 7)], "There is no line 7 in order SO-1; nothing was changed."),
    ],
)
def test_what_is_not_there(small, which, words):
    small.order("SO-1", ("GOWN-L", 20))
    with pytest.raises(InputError, match=words):
        holds.hold(small.command(), which, terms())
    with pytest.raises(InputError, match="SO-1 is not on hold; nothing was changed"):
        holds.unhold(small.command(), [Which("SO-1")])


def test_the_hold_of_a_line_is_named_when_the_order_is_let_go(small):
    small.order("SO-1", ("GOWN-L", 20), ("GOWN-M", 5))
    holds.hold(small.command(), [Which("SO-1", 2)], terms())
    with pytest.raises(InputError, match="SO-1 has no hold of its own, but SO-1/2 has: name that"):
        holds.unhold(small.command(), [Which("SO-1")])


def test_a_sweep_finds_what_was_missed_and_says_so(small):
    """A line missed on purpose: stock whose release never ran."""
    small.order("SO-1", ("GOWN-L", 20))
    connection.execute("UPDATE order_line SET state = 'H', held = 1")
    connection.execute("UPDATE item_stock SET waiting_lines = 0, waiting_qty = 0")
    small.stock("GOWN-L", 20)
    connection.execute("UPDATE order_line SET state = 'W', held = 0")
    connection.execute(
        "UPDATE item_stock SET waiting_lines = 1, waiting_qty = 20 WHERE item_id = ?", small.item("GOWN-L")
    )
    swept = sweeping.sweep(small.site, small.now)
    assert [(one.what, one.lines, one.pieces) for one in swept.missed] == [("line", 1, 20)]
    assert small.reserved("SO-1") == 20
    assert connection.rows("SELECT what, lines, pieces FROM sweep_found") == [("line", 1, 20)]
    assert sweeping.sweep(small.site, small.now) is None
    assert sweeping.sweep(small.site, small.now, force=True).missed == ()
