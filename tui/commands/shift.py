"""demo: the sample site and its scripted shift."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

from tui import logs
from warehouse.reply import InputError

SLOWEST, FASTEST = 0.01, 1000.0


def demo(options: argparse.Namespace) -> int:
    """In the app where there is a terminal, else (or with --headless) printed."""
    if not SLOWEST <= options.speed <= FASTEST:
        raise InputError(f"--speed is a number from {SLOWEST:g} to {FASTEST:g}, such as 2 for twice as fast.")
    if options.folder:
        return _in_folder(Path(options.folder), options)
    with tempfile.TemporaryDirectory(prefix="dockbell-demo-") as folder:
        return _in_folder(Path(folder), options)


def _in_folder(folder: Path, options: argparse.Namespace) -> int:
    from tui.demo import shift

    _refuse_used(folder, shift.url_of(folder))
    folder.mkdir(parents=True, exist_ok=True)
    logs.write_to(folder / "logs", "demo")
    if options.headless or not (sys.stdin.isatty() and sys.stdout.isatty()):
        return shift.headless(folder, options.seed, sys.stdout)
    return shift.in_app(folder, options.seed, options.speed)


def _refuse_used(folder: Path, url: str) -> None:
    """Nothing that is there already is written over."""
    if folder.exists() and not folder.is_dir():
        raise InputError(f"{folder} is no folder: name another one.")
    if os.path.lexists(folder / "site.db"):
        raise InputError(
            f"{folder / 'site.db'} is there already: name another folder, "
            f"or open that site with 'dockbell run --db {url}'."
        )
    if os.path.lexists(folder / "import"):
        raise InputError(f"{folder / 'import'} is there already, and would be written over: name another folder.")
