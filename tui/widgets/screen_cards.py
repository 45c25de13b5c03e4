"""Command cards on the screen, one at a time, for a 2D scanner where no printed card is at hand."""

from __future__ import annotations

from textual.content import Content

from tui.widgets.qr import QUIET, STYLE, qr_rows
from warehouse.barcodes import Card, card_for
from warehouse.flows.steps import View

NARROW_QUIET = 2  # modules of border that most scanners are content with, where four do not fit


def cards_here(view: View) -> tuple[Card, ...]:
    """The cards that mean something at this step: of its keys, and the digits where a number is keyed."""
    digits = "0123456789" if view.box or view.menu else ""
    named = [card_for(key) for key in ("DONE", *(key.upper() for key, _ in view.keys), *digits)]
    return tuple(dict.fromkeys(card for card in named if card is not None))


def drawn(card: Card, width: int, height: int) -> Content | None:
    """The card's code in the middle of its room; None where it has no room."""
    for quiet in (QUIET, NARROW_QUIET):
        rows = qr_rows(card.code, quiet=quiet)
        left = (width - len(rows[0])) // 2
        if len(rows) <= height and left >= 0:
            return Content("\n").join([Content.assemble(" " * left, (row, STYLE)) for row in rows])
    return None
