"""Which port is whose: identity is data, made up here; who holds a port is asked of the system, about real ones."""

import contextlib
import grp
import os
import pwd
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from port_kit import HOLD, held, pseudo_terminal
from serial.tools.list_ports_common import ListPortInfo

from devices import holders, ports
from devices.feedback import PROFILES
from devices.ports import Port
from devices.setup import PortMatch

ROOT = Path(__file__).parents[2]
XENON = Port("/dev/ttyACM0", "0c2e", "0b81", "S-1", "1-1.2", "Honeywell", "Xenon", "usb-Xenon_S-1-if00", kind="usb")
CHEAP = Port("/dev/ttyUSB0", "1a86", "7523", "", "1-1.3", "", "USB Serial", "usb-1a86_USB_Serial-if00", kind="usb")
TWIN = Port("/dev/ttyUSB1", "1a86", "7523", "", "1-1.4", "", "USB Serial", "", kind="usb")
BOARD = Port("/dev/ttyS0")
ALL = (XENON, CHEAP, TWIN, BOARD)


def listed(device: str, **known) -> ListPortInfo:
    made = ListPortInfo(device)
    for name, value in known.items():
        setattr(made, name, value)
    return made


# --- which there are ------------------------------------------------------------------------------------


def test_what_the_system_tells_becomes_a_port():
    seen = listed("/dev/ttyACM0", vid=0xC2E, pid=0xB81, serial_number="S-1", location="1-1.2", product="Xenon")

    port = ports.port_of(seen, {"/dev/ttyACM0": "usb-Xenon_S-1-if00"})

    assert port == Port("/dev/ttyACM0", "0c2e", "0b81", "S-1", "1-1.2", "", "Xenon", "usb-Xenon_S-1-if00", kind="usb")


@pytest.mark.parametrize(
    ("device", "kind"),
    [
        ("/dev/ttyS0", "onboard"),
        ("/dev/ttyAMA0", "onboard"),
        ("/dev/rfcomm0", "bluetooth"),
        ("/dev/cu.Bluetooth-Incoming-Port", "bluetooth"),
        ("/dev/pts/3", "pseudo"),
    ],
)
def test_a_port_without_usb_is_told_by_its_name(device, kind):
    assert ports.port_of(listed(device), {}).kind == kind


def test_a_device_that_goes_while_it_is_listed_is_no_fault(monkeypatch):
    answers = [TypeError("int() argument"), OSError(19, "gone"), [listed("/dev/ttyACM1"), listed("/dev/ttyACM0")]]

    def comports():
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(ports, "comports", comports)

    assert [port.device for port in ports.ports()] == ["/dev/ttyACM0", "/dev/ttyACM1"]


def test_a_built_in_port_without_hardware_is_not_listed(monkeypatch, tmp_path):
    for name, kind in (("ttyS0", "4"), ("ttyS1", "0")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "type").write_text(f"{kind}\n")
    monkeypatch.setattr(ports, "_TTYS", tmp_path)
    monkeypatch.setattr(ports, "comports", lambda: [listed(f"/dev/ttyS{n}") for n in (0, 1)] + [listed("/dev/ttyACM0")])

    assert [port.device for port in ports.ports()] == ["/dev/ttyACM0", "/dev/ttyS0"]


def test_a_link_is_the_devices_that_it_leads_to(monkeypatch, tmp_path, pseudo):
    (tmp_path / "usb-Xenon_S-1-if00").symlink_to(pseudo)
    (tmp_path / "usb-gone-if00").symlink_to("/dev/pts/none")
    monkeypatch.setattr(ports, "_BY_ID", tmp_path)
    monkeypatch.setattr(ports, "comports", lambda: [listed(pseudo), listed(pseudo), listed("/dev/ttyACM0")])

    links = {port.device: port.link for port in ports.ports()}
    assert links == {pseudo: "usb-Xenon_S-1-if00", "/dev/ttyACM0": ""}
    assert len(ports.ports()) == 2, "nothing twice"


def test_a_path_leads_to_what_is_known_of_the_port(monkeypatch, tmp_path, pseudo):
    (tmp_path / "gun").symlink_to(pseudo)
    assert ports.port_at(str(tmp_path / "gun")) == Port(str(tmp_path / "gun"), kind="pseudo")

    monkeypatch.setattr(ports, "comports", lambda: [listed(pseudo, vid=0x5E0, pid=0x1701)])
    assert ports.port_at(str(tmp_path / "gun")) == Port(str(tmp_path / "gun"), "05e0", "1701", kind="usb")


def test_the_real_list_can_be_read():
    assert len({port.device for port in ports.ports()}) == len(ports.ports())


