"""`dockbell scanner list`: what is there, whose it is, who has it, who may open it; without any database."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from port_kit import for_its_group_only, held, pseudo_terminal, without_root
from serial.tools.list_ports_common import ListPortInfo

from devices import ports

FIELDS = {
    *("device", "vid", "pid", "serial", "location", "link", "manufacturer", "product"),
    *("profile", "holder", "permission", "group", "scanner"),
}


@pytest.fixture
def pseudo():
    with pseudo_terminal() as name:
        yield name


@pytest.fixture
def plugged(monkeypatch):
    """Let the system list these ports."""

    def plug(*listed: ListPortInfo) -> None:
        monkeypatch.setattr(ports, "comports", lambda: list(listed))

    return plug


def usb(device: str, vid: int, pid: int = 1, **known: str) -> ListPortInfo:
    made = ListPortInfo(device)
    made.vid, made.pid = vid, pid
    for name, text in known.items():
        setattr(made, name, text)
    return made


def configure(shell, *rows: str) -> None:
    shell.write("dockbell.toml", "[[scanner]]", 'name = "gun"', *rows)


def only(ended, device: str) -> dict:
    (one,) = [one for one in ended.json()["ports"] if one["device"] == device]
    return one


def test_every_port_is_told_with_its_identity(shell, plugged):
    plugged(
        usb("/dev/ttyACM0", 0x0C2E, 0x0B81, serial_number="S-1", location="1-1.2", manufacturer="Honeywell"),
        ListPortInfo("/dev/ttyS0"),
    )

    honeywell, board = shell.call("scanner", "list", "--json").json()["ports"]

    assert set(honeywell) == set(board) == FIELDS
    assert honeywell["vid"] == "0c2e"
    assert honeywell["pid"] == "0b81"
    assert (honeywell["serial"], honeywell["location"], honeywell["manufacturer"]) == ("S-1", "1-1.2", "Honeywell")
    assert honeywell["profile"] == "honeywell"
    assert [board[name] for name in ("vid", "pid", "serial", "location", "link", "profile", "scanner")] == [None] * 7

    said = shell.call("scanner", "list").good().splitlines()
    assert said[0] == "/dev/ttyACM0  Honeywell"
    assert "    usb 0c2e:0b81  serial S-1  location 1-1.2" in said
    assert "    profile honeywell" in said
    assert "/dev/ttyS0  onboard" in said


def test_no_port_is_no_fault_and_says_where_to_look(shell, plugged):
    plugged()

    assert shell.call("scanner", "list", "--json").json() == {"ports": [], "missing": []}
    said = shell.call("scanner", "list").good()
    for word in ("cable", "ModemManager", "docs/connect-a-scanner.md"):
        assert word in said
    assert max(map(len, said.splitlines())) <= 120


def test_it_runs_where_no_database_can_be_reached(shell):
    shell.url = "postgresql://nobody@127.0.0.1:1/none"

    assert set(shell.run("scanner", "list", "--json").json()) == {"ports", "missing"}
    assert list(shell.folder.iterdir()) == []


def test_the_configured_port_is_marked_and_its_holder_named(shell, pseudo, tmp_path):
    configure(shell, f'port = "{pseudo}"')

    free = only(shell.run("scanner", "list", "--json"), pseudo)
    assert (free["scanner"], free["holder"], free["permission"]) == ("gun", None, "ok")

    with held(pseudo, tmp_path) as pid:
        assert only(shell.run("scanner", "list", "--json"), pseudo)["holder"].startswith(f"picocom (pid {pid}) of ")
        said = shell.run("scanner", "list").good()
    assert f"{pseudo}  pseudo\n    configured as gun\n    in use by picocom (pid {pid}) of " in said


def test_a_scanner_that_is_found_by_its_number_is_marked(shell, plugged, pseudo):
    plugged(usb(pseudo, 0x05E0, serial_number="Z-1"), usb("/dev/ttyACM9", 0x05E0, serial_number="Z-2"))
    configure(shell, 'vid = "05e0"', 'serial = "Z-1"')

    found = shell.call("scanner", "list", "--json").json()

    assert {one["device"]: one["scanner"] for one in found["ports"]} == {pseudo: "gun", "/dev/ttyACM9": None}
    assert found["missing"] == []


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        (['port = "/dev/no-such-gun"'], "there is no /dev/no-such-gun"),
        (['vid = "abcd"', 'serial = "1"'], "No port is vid abcd, serial 1"),
    ],
)
def test_a_configured_scanner_that_is_not_here_is_told(shell, rows, why):
    configure(shell, *rows)

    (missing,) = shell.run("scanner", "list", "--json").json()["missing"]

    assert missing["scanner"] == "gun"
    assert missing["why"].startswith(why)
    assert f"Scanner gun is configured, but not here: {why}" in shell.run("scanner", "list").good()


def test_a_scanner_behind_a_serial_server_has_no_port_here(shell, plugged):
    plugged()
    configure(shell, 'port = "socket://127.0.0.1:1"')

    assert shell.call("scanner", "list", "--json").json() == {"ports": [], "missing": []}


@pytest.mark.skipif(sys.platform != "linux", reason="takes root's own rights away as only Linux can")
def test_a_port_that_this_user_may_not_open_names_the_group(shell, pseudo):
    configure(shell, f'port = "{pseudo}"')
    for_its_group_only(pseudo)

    def listed(*words: str) -> str:
        words = (sys.executable, "-m", "tui", "scanner", "list", *words)
        return subprocess.run(
            words,
            cwd=shell.folder,
            env=shell.clean,
            capture_output=True,
            text=True,
            check=True,
            preexec_fn=without_root,
        ).stdout

    (port,) = [one for one in json.loads(listed("--json"))["ports"] if one["device"] == pseudo]
    assert port["permission"] == "denied"
    assert port["group"] == Path(pseudo).group()
    assert f"sudo usermod -aG {port['group']} $USER" in listed()


def test_what_a_device_calls_itself_never_reaches_the_terminal_raw(shell, plugged):
    hostile = "\x1b]0;mine\x07\u202e\x9b2J{}%s[/b]" + "x" * 1000
    plugged(usb("/dev/ttyACM0", 0x05E0, serial_number=hostile, manufacturer=hostile, product=hostile, location="1-1"))

    said = shell.call("scanner", "list").good()

    assert said.replace("\n", "").isascii()
    assert said.replace("\n", "").isprintable()
    assert max(map(len, said.splitlines())) <= 300
    printed = shell.call("scanner", "list", "--json").good()
    assert printed[:-1].isascii()
    assert printed[:-1].isprintable()
    assert json.loads(printed)["ports"][0]["product"] == hostile


def test_a_wrong_settings_file_is_named(shell):
    configure(shell, 'prot = "/dev/ttyACM0"')

    shell.run("scanner", "list").refused("dockbell.toml", "prot")
