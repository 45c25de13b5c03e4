"""Whom a count would release, before it is saved, which orders it completes, and who drops out with a piece fewer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from warehouse import foreseen, messages, pack_history, packs, rules
from warehouse.flows import keyed
from warehouse.flows.receiving_steps import HowMany
from warehouse.foreseen import Foreseen, Got, Outcome
from warehouse.reply import Released
from warehouse.site import NO_EXPIRY

if TYPE_CHECKING:
    from warehouse.flows.steps import Context, Step

FEWEST, SHARE = 3, 5  # pieces fewer that a count may be wrong by: so many, or the fifth part of it
CASES = 100  # alike that are told apart
WIDTH = 40  # columns of a line


def words(step: Step, context: Context, typed: str) -> tuple[str, ...]:
    """At most three lines about the number in the box, or about the number that is expected while it is empty.

    It reads and changes nothing. Nothing in blind receiving, nor for a case that goes on hold.
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
    queue = _Queue(
        context, step.case.item.id, max(count, expected or 0), keyed.each(text), step.case.expiry or NO_EXPIRY
    )
    if queue.seen.beyond:
        return (f"{count} is shared out among all who wait.",)
    would = queue.outcome(count)
    got = queue.gained(would)
    if not got and not would.complete:
        return (f"{count} releases nobody.",)
    said = [f"{count} releases {queue.names(got)}", _completes(would)]
    if expected is not None and count != expected:
        said.append(queue.differs(got, queue.serves(expected), f"Not {expected}"))
    else:
        said.append(queue.first_to_drop_out(count, got))
    return tuple(line for line in said if line)


def _completes(would: Outcome) -> str:
    """'Completes SO-881, SO-902 THEATRE': orders that leave complete, of several lines."""
    names = [messages.clip(name, 20) for name in foreseen.names_of(would.complete)]
    for shown in range(len(names), 0, -1):
        more = f", +{len(names) - shown} more" if shown < len(names) else ""
        text = f"Completes {', '.join(names[:shown])}{more}"
        if len(text) <= WIDTH:
            return text
    return f"Completes {len(names)} orders" if names else ""


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
    """What a count would do beyond what is free already; in cases of `each`, or with 0 in one case."""

    def __init__(self, context: Context, item_id: int, most: int, each: int, expiry: str) -> None:
        self.seen = Foreseen(context.site.code, item_id, most, context.today.isoformat())
        self._each, self._expiry = each, expiry
        self._before = self.seen.outcome((), expiry).got

    def outcome(self, count: int) -> Outcome:
        """What comes of so many pieces more."""
        full, rest = divmod(count, self._each) if self._each else (0, count)
        cases = [self._each] * full + [rest] * (rest > 0)
        return self.seen.outcome(cases if len(cases) <= CASES else [count], self._expiry)

    def gained(self, would: Outcome) -> Got:
        """The pieces that each line gets, beyond what it could have without this case."""
        before = self._before
        return {line: qty - before.get(line, 0) for line, qty in would.got.items() if qty > before.get(line, 0)}

    def serves(self, count: int) -> Got:
        """The same for so many pieces."""
        return self.gained(self.outcome(count))

    def names(self, got: Got) -> str:
        """'SO-881 x20, SO-902 x28'."""
        entries = [
            Released(self.seen.lines[one].order, self.seen.lines[one].line, self.seen.lines[one].sku, qty)
            for one, qty in got.items()
        ]
        return messages.names(tuple(entries), WIDTH)

    def differs(self, got: Got, other: Got, lead: str) -> str:
        """Who gets less or more with one count than with another."""
        parts = []
        for line in dict.fromkeys((*other, *got)):
            order = messages.clip(self.seen.lines[line].order, 10)
            before, after = other.get(line, 0), got.get(line, 0)
            if not after:
                parts.append(f"{order} drops out")
            elif after != before:
                parts.append(f"{order} {after - before:+d}")
        return f"{lead}: {', '.join(parts[:3])}" if parts else ""

    def first_to_drop_out(self, count: int, got: Got) -> str:
        """The nearest smaller count at which somebody who gets something would get nothing; of a share nobody drops out."""
        if self.seen.shared:
            return ""
        for fewer in range(1, min(max(FEWEST, count // SHARE), count - 1) + 1):
            less = self.serves(count - fewer)
            if any(line not in less for line in got):
                return self.differs(less, got, f"At {count - fewer}")
        return ""
