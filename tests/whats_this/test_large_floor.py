"""A look costs the same on a floor of six times the size: SQLite counts its own instructions."""

from __future__ import annotations

import pytest
from databases import open_new_sqlite
from small_floor import SITE, START, SmallFloor, gtin

from db import connection
from db.connection import iso
from warehouse import barcodes, lookup, serials

SMALL, LARGE = 1_500, 9_000
WIDER = 1.3  # a B-tree of more levels, no more rows
SCANS = ("A-01", "L7", f"]C1010{gtin(4)}10L7", f"]E0{gtin(4)}", f"]E0{gtin(3)}", "U-77", "P-1", "PO-1", "RC-1", "SO-1")
SCANS += ("ASN-1", "ACME", serials.plate(1), "NOBODY-KNOWS")  # the plate is the loose unit's


def fill(rows: int) -> None:
    """So many units in one lot, at one place, on one pallet; as many moves of one loose unit, purchase orders and cases."""
    small = SmallFloor()
    small.purchase_order("PO-1", ("SERUM", 50))
    small.announce("ASN-1", po="PO-1")
    small.stock("MASK", 30, "A-02")
    small.order("SO-1", ("GOWN-L", 20))
    item, place = small.item("SERUM"), small.place("A-01")
    at = iso(START)
    connection.insert_row("carrier", site=SITE, code="P-1", kind="PALLET", location_id=place, opened_by=1, opened_at=at)
    connection.insert_row("receipt", site=SITE, code="RC-1", po_id=1, opened_on="2026-06-15", opened_by=1, opened_at=at)
    numbers = f"WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < {rows}) "
    unit = "site, code, kind, item_id, lot, expiry, status, location_id, qty, receipt_id, received_at, carrier_id"
    statements = (
        f"INSERT INTO handling_unit ({unit}) {numbers} SELECT '{SITE}', 'U-' || x, 'CASE', {item}, 'L7', '2027-12-31', "
        f"CASE WHEN x % 3 THEN 'AVAILABLE' ELSE 'QUARANTINE' END, {place}, 5, 1, '{at}', 1 FROM n",
        "INSERT INTO stock_move (site, at, kind, item_id, qty, from_account, to_account, to_unit_id, scan_id) "
        f"{numbers} SELECT '{SITE}', '{at}', 'OPENING', {small.item('MASK')}, 1, 'OPENING', 'UNIT', 1, 's' FROM n",
        f"INSERT INTO purchase_order (site, po, vendor_id) {numbers} SELECT '{SITE}', 'X-' || x, 1 FROM n",
        "INSERT INTO po_line (site, po_id, line, item_id, qty_ordered, expected_on) "
        f"{numbers} SELECT '{SITE}', 1 + x, 1, {item}, 5, '2026-06-15' FROM n",
        f"INSERT INTO asn_unit (site, asn_id, item_id, sscc, qty, expected_on) {numbers} "
        f"SELECT '{SITE}', 1, {item}, 'S' || x, 5, '2026-06-15' FROM n",
        "INSERT INTO capture (site, at, receipt_id, unit_id, item_id, qty, source, status, scan_id, operator_id) "
        f"{numbers} SELECT '{SITE}', '{at}', 1, 1 + x, {item}, 5, 'LABEL', 'AVAILABLE', 's', 1 FROM n",
        f"INSERT INTO release_run (site, at, cause, item_id, scan_id, supply_before, supply_after, lines_waiting, qty_waiting) "
        f"{numbers} SELECT '{SITE}', '{at}', 'receipt', {small.item('GOWN-L')}, 's', 0, 0, 0, 0 FROM n",
    )
    with connection.database.atomic():
        for statement in statements:
            connection.execute(statement)


def instructions(scan: str) -> int:
    """What one look costs, in instructions of SQLite's machine."""
    count = 0

    def one() -> int:
        nonlocal count
        count += 1
        return 0

    code = barcodes.read(scan)
    assert isinstance(code, barcodes.Code)
    driver = connection.database.obj.connection()
    driver.set_progress_handler(one, 10)
    try:
        known = not isinstance(lookup.look_up(SITE, code).seen, lookup.Unknown)
    finally:
        driver.set_progress_handler(None, 0)
    assert known == (scan != "NOBODY-KNOWS"), scan
    return 10 * count


@pytest.fixture(scope="module")
def costs(tmp_path_factory):
    found = []
    for rows in (SMALL, LARGE):
        open_new_sqlite(tmp_path_factory.mktemp("large") / "site.db")
        connection.execute("PRAGMA synchronous = OFF")
        fill(rows)
        found.append({scan: instructions(scan) for scan in SCANS})
        connection.close()
    return found


@pytest.mark.parametrize("scan", SCANS)
def test_a_look_costs_no_more_on_a_larger_floor(costs, scan):
    small, large = costs
    assert large[scan] <= WIDER * small[scan] + 2_000, (small[scan], large[scan])
