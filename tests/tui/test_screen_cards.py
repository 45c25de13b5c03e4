"""Command cards on the screen: read back from a picture that is made of its rows, and scanned from there."""

from __future__ import annotations

import pytest
import zxingcpp
from PIL import Image
from screen_floors import CASE, quiet
from terminal_kit import SIZES, at_step, banner, give, region, settled, started, text_of

from tui.widgets.qr import STYLE, qr_rows
from warehouse.barcodes import CARDS, card_for, read

MODULE = 4  # pixels


def picture(rows: tuple[str, ...]) -> Image.Image:
    """What a terminal shows of half blocks: dark where they are, light where nothing is."""
    drawn = Image.new("L", (len(rows[0]) * MODULE, 2 * len(rows) * MODULE), 255)
    for y, row in enumerate(rows):
        for x, block in enumerate(row):
            for half, dark in enumerate((block in "▀█", block in "▄█")):
                if dark:
                    left, top = x * MODULE, (2 * y + half) * MODULE
                    drawn.paste(0, (left, top, left + MODULE, top + MODULE))
    return drawn


@pytest.mark.parametrize("code", [one.code for one in CARDS])
def test_every_card_is_read_from_its_rows(code):
    (found,) = zxingcpp.read_barcodes(picture(qr_rows(code)))
    assert read(found.symbology_identifier + found.bytes.decode()) == read(f"]Q1{code}")
    assert read(f"]Q1{code}").key is not None


def test_it_fits_beside_a_menu():
    rows = qr_rows("XKDONE")
    assert (len(rows[0]), len(rows)) == (29, 15)
    assert {len(row) for row in rows} == {29}
    narrow = qr_rows("XKDONE", quiet=2)
    assert (len(narrow[0]), len(narrow)) == (25, 13)


def test_it_is_dark_on_light_whatever_the_theme():
    assert STYLE == "#000000 on #ffffff"
    assert set(qr_rows("XKDONE")[0]) == {" "}


@pytest.mark.parametrize("text", ["", "x" * 3000])
def test_what_no_code_can_hold_is_refused(text):
    with pytest.raises(ValueError):
        qr_rows(text)


# --- In the app -----------------------------------------------------------------------------------------


def read_from_screen(app) -> str:
    """The key of the card that the screen shows, as a scanner in front of it would read it."""
    rows = region(app, "context")
    (found,) = zxingcpp.read_barcodes(picture(tuple(row.ljust(max(map(len, rows))) for row in rows)))
    return read(found.bytes.decode()).key


@pytest.mark.parametrize("size", ["40x20", "80x24"])
async def test_every_card_of_a_step_is_scanned_from_the_screen(floors, size):
    """Down turns from one to the next and back to the first; all that mean something here are there."""
    _, app = at_step(floors.floor(quiet), "1001", "PO-1")
    async with app.run_test(size=SIZES[size]) as pilot:
        await started(pilot)
        keys = []
        for _ in range(20):
            await pilot.press("down")
            await settled(pilot)
            keys.append(read_from_screen(app))
            if keys.count("DONE") == 2:
                break
        cards = [card_for(key.upper()) for key, _ in app.screen.view.keys]
        assert keys[:-1] == list(dict.fromkeys(["DONE", *(card.key for card in cards if card)]))
        assert "SCAN CASE" in text_of(app)
        app.station.stop()


async def test_a_card_scanned_from_the_screen_acts_on_the_prompt_and_puts_the_cards_away(floors):
    _, app = at_step(floors.floor(quiet), "1001", "PO-1", CASE)
    async with app.run_test(size=SIZES["80x24"]) as pilot:
        await started(pilot)
        while not app.screen.carded or read_from_screen(app) != "F4":
            await pilot.press("down")
            await settled(pilot)
        await give(pilot, "XKUNDO")
        assert not app.screen.carded
        assert "Undone" in banner(app)
        app.station.stop()


async def test_esc_puts_the_cards_away_and_nothing_else(floors):
    _, app = at_step(floors.floor(quiet), "1001", "PO-1")
    async with app.run_test(size=SIZES["40x20"]) as pilot:
        await started(pilot)
        await pilot.press("pageup")
        await settled(pilot)
        assert app.screen.carded
        await pilot.press("escape")
        await settled(pilot)
        assert not app.screen.carded
        assert app.latest.reply.step.name == "receiving.scan_case"
        assert "SCAN CASE" in text_of(app)
        app.station.stop()


async def test_a_screen_too_small_for_a_card_says_so(floors):
    _, app = at_step(floors.floor(quiet), "1001", "PO-1")
    async with app.run_test(size=SIZES["20x16"]) as pilot:
        await started(pilot)
        await pilot.press("down")
        await settled(pilot)
        assert "No room here" in text_of(app)
        app.station.stop()
