"""Ship sets: lines of an order that leave together. An order that ships complete is the set of all of its lines.

A set counts its lines that miss something. Until its patience is over it takes nothing piecemeal: it watches one line
whose item lacked stock when it was last looked at, and is looked at again when stock for that line comes. So a receipt
asks about sets that it may complete, and about no others. Pick tasks of a set wait until its count reaches 0.

Watch and claim of a set change under the locks of all of its items, so that they hold still under the lock of one; its
count is changed by whoever changes one of its lines.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from db import connection
from warehouse import policy

if TYPE_CHECKING:
    from warehouse.stock.lines import Line
    from warehouse.stock.units import Cause

# A task that nobody has in hand: to be picked, or waiting for the rest of its set or the end of a hold.
FREE_TASK = (
    "CASE WHEN EXISTS (SELECT 1 FROM reservation r JOIN order_line l ON l.id = r.line_id "
    "LEFT JOIN ship_set s ON s.id = l.set_id WHERE r.id = pick_task.reservation_id "
    "AND (s.n_unsat > 0 OR l.held > 0)) THEN 'WAITING' ELSE 'OPEN' END"
)
_OF_SET = (
    "reservation_id IN (SELECT r.id FROM reservation r JOIN order_line l ON l.id = r.line_id "
    "WHERE l.set_id = ? AND r.state = 'OPEN' AND l.held = 0)"
)
# What the watched line needs: all that its set misses of its item.
_NEED = (
    "(SELECT CAST(SUM(o.qty_open) AS INTEGER) FROM order_line o "
    "WHERE o.set_id = order_line.set_id AND o.item_id = order_line.item_id)"
)


@dataclass(frozen=True, slots=True)
class Lacking:
    """The first line of a set that stands in the way of the rest, and why.

    SHORT: `missing` pieces of it are not there. HELD: it is on hold. FULL_CASES: no whole cases make up the `missing`
    pieces, which are all that it misses in these two cases.
    """

    line_id: int
    missing: int
    reason: str


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
            unsatisfied, watched = _count(site, set_id, missing, satisfied)
            result = [
                replace(line, watched=watched == line.id, unsatisfied=unsatisfied) if line.set_id == set_id else line
                for line in result
            ]
    return result


def _count(site: str, set_id: int, missing: Sequence[int], satisfied: Sequence[int]) -> tuple[int, int | None]:
    change = len(missing) - len(satisfied)
    unsatisfied, watched, claiming = connection.one(
        "UPDATE ship_set SET n_unsat = n_unsat + ?, watch_id = CASE WHEN claiming = 1 THEN NULL "
        f"WHEN watch_id IS NULL OR watch_id IN ({connection.marks(satisfied)}) THEN CAST(? AS BIGINT) "
        "ELSE watch_id END WHERE id = ? RETURNING n_unsat, watch_id, claiming",
        change,
        *satisfied,
        missing[0] if missing else None,
        set_id,
    )
    if change < 0 and not unsatisfied:
        connection.execute(f"UPDATE pick_task SET state = 'OPEN' WHERE state = 'WAITING' AND {_OF_SET}", set_id)
    elif change > 0 and unsatisfied == change:
        connection.execute(f"UPDATE pick_task SET state = 'WAITING' WHERE state = 'OPEN' AND {_OF_SET}", set_id)
    if unsatisfied and watched is None and not claiming:
        due(site, set_id)
    return int(unsatisfied), watched


def resized(changes: Sequence[tuple[Line, Line]], after: Sequence[Line]) -> None:
    """Let the watched lines of the sets need what their sets now miss of the item; after the lines were written."""
    sets = {
        new.set_id
        for (old, _), new in zip(changes, after, strict=True)
        if (old.open != new.open or new.watched)  # a watched line was written with what it alone misses
        and new.unsatisfied > (1 if new.watched else 0)
        and not new.claiming
    }
    for set_id in sorted(one for one in sets if one is not None):
        connection.execute(
            f"UPDATE order_line SET min_need = {_NEED} WHERE item_id = ? AND qty_open > 0 AND id = "
            "(SELECT watch_id FROM ship_set WHERE id = ?)",
            after[0].item_id,
            set_id,
        )


def watch(set_id: int, line_id: int | None) -> None:
    """Let stock for this line wake the set; the caller holds the locks of all of its items."""
    connection.execute("UPDATE ship_set SET watch_id = ? WHERE id = ?", line_id, set_id)
    connection.execute(
        f"UPDATE order_line SET min_need = CASE WHEN id = ? THEN {_NEED} ELSE {policy.NEVER} END "
        "WHERE set_id = ? AND qty_open > 0",
        line_id,
        set_id,
    )


def looked(cause: Cause, set_id: int, lacking: Lacking) -> None:
    """Write down that a look at all of a set found something lacking.

    The caller holds the locks of all of the set's items: no run of theirs comes between the newest one and this.
    """
    connection.execute(
        "INSERT INTO set_look (site, set_id, at, scan_id, after_run, line_id, missing, reason) "
        "VALUES (?, ?, ?, ?, (SELECT COALESCE(MAX(id), 0) FROM release_run), ?, ?, ?)",
        cause.site,
        set_id,
        cause.at,
        cause.scan_id,
        lacking.line_id,
        lacking.missing,
        lacking.reason,
    )


def claim(set_id: int) -> None:
    """Let the set take whatever it can get from now on; the caller holds the locks of all of its items."""
    connection.execute("UPDATE ship_set SET claiming = 1, watch_id = NULL WHERE id = ?", set_id)
    connection.execute("UPDATE order_line SET min_need = 1 WHERE set_id = ? AND qty_open > 0", set_id)


def begin(set_ids: Iterable[int]) -> None:
    """Let new sets, of which all lines are written, watch their first line, unless they claim from the start."""
    for some in connection.chunks(sorted(set_ids)):
        marks = connection.marks(some)
        connection.execute(
            "UPDATE ship_set SET watch_id = (SELECT MIN(l.id) FROM order_line l WHERE l.set_id = ship_set.id), n_unsat = "
            f"(SELECT COUNT(*) FROM order_line l WHERE l.set_id = ship_set.id AND l.qty_open > 0) WHERE id IN ({marks})",
            *some,
        )
        connection.execute(
            f"UPDATE ship_set SET watch_id = NULL WHERE (claiming = 1 OR n_unsat = 0) AND id IN ({marks})", *some
        )
        connection.execute(
            f"UPDATE order_line SET min_need = {_NEED} WHERE id IN (SELECT watch_id FROM ship_set WHERE id IN ({marks}))",
            *some,
        )


def grow(set_id: int) -> None:
    """Count a new line of a set in which something is missing already; after the line was written, which misses all.

    What the set watches and whom it lets wait stays as it is, but what it misses of the watched item may be more.
    """
    connection.execute("UPDATE ship_set SET n_unsat = n_unsat + 1 WHERE id = ?", set_id)
    connection.execute(
        f"UPDATE order_line SET min_need = {_NEED} WHERE qty_open > 0 AND id = "
        "(SELECT watch_id FROM ship_set WHERE id = ?)",
        set_id,
    )


def lock_of_tasks(which: str, *params: object) -> None:
    """Lock the sets of some pick tasks (`which`: a condition on `t`), so that what is said of them stays true."""
    if connection.dialect() == "postgresql":
        connection.rows(
            "SELECT 1 FROM ship_set WHERE id IN (SELECT l.set_id FROM pick_task t JOIN reservation r ON "
            f"r.id = t.reservation_id JOIN order_line l ON l.id = r.line_id WHERE {which}) ORDER BY id FOR UPDATE",
            *params,
        )


# --- What is left to another transaction --------------------------------------------------------------------


class _Left(threading.local):
    """Whether this thread has left something to other transactions, and on whose account: a hint, the table says what."""

    something: bool = False
    cause: Cause | None = None
    today: str = ""


left = _Left()


def due(site: str, set_id: int) -> None:
    """Leave a set to a transaction of its own, which may lock all of its items (`warehouse.completing`)."""
    connection.execute(
        "INSERT INTO release_due (site, set_id) VALUES (?, ?) ON CONFLICT (set_id) WHERE set_id IS NOT NULL DO NOTHING",
        site,
        set_id,
    )
    left.something = True


def goes_on(site: str, item_id: int, rank_on: int, line_id: int) -> None:
    """Leave the queue of an item, from this line on, to a transaction of its own."""
    connection.execute(
        "INSERT INTO release_due (site, item_id, from_rank, from_id) VALUES (?, ?, ?, ?) "
        "ON CONFLICT (site, item_id) WHERE item_id IS NOT NULL DO UPDATE "
        "SET from_rank = excluded.from_rank, from_id = excluded.from_id "
        "WHERE (release_due.from_rank, release_due.from_id) > (excluded.from_rank, excluded.from_id)",
        site,
        item_id,
        rank_on,
        line_id,
    )
    left.something = True
