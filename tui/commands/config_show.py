"""config show: the settings that are in force, and where each comes from."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from itertools import groupby
from typing import Any

from tui.settings import Settings, Told
from tui.settings.effective import check_by_hand
from warehouse.barcodes.text import escaped

WIDEST = 60  # a value that is wider moves its own origin only


def show(options: argparse.Namespace) -> None:
    """Every setting with its value and its origin; passwords are masked."""
    settings: Settings = options.settings
    check_by_hand(settings)
    if options.json:
        told = [{"key": one.key, "value": one.value, "origin": one.origin} for one in settings.told]
        print(json.dumps({"file": settings.file, "settings": told}))
        return
    for line in _lines(settings):
        print(line)


def _lines(settings: Settings) -> Iterator[str]:
    yield f"Settings file: {_word(settings.file)}" if settings.file else "Settings file: none"
    rows = [(*_split(one), _word(one.value), one.origin) for one in settings.told]
    key_width = max(len(name) for _, name, _, _ in rows)
    width = max(len(value) for _, _, value, _ in rows if len(value) <= WIDEST)
    for table, group in groupby(rows, key=lambda row: row[0]):
        yield ""
        yield _word(table)
        for _, name, value, origin in group:
            yield f"  {name:{key_width}}  {value:{width}}  {_word(origin)}"


def _split(one: Told) -> tuple[str, str]:
    table, _, name = one.key.rpartition(".")
    return table, name


def _word(value: Any) -> str:
    """A value for one line of a terminal: as the file writes it, all that could be more than text escaped."""
    match value:
        case str() | dict() if not value:
            return "-"
        case bool():
            return str(value).lower()
        case str():
            return escaped(value, 1000)
        case dict():
            return "{" + ", ".join(f"{_word(key)} = {_word(inner)}" for key, inner in value.items()) + "}"
        case _:
            return f"{value:g}" if isinstance(value, float) else str(value)
