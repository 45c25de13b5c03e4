"""When the sweep last went over the site, and what it found that release had missed: in a healthy site nothing, ever."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from db import connection
from db.connection import instant, iso
from warehouse.board.window import NEWEST

if TYPE_CHECKING:
    from datetime import datetime

    from warehouse.board.window import Window
    from warehouse.site import Site


@dataclass(frozen=True, slots=True)
class Sweep:
    """The last sweep, None where there was none yet; how often one found something in the window, and the last of it.

    `opens` is the order of the ship set that was found last, "" where it was none.
    """

    at: datetime | None
    missed: int
    last: datetime | None = None
    what: str = ""
    opens: str = ""

    def as_json(self) -> dict[str, Any]:
        """As the command prints it."""
        return {"at": None if self.at is None else iso(self.at), "missed": self.missed}

    def words(self, site: Site) -> str:
        """The counter for a screen."""
        return f"sweep {'never' if self.at is None else site.clock(self.at)}, missed {self.missed}"


def sweep(site: Site, window: Window) -> Sweep:
    """The last sweep, and what was missed within the window."""
    at = connection.value("SELECT at FROM sweep WHERE site = ?", site.code)
    found = connection.rows(
        "SELECT f.what, f.lines, f.pieces, f.at, h.order_no FROM "
        f"(SELECT * FROM sweep_found WHERE site = ? ORDER BY id DESC LIMIT {NEWEST}) AS f "
        "LEFT JOIN ship_set s ON s.id = f.set_id LEFT JOIN order_header h ON h.id = s.order_id "
        "WHERE f.at >= ? AND f.at < ? ORDER BY f.id DESC",
        site.code,
        iso(window.since),
        iso(window.until),
    )
    last = None if at is None else instant(at)
    if not found:
        return Sweep(last, 0)
    what, lines, pieces, when, order = found[0]
    return Sweep(last, len(found), instant(when), f"{what}: {lines} left waiting, {pieces} pieces", order or "")
