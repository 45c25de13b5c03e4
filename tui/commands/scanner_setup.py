"""scanner setup: a dialogue that finds out how a scanner is set, and writes it into dockbell.toml."""

from __future__ import annotations

import argparse
from pathlib import Path

from devices import feedback, ports
from devices.ports import Port
from devices.setup import ScannerSetup
from tui.scanner_wizard import Choice, Wizard
from tui.settings.file import NAME
from tui.settings.writing import put_scanner
from warehouse.barcodes.text import escaped
from warehouse.reply import InputError


def scanner_setup(options: argparse.Namespace) -> None:
    """Ask, listen, and write; raises InputError when nothing came of it, and then nothing is written."""
    settings = options.settings
    wizard = Wizard(input, print, feedback.profiles(settings.feedback))
    path = Path(settings.file or NAME)
    print("Setting up a serial scanner. You need the test card XKTEST: 'dockbell labels sheet' prints it.")
    try:
        setup = wizard.run(choices(), options.port, _free_name(settings.scanners))
    except EOFError:
        raise InputError("Nobody answered; nothing was written.") from None
    known = put_scanner(path, setup)
    print(f"{'Changed' if known else 'Added'} '{escaped(setup.name)}' in {escaped(str(path))}.")
    print("Try it: 'dockbell run', sign on, and scan the card XKTEST on the home screen.")


def choices() -> list[Choice]:
    """The serial ports of this machine, each as it can be found again wherever it is plugged in."""
    return [
        Choice(port.device, _words(port), ports.match_for(port), ports.profile_for(port) or "")
        for port in ports.ports()
    ]


def _words(port: Port) -> str:
    what = " ".join(word for word in (port.manufacturer, port.product) if word)
    return escaped(f"{port.device}  {what}".rstrip(), 70)


def _free_name(scanners: tuple[ScannerSetup, ...]) -> str:
    taken = {one.name for one in scanners}
    return next(name for number in range(1, len(taken) + 2) if (name := f"scanner {number}") not in taken)
