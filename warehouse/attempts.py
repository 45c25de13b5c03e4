"""What release tried for one order line: each run that found it waiting, and what stopped it.

A run writes a verdict for whoever got something and for the first lines that a rule stopped; what it meant for
every other line is worked out here from the run's record when somebody asks.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice, takewhile
from typing import Any

from db import connection
from db.connection import instant, iso
from warehouse import planning, policy
from warehouse.barcodes.text import escaped
from warehouse.planning import WaitingLine
from warehouse.release import Place
from warehouse.stock import Line, debts
from warehouse.told import looks
from warehouse.told.looks import Lacking, Look

SHOWN = 500  # of a line's attempts, the newest
CHUNK = 200
# Runs in a transaction of their own, after the one of the same scan: they take nothing back and cancel nothing.
AFTERWARDS = ("complete", "goes_on")


@dataclass(frozen=True, slots=True)
class Attempt:
    """One run of release for a line: it got `got` pieces, `short` were still missing, `reason` says why.

    A look at all of its ship set is no run (`run` is None): `lacking` is the line of the set that stood in the way.
    """

    at: datetime
    cause: str
    run: int | None
    outcome: str
    got: int
    short: int
    reason: str | None
    lacking: Lacking | None = None

    def as_json(self) -> dict[str, Any]:
        """The attempt as the command prints it."""
        return {
            "at": iso(self.at),
            "cause": self.cause,
            "run": self.run,
            "outcome": self.outcome,
            "got": self.got,
            "short": self.short,
            "reason": self.reason,
            "lacking": self.lacking.as_json() if self.lacking else None,
        }


@dataclass(frozen=True, slots=True)
class _Run:
    """A run with this line's verdict, if it wrote one.

    It read the queue from the place `start` on, and up to before `end`, where it has one. `ran_out_at` is the line at
    which nothing was left. `opens`: it was the first run of the item in its transaction, after what that took back.
    """

    id: int
    at: str
    cause: str
    scan_id: str
    supply_before: int
    supply_after: int
    outcome: str | None
    got: int | None
    short: int | None
    reason: str | None
    ran_out_at: int | None
    from_rank: int
    from_id: int
    to_rank: int | None
    to_id: int | None
    opens: bool = True

    @property
    def start(self) -> Place:
        """The first place that it read."""
        return self.from_rank, self.from_id

    @property
    def end(self) -> Place | None:
        """The first place that it did not come to, None where it read to the end of the queue."""
        return None if self.to_rank is None or self.to_id is None else (self.to_rank, self.to_id)


def attempts(site: str, line: Line, entered_at: str, order: Sequence[Line], limit: int) -> tuple[Attempt, ...]:
    """The last `limit` runs that found the line waiting, newest last; `order` is all lines of its order.

    Whether it waited is told backwards from today's open pieces: a verdict says what was missing before and
    after its run; what a void took back, or a cancel took away, it did just before the run of the same scan.
    """
    past = _Past(line, order, _voids(line.id), _cancels(site, line))
    told = (past.step_back(one) for one in _back(site, line, entered_at))
    return tuple(reversed(list(islice((attempt for attempt in told if attempt), limit))))


def _voids(line_id: int) -> dict[str, int]:
    """Pieces that each scan took back from the line; below 0, gave back to it again."""
    found = connection.rows(
        "SELECT v.scan_id, SUM(v.qty) FROM reservation r JOIN reservation_void v ON v.reservation_id = r.id "
        "WHERE r.line_id = ? GROUP BY v.scan_id",
        line_id,
    )
    return {scan_id: int(qty) for scan_id, qty in found}


def _back(site: str, line: Line, entered_at: str) -> Iterator[_Run | Look]:
    """The item's runs and the looks at the line's ship set, newest first, back to the run of the line's own entry."""
    first, end = _bounds(site, line.item_id, entered_at)
    whole = takewhile(lambda look: look.after_run >= first, looks.of_set(line.set_id))
    both: tuple[Iterator[_Run | Look], ...] = (whole, _opened(_runs(site, line, first, end)))
    yield from heapq.merge(*both, key=_place, reverse=True)


