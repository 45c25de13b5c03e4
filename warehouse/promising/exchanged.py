"""What it does to the days of two lines that pieces go from one to the other: worked out for exactly these two.

Lines between them in the queue may have their goods sooner too; what they can expect is told when somebody asks.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from warehouse import policy, stock
from warehouse.promising import supply
from warehouse.promising.atp import Estimate, Supply, estimates

if TYPE_CHECKING:
    from collections.abc import Sequence

    from warehouse.promising.supply import Calendar
    from warehouse.stock import Line


@dataclass(frozen=True, slots=True)
class Days:
    """The days of a line before and after the exchange; None where it is on hold, so that no day can be told."""

    before: Estimate | None
    after: Estimate | None


def days(at: Calendar, source: Line, target: Line, quantity: int, *, lend: bool) -> tuple[Days, Days]:
    """The days of both lines as they are and as they would be, read in a snapshot or under the item's lock.

    What one gives the other gets, so that supply stays as it is. A lender then stands before all others.
    """
    gives = replace(
        source,
        reserved=source.reserved - quantity,
        open=source.open + quantity,
        rank_on=policy.OWED if lend else source.rank_on,
    ).settled()
    gets = replace(target, reserved=target.reserved + quantity, open=target.open - quantity).settled()
    now, then = (source, target), (gives, gets)
    needed = [_needed(at, one, now, now) for one in now] + [_needed(at, one, now, then) for one in then]
    reached = _reached(at, source.item_id, [pieces for pieces in needed if pieces])
    told = [_told(at, one, pieces, reached) for one, pieces in zip((*now, *then), needed, strict=True)]
    return Days(told[0], told[2]), Days(told[1], told[3])


def current(at: Calendar, line: Line) -> Estimate | None:
    """The day of one line as it is now."""
    pieces = _needed(at, line, (), ())
    return _told(at, line, pieces, _reached(at, line.item_id, [pieces] if pieces else []))


def _needed(at: Calendar, line: Line, now: Sequence[Line], then: Sequence[Line]) -> int:
    """The pieces that must come until the line has all, once the lines `now` have become `then`; 0 if it does not wait."""
    if not line.waits:
        return 0
    _, pieces = stock.ahead(at.site.code, line.item_id, line.rank_on, line.id)
    return line.open + pieces - _before(line, now) + _before(line, then)


def _before(line: Line, others: Sequence[Line]) -> int:
    """What of the pieces that these lines miss is served before the line."""
    place = (line.rank_on, line.id)
    return sum(one.open for one in others if one.waits and (one.rank_on, one.id) < place)


def _reached(at: Calendar, item_id: int, needed: Sequence[int]) -> dict[int, Estimate]:
    """The estimate for each of these sums; supply is read once."""
    sums = sorted(set(needed))
    steps = [pieces - before for before, pieces in zip((0, *sums), sums, strict=False)]
    return dict(zip(sums, estimates(supply.supplies(at, item_id), steps), strict=True)) if sums else {}


def _told(at: Calendar, line: Line, needed: int, reached: dict[int, Estimate]) -> Estimate | None:
    if needed:
        return reached[needed]
    if line.open:
        return None
    # It has all that it asked for: that is here.
    return Estimate(at.today, Supply(at.today, line.reserved, "stock"))
