from __future__ import annotations

import pytest
from small_floor import SmallFloor

from db import connection


@pytest.fixture
def small(database_url):
    floor = SmallFloor()
    connection.execute("UPDATE vendor SET early_days = NULL, early_action = NULL, late_days = NULL, late_action = NULL")
    floor.purchase_order("PO-1", ("GOWN-L", 100), ("MASK", 200), ("SERUM", 50))
    return floor


@pytest.fixture
def ana(small):
    hand = small.hand("1001")
    hand.scan("PO-1")
    return hand
