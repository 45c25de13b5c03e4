"""A database of an earlier version is brought up to date with all that stands in it."""

from __future__ import annotations

import shutil
import uuid

import psycopg
import pytest
from postgres import postgres_url
from small_floor import SITE, START, TODAY, SmallFloor, gtin, sscc

from db import connection, migrate
from db.connection import iso
from warehouse import site, sweeping, verify
from warehouse.policy import NEVER, rank
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
def made_before(empty_url, monkeypatch, tmp_path):
    """Makes the tables of the version before a migration, named by its number."""

    def make(number: str) -> None:
        steps = tmp_path / "steps"
        shutil.copytree(migrate.FOLDER, steps)
        for later in steps.glob("*.py"):
            if later.name >= number:
                later.unlink()
        connection.open_database(empty_url)
        with monkeypatch.context() as patch:
            patch.setattr(migrate, "FOLDER", steps)
            migrate.up()

    return make


@pytest.fixture
def before_receiving(made_before):
    """A site of the version before: one case received, one received and taken back."""
    made_before("0003")
    _fill()


@pytest.fixture
def before_release(made_before):
    """A site of the version in which orders of several lines that ship complete waited for ever."""
    made_before("0004")
    _fill_orders()


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


# --- Release in full ------------------------------------------------------------------------------------


def _fill_orders() -> None:
    """Of 12 GOWN 5 are left, promised to SO-ONE, which had all 12; 8 MASK are free, and 9 GOWN-M.

    SO-TWO waits for GOWN and MASK, SO-SAME for GOWN and more GOWN, SO-READY for MASK and GOWN-M, all three complete;
    SO-PART takes what comes.
    """
    at = iso(START)

    def insert(table: str, **columns: object) -> int:
        return connection.insert(table, site=SITE, **columns)

    connection.insert_row("site", site=SITE, timezone="UTC", cutoff="17:00", created_at=at)
    dock = insert("location", code="DOCK-1", zone="", kind="dock")
    insert("location", code="SHIP-1", zone="", kind="ship")
    customer = insert("customer", code="C3", name="Three", priority=3, ship_policy="order", min_fill_percent=0)
    person = insert("operator", badge="1003", name="IDA", roles="lead picker receiver")
    items, units = {}, {}
    for sku, came, left in (("GOWN", 12, 5), ("MASK", 8, 8), ("GOWN-M", 9, 9)):
        items[sku] = insert(
            "item", sku=sku, description=sku, gtin="", base_unit="ea", case_qty_mode="variable", lot_control=0,
            expiry_control=0,
        )  # fmt: skip
        promised = left if sku == "GOWN" else 0
        units[sku] = insert(
            "handling_unit", code=f"U-{sku}", kind="CASE", item_id=items[sku], status="AVAILABLE", location_id=dock,
            qty=left, qty_reserved=promised, received_at=at,
        )  # fmt: skip
        unit = {"unit_id": units[sku], "location_id": dock, "status": "AVAILABLE"}
        moves = [("OPENING", came, "OPENING", "UNIT", "to")]
        moves += [("ADJUST", came - left, "UNIT", "ADJUST", "from")] if came > left else []
        for kind, qty, source, target, side in moves:
            insert(
                "stock_move", at=at, kind=kind, item_id=items[sku], qty=qty, from_account=source, to_account=target,
                scan_id="old-1", operator_id=person, **{f"{side}_{name}": value for name, value in unit.items()},
            )  # fmt: skip
    for name, policy, lines in (
        ("SO-ONE", "order", [("GOWN", 12, 5)]),
        ("SO-TWO", "order", [("GOWN", 10, 0), ("MASK", 4, 0)]),
        ("SO-SAME", "order", [("GOWN", 3, 0), ("GOWN", 4, 0)]),
        ("SO-READY", "order", [("MASK", 8, 0), ("GOWN-M", 6, 0)]),
        ("SO-PART", "partial", [("GOWN", 30, 0)]),
    ):
        order = insert("order_header", order_no=name, customer_id=customer, entered_at=at)
        for number, (sku, qty, got) in enumerate(lines, 1):
            need = 1 if policy == "partial" else (NEVER if len(lines) > 1 else qty - got)
            line = insert(
                "order_line", order_id=order, line=number, item_id=items[sku], policy=policy, min_fill_percent=0,
                priority=3, promised_on="2026-06-15", rank_on=rank(TODAY, 3), qty_ordered=qty, qty_reserved=got,
                qty_open=qty - got, min_need=need, state="W", waiting_since=at,
            )  # fmt: skip
            if got:
                _promise(line, items[sku], units[sku], qty, got)
    for sku, usable, promised, waiting, pieces in (
        ("GOWN", 5, 5, 5, 54),
        ("MASK", 8, 0, 2, 12),
        ("GOWN-M", 9, 0, 1, 6),
    ):
        connection.insert_row(
            "item_stock", site=SITE, item_id=items[sku], usable=usable, reserved=promised, waiting_lines=waiting,
            waiting_qty=pieces,
        )  # fmt: skip
    connection.insert_row(
        "scan_log", scan_id="old-1", site=SITE, at=at, station="command", operator_id=person, source="COMMAND",
        step="command.adjust", raw="", payload_hash="", verdict="OK", outcome="{}", moves=4,
    )  # fmt: skip