def _opened(runs: Iterator[_Run]) -> Iterator[_Run]:
    """The same runs, newest first, each with whether it was the first one of its transaction.

    Runs of an item in one transaction follow on each other; what is carried on afterwards is a transaction of its own.
    """
    run = next(runs, None)
    while run is not None:
        older = next(runs, None)
        same = (
            older is not None
            and older.scan_id == run.scan_id
            and (older.cause in AFTERWARDS) == (run.cause in AFTERWARDS)
        )
        yield replace(run, opens=not same and run.cause not in AFTERWARDS)
        run = older


def _place(one: _Run | Look) -> tuple[int, int]:
    """A look comes after the run that it names."""
    return (one.after_run, 1) if isinstance(one, Look) else (one.id, 0)


def _runs(site: str, line: Line, first: int, before: int) -> Iterator[_Run]:
    """The item's runs from one to before another, newest first."""
    while before > first:
        found = connection.rows(
            "SELECT n.id, n.at, n.cause, n.scan_id, n.supply_before, n.supply_after, v.outcome, v.qty, v.short, v.reason, "
            "n.ran_out_at, n.from_rank, n.from_id, n.to_rank, n.to_id "
            "FROM release_run n LEFT JOIN release_verdict v ON v.line_id = ? AND v.run_id = n.id "
            f"WHERE n.site = ? AND n.item_id = ? AND n.id < ? AND n.id >= ? ORDER BY n.id DESC LIMIT {CHUNK}",
            line.id,
            site,
            line.item_id,
            before,
            first,
        )
        yield from (_Run(*row) for row in found)
        before = found[-1][0] if len(found) == CHUNK else 0


def _bounds(site: str, item_id: int, entered_at: str) -> tuple[int, int]:
    """The run of the line's entry, and one past the newest. An entry and its run have the same instant."""
    entry, since, newest = connection.one(
        "SELECT MIN(CASE WHEN at = ? AND cause = 'entry' THEN id END), MIN(CASE WHEN at >= ? THEN id END), MAX(id) "
        "FROM release_run WHERE site = ? AND item_id = ?",
        entered_at,
        entered_at,
        site,
        item_id,
    )
    return entry or since or 0, (newest or 0) + 1


@dataclass(frozen=True, slots=True)
class _Cancel:
    """A cancel of the line's order: of one line or, with None, all; of so many pieces or, with None, all."""

    run: int
    scan_id: str
    line: int | None
    quantity: int | None

    def concerns(self, line: Line) -> bool:
        """Whether it cancelled pieces of this line."""
        return self.line in (None, line.line)


def _cancels(site: str, line: Line) -> list[_Cancel]:
    """Cancels of the order, oldest first, by the words that they left in the log: ORDER/LINE QUANTITY.

    Nothing else says how many pieces were cancelled while they were open (`orders.cancel` writes the words).
    """
    start = escaped(f"{line.order}/", 300)
    found = connection.rows(
        "SELECT n.id, n.scan_id, s.raw FROM release_run n JOIN scan_log s ON s.scan_id = n.scan_id "
        "WHERE n.site = ? AND n.item_id = ? AND n.cause = 'cancel' AND SUBSTR(s.raw, 1, ?) = ? ORDER BY n.id",
        site,
        line.item_id,
        len(start),
        start,
    )
    cancels = []
    for run, scan_id, words in found:
        number, _, quantity = words[len(start) :].partition(" ")
        cancels.append(_Cancel(run, scan_id, _number(number), _number(quantity)))
    return cancels


def _number(digits: str) -> int | None:
    return int(digits) if digits.isdecimal() else None


