r"""A report as PDF for office printers: a head, then tables that go on over as many pages as they need (A4 across).

Text from outside is drawn as it is where the font has it; what the font has not is written out as \uXXXX, so that
nothing is lost without a trace. The same content makes the same bytes.
"""

from __future__ import annotations

import io
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tui.sheets import FONT
from warehouse.barcodes.text import escaped

if TYPE_CHECKING:
    from reportlab.pdfgen.canvas import Canvas

WIDE, HIGH = 841.89, 595.28  # points of A4 across
EDGE = 34.0
SIZE, LEADING = 7.5, 11.0
HEAD_SIZE = 13.0
BOLD = "VeraBd"  # comes with reportlab too
TOP = HIGH - EDGE
BOTTOM = EDGE + 2 * LEADING
CUT = ".."
GAP = 10.0  # points between two columns
MOST = 500  # characters of one cell that are looked at


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its head, its share of the width, and whether it holds numbers."""

    head: str
    share: float
    number: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """A table with its name."""

    name: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Report:
    """A head (its first line is the title, and stands on every page) and tables."""

    head: tuple[str, ...]
    sections: tuple[Section, ...]


def report_pdf(report: Report) -> bytes:
    """The report as PDF."""
    from reportlab.pdfgen.canvas import Canvas

    _register()
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(WIDE, HIGH), invariant=1, pageCompression=1)
    canvas.setTitle("Dockbell")
    pages = list(_pages(report))
    for number, page in enumerate(pages, 1):
        for draw in page:
            draw(canvas)
        words = f"Page {number} of {len(pages)}"
        _text(canvas, report.head[0], EDGE, EDGE, WIDE - 2 * EDGE - 80)
        _text(canvas, words, WIDE - EDGE - 80, EDGE, 80, right=True)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def _register() -> None:
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    for name in (FONT, BOLD):
        if name not in pdfmetrics.getRegisteredFontNames():
            pdfmetrics.registerFont(TTFont(name, f"{name}.ttf"))


_Draw = Callable[["Canvas"], None]


def _pages(report: Report) -> Iterator[list[_Draw]]:
    """What is drawn on each page, top to bottom; the heads of a table stand again on each page it goes on."""
    page: list[_Draw] = []
    y = TOP - HEAD_SIZE
    page.append(_line(report.head[0], y, size=HEAD_SIZE, bold=True))
    for words in report.head[1:]:
        y -= LEADING
        page.append(_line(words, y))
    for section in report.sections:
        if y - 4 * LEADING < BOTTOM:
            yield page
            page, y = [], TOP
        y -= 2 * LEADING
        page.append(_line(section.name, y, bold=True))
        y -= LEADING
        page.append(_row(section.columns, tuple(column.head for column in section.columns), y, bold=True))
        for row in section.rows:
            if y - LEADING < BOTTOM:
                yield page
                y = TOP - LEADING
                page = [_row(section.columns, tuple(column.head for column in section.columns), y, bold=True)]
            y -= LEADING
            page.append(_row(section.columns, row, y))
    yield page


def _line(words: str, y: float, *, size: float = SIZE, bold: bool = False) -> _Draw:
    return lambda canvas: _text(canvas, words, EDGE, y, WIDE - 2 * EDGE, size=size, bold=bold)


def _row(columns: Sequence[Column], cells: Sequence[str], y: float, *, bold: bool = False) -> _Draw:
    whole = sum(column.share for column in columns)

    def draw(canvas: Canvas) -> None:
        x = EDGE
        for column, words in zip(columns, cells, strict=True):
            width = (WIDE - 2 * EDGE) * column.share / whole
            _text(canvas, words, x, y, width - GAP, bold=bold, right=column.number)
            x += width
        canvas.setLineWidth(0.2)
        canvas.setStrokeGray(0.4 if bold else 0.8)
        canvas.line(EDGE, y - 3, WIDE - EDGE, y - 3)

    return draw


def _text(
    canvas: Canvas,
    words: str,
    x: float,
    y: float,
    width: float,
    *,
    size: float = SIZE,
    bold: bool = False,
    right: bool = False,
) -> None:
    """One line of text, cut to the width; numbers end at the right."""
    font = BOLD if bold else FONT
    shown = _fitted(drawable(words[:MOST]), font, size, width)
    canvas.setFont(font, size)
    if right:
        canvas.drawRightString(x + width, y, shown)
    else:
        canvas.drawString(x, y, shown)


def drawable(words: str) -> str:
    """The text with what the font cannot draw, or nobody could see, written out."""
    if words.isascii() and words.isprintable():
        return words
    from reportlab.pdfbase import pdfmetrics

    _register()
    known = pdfmetrics.getFont(FONT).face.charToGlyph  # type: ignore[attr-defined]  # the font of a file has a face
    return "".join(char if char.isprintable() and ord(char) in known else escaped(char) for char in words)


def _fitted(words: str, font: str, size: float, width: float) -> str:
    """As many characters as there is room for, with a sign where some are left out."""
    from reportlab.pdfbase.pdfmetrics import stringWidth

    if stringWidth(words, font, size) <= width:
        return words
    room = width - stringWidth(CUT, font, size)
    fits = bisect_right(range(len(words)), room, key=lambda end: stringWidth(words[: end + 1], font, size))
    return words[:fits] + CUT
