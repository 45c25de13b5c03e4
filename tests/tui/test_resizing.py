"""The window gets another size while the app runs: everything on the screen is whole again, there and back."""

from __future__ import annotations

from screen_checks import check_whole
from screen_floors import CASE, quiet
from terminal_kit import SIZES, at_step, drawn, give, resized, started

from db import connection


async def test_a_screen_is_whole_after_each_change_of_size(floors):
    """Also what only the app knows: who, where and when, in as many words as there is room for."""
    _, app = at_step(floors.floor(quiet), "1001", "PO-1")
    async with app.run_test(size=SIZES["80x24"]) as pilot:
        await started(pilot)
        await give(pilot, CASE)
        first = drawn(app)
        for name in ("20x16", "40x20", "20x16", "80x24"):
            await resized(pilot, *SIZES[name])
            check_whole(app)
        assert drawn(app) == first
        app.station.stop()
    connection.close()
