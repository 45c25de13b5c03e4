"""Processes that open new databases, all at the same moment."""

from __future__ import annotations

from multiprocessing.connection import Connection

from db import connection, migrate


def migrate_all(urls: list[str], pipe: Connection) -> None:
    """Open each database, which nobody has opened before, and bring it up to date; answers what was applied."""
    applied = []
    try:
        for url in urls:
            connection.open_database(url)
            pipe.send("ready")
            pipe.recv()
            applied.append(migrate.up())
            _look()
            connection.close()
        pipe.send(applied)
    except Exception as error:  # noqa: BLE001 - the test shows what it was
        pipe.send(RuntimeError(f"{type(error).__name__}: {error}"))


def _look() -> None:
    """The tables are there for whoever did not make them, and SQLite is in WAL."""
    assert migrate.pending() == []
    assert connection.value("SELECT COUNT(*) FROM site") == 0
    if connection.dialect() == "sqlite":
        assert connection.value("PRAGMA journal_mode") == "wal"
