"""Shells to type commands in: with an empty folder, with an empty site, with a floor that others have worked on."""

from __future__ import annotations

import os
import shutil

import psycopg
import pytest
from command_desk import CommandDesk
from command_floor import worked_floor
from databases import open_new_sqlite
from postgres import empty_postgres, postgres_url

from db import connection


@pytest.fixture
def shell(tmp_path):
    """An empty folder and no database."""
    return CommandDesk(tmp_path)


@pytest.fixture(params=["sqlite", "postgresql"])
def new_desk(request, tmp_path):
    """A database that nobody has opened yet."""
    if request.param == "sqlite":
        yield CommandDesk(tmp_path, f"sqlite:///{tmp_path}/new.db")
        return
    name = f"commands_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    with psycopg.connect(postgres_url("postgres"), autocommit=True) as admin:
        admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        admin.execute(f"CREATE DATABASE {name}")
        yield CommandDesk(tmp_path, postgres_url(name))
        connection.close()
        admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@pytest.fixture(scope="module")
def _worked_file(tmp_path_factory):
    folder = tmp_path_factory.mktemp("worked")
    open_new_sqlite(folder / "site.db")
    worked_floor()
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return folder / "site.db"


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def floor(request, tmp_path_factory):
    """A floor with a past, for all tests of a module, which leave it as they find it or do not mind what is there."""
    folder = tmp_path_factory.mktemp("floor")
    if request.param == "sqlite":
        file = request.getfixturevalue("_worked_file")
        shutil.copyfile(file, folder / "site.db")
        return CommandDesk(folder, f"sqlite:///{folder}/site.db")
    url = request.getfixturevalue("_postgres_database")
    empty_postgres(url)
    connection.open_database(url)
    worked_floor()
    connection.close()
    return CommandDesk(folder, url)


@pytest.fixture
def lite(_worked_file, tmp_path):
    """The same floor in a file of one test's own, for what there is on SQLite alone or does not depend on the engine."""
    shutil.copyfile(_worked_file, tmp_path / "site.db")
    return CommandDesk(tmp_path, f"sqlite:///{tmp_path}/site.db")
