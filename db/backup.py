"""Copy a SQLite database while it is in use, and put a copy back, with SQLite's own online backup."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable
from pathlib import Path

from db.connection import DatabaseError, database

PAGES = 2000  # a step: others may write between two of them


def copy(target: Path, progress: Callable[[str, int, int], None] | None = None) -> None:
    """Write the open database to a new file; consistent, although others go on writing."""
    with contextlib.closing(sqlite3.connect(target)) as out:
        database.connection().backup(out, pages=PAGES, progress=_told(progress), sleep=0.001)
        out.execute("PRAGMA journal_mode=DELETE")


def put_back(source: Path, target: Path) -> None:
    """Make the database at `target` hold what `source` holds, in one transaction of its own.

    Raises DatabaseError when stations keep it busy: they would go on with what is no longer there.
    """
    with (
        contextlib.closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as read,
        contextlib.closing(sqlite3.connect(target, timeout=5)) as write,
    ):
        try:
            read.backup(write)
        except sqlite3.OperationalError as error:
            raise DatabaseError(
                f"The database is in use ({error}): close every terminal, then restore again. Nothing was changed."
            ) from error


def _told(progress: Callable[[str, int, int], None] | None) -> Callable[[int, int, int], object] | None:
    if progress is None:
        return None
    tell = progress
    return lambda _status, left, total: tell("pages", total - left, total)
