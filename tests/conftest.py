"""The same tests on both engines: a SQLite file and a database on a private PostgreSQL."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path

import psycopg
import pytest

sys.path.insert(0, str(Path(__file__).parent))

from databases import open_new_sqlite
from postgres import Server, empty_postgres, postgres_url

from db import connection, migrate

# Rewriting the assertions of all tests costs each worker ten seconds; what it made is kept for the next run, and what
# the processes of tests compile for the next process.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# Snapshots must not depend on the terminal that the tests run in.
for name in ("NO_COLOR", "TEXTUAL_THEME", "TEXTUAL_DRIVER", "XDG_CONFIG_HOME"):
    os.environ.pop(name, None)
for name in ("CONFIG", "DB", "STATION", "SCANNER", "SCALE", "PRINTER"):
    os.environ.pop(f"DOCKBELL_{name}", None)

# Databases of tests live in memory where there is room for them: waiting for a disk at each commit proves nothing.
MEMORY = Path("/dev/shm")  # noqa: S108 - pytest and mkdtemp make folders of their own in it
ROOM = 2 * 1024**3  # bytes; a run needs less than half of that
if MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM:
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))

_server: Server | None = None


def pytest_configure(config: pytest.Config) -> None:
    global _server  # noqa: PLW0603 - one server for the whole run
    if os.environ.get("PYTEST_XDIST_WORKER") or config.option.collectonly:
        return
    _server = Server()
    _server.start()
    os.environ["DOCKBELL_TEST_POSTGRES"] = _server.url("{}")
    connection.open_database(_server.url())
    connection.execute("CREATE DATABASE tmpl")
    connection.close()
    connection.open_database(_server.url("tmpl"))
    migrate.up()
    connection.close()


def pytest_unconfigure() -> None:
    if _server is not None:
        _server.stop()


@pytest.fixture(scope="session")
def _postgres_database() -> str:
    name = "t_" + os.environ.get("PYTEST_XDIST_WORKER", "main")
    with psycopg.connect(postgres_url("postgres"), autocommit=True) as admin:
        admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        admin.execute(f"CREATE DATABASE {name} TEMPLATE tmpl")
    return postgres_url(name)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path):
    """The URL of an empty, migrated database; opened, and closed after the test."""
    if request.param == "sqlite":
        url = open_new_sqlite(tmp_path / "site.db")
    else:
        url = request.getfixturevalue("_postgres_database")
        empty_postgres(url)
        connection.open_database(url)
    yield url
    connection.close()


@pytest.fixture
def disk_path():
    """A folder on the disk, for what tells a file by its name: to the program all below /dev is a device."""
    with tempfile.TemporaryDirectory(prefix="dockbell-test-") as folder:
        yield Path(folder)


@pytest.fixture
def sqlite_url(tmp_path: Path):
    """A SQLite database, for what does not depend on the engine."""
    yield open_new_sqlite(tmp_path / "site.db")
    connection.close()
