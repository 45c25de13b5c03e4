"""kill -9 in mid-scan: what was acknowledged is there, and what was in doubt can be sent again without harm.

Ten kills at fixed moments always; a hundred at random ones in the long form, where each way it can end must be at
least a tenth of them. PostgreSQL loses the client, SQLite the whole database engine with it.
"""

from __future__ import annotations

import random
import statistics

import pytest
from lengths import LONG, seed_of
from race_floor import hungry_floor, quiet, say
from race_kills import (
    Kills,
    Life,
    Offered,
    Point,
    at_the_dock,
    captures,
    fixed_points,
    kill_one,
    random_points,
    statements_of_a_scan,
)
from race_people import Terminal

from db import connection
from warehouse.floor import Given

KILLS = 100 if LONG else 10


def committed(scan_id: str) -> bool:
    return connection.row("SELECT 1 FROM scan_log WHERE scan_id = ?", scan_id) is not None


def sent_again(terminal: Terminal, offered: Offered) -> str:
    """The same scan under the same id, as a station that does not know whether it was saved sends it."""
    reply = terminal.give(Given(offered.scan_id, 0.0, raw=offered.raw, source="SERIAL", repeated=True))
    return reply.template


def is_sound(small) -> None:
    if connection.dialect() == "sqlite":
        assert connection.value("PRAGMA integrity_check") == "ok"
    quiet(small)


def all_there_once(offered: dict[str, Offered]) -> None:
    """Every one of these scans has exactly one capture, with the pieces on its label."""
    expected = {scan_id: (1, one.pieces) for scan_id, one in offered.items()}
    assert captures(offered.values()) == expected


def after_the_kill(small, kills: Kills, point: Point, life: Life) -> None:
    is_sound(small)
    kills.note(point, life, committed)
    all_there_once(kills.acknowledged)
    terminal = at_the_dock(f"again-{life.offered[0].scan_id}")
    for offered in life.offered:
        assert sent_again(terminal, offered) == "saved"
        kills.acknowledged[offered.scan_id] = offered
    all_there_once(kills.acknowledged)


def first_of(kill: int) -> int:
    """The number of a child's first scan; the one it dies in has an SSCC in every other kill."""
    return 10 * kill + kill % 2


def points_for(seed: int, counts: tuple[int, int], scan_s: float) -> list[Point]:
    statements = [counts[kill % 2] for kill in range(1, KILLS + 1)]
    return random_points(random.Random(seed), statements, scan_s) if LONG else fixed_points(statements)


def test_nothing_acknowledged_is_lost_and_nothing_is_counted_twice(database_url):
    seed = seed_of()
    small = hungry_floor()
    counts = len(statements_of_a_scan(50_000)), len(statements_of_a_scan(50_001))
    warm = kill_one(database_url, 60_000, Point("never"))
    kills = Kills()

    for kill, point in enumerate(points_for(seed, counts, statistics.median(warm.seconds)), 1):
        life = kill_one(database_url, first_of(kill), point)
        after_the_kill(small, kills, point, life)

    is_sound(small)
    say(
        f"kills by class, seed {seed}, {counts} statements a scan, median {statistics.median(kills.seconds):.4f} s: "
        f"{dict(kills.classes)}"
    )
    say(", ".join(f"{point}: {kind}" for point, kind in kills.points))
    assert kills.classes.total() == KILLS
    assert kills.classes["committed"] >= KILLS / 10, f"seed {seed}"
    assert kills.classes["absent"] >= KILLS / 10, f"seed {seed}"
    assert kills.classes["acknowledged"] >= KILLS / 10, f"seed {seed}"


def test_control_a_verdict_before_the_commit_would_be_found_out(database_url):
    """A program that tells before it commits: the kill takes what was told, and the check above says so."""
    small = hungry_floor()
    statements = statements_of_a_scan(50_000)
    assert statements[-1] == "COMMIT"
    life = kill_one(database_url, first_of(2), Point("before", len(statements)))
    doubt = life.in_doubt
    assert doubt is not None
    life.told[doubt.scan_id] = "saved"

    with pytest.raises(AssertionError, match="scan-22"):
        after_the_kill(small, Kills(), Point("before", len(statements)), life)
