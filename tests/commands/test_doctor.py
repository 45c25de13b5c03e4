"""`dockbell doctor`: what is well is one line, what is broken is a line and what to do; the site is left as it is."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import pty
import shutil
import socket
import struct
import subprocess
import sys
import termios
from datetime import timedelta
from pathlib import Path

import pytest
from command_desk import CommandDesk
from port_kit import for_its_group_only, held, pseudo_terminal, without_root
from serial.tools.list_ports_common import ListPortInfo

from db import connection, durability
from devices import holders, ports
from devices.scale import ScaleSetup
from devices.scale.simulator import ScriptedScale
from tui.doctor import database, scale, scanners, terminal
from tui.doctor.check import Check, look

linux = pytest.mark.skipif(sys.platform != "linux", reason="asks /proc, which only Linux has")


@pytest.fixture
def desk(new_desk):
    """A new site on either engine."""
    new_desk.call("init", "--site", "MAIN", "--timezone", "Europe/Berlin").good()
    new_desk.environment["LANG"] = "C.UTF-8"
    return new_desk


@pytest.fixture(scope="module")
def _site_file(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    made = CommandDesk(folder, f"sqlite:///{folder}/site.db")
    made.call("init", "--site", "MAIN", "--timezone", "Europe/Berlin").good()
    return folder / "site.db"


@pytest.fixture
def site(shell, _site_file):
    """A new site in a file, for what does not depend on the engine."""
    shell.url = f"sqlite:///{shell.folder}/site.db"
    shutil.copyfile(_site_file, shell.folder / "site.db")
    return shell


@pytest.fixture(autouse=True)
def measured_shortly(monkeypatch):
    """How long is measured is only of interest where it is seen as a process."""
    monkeypatch.setattr(durability, "MOST", 5)


@pytest.fixture
def pseudo():
    with pseudo_terminal() as name:
        yield name


@pytest.fixture
def plugged(monkeypatch):
    """Let the system list these ports."""

    def plug(*listed: ListPortInfo) -> None:
        monkeypatch.setattr(ports, "comports", lambda: list(listed))

    plug()
    return plug


@pytest.fixture
def listener():
    """A TCP port that takes connections."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def examined(ended) -> dict[str, dict]:
    """The checks by name, of a report that holds together; where a name comes again, the first."""
    assert ended.err == ""
    assert ended.out.count("\n") == 1
    report = json.loads(ended.out)
    assert set(report) == {"ok", "checks"}
    for check in report["checks"]:
        assert set(check) == {"name", "state", "found", "do"}
        assert check["state"] in ("ok", "warn", "fail")
        assert (check["do"] == "") == (check["state"] == "ok"), check
        assert check["found"]
    failed = any(check["state"] == "fail" for check in report["checks"])
    assert (report["ok"], ended.code) == (not failed, int(failed))
    return {check["name"]: check for check in reversed(report["checks"])}


def doctor(desk, *words: str) -> dict[str, dict]:
    return examined(desk.run("doctor", "--json", *words))


def told(desk, *words: str) -> dict[str, dict]:
    return examined(desk.call("doctor", "--json", *words))


# --- a site that is well --------------------------------------------------------------------------------


def test_a_healthy_site_is_one_screen(desk):
    ended = desk.run("doctor")

    assert (ended.code, ended.err) == (0, "")
    lines = ended.out.splitlines()
    assert len(lines) <= 24
    assert max(map(len, lines)) <= 80
    assert all(line.startswith(("ok    ", "warn  ", "    ")) for line in lines[:-1])
    assert " checks: 0 failed, " in lines[-1]


def test_everything_that_was_asked_for_is_looked_at(desk):
    found = doctor(desk)

    looked_at = {"database", "schema", "commits", "durability", "clock", "time zone", "scanner", "printer"}
    assert looked_at | {"terminal", "colours", "keys", "characters", "program"} <= set(found)
    assert ("modemmanager" in found) == (sys.platform == "linux")
    assert ("disk" in found) == desk.url.startswith("sqlite")
    for name in ("database", "schema", "commits", "time zone", "printer", "characters", "program"):
        assert found[name]["state"] == "ok", found[name]
    assert "Europe/Berlin" in found["time zone"]["found"]


