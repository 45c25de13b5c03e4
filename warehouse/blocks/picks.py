"""A pick that was in somebody's hands when its goods were stopped."""

from __future__ import annotations

from dataclasses import dataclass

from db import connection


@dataclass(frozen=True, slots=True)
class StoppedPick:
    """The unit that was stopped, its place, and why."""

    code: str
    place: str
    reason: str


def stopped_pick(task_id: int) -> StoppedPick | None:
    """What became of a pick task that is gone: its goods were stopped; None where it was taken back otherwise."""
    found = connection.row(
        "SELECT u.code, p.code, v.reason FROM pick_task t JOIN reservation r ON r.id = t.reservation_id "
        "JOIN reservation_void v ON v.reservation_id = r.id JOIN handling_unit u ON u.id = r.unit_id "
        "JOIN location p ON p.id = u.location_id WHERE t.id = ? AND v.id = (SELECT MAX(l.id) FROM reservation_void l "
        "WHERE l.reservation_id = r.id) AND EXISTS (SELECT 1 FROM stock_move m WHERE m.scan_id = v.scan_id "
        "AND m.kind IN ('BLOCK', 'UNPICK'))",
        task_id,
    )
    return None if found is None else StoppedPick(*found)
