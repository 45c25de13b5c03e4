"""A floor with goods at the dock, frozen: each test has a copy of its own."""

import pytest
from put_floor import goods
from small_floor import FrozenFloor

from db import connection
from warehouse import verify


@pytest.fixture(scope="session")
def frozen_goods(tmp_path_factory):
    return FrozenFloor(tmp_path_factory.mktemp("goods"), goods)


@pytest.fixture
def thawed(frozen_goods):
    """The floor and its hands; sound after each test."""
    small, hands = frozen_goods.thaw()
    yield small, hands
    assert verify.verify(small.site).violations == ()
    connection.close()


@pytest.fixture
def ana(thawed):
    return thawed[1]["ana"]
