"""Many receivers in processes of their own at one hot item, against the same rows written by as many in raw SQL.

Each process has its person and its terminal; all begin at the same moment. What counts is how long the last one takes.
"""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from multiprocessing.synchronize import Barrier
from typing import Any

from benchmarks import raw
from benchmarks.engines import Engine, Handle, SqliteFiles, raw_postgres, raw_sqlite
from benchmarks.figures import Line, short
from benchmarks.floors import Receiver, build, settle
from benchmarks.receipt import as_written
from db import connection
from tests.small_floor import SITE, sscc

PEOPLE = 32
EACH = {False: 15, True: 150}
PROCESSES = multiprocessing.get_context("spawn")


@dataclass(frozen=True, slots=True)
class Part:
    """One process: where, who, and (in raw SQL) what their first case was written as."""

    url: str
    badge: str
    serial: int
    cases: int
    sqlite: bool
    case: raw.Case | None = None


def measure(engine: Engine, *, long: bool) -> Iterator[Line]:
    """The product's crowd and the raw one, on databases that began equal."""
    cases = EACH[long]
    url = engine.create()
    build(PEOPLE * (cases + 4) + 1000)
    people = [f"7{number:03}" for number in range(PEOPLE)]
    for badge in people:
        connection.insert_row("operator", site=SITE, badge=badge, name=f"P{badge}", roles="receiver")
    settle()
    connection.close()
    raw_url = engine.copy(url)
    Handle.on(raw_url).use()
    templates = {}
    for number, badge in enumerate(people):
        receiver = Receiver.at_work(badge, serial=(number + 1) * 10_000)
        templates[badge] = as_written(receiver, receiver.receive(1)[1], 1)
    settle()
    connection.close()
    lite = isinstance(engine, SqliteFiles)
    parts = [Part(url, badge, (number + 1) * 10_000 + 5_000, cases, lite) for number, badge in enumerate(people)]
    ours = _crowd(parts)
    floor = _crowd([replace(part, url=raw_url, case=templates[part.badge]) for part in parts])
    scans = PEOPLE * cases
    yield Line(
        what=f"{PEOPLE} receivers at one item",
        engine=engine.name,
        ours=f"{short(scans / ours)}/s",
        against=f"{short(scans / floor)}/s raw SQL",
        result=f"{ours / floor:.2f}x",
        note=f"{scans} receipts each releasing 1; seconds from a common start to the last",
    )


def _crowd(parts: list[Part]) -> float:
    """Seconds from the common start until the last has done its cases."""
    barrier = PROCESSES.Barrier(len(parts) + 1)
    started = [PROCESSES.Process(target=_work, args=(part, barrier), daemon=True) for part in parts]
    for process in started:
        process.start()
    barrier.wait(120)
    began = time.perf_counter()
    for process in started:
        process.join()
        if process.exitcode:
            raise RuntimeError("a receiver of the crowd has failed")
    return time.perf_counter() - began


def _work(part: Part, barrier: Barrier) -> None:
    if part.case is None:
        connection.open_database(part.url)
        receiver = Receiver.at_work(part.badge, serial=part.serial)
        barrier.wait(120)
        for _ in range(part.cases):
            receiver.receive(1)
        connection.close()
        return
    hand = raw.Hand(_driver(part), postgres=not part.sqlite)
    barrier.wait(120)
    for number in range(part.cases):
        serial = part.serial + number
        log = (f"raw-{serial}", *part.case.log[1:])
        hand.receive(replace(part.case, code=sscc(serial), log=log))
    hand.close()


def _driver(part: Part) -> Any:
    return raw_sqlite(part.url) if part.sqlite else raw_postgres(part.url)
