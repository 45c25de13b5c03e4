"""Pictures of stopping goods: what to scan, why, and whose orders are hit before anything is saved."""

import pytest
from screen_states import State, shots
from small_floor import sscc

STATES = {
    "stop_what": State("1003", inputs=("=4",)),
    "stop_why": State("1003", ("=4",), (sscc(50),)),
    "stop_confirm": State("1003", ("=4", "A-02"), ("XKRSDG",)),
}


@pytest.mark.parametrize(("name", "size"), shots(STATES))
def test_screen(snap_compare, album, name, size):
    """The picture is compared, and besides: whole prompt, verdict and keys, the prompt in row 2, the banner in its place."""
    assert snap_compare(album.picture(STATES[name], size))
