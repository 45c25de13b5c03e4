"""The thread that prints: it takes what waits in the outbox of its station and sends it to the label printer."""

from __future__ import annotations

import logging
import threading
from datetime import timedelta
from typing import TYPE_CHECKING

from db import connection
from db.connection import UNAVAILABLE, DatabaseError
from devices.labels import LabelError, zpl
from devices.looking import pause_before_retry
from devices.printer import PrinterError, send
from tui.label_layouts import label_of
from warehouse import label_jobs, labels

if TYPE_CHECKING:
    from tui.settings import Printer
    from warehouse.floor import Session
    from warehouse.label_jobs import LabelJob

log = logging.getLogger("dockbell.printing")

POLL_S = 2.0  # labels that another terminal of this name has asked for
PATIENCE_S = 5.0  # how long one look at the database may take; scans have their own connection, and wait longer


class Printing:
    """The label printer of a terminal. `poke` may come from any thread: something was asked for just now.

    A label is marked as sent when the printer has it, so that after a crash in between it comes twice, but never not
    at all.
    """

    def __init__(self, session: Session, printer: Printer) -> None:
        self._site, self._station, self._now = session.site.code, session.station, session.now
        self._printer = printer
        self._notice = ""
        self._poked = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="printing", daemon=True)

    def start(self) -> None:
        """Begin with what was left waiting."""
        self._thread.start()

    def stop(self) -> None:
        """End after the label that is being sent, if any; what waits is printed at the next start."""
        self._stopping.set()
        self._poked.set()
        if self._thread.is_alive():
            self._thread.join(0.5)

    def poke(self) -> None:
        """Look now."""
        self._poked.set()

    @property
    def notice(self) -> str:
        """What the status line says while labels wait for the printer."""
        return self._notice

    def _run(self) -> None:
        connection.patience.seconds = PATIENCE_S
        failures = 0
        try:
            while not self._stopping.is_set():
                self._poked.clear()
                failures = 0 if self._round() else failures + 1
                network = self._printer.url.startswith("socket:")
                self._poked.wait(pause_before_retry(failures - 1, network=network) if failures else POLL_S)
        finally:
            connection.close()

    def _round(self) -> bool:
        """Print all that waits; False when the printer or the database did not let it."""
        try:
            trouble = self._print_all() if label_jobs.waiting(self._site, self._station) else ""
            count = label_jobs.waiting(self._site, self._station) if trouble else 0
        except (DatabaseError, *UNAVAILABLE):
            log.warning("the database was not there to print from", exc_info=True)
            connection.drop()
            return False
        except Exception:
            log.exception("labels could not be printed")
            connection.close()
            return False
        self._notice = f"{count} label{'s wait' if count > 1 else ' waits'}: {trouble}" if count else ""
        return not trouble

    def _print_all(self) -> str:
        """Answers why some still wait, "" when nothing does. A label that cannot be drawn holds up no other."""
        trouble, after = "", 0
        while not self._stopping.is_set():
            job = label_jobs.take(self._site, self._station, self._now(), after)
            if job is None:
                break
            try:
                self._print(job)
            except (LabelError, PrinterError) as error:
                log.warning("label %d waits: %s", job.id, error)
                label_jobs.failed(job, str(error))
                if isinstance(error, PrinterError):
                    return str(error)
                trouble, after = str(error), job.id
        return trouble

    def _print(self, job: LabelJob) -> None:
        data = self._data(job)
        if data:
            send(self._printer.url, data)
            label_jobs.sent(job, self._now())

    def _data(self, job: LabelJob) -> bytes:
        """What the printer gets for it; nothing when there is nothing to print any more, which is then on record."""
        carried = labels.of_carrier(job.carrier_id) if job.carrier_id is not None else None
        label = carried or (labels.of_unit(job.unit_id) if job.unit_id is not None else None)
        if label is None:
            pallet = job.carrier_id is not None
            why = "the pallet was broken up" if pallet else "the unit is empty, or its capture was undone"
        elif self._now() - job.asked_at > label_jobs.STALE:
            why = f"it waited for {label_jobs.STALE // timedelta(hours=1)} h"
        else:
            # A LabelError: the size of the labels is set wrong; it waits until that is put right.
            drawn = label_of(label, self._printer.width_mm, self._printer.height_mm)
            return zpl(drawn, self._printer.dpi, job.copies)
        log.warning("label %d is given up: %s", job.id, why)
        label_jobs.give_up(job, why)
        return b""
