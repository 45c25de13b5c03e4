"""Order lines: their counters, the need that follows from them, and the queue that they stand in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from db import connection
from warehouse import policy
from warehouse.stock import debts, ship_sets
from warehouse.stock.totals import count


@dataclass(frozen=True, slots=True)
class Line:
    """An order line's counters (pieces) and what decides its need.

    `claiming`, `watched` and `unsatisfied` are its ship set's: whether that takes what it can get, whether stock for
    this line wakes it, and how many of its lines miss something. `held` counts open holds on it. `on_allocation` is
    its item's: too little of that is shared out. `owed` are pieces that it lent and gets back before anybody else.
    """

    id: int
    order: str
    line: int
    item_id: int
    sku: str
    policy: str
    fill_percent: int
    rank_on: int
    ordered: int
    cancelled: int
    reserved: int
    picked: int
    shipped: int
    open: int
    state: str
    set_id: int | None = None
    claiming: bool = False
    watched: bool = False
    unsatisfied: int = 0
    held: int = 0
    full_cases: bool = False
    on_allocation: bool = False
    owed: int = 0

    @property
    def together(self) -> bool:
        """Whether it moves only with other lines of its set, which miss something too."""
        return self.set_id is not None and not self.claiming and self.unsatisfied > 1

    @property
    def waits(self) -> bool:
        """Whether it stands in the queue."""
        return self.state == "W"

    def need(self) -> int:
        """The smallest quantity it may take now."""
        return policy.min_need(
            self.policy,
            ordered=self.ordered,
            cancelled=self.cancelled,
            open_qty=self.open,
            fill_percent=self.fill_percent,
            claiming=self.claiming,
            watched=self.watched,
        )

    def granted(self, qty: int) -> Line:
        """The line once so many pieces more are promised to it, with the state that this means."""
        still = self.open - qty
        state = (
            self.state
            if still
            else policy.state(ordered=self.ordered, cancelled=self.cancelled, shipped=self.shipped, open_qty=0)
        )
        return replace(self, reserved=self.reserved + qty, open=still, state=state)

    def settled(self) -> Line:
        """The same line with the state that its counters mean."""
        state = policy.state(
            ordered=self.ordered,
            cancelled=self.cancelled,
            shipped=self.shipped,
            open_qty=self.open,
            held=self.held > 0,
        )
        return self if state == self.state else replace(self, state=state)


LINE_COLUMNS = (
    "l.id, h.order_no, l.line, l.item_id, i.sku, l.policy, l.min_fill_percent, l.rank_on, l.qty_ordered, "
    "l.qty_cancelled, l.qty_reserved, l.qty_picked, l.qty_shipped, l.qty_open, l.state, "
    "l.set_id, COALESCE(s.claiming, 0), "
    "CASE WHEN s.watch_id = l.id THEN 1 ELSE 0 END, COALESCE(s.n_unsat, 0), l.held, l.full_cases, i.on_allocation, l.owed"
)
LINE_TABLES = (
    "order_line l JOIN order_header h ON h.id = l.order_id JOIN item i ON i.id = l.item_id "
    "LEFT JOIN ship_set s ON s.id = l.set_id"
)


def lines_by_id(line_ids: Iterable[int], *, lock: bool = True) -> dict[int, Line]:
    """Order lines by id, locked in ascending order where the engine locks rows, unless they are only looked at."""
    ids = sorted(set(line_ids))
    tail = " FOR UPDATE OF l" if lock and connection.dialect() == "postgresql" else ""
    found = connection.rows(
        f"SELECT {LINE_COLUMNS} FROM {LINE_TABLES} WHERE l.id IN ({connection.marks(ids)}) ORDER BY l.id{tail}",
        *ids,
    )
    return {row[0]: Line(*row) for row in found}


def ahead(site: str, item_id: int, rank_on: int, line_id: int) -> tuple[int, int]:
    """How many lines of an item wait before this place in the queue, and how many pieces they miss."""
    lines, pieces = connection.one(
        "SELECT COUNT(*), COALESCE(SUM(qty_open), 0) FROM order_line "
        "WHERE site = ? AND item_id = ? AND state = 'W' AND (rank_on, id) < (?, ?)",
        site,
        item_id,
        rank_on,
        line_id,
    )
    return int(lines), int(pieces)


def save_lines(site: str, changes: Sequence[tuple[Line, Line]], *, reserved: int = 0, usable: int = 0) -> None:
    """Write order lines' new counters, and with them the waiting totals of their item.

    `changes` pairs each line as it was with the line as it shall be; all of one item per call. `reserved` and `usable`
    are by how many pieces the item's promised total and its open pool change in the same statement.
    """
    if not changes:
        return
    after = ship_sets.followed(site, changes, [debts.followed(old, new.settled()) for old, new in changes])
    connection.many(
        "UPDATE order_line SET qty_cancelled = ?, qty_reserved = ?, qty_picked = ?, qty_shipped = ?, qty_open = ?, "
        "min_need = ?, state = ? WHERE id = ?",
        [
            (new.cancelled, new.reserved, new.picked, new.shipped, new.open, new.need(), new.state, new.id)
            for new in after
        ],
    )
    lines = sum(new.waits - old.waits for (old, _), new in zip(changes, after, strict=True))
    pieces = sum(new.open * new.waits - old.open * old.waits for (old, _), new in zip(changes, after, strict=True))
    ship_sets.resized(changes, after)
    count(site, after[0].item_id, usable=usable, reserved=reserved, lines=lines, pieces=pieces)


def enter_lines(site: str, item_id: int, lines: int, pieces: int) -> None:
    """New order lines of an item joined the queue (the caller inserted them)."""
    count(site, item_id, lines=lines, pieces=pieces)
