"""A floor with two lots of serum, orders that hold them, and leads who stop and accept."""

from __future__ import annotations

import itertools
from typing import Any

from small_floor import SITE, SmallFloor

from db import connection
from warehouse import blocks, orders, site
from warehouse.blocks import Target
from warehouse.verify import verify

_ids = itertools.count(1)
EXPIRY = "2027-01-31"
L7, L8 = Target("lot", "L7", "SERUM"), Target("lot", "L8", "SERUM")


class StopFloor(SmallFloor):
    """CASE-A (20, A-01) and CASE-B (10, A-02) of lot L7, CASE-C (30, A-02) of L8; a second lead MAX (1005).

    SO-1 has 15 of CASE-A, SO-2 the other 5 and 7 of CASE-B, SO-3 3 of CASE-B and 10 of CASE-C: 20 of L8 are free.
    """

    def __init__(self) -> None:
        super().__init__()
        self.furnish()

    def furnish(self) -> None:
        """Goods, orders and a second lead on a small floor."""
        connection.insert_row("operator", site=SITE, badge="1005", name="MAX", roles="lead")
        self.stock("SERUM", 20, "A-01", code="CASE-A", lot="L7", expiry=EXPIRY)
        self.stock("SERUM", 10, "A-02", code="CASE-B", lot="L7", expiry=EXPIRY)
        self.stock("SERUM", 30, "A-02", code="CASE-C", lot="L8", expiry="2027-02-28")
        for number, qty in enumerate((15, 12, 13), 1):
            self.order(f"SO-{number}", ("SERUM", qty))

    def lead(self, badge: str = "1003", reason: str = "RECALL") -> orders.Command:
        person = site.operator(SITE, badge)
        assert person is not None
        return orders.Command(self.site, person, self.now, f"stop-{next(_ids)}", reason)

    def block(self, target: Target, badge: str = "1003") -> dict[str, Any]:
        return blocks.block(self.lead(badge), target)

    def unblock(self, target: Target, badge: str = "1003") -> dict[str, Any]:
        return blocks.unblock(self.lead(badge, "CHECKED"), target)

    def accept(self, target: Target, badge: str = "1005") -> dict[str, Any]:
        return blocks.accept(self.lead(badge, "GOOD"), target)

    def state(self, code: str) -> tuple[Any, ...]:
        """Status, pieces and promised pieces of a unit."""
        unit = self.unit(code)
        return unit["status"], unit["qty"], unit["qty_reserved"]

    def sound(self) -> None:
        """Every counter agrees with its rows."""
        found = verify(self.site)
        assert found.violations == ()


def unit(code: str) -> Target:
    return Target("unit", code)


def place(code: str) -> Target:
    return Target("place", code)
