"""What scales send, as data: the request that they answer, if any, and how a line of theirs is read.

Pure: a frame without its terminator comes in, a Reading or a Trouble goes out; nothing raises. A frame must be whole
and all of it understood, or it is "unknown": a digit that was lost on the line would be another weight.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from devices.scale.reading import Reading, Trouble, Unit
from devices.scale.setup import ProtocolName

_UNITS: Mapping[bytes, Unit] = {b"kg": "kg", b"g": "g", b"lb": "lb", b"oz": "oz"}
_NUMBER = rb"(?P<sign>[+-]?) *(?P<whole>\d{1,9})(?:\.(?P<part>\d{1,6}))?"
_UNIT = rb"(?P<unit>[A-Za-z%]{1,3}) *"


@dataclass(frozen=True, slots=True)
class Protocol:
    """How a family of scales speaks. `request` asks for the weight of this moment, moving or not; it is empty where
    the scale sends by itself. What `source` calls UNVERIFIED stands in no manual of the maker's that was seen.
    """

    request: bytes
    read: Callable[[bytes], Reading | Trouble]
    setting: str  # what the scale's set-up must say
    source: str

    @property
    def continuous(self) -> bool:
        return not self.request


def _weight(found: re.Match[bytes], *, stable: bool, net: bool) -> Reading | Trouble:
    """A match of _NUMBER and _UNIT; a unit that is no weight, such as pieces or percent, is "unknown"."""
    unit = _UNITS.get(found["unit"].lower())
    if unit is None:
        return "unknown"
    part = found["part"] or b""
    value = int(found["whole"] + part)
    return Reading(-value if found["sign"] == b"-" else value, len(part), unit, stable, net)


# --- MT-SICS --------------------------------------------------------------------------------------------

_SICS = re.compile(rb"S (?P<state>[SD]) +" + _NUMBER + rb" +" + _UNIT)
_SICS_STATES: Mapping[bytes, Trouble] = {b"S I": "moving", b"S +": "over", b"S -": "zero"}


def _sics(frame: bytes) -> Reading | Trouble:
    """S S and S D are a stable and a moving weight; S I: not now, or not stable in the scale's own time."""
    found = _SICS.fullmatch(frame)
    if found is None:
        return _SICS_STATES.get(frame.rstrip(), "unknown")
    # Whether a tare was taken off is not said: S is "the current net weight value".
    return _weight(found, stable=found["state"] == b"S", net=False)


# --- A state, maybe gross or net, and a number, between commas ------------------------------------------

_AND = re.compile(rb"(?P<state>ST|US)(?:,(?P<kind>[A-Z-]{2}))?, *" + _NUMBER + rb" *" + _UNIT)
# 20 bytes and CR LF. An id and a byte of lamps stand before the weight, and may be any.
_CAS = re.compile(rb"(?=.{20}\Z)(?P<state>ST|US),(?P<kind>GS|NT),..,(?=.{8} ) *" + _NUMBER + rb" +" + _UNIT, re.DOTALL)
# Two digits of an address stand before the state on a line that several indicators share.
_DINI = re.compile(rb"(?:\d\d)?(?P<state>ST|US),(?P<kind>GS|NT), *" + _NUMBER + rb" *, *" + _UNIT)
_OUT_OF_RANGE = re.compile(rb"(?:\d\d)?(?P<state>OL|UL),(?P<rest>.*)", re.DOTALL)


def _states(pattern: re.Pattern[bytes]) -> Callable[[bytes], Reading | Trouble]:
    """ST, US: stable, unstable; OL, UL: above and below what the scale can weigh, whatever number follows."""

    def read(frame: bytes) -> Reading | Trouble:
        found = pattern.fullmatch(frame)
        if found is not None:
            return _weight(found, stable=found["state"] == b"ST", net=found["kind"] == b"NT")
        beyond = _OUT_OF_RANGE.fullmatch(frame)
        if beyond is None:
            return "unknown"
        return "zero" if beyond["state"] == b"UL" or b",-" in b"," + beyond["rest"] else "over"

    return read


# --- Toledo continuous ----------------------------------------------------------------------------------

