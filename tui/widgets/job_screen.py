"""The screen of a job: fixed regions in the same order at every size, and the verdict where it always is.

title - prompt - facts - box - verdict banner - context - status - keys. The banner stays until the next
verdict replaces it. Help or a list lies over the facts until it is closed. A subclass says only what is different
about its job.
"""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.events import Resize
from textual.message import Message
from textual.screen import Screen
from textual.timer import Timer
from textual.widgets import Static

from tui.station import Answer
from tui.wedge import Pressed
from tui.widgets import mini, paint
from tui.widgets.entry import Entry
from tui.widgets.keys import TWINS
from tui.widgets.safe_text import clean, fit, safe_text
from tui.widgets.screen_cards import cards_here, drawn
from warehouse.flows.steps import View
from warehouse.reply import Verdict

DIGIT_WAIT_S = 0.45  # a digit or letter that nothing follows is a choice of the menu
MENU_DIGITS = frozenset("123456789")
CARDS_KEY = ("Down", "", "Cards to scan from the screen")
TURNS = {"down": 1, "pagedown": 1, "up": -1, "pageup": -1}  # the pages of help or of a list


class _Context(Static):
    """The rest of the screen: what is shown there depends on how much room the layout leaves it."""

    def on_resize(self, _event: Resize) -> None:
        """Laid out anew, it is filled anew."""
        if isinstance(self.screen, JobScreen):
            self.screen.paint_context()


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

    class Typed(Message):
        """What is in the box has changed, where that is worth a preview."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    def __init__(self) -> None:
        super().__init__()
        self.entry = Entry()
        self.answer: Answer | None = None
        self.view: View | None = None
        self.right = ""
        self.notice = ""
        self.rows: tuple[tuple[str, ...], ...] = ()  # of help or a list that lies over the facts
        self._listing = False
        self._page = 0
        self._page_words = ""
        self._card: int | None = None  # which command card is shown, to be scanned from the screen
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
        yield _Context(id="context", markup=False)
        yield Static(id="status", markup=False)
        yield Static(id="keys", markup=False)

    # --- keys ---

    def press(self, pressed: Pressed) -> None:
        """Collect what a person types; what a scanner types does not come here."""
        self._stop_digit()
        if pressed.key == "f10":
            self.post_message(self.Entered("key", "F10"))
            return
        if pressed.key in TURNS:
            self._turn(TURNS[pressed.key])
            return
        if self.carded and pressed.key in ("escape", "backspace"):
            self._card = None
            self._paint()
            return
        if self.overlaid and pressed.key == "escape":
            self.entry.take()
        before = self.entry.text
        sent = self.entry.press(pressed)
        if sent is not None:
            self.post_message(self.Entered(*sent))
        elif self.view is not None and self.view.previews and self.entry.text != before:
            self.post_message(self.Typed(self.entry.text))
        elif self.view is not None and self._alone(self.view, self.entry.text):
            self._digit = self.set_timer(DIGIT_WAIT_S, self._choose)
        self._paint_box()

    def _turn(self, pages: int) -> None:
        """The next page of what lies over the prompt; where nothing does, the next command card to scan from here."""
        if self.overlaid:
            self._page += pages
            self.paint_context()
        elif self.view is not None:
            self._card = 0 if self._card is None else self._card + pages
            self._paint()

    @staticmethod
    def _alone(view: View, text: str) -> bool:
        """Whether this means something by itself, if nothing follows: a digit of the menu, a letter of the step."""
        return len(text) == 1 and ((view.menu and text in MENU_DIGITS) or text.upper() in view.letters)

    def _choose(self) -> None:
        self.post_message(self.Entered("key", self.entry.take().upper()))
        self._paint_box()

    def _stop_digit(self) -> None:
        if self._digit is not None:
            self._digit.stop()
            self._digit = None

    def foresee(self, typed: str, lines: tuple[str, ...]) -> None:
        """What saving the typed count would do; a job that asks for none shows none."""

    def comes_back(self, answer: Answer) -> bool:
        """Whether the person only looked something up and is where they were: what is half typed there stays."""
        looked = answer.step.startswith("whats_this.")
        return looked and self.answer is not None and self.answer.reply.step.name == answer.reply.step.name

    # --- showing ---

    def show(self, answer: Answer, right: str, notice: str = "") -> None:
        """Show a verdict and the screen that follows it; without a message only the facts are new.

        Nor does the second read of one pull of the trigger take the place of what was said to the first.
        """
        if (answer.reply.message and answer.reply.template != "repeat") or self.answer is None:
            self.answer = answer
            self._card = None
            self._lay_over(answer)
        if answer.view is not None:
            self.view = answer.view
        self.right, self.notice = right, notice
        if self.is_mounted:
            self._paint()

    def _lay_over(self, answer: Answer) -> None:
        """Help or a list, asked for once more, shows its next page; a refused input leaves it where it is."""
        listing = answer.reply.template == "list"
        if answer.reply.rows:
            self._page = self._page + 1 if self.rows and listing == self._listing else 0
            self.rows, self._listing = answer.reply.rows, listing
        elif not answer.session.overlay:
            self.rows = ()

    def repaint(self, right: str, notice: str) -> None:
        """Only the title's right end and the status line have news."""
        self.right, self.notice = right, notice
        if self.view is not None and self.is_mounted and self.size.width and self.children:
            self._paint_frame(self.view)

    def on_mount(self) -> None:
        """Paint what was given before the screen was there."""
        self._paint()

    def on_resize(self, _event: Resize) -> None:
        """Another size, other lines."""
        self._paint()

    @property
    def overlaid(self) -> bool:
        """Whether help or a list was asked for and lies over the facts."""
        return bool(self.rows)

    @property
    def carded(self) -> bool:
        """Whether a command card is shown in the place of the facts."""
        return self._card is not None

    @property
    def wide(self) -> bool:
        """Whether this is the wide tier."""
        return self.size.width >= paint.NARROW

    @property
    def mini(self) -> bool:
        """Whether this is the smallest tier."""
        return self.size.width < mini.MINI

    def _paint(self) -> None:
        width, view = self.size.width, self.view
        # A screen that is closed while it is made has no regions.
        if view is None or width == 0 or not self.children:
            return
        self.set_class(not self.wide and not self.mini, "narrow")
        self.set_class(self.mini, "mini")
        self.set_class(self.overlaid or self.carded, "overlaid")
        self.set_class(bool(view.choices), "chooses")
        painter = mini if self.mini else paint
        self._put("prompt", painter.prompt(view, width))
        self._put("hint", paint.hint(view, width))
        facts = mini.above_box(view, width) if self.mini and view.box else view.facts
        self._put("facts", painter.choices(view.choices, width) if view.choices else painter.facts(facts, width))
        self._put("keys", mini.keys(view, width) if self.mini else paint.keys(view.keys, width))
        self._paint_frame(view)
        self._paint_box()
        self._paint_banner(width)
        self.call_after_refresh(self.paint_context)

    def _paint_frame(self, view: View) -> None:
        width, words = self.size.width, self._page_words or self.notice or view.status
        if self.mini:
            self._put("title", mini.title(view, self.right, width))
            self._put("status", safe_text(mini.brief(words, width), "dim"))
        else:
            self._put("title", paint.title(view, self.right, width))
            self._put("status", safe_text(" " + fit(words, width - 2), "dim"))

    def paint_context(self) -> None:
        """Fill the rest of the screen as it is laid out now."""
        if self.view is None or self.size.width == 0 or not self.children:
            return
        room = self.query_one("#context", Static).size
        self._page_words = ""
        if self.overlaid:
            content, place = paint.page(self._overlay(self.view), self._page, room.height)
            self._page_words = f"{place} {'F6' if self._listing else 'F1'} for more" if place else ""
        elif self._card is not None:
            content = self._card_page(self.view, self._card, room.width, room.height)
        else:
            content = self.context(self.view, self.size.width, room.height)
        self._put("context", content)
        self._paint_frame(self.view)

    def _overlay(self, view: View) -> list[Content]:
        width = self.size.width
        if self._listing:
            return paint.tables(view.tables, width, paint.ENDLESS).split("\n", allow_blank=True)
        if self.mini:
            return mini.help_rows(self.rows, width)
        return paint.rows((*map(_with_twin, self.rows), CARDS_KEY), width)

    def _card_page(self, view: View, number: int, width: int, height: int) -> Content:
        cards = cards_here(view)
        place = number % len(cards)
        content = drawn(cards[place], width, height)
        if content is None:
            self._page_words = "No room here for cards. Esc."
            return Content("")
        self._page_words = f"{cards[place].label}  {place + 1}/{len(cards)}  Down for more, Esc"
        return content

    def context(self, view: View, width: int, height: int) -> Content:
        """What fills the rest of the screen: the job's tables."""
        return paint.tables(view.tables, width, height)

    def _paint_box(self) -> None:
        view = self.view
        if view is None:
            return
        typed = clean(self.entry.text or view.digits)
        if view.box:
            room = max(1, min(24, self.size.width - len(view.box) - 6))
            content = Content.assemble(" ", (f" {view.box}: ", "bold"), (f" {typed[-room:]}_ ", "reverse"))
        elif typed:
            room = max(1, min(30, self.size.width - 10))
            content = Content.assemble(" ", (f" {typed[-room:]}_ ", "reverse"), ("  ENTER", "dim"))
        else:
            content = Content("")
        self._put("box", content)

    def _paint_banner(self, width: int) -> None:
        banner = self.query_one("#banner")
        reply = self.answer.reply if self.answer is not None else None
        verdict = reply.verdict if reply is not None and reply.message else None
        for word in Verdict:
            banner.set_class(verdict is word, word.value.lower())
        # What only opened help or a list is said by it; what was refused over it has to be seen.
        self.set_class(reply is not None and not reply.rows and not self.carded, "told")
        banner.border_title = verdict.value if verdict is not None and not self.wide else ""
        if reply is None or verdict is None:
            self._put("verdict", Content(""))
        elif self.mini:
            self._put("verdict", mini.banner(verdict.value, reply.message, width))
        else:
            self._put("verdict", paint.banner(verdict.value, reply.message, width - 4))

    def _put(self, region: str, content: Content) -> None:
        self.query_one(f"#{region}", Static).update(content)


def _with_twin(row: tuple[str, ...]) -> tuple[str, ...]:
    """A row of help that tells of a key, with what stands for that key; other rows are sentences."""
    return (row[0], TWINS.get(row[0], ""), *row[1:]) if len(row) > 1 else row
