"""Reach the database: open it by URL, run SQL text on it, and hold the one transaction and its one retry loop.

A process works on one database, so there is one handle, `database`; connections are per thread and open by
themselves. Everything above this room runs inside a function marked `@transaction`, or reads in autocommit.
"""

from __future__ import annotations

import contextlib
import functools
import itertools
import logging
import operator
import random
import re
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ParamSpec, TypeVar
from urllib.parse import unquote, urlsplit

import peewee

from db.engines import Postgres, Sqlite

P = ParamSpec("P")
T = TypeVar("T")
Row = tuple[Any, ...]

CHUNK = 500  # keys in one IN list, rows in one INSERT: below the parameter limits of both engines

database = peewee.DatabaseProxy()

# What the driver raises when the database is away or busy, for those who only read and try again later.
UNAVAILABLE = (peewee.OperationalError, peewee.InterfaceError)
_opened = itertools.count(1)
generation = 0  # changes with each open: numbers drawn for one database are not used on another


class DatabaseError(Exception):
    """The database cannot be reached or used; the text is one sentence for the person who runs the program."""


class LostDatabaseError(DatabaseError):
    """The connection was lost and did not come back within the caller's patience; nothing was saved."""


def open_database(url: str) -> None:
    """Point `database` at `sqlite:///path` or `postgresql://...`; connects at the first statement, not here.

    Raises DatabaseError for a URL that names neither, or a PostgreSQL URL without its driver.
    """
    global generation  # noqa: PLW0603 - as much a part of the handle as the proxy
    generation = next(_opened)
    try:
        scheme = urlsplit(url).scheme
    except ValueError:
        scheme = ""
    if scheme == "sqlite":
        database.initialize(Sqlite(str(sqlite_path(url))))
    elif scheme in ("postgresql", "postgres"):
        try:
            database.initialize(Postgres(url))
        except (ImportError, peewee.ImproperlyConfigured) as error:
            raise DatabaseError(
                "PostgreSQL needs its driver: install dockbell with the extra 'postgres' "
                "(dockbell[postgres]), then try again."
            ) from error
    else:
        raise DatabaseError(
            f"'{without_password(url)}' is no database URL: use sqlite:///path/to/site.db or postgresql://user@host/name."
        )


def without_password(url: str) -> str:
    """A database URL as it may be shown."""
    return re.sub(r"(?<=://)([^/@:]*):[^/]*@", r"\1@", url)


def sqlite_path(url: str) -> Path:
    """The file of a `sqlite:///` URL (three slashes: relative to here, four: absolute)."""
    if not url.startswith("sqlite:///") or len(url) == len("sqlite:///"):
        raise DatabaseError(f"'{url}' names no file: use sqlite:///path/to/site.db.")
    return Path(unquote(url.removeprefix("sqlite:///")))


def dialect() -> str:
    """'sqlite' or 'postgresql'."""
    return database.obj.dialect  # type: ignore[no-any-return]


def close() -> None:
    """Close this thread's connection, if it has one."""
    if database.obj is not None and not database.is_closed():
        database.close()


# --- SQL text -------------------------------------------------------------------------------------------


@functools.lru_cache(maxsize=512)
def _for_postgres(text: str) -> str:
    return text.replace("?", "%s")


def _text(text: str) -> str:
    return text if database.obj.dialect == "sqlite" else _for_postgres(text)


def _run(text: str, params: Sequence[Any], read: Callable[[Any], T]) -> T:
    """One statement on peewee's connection, without the layers that what is hot does not need."""
    try:
        return read(database.obj.cursor().execute(_text(text), params))
    except Exception as error:
        # The errors that execute_sql would raise; entered only here, as most statements raise none.
        peewee.__exception_wrapper__.__exit__(type(error), error, error.__traceback__)  # type: ignore[attr-defined]
        raise


_all = operator.methodcaller("fetchall")
_first = operator.methodcaller("fetchone")
_touched = operator.attrgetter("rowcount")


def rows(text: str, *params: Any) -> list[Row]:
    """Every row of one statement; `?` marks a parameter on both engines."""
    return _run(text, params, _all)


