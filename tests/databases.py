"""New databases for tests: a migrated SQLite file as a copy of one, where migrating each takes a tenth of a second."""

from __future__ import annotations

import functools
import tempfile
from pathlib import Path

from db import connection, migrate


@functools.cache
def _migrated() -> bytes:
    """A migrated file that holds nothing; made once in a process, by the migrations that every site runs."""
    with tempfile.TemporaryDirectory(prefix="dockbell-test-") as folder:
        path = Path(folder, "migrated.db")
        connection.open_database(f"sqlite:///{path}")
        migrate.up()
        connection.close()  # its log goes into the file with the last connection
        return path.read_bytes()


def open_new_sqlite(path: Path | str) -> str:
    """Open a new, migrated SQLite database at this path and answer its URL; the caller closes it."""
    Path(path).write_bytes(_migrated())
    url = f"sqlite:///{path}"
    connection.open_database(url)
    return url
