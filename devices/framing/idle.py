"""Scans with nothing around them: silence is their end."""

import re

from devices.framing.frames import NOT_DATA, Found, Partial

_ONE_TERMINATOR = re.compile(rb"(\r\n|\r|\n)\Z")


class IdleFramer:
    """Frames that end when the line is silent for `idle_after` seconds, with one CR, LF or CR LF taken off.

    The silence has to be longer than the longest pause within a scan (at 9600 baud and through a USB converter, 80 ms
    are safe), and shorter than the time between two scans. Half a scan cannot be told from a whole one here.
    """

    def __init__(self, max_frame: int = 8192, idle_after: float = 0.08, *, prefix: bytes = b"") -> None:
        self._partial = Partial(max_frame, idle_after)
        self._prefix = prefix

    def feed(self, data: bytes, at: float) -> Found:
        found = self.poll(at)
        kept = data.translate(None, NOT_DATA)
        if not kept:
            return found
        self._partial.hear(at)
        return found + self._partial.grow(kept)

    def poll(self, at: float) -> Found:
        if not self._partial.is_silent(at):
            return []
        ending = _ONE_TERMINATOR.search(self._partial.bytes)
        if ending:
            del self._partial.bytes[ending.start() :]
        return self._partial.end(self._prefix)

    def answers(self) -> bytes:
        return b""

    def reset(self) -> None:
        self._partial.clear()

    def listen_again(self, at: float) -> None:
        self._partial.listen_again(at)
