"""Random walks over the whole floor, on both engines: after each input everything that must be true is true."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test
from lengths import LONG
from postgres import empty_postgres
from random_floor import RandomFloor, build
from small_floor import FrozenFloor, SmallFloor

from db import connection


def walk(start, examples: int, steps: int) -> None:
    """Walk so often and so far; the short form takes the same walks each time, the long one new ones."""

    class Walk(RandomFloor):
        pass

    Walk.start = staticmethod(start)
    run_state_machine_as_test(
        Walk,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            derandomize=not LONG,
            database=None,
            print_blob=True,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_random_floor_on_sqlite(tmp_path):
    frozen = FrozenFloor(tmp_path, build)
    walk(frozen.thaw, *((400, 60) if LONG else (10, 40)))


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_random_floor_on_postgresql(database_url):
    """Fewer: the rules are the same text, the engine's types, locks and ordering are what is walked here."""
    connection.close()

    def start():
        empty_postgres(database_url)
        connection.open_database(database_url)
        small = SmallFloor()
        return small, build(small)

    walk(start, *((60, 50) if LONG else (3, 30)))
