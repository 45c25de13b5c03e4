"""The script has a scanner and eyes, and nothing else: all it does goes over the line, whatever guests do meanwhile."""

import io
import queue
import random
from collections import Counter
from pathlib import Path

import pytest
from demo_desk import SEED, rows

from db import connection
from devices.feedback import Signal, bytes_for
from devices.framing import Frame
from devices.scanner import Scanner
from devices.simulator import ScriptedScanner
from tui import scanners
from tui.demo import shift
from tui.demo.crew import Crew
from tui.station import scan_id
from warehouse.barcodes.text import escaped
from warehouse.floor import Given
from warehouse.reply import InputError


@pytest.fixture
def folder(tmp_path):
    yield tmp_path
    connection.close()


def test_each_scan_passes_the_scanner_and_is_answered_on_the_line(folder, monkeypatch):
    pulled, heard, passed, lines = [], [], [], []

    class Gun(ScriptedScanner):
        def scan(self, code, terminator=b"\r"):
            if len(pulled) == 80:
                self.unplug()
            super().scan(code, terminator)
            pulled.append(code)

        def tone(self, timeout):
            heard.append(super().tone(timeout))
            return heard[-1]

    class Port(Scanner):
        def __init__(self, setup, *, on_frame, **settings):
            def note(frame):
                passed.append(frame)
                on_frame(frame)

            lines.append((setup.port, Path(setup.port).is_char_device()))
            super().__init__(setup, on_frame=note, **settings)

    monkeypatch.setattr(shift, "ScriptedScanner", Gun)
    monkeypatch.setattr(scanners, "Scanner", Port)
    with pytest.raises(InputError, match="has been unplugged"):
        shift.headless(folder, SEED, io.StringIO())

    assert len(pulled) == 80
    [(url, is_terminal)] = lines
    assert url.startswith("/dev/")
    assert is_terminal
    assert all(isinstance(frame, Frame) for frame in passed)
    assert [frame.data.decode() for frame in passed] == pulled
    answered = rows(
        folder, "SELECT scan_id, raw, source FROM scan_log UNION ALL SELECT scan_id, got, source FROM refusal"
    )
    by_hand = sorted(row for row in answered if row[2] != "COMMAND")
    assert [raw for _, raw, _ in by_hand] == [escaped(code, 300) for code in pulled]
    assert {source for *_, source in by_hand} == {"SERIAL"}
    tones = {bytes_for("generic", signal) for signal in Signal} - {b""}
    assert len(heard) == 80
    assert {tone for tone in heard if tone} == tones


# --- guests

GUESTS_SEED = 26  # one of them leaves a list open where the script asks for picks

KEYS = ("F1", "F2", "F5", "F6", "F9", "F12", "F12", "ESC", "ENTER", "DONE", "UP")
TYPED = (
    "1",
    "2",
    "3",
    "12",
    "1001",
    "1002",
    "1003",
    "1004",
    "1004",
    "PO-1003",
    "SO-11077",
    "A-01-1",
    "LP900000018",
    "??",
)


class Guests:
    """People who take the terminal now and then, do one thing and another, and leave it as it is."""

    def __init__(self, station, seed):
        self.station = station
        self.random = random.Random(seed)
        self.until_next = 5
        self.came_at = Counter()
        self.answers = queue.SimpleQueue()

    def wait(self):
        """What the script asks before each scan: whether somebody had the terminal."""
        self.until_next -= 1
        if self.until_next:
            return False
        self.until_next = self.random.randint(2, 50)
        self.came_at[self.station.session.step.name] += 1
        for _ in range(self.random.randint(1, 6)):
            if self.random.random() < 0.6:
                given = Given(scan_id(), 0.0, key=self.random.choice(KEYS))
            else:
                given = Given(scan_id(), 0.0, raw=self.random.choice(TYPED))
            self.station.put(given)
            while self.answers.get(timeout=20).given != given:
                pass
        return True


def test_the_script_finds_its_way_back_from_wherever_guests_left_it(folder, monkeypatch):
    guests = []

    class CrewWithGuests(Crew):
        def work(self):
            self.wait_guest = guests[0].wait
            super().work()

    class Station(shift.Station):
        def __init__(self, session, heard, tone):
            def heard_by_all(answer):
                heard(answer)
                guest.answers.put(answer)

            super().__init__(session, heard_by_all, tone)
            guest = Guests(self, GUESTS_SEED)
            guests.append(guest)

    monkeypatch.setattr(shift, "Crew", CrewWithGuests)
    monkeypatch.setattr(shift, "Station", Station)
    out = io.StringIO()
    assert shift.headless(folder, GUESTS_SEED, out) == 0

    came_at = guests[0].came_at
    assert came_at.total() > 20
    assert len(came_at) > 5
    assert " 0 broken" in out.getvalue()
    # The trucks are unloaded and what could be picked is.
    assert rows(folder, "SELECT COUNT(*) FROM receipt WHERE cases > 0") == [(10,)]
    assert rows(folder, "SELECT COUNT(*) FROM pick_task WHERE state IN ('OPEN', 'TAKEN')") == [(0,)]
