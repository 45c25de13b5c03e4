"""What lies over a prompt for a while: help and lists; and the answer to the cards of the keyboard test."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from warehouse import messages
from warehouse.barcodes import card_for
from warehouse.barcodes.layout import SWAPPED, layout_of
from warehouse.messages import refuse, reply
from warehouse.reply import Reply

if TYPE_CHECKING:
    from warehouse.flows.steps import Step, View

LIST_ROWS = 20
CLOSING: Final = ("ESC", "ENTER", "DONE")


# These work at every step of a person who is signed on, also where the key line has no room for them.
EVERYWHERE = (("F2", "What?"), ("F4", "Undo"), ("F6", "List"), ("F12", "Sign off"))


def help_on(step: Step, view: View, *, signed_on: bool) -> Reply:
    """What may be scanned here, then each key with its card."""
    rows = tuple((words,) for words in view.accepts)
    known = {key for key, _ in view.keys}
    others = tuple(entry for entry in EVERYWHERE if signed_on and entry[0] not in known)
    keys = tuple((key, label, _card_words(key)) for key, label in (*view.keys, *others))
    message = messages.say("help", next=messages.clip(view.prompt, 34))
    return Reply(step, message.verdict, message.lines, message.template, rows=rows + keys)


def _card_words(key: str) -> str:
    found = card_for(key.upper())
    return f"card {found.code}" if found else ""


def list_of(step: Step, view: View) -> Reply:
    """The rows of all lists that this step has."""
    rows = tuple(row for table in view.tables for row in table.rows)[:LIST_ROWS]
    message = messages.say("list", n=len(rows))
    return Reply(step, message.verdict, message.lines, message.template, rows=rows)


def put_away(step: Step, key: str) -> Reply:
    """A key or a card acts on what lies in front, never on the prompt that is hidden behind it."""
    if key in CLOSING:
        return reply(step, "closed")
    refuse("key_not_here", key=messages.key_name(key), next="Esc or DONE closes this first.")


def keyboard(step: Step, sheet: str = "") -> Reply:
    """How the layout sheet arrived; without it the answer to the card, which arrives on every keyboard."""
    layout = layout_of(sheet) if sheet else ""
    if not layout:
        return reply(step, "speaks_clearly", code="sheet" if sheet else "XKTEST", next=step.next)
    if layout in SWAPPED:
        return reply(step, "layout_mixed", code=layout, list=SWAPPED[layout])
    return reply(step, "layout_unknown", list=sheet)
