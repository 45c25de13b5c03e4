"""The thread that sweeps: on start and every minute it lets the site look for what release ought to have done.

Of all terminals of a site one does it in each minute. What was missed is in the table for the board, and in the log.
"""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

from db import connection
from db.connection import UNAVAILABLE, DatabaseError
from warehouse import sweeping

if TYPE_CHECKING:
    from warehouse.floor import Session
    from warehouse.sweeping import Swept

log = logging.getLogger("dockbell.sweeper")

PATIENCE_S = 5.0  # for one transaction; scans have their own connection, and wait longer


class Sweeper:
    """Sweeps beside a terminal, until it is stopped."""

    def __init__(self, session: Session, every_s: float = sweeping.EVERY.total_seconds()) -> None:
        self._site, self._now, self._every_s = session.site, session.now, every_s
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sweeper", daemon=True)

    def start(self) -> None:
        """Begin with a sweep."""
        self._thread.start()

    def stop(self) -> None:
        """End after the transaction that is running, if any; what is left is the next sweep's."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(2.0)

    def _run(self) -> None:
        connection.patience.seconds = PATIENCE_S
        try:
            while not self._stopping.is_set():
                self._round()
                self._stopping.wait(self._every_s)
        finally:
            connection.close()

    def _round(self) -> None:
        try:
            swept = sweeping.sweep(self._site, self._now())
        except (DatabaseError, *UNAVAILABLE):
            log.warning("the database was not there to sweep", exc_info=True)
            connection.drop()
        except Exception:
            log.exception("the sweep failed")
            connection.close()
        else:
            if swept is not None:
                _say(swept)


def _say(swept: Swept) -> None:
    if swept.due:
        log.info("the sweep did %d pieces of work that were due", swept.due)
    for one in swept.missed:
        where = (one.item_id, one.set_id)
        log.error("release had missed a %s (item, set %s): %d lines, %d pieces", one.what, where, one.lines, one.pieces)
