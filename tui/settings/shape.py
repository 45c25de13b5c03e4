"""Whether a settings file holds only what there is: its tables, how they are written, the keys in them."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from tui.settings.file import File, Place
from tui.settings.keys import TABLES, Table
from tui.settings.kinds import Text
from tui.settings.wrong import WrongValueError, shown
from warehouse.reply import InputError

_OWN_NAME = Text(24)  # of a feedback profile


def check(file: File) -> None:
    """Raises InputError for the first table or key that there is not, with the nearest that there is."""
    tables = {table.name: table for table in TABLES}
    for name, value in file.data.items():
        if name not in tables:
            raise InputError(
                f"{file.where((name,))}: there is no {shown(name)} in a settings file; {_of_the_file(name)}."
            )
        for place, keys in _written(file, tables[name], value):
            _check_keys(file, tables[name], place, keys)


def _written(file: File, table: Table, value: Any) -> Iterator[tuple[Place, Mapping[str, Any]]]:
    """Each table of this kind with its place; raises InputError when they are written as something else."""
    match table.many, value:
        case "", dict():
            yield (table.name,), value
        case "listed", list() if all(isinstance(one, dict) for one in value):
            yield from (((table.name, number), one) for number, one in enumerate(value))
        case "named", dict():
            for name, one in value.items():
                yield from _named(file, table, name, one)
        case _:
            where = file.where((table.name,))
            raise InputError(
                f"{where}: {table.name} is {shown(value)}: write {table.head} on a line of its own, its settings below."
            )


def _named(file: File, table: Table, name: str, one: Any) -> Iterator[tuple[Place, Mapping[str, Any]]]:
    where = file.where((table.name, name))
    if not isinstance(one, dict):
        raise InputError(
            f"{where}: {table.name}.{name} is {shown(one)}: settings of {table.name} stand below {table.head}."
        )
    try:
        _OWN_NAME.read(name)
    except WrongValueError as error:
        raise InputError(f"{where}: the name in {table.head} {error}.") from error
    yield (table.name, name), one


def _check_keys(file: File, table: Table, place: Place, values: Iterable[str]) -> None:
    known = [key.name for key in table.keys]
    for name in values:
        if name not in known:
            hint = _nearest(name, known) or _belongs(name) or f"there are {', '.join(known)}"
            raise InputError(f"{file.where((*place, name))}: there is no {shown(name)} in {table.head}; {hint}.")


def _of_the_file(name: str) -> str:
    """What may have been meant by a name that stands outside of the tables there are."""
    heads = {table.name: table.head for table in TABLES}
    near = difflib.get_close_matches(name.lower(), heads, 1)
    nearest = f"the nearest is {heads[near[0]]}" if near else ""
    return _belongs(name) or nearest or f"there are {', '.join(heads.values())}"


def _nearest(name: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(name.lower(), known, 1)
    return f"the nearest is '{near[0]}'" if near else ""


def _belongs(name: str) -> str:
    heads = [table.head for table in TABLES if any(key.name == name for key in table.keys)]
    return f"it belongs below {' or '.join(heads)}" if heads else ""
