"""Labels, cards and sheets as PDF, for office printers; drawn from the same parts that label printers take."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

from devices.labels import (
    BAR_QUIET,
    FNC1,
    MATRIX_QUIET,
    Bars,
    Label,
    Matrix,
    Words,
    bar_modules,
    fitted,
    matrix_modules,
    message,
    module_size,
)
from tui.label_layouts import A4

if TYPE_CHECKING:
    from reportlab.pdfgen.canvas import Canvas

FONT = "Vera"  # Bitstream Vera comes with reportlab, is free, and may be embedded
BASELINE = 0.78  # of a line's height, from above
MM = 72 / 25.4
EDGE = 6.0  # millimetres that office printers leave white along the edges
NO_GLYPH = "?"


def pages_pdf(labels: Sequence[Label], copies: int = 1) -> bytes:
    """Each label on a page of its own size; raises LabelError where a symbol does not fit its box."""
    return _pdf([((label.width, label.height), [(0, 0, label)]) for label in labels for _ in range(copies)])


def cut_out_pdf(labels: Sequence[Label], copies: int = 1) -> bytes:
    """As many as fit on each page of A4, framed, to be cut out; all are of one size. Raises LabelError as above."""
    wide, high = labels[0].width, labels[0].height
    columns, rows = int((A4[0] - 2 * EDGE) // wide), int((A4[1] - 2 * EDGE) // high)
    if not columns or not rows:
        return pages_pdf(labels, copies)
    every = [label for label in labels for _ in range(copies)]
    places = [(EDGE + column * wide, EDGE + row * high) for row in range(rows) for column in range(columns)]
    starts = range(0, len(every), len(places))
    return _pdf(
        [(A4, [(x, y, label) for (x, y), label in zip(places, every[start:], strict=False)]) for start in starts]
    )


_Page = tuple[tuple[float, float], list[tuple[float, float, Label]]]


def _pdf(pages: Sequence[_Page]) -> bytes:
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont
    from reportlab.pdfgen.canvas import Canvas

    if FONT not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(TTFont(FONT, "Vera.ttf"))
    out = io.BytesIO()
    canvas = Canvas(out, invariant=1)
    canvas.setTitle("Dockbell")
    for (width, height), placed in pages:
        canvas.setPageSize((width * MM, height * MM))
        canvas.scale(MM, MM)
        for x, y, label in placed:
            canvas.saveState()
            canvas.translate(x, height - y - label.height)
            _draw(canvas, label, framed=(width, height) != (label.width, label.height))
            canvas.restoreState()
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def _draw(canvas: Canvas, label: Label, *, framed: bool) -> None:
    """In millimetres, with the lower left corner of the label at the origin."""
    if framed:
        canvas.setLineWidth(0.1)
        canvas.setStrokeGray(0.6)
        canvas.rect(0, 0, label.width, label.height)
    for part in label.parts:
        match part:
            case Words():
                _words(canvas, part, label.height - part.y)
            case Bars():
                _bars(canvas, part, label.height - part.y - part.height)
            case Matrix():
                _matrix(canvas, part, label.height - part.y)


def _words(canvas: Canvas, part: Words, top: float) -> None:
    from reportlab.pdfbase import pdfmetrics

    known = pdfmetrics.getFont(FONT).face.charToGlyph  # type: ignore[attr-defined]  # the font of a file has a face
    drawn = "".join(char if ord(char) in known else NO_GLYPH for char in part.text)
    text, height = fitted(drawn, part.height, part.width, lambda said: pdfmetrics.stringWidth(said, FONT, 1))
    canvas.setFont(FONT, height)
    canvas.drawString(part.x, top - BASELINE * height, text)


def _bars(canvas: Canvas, part: Bars, bottom: float) -> None:
    from reportlab.graphics.barcode.code128 import Code128

    modules = bar_modules(part.code)
    module = module_size(part.width, modules + 2 * BAR_QUIET)
    symbol = Code128(message(part.code).replace(FNC1, "\xf1"), barWidth=module, barHeight=part.height, quiet=0)
    symbol.drawOn(canvas, part.x + (part.width - modules * module) / 2, bottom)


def _matrix(canvas: Canvas, part: Matrix, top: float) -> None:
    from pystrich.datamatrix import FNC1 as MARK
    from pystrich.datamatrix import DataMatrixData, DataMatrixEncoder

    first, *others = message(part.code).split(FNC1)
    data = DataMatrixData(first, *(piece for run in others for piece in (MARK, run)), encoding="ascii")
    rows = DataMatrixEncoder(data, quiet_zone=0).init_renderer().matrix
    module = module_size(part.size, max(len(rows), matrix_modules(part.code)) + 2 * MATRIX_QUIET)
    for row, cells in enumerate(rows):
        for column, dark in enumerate(cells):
            if dark:
                x, y = part.x + column * module, top - (row + 1) * module
                canvas.rect(x, y, module, module, stroke=0, fill=1)
