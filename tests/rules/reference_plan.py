"""Who gets what, worked out the slow and obvious way: the judge of `release.plan`, of which it knows nothing.

It imports nothing of ours. Pieces are single things in a heap, handed over one by one; what a line needs is
found by trying every quantity. Where it and the product differ, one of the two has misread release.md.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

ALL_OF_A_LONGER_ORDER = 2_147_483_647  # the need of a line that may not be served alone
SHOWN = 20  # lines stopped by a rule that are written down one by one


@dataclass
class Shares:
    """The outcome: plain tuples, in the order in which they came about."""

    grants: list[tuple[int, int, int, str]] = field(default_factory=list)  # line, unit, pieces, kind
    verdicts: list[tuple[int, str, int, int, str]] = field(default_factory=list)  # line, outcome, got, short, reason
    supply_before: int = 0
    supply_after: int = 0
    ran_out_at: int | None = None
    lines_read: int = 0


def share_out(units: list[tuple[int, int, str, str]], lines: list[tuple[int, int, int, str]], today: str) -> Shares:
    """Hand the pieces of `units` (id, free, expiry, kind) to `lines` (id, open, need, policy), first come first served."""
    heap = []
    for unit_id, free, expiry, kind in units:
        if not date.fromisoformat(expiry) < date.fromisoformat(today):
            heap += [(unit_id, kind) for _ in range(free)]
    outcome = Shares(supply_before=len(heap))
    stopped = 0
    for line_id, asked, need, policy in lines:
        missing = asked
        outcome.lines_read += 1
        if not heap:
            outcome.ran_out_at = line_id
            break
        if len(heap) < need:
            stopped += 1
            if stopped <= SHOWN:
                outcome.verdicts.append((line_id, "SKIPPED", 0, missing, _why_stopped(need, policy)))
            continue
        handed = []
        while missing and heap:
            handed.append(heap.pop(0))
            missing -= 1
        for unit_id, kind in dict.fromkeys(handed):
            outcome.grants.append((line_id, unit_id, handed.count((unit_id, kind)), kind))
        if missing:
            word = "PARTIAL"
        elif any(kind == "PENDING_STAGE" for _, kind in handed):
            word = "RELEASED_PENDING"
        else:
            word = "RELEASED_HARD"
        outcome.verdicts.append((line_id, word, len(handed), missing, "SUPPLY_EXHAUSTED" if missing else ""))
    outcome.supply_after = len(heap)
    return outcome


def _why_stopped(need: int, policy: str) -> str:
    if need == ALL_OF_A_LONGER_ORDER:
        return "ORDER_COMPLETE_NOT_YET"
    if policy == "partial":
        return "MIN_FILL_NOT_MET"
    return "COMPLETE_NOT_MET"


def least(policy: str, *, ordered: int, cancelled: int, missing: int, fill_percent: int, lines: int) -> int:
    """The smallest quantity that does the line some good now: each quantity from one piece upwards is tried."""
    if missing == 0:
        return 0
    if policy == "order" and lines > 1:
        return ALL_OF_A_LONGER_ORDER
    wanted = ordered - cancelled
    for pieces in range(1, missing + 1):
        has = wanted - missing + pieces
        if policy == "partial" and has * 100 >= fill_percent * wanted:
            return pieces
        if policy in ("line", "order") and has == wanted:
            return pieces
    raise AssertionError("all that is missing is always enough")


def place_in_queue(promised_on: date, priority: int) -> int:
    """The promised day, counted one by one from the first of the calendar, less the days that the class is worth."""
    worth = {"1": 10, "2": 6, "3": 3, "4": 1, "5": 0}[str(priority)]
    return (promised_on - date(1, 1, 1)).days + 1 - worth
