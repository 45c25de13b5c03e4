"""Putting a scanner into the settings file: what its owner wrote there, comments too, stays as it is."""

from __future__ import annotations

import os
import tempfile
from dataclasses import fields
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.items import AoT, Table

from devices.setup import PortMatch, ScannerSetup
from warehouse.reply import InputError

_LINE = ("baud", "bits", "parity", "stop", "framing", "prefix")
_MATCH = tuple(part.name for part in fields(PortMatch))
_FOUND_OUT = ("name", "port", *_MATCH, *_LINE, "feedback")


def put_scanner(path: Path, setup: ScannerSetup) -> bool:
    """Write what was found out of a scanner into the file, over one of the same name; True when there was one.

    What else its owner has set for that one (guns, gs, times) stays. The file is replaced as a whole, or not at
    all. Raises InputError for a file in which scanners are written in a way that cannot be added to, and OSError.
    """
    document = tomlkit.parse(path.read_text(encoding="utf-8")) if path.exists() else tomlkit.document()
    scanners = document.get("scanner", None)
    if scanners is None:
        scanners = document["scanner"] = tomlkit.aot()
    if not isinstance(scanners, AoT):
        raise InputError(
            f"{path} writes its scanners in one line: write each as a table [[scanner]]; nothing was written."
        )
    names = [str(one.get("name", f"scanner {number}")) for number, one in enumerate(scanners, 1)]
    known = setup.name in names
    if known:
        _overwrite(scanners[names.index(setup.name)], setup)
    else:
        added = tomlkit.table()
        _overwrite(added, setup)
        scanners.append(added)
    _replace(path, tomlkit.dumps(document))
    return known


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
        Path(name).replace(path.resolve())
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
