"""demo: the sample site and its scripted shift."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from tui import logs
from warehouse.reply import InputError


def demo(options: argparse.Namespace) -> int:
    """In the app where there is a terminal, else (or with --headless) printed."""
    if options.speed <= 0:
        raise InputError("--speed is a number above 0, such as 2 for twice as fast.")
    if options.folder:
        return _in_folder(Path(options.folder), options)
    with tempfile.TemporaryDirectory(prefix="dockbell-demo-") as folder:
        return _in_folder(Path(folder), options)


def _in_folder(folder: Path, options: argparse.Namespace) -> int:
    from tui.demo import shift

    if (folder / "site.db").exists():
        raise InputError(f"{folder / 'site.db'} is there already: name another folder, or delete that one.")
    folder.mkdir(parents=True, exist_ok=True)
    logs.write_to(folder / "logs", "demo")
    if options.headless or not (sys.stdin.isatty() and sys.stdout.isatty()):
        return shift.headless(folder, options.seed, sys.stdout)
    return shift.in_app(folder, options.seed, options.speed)
