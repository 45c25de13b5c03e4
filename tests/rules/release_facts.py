"""Each release, worked out again piece by piece from the rows as it finds them: grants, verdicts, reasons, totals."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date

import pytest
from reference_plan import SHOWN, Asking, Shares, Unit, least, place_in_queue, share_out

from db import connection
from db.connection import instant
from warehouse import completing, release
from warehouse.planning import Plan
from warehouse.site import Site

BEFORE_ALL = (-1, -1)


@dataclass
class Judge:
    """Stands beside `release.decide` and `release.record`: lets both do their work, and then compares it.

    What it expects it works out from the rows before, of which it believes the pieces and no need, rank, state or
    watch. `expected` has each run that was decided by the rule, `runs` counts all that were written.
    """

    site: Site
    expected: dict[int, Shares] = field(default_factory=dict)
    runs: int = 0
    decided: tuple[Plan, Shares] | None = None

    def decide(self, real, site, item_id, free, lines, today, *, start=BEFORE_ALL, tried=()):
        units, queue = free_units(item_id), waiting(item_id, start, tried)
        fairly = connection.value("SELECT on_allocation FROM item WHERE id = ?", item_id) == 1
        should = share_out(units, queue, today, fairly=fairly)
        done = real(site, item_id, free, lines, today, start=start, tried=tried)
        if not queue:
            assert (done.grants, done.verdicts, done.candidates) == ([], [], [])
        else:
            _same(done, should)
        self.decided = (done, should)
        return done

    def record(self, real, cause, item_id, trigger, result, lines, totals, **how):
        decided, self.decided = self.decided, None
        if decided is not None and decided[0] is result:
            should = decided[1]
        elif trigger.cause == "complete" and result.grants:
            should = self._whole_set(cause, item_id, result, lines)
        else:
            should = None
            if trigger.cause not in ("redistribute", "lend"):
                assert not result.grants
                assert not free_units(item_id) or not waiting(item_id) or not totals.free
        run_id = real(cause, item_id, trigger, result, lines, totals, **how)
        self.runs += 1
        if should is not None:
            self.expected[run_id] = should
        _written(run_id, item_id, result, totals)
        return run_id

    def _whole_set(self, cause, item_id, result, lines) -> Shares:
        """A set gets all that it misses of the item, of the units in the order of use, and nothing is left to it."""
        sets = {lines[grant.line_id].set_id for grant in result.grants}
        assert len(sets) == 1
        asking = [
            Asking(line_id, missing, missing, policy, bool(full))
            for line_id, missing, policy, full in connection.rows(
                "SELECT id, qty_open, policy, full_cases FROM order_line WHERE set_id = ? AND item_id = ? AND qty_open > 0 "
                "ORDER BY rank_on, id",
                sets.pop(),
                item_id,
            )
        ]
        should = share_out(free_units(item_id), asking, self.site.today(instant(cause.at)).isoformat())
        _same(result, should)
        assert [verdict[3] for verdict in should.verdicts] == [0] * len(asking)
        return should


@contextmanager
def judged(site: Site) -> Iterator[Judge]:
    """Every release meanwhile is judged."""
    judge = Judge(site)
    decide, record = release.decide, release.record
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(release, "decide", lambda *args, **how: judge.decide(decide, *args, **how))
        patch.setattr(release, "record", lambda *args, **how: judge.record(record, *args, **how))
        # What is left to others is done by and by; on a slow machine it must be done all the same.
        patch.setattr(completing, "SECONDS", 60.0)
        yield judge


def _same(done: Plan, should: Shares) -> None:
    assert [(one.line_id, one.unit_id, one.qty, one.kind) for one in done.grants] == should.grants
    assert [(one.line_id, one.outcome, one.qty, one.short, one.reason) for one in done.verdicts] == should.verdicts
    assert (done.candidates, done.kept, done.goes_on_at) == (should.candidates, should.kept, should.goes_on_at)
    assert (done.supply_before, done.supply_after) == (should.supply_before, should.supply_after)
    # Past the lines that are written down, those that do not fit are left unread: one of them may come first.
    if len([one for one in done.verdicts if one.outcome == "SKIPPED"]) < SHOWN:
        assert done.ran_out_at == should.ran_out_at


def _written(run_id: int, item_id: int, result: Plan, totals) -> None:
    """What was decided is what stands in the tables, and the queue has become what is left."""
    run = connection.one(
        "SELECT supply_before, supply_after, ran_out_at, lines_waiting, qty_waiting FROM release_run WHERE id = ?",
        run_id,
    )
    assert run[:3] == (result.supply_before, result.supply_after, result.ran_out_at)
    assert connection.rows(
        "SELECT line_id, unit_id, qty, kind FROM reservation WHERE run_id = ? ORDER BY id", run_id
    ) == [(one.line_id, one.unit_id, one.qty, one.kind) for one in result.grants]
    assert connection.rows(
        "SELECT line_id, outcome, qty, short, reason FROM release_verdict WHERE run_id = ? ORDER BY id", run_id
    ) == [(one.line_id, one.outcome, one.qty, one.short, one.reason) for one in result.verdicts]
    queue = waiting(item_id)
    assert run[3:] == (len(queue), sum(line.missing for line in queue))


# --- What a release finds -------------------------------------------------------------------------------

POOL = "order_id IS NULL AND owner = 'OWN' AND status IN ('AVAILABLE', 'RECEIVED', 'IN_STAGE')"


def _opened(item_id: int) -> set[int]:
    """Units that pieces were taken out of: by a pick or to quarantine, unless that was taken back."""
    moves = connection.rows(
        "SELECT id, kind, from_unit_id, to_unit_id, reverses FROM stock_move WHERE item_id = ?", item_id
    )
    back = {row[4] for row in moves if row[4] is not None}
    return {
        source
        for move, kind, source, target, _ in moves
        if kind in ("PICK", "QUARANTINE") and source is not None and source != target and move not in back
    }


def free_units(item_id: int) -> list[Unit]:
    """Free pieces by unit, in the order of use."""
    found = connection.rows(
        "SELECT id, qty - qty_reserved, expiry, CASE status WHEN 'AVAILABLE' THEN 'HARD' ELSE 'PENDING_STAGE' END, "
        f"kind, qty_reserved, seal FROM handling_unit WHERE item_id = ? AND {POOL} ORDER BY expiry, received_at, id",
        item_id,
    )
    opened = _opened(item_id)
    units = [
        Unit(*row[:4], row[4] == "CASE" and row[5] == 0 and row[6] == "SEALED" and row[0] not in opened)
        for row in found
        if row[1]
    ]
    return [unit for kind in ("HARD", "PENDING_STAGE") for unit in units if unit.kind == kind]


def waiting(item_id: int, start: tuple[int, int] = BEFORE_ALL, tried=()) -> list[Asking]:
    """The queue, each place and each need worked out anew."""
    found = connection.rows(
        "SELECT id, order_id, set_id, policy, qty_open, qty_ordered, qty_cancelled, min_fill_percent, full_cases, "
        "promised_on, priority, pinned FROM order_line WHERE item_id = ? AND qty_open > 0",
        item_id,
    )
    queue = []
    for line_id, order_id, set_id, policy, missing, ordered, cancelled, fill, full_cases, promised_on, *own in found:
        if _held(order_id, line_id):
            continue
        owed = _owed(line_id)
        day = date.fromisoformat(promised_on)
        place = (place_in_queue(day, own[0], pinned=own[1] == 1, owed=owed), line_id)
        claiming, watched, together, of_item = _standing(set_id, item_id, line_id)
        need = least(
            policy,
            ordered=ordered,
            cancelled=cancelled,
            missing=missing,
            fill_percent=fill,
            claiming=claiming,
            watched=watched,
        )
        if watched and not claiming:
            need = of_item
        together = together and not owed
        ready = together and watched and set_id not in tried and _all_there(set_id)
        queue.append((place, Asking(line_id, missing, need, policy, full_cases == 1, together, ready, owed)))
    return [line for place, line in sorted(queue) if place >= start]


def _held(order_id: int, line_id: int) -> bool:
    holds = connection.rows("SELECT line_id FROM order_hold WHERE ended_at IS NULL AND order_id = ?", order_id)
    return any(of_line in (None, line_id) for (of_line,) in holds)


def _owed(line_id: int) -> int:
    return int(
        connection.value("SELECT COALESCE(SUM(qty - repaid - written_off), 0) FROM loan WHERE lender_id = ?", line_id)
    )


def _standing(set_id: int | None, item_id: int, line_id: int) -> tuple[bool, bool, bool, int]:
    """Of the line's set: does it claim, is this the line that it watches, do others miss something, and how much of the item."""
    if set_id is None:
        return False, False, False, 0
    claiming, watch = connection.one("SELECT claiming, watch_id FROM ship_set WHERE id = ?", set_id)
    missing = connection.rows("SELECT item_id, qty_open FROM order_line WHERE set_id = ? AND qty_open > 0", set_id)
    of_item = sum(qty for item, qty in missing if item == item_id)
    return claiming == 1, watch == line_id, claiming == 0 and len(missing) > 1, of_item


def _all_there(set_id: int) -> bool:
    """Whether of each item as much is free as the set misses, and nothing of it is on hold."""
    lines = connection.rows(
        "SELECT id, order_id, item_id, qty_open FROM order_line WHERE set_id = ? AND qty_open > 0", set_id
    )
    if any(_held(order_id, line_id) for line_id, order_id, _, _ in lines):
        return False
    missing: dict[int, int] = {}
    for _, _, item_id, qty in lines:
        missing[item_id] = missing.get(item_id, 0) + qty
    free = {item: sum(unit.free for unit in free_units(item)) for item in missing}
    return all(free[item] >= missing[item] for item in missing)
