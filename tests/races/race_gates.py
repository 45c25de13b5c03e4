"""A person in another process who is stopped at one exact moment of a scan, until the test lets them go on.

What happens in between is what happened "at the same time": no luck is needed to see a race.
"""

from __future__ import annotations

import traceback
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from race_account import FAULTS, Account, watch_retries
from race_people import Attached, Terminal, command
from race_workers import child

from db import connection
from db.connection import database
from warehouse import orders, serials
from warehouse.floor import Given
from warehouse.reply import InputError

Watcher = Callable[[str, str], None]  # ("before" or "after", the statement's text)


class _Watched:
    """A cursor that tells before and after each of its statements."""

    def __init__(self, cursor: Any, watcher: Watcher) -> None:
        self._cursor, self._watcher = cursor, watcher

    def execute(self, text: str, *params: object) -> Any:
        self._watcher("before", text)
        done = self._cursor.execute(text, *params)
        self._watcher("after", text)
        return done

    def executemany(self, text: str, *params: object) -> Any:
        self._watcher("before", text)
        done = self._cursor.executemany(text, *params)
        self._watcher("after", text)
        return done

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cursor, name)


@contextmanager
def statements_watched(watcher: Watcher):
    """Tell of every statement that goes to the driver, BEGIN and COMMIT included."""
    handle = database.obj
    handle.cursor = lambda *args, **kwargs: _Watched(type(handle).cursor(handle, *args, **kwargs), watcher)
    try:
        yield
    finally:
        del handle.cursor


# --- One input, stopped in the middle ----------------------------------------------------------------------


@dataclass(frozen=True)
class Outcome:
    """How the stopped input ended: its verdict and template, or the error that it died of.

    `retries` counts why its function was run again, `task` is the pick that it left in the person's hands.
    """

    verdict: str = ""
    template: str = ""
    message: str = ""
    error: str = ""
    retries: Counter[str] = field(default_factory=Counter, compare=False)
    task: int | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Person:
    """Who, with which inputs before the one that is stopped, and where.

    "lock" is just before the items' lock; "before ..." and "after ..." are at the first statement with that text;
    "" is before the input begins.

    An input is ("scan", raw), ("type", raw), ("key", name), ("again", scan_id, raw), or a command of the lead:
    ("adjust_unit", code, quantity), ("adjust_place", place, sku, quantity), ("cancel", order, line, quantity),
    ("order", number, (sku, quantity), ...).
    """

    badge: str
    inputs: Sequence[tuple[Any, ...]]
    stop_at: str = "lock"
    fault: str = ""


class Stopped:
    """The person's process as the test sees it."""

    def __init__(self, url: str, person: Person) -> None:
        self._process, self._pipe = child(_live, url, person)
        self.there = False

    def wait(self) -> Stopped:
        """Until the person stands where they are to be stopped (or, without a stop, is about to begin)."""
        assert self._pipe.poll(20), "the person never came to that point"
        said = self._pipe.recv()
        assert said == "there", said
        return self

    def go(self) -> None:
        self._pipe.send("go")

    def is_blocked(self, seconds: float = 0.4) -> bool:
        """Whether nothing has come of it within this time."""
        return not self._pipe.poll(seconds)

    def outcome(self) -> Outcome:
        assert self._pipe.poll(40), "the person never got a verdict"
        found = self._pipe.recv()
        self._process.join(5)
        return found


def _live(url: str, person: Person, pipe: Any) -> None:
    try:
        connection.open_database(url)
        account = Account(person.badge)
        watch_retries(account)
        FAULTS[person.fault]()
        at = Attached(f"at-{person.badge}")
        serials.ensure(at.site.code, "unit", "receipt")
        terminal = None if person.badge == "1003" else Terminal(at, person.badge, Account(person.badge))
        for given in person.inputs[:-1]:
            _give(at, terminal, given)
        if person.stop_at == "":
            _pause(pipe)
        with _stopped_at(person.stop_at, pipe):
            outcome = _give(at, terminal, person.inputs[-1])
        pipe.send(replace(outcome, retries=account.retries, task=_in_hand(terminal)))
    except InputError as refusal:
        pipe.send(Outcome("INPUT", "", str(refusal)))
    except Exception as error:  # noqa: BLE001 - the test shows what it was
        pipe.send(Outcome(error=f"{type(error).__name__}: {error}", message=traceback.format_exc()))
    finally:
        connection.close()


def _give(at: Attached, terminal: Terminal | None, given: tuple[Any, ...]) -> Outcome:
    match given:
        case ("adjust_unit", code, quantity):
            orders.adjust_unit(command(at), code, quantity)
        case ("adjust_place", place, sku, quantity):
            orders.adjust_place(command(at), place, sku, quantity)
        case ("cancel", order, line, quantity):
            orders.cancel(command(at), order, line, quantity)
        case ("order", number, *lines):
            at.order(number, *lines)
        case ("again", scan_id, raw):
            assert terminal is not None
            reply = terminal.give(Given(scan_id, 0.0, raw=raw, source="SERIAL", repeated=True))
            return Outcome(reply.verdict.value, reply.template, " ".join(reply.message))
        case (kind, text):
            assert terminal is not None
            reply = getattr(terminal, kind)(text)
            return Outcome(reply.verdict.value, reply.template, " ".join(reply.message))
    return Outcome("DONE")


def _in_hand(terminal: Terminal | None) -> int | None:
    return getattr(terminal.session.step, "task_id", None) if terminal else None


def _pause(pipe: Any) -> None:
    pipe.send("there")
    pipe.recv()


@contextmanager
def _stopped_at(where: str, pipe: Any):
    stops = iter([_pause])  # the first time only: a rerun of the function goes straight through

    def stop_once() -> None:
        for pause in stops:
            pause(pipe)

    when, _, part = where.partition(" ")
    if part:
        with statements_watched(lambda at, text: stop_once() if at == when and part in text else None):
            yield
        return
    locked = connection.locked
    if where == "lock":

        def stopped(*args: Any) -> Any:
            stop_once()
            return locked(*args)

        connection.locked = stopped
    yield
    connection.locked = locked
