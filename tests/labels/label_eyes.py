"""Labels as a scanner sees them: drawn by zplkit or pdftoppm, read by zxing-cpp; neither is ours."""

from __future__ import annotations

import io
import shutil
import subprocess
from dataclasses import dataclass

import pytest
import zplkit
import zxingcpp
from PIL import Image

from devices.labels import MM_PER_INCH

PDFTOPPM = shutil.which("pdftoppm")
needs_pdftoppm = pytest.mark.skipif(PDFTOPPM is None, reason="pdftoppm (Debian: poppler-utils) is not installed")
DPI = 200


@dataclass(frozen=True)
class Seen:
    """A symbol: what a scanner sends of it, and the box around it in millimetres from the upper left corner."""

    raw: str
    left: float
    top: float
    right: float
    bottom: float


def looked_at(picture: Image.Image, dpi: int) -> list[Seen]:
    """Every symbol in a picture, from top to bottom."""
    found = []
    for symbol in zxingcpp.read_barcodes(picture):
        place = symbol.position
        corners = (place.top_left, place.top_right, place.bottom_left, place.bottom_right)
        xs, ys = [corner.x for corner in corners], [corner.y for corner in corners]
        box = (edge / dpi * MM_PER_INCH for edge in (min(xs), min(ys), max(xs), max(ys)))
        found.append(Seen(symbol.symbology_identifier + symbol.bytes.decode(), *box))
    return sorted(found, key=lambda seen: (seen.top, seen.left))


def pictures_of_zpl(data: bytes, dpi: int, width: float, height: float) -> list[Image.Image]:
    """What a printer makes of the bytes; raises RenderError for what none would take."""
    dots = dpi / MM_PER_INCH
    options = zplkit.Options(profile="specification", width=round(width * dots), height=round(height * dots), dpi=dpi)
    return [Image.open(io.BytesIO(label.png())) for label in zplkit.render(data, options).labels]


def seen_on_zpl(data: bytes, dpi: int = 203, width: float = 100, height: float = 150) -> list[str]:
    """What a scanner sends of the symbols of the one label."""
    (picture,) = pictures_of_zpl(data, dpi, width, height)
    return [seen.raw for seen in looked_at(picture, dpi)]


def pages_of_pdf(data: bytes) -> list[list[Seen]]:
    """The symbols on each page."""
    assert PDFTOPPM is not None
    # Without the name of a file it writes the pages one after the other.
    made = subprocess.run([PDFTOPPM, "-gray", "-r", str(DPI), "-"], input=data, capture_output=True, check=True).stdout
    pages = []
    while made:
        head = made.split(b"\n", 3)
        width, height = map(int, head[1].split())
        end = len(made) - len(head[3]) + width * height
        pages.append(looked_at(Image.open(io.BytesIO(made[:end])), DPI))
        made = made[end:]
    return pages