def test_the_site_is_left_as_it_is(desk):
    def everything() -> list[object]:
        rows = [desk.rows("SELECT * FROM site"), desk.rows("SELECT COUNT(*) FROM scan_log")]
        if not desk.url.startswith("sqlite"):
            return [*rows, desk.rows("SELECT relname FROM pg_class WHERE relkind = 'r' ORDER BY 1")]
        return [*rows, (desk.folder / "new.db").read_bytes(), sorted(path.name for path in desk.folder.iterdir())]

    before = everything()
    desk.run("doctor")

    assert everything() == before


# --- the database ---------------------------------------------------------------------------------------


def test_a_missing_database_is_one_line_and_is_not_made(shell):
    shell.url = f"sqlite:///{shell.folder}/none.db"

    found = told(shell)

    assert found["database"]["state"] == "fail"
    assert "there is no database at sqlite:///" in found["database"]["found"]
    assert "dockbell init" in found["database"]["do"]
    assert {"schema", "commits", "durability"} & set(found) == set()
    assert list(shell.folder.iterdir()) == []


def test_a_server_that_does_not_answer_is_one_line(shell):
    shell.url = "postgresql://nobody:secret@127.0.0.1:1/none"

    ended = shell.run("doctor")

    assert ended.code == 1
    assert ended.out.startswith("fail  database      The database cannot be reached")
    assert "secret" not in ended.out


def test_a_database_without_tables_says_how_to_make_them(new_desk):
    if new_desk.url.startswith("sqlite"):
        (new_desk.folder / "new.db").touch()

    found = told(new_desk)

    assert found["database"]["state"] == "ok"
    assert found["schema"]["state"] == "fail"
    assert "dockbell init" in found["schema"]["do"]
    assert "time zone" not in found


def test_a_file_that_is_no_database_is_told(shell):
    (shell.folder / "site.db").write_bytes(b"This is no database. " * 1000)

    found = told(shell, "--db", "sqlite:///site.db")

    assert found["database"]["state"] == "fail"
    assert "restore a backup" in found["database"]["do"].lower()


@pytest.mark.parametrize("url", ["mysql://host/x", "site.db", "sqlite:///", "postgresql"])
def test_a_url_that_names_no_database_is_the_callers_mistake(shell, url):
    shell.call("doctor", "--db", url).refused("dockbell doctor: ", "sqlite:///path/to/site.db")


@linux
@pytest.mark.parametrize("what", ["folder", "file"])
def test_what_may_not_be_written_is_named(site, what):
    path = site.folder if what == "folder" else site.folder / "site.db"
    path.chmod(0o555 if what == "folder" else 0o444)
    try:
        words = [sys.executable, "-m", "tui", "doctor", "--json"]
        ended = subprocess.run(
            words, cwd=site.folder, env=site.clean, capture_output=True, text=True, preexec_fn=without_root, check=False
        )
    finally:
        path.chmod(0o755)

    assert ended.returncode == 1
    first = json.loads(ended.stdout)["checks"][0]
    assert first["state"] == "fail"
    assert first["found"] == f"this user may not write {path}"


def test_a_slow_disk_is_a_warning(desk, monkeypatch):
    monkeypatch.setattr(database, "SLOW", 10**9)

    found = told(desk)["commits"]

    assert (found["state"], found["do"] != "") == ("warn", True)
    assert "less than 1000000000" in found["found"]


