"""Desks to import at: on both engines where the database matters, else a copy of a file made once."""

import shutil

import pytest
from databases import open_new_sqlite
from import_desk import Desk

from db import connection


@pytest.fixture
def bare_desk(database_url, tmp_path):
    """An empty site, on both engines."""
    return Desk(tmp_path)


@pytest.fixture
def desk(bare_desk):
    """A site with the usual masters, on both engines."""
    bare_desk.masters()
    return bare_desk


@pytest.fixture(scope="session")
def _frozen(tmp_path_factory):
    folder = tmp_path_factory.mktemp("frozen")
    open_new_sqlite(folder / "bare.db")
    desk = Desk(folder)
    connection.close()
    shutil.copyfile(folder / "bare.db", folder / "full.db")
    connection.open_database(f"sqlite:///{folder}/full.db")
    desk.masters()
    connection.close()
    return folder


def _thawed(file, folder):
    shutil.copyfile(file, folder / "site.db")
    connection.open_database(f"sqlite:///{folder}/site.db")
    connection.execute("PRAGMA synchronous = OFF")
    return Desk(folder)


@pytest.fixture
def bare_lite(_frozen, tmp_path):
    """An empty site, where the engine does not matter."""
    yield _thawed(_frozen / "bare.db", tmp_path)
    connection.close()


@pytest.fixture
def lite(_frozen, tmp_path):
    """A site with the usual masters, where the engine does not matter."""
    yield _thawed(_frozen / "full.db", tmp_path)
    connection.close()


@pytest.fixture(scope="module")
def lasting(_frozen, tmp_path_factory):
    """The same for all tests of a module, which leave it as it is or do not mind what is there."""
    yield _thawed(_frozen / "full.db", tmp_path_factory.mktemp("lasting"))
    connection.close()
