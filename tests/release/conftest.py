"""A small floor on both engines, whose tables agree with one another after every test."""

from __future__ import annotations

import pytest
from small_floor import SmallFloor

from db import connection
from warehouse import verify


@pytest.fixture
def small(database_url):
    floor = SmallFloor()
    yield floor
    assert verify.verify(floor.site).violations == ()
    assert connection.rows("SELECT * FROM release_due") == []
