"""How long things take: a scan its verdict, a counted case until it may be picked, a release until it is picked.

Receipt and release are one commit, so there is no time between them. What is not done yet is counted by its age.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from db import connection
from db.connection import instant, iso
from warehouse.board.ecdf import Ecdf, ecdf
from warehouse.board.window import NEWEST

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from warehouse.board.window import Window
    from warehouse.site import Site

VERDICT: Final = "scan_to_verdict"
PICKABLE: Final = "received_to_pickable"
PICKED: Final = "released_to_picked"


@dataclass(frozen=True, slots=True)
class Pick:
    """A pick task since its release: `ended` is when it was picked or taken back, None while it is open."""

    line_id: int
    state: str
    released_at: datetime
    ended: datetime | None

    @property
    def picked(self) -> bool:
        """Whether it was picked; one that was taken back is known to have waited until then, no longer."""
        return self.state == "DONE"

    def seconds(self, now: datetime) -> float:
        """How long it took, or has taken so far."""
        return ((self.ended or now) - self.released_at).total_seconds()


def picks(site: Site, window: Window) -> tuple[Pick, ...]:
    """The newest pick tasks released within the window, and of what was released before, what is still open."""
    found = connection.rows(
        "SELECT r.line_id, t.state, r.at, t.at FROM "
        f"(SELECT * FROM pick_task WHERE site = ? ORDER BY id DESC LIMIT {NEWEST}) AS t "
        "JOIN reservation r ON r.id = t.reservation_id WHERE r.at < ? AND (r.at >= ? OR t.state IN ('OPEN','TAKEN'))",
        site.code,
        iso(window.until),
        iso(window.since),
    )
    return tuple(_ended(window, *row) for row in found)


def _ended(window: Window, line_id: int, state: str, released: str, at: str) -> Pick:
    """A pick as it stood at the end of the window."""
    ended = instant(at) if state in ("DONE", "CANCELLED") else None
    if ended is not None and ended > window.until:
        state, ended = "OPEN", None
    return Pick(line_id, state, instant(released), ended)


def released_to_picked(done: tuple[Pick, ...], window: Window) -> Ecdf:
    """From release to the confirmed pick, in seconds; open and withdrawn picks are censored."""
    return ecdf(
        PICKED,
        (pick.seconds(window.until) for pick in done if pick.picked),
        (pick.seconds(window.until) for pick in done if not pick.picked),
    )


def scan_to_verdict(site: Site, window: Window) -> Ecdf:
    """From an input's arrival to just before the commit of its verdict; of what terminals with a clock answered."""
    found = connection.rows(
        "SELECT answer_ms FROM scan_log WHERE site = ? AND at >= ? AND at < ? AND answer_ms IS NOT NULL "
        f"ORDER BY at DESC LIMIT {NEWEST}",
        site.code,
        iso(window.since),
        iso(window.until),
    )
    return ecdf(VERDICT, (row[0] / 1000 for row in found))


def received_to_pickable(site: Site, window: Window) -> Ecdf:
    """From the capture of a case to the moment it may be promised: at once, or when a lead accepts it from hold."""
    done: list[float] = []
    waiting: list[float] = []
    for took, finished in _cases(site, window):
        (done if finished else waiting).append(took)
    return ecdf(PICKABLE, done, waiting)


def _cases(site: Site, window: Window) -> Iterator[tuple[float, bool]]:
    found = connection.rows(
        "SELECT c.at, c.status, (SELECT MIN(m.at) FROM stock_move m WHERE m.to_unit_id = c.unit_id "
        "AND m.kind = 'ACCEPT'), u.status FROM "
        f"(SELECT * FROM capture WHERE site = ? ORDER BY id DESC LIMIT {NEWEST}) AS c "
        "JOIN handling_unit u ON u.id = c.unit_id WHERE c.at >= ? AND c.at < ? AND c.qty > 0 "
        "AND NOT EXISTS (SELECT 1 FROM capture v WHERE v.reverses = c.id)",
        site.code,
        iso(window.since),
        iso(window.until),
    )
    for at, status, accepted, now_is in found:
        if status == "AVAILABLE":
            yield 0.0, True
        elif accepted is not None and instant(accepted) <= window.until:
            yield (instant(accepted) - instant(at)).total_seconds(), True
        elif now_is in ("QUARANTINE", "BLOCKED", "RECEIVED", "IN_STAGE"):
            yield (window.until - instant(at)).total_seconds(), False


def all_of(site: Site, window: Window, done: tuple[Pick, ...]) -> tuple[Ecdf, ...]:
    """The three curves, in the order of the way of goods."""
    return (scan_to_verdict(site, window), received_to_pickable(site, window), released_to_picked(done, window))