# --- which is mine --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("match", "device"),
    [
        (PortMatch(vid="0c2e"), XENON.device),
        (PortMatch(vid="0C2E", pid="0B81"), XENON.device),
        (PortMatch(serial="S-1"), XENON.device),
        (PortMatch(vid="0c2e", serial="S-2"), None),
        (PortMatch(vid="0c2e", serial="S-1", location="1-1.3"), None),
        (PortMatch(link="usb-Xenon_S-1-if00"), XENON.device),
        (PortMatch(link="/dev/serial/by-id/usb-Xenon_S-1-if00"), XENON.device),
        (PortMatch(vid="1a86", pid="7523"), None),
        (PortMatch(vid="1a86", pid="7523", location="1-1.4"), TWIN.device),
        (PortMatch(location="1-1"), None),
        (PortMatch(), None),
    ],
)
def test_a_port_is_found_by_what_does_not_change(match, device):
    assert ports.find(match, ALL) == device
    assert (ports.why_not_found(match, ALL) == "") == (device is not None)


def test_why_none_is_found_says_what_to_do():
    assert "plug the scanner in" in ports.why_not_found(PortMatch(vid="05e0"), ALL)
    both = ports.why_not_found(PortMatch(vid="1a86", pid="7523"), ALL)
    assert both.startswith("/dev/ttyUSB0 and /dev/ttyUSB1 are both vid 1a86, pid 7523: add")
    assert "Nothing says which port" in ports.why_not_found(PortMatch(), ALL)


def test_several_ports_of_one_device_are_told_by_their_whole_place():
    data = Port("/dev/ttyACM0", "05e0", "1701", "Z", "1-2:1.0", kind="usb")
    control = Port("/dev/ttyACM1", "05e0", "1701", "Z", "1-2:1.2", kind="usb")

    assert ports.find(PortMatch(serial="Z"), (data, control)) is None
    assert ports.find(PortMatch(location="1-2"), (data, control)) is None
    assert ports.find(PortMatch(location="1-2"), (data, BOARD)) == data.device
    assert ports.find(ports.match_for(control), (data, control)) == control.device


def test_what_is_written_down_is_the_surest_that_a_port_has():
    assert ports.match_for(XENON) == PortMatch(vid="0c2e", pid="0b81", serial="S-1")
    assert ports.match_for(CHEAP) == PortMatch(vid="1a86", pid="7523", location="1-1.3")
    assert not ports.match_for(BOARD), "a built-in port has nothing but its name"


words = st.sampled_from(("", "a", "b"))
matches = st.builds(PortMatch, vid=words, pid=words, serial=words, location=words, link=words)
found_ports = st.lists(
    st.builds(
        Port,
        st.sampled_from(("/dev/1", "/dev/2", "/dev/3")),
        vid=words,
        pid=words,
        serial=words,
        location=st.sampled_from(("", "a", "b", "a:1.0", "b:1.1")),
        link=words,
    ),
    max_size=3,
    unique_by=lambda port: port.device,
)


@given(matches, found_ports)
def test_never_is_a_port_taken_that_contradicts_the_match(match, here):
    device = ports.find(match, here)

    fitting = [port.device for port in here if agrees(port, match)]
    assert device == (fitting[0] if len(fitting) == 1 and match else None)


def agrees(port: Port, match: PortMatch) -> bool:
    """Said once more, word by word."""
    for name in ("vid", "pid", "serial", "link"):
        wanted = getattr(match, name)
        if wanted and wanted != getattr(port, name):
            return False
    return not match.location or match.location in (port.location, port.location.split(":")[0])


@given(found_ports)
def test_what_is_written_down_finds_the_port_or_none(here):
    for port in here:
        assert ports.find(ports.match_for(port), here) in (port.device, None)


# --- whose scanner it would be --------------------------------------------------------------------------


def test_the_maker_names_a_profile_that_exists():
    assert set(ports.FAMILIES.values()) <= set(PROFILES)
    assert ports.profile_for(XENON) == "honeywell"
    assert ports.profile_for(CHEAP) is None
    assert ports.profile_for(BOARD) is None


RULES = (ROOT / "devices" / "udev" / "99-dockbell-scanners.rules").read_text()


def test_the_rule_for_udev_knows_the_same_makers():
    assert re.findall(r'^SUBSYSTEMS=="usb", ATTRS\{idVendor\}=="(\w+)", ENV', RULES, re.MULTILINE) == list(
        ports.FAMILIES
    )


def test_the_rule_is_written_as_udev_reads_it():
    rows = [row for row in RULES.splitlines() if row and not row.startswith("#")]
    word = r'(ACTION|SUBSYSTEMS?|GOTO|LABEL|SYMLINK|ATTRS\{idVendor\}|ENV\{\w+\})(==|!=|\+=|=)"[^"]+"'
    for row in rows:
        assert re.fullmatch(rf"{word}(, {word})*", row), row
    labels = re.findall(r'LABEL="(\w+)"', RULES)
    assert set(re.findall(r'GOTO="(\w+)"', RULES)) == set(labels)


# --- who holds it ---------------------------------------------------------------------------------------


@pytest.fixture
def pseudo():
    with pseudo_terminal() as name:
        yield name