def row(text: str, *params: Any) -> Row | None:
    """The first row, or None."""
    return _run(text, params, _first)  # type: ignore[no-any-return]


def one(text: str, *params: Any) -> Row:
    """The first row, which must exist."""
    found = row(text, *params)
    if found is None:
        raise LookupError(f"no row for {params!r}")
    return found


def value(text: str, *params: Any) -> Any:
    """The first column of the first row, or None."""
    found = row(text, *params)
    return found[0] if found else None


def execute(text: str, *params: Any) -> int:
    """Run a statement that returns nothing; answers how many rows it touched (inside `at_once`: -1, not known yet)."""
    return int(_run(text, params, _touched))


def many(text: str, params: Sequence[Sequence[Any]]) -> None:
    """Run one statement for each row of parameters, in one call of the driver."""
    if not params:
        return
    if len(params) == 1:
        execute(text, *params[0])
        return
    with peewee.__exception_wrapper__:  # type: ignore[attr-defined]
        database.cursor().executemany(_text(text), params)


@contextlib.contextmanager
def at_once() -> Iterator[None]:
    """Statements whose results nobody waits for, in one round trip where the database is at the end of a wire.

    An error of one of them is raised by the next that is waited for, or at the end of the block.
    """
    if dialect() == "sqlite":
        yield
        return
    pipeline = database.obj.connection().pipeline()
    pipeline.__enter__()
    try:
        yield
    except BaseException as error:
        # Its own name already, and the transaction is rolled back: what the rest says of it is of no interest.
        _wire.spoiled = True
        pipeline.__exit__(type(error), error, error.__traceback__)
        raise
    try:
        with peewee.__exception_wrapper__:  # type: ignore[attr-defined]
            pipeline.__exit__(None, None, None)
    except BaseException:
        _wire.spoiled = True
        raise


class _Wire(threading.local):
    """Whether this thread's connection broke off a run of statements.

    The driver then believes statements to be prepared that the server never heard of: it needs a new connection.
    """

    spoiled: bool = False


_wire = _Wire()
logging.getLogger("psycopg").addHandler(logging.NullHandler())  # what it says of such a run is no line for a terminal


def insert(table: str, *, unless: str = "", **columns: Any) -> int:
    """Insert one row and answer its id.

    `unless` names a unique index whose row may be there meanwhile: then Conflict is raised, and the
    transaction, run again, finds it.
    """
    names, marks = _columns(tuple(columns))
    tail = f" ON CONFLICT {unless} DO NOTHING" if unless else ""
    found = row(f"INSERT INTO {table} ({names}) VALUES ({marks}){tail} RETURNING id", *columns.values())
    if found is None:
        raise Conflict(f"{table} has that row by now")
    return int(found[0])


def insert_row(table: str, *, unless: str = "", **columns: Any) -> None:
    """Insert one row whose id nobody needs; `unless` as in `insert`."""
    names, marks = _columns(tuple(columns))
    tail = f" ON CONFLICT {unless} DO NOTHING" if unless else ""
    if not execute(f"INSERT INTO {table} ({names}) VALUES ({marks}){tail}", *columns.values()):
        raise Conflict(f"{table} has that row by now")


@functools.cache
def _columns(names: tuple[str, ...]) -> tuple[str, str]:
    return ", ".join(names), ", ".join("?" * len(names))


def chunks(values: Iterable[T]) -> Iterator[list[T]]:
    """The values in lists of a size that one statement takes."""
    rest = iter(values)
    while some := list(itertools.islice(rest, CHUNK)):
        yield some


def marks(values: Iterable[Any]) -> str:
    """Placeholders for an IN list of this length; never empty, so that the SQL stays valid."""
    return ", ".join("?" for _ in values) or "NULL"


# --- Time -----------------------------------------------------------------------------------------------


def database_now() -> datetime:
    """The database's clock (UTC, microseconds): this machine's where the database is embedded in it."""
    if dialect() == "sqlite":
        return datetime.now(UTC)
    return instant(value("SELECT clock_timestamp()"))


