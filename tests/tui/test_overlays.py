"""Help and lists in front of a prompt: cards act on them alone, and they are read to their end on any screen."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import asynccontextmanager

import pytest
from screen_checks import check_whole
from screen_floors import CASE, GOWN, Floors, busy, quiet
from small_floor import sscc
from terminal_kit import SIZES, ToldApp, at_step, banner, give, region, settled, started, text_of

from db import connection

SECOND = f"]C100{sscc(2)}020{GOWN}3724"


@asynccontextmanager
async def looking(floors: Floors, size: str, badge: str, *before: str, floor: object = quiet) -> Iterator:
    """A person at the step that these inputs lead to, on a screen of this size."""
    _, app = at_step(floors.floor(floor), badge, *before)
    async with app.run_test(size=SIZES[size]) as pilot:
        await started(pilot)
        yield pilot, app
        app.station.stop()
    connection.close()


def shown(app: ToldApp) -> list[str]:
    """What the overlay's page has, a row each."""
    return [row.strip() for row in region(app, "context") if row.strip()]


@pytest.mark.parametrize("size", SIZES)
async def test_a_card_acts_on_the_help_alone_and_says_so(floors, size):
    """Undo with help open undoes nothing; its refusal is seen, help stays until it is closed, the prompt is there."""
    async with looking(floors, size, "1001", "PO-1", CASE) as (pilot, app):
        await give(pilot, "XKHELP")
        page = shown(app)
        assert banner(app) == ""
        await give(pilot, "XKUNDO")
        check_whole(app)
        assert "does nothing here" in " ".join(banner(app).split())
        assert shown(app) == page[: len(shown(app))], "help is still there"
        assert "SCAN CASE" in text_of(app)
        await give(pilot, "XKDONE")
        assert app.screen.view is not None
        assert app.latest is not None
        assert app.latest.reply.step.name == "receiving.scan_case", "Done closed the help, not the order"
        check_whole(app)
    assert connection.value("SELECT COUNT(*) FROM handling_unit WHERE receipt_id IS NOT NULL") == 1


async def test_a_case_counts_through_an_open_help(floors):
    async with looking(floors, "40x20", "1001", "PO-1", CASE) as (pilot, app):
        await give(pilot, "XKHELP", SECOND)
        assert not app.screen.overlaid
        assert "24 ea Gown L" in banner(app)


async def pages(pilot, app: ToldApp, entry: str) -> list[list[str]]:
    """Ask again and again until the first page is back."""
    found: list[list[str]] = []
    while len(found) < 20:
        await give(pilot, entry)
        if found and shown(app) == found[0]:
            return found
        found.append(shown(app))
    raise AssertionError(found)


@pytest.mark.parametrize("size", SIZES)
async def test_help_is_read_to_its_end_with_its_own_card(floors, size):
    """Every sentence and every card of the step, over as many pages as the screen needs."""
    async with looking(floors, size, "1001", "PO-1") as (pilot, app):
        found = await pages(pilot, app, "XKHELP")
        text = " ".join(" ".join(" ".join(page) for page in found).split())
        view = app.screen.view
        for words in view.accepts:
            assert words in text
        for code in ("XKHELP", "XKUNDO", "XKLIST", "XKDONE", "XKLOCK", "XKPREV"):
            assert code in text
        assert (len(found) > 1) == (size != "80x24")
        await give(pilot, "XKPREV")
        assert not app.screen.overlaid


@pytest.mark.parametrize("size", ["40x20", "20x16"])
async def test_a_list_is_read_to_its_end_and_no_number_is_cut(floors, size):
    async with looking(floors, size, "1003", "=2", floor=busy) as (pilot, app):
        found = await pages(pilot, app, "!F6")
        assert len(found) > 1
        rows = [row for page in found for row in page][1:]
        (table,) = app.screen.view.tables
        assert [row.split()[-1] for row in rows] == [row[2] for row in table.rows]
        assert [row.split()[0] for row in rows] == [row[0] for row in table.rows]


async def test_arrows_turn_the_pages_too(floors):
    async with looking(floors, "20x16", "1001", "PO-1") as (pilot, app):
        await give(pilot, "!F1")
        first = shown(app)
        assert "1/3 F1 for more" in "".join(region(app, "status"))
        await pilot.press("pagedown")
        await settled(pilot)
        second = shown(app)
        assert "2/3" in "".join(region(app, "status"))
        await pilot.press("up")
        await settled(pilot)
        assert (shown(app) == first, second == first) == (True, False)


async def test_help_that_is_opened_again_begins_at_its_beginning(floors):
    async with looking(floors, "20x16", "1001", "PO-1") as (pilot, app):
        await give(pilot, "!F1")
        first = shown(app)
        await give(pilot, "!F1", "!ESC", "!F1")
        assert shown(app) == first
        await give(pilot, "!F6")
        assert shown(app) != first
        await give(pilot, "!F1")
        assert shown(app) == first
