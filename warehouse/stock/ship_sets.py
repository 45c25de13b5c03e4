"""Ship sets: lines of an order that leave together. An order that ships complete is the set of all of its lines.

A set counts its lines that miss something. Until its patience is over it takes nothing piecemeal: it watches one line
whose item lacked stock when it was last looked at, and is looked at again when stock for that line comes. So a receipt
asks about sets that it may complete, and about no others. Pick tasks of a set wait until its count reaches 0.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from db import connection

if TYPE_CHECKING:
    from warehouse.stock.lines import Line

# A task that nobody has in hand: to be picked, or waiting for the rest of its set or the end of a hold.
FREE_TASK = (
    "CASE WHEN EXISTS (SELECT 1 FROM reservation r JOIN order_line l ON l.id = r.line_id "
    "LEFT JOIN ship_set s ON s.id = l.set_id WHERE r.id = pick_task.reservation_id "
    "AND (s.n_unsat > 0 OR l.held > 0)) THEN 'WAITING' ELSE 'OPEN' END"
)
_OF_SET = (
    "AND reservation_id IN (SELECT r.id FROM reservation r JOIN order_line l ON l.id = r.line_id "
    "WHERE l.set_id = ? AND r.state = 'OPEN' AND l.held = 0)"
)


def followed(site: str, changes: Sequence[tuple[Line, Line]], after: Sequence[Line]) -> list[Line]:
    """The lines as they shall be, with what their sets make of the change; counts the sets, ascending.

    `changes` pairs each line as it was with its successor in `after`.
    """
    result = list(after)
    for set_id in sorted({new.set_id for new in after if new.set_id is not None}):
        pairs = [(old, new) for (old, _), new in zip(changes, after, strict=True) if new.set_id == set_id]
        missing = [new.id for old, new in pairs if new.open and not old.open]
        satisfied = [new.id for old, new in pairs if old.open and not new.open]
        if missing or satisfied:
            unsatisfied, watch = _count(site, set_id, missing, satisfied)
            result = [
                replace(line, watched=watch == line.id, unsatisfied=unsatisfied) if line.set_id == set_id else line
                for line in result
            ]
    return result


def _count(site: str, set_id: int, missing: Sequence[int], satisfied: Sequence[int]) -> tuple[int, int | None]:
    change = len(missing) - len(satisfied)
    unsatisfied, watch, claiming = connection.one(
        "UPDATE ship_set SET n_unsat = n_unsat + ?, watch_id = CASE WHEN claiming = 1 THEN NULL "
        f"WHEN watch_id IS NULL OR watch_id IN ({connection.marks(satisfied)}) THEN CAST(? AS BIGINT) "
        "ELSE watch_id END WHERE id = ? RETURNING n_unsat, watch_id, claiming",
        change,
        *satisfied,
        missing[0] if missing else None,
        set_id,
    )
    if change < 0 and not unsatisfied:
        connection.execute(f"UPDATE pick_task SET state = 'OPEN' WHERE state = 'WAITING' {_OF_SET}", set_id)
    elif change > 0 and unsatisfied == change:
        connection.execute(f"UPDATE pick_task SET state = 'WAITING' WHERE state = 'OPEN' {_OF_SET}", set_id)
    if unsatisfied and watch is None and not claiming:
        due(site, set_id)
    return int(unsatisfied), watch


def due(site: str, set_id: int) -> None:
    """Leave a set to a transaction of its own, which may lock all of its items (`warehouse.completing`)."""
    connection.execute(
        "INSERT INTO release_due (site, set_id) VALUES (?, ?) ON CONFLICT (set_id) WHERE set_id IS NOT NULL DO NOTHING",
        site,
        set_id,
    )
    left.something = True


def watch(set_id: int, line_id: int | None) -> None:
    """Let stock for this line wake the set; the caller holds the locks of all of its items."""
    connection.execute("UPDATE ship_set SET watch_id = ? WHERE id = ?", line_id, set_id)


class _Left(threading.local):
    """Whether a transaction of this thread has left something to others: a hint, the table says what."""

    something: bool = False


left = _Left()
