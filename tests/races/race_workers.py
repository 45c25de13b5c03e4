"""Workers in processes of their own, for the races: they begin at the same moment and answer for what they heard.

Threads would share a block of serial numbers and one interpreter's lock, so they prove nothing here. Processes
come from a fork server that has the slow imports done; none of them inherits a connection.
"""

from __future__ import annotations

import multiprocessing
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess

from race_account import FAULTS, Account, Job, watch_retries
from race_people import WORK, Attached

from db import connection

PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(
    ["psycopg.types.string", "biip", "db.migrate", "warehouse.floor", "warehouse.exchange.importing"]
)

_STARTED: list[BaseProcess] = []
DEADLINE_S = 120.0  # a worker that is silent for so long hangs


def race(url: str, jobs: Sequence[Job]) -> list[Account]:
    """Start every job in a process of its own, let them begin at the same moment, and collect their accounts."""
    with workers(url, jobs) as pipes:
        for pipe in pipes:
            said = _expect(pipe)
            assert said == "ready", said.error
        for pipe in pipes:
            pipe.send("go")
        return [_expect(pipe) for pipe in pipes]


@contextmanager
def workers(url: str, jobs: Sequence[Job]) -> Iterator[list[Connection]]:
    """One process for each job with its pipe; each says "ready" when it stands at its place."""
    started = [child(work, url, job) for job in jobs]
    try:
        yield [pipe for _, pipe in started]
    finally:
        for process, pipe in started:
            process.join(5)
            if process.is_alive():
                process.kill()
                process.join()
            pipe.close()


def child(target: Callable[..., None], *args: object) -> tuple[BaseProcess, Connection]:
    """A process that runs `target(*args, pipe)`, and this end of its pipe."""
    here, there = PROCESSES.Pipe()
    process = PROCESSES.Process(target=target, args=(*args, there), daemon=True)
    process.start()
    _STARTED.append(process)
    there.close()
    return process, here


def put_down() -> None:
    """End every process that a test has left behind, as a failed one does."""
    while _STARTED:
        process = _STARTED.pop()
        if process.is_alive():
            process.kill()
        process.join()


def _expect(pipe: Connection) -> Account | str:
    if not pipe.poll(DEADLINE_S):
        raise AssertionError("a worker hangs")
    try:
        return pipe.recv()
    except EOFError:
        raise AssertionError("a worker died") from None


def work(url: str, job: Job, pipe: Connection) -> None:
    """A worker's whole life. Any exception is an error of the run; a station would call it a fault."""
    account = Account(job.name)
    try:
        connection.open_database(url)
        watch_retries(account)
        FAULTS[job.fault]()
        worker = WORK[job.work](Attached(job.name), job, account)
        worker.begin()
        pipe.send("ready")
        pipe.recv()
        started = time.monotonic()
        for turn in range(job.turns):
            worker.turn(turn)
        account.seconds = time.monotonic() - started
    except Exception:  # noqa: BLE001 - whatever it is, the test shows it
        account.error = traceback.format_exc()
    finally:
        connection.close()
    pipe.send(account)
