"""A new database that several processes meet at once: one of them makes the tables, the others find them."""

from __future__ import annotations

import os
import traceback
from multiprocessing.connection import Connection
from urllib.parse import urlsplit

import psycopg
import pytest
from lengths import LONG
from race_floor import say
from race_opening import migrate_all
from race_workers import child

PROCESSES = 6
ROUNDS = 10 if LONG else 3


@pytest.fixture(params=["sqlite", "postgresql"])
def new_databases(request, tmp_path):
    """URLs of databases that nobody has opened yet."""
    if request.param == "sqlite":
        yield [f"sqlite:///{tmp_path}/new-{number}.db" for number in range(ROUNDS)]
        return
    pattern = os.environ["DOCKBELL_TEST_POSTGRES"]
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    names = [f"new_{worker}_{number}" for number in range(ROUNDS)]
    with psycopg.connect(pattern.format("postgres"), autocommit=True) as admin:
        for name in names:
            admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            admin.execute(f"CREATE DATABASE {name}")
        yield [pattern.format(name) for name in names]
        for name in names:
            admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def test_one_migrates_and_the_others_find_it_done(new_databases):
    applied = at_once(migrate_all, new_databases)

    for url, heard in zip(new_databases, zip(*applied, strict=True), strict=True):
        done = [steps for steps in heard if steps]
        assert len(done) == 1, f"{urlsplit(url).path}: {heard}"
        assert done[0][0] == "0001_the_floor"
    say(f"{PROCESSES} processes, {len(new_databases)} new databases: one migrated each, no error")


def at_once(target, urls: list[str]) -> list[list[list[str]]]:
    """What each process answered for each database; they meet before every one."""
    started = [child(target, urls) for _ in range(PROCESSES)]
    pipes = [pipe for _, pipe in started]
    for _ in urls:
        for pipe in pipes:
            assert _said(pipe) == "ready"
        for pipe in pipes:
            pipe.send("go")
    answers = [_said(pipe) for pipe in pipes]
    for process, _ in started:
        process.join(10)
    return answers


def _said(pipe: Connection):
    assert pipe.poll(60), "a process hangs"
    said = pipe.recv()
    assert not isinstance(said, Exception), "".join(traceback.format_exception(said))
    return said
