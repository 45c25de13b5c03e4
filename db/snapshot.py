"""Read many rows as they were at one instant, without holding up anybody who writes."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from db.connection import database, dialect

_KIND = {"sqlite": "DEFERRED", "postgresql": "REPEATABLE READ READ ONLY"}


@contextlib.contextmanager
def snapshot() -> Iterator[None]:
    """Everything read inside was true at the same moment; inside a caller's transaction, that is the moment."""
    if database.in_transaction():
        yield
        return
    with database.transaction(_KIND[dialect()]):
        yield
