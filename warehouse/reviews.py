"""Reviews of waiting lines: whose each one is, when it is looked at again, and what was decided.

Every waiting line has an owner and a next review. Where none is recorded they follow from the line: the site's first
lead, one working day after it began to wait for priority 1 and two for all others. Nothing is written for that.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

from db import connection
from db.connection import instant, iso, transaction
from warehouse import command_log
from warehouse.reply import InputError

if TYPE_CHECKING:
    from datetime import datetime

    from warehouse.orders import Command
    from warehouse.site import Operator, Site
    from warehouse.stock import Cause

OUTCOMES: Final = ("keep", "expedite", "split", "substitute", "cancel", "call")
"""What may be decided for a line; `cancel` is a decision, `dockbell cancel` carries it out."""
FARTHEST: Final = 365  # days until the next review
SATURDAY: Final = 5


@dataclass(frozen=True, slots=True)
class Review:
    """A waiting line with its owner and its next review; `outcome` and `note` are the last one's, "" for none.

    `overdue` is how many days the review is behind, 0 for none.
    """

    line_id: int
    order: str
    line: int
    sku: str
    description: str
    quantity: int
    waiting_since: datetime
    owner: str
    review_on: date
    overdue: int
    outcome: str
    note: str

    def as_json(self) -> dict[str, Any]:
        """The line as the commands print it."""
        return {
            "order": self.order,
            "line": self.line,
            "sku": self.sku,
            "quantity": self.quantity,
            "waiting_since": iso(self.waiting_since),
            "owner": self.owner,
            "review_on": self.review_on.isoformat(),
            "overdue_days": self.overdue,
            "outcome": self.outcome or None,
            "note": self.note or None,
        }


# --- When ------------------------------------------------------------------------------------------------


def working_days_after(day: date, count: int) -> date:
    """So many working days (Monday to Friday) later."""
    while count:
        day += timedelta(days=1)
        count -= day.weekday() < SATURDAY
    return day


def cadence(priority: int) -> int:
    """Working days from one review to the next."""
    return 1 if priority == 1 else 2


def _waits_too_long(site: Site, today: date, priority: int) -> str:
    """The instant before which a line of this priority must have begun to wait, to be overdue without a review."""
    day = today
    while working_days_after(day, cadence(priority)) >= today:
        day -= timedelta(days=1)
    return iso(site.midnight(day + timedelta(days=1)))


# --- Reading ---------------------------------------------------------------------------------------------

_LINE = (
    "SELECT l.id, h.order_no, l.line, i.sku, i.description, l.qty_open, l.waiting_since, l.priority, o.name, v.review_on, "
    "v.outcome, v.note FROM order_line l JOIN order_header h ON h.id = l.order_id JOIN item i ON i.id = l.item_id "
    "LEFT JOIN line_review v ON v.line_id = l.id AND v.current = 1 LEFT JOIN operator o ON o.id = v.owner_id "
)


def overdue(site: Site, now: datetime, limit: int) -> tuple[Review, ...]:
    """Waiting lines whose review is behind, the longest behind first; at most `limit`, found by indexes."""
    today = site.today(now)
    recorded = connection.rows(
        f"{_LINE} WHERE v.site = ? AND v.review_on < ? AND l.state = 'W' ORDER BY v.review_on, v.id LIMIT {limit}",
        site.code,
        today.isoformat(),
    )
    first, others = _waits_too_long(site, today, 1), _waits_too_long(site, today, 2)
    never = connection.rows(
        f"{_LINE} WHERE l.site = ? AND l.state = 'W' AND l.waiting_since < ? "
        "AND (l.priority = 1 OR l.waiting_since < ?) AND v.id IS NULL "
        f"ORDER BY l.waiting_since, l.id LIMIT {limit}",
        site.code,
        first,
        others,
    )
    owner = _first_lead(site.code)
    found = [_review(site, today, owner, row) for row in (*recorded, *never)]
    return tuple(sorted(found, key=lambda one: (one.review_on, one.waiting_since, one.line_id))[:limit])


def lines_of(site: str, order: str) -> list[int]:
    """The numbers of an order's lines, none where the site has no such order."""
    found = connection.rows(
        "SELECT l.line FROM order_line l JOIN order_header h ON h.id = l.order_id WHERE h.site = ? AND h.order_no = ? "
        "ORDER BY l.line",
        site,
        order,
    )
    return [int(row[0]) for row in found]


def longest(site: Site, now: datetime, limit: int) -> tuple[Review, ...]:
    """The lines that have waited longest."""
    found = connection.rows(
        f"{_LINE} WHERE l.site = ? AND l.state = 'W' ORDER BY l.waiting_since, l.id LIMIT {limit}", site.code
    )
    owner = _first_lead(site.code)
    return tuple(_review(site, site.today(now), owner, row) for row in found)