# Behind the last STX: a checksum of the frame before, if the scale sends one, stands in front of it.
_TOLEDO = re.compile(rb"\x02([\x20-\x7f])([\x20-\x7f])([\x20-\x7f])([ \d]{5}\d)[ \d]{6}")
_A_PLACES, _A_FIXED, _A_IS = 0b111, 0b110_0000, 0b010_0000
_B_NET, _B_NEGATIVE, _B_OUT, _B_MOVING, _B_KG, _B_FIXED, _B_NOT_ZEROED = 1, 2, 4, 8, 16, 32, 64
_C_UNITS, _C_EXPANDED, _C_FIXED, _C_IS = 0b111, 0b001_0000, 0b110_0000, 0b010_0000
_C_UNIT: Mapping[int, Unit] = {1: "g", 3: "oz"}
_TOLEDO_WHOLE = 2  # the value of the decimal bits that means whole units; below it stand zeros that are not sent


def _toledo(frame: bytes) -> Reading | Trouble:
    """STX, status bytes A, B and C, six digits of weight, six of tare.

    A frame whose constant bits are others is a clone's with bits of its own, and an expanded display shows a digit
    more than the scale is good for: neither is believed.
    """
    found = _TOLEDO.fullmatch(frame[frame.rfind(b"\x02") :]) if b"\x02" in frame else None
    if found is None or b" " in found[4].lstrip():
        return "unknown"
    a, b, c = (found[place][0] for place in (1, 2, 3))
    fixed = a & _A_FIXED == _A_IS and b & _B_FIXED and c & _C_FIXED == _C_IS
    kind = c & _C_UNITS
    unit = ("kg" if b & _B_KG else "lb") if kind == 0 else _C_UNIT.get(kind)
    if not fixed or c & _C_EXPANDED or unit is None:
        return "unknown"
    if b & _B_NOT_ZEROED:
        return "zero"
    if b & _B_OUT:
        return "zero" if b & _B_NEGATIVE else "over"
    places = (a & _A_PLACES) - _TOLEDO_WHOLE
    value = int(found[4]) * 10 ** max(0, -places)
    return Reading(
        -value if b & _B_NEGATIVE else value, max(0, places), unit, stable=not b & _B_MOVING, net=bool(b & _B_NET)
    )


# --- All of them ----------------------------------------------------------------------------------------

_AND_SOURCE = (
    "A&D GC series p. 51 and EK-L series p. 28, A&D standard format; AD-4212A p. 70 for Q; with GS or NT between: "
    "CAS CI-600D p. 75, 'AND 18 bytes', General Measure M02 p. 56, rECont. UNVERIFIED: that every A&D scale has Q"
)

PROTOCOLS: Mapping[ProtocolName, Protocol] = MappingProxyType(
    {
        "sics": Protocol(
            # Not S, which answers only when the weight is stable: that answer could come when nobody waits any more.
            request=b"SI\r\n",
            read=_sics,
            setting="MT-SICS, which scales also call Host or Dialog; 9600 8N1 from the factory",
            source="Mettler Toledo MT-SICS reference manual 11780711, level 0, commands S and SI; AL-IC operating "
            "instructions p. 72. UNVERIFIED: S - also for a scale that was not zeroed",
        ),
        "and": Protocol(
            request=b"Q\r\n",
            read=_states(_AND),
            setting="A&D standard format, command mode",
            source=_AND_SOURCE,
        ),
        "and-continuous": Protocol(
            request=b"",
            read=_states(_AND),
            setting="A&D standard format, stream mode",
            source=_AND_SOURCE,
        ),
        "cas": Protocol(
            request=b"",
            read=_states(_CAS),
            setting="CAS 22 bytes, sent continuously",
            source="CAS CI-600D p. 74, NT-200 p. 48, CI-150A p. 54, format of 22 bytes. UNVERIFIED: how the eight "
            "places of the weight show a minus",
        ),
        "dini-argeo": Protocol(
            request=b"READ\r\n",
            read=_states(_DINI),
            setting="serial commands with the standard string; the display in kg, g, lb or oz",
            source="Dini Argeo DGT4X technical manual p. 52, standard string; DFW serial protocol p. 6, READ",
        ),
        "toledo": Protocol(
            request=b"",
            read=_toledo,
            setting="standard continuous output, with or without checksum; display not expanded",
            source="Mettler Toledo Wildcat technical manual tables 6-8 to 6-11; Ohaus Defender 5000 tables 5-2 to "
            "5-4 for the units of byte C; Fairbanks FB3000 p. 55. The checksum is not worked out, as no byte says "
            "whether it is sent: what counts comes in two frames",
        ),
    }
)
