"""Pictures of check and close, one for each state that looks different, with what must hold."""

from __future__ import annotations

import pytest
from screen_floors import GOWN, MEDIUM
from screen_states import State, shots
from small_floor import SITE, TODAY, Hand, SmallFloor, sscc

from db import connection
from db.connection import iso
from warehouse.site import NO_EXPIRY


def counted(small: SmallFloor) -> dict[str, Hand]:
    """PO-1: little missing of one line, much of another, announced cases missing, a damaged case; PO-2 needs a lead."""
    small.purchase_order("PO-1", ("GOWN-L", 100), ("MASK", 200), ("SERUM", 12))
    small.purchase_order("PO-2", ("GOWN-M", 500))
    connection.execute("UPDATE item SET under_percent = 0, under_action = 'REJECT' WHERE sku = 'GOWN-M'")
    _announce(small, (sscc(21), 50), (sscc(22), 50), (sscc(23), 50))
    kim = small.hand("1004", "DOCK-2")
    kim.all("PO-1", f"]C100{sscc(1)}020{GOWN}3749", f"]C100{sscc(2)}020{GOWN}3750", f"]C100{sscc(21)}", "!ESC")
    kim.all("PO-2", f"]C100{sscc(3)}020{MEDIUM}37120", "!ESC")
    unit, receipt = connection.one("SELECT id, receipt_id FROM handling_unit WHERE code = ?", sscc(2))
    connection.insert_row(
        "discrepancy",
        site=SITE,
        at=iso(small.now),
        receipt_id=receipt,
        unit_id=unit,
        code="AF",
        qty=50,
        disposition="REFUSE_RETURN",
        scan_id="test",
        operator_id=1,
    )
    return {}


def _announce(small: SmallFloor, *cases: tuple[str, int]) -> None:
    asn_id = connection.insert("asn", site=SITE, asn="ASN-1", vendor_id=1)
    line, item_id = connection.one("SELECT id, item_id FROM po_line WHERE item_id = ?", small.item("MASK"))
    for code, pieces in cases:
        connection.insert_row(
            "asn_unit",
            site=SITE,
            asn_id=asn_id,
            po_line_id=line,
            item_id=item_id,
            sscc=code,
            qty=pieces,
            expiry=NO_EXPIRY,
            expected_on=TODAY.isoformat(),
        )


STATES = {
    "check": State("1001", ("PO-1",), ("!F8",), floor=counted),
    "check_case": State("1001", ("PO-1", "!F8"), (f"]C100{sscc(2)}",), floor=counted),
    "close_short": State("1001", ("PO-1", "!F8"), ("!F8",), floor=counted),
    "close_lead": State("1001", ("PO-2", "!F8"), ("!F8",), floor=counted),
}


@pytest.mark.parametrize(("name", "size"), shots(STATES))
def test_screen(snap_compare, album, name, size):
    """The picture is compared, and besides: whole prompt, verdict and keys, the prompt in row 2, the banner in its place."""
    assert snap_compare(album.picture(STATES[name], size))