class _Past:
    """The line as it was, one run further back with each step."""

    def __init__(self, line: Line, order: Sequence[Line], voids: dict[str, int], cancels: list[_Cancel]) -> None:
        self.line = line
        self.open = line.open
        self.voids = voids
        self.cancelled = _open_cancelled(line, voids, [one for one in cancels if one.concerns(line)])
        self.place = (debts.own_rank(line.id) if line.owed else line.rank_on, line.id)
        self.others = _others(line, order, cancels)

    def step_back(self, run: _Run | Look) -> Attempt | None:
        """What the run meant for the line, which then is as it was before the whole transaction of that run."""
        if isinstance(run, Look):
            return self._looked(run) if self.open > 0 else None
        attempt = None
        if run.outcome is not None and run.got is not None and run.short is not None:
            attempt = self._attempt(run, run.outcome, run.got, run.short, run.reason)
            self.open = run.got + run.short
        elif self.open > 0:
            reason = self._reason(run)
            attempt = self._attempt(run, "SKIPPED", 0, self.open, reason) if reason else None
        if not run.opens:
            return attempt
        if run.cause == "cancel":
            self.open += self.cancelled.get(run.scan_id, 0)
        else:
            self.open -= self.voids.get(run.scan_id, 0)
        return attempt

    def _attempt(self, run: _Run, outcome: str, got: int, short: int, reason: str | None) -> Attempt:
        return Attempt(instant(run.at), run.cause, run.id, outcome, got, short, reason or None)

    def _looked(self, look: Look) -> Attempt:
        reason = "ORDER_COMPLETE_NOT_YET"
        return Attempt(look.at, "complete", None, "SKIPPED", 0, self.open, reason, look.lacking)

    def _reason(self, run: _Run) -> str | None:
        """Why a run without a verdict for this line gave it nothing; None for a run that did not come to it."""
        if self.place < run.start:
            return None
        if run.supply_before == 0:
            return "NO_SUPPLY"
        if run.end is not None and self.place >= run.end:
            return "SUPPLY_EXHAUSTED" if run.ran_out_at is not None or run.supply_after == 0 else None
        together = self.line.policy in policy.TOGETHER and any(other.missed_something(run) for other in self.others)
        return planning.blocked_by(WaitingLine(self.line.id, self.open, self.open, self.line.policy, together=together))


def _open_cancelled(line: Line, voids: dict[str, int], cancels: list[_Cancel]) -> dict[str, int]:
    """How many open pieces of the line each cancel took; the promised ones that it took are among `voids`.

    The first cancel of "all" took what no other accounts for: after it nothing is open to be cancelled.
    """
    promised = {one.scan_id: voids.get(one.scan_id, 0) for one in cancels}
    taken = {one.scan_id: one.quantity - promised[one.scan_id] for one in cancels if one.quantity is not None}
    rest = line.cancelled - sum(promised.values()) - sum(taken.values())
    first = next((one.scan_id for one in cancels if one.quantity is None), None)
    return taken if first is None else taken | {first: rest}


# --- The other lines of its set -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Other:
    """Another line of the set: from which run on it was cancelled (None: it is not), and when it had all and lost it.

    `turns` are instants, each with the run that gave it all that it missed, or with None for promises taken back.
    """

    cancelled: int | None
    turns: tuple[tuple[str, int | None], ...]

    def missed_something(self, run: _Run) -> bool:
        """Whether it counted in the set at a run, and missed something."""
        if self.cancelled is not None and run.id >= self.cancelled:
            return False
        before = [turn for turn in self.turns if turn[0] < run.at or (turn[0] == run.at and (turn[1] or 0) < run.id)]
        return not before or before[-1][1] is None


def _others(line: Line, order: Sequence[Line], cancels: list[_Cancel]) -> list[_Other]:
    mates = {
        one.id: one for one in order if line.set_id is not None and one.set_id == line.set_id and one.id != line.id
    }
    if not mates:
        return []
    marks = connection.marks(mates)
    turns: dict[int, list[tuple[str, int | None]]] = {line_id: [] for line_id in mates}
    for line_id, at, run in connection.rows(
        "SELECT v.line_id, n.at, v.run_id FROM release_verdict v JOIN release_run n ON n.id = v.run_id "
        f"WHERE v.line_id IN ({marks}) AND v.short = 0 UNION ALL "
        "SELECT r.line_id, v.at, NULL FROM reservation r JOIN reservation_void v ON v.reservation_id = r.id "
        f"WHERE r.line_id IN ({marks}) AND v.qty > 0",
        *mates,
        *mates,
    ):
        turns[line_id].append((at, run))
    return [
        _Other(_last_run(one, cancels), tuple(sorted(turns[one.id], key=lambda turn: (turn[0], turn[1] or 0))))
        for one in mates.values()
    ]


def _last_run(line: Line, cancels: list[_Cancel]) -> int | None:
    """The run from which on the line no longer counted in its order, or None while it does."""
    if line.ordered > line.cancelled:
        return None
    runs = [one.run for one in cancels if one.concerns(line)]
    whole = [one.run for one in cancels if one.concerns(line) and one.quantity is None]
    return min(whole) if whole else max(runs, default=0)
