"""The sweep: on start and every minute somebody looks for what release ought to have done, and says so.

What is only due (the day of a hold or of a patience has come, a crash left work behind) is done. What was missed is
done too, and written down: in a healthy site that is nothing, ever, and the board says so.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from db import connection
from db.connection import iso, transaction
from db.snapshot import snapshot
from warehouse import completing, holds, release
from warehouse.release import Trigger
from warehouse.stock import Cause, Line, ship_sets

if TYPE_CHECKING:
    from collections.abc import Sequence

    from warehouse.planning import Plan
    from warehouse.site import Site

EVERY = timedelta(minutes=1)
SECONDS = 20.0  # for what others left: the next sweep goes on


@dataclass(frozen=True, slots=True)
class Missed:
    """What release ought to have done: `lines` that were left waiting, or picks that were, and their `pieces`."""

    what: str
    item_id: int | None
    set_id: int | None
    lines: int
    pieces: int


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep did: work that was due, and what had been missed."""

    due: int
    missed: tuple[Missed, ...]


def sweep(site: Site, now: datetime, *, force: bool = False) -> Swept | None:
    """Go over the site; None where another terminal did within the minute, unless it is forced.

    Several transactions, each of its own, so that nobody on the floor waits for all of it.
    """
    if not _mine(site.code, now, force=force):
        return None
    cause = Cause(site.code, iso(now), f"sweep-{uuid.uuid4()}", None, "SWEEP")
    today = site.today(now).isoformat()
    done = _ended_holds(cause, today) + _patience(cause, today) + completing.carry_on(cause, today, SECONDS).work
    missed = [*_unwatched(cause, today), *_unserved(cause, today), *_stuck(cause)]
    return Swept(done + completing.carry_on(cause, today, SECONDS).work, tuple(missed))


@transaction
def _mine(site: str, now: datetime, *, force: bool) -> bool:
    """Whether it falls to this terminal: the first that asks after a minute has it."""
    taken = connection.execute(
        "INSERT INTO sweep (site, at) VALUES (?, ?) ON CONFLICT (site) DO UPDATE SET at = excluded.at WHERE sweep.at <= ?",
        *(site, iso(now), iso(now - EVERY)),
    )
    return bool(taken) or force


# --- What is due ----------------------------------------------------------------------------------------


def _ended_holds(cause: Cause, today: str) -> int:
    found = connection.rows(
        "SELECT id FROM order_hold WHERE site = ? AND ended_at IS NULL AND kind = 'until' AND until_on <= ? ORDER BY id",
        *(cause.site, today),
    )
    for (hold_id,) in found:
        holds.end(cause, today, hold_id)
    return len(found)


def _patience(cause: Cause, today: str) -> int:
    found = connection.rows(
        "SELECT id FROM ship_set WHERE site = ? AND claiming = 0 AND n_unsat > 0 AND claims_on <= ? ORDER BY claims_on, id",
        *(cause.site, today),
    )
    for (set_id,) in found:
        completing.claim(cause, today, set_id)
    return len(found)


# --- What was missed ------------------------------------------------------------------------------------


def _unwatched(cause: Cause, today: str) -> list[Missed]:
    """Sets that nothing would wake; work that is left for them is not missed."""
    found = connection.rows(
        "SELECT s.id FROM ship_set s WHERE s.site = ? AND s.claiming = 0 AND s.n_unsat > 0 AND s.watch_id IS NULL "
        "AND NOT EXISTS (SELECT 1 FROM release_due d WHERE d.set_id = s.id) ORDER BY s.id",
        cause.site,
    )
    missed = []
    for (set_id,) in found:
        given = completing.complete(cause, today, set_id)
        missed.append(Missed("ship set", None, set_id, len(given), sum(one.quantity for one in given)))
    return _kept(cause, missed)


