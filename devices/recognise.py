"""What a scanner's settings are, from the bytes of one scan of a code that is known.

Pure: the caller opens the line with one guess after the other, has the test card scanned, and asks.
"""

import re
from dataclasses import dataclass

from devices.setup import FramingName

STX, ETX = b"\x02", b"\x03"
_FILLER = b"\x00\x11\x13"
_AIM_ID = re.compile(rb"\][A-Za-z][0-9a-z]\Z")
_SSI_DECODE_DATA = 0xF3
MAX_PREFIX = 16


@dataclass(frozen=True, slots=True)
class LineGuess:
    """Settings of a serial line to try."""

    baud: int
    bits: int
    parity: str
    stop: float = 1

    def __str__(self) -> str:
        return f"{self.baud} {self.bits}{self.parity}{self.stop:g}"


# In the order of how often makers ship them: Zebra and Datalogic 9600 8N1, USB serial any, Honeywell 115200 8N1 or
# (Metrologic line) 9600 7S2, Olivetti hosts 9600 7E1, cheap USB scanners 9600 8E1.
GUESSES = (
    LineGuess(9600, 8, "N"),
    LineGuess(115200, 8, "N"),
    LineGuess(9600, 7, "E"),
    LineGuess(9600, 8, "E"),
    LineGuess(9600, 7, "S", 2),
    LineGuess(38400, 8, "N"),
    LineGuess(19200, 8, "N"),
    LineGuess(57600, 8, "N"),
    LineGuess(9600, 7, "O"),
    LineGuess(9600, 8, "O"),
)


@dataclass(frozen=True, slots=True)
class Recognised:
    """How a scanner sends: its framing, the text that it puts before a scan, and its AIM id where it sends one.

    `odd` is text behind the code that no framing accounts for; the scanner has to be told to leave it out.
    """

    framing: FramingName
    prefix: str = ""
    aim: str = ""
    odd: bytes = b""


def recognise(burst: bytes, code: bytes) -> Recognised | None:
    """What one scan of `code`, as it came with everything around it, says; None where the code is not in it."""
    if code not in burst:
        return None
    if _is_ssi(burst, code):
        return Recognised("ssi")
    before, _, after = burst.translate(None, _FILLER).partition(code)
    framing: FramingName
    if STX in before and after.startswith(ETX):
        framing, before, after = "stx-etx", before.rpartition(STX)[2], b""
    else:
        framing, after = _ending(after)
    aim = _AIM_ID.search(before)
    prefix = (before[: aim.start()] if aim else before).decode("latin-1")
    if len(prefix) > MAX_PREFIX or not (prefix.isascii() and prefix.isprintable()):
        return None
    return Recognised(framing, prefix, aim[0].decode() if aim else "", after)


def _ending(after: bytes) -> tuple[FramingName, bytes]:
    """The framing that the bytes behind the code speak for, and what of them it does not take off."""
    if after.endswith(b"\t"):
        return "tab", after[:-1]
    if after.endswith((b"\r", b"\n")):
        return "line", after.rstrip(b"\r\n")
    return "idle", after


def _is_ssi(burst: bytes, code: bytes) -> bool:
    """Whether the code stands in a Zebra SSI packet: length, opcode, source, status, code type, data, checksum."""
    start = burst.find(code) - 5
    if start < 0 or burst[start + 1] != _SSI_DECODE_DATA:
        return False
    end = start + burst[start]
    packet, checksum = burst[start:end], burst[end : end + 2]
    return len(checksum) == 2 and (sum(packet) + int.from_bytes(checksum, "big")) & 0xFFFF == 0
