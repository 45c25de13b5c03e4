"""How far a delivery may be from its order: more, less, earlier, later, and what happens beyond that.

A rule is taken from the first level that has set it (a limit and an action): the order line, the item, the vendor,
the site. The same cascade and the same three actions as in other warehouse systems: NONE accepts, WARN asks, REJECT
needs a way out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, cast

from db import connection
from warehouse import rules

Action = Literal["NONE", "WARN", "REJECT"]


@dataclass(frozen=True, slots=True)
class Limit:
    """How much is accepted (percent, or days), what happens beyond, and which level said so."""

    amount: int
    action: Action
    level: str


@dataclass(frozen=True, slots=True)
class Tolerances:
    """The four rules of an order line."""

    over: Limit
    under: Limit
    early: Limit
    late: Limit

    def most(self, ordered: int) -> int:
        """The most pieces that are accepted of so many ordered: a percentage is rounded down."""
        return ordered + ordered * self.over.amount // 100

    def short_enough(self, ordered: int, received: int) -> bool:
        """Whether so little is missing that the line may be closed short."""
        return received < ordered and (ordered - received) * 100 <= ordered * self.under.amount


_LEVELS = (("l", "line"), ("i", "item"), ("v", "vendor"))
_RULES = (("over", "percent"), ("under", "percent"), ("early", "days"), ("late", "days"))
COLUMNS = "i.lot_control, " + ", ".join(
    f"{alias}.{name}_{unit}, {alias}.{name}_action" for name, unit in _RULES for alias, _ in _LEVELS
)
"""What `of_cells` reads, of po_line l, item i and vendor v."""


def of_line(site: str, line_id: int, site_rules: rules.Rules | None = None) -> Tolerances:
    """The tolerances of an order line, which must exist."""
    cells = connection.one(
        f"SELECT {COLUMNS} FROM po_line l JOIN item i ON i.id = l.item_id JOIN purchase_order p ON p.id = l.po_id "
        "JOIN vendor v ON v.id = p.vendor_id WHERE l.id = ?",
        line_id,
    )
    return of_cells(cells, site_rules or rules.of_site(site))


def of_cells(cells: connection.Row, site_rules: rules.Rules) -> Tolerances:
    """The tolerances that a row with `COLUMNS` and the site's rules come to."""
    lot_control = bool(cells[0])
    limits = []
    place = 1
    for name, unit in _RULES:
        limit = None
        for _, level in _LEVELS:
            amount, action = cells[place : place + 2]
            place += 2
            if limit is None and amount is not None and action is not None:
                limit = Limit(amount, action, level)
        limits.append(limit or _of_site(site_rules, name, unit, lot_control=lot_control))
    return Tolerances(*limits)


def _of_site(site_rules: rules.Rules, name: str, unit: str, *, lot_control: bool) -> Limit:
    lot = "lot_" if name == "over" and lot_control else ""
    action = cast("Action", site_rules.word(f"{name}.{lot}action"))
    return Limit(site_rules.number(f"{name}.{lot}{unit}"), action, "site")
