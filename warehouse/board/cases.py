"""How many pieces cases held: for each item and vendor, the counts of the window against what is usual."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from db import connection
from db.connection import iso
from warehouse.board.window import FEW, NEWEST

if TYPE_CHECKING:
    from warehouse.board.window import Window
    from warehouse.site import Site

ITEMS: Final = 12
COUNTS: Final = 20  # different counts of an item that are told


@dataclass(frozen=True, slots=True)
class CaseQuantities:
    """Cases of an item from a vendor: (pieces, cases, of them questioned), the smallest count first."""

    sku: str
    item: str
    vendor: str
    usual: int | None
    n: int
    counts: tuple[tuple[int, int, int], ...]

    @property
    def few(self) -> bool:
        """Whether there are too few of them to say much."""
        return self.n < FEW

    def as_json(self) -> dict[str, Any]:
        """The histogram as the command prints it."""
        return {
            "sku": self.sku,
            "vendor": self.vendor,
            "usual": self.usual,
            "n": self.n,
            "counts": [{"quantity": qty, "cases": cases, "questioned": odd} for qty, cases, odd in self.counts],
        }


def case_quantities(site: Site, window: Window) -> tuple[CaseQuantities, ...]:
    """The items with most cases of the window; `usual` is the item's nominal quantity, else the count seen most."""
    found = connection.rows(
        "SELECT i.sku, i.description, COALESCE(v.name, ''), i.nominal_case_qty, c.qty, COUNT(*), "
        "SUM(CASE WHEN c.doubt > 0 THEN 1 ELSE 0 END) FROM "
        f"(SELECT * FROM capture WHERE site = ? ORDER BY id DESC LIMIT {NEWEST}) AS c "
        "JOIN item i ON i.id = c.item_id LEFT JOIN vendor v ON v.id = c.vendor_id "
        "WHERE c.at >= ? AND c.at < ? AND c.qty > 0 AND NOT EXISTS (SELECT 1 FROM capture t WHERE t.reverses = c.id) "
        "GROUP BY i.sku, i.description, v.name, i.nominal_case_qty, c.qty ORDER BY i.sku, v.name, c.qty",
        site.code,
        iso(window.since),
        iso(window.until),
    )
    groups: dict[tuple[str, str, str, int | None], list[tuple[int, int, int]]] = {}
    for sku, item, vendor, nominal, qty, cases, odd in found:
        groups.setdefault((sku, item, vendor, nominal), []).append((qty, int(cases), int(odd)))
    histograms = [
        CaseQuantities(
            *(sku, item, vendor, nominal or max(counts, key=lambda one: one[1])[0]),
            n=sum(cases for _, cases, _ in counts),
            counts=tuple(sorted(sorted(counts, key=lambda one: -one[1])[:COUNTS])),
        )
        for (sku, item, vendor, nominal), counts in groups.items()
    ]
    return tuple(sorted(histograms, key=lambda one: (-one.n, one.sku, one.vendor))[:ITEMS])
