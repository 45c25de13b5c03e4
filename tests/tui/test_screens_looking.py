"""Pictures of What's this? and of the inbound view; and what is half typed at a job that is looked away from."""

from __future__ import annotations

import pytest
from screen_floors import CASE, GOWN, quiet
from screen_states import State, shots
from small_floor import TODAY, Hand, SmallFloor, sscc
from terminal_kit import at_step, drawn, give, settled, started

from db import connection


def announced(small: SmallFloor) -> dict[str, Hand]:
    """The quiet floor, where an ASN announces three cases of gowns, one of which came; PO-0 is four days late."""
    from datetime import timedelta

    quiet(small)
    small.purchase_order("PO-0", ("GOWN-M", 60), expected_on=TODAY - timedelta(days=4))
    cases = [(sscc(number), "GOWN-L", 24) for number in (21, 22, 23)]
    small.announce("ASN-7", *cases, po="PO-1", pallet=sscc(900), expected_on=TODAY - timedelta(days=1))
    small.hand("1004", "DOCK-2").all("PO-1", f"]C100{sscc(21)}")
    return {}


STATES = {
    "looking_empty": State("1001", ("PO-1",), ("!F2",)),
    "looking_case": State("1001", ("PO-1", CASE), ("!F2", f"]C100{sscc(1)}")),
    "looking_unknown": State("1001", ("PO-1", f"]E0{GOWN}"), ("!F2", "NO-SUCH-CODE")),
    "inbound": State("1003", inputs=("=6",), floor=announced),
}


@pytest.mark.parametrize(("name", "size"), shots(STATES))
def test_screen(snap_compare, album, name, size):
    """The picture is compared, and besides: whole prompt, verdict and keys, the prompt in row 2, the banner in its place."""
    assert snap_compare(album.picture(STATES[name], size))


async def test_what_is_half_typed_is_there_again_after_a_look(floors):
    """Also what was typed while looking is not taken for a count."""
    _, app = at_step(floors.floor(quiet), "1001", "PO-1", f"]E0{GOWN}")
    async with app.run_test(size=(80, 24)) as pilot:
        await started(pilot)
        await pilot.press("2", "4")
        await give(pilot, "!F2", CASE)
        await pilot.press("9")
        assert "COUNT" not in "".join(drawn(app))
        await pilot.press("escape")
        await give(pilot, "!ESC")
        await settled(pilot)
        assert any("COUNT: " in row and "24_" in row for row in drawn(app))
        await give(pilot, "!F2", f"]E0{GOWN}", "!ENTER")
        assert any("24_" in row for row in drawn(app)), "refused at the box, it leaves the box alone"
        await pilot.press("enter")
        await settled(pilot)
        assert app.screen.entry.text == ""  # type: ignore[attr-defined]
        app.station.stop()
    assert connection.value("SELECT qty FROM capture ORDER BY id DESC LIMIT 1") == 24
    connection.close()
