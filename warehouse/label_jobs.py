"""The outbox of the label printers: what is asked for in a scan's transaction and printed after it.

A label is printed at least once: after a crash between sending and marking it sent it comes a second time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from db import connection
from db.connection import instant, iso, transaction

if TYPE_CHECKING:
    from warehouse.flows.steps import Context

LEASE = timedelta(seconds=60)  # longer than sending takes; then another terminal of this name may print it
STALE = timedelta(hours=12)  # of a shift: by then the case has a label, or is gone


@dataclass(frozen=True, slots=True)
class LabelJob:
    """A label that waits to be printed: of a unit, or of a carrier."""

    id: int
    unit_id: int | None
    carrier_id: int | None
    copies: int
    asked_at: datetime


def ask(
    context: Context, unit_id: int | None, copies: int = 1, *, kind: str = "UNIT", carrier_id: int | None = None
) -> None:
    """Ask for a label at this station, within the transaction of the input that wants it.

    `kind` is UNIT, HOLD (the unit is on hold: do not use), or CARRIER (of a pallet, `carrier_id`).
    """
    connection.insert_row(
        "label_job",
        site=context.site.code,
        at=iso(context.now),
        scan_id=context.scan_id,
        station=context.station,
        unit_id=unit_id,
        copies=copies,
        kind=kind,
        carrier_id=carrier_id,
    )


def waiting(site: str, station: str) -> int:
    """How many labels wait at this station."""
    return int(
        connection.value(
            "SELECT COUNT(*) FROM label_job WHERE site = ? AND station = ? AND state = 'WAITING'", site, station
        )
    )


@transaction
def take(site: str, station: str, now: datetime, after: int = 0) -> LabelJob | None:
    """The next label of this station that nobody is printing, reserved for the caller; None when there is none.

    `after` passes over the jobs up to this one.
    """
    free = "state = 'WAITING' AND (taken_until IS NULL OR taken_until < ?)"
    found = connection.row(
        f"UPDATE label_job SET taken_until = ? WHERE {free} AND id = (SELECT id FROM label_job WHERE site = ? "
        f"AND station = ? AND id > ? AND {free} ORDER BY id LIMIT 1) RETURNING id, unit_id, carrier_id, copies, at",
        iso(now + LEASE),
        iso(now),
        site,
        station,
        after,
        iso(now),
    )
    return LabelJob(*(*found[:-1], instant(found[-1]))) if found else None


@transaction
def sent(job: LabelJob, now: datetime) -> None:
    """The printer has taken it."""
    connection.execute(
        "UPDATE label_job SET state = 'SENT', sent_at = ?, attempts = attempts + 1, taken_until = NULL WHERE id = ?",
        iso(now),
        job.id,
    )


@transaction
def failed(job: LabelJob, why: str) -> None:
    """The printer did not take it: it waits on."""
    connection.execute(
        "UPDATE label_job SET attempts = attempts + 1, last_error = ?, taken_until = NULL "
        "WHERE id = ? AND state = 'WAITING'",
        why,
        job.id,
    )


@transaction
def give_up(job: LabelJob, why: str) -> None:
    """It will not be printed."""
    connection.execute(
        "UPDATE label_job SET state = 'GIVEN_UP', last_error = ?, taken_until = NULL WHERE id = ? AND state = 'WAITING'",
        why,
        job.id,
    )
