"""Who gets what of an item's free pieces: the rule of release, pure and read in one sitting."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from warehouse import policy
from warehouse.stock import Grant

# Verdicts written for lines that a rule stopped; others are derived when somebody asks. Lines of sets and of whole cases
# that were looked at have theirs beyond these: what they were told cannot be derived.
BLOCKED_SHOWN = 20
LOOKED_AT = 200  # lines that cost more than a comparison, in one run: the next ones are for another transaction
COMBINED = 100  # whole cases of which a combination is looked for, where taking them in their order is not enough

Kind = Literal["HARD", "PENDING_STAGE"]
Units = deque[tuple["FreeUnit", int]]
Cases = list[tuple["FreeUnit", int]]


@dataclass(frozen=True, slots=True)
class FreeUnit:
    """Pieces of one unit that nobody was promised; `whole` says that they are all that it holds."""

    id: int
    qty: int
    expiry: str
    kind: Kind = "HARD"
    whole: bool = True


@dataclass(frozen=True, slots=True)
class WaitingLine:
    """An order line in the queue: `open` pieces are missing, fewer than `min_need` are no use to it.

    `together`: other lines of its ship set miss something as well, so that it is not served alone; `ready` says that
    all of them could be served now, and `min_need` is what they miss of this item. `full_cases` lines take units whole.
    `owed` lines are paid back so many pieces, before all others, and no more than that but for the rest of a case.
    """

    id: int
    open: int
    min_need: int
    policy: str = "partial"
    full_cases: bool = False
    together: bool = False
    ready: bool = False
    owed: int = 0


@dataclass(frozen=True, slots=True)
class LineVerdict:
    """What one line got (`qty` pieces, `short` still open), and the rule that stopped the rest."""

    line_id: int
    outcome: str
    qty: int
    short: int
    reason: str


@dataclass(slots=True)
class Plan:
    """Who gets what. `ran_out_at` is the first line that found nothing left.

    `candidates` are lines whose ship sets are to be looked at; `kept` pieces are set aside for those that are ready.
    `goes_on_at` is the first line that was left to another transaction. `ends_at` is the first line that was not looked
    at, for whatever reason; `last` is the last one that took something, or for whose set something is kept.
    """

    supply_before: int
    supply_after: int
    grants: list[Grant] = field(default_factory=list)
    verdicts: list[LineVerdict] = field(default_factory=list)
    ran_out_at: int | None = None
    candidates: list[int] = field(default_factory=list)
    kept: int = 0
    goes_on_at: int | None = None
    ends_at: int | None = None
    last: int | None = None


def fits(unit: FreeUnit, today: str) -> bool:
    """Whether a unit may serve a line at all; asked again at the pick. The day of expiry still counts as usable."""
    return unit.expiry >= today


def usable(supply: Iterable[FreeUnit], today: str) -> int:
    """The pieces that may be handed out."""
    return sum(unit.qty for unit in supply if fits(unit, today))


def plan(supply: Sequence[FreeUnit], waiting: Iterator[WaitingLine], today: str, *, looks: int | None = None) -> Plan:
    """Hand the supply to the waiting lines in their order, each as its policy allows.

    `supply` is in the order in which units are to be used, `waiting` in the order of service; the queue is
    read no further than the line at which the supply ends. A line that needs more than is left is passed
    over, and the next may take what it could not. Ends after `looks` costly lines (LOOKED_AT, if not said), and
    after the lines that are owed something where one of them was paid back: it stands in its own place again then.
    """
    most = LOOKED_AT if looks is None else looks
    units = deque((unit, unit.qty) for unit in supply if fits(unit, today))
    left = sum(qty for _, qty in units)
    result = Plan(left, left)
    blocked = looked = 0
    repaid = False
    for line in waiting:
        result.ends_at = line.id
        if left == 0:
            result.ran_out_at = line.id
            break
        if repaid and not line.owed:
            break
        fit = line.min_need <= left
        if fit and (line.together or line.full_cases):
            if looked == most:
                result.goes_on_at = line.id
                break
            looked += 1
        result.ends_at = None
        taken: list[tuple[FreeUnit, int]] = []
        if fit and line.together:
            result.candidates.append(line.id)
            kept = line.min_need if line.ready else 0
            result.kept, left = result.kept + kept, left - kept
            result.last = line.id if kept else result.last
        elif fit:
            taken = _taken(units, line, min(_wanted(line), left))
        if not taken:
            if fit or blocked < BLOCKED_SHOWN:
                result.verdicts.append(LineVerdict(line.id, "SKIPPED", 0, line.open, blocked_by(line, fit=fit)))
            blocked += 1
            continue
        left -= sum(qty for _, qty in taken)
        _grant(result, line, taken, left)
        repaid = repaid or bool(line.owed)
        result.last = line.id
    result.supply_after = left + result.kept
    return result


def _wanted(line: WaitingLine) -> int:
    """The most it may take: no more than it is owed, unless that may be less than any whole case."""
    return line.owed if line.owed and not line.full_cases else line.open


def _taken(units: Units, line: WaitingLine, wanted: int) -> list[tuple[FreeUnit, int]]:
    """What a line takes of the units, which then lack it."""
    if not line.full_cases:
        return list(_take(units, wanted))
    cases = [(unit, free) for unit, free in units if unit.whole and free == unit.qty <= wanted]
    whole = _whole(cases, line.min_need, wanted)
    for one in whole:
        units.remove(one)
    return whole


def _whole(cases: Cases, need: int, wanted: int) -> Cases:
    """The whole cases for a line: each in the order of use that fits, if those behind it can make up what it needs."""
    taken: Cases = []
    got = 0
    for one in cases:
        if got + one[1] <= wanted:
            taken.append(one)
            got += one[1]
    return taken if got >= need else _combined(cases[:COMBINED], need, wanted)


def _combined(cases: Cases, need: int, wanted: int) -> Cases:
    """The first cases in the order of use that make between `need` and `wanted` pieces; none where no choice does.

    Of a line that takes 48 or nothing, a first case of 30 would else keep two of 24 behind it.
    """
    behind = [1]  # the sums that the cases from each place on can make, the last place first: bit n for n pieces
    for _, qty in reversed(cases):
        behind.append((behind[-1] | behind[-1] << qty) & ((1 << wanted + 1) - 1))
    if not behind.pop() >> need:
        return []
    taken: Cases = []
    got = 0
    for one in cases:
        sums, with_it = behind.pop(), got + one[1]
        if with_it <= wanted and (sums & ((1 << wanted - with_it + 1) - 1)) >> max(0, need - with_it):
            taken.append(one)
            got = with_it
    return taken


def _take(units: Units, wanted: int) -> Iterator[tuple[FreeUnit, int]]:
    while wanted:
        unit, free = units.popleft()
        qty = min(free, wanted)
        if qty < free:
            units.appendleft((unit, free - qty))
        wanted -= qty
        yield unit, qty


def _grant(result: Plan, line: WaitingLine, taken: Sequence[tuple[FreeUnit, int]], left: int) -> None:
    pending = False
    for unit, qty in taken:
        result.grants.append(Grant(line.id, unit.id, qty, unit.kind))
        pending = pending or unit.kind == "PENDING_STAGE"
    got = sum(qty for _, qty in taken)
    result.verdicts.append(_verdict(line, got, pending=pending, ended="SUPPLY_EXHAUSTED", left=left))


def _verdict(line: WaitingLine, got: int, *, pending: bool, ended: str, left: int) -> LineVerdict:
    """What a line is told that got something. With pieces `left`, only whole cases can have kept it from more."""
    short = line.open - got
    outcome = "PARTIAL" if short else ("RELEASED_PENDING" if pending else "RELEASED_HARD")
    return LineVerdict(line.id, outcome, got, short, _why_short(line, got, ended, left) if short else "")


def _why_short(line: WaitingLine, got: int, ended: str, left: int) -> str:
    if line.owed and got >= line.owed:
        return "DEBT_REPAID"
    return "FULL_CASES_ONLY" if line.full_cases and left else ended


def blocked_by(line: WaitingLine, *, fit: bool = False) -> str:
    """The rule that stops a line although something is free; `fit` where its need alone would not have."""
    if line.min_need == policy.NEVER or line.together:
        return "ORDER_COMPLETE_NOT_YET"
    if fit and line.full_cases:
        return "FULL_CASES_ONLY"
    return "MIN_FILL_NOT_MET" if line.policy == "partial" else "COMPLETE_NOT_MET"


# --- Fair share -----------------------------------------------------------------------------------------


def fair(supply: Sequence[FreeUnit], waiting: Iterable[WaitingLine], today: str) -> Plan:
    """Divide what is too little among all lines of an item on allocation: to each its part of what all of them miss.

    Parts are rounded by the largest remainder, ties in the order of service, so that they add up to the supply. A line
    whose part is less than it needs, or not in whole cases, gives it up; what is given up goes to the lines in the order
    of service, those of sets included. Debts are paid before, in a run of their own. Reads the whole queue: O(lines),
    which is stated, as only such items pay for it.
    """
    lines = list(waiting)
    repaid = plan(supply, (line for line in lines if line.owed), today)
    repaid.ends_at = repaid.ends_at or next((line.id for line in lines if not line.owed), None)
    if repaid.grants:
        return repaid
    left = usable(supply, today)
    share = _shares([line for line in lines if line.min_need <= left and not line.together], left)
    reserved: list[WaitingLine] = []
    for line in lines:
        part = share.get(line.id, 0)
        if part and part >= line.min_need:
            reserved.append(replace(line, open=part))
    first = plan(supply, iter(reserved), today, looks=len(reserved))
    got = _sums((grant.line_id, grant.qty) for grant in first.grants)
    rest = [_after(line, got.get(line.id, 0)) for line in lines if line.open > got.get(line.id, 0)]
    second = plan(unused(supply, first.grants), iter(rest), today)
    return _merged(first, second, lines)


def _shares(lines: Sequence[WaitingLine], supply: int) -> dict[int, int]:
    missing = sum(line.open for line in lines)
    if missing <= supply:
        return {line.id: line.open for line in lines}
    share = {line.id: supply * line.open // missing for line in lines}
    order = sorted(range(len(lines)), key=lambda place: (-(supply * lines[place].open % missing), place))
    for place in order[: supply - sum(share.values())]:
        share[lines[place].id] += 1
    return share


def _after(line: WaitingLine, got: int) -> WaitingLine:
    """The line once it has got its part: what it needs at least, it has."""
    return replace(line, open=line.open - got, min_need=1) if got else line


def unused(supply: Sequence[FreeUnit], grants: Sequence[Grant]) -> list[FreeUnit]:
    """The units as they are once the grants took of them."""
    gone = _sums((grant.unit_id, grant.qty) for grant in grants)
    return [
        replace(unit, qty=unit.qty - gone.get(unit.id, 0), whole=unit.whole and unit.id not in gone)
        for unit in supply
        if unit.qty > gone.get(unit.id, 0)
    ]


def _merged(first: Plan, second: Plan, lines: Sequence[WaitingLine]) -> Plan:
    """One plan of both, with one verdict and one grant a unit for each line."""
    result = Plan(first.supply_before, second.supply_after, ran_out_at=second.ran_out_at)
    result.candidates, result.kept, result.goes_on_at = second.candidates, second.kept, second.goes_on_at
    result.ends_at, result.last = second.ends_at, second.last or first.last
    pieces: dict[tuple[int, int, str], int] = {}
    for grant in (*first.grants, *second.grants):
        key = (grant.line_id, grant.unit_id, grant.kind)
        pieces[key] = pieces.get(key, 0) + grant.qty
    place = {line.id: number for number, line in enumerate(lines)}
    result.grants = [
        Grant(*key[:2], qty, key[2]) for key, qty in sorted(pieces.items(), key=lambda one: place[one[0][0]])
    ]
    got = _sums((grant.line_id, grant.qty) for grant in result.grants)
    pending = {grant.line_id for grant in result.grants if grant.kind == "PENDING_STAGE"}
    said = {verdict.line_id: verdict for verdict in second.verdicts}
    for line in lines:
        qty = got.get(line.id, 0)
        if not qty:
            if line.id in said:
                result.verdicts.append(said[line.id])
            continue
        left = result.supply_after - result.kept
        result.verdicts.append(_verdict(line, qty, pending=line.id in pending, ended="FAIR_SHARE", left=left))
    return result


def _sums(pairs: Iterable[tuple[int, int]]) -> dict[int, int]:
    total: dict[int, int] = {}
    for key, qty in pairs:
        total[key] = total.get(key, 0) + qty
    return total
