"""Days as people say them: by their name within a week, else as a date."""

from __future__ import annotations

from datetime import date, timedelta

WEEK = timedelta(days=7)
NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def day(on: date, today: date) -> str:
    """The day: "today", "Thursday" for one of the six days after it, else "2026-06-30": a name is never that of two days."""
    if on == today:
        return "today"
    return NAMES[on.weekday()] if today < on < today + WEEK else on.isoformat()


def due(on: date, today: date) -> str:
    """When it is due: "due today", "due Thursday", "due 2026-06-30"; what is past says by how many days."""
    late = (today - on).days
    if late > 0:
        return f"was due {on.isoformat()}, {late} {'day' if late == 1 else 'days'} late"
    return f"due {day(on, today)}"
