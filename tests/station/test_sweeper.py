"""The sweeper's thread: it sweeps at once and again, and ends when it is told to."""

from __future__ import annotations

import time
from datetime import timedelta

from small_floor import SmallFloor

from db import connection
from tui.sweeper import Sweeper


def test_it_sweeps_until_it_is_stopped(database_url):
    small = SmallFloor()
    small.order("SO-1", ("GOWN-L", 20), ("GOWN-M", 5), policy="order", patience=1)
    small.stock("GOWN-L", 8)
    session = small.hand("1001").session
    sweeper = Sweeper(session, every_s=0.01)
    sweeper.start()
    try:
        small.now += timedelta(days=1)
        deadline = time.monotonic() + 10
        while small.reserved("SO-1") != 8 and time.monotonic() < deadline:
            time.sleep(0.01)
    finally:
        sweeper.stop()
    assert small.reserved("SO-1") == 8
    assert not sweeper._thread.is_alive()
    assert connection.rows("SELECT * FROM sweep_found") == []
