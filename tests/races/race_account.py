"""What a worker of a race is told and what it answers for, and the ways in which its program can be broken."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import peewee

from db import connection
from db.connection import database

ITEM = "GOWN-L"


@dataclass(frozen=True)
class Job:
    """One worker's part: what it does, how often, and what is broken in its program on purpose."""

    work: str
    name: str
    seed: int
    turns: int
    fault: str = ""
    items: tuple[str, ...] = (ITEM,)
    serials_from: int = 0


@dataclass(frozen=True)
class Said:
    """A verdict that wrote moves, as the person heard it: how many rows, how many pieces were named."""

    scan_id: str
    template: str
    moves: int
    pieces: int


@dataclass
class Account:
    """What a worker heard: everything it was told is saved, and how hard it was to get there."""

    name: str
    said: list[Said] = field(default_factory=list)
    inputs: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    retries: Counter[str] = field(default_factory=Counter)
    stopped: Counter[str] = field(default_factory=Counter)  # by a CHECK or a UNIQUE of the tables
    faults: Counter[str] = field(default_factory=Counter)  # of the program, where it is broken on purpose
    imported: Counter[str] = field(default_factory=Counter)  # rows, new and unchanged
    taken: list[int] = field(default_factory=list)
    seconds: float = 0.0
    error: str = ""


@contextmanager
def expected_faults(account: Account, *, broken: bool) -> Iterator[None]:
    """Where the program is broken on purpose a fault is counted and work goes on."""
    try:
        yield
    except peewee.IntegrityError as error:
        if not broken:
            raise
        account.stopped[_first_line(error)] += 1
    except (AssertionError, LookupError, TypeError) as error:
        if not broken:
            raise
        account.faults[_first_line(error)] += 1


def _first_line(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".splitlines()[0][:120]


def watch_retries(account: Account) -> None:
    """Count each time the transaction decorator runs a function again, by reason and the engine's own code."""
    wait = connection._wait

    def counted(attempt: int, waited: float, reason: str, error: Exception) -> None:
        state = getattr(getattr(error, "orig", None), "sqlstate", None)
        account.retries[f"{reason} {state}" if state else reason] += 1
        wait(attempt, waited, reason, error)

    connection._wait = counted


# --- What is broken on purpose ---------------------------------------------------------------------------


def _nothing() -> None:
    """The program as it is."""


def _find_deadlocks_soon() -> None:
    """The server looks for a deadlock after a second; a run that means to have many need not wait so long."""
    if connection.dialect() == "postgresql":
        connection.execute("SET deadlock_timeout = '30ms'")


def _without_lock() -> None:
    """`locked` reads the row and locks nothing; the pause is the time that a busier floor would take."""

    def unlocked(at: str, items: Sequence[int]) -> list[connection.Row]:
        ids = sorted(set(items))
        found = connection.rows(
            "SELECT item_id, usable, reserved, waiting_lines, waiting_qty FROM item_stock "
            f"WHERE site = ? AND item_id IN ({connection.marks(ids)})",
            at,
            *ids,
        )
        time.sleep(0.002)
        return found

    _find_deadlocks_soon()
    connection.locked = unlocked


def _deferred() -> None:
    """SQLite's own default: the write lock is asked for at the first write, not at BEGIN."""
    database.obj._lock_type = None


def _one_by_one(in_turn: Callable[[list[int]], list[int]]) -> Callable[[], None]:
    """`locked` takes the rows one by one, in this order."""

    def break_it() -> None:
        real = connection.locked
        _find_deadlocks_soon()

        def slowly(at: str, items: Sequence[int]) -> list[connection.Row]:
            found: list[connection.Row] = []
            for item_id in in_turn(sorted(set(items))):
                found += real(at, [item_id])
                time.sleep(0.002)
            return found

        connection.locked = slowly

    return break_it


def _shuffled(ids: list[int]) -> list[int]:
    return random.sample(ids, len(ids))


def _upwards(ids: list[int]) -> list[int]:
    return ids


def _downwards(ids: list[int]) -> list[int]:
    return ids[::-1]


def _take_without_lock() -> None:
    """Tasks are looked for without locking the one that was found."""
    row = connection.row

    def unlocked(text: str, *params: object) -> connection.Row | None:
        found = row(text.replace("FOR UPDATE OF t SKIP LOCKED", ""), *params)
        if "SKIP LOCKED" in text:
            time.sleep(0.002)
        return found

    connection.row = unlocked


def _serializable() -> None:
    """What a server without row locks of this kind would demand: each transaction SERIALIZABLE, run again on 40001."""
    connection.execute("SET default_transaction_isolation = 'serializable'")


FAULTS: dict[str, Callable[[], None]] = {
    "": _nothing,
    "no lock": _without_lock,
    "deferred": _deferred,
    "any order": _one_by_one(_shuffled),
    "upwards": _one_by_one(_upwards),
    "downwards": _one_by_one(_downwards),
    "take without lock": _take_without_lock,
    "serializable": _serializable,
}
