"""Who would get what of an item if cases were added to its free stock: release's own decision, played through in memory.

It reads without locks and changes nothing. What release does in steps is followed to its end: debts are paid back and
their lenders stand in their own place again, and sets that are all there get all that they miss, of other items too.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import islice
from typing import TYPE_CHECKING

from db import connection
from warehouse import completing, planning, release
from warehouse.planning import FreeUnit, WaitingLine
from warehouse.stock import debts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from warehouse.stock import Line

LINES = 200  # of the queue that are looked at: far more than one case serves
SHARING = 2000  # of an item on allocation, of which each line has a part

Got = dict[int, int]


@dataclass(slots=True)
class Outcome:
    """The pieces that each line of the item would have (`got`), and the sets that would be complete by it."""

    got: Got = field(default_factory=dict)
    complete: list[int] = field(default_factory=list)


class Foreseen:
    """The free stock and the head of the queue of an item as they are now; cases may be added to them.

    `most` is the largest number of pieces that will be added. `lines` are those that were read, by id; `shared` says
    that the item is on allocation, `beyond` that more lines wait than were read, each of which would have a part.
    """

    def __init__(self, site: str, item_id: int, most: int, today: str) -> None:
        self._site, self._item_id, self._today = site, item_id, today
        self._units = release.free_units(site, item_id)
        self.lines: dict[int, Line] = {}
        self._most = sum(unit.qty for unit in self._units) + most
        waiting = release.waiting(site, item_id, self._most, self.lines)
        head = list(islice(waiting, 1))
        self.shared = bool(head) and bool(self.lines[head[0].id].on_allocation)
        self._queue = head + list(islice(waiting, (SHARING if self.shared else LINES) - len(head)))
        self.beyond = self.shared and next(waiting, None) is not None

    def outcome(self, cases: Sequence[int], expiry: str) -> Outcome:
        """What would come of it if these cases, all of one expiry, were added."""
        added = [FreeUnit(-place, pieces, expiry) for place, pieces in enumerate(cases, 1)]
        units = sorted([*self._units, *added], key=lambda unit: (unit.kind != "HARD", unit.expiry))
        lacking: set[int] = set()
        while True:
            result, failed = self._played(units, lacking)
            if not failed:
                return result
            # What was kept for a set that does not come together after all goes to the lines behind it.
            lacking |= failed

    def _played(self, units: Sequence[FreeUnit], lacking: set[int]) -> tuple[Outcome, set[int]]:
        """What comes of it, and the lines for whose sets something was kept in vain; `lacking` are known to be such."""
        queue = [replace(line, ready=False) if line.id in lacking else line for line in self._queue]
        lines, result = dict(self.lines), Outcome()
        while queue:
            plan = release.rule(lines[queue[0].id])(units, iter(queue), self._today)
            units = planning.unused(units, plan.grants)
            now: Got = {}
            for grant in plan.grants:
                now[grant.line_id] = now.get(grant.line_id, 0) + grant.qty
            for line_id, pieces in now.items():
                result.got[line_id] = result.got.get(line_id, 0) + pieces
            if not plan.supply_after or not any(lines[line_id].owed for line_id in now):
                return result, self._completed(result, units, plan.candidates, lacking)
            queue = self._after_debts(queue, lines, now)
        return result, set()

    def _after_debts(self, queue: Sequence[WaitingLine], lines: dict[int, Line], got: Got) -> list[WaitingLine]:
        """The queue once debts were paid back: whom nothing is owed any more stands in its own place again."""
        for line_id, pieces in got.items():
            line = lines[line_id]
            owed = min(line.owed - min(line.owed, pieces), line.open - pieces)
            rank_on = line.rank_on if owed or not line.owed else debts.own_rank(line_id)
            lines[line_id] = replace(
                line, reserved=line.reserved + pieces, open=line.open - pieces, owed=owed, rank_on=rank_on
            )
        asked = [
            release.as_it_waits(self._site, lines[one.id], lines[one.id].need(), self._most) if one.id in got else one
            for one in queue
        ]
        left = [one for one in asked if one.open]
        return sorted(left, key=lambda one: (lines[one.id].rank_on, one.id))

    def _completed(
        self, result: Outcome, units: Sequence[FreeUnit], candidates: Sequence[int], lacking: set[int]
    ) -> set[int]:
        """Let each set that is all there have what it misses; answers the lines of those that are not, though it seemed so."""
        spare = {self._item_id: units}
        ready = {line.id for line in self._queue if line.ready} - lacking
        failed = set()
        for line_id in candidates:
            set_id = self.lines[line_id].set_id
            if line_id not in ready or set_id is None:
                continue
            given = completing.would_complete(self._site, set_id, self._today, spare)
            if not given:
                failed.add(line_id)
            for line in given:
                if line.item_id == self._item_id:
                    self.lines.setdefault(line.id, line)
                    result.got[line.id] = line.open
            if given:
                result.complete.append(set_id)
        whole: dict[int, int] = {}
        for line_id, pieces in result.got.items():
            line = self.lines[line_id]
            if line.set_id is not None and pieces >= line.open:
                whole[line.set_id] = whole.get(line.set_id, 0) + 1
                if whole[line.set_id] == line.unsatisfied and line.set_id not in result.complete:
                    result.complete.append(line.set_id)
        return failed


def names_of(set_ids: Sequence[int]) -> list[str]:
    """The orders of those sets that are of several lines, each with the word of its part of the order, if it is one."""
    if not set_ids:
        return []
    found = connection.rows(
        "SELECT s.id, h.order_no, s.name FROM ship_set s JOIN order_header h ON h.id = s.order_id "
        f"WHERE s.id IN ({connection.marks(set_ids)}) AND (SELECT COUNT(*) FROM order_line l WHERE l.set_id = s.id "
        "AND l.qty_ordered > l.qty_cancelled) > 1",
        *set_ids,
    )
    named = {set_id: f"{order} {name}".strip() for set_id, order, name in found}
    return [named[one] for one in set_ids if one in named]