def test_settings_that_lose_data_in_a_power_cut_are_a_warning(desk, monkeypatch):
    real = told(desk)["durability"]
    if desk.url.startswith("postgresql"):  # the server of these tests is set to be quick
        assert real["state"] == "warn"
        assert "Mend fsync, full_page_writes, synchronous_commit: a power cut can" in real["do"]
        safe = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on"}
        monkeypatch.setattr(durability, "settings", lambda: safe)
        assert told(desk)["durability"]["state"] == "ok"
    else:
        assert (real["state"], real["found"]) == ("ok", "journal_mode wal, synchronous full")
        monkeypatch.setattr(durability, "settings", lambda: {"journal_mode": "delete", "synchronous": "full"})
        assert "network drive" in told(desk)["durability"]["do"]


@pytest.mark.parametrize(("seconds", "said"), [(60, "60.0 s ahead of"), (-7.5, "7.5 s behind")])
def test_clocks_that_differ_are_a_warning(desk, monkeypatch, seconds, said):
    real = connection.database_now
    monkeypatch.setattr(connection, "database_now", lambda: real() + timedelta(seconds=seconds))

    found = told(desk)["clock"]

    assert found["state"] == "warn"
    assert f"the database is {said} this machine" in found["found"]


@pytest.mark.parametrize(
    ("answer", "state", "said"),
    [("echo yes", "ok", "network time: yes"), ("echo no", "warn", "not set by"), ("exit 1", "ok", "not known")],
)
def test_network_time_is_asked_of_the_system(site, answer, state, said):
    program = site.folder / "bin" / "timedatectl"
    site.write("bin/timedatectl", "#!/bin/sh", answer)
    program.chmod(0o755)
    site.environment["PATH"] = f"{program.parent}:{os.environ['PATH']}"

    found = told(site)["clock"]

    assert found["state"] == state
    assert said in found["found"]


def test_a_full_disk_is_told_before_it_is_full(site, monkeypatch):
    monkeypatch.setattr(database, "DISK_WARN", 10**18)
    assert told(site)["disk"]["state"] == "warn"

    monkeypatch.setattr(database, "DISK_FAIL", 10**18)
    assert told(site)["disk"]["state"] == "fail"


# --- scanners -------------------------------------------------------------------------------------------


def configure(desk, *rows: str) -> None:
    desk.write("dockbell.toml", *rows)


def test_no_scanner_is_a_warning(site, plugged):
    found = told(site)["scanner"]

    assert (found["state"], found["found"]) == ("warn", "none is configured, and none is plugged in")


def test_a_scanner_that_opens_is_well(site, plugged, pseudo):
    configure(site, "[[scanner]]", 'name = "gun"', f'port = "{pseudo}"')

    assert told(site)["scanner"]["found"] == f"gun: {pseudo} opens"


@linux
def test_a_busy_port_names_who_has_it(site, pseudo, tmp_path_factory):
    configure(site, "[[scanner]]", 'name = "gun"', f'port = "{pseudo}"')
    with held(pseudo, tmp_path_factory.mktemp("bin")) as pid:
        found = doctor(site)["scanner"]

    assert found["state"] == "fail"
    assert found["found"].startswith(f"gun: {pseudo} is in use by picocom (pid {pid}) of ")
    assert "Close that program" in found["do"]


@linux
def test_a_terminal_that_runs_may_have_its_scanner(site, pseudo, tmp_path_factory):
    configure(site, "[[scanner]]", 'name = "gun"', f'port = "{pseudo}"')
    with held(pseudo, tmp_path_factory.mktemp("bin"), name="dockbell", how="locked"):
        found = told(site)["scanner"]

    assert found["state"] == "ok"
    assert "in use by dockbell (pid " in found["found"]


@linux
def test_a_port_that_is_locked_by_nobody_to_be_seen_is_busy_all_the_same(
    site, plugged, pseudo, tmp_path_factory, monkeypatch
):
    configure(site, "[[scanner]]", 'name = "gun"', f'port = "{pseudo}"')
    monkeypatch.setattr(holders, "holder", lambda device: None)
    with held(pseudo, tmp_path_factory.mktemp("bin"), how="locked"):
        found = told(site)["scanner"]

    assert (found["state"], found["found"]) == ("fail", f"gun: {pseudo} is in use by another program")


