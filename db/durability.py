"""How surely and how quickly this database keeps what it was told: measured, and asked of its settings.

Nothing of the site is changed: SQLite is measured on a scratch file beside the site's, PostgreSQL with commits that
are flushed like all others but write no row.
"""

from __future__ import annotations

import contextlib
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from db import connection
from db.connection import UNAVAILABLE, DatabaseError, database
from db.engines import Sqlite

MEASURED_S = 0.3  # seconds
MOST = 200  # commits; a quick disk has shown enough by then

# An empty message in the write-ahead log, which nobody listens for: it has a transaction of its own, so that the
# commit is flushed; a temporary or unlogged table would not be.
_FLUSHED = "SELECT pg_logical_emit_message(true, 'dockbell doctor', '')"
_RISKS = {
    "fsync": "a power cut can destroy the database",
    "full_page_writes": "a power cut can destroy the database",
    "synchronous_commit": "a power cut can lose what was answered with the good tone",
}


def commits_a_second(url: str) -> float:
    """Durable commits a second of one writer, on the disk or the server that holds the site.

    Raises OSError or peewee's errors where nothing can be written there.
    """
    with _committing(url) as commit:
        commit()  # what is only done once is not measured
        started, count = time.perf_counter(), 0
        while count < MOST and time.perf_counter() - started < MEASURED_S:
            commit()
            count += 1
        return count / (time.perf_counter() - started)


@contextlib.contextmanager
def _committing(url: str) -> Iterator[Callable[[], Any]]:
    if connection.dialect() == "postgresql":
        yield lambda: connection.value(_FLUSHED)
        return
    site = connection.sqlite_path(url).absolute()
    with tempfile.TemporaryDirectory(prefix=".dockbell-doctor-", dir=site.parent) as folder:
        scratch: Any = Sqlite(str(Path(folder) / "scratch.db"))
        scratch.execute_sql("CREATE TABLE scratch (id INTEGER PRIMARY KEY, words TEXT)")
        try:
            yield lambda: scratch.execute_sql("INSERT INTO scratch (words) VALUES ('as long as a small move')")
        finally:
            scratch.close()


def settings() -> dict[str, str]:
    """The settings that decide whether a commit survives a power cut, as the open database has them."""
    if connection.dialect() == "sqlite":
        names = {0: "off", 1: "normal", 2: "full", 3: "extra"}
        return {
            "journal_mode": str(connection.value("PRAGMA journal_mode")),
            "synchronous": names[connection.value("PRAGMA synchronous")],
        }
    return {name: str(connection.value("SELECT current_setting(?)", name)) for name in _RISKS}


def risks(found: dict[str, str]) -> dict[str, str]:
    """Of these settings, those that are dangerous, and what can happen."""
    dangerous = {name: words for name, words in _RISKS.items() if found.get(name) == "off"}
    if found.get("journal_mode", "wal") != "wal":
        dangerous["journal_mode"] = "terminals hold one another up; the folder may be a network drive"
    return dangerous


def refuse_read_only() -> None:
    """Raise DatabaseError where the database takes no writes: a locked file, a standby server."""
    if connection.dialect() == "sqlite":
        try:
            with database.atomic():  # IMMEDIATE: it asks for the right to write, and writes nothing
                pass
        except UNAVAILABLE as error:
            raise DatabaseError(
                f"The database takes no writes ({error}): see who has it locked, to the file's rights and its disk."
            ) from error
    elif connection.value("SELECT current_setting('transaction_read_only')") == "on":
        raise DatabaseError("The server takes no writes (it may be a standby): connect to the primary.")


def version() -> str:
    """The engine and its version, such as 'SQLite 3.45.1' or 'PostgreSQL 16.4'."""
    if connection.dialect() == "sqlite":
        return f"SQLite {connection.value('SELECT sqlite_version()')}"
    number = str(connection.value("SELECT current_setting('server_version')"))
    return f"PostgreSQL {number.split(maxsplit=1)[0]}"
