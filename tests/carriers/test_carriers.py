"""Pallets and totes on both engines: what stands on them, where, under which number, and who leaves them."""

from __future__ import annotations

import pytest
from put_floor import PALLET, TOTE, carrier_of, context, place_of
from small_floor import SITE, SmallFloor, gtin, said, sscc

from db import connection
from db.connection import transaction
from warehouse import barcodes, carriers, serials, verify
from warehouse.carriers import locking
from warehouse.reply import RefusedError, Verdict

A, B, C = sscc(1), sscc(2), sscc(3)
VENDORS = sscc(500)


@pytest.fixture
def small(database_url):
    floor = SmallFloor()
    _stocked(floor)
    yield floor
    assert verify.verify(floor.site).violations == ()


@pytest.fixture
def lite(sqlite_url):
    """For what does not depend on the engine."""
    floor = SmallFloor()
    _stocked(floor)
    yield floor
    assert verify.verify(floor.site).violations == ()


def _stocked(floor: SmallFloor) -> None:
    floor.stock("GOWN-L", 24, "DOCK-1", code=A)
    floor.stock("GOWN-M", 10, "DOCK-1", code=B)
    floor.stock("SERUM", 8, "A-01", code=C, lot="L7", expiry="2027-01-31")


@transaction
def _opened(small: SmallFloor, code: str, place: str) -> int:
    return carriers.open_new(context(small), code, small.place(place)).id


def opened(small: SmallFloor, code: str = PALLET, place: str = "DOCK-1") -> int:
    serials.ensure(SITE, "unit")
    return _opened(small, code, place)


@transaction
def do(change, small: SmallFloor, *arguments):
    """One change, in a transaction of its own."""
    return change(context(small), *arguments)


def refused(change, small: SmallFloor, *arguments) -> str:
    with pytest.raises(RefusedError) as caught:
        do(change, small, *arguments)
    return caught.value.message.template


def unit(small: SmallFloor, code: str) -> int:
    return int(str(small.unit(code)["id"]))


def trail() -> list[tuple]:
    """What was put where: unit or carrier, from, to."""
    return connection.rows(
        "SELECT COALESCE(u.code, c.code), f.code, t.code FROM carrier_move m LEFT JOIN handling_unit u ON u.id = m.unit_id "
        "LEFT JOIN carrier c ON c.id = m.carrier_id LEFT JOIN carrier f ON f.id = m.from_carrier_id "
        "LEFT JOIN carrier t ON t.id = m.to_carrier_id ORDER BY m.id"
    )


# --- On, off, along -----------------------------------------------------------------------------------------


def test_all_on_a_pallet_goes_where_it_goes(small):
    pallet = opened(small)
    assert do(carriers.put_unit, small, unit(small, A), pallet) == 1
    do(carriers.put_unit, small, unit(small, C), pallet)
    assert place_of(C) == "DOCK-1", "it came to the pallet"
    assert (carriers.by_code(SITE, PALLET).units, carrier_of(A)) == (2, PALLET)
    assert [(one.item, one.lot, one.quantity, one.units) for one in carriers.sums(pallet)] == [
        ("Gown L", "", 24, 1),
        ("Serum", "L7", 8, 1),
    ]

    assert do(carriers.move, small, pallet, small.place("A-02")) == 2

    assert (place_of(A), place_of(C), carriers.by_id(pallet).place) == ("A-02", "A-02", "A-02")
    assert place_of(B) == "DOCK-1"
    do(carriers.take_off, small, unit(small, A))
    assert (carrier_of(A), place_of(A), carriers.by_id(pallet).units) == (None, "A-02", 1)
    assert trail() == [(A, None, PALLET), (C, None, PALLET), (PALLET, None, None), (A, PALLET, None)]


def test_pallets_stand_on_pallets_four_deep_and_never_in_a_circle(small):
    stack = [opened(small, serials.plate(number)) for number in range(900, 905)]
    do(carriers.put_unit, small, unit(small, A), stack[0])
    assert do(carriers.put_carrier, small, stack[0], stack[1]) == 1
    do(carriers.put_carrier, small, stack[2], stack[3])
    assert refused(carriers.put_carrier, small, stack[1], stack[0]) == "carrier_in_itself"
    assert refused(carriers.put_carrier, small, stack[0], stack[0]) == "carrier_in_itself"
    assert refused(carriers.put_carrier, small, stack[0], stack[1]) == "carrier_on_it"
    do(carriers.put_carrier, small, stack[1], stack[2])
    assert carriers.by_id(stack[3]).units == 1
    assert refused(carriers.put_carrier, small, stack[3], stack[4]) == "carrier_deep"
    do(carriers.move, small, stack[3], small.place("A-02"))
    assert place_of(A) == "A-02"
    do(carriers.move, small, stack[1], small.place("A-01"))
    assert (place_of(A), carriers.by_id(stack[1]).parent_id, carriers.by_id(stack[3]).units) == ("A-01", None, 0)


