"""Promise dates in words, safe to print: the numbers of orders come from outside."""

from __future__ import annotations

from typing import TYPE_CHECKING

from warehouse.explain_words import plain

if TYPE_CHECKING:
    from warehouse.promising.atp import Estimate, Supply


def shown(supply: Supply) -> Supply:
    """The supply with a number that a terminal may show."""
    return supply.renamed(plain(supply.po))


def estimated(estimate: Estimate) -> str:
    """The estimate of a line, to stand in a sentence."""
    if estimate.on is None or estimate.supply is None:
        return "no day known: no supply covers it"
    return f"estimated for {estimate.on.isoformat()}: {shown(estimate.supply).cause}"
