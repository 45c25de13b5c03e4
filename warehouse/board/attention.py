"""What a lead has to look at now, the most pressing first: each entry says what, why, and which row opens it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from db import connection
from db.connection import instant, iso
from warehouse import reviews
from warehouse.board.figures import waited
from warehouse.board.window import NEWEST

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from warehouse.board.now import ReleasedLine
    from warehouse.board.sweep import Sweep
    from warehouse.board.window import Window
    from warehouse.reviews import Review
    from warehouse.site import Site

SOON: Final = timedelta(hours=1)
"""A line that is due so soon and has nobody is worth a word."""
STUCK: Final = timedelta(minutes=60)
"""A pick in somebody's hand for so long, or an open delivery without a case, may be forgotten."""
EACH: Final = 20  # entries of a kind


@dataclass(frozen=True, slots=True)
class Attention:
    """Something to look at: `kind` (sweep, nobody, review, outlier, stuck), what it is about, and a sentence without it.

    `opens` is what ENTER on its row looks at: an order, an order line or a receipt; "" where there is nothing to open.
    """

    kind: str
    what: str
    words: str
    opens: str
    since: datetime

    def as_json(self) -> dict[str, Any]:
        """The entry as the command prints it."""
        return {
            "kind": self.kind,
            "what": self.what,
            "words": self.words,
            "opens": self.opens or None,
            "since": iso(self.since),
        }


def attention(
    site: Site, window: Window, released: tuple[ReleasedLine, ...], usual: float | None, swept: Sweep
) -> tuple[Attention, ...]:
    """All of it: what release missed, due and nobody has it, overdue reviews, counts that nobody checked, what stands still."""
    now = window.until
    return (
        *_missed(swept),
        *_nobody(released, now, usual),
        *(_review(one) for one in reviews.overdue(site, now, EACH)),
        *_outliers(site, window),
        *_stuck_picks(site, now),
        *_stuck_receipts(site, now),
    )


def _missed(swept: Sweep) -> list[Attention]:
    """A sweep that found something did it; why it was missed is to be found out."""
    if swept.last is None:
        return []
    words = f"release missed {swept.missed}, last {swept.what}"
    return [Attention("sweep", "sweep", words, swept.opens, swept.last)]


def _nobody(released: tuple[ReleasedLine, ...], now: datetime, usual: float | None) -> list[Attention]:
    soon = max(SOON.total_seconds(), usual or 0.0)
    found = sorted((one for one in released if one.by is None and one.late(now, soon)), key=lambda one: one.due_at)
    entries = []
    for one in found[:EACH]:
        left = one.due_at - now
        due = (
            f"due in {int(left.total_seconds() // 60)} min" if left > timedelta() else f"{waited(now, one.due_at)} late"
        )
        key = f"{one.order}/{one.line}"
        entries.append(Attention("nobody", key, f"nobody, {due}", key, one.released_at))
    return entries


def _review(one: Review) -> Attention:
    days = f"{one.overdue} day{'' if one.overdue == 1 else 's'}"
    key = f"{one.order}/{one.line}"
    return Attention("review", key, f"review {days} overdue, {one.owner}", key, one.waiting_since)


def _outliers(site: Site, window: Window) -> Iterator[Attention]:
    """Counts of the window that were questioned and kept without a second person, the newest first."""
    found = connection.rows(
        "SELECT r.code, u.code, i.description, c.qty, i.nominal_case_qty, c.at FROM "
        f"(SELECT * FROM capture WHERE site = ? ORDER BY id DESC LIMIT {NEWEST}) AS c "
        "JOIN receipt r ON r.id = c.receipt_id JOIN handling_unit u ON u.id = c.unit_id JOIN item i ON i.id = c.item_id "
        "WHERE c.doubt > 0 AND c.second_by IS NULL AND c.qty > 0 AND c.at >= ? AND c.at < ? "
        "AND NOT EXISTS (SELECT 1 FROM capture v WHERE v.reverses = c.id) "
        f"ORDER BY c.id DESC LIMIT {EACH}",
        site.code,
        iso(window.since),
        iso(window.until),
    )
    for receipt, unit, item, qty, nominal, at in found:
        usual = f", usual {nominal}" if nominal else ""
        yield Attention("outlier", f"case {unit[-4:]}", f"{item} qty {qty}{usual}, not checked", receipt, instant(at))


def _stuck_picks(site: Site, now: datetime) -> Iterator[Attention]:
    found = connection.rows(
        "SELECT h.order_no, l.line, o.name, t.at FROM pick_task t JOIN reservation r ON r.id = t.reservation_id "
        "JOIN order_line l ON l.id = r.line_id JOIN order_header h ON h.id = l.order_id "
        "JOIN operator o ON o.id = t.operator_id WHERE t.site = ? AND t.state = 'TAKEN' AND t.at < ? "
        f"ORDER BY t.at LIMIT {EACH}",
        site.code,
        iso(now - STUCK),
    )
    for order, line, name, at in found:
        key = f"{order}/{line}"
        yield Attention("stuck", key, f"{name} has its pick for {waited(now, instant(at))}", key, instant(at))


def _stuck_receipts(site: Site, now: datetime) -> Iterator[Attention]:
    """Open deliveries of the last days at which nothing was counted for a while."""
    found = connection.rows(
        "SELECT c.code, COALESCE((SELECT MAX(u.received_at) FROM handling_unit u WHERE u.receipt_id = c.id), c.opened_at) "
        "FROM receipt c WHERE c.site = ? AND c.state = 'OPEN' AND c.opened_at >= ? ORDER BY c.id DESC "
        f"LIMIT {EACH}",
        site.code,
        iso(now - timedelta(days=7)),
    )
    for code, at in found:
        last = instant(str(at))
        if last < now - STUCK:
            yield Attention("stuck", code, f"open, no case for {waited(now, last)}", code, last)
