"""How durable commits are measured: with real ones, which are flushed, and of which nothing is left."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

import pytest

from db import connection, durability, engines
from db.connection import DatabaseError


def folder_of(url: str) -> Path:
    return connection.sqlite_path(url).parent


def test_commits_are_counted_and_leave_nothing(database_url):
    tables = durable_things(database_url)

    assert durability.commits_a_second(database_url) > 0

    assert durable_things(database_url) == tables


def durable_things(url: str) -> list[object]:
    if url.startswith("sqlite"):
        return sorted(path.name for path in folder_of(url).iterdir())
    return connection.rows("SELECT relname, relkind FROM pg_class ORDER BY 1")


def test_each_counted_commit_of_postgresql_was_flushed(database_url, monkeypatch):
    if not database_url.startswith("postgresql"):
        pytest.skip("SQLite has no log position to ask for; its pragmas are looked at instead")
    monkeypatch.setattr(durability, "MOST", 1)
    connection.execute("SET synchronous_commit = on")
    for _ in range(20):
        before = connection.value("SELECT pg_current_wal_insert_lsn()")
        durability.commits_a_second(database_url)
        assert connection.value("SELECT pg_current_wal_flush_lsn() > CAST(? AS pg_lsn)", before)


def test_the_scratch_file_is_written_as_the_sites_is(sqlite_url, monkeypatch):
    seen = []

    class Looked(engines.Sqlite):
        def close(self):
            seen.extend(self.execute_sql(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous"))
            seen.append(Path(self.database).parent.parent)
            return super().close()

    monkeypatch.setattr(durability, "Sqlite", Looked)
    durability.commits_a_second(sqlite_url)

    assert seen == ["wal", 2, folder_of(sqlite_url)]


def test_the_settings_are_those_of_the_open_database(database_url):
    found = durability.settings()

    if database_url.startswith("sqlite"):
        assert found == {"journal_mode": "wal", "synchronous": "full"}
        assert durability.risks(found) == {}
    else:
        assert set(durability.risks(found)) == {"fsync", "full_page_writes", "synchronous_commit"}
        connection.execute("SET synchronous_commit = on")
        assert set(durability.risks(durability.settings())) == {"fsync", "full_page_writes"}


def test_a_database_that_takes_writes_is_not_refused(database_url):
    durability.refuse_read_only()


def test_a_file_that_somebody_keeps_locked_is_refused(sqlite_url):
    connection.execute("PRAGMA busy_timeout = 50")
    with contextlib.closing(sqlite3.connect(connection.sqlite_path(sqlite_url))) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(DatabaseError, match=r"takes no writes \(database is locked\): see who has it locked"):
            durability.refuse_read_only()


def test_a_server_that_takes_no_writes_is_refused(database_url):
    if not database_url.startswith("postgresql"):
        pytest.skip("a SQLite file without the right to write is looked at by the doctor's own test")
    connection.execute("SET default_transaction_read_only = on")

    with pytest.raises(DatabaseError, match="connect to the primary"):
        durability.refuse_read_only()


def test_the_engine_is_named(database_url):
    name, _, number = durability.version().partition(" ")

    assert name == ("SQLite" if database_url.startswith("sqlite") else "PostgreSQL")
    assert int(number.split(".")[0]) >= 3
