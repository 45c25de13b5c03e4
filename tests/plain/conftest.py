"""Floors for line mode: one on both engines, and copies of a file for what does not depend on the engine."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "tui"))  # the kit that drives a program from outside

from line_floor import line_floor
from small_floor import FrozenFloor, SmallFloor
from terminal_kit import url_of_open_database

from db import connection


@pytest.fixture(scope="session")
def _frozen_line_floor(tmp_path_factory):
    return FrozenFloor(tmp_path_factory.mktemp("line"), line_floor)


@pytest.fixture
def small(_frozen_line_floor):
    """The floor on a SQLite file of the test's own."""
    floor, _ = _frozen_line_floor.thaw()
    yield floor
    connection.close()


@pytest.fixture
def url(small):
    return url_of_open_database()


@pytest.fixture
def floor_url(database_url):
    """The same floor on each engine."""
    line_floor(SmallFloor())
    return database_url
