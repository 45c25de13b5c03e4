"""What every framing hands over, and what all of them need to tell a scan from noise."""

from dataclasses import dataclass, field, replace
from typing import Literal, Protocol

# Filler and flow control: a line adds them between the characters of a scan, a label never holds them.
NOT_DATA = b"\x00\x11\x13"

BadReason = Literal["oversize", "incomplete_frame", "garbage", "ssi_checksum"]

# CR and LF with the parity bit on: the rest of a scan that was garbage already.
_HIGH_LINE_ENDS = (b"\x8d", b"\x8a", b"\x8d\x8a")
_PARITY_LEAST = 6  # bytes, as long as the shortest card; fewer agree by chance
_TEXT = frozenset(range(0x20, 0x7F)) | {0x02, 0x03, 0x04, 0x09, 0x0A, 0x0D, 0x1C, 0x1D, 0x1E, 0x1F}
_PARITY_HIGH = 4  # one byte in so many has the high bit: half of them do, in codes of digits and letters


@dataclass(frozen=True, slots=True)
class Frame:
    """One whole scan without its terminator; never empty.

    `at`: monotonic seconds at which the last of its bytes, the terminator, was read; `began`: the first of them.
    `symbology`: the AIM id that the line's protocol tells ("]C1"), where it is not in the data.
    `gun`: which gun of a base read it.
    """

    data: bytes
    at: float
    symbology: str | None = None
    gun: str = ""
    began: float | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class BadFrame:
    """Bytes that are no scan, and why. The operator is asked to scan again.

    `oversize`: no end within `max_frame` bytes; `data` holds the first `max_frame` of them.
    `incomplete_frame`: the line fell silent, or the next scan began, before the end came.
    `garbage`: not what the scanner's settings announce: noise, no prefix, another parity.
    `ssi_checksum`: a packet arrived damaged, and the scanner did not send it again.
    `at`: monotonic seconds at which the last byte of `data` was read.
    """

    reason: BadReason
    data: bytes
    at: float


Found = list[Frame | BadFrame]


class Framer(Protocol):
    """Bytes into frames. Pure: no port is read and no clock asked; times are monotonic seconds and never go back.

    However a stream is cut into reads, the frames are the same.
    """

    def feed(self, data: bytes, at: float) -> Found:
        """What `data`, read at `at`, completes: frames in the order in which they were scanned."""

    def poll(self, at: float) -> Found:
        """What silence until `at` completes."""

    def answers(self) -> bytes:
        """What the line's protocol wants sent back for what was fed; each answer is given once."""

    def reset(self) -> None:
        """Forget everything: what would follow went down with the line."""

    def listen_again(self, at: float) -> None:
        """Count silence from `at`: until then nobody listened, and the line may have been talking."""


def silence(since: float, until: float) -> float:
    """Seconds between two times, to the microsecond: 1.2 - 1.0 is 0.2 here."""
    return round(until - since, 6)


class Partial:
    """The bytes of a scan whose end has not come yet, and since when the line is silent."""

    def __init__(self, max_frame: int, silence: float) -> None:
        self._max_frame = max_frame
        self._silence = silence
        self._silent_since = 0.0
        self.bytes = bytearray()
        self.began = 0.0
        self.last_byte = 0.0
        self.skipping = False  # behind an oversize: nothing is kept until the end comes

    def hear(self, at: float) -> None:
        self.last_byte = self._silent_since = at

    def listen_again(self, at: float) -> None:
        self._silent_since = max(self._silent_since, at)

    def is_silent(self, at: float) -> bool:
        return silence(self._silent_since, at) >= self._silence

    def grow(self, piece: bytes) -> Found:
        """Add `piece`; what outgrows `max_frame` is told at once, and its rest skipped."""
        if self.skipping:
            return []
        if not self.bytes:
            self.began = self.last_byte
        self.bytes += piece
        if len(self.bytes) <= self._max_frame:
            return []
        oversize = BadFrame("oversize", self.take()[: self._max_frame], self.last_byte)
        self.skipping = True
        return [oversize]

    def take(self) -> bytes:
        taken = bytes(self.bytes)
        self.clear()
        return taken

    def clear(self) -> None:
        self.bytes.clear()
        self.skipping = False

    def end(self, prefix: bytes) -> Found:
        """The scan is whole."""
        began = self.began
        data = self.take()
        if looks_like_wrong_parity(data):
            return [BadFrame("garbage", data, self.last_byte)]
        return without_prefix(Frame(data, self.last_byte, began=began), prefix)

    def give_up(self, reason: BadReason) -> Found:
        """The end never came."""
        data = self.take()
        if not data or data in _HIGH_LINE_ENDS:
            return []
        return [BadFrame("garbage" if looks_like_wrong_parity(data) else reason, data, self.last_byte)]


def without_prefix(frame: Frame, prefix: bytes) -> Found:
    """The frame without what the scanner is set to send before it.

    Only noise may stand before the prefix. Where readable text does, the prefix that was found may be a part of the
    code, and half a code must not pass for a whole one.
    """
    if not frame.data or not prefix:
        return [frame] if frame.data else []
    noise, found, data = frame.data.partition(prefix)
    if not found or any(0x20 <= byte < 0x7F for byte in noise):
        return [BadFrame("garbage", frame.data, frame.at)]
    bad: Found = [BadFrame("garbage", noise, frame.at)] if noise else []
    return [*bad, replace(frame, data=data)] if data else bad


def looks_like_wrong_parity(data: bytes) -> bool:
    """Whether `data` is seven-bit text with its parity bit still on: the scanner sends 7E1 or 7O1, we read 8N1.

    Every byte then has the same parity, with about half of them above 7F; that is no UTF-8, and readable without
    the high bit.
    """
    high = sum(byte >= 0x80 for byte in data)
    if len(data) < _PARITY_LEAST or high * _PARITY_HIGH < len(data) or _is_utf8(data):
        return False
    return len({byte.bit_count() % 2 for byte in data}) == 1 and all(byte & 0x7F in _TEXT for byte in data)


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True
