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
        return _Played(self._site, self._item_id, self._today, self.lines, self._queue).outcome(units)


class _Played:
    """One release played through: the lines and the queue as they become with each step."""

    def __init__(
        self, site: str, item_id: int, today: str, lines: dict[int, Line], queue: Sequence[WaitingLine]
    ) -> None:
        self._site, self._item_id, self._today = site, item_id, today
        self._before, self._lines, self._queue = lines, dict(lines), list(queue)
        self._spare: dict[int, Sequence[FreeUnit]] = {}
        self._asked: dict[int, int] = {}  # sets that are to be looked at, each with the line that asks
        self._tried: set[int] = set()
        self._got: Got = {}
        self._complete: list[int] = []

    def outcome(self, units: Sequence[FreeUnit]) -> Outcome:
        """What comes of these units."""
        self._spare[self._item_id] = units
        self._release()
        while self._asked:
            set_id = min(self._asked, key=lambda one: (self._lines[self._asked[one]].rank_on, self._asked[one]))
            del self._asked[set_id]
            given = completing.would_complete(self._site, set_id, self._today, self._spare)
            if given:
                self._serve({line.id: line.open for line in given if line.item_id == self._item_id}, given)
            else:
                # What was kept for a set that does not come together after all goes to the lines behind it.
                self._tried.add(set_id)
                self._release()
        return Outcome(self._got, self._complete + self._whole())

    def _release(self) -> None:
        """Hand out what is there; whom nothing is owed any more then takes more in its own place."""
        while self._queue:
            queue = [
                replace(line, ready=line.ready and self._lines[line.id].set_id not in self._tried)
                for line in self._queue
            ]
            plan = release.rule(self._lines[queue[0].id])(self._spare[self._item_id], iter(queue), self._today)
            self._spare[self._item_id] = planning.unused(self._spare[self._item_id], plan.grants)
            ready = {line.id for line in queue if line.ready}
            for line_id in plan.candidates:
                set_id = self._lines[line_id].set_id
                if line_id in ready and set_id is not None:
                    self._asked.setdefault(set_id, line_id)
            now: Got = {}
            for grant in plan.grants:
                now[grant.line_id] = now.get(grant.line_id, 0) + grant.qty
            repaid = any(self._lines[line_id].owed for line_id in now)
            self._serve(now, ())
            if not plan.supply_after or not repaid:
                return

    def _serve(self, now: Got, whole_set: Sequence[Line]) -> None:
        """The lines and the queue once these lines have got so many pieces; of a set that is complete, none waits."""
        self._lines |= {line.id: line for line in whole_set if line.id not in self._lines}
        for line in whole_set:
            self._before.setdefault(line.id, line)
        self._complete += sorted({line.set_id for line in whole_set if line.set_id is not None})
        for line_id, pieces in now.items():
            self._got[line_id] = self._got.get(line_id, 0) + pieces
            line = self._lines[line_id]
            owed = min(line.owed - min(line.owed, pieces), line.open - pieces)
            rank_on = line.rank_on if owed or not line.owed else debts.own_rank(line_id)
            self._lines[line_id] = replace(
                line, reserved=line.reserved + pieces, open=line.open - pieces, owed=owed, rank_on=rank_on
            )
        free = sum(unit.qty for unit in self._spare[self._item_id])
        asked = [
            release.as_it_waits(self._site, self._lines[one.id], self._lines[one.id].need(), free)
            if one.id in now
            else one
            for one in self._queue
        ]
        self._queue = sorted((one for one in asked if one.open), key=lambda one: (self._lines[one.id].rank_on, one.id))

    def _whole(self) -> list[int]:
        """Other sets of which every line that missed something now has all of it."""
        whole: dict[int, int] = {}
        for line_id, pieces in self._got.items():
            line = self._before[line_id]
            if line.set_id is not None and line.set_id not in self._complete and pieces >= line.open:
                whole[line.set_id] = whole.get(line.set_id, 0) + 1
        return [one for one, lines in whole.items() if lines == self._unsatisfied(one)]

    def _unsatisfied(self, set_id: int) -> int:
        return next(line.unsatisfied for line in self._before.values() if line.set_id == set_id)


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
