"""`dockbell backup` and `restore`: a backup counts once it is verified; nothing is lost when one cannot be used."""

from __future__ import annotations

import sqlite3

import pytest

PAGE = 4096


@pytest.fixture
def saved(lite):
    """A floor, and a backup of it."""
    lite.call("backup", "b.db").good()
    return lite


def contents(path) -> list[str]:
    with sqlite3.connect(path) as opened:
        return [line for line in opened.iterdump() if "sqlite_stat" not in line]


def harm(path, start: int, length: int) -> None:
    data = bytearray(path.read_bytes())
    data[start : start + length] = b"\xa5" * length
    path.write_bytes(data)


def set_aside(desk):
    return sorted(desk.folder.glob("site.before-restore.*.db"))


# --- backup ---------------------------------------------------------------------------------------------


def test_a_backup_is_complete_and_says_that_it_was_verified(lite):
    said = lite.run("backup", "b.db").good()

    copy = lite.folder / "b.db"
    assert said.startswith(f"Backed up to b.db ({copy.stat().st_size:,} bytes), opened and verified: ")
    assert said.endswith("all hold.\n")
    assert contents(copy) == contents(lite.folder / "site.db")
    assert sorted(path.name for path in lite.folder.glob("b.db*")) == ["b.db"], "one file is all there is to keep"


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("site.db", "site.db is there already: name a new file"),
        (".", "is there already"),
        ("no/folder/b.db", "No backup was made at no/folder/b.db"),
        ("site.db/b.db", "site.db/b.db"),
    ],
)
def test_a_backup_replaces_nothing_and_leaves_nothing_behind(lite, target, said):
    before = contents(lite.folder / "site.db")

    lite.call("backup", target).refused(said)

    assert contents(lite.folder / "site.db") == before
    assert {path.suffix for path in lite.folder.iterdir()} <= {".db", ".db-wal", ".db-shm"}
    assert [path.name for path in lite.folder.glob("*.db")] == ["site.db"]


def test_a_database_that_does_not_verify_is_not_backed_up_as_if_it_did(lite):
    lite.execute("UPDATE po_line SET qty_received = 7")

    lite.call("backup", "b.db").refused("b.db does not verify (po_line.qty_received", "run 'dockbell verify'")

    assert not (lite.folder / "b.db").exists()


# --- restore --------------------------------------------------------------------------------------------


def test_a_backup_is_put_back_and_the_present_database_is_kept(saved):
    then = contents(saved.folder / "b.db")
    saved.call("cancel", "SO-6", "--as", "1003", "--reason", "x").good()
    later = contents(saved.folder / "site.db")
    assert later != then

    said = saved.run("restore", "b.db").good().splitlines()

    (kept,) = set_aside(saved)
    assert said[0] == f"The database that was there is kept as {kept}."
    assert said[1].startswith("Restored b.db, verified: ")
    assert contents(saved.folder / "site.db") == then
    assert contents(kept) == later
    assert contents(saved.folder / "b.db") == then
    saved.call("verify").good()


def test_numbers_that_were_drawn_since_are_not_drawn_again(saved):
    """The cases that carry them stand in the aisle, whatever the database knows of them."""
    numbers = {("unit", 5001), ("sscc 3", 2001)}
    saved.execute("DELETE FROM serial_block WHERE kind <> 'receipt'")
    for kind, next_free in numbers:
        saved.execute(f"INSERT INTO serial_block (site, kind, next_free) VALUES ('T1', '{kind}', {next_free})")

    said = saved.call("restore", "b.db").good()

    assert numbers <= set(saved.rows("SELECT kind, next_free FROM serial_block"))
    assert "take another extension" not in said
    saved.call("backup", "c.db").good()
    harm(saved.folder / "site.db", 0, 3 * PAGE)
    assert "take another extension first" in saved.call("restore", "c.db").good()


def test_a_backup_of_an_older_program_is_named(saved):
    with sqlite3.connect(saved.folder / "b.db") as copy:
        copy.execute("DELETE FROM schema_migration WHERE name = '0002_label_jobs'")
        copy.execute("DROP TABLE label_job")

    saved.call("restore", "b.db").refused("b.db is older than the program", "dockbell init --db sqlite:///COPY")

    assert set_aside(saved) == []
    saved.call("--db", "sqlite:///b.db", "init").good()
    saved.call("restore", "b.db").good()


