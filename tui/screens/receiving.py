"""Cases come in: one loop, each verdict with the orders that it released, and a count with those that it would."""

from __future__ import annotations

from textual.content import Content

from tui.widgets import paint
from tui.widgets.job_screen import JobScreen
from tui.widgets.safe_text import clean, fit
from warehouse.flows.steps import View


class ReceivingScreen(JobScreen):
    """Cases come in: one loop, each verdict with the orders that it released, and a count with those that it would."""

    def __init__(self) -> None:
        super().__init__()
        self._foreseen: tuple[str, tuple[str, ...]] = ("", ())  # what was typed, and what saving it would do

    def foresee(self, typed: str, lines: tuple[str, ...]) -> None:
        """Keep it for as long as the same digits stand in the box."""
        self._foreseen = (typed, lines)
        self.paint_context()

    def context(self, view: View, width: int, height: int) -> Content:
        """Above the lists: whom the count in the box would release, and who drops out with fewer."""
        typed, lines = self._foreseen
        if not view.previews:
            self._foreseen = ("", ())
            return super().context(view, width, height)
        shown = lines if typed and typed == self.entry.text else () if self.entry.text else view.preview
        rows = [Content.styled(f" {fit(clean(line), width - 2)}", "bold") for line in shown[: max(0, height - 1)]]
        below = (
            paint.tables(view.tables, width, height - len(rows) - 1) if rows else super().context(view, width, height)
        )
        return Content("\n").join([*rows, Content(""), below]) if rows else below
