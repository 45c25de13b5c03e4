"""How a scanner is connected and how it speaks: everything about it that differs from site to site.

One frozen record, built from `dockbell.toml` or from a URL on the command line; all other modules take it as it is.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

FramingName = Literal["line", "tab", "stx-etx", "idle", "ssi"]


@dataclass(frozen=True, slots=True)
class PortMatch:
    """Which port a scanner is on, by what does not change when it is plugged in elsewhere; "" matches anything.

    `vid` and `pid` are four hexadecimal digits in lower case. `serial` is the device's own number, `location` its
    place on the USB tree ("1-1.2"), `link` the name of its link in /dev/serial/by-id. Cheap scanners have no number
    of their own: those are known by their place.
    """

    vid: str = ""
    pid: str = ""
    serial: str = ""
    location: str = ""
    link: str = ""

    def __bool__(self) -> bool:
        return any((self.vid, self.pid, self.serial, self.location, self.link))


@dataclass(frozen=True, slots=True)
class ScannerSetup:
    """One scanner of a station, or one base with its guns.

    `port` is a device or a URL; where it is empty, `match` finds the device among those that are plugged in.
    `prefix` is what the scanner is set to send before each scan, to be taken off; a frame without it is garbage.
    `gs` is the text that it sends for the GS1 separator where it cannot send the separator itself.
    `guns` names the guns of a base by the characters that the base puts before their scans: {"01": "left"}.
    `idle_ms` ends a scan of the framing "idle", `stale_ms` gives up half a scan of the others.
    `feedback` names a row of `feedback.PROFILES`, or one of the configuration file.
    `bounce_ms`: the same code of the same gun again within this time is the trigger, not the operator.
    """

    name: str
    port: str = ""
    match: PortMatch = field(default_factory=PortMatch)
    baud: int = 9600
    bits: int = 8
    parity: str = "N"
    stop: float = 1
    framing: FramingName = "line"
    prefix: str = ""
    gs: str = ""
    guns: Mapping[str, str] = field(default_factory=dict)
    idle_ms: int = 80
    stale_ms: int = 500
    max_frame: int = 8192
    feedback: str = "generic"
    bounce_ms: int = 400
