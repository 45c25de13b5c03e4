"""The same receipt where 100,000 order lines wait for the item and where 1,000 do: cost follows k, not N."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from benchmarks.engines import Engine, Handle
from benchmarks.figures import Line, Sample, Turns, ratio
from benchmarks.floors import Receiver, build, settle
from db import connection

FEW, MANY = 1_000, 100_000
TARGET = 1.3
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


def measure(engine: Engine, *, long: bool) -> Iterator[Line]:
    """For each k the transaction over the long queue and over the short one, alternating."""
    runs = LONG if long else SHORT
    spare = sum(k * (count + WARM) for k, count in runs.items())
    few, many = (_queue(engine, lines + spare) for lines in (FEW, MANY))
    for k, count in runs.items():
        yield _alternate(engine, few, many, k, Turns(WARM, count, SECONDS[long]))
    for queue in (few, many):
        queue.handle.use()
        connection.close()


def _queue(engine: Engine, lines: int) -> Queue:
    """All lines wait for the one item; `lines` never falls below what is named, as the receipts use some up."""
    url = engine.create()
    build(lines).rule("history.cases", "0")  # another number in each case is what is measured here
    receiver = Receiver.at_work()
    settle()
    connection.close()
    return Queue(Handle.on(url), receiver)


def _alternate(engine: Engine, few: Queue, many: Queue, k: int, turns: Turns) -> Line:
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
        what=f"{MANY:,} lines wait, k = {k}",
        engine=engine.name,
        ours=long_queue.both(),
        against=f"{short_queue.both()} at {FEW:,}",
        result=f"{times:.2f}x",
        target=f"<= {TARGET}x",
        met=times <= TARGET,
        note=f"p95 {long_queue.at(95) / short_queue.at(95):.2f}x; n={len(pairs)}",
    )
