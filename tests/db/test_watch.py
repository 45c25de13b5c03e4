"""A watcher hears of another process's commit, on both engines, and goes on hearing after its connection was lost."""

from __future__ import annotations

import subprocess
import sys
import threading
import time

import psycopg
import pytest
from postgres import postgres_url
from small_floor import SmallFloor

from db import connection, watch
from db.watch import Watch

PATIENCE_S = 20.0  # a test that waits longer has failed; what is waited for takes far less

OTHER_PROCESS = """
import sys
from db import connection
connection.open_database(sys.argv[1])
for line in sys.stdin:
    connection.insert_row("scan_log", site="T1", at="2026-06-15T09:00:00.000000Z", scan_id=line.strip(), station="S",
        source="TYPED", step="home.menu", raw="", payload_hash="", verdict="OK", outcome="{}")
    print("committed", flush=True)
"""


class Ear:
    """Counts what it is told, and waits for more."""

    def __init__(self) -> None:
        self.count = 0
        self._told = threading.Condition()

    def tell(self) -> None:
        with self._told:
            self.count += 1
            self._told.notify_all()

    def heard_more_than(self, count: int) -> bool:
        with self._told:
            return self._told.wait_for(lambda: self.count > count, PATIENCE_S)


@pytest.fixture
def ear(database_url, monkeypatch):
    """An ear that a watcher tells; it listens when the test begins."""
    monkeypatch.setattr(watch, "LISTEN_S", 0.1)
    monkeypatch.setattr(watch, "AGAIN_S", 0.01)
    SmallFloor()
    ear = Ear()
    watcher = Watch(ear.tell, per_second=50)
    watcher.start()
    assert ear.heard_more_than(0)
    yield ear
    watcher.stop()
    watcher._thread.join(PATIENCE_S)
    assert not watcher._thread.is_alive()


class Other:
    """Another process, which commits a scan when it is told to."""

    def __init__(self, url: str) -> None:
        pipe = subprocess.PIPE
        words = [sys.executable, "-c", OTHER_PROCESS, url]
        self.process = subprocess.Popen(words, stdin=pipe, stdout=pipe, text=True)

    def commits(self, scan_id: str) -> None:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{scan_id}\n")
        self.process.stdin.flush()
        assert self.process.stdout.readline() == "committed\n"

    def end(self) -> None:
        self.process.communicate(timeout=PATIENCE_S)


@pytest.fixture
def other(database_url):
    """Another process on the same database."""
    other = Other(database_url)
    yield other
    other.end()


def quiet(ear: Ear) -> int:
    """How often it was told, once that no longer grows."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        before = ear.count
        with ear._told:
            if not ear._told.wait_for(lambda before=before: ear.count > before, 0.3):
                return before
    raise AssertionError("it is told without an end")


def test_every_commit_of_another_process_is_heard(ear, other):
    for number in range(2):
        before = quiet(ear)
        other.commits(f"scan-{number}")
        assert ear.heard_more_than(before)


def test_what_was_committed_before_it_began_is_told(database_url, other, monkeypatch):
    """A board that looked first and then began to watch must look again: what came between is on no later list."""
    monkeypatch.setattr(watch, "LISTEN_S", 0.1)
    SmallFloor()
    other.commits("between")
    seen = []
    ear = Ear()

    def look() -> None:
        seen.append(connection.value("SELECT COUNT(*) FROM scan_log WHERE scan_id = 'between'"))
        ear.tell()

    watcher = Watch(look, per_second=50)
    watcher.start()
    try:
        assert ear.heard_more_than(0)
        assert seen[0] == 1
    finally:
        watcher.stop()
        watcher._thread.join(PATIENCE_S)


def test_many_commits_are_few_words(database_url, other, monkeypatch):
    monkeypatch.setattr(watch, "LISTEN_S", 0.1)
    SmallFloor()
    ear = Ear()
    gate = threading.Event()

    def look() -> None:
        ear.tell()
        assert gate.wait(PATIENCE_S)

    watcher = Watch(look, per_second=50)
    watcher.start()
    try:
        assert ear.heard_more_than(0)
        for number in range(30):
            other.commits(f"scan-{number}")
        gate.set()
        assert ear.heard_more_than(1)
        assert quiet(ear) < 10
    finally:
        gate.set()
        watcher.stop()
        watcher._thread.join(PATIENCE_S)


def test_a_lost_connection_is_opened_again_and_told(ear, other, database_url):
    if not database_url.startswith("postgresql"):
        pytest.skip("a file is not lost")
    before = quiet(ear)
    with psycopg.connect(postgres_url("postgres"), autocommit=True) as admin:
        ended = admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%%' AND datname = %s",
            (database_url.rpartition("/")[2],),
        ).fetchall()
    assert ended == [(True,)]
    assert ear.heard_more_than(before), "what was committed meanwhile is looked at"

    before = quiet(ear)
    other.commits("after")
    assert ear.heard_more_than(before)
