"""The app at a step that weighs: the scale's display is seen in the status line, ENTER takes the weight."""

from __future__ import annotations

from small_floor import Hand, SmallFloor, gtin
from terminal_kit import SIZES, app_for, started, text_of, until, url_of_open_database

from db import connection
from devices.scale import ScaleSetup
from devices.scale.scale import Scale
from devices.scale.simulator import ScriptedScale
from tui.app import DockbellApp
from tui.scanners import Scanners


def with_hams(small: SmallFloor) -> dict[str, Hand]:
    """Ana has counted a case of a catch-weight item: its weight is asked for."""
    small.another_item(6, "HAM", "Ham", case_qty_mode="catch_weight", weight_unit="kg")
    small.purchase_order("PO-6", ("HAM", 60))
    return {}


async def test_the_scale_is_seen_and_asked(floors):
    small, _ = floors.floor(with_hams).thaw()
    ana = small.hand("1001")
    ana.scan("PO-6")
    ana.scan("0" + gtin(6))
    ana.type("4")
    assert ana.step == "receiving.key_weight"
    with ScriptedScale("toledo") as scripted:
        scale = Scale(ScaleSetup(scripted.url, "toledo"))
        app = DockbellApp(ana.session, url_of_open_database(), Scanners([]), scale=scale)
        scripted.put(12340, moving=1_000_000)
        async with app.run_test(size=SIZES["40x20"]) as pilot:
            await started(pilot)
            await until(pilot, lambda: ", moving" in text_of(app))
            scripted.put(12340)
            await until(pilot, lambda: "Scale: 12.340 kg" in text_of(app))
            await pilot.press("enter")
            await until(pilot, lambda: app.latest is not None and app.latest.reply.step.name == "receiving.scan_case")
            await until(pilot, lambda: "Scale:" not in text_of(app))
        assert scale.state.kind == "online"
    assert connection.rows("SELECT weight, weight_source FROM capture") == [(12_340, "SCALE")]


async def test_a_terminal_without_one_shows_none_and_says_so(floors):
    small, _ = floors.floor(with_hams).thaw()
    ana = small.hand("1001")
    ana.scan("PO-6")
    ana.scan("0" + gtin(6))
    ana.type("4")
    app = app_for(ana.session, url_of_open_database())
    async with app.run_test(size=SIZES["40x20"]) as pilot:
        await started(pilot)
        assert "Scale:" not in text_of(app)
        await pilot.press("enter")
        await until(pilot, lambda: "This terminal has no scale." in text_of(app))
    assert connection.value("SELECT COUNT(*) FROM capture") == 0
