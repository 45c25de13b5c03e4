"""Putting a scanner into the settings file: what its owner wrote there, comments too, stays as it is."""

from __future__ import annotations

import argparse
import os
import tempfile
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.items import AoT, Table

from devices.setup import PortMatch, ScannerSetup
from tui.settings.effective import load
from warehouse.reply import InputError

_LINE = ("baud", "bits", "parity", "stop", "framing", "prefix")
_MATCH = tuple(part.name for part in fields(PortMatch))
_FOUND_OUT = ("name", "port", *_MATCH, *_LINE, "feedback")


def put_scanner(path: Path, setup: ScannerSetup) -> bool:
    """Write what was found out of a scanner into the file, over one of the same name; True when there was one.

    One of another name at the same port is that scanner, too: it gets the new name. What else its owner has set for
    it (guns, gs, times) stays. The file is replaced as a whole, or not at all. Raises OSError, and InputError for a
    file in which scanners are written in a way that cannot be added to, or that would not be read again.
    """
    document = tomlkit.parse(path.read_text(encoding="utf-8-sig")) if path.exists() else tomlkit.document()
    scanners = document.get("scanner", None)
    if scanners is None:
        scanners = document["scanner"] = tomlkit.aot()
    if not isinstance(scanners, AoT):
        raise InputError(
            f"{path} writes its scanners in one line: write each as a table [[scanner]]; nothing was written."
        )
    names = [str(one.get("name", f"scanner {number}")) for number, one in enumerate(scanners, 1)]
    same = [at for at, one in enumerate(scanners) if names[at] == setup.name or _place(one) == _place_of(setup)]
    known = bool(same)
    if known:
        _overwrite(scanners[names.index(setup.name) if setup.name in names else same[0]], setup)
    else:
        added = tomlkit.table()
        _overwrite(added, setup)
        scanners.append(added)
    _replace(path, tomlkit.dumps(document))
    return known


def _place(table: Table) -> dict[str, str]:
    """Where a scanner of the file is: its port, or what finds it."""
    return {key: str(table[key]) for key in ("port", *_MATCH) if table.get(key)}


def _place_of(setup: ScannerSetup) -> dict[str, str]:
    values = {"port": setup.port, **asdict(setup.match)}
    return {key: value for key, value in values.items() if value}


def _overwrite(table: Table, setup: ScannerSetup) -> None:
    """Name, where it is, and whatever of its line differs from the default."""
    for key in _FOUND_OUT:
        table.pop(key, None)
    plain = ScannerSetup("")
    _put(table, "name", setup.name, "")
    _put(table, "port", setup.port, "")
    for key in _MATCH:
        _put(table, key, getattr(setup.match, key), "")
    for key in _LINE:
        value, default = getattr(setup, key), getattr(plain, key)
        _put(table, key, value.replace("\\", "\\\\") if key == "prefix" else value, default)
    _put(table, "feedback", setup.feedback, plain.feedback)


def _put(table: Table, key: str, value: Any, default: Any) -> None:
    if value != default:
        table[key] = value


def _replace(path: Path, text: str) -> None:
    """Whoever reads the file meanwhile finds the old one or the new one; rights stay as they were."""
    mode = path.stat().st_mode & 0o777 if path.exists() else 0o644
    descriptor, name = tempfile.mkstemp(dir=path.resolve().parent, prefix=".dockbell-")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(descriptor)
            os.fchmod(descriptor, mode)
        _check(path, name)
        Path(name).replace(path.resolve())
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _check(path: Path, written: str) -> None:
    """A file that no command reads again would stop the whole terminal."""
    try:
        load(argparse.Namespace(config=written), {})
    except InputError as error:
        words = str(error).replace(written, str(path))
        raise InputError(f"{words} With this, no command would run: nothing was written.") from error
