"""No name from a label, an import or a person steers the terminal, crashes a screen or is read as markup."""

from __future__ import annotations

import pytest
from hostile import CONTROLS, NAMES, OURS, PAYLOADS, poison, text_columns
from lengths import LONG
from rich.cells import cell_len
from rich.segment import Segment
from screen_floors import GOWN, MASK, MEDIUM, dock, quiet
from small_floor import FrozenFloor, gtin, sscc
from terminal_kit import (
    DOCKBELL,
    SIZES,
    Terminal,
    app_for,
    at_step,
    drawn,
    give,
    nobody,
    started,
    text_of,
    url_of_open_database,
)
from textual.color import Color

from db import connection
from tui.widgets import mini, paint
from tui.widgets.safe_text import Scrub, clean, fit, safe_text
from warehouse.flows.steps import Fact, Table, View

TURNS = range(len(PAYLOADS)) if LONG else (0, 4, 7, 10)
CASE = f"]C100{sscc(77)}020{GOWN}3724"

# A lead who looks at every screen: board, choosing, receiving with a release, undo, lists, help, picking, a short, put-away.
DAY = (
    *(
        "1003",
        "!F1",
        "!ESC",
        "=3",
        "!F1",
        "!ESC",
        "!F6",
        "!ESC",
        "=2",
        "=3",
        "=4",
        "!OPEN:late",
        "!OPEN:age",
        "!OPEN:picks",
    ),
    *("!OPEN:fill", "=1", "!ESC"),
    *(
        "=1",
        "!F6",
        "!ESC",
        "=1",
        CASE,
        CASE,
        "!F6",
        "!ESC",
        "!F8",
        "!F6",
        "!ESC",
        "!ESC",
        f"]E0{GOWN}",
        "=600",
        "!ESC",
        "JUNK",
        "!ESC",
        "!F4",
        CASE,
        "!ESC",
        "!ESC",
    ),
    *(
        "=2",
        "!F6",
        "!ESC",
        "!ENTER",
        "A-01",
        "!F1",
        "!ESC",
        CASE,
        "!F9",
        "!F5",
        "=0",
        "=3",
        "!F4",
        "!ESC",
        "=5",
        CASE,
        "!F1",
        "!ESC",
        "!OPEN",
        "!F6",
        "!ESC",
        CASE,
        "A-01",
        "!F5",
        "!ESC",
        "!F12",
        "1003",
        "9999",
    ),
)

# The lead again, who has scanned a second order of the truck: every step that asks for more than a case and a count.
CASE_OF_48, NEW_CODE = f"]C100{sscc(78)}020{GOWN}3748", f"]E0{gtin(77)}"
DAY_AT_THE_DOCK = (
    *("!ENTER", "XKOPEN", CASE_OF_48, f"]E0{GOWN}", "=480", "1001", "=480", f"]E0{MASK}", "=30", "!F5"),
    *("!F5", "=1", "!ESC", "=7", CASE_OF_48, "=47", "!F5", "=8", NEW_CODE, f"]E0{MASK}", "=10", "!ESC", "!ESC"),
    *("!F2", CASE_OF_48, "!ESC", "!F8", "!F6", "!ESC", CASE_OF_48, "!ESC", "!F8"),
    *("=3", f"]E0{gtin(5)}", "=2", "SN-1", "!ESC", f"]E0{gtin(6)}", "=4", "=12.345", "!ESC"),
    *("=4", f"]E0{MEDIUM}", "=10", "!ESC", "!ESC", "!F5", "!ESC", "!F9", "=1", f"]E0{GOWN}", "=12", "!ENTER"),
)
DOCK_TURNS = range(len(PAYLOADS)) if LONG else (7,)


def test_every_text_column_is_either_poisoned_or_ours():
    """The list comes from the schema: a new column is in neither and fails here until somebody decides."""
    found = text_columns()
    known = {table: set(NAMES.get(table, ())) | OURS.get(table, set()) for table in {*NAMES, *OURS}}
    assert found == known


@pytest.fixture(autouse=True)
def _a_database(sqlite_url):
    """The schema is read from a database of this version."""


@pytest.mark.parametrize("turn", TURNS)
async def test_a_day_among_hostile_names(floors, turn):
    """Every screen is drawn with a payload in each name; nothing crashes and nothing but text is drawn."""
    seen = await walked(floors.floor(quiet), turn, DAY)
    assert seen >= {"board.flow", "board.plots", "board.problems", "board.made_of"}
    assert seen >= {"board.live", "home.menu", "receiving.choose_order", "receiving.scan_case", "receiving.how_many"}
    assert seen >= {"picking.get_work", "picking.go_to", "picking.how_short", "picking.why_short", "sign_on.badge"}


@pytest.mark.parametrize("turn", DOCK_TURNS)
async def test_a_day_at_the_dock_among_hostile_names(floors, turn):
    """The same for everything that receiving may ask, from a second order on the truck to a case that is counted blind."""
    seen = await walked(floors.floor(dock), turn, DAY_AT_THE_DOCK, "1003", "PO-1", "PO-2")
    steps = ("add_order", "second_badge", "second_count", "over_limit", "needs_lead", "scan_serials", "key_weight")
    others = ("choose_vendor", "problem_note", "correct_count", "teach_sure", "check", "check_case", "confirm")
    assert seen >= {"whats_this.look", *(f"receiving.{step}" for step in (*steps, *others))}


