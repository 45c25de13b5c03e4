"""A rotating log file for each station: refusals, faults with their traceback; no scan can forge a line."""

from __future__ import annotations

import logging
import logging.handlers
import os
import re
from datetime import UTC, datetime
from pathlib import Path

from warehouse.barcodes.text import escaped

SIZE = 2_000_000
KEPT = 5


class _Formatter(logging.Formatter):
    """One line for each record: what it holds is escaped, a traceback's lines are marked as such. Times are UTC."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").removesuffix("+00:00")
        line = f"{at}Z {record.levelname} {record.name} {_one_line(record.getMessage(), 1000)}"
        if record.exc_info:
            trace = self.formatException(record.exc_info).splitlines()
            line += "".join(f"\n    | {_one_line(text, 500)}" for text in trace)
        return line


def _one_line(text: str, limit: int) -> str:
    """Printable ASCII, all else escaped; what was escaped where it was logged is left as it is."""
    line = "".join(char if char.isascii() and char.isprintable() else escaped(char) for char in text[: limit + 1])
    return line if len(line) <= limit else line[: limit - 3] + "..."


def write_to(folder: Path, station: str) -> Path:
    """Log this process into FOLDER/STATION.log; the station's name becomes a safe file name."""
    folder.mkdir(parents=True, exist_ok=True)
    name = re.sub(r"[^A-Za-z0-9_-]", "_", station)[:40] or "station"
    path = folder / f"{name}.log"
    handler = logging.handlers.RotatingFileHandler(path, maxBytes=SIZE, backupCount=KEPT, encoding="utf-8", delay=True)
    handler.setFormatter(_Formatter())
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.INFO)
    return path


def current() -> Path | None:
    """The file that this process logs into, if it has one."""
    for handler in logging.getLogger().handlers:
        if isinstance(handler, logging.handlers.RotatingFileHandler):
            return Path(handler.baseFilename)
    return None


def folder_for(url: str) -> Path:
    """Where the logs of a database go: DOCKBELL_LOGS, or beside a SQLite file, or the user's state folder."""
    named = os.environ.get("DOCKBELL_LOGS")
    if named:
        return Path(named)
    if url.startswith("sqlite:///"):
        from db.connection import sqlite_path

        return sqlite_path(url).absolute().parent / "logs"
    state = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(state) / "dockbell"
