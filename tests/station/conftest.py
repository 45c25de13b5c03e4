"""Floors for a station, and its log file, with the process's logging put back after a test."""

import logging
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "tui"))  # the kit that the front ends' tests share

from heard_station import waiting_floor
from small_floor import FrozenFloor, SmallFloor

from db import connection
from tui import logs


@pytest.fixture
def small(database_url):
    """A floor on each engine."""
    floor = SmallFloor()
    waiting_floor(floor)
    return floor


@pytest.fixture(scope="session")
def _frozen_waiting_floor(tmp_path_factory):
    return FrozenFloor(tmp_path_factory.mktemp("waiting"), waiting_floor)


@pytest.fixture
def lite(_frozen_waiting_floor):
    """The floor on SQLite, for what does not depend on the engine."""
    floor, _ = _frozen_waiting_floor.thaw()
    yield floor
    connection.close()


@pytest.fixture
def log_file(tmp_path):
    """The file that the process logs into during the test."""
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    yield logs.write_to(tmp_path / "logs", "DOCK-1")
    for handler in root.handlers:
        handler.close()
    root.handlers, root.level = handlers, level
