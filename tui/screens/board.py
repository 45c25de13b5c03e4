"""The leads' board: it fills the screen, follows other terminals' commits, and says so when it cannot.

A mark stands on one row or number: Up and Down move it, ENTER opens it as if what the row is about had been typed.
"""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content

from tui.station import Answer
from tui.wedge import Pressed
from tui.widgets import paint
from tui.widgets.job_screen import JobScreen
from tui.widgets.plots import PlotPane
from warehouse.flows.steps import Table, View

MOVES = {"down": 1, "up": -1}
ACTS = "AHPR"  # letters that are about the marked row: it is opened, then they act on what is open
BELOW = 4  # rows of each list below the first
PANES = 4


class BoardScreen(JobScreen):
    """Released and not picked first, then receiving; the age of what waits stands above them."""

    def __init__(self) -> None:
        super().__init__()
        self._mark = 0
        self._plot = 0
        self._about = ""  # which screen the mark stands on

    def compose(self) -> ComposeResult:
        """The regions of every job, and panes for what is drawn in the place of the lists."""
        for region in super().compose():
            yield region
            if region.id == "context":
                yield Horizontal(*(PlotPane() for _ in range(PANES)), id="plots")

    # --- the mark ---

    def _marks(self, view: View) -> list[tuple[str, str]]:
        """What may be opened: rows in the order of the lists as texts, then numbers above them as keys."""
        rows = [("text", opens) for table in self._lists(view) for opens in table.opens if opens]
        return rows + [("key", f"OPEN:{fact.opens}") for fact in view.facts if fact.opens and fact.label]

    def _marked(self) -> tuple[str, str] | None:
        found = self._marks(self.view) if self.view is not None else []
        return found[self._mark % len(found)] if found else None

    def press(self, pressed: Pressed) -> None:
        """Up and Down move the mark; ENTER opens what is marked, and a letter acts on it."""
        view = self.view
        free = view is not None and not self.overlaid and not self.carded and not self.entry.text
        if view is None or not free or view.choices or view.box:
            super().press(pressed)
            return
        if pressed.key in ("down", "up", "pagedown", "pageup") and view.plots:
            self._plot += 1 if "down" in pressed.key else -1
            self.paint_context()
            return
        found = self._marks(view)
        if pressed.key in MOVES and found:
            self._mark = (self._mark + MOVES[pressed.key]) % len(found)
            self._paint()
            return
        if pressed.key == "enter" and (marked := self._marked()) is not None:
            self.post_message(self.Entered(*marked))
            return
        super().press(pressed)

    def _choose(self) -> None:
        """A letter that is about a row goes after what opens that row, unless something is open already."""
        text = self.entry.text.upper()
        marked = self._marked()
        opened = self.answer is not None and self.answer.reply.step.name == "board.flow"
        about = text == "2" or text in ACTS
        if about and marked is not None and marked[0] == "text" and not opened:
            self.post_message(self.Entered(*marked))
            if text == "2":
                self.entry.take()
                self._paint_box()
                return
        super()._choose()

    def show(self, answer: Answer, right: str, notice: str = "") -> None:
        """Another screen of the board begins with its first row marked."""
        about = f"{answer.reply.step.name} {getattr(answer.reply.step, 'code', '')}"
        if about != self._about:
            self._about, self._mark, self._plot = about, 0, 0
        super().show(answer, right, notice)

    # --- what is shown ---

    def _lists(self, view: View) -> tuple[Table, ...]:
        """A narrow board keeps to the first lists that have rows."""
        return tuple(table for table in view.tables if table.rows)

    def context(self, view: View, width: int, height: int) -> Content:
        """The first list has the room, the others their first rows below it."""
        marked = self._marked()
        at = marked[1] if marked is not None and marked[0] == "text" else ""
        lists = self._lists(view)
        if not self.wide or len(lists) < 2:
            return paint.tables(lists, width, height, marked=at)
        others = [min(len(table.rows) + 1, BELOW) for table in lists[1:]]
        while others and height - sum(others) - len(others) < 4:
            others.pop()
        first = height - sum(others) - len(others)
        shown = [paint.tables(lists[:1], width, first, marked=at)]
        shown += [
            Content.assemble("\n", paint.tables((table,), width, rows, marked=at))
            for table, rows in zip(lists[1:], others, strict=False)
        ]
        return Content("\n").join(shown)

    def paint_context(self) -> None:
        """Plots have the room of the lists while there are any, as many side by side as fit."""
        view = self.view
        plots = view.plots if view is not None and not self.overlaid and not self.carded else ()
        self.set_class(bool(plots), "drawn")
        if not plots:
            super().paint_context()
            return
        across = 1 if self.size.width < paint.NARROW else 2 if self.size.width < 110 else 3
        for place, pane in enumerate(self.query(PlotPane)):
            pane.display = place < across
            if pane.display:
                pane.draw(plots[(self._plot * across + place) % len(plots)])
