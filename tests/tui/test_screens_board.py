"""Pictures of the board's screens, one for each state that looks different, with what must hold; the mark and its keys."""

from __future__ import annotations

import pytest
from screen_floors import bare, busy
from screen_states import State, shots
from terminal_kit import at_step, settled, started, text_of, until

from db import connection

STATES = {
    "board_empty": State("1003", inputs=("=3",), floor=bare, banner=False),
    "board": State("1003", inputs=("=3",), wide=True, banner=False),
    "board_busy": State("1003", inputs=("=3",), floor=busy, wide=True, banner=False),
    "board_help": State("1003", ("=3",), ("!F1",), banner=False),
    "board_flow_order": State("1003", ("=3",), ("SO-3",), banner=False),
    "board_flow_receipt": State("1003", ("=3",), ("RC-0001",), floor=busy, banner=False),
    "board_plots": State("1003", ("=3",), ("=3",), floor=busy, wide=True, banner=False),
    "board_plots_none": State("1003", ("=3",), ("=3",), floor=bare, banner=False),
    "board_problems": State("1003", ("=3",), ("=4",), floor=busy, banner=False),
    "board_made_of": State("1003", ("=3",), ("!OPEN:age",), floor=busy, banner=False),
    "board_review": State("1003", ("=3", "SO-1"), ("=R",), banner=False),
    "board_reviewed": State("1003", ("=3", "SO-1", "=R", "=2"), ("=vendor called",), banner=False),
    "board_priority": State("1003", ("=3", "SO-3"), ("=P",), banner=False),
    "board_hold": State("1003", ("=3", "SO-3"), ("=H",), banner=False),
    "board_hold_why": State("1003", ("=3", "SO-3", "=H"), ("=2",), banner=False),
    "board_let_go": State("1003", ("=3", "SO-3", "=H", "=2", "=over the limit"), ("=H",), banner=False),
    "board_assign": State("1003", ("=3", "SO-3"), ("=A",), banner=False),
}


@pytest.mark.parametrize(("name", "size"), shots(STATES))
def test_screen(snap_compare, album, name, size):
    """The picture is compared, and besides: whole prompt, verdict and keys, the prompt in row 2."""
    assert snap_compare(album.picture(STATES[name], size))


async def at_board(floors, floor, keys, holds, size=(80, 24)):
    """The board with these keys pressed as a person does, once something holds."""
    _, app = at_step(floors.floor(floor), "1003", "=3")
    async with app.run_test(size=size) as pilot:
        await started(pilot)
        for key in keys:
            await pilot.press(key)
            await settled(pilot)
        await until(pilot, lambda: holds(app))
        await settled(pilot)
        text = text_of(app)
        app.station.stop()
    connection.close()
    return text


def step(app) -> str:
    return app.latest.reply.step.name


async def test_enter_opens_the_marked_row(floors):
    text = await at_board(floors, busy, ("down", "down", "enter"), lambda app: step(app) == "board.flow")
    assert "SO-102   1 LINE" in text


async def test_up_from_the_first_row_comes_to_the_numbers_and_enter_tells_what_one_is_made_of(floors):
    text = await at_board(floors, busy, ("up", "enter"), lambda app: step(app) == "board.made_of")
    assert "GOT PIECES, STILL LACK SOME" in text


async def test_a_letter_acts_on_the_marked_row(floors):
    text = await at_board(floors, busy, ("down", "a"), lambda app: step(app) == "board.assign")
    assert "WHO PICKS IT NEXT?" in text
    assert "SO-101/1" in text


async def test_down_turns_to_other_plots_and_back_to_the_lists(floors):
    first = await at_board(floors, busy, ("3",), lambda app: step(app) == "board.plots")
    assert "RELEASED -> PICKED" in first
    assert "CASE QUANTITY" not in first

    def turned(app):
        return step(app) == "board.plots" and "BACKORDER, PIECES" in text_of(app)

    again = await at_board(floors, busy, ("3",), turned)
    assert again == first
