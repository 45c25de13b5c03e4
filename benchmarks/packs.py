"""How many slips of a keyed count the vendor's pack history catches, and how many right counts it questions.

Each generator draws a history of 300 cases and then fresh counts, with ten seeds. The history is kept as the floor
keeps it: a count of level 2 does not join it, for nobody confirms a part case as a new pack size. One line has what
comes of a history that all 300 join. Of each fresh count: a digit too many (x10) and one too few (its last digit left
out; not where that leaves 0, which cannot be keyed); and each transposition of two neighbouring digits that gives a
value never seen in the history, other than 0. Caught is what is questioned at either level. Nothing but the history is
known: no item limits, no advice, no nominal count.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from benchmarks.engines import Engine
from benchmarks.figures import Line, short
from warehouse.packs import OFTEN, History, judge, transpositions

CASES = 300
SEEDS = range(1, 11)
DRAWS = {False: 2_000, True: 20_000}  # fresh counts of each seed
PART_CASES = "24, 5 % parts of 1-23"

TENFOLD, TRANSPOSED, TRANSPOSED_ALL, QUESTIONED = 0.99, 0.85, 0.95, 0.01

GENERATORS: dict[str, Callable[[random.Random], int]] = {
    "always 24": lambda _dice: 24,
    "{20, 22, 24, 24}": lambda dice: dice.choice((20, 22, 24, 24)),
    "{24, 48}": lambda dice: dice.choice((24, 48)),
    "normal 36 sd 3": lambda dice: max(1, round(dice.gauss(36, 3))),
    "normal 120 sd 12": lambda dice: max(1, round(dice.gauss(120, 12))),
    "uniform 15-50": lambda dice: dice.randint(15, 50),
    PART_CASES: lambda dice: dice.randint(1, 23) if dice.random() < 0.05 else 24,
}


def measure(engine: Engine, *, long: bool) -> Iterator[Line]:
    """Three lines for each generator, one for the transpositions of all, and what a judgement costs."""
    of_all = Share()
    for name in GENERATORS:
        found = shares(name, SEEDS, DRAWS[long])
        of_all.add(found.transposed.hit, found.transposed.of)
        note = f"{len(SEEDS)} seeds x {DRAWS[long]:,} counts"
        yield _caught(engine, f"ten-fold caught: {name}", found.tenfold, TENFOLD, note)
        yield _caught(engine, f"transposed caught: {name}", found.transposed, TRANSPOSED, note)
        yield _questioned(engine, name, found, note)
    joined = shares(PART_CASES, SEEDS, DRAWS[long], history=all_joined)
    note = "level 2 joins as well: a value that came three times is never questioned"
    yield _caught(engine, f"ten-fold caught: {PART_CASES}, all joined", joined.tenfold, None, note)
    yield _caught(engine, "transposed caught: over all", of_all, TRANSPOSED_ALL, f"{len(GENERATORS)} generators")
    yield _cost(engine)


# --- Counting -------------------------------------------------------------------------------------------


@dataclass
class Share:
    """Hits of so many."""

    hit: int = 0
    of: int = 0

    def add(self, hit: int, of: int) -> None:
        self.hit += hit
        self.of += of

    @property
    def share(self) -> float:
        """Only where there was something to count."""
        return self.hit / self.of


@dataclass
class Shares:
    """One generator: slips caught, right counts questioned; part cases, which are declared as such, apart."""

    tenfold: Share = field(default_factory=Share)
    transposed: Share = field(default_factory=Share)
    questioned: Share = field(default_factory=Share)
    parts: Share = field(default_factory=Share)


def as_kept(counts: Iterable[int]) -> History:
    """The history that these cases leave behind, received one after the other."""
    tally: Counter[int] = Counter()
    for count in counts:
        # What was seen often needs no statistic: it is never questioned.
        odd = None if tally[count] >= OFTEN else judge(count, History.of((+tally).items()))
        if odd is None or odd.level < 2:
            tally[count] += 1
    return History.of((+tally).items())


def all_joined(counts: Iterable[int]) -> History:
    """Every case, whatever was odd about it."""
    return History.of(Counter(counts).items())


def shares(
    name: str, seeds: Iterable[int], draws: int, history: Callable[[Iterable[int]], History] = as_kept
) -> Shares:
    """What the rule does with the counts of a generator; the same seeds give the same shares."""
    found = Shares()
    for seed in seeds:
        dice = random.Random(f"{name} {seed}")
        past = history([GENERATORS[name](dice) for _ in range(CASES)])
        fresh = Counter(GENERATORS[name](dice) for _ in range(draws))
        for count, times in fresh.items():
            _count(found, past, count, times, part=name == PART_CASES and count < 24)
    return found


def _count(found: Shares, history: History, count: int, times: int, *, part: bool) -> None:
    right = found.parts if part else found.questioned
    right.add(times * _odd(count, history), times)
    for slip in filter(None, (count * 10, count // 10)):
        found.tenfold.add(times * _odd(slip, history), times)
    seen = {pieces for pieces, _ in history.counts}
    for slip in set(transpositions(count)) - seen:
        found.transposed.add(times * _odd(slip, history), times)


def _odd(count: int, history: History) -> bool:
    return judge(count, history) is not None


# --- Lines ----------------------------------------------------------------------------------------------


def _caught(engine: Engine, what: str, found: Share, target: float | None, note: str) -> Line:
    if not found.of:
        return Line(f"packs: {what}", engine.name, "-", note=f"{note}; no such slip")
    return Line(
        what=f"packs: {what}",
        engine=engine.name,
        ours=f"{found.hit:,}/{found.of:,}",
        result=f"{found.share:.2%}",
        target=f">= {target:.0%}" if target else "-",
        met=found.share >= target if target else None,
        note=note,
    )


def _questioned(engine: Engine, name: str, found: Shares, note: str) -> Line:
    apart = f"; part cases questioned: {found.parts.hit:,}/{found.parts.of:,}" if found.parts.of else ""
    return Line(
        what=f"packs: right questioned: {name}",
        engine=engine.name,
        ours=f"{found.questioned.hit:,}/{found.questioned.of:,}",
        result=f"{found.questioned.share:.2%}",
        target=f"<= {QUESTIONED:.0%}",
        met=found.questioned.share <= QUESTIONED,
        note=note + apart,
    )


def _cost(engine: Engine) -> Line:
    """The dearest history of them: 500 cases with many values."""
    dice = random.Random(1)
    counts = Counter(max(1, round(dice.gauss(120, 12))) for _ in range(500))
    rounds = 500
    started = time.perf_counter()
    for turn in range(rounds):
        judge(100 + turn % 40, History.of(counts.items()))
    taken = (time.perf_counter() - started) / rounds
    return Line(
        what="packs: a count judged",
        engine=engine.name,
        ours=f"{short(taken * 1e6)} us",
        note=f"its statistic included; 500 cases, {len(counts)} values",
    )
