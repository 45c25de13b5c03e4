"""Zebra's Simple Serial Interface: how its packets are built, and what they mean.

length, opcode, source, status, data, checksum: the length counts everything but the two bytes of the checksum, and
the checksum is the two's complement of the sum of all bytes before it. Source: Zebra's "Simple Serial Interface
Programmer's Guide" (72E-40451), as two public drivers agree on it (clocklimited/motorola-ssi-scanner,
enioka/enioka_scan).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

# From the host (04) or from both.
CMD_ACK = 0xD0
CMD_NAK = 0xD1
BEEP = 0xE6
SCAN_ENABLE = 0xE9
SCAN_DISABLE = 0xEA
# From the decoder (00).
DECODE_DATA = 0xF3

_HEADER = 4  # bytes: length, opcode, source, status
_CHECKSUM = 2
_FROM_DECODER, _FROM_HOST = 0x00, 0x04
_RETRANSMITTED, _MORE_FOLLOWS = 0x01, 0x02
_STATUS_BITS = 0x0F
_LEAST_OPCODE = 0x80  # of those that a decoder is known to send

# The type of code that DECODE_DATA begins with, as the AIM id that says the same. Source: Symbol CS3000 guide, table
# B-1, and the symbologies of Zebra's scanner SDK, which agree on these. Left out is what the type alone does not
# decide: whether a DataMatrix (1B) or QR (1C) is GS1's, whether an ITF (06) has a check digit, UPC-E (09) with its
# digits left out, DataBar 14 and Limited (30, 31) that may come without their AI; and what the sources number
# differently (DataBar 23-25 of the CS3000). Those are read without an id.
AIM_IDS: Mapping[int, str] = MappingProxyType(
    {
        0x01: "]A0",  # Code 39
        0x02: "]F0",  # Codabar
        0x03: "]C0",  # Code 128
        0x07: "]G0",  # Code 93
        0x08: "]E0",  # UPC-A
        0x0A: "]E4",  # EAN-8
        0x0B: "]E0",  # EAN-13
        0x0F: "]C1",  # GS1-128
    }
)


@dataclass(frozen=True, slots=True)
class Packet:
    """A packet that arrived whole. `status` is without the bit that only says that it was sent before."""

    opcode: int
    status: int
    data: bytes
    retransmitted: bool

    @property
    def more_follows(self) -> bool:
        return bool(self.status & _MORE_FOLLOWS)


def checksum(packet: bytes) -> bytes:
    """The two bytes that end `packet`."""
    return (-sum(packet) & 0xFFFF).to_bytes(2, "big")


def command(opcode: int, data: bytes = b"") -> bytes:
    """A packet from the host. Raises ValueError when `data` is longer than the 251 bytes that a packet holds."""
    packet = bytes([_HEADER + len(data), opcode, _FROM_HOST, 0]) + data
    return packet + checksum(packet)


def beep(code: int) -> bytes:
    """Sound a row of beeps: 0 to 4 are one to five short high ones, 5 to 9 the same low.

    Source: Symbol MK1000 guide, table 5-8, for 0 to 6; Zebra's scanner SDK for the others.
    """
    return command(BEEP, bytes([code]))


ACK = command(CMD_ACK)
NAK_RESEND = command(CMD_NAK, b"\x01")


def may_begin(data: bytes | bytearray) -> bool:
    """Whether a decoder's packet may begin as `data` does; data is not empty."""
    if data[0] < _HEADER or (len(data) > 1 and data[1] < _LEAST_OPCODE):
        return False
    if len(data) > 2 and data[2] != _FROM_DECODER:
        return False
    return len(data) < _HEADER or not data[3] & ~_STATUS_BITS


def has_header(data: bytes | bytearray) -> bool:
    """Whether `data` is enough of a packet to be sure that one was sent."""
    return len(data) >= _HEADER


def whole(data: bytes | bytearray) -> bytes:
    """The packet that `data` begins with, checksum and all; b"" while bytes of it are missing."""
    size = data[0] + _CHECKSUM
    return bytes(data[:size]) if len(data) >= size else b""


def is_resent(packet: bytes | bytearray) -> bool:
    """Whether a packet, damaged or not, says that it was sent before."""
    return bool(packet[3] & _RETRANSMITTED)


def parse(packet: bytes) -> Packet | None:
    """The packet that is these bytes; None when its checksum is wrong."""
    if checksum(packet[:-_CHECKSUM]) != packet[-_CHECKSUM:]:
        return None
    data = packet[_HEADER:-_CHECKSUM]
    return Packet(packet[1], packet[3] & ~_RETRANSMITTED, data, is_resent(packet))
