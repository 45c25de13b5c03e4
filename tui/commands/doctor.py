"""doctor: what a terminal needs, one line for each thing, with what to do about it."""

from __future__ import annotations

import argparse
import json
import os
import textwrap
from dataclasses import asdict
from urllib.parse import urlsplit

from db import connection
from db.connection import DatabaseError
from devices import holders
from tui.doctor import database, scale, scanners, terminal
from tui.doctor.check import Check, look, said
from tui.settings import Settings
from warehouse.barcodes.text import escaped

WIDTH = 80  # columns
_NAMED = 20  # columns of state and name
_ENGINES = ("sqlite", "postgresql", "postgres")


def doctor(options: argparse.Namespace) -> int:
    """Look at everything; 1 when something fails."""
    settings: Settings = options.settings
    checks = [*_database(settings.database), *_machine(settings)]
    failed = any(check.state == "fail" for check in checks)
    if options.json:
        print(json.dumps({"ok": not failed, "checks": [asdict(check) for check in checks]}))
    else:
        print("\n".join(report(checks)))
    return int(failed)


def _database(url: str) -> list[Check]:
    """A URL that names no database at all is the caller's mistake; all else is what the doctor is there to find."""
    try:
        connection.open_database(url)
    except DatabaseError as error:
        if urlsplit(url).scheme not in _ENGINES or "no file" in str(error):
            raise
        return [said("database", error)]
    try:
        return database.checks(url)
    finally:
        connection.close()


def _machine(settings: Settings) -> list[Check]:
    here = os.environ
    return look(
        [
            ("scanner", lambda: scanners.scanners(settings.scanners)),
            ("modemmanager", lambda: scanners.modem_manager(holders.running("ModemManager"))),
            ("scale", lambda: scale.scale(settings.scale)),
            ("printer", lambda: scanners.printer(settings.printer.url)),
            ("terminal", terminal.size),
            ("colours", lambda: terminal.colours(here)),
            ("keys", lambda: terminal.keys(here)),
            ("characters", lambda: terminal.characters(here)),
            ("program", terminal.program),
        ]
    )


def report(checks: list[Check]) -> list[str]:
    """The report as lines of text; what to do stands below what was found."""
    lines = []
    for check in checks:
        found = _shortened(check.found) if check.state == "ok" else check.found
        lines += _wrapped(f"{check.state:4}  {check.name:12}  ", found)
        if check.do:
            lines += _wrapped(" " * (_NAMED - 3) + "-> ", check.do)
    failed = sum(check.state == "fail" for check in checks)
    warned = sum(check.state == "warn" for check in checks)
    if not failed and not warned:
        return [*lines, f"All {len(checks)} checks are ok."]
    return [*lines, f"{len(checks)} checks: {failed} failed, {warned} with a warning."]


def _shortened(text: str) -> str:
    """Long paths by their ends, where nobody needs the whole of them."""
    most = WIDTH - _NAMED
    return " ".join(word if len(word) <= most else f"...{word[3 - most :]}" for word in text.split(" "))


def _wrapped(head: str, text: str) -> list[str]:
    return textwrap.wrap(
        escaped(text, 300),
        WIDTH,
        initial_indent=head,
        subsequent_indent=" " * _NAMED,
        break_long_words=False,  # a path is copied whole
        break_on_hyphens=False,
    )
