"""Which serial ports this machine has, and which one is "my" scanner; `devices.holders` says who uses it.

What devices call themselves is text from outside: it is handed on as it is, to be made harmless where it is shown.
"""

import contextlib
import os
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Literal

from serial.tools.list_ports import comports
from serial.tools.list_ports_common import ListPortInfo

from devices.setup import PortMatch

Kind = Literal["usb", "onboard", "bluetooth", "pseudo"]

# Makers of scanners by the number on their USB plug, and the row of `feedback.PROFILES` that speaks to most of what
# they make. Source: usb.ids (linux-usb.org), as in udev's 20-usb-vendor-model.hwdb; the name there is in the comment.
FAMILIES: Mapping[str, str] = MappingProxyType(
    {
        "05e0": "zebra",  # Symbol Technologies
        "0c2e": "honeywell",  # Metrologic Instruments
        "0536": "honeywell",  # Hand Held Products (Welch Allyn, Inc.)
        "05f9": "datalogic",  # PSC Scanning, Inc.
        "080c": "datalogic",  # Datalogic S.p.A.
        "065a": "opticon",  # Optoelectronics Co., Ltd
        "1eab": "generic",  # Fujian Newland Computer Co., Ltd
    }
)

_BY_ID = Path("/dev/serial/by-id")
_TTYS = Path("/sys/class/tty")
_ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class Port:
    """A serial port as the system describes it; "" is what it does not say.

    `vid`, `pid`: four hexadecimal digits in lower case. `location`: the place on the USB tree ("1-1.2", or
    "1-1.2:1.0" where one device has several ports). `link`: the name in /dev/serial/by-id.
    """

    device: str
    vid: str = ""
    pid: str = ""
    serial: str = ""
    location: str = ""
    manufacturer: str = ""
    product: str = ""
    link: str = ""
    interface: str = ""
    kind: Kind = "onboard"


# --- Which there are ------------------------------------------------------------------------------------


def ports() -> list[Port]:
    """Every serial port of this machine, by name; pseudo-terminals are none, and no link is listed twice.

    Takes some milliseconds, so it belongs into a thread of its own or a command. Raises what pyserial raises,
    one of `transport.PORT_LOST` or ValueError, when devices come and go too quickly to be read.
    """
    links = _links()
    found = [port_of(listed, links) for listed in _listed() if _is_there(listed.device)]
    return list({port.device: port for port in found}.values())


def _listed() -> list[ListPortInfo]:
    """What pyserial lists; it stumbles over a device that is unplugged while it reads what it is."""
    for _attempt in range(_ATTEMPTS - 1):
        with contextlib.suppress(TypeError, ValueError, OSError):
            return sorted(comports())
    return sorted(comports())


def port_at(device: str) -> Port:
    """The port behind a path from a configuration: what is known of it where it is listed, else its name alone.

    The path may be a link, and it may lead to a pseudo-terminal; `device` of the answer is the path as given.
    """
    path = os.path.realpath(device)
    for port in ports():
        if os.path.realpath(port.device) == path:
            return Port(**{**asdict(port), "device": device})
    return Port(device, kind=_kind(path))


def port_of(listed: ListPortInfo, links: Mapping[str, str]) -> Port:
    """What pyserial lists, as a Port; `links`: the name in by-id for each device."""
    return Port(
        device=listed.device,
        vid="" if listed.vid is None else f"{listed.vid:04x}",
        pid="" if listed.pid is None else f"{listed.pid:04x}",
        serial=listed.serial_number or "",
        location=listed.location or "",
        manufacturer=listed.manufacturer or "",
        product=listed.product or "",
        link=links.get(listed.device, ""),
        interface=listed.interface or "",
        kind="usb" if listed.vid is not None else _kind(listed.device),
    )


def _kind(device: str) -> Kind:
    name = Path(device).name
    if name.startswith("rfcomm") or "bluetooth" in name.lower():
        return "bluetooth"
    # /dev/pts/3 on Linux, /dev/ttys003 on macOS.
    if device.startswith("/dev/pts/") or (name.startswith("ttys") and name[4:].isdigit()):
        return "pseudo"
    return "onboard"


def _links() -> dict[str, str]:
    """By device: its name in /dev/serial/by-id. Two devices without numbers share one; it is the one's it leads to."""
    try:
        names = sorted(_BY_ID.iterdir())
    except OSError:
        return {}
    return {os.path.realpath(name): name.name for name in names}


def _is_there(device: str) -> bool:
    """Whether a built-in port has hardware: since Linux 6.5 pyserial 3.5 lists all 32 that there could be."""
    try:
        return (_TTYS / Path(device).name / "type").read_text().strip() != "0"
    except OSError:
        return True


def profile_for(port: Port) -> str | None:
    """The feedback profile that would fit the port's scanner, by its maker; None when the maker is not known.

    A maker has several families: a cordless Datalogic, or a Zebra that speaks SSI, needs its own profile.
    """
    return FAMILIES.get(port.vid)


# --- Which is mine --------------------------------------------------------------------------------------


def find(match: PortMatch, among: Iterable[Port] | None = None) -> str | None:
    """The device of the one port that fits `match`, among those that are plugged in.

    A port that contradicts one word of the match is never taken. Where two fit equally, neither is: a guess would
    now and then listen to the gun of the next bench. `why_not_found` has the sentence for people.
    """
    fitting = _fitting(match, among)
    return fitting[0].device if len(fitting) == 1 else None


def why_not_found(match: PortMatch, among: Iterable[Port] | None = None) -> str:
    """Why `find` answers None: one sentence with what to do; "" when it does find the port."""
    if not match:
        return "Nothing says which port it is: give its port, or vid, pid and serial, or location."
    fitting = _fitting(match, among)
    if len(fitting) == 1:
        return ""
    words = ", ".join(f"{name} {text}" for name, text in asdict(match).items() if text)
    if not fitting:
        return f"No port is {words}: plug the scanner in, or see what is there with 'dockbell scanner list'."
    devices = " and ".join(port.device for port in fitting)
    return f"{devices} are both {words}: add the scanner's serial, or where it has none its location."


def match_for(port: Port) -> PortMatch:
    """The words to write down so that this port is found again under another name: the surest that it has.

    A number of its own is known wherever it is plugged in; without one, only its place tells two alike apart.
    """
    if port.vid and port.serial:
        place = port.location if ":" in port.location else ""  # one device, several ports
        return PortMatch(vid=port.vid, pid=port.pid, serial=port.serial, location=place)
    if port.location:
        return PortMatch(vid=port.vid, pid=port.pid, location=port.location)
    return PortMatch(vid=port.vid, pid=port.pid, link=port.link)


def _fitting(match: PortMatch, among: Iterable[Port] | None) -> list[Port]:
    if not match:
        return []
    fitting = [port for port in (ports() if among is None else among) if fits(port, match)]
    return list({port.device: port for port in fitting}.values())


def fits(port: Port, match: PortMatch) -> bool:
    """Whether every word of the match is true of the port."""
    return (
        match.vid.lower() in ("", port.vid)
        and match.pid.lower() in ("", port.pid)
        and match.serial in ("", port.serial)
        and match.location in ("", port.location, port.location.partition(":")[0])
        and match.link.removeprefix(f"{_BY_ID}/") in ("", port.link)
    )
