"""A copy of a database in use is of one moment and comes to an end, however busy the others are."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
from small_floor import SmallFloor

from db import backup, connection
from db.connection import DatabaseError

BUSY = 200  # commits after which a copy that is still not done never will be


@pytest.fixture
def others(sqlite_url, tmp_path):
    """Another terminal of the same database, with two numbers that are equal after each of its commits."""
    SmallFloor()
    with closing(sqlite3.connect(tmp_path / "site.db", isolation_level=None)) as opened:
        opened.executescript(
            "CREATE TABLE left_side (n INTEGER); INSERT INTO left_side VALUES (0);"
            "CREATE TABLE right_side (n INTEGER); INSERT INTO right_side VALUES (0);"
        )
        yield opened


def commit(others: sqlite3.Connection) -> None:
    others.executescript("BEGIN; UPDATE left_side SET n = n + 1; UPDATE right_side SET n = n + 1; COMMIT")


def test_a_copy_of_a_busy_database_ends_and_is_of_one_moment(others, tmp_path, monkeypatch):
    monkeypatch.setattr(backup, "PAGES", 5)
    told = []

    def others_go_on(what: str, done: int, of: int) -> None:
        told.append((what, done, of))
        assert len(told) < BUSY, "the copy begins again and again"
        commit(others)

    backup.copy(tmp_path / "copy.db", others_go_on)

    with closing(sqlite3.connect(tmp_path / "copy.db")) as copy:
        assert copy.execute("SELECT l.n, r.n FROM left_side l, right_side r").fetchone() == (0, 0)
        assert copy.execute("SELECT COUNT(*) FROM operator").fetchone() == (4,)
        assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert others.execute("SELECT n FROM left_side").fetchone() == (len(told),)
    assert len(told) > 3, "the copy was made in one step: others had no turn"
    assert told[-1][1:] == (told[-1][2], told[-1][2])
    assert not connection.database.in_transaction()


def test_what_is_not_committed_is_not_in_the_copy(others, tmp_path):
    others.executescript("BEGIN; UPDATE left_side SET n = 5")

    backup.copy(tmp_path / "copy.db")

    others.execute("COMMIT")
    with closing(sqlite3.connect(tmp_path / "copy.db")) as copy:
        assert copy.execute("SELECT n FROM left_side").fetchone() == (0,)


def test_a_copy_that_fails_leaves_no_file(others, tmp_path):
    def full(*_told: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        backup.copy(tmp_path / "copy.db", full)
    with pytest.raises(DatabaseError, match=r"No backup was made at .*/none/copy\.db"):
        backup.copy(tmp_path / "none" / "copy.db")

    assert not (tmp_path / "copy.db").exists()
    assert not connection.database.in_transaction()


def test_terminals_go_on_with_what_was_put_back(others, tmp_path):
    backup.copy(tmp_path / "copy.db")
    commit(others)
    assert connection.value("SELECT n FROM left_side") == 1

    backup.put_back(tmp_path / "copy.db", tmp_path / "site.db")

    assert connection.value("SELECT n FROM left_side") == 0
    assert others.execute("SELECT n FROM left_side").fetchone() == (0,)


def test_damage_is_named_and_soundness_is_silent(others, tmp_path):
    backup.copy(tmp_path / "copy.db")
    assert backup.damage(tmp_path / "copy.db") == ""

    (tmp_path / "junk.db").write_bytes(b"junk" * 1000)
    assert backup.damage(tmp_path / "junk.db") == "file is not a database"
    with pytest.raises(DatabaseError, match="cannot be read"):
        backup.damage(tmp_path / "none.db")
    assert not (tmp_path / "none.db").exists()