def _unserved(cause: Cause, today: str) -> list[Missed]:
    """Lines that could be served from what is free."""
    found = connection.rows(
        "SELECT t.item_id FROM item_stock t WHERE t.site = ? AND t.waiting_lines > 0 AND t.usable > t.reserved "
        "AND EXISTS (SELECT 1 FROM order_line l WHERE l.site = t.site AND l.item_id = t.item_id AND l.state = 'W' "
        "AND l.min_need <= t.usable - t.reserved) "
        "AND NOT EXISTS (SELECT 1 FROM release_due d WHERE d.site = t.site AND d.item_id = t.item_id) ORDER BY t.item_id",
        cause.site,
    )
    missed = []
    for (item_id,) in found:
        with snapshot():
            result, lines = _would_get(cause.site, item_id, today)
        if result.grants:
            missed += _serve(cause, today, item_id)
        missed += _complete(cause, today, [lines[one].set_id for one in result.candidates])
    return missed


def _complete(cause: Cause, today: str, sets: Sequence[int | None]) -> list[Missed]:
    """Sets that one of their items would have completed; those that still lack something were not missed."""
    missed = []
    for set_id in sets:
        if set_id is not None and not _is_due(set_id) and completing.would_complete(cause.site, set_id, today, {}):
            given = completing.complete(cause, today, set_id)
            if given:
                missed.append(Missed("ship set", None, set_id, len(given), sum(one.quantity for one in given)))
    return _kept(cause, missed)


def _would_get(site: str, item_id: int, today: str) -> tuple[Plan, dict[int, Line]]:
    lines: dict[int, Line] = {}
    free = connection.value("SELECT usable - reserved FROM item_stock WHERE site = ? AND item_id = ?", site, item_id)
    return release.decide(site, item_id, int(free), lines, today), lines


@transaction
def _serve(cause: Cause, today: str, item_id: int) -> list[Missed]:
    """Under the item's lock what was seen without it is looked at again, and done."""
    connection.locked(cause.site, [item_id])
    result, _ = _would_get(cause.site, item_id, today)
    if not result.grants:
        return []
    release.release(cause, item_id, Trigger("sweep"), today)
    got = sum(grant.qty for grant in result.grants)
    served = {grant.line_id for grant in result.grants}
    return _written(cause, [Missed("line", item_id, None, len(served), got)])


def _is_due(set_id: int | None) -> bool:
    return connection.row("SELECT 1 FROM release_due WHERE set_id = ?", set_id) is not None


@transaction
def _stuck(cause: Cause) -> list[Missed]:
    """Picks that wait although their set is complete and nothing holds them."""
    found = connection.rows(
        "SELECT t.id, r.item_id, r.qty - r.qty_picked - r.qty_voided FROM pick_task t "
        "JOIN reservation r ON r.id = t.reservation_id JOIN order_line l ON l.id = r.line_id "
        "LEFT JOIN ship_set s ON s.id = l.set_id WHERE t.site = ? AND t.state = 'WAITING' AND l.held = 0 "
        "AND (l.set_id IS NULL OR s.n_unsat = 0) ORDER BY t.id",
        cause.site,
    )
    for task_id, _, _ in found:
        ship_sets.lock_of_tasks("t.id = ?", task_id)
        connection.execute(
            f"UPDATE pick_task SET state = {ship_sets.FREE_TASK} WHERE id = ? AND state = 'WAITING'", task_id
        )
    return _written(cause, [Missed("pick", item_id, None, 1, qty) for _, item_id, qty in found])


@transaction
def _kept(cause: Cause, missed: Sequence[Missed]) -> list[Missed]:
    return _written(cause, missed)


def _written(cause: Cause, missed: Sequence[Missed]) -> list[Missed]:
    for one in missed:
        connection.insert_row(
            "sweep_found",
            site=cause.site,
            at=cause.at,
            what=one.what,
            item_id=one.item_id,
            set_id=one.set_id,
            lines=one.lines,
            pieces=one.pieces,
        )
    return list(missed)
