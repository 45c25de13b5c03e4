"""What holds on every screen at every size, told by its text: a picture that was accepted once proves none of it."""

from __future__ import annotations

from terminal_kit import banner, drawn, region, text_of

from tui.app import DockbellApp
from tui.widgets.keys import TWINS
from warehouse.flows.steps import View
from warehouse.reply import Reply, Verdict

NARROW = 60
BANNER_ROW = 8
SHOWN_OVER_THE_BOARD = (Verdict.STOP, Verdict.CHECK, Verdict.WAIT)


def check_whole(app: DockbellApp) -> None:
    """No prompt, no verdict, no key is cut; everything stands where it always stands."""
    screen = app.screen
    view: View = screen.view  # type: ignore[attr-defined]
    reply: Reply = screen.answer.reply  # type: ignore[attr-defined]
    rows, width = drawn(app), app.size.width
    assert len(rows) == app.size.height
    assert view.prompt in rows[1], text_of(app)
    _check_title(app, rows[0])
    _check_keys(view, region(app, "keys"))
    if reply.message and screen.query_one("#banner").display:
        _check_banner(reply, banner(app), width)
    if view.box:
        assert any(f"{view.box}:" in row for row in region(app, "box")), text_of(app)
    assert rows[-1].strip() or rows[-2].strip(), "the key line is gone"


def _check_title(app: DockbellApp, title: str) -> None:
    session = app.latest.session  # type: ignore[union-attr]
    who = session.operator.name if session.operator else ""
    state = "ONLINE" if app.size.width >= NARROW else "ON"
    for words in (who, session.site.clock(session.now()), state):
        assert words in title, text_of(app)


def _check_keys(view: View, rows: list[str]) -> None:
    joined = "  ".join(rows)
    for key, words in view.keys:
        assert key == "ENTER" or key in TWINS, "no key without a twin: terminals keep some for themselves"
        assert f"{key} {words}" in joined, (key, words, rows)


def _check_banner(reply: Reply, shown: str, width: int) -> None:
    assert reply.verdict.value in shown, shown
    for line in reply.message:
        assert line in shown, shown


def check_banner_place(app: DockbellApp) -> None:
    """The banner is at the same rows on all job screens, so that the eye finds it without looking."""
    found = app.screen.query_one("#banner").region
    assert (found.y, found.height, found.width) == (BANNER_ROW, 5, app.size.width)
