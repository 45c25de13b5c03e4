"""Substitutes: what is approved in place of what, and what could be had of it for lines that wait.

Offered, never silent: nothing here changes anything; a lead accepts an offer (`warehouse.substituting`).

Of a substitute so many pieces are free for others as would be left if every line that waits for it had all that it
misses. So an offer never takes from a line of the substitute's own, also where that takes nothing yet (a complete order
that waits for the rest). An offer promises nothing: the same pieces may be offered to several lines.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from db import connection
from db.snapshot import snapshot
from warehouse import planning, release, stock
from warehouse.explain_words import plain
from warehouse.planning import FreeUnit, WaitingLine
from warehouse.reply import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from warehouse.site import Site

PAIRS = 200  # pairs of which something is wanted and something free, that one list looks at
LOOKED_AT = 1000  # lines in the queue of an item that one list looks at, the first ones

# Whether `s` is approved for the customer of `h`: a customer's own row decides before the one for all.
FOR_CUSTOMER = (
    "s.approved = 1 AND (s.customer_id = h.customer_id OR (s.customer_id IS NULL AND NOT EXISTS (SELECT 1 FROM "
    "substitute o WHERE o.site = s.site AND o.item_id = s.item_id AND o.substitute_id = s.substitute_id "
    "AND o.customer_id = h.customer_id)))"
)


@dataclass(frozen=True, slots=True)
class Offer:
    """An approved substitute of which a waiting line could have `quantity` pieces now, of the `waiting` that it misses.

    `free` are the pieces of the substitute that nobody waits for; a line that takes whole cases may get fewer of them.
    """

    order: str
    line: int
    sku: str
    customer: str
    promised_on: date
    waiting: int
    substitute: str
    free: int
    quantity: int

    def as_json(self) -> dict[str, Any]:
        """The offer as the commands print it."""
        return {
            "order": self.order,
            "line": self.line,
            "sku": self.sku,
            "customer": self.customer,
            "promised_on": self.promised_on.isoformat(),
            "waiting": self.waiting,
            "substitute": self.substitute,
            "free": self.free,
            "quantity": self.quantity,
        }

    def words(self) -> str:
        """What could be had, and how it is accepted; safe to print."""
        number = f"{self.quantity} {plain(self.substitute)} {'is' if self.quantity == 1 else 'are'} free"
        return f"{number} (dockbell substitute {plain(self.order)}/{self.line} --with {plain(self.substitute)} ...)"


@dataclass(frozen=True, slots=True)
class Offers:
    """Some offers in the order of service; `more`: there are others behind them."""

    offers: tuple[Offer, ...]
    more: bool = False

    def as_json(self) -> dict[str, Any]:
        """The list as the command prints it."""
        return {"offers": [one.as_json() for one in self.offers], "more": self.more}


@dataclass(frozen=True, slots=True)
class Pair:
    """What is on record of two items: approved or not, for all customers or (by code) for one.

    `free` are pieces of the substitute that nobody waits for, `waiting` those that lines miss of the item.
    """

    sku: str
    substitute: str
    customer: str | None
    approved: bool
    free: int
    waiting: int

    def as_json(self) -> dict[str, Any]:
        """The pair as the command prints it."""
        return {
            "sku": self.sku,
            "substitute": self.substitute,
            "customer": self.customer,
            "approved": self.approved,
            "free": self.free,
            "waiting": self.waiting,
        }


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs by item and substitute; `more`: there are others behind them."""

    pairs: tuple[Pair, ...]
    more: bool = False

    def as_json(self) -> dict[str, Any]:
        """The list as the command prints it."""
        return {"approved": [one.as_json() for one in self.pairs], "more": self.more}


# --- What is offered ------------------------------------------------------------------------------------


def offers(site: Site, today: str, order: str | None = None, line: int | None = None, limit: int = 50) -> Offers:
    """What could be had of approved substitutes for lines that wait and are not on hold, in the order of service.

    Of one order (or line), or of the site: then it starts from the pairs of which something is wanted and free, and
    looks at the first lines of each item's queue. Raises InputError for an order or a line that is not there.
    """
    with snapshot():
        found = _of_site(site.code, limit) if order is None else _of_order(site.code, order, line)
        made = _offers(site.code, today, found)
    return Offers(made[:limit], more=len(made) > limit)


_COLUMNS = "l.rank_on, l.id, h.order_no, l.line, i.sku, c.name, l.promised_on, l.qty_open, l.full_cases, t.id, t.sku"
_TABLES = (
    "JOIN order_header h ON h.id = l.order_id JOIN customer c ON c.id = h.customer_id JOIN item i ON i.id = l.item_id "
    "JOIN substitute s ON s.site = l.site AND s.item_id = l.item_id JOIN item t ON t.id = s.substitute_id"
)


def _of_order(site: str, order: str, line: int | None) -> list[connection.Row]:
    there = connection.rows(
        "SELECT l.line FROM order_line l JOIN order_header h ON h.id = l.order_id WHERE h.site = ? AND h.order_no = ?",
        site,
        order,
    )
    if not there:
        raise InputError(f"There is no order {order} at this site.")
    if line is not None and (line,) not in [tuple(row) for row in there]:
        raise InputError(f"There is no line {line} in order {order}: it has {len(there)} lines.")
    which, params = ("", []) if line is None else (" AND l.line = ?", [line])
    return connection.rows(
        f"SELECT {_COLUMNS} FROM order_line l {_TABLES} WHERE h.site = ? AND h.order_no = ?{which} AND l.state = 'W' "
        f"AND {FOR_CUSTOMER} ORDER BY l.rank_on, l.id, t.sku",
        *(site, order, *params),
    )


