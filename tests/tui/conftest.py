"""Floors for screens, built once in a module."""

from __future__ import annotations

import pytest
from screen_floors import Floors

from db import connection


@pytest.fixture(scope="module")
def floors(tmp_path_factory):
    yield Floors(tmp_path_factory.mktemp("floors"))
    connection.close()
