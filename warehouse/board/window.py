"""The time that the board's figures look back over: a shift, the site's day, or twenty days of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from db.connection import iso

if TYPE_CHECKING:
    from datetime import date, datetime

    from warehouse.site import Site

SHIFT: Final = timedelta(hours=8)
DAYS: Final = 20
NAMES: Final = ("shift", "day", "20d")
NEWEST: Final = 2000
"""How many of the newest rows of a kind a figure looks at, however long its window: a board is read each second."""
FEW: Final = 20
"""Below this n a figure is greyed: it says little."""


@dataclass(frozen=True, slots=True)
class Window:
    """From `since` up to `until` (UTC)."""

    name: str
    since: datetime
    until: datetime

    def as_json(self) -> dict[str, Any]:
        """The window as the command prints it."""
        return {"name": self.name, "since": iso(self.since), "until": iso(self.until), "newest": NEWEST}

    def words(self, site: Site) -> str:
        """The window in a few characters, on the site's wall clock."""
        if self.name == "shift":
            return f"shift {site.clock(self.since)}-{site.clock(self.until)}"
        return f"day {site.local(self.since):%d %b}" if self.name == "day" else f"{DAYS} days"


def window(site: Site, now: datetime, name: str = "shift") -> Window:
    """The window of this name that ends now; a shift is the last eight hours."""
    if name == "shift":
        return Window(name, now - SHIFT, now)
    today = site.today(now)
    return Window(name, site.midnight(today if name == "day" else today - timedelta(days=DAYS - 1)), now)


def day(site: Site, on: date, now: datetime) -> Window:
    """A whole day of the site, as far as it has passed."""
    return Window("day", site.midnight(on), min(now, site.midnight(on + timedelta(days=1))))