async def walked(frozen: FrozenFloor, turn: int, day: tuple[str, ...], badge: str = "", *before: str) -> set[str]:
    """Go through a day on a poisoned copy of a floor and look at each screen; the names of the steps that were met."""
    _, app = at_step(frozen, badge, *before)
    poison(turn)
    seen: set[str] = set()
    size = list(SIZES.values())[turn % len(SIZES)]
    async with app.run_test(size=size) as pilot:
        await started(pilot)
        for entry in ("", *day):
            await give(pilot, *([entry] if entry else []))
            assert app.is_running, entry
            rows = drawn(app)
            assert [row for row in rows if CONTROLS.search(row)] == [], entry
            assert all(len(row) <= 2 * size[0] for row in rows)
            assert clean(app.screen.view.prompt)[:16].split(" ")[0] in text_of(app), entry
            seen.add(app.latest.reply.step.name)
        app.station.stop()
    connection.close()
    return seen


def test_a_real_terminal_gets_no_control_of_theirs(floors):
    """What arrives at the terminal's end of a pseudo-terminal: Textual's own sequences and text, none of the data's."""
    floors.floor(quiet).thaw()
    poison(3)
    url = url_of_open_database()
    connection.close()
    command = [*DOCKBELL, "run", "--db", url, "--station", "DOCK-1"]
    with Terminal(command, SIZES["80x24"]) as terminal:
        terminal.wait_for("SCAN YOUR BADGE")
        for typed, expected in (
            ("1003\r", "Board"),
            ("3", "RELEASED"),
            ("\x1b", "SCAN AN ORDER"),
            ("1", "digit of a line"),
        ):
            since = terminal.type(typed.encode())
            terminal.wait_for(expected, since=since)
        since = terminal.type(b"1\r")
        terminal.wait_for("TITLE", since=since)
        out = bytes(terminal.out)
    for wanted in (
        b"\x1b]0;",
        b"TITLE\x07",
        b"\x1b]52;",
        b"\xc2\x9b",
        b"\xc2\x9d",
        "\u202e".encode(),
        "\ufeff".encode(),
    ):
        assert wanted not in out, wanted
    assert b"TITLE" in out, "the payload was on the screen, as text"


@pytest.mark.parametrize("payload", PAYLOADS, ids=[str(place) for place in range(len(PAYLOADS))])
def test_each_way_to_the_screen_is_safe_by_itself(payload):
    """Each helper alone, before the app's filter: text stays text, fits, and holds no control."""
    table = Table(("A", payload), ((payload, "1"),), numbers=(1,))
    view = View(
        (payload, payload), payload, payload, progress=(payload,), facts=(Fact(payload, payload),), tables=(table,)
    )
    for width in (40, 80):
        contents = (
            paint.title(view, payload, width),
            paint.prompt(view, width),
            paint.hint(view, width),
            paint.facts(view.facts, width),
            paint.choices((payload, payload), width),
            paint.tables(view.tables, width, 10),
            paint.keys(((payload, payload),), width),
            *paint.rows(((payload,), (payload, payload, payload)), width),
            safe_text(payload),
        )
        for content in contents:
            assert not CONTROLS.search(content.plain.replace("\n", ""))
        assert len(fit(payload, width)) <= width
    for width in (20, 39):
        contents = (
            mini.title(view, payload, width),
            mini.prompt(view, width),
            mini.facts(view.facts, width),
            mini.choices((payload, payload), width),
            mini.banner(payload, (payload, payload, payload), width),
            mini.keys(View((), "", keys=((payload, payload),)), width),
            *mini.help_rows(((payload,), (payload, payload, payload)), width),
            paint.tables(view.tables, width, 10),
        )
        for content in contents:
            assert not CONTROLS.search(content.plain.replace("\n", ""))
        assert all(cell_len(row) <= width for row in mini.wrap(payload, width))
    assert clean(payload) == payload or CONTROLS.search(payload) or len(payload) > 500


def test_the_last_wall_stops_what_a_widget_forgot():
    """The filter on the app replaces controls in text, and leaves alone what Textual marked as control."""
    data = Segment("a\x1b[2Jb")
    own = Segment("\x1b[?25l", None, [(0,)])  # type: ignore[list-item]
    assert [segment.text for segment in Scrub().apply([data, own], Color(0, 0, 0))] == ["a\ufffd[2Jb", "\x1b[?25l"]


async def test_a_typed_control_never_becomes_a_code(floors):
    """Pasted or typed controls: DC1 does not quit, ESC goes back, and nothing hostile is sent on."""
    small, _ = floors.floor(quiet).thaw()
    app = app_for(nobody(small), url_of_open_database())
    async with app.run_test(size=SIZES["80x24"]) as pilot:
        await started(pilot)
        for key in (
            "ctrl+q",
            "ctrl+c",
            "ctrl+b",
            "ctrl+d",
            "ctrl+s",
            "ctrl+z",
            "ctrl+right_square_bracket",
            "f3",
            "tab",
        ):
            await pilot.press(key)
            assert app.is_running, key
        assert app.screen.entry.text == ""
        app.station.stop()
    connection.close()


@pytest.mark.parametrize("payload", PAYLOADS[:10], ids=[str(place) for place in range(10)])
async def test_a_hostile_scan_is_refused_and_changes_nothing(floors, payload):
    """The border: a scan with controls never gets past it; the others are texts that nobody knows."""
    small, _ = floors.floor(quiet).thaw()
    app = app_for(nobody(small), url_of_open_database())
    async with app.run_test(size=SIZES["40x20"]) as pilot:
        await started(pilot)
        await give(pilot, payload)
        reply = list(app.told.values())[-1].reply
        assert reply.verdict.value == "STOP"
        assert (reply.template == "hostile") == bool(CONTROLS.search(payload))
        app.station.stop()
    assert connection.value("SELECT COUNT(*) FROM scan_log") == 0
    assert connection.value("SELECT COUNT(*) FROM refusal") == 1
    connection.close()
