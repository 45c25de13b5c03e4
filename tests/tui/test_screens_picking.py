"""Pictures of the picking screens, one for each state that looks different, with what must hold."""

import pytest
from screen_floors import MASK, bare, busy
from screen_states import State, shots
from small_floor import sscc

LOOSE = ("SO-4", "A-02", f"]E0{MASK}")
PART = ("SO-3", "A-01", sscc(50))

STATES = {
    "get_work": State("1002", inputs=("=1",), wide=True),
    "get_work_none": State("1002", inputs=("=1",), floor=bare),
    "get_work_busy": State("1003", inputs=("=2",), floor=busy),
    "order_waits": State("1002", inputs=("SO-1",)),
    "go_to": State("1002", inputs=("SO-3",), wide=True),
    "go_to_wrong": State("1002", ("SO-3",), ("A-02",)),
    "take_unit": State("1002", ("SO-3",), ("A-01",)),
    "take_unit_wrong": State("1002", ("SO-3", "A-01"), (sscc(51),)),
    "take_loose": State("1002", ("SO-4",), ("A-02",)),
    "take_lot": State("1002", ("SO-5",), ("A-02",)),
    "take_pieces": State("1002", PART[:2], PART[2:], wide=True),
    "take_pieces_typed": State("1002", PART, press=("2", "0")),
    "too_many": State("1002", PART, ("=26",)),
    "picked_next": State("1002", ("=1", "!ENTER", "A-01", sscc(50)), ("!ENTER",)),
    "picked_last": State("1002", LOOSE, ("!ENTER",)),
    "how_short": State("1002", PART[:2], ("!F5",)),
    "why_short": State("1002", PART, ("=14",)),
    "short_doubt": State("1002", (*PART, "=14"), ("=1",)),
    "short_bad": State("1002", (*PART, "=14"), ("=3",)),
    "taken_back": State("1002", (*PART, "!ENTER"), ("!F4",)),
    "help_pick": State("1002", PART[:2], ("!F1",)),
    "list_picks": State("1003", ("=2",), ("!F6",), floor=busy),
}


@pytest.mark.parametrize(("name", "size"), shots(STATES))
def test_screen(snap_compare, album, name, size):
    """The picture is compared, and besides: whole prompt, verdict and keys, the prompt in row 2, the banner in its place."""
    assert snap_compare(album.picture(STATES[name], size))
