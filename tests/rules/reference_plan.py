"""Who gets what, worked out the slow and obvious way: the judge of `warehouse.planning`, of which it knows nothing.

It imports nothing of ours. Pieces are single things in a heap, handed over one by one; what a line needs is found by
trying every quantity, and which whole cases it takes by trying every choice of them. Where it and the product differ,
one of the two has misread release.md.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from itertools import product
from typing import NamedTuple

NOTHING_IS_ENOUGH = 2_147_483_647  # the need of a line that may not be served now, whatever is there
SHOWN = 20  # lines stopped by a rule that are written down one by one
LOOKS = 200  # lines that ask for more than a comparison, in one run


class Unit(NamedTuple):
    """Free pieces of a unit; `whole` if nobody was promised any of it."""

    id: int
    free: int
    expiry: str
    kind: str = "HARD"
    whole: bool = True


class Asking(NamedTuple):
    """A line that waits for `missing` pieces and takes no fewer than `need`."""

    id: int
    missing: int
    need: int
    policy: str
    full_cases: bool = False
    together: bool = False
    ready: bool = False
    owed: int = 0


@dataclass
class Shares:
    """The outcome: plain tuples, in the order in which they came about."""

    grants: list[tuple[int, int, int, str]] = field(default_factory=list)  # line, unit, pieces, kind
    verdicts: list[tuple[int, str, int, int, str]] = field(default_factory=list)  # line, outcome, got, short, reason
    supply_before: int = 0
    supply_after: int = 0
    ran_out_at: int | None = None
    candidates: list[int] = field(default_factory=list)
    kept: int = 0
    goes_on_at: int | None = None
    lines_read: int = 0


class Heap:
    """The pieces that may be handed out, in the order of use; `aside` of them are kept for lines of sets."""

    def __init__(self, units: list[Unit], today: str) -> None:
        self.size = {unit.id: unit.free for unit in units if unit.whole}
        self.pieces: list[tuple[int, str]] = []
        for unit in units:
            if not date.fromisoformat(unit.expiry) < date.fromisoformat(today):
                self.pieces += [(unit.id, unit.kind)] * unit.free
        self.aside = 0

    @property
    def left(self) -> int:
        return len(self.pieces) - self.aside

    def hand_to(self, line: Asking) -> list[tuple[int, str]]:
        """What the line takes: the first pieces, or the first choice of whole cases that is enough for it."""
        if line.full_cases:
            return self._whole_cases(line.need, min(line.missing, self.left))
        handed = []
        while len(handed) < (line.owed or line.missing) and self.left:
            handed.append(self.pieces.pop(0))
        return handed

    def _whole_cases(self, need: int, most: int) -> list[tuple[int, str]]:
        cases = [one for one in dict.fromkeys(self.pieces) if self.pieces.count(one) == self.size.get(one[0])]
        for choice in product((True, False), repeat=len(cases)):
            chosen = [case for case, taken in zip(cases, choice, strict=True) if taken]
            if need <= sum(self.size[unit] for unit, _ in chosen) <= most:
                handed = [piece for piece in self.pieces if piece in chosen]
                self.pieces = [piece for piece in self.pieces if piece not in chosen]
                return handed
        return []


def share_out(
    units: list[Unit], lines: list[Asking], today: str, *, shown: int = SHOWN, looks: int = LOOKS, fairly: bool = False
) -> Shares:
    """Hand the units to the lines, first come first served; `fairly`: each gets its part of too little before that.

    Those that are owed something come first, and if one of them got anything, there it ends.
    """
    if fairly:
        debts = share_out(units, [line for line in lines if line.owed], today, shown=shown, looks=looks)
        if debts.grants:
            debts.lines_read = len(lines)
            return debts
        lines = [line._replace(owed=0) for line in lines]
    heap = Heap(units, today)
    outcome = Shares(supply_before=heap.left)
    handed: dict[int, list[tuple[int, str]]] = {line.id: [] for line in lines}
    if fairly:
        _hand_out_parts(heap, lines, handed)
    turns = [_once_served(line, len(handed[line.id])) for line in lines]
    _in_turn(heap, [line for line in turns if line.missing], handed, outcome, shown, looks)
    if fairly:
        outcome.lines_read = len(lines)
    outcome.supply_after, outcome.kept = len(heap.pieces), heap.aside
    stopped = {verdict[0]: verdict for verdict in outcome.verdicts}
    outcome.verdicts = []
    for line in lines:
        pieces = handed[line.id]
        for unit_id, kind in dict.fromkeys(pieces):
            outcome.grants.append((line.id, unit_id, pieces.count((unit_id, kind)), kind))
        if pieces:
            # What was left when it had its turn, or, of a fair share, when all had theirs.
            left = heap.left if fairly else stopped[line.id][3]
            outcome.verdicts.append(_served(line, pieces, left, "FAIR_SHARE" if fairly else "SUPPLY_EXHAUSTED"))
        elif line.id in stopped:
            outcome.verdicts.append(stopped[line.id])
    return outcome


def _in_turn(heap, lines, handed, outcome, shown, looks) -> None:
    """One line after the other, until nothing is left; notes what was left behind each that got something."""
    stopped = looked = 0
    for line in lines:
        outcome.lines_read += 1
        if not heap.left:
            outcome.ran_out_at = line.id
            return
        if not line.owed and any(handed[one.id] for one in lines if one.owed):
            return
        fits = heap.left >= line.need
        if fits and (line.together or line.full_cases):
            looked += 1
            if looked > looks:
                outcome.goes_on_at = line.id
                return
        if fits and line.together:
            outcome.candidates.append(line.id)
            heap.aside += line.need if line.ready else 0
        got = heap.hand_to(line) if fits and not line.together else []
        handed[line.id] += got
        if got:
            outcome.verdicts.append((line.id, "", 0, heap.left, ""))
        else:
            stopped += 1
            if fits or stopped <= shown:
                outcome.verdicts.append((line.id, "SKIPPED", 0, line.missing, _why_stopped(line, fits=fits)))


def _served(line: Asking, pieces: list[tuple[int, str]], left: int, ended: str) -> tuple[int, str, int, int, str]:
    short = line.missing - len(pieces)
    if short:
        reason = "FULL_CASES_ONLY" if line.full_cases and left else ended
        if line.owed and len(pieces) >= line.owed:
            reason = "DEBT_REPAID"
        return line.id, "PARTIAL", len(pieces), short, reason
    pending = any(kind == "PENDING_STAGE" for _, kind in pieces)
    return line.id, "RELEASED_PENDING" if pending else "RELEASED_HARD", len(pieces), 0, ""


def _why_stopped(line: Asking, *, fits: bool) -> str:
    if line.need == NOTHING_IS_ENOUGH or line.together:
        return "ORDER_COMPLETE_NOT_YET"
    if fits and line.full_cases:
        return "FULL_CASES_ONLY"
    if line.policy == "partial":
        return "MIN_FILL_NOT_MET"
    return "COMPLETE_NOT_MET"


# --- Fair share -----------------------------------------------------------------------------------------


def _hand_out_parts(heap: Heap, lines: list[Asking], handed: dict[int, list[tuple[int, str]]]) -> None:
    """To each line that could be served its part, if that is enough for it."""
    for line, part in parts(heap.left, lines):
        if part >= line.need:
            handed[line.id] += heap.hand_to(line._replace(missing=part))


def parts(supply: int, lines: list[Asking]) -> list[tuple[Asking, int]]:
    """The part of each line: its exact share of the supply rounded down, then one more for the largest remainders."""
    sharing = [line for line in lines if line.need <= supply and not line.together]
    missing = sum(line.missing for line in sharing)
    if missing <= supply:
        return [(line, line.missing) for line in sharing]
    exact = [Fraction(supply * line.missing, missing) for line in sharing]
    rounded = [int(share) for share in exact]
    while sum(rounded) < supply:
        most = max(share - got for share, got in zip(exact, rounded, strict=True))
        place = [share - got for share, got in zip(exact, rounded, strict=True)].index(most)
        rounded[place] += 1
    return list(zip(sharing, rounded, strict=True))


def _once_served(line: Asking, got: int) -> Asking:
    """The line when it has its part: whatever it gets now is enough."""
    return line._replace(missing=line.missing - got, need=1 if got else line.need)


# --- One line -------------------------------------------------------------------------------------------


def least(
    policy: str,
    *,
    ordered: int,
    cancelled: int,
    missing: int,
    fill_percent: int,
    claiming: bool = False,
    watched: bool = False,
) -> int:
    """The smallest quantity that does the line some good now: each quantity from one piece upwards is tried."""
    if missing == 0:
        return 0
    in_set = policy in ("order", "set")
    if in_set and not claiming and not watched:
        return NOTHING_IS_ENOUGH
    wanted = ordered - cancelled
    for pieces in range(1, missing + 1):
        has = wanted - missing + pieces
        if in_set and claiming:
            return pieces
        if policy == "partial" and has * 100 >= fill_percent * wanted:
            return pieces
        if policy != "partial" and has == wanted:
            return pieces
    raise AssertionError("all that is missing is always enough")


def place_in_queue(promised_on: date, priority: int, *, pinned: bool = False, owed: int = 0) -> int:
    """The promised day, counted one by one from the first of the calendar, less the days that the class is worth."""
    if owed:
        return -1
    if pinned:
        return 0
    worth = {"1": 10, "2": 6, "3": 3, "4": 1, "5": 0}[str(priority)]
    return (promised_on - date(1, 1, 1)).days + 1 - worth
