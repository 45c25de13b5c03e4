"""Keyboard wedge: a scanner that types. Its keys come faster than any person's, and that tells them apart.

Pure: keys with their times go in, what a person pressed and what a scanner read come out. A key is held back for
a moment, until it is known whose it was; so no control character of a barcode ever works as a key.
"""

from __future__ import annotations

from dataclasses import dataclass, field

MAX_BURST = 8192  # characters; longer than any code
LATE_END_S = 0.7  # a scanner's CR may come so long after its last character; a person needs longer to read a verdict

_ENDS = frozenset({"enter", "tab", "ctrl+j"})
_BROKEN = "\x1b"  # stands for a key that is no character: whatever holds it is refused as a barcode
# How a terminal's driver names control characters; it does not always hand over the character itself.
_CONTROLS = {f"ctrl+{chr(code + 0x60)}": chr(code) for code in range(1, 27)} | {
    "ctrl+at": "\x00",
    "escape": "\x1b",
    "ctrl+backslash": "\x1c",
    "ctrl+right_square_bracket": "\x1d",
    "ctrl+circumflex_accent": "\x1e",
    "ctrl+underscore": "\x1f",
    "backspace": "\x7f",
}


@dataclass(frozen=True, slots=True)
class WedgeSetup:
    """How a scanner that types is told from a person; times in milliseconds.

    `prefix` is what it types before each code: with it a code is known at once, however short. `gs` is what it
    types for the GS1 separator where it cannot type the separator itself. Without a prefix, `least` characters
    that follow each other within `gap_ms` are a code. A CR ends it, or a silence of `end_ms`. `bounce_ms`: the same
    code again within this time is the trigger, not the operator.
    """

    enabled: bool = True
    prefix: str = ""
    gs: str = ""
    gap_ms: int = 30
    end_ms: int = 50
    least: int = 4
    bounce_ms: int = 700


@dataclass(frozen=True, slots=True)
class Pressed:
    """A key that a person pressed: Textual's name for it, and its character if it has one."""

    key: str
    character: str | None = None


@dataclass(frozen=True, slots=True)
class Burst:
    """What a scanner typed, whole, without its prefix; `at` is the time of its end, in seconds.

    `fault` is the id of the message that says why it is no scan.
    """

    text: str
    at: float
    took_ms: int
    fault: str = ""


@dataclass(slots=True)
class Wedge:
    """Sorts keys. `feed` each one with the time at which it came; ask `poll` again when `due` has come."""

    setup: WedgeSetup = field(default_factory=WedgeSetup)
    _held: list[Pressed] = field(default_factory=list)
    _text: str = ""  # of what is held
    _printable: int = 0
    _first: float = 0.0
    _last: float = 0.0
    _deaf_until: float = float("-inf")  # an ENTER until then is the end of a scan that was taken already

    @property
    def due(self) -> float | None:
        """When silence decides about what is held; None while nothing is."""
        return self._last + self._patience() if self._held else None

    def feed(self, key: str, character: str | None, at: float) -> list[Pressed | Burst]:
        """A key; answers what is decided by it."""
        pressed = Pressed(key, character)
        if not self.setup.enabled:
            return [pressed]
        decided = self.poll(at)
        if key in _ENDS:
            return decided + self._end(pressed, at)
        if not self._held:
            self._first = at
            self._deaf_until = float("-inf")
        self._last = at
        if len(self._held) <= MAX_BURST:
            self._hold(pressed)
        return decided

    def poll(self, at: float) -> list[Pressed | Burst]:
        """What silence has decided by now."""
        if self.due is None or at < self.due:
            return []
        decided = self._decide(self._last)
        if isinstance(decided[0], Burst):
            self._deaf_until = self._last + LATE_END_S
        return decided

    def _hold(self, pressed: Pressed) -> None:
        character = pressed.character or _CONTROLS.get(pressed.key, _BROKEN)
        self._held.append(pressed)
        self._text += character
        self._printable += character >= " " and character != "\x7f"

    def _end(self, pressed: Pressed, at: float) -> list[Pressed | Burst]:
        if self._held:
            decided = self._decide(at)
            if not isinstance(decided[0], Burst):
                return [*decided, pressed]
            self._deaf_until = at + self.setup.gap_ms / 1000  # CR and LF are one end
            return decided
        late = at < self._deaf_until
        self._deaf_until = float("-inf")
        return [] if late or pressed.key == "ctrl+j" else [pressed]

    def _is_burst(self) -> bool:
        prefix = self.setup.prefix
        return self._printable >= self.setup.least or bool(prefix and self._text.startswith(prefix))

    def _patience(self) -> float:
        """A scanner may pause a little longer in the middle of a code than before it is known to be one."""
        return (self.setup.end_ms if self._is_burst() else self.setup.gap_ms) / 1000

    def _decide(self, at: float) -> list[Pressed | Burst]:
        """A scan, or the keys one by one; the prefix with nothing behind it was typed by a person."""
        text = self._text.removeprefix(self.setup.prefix)
        decided: list[Pressed | Burst] = list(self._held)
        if self._is_burst() and text:
            fault = "oversize" if len(self._held) > MAX_BURST else ""
            if self.setup.gs:
                text = text.replace(self.setup.gs, "\x1d")
            decided = [Burst(text[:MAX_BURST], at, round(1000 * (self._last - self._first)), fault)]
        self._held, self._text, self._printable = [], "", 0
        return decided