def _of_site(site: str, limit: int) -> list[connection.Row]:
    """Lines that may be offered something, of the items that have anything to offer to; `limit` of each and one more."""
    items = connection.rows(
        "SELECT DISTINCT item_id FROM (SELECT s.item_id FROM substitute s "
        "JOIN item_stock w ON w.site = s.site AND w.item_id = s.item_id "
        "JOIN item_stock f ON f.site = s.site AND f.item_id = s.substitute_id "
        "WHERE s.site = ? AND s.approved = 1 AND w.waiting_lines > 0 AND f.usable - f.reserved > f.waiting_qty "
        f"ORDER BY s.item_id, s.substitute_id LIMIT {PAIRS}) p ORDER BY item_id",
        site,
    )
    found: list[connection.Row] = []
    for (item_id,) in items:
        found += connection.rows(
            f"SELECT {_COLUMNS} FROM (SELECT * FROM order_line WHERE site = ? AND item_id = ? AND state = 'W' "
            f"ORDER BY rank_on, id LIMIT {LOOKED_AT}) l {_TABLES} "
            "JOIN item_stock f ON f.site = s.site AND f.item_id = s.substitute_id "
            f"WHERE {FOR_CUSTOMER} AND f.usable - f.reserved > f.waiting_qty "
            f"ORDER BY l.rank_on, l.id, t.sku LIMIT {limit + 1}",
            *(site, item_id),
        )
    return sorted(found, key=lambda row: (row[0], row[1], row[10]))


def _offers(site: str, today: str, found: Sequence[connection.Row]) -> tuple[Offer, ...]:
    stocks: dict[int, Free] = {}
    made = []
    for _, _, order, line, sku, customer, promised_on, waiting, full_cases, substitute_id, substitute in found:
        if substitute_id not in stocks:
            stocks[substitute_id] = free_for_others(site, substitute_id, today)
        free = stocks[substitute_id]
        quantity = free.for_line(waiting, full_cases=bool(full_cases))
        if quantity:
            day = date.fromisoformat(promised_on)
            made.append(Offer(order, line, sku, customer, day, waiting, substitute, free.pieces, quantity))
    return tuple(made)


# --- What can be had ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Free:
    """The free units of an item that may be used today, and how many of their pieces nobody waits for."""

    units: tuple[FreeUnit, ...]
    pieces: int
    today: str

    def for_line(self, wanted: int, *, full_cases: bool) -> int:
        """How many of so many pieces a line could have at once, by the rule of release; whole cases only, or any."""
        wanted = min(wanted, self.pieces)
        line = WaitingLine(0, wanted, 1, "partial", full_cases)
        return sum(grant.qty for grant in planning.plan(self.units, iter((line,)), self.today).grants)


def free_for_others(site: str, item_id: int, today: str) -> Free:
    """What is left of an item for lines of others; what is past its expiry is not, though it is counted as stock."""
    waiting_qty, free = stock.totals(site, item_id)[1:]
    if free <= waiting_qty:
        return Free((), 0, today)
    units = tuple(release.free_units(site, item_id))
    return Free(units, max(0, planning.usable(units, today) - waiting_qty), today)


# --- What is approved -----------------------------------------------------------------------------------


def approved(site: Site, today: str, order: str | None = None, line: int | None = None, limit: int = 200) -> Pairs:
    """The pairs on record, withdrawn ones too: of the items of an order (or its line), or all.

    Raises InputError for an order or a line that is not there.
    """
    with snapshot():
        which, params = "", []
        if order is not None:
            _of_order(site.code, order, line)
            which = (
                " AND s.item_id IN (SELECT l.item_id FROM order_line l JOIN order_header h ON h.id = l.order_id "
                "WHERE h.site = ? AND h.order_no = ?" + ("" if line is None else " AND l.line = ?") + ")"
            )
            params = [site.code, order, *([] if line is None else [line])]
        found = connection.rows(
            "SELECT i.sku, t.sku, c.code, s.approved, t.id, w.waiting_qty FROM substitute s "
            "JOIN item i ON i.id = s.item_id JOIN item t ON t.id = s.substitute_id "
            "JOIN item_stock w ON w.site = s.site AND w.item_id = s.item_id "
            f"LEFT JOIN customer c ON c.id = s.customer_id WHERE s.site = ?{which} "
            f"ORDER BY i.sku, t.sku, COALESCE(c.code, '') LIMIT {limit + 1}",
            *(site.code, *params),
        )
        free = {item_id: free_for_others(site.code, item_id, today).pieces for item_id in {row[4] for row in found}}
    pairs = tuple(
        Pair(sku, substitute, customer, bool(yes), free[item_id], int(waiting))
        for sku, substitute, customer, yes, item_id, waiting in found
    )
    return Pairs(pairs[:limit], more=len(pairs) > limit)
