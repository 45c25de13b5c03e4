"""Order lines that release passes over because somebody has stopped them: who, until when, and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from db import connection
from db.connection import instant, iso
from warehouse.explain_words import plain
from warehouse.told.days import day


@dataclass(frozen=True, slots=True)
class Stop:
    """Why a line is stopped: `kind` is until, credit, quality or recall; `until_on` is None where no day ends it."""

    kind: str
    reason: str
    by: str
    at: datetime
    review_on: date
    until_on: date | None

    def as_json(self) -> dict[str, Any]:
        """The stop as the command prints it."""
        return {
            "kind": self.kind,
            "reason": self.reason,
            "by": self.by,
            "at": iso(self.at),
            "review_on": self.review_on.isoformat(),
            "until_on": self.until_on.isoformat() if self.until_on else None,
        }

    def words(self, today: date) -> str:
        """Such as "held by ANA until Friday: credit"."""
        until = (
            f"until {day(self.until_on, today)}"
            if self.until_on
            else f"until somebody ends it, to be looked at {day(self.review_on, today)}"
        )
        why = plain(self.reason) if self.kind == "until" else self.kind
        note = f" ({plain(self.reason)})" if self.reason and self.kind not in ("until", self.reason) else ""
        return f"held by {plain(self.by)} {until}: {why}{note}"


def stopped_by(line_id: int) -> Stop | None:
    """The hold that stops the line, the one that ends last where there are several; None where nobody's is on record.

    One that a person must end ends later than any day.
    """
    found = connection.row(
        "SELECT o.kind, o.reason, p.name, o.at, o.review_on, o.until_on FROM order_hold o "
        "JOIN order_line l ON l.order_id = o.order_id AND (o.line_id IS NULL OR o.line_id = l.id) "
        "JOIN operator p ON p.id = o.operator_id WHERE l.id = ? AND o.ended_at IS NULL "
        "ORDER BY CASE WHEN o.until_on IS NULL THEN 0 ELSE 1 END, o.until_on DESC, o.id DESC LIMIT 1",
        line_id,
    )
    if found is None:
        return None
    kind, reason, by, at, review_on, until_on = found
    ends = date.fromisoformat(until_on) if until_on else None
    return Stop(kind, reason, by, instant(at), date.fromisoformat(review_on), ends)