def iso(moment: datetime) -> str:
    """An instant as ISO text ending in Z, always with six decimals, so that text sorts as time does."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")[:-6] + "Z"


def instant(text: str) -> datetime:
    """Read an instant that either engine handed out."""
    return datetime.fromisoformat(text).astimezone(UTC)


# --- Transactions ---------------------------------------------------------------------------------------


class Patience(threading.local):
    """How long this thread waits for a lost or busy database, and whom it tells at each new attempt.

    `notice(seconds_waiting, reason)` may raise to give up (a terminal that is being closed).
    """

    seconds: float = 30.0
    notice: Callable[[float, str], None] | None = None
    attempt: int = 0  # of the transaction that runs now; above 0, an earlier run may have committed


patience = Patience()


class Conflict(Exception):  # noqa: N818 - not an error: the transaction is simply run again
    """Raised inside a transaction whose findings changed under it; the whole function runs again."""


def transaction(function: Callable[P, T]) -> Callable[P, T]:
    """Run the whole function in one write transaction; run all of it again after a conflict or a lost connection.

    Nothing inside may beep, print or send: it may run more than once and only its last run counts.
    Raises LostDatabaseError when the database stays away longer than this thread's patience.
    """

    @functools.wraps(function)
    def whole(*args: P.args, **kwargs: P.kwargs) -> T:
        if database.in_transaction():
            raise RuntimeError(f"{function.__name__} starts a transaction inside another one")
        started, attempt = time.monotonic(), 0
        while True:
            patience.attempt = attempt
            try:
                with database.atomic():
                    return function(*args, **kwargs)
            except (peewee.OperationalError, peewee.InterfaceError, peewee.InternalError, Conflict) as error:
                reason = _worth_retrying(error)
                if reason is None:
                    raise
                attempt += 1
                _wait(attempt, time.monotonic() - started, reason, error)
            finally:
                if _wire.spoiled:
                    _wire.spoiled = False
                    drop()

    return whole


def _worth_retrying(error: BaseException) -> str | None:
    if isinstance(error, Conflict):
        return "conflict"
    state = getattr(getattr(error, "orig", None), "sqlstate", None)
    if state in ("40001", "40P01", "55P03"):
        return "conflict"
    text = str(error)
    if dialect() == "sqlite":
        return "busy" if "locked" in text or "busy" in text else None
    return "lost" if state is None or state.startswith(("08", "57P")) else None


def _wait(attempt: int, waited: float, reason: str, error: Exception) -> None:
    if waited > patience.seconds:
        raise LostDatabaseError(
            f"The database did not answer for {waited:.0f} s ({str(error).splitlines()[0]}); nothing was saved."
        ) from error
    if patience.notice is not None and (reason == "lost" or waited > 1):
        patience.notice(waited, reason)
    if reason == "lost":
        drop()
        time.sleep(min(0.05 * 2**attempt, 1.0))
    else:
        time.sleep(random.uniform(0.001, 0.01) * min(attempt, 10))


def drop() -> None:
    """Drop a dead connection; peewee believes it open until told otherwise, and opens a new one by itself."""
    with contextlib.suppress(peewee.PeeweeException, sqlite3.Error):
        database.close()


def locked(site: str, items: Iterable[int]) -> list[Row]:
    """Lock the rows item_stock of these items, ascending, in one statement: the first act of every writer.

    The lock is what serialises receipt, order entry, cancel, short, adjustment and undo of an item; without
    it an order line inserted while a receipt commits is never woken. SQLite's IMMEDIATE already holds all.
    Answers (item_id, usable, reserved, waiting_lines, waiting_qty) in that order of rows.
    """
    ids = sorted(set(items))
    tail = "" if dialect() == "sqlite" else " FOR UPDATE"
    return rows(
        "SELECT item_id, usable, reserved, waiting_lines, waiting_qty FROM item_stock "
        f"WHERE site = ? AND item_id IN ({marks(ids)}) ORDER BY item_id{tail}",
        site,
        *ids,
    )