@linux
def test_a_port_without_the_right_names_the_group(site, pseudo):
    configure(site, "[[scanner]]", 'name = "gun"', f'port = "{pseudo}"')
    for_its_group_only(pseudo)
    words = [sys.executable, "-m", "tui", "doctor", "--json"]
    ended = subprocess.run(
        words, cwd=site.folder, env=site.clean, capture_output=True, text=True, preexec_fn=without_root, check=False
    )

    assert ended.returncode == 1
    (found,) = [check for check in json.loads(ended.stdout)["checks"] if check["name"] == "scanner"]
    assert found["found"] == f"gun: this user may not open {pseudo}"
    assert found["do"] == f"sudo usermod -aG {Path(pseudo).group()} $USER, then sign in again."


def test_each_scanner_has_its_line(site, plugged, listener):
    configure(
        site,
        *("[[scanner]]", 'name = "near"', f'port = "socket://127.0.0.1:{listener}"'),
        *("[[scanner]]", 'name = "far"', 'port = "socket://127.0.0.1:1"'),
        *("[[scanner]]", 'name = "lost"', 'port = "/dev/no-such-gun"'),
        *("[[scanner]]", 'name = "gone"', 'vid = "0c2e"', 'serial = "S-1"'),
    )

    ended = site.call("doctor", "--json")
    found = [check for check in json.loads(ended.out)["checks"] if check["name"] == "scanner"]

    assert [check["state"] for check in found] == ["ok", "fail", "fail", "fail"]
    assert found[0]["found"] == f"near: socket://127.0.0.1:{listener} opens"
    assert "far: 127.0.0.1:1 refused the connection" in found[1]["found"]
    assert "lost: There is no device /dev/no-such-gun" in found[2]["found"]
    assert found[3]["found"] == "gone: No port is vid 0c2e, serial S-1"
    assert ended.code == 1


def test_a_scanner_that_nobody_configured_is_found(site, plugged, pseudo):
    gun, other = ListPortInfo(pseudo), ListPortInfo("/dev/ttyUSB7")
    gun.vid, gun.pid, gun.product = 0x05E0, 0x1701, "DS4308\x1b[2J"
    other.vid, other.pid = 0x2341, 0x0043  # an Arduino: opening it would reset it
    plugged(gun, other)

    ended = site.call("doctor")

    assert f"warn  scanner       DS4308\\x1b[2J on {pseudo} is not configured\n" in ended.out
    assert f"dockbell scanner setup --port {pseudo}" in ended.out
    assert "ttyUSB7" not in ended.out


@linux
def test_modemmanager_is_found_and_the_rule_that_keeps_it_off(site, plugged, pseudo, tmp_path, tmp_path_factory):
    with held(pseudo, tmp_path_factory.mktemp("bin"), name="ModemManager"):
        running = holders.running("ModemManager")
        found = scanners.modem_manager(running, [tmp_path])
        assert found.state == "warn"
        assert found.found == f"runs (pid {running}) and may hold a scanner that is plugged in"
        assert str(scanners.RULE) in found.do

        (tmp_path / scanners.RULE.name).touch()
        assert scanners.modem_manager(running, [tmp_path]).state == "ok"
        assert told(site)["modemmanager"]["found"].startswith("runs")
    assert scanners.RULE.is_file()
    assert scanners.modem_manager(None).found == "does not run"


# --- scale ----------------------------------------------------------------------------------------------


def test_a_terminal_without_a_scale_hears_nothing_of_it(site, plugged):
    assert "scale" not in told(site)


@pytest.fixture
def free(monkeypatch):
    """The scripted scale is this process: to the doctor nobody has its port."""
    monkeypatch.setattr(holders, "holder", lambda _device: None)
    monkeypatch.setattr(scale, "_PATIENCE", 0.3)


def examined_until(said: str, scripted: ScriptedScale) -> Check:
    """What is found of it; on a busy machine its first frame may come later than the doctor waits."""
    for _ in range(20):
        found = scale.scale(ScaleSetup(scripted.url, "cas"))
        if said in found.found:
            break
    return found


