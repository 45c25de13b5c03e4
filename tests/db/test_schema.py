"""What the engines themselves hold: a ledger that only grows, counters that cannot contradict themselves, one site."""

from __future__ import annotations

import peewee
import pytest
from small_floor import SmallFloor, gtin, sscc

from db import connection


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def floor(request, tmp_path_factory):
    """A floor with a case of which some is promised and some is picked; nothing here can change it."""
    from postgres import empty_postgres

    from db import migrate

    if request.param == "sqlite":
        connection.open_database(f"sqlite:///{tmp_path_factory.mktemp('schema')}/site.db")
        migrate.up()
    else:
        url = request.getfixturevalue("_postgres_database")
        empty_postgres(url)
        connection.open_database(url)
    small = SmallFloor()
    small.purchase_order("PO-1", ("GOWN-L", 50))
    small.order("SO-1", ("GOWN-L", 6))
    small.order("SO-2", ("GOWN-L", 10))
    ana, leo = small.hand("1001"), small.hand("1002", "PICK-1")
    ana.scan("PO-1")
    ana.case(sscc(1), gtin(1), 12)
    leo.all("SO-1", "DOCK-1", sscc(1), "XKDONE")
    yield small
    connection.close()


def rows(table: str) -> list:
    return sorted(map(repr, connection.rows(f"SELECT * FROM {table}")))


# --- the ledger -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE stock_move SET qty = qty + 1",
        "UPDATE stock_move SET reason = 'other' WHERE id = 1",
        "UPDATE stock_move SET id = id + 1000",
        "DELETE FROM stock_move",
        "DELETE FROM stock_move WHERE id = 1",
        "INSERT OR REPLACE INTO stock_move SELECT * FROM stock_move WHERE id = 1",
        "TRUNCATE stock_move CASCADE",
    ],
)
def test_a_move_is_never_changed_and_never_deleted(floor, change):
    if change.startswith("TRUNCATE") and connection.dialect() == "sqlite":
        pytest.skip("SQLite has no TRUNCATE")
    if "OR REPLACE" in change and connection.dialect() == "postgresql":
        pytest.skip("PostgreSQL has no INSERT OR REPLACE")
    before = rows("stock_move")
    assert before

    with pytest.raises(peewee.PeeweeException, match="stock_move is append only"):
        connection.execute(change)

    assert rows("stock_move") == before


# --- the counters ---------------------------------------------------------------------------------------

IMPOSSIBLE = [
    "UPDATE item_stock SET reserved = usable + 1",
    "UPDATE item_stock SET reserved = -1",
    "UPDATE item_stock SET usable = -1",
    "UPDATE item_stock SET waiting_lines = -1",
    "UPDATE item_stock SET waiting_qty = -1",
    "UPDATE order_line SET qty_reserved = qty_reserved + 1",
    "UPDATE order_line SET qty_picked = qty_picked + 1",
    "UPDATE order_line SET qty_shipped = 1",
    "UPDATE order_line SET qty_open = qty_open + 1",
    "UPDATE order_line SET qty_cancelled = qty_cancelled + 1",
    "UPDATE order_line SET qty_ordered = qty_ordered + 1",
    "UPDATE order_line SET qty_picked = -1, qty_open = qty_open + qty_picked + 1",
    "UPDATE order_line SET qty_reserved = -1, qty_open = qty_open + qty_reserved + 1",
    "UPDATE order_line SET state = 'W' WHERE qty_open = 0",
    "UPDATE order_line SET state = 'R' WHERE qty_open > 0",
    "UPDATE order_line SET state = 'X'",
    "UPDATE order_line SET min_need = -1",
    "UPDATE order_line SET priority = 6",
    "UPDATE order_line SET priority = 0",
    "UPDATE order_line SET policy = 'other'",
    "UPDATE handling_unit SET qty_reserved = qty + 1",
    "UPDATE handling_unit SET qty_reserved = -1",
    "UPDATE handling_unit SET qty = -1",
    "UPDATE handling_unit SET qty = 0, qty_reserved = 0 WHERE status = 'AVAILABLE'",
    "UPDATE handling_unit SET status = 'LOST'",
    "UPDATE reservation SET qty = 0, qty_picked = 0",
    "UPDATE reservation SET qty_picked = qty + 1",
    "UPDATE reservation SET qty_voided = qty + 1 - qty_picked",
    "UPDATE reservation SET qty_voided = -1",
    "UPDATE reservation SET state = 'VOIDED' WHERE qty_voided = 0",
    "UPDATE reservation SET state = 'OPEN' WHERE state = 'PICKED'",
    "UPDATE reservation SET state = 'PICKED' WHERE state = 'OPEN'",
    "UPDATE pick_task SET state = 'TAKEN', operator_id = NULL",
    "UPDATE po_line SET qty_received = -1",
    "UPDATE po_line SET qty_ordered = 0",
    "UPDATE receipt SET cases = -1",
    "UPDATE receipt SET pieces = -1",
    "UPDATE item SET case_qty_mode = 'guessed'",
    "UPDATE site SET practice = 2",
]


