"""What is exported while others commit: sequences in their order, none left out, nobody held up."""

import sqlite3
import threading
import time

import psycopg
import pytest
from export_desk import GOWN, Dock
from postgres import empty_postgres
from small_floor import sscc

from db import connection
from db.connection import DatabaseError
from warehouse.exchange import settled

HOLD = (
    "INSERT INTO capture (site, at, receipt_id, unit_id, item_id, vendor_id, po_line_id, qty, source, status, scan_id, "
    "operator_id) SELECT site, at, receipt_id, unit_id, item_id, vendor_id, po_line_id, qty + 100, source, status, "
    "scan_id, operator_id FROM capture WHERE id = 1 RETURNING id"
)


@pytest.fixture(scope="module")
def server(request, tmp_path_factory):
    """A dock on PostgreSQL for all of these tests: on SQLite one writer at a time commits sequences in their order."""
    url = request.getfixturevalue("_postgres_database")
    empty_postgres(url)
    connection.open_database(url)
    dock = Dock(tmp_path_factory.mktemp("server"))
    dock.ana.case(sscc(1), GOWN, 24)
    dock.url = url
    connection.close()
    return dock


@pytest.fixture
def gapped(server):
    """A sequence is in another's open transaction, with 124 pieces, and the next, with 20, is committed."""
    connection.open_database(server.url)
    server.before = connection.value("SELECT MAX(id) FROM capture")
    with psycopg.connect(server.url) as held:
        held.execute(HOLD)
        server.ana.case(server.next_code(), GOWN, 20)
        server.held = held
        yield server
    connection.close()


class Waiting:
    """An export in a thread of its own, that has begun to wait for others."""

    def __init__(self, dock, monkeypatch):
        self.result = []
        waits = threading.Event()

        def nap(_seconds, real=time.sleep):
            waits.set()
            real(0.005)

        monkeypatch.setattr(settled.time, "sleep", nap)
        self.thread = threading.Thread(target=self._run, args=(dock,))
        self.thread.start()
        assert waits.wait(10)

    def _run(self, dock):
        try:
            self.result.append(dock.taken(after=dock.before))
        finally:
            connection.close()

    def end(self):
        self.thread.join(10)
        (taken,) = self.result
        return taken


def test_a_sequence_that_is_not_committed_yet_is_waited_for_and_nobody_is_held_up(gapped, monkeypatch):
    waiting = Waiting(gapped, monkeypatch)
    gapped.ana.case(gapped.next_code(), GOWN, 22)  # captured while the export waits
    assert waiting.result == []
    gapped.held.commit()
    taken = waiting.end()
    assert [quantity for _, quantity in taken] == [124, 20]
    assert [quantity for _, quantity in gapped.taken(after=taken[-1][0])] == [22]


def test_one_that_is_rolled_back_leaves_a_gap(gapped, monkeypatch):
    waiting = Waiting(gapped, monkeypatch)
    gapped.held.rollback()
    assert [quantity for _, quantity in waiting.end()] == [20]


def test_work_that_stays_unfinished_is_told_and_nothing_is_written(gapped, monkeypatch):
    monkeypatch.setattr(connection.patience, "seconds", 0.1)
    with pytest.raises(DatabaseError, match=r"has held unfinished work open for 0 s: nothing was written, try again\."):
        gapped.export(folder="unfinished", after=gapped.before)
    assert not (gapped.folder / "unfinished").exists()


def test_without_the_wait_a_row_is_lost(gapped, monkeypatch):
    """What the tests above are for: they are able to fail."""
    monkeypatch.setattr(settled, "_writers", lambda _table: set())
    first = gapped.taken(after=gapped.before)
    gapped.held.commit()
    assert [quantity for _, quantity in first + gapped.taken(after=first[-1][0])] == [20]


def test_others_who_only_read_or_work_elsewhere_are_not_waited_for(gapped):
    gapped.held.rollback()
    gapped.held.execute("SELECT * FROM capture")
    gapped.held.execute("UPDATE site SET practice = practice")
    assert [quantity for _, quantity in gapped.taken(after=gapped.before)] == [20]


def test_a_writer_on_sqlite_is_not_waited_for(sqlite_url, tmp_path):
    lite = Dock(tmp_path)
    lite.ana.case(sscc(1), GOWN, 24)
    path = connection.rows("PRAGMA database_list")[0][2]
    with sqlite3.connect(path, isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        other.execute(HOLD)
        assert lite.taken() == [(1, 24)]
        other.execute("COMMIT")
    assert lite.taken(after=1) == [(2, 124)]


def test_many_writers_and_one_reader_that_goes_on_from_its_last_row(gapped):
    """Whatever the order of the commits, the reader has every committed row once."""
    gapped.held.rollback()
    started = threading.Barrier(4)

    def work(number):
        with psycopg.connect(gapped.url) as mine:
            started.wait()
            for turn in range(15):
                mine.execute(HOLD)
                time.sleep(0.001 * ((number + turn) % 4))
                mine.rollback() if turn % 5 == 4 else mine.commit()

    workers = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for worker in workers:
        worker.start()
    taken = [gapped.before]
    while any(worker.is_alive() for worker in workers):
        taken += [sequence for sequence, _ in gapped.taken(after=taken[-1])]
    taken += [sequence for sequence, _ in gapped.taken(after=taken[-1])]
    assert taken == [row[0] for row in connection.rows("SELECT id FROM capture WHERE id >= ? ORDER BY id", taken[0])]
    assert len(taken) == 2 + 4 * 12
