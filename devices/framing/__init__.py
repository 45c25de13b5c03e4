"""Bytes into frames: one frame is what the scanner sent for one press of its trigger.

Pure: no port is read here and no clock asked. The reader passes the bytes in, with the monotonic second at
which it read them.
"""

from devices.framing.frames import BadFrame, BadReason, Frame, Framer, looks_like_wrong_parity
from devices.framing.idle import IdleFramer
from devices.framing.line import TAB, LineFramer
from devices.framing.packets import SsiFramer
from devices.framing.stx_etx import StxEtxFramer
from devices.setup import ScannerSetup

__all__ = [
    "BadFrame",
    "BadReason",
    "Frame",
    "Framer",
    "IdleFramer",
    "LineFramer",
    "SsiFramer",
    "StxEtxFramer",
    "framer_for",
    "looks_like_wrong_parity",
    "mark",
]


def framer_for(setup: ScannerSetup) -> Framer:
    """The framing that the scanner is set to."""
    prefix, stale_after = mark(setup.prefix), setup.stale_ms / 1000
    match setup.framing:
        case "line":
            return LineFramer(setup.max_frame, stale_after, prefix=prefix)
        case "tab":
            return LineFramer(setup.max_frame, stale_after, prefix=prefix, terminator=TAB)
        case "stx-etx":
            return StxEtxFramer(setup.max_frame, stale_after, prefix=prefix)
        case "idle":
            return IdleFramer(setup.max_frame, setup.idle_ms / 1000, prefix=prefix)
        case "ssi":
            return SsiFramer(setup.max_frame, stale_after, prefix=prefix)


def mark(text: str) -> bytes:
    """The bytes of a prefix as scanners send them: one for each character, as far as that goes."""
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return text.encode()
