"""The doctor on scanners and the printer: is each there, may this user open it, does it open, and who has it."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

import devices
from devices import holders, ports
from devices.ports import Port
from devices.setup import ScannerSetup
from devices.transport import PortError, is_device, open_transport
from tui.doctor.check import Check, fail, ok, said, warn

RULE = Path(devices.__file__).parent / "udev" / "99-dockbell-scanners.rules"
RULE_FOLDERS = tuple(
    map(Path, ("/etc/udev/rules.d", "/run/udev/rules.d", "/usr/lib/udev/rules.d", "/lib/udev/rules.d"))
)

_GUIDE = "docs/connect-a-scanner.md"
_PRINTER_PATIENCE = 3.0  # seconds


def scanners(configured: Sequence[ScannerSetup]) -> list[Check]:
    """Each configured scanner, and each that is plugged in without being configured."""
    here = ports.ports()
    found, used = [], set()
    for setup in configured:
        url = setup.port or ports.find(setup.match, here)
        if url is None:
            found.append(said("scanner", PortError(f"{setup.name}: {ports.why_not_found(setup.match, here)}")))
            continue
        used.add(os.path.realpath(url))
        found.append(_opens(setup, url))
    # An unknown maker's device may be no scanner at all, and opening it can reset it.
    others = [port for port in here if ports.profile_for(port) and os.path.realpath(port.device) not in used]
    found += [_found(port) for port in others]
    return found or [warn("scanner", "none is configured, and none is plugged in", f"See {_GUIDE}; typing works too.")]


def _opens(setup: ScannerSetup, url: str) -> Check:
    """Open it as the terminal would, and give it back."""
    if is_device(url) and Path(url).exists() and (kept := _kept(setup.name, url)):
        return kept
    try:
        open_transport(url, baud=setup.baud, bytesize=setup.bits, parity=setup.parity, stopbits=setup.stop).close()
    except PortError as error:
        return said("scanner", PortError(f"{setup.name}: {error}"))
    return ok("scanner", f"{setup.name}: {url} opens")


def _kept(name: str, device: str) -> Check | None:
    """What keeps a device from being opened, if anything is seen that does."""
    access = holders.access(device)
    if not access.allowed:
        return fail("scanner", f"{name}: this user may not open {device}", access.remedy)
    holder = holders.holder(device)
    if holder is None:
        return None
    if holder.startswith("dockbell "):
        return ok("scanner", f"{name}: {device} is in use by {holder}")
    return fail("scanner", f"{name}: {device} is in use by {holder}", "Close that program: it takes half of each scan.")


def _found(port: Port) -> Check:
    """A scanner that nobody has configured: it hinders nothing, so it is no failure."""
    what = " ".join(word for word in (port.manufacturer, port.product) if word) or f"usb {port.vid}:{port.pid}"
    kept = _kept(what, port.device)
    if kept is not None and kept.state == "fail":
        return warn("scanner", kept.found, kept.do)
    return warn("scanner", f"{what} on {port.device} is not configured", f"dockbell scanner setup --port {port.device}")


def modem_manager(running: int | None, folders: Sequence[Path] = RULE_FOLDERS) -> Check | None:
    """Whether ModemManager takes new serial ports for modems; `running` is its process, None where there is none.

    It sends them AT commands and can hold them for ten seconds.
    """
    if sys.platform != "linux":
        return None
    if running is None:
        return ok("modemmanager", "does not run")
    for folder in folders:
        if (folder / RULE.name).exists():
            return ok("modemmanager", f"runs; {folder / RULE.name} keeps it off scanners")
    do = f"sudo cp {RULE} /etc/udev/rules.d/ && sudo udevadm control --reload; then plug in again."
    return warn("modemmanager", f"runs (pid {running}) and may hold a scanner that is plugged in", do)


def printer(url: str) -> Check:
    """Whether the label printer can be reached; nothing is sent to it."""
    if not url:
        return ok("printer", "none is configured")
    if not is_device(url):
        return _printer_on_network(url)
    path = Path(url)
    if path.is_char_device():
        access = holders.access(url)
        if not access.allowed:
            return fail("printer", f"this user may not open {url}", access.remedy)
        return ok("printer", f"{url} is there")
    if url.startswith("/dev/"):
        return fail("printer", f"there is no device {url}", "Switch the printer on, or correct its name.")
    if not os.access(path.absolute().parent, os.W_OK):
        return fail("printer", f"nothing can be written to {url}", "See that its folder is there and may be written.")
    return ok("printer", f"labels are written to the file {url}")


def _printer_on_network(url: str) -> Check:
    parts = urlsplit(url)
    address = f"{parts.hostname}:{parts.port}"
    try:
        socket.create_connection((parts.hostname or "", parts.port or 0), timeout=_PRINTER_PATIENCE).close()
    except (OSError, UnicodeError) as error:  # UnicodeError: a name that no host can have
        found = f"{address} does not answer ({getattr(error, 'strerror', None) or error})"
        return fail("printer", found, "Switch it on, check its network and its address; labels wait until then.")
    return ok("printer", f"{address} answers")
