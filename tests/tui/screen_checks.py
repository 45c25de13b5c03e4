"""What holds on every screen at every size, told by its text: a picture that was accepted once proves none of it."""

from __future__ import annotations

from terminal_kit import drawn, region, text_of

from tui.app import DockbellApp
from tui.widgets.keys import TWINS
from warehouse.flows.steps import View
from warehouse.reply import Reply, Verdict

MINI, NARROW = 40, 60
BANNER_ROW, BANNER_ROWS = 8, 5
MINI_BANNER_END, MINI_BANNER_ROWS = 14, 7
SHOWN_OVER_THE_BOARD = (Verdict.STOP, Verdict.CHECK, Verdict.WAIT)


def check_whole(app: DockbellApp) -> None:
    """No prompt, no verdict, no key is cut; everything stands where it always stands."""
    screen = app.screen
    view: View = screen.view  # type: ignore[attr-defined]
    reply: Reply = screen.answer.reply  # type: ignore[attr-defined]
    rows, width = drawn(app), app.size.width
    assert len(rows) == app.size.height
    if width < MINI:
        assert _words(region(app, "prompt")) == view.prompt.split(), text_of(app)
        assert rows[1].strip().startswith(view.prompt.split()[0]), text_of(app)
    else:
        assert view.prompt in rows[1], text_of(app)
    _check_title(app, rows[0])
    _check_keys(view, region(app, "keys"), width)
    if reply.message and screen.query_one("#banner").display:
        _check_banner(reply, region(app, "banner"), width)
    if view.box and screen.query_one("#box").display:
        assert any(f"{view.box}:" in row for row in region(app, "box")), text_of(app)
    _check_choices(app, view)
    assert rows[-1].strip() or rows[-2].strip(), "the key line is gone"


def _words(rows: list[str]) -> list[str]:
    return " ".join(rows).split()


def _check_title(app: DockbellApp, title: str) -> None:
    """The smallest screen says where and when; that the database answers is told by the clock."""
    session = app.latest.session  # type: ignore[union-attr]
    who = session.operator.name if session.operator else ""
    clock = session.site.clock(session.now())
    state = "ONLINE" if app.size.width >= NARROW else "ON"
    wanted = (clock,) if app.size.width < MINI else (who, clock, state)
    for words in (app.screen.view.title[0], *wanted):  # type: ignore[attr-defined]
        assert words in title, text_of(app)


def _check_keys(view: View, rows: list[str], width: int) -> None:
    joined = "  ".join(rows)
    for key, _ in view.keys:
        plain = len(key) == 1 and key.isalnum()
        assert plain or key == "ENTER" or key in TWINS, "no key without a twin: terminals keep some for themselves"
    whole = [(f"{key} {words}", f"{key}{words.split()[0]}") for key, words in view.keys]
    if width >= MINI:
        assert [words for words, _ in whole if words not in joined] == [], rows
        return
    (line,) = rows
    offered = {short.replace("F6List", "F6Lst") for _, short in whole} | {"F6Lst"}
    assert set(line.split()) <= offered, (line, offered)
    assert len(line.split()) >= min(2, len(whole)), line


def _check_banner(reply: Reply, shown: list[str], width: int) -> None:
    if width < MINI:
        whole = "".join((reply.verdict.value, *reply.message))
        assert "".join(shown).replace(" ", "") == whole.replace(" ", ""), shown
        return
    text = "\n".join(shown)
    assert reply.verdict.value in text, text
    for line in reply.message:
        assert line in text, text


def _check_choices(app: DockbellApp, view: View) -> None:
    if not app.screen.query_one("#facts").display or app.screen.overlaid:  # type: ignore[attr-defined]
        return
    text = " ".join(region(app, "facts"))
    for digit, words in enumerate(view.choices, 1):
        assert f"{digit} {words}" in text, text_of(app)


def check_banner_place(app: DockbellApp) -> None:
    """The banner is at the same rows on all job screens, so that the eye finds it without looking.

    On the smallest screen that is right above the last two lines; where reasons have to be chosen it is as low as
    its text, since those need the room.
    """
    found = app.screen.query_one("#banner").region
    assert found.width == app.size.width
    if app.size.width >= MINI:
        assert (found.y, found.height) == (BANNER_ROW, BANNER_ROWS)
        return
    assert found.bottom == MINI_BANNER_END
    if not app.screen.view.choices:  # type: ignore[attr-defined]
        assert found.height == MINI_BANNER_ROWS