def test_nothing_is_put_on_a_full_or_a_broken_pallet(small):
    pallet = opened(small)
    do(carriers.put_unit, small, unit(small, A), pallet)
    assert refused(carriers.put_unit, small, unit(small, A), pallet) == "carrier_on_it"
    assert do(carriers.close, small, pallet).state == "CLOSED"
    assert refused(carriers.put_unit, small, unit(small, B), pallet) == "carrier_full"
    assert do(carriers.move, small, pallet, small.place("A-02")) == 1, "a full one is still moved"
    do(carriers.break_up, small, pallet)
    assert refused(carriers.put_unit, small, unit(small, B), pallet) == "carrier_gone"
    assert refused(carriers.move, small, pallet, small.place("A-01")) == "carrier_gone"
    assert refused(carriers.take_off, small, unit(small, A)) == "carrier_none"
    assert (carrier_of(A), place_of(A)) == (None, "A-02")


def test_breaking_one_up_leaves_those_on_it_whole(small):
    below, above = opened(small), opened(small, TOTE)
    do(carriers.put_unit, small, unit(small, A), above)
    do(carriers.put_unit, small, unit(small, B), below)
    do(carriers.put_carrier, small, above, below)
    do(carriers.break_up, small, below)
    assert (carrier_of(A), carrier_of(B), carriers.by_id(above).parent_id) == (TOTE, None, None)
    assert carriers.by_code(SITE, PALLET) is None


# --- Numbers ------------------------------------------------------------------------------------------------


def test_a_number_names_one_thing(small):
    pallet = opened(small)
    assert refused(carriers.open_new, small, PALLET, small.place("A-01")) == "carrier_taken"
    assert refused(carriers.open_new, small, A, small.place("A-01")) == "carrier_taken"
    do(carriers.break_up, small, pallet)
    assert opened(small) != pallet, "a plate of ours is used again"
    do(carriers.break_up, small, opened(small, VENDORS))
    assert refused(carriers.open_new, small, VENDORS, small.place("A-01")) == "carrier_taken", "an SSCC never"


def test_an_announced_case_is_no_pallet(lite):
    lite.announce("ASN-1", (sscc(70), "GOWN-L", 5), pallet=VENDORS)
    assert refused(carriers.open_new, lite, sscc(70), lite.place("A-01")) == "carrier_taken"
    assert opened(lite, VENDORS), "what it is announced on is one"


def test_a_number_of_ours_is_drawn_past_what_is_taken_and_its_label_asked_for(lite):
    serials.ensure(SITE, "unit")
    ahead = serials.plate(serials.draw(SITE, "unit") + 1)
    taken = opened(lite, ahead)

    @transaction
    def draw() -> carriers.Carrier:
        return carriers.open_new(context(lite, printer="printer"), "", lite.place("A-01"))

    drawn = draw()
    assert drawn.code not in (ahead, "")
    assert connection.rows("SELECT kind, carrier_id, unit_id FROM label_job") == [("CARRIER", drawn.id, None)]
    do(carriers.break_up, lite, taken)
    lite.purchase_order("PO-1", ("GOWN-L", 100))
    first = lite.hand("1001").all("PO-1", gtin(1), "=24").unit
    assert first not in (ahead, drawn.code), "nor does a case get a number that a pallet had"


@pytest.mark.parametrize(
    ("raw", "may"),
    [
        (PALLET, True),
        (f"]C100{VENDORS}", True),
        (f"]C100{VENDORS}020{gtin(1)}3724", False),
        (gtin(1), False),
        ("LP000000018", False),
        ("PALLET-7", False),
        ("A-01", False),
    ],
)
def test_what_has_the_form_of_a_pallets_number(raw, may):
    code = barcodes.read(raw)
    assert isinstance(code, barcodes.Code)
    assert carriers.may_open(code) is may


# --- Who leaves it ------------------------------------------------------------------------------------------


