"""Up to which row a table of history is settled: no row with a lower id can still turn up.

On PostgreSQL ids are handed out before the commit, so that a reader may see 10 while 9 is not committed yet. An
INSERT holds a ROW EXCLUSIVE lock on its table from before its id is drawn until it has ended. So: read the highest
id, note who holds such a lock, and wait until each of those has ended; whoever begins later draws a higher id. It is
how CREATE INDEX CONCURRENTLY waits, and unlike a lock of our own it holds up nobody.
SQLite has one writer at a time: there ids come in the order of the commits.
"""

from __future__ import annotations

import time
from typing import Literal

from db import connection
from db.connection import DatabaseError, patience

_WRITERS = (
    "SELECT virtualtransaction FROM pg_locks WHERE locktype = 'relation' AND relation = CAST(? AS regclass) "
    "AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) "
    "AND mode = 'RowExclusiveLock' AND granted AND pid IS DISTINCT FROM pg_backend_pid()"
)


def settled_id(table: Literal["capture"]) -> int:
    """The highest id of the table at a moment behind which no lower one can follow; 0 where there is none.

    Runs in autocommit. Raises DatabaseError when somebody's unfinished work lasts longer than this thread's patience.
    """
    highest = int(connection.value(f"SELECT MAX(id) FROM {table}") or 0)
    if connection.dialect() == "sqlite":
        return highest
    started, before = time.monotonic(), _writers(table)
    while before:
        if time.monotonic() - started > patience.seconds:
            raise DatabaseError(
                f"A terminal has held unfinished work open for {patience.seconds:.0f} s: nothing was written, try again."
            )
        time.sleep(0.02)
        before &= _writers(table)
    return highest


def _writers(table: str) -> set[str]:
    return {row[0] for row in connection.rows(_WRITERS, table)}