@pytest.fixture
def hold(tmp_path):
    """Let another process hold a device until the test ends."""
    with contextlib.ExitStack() as stack:
        yield lambda device, **how: stack.enter_context(held(device, tmp_path, **how))


linux = pytest.mark.skipif(sys.platform != "linux", reason="read from /proc, which only Linux has")


@linux
def test_a_port_that_nobody_holds_has_no_holder(pseudo):
    assert holders.holder(pseudo) is None
    assert holders.holder("/dev/no-such-port") is None


@linux
def test_who_holds_a_port_is_named(pseudo, hold, tmp_path):
    (tmp_path / "link").symlink_to(pseudo)
    first = hold(pseudo)
    assert re.fullmatch(rf"picocom \(pid {first}\) of \S+", holders.holder(pseudo))
    assert holders.holder(str(tmp_path / "link")) == holders.holder(pseudo)

    second = hold(pseudo, name="minicom")
    assert {f"(pid {first})", f"(pid {second})"} <= set(re.findall(r"\(pid \d+\)", holders.holder(pseudo)))


@linux
def test_this_program_is_named_too(pseudo):
    port = os.open(pseudo, os.O_RDWR | os.O_NOCTTY)
    try:
        assert f"(pid {os.getpid()})" in holders.holder(pseudo)
    finally:
        os.close(port)


@linux
def test_of_another_users_program_the_lock_is_seen(pseudo, hold, monkeypatch):
    monkeypatch.setattr(holders, "_has_open", lambda process, path: False)  # as it is without the right to look
    assert holders.holder(pseudo) is None
    hold(pseudo, name="minicom")
    assert holders.holder(pseudo) is None

    pid = hold(pseudo, how="locked")

    assert holders.holder(pseudo).startswith(f"picocom (pid {pid}) of ")


@linux
def test_a_program_that_cannot_be_named_is_another_program(pseudo, monkeypatch):
    monkeypatch.setattr(holders, "_locked_by", lambda path: {-1})  # a process outside of this container

    assert holders.holder(pseudo) == "another program"


@linux
def test_who_waits_for_a_lock_does_not_hold_it(pseudo, hold):
    pid = hold(pseudo, how="locked")
    words = [sys.executable, "-c", HOLD, pseudo, "locked"]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as waiting:
        deadline = time.monotonic() + 5
        while f"-> FLOCK ADVISORY WRITE {waiting.pid} " not in re.sub(" +", " ", Path("/proc/locks").read_text()):
            assert time.monotonic() < deadline, "it does not wait"
            time.sleep(0.01)
        assert holders._locked_by(pseudo) == {pid}
        waiting.kill()


@pytest.mark.skipif(shutil.which("lsof") is None, reason="lsof is not installed; macOS asks it")
def test_lsof_says_the_same(pseudo, hold):
    pid = hold(pseudo)

    (said,) = holders._holders_by_lsof(pseudo)

    assert re.fullmatch(rf"\S+ \(pid {pid}\) of \S+", said)
    assert holders._holders_by_lsof("/dev/no-such-port") == []


@linux
def test_a_running_program_is_found_by_its_name(pseudo, hold):
    assert holders.running("no-such-program") is None
    pid = hold(pseudo, name="dock-test-mm")

    assert holders.running("dock-test-mm") == pid


# --- who may open it ------------------------------------------------------------------------------------


def test_a_port_of_ones_own_may_be_opened(pseudo):
    access = holders.access(pseudo)

    assert (access.allowed, access.remedy) == (True, "")
    assert access.group == Path(pseudo).group()


def test_a_port_that_is_not_there_may_not_be_opened():
    access = holders.access("/dev/no-such-port")

    assert (access.allowed, access.group) == (False, "dialout")


USER = pwd.getpwuid(os.getuid()).pw_name


@pytest.mark.parametrize(
    ("number", "mode", "members", "remedy"),
    [
        (5, 0o660, ["somebody-else"], "sudo usermod -aG dock $USER, then sign in again."),
        (5, 0o660, [USER], "Sign out and in again: until then this user is not in the group."),
        (5, 0o600, [USER], "Only root may open it: give it to a group"),
        (0, 0o660, [], "Only root may open it: give it to a group"),
    ],
)
def test_what_to_do_is_what_helps(monkeypatch, number, mode, members, remedy):
    group = grp.struct_group(("dock", "x", number, members))
    status = os.stat_result((mode, 0, 0, 1, 0, number, 0, 0, 0, 0))
    monkeypatch.setattr(os, "access", lambda path, how: False)
    monkeypatch.setattr(Path, "stat", lambda path: status)
    monkeypatch.setattr(grp, "getgrgid", lambda number: group)
    monkeypatch.setattr(grp, "getgrnam", lambda name: group)

    found = holders.access("/dev/ttyACM0")

    assert (found.allowed, found.group, found.remedy[: len(remedy)]) == (False, "dock", remedy)
