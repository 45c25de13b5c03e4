"""What changes of an order line after its entry: quantity, promised day, priority, terms, and its place by hand.

Each change is a row of its own, with who and why. The caller has locked the items, and releases afterwards.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from db import connection
from warehouse import order_entry, policy, stock

if TYPE_CHECKING:
    from warehouse.reply import Freed
    from warehouse.stock import Cause

Value = str | int | None

# What can change, by the names of the files, and the column that keeps it.
COLUMNS = {
    "quantity": "qty_ordered",
    "promised_on": "promised_on",
    "priority": "priority",
    "pinned": "pinned",
    "ship_policy": "policy",
    "min_fill_percent": "min_fill_percent",
    "full_cases": "full_cases",
}


def change(cause: Cause, line_id: int, values: Mapping[str, Value]) -> list[Freed]:
    """Set these of a line; answers what a smaller quantity took back of what was promised to it.

    A quantity is that of the order, what is cancelled of it included. The caller has seen to it that it is not below
    what is cancelled, picked and shipped. Raises Conflict when that has changed meanwhile.
    """
    freed = _shrink(cause, line_id, int(values["quantity"] or 0)) if "quantity" in values else []
    before = stock.lines_by_id([line_id])[line_id]
    kept = dict(
        zip(
            COLUMNS,
            connection.one(f"SELECT {', '.join(COLUMNS.values())} FROM order_line WHERE id = ?", line_id),
            strict=True,
        )
    )
    after = {**kept, **values}
    rank_on = policy.rank(
        date.fromisoformat(str(after["promised_on"])),
        int(after["priority"] or 0),
        pinned=bool(after["pinned"]),
        owed=before.owed,
    )
    ordered = int(after["quantity"] or 0)
    line = replace(
        before,
        ordered=ordered,
        open=before.open + ordered - before.ordered,
        policy=str(after["ship_policy"]),
        fill_percent=int(after["min_fill_percent"] or 0),
        rank_on=rank_on,
    ).settled()
    columns = ", ".join(f"{column} = ?" for column in (*COLUMNS.values(), "rank_on", "qty_open", "state"))
    connection.execute(
        f"UPDATE order_line SET {columns} WHERE id = ?",
        *(after[name] for name in COLUMNS),
        *(rank_on, line.open, line.state, line_id),
    )
    stock.save_lines(cause.site, [(before, line)])
    _keep(cause, line_id, [(name, kept[name], value) for name, value in values.items() if kept[name] != value])
    return freed


def be_patient(cause: Cause, line_id: int, days: int) -> None:
    """Let the ship set of a line claim so many days after its entry; what does not claim yet. A sweep sees to it.

    `policy.NEVER_CLAIMS` days are never.
    """
    set_id, before, claims_on, entered_at = connection.one(
        "SELECT s.id, s.patience_days, s.claims_on, h.entered_at FROM order_line l JOIN ship_set s ON s.id = l.set_id "
        "JOIN order_header h ON h.id = l.order_id WHERE l.id = ?",
        line_id,
    )
    after = None if days >= policy.NEVER_CLAIMS else days
    if after == before:
        return
    entered = connection.instant(entered_at).date()
    if claims_on is not None and before is not None:
        entered = date.fromisoformat(str(claims_on)) - timedelta(days=before)
    connection.execute(
        "UPDATE ship_set SET patience_days = ?, claims_on = ? WHERE id = ?",
        *(after, order_entry.claims_on(entered, after), set_id),
    )
    words = ["never" if one is None else one for one in (before, after)]
    _keep(cause, line_id, [("patience_days", words[0], words[1])])


def _keep(cause: Cause, line_id: int, changes: Sequence[tuple[str, Value, Value]]) -> None:
    """Who changed what of a line, from what to what, and why."""
    connection.many(
        "INSERT INTO order_change (site, line_id, at, scan_id, operator_id, what, before, after, reason) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                cause.site,
                line_id,
                cause.at,
                cause.scan_id,
                cause.operator_id,
                name,
                str(before),
                str(after),
                cause.reason,
            )
            for name, before, after in changes
        ],
    )


def _shrink(cause: Cause, line_id: int, quantity: int) -> list[Freed]:
    """Take back what is promised of a line beyond a smaller quantity, what nobody has begun to pick first."""
    line = stock.lines_by_id([line_id])[line_id]
    too_much = line.reserved - max(0, quantity - line.cancelled - line.picked - line.shipped)
    if quantity < line.cancelled + line.picked + line.shipped:
        raise connection.Conflict("more of the line is settled by now")
    freed: list[Freed] = []
    for reservation in stock.reservations_of(line_id):
        if too_much <= 0:
            break
        some = min(reservation.open, too_much)
        freed.append(stock.void(cause, reservation, some))
        too_much -= some
    return freed
