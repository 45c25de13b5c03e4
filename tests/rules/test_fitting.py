"""A queue in which most do not fit: those who do are found in the order of service, as a walk would find them."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from small_floor import SITE, TODAY, SmallFloor

from db import connection
from warehouse import fitting
from warehouse.planning import BLOCKED_SHOWN
from warehouse.release import FIRST


@pytest.fixture
def small(database_url):
    return SmallFloor()


def waiting(item: int) -> list[tuple[int, int, int]]:
    """Rank, id and need of each waiting line, in the order of service."""
    return connection.rows(
        "SELECT rank_on, id, min_need FROM order_line WHERE item_id = ? AND state = 'W' ORDER BY rank_on, id", item
    )


def test_heads_are_what_a_walk_would_find(small):
    dice = random.Random(7)
    item = small.item("GOWN-L")
    for number in range(40):
        day = TODAY + timedelta(days=dice.randrange(5))
        small.order(f"SO-{number}", ("GOWN-L", dice.choice((1, 2, 2, 3, 5, 8, 500))), policy="line", promised=day)
    small.order("OTHER", ("MASK", 1))
    queue = waiting(item)
    for free in (0, 1, 4, 8, 1000):
        fits = fitting.needs(SITE, item, free)
        assert fits == sorted({need for _, _, need in queue if need <= free})
        for place in (FIRST, *(line[:2] for line in queue[::9])):
            for beyond, begins in ((">", lambda line, at: line[:2] > at), (">=", lambda line, at: line[:2] >= at)):
                walked = [line[1] for line in queue if line[2] <= free and begins(line, place)]
                for size in (1, 3, 64):
                    assert fitting.heads(SITE, item, fits, place, beyond, size) == walked[:size]


def blocked(small: SmallFloor, qty: int) -> None:
    """As many lines as are walked past at most, and some more, that all need so many pieces."""
    for number in range(BLOCKED_SHOWN + 5):
        small.order(f"BIG-{number}", ("GOWN-L", qty), policy="line", promised=TODAY - timedelta(days=9))


def test_behind_lines_that_do_not_fit_the_first_that_fits_is_served(small):
    blocked(small, 50)
    small.order("LATE", ("GOWN-L", 2), policy="line", promised=TODAY + timedelta(days=3))
    small.order("SOON", ("GOWN-L", 3), policy="line")
    small.order("ANY", ("GOWN-L", 9), promised=TODAY + timedelta(days=1))
    small.stock("GOWN-L", 7)
    assert [small.reserved(order) for order in ("SOON", "ANY", "LATE")] == [3, 4, 0]


def test_so_it_is_where_too_many_needs_fit_to_merge_them(small):
    blocked(small, 500)
    most = fitting.MOST + 4
    for qty in range(1, most + 1):
        small.order(f"SO-{qty}", ("GOWN-L", qty), policy="line", promised=TODAY + timedelta(days=most - qty))
    assert len(fitting.needs(SITE, small.item("GOWN-L"), most)) == fitting.MOST + 1
    small.stock("GOWN-L", most + 3)
    assert {qty: small.reserved(f"SO-{qty}") for qty in range(1, most + 1) if small.reserved(f"SO-{qty}")} == {
        3: 3,
        most: most,
    }
