"""Whole made-up years under each policy: how long a run takes, and whether the policies come out as they are documented.

Run by hand it prints the figures of docs/simulate.md: `python -m benchmarks.simulate`.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

from benchmarks.engines import Engine
from benchmarks.figures import Line, Sample
from warehouse.simulation import Figures, compare, generated, policies

SEEDS = {False: (1,), True: (1, 2, 3, 4, 5)}
SUPPLIES = (0.97, 1.02)
TARGET = 5.0  # seconds for a year under one policy
RANKED = ["order/30", "order/20", "partial", "order/0", "order/never", "line", "strict"]


def measure(engine: Engine, *, long: bool) -> Iterator[Line]:
    """Each seed at the supply that the design measured."""
    seconds: list[float] = []
    orders: list[list[str]] = []
    lines = 0
    for seed in SEEDS[long]:
        made = generated(seed)
        lines = made.lines
        started = time.perf_counter()
        told = compare(made, policies(), _silent)
        seconds.append((time.perf_counter() - started) / len(told.figures))
        orders.append([one.policy.name for one in told.ranked])
    slowest = Sample(tuple(seconds)).most / 1000
    yield Line(
        what=f"a year of {lines:,} lines, one policy",
        engine=engine.name,
        ours=f"{slowest:.2f} s",
        against="-",
        result="as documented" if all(order == RANKED for order in orders) else "in another order",
        target=f"<= {TARGET:.0f} s, as documented",
        met=slowest <= TARGET and all(order == RANKED for order in orders),
        note=f"seeds {', '.join(map(str, SEEDS[long]))}",
    )


def _silent(_phase: str, _done: int, _total: int) -> None:
    """Nobody watches."""


def figures() -> Iterator[str]:
    """The table of docs/simulate.md: the range over all seeds."""
    yield "| supply | policy | orders on time | longest wait | never shipped | shipments |"
    yield "|---|---|---|---|---|---|"
    for supply in SUPPLIES:
        told = [compare(generated(seed, supply=supply), policies(), _silent) for seed in SEEDS[True]]
        for number, policy in enumerate(policies()):
            yield _row(supply, policy.name, [one.figures[number] for one in told])


def _row(supply: float, name: str, seen: list[Figures]) -> str:
    on_time = _range([round(one.on_time_percent) for one in seen])
    longest = _range([one.wait_longest for one in seen])
    never = _range([one.never_shipped for one in seen])
    shipments = _range([one.shipments for one in seen])
    return f"| {supply} | `{name}` | {on_time} % | {longest} d | {never} | {shipments} |"


def _range(values: list[int]) -> str:
    least, most = min(values), max(values)
    return f"{least:,}" if least == most else f"{least:,} to {most:,}"


if __name__ == "__main__":
    for row in figures():
        print(row)
