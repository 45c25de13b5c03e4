"""What the operator types: kept here until ENTER, with keys and single digits told apart."""

from __future__ import annotations

from dataclasses import dataclass

from tui.wedge import Pressed
from tui.widgets.keys import KEYS

MAX_TYPED = 1024


@dataclass(slots=True)
class Entry:
    """The line that is being typed. `press` answers what to send to the station, if anything.

    Not a Textual Input: that one drops the separators of GS1 barcodes and owns keys that the floor needs.
    """

    text: str = ""

    def press(self, pressed: Pressed) -> tuple[str, str] | None:
        """('key', name) or ('text', what was typed), or None while it is being typed."""
        if pressed.key in KEYS:
            return ("key", KEYS[pressed.key])
        if pressed.key == "enter":
            return self._enter()
        if pressed.key in ("escape", "backspace"):
            return self._back(pressed.key)
        if pressed.character == "?" and not self.text:
            return ("key", "F1")
        if pressed.character and pressed.character.isprintable() and len(self.text) < MAX_TYPED:
            self.text += pressed.character
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
