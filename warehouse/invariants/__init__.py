"""What must be true of the tables at every moment: each counter beside what its rows say of it."""

from __future__ import annotations

from collections.abc import Sequence

from warehouse.invariants import carriers, goods, ledger, orders, promises, receiving, substitutions, units
from warehouse.invariants.check import Check, Invariant
from warehouse.invariants.orders import FIRST_UNSERVED, SERVED, UNSERVED_ITEMS

__all__ = ["FIRST_UNSERVED", "SERVED", "UNSERVED_ITEMS", "Check", "Invariant", "checks"]


def checks(dialect: str) -> Sequence[Check]:
    """Every invariant that one statement can tell, in the order in which they are reported."""
    return (
        units.UNITS,
        units.ITEMS,
        *units.UNIQUE,
        ledger.MOVES,
        ledger.REVERSALS,
        ledger.UNDONE,
        ledger.SCANS,
        *receiving.CHECKS,
        *carriers.CHECKS,
        *goods.CHECKS,
        orders.order_lines(dialect),
        orders.SHIP_SETS,
        orders.RESERVATIONS,
        orders.PICKED_PIECES,
        orders.RUNS,
        orders.VERDICTS,
        substitutions.NEW_LINES,
        substitutions.OLD_LINES,
        promises.CHANGES,
    )