def _promise(line: int, item: int, unit: int, qty: int, left: int) -> None:
    """All of a line was promised and is to be picked; some of it was lost since."""
    at = iso(START)
    run = connection.insert(
        "release_run", site=SITE, at=at, cause="opening", item_id=item, scan_id="old-1", supply_before=qty,
        supply_after=0, lines_waiting=4, qty_waiting=47,
    )  # fmt: skip
    connection.insert_row(
        "release_verdict", site=SITE, run_id=run, line_id=line, outcome="RELEASED_HARD", qty=qty, short=0, reason=""
    )
    reservation = connection.insert(
        "reservation", site=SITE, line_id=line, unit_id=unit, item_id=item, kind="HARD", state="OPEN", qty=qty,
        qty_voided=qty - left, run_id=run, at=at,
    )  # fmt: skip
    connection.insert_row(
        "reservation_void", site=SITE, reservation_id=reservation, qty=qty - left, scan_id="old-1", reason="LOST", at=at
    )
    connection.insert_row("pick_task", site=SITE, reservation_id=reservation, state="OPEN", at=at)


def served(order: str) -> list[tuple[int, int]]:
    """What each line of an order has, and what it misses."""
    return connection.rows(
        "SELECT l.qty_reserved, l.qty_open FROM order_line l JOIN order_header h ON h.id = l.order_id "
        "WHERE h.order_no = ? ORDER BY l.line",
        order,
    )


def test_orders_that_ship_complete_become_ship_sets(before_release):
    assert migrate.up()[0] == "0004_release"

    found = connection.rows(
        "SELECT h.order_no, s.name, s.patience_days, s.claims_on, s.claiming, s.n_unsat, l.line, l.min_need "
        "FROM ship_set s JOIN order_header h ON h.id = s.order_id JOIN order_line l ON l.id = s.watch_id ORDER BY s.id"
    )
    assert found == [
        ("SO-ONE", "", 30, "2026-07-15", 0, 1, 1, 7),
        ("SO-TWO", "", 30, "2026-07-15", 0, 2, 1, 10),
        ("SO-SAME", "", 30, "2026-07-15", 0, 2, 1, 7),
        ("SO-READY", "", 30, "2026-07-15", 0, 2, 1, 8),
    ]
    assert connection.rows("SELECT min_need FROM order_line WHERE policy = 'order' AND line = 2 ORDER BY id") == [
        (NEVER,),
        (NEVER,),
        (NEVER,),
    ]
    assert connection.rows("SELECT state FROM pick_task") == [("WAITING",)], "the rest of SO-ONE is missing"
    assert verify.verify(site.load()).violations == ()


def test_stock_completes_an_order_of_the_version_before(before_release):
    migrate.up()
    small = SmallFloor.opened(START)

    swept = sweeping.sweep(small.site, START, force=True)
    assert swept.due
    assert swept.missed == ()
    assert served("SO-READY") == [(8, 0), (6, 0)], "what it needs had been there all along"

    small.stock("GOWN", 7, "DOCK-1")
    assert served("SO-ONE") == [(12, 0)]
    small.stock("GOWN", 10, "DOCK-1")
    assert served("SO-TWO") == [(0, 10), (0, 4)], "its other item is lacking"
    assert served("SO-SAME") == [(3, 0), (4, 0)]
    assert served("SO-PART") == [(3, 27)]
    small.stock("MASK", 4, "DOCK-1")
    small.cancel("SO-PART")
    small.stock("GOWN", 7, "DOCK-1")
    assert served("SO-TWO") == [(10, 0), (4, 0)]
    assert connection.rows("SELECT DISTINCT state FROM pick_task ORDER BY state") == [("CANCELLED",), ("OPEN",)]
    assert verify.verify(small.site).violations == ()
