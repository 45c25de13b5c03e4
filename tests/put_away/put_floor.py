"""A floor with goods at the dock: free, on hold, expired and of a cold class, and a pick that wants some of them."""

from __future__ import annotations

import itertools

from small_floor import SITE, Hand, SmallFloor, sscc

from db import connection
from db.connection import transaction
from warehouse import floor, serials, site, stock
from warehouse.floor import Given
from warehouse.flows.steps import Context
from warehouse.reply import Reply

_ids = itertools.count(1)
FREE, ALIKE, OTHER_ITEM, HELD, OLD, COLD = (sscc(number) for number in range(1, 7))
LOT_A, LOT_B = sscc(11), sscc(12)
PALLET, TOTE = serials.plate(900), serials.plate(901)


def goods(small: SmallFloor) -> dict[str, Hand]:
    """Places: DOCK-1, A-01 (taken by masks), A-02, A-03, B-01 (CRT and AMBIENT alone), COLD-1, QUAR-1.

    At the dock: FREE and ALIKE (gowns, 20 of FREE promised to SO-1), OTHER_ITEM, HELD (in quarantine), OLD (expired),
    COLD (storage class COLD), LOT_A and LOT_B (serum). LEO is a picker.
    """
    for code, kind, classes in (
        ("A-03", "storage", ""),
        ("B-01", "storage", "CRT AMBIENT"),
        ("COLD-1", "storage", "COLD FROZEN"),
        ("STAGE-1", "stage", ""),
    ):
        connection.insert_row("location", site=SITE, code=code, zone="B", kind=kind, storage_classes=classes)
    cold = small.another_item(5, "VACC", "Vaccine")
    connection.execute("UPDATE item SET storage_class = 'COLD' WHERE id = ?", cold)
    small.stock("MASK", 40, "A-01", code=sscc(20))
    small.stock("GOWN-L", 24, "DOCK-1", code=FREE)
    small.stock("GOWN-L", 30, "DOCK-1", code=ALIKE)
    small.stock("GOWN-M", 10, "DOCK-1", code=OTHER_ITEM)
    small.stock("GOWN-M", 7, "DOCK-1", code=HELD)
    small.stock("SERUM", 5, "DOCK-1", code=OLD, lot="L0", expiry="2026-01-31")
    small.stock("VACC", 6, "DOCK-1", code=COLD)
    small.stock("SERUM", 8, "DOCK-1", code=LOT_A, lot="LA", expiry="2027-01-31")
    small.stock("SERUM", 9, "DOCK-1", code=LOT_B, lot="LB", expiry="2027-01-31")
    hold(small, HELD)
    small.order("SO-1", ("GOWN-L", 20))
    return {"ana": at_work(small), "leo": small.hand("1002", "PICK-1"), "kim": small.hand("1004", "DOCK-2")}


def at_work(small: SmallFloor) -> Hand:
    """Ana at put-away."""
    ana = small.hand("1001")
    ana.type("2")
    assert ana.step == "put_away.scan_unit"
    return ana


@transaction
def hold(small: SmallFloor, code: str, status: str = "QUARANTINE", reason: str = "DG") -> None:
    """Somebody found it damaged."""
    unit = stock.live_unit(SITE, code)
    assert unit is not None
    connection.locked(SITE, [unit.item_id])
    ana = site.operator(SITE, "1001")
    cause = stock.Cause(SITE, small.cause().at, f"hold-{next(_ids)}", ana.id if ana else None, reason)
    kind = "BLOCK" if status == "BLOCKED" else "QUARANTINE"
    stock.move_whole(cause, kind, unit, location_id=unit.location_id, status=status, order_id=None)


def at(hand: Hand, mono: float, raw: str) -> Reply:
    """A scan at an instant of the station's clock, in seconds."""
    answered = floor.answer(hand.session, Given(f"at-{next(_ids)}", mono, raw=raw, source="SERIAL"))
    hand.session = answered.session
    return answered.reply


def context(small: SmallFloor, badge: str = "1001", printer: str = "") -> Context:
    """What a flow is given, for calls behind its back."""
    serials.ensure(SITE, "unit")
    session = Hand(small, "DOCK-1").session
    person = site.operator(SITE, badge)
    return Context(small.site, "DOCK-1", session.dock, person, small.now, 0.0, f"call-{next(_ids)}", printer)


def place_of(code: str) -> str:
    """Where a unit stands, by its code."""
    query = "SELECT p.code FROM handling_unit u JOIN location p ON p.id = u.location_id WHERE u.code = ?"
    return str(connection.one(f"{query} ORDER BY u.id DESC", code)[0])


def carrier_of(code: str) -> str | None:
    """The code of the carrier that a unit stands on."""
    query = "SELECT c.code FROM handling_unit u LEFT JOIN carrier c ON c.id = u.carrier_id WHERE u.code = ?"
    return connection.one(f"{query} ORDER BY u.id DESC", code)[0]
