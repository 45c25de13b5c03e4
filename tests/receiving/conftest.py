from __future__ import annotations

import pytest
from small_floor import SmallFloor


@pytest.fixture
def small(database_url):
    floor = SmallFloor()
    floor.purchase_order("PO-1", ("GOWN-L", 100), ("MASK", 200), ("SERUM", 50))
    return floor


@pytest.fixture
def ana(small):
    hand = small.hand("1001")
    hand.scan("PO-1")
    return hand
