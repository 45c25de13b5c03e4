"""The leads' board: it fills the screen, follows other terminals' commits, and says so when it cannot."""

from __future__ import annotations

from textual.content import Content

from tui.widgets import paint
from tui.widgets.job_screen import JobScreen
from warehouse.flows.steps import View


class BoardScreen(JobScreen):
    """Released and not picked first, then receiving; the age of what waits stands above them."""

    def context(self, view: View, width: int, height: int) -> Content:
        """Both lists share the room, the second one at the bottom; a narrow board keeps to the first."""
        if not self.wide:
            return super().context(view, width, height)
        released, receiving = view.tables
        below = min(len(receiving.rows) + 2, 7) if receiving.rows else 0
        upper = paint.tables((released,), width, height - below)
        if not below:
            return upper
        gap = Content("\n" * max(2, height - below - str(upper).count("\n") + 1))
        return Content.assemble(upper, gap, paint.tables((receiving,), width, below))
