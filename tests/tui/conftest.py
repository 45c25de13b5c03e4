"""Floors for screens and the pictures of screens on them, made once in a module."""

from __future__ import annotations

import pytest
from screen_floors import Floors
from screen_states import Album

from db import connection


@pytest.fixture(scope="module")
def floors(tmp_path_factory):
    yield Floors(tmp_path_factory.mktemp("floors"))
    connection.close()


@pytest.fixture(scope="module")
def album(floors):
    return Album(floors)
