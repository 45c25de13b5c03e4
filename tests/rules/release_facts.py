"""Each release on record, worked out again piece by piece from what it found: grants, verdicts, reasons, totals."""

from __future__ import annotations

from collections import Counter

from reference_plan import SHOWN, Shares, least, share_out

from db import connection
from db.connection import instant
from warehouse.site import Site


def check_runs_since(site: Site, run_id: int) -> int:
    """Judge every run after this one, as long as nothing but the runs has happened since; answers the last id.

    What a run found is what is free and waiting now and what it gave: it is the last act of its transaction,
    and each item has one run in it.
    """
    for run in connection.rows("SELECT id, item_id, at FROM release_run WHERE id > ? ORDER BY id", run_id):
        run_id, item_id, at = run
        check_run(run_id, item_id, site.today(instant(at)).isoformat())
    return run_id


def check_run(run_id: int, item_id: int, today: str) -> Shares:
    """Judge one run; answers what it should have been."""
    before, after, lines, pieces, ran_out = connection.one(
        "SELECT supply_before, supply_after, lines_waiting, qty_waiting, ran_out_at FROM release_run WHERE id = ?",
        run_id,
    )
    grants = connection.rows("SELECT line_id, unit_id, qty, kind FROM reservation WHERE run_id = ? ORDER BY id", run_id)
    verdicts = connection.rows(
        "SELECT line_id, outcome, qty, short, reason FROM release_verdict WHERE run_id = ? ORDER BY id", run_id
    )
    units, queue = units_before(item_id, grants), queue_before(item_id, grants)
    expected = share_out(units, queue, today)
    assert grants == expected.grants
    if queue and units:
        assert verdicts == expected.verdicts
        assert (before, after) == (expected.supply_before, expected.supply_after)
        # Past the lines that are written down, those that do not fit are left unread: one of them may come first.
        if len([one for one in verdicts if one[1] == "SKIPPED"]) < SHOWN:
            assert ran_out == expected.ran_out_at
    else:
        assert (verdicts, before) == ([], after)
    got = Counter()
    for line, _, qty, _ in grants:
        got[line] += qty
    still = [missing - got[line] for line, missing, *_ in queue if missing > got[line]]
    assert (lines, pieces) == (len(still), sum(still))
    return expected


Grants = list[tuple[int, int, int, str]]


def units_before(item_id: int, grants: Grants) -> list[tuple[int, int, str, str]]:
    """The free units as the run found them: what is free now and what it gave away."""
    given = Counter()
    for _, unit, qty, _ in grants:
        given[unit] += qty
    return [
        (unit, free + given[unit], expiry, "HARD")
        for unit, free, expiry in connection.rows(
            "SELECT id, qty - qty_reserved, expiry FROM handling_unit WHERE item_id = ? AND order_id IS NULL AND "
            "owner = 'OWN' AND status IN ('AVAILABLE', 'RECEIVED', 'IN_STAGE') ORDER BY expiry, received_at, id",
            item_id,
        )
        if free + given[unit]
    ]


def queue_before(item_id: int, grants: Grants) -> list[tuple[int, int, int, str]]:
    """The queue as the run found it, each need worked out anew."""
    given = Counter()
    for line, _, qty, _ in grants:
        given[line] += qty
    queue = []
    for line, missing, policy, fill, ordered, cancelled, order_id in connection.rows(
        "SELECT id, qty_open, policy, min_fill_percent, qty_ordered, qty_cancelled, order_id FROM order_line "
        "WHERE item_id = ? ORDER BY rank_on, id",
        item_id,
    ):
        missed = missing + given[line]
        if missed:
            lines = connection.value(
                "SELECT COUNT(*) FROM order_line WHERE order_id = ? AND qty_ordered > qty_cancelled", order_id
            )
            facts = {"ordered": ordered, "cancelled": cancelled, "missing": missed}
            queue.append((line, missed, least(policy, **facts, fill_percent=fill, lines=lines), policy))
    return queue
