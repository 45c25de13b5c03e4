"""The same receipt where few order lines wait and where many do: cost follows k, not N.

All lines alike, and lines of every policy; many of them for this item, and as many more for others. At last a queue of
lines that ship complete and do not fit, but for the last one, against a queue that is empty.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from benchmarks.engines import Engine, Handle
from benchmarks.figures import Line, Sample, Turns, ratio
from benchmarks.floors import OTHER_SKU, SKU, THIRD_SKU, Receiver, build, load, settle
from benchmarks.mixed import mix, only_last_fits
from db import connection
from tests.small_floor import SmallFloor

FEW, MANY = 1_000, 100_000
ELSEWHERE = {False: 0, True: 900_000}  # lines of other items on the floor with many, short and long
TARGET, TARGET_LAST = 1.3, 5.0
WARM = 8
SHORT = {1: 250, 10: 150}  # at most so many receipts, by the number of lines that each releases
LONG = {1: 2000, 10: 1500}
SECONDS = {False: 1.6, True: 60.0}  # for each k, short and long


@dataclass(frozen=True, slots=True)
class Queue:
    """A floor with its queue, ready to be received on."""

    handle: Handle
    receiver: Receiver

    def receive(self, pieces: int) -> float:
        """One receipt on this floor."""
        self.handle.use()
        return self.receiver.receive(pieces)[0]

    def close(self) -> None:
        """Let go of its connection; the floor goes with its engine."""
        self.handle.use()
        connection.close()


def measure(engine: Engine, *, long: bool) -> Iterator[Line]:
    """For each k the transaction over the long queue and over the short one, alternating."""
    runs = LONG if long else SHORT
    spare = sum(2 * k * (count + WARM) for k, count in runs.items())
    for what, mixed in (("alike", False), ("of every policy", True)):
        few = _queue(engine, FEW + spare, mixed=mixed)
        many = _queue(engine, MANY + spare, mixed=mixed, elsewhere=ELSEWHERE[long])
        words = f"{MANY + ELSEWHERE[long]:,} lines, {MANY:,} of this item, {what}"
        for k, count in runs.items():
            yield _alternate(engine, few, many, f"{words}, k = {k}", k, Turns(WARM, count, SECONDS[long]))
        for queue in (few, many):
            queue.close()
    yield _last(engine, Turns(WARM, runs[1], SECONDS[long]))


def _queue(engine: Engine, lines: int, *, mixed: bool, elsewhere: int = 0) -> Queue:
    """`lines` wait for the one item, and never fall below what is named, as the receipts use some up."""
    url = engine.create()
    small = build(lines)
    if mixed:
        mix(small)
    for sku in (OTHER_SKU, THIRD_SKU) if elsewhere else ():
        load(small, sku, f"S{sku}", elsewhere // 2, 1)
    return _ready(small, url)


def _ready(small: SmallFloor, url: str) -> Queue:
    small.rule("history.cases", "0")  # another number in each case is what is measured here
    receiver = Receiver.at_work()
    settle()
    connection.close()
    return Queue(Handle.on(url), receiver)


def _last(engine: Engine, turns: Turns) -> Line:
    """One piece for the last line, which is entered for each turn anew, behind all that are too large."""
    url = engine.create()
    empty = _ready(build(0), url)
    url = engine.create()
    small = build(MANY)
    only_last_fits(small)
    full = _ready(small, url)
    pairs: list[tuple[float, float]] = []
    for number, counted in enumerate(turns):
        full.handle.use()
        load(small, SKU, f"LAST{number}", 1, 1)
        took, reply = full.receiver.receive(1)
        if [one.order for one in reply.released] != [f"LAST{number}-1"]:
            raise RuntimeError("the one line that fits was not found")
        if counted:
            pairs.append((took, empty.receive(1)))
    for queue in (empty, full):
        queue.close()
    last, none = (Sample(tuple(pair[place] for pair in pairs)) for place in (0, 1))
    times = ratio(last, none)
    return Line(
        what=f"{MANY:,} lines that do not fit, one that does, the last",
        engine=engine.name,
        ours=last.both(),
        against=f"{none.both()} where nobody waits",
        result=f"{times:.2f}x",
        target=f"<= {TARGET_LAST}x",
        met=times <= TARGET_LAST,
        note=f"p95 {last.at(95) / none.at(95):.2f}x; n={len(pairs)}",
    )


def _alternate(engine: Engine, few: Queue, many: Queue, what: str, k: int, turns: Turns) -> Line:
    pairs: list[tuple[float, float]] = []
    order = (few, many)
    for counted in turns:
        order = order[::-1]  # neither always comes after the other
        took = {id(queue): queue.receive(k) for queue in order}
        if counted:
            pairs.append((took[id(many)], took[id(few)]))
    long_queue = Sample(tuple(pair[0] for pair in pairs))
    short_queue = Sample(tuple(pair[1] for pair in pairs))
    times = ratio(long_queue, short_queue)
    return Line(
        what=what,
        engine=engine.name,
        ours=long_queue.both(),
        against=f"{short_queue.both()} at {FEW:,}",
        result=f"{times:.2f}x",
        target=f"<= {TARGET}x",
        met=times <= TARGET,
        note=f"p95 {long_queue.at(95) / short_queue.at(95):.2f}x; n={len(pairs)}",
    )
