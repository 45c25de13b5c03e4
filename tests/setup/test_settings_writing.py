"""A scanner that was set up stands in the file as it was found out, and the rest of the file as it was."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

import pytest

from devices.setup import PortMatch, ScannerSetup
from tui.settings import load
from tui.settings.writing import put_scanner
from warehouse.reply import InputError

MINE = """\
# dock 2, north side
[station]
name = "DOCK-2"  # as painted on the door

[[scanner]]
name = "left"
port = "/dev/ttyS0"   # old
baud = 19200

[limits]
patience_s = 4.0
"""

RIGHT = ScannerSetup(
    "right",
    match=PortMatch(vid="05e0", pid="1701", serial='S"1\\'),
    baud=115200,
    bits=7,
    parity="E",
    stop=2,
    framing="stx-etx",
    prefix="~\\x1",  # a backslash of its own
    feedback="zebra",
)


def read(path: Path):
    return load(argparse.Namespace(config=str(path), db=None), {})


@pytest.fixture
def mine(tmp_path) -> Path:
    path = tmp_path / "dockbell.toml"
    path.write_text(MINE)
    return path


def test_a_new_scanner_is_added_and_comments_stay(mine):
    assert put_scanner(mine, RIGHT) is False
    text = mine.read_text()
    assert "# dock 2, north side" in text
    assert 'name = "DOCK-2"  # as painted on the door' in text
    assert 'port = "/dev/ttyS0"   # old' in text
    settings = read(mine)
    assert [one.name for one in settings.scanners] == ["left", "right"]
    assert settings.scanners[1] == RIGHT
    assert (settings.station, settings.limits.patience_s) == ("DOCK-2", 4.0)


def test_one_of_the_same_name_gives_way(mine):
    assert put_scanner(mine, ScannerSetup("left", port="/dev/ttyACM0", feedback="honeywell")) is True
    (only,) = read(mine).scanners
    assert only == ScannerSetup("left", port="/dev/ttyACM0", feedback="honeywell")


def test_what_the_wizard_does_not_find_out_stays(mine):
    mine.write_text(
        '[[scanner]]\nname = "base"\nport = "/dev/ttyS0"\nguns = {"01" = "left"}\ngs = "|"\nbounce_ms = 900\n'
    )
    put_scanner(mine, ScannerSetup("base", port="/dev/ttyACM0", baud=115200))
    (base,) = read(mine).scanners
    assert base == ScannerSetup("base", port="/dev/ttyACM0", baud=115200, guns={"01": "left"}, gs="|", bounce_ms=900)


def test_scanners_in_one_line_are_not_lost(mine):
    mine.write_text('scanner = [{name = "left", port = "/dev/ttyS0"}]\n')
    before = mine.read_text()
    with pytest.raises(InputError, match=r"write each as a table \[\[scanner\]\]"):
        put_scanner(mine, RIGHT)
    assert mine.read_text() == before


def test_without_a_file_one_is_made(tmp_path):
    path = tmp_path / "dockbell.toml"
    put_scanner(path, RIGHT)
    put_scanner(path, ScannerSetup("second", port="socket://10.0.0.9:4001"))
    assert read(path).scanners == (RIGHT, ScannerSetup("second", port="socket://10.0.0.9:4001"))
    assert list(tmp_path.iterdir()) == [path]


def test_a_link_to_the_file_stays_a_link(mine, tmp_path):
    link = tmp_path / "link.toml"
    link.symlink_to(mine)
    mine.chmod(0o640)
    put_scanner(link, RIGHT)
    assert link.is_symlink()
    assert mine.stat().st_mode & 0o777 == 0o640
    assert len(read(mine).scanners) == 2


def test_the_same_scanner_under_a_new_name_is_not_a_second_one(mine):
    """Set up again, with the name that is proposed: two scanners at one port would be refused by every command."""
    assert put_scanner(mine, ScannerSetup("north", port="/dev/ttyS0")) is True
    assert [one.name for one in read(mine).scanners] == ["north"]
    assert put_scanner(mine, RIGHT) is False
    assert put_scanner(mine, replace(RIGHT, name="gate")) is True
    assert [one.name for one in read(mine).scanners] == ["north", "gate"]


@pytest.mark.parametrize(
    ("setup", "words"),
    [
        (ScannerSetup("dock/left", port="/dev/ttyS1"), "scanner.2.name is 'dock/left'"),
        (ScannerSetup("odd", match=PortMatch(vid="05e0", serial="S\x011")), "scanner.2.serial holds a forbidden"),
        (ScannerSetup("right", port="/dev/ttyS0"), "scanner.2.port is '/dev/ttyS0', as that of scanner 1"),
    ],
)
def test_what_no_command_would_read_again_is_not_written(mine, setup, words):
    if setup.name == "right":
        put_scanner(mine, RIGHT)
    before = mine.read_text()
    with pytest.raises(InputError, match=r"nothing was written\.$") as caught:
        put_scanner(mine, setup)
    assert f"{mine}:" in str(caught.value)
    assert words in str(caught.value)
    assert mine.read_text() == before
    assert list(mine.parent.iterdir()) == [mine]


def test_a_file_of_a_windows_editor_is_added_to(mine):
    mine.write_bytes(b"\xef\xbb\xbf" + MINE.replace("\n", "\r\n").encode())
    put_scanner(mine, RIGHT)
    assert [one.name for one in read(mine).scanners] == ["left", "right"]
