"""What a scanner is sent so that its operator hears good or bad without looking at a screen.

A scanner has to be set to listen (`FeedbackProfile.setting`); most leave the factory deaf. ACK and NAK
(06, 15) never appear here: they answer for the transport, and a NAK makes a scanner send its code again.
"""

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


class Signal(enum.Enum):
    GOOD = "good"  # taken
    BAD = "bad"  # refused
    ATTENTION = "attention"  # taken only once something is decided
    TICK = "tick"  # heard, the answer follows


@dataclass(frozen=True, slots=True)
class FeedbackProfile:
    """The bytes of one family of scanners; b"" where the family has no sound that cannot be mistaken."""

    good: bytes
    bad: bytes
    attention: bytes
    tick: bytes
    setting: str  # what the scanner's set-up must say for this to be heard
    source: str  # where the bytes come from


PROFILES: Mapping[str, FeedbackProfile] = MappingProxyType(
    {
        "none": FeedbackProfile(
            good=b"",
            bad=b"",
            attention=b"",
            tick=b"",
            setting="nothing: the scanner's own beep stays on",
            source="for scanners that take no commands",
        ),
        "generic": FeedbackProfile(
            good=b"\x07",
            bad=b"\x07\x07\x07",
            attention=b"\x07\x07",
            tick=b"",
            setting="beep on <BEL>, if the scanner has it",
            source="BEL counted: one good, two attention, three bad",
        ),
        "honeywell": FeedbackProfile(
            good=b"\x1b7,",
            bad=b"\x1b8,",
            attention=b"\x1b5,\x1b5,",  # medium pitch
            tick=b"\x1b4,",  # low pitch
            setting="Host ACK On; the scanner then waits up to 10 s for an answer before it reads again",
            source="Honeywell Xenon p. 111, 1900 p. 98, Host ACK responses; each command ends with a comma",
        ),
        "datalogic": FeedbackProfile(
            good=b"B",
            # F is "not on file". A PowerScan also stops reading at F, until E; to the others E means nothing.
            bad=b"FE",
            attention=b"BB",
            tick=b"",
            setting="RS-232 host commands",
            source="Datalogic PowerScan p. 397, Magellan 9300i p. 481, host commands",
        ),
        "datalogic-cordless": FeedbackProfile(
            good=b"\x1b[3q\r",
            bad=b"\x1b[4q\r",
            attention=b"\x1b[3q\x1b[5q\x1b[3q\r",  # 5q: a pause of 100 ms
            tick=b"",
            setting="beeper control by the host; one scanner to a base, so that no address is needed",
            source="Datalogic Gryphon GBT4200 p. 264, PowerScan PD96 p. 318, cordless escape sequences",
        ),
        "zebra": FeedbackProfile(
            good=b"\x07",
            bad=b"\x07\x07\x07",  # raw RS-232 has one tone only
            attention=b"\x07\x07",
            tick=b"",
            setting="Beep on <BEL> (off from the factory)",
            source="Zebra DS9208 p. 2-2, LS4208 p. 6-2, RS-232 parameters",
        ),
    }
)


def profile_named(name: str) -> FeedbackProfile:
    """The profile called `name`; raises ValueError with the names there are."""
    if name not in PROFILES:
        raise ValueError(f"No feedback profile is called {name!r}: choose one of {', '.join(PROFILES)}.")
    return PROFILES[name]


def bytes_for(profile: str, signal: Signal) -> bytes:
    """The bytes that make a scanner of `profile` give `signal`; b"" where it stays silent.

    Raises ValueError for a profile that does not exist.
    """
    family = profile_named(profile)
    match signal:
        case Signal.GOOD:
            return family.good
        case Signal.BAD:
            return family.bad
        case Signal.ATTENTION:
            return family.attention
        case Signal.TICK:
            return family.tick