def test_a_scale_is_read(site, plugged, free, monkeypatch):
    monkeypatch.setattr(scale, "_PATIENCE", 20.0)
    with ScriptedScale("toledo") as scripted:
        scripted.put(12340)
        configure(site, "[scale]", f'port = "{scripted.url}"', 'protocol = "toledo"')
        found = told(site)["scale"]
    assert (found["state"], found["found"]) == ("ok", f"{scripted.url} reads 12.340 kg")


@pytest.mark.parametrize(
    ("trouble", "state", "said"),
    [
        ("over", "ok", "answers: it is overloaded"),
        ("zero", "ok", "answers: it is below zero, or not zeroed"),
        ("unknown", "fail", "sends no reading of cas"),
        ("silent", "fail", "does not answer"),
    ],
)
def test_a_scale_that_has_no_weight_says_why(free, trouble, state, said):
    with ScriptedScale("cas", every_s=0.02) as scripted:
        scripted.fail(trouble)
        found = examined_until(said, scripted)
    assert (found.state, said in found.found) == (state, True), found


def test_an_empty_scale_is_well(free):
    with ScriptedScale("cas", every_s=0.02) as scripted:
        said = f"{scripted.url} answers: nothing lies on it"
        assert examined_until(said, scripted).found == said


def test_a_scale_that_is_not_there_or_that_another_program_has(pseudo, tmp_path):
    gone = scale.scale(ScaleSetup("/dev/no-such-scale"))
    assert (gone.state, gone.found) == ("fail", "There is no device /dev/no-such-scale")
    assert gone.do == "Plug it in, or correct its name."
    with held(pseudo, tmp_path):
        taken = scale.scale(ScaleSetup(pseudo))
    assert taken.state == "fail"
    assert "is in use by picocom" in taken.found


# --- printer --------------------------------------------------------------------------------------------


def test_the_printer_is_asked_for_and_sent_nothing(site, plugged, listener, disk_path):
    for url, state, said in (
        (f"socket://127.0.0.1:{listener}", "ok", f"127.0.0.1:{listener} answers"),
        ("socket://127.0.0.1:1", "fail", "127.0.0.1:1 does not answer (Connection refused)"),
        ("/dev/usb/no-such-printer", "fail", "there is no device /dev/usb/no-such-printer"),
        (str(disk_path / "labels.zpl"), "ok", "labels are written to the file"),
        (str(disk_path / "none" / "labels.zpl"), "fail", "nothing can be written to"),
    ):
        configure(site, "[printer]", f'url = "{url}"')
        found = told(site)["printer"]
        assert (found["state"], said in found["found"]) == (state, True), found


def test_a_printer_whose_name_no_host_can_have_does_not_answer():
    assert scanners.printer("socket://a..b:9100").found.startswith("a..b:9100 does not answer (")


def test_a_printer_on_a_serial_port_is_looked_at(pseudo):
    assert scanners.printer(pseudo).found == f"{pseudo} is there"


# --- terminal -------------------------------------------------------------------------------------------


