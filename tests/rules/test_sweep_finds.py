"""What release ought to have done and did not: the sweep finds it, does it, and writes it down. Missed on purpose here."""

from __future__ import annotations

import pytest
from small_floor import SITE, SmallFloor, sscc

from db import connection
from db.connection import transaction
from warehouse import sweeping
from warehouse.sweeping import Missed
from warehouse.verify import verify


@pytest.fixture
def small(database_url):
    return SmallFloor()


def swept(small: SmallFloor) -> sweeping.Swept:
    done = sweeping.sweep(small.site, small.now, force=True)
    assert done is not None
    return done


@transaction
def slip_in(small: SmallFloor, sku: str, code: str, pieces: int) -> None:
    """Stock that comes without a release: a unit on the books, and nobody is served from it."""
    item_id = small.item(sku)
    connection.execute("UPDATE handling_unit SET qty = qty + ? WHERE code = ?", pieces, code)
    connection.execute("UPDATE item_stock SET usable = usable + ? WHERE item_id = ?", pieces, item_id)
    connection.execute(
        "INSERT INTO stock_move (site, at, kind, item_id, qty, from_account, to_account, to_unit_id, to_location_id, "
        "to_status, scan_id) SELECT site, received_at, 'OPENING', item_id, ?, 'OPENING', 'UNIT', id, location_id, status, "
        "'raw' FROM handling_unit WHERE code = ?",
        pieces,
        code,
    )


def found() -> list[tuple[object, ...]]:
    return connection.rows("SELECT site, what, item_id, set_id, lines, pieces FROM sweep_found ORDER BY id")


def test_a_line_that_was_missed_is_served_and_written_down(small):
    small.stock("GOWN-L", 10, code=sscc(1))
    small.order("SO-1", ("GOWN-L", 30))
    small.order("SO-2", ("GOWN-L", 8))
    small.order("SO-3", ("GOWN-L", 50), policy="line")
    assert (small.reserved("SO-1"), small.reserved("SO-2")) == (10, 0)
    slip_in(small, "GOWN-L", sscc(1), 24)
    assert [one.invariant for one in verify(small.site).violations] == ["I9 nothing that fits waits"]

    done = swept(small)

    assert done.missed == (Missed("line", small.item("GOWN-L"), None, 2, 24),)
    assert (small.reserved("SO-1"), small.reserved("SO-2"), small.reserved("SO-3")) == (30, 4, 0)
    assert found() == [(SITE, "line", small.item("GOWN-L"), None, 2, 24)]
    assert connection.value("SELECT cause FROM release_run ORDER BY id DESC LIMIT 1") == "sweep"
    assert verify(small.site).violations == ()
    assert swept(small).missed == ()
    assert len(found()) == 1


def test_what_fits_nobody_is_not_missed(small):
    small.stock("GOWN-L", 10, code=sscc(1))
    small.order("SO-1", ("GOWN-L", 30), policy="line")
    slip_in(small, "GOWN-L", sscc(1), 19)
    assert swept(small) == sweeping.Swept(0, ())
    slip_in(small, "GOWN-L", sscc(1), 1)
    assert [one.pieces for one in swept(small).missed] == [30]


def test_a_set_that_was_missed_is_completed(small):
    """The stock for the line that it watches came, and nobody looked: the sweep does, and all of it is given."""
    small.stock("GOWN-L", 10, code=sscc(1))
    small.stock("GOWN-M", 1, code=sscc(2))
    small.order("SO-1", ("GOWN-L", 10), ("GOWN-M", 5), policy="order")
    slip_in(small, "GOWN-M", sscc(2), 4)

    done = swept(small)

    assert [(one.what, one.item_id, one.lines) for one in done.missed] == [("ship set", None, 2)]
    assert (small.reserved("SO-1", 1), small.reserved("SO-1", 2)) == (10, 5)
    assert connection.rows("SELECT state FROM pick_task") == [("OPEN",), ("OPEN",)]
    assert verify(small.site).violations == ()
    assert swept(small).missed == ()


def test_a_set_that_wants_whole_cases_is_not_missed_while_no_case_is_right(small):
    """Twelve are free and it misses ten: it is looked at each time, and lacks a case of ten each time."""
    small.stock("GOWN-M", 5, code=sscc(2))
    small.stock("GOWN-L", 12, code=sscc(1))
    small.order("SO-1", ("GOWN-L", 10), ("GOWN-M", 5), policy="order", full_cases=True)
    for _ in range(2):
        assert swept(small).missed == ()
    assert found() == []
    small.stock("GOWN-L", 10, code=sscc(3))
    assert (small.reserved("SO-1", 1), small.reserved("SO-1", 2)) == (10, 5)


def test_what_a_set_cannot_take_is_not_kept_from_the_lines_behind_it(small):
    small.stock("GOWN-M", 5, code=sscc(2))
    small.stock("GOWN-L", 12, code=sscc(1))
    small.order("SO-1", ("GOWN-L", 10), ("GOWN-M", 5), policy="order", full_cases=True)
    small.order("SO-2", ("GOWN-L", 20))
    assert (small.reserved("SO-1"), small.reserved("SO-2")) == (0, 12)
    assert verify(small.site).violations == ()


def test_a_set_that_nothing_would_wake_is_woken(small):
    small.stock("GOWN-L", 10)
    small.order("SO-1", ("GOWN-L", 10), ("GOWN-M", 5), policy="order")

    @transaction
    def forget() -> None:
        set_id = connection.value("SELECT id FROM ship_set")
        connection.execute("UPDATE ship_set SET watch_id = NULL WHERE id = ?", set_id)
        connection.execute("UPDATE order_line SET min_need = 2147483647 WHERE set_id = ?", set_id)

    forget()
    assert not verify(small.site).ok

    done = swept(small)

    assert [(one.what, one.set_id is None, one.pieces) for one in done.missed] == [("ship set", False, 0)]
    assert [row[1] for row in found()] == ["ship set"]
    assert verify(small.site).violations == ()
    small.stock("GOWN-M", 5)
    assert (small.reserved("SO-1", 1), small.reserved("SO-1", 2)) == (10, 5)


def test_a_pick_that_waits_for_nothing_is_let_go(small):
    small.stock("GOWN-L", 10)
    small.order("SO-1", ("GOWN-L", 10))
    connection.execute("UPDATE pick_task SET state = 'WAITING'")
    assert [one.invariant for one in verify(small.site).violations] == [
        "a pick waits for its ship set and for holds, for nothing else"
    ]

    done = swept(small)

    assert done.missed == (Missed("pick", small.item("GOWN-L"), None, 1, 10),)
    assert connection.rows("SELECT state FROM pick_task") == [("OPEN",)]
    assert verify(small.site).violations == ()
    assert swept(small).missed == ()


def test_what_a_crash_left_is_due_and_was_not_missed(small):
    """The work stands in its table; whoever left it never came back to it."""
    small.stock("GOWN-L", 10)
    small.order("SO-1", ("GOWN-L", 10), ("GOWN-M", 5), policy="order")
    slip = connection.value("SELECT id FROM ship_set")

    @transaction
    def crash() -> None:
        connection.execute("INSERT INTO release_due (site, set_id) VALUES (?, ?)", SITE, slip)
        connection.execute(
            "INSERT INTO release_due (site, item_id, from_rank, from_id) VALUES (?, ?, -1, 0)",
            SITE,
            small.item("GOWN-L"),
        )

    crash()
    assert swept(small) == sweeping.Swept(2, ())
    assert connection.rows("SELECT id FROM release_due") == []
    assert found() == []
