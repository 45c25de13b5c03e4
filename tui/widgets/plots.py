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
        if not plot.series or width < LEAST[0] or height - 3 < LEAST[1]:
            return Text("\n").join([title, note])
        drawn = Text.from_ansi(_drawn(plot, width, height - 3), no_wrap=True)
        ticks = Text(_tick_row(plot, width), no_wrap=True)
        if plot.few:
            drawn.stylize("dim")
        return Text("\n").join([title, drawn, ticks, note])


def _drawn(plot: Plot, width: int, height: int) -> str:
    """The plot without the words below it."""
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
    across = _across(plot)
    top = across[-1][0]
    rows: dict[int, tuple[float, str]] = {}
    for at, words in across:  # of two in one row the first stays, whatever plotext does with them
        rows.setdefault(round(at / top * (height - 3)), (at, words))
    canvas.xticks([])
    canvas.yticks([at for at, _ in rows.values()], [clean(words) for _, words in rows.values()])
    canvas.xlim(*_span(plot))
    canvas.ylim(0, top)
    return str(canvas.build()).rstrip("\n")


def _span(plot: Plot) -> tuple[float, float]:
    """Where the plot begins and ends; bars need room beside them."""
    if plot.span:
        return plot.span
    xs = [x for series in plot.series for x in series.xs]
    room = 1.0 if any(series.kind == "bars" for series in plot.series) else 0.0
    low, high = min(xs) - room, max(xs) + room
    return (low, high) if low < high else (low - 1, high + 1)


def _across(plot: Plot) -> tuple[tuple[float, str], ...]:
    """The ticks of y, without words of its own: nought, the half and the most, where they are whole numbers."""
    if plot.across:
        return plot.across
    top = max(1, math.ceil(max(y for series in plot.series for y in series.ys)))
    places = [0, top] if top < 4 else [0, top // 2, top]
    return tuple((float(at), str(at)) for at in places)


def _tick_row(plot: Plot, width: int) -> str:
    """The words of x below their places; those that would touch the one before are left out.

    Not left to plotext, which leaves out others each time.
    """
    left = max(len(clean(words)) for _, words in _across(plot)) + 1
    columns = width - left - 1
    low, high = _span(plot)
    row = ""
    for at, tick in plot.ticks:
        words = clean(tick)
        middle = left + round((at - low) / (high - low) * (columns - 1))
        place = min(max(0, middle - len(words) // 2), width - len(words))
        if low <= at <= high and place >= len(row) + (1 if row else 0):
            row = row.ljust(place) + words
    return row
