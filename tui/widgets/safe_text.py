"""Text from a scan, an import or a database on its way to a terminal: nothing in it may steer the terminal.

Two walls, since a widget that is forgotten at the first must not matter: every widget gets its text through
`safe_text`, and the app's line filter looks at what is about to be drawn.
"""

from __future__ import annotations

import re

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from textual.color import Color
from textual.content import Content
from textual.filter import LineFilter
from textual.style import Style

# Controls (C0, DEL, C1), bidirectional overrides, zero width, line separators, the byte order mark, tags.
FORBIDDEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)
REPLACEMENT = "\ufffd"
MAX_SHOWN = 500


def clean(text: str) -> str:
    """The text with every character that may not reach a terminal replaced; never longer than a screen can use."""
    return FORBIDDEN.sub(REPLACEMENT, text[:MAX_SHOWN])


def safe_text(text: str, style: str | Style = "") -> Content:
    """Text as content that no markup parser will ever see."""
    return Content.styled(clean(text), style) if style else Content(clean(text))


def fit(text: str, width: int, *, right: bool = False) -> str:
    """Exactly `width` cells: cut (ending in a full stop) or padded; wide characters count two."""
    text = clean(text)
    length = cell_len(text)
    if length > width:
        return set_cell_size(text, max(0, width - 1)) + "." if width else ""
    padding = " " * (width - length)
    return padding + text if right else text + padding


class Scrub(LineFilter):
    """The second wall: whatever reaches the compositor with a control character in it, leaves without."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:  # noqa: ARG002
        """Replace forbidden characters; segments that Textual itself marked as control are left alone."""
        return [
            Segment(FORBIDDEN.sub(REPLACEMENT, segment.text), segment.style, segment.control)
            if not segment.control and FORBIDDEN.search(segment.text)
            else segment
            for segment in segments
        ]
