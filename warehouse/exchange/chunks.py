"""Many keys in few statements."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from db.connection import Row, chunks


def each(keys: Iterable[str], ask: Callable[[list[str]], list[Row]]) -> Iterator[Row]:
    """The rows that `ask` finds for all of the keys, asked for some at a time."""
    for some in chunks(keys):
        yield from ask(some)
