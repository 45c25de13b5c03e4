"""Pictures of put-away: what waits at the dock, a case and a pallet in hand, a wrong place, pallet jobs."""

import pytest
from screen_states import State, shots
from small_floor import Hand, SmallFloor, sscc

from db import connection
from warehouse import serials

PALLET = serials.plate(900)


def dock(small: SmallFloor) -> dict[str, Hand]:
    """Three cases at the dock, one of them on hold, two more on a pallet."""
    small.stock("GOWN-L", 24, "DOCK-1", sscc(1))
    small.stock("GOWN-M", 10, "DOCK-1", sscc(2))
    small.stock("SERUM", 8, "DOCK-1", sscc(3), lot="L7", expiry="2027-01-31")
    small.stock("SERUM", 9, "DOCK-1", sscc(4), lot="L7", expiry="2027-01-31")
    small.stock("MASK", 50, "A-01", sscc(5))
    small.stock("SERUM", 6, "A-01", sscc(6), lot="L8", expiry="2027-01-31")
    ana = small.hand("1001")
    ana.all("=2", "!F5", "=5", "DOCK-1")
    connection.execute("UPDATE carrier SET code = ?", PALLET)
    ana.all(sscc(3), PALLET, sscc(4), PALLET, "!ESC", "!F12")
    return {}


STATES = {
    "put_unit": State("1001", inputs=("=2",), floor=dock, wide=True),
    "put_place": State("1001", ("=2",), (sscc(1),), floor=dock),
    "put_pallet": State("1001", ("=2",), (PALLET,), floor=dock),
    "put_wrong": State("1001", ("=2", sscc(1)), ("QUAR-1",), floor=dock),
    "put_lot": State("1001", ("=2", PALLET), ("A-01",), floor=dock),
    "put_done": State("1001", ("=2", PALLET), ("A-02",), floor=dock),
    "put_jobs": State("1001", ("=2",), ("!F5",), floor=dock),
    "put_break": State("1001", ("=2", "!F5", "=3"), (PALLET,), floor=dock),
}


@pytest.mark.parametrize(("name", "size"), shots(STATES))
def test_screen(snap_compare, album, name, size):
    """The picture is compared, and besides: whole prompt, verdict and keys, the prompt in row 2, the banner in its place."""
    assert snap_compare(album.picture(STATES[name], size))