def test_a_backup_is_put_where_nothing_is_yet(saved):
    saved.call("--db", "sqlite:///new/place/site.db", "restore", "b.db").good()

    assert contents(saved.folder / "new" / "place" / "site.db") == contents(saved.folder / "b.db")


def test_a_name_that_means_something_in_a_url_is_a_name(saved):
    (saved.folder / "b.db").rename(saved.folder / "50% b#1?.db")

    saved.call("restore", "50% b#1?.db").good()


def test_a_database_that_cannot_be_read_any_more_is_set_aside_for_the_backup(saved):
    broken = saved.folder / "site.db"
    harm(broken, 0, 3 * PAGE)
    wreck = broken.read_bytes()
    saved.call("verify").refused("The database cannot be read", "restore a backup")

    saved.call("restore", "b.db").good()

    (kept,) = set_aside(saved)
    assert kept.read_bytes() == wreck
    assert contents(broken) == contents(saved.folder / "b.db")
    saved.call("verify").good()


DAMAGE = {
    "no database": (0, 100),
    "the schema": (PAGE, 20 * PAGE),
    "a page of data": (40 * PAGE, PAGE),
    "the last page": (-PAGE, PAGE),
}


@pytest.mark.parametrize("what", DAMAGE)
def test_a_damaged_backup_is_refused_and_nothing_is_changed(saved, what):
    start, length = DAMAGE[what]
    copy = saved.folder / "b.db"
    harm(copy, start % copy.stat().st_size, length)
    before = contents(saved.folder / "site.db")

    saved.call("restore", "b.db").refused("b.db is damaged", "use another backup; nothing was changed")

    assert contents(saved.folder / "site.db") == before
    assert set_aside(saved) == []


def test_half_a_backup_is_refused(saved):
    copy = saved.folder / "b.db"
    copy.write_bytes(copy.read_bytes()[: copy.stat().st_size // 2])

    saved.run("restore", "b.db").refused("b.db is damaged", "nothing was changed")

    assert set_aside(saved) == []


def test_a_backup_whose_counters_are_false_is_refused(saved):
    with sqlite3.connect(saved.folder / "b.db") as copy:
        copy.execute("UPDATE po_line SET qty_received = 7")

    saved.call("restore", "b.db").refused("does not verify (po_line.qty_received", "use another backup")

    assert set_aside(saved) == []


def test_a_backup_of_a_newer_program_is_refused(saved):
    with sqlite3.connect(saved.folder / "b.db") as copy:
        copy.execute("INSERT INTO schema_migration (name, applied) VALUES ('0999_to_come', '2026-01-01 00:00:00')")

    saved.call("restore", "b.db").refused("made by a newer Dockbell", "Nothing was changed")

    assert set_aside(saved) == []


@pytest.mark.parametrize("source", ["nothing.db", "."])
def test_what_is_no_file_is_not_restored(lite, source):
    lite.call("restore", source).refused(f"{source} is no file: name one that 'dockbell backup' wrote")


def test_a_database_that_is_being_written_is_not_replaced(saved, monkeypatch):
    from db import backup

    monkeypatch.setattr(backup, "BUSY_S", 0.05)
    station = sqlite3.connect(saved.folder / "site.db", isolation_level=None)
    station.execute("BEGIN IMMEDIATE")
    station.execute("UPDATE item SET description = 'mine'")
    try:
        saved.call("restore", "b.db").refused("The database is in use", "close every terminal, then restore again")
        station.execute("COMMIT")
    finally:
        station.close()
    assert saved.rows("SELECT DISTINCT description FROM item") == [("mine",)]
    assert set_aside(saved) == []


# --- PostgreSQL -----------------------------------------------------------------------------------------


def test_postgresql_is_saved_with_its_own_tools(floor):
    if floor.url.startswith("sqlite"):
        pytest.skip("SQLite is what backup and restore are for")
    floor.call("backup", "b.dump").refused("pg_dump --format=custom --file=b.dump", "dockbell verify")
    floor.call("restore", "b.dump").refused("pg_restore", "b.dump", "dockbell verify")

    assert not (floor.folder / "b.dump").exists()