def of_order(site: Site, now: datetime, order_id: int, limit: int) -> tuple[Review, ...]:
    """The waiting lines of an order, in their order."""
    found = connection.rows(f"{_LINE} WHERE l.order_id = ? AND l.state = 'W' ORDER BY l.line LIMIT {limit}", order_id)
    owner = _first_lead(site.code)
    return tuple(_review(site, site.today(now), owner, row) for row in found)


def _review(site: Site, today: date, first_lead: str, row: connection.Row) -> Review:
    line_id, order, line, sku, words, open_, since, priority, owner, on, outcome, note = row
    waits_since = instant(since)
    review_on = date.fromisoformat(str(on)) if on else working_days_after(site.today(waits_since), cadence(priority))
    return Review(
        *(line_id, order, line, sku, words, open_, waits_since, owner or first_lead, review_on),
        overdue=max(0, (today - review_on).days),
        outcome=outcome or "",
        note=note or "",
    )


def _first_lead(site: str) -> str:
    """Whose a line is of which nobody has taken charge: never nobody's."""
    leads = connection.rows("SELECT name, roles FROM operator WHERE site = ? ORDER BY badge", site)
    return next((name for name, roles in leads if "lead" in roles.split()), "the lead")


# --- Recording -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Decision:
    """What a review decided for a line: `on` is the next review, None the usual one."""

    order: str
    line: int
    outcome: str
    note: str
    on: date | None = None


@transaction
def record(command: Command, decision: Decision) -> Review:
    """Record a review from the command line; it is then the person's own line.

    Raises InputError for a line that does not wait, an unknown outcome, and a day that is no next review.
    """
    site, words = command.site, f"{decision.order}/{decision.line} {decision.outcome}"
    done = connection.patience.attempt > 0 and command_log.outcome_of(command.command_id) is not None
    if not done:
        write(command.cause, site, command.person, command.now, decision)
        command_log.record(command.cause, "review", words, {"reason": decision.note}, moves=0)
    return _of_line(site, command.now, decision)


def write(cause: Cause, site: Site, person: Operator, now: datetime, decision: Decision) -> Review:
    """The same inside a caller's transaction."""
    line_id, item_id, priority = _line(site.code, decision.order, decision.line)
    if decision.outcome not in OUTCOMES:
        raise InputError(f"An outcome is one of {', '.join(OUTCOMES)}, not '{decision.outcome}'; nothing was recorded.")
    today = site.today(now)
    on = decision.on or working_days_after(today, cadence(priority))
    if not today < on <= today + timedelta(days=FARTHEST):
        raise InputError(
            f"The next review is a day after {today} and within {FARTHEST} days, not {on}; nothing was recorded."
        )
    connection.locked(site.code, [item_id])
    # With this one goes what was recorded of lines that wait no longer: what is due is then found by the index alone.
    connection.execute(
        "UPDATE line_review SET current = 0 WHERE current = 1 AND (line_id = ? OR (site = ? AND review_on < ? "
        "AND line_id IN (SELECT l.id FROM order_line l WHERE l.id = line_review.line_id AND l.state IN ('R','C'))))",
        line_id,
        site.code,
        today.isoformat(),
    )
    connection.insert_row(
        "line_review",
        site=site.code,
        at=cause.at,
        line_id=line_id,
        outcome=decision.outcome,
        note=decision.note,
        owner_id=person.id,
        review_on=on.isoformat(),
        operator_id=person.id,
        scan_id=cause.scan_id,
    )
    return _of_line(site, now, decision)


def _line(site: str, order: str, line: int) -> tuple[int, int, int]:
    found = connection.row(
        "SELECT l.id, l.item_id, l.priority, l.state FROM order_line l JOIN order_header h ON h.id = l.order_id "
        "WHERE h.site = ? AND h.order_no = ? AND l.line = ?",
        site,
        order,
        line,
    )
    if found is None:
        raise InputError(f"There is no line {line} of order {order} at this site; nothing was recorded.")
    if found[3] not in ("W", "H"):
        raise InputError(f"{order}/{line} does not wait: only waiting lines are reviewed; nothing was recorded.")
    return int(found[0]), int(found[1]), int(found[2])


def _of_line(site: Site, now: datetime, decision: Decision) -> Review:
    found = connection.one(
        f"{_LINE} WHERE h.site = ? AND h.order_no = ? AND l.line = ?", site.code, decision.order, decision.line
    )
    return _review(site, site.today(now), _first_lead(site.code), found)
