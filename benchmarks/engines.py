"""Scratch databases on both engines, set as durable as a floor's: fsync at every commit."""

from __future__ import annotations

import contextlib
import itertools
import os
import platform
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import psycopg
from psycopg.types.string import TextLoader

from db import connection, migrate
from tests.postgres import Server

DURABLE = ("fsync=on", "synchronous_commit=on", "full_page_writes=on")


class Engine(Protocol):
    """One of the two kinds of database that a floor may stand on."""

    name: str

    def create(self) -> str:
        """A new database with our tables; answers its URL. The handle of the process is left open on it."""

    def copy(self, url: str) -> str:
        """A second database with the same content, page by page where the engine can; answers its URL."""

    def raw(self, url: str) -> Any:
        """A driver connection of its own, as durable as the product's, each statement a transaction until BEGIN."""


@dataclass(slots=True)
class SqliteFiles:
    """Files in a folder on a real disk; WAL and synchronous=FULL."""

    folder: Path
    name: str = "sqlite"
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def create(self) -> str:
        url = self._next()
        connection.open_database(url)
        migrate.up()
        return url

    def copy(self, url: str) -> str:
        target = self._next()
        paths = (connection.sqlite_path(url), connection.sqlite_path(target))
        source, copied = (sqlite3.connect(path) for path in paths)
        with contextlib.closing(source), contextlib.closing(copied):
            source.backup(copied)
        return target

    def raw(self, url: str) -> Any:
        return raw_sqlite(url)

    def _next(self) -> str:
        return f"sqlite:///{self.folder}/bench{next(self._numbers)}.db"


@dataclass(slots=True)
class PostgresServer:
    """Databases on a private server with the durable settings."""

    server: Server
    name: str = "postgresql"
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def create(self) -> str:
        name = self._next()
        self._admin(f"CREATE DATABASE {name}")
        connection.open_database(self.server.url(name))
        migrate.up()
        return self.server.url(name)

    def copy(self, url: str) -> str:
        name = self._next()
        self._admin(f"CREATE DATABASE {name} TEMPLATE {url.rpartition('/')[2]}")
        return self.server.url(name)

    def raw(self, url: str) -> Any:
        return raw_postgres(url)

    def _admin(self, text: str) -> None:
        with psycopg.connect(self.server.url(), autocommit=True) as admin:
            admin.execute(text)

    def _next(self) -> str:
        return f"bench{next(self._numbers)}"


def raw_sqlite(url: str) -> sqlite3.Connection:
    """The driver's connection, as durable as the product's."""
    made = sqlite3.connect(connection.sqlite_path(url), isolation_level=None, timeout=60)
    for pragma in ("journal_mode = wal", "synchronous = full", "foreign_keys = 1", "busy_timeout = 60000"):
        made.execute(f"PRAGMA {pragma}")
    return made


def raw_postgres(url: str) -> psycopg.Connection:
    """The driver's connection, with days and instants as text, as the product reads them."""
    made = psycopg.connect(url, autocommit=True, prepare_threshold=0, options="-c timezone=UTC")
    for kind in ("date", "timestamptz"):
        made.adapters.register_loader(kind, TextLoader)
    return made


@contextlib.contextmanager
def engines(*names: str) -> Iterator[tuple[Engine, ...]]:
    """The engines by name, gone with everything in them at the end."""
    folder = Path(tempfile.mkdtemp(prefix="dockbell-bench"))
    server: Server | None = None
    os.environ["DOCKBELL_LOGS"] = str(folder)  # of the terminals that are started, whatever their database
    try:
        made: list[Engine] = []
        if "sqlite" in names:
            made.append(SqliteFiles(folder))
        if "postgresql" in names:
            server = Server()
            server.start(*DURABLE)
            made.append(PostgresServer(server))
        yield tuple(made)
    finally:
        connection.close()
        if server is not None:
            server.stop()
        shutil.rmtree(folder, ignore_errors=True)


@dataclass(frozen=True, slots=True)
class Handle:
    """The product's way to one database, so that a run can go to and fro between two of them.

    Connections stay open and warm on both sides.
    """

    database: Any
    generation: int

    @staticmethod
    def on(url: str) -> Handle:
        """Open a database and keep the handle."""
        connection.open_database(url)
        return Handle(connection.database.obj, connection.generation)

    def use(self) -> None:
        """Let the product work on this database from now on."""
        connection.database.initialize(self.database)
        connection.generation = self.generation


def versions() -> str:
    """What was measured on, in one line."""
    return (
        f"{os.cpu_count()} cores, Python {platform.python_version()}, SQLite {sqlite3.sqlite_version} (WAL, FULL), "
        f"PostgreSQL with {', '.join(DURABLE)}"
    )
