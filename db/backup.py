"""Copy a SQLite database while it is in use, and put a copy back, with SQLite's own online backup."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import peewee

from db import connection
from db.connection import DatabaseError, database
from db.snapshot import snapshot

PAGES = 2000  # a step: progress is told between two of them
BUSY_S = 5.0  # how long a restore waits for those who write

Progress = Callable[[str, int, int], None]


def copy(target: Path, progress: Progress | None = None) -> None:
    """Write the open database, as it is at this moment, to a new file; others go on writing meanwhile.

    Raises DatabaseError when it cannot be read or the file cannot be written; then there is no file.
    """
    with _unless_complete(target):
        try:
            # Pinned by a read, the moment stays the same: a copy that begins again after each commit never ends.
            with snapshot(), contextlib.closing(sqlite3.connect(target)) as out:
                connection.value("SELECT COUNT(*) FROM sqlite_master")
                database.connection().backup(out, pages=PAGES, progress=_told(progress))
                out.execute("PRAGMA journal_mode=DELETE")
        except (sqlite3.Error, peewee.PeeweeException) as error:
            raise DatabaseError(
                f"No backup was made at {target} ({error}): see to the folder, its free space and the database, "
                "then try again."
            ) from error


def put_back(source: Path, target: Path) -> None:
    """Make the database at `target` hold what `source` holds, in one transaction of its own.

    Raises DatabaseError when stations keep it busy: they would go on with what is no longer there.
    """
    with (
        contextlib.closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as read,
        contextlib.closing(sqlite3.connect(target, timeout=BUSY_S)) as write,
    ):
        try:
            read.backup(write, progress=_unless_busy)
        except sqlite3.OperationalError as error:
            raise DatabaseError(
                f"The database is in use ({error}): close every terminal, then restore again. Nothing was changed."
            ) from error


def damage(path: Path) -> str:
    """What SQLite itself finds wrong with a file, in its words; '' when it is a sound database.

    Raises DatabaseError when the file cannot be opened at all, or not now.
    """
    try:
        with contextlib.closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as read:
            found = str(read.execute("PRAGMA quick_check(1)").fetchone()[0])
    except sqlite3.DatabaseError as error:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
            return str(error)
        raise DatabaseError(f"{path} cannot be read ({error}): try again, or name another file.") from error
    return "" if found == "ok" else found.splitlines()[-1]


def set_aside(path: Path, kept: Path) -> None:
    """Move a database that cannot be read, with what SQLite keeps beside it, out of the way as it is."""
    for tail in ("-wal", "-shm", ""):
        beside = path.with_name(path.name + tail)
        if beside.exists():
            beside.rename(kept.with_name(kept.name + tail))


@contextlib.contextmanager
def _unless_complete(target: Path) -> Iterator[None]:
    try:
        yield
    except BaseException:
        with contextlib.suppress(OSError):
            target.unlink(missing_ok=True)
        raise


def _unless_busy(status: int, _left: int, _total: int) -> None:
    """Give up at once; by itself a copy tries again and again for as long as the other side is locked."""
    if status in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        raise sqlite3.OperationalError("database is locked")


def _told(progress: Progress | None) -> Callable[[int, int, int], object] | None:
    if progress is None:
        return None
    tell = progress
    return lambda _status, left, total: tell("pages", total - left, total)
