"""Bytes into frames: one frame is what the scanner sent for one press of its trigger.

Pure: no port is read here and no clock asked. The reader passes the bytes in, with the monotonic second at
which it read them.
"""

import re
from dataclasses import dataclass
from typing import Literal

_TERMINATOR = re.compile(rb"[\r\n]")
# Filler and flow control: a line adds them between the characters of a scan, a label never holds them.
_NOT_DATA = b"\x00\x11\x13"


@dataclass(frozen=True, slots=True)
class Frame:
    """One whole scan without its terminator; never empty.

    `at`: monotonic seconds at which the last of its bytes, the terminator, was read.
    """

    data: bytes
    at: float


@dataclass(frozen=True, slots=True)
class BadFrame:
    """Bytes that are no scan, and why. The operator is asked to scan again.

    `oversize`: no terminator within `max_frame` bytes; `data` holds the first `max_frame` of them.
    `incomplete_frame`: the line fell silent before a terminator came.
    `at`: monotonic seconds at which the last byte of `data` was read.
    """

    reason: Literal["oversize", "incomplete_frame"]
    data: bytes
    at: float


class LineFramer:
    """Frames that end with CR, LF or CR LF. However the bytes are cut into reads, the frames are the same.

    `max_frame` is in bytes without the terminator, `stale_after` in seconds of silence within a frame.
    Empty frames are no scans, which is also why the LF of a CR LF needs no memory.
    """

    def __init__(self, max_frame: int = 8192, stale_after: float = 0.5) -> None:
        self._max_frame = max_frame
        self._stale_after = stale_after
        self._partial = bytearray()
        self._last_byte = 0.0
        self._silent_since = 0.0
        self._skipping = False

    def feed(self, data: bytes, at: float) -> list[Frame | BadFrame]:
        """What `data`, read at `at`, completes: frames in the order in which they were scanned."""
        found = self.poll(at)
        kept = data.translate(None, _NOT_DATA)
        if not kept:
            return found
        self._last_byte = self._silent_since = at
        *ended, rest = _TERMINATOR.split(kept)
        for piece in ended:
            found += self._grow(piece)
            found += self._end()
        found += self._grow(rest)
        return found

    def poll(self, at: float) -> list[Frame | BadFrame]:
        """What silence until `at` completes: a half scan that nothing followed is dropped and said so."""
        if at - self._silent_since < self._stale_after:
            return []
        self._skipping = False
        if not self._partial:
            return []
        return [BadFrame("incomplete_frame", self._take(), self._last_byte)]

    def listen_again(self, at: float) -> None:
        """Count silence from `at`: until then nobody listened, and the line may have been talking."""
        self._silent_since = max(self._silent_since, at)

    def reset(self) -> None:
        """Forget the half scan: its other half went down with the line."""
        self._partial.clear()
        self._skipping = False

    def _grow(self, piece: bytes) -> list[Frame | BadFrame]:
        if self._skipping:
            return []
        self._partial += piece
        if len(self._partial) <= self._max_frame:
            return []
        self._skipping = True
        return [BadFrame("oversize", self._take()[: self._max_frame], self._last_byte)]

    def _end(self) -> list[Frame | BadFrame]:
        self._skipping = False
        return [Frame(self._take(), self._last_byte)] if self._partial else []

    def _take(self) -> bytes:
        taken = bytes(self._partial)
        self._partial.clear()
        return taken
