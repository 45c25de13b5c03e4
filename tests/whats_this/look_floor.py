"""A floor with one of everything that can be looked up, and a hand that looks."""

from __future__ import annotations

from datetime import timedelta

from small_floor import SITE, TODAY, Hand, SmallFloor, gtin, sscc

from db import connection
from db.connection import iso
from warehouse import floor, serials
from warehouse.flows.steps import View
from warehouse.reply import Reply

GOWN, MEDIUM, MASK, SERUM = gtin(1), gtin(2), gtin(3), gtin(4)
CASE, OTHER, HERE, AWAITED = sscc(1), sscc(2), sscc(3), sscc(4)
ANNOUNCED_PALLET = sscc(900)
PALLET = serials.plate(500)
HELD = sscc(60)


def look_floor(small: SmallFloor) -> dict[str, Hand]:
    """PO-1 of three lines: a case of 24 gowns (20 for SO-1, which LEO picks), one of 30 serum of lot L7.

    ASN-1 announces HERE (which came with 18, not 24) and AWAITED on ANNOUNCED_PALLET. OTHER (40 gowns M) stands at A-01
    on PALLET; masks stand loose at A-02. SO-2 waits for 500 gowns. Lot BAD of serum is stopped; HELD is on hold.
    """
    small.purchase_order("PO-1", ("GOWN-L", 1000), ("MASK", 2222), ("SERUM", 777))
    small.purchase_order("PO-2", ("GOWN-L", 3333), expected_on=TODAY + timedelta(days=2))
    small.announce("ASN-1", (HERE, "GOWN-L", 24), (AWAITED, "SERUM", 55, "L9"), po="PO-1", pallet=ANNOUNCED_PALLET)
    small.order("SO-1", ("GOWN-L", 20))
    small.stock("GOWN-M", 40, "A-01", code=OTHER)
    small.stock("MASK", 30, "A-02")
    small.stock("SERUM", 12, "A-02", code=HELD, lot="BAD", expiry="2027-01-31")
    person = connection.value("SELECT id FROM operator WHERE badge = '1003'")
    connection.execute("UPDATE handling_unit SET status = 'QUARANTINE' WHERE code = ?", HELD)
    connection.execute("UPDATE item_stock SET usable = usable - 12 WHERE item_id = ?", small.item("SERUM"))
    connection.insert_row(
        "lot_block",
        site=SITE, item_id=small.item("SERUM"), lot="BAD", reason="recalled", operator_id=person, at=iso(small.now),
    )  # fmt: skip
    pallet = connection.insert(
        "carrier",
        site=SITE, code=PALLET, kind="PALLET", location_id=small.place("A-01"), opened_by=person, opened_at=iso(small.now),
    )  # fmt: skip
    unit = connection.value("SELECT id FROM handling_unit WHERE code = ?", OTHER)
    connection.execute("UPDATE handling_unit SET carrier_id = ? WHERE id = ?", pallet, unit)
    connection.insert_row(
        "carrier_move",
        site=SITE, at=iso(small.now), unit_id=unit, to_carrier_id=pallet, scan_id="test", operator_id=person,
    )  # fmt: skip
    ana = small.hand("1001")
    ana.scan("PO-1")
    ana.case(CASE, GOWN, 24)
    ana.scan(f"]C100{sscc(5)}020{SERUM}3730\x1d10L7\x1d17271231")
    ana.all(f"]C100{HERE}020{GOWN}3718", "!ENTER")
    small.order("SO-2", ("GOWN-L", 500))
    small.hand("1002", "PICK-1").scan("SO-1")
    return {"ana": ana}


def shown(hand: Hand) -> View:
    return floor.look(hand.session)


def words(hand: Hand, reply: Reply) -> str:
    """Everything that is told: the banner, the facts and the lists."""
    view = shown(hand)
    facts = [f"{fact.label} {fact.value}" for fact in view.facts]
    rows = [" ".join(row) for table in view.tables for row in (table.columns, *table.rows)]
    return "\n".join((*reply.message, *view.title, view.status, *facts, *rows))


def facts(hand: Hand) -> dict[str, str]:
    return {fact.label: fact.value for fact in shown(hand).facts}


def rows(hand: Hand, head: str) -> list[tuple[str, ...]]:
    """The rows of the list with this head."""
    return next(list(table.rows) for table in shown(hand).tables if table.columns[0] == head)
