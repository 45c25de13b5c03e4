"""A scripted scale on a real pseudo-terminal, for the demo and for tests: what it sends is read as a real scale's is."""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType, TracebackType
from typing import Self

from devices.scale.protocols import PROTOCOLS
from devices.scale.reading import Reading, Trouble
from devices.scale.setup import ProtocolName
from devices.simulator import ScannerGone, ScriptedScanner

_CRLF = b"\r\n"
_SWING = 7  # in the last digit: what a moving weight is off by


class ScriptedScale:
    """A scale whose load is a function call. `url` is what a Scale is given.

    One that answers does so once for each request that it understands, one that sends by itself does every `every_s`
    seconds. Nothing lies on it at first. `cut_frames` sends each frame in two pieces with a pause between them,
    `noise` are bytes before each. Stop the Scale before closing this one, as with ScriptedScanner.
    """

    def __init__(
        self,
        protocol: ProtocolName,
        *,
        unit: str = "kg",
        decimals: int = 3,
        every_s: float = 0.05,
        noise: bytes = b"",
        cut_frames: bool = False,
    ) -> None:
        self._request = PROTOCOLS[protocol].request
        self._encode = _ENCODERS[protocol]
        self._empty = Reading(0, decimals, unit, stable=True)  # type: ignore[arg-type]
        self._shows: Reading | Trouble = self._empty
        self._moving = 0
        self._every_s, self._noise, self._cut_frames = every_s, noise, cut_frames
        self._in_use = threading.Lock()
        self._stopping = threading.Event()
        self._line = ScriptedScanner()
        self.url = self._line.url
        self._thread = threading.Thread(target=self._run, name="scripted scale", daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def put(self, value: int, *, moving: int = 0, net: bool = False) -> None:
        """Put a load on: `value` in its last decimal, after `moving` frames in which it still swings."""
        with self._in_use:
            self._shows, self._moving = replace(self._empty, value=value, net=net), moving

    def fail(self, trouble: Trouble) -> None:
        """From now on too heavy, below zero, garbled ("unknown"), or "silent"; `put` ends it."""
        with self._in_use:
            self._shows, self._moving = trouble, 0

    def unplug(self) -> None:
        """Cut the line; there is no plugging in again."""
        self._stopping.set()
        self._line.unplug()

    def close(self) -> None:
        self.unplug()
        self._thread.join(1.0)

    def _run(self) -> None:
        asked = b""
        while not self._stopping.is_set():
            try:
                if not self._request:
                    self._stopping.wait(self._every_s)
                    self._send()
                    continue
                asked = (asked + self._line.tone(0.1))[-256:]
                while self._request in asked:
                    asked = asked.partition(self._request)[2]
                    self._send()
            except TimeoutError:
                continue  # nobody reads it, as happens to a scale
            except ScannerGone:
                return

    def _send(self) -> None:
        with self._in_use:
            said = self._shows
            if isinstance(said, Reading) and self._moving:
                swing = _SWING if self._moving % 2 else -_SWING
                said = replace(said, value=said.value + swing, stable=False)
                self._moving -= 1
        if said == "silent":
            return
        frame = self._noise + self._encode(said)
        if self._cut_frames:
            half = len(frame) // 2
            self._line.scan(frame[:half], terminator=b"")
            time.sleep(0.01)
            frame = frame[half:]
        self._line.scan(frame, terminator=b"")


# --- The bytes of each protocol -------------------------------------------------------------------------


def _sics(said: Reading | Trouble) -> bytes:
    if not isinstance(said, Reading):
        return {"moving": b"S I", "over": b"S +", "zero": b"S -"}.get(said, b"ES") + _CRLF
    number, _, unit = said.text.partition(" ")
    return f"S {'S' if said.stable else 'D'} {number:>10} {unit}".encode() + _CRLF


def _comma(number: Callable[[str], str], head: Callable[[bool], bytes], unit: Callable[[str], str]) -> "Encoder":
    """ST, US, OL or UL, what `head` puts behind it, then the number and the unit as they are written."""

    def encode(said: Reading | Trouble) -> bytes:
        if not isinstance(said, Reading):
            state = {"over": b"OL", "zero": b"UL", "moving": b"US"}.get(said)
            return (b"??" if state is None else state + b"," + head(False) + number("9999999").encode()) + _CRLF
        digits, _, name = said.text.partition(" ")
        state = b"ST" if said.stable else b"US"
        return state + b"," + head(said.net) + number(digits).encode() + unit(name).encode() + _CRLF

    return encode


def _signed(number: str) -> str:
    """A&D: the sign, and eight places filled up with zeros."""
    return f"{'-' if number.startswith('-') else '+'}{number.lstrip('-'):0>8}"


def _kind(net: bool) -> bytes:
    return b"NT," if net else b"GS,"


def _cas_head(net: bool) -> bytes:
    return _kind(net) + b"1\xc4,"  # the first device, with its lamps for stable and gross


def _toledo(said: Reading | Trouble) -> bytes:
    reading = said if isinstance(said, Reading) else Reading(999_999, 0, "kg", stable=False)
    a = 0b010_1000 | (reading.decimals + 2)
    b = 0b010_0000 | reading.net | (reading.value < 0) << 1 | (not reading.stable) << 3 | (reading.unit == "kg") << 4
    c = 0b010_0000 | {"g": 1, "oz": 3}.get(reading.unit, 0)
    if not isinstance(said, Reading):
        b |= {"over": 0b100, "zero": 0b110}.get(said, 0)
        c |= 0b111 if said == "unknown" else 0
    frame = b"\x02" + bytes([a, b, c]) + f"{abs(reading.value):06d}".encode() + b"000000\r"
    return frame + bytes([-sum(frame) & 0x7F])


Encoder = Callable[[Reading | Trouble], bytes]

_ENCODERS: Mapping[ProtocolName, Encoder] = MappingProxyType(
    {
        "sics": _sics,
        "and": _comma(_signed, lambda _net: b"", lambda unit: f"{unit:>3}"),
        "and-continuous": _comma(_signed, _kind, lambda unit: unit),
        "cas": _comma(lambda number: f"{number:>8}", _cas_head, lambda unit: f" {unit:<2}"),
        "dini-argeo": _comma(lambda number: f"{number:>8}", _kind, lambda unit: f",{unit}"),
        "toledo": _toledo,
    }
)
