"""What the operator types: kept here until ENTER, with keys and single digits told apart."""

from __future__ import annotations

from dataclasses import dataclass

from textual.events import Key

from tui.widgets.keys import KEYS

MAX_TYPED = 1024


@dataclass(slots=True)
class Entry:
    """The line that is being typed. `press` answers what to send to the station, if anything.

    Not a Textual Input: that one drops the separators of GS1 barcodes and owns keys that the floor needs.
    """

    text: str = ""

    def press(self, event: Key) -> tuple[str, str] | None:
        """('key', name) or ('text', what was typed), or None while it is being typed."""
        if event.key in KEYS:
            return ("key", KEYS[event.key])
        if event.key == "enter":
            return self._enter()
        if event.key in ("escape", "backspace"):
            return self._back(event.key)
        if event.character == "?" and not self.text:
            return ("key", "F1")
        if event.character and event.is_printable and len(self.text) < MAX_TYPED:
            self.text += event.character
        return None

    def take(self) -> str:
        """What was typed, leaving nothing."""
        text, self.text = self.text, ""
        return text

    def _enter(self) -> tuple[str, str]:
        return ("text", self.take()) if self.text else ("key", "ENTER")

    def _back(self, key: str) -> tuple[str, str] | None:
        if not self.text:
            return ("key", "ESC")
        self.text = self.text[:-1] if key == "backspace" else ""
        return None
