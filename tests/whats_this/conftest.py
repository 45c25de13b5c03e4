"""A floor with one of everything, built once and copied."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "tui"))  # the kit that drives a program from outside

from look_floor import look_floor
from small_floor import FrozenFloor

from db import connection


@pytest.fixture(scope="module")
def frozen(tmp_path_factory):
    return FrozenFloor(tmp_path_factory.mktemp("look"), look_floor)


@pytest.fixture
def floor(frozen):
    """A copy of the floor with Ana at her case loop."""
    small, hands = frozen.thaw()
    hand = hands["ana"]
    person = hand.session.operator.id
    connection.execute(
        "UPDATE operator_step SET terminal = ?, station = ? WHERE operator_id = ?",
        hand.session.terminal,
        hand.session.station,
        person,
    )
    yield small, hand
    connection.close()
