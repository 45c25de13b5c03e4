"""Recompute every counter from the rows it stands for, and name each one that is false.

Nothing is changed and nobody is held up: all is read as it was at one instant. A healthy floor has no
violation at any moment; one means a fault of the program, a damaged file, or somebody's own SQL.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any

from db import connection
from db.connection import instant
from db.snapshot import snapshot
from warehouse import facts, invariants, planning
from warehouse.invariants import Check
from warehouse.site import Site

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Checked:
    """An invariant that was checked, and on how many rows."""

    invariant: str
    rows: int


@dataclass(frozen=True, slots=True)
class Violation:
    """A row (`key`) that breaks an invariant: what stands there, and what its rows say it should be."""

    invariant: str
    key: str
    found: int | str | None
    expected: int | str | None


@dataclass(frozen=True, slots=True)
class Verification:
    """What was checked and what is wrong; nothing is wrong when `ok`."""

    checked: tuple[Checked, ...]
    violations: tuple[Violation, ...]

    @property
    def ok(self) -> bool:
        """Whether every invariant holds."""
        return not self.violations

    def as_json(self) -> dict[str, Any]:
        """The verification as the command prints it."""
        return {
            "ok": self.ok,
            "checked": [{"invariant": entry.invariant, "rows": entry.rows} for entry in self.checked],
            "violations": [
                {"invariant": one.invariant, "key": one.key, "found": one.found, "expected": one.expected}
                for one in self.violations
            ],
        }


def verify(site: Site, progress: Progress | None = None) -> Verification:
    """Check every invariant of a site in one snapshot.

    `progress(what, done, of)` is told before each step; whatever it raises ends the verification.
    """
    checked: list[Checked] = []
    violations: list[Violation] = []
    checks = invariants.checks(connection.dialect())
    tell = progress or _silent
    tell("reading the facts", 0, len(checks) + 1)
    with snapshot(), facts.at_hand(site.code):
        for done, check in enumerate(checks):
            tell(check.invariants[0].name, done, len(checks) + 1)
            rows = _count(site, check.table, check.only)
            checked += [Checked(one.name, rows) for one in check.invariants]
            violations += _violations(site, check)
        tell(invariants.SERVED, len(checks), len(checks) + 1)
        checked.append(Checked(invariants.SERVED, _count(site, "order_line", "state = 'W'")))
        violations += _unserved(site)
    return Verification(tuple(checked), tuple(violations))


def _silent(_what: str, _done: int, _of: int) -> None:
    pass


def _count(site: Site, table: str, only: str) -> int:
    return int(connection.value(f"SELECT COUNT(*) FROM {table} WHERE site = ? AND {only}", site.code))


def _violations(site: Site, check: Check) -> list[Violation]:
    """The rows in which something differs, by invariant and then by key."""
    differing = facts.rows(site.code, check.statement())
    return [
        Violation(one.name, str(row[0]), row[2 * place + 1], row[2 * place + 2])
        for place, one in enumerate(check.invariants)
        for row in differing
        if row[2 * place + 1] is None or row[2 * place + 1] != row[2 * place + 2]
    ]


def _unserved(site: Site) -> Iterator[Violation]:
    """The first line of each item that could have been served by what was free when release last looked.

    What has expired since then serves nobody either, so the day of that run is the one to ask for.
    """
    found = facts.rows(site.code, invariants.UNSERVED_ITEMS)
    for item_id, stock in groupby(found, key=itemgetter(0)):
        free = 0
        for _, expiry, qty, looked_at in stock:
            today = site.today(instant(looked_at)).isoformat() if looked_at else ""
            free += qty if planning.fits(planning.FreeUnit(0, qty, expiry), today) else 0
        for line, need in facts.rows(site.code, invariants.FIRST_UNSERVED, item_id, free):
            yield Violation(invariants.SERVED, line, f"waits, {free} are free", f"served: it takes {need} or more")
