"""The screen of a job: fixed regions in the same order at every size, and the verdict where it always is.

title - prompt - facts - box - verdict banner - context - status - keys. The banner stays until the next
verdict replaces it. A subclass says only what is different about its job.
"""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.events import Key, Resize
from textual.message import Message
from textual.screen import Screen
from textual.timer import Timer
from textual.widgets import Static

from tui.station import Answer
from tui.widgets import paint
from tui.widgets.entry import Entry
from tui.widgets.keys import TWINS
from tui.widgets.safe_text import clean, fit, safe_text
from warehouse.flows.steps import View
from warehouse.messages import LINES
from warehouse.reply import Verdict

DIGIT_WAIT_S = 0.45  # a digit that nothing follows is a choice of the menu
MENU_DIGITS = frozenset("123456789")


class JobScreen(Screen[None], inherit_bindings=False):
    """One job's screen. It shows answers and announces what was entered; it decides nothing."""

    BINDINGS: ClassVar[list[BindingType]] = []
    AUTO_FOCUS = None

    class Entered(Message):
        """Something was typed and entered, or a key was pressed."""

        def __init__(self, kind: str, value: str) -> None:
            super().__init__()
            self.kind = kind
            self.value = value

    def __init__(self) -> None:
        super().__init__()
        self.entry = Entry()
        self.answer: Answer | None = None
        self.view: View | None = None
        self.right = ""
        self.notice = ""
        self._digit: Timer | None = None

    def compose(self) -> ComposeResult:
        """The regions, top to bottom."""
        yield Static(id="title", markup=False)
        with Vertical(id="now"):
            yield Static(id="prompt", markup=False)
            yield Static(id="hint", markup=False)
            yield Static(id="facts", markup=False)
            yield Static(id="box", markup=False)
        with Vertical(id="banner"):
            yield Static(id="verdict", markup=False)
        yield Static(id="context", markup=False)
        yield Static(id="status", markup=False)
        yield Static(id="keys", markup=False)

    # --- keys ---

    def on_key(self, event: Key) -> None:
        """Collect what is typed; a burst of characters is drawn once."""
        event.stop()
        event.prevent_default()
        self._stop_digit()
        if event.key == "f10":
            self.post_message(self.Entered("key", "F10"))
            return
        if self.overlaid and event.key == "escape":
            self.entry.take()
        sent = self.entry.press(event)
        if sent is not None:
            self.post_message(self.Entered(*sent))
        elif self.view is not None and self.view.menu and self.entry.text in MENU_DIGITS:
            self._digit = self.set_timer(DIGIT_WAIT_S, self._choose)
        self._paint_box()

    def _choose(self) -> None:
        self.post_message(self.Entered("key", self.entry.take()))
        self._paint_box()

    def _stop_digit(self) -> None:
        if self._digit is not None:
            self._digit.stop()
            self._digit = None

    # --- showing ---

    def show(self, answer: Answer, right: str, notice: str = "") -> None:
        """Show a verdict and the screen that follows it; without a message only the facts are new."""
        if answer.reply.message or self.answer is None:
            self.answer = answer
        if answer.view is not None:
            self.view = answer.view
        self.right, self.notice = right, notice
        if self.is_mounted:
            self._paint()

    def repaint(self, right: str, notice: str) -> None:
        """Only the title's right end and the status line have news."""
        self.right, self.notice = right, notice
        if self.view is not None and self.is_mounted and self.size.width:
            width = self.size.width
            self._put("title", paint.title(self.view, right, width))
            self._put("status", safe_text(" " + fit(notice or self.view.status, width - 2), "dim"))

    def on_mount(self) -> None:
        """Paint what was given before the screen was there."""
        self._paint()

    def on_resize(self, _event: Resize) -> None:
        """Another size, other lines."""
        self._paint()

    @property
    def overlaid(self) -> bool:
        """Whether help or a list was asked for and lies over the facts."""
        return self.answer is not None and bool(self.answer.reply.rows)

    @property
    def wide(self) -> bool:
        """Whether this is the wide tier."""
        return self.size.width >= paint.NARROW

    def _paint(self) -> None:
        width, view = self.size.width, self.view
        if view is None or width == 0:
            return
        self.set_class(not self.wide, "narrow")
        self.set_class(self.overlaid, "overlaid")
        self._put("title", paint.title(view, self.right, width))
        self._put("prompt", paint.prompt(view, width))
        self._put("hint", paint.hint(view, width))
        self._put("facts", paint.choices(view.choices, width) if view.choices else paint.facts(view.facts, width))
        self._put("status", safe_text(" " + fit(self.notice or view.status, width - 2), "dim"))
        self._put("keys", paint.keys(view.keys, width))
        self._paint_box()
        self._paint_banner(width)
        self.call_after_refresh(self._paint_context)

    def _paint_context(self) -> None:
        region = self.query_one("#context", Static).size
        if self.view is not None:
            self._put("context", self.context(self.view, self.size.width, region.height))

    def context(self, view: View, width: int, height: int) -> Content:
        """What fills the rest of the screen: help or a list where one was asked for, else the job's tables."""
        reply = self.answer.reply if self.answer is not None else None
        if reply is not None and reply.rows and reply.template != "list":
            return paint.rows(tuple(map(_with_twin, reply.rows)), width, height)
        return paint.tables(view.tables, width, height)

    def _paint_box(self) -> None:
        view = self.view
        if view is None:
            return
        typed = self.entry.text or view.digits
        if view.box:
            self._put("box", Content.assemble(" ", (f" {view.box}: ", "bold"), (f" {clean(typed)[-24:]}_ ", "reverse")))
        elif typed:
            self._put("box", Content.assemble(" ", (f" {clean(typed)[-30:]}_ ", "reverse"), ("  ENTER", "dim")))
        else:
            self._put("box", Content(""))

    def _paint_banner(self, width: int) -> None:
        banner = self.query_one("#banner")
        reply = self.answer.reply if self.answer is not None else None
        verdict = reply.verdict if reply is not None and reply.message else None
        for word in Verdict:
            banner.set_class(verdict is word, word.value.lower())
        banner.border_title = verdict.value if verdict is not None and not self.wide else ""
        if reply is None or verdict is None:
            self._put("verdict", Content(""))
            return
        room = width - 4
        lines = [
            _banner_line(verdict.value if not place else "", text, room) for place, text in enumerate(reply.message)
        ]
        self._put("verdict", Content("\n").join(lines[:LINES]))

    def _put(self, region: str, content: Content) -> None:
        self.query_one(f"#{region}", Static).update(content)


def _with_twin(row: tuple[str, ...]) -> tuple[str, ...]:
    """A row of help that tells of a key, with what stands for that key; other rows are sentences."""
    return (row[0], TWINS.get(row[0], ""), *row[1:]) if len(row) > 1 else row


def _banner_line(word: str, text: str, room: int) -> Content:
    """A line of the banner; on a wide screen the verdict's word stands before the message, else in the border."""
    accent = text.startswith(">>")
    style = "bold white on magenta" if accent else ""
    if room >= paint.NARROW:
        return Content.assemble((fit(word, 7), "bold"), (fit(text, room - 7).rstrip(), style))
    return Content.assemble((fit(text, room).rstrip(), style))
