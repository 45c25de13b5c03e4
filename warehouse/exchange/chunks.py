"""Many keys or rows in few statements."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import TypeVar

from db.connection import Row

T = TypeVar("T")

CHUNK = 500  # keys in one IN list, rows in one INSERT: below the parameter limits of both engines


def chunks(values: Iterable[T]) -> Iterator[list[T]]:
    """The values in lists of a size that one statement takes."""
    rest = iter(values)
    while some := list(islice(rest, CHUNK)):
        yield some


def each(keys: Iterable[str], ask: Callable[[list[str]], list[Row]]) -> Iterator[Row]:
    """The rows that `ask` finds for all of the keys, asked for some at a time."""
    for some in chunks(keys):
        yield from ask(some)
