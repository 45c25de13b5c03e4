"""Migrations: numbered without a gap, applied once and whole, never to a database that knows more than the program."""

from __future__ import annotations

import re
import shutil
import sqlite3

import peewee
import psycopg
import pytest

from db import connection, migrate
from db.connection import DatabaseError

LATER = "def up(_migrator, db):\n    db.execute_sql('CREATE TABLE later (site TEXT)')\n"
HALF = LATER + "    db.execute_sql('INSERT INTO no_such_table VALUES (1)')\n"


def names() -> list[str]:
    return [row[0] for row in connection.rows("SELECT name FROM schema_migration ORDER BY name")]


def there(table: str) -> bool:
    return bool(connection.database.table_exists(table))


OURS = sorted(path.stem for path in migrate.FOLDER.glob("*.py"))
WRONG = "def up(_migrator, db):\n    db.execute_sql('INSERT INTO no_such_table VALUES (1)')\n"


@pytest.fixture
def one_more(database_url, monkeypatch, tmp_path):
    """Adds a migration to those that the program has; what it makes is gone after the test."""
    steps = tmp_path / "steps"
    shutil.copytree(migrate.FOLDER, steps)
    monkeypatch.setattr(migrate, "FOLDER", steps)
    yield (steps / "9001_later.py").write_text
    connection.execute("DROP TABLE IF EXISTS later")
    connection.execute("DELETE FROM schema_migration WHERE name > ?", OURS[-1])


def test_they_are_numbered_from_one_without_a_gap():
    found = sorted(path.name for path in migrate.FOLDER.glob("*.py"))

    assert all(re.fullmatch(r"\d{4}_[a-z0-9_]+\.py", name) for name in found)
    assert [int(name[:4]) for name in found] == list(range(1, len(found) + 1))


def test_again_is_nothing(database_url):
    before = connection.rows("SELECT id, name, applied FROM schema_migration")

    assert migrate.up() == []
    assert migrate.pending() == []
    assert connection.rows("SELECT id, name, applied FROM schema_migration") == before
    migrate.check()


def test_what_is_lacking_is_named_and_applied_once(one_more):
    one_more(LATER)

    assert migrate.pending() == ["9001_later"]
    with pytest.raises(DatabaseError, match="older than the program: run 'dockbell init'"):
        migrate.check()
    assert migrate.up() == ["9001_later"]
    assert there("later")
    assert names() == [*OURS, "9001_later"]
    assert migrate.up() == []


def test_half_a_migration_is_none(one_more):
    one_more(HALF)

    with pytest.raises(peewee.PeeweeException):
        migrate.up()

    assert not there("later")
    assert names() == OURS
    assert migrate.pending() == ["9001_later"]


def test_a_table_that_somebody_works_on_is_said(one_more, database_url):
    """A new table that refers to one of ours waits for whoever writes there."""
    one_more(
        "def up(_migrator, db):\n    db.execute_sql('CREATE TABLE later (unit BIGINT REFERENCES handling_unit (id))')\n"
    )
    if database_url.startswith("sqlite:///"):
        other = sqlite3.connect(database_url.removeprefix("sqlite:///"), isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
    else:
        other = psycopg.connect(database_url)
        other.execute("LOCK TABLE handling_unit IN ROW EXCLUSIVE MODE")
    try:
        with pytest.raises(DatabaseError, match=r"in use .*: close every terminal, then try again"):
            migrate.up()
    finally:
        other.close()
    assert migrate.up() == ["9001_later"]


def test_of_several_all_are_applied_or_none(one_more):
    one_more(LATER)
    (migrate.FOLDER / "9002_wrong.py").write_text(WRONG)

    with pytest.raises(peewee.PeeweeException):
        migrate.up()

    assert not there("later")
    assert names() == OURS
    assert migrate.pending() == ["9001_later", "9002_wrong"]


def test_a_newer_schema_is_refused_and_left_alone(one_more):
    one_more(LATER)
    connection.execute("INSERT INTO schema_migration (name, applied) VALUES ('9002_to_come', '2026-01-01 00:00:00')")

    for refuse in (migrate.pending, migrate.check, migrate.up):
        with pytest.raises(DatabaseError, match=r"newer Dockbell \(it has 9002_to_come\)"):
            refuse()

    assert not there("later")
    assert names() == [*OURS, "9002_to_come"]


def test_an_empty_database_is_told_from_one_with_tables(database_url, tmp_path):
    assert migrate.usable()
    connection.close()
    connection.open_database(f"sqlite:///{tmp_path}/empty.db")

    assert not migrate.usable()
    with pytest.raises(DatabaseError, match="holds no site yet: run 'dockbell init"):
        migrate.check()
    assert connection.rows("SELECT name FROM sqlite_master") == [], "to look changes nothing"
