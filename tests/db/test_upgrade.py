"""A database of an earlier version is brought up to date with all that stands in it."""

from __future__ import annotations

import shutil
import uuid

import psycopg
import pytest
from postgres import postgres_url
from small_floor import SITE, START, SmallFloor, gtin, sscc

from db import connection, migrate
from db.connection import iso
from warehouse import site, verify
from warehouse.reply import Verdict


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request, tmp_path):
    """A database without a table."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/old.db"
        connection.close()
        return
    name = f"old_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(postgres_url("postgres"), autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name} TEMPLATE template0")
        yield postgres_url(name)
        connection.close()
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def before_receiving(empty_url, monkeypatch, tmp_path):
    """A site of the version before: one case received, one received and taken back."""
    steps = tmp_path / "steps"
    shutil.copytree(migrate.FOLDER, steps)
    for later in sorted(steps.glob("*.py")):
        if later.name >= "0003":
            later.unlink()
    connection.open_database(empty_url)
    with monkeypatch.context() as patch:
        patch.setattr(migrate, "FOLDER", steps)
        assert migrate.up() == ["0001_the_floor", "0002_label_jobs"]
    _fill()


def _fill() -> None:
    at = iso(START)

    def insert(table: str, **columns: object) -> int:
        return connection.insert(table, site=SITE, **columns)

    connection.insert_row("site", site=SITE, timezone="UTC", cutoff="17:00", created_at=at)
    item = insert(
        "item", sku="GOWN-L", description="Gown L", gtin="", base_unit="ea", case_qty_mode="catch_weight",
        lot_control=0, expiry_control=0,
    )  # fmt: skip
    insert("item_barcode", barcode="0" + gtin(1), item_id=item)
    connection.insert_row("item_stock", site=SITE, item_id=item, usable=24)
    vendor = insert("vendor", code="ACME", name="ACME Medical")
    dock = insert("location", code="DOCK-1", zone="", kind="dock")
    person = insert("operator", badge="1001", name="ANA", roles="receiver")
    po = insert("purchase_order", po="PO-1", vendor_id=vendor)
    line = insert("po_line", po_id=po, line=1, item_id=item, qty_ordered=100, qty_received=24, expected_on="2026-06-15")
    receipt = insert(
        "receipt", code="RC-0001", po_id=po, opened_on="2026-06-15", opened_by=person, opened_at=at, cases=1, pieces=24
    )
    moves = {}
    for number, status, qty in ((1, "AVAILABLE", 24), (2, "VOIDED", 0)):
        unit = insert(
            "handling_unit", code=sscc(number), kind="CASE", item_id=item, status=status, location_id=dock, qty=qty,
            qty_source="LABEL", receipt_id=receipt, po_line_id=line, received_at=at,
        )  # fmt: skip
        moves[number] = insert(
            "stock_move", at=at, kind="RECEIPT", item_id=item, qty=24, from_account="VENDOR", to_account="UNIT",
            to_unit_id=unit, to_location_id=dock, to_status="AVAILABLE", scan_id=f"old-{number}", operator_id=person,
            receipt_id=receipt, po_line_id=line,
        )  # fmt: skip
    insert(
        "stock_move", at=at, kind="UNDO", item_id=item, qty=24, from_account="UNIT", from_unit_id=unit,
        from_location_id=dock, from_status="AVAILABLE", to_account="VENDOR", scan_id="old-3", operator_id=person,
        po_line_id=line, reverses=moves[2],
    )  # fmt: skip
    for number, undoes in ((1, None), (2, None), (3, "old-2")):
        connection.insert_row(
            "scan_log", scan_id=f"old-{number}", site=SITE, at=at, station="DOCK-1", operator_id=person, source="SERIAL",
            step="receiving.scan_case", raw="", payload_hash="", verdict="OK", outcome="{}", moves=1, undoes=undoes,
        )  # fmt: skip
    insert(
        "release_run", at=at, cause="receipt", item_id=item, scan_id="old-1", supply_before=24, supply_after=24,
        lines_waiting=0, qty_waiting=0,
    )  # fmt: skip
    insert("label_job", at=at, scan_id="old-1", station="DOCK-1", unit_id=unit, copies=1)


def test_what_was_received_before_is_kept_as_captures(before_receiving):
    assert migrate.up()[0] == "0003_receiving"

    assert connection.rows("SELECT qty, source, status, learns FROM capture ORDER BY id") == [
        (24, "LABEL", "AVAILABLE", 1),
        (24, "LABEL", "AVAILABLE", 1),
        (-24, "UNDO", "VOIDED", 0),
    ]
    assert connection.value("SELECT reverses FROM capture WHERE qty < 0") == 2
    assert connection.rows("SELECT mode, state FROM receipt") == [("PO", "OPEN")]
    assert connection.value("SELECT weight_unit FROM item") == "kg"
    assert verify.verify(site.load()).violations == ()


def test_work_goes_on_where_it_stood(before_receiving):
    """The same receipt takes the next case, the ledger still refuses an edit, and a taken-back code may come again."""
    migrate.up()
    connection.execute("UPDATE item SET case_qty_mode = 'variable'")
    small = SmallFloor.opened(START)
    ana = small.hand("1001")
    ana.scan("PO-1")
    assert ana.case(sscc(1), gtin(1), 24).template == "case_known"
    assert ana.case(sscc(2), gtin(1), 22).verdict is Verdict.OK
    assert connection.rows("SELECT code, cases, pieces FROM receipt") == [("RC-0001", 2, 46)]
    with pytest.raises(Exception, match="append only"):
        connection.execute("UPDATE stock_move SET qty = 1")
    with pytest.raises(Exception, match="append only"):
        connection.execute("DELETE FROM capture")
    assert verify.verify(site.load()).violations == ()
