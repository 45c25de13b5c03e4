"""Create or bring up to date the tables, under one lock, never past what this program knows."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import peewee
from playhouse.migrations import Runner

from db import connection
from db.connection import DatabaseError, database

FOLDER = Path(__file__).parent / "migrations"
LOCK = 0x0D0C4BE1  # an arbitrary number that no other program on this server uses for its own lock


def pending() -> list[str]:
    """Names of the migrations that this database still lacks.

    Raises DatabaseError when it has one that this program does not know: its data would be misread.
    """
    status = _runner().status()
    unknown = [step.name for step in status if step.path is None]
    if unknown:
        raise DatabaseError(
            f"This database was made by a newer Dockbell (it has {unknown[-1]}): "
            "install that version or restore an older backup. Nothing was changed."
        )
    return [step.name for step in status if step.applied is None]


def is_empty() -> bool:
    """Whether nothing of ours is in this database yet."""
    return not database.table_exists("site")


def up() -> list[str]:
    """Apply what is pending; several processes may call this at once, one of them does the work.

    Raises DatabaseError when somebody else's work keeps the tables locked; then nothing was changed.
    """
    try:
        with _free_of_references(), database.atomic():
            if connection.dialect() == "postgresql":
                connection.value("SELECT pg_advisory_xact_lock(?)", LOCK)
            pending()
            done = list(_runner().up())
            _check_references()
            return done
    except peewee.OperationalError as error:
        words = str(error).splitlines()[0]
        if "locked" not in words and "lock timeout" not in words:
            raise
        raise DatabaseError(
            f"The database is in use ({words}): close every terminal, then try again. Nothing was changed."
        ) from error


@contextlib.contextmanager
def _free_of_references() -> Iterator[None]:
    """SQLite changes a table by making it anew: what refers to it must not be followed meanwhile."""
    if connection.dialect() != "sqlite":
        yield
        return
    database.execute_sql("PRAGMA foreign_keys = OFF")
    try:
        yield
    finally:
        database.execute_sql("PRAGMA foreign_keys = ON")


def _check_references() -> None:
    """Before the commit: every reference still leads somewhere."""
    if connection.dialect() == "sqlite":
        broken = connection.rows("PRAGMA foreign_key_check")
        if broken:
            raise DatabaseError(f"The migration would leave {len(broken)} references to nothing: nothing was changed.")


def check() -> None:
    """Raise DatabaseError, in one sentence with what to do next, unless this program can work on the database."""
    try:
        lacking = pending()
        empty = is_empty()
    except peewee.PeeweeException as error:
        raise _unusable(error) from error
    if empty:
        raise DatabaseError("This database holds no site yet: run 'dockbell init --site CODE --timezone ZONE' first.")
    if lacking:
        raise DatabaseError("This database is older than the program: run 'dockbell init' to migrate it.")


def _runner() -> Runner:
    return Runner(database.obj, str(FOLDER))


def usable() -> bool:
    """Whether this program's tables are there; raises DatabaseError where the database cannot be reached."""
    try:
        return not is_empty()
    except peewee.PeeweeException as error:
        raise _unusable(error) from error


def _unusable(error: peewee.PeeweeException) -> DatabaseError:
    words = str(error).splitlines()[0]
    if "malformed" in words or "not a database" in words:
        return DatabaseError(f"The database cannot be read ({words}): restore a backup, or name another with --db.")
    return DatabaseError(f"The database cannot be reached ({words}): see that it is there, or name another with --db.")
