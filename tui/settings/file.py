"""The settings file: which one it is, what it says, and on which line it says it."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from warehouse.reply import InputError

NAME = "dockbell.toml"
SYSTEM = Path("/etc/dockbell") / NAME
MAX_SIZE = 64 * 1024  # bytes; a station with twenty scanners needs a tenth of it
MAX_LINES = 100  # of one setting
DEEPEST = 6  # tables in tables that are looked into; no setting is as deep

Place = tuple[str | int, ...]
"""Where a value stands: ("scanner", 0, "baud") is the baud of the first scanner."""

_AT = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")


@dataclass(frozen=True, slots=True)
class File:
    """A settings file that was read."""

    path: str
    data: Mapping[str, Any]
    lines: Mapping[Place, int]

    def where(self, place: Place) -> str:
        """File and line of a value, or of the table that it would stand in."""
        while place and place not in self.lines:
            place = place[:-1]
        return f"{self.path}:{self.lines.get(place, 1)}"


def find(named: str | None, environment: Mapping[str, str]) -> str | None:
    """The settings file of this terminal; a named one need not exist, so that its absence can be told."""
    if named is not None:
        return named
    if environment.get("DOCKBELL_CONFIG"):
        return environment["DOCKBELL_CONFIG"]
    # Not Path.home(), which raises where there is none.
    home = environment.get("XDG_CONFIG_HOME") or os.path.expanduser("~/.config")  # noqa: PTH111
    for path in (Path(NAME), Path(home) / "dockbell" / NAME, SYSTEM):
        if os.path.lexists(path):
            return str(path)
    return None


def read(path: str) -> File:
    """Read a settings file. Raises InputError with the line of what is no TOML, or says why it cannot be read."""
    text = _text(path)
    try:
        data = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError(_no_toml(path, text, error)) from error
    lines: dict[Place, int] = {}
    for place, line in _lines(path, text):
        lines.setdefault(place, line)
    return File(path, data, lines)


def _text(path: str) -> str:
    try:
        with Path(path).open("rb") as file:
            raw = file.read(MAX_SIZE + 1)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "that is no name of a file"
        raise InputError(f"The settings file {path} cannot be read ({why}): correct it or name another.") from error
    if len(raw) > MAX_SIZE:
        raise InputError(f"{path} is larger than {MAX_SIZE // 1024} KiB: that is no settings file; name another.")
    try:
        return raw.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise InputError(f"{path}:{line} holds a byte that is no UTF-8: save the file as UTF-8.") from error


def _no_toml(path: str, text: str, error: Exception) -> str:
    words = "nested too deeply" if isinstance(error, RecursionError) else str(error)
    found = _AT.search(words)
    at = f" in column {found[2]}" if found and found[2] else ""
    line = int(found[1]) if found and found[1] else text.count("\n") + 1
    what = _AT.sub("", words)
    return f"{path}:{line} is no TOML{at} ({what}): correct it; docs/configuration.md shows how it is written."


# --- lines ----------------------------------------------------------------------------------------------


def _lines(path: str, text: str) -> Iterator[tuple[Place, int]]:
    """Each value's place with its line. The text is known to be TOML as a whole.

    The parser does not tell lines. But a statement of TOML ends with a line, so the fewest lines that are TOML by
    themselves are one: a table's head, a value, a comment.
    """
    table: Place = ()
    counts: dict[Place, int] = {}
    for number, statement, values in _statements(path, text):
        if statement.startswith("["):
            table = _head(values, counts, several=statement.startswith("[["))
            yield table, number
        else:
            for place in _places(values, table):
                yield place, number


def _statements(path: str, text: str) -> Iterator[tuple[int, str, dict[str, Any]]]:
    rest = text.split("\n")
    number = 1
    while rest:
        for size in range(1, min(len(rest), MAX_LINES) + 1):
            statement = "\n".join(rest[:size])
            try:
                values = tomllib.loads(statement)
            except ValueError:
                continue
            yield number, statement.lstrip(" \t"), values
            break
        else:
            raise InputError(f"{path}:{number} goes on over more than {MAX_LINES} lines: no setting needs that.")
        rest = rest[size:]
        number += size


def _head(values: dict[str, Any], counts: dict[Place, int], *, several: bool) -> Place:
    """The place that a head such as [station] or [[scanner]] opens."""
    names = list(_chain(values))
    place: Place = ()
    for at, name in enumerate(names, 1):
        place = (*place, name)
        if several and at == len(names):
            counts[place] = counts.get(place, -1) + 1
        if place in counts:
            place = (*place, counts[place])
    return place


def _chain(values: Any) -> Iterator[str]:
    while isinstance(values, dict) and values:
        (name,) = values
        yield name
        values = values[name]


def _places(value: Any, place: Place) -> Iterator[Place]:
    if len(place) > DEEPEST:
        return
    if isinstance(value, dict):
        for name, inner in value.items():
            yield (*place, name)
            yield from _places(inner, (*place, name))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            if isinstance(inner, dict):
                yield (*place, number)
                yield from _places(inner, (*place, number))
