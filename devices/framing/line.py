"""Scans that end with a character: CR, LF, CR LF, or TAB."""

import re

from devices.framing.frames import NOT_DATA, Found, Partial

CR_OR_LF = re.compile(rb"[\r\n]")
TAB = re.compile(rb"\t")


class LineFramer:
    """Frames that end with CR, LF or CR LF; with `terminator` TAB, CR and LF are data like any other byte.

    `max_frame` is in bytes without the terminator, `stale_after` in seconds of silence within a frame.
    Empty frames are no scans, which is also why the LF of a CR LF needs no memory.
    """

    def __init__(
        self,
        max_frame: int = 8192,
        stale_after: float = 0.5,
        *,
        prefix: bytes = b"",
        terminator: re.Pattern[bytes] = CR_OR_LF,
    ) -> None:
        self._partial = Partial(max_frame, stale_after)
        self._prefix = prefix
        self._terminator = terminator

    def feed(self, data: bytes, at: float) -> Found:
        found = self.poll(at)
        kept = data.translate(None, NOT_DATA)
        if not kept:
            return found
        self._partial.hear(at)
        *ended, rest = self._terminator.split(kept)
        for piece in ended:
            found += self._partial.grow(piece)
            found += self._partial.end(self._prefix)
        return found + self._partial.grow(rest)

    def poll(self, at: float) -> Found:
        """A half scan that nothing followed is dropped and said so."""
        return self._partial.give_up("incomplete_frame") if self._partial.is_silent(at) else []

    def answers(self) -> bytes:
        return b""

    def reset(self) -> None:
        self._partial.clear()

    def listen_again(self, at: float) -> None:
        self._partial.listen_again(at)
