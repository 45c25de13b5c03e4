"""`dockbell import`: read every file, check every row, then write all of it or nothing."""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from db.connection import DatabaseError, iso, patience
from db.snapshot import snapshot
from warehouse import command_log, completing, rules, serials
from warehouse.exchange import on_record, writing
from warehouse.exchange.checking import check
from warehouse.exchange.draft import named_in
from warehouse.exchange.reading import Fault, Files, ImportFaults, Progress, Ticker, read, shown
from warehouse.exchange.result import LISTED, Count, ImportResult
from warehouse.promising import changes, supply
from warehouse.promising.supply import Calendar
from warehouse.site import Operator, Site
from warehouse.stock import Cause

__all__ = ["Count", "Fault", "ImportFaults", "ImportResult", "import_paths"]


def import_paths(
    site: Site,
    person: Operator | None,
    now: datetime,
    command_id: str,
    paths: Sequence[Path],
    progress: Progress | None = None,
) -> ImportResult:
    """Import the files, or the CSV files of the folders, that the paths name: all rows of all of them, or none.

    `progress(phase, done, total)` is called for the phases reading, checking, writing and releasing, the last
    two while the write lock is held: it must return at once and must not raise. A phase may start over. The
    same `command_id` again changes nothing and answers what it answered.

    Raises ImportFaults with everything that is wrong in the files, and DatabaseError when others change what
    the check reads again and again.
    """
    files = read(paths, progress)
    cause = Cause(site.code, iso(now), command_id, person.id if person else None, "IMPORT")
    at = supply.calendar(site, now)
    started = time.monotonic()
    while True:
        if (applied := command_log.outcome_of(command_id)) is not None:
            return _with_moved(ImportResult.read(applied), command_id)
        job = _job(cause, at, paths, files, progress)
        loose = sum(1 for opening in job.plan.openings if not opening.unit_code)
        if loose:
            serials.ensure(site.code, "unit", count=loose)
        try:
            return _with_moved(_with_completed(writing.write(job, progress)), command_id)
        except writing.CheckAgainError:
            waited = time.monotonic() - started
        if waited > patience.seconds:
            raise DatabaseError(
                f"Others changed or held what the files speak of for {waited:.0f} s; nothing was imported. Try again."
            )
        time.sleep(random.uniform(0.001, 0.02))  # let those be through who came first


def _with_moved(result: ImportResult, command_id: str) -> ImportResult:
    """The result with the first of the promises that it moved, for people."""
    return replace(result, moved=changes.of_scan(command_id, LISTED)) if result.promises_moved else result


def _with_completed(result: ImportResult) -> ImportResult:
    """The result with what orders that leave together got of it, right after the import's own transaction."""
    given = completing.afterwards()
    lines = {(one.order, one.line) for one in given}
    return replace(
        result,
        released_lines=result.released_lines + len(lines),
        released_pieces=result.released_pieces + sum(one.quantity for one in given),
    )


def _job(cause: Cause, at: Calendar, paths: Sequence[Path], files: Files, progress: Progress | None) -> writing.Job:
    """Check the files against the database as it is; the job knows what of it the plan relies on."""
    with snapshot():
        seen = on_record.read(cause.site, named_in(files))
    patience_days = rules.of_site(cause.site).number("release.patience_days")
    today = at.today.isoformat()
    plan = check(files, seen, today, patience_days, Ticker(progress, "checking", files.count))
    named = plan.named()
    words = " ".join(shown(path) for path in paths)
    return writing.Job(cause, at, words, plan, named, seen.only(named), tuple(files.rows))
