"""Scans between STX and ETX, for codes that hold line breaks themselves."""

import re

from devices.framing.frames import NOT_DATA, BadReason, Found, Partial

STX, ETX = b"\x02", b"\x03"
_LINE_ENDS = (b"\r", b"\n")
_TOKENS = re.compile(rb"[\x02\x03\r\n]|[^\x02\x03\r\n]+")


class StxEtxFramer:
    """Frames between STX (02) and ETX (03); what is in between is data, CR and LF as well.

    Outside of a frame CR and LF mean nothing; anything else there is garbage, told when a frame, a line end or
    `stale_after` seconds of silence end it. A second STX begins anew: the ETX before it was lost.
    """

    def __init__(self, max_frame: int = 8192, stale_after: float = 0.5, *, prefix: bytes = b"") -> None:
        self._partial = Partial(max_frame, stale_after)
        self._prefix = prefix
        self._inside = False

    def feed(self, data: bytes, at: float) -> Found:
        found = self.poll(at)
        kept = data.translate(None, NOT_DATA)
        if kept:
            self._partial.hear(at)
        for token in _TOKENS.findall(kept):
            found += self._take(token)
        return found

    def poll(self, at: float) -> Found:
        return self._break_off() if self._partial.is_silent(at) else []

    def answers(self) -> bytes:
        return b""

    def reset(self) -> None:
        self._partial.clear()
        self._inside = False

    def listen_again(self, at: float) -> None:
        self._partial.listen_again(at)

    def _take(self, token: bytes) -> Found:
        if token == STX:
            found = self._break_off()
            self._inside = True
            return found
        if token == ETX and self._inside and not self._partial.skipping:
            self._inside = False
            return self._partial.end(self._prefix)
        if token == ETX or (token in _LINE_ENDS and not self._inside):
            return self._break_off()
        return self._partial.grow(token)

    def _break_off(self) -> Found:
        """End what is open without its end: half a frame, or noise between frames."""
        reason: BadReason = "incomplete_frame" if self._inside else "garbage"
        self._inside = False
        return self._partial.give_up(reason)