@contextlib.contextmanager
def screen(columns: int, rows: int):
    """A terminal of that size: the end of whoever looks at it, and the end of the program."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    try:
        yield ours, theirs
    finally:
        os.close(ours)
        os.close(theirs)


@pytest.mark.parametrize(
    ("columns", "rows", "state", "said"),
    [
        (80, 24, "ok", "80x24, layout wide"),
        (60, 24, "ok", "60x24, layout wide"),
        (59, 20, "ok", "59x20, layout narrow"),
        (40, 20, "ok", "40x20, layout narrow"),
        (39, 20, "ok", "39x20, layout mini"),
        (20, 16, "ok", "20x16, layout mini"),
        (19, 16, "fail", "19x16 is too small"),
        (20, 15, "fail", "20x15 is too small"),
        (0, 0, "warn", "none: its size is not known"),
    ],
)
def test_the_terminal_is_measured(columns, rows, state, said):
    with screen(columns, rows) as (_, theirs):
        found = terminal.size((theirs,))

    assert (found.state, found.found) == (state, said)


def test_no_terminal_is_no_failure(site):
    assert doctor(site)["terminal"]["state"] == "warn"


def test_a_terminal_that_is_too_small_ends_with_1(site):
    with screen(19, 8) as (_, theirs):
        words = [sys.executable, "-m", "tui", "doctor", "--json"]
        ended = subprocess.run(
            words, cwd=site.folder, env=site.clean, stdin=theirs, stdout=subprocess.PIPE, check=False, timeout=60
        )

    report = json.loads(ended.stdout)
    assert [check["name"] for check in report["checks"] if check["state"] == "fail"] == ["terminal"]
    assert (report["ok"], ended.returncode) == (False, 1)


@pytest.mark.parametrize(
    ("environment", "state", "said"),
    [
        ({}, "warn", "TERM is not set: the app cannot draw there"),
        ({"TERM": "dumb"}, "warn", "TERM is 'dumb': the app cannot draw there"),
        ({"TERM": "xterm-256color"}, "ok", "xterm-256color, 256"),
        ({"TERM": "xterm-256color", "COLORTERM": "truecolor"}, "ok", "xterm-256color, 16 million"),
        ({"TERM": "xterm", "COLORTERM": "truecolor", "NO_COLOR": "1"}, "ok", "xterm, none: NO_COLOR is set"),
        ({"TERM": "linux"}, "ok", "linux, 16 or fewer"),
    ],
)
def test_colours_are_told_from_the_environment(environment, state, said):
    found = terminal.colours(environment)

    assert (found.state, found.found[: len(said)]) == (state, said)


def test_a_key_that_the_terminal_keeps_has_another():
    assert terminal.keys({"VTE_VERSION": "7200"}).found == (
        "GNOME Terminal and its like keep F1: press ? for F1 (on an empty prompt)"
    )
    assert terminal.keys({"TERM": "linux"}).found.startswith("F1 to F12")


@pytest.mark.parametrize(
    ("environment", "state"),
    [
        ({"LANG": "de_DE.UTF-8"}, "ok"),
        ({"LANG": "C.utf8"}, "ok"),
        ({"LANG": "C"}, "warn"),
        ({"LANG": "de_DE.UTF-8", "LC_ALL": "de_DE.ISO-8859-1"}, "warn"),
        ({"LANG": "C", "LC_CTYPE": "en_US.UTF-8"}, "ok"),
        ({}, "warn"),
    ],
)
def test_characters_are_told_from_the_locale(environment, state):
    assert terminal.characters(environment).state == state


# --- the doctor itself ----------------------------------------------------------------------------------


def test_a_check_that_breaks_is_a_line_and_the_others_are_made(site, plugged, monkeypatch):
    def broken(*_: object) -> None:
        raise RuntimeError("no such\x1b[2J\nthing")

    monkeypatch.setattr(terminal, "colours", broken)
    monkeypatch.setattr(durability, "commits_a_second", broken)

    found = told(site)

    assert found["colours"]["found"] == found["commits"]["found"] == "this check broke (RuntimeError: no such\x1b[2J)"
    assert found["characters"]["state"] in ("ok", "warn")
    ended = site.call("doctor")
    assert "fail  colours       this check broke (RuntimeError: no such\\x1b[2J)\n" in ended.out
    assert ended.code == 1
    assert not (site.folder / "logs").exists()


def test_what_a_check_answers_is_kept_in_order():
    seen = look([("a", lambda: None), ("b", terminal.program), ("c", lambda: [terminal.program()] * 2)])

    assert [check.name for check in seen] == ["program"] * 3


def test_wrong_settings_are_named_and_nothing_is_looked_at(site):
    configure(site, "[printer]", "dpi = 205")

    site.run("doctor").refused("dockbell.toml:2", "dpi")
