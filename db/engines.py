"""The two engines as this program uses them: how durable, how long they wait for another writer, what they lock."""

from __future__ import annotations

import sqlite3
import time
from typing import Any

import peewee

# How long one attempt waits for another writer; the retry loop goes on from there, and can say so.
BUSY_MS = 2_000


class Sqlite(peewee.SqliteDatabase):
    """SQLite for the terminals of one machine: WAL, fsync at each commit, every write transaction IMMEDIATE.

    A deferred transaction that reads first and writes later fails with "database is locked" as soon as
    another one committed in between; IMMEDIATE takes the write lock at BEGIN and waits for it.
    """

    dialect = "sqlite"

    def __init__(self, path: str) -> None:
        pragmas = {
            "busy_timeout": BUSY_MS,
            "journal_mode": "wal",
            "synchronous": "full",
            "foreign_keys": 1,
            "recursive_triggers": 1,  # INSERT OR REPLACE deletes too: the guards of the ledger must hear of it
        }
        super().__init__(path, lock_type="IMMEDIATE", pragmas=pragmas, timeout=BUSY_MS / 1000)

    def _connect(self) -> Any:
        # Several processes that switch a new file to WAL at once see "locked" in spite of the timeout.
        for attempt in range(50):
            try:
                return super()._connect()  # type: ignore[misc]
            except (sqlite3.OperationalError, peewee.OperationalError) as error:
                if "locked" not in str(error) or attempt == 49:
                    raise
                time.sleep(0.02)
        raise AssertionError  # the loop returns or raises


class Postgres(peewee.PostgresqlDatabase):
    """PostgreSQL for more machines: READ COMMITTED, rows locked by name, dates and instants handed out as ISO text."""

    dialect = "postgresql"

    def __init__(self, url: str) -> None:
        # Held-up writers fail over to the retry loop; a board left inside a transaction would slow every queue.
        options = f"-c timezone=UTC -c lock_timeout={BUSY_MS} -c idle_in_transaction_session_timeout=60000"
        super().__init__(url, prefer_psycopg3=True, options=options, connect_timeout=5)

    def _connect(self) -> Any:
        from psycopg.types.string import TextLoader

        connection = super()._connect()  # type: ignore[misc]
        for name in ("date", "timestamptz"):
            connection.adapters.register_loader(name, TextLoader)
        return connection
