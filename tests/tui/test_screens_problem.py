"""Pictures of what F5 asks while receiving: a problem, a count that is corrected, a barcode that is taught."""

from __future__ import annotations

import pytest
from screen_floors import CASE, MASK
from screen_states import State, shots
from small_floor import gtin

UNKNOWN = f"]E0{gtin(77)}"
STATES = {
    "problem_menu": State("1001", ("PO-1",), ("!F5",)),
    "problem_note": State("1001", ("PO-1", CASE, "!F5", CASE), ("=1",)),
    "correct_count": State("1001", ("PO-1", CASE, "!F5", "=7"), (CASE,)),
    "teach_sure": State("1001", ("PO-1", "!F5", "=8", UNKNOWN, f"]E0{MASK}"), ("=10",)),
}


@pytest.mark.parametrize(("name", "size"), shots(STATES))
def test_screen(snap_compare, album, name, size):
    """The picture is compared, and besides: whole prompt, verdict and keys, the prompt in row 2, the banner in its place."""
    assert snap_compare(album.picture(STATES[name], size))
