"""What the file says of a terminal is what the terminal does: its scanner's line and tones, its wedge, its limits."""

from __future__ import annotations

import io
import logging
import sys
from datetime import UTC, datetime

import pytest
from small_floor import START, SmallFloor, gtin
from terminal_kit import Plain, eventually, log_lines

from db import connection
from devices.scale import ScaleSetup
from devices.scale.simulator import ScriptedScale
from devices.setup import ScannerSetup
from devices.simulator import ScriptedScanner
from tui import cli
from tui import plain as plain_
from tui.app import DockbellApp
from tui.wedge import Burst, WedgeSetup

FILE = """\
[station]
name = "GATE-7"
database = "{database}"

[[scanner]]
name = "gate"
port = "{port}"
prefix = '\\x02'
guns = {{"01" = "left", "02" = "right"}}
feedback = "acme"

[feedback.acme]
good = "47"
bad = "42"

[wedge]
prefix = "#"
bounce_ms = 900

[scale]
port = "/dev/scale"
protocol = "toledo"

[limits]
patience_s = 5
latch = false
latch_pause_ms = 250
"""


@pytest.fixture
def url(sqlite_url):
    SmallFloor()  # ANA has the badge 1001
    connection.close()
    return sqlite_url


def test_a_scanner_of_the_file_is_read_and_answered_as_the_file_says(url, desk):
    with ScriptedScanner() as gun:
        path = desk.write(FILE.format(port=gun.url, database="sqlite:////nowhere.db"))
        with Plain(url, "--config", str(path), DOCKBELL_LOGS=str(desk.folder)) as terminal:
            terminal.object()
            assert eventually(lambda: any("gate online" in line for line in log_lines(desk.folder)))
            gun.scan("\x02011001")
            taken = terminal.object()
            assert gun.tone(20) == b"G"
            gun.scan("\x0202NO-SUCH-CODE")
            refused = terminal.object()
            assert gun.tone(20) == b"B"
            assert terminal.end() == (0, [], "")
    assert (taken["input"], taken["verdict"]) == ("1001", "OK")
    assert (refused["input"], refused["verdict"]) == ("NO-SUCH-CODE", "STOP")
    assert (desk.folder / "GATE-7.log").exists()


def test_the_scale_of_the_file_is_asked_for_a_weight(url, desk):
    """A case of a catch-weight item, from ENTER on the empty box to the gram in the capture."""
    connection.open_database(url)
    small = SmallFloor.opened(START)
    small.another_item(6, "HAM", "Ham", case_qty_mode="catch_weight", weight_unit="kg")
    small.purchase_order("PO-6", ("HAM", 60), expected_on=datetime.now(UTC).date())
    connection.close()
    with ScriptedScale("and", unit="lb", decimals=2) as scripted:
        path = desk.write(f'[scale]\nport = "{scripted.url}"\nprotocol = "and"\n')
        with Plain(url, "--config", str(path), DOCKBELL_LOGS=str(desk.folder)) as terminal:
            terminal.object()
            for line in ("1001", "PO-6", "0" + gtin(6), "4"):
                terminal.write(line)
                asked = terminal.object()
            scripted.put(2720, moving=1)  # 27.20 lb
            terminal.write("!ENTER")
            saved = terminal.object()
            assert terminal.end() == (0, [], "")
    assert asked["next_step"] == "receiving.key_weight"
    assert (saved["verdict"], saved["input"], saved["source"]) == ("OK", "!ENTER", "SCALE")
    connection.open_database(url)
    assert connection.rows("SELECT weight, weight_source FROM capture") == [(12_338, "SCALE")]


def test_the_app_gets_its_wedge_its_limits_and_its_scanners(url, desk, monkeypatch):
    opened = []
    monkeypatch.setattr(logging.getLogger(), "handlers", [])
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setattr(DockbellApp, "run", lambda app, **_: opened.append(app))
    path = desk.write(FILE.format(port="/dev/gate", database=url))

    assert cli.main(["run", "--config", str(path)]) == 0

    (app,) = opened
    station = app.station
    assert (station.session.station, station.patience_s, station.latch, station.latch_pause_s) == (
        "GATE-7",
        5,
        False,
        0.25,
    )
    assert app._wedge.setup == WedgeSetup(prefix="#", bounce_ms=900)
    assert app._given(Burst("1001", 0.0, 12)).bounce_ms == 900
    assert app.scale._setup == ScaleSetup("/dev/scale", "toledo")
    assert station.weigh == app.scale.weigh
    (scanner,) = app.scanners._scanners.values()
    assert scanner._setup == ScannerSetup(
        "gate", port="/dev/gate", prefix="\x02", guns={"01": "left", "02": "right"}, feedback="acme"
    )


def test_line_mode_gets_its_patience(url, desk, monkeypatch):
    opened = []
    monkeypatch.setattr(logging.getLogger(), "handlers", [])
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO()))
    monkeypatch.setattr(plain_, "run", lambda terminal, _lines, at_end: opened.append(terminal))
    path = desk.write(FILE.format(port="/dev/gate", database=url))

    assert cli.main(["plain", "--config", str(path)]) == 0

    (terminal,) = opened
    assert (terminal.station.patience_s, terminal.station.latch) == (5, False)


def test_a_shift_in_virtual_time_has_no_scale(url, capsys):
    assert cli.main(["plain", "--timed", "--db", url, "--scale", "/dev/scale"]) == 2
    assert capsys.readouterr() == (
        "",
        "dockbell plain: --timed takes every input from stdin: leave --scanner and --scale out.\n",
    )
