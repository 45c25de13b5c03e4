"""What a scanner is sent so that its operator hears good or bad without looking at a screen.

A scanner has to be set to listen (`FeedbackProfile.setting`); most leave the factory deaf. ACK and NAK
(06, 15) never appear here: they answer for the transport, and a NAK makes a scanner send its code again.
"""

import enum
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from devices import ssi


class Signal(enum.Enum):
    """What is said to a scanner; the value names its field in a profile."""

    GOOD = "good"  # taken
    BAD = "bad"  # refused
    ATTENTION = "attention"  # taken only once something is decided
    TICK = "tick"  # heard, the answer follows
    TRIGGER_OFF = "trigger_off"  # read nothing until TRIGGER_ON
    TRIGGER_ON = "trigger_on"


@dataclass(frozen=True, slots=True)
class FeedbackProfile:
    """The bytes of one family of scanners; b"" where the family has no sound that cannot be mistaken, or no such
    command. Bytes that `source` calls UNVERIFIED stand in no manual of their maker's that was seen.
    """

    good: bytes
    bad: bytes
    attention: bytes
    tick: bytes = b""
    trigger_off: bytes = b""
    trigger_on: bytes = b""
    setting: str = ""  # what the scanner's set-up must say for this to be heard
    source: str = ""  # where the bytes come from

    def tone(self, signal: Signal) -> bytes:
        """The bytes that make the scanner give `signal`; b"" where it stays silent."""
        tone: bytes = getattr(self, signal.value)
        return tone


PROFILES: Mapping[str, FeedbackProfile] = MappingProxyType(
    {
        "none": FeedbackProfile(
            good=b"",
            bad=b"",
            attention=b"",
            setting="nothing: the scanner's own beep stays on",
            source="for scanners that take no commands",
        ),
        "generic": FeedbackProfile(
            good=b"\x07",
            bad=b"\x07\x07\x07",
            attention=b"\x07\x07",
            setting="beep on <BEL>, if the scanner has it",
            source="BEL counted: one good, two attention, three bad",
        ),
        "honeywell": FeedbackProfile(
            good=b"\x1b7,",
            bad=b"\x1b8,",
            attention=b"\x1b5,\x1b5,",  # medium pitch
            tick=b"\x1b4,",  # low pitch
            # No trigger: SYN U CR ends a reading that is under way and leaves the trigger alive, and SYN T CR does
            # not enable it but begins to read, with nobody aiming.
            setting="Host ACK On; the scanner then waits up to 10 s for an answer before it reads again",
            source="Honeywell Xenon p. 111, 1900 p. 98, Host ACK responses; each command ends with a comma. "
            "Trigger commands: 2020/4820 p. 12-4, Xenon Ultra p. 84",
        ),
        "datalogic": FeedbackProfile(
            good=b"B",
            # F is "not on file". A PowerScan also stops reading at F, until E; to the others E means nothing.
            bad=b"FE",
            attention=b"BB",
            trigger_off=b"D",
            trigger_on=b"E",
            setting="RS-232 host commands",
            source="Datalogic PowerScan p. 397, Magellan 9300i p. 481 and 9800i app. E, host commands",
        ),
        "datalogic-cordless": FeedbackProfile(
            good=b"\x1b[3q\r",
            bad=b"\x1b[4q\r",
            attention=b"\x1b[3q\x1b[5q\x1b[3q\r",  # 5q: a pause of 100 ms
            # Nothing for one of two guns on a base: their commands need the gun's address and DC2 before them,
            # in a form that is not known.
            setting="beeper control by the host; one scanner to a base, so that no address is needed",
            source="Datalogic Gryphon GBT4200 p. 264, PowerScan PD96 p. 318, cordless escape sequences",
        ),
        "zebra": FeedbackProfile(
            good=b"\x07",
            bad=b"\x07\x07\x07",  # raw RS-232 has one tone only
            attention=b"\x07\x07",
            setting="Beep on <BEL> (off from the factory)",
            source="Zebra DS9208 p. 2-2, LS4208 p. 6-2, RS-232 parameters",
        ),
        "zebra-ssi": FeedbackProfile(
            good=ssi.beep(0),  # one short high
            bad=ssi.beep(6),  # two short low
            attention=ssi.beep(1),  # two short high
            trigger_off=ssi.command(ssi.SCAN_DISABLE),
            trigger_on=ssi.command(ssi.SCAN_ENABLE),
            setting="host type SSI, with packeted decode data and software handshaking (ACK/NAK)",
            source="Simple Serial Interface Programmer's Guide 72E-40451 by way of two public drivers; beeps: Symbol "
            "MK1000 table 5-8. UNVERIFIED in the guide itself: which of E9 and EA enables, as one driver of four "
            "has them the other way round",
        ),
        "opticon": FeedbackProfile(
            good=b"\x1bB\r",
            bad=b"\x1bE\r",
            attention=b"\x1bB\r\x1bB\r",
            setting="serial commands, with the scanner's own good-read buzzer off",
            source="letters: Opticon's own opticonnect_sdk_android. UNVERIFIED: that they stand between ESC and CR",
        ),
    }
)


def profiles(overrides: Mapping[str, Mapping[str, bytes]]) -> Mapping[str, FeedbackProfile]:
    """`PROFILES` with what a site says otherwise: by the name of a profile, bytes by the name of a signal.

    A name that is not known is a new profile, silent but for what is given. Raises ValueError for a signal that does
    not exist, and for one that would be sent as a bare ACK or NAK.
    """
    changed = dict(PROFILES)
    for name, tones in overrides.items():
        for signal, tone in tones.items():
            _refuse_unfit(name, signal, tone)
        own: dict[str, Any] = dict(tones)
        if name not in PROFILES:
            own |= {"setting": "what the settings file of this terminal sends", "source": "the settings file"}
        changed[name] = replace(PROFILES.get(name, PROFILES["none"]), **own)
    return MappingProxyType(changed)


def _refuse_unfit(name: str, signal: str, tone: bytes) -> None:
    signals = [one.value for one in Signal]
    if signal not in signals:
        raise ValueError(f"No signal is called {signal!r}: choose one of {', '.join(signals)}.")
    if tone in (b"\x06", b"\x15"):
        raise ValueError(f"{signal} of {name!r} is ACK or NAK, which answer for the line and are no sound.")


def profile_named(name: str, among: Mapping[str, FeedbackProfile] = PROFILES) -> FeedbackProfile:
    """The profile called `name`; raises ValueError with the names there are."""
    if name not in among:
        raise ValueError(f"No feedback profile is called {name!r}: choose one of {', '.join(among)}.")
    return among[name]


def bytes_for(profile: str, signal: Signal) -> bytes:
    """The bytes that make a scanner of `profile` give `signal`; b"" where it stays silent.

    Raises ValueError for a profile that does not exist.
    """
    return profile_named(profile).tone(signal)
