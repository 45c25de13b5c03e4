"""Whom a count would release, before it is saved, and who would drop out with a piece fewer. It changes nothing."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from warehouse import messages, pack_history, packs, planning, release, rules
from warehouse.flows import keyed
from warehouse.flows.receiving_steps import HowMany
from warehouse.reply import Released
from warehouse.site import NO_EXPIRY

if TYPE_CHECKING:
    from warehouse.flows.steps import Context, Step
    from warehouse.stock import Line

LINES = 200  # of the queue that are looked at: far more than one case serves
FEWEST, SHARE = 3, 5  # pieces fewer that a count may be wrong by: so many, or the fifth part of it

Got = dict[int, int]


def words(step: Step, context: Context, typed: str) -> tuple[str, ...]:
    """At most two lines about the number in the box, or about the number that is expected while it is empty.

    Nothing in blind receiving, nor for a case that goes on hold.
    """
    if not isinstance(step, HowMany) or step.at.blind or step.case.item is None:
        return ()
    if step.case.problem or step.case.refused or step.case.corrects:
        return ()
    expected = _expected(step, context)
    text = typed.strip()
    entered = keyed.pieces(text)
    if text and not entered:
        return ()
    count = entered or expected
    if count is None:
        return ()
    queue = _Queue(context, step.case.item.id, max(count, expected or 0), step.case.expiry or NO_EXPIRY)
    got = queue.serves(count)
    if not got:
        return (f"{count} releases nobody.",)
    first = f"{count} releases {queue.names(got)}"
    if expected is not None and count != expected:
        second = queue.differs(got, queue.serves(expected), f"Not {expected}")
    else:
        second = queue.first_to_drop_out(count, got)
    return (first, second) if second else (first,)


def _expected(step: HowMany, context: Context) -> int | None:
    """What was announced, else what hardly any doubt is left about, else the last count of the same item."""
    item, case = step.case.item, step.case
    assert item is not None
    if case.announced is not None:
        return case.announced
    history = pack_history.window(
        context.site, step.at.vendor_id, item.id, case.packaging, context.now, rules.of_site(context.site.code)
    )
    return packs.suggestion(history) or (None if history.cases else item.nominal_case)


class _Queue:
    """The free stock and the waiting lines of an item, as they are now, with a case of some pieces added to them."""

    def __init__(self, context: Context, item_id: int, most: int, expiry: str) -> None:
        site = context.site.code
        self._today, self._expiry = context.today.isoformat(), expiry
        self._free = release.free_units(site, item_id)
        self._lines: dict[int, Line] = {}
        free = sum(unit.qty for unit in self._free) + most
        self._waiting = list(islice(release.waiting(site, item_id, free, self._lines), LINES))
        self._before = self._plan(0)

    def _plan(self, count: int) -> Got:
        units = [*self._free, *([planning.FreeUnit(0, count, self._expiry)] if count else [])]
        got: Got = {}
        for grant in planning.plan(units, iter(self._waiting), self._today).grants:
            got[grant.line_id] = got.get(grant.line_id, 0) + grant.qty
        return got

    def serves(self, count: int) -> Got:
        """The pieces that each line gets, beyond what it could have without this case."""
        got = self._plan(count)
        return {line: qty - self._before.get(line, 0) for line, qty in got.items() if qty > self._before.get(line, 0)}

    def names(self, got: Got) -> str:
        """'SO-881 x20, SO-902 x28'."""
        entries = [
            Released(self._lines[one].order, self._lines[one].line, self._lines[one].sku, qty)
            for one, qty in got.items()
        ]
        return messages.names(tuple(entries), 40)

    def differs(self, got: Got, other: Got, lead: str) -> str:
        """Who gets less or more with one count than with another."""
        parts = []
        for line in dict.fromkeys((*other, *got)):
            order = messages.clip(self._lines[line].order, 10)
            before, after = other.get(line, 0), got.get(line, 0)
            if not after:
                parts.append(f"{order} drops out")
            elif after != before:
                parts.append(f"{order} {after - before:+d}")
        return f"{lead}: {', '.join(parts[:3])}" if parts else ""

    def first_to_drop_out(self, count: int, got: Got) -> str:
        """The nearest smaller count at which somebody who gets something would get nothing."""
        for fewer in range(1, min(max(FEWEST, count // SHARE), count - 1) + 1):
            less = self.serves(count - fewer)
            if any(line not in less for line in got):
                return self.differs(less, got, f"At {count - fewer}")
        return ""
