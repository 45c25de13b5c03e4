"""From an exception to the sentence and the exit code that end a command."""

from __future__ import annotations

import argparse
import logging
import sqlite3
import tempfile
from collections.abc import Sequence
from pathlib import Path

from db.connection import DatabaseError
from tui.cli import FAULT
from tui.cli_parts import USER_ERROR
from warehouse.barcodes.text import escaped
from warehouse.reply import InputError

MAX_SENTENCE = 2000

# What SQLite says when the file, the disk or the right to write is at fault, not the program.
_SQLITE_UNUSABLE = frozenset(
    (
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_NOTADB,
        sqlite3.SQLITE_READONLY,
    )
)
# The same of PostgreSQL: connection, resources, rights, a standby or a server that is shutting down.
_POSTGRES_UNUSABLE = ("08", "25006", "42501", "53", "57P")


class SeveralError(InputError):
    """Several things are wrong: a sentence, and a line for each of them."""

    def __init__(self, lines: Sequence[str]) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines


def explain(error: Exception, options: argparse.Namespace) -> tuple[str, int]:
    """One sentence for the person who typed the command, and the exit code; a fault leaves its traceback in the log."""
    if isinstance(error, InputError | DatabaseError):
        lines = error.lines if isinstance(error, SeveralError) else [str(error)]
        return "\n".join(escaped(line, MAX_SENTENCE) for line in lines), USER_ERROR
    if isinstance(error, OSError) and error.filename:
        return f"{escaped(str(error.filename))}: {error.strerror}; nothing was changed.", USER_ERROR
    if _unusable(error):
        words = escaped(str(error).splitlines()[0])
        return f"the database failed ({words}); nothing was saved; see to it, or restore a backup.", USER_ERROR
    path = _log(options)
    logging.getLogger("dockbell").error("%s failed", options.command, exc_info=error)
    kind = type(error).__name__
    return f"a fault in the program ({kind}); nothing was saved; the details are in {escaped(str(path))}.", FAULT


def _unusable(error: Exception) -> bool:
    """Whether it is the database that failed, whatever the program asked of it."""
    origin = getattr(error, "orig", error)
    state = getattr(origin, "sqlstate", None)
    code = getattr(origin, "sqlite_errorcode", None)
    if isinstance(code, int):
        return code & 0xFF in _SQLITE_UNUSABLE
    if isinstance(state, str):
        return state.startswith(_POSTGRES_UNUSABLE)
    # A connection that broke has no state: the server did not live to give one.
    return type(origin).__module__.startswith("psycopg") and type(origin).__name__ == "OperationalError"


def _log(options: argparse.Namespace) -> Path:
    """The log of this process; a new folder where the usual one cannot be written."""
    from tui import logs

    try:
        path = logs.current() or logs.write_to(logs.folder_for(options.db or ""), "command")
        with path.open("ab"):
            return path
    except OSError:
        return logs.write_to(Path(tempfile.mkdtemp(prefix="dockbell-logs-")), "command")
