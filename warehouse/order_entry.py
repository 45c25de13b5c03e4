"""Order entry: new orders, and new lines of orders that are there, join the queue; those that leave together, as a set."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from db import connection
from warehouse import policy, stock
from warehouse.stock import Cause, ship_sets


@dataclass(frozen=True, slots=True)
class NewLine:
    """A line of an order that is entered (pieces); `ship_set` names the part of the order that it leaves with."""

    line: int
    item_id: int
    qty: int
    promised_on: date
    priority: int
    policy: str
    fill_percent: int
    full_cases: bool = False
    ship_set: str = ""


@dataclass(frozen=True, slots=True)
class NewOrder:
    """An order that is entered. Its sets claim after so many days; None: never."""

    order: str
    customer_id: int
    lines: tuple[NewLine, ...]
    patience_days: int | None = policy.PATIENCE_DAYS


@dataclass(frozen=True, slots=True)
class Joining:
    """A line that joins an order that has an id, and the patience of the set that it may found."""

    order_id: int
    line: NewLine
    patience_days: int | None = policy.PATIENCE_DAYS

    @property
    def set_name(self) -> str | None:
        """The set that it belongs to, or None."""
        if self.line.policy not in policy.TOGETHER:
            return None
        return self.line.ship_set if self.line.policy == "set" else ""


def enter(cause: Cause, today: date, entered: Sequence[NewOrder]) -> None:
    """Write new orders and let their lines wait; the caller has locked the items and releases afterwards."""
    ids = _insert_headers(cause, entered)
    join(
        cause,
        today,
        [Joining(ids[order.order], line, order.patience_days) for order in entered for line in order.lines],
    )


def join(cause: Cause, today: date, joining: Sequence[Joining]) -> None:
    """Write lines of orders that are there and let them wait; otherwise as `enter`.

    A line whose order has its set already is the caller's to refuse: sets do not grow.
    """
    sets = _insert_sets(cause, today, joining)
    holds = _holds({one.order_id for one in joining})
    rows = [
        _row(cause, one, sets.get((one.order_id, one.set_name or "")), holds.get(one.order_id, 0)) for one in joining
    ]
    connection.many(
        "INSERT INTO order_line (site, order_id, line, item_id, policy, min_fill_percent, priority, promised_on, rank_on, "
        "qty_ordered, qty_open, min_need, set_id, full_cases, held, state, waiting_since) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        rows,
    )
    ship_sets.begin(set_id for set_id, _ in sets.values())
    moving = [one for one in joining if one.order_id not in holds]
    lines: Counter[int] = Counter(one.line.item_id for one in moving)
    pieces: Counter[int] = Counter()
    for one in moving:
        pieces[one.line.item_id] += one.line.qty
    for item_id in sorted(lines):
        stock.enter_lines(cause.site, item_id, lines[item_id], pieces[item_id])


def _insert_headers(cause: Cause, entered: Sequence[NewOrder]) -> dict[str, int]:
    ids: dict[str, int] = {}
    for some in connection.chunks(entered):
        values = ", ".join("(?, ?, ?, ?)" for _ in some)
        params = [field for order in some for field in (cause.site, order.order, order.customer_id, cause.at)]
        found = connection.rows(
            f"INSERT INTO order_header (site, order_no, customer_id, entered_at) VALUES {values} RETURNING order_no, id",
            *params,
        )
        ids.update((row[0], row[1]) for row in found)
    return ids


def _insert_sets(cause: Cause, today: date, joining: Sequence[Joining]) -> dict[tuple[int, str], tuple[int, bool]]:
    """The sets of new lines by order and name: id, and whether it claims from the start."""
    patience = {(one.order_id, one.set_name): one.patience_days for one in joining if one.set_name is not None}
    made: dict[tuple[int, str], tuple[int, bool]] = {}
    for some in connection.chunks(patience.items()):
        values = ", ".join("(?, ?, ?, ?, ?, ?, 0)" for _ in some)
        params: list[object] = []
        for (order_id, name), days in some:
            params += [cause.site, order_id, name, days, claims_on(today, days), int(days == 0)]
        found = connection.rows(
            "INSERT INTO ship_set (site, order_id, name, patience_days, claims_on, claiming, n_unsat) "
            f"VALUES {values} RETURNING order_id, name, id, claiming",
            *params,
        )
        made.update({(row[0], row[1]): (row[2], bool(row[3])) for row in found})
    return made


def claims_on(today: date, patience_days: int | None) -> str | None:
    """The day from which a set that is entered today takes what it can get; None: never."""
    return None if patience_days is None else (today + timedelta(days=patience_days)).isoformat()


def _holds(order_ids: set[int]) -> dict[int, int]:
    """How many open holds these orders have, as a whole; those that have any."""
    found: dict[int, int] = {}
    for some in connection.chunks(sorted(order_ids)):
        found |= dict(
            connection.rows(
                "SELECT order_id, COUNT(*) FROM order_hold WHERE line_id IS NULL AND ended_at IS NULL "
                f"AND order_id IN ({connection.marks(some)}) GROUP BY order_id",
                *some,
            )
        )
    return found


def _row(cause: Cause, one: Joining, own_set: tuple[int, bool] | None, held: int) -> tuple[object, ...]:
    line = one.line
    in_set = one.set_name is not None and own_set is not None
    need = policy.min_need(
        line.policy,
        ordered=line.qty,
        cancelled=0,
        open_qty=line.qty,
        fill_percent=line.fill_percent,
        claiming=in_set and own_set is not None and own_set[1],
    )
    return (
        cause.site,
        one.order_id,
        line.line,
        line.item_id,
        line.policy,
        line.fill_percent,
        line.priority,
        line.promised_on.isoformat(),
        policy.rank(line.promised_on, line.priority),
        line.qty,
        line.qty,
        need,
        own_set[0] if in_set and own_set is not None else None,
        int(line.full_cases),
        held,
        "H" if held else "W",
        cause.at,
    )
