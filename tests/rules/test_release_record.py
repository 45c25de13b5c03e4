"""The release in the database against the reference: the chunks of the queue, the records, the counters."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from databases import open_new_sqlite
from lengths import LONG
from reference_plan import SHOWN
from release_facts import judged
from small_floor import SITE, TODAY, SmallFloor, sscc

from db import connection
from db.connection import transaction
from warehouse import order_entry, release
from warehouse.verify import verify

SEEDS = range(40) if LONG else range(5)


def enter(small: SmallFloor, entered: list[tuple[str, int, str, int, int, int]]) -> None:
    """Orders of one line each (name, pieces, policy, fill, priority, days to the promise), without a release."""

    @transaction
    def write() -> None:
        item = small.item("GOWN-L")
        connection.locked(SITE, [item])
        customer = connection.one("SELECT id FROM customer WHERE code = 'C3'")[0]
        new = [
            order_entry.NewOrder(
                name,
                customer,
                (order_entry.NewLine(1, item, qty, TODAY + timedelta(days=days), priority, policy, fill),),
            )
            for name, qty, policy, fill, priority, days in entered
        ]
        order_entry.enter(small.cause(), TODAY, new)

    write()


@transaction
def run(small: SmallFloor) -> int:
    """One release of the item; answers the run."""
    item = small.item("GOWN-L")
    connection.locked(SITE, [item])
    release.release(small.cause(), item, release.Trigger("entry"), small.today)
    return int(connection.value("SELECT MAX(id) FROM release_run"))


def random_orders(dice: random.Random, how_many: int, most: int) -> list[tuple[str, int, str, int, int, int]]:
    return [
        (
            f"SO-{number}",
            dice.randint(1, most),
            dice.choice(("partial", "partial", "line", "order")),
            dice.choice((0, 50, 100)),
            dice.randint(1, 5),
            dice.randint(-5, 15),
        )
        for number in range(how_many)
    ]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_release_is_what_the_reference_says(database_url, seed):
    """Queues longer than a chunk, several lots and days of expiry, some past; two rounds of supply."""
    dice = random.Random(seed)
    small = SmallFloor()
    enter(small, random_orders(dice, dice.choice((5, 33, 70)), dice.choice((9, 60))))
    with judged(small.site) as judge:
        for round_ in range(2):
            for unit in range(dice.randint(1, 4)):
                expiry = (TODAY + timedelta(days=dice.choice((-1, 0, 5, 400)))).isoformat()
                small.stock("GOWN-L", dice.randint(1, 60), "A-01", sscc(10 * round_ + unit), f"L{unit}", expiry)
    assert judge.runs == connection.value("SELECT COUNT(*) FROM release_run") >= 2
    assert judge.expected
    found = verify(small.site)
    assert found.violations == ()


def test_who_is_first_is_by_rank_and_then_by_entry(database_url):
    """A late line of the lowest class before a fresh one of the highest; ties by the order of entry."""
    small = SmallFloor()
    enter(
        small,
        [
            ("SO-FRESH-1", 5, "partial", 0, 1, 0),
            ("SO-OLD-5", 5, "partial", 0, 5, -11),
            ("SO-TIE-A", 5, "partial", 0, 3, -3),
            ("SO-TIE-B", 5, "partial", 0, 3, -3),
            ("SO-LATE-2", 5, "partial", 0, 2, 6),
        ],
    )
    small.stock("GOWN-L", 23, "A-01", code=sscc(1))
    got = dict(
        connection.rows("SELECT h.order_no, l.qty_reserved FROM order_line l JOIN order_header h ON h.id = l.order_id")
    )
    assert got == {"SO-OLD-5": 5, "SO-FRESH-1": 5, "SO-TIE-A": 5, "SO-TIE-B": 5, "SO-LATE-2": 3}


def test_every_run_leaves_its_record_also_one_that_finds_nobody(database_url):
    small = SmallFloor()
    small.stock("GOWN-L", 7, "A-01", code=sscc(1))
    small.order("SO-1", ("GOWN-M", 3))
    runs = connection.rows(
        "SELECT cause, supply_before, supply_after, lines_waiting, qty_waiting FROM release_run ORDER BY id"
    )
    assert runs == [("opening", 7, 7, 0, 0), ("entry", 0, 0, 1, 3)]


def test_twenty_that_a_rule_blocked_are_written_down_and_the_rest_counted(database_url):
    """30 lines too big for 5 pieces, then one that takes them: 20 reasons, one grant, 30 still wait."""
    small = SmallFloor()
    enter(
        small, [(f"SO-{number}", 50, "line", 0, 3, 0) for number in range(30)] + [("SO-SMALL", 5, "partial", 0, 3, 1)]
    )
    small.stock("GOWN-L", 5, "A-01", code=sscc(1))
    reasons = connection.rows("SELECT reason, COUNT(*) FROM release_verdict GROUP BY reason ORDER BY 1")
    assert reasons == [("", 1), ("COMPLETE_NOT_MET", SHOWN)]
    assert connection.one("SELECT lines_waiting, qty_waiting FROM release_run ORDER BY id DESC LIMIT 1") == (30, 1500)
    assert small.reserved("SO-SMALL") == 5


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_the_same_floor_gives_the_same_release_on_both_engines(database_url, tmp_path):
    """I10: no randomness and no order of the engine's own in who gets what and in what is written of it."""

    def outcome() -> list[list[tuple[object, ...]]]:
        small = SmallFloor()
        dice = random.Random(7)
        enter(small, random_orders(dice, 40, 20))
        for number in range(4):
            small.stock("GOWN-L", dice.randint(20, 50), "A-01", code=sscc(number))
        return [
            connection.rows("SELECT line_id, run_id, outcome, qty, short, reason FROM release_verdict ORDER BY id"),
            connection.rows("SELECT line_id, unit_id, qty, kind FROM reservation ORDER BY id"),
            connection.rows(
                "SELECT cause, supply_before, supply_after, lines_waiting, qty_waiting, ran_out_at FROM release_run"
            ),
        ]

    first = outcome()
    connection.close()
    open_new_sqlite(tmp_path / "same.db")
    assert outcome() == first
    assert any(one[2] == "PARTIAL" for one in first[0])


def test_where_the_supply_ran_out_is_the_first_line_that_found_none(sqlite_url):
    """20 blocked lines, 12 that take the last 12 pieces, then a big one: at that one nothing was left."""
    small = SmallFloor()
    big = [(f"SO-BIG-{number}", 1000, "line", 0, 3, 0) for number in range(20)]
    small_ones = [(f"SO-{number}", 1, "partial", 0, 3, 1) for number in range(12)]
    enter(small, [*big, *small_ones, ("SO-NEXT", 1000, "line", 0, 3, 2), ("SO-LAST", 1, "partial", 0, 3, 3)])
    with judged(small.site) as judge:
        small.stock("GOWN-L", 12, "A-01", code=sscc(1))
    ((run_id, expected),) = judge.expected.items()
    assert connection.value("SELECT ran_out_at FROM release_run WHERE id = ?", run_id) == expected.ran_out_at
