"""A plot in a pane: numbers from a flow's view, drawn with plotext at the size that the pane has."""

from __future__ import annotations

import math

from rich.text import Text
from textual.app import RenderResult
from textual.widget import Widget
from textual_plotext.plot import Plot as Canvas

from tui.widgets.safe_text import clean, fit
from warehouse.flows.steps import Plot

LEAST = (12, 5)  # columns and rows below which nothing can be drawn


class PlotPane(Widget):
    """One plot with its title above and its note below; without numbers the note alone."""

    def __init__(self) -> None:
        super().__init__()
        self._plot: Plot | None = None

    def draw(self, plot: Plot) -> None:
        """Show another plot, or the same with news."""
        if plot != self._plot:
            self._plot = plot
            self.refresh()

    def render(self) -> RenderResult:
        """Title, plot and note; a few are dim, for they say little."""
        plot, (width, height) = self._plot, self.size
        if plot is None or width <= 0 or height <= 0:
            return Text("")
        title = Text(f" {fit(plot.title, max(0, width - 1))}", style="bold", no_wrap=True)
        note = Text(f" {fit(plot.note, max(0, width - 1))}", style="dim", no_wrap=True)
        if not plot.series or width < LEAST[0] or height - 2 < LEAST[1]:
            return Text("\n").join([title, note])
        drawn = Text.from_ansi(self._drawn(plot, width, height - 2), no_wrap=True)
        if plot.few:
            drawn.stylize("dim")
        return Text("\n").join([title, drawn, note])

    @staticmethod
    def _drawn(plot: Plot, width: int, height: int) -> str:
        canvas = Canvas()
        canvas.plotsize(width, height)
        canvas._set_size(width, height)  # noqa: SLF001 - textual-plotext's own widget does the same
        canvas.theme("clear")
        for series in plot.series:
            if series.kind == "bars":
                canvas.bar(list(series.xs), list(series.ys), width=0.6, marker="sd")
            elif series.kind == "points":
                canvas.scatter(list(series.xs), list(series.ys), marker="x" if series.name != "receipt" else "v")
            else:
                canvas.plot(list(series.xs), list(series.ys), marker="braille")
        if plot.ticks:
            canvas.xticks([at for at, _ in plot.ticks], [clean(words) for _, words in plot.ticks])
        if plot.span:
            canvas.xlim(*plot.span)
        across = plot.across or _whole(max(y for series in plot.series for y in series.ys))
        canvas.yticks([at for at, _ in across], [clean(words) for _, words in across])
        canvas.ylim(0, across[-1][0])
        return str(canvas.build())


def _whole(most: float) -> tuple[tuple[float, str], ...]:
    """Nought, the half and the most, where they are whole numbers."""
    top = max(1, math.ceil(most))
    places = [0, top] if top < 4 else [0, top // 2, top]
    return tuple((float(at), str(at)) for at in places)