@pytest.mark.parametrize("change", IMPOSSIBLE)
def test_a_counter_that_contradicts_itself_is_refused(floor, change):
    table = change.split()[1]
    before = rows(table)
    assert before

    with pytest.raises(peewee.IntegrityError, match=r"(?i)check"):
        connection.execute(change)

    assert rows(table) == before


MOVE = {
    "site": "T1",
    "at": "2026-06-15T09:00:00.000000Z",
    "kind": "ADJUST",
    "item_id": 1,
    "qty": 1,
    "from_account": "ADJUST",
    "from_unit_id": None,
    "to_account": "UNIT",
    "to_unit_id": 1,
    "scan_id": "x",
    "reverses": None,
}


@pytest.mark.parametrize(
    "wrong",
    [
        {"qty": 0},
        {"qty": -1},
        {"kind": "GIFT"},
        {"from_account": "THIN AIR"},
        {"to_account": "ADJUST", "to_unit_id": None},
        {"to_unit_id": None},
        {"from_unit_id": 1},
        {"from_account": "UNIT"},
        {"kind": "UNDO"},
        {"reverses": 1},
    ],
    ids=repr,
)
def test_a_move_without_two_sides_is_refused(floor, wrong):
    before = rows("stock_move")

    with pytest.raises(peewee.IntegrityError, match=r"(?i)check"):
        connection.insert_row("stock_move", **(MOVE | wrong))

    assert rows("stock_move") == before


def test_that_move_would_be_taken_if_it_were_right(floor):
    with connection.database.atomic() as attempt:
        connection.insert_row("stock_move", **MOVE)
        attempt.rollback()


def test_a_case_has_one_code_and_a_move_one_reversal(floor):
    unit = connection.one("SELECT item_id, location_id, received_at FROM handling_unit WHERE code = ?", sscc(1))
    with pytest.raises(peewee.IntegrityError):
        connection.insert_row(
            "handling_unit",
            site="T1",
            code=sscc(1),
            kind="CASE",
            item_id=unit[0],
            status="AVAILABLE",
            location_id=unit[1],
            qty=1,
            received_at=unit[2],
        )
    undo = MOVE | {"kind": "UNDO", "reverses": 1}
    with connection.database.atomic() as attempt:
        connection.insert_row("stock_move", **undo)
        with pytest.raises(peewee.IntegrityError):
            connection.insert_row("stock_move", **undo)
        attempt.rollback()


# --- the site -------------------------------------------------------------------------------------------


def test_every_table_carries_its_site(floor):
    """All of them, none by way of another; the list of migrations is the program's own."""
    if connection.dialect() == "sqlite":
        found = {
            table: {row[1]: bool(row[3] or row[5]) for row in connection.rows(f"PRAGMA table_info({table})")}
            for (table,) in connection.rows(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
            )
        }
    else:
        found = {}
        for table, column, optional in connection.rows(
            "SELECT table_name, column_name, is_nullable FROM information_schema.columns WHERE table_schema = 'public'"
        ):
            found.setdefault(table, {})[column] = optional == "NO"
    del found["schema_migration"]

    assert len(found) > 20
    assert {table for table, columns in found.items() if not columns.get("site")} == set()


def test_codes_of_another_site_are_no_obstacle(floor):
    """What is unique is unique at its site."""
    uniques = (
        [
            (table, {row[2] for row in connection.rows(f"PRAGMA index_info({name})")})
            for (table,) in connection.rows("SELECT name FROM sqlite_master WHERE type = 'table'")
            for _, name, unique, *_ in connection.rows(f"PRAGMA index_list({table})")
            if unique
        ]
        if connection.dialect() == "sqlite"
        else [
            (table, set(columns.split(",")))
            for table, columns in connection.rows(
                "SELECT c.relname, string_agg(a.attname, ',') FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid "
                "JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'public' "
                "JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY(i.indkey) WHERE i.indisunique "
                "GROUP BY c.relname, i.indexrelid"
            )
        ]
    )
    by_code = [
        (table, columns)
        for table, columns in uniques
        if columns & {"code", "sku", "barcode", "badge", "po", "order_no"}
    ]

    assert {table for table, _ in by_code} >= {"item", "location", "operator", "handling_unit", "order_header"}
    assert [(table, columns) for table, columns in by_code if "site" not in columns] == []
