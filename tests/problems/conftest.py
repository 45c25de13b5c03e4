"""A delivery at the dock and its receiver, on both engines or on one; sound after each test."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from problem_dock import Dock, build
from small_floor import FrozenFloor


@pytest.fixture
def dock(database_url):
    """Where the engine matters."""
    dock = Dock()
    yield dock
    dock.sound()


@pytest.fixture(scope="session")
def frozen_dock(tmp_path_factory):
    return FrozenFloor(tmp_path_factory.mktemp("problems"), build)


@pytest.fixture
def lite(frozen_dock):
    """Where it does not."""
    from db import connection

    small, hands = frozen_dock.thaw()
    dock = Dock.over(small, hands["ANA"])
    yield dock
    dock.sound()
    connection.close()
