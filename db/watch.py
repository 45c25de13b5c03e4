"""Has anything changed? A thread that asks the database itself, so that boards follow other terminals' commits."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

import peewee

from db import connection

log = logging.getLogger("dockbell.watch")

POLL_S = 0.1  # SQLite: PRAGMA data_version costs microseconds
LISTEN_S = 1.0  # PostgreSQL: how long one wait for a notification lasts
AGAIN_S = 1.0  # after a lost connection


class Watch:
    """Calls `on_change` from its own thread after a commit of somebody else, at most `per_second` times a second."""

    def __init__(self, on_change: Callable[[], None], per_second: float = 4.0) -> None:
        self._on_change = on_change
        self._pause = 1 / per_second
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="watch", daemon=True)

    def start(self) -> None:
        """Begin to watch."""
        self._thread.start()

    def stop(self) -> None:
        """End the thread; returns at once, the thread ends within a second."""
        self._stop.set()

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                if connection.dialect() == "sqlite":
                    self._watch_sqlite()
                else:
                    self._watch_postgres()
            except connection.UNAVAILABLE as error:
                log.warning("watching again in %s s: %s", AGAIN_S, error)
                connection.drop()
                self._stop.wait(AGAIN_S)
        connection.drop()

    def _watch_sqlite(self) -> None:
        seen = connection.value("PRAGMA data_version")
        self._tell()  # whatever was committed before this connection began to count
        while not self._stop.wait(POLL_S):
            now = connection.value("PRAGMA data_version")
            if now != seen:
                seen = now
                self._tell()

    def _watch_postgres(self) -> None:
        connection.execute("LISTEN dockbell")
        self._tell()  # whatever was committed before the ear was open
        raw = connection.database.connection()
        while not self._stop.is_set():
            with peewee.__exception_wrapper__:  # type: ignore[attr-defined]  # a lost connection by its usual name
                heard = any(True for _ in raw.notifies(timeout=LISTEN_S, stop_after=1))
            if heard:
                self._tell()

    def _tell(self) -> None:
        self._on_change()
        self._stop.wait(self._pause)