def test_a_picked_case_leaves_its_pallet_and_is_back_on_it_when_that_is_undone(small):
    pallet = opened(small)
    for code in (A, B):
        do(carriers.put_unit, small, unit(small, code), pallet)
    small.order("SO-1", ("GOWN-L", 24))
    small.order("SO-2", ("GOWN-M", 4))
    leo = small.hand("1002", "PICK-1")
    leo.all("SO-1", "DOCK-1", A)
    assert (carrier_of(A), place_of(A)) == (None, "SHIP-1")
    leo.all("SO-2", "DOCK-1", B, "XKDONE")
    assert carrier_of(B) == PALLET, "some of it is still there"
    leo.key("F4")
    assert leo.key("F4").verdict is Verdict.OK
    assert (carrier_of(A), place_of(A)) == (PALLET, "DOCK-1")
    assert trail()[2:] == [(A, PALLET, None), (A, None, PALLET)]


def test_a_case_that_is_emptied_by_pieces_leaves_it_and_comes_back(small):
    pallet = opened(small)
    do(carriers.put_unit, small, unit(small, B), pallet)
    for order, qty in (("SO-1", 4), ("SO-2", 6)):
        small.order(order, ("GOWN-M", qty))
    leo = small.hand("1002", "PICK-1")
    leo.all("SO-1", "DOCK-1", B, "XKDONE")
    assert carrier_of(B) == PALLET
    small.adjust(B, -6)
    assert (carrier_of(B), carriers.by_id(pallet).units) == (None, 0)


def test_it_is_not_put_back_on_a_pallet_that_has_gone(small):
    pallet = opened(small)
    do(carriers.put_unit, small, unit(small, A), pallet)
    small.order("SO-1", ("GOWN-L", 24))
    leo = small.hand("1002", "PICK-1")
    leo.all("SO-1", "DOCK-1", A)
    do(carriers.move, small, pallet, small.place("A-02"))
    assert leo.key("F4").verdict is Verdict.OK
    assert (carrier_of(A), place_of(A)) == (None, "DOCK-1")


def test_goods_put_on_hold_stay_on_it(small):
    pallet = opened(small)
    do(carriers.put_unit, small, unit(small, A), pallet)
    small.order("SO-1", ("GOWN-L", 24))
    small.hand("1002", "PICK-1").all("SO-1", "!F5", "=0", "XKRSNF")
    assert (small.unit(A)["status"], carrier_of(A)) == ("QUARANTINE", PALLET)


def test_cases_are_received_onto_a_pallet_and_stand_where_it_stands(small):
    small.purchase_order("PO-1", ("GOWN-L", 100))
    opened(small, place="A-02")
    ana = small.hand("1001")
    ana.all("PO-1", PALLET)
    ana.case(sscc(30), gtin(1), 12)
    assert (carrier_of(sscc(30)), place_of(sscc(30))) == (PALLET, "A-02")
    do(carriers.move, small, carriers.by_code(SITE, PALLET).id, small.place("A-01"))
    ana.case(sscc(31), gtin(1), 12)
    assert place_of(sscc(31)) == "A-01", "it was moved meanwhile"
    assert ana.key("F4").verdict is Verdict.OK
    assert trail()[-2:] == [(sscc(31), None, PALLET), (sscc(31), PALLET, None)]
    do(carriers.close, small, carriers.by_code(SITE, PALLET).id)
    full = ana.case(sscc(32), gtin(1), 12)
    assert full.verdict is Verdict.STOP
    assert "is full" in said(full)


# --- Together -----------------------------------------------------------------------------------------------


def test_what_came_onto_it_while_it_was_waited_for_goes_along(lite, monkeypatch):
    """The locks are taken for what stood there before them: with more on it by then, all runs again."""
    pallet = opened(lite)
    do(carriers.put_unit, lite, unit(lite, A), pallet)
    runs = []
    locked = connection.locked

    def wait(site: str, items) -> list:
        runs.append(sorted(items))
        if len(runs) == 1:
            connection.execute("UPDATE handling_unit SET carrier_id = ? WHERE code = ?", pallet, B)
        return locked(site, items)

    with monkeypatch.context() as patch:
        patch.setattr(locking.connection, "locked", wait)
        assert do(carriers.move, lite, pallet, lite.place("A-02")) == 1
    assert len(runs) == 2, "the first run was rolled back, with what came in it"


def test_the_database_holds_the_trail(small):
    opened(small)
    do(carriers.put_unit, small, unit(small, A), carriers.by_code(SITE, PALLET).id)
    with pytest.raises(Exception, match="append only"):
        connection.execute("UPDATE carrier_move SET to_carrier_id = NULL")
