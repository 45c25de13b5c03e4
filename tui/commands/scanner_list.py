"""scanner list: the serial ports of this machine, what would fit them, and what keeps them from being used."""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass

from devices import holders, ports
from devices.ports import Port
from devices.setup import ScannerSetup
from devices.transport import is_device
from warehouse.barcodes.text import escaped

_NONE = (
    "No serial port is here: see that the scanner's cable is in and that it is set to serial (USB-COM, CDC), not to\n"
    "keyboard; that ModemManager leaves it alone; and, in a container, that the device is handed in.\n"
    "docs/connect-a-scanner.md tells how, for each maker."
)


@dataclass(frozen=True, slots=True)
class Listed:
    """One port, and how it stands with it; `scanner`: the one of the configuration that is on it."""

    port: Port
    profile: str | None
    holder: str | None
    access: holders.Access
    scanner: str | None


@dataclass(frozen=True, slots=True)
class Missing:
    """A configured scanner whose port is not there, and why."""

    scanner: str
    why: str


def scanner_list(options: argparse.Namespace) -> None:
    """Every port, as text or JSON; needs no database."""
    listed, missing = listing(options.settings.scanners)
    if options.json:
        print(json.dumps({"ports": [_as_json(one) for one in listed], "missing": [_missing(one) for one in missing]}))
        return
    if not listed:
        print(_NONE)
    for one in listed:
        print("\n".join(_words(one)))
    for lost in missing:
        print(escaped(f"Scanner {lost.scanner} is configured, but not here: {lost.why}", 300))


def listing(configured: Sequence[ScannerSetup]) -> tuple[list[Listed], list[Missing]]:
    """The ports that are here, those of `configured` marked, and the configured devices that are not here.

    Scanners behind a serial server have no port of this machine.
    """
    here = ports.ports()
    scanners: dict[str, str] = {}
    missing = []
    for setup in configured:
        device = setup.port or ports.find(setup.match, here)
        if device is None:
            missing.append(Missing(setup.name, ports.why_not_found(setup.match, here)))
        elif is_device(device) and os.path.lexists(device):
            scanners[os.path.realpath(device)] = setup.name
        elif is_device(device):
            missing.append(Missing(setup.name, f"there is no {device}: plug it in, or correct its name."))
    known = {os.path.realpath(port.device) for port in here}
    here += [ports.port_at(device) for device in scanners if device not in known]
    return [_listed(port, scanners.get(os.path.realpath(port.device))) for port in here], missing


def _listed(port: Port, scanner: str | None) -> Listed:
    return Listed(port, ports.profile_for(port), holders.holder(port.device), holders.access(port.device), scanner)


def _words(one: Listed) -> list[str]:
    """The port's name and maker; below it, what identifies it and what is to be known of it."""
    port = one.port
    maker = " ".join(word for word in (port.manufacturer, port.product) if word) or port.kind
    identity = [
        f"{name} {text}"
        for name, text in (
            ("usb", ":".join(filter(None, (port.vid, port.pid)))),
            ("serial", port.serial),
            ("location", port.location),
        )
        if text
    ]
    details = [
        "  ".join(identity),
        f"link {port.link}" if port.link else "",
        f"profile {one.profile}" if one.profile else "",
        f"configured as {one.scanner}" if one.scanner else "",
        f"in use by {one.holder}" if one.holder else "",
        f"this user may not open it: {one.access.remedy}" if one.access.remedy else "",
    ]
    rows = [f"{port.device}  {maker}", *(f"    {row}" for row in details if row)]
    return [escaped(row, 300) for row in rows]


def _as_json(one: Listed) -> dict[str, str | None]:
    port = one.port
    return {
        "device": port.device,
        "vid": port.vid or None,
        "pid": port.pid or None,
        "serial": port.serial or None,
        "location": port.location or None,
        "link": port.link or None,
        "manufacturer": port.manufacturer or None,
        "product": port.product or None,
        "profile": one.profile,
        "holder": one.holder,
        "permission": "ok" if one.access.allowed else "denied",
        "group": one.access.group,
        "scanner": one.scanner,
    }


def _missing(one: Missing) -> dict[str, str]:
    return {"scanner": one.scanner, "why": one.why}
