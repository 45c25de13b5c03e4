"""The stop floor on both engines, and the kits of commands and screens."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest
from databases import open_new_sqlite

for folder in ("blocks", "commands"):
    sys.path.insert(0, str(Path(__file__).parents[1] / folder))

from stop_desk import StopFloor  # noqa: E402

from db import connection  # noqa: E402


@pytest.fixture
def stop_floor(database_url):
    """The floor as it is before anything is stopped; sound after each test."""
    floor = StopFloor()
    yield floor
    floor.sound()


@pytest.fixture(scope="session")
def _stop_file(tmp_path_factory):
    folder = tmp_path_factory.mktemp("stop_floor")
    open_new_sqlite(folder / "site.db")
    floor = StopFloor()
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return folder / "site.db", floor.now


@pytest.fixture
def lite_floor(_stop_file, tmp_path):
    """The same in a copy of a file, where the engine does not matter."""
    file, now = _stop_file
    shutil.copyfile(file, tmp_path / "site.db")
    connection.open_database(f"sqlite:///{tmp_path}/site.db")
    floor = StopFloor.opened(now)
    yield floor
    floor.sound()
    connection.close()
