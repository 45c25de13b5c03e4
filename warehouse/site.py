"""The one site that a process works for: its clock on the wall, its places, its people."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from db import connection
from warehouse.reply import InputError

NO_EXPIRY = "9999-12-31"


@dataclass(frozen=True, slots=True)
class Site:
    """A site's code, time zone and daily cut-off: promised, expected and expiry are dates of its own calendar."""

    code: str
    timezone: str
    cutoff: time
    practice: bool

    def local(self, moment: datetime) -> datetime:
        """The instant on this site's wall clock."""
        return moment.astimezone(_zone(self.timezone))

    def today(self, moment: datetime) -> date:
        """The site's calendar day at that instant."""
        return self.local(moment).date()

    def due(self, promised_on: date) -> datetime:
        """The instant (UTC) at which something promised for that day is due: the day's cut-off."""
        return datetime.combine(promised_on, self.cutoff, _zone(self.timezone)).astimezone(UTC)

    def midnight(self, day: date) -> datetime:
        """The instant (UTC) at which a day of this site begins."""
        return datetime.combine(day, time(), _zone(self.timezone)).astimezone(UTC)

    def clock(self, moment: datetime) -> str:
        """HH:MM on the wall, for messages."""
        return self.local(moment).strftime("%H:%M")


@functools.cache
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def load() -> Site:
    """The site of this database.

    Raises InputError when it holds none, or several (name one with DOCKBELL_SITE is not supported yet).
    """
    found = connection.rows("SELECT site, timezone, cutoff, practice FROM site ORDER BY site")
    if len(found) != 1:
        raise InputError(
            f"This database holds {len(found)} sites; a process works for one: run 'dockbell init' on a database of its own."
        )
    code, timezone, cutoff, practice = found[0]
    return Site(code, timezone, time.fromisoformat(cutoff), bool(practice))


@dataclass(frozen=True, slots=True)
class Location:
    """A place: its code is on the barcode at the place; `kind` says what may happen there."""

    id: int
    code: str
    zone: str
    kind: str


def location(site: str, code: str) -> Location | None:
    """The place with this code, or None."""
    found = connection.row("SELECT id, code, zone, kind FROM location WHERE site = ? AND code = ?", site, code)
    return Location(*found) if found else None


def location_by_id(location_id: int) -> Location:
    """The place with this id, which must exist."""
    return Location(*connection.one("SELECT id, code, zone, kind FROM location WHERE id = ?", location_id))


def first_location(site: str, kind: str) -> Location | None:
    """The first place of a kind in the order of the codes, or None."""
    found = connection.row(
        "SELECT id, code, zone, kind FROM location WHERE site = ? AND kind = ? ORDER BY code LIMIT 1",
        site,
        kind,
    )
    return Location(*found) if found else None


@dataclass(frozen=True, slots=True)
class Operator:
    """A person with a badge; the badge identifies, what they may do is in `roles`."""

    id: int
    badge: str
    name: str
    roles: frozenset[str]

    def may(self, *roles: str) -> bool:
        """Whether one of these roles is theirs; a lead may do what receivers and pickers do."""
        return bool(self.roles & {*roles, "lead"})


def operator(site: str, badge: str) -> Operator | None:
    """The person with this badge, or None."""
    found = connection.row("SELECT id, badge, name, roles FROM operator WHERE site = ? AND badge = ?", site, badge)
    return Operator(found[0], found[1], found[2], frozenset(found[3].split())) if found else None


def operator_name(operator_id: int | None) -> str:
    """The name to call a person by, for messages."""
    return connection.value("SELECT name FROM operator WHERE id = ?", operator_id) or "nobody"
