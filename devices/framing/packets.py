"""Scans in Zebra SSI packets, each of which is acknowledged."""

import re

from devices import ssi
from devices.framing.frames import NOT_DATA, BadFrame, BadReason, Found, Frame, Partial, silence, without_prefix

BETWEEN_BYTES = 0.2  # seconds; the inter-character timeout of the guide
RESENT_WITHIN = 5.0  # seconds: a packet that is not answered is sent twice more, 2 s apart
_ONE_TERMINATOR = re.compile(rb"(\r\n|\r|\n)\Z")


class SsiFramer:
    """Frames in SSI packets. A good packet is answered with ACK, a damaged one with NAK, which has it sent again.

    A packet that is sent again although it had arrived (its ACK was lost) is acknowledged and not handed over twice.
    A damaged packet is told after `stale_after` seconds, unless it came again meanwhile: the operator pulled the
    trigger once and hears one verdict. Bytes that are in no packet are garbage; mostly the scanner is set to raw.
    """

    def __init__(self, max_frame: int = 8192, stale_after: float = 0.5, *, prefix: bytes = b"") -> None:
        self._max_frame = max_frame
        self._stale_after = stale_after
        self._prefix = prefix
        self._silent_since = 0.0
        self._last_byte = 0.0
        self._answers = bytearray()
        self.reset()

    def reset(self) -> None:
        self._answers.clear()
        self._bytes = bytearray()  # the beginning of a packet
        self._began = 0.0
        self._noise = Partial(self._max_frame, self._stale_after)
        self._parts = Partial(self._max_frame, self._stale_after)  # of a scan in several packets
        self._code_type: int | None = None  # of the scan that `_parts` is of
        self._scan_began = 0.0
        self._damaged: BadFrame | None = None
        self._last: ssi.Packet | None = None
        self._last_at = 0.0

    def feed(self, data: bytes, at: float) -> Found:
        found = self.poll(at)
        if not data:
            return found
        if not self._bytes:
            self._began = at
        self._last_byte = self._silent_since = at
        self._bytes += data
        return found + self._read()

    def poll(self, at: float) -> Found:
        silent = silence(self._silent_since, at)
        found: Found = []
        if silent >= BETWEEN_BYTES:
            found += self._break_off()
        if silent >= self._stale_after:
            found += self._tell_damage()
            found += self._parts.give_up("incomplete_frame")
            self._code_type = None
        return found

    def answers(self) -> bytes:
        answers = bytes(self._answers)
        self._answers.clear()
        return answers

    def listen_again(self, at: float) -> None:
        self._silent_since = max(self._silent_since, at)

    # --- Bytes into packets ---

    def _read(self) -> Found:
        found: Found = []
        while self._bytes:
            if not ssi.may_begin(self._bytes):
                found += self._skip(1)
                continue
            packet = ssi.whole(self._bytes)
            if not packet:
                break
            parsed = ssi.parse(packet)
            if parsed is None:
                found += self._refuse("ssi_checksum", packet)
            else:
                found += self._end_noise()
                del self._bytes[: len(packet)]
                found += self._take(parsed)
            self._began = self._last_byte
        return found

    def _skip(self, count: int) -> Found:
        """Drop bytes that are in no packet; behind a damaged one they are its rest."""
        skipped = bytes(self._bytes[:count]).translate(None, NOT_DATA)
        del self._bytes[:count]
        if self._damaged:
            return []
        self._noise.last_byte = self._last_byte
        return self._noise.grow(skipped)

    def _end_noise(self) -> Found:
        return self._noise.give_up("garbage")

    def _refuse(self, reason: BadReason, packet: bytes) -> Found:
        """Have a packet sent again. A good one may stand in what seemed to be the rest of it."""
        found = self._end_noise()
        if not self._damaged:
            self._damaged = BadFrame(reason, packet, self._last_byte)
            self._answers += ssi.NAK_RESEND
        if not ssi.is_resent(packet):
            self._last = None  # what comes again is this one, even where it equals the one before
        good = (at for at in range(1, len(packet)) if _is_good(packet[at:]))
        return found + self._skip(next(good, len(packet)))

    def _break_off(self) -> Found:
        """The line fell silent: what is open stays half a packet, or was noise."""
        found: Found = []
        while self._bytes:
            if ssi.may_begin(self._bytes) and ssi.has_header(self._bytes):
                found += self._refuse("incomplete_frame", bytes(self._bytes))
            else:
                found += self._skip(1)
            found += self._read()
        return found + self._end_noise()

    def _tell_damage(self) -> Found:
        damaged, self._damaged = self._damaged, None
        return [damaged] if damaged else []

    # --- Packets into scans ---

    def _take(self, packet: ssi.Packet) -> Found:
        if packet.opcode in (ssi.CMD_ACK, ssi.CMD_NAK):
            return []  # the answer to a packet of ours; answering it would never end
        self._answers += ssi.ACK
        if self._is_repeated(packet):
            self._damaged = None
            return []
        found: Found = []
        if not packet.retransmitted:
            found += self._tell_damage()
        self._damaged = None
        self._last, self._last_at = packet, self._last_byte
        return found + (self._decoded(packet) if packet.opcode == ssi.DECODE_DATA and packet.data else [])

    def _is_repeated(self, packet: ssi.Packet) -> bool:
        last = self._last
        if last is None or not packet.retransmitted or self._last_byte - self._last_at > RESENT_WITHIN:
            return False
        return (last.opcode, last.status, last.data) == (packet.opcode, packet.status, packet.data)

    def _decoded(self, packet: ssi.Packet) -> Found:
        """A scan or a part of one. Each part begins with the type of code; one that does not is all text."""
        code_type, text = packet.data[0], packet.data[1:]
        if self._code_type is None:
            self._scan_began = self._began
        elif code_type != self._code_type:
            code_type, text = self._code_type, packet.data
        self._code_type = code_type
        self._parts.last_byte = self._last_byte
        found = self._parts.grow(text)
        if packet.more_follows:
            return found
        self._code_type = None
        data = _ONE_TERMINATOR.sub(b"", self._parts.take())
        frame = Frame(data, self._last_byte, ssi.AIM_IDS.get(code_type), began=self._scan_began)
        return found + without_prefix(frame, self._prefix)


def _is_good(data: bytes) -> bool:
    """Whether a good packet stands at the beginning of `data`."""
    packet = ssi.whole(data) if ssi.may_begin(data) else b""
    return bool(packet) and ssi.parse(packet) is not None
