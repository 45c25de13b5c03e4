"""Two people and one pallet, on PostgreSQL: whoever comes second waits, and sees what the first one did."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest
from put_floor import PALLET, carrier_of, context, place_of
from small_floor import SITE, SmallFloor, gtin, sscc

from db import connection
from db.connection import transaction
from warehouse import carriers, verify

PATIENCE = 20.0


@pytest.fixture
def small(request, database_url):
    floor = SmallFloor()
    floor.stock("GOWN-L", 24, "DOCK-1", code=sscc(1))
    floor.stock("GOWN-M", 10, "DOCK-1", code=sscc(2))
    floor.purchase_order("PO-1", ("MASK", 100))
    opened(floor)
    yield floor
    assert verify.verify(floor.site).violations == ()


def opened(floor: SmallFloor) -> None:
    @transaction
    def change() -> None:
        pallet = carriers.open_new(context(floor), PALLET, floor.place("DOCK-1"))
        carriers.put_unit(context(floor), int(str(floor.unit(sscc(1))["id"])), pallet.id)

    change()


def moves_while(small: SmallFloor, second: Callable[[], object]) -> None:
    """Moves the pallet to A-02, and commits when `second` waits for a lock at another connection."""
    pallet = carriers.by_code(SITE, PALLET)
    assert pallet is not None
    mover = context(small)
    thread = threading.Thread(target=lambda: (second(), connection.close()), daemon=True)

    @transaction
    def move() -> None:
        carriers.move(mover, pallet.id, small.place("A-02"))
        thread.start()
        deadline = time.monotonic() + PATIENCE
        waits = "SELECT COUNT(*) FROM pg_locks WHERE NOT granted AND pid <> pg_backend_pid()"
        while not connection.value(waits) and time.monotonic() < deadline:
            time.sleep(0.01)
        assert connection.value(waits), "the second one waits for nothing"

    move()
    thread.join(PATIENCE)
    assert not thread.is_alive()


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_case_that_is_received_onto_it_stands_where_it_went(small):
    ana = small.hand("1001")
    ana.all("PO-1", PALLET)
    moves_while(small, lambda: ana.case(sscc(9), gtin(3), 50))
    assert (carrier_of(sscc(9)), place_of(sscc(9))) == (PALLET, "A-02")


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize("code", [sscc(1), sscc(2)], ids=["from it", "onto it"])
def test_a_case_that_is_put_on_it_or_taken_off_too(small, code):
    asked = context(small, "1004")
    pallet = carriers.by_code(SITE, PALLET)
    unit_id = int(str(small.unit(code)["id"]))

    @transaction
    def change() -> None:
        if code == sscc(1):
            carriers.take_off(asked, unit_id)
        else:
            carriers.put_unit(asked, unit_id, pallet.id)

    moves_while(small, change)
    assert place_of(code) == "A-02"
    assert carrier_of(code) == (None if code == sscc(1) else PALLET)
