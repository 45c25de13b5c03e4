"""Looks at a whole ship set that found something lacking: what stood in the way of all of its lines, and when."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from db import connection
from db.connection import instant
from warehouse.explain_words import plain

CHUNK = 200


@dataclass(frozen=True, slots=True)
class Lacking:
    """The first line that stood in the way.

    `reason`: SHORT, `missing` pieces of it were not there; HELD, it was on hold; FULL_CASES, no whole cases made up the
    `missing` pieces.
    """

    line: int
    sku: str
    missing: int
    reason: str

    def as_json(self) -> dict[str, Any]:
        """What lacked, as the command prints it."""
        return {"line": self.line, "sku": self.sku, "missing": self.missing, "reason": self.reason}

    def words(self) -> str:
        """What lacked, as a clause."""
        if self.reason == "HELD":
            return f"{plain(self.sku)} (line {self.line}) was on hold"
        if self.reason == "FULL_CASES":
            return f"no full cases made up the {self.missing} of {plain(self.sku)} (line {self.line})"
        return (
            f"{self.missing} of {plain(self.sku)} {'was' if self.missing == 1 else 'were'} missing (line {self.line})"
        )


@dataclass(frozen=True, slots=True)
class Look:
    """One look; it came after the run of release `after_run` and before the next one."""

    at: datetime
    after_run: int
    lacking: Lacking


def of_set(set_id: int | None) -> Iterator[Look]:
    """The looks at a set, newest first; none of a line that leaves alone. They are read while they are asked for."""
    before = None
    while set_id is not None:
        found = connection.rows(
            "SELECT k.id, k.at, k.after_run, l.line, i.sku, k.missing, k.reason FROM set_look k "
            "JOIN order_line l ON l.id = k.line_id JOIN item i ON i.id = l.item_id "
            f"WHERE k.set_id = ? {'AND k.id < ? ' if before else ''}ORDER BY k.id DESC LIMIT {CHUNK}",
            *((set_id, before) if before else (set_id,)),
        )
        for look_id, at, after_run, *lacking in found:
            before = look_id
            yield Look(instant(at), after_run, Lacking(*lacking))
        if len(found) < CHUNK:
            return
