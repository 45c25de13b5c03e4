"""The log of a station: who was refused what, every fault with its traceback, and no scan that can forge a line."""

from __future__ import annotations

import logging
import re
from logging.handlers import RotatingFileHandler
from pathlib import Path

import pytest
from heard_station import heard_on
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small_floor import SmallFloor
from terminal_kit import Plain, log_lines

from db import connection
from tui import logs

LINE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (INFO|WARNING|ERROR) [a-z._]+ ")
TRACE = "    | "
FORGED = "2026-06-15T09:00:00.000Z ERROR dockbell.station all stock was stolen"
FORGERIES = {
    "a line break": f"X\n{FORGED}",
    "a carriage return": f"X\r{FORGED}",
    "both": f"X\r\n{FORGED}\r\n",
    "a vertical tab": f"X\x0b{FORGED}",
    "a form feed": f"X\x0c{FORGED}",
    "a next line": f"X\x85{FORGED}",
    "a line separator": f"X\u2028{FORGED}",
    "a paragraph separator": f"X\u2029{FORGED}",
    "a separator of records": f"X\x1e{FORGED}",
    "a terminal's command": f"\x1b[2K\x1b[1A{FORGED}",
    "a backspace": "\b" * 100 + FORGED,
    "an escape of an escape": f"X\\x0a\\n{FORGED}",
    "a turn of the direction": f"\u202e{FORGED}",
    "a format": "%s%d%(x)s{}",
    "half a character": f"\ud800{FORGED}",
}


def record_lines(path: Path) -> list[str]:
    """The file's lines as any tool would cut them, which is at each line end that Python knows."""
    return path.read_text(encoding="utf-8").splitlines()


# --- What is in it --------------------------------------------------------------------------------------


def test_each_refusal_is_in_it(lite, log_file):
    """At which prompt, what came, and what the operator was told."""
    with heard_on(lite) as heard:
        code = heard.ask("NO-SUCH-CODE", "code")
        key = heard.ask("", "key", source="TYPED", key="F9")
        heard.ask("XKLOCK", "off")
        badge = heard.ask("9999", "nobody")
    refused = [line for line in record_lines(log_file) if "refused" in line]
    assert len(refused) == 3
    for line, answer, got in zip(refused, (code, key, badge), ("NO-SUCH-CODE", "F9", "9999"), strict=True):
        assert LINE.match(line)
        assert f"refused at {answer.step}: " in line
        assert f"got {got}: " in line
        assert line.endswith(" ".join(answer.reply.message))
    kept = connection.rows("SELECT step, expected, got, message FROM refusal ORDER BY at, scan_id")
    assert {(step, got) for step, _, got, _ in kept} == {
        ("receiving.scan_case", "NO-SUCH-CODE"),
        ("receiving.scan_case", "F9"),
        ("sign_on.badge", "9999"),
    }
    assert all(expected and message for _, expected, _, message in kept)


def test_what_is_saved_is_not_in_it(lite, log_file):
    with heard_on(lite) as heard:
        heard.ask("", "help", source="TYPED", key="F1")
    assert not log_file.exists()


@pytest.mark.parametrize("scan", FORGERIES.values(), ids=FORGERIES)
def test_no_scan_forges_a_line(lite, log_file, scan):
    """One refusal, one line, whatever was read as a code or as a badge; the row of the refusal is as harmless."""
    with heard_on(lite) as heard:
        heard.ask(scan, "code")
        heard.ask("XKLOCK", "off")
        heard.ask(scan, "badge")
    for line, step in zip(record_lines(log_file), ("receiving.scan_case", "sign_on.badge"), strict=True):
        assert LINE.match(line)
        assert f"refused at {step}" in line
        assert line.isascii()
        assert line.isprintable()
    for (got,) in connection.rows("SELECT got FROM refusal"):
        assert got.isascii()
        assert got.isprintable()
    assert connection.value("SELECT count(*) FROM refusal") == 2


ANYTHING = st.text(st.characters(exclude_categories=()), max_size=80)


@given(said=ANYTHING, failed=ANYTHING)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=100, deadline=None)
def test_no_text_forges_a_line_or_the_end_of_a_traceback(log_file, said, failed):
    """Any text at all, in the message and in the exception: one line for the record, marked ones for the trace."""
    # A logger of its own: the test runner's handlers would carry any text to a place that takes only valid ones.
    log = logging.Logger("dockbell.test")  # noqa: LOG001
    log.addHandler(next(one for one in logging.getLogger().handlers if isinstance(one, RotatingFileHandler)))
    before = len(record_lines(log_file)) if log_file.exists() else 0
    with pytest.raises(RuntimeError) as caught:
        raise RuntimeError(failed)
    log.error("got %s", said, exc_info=caught.value)
    log.info("%s", said)
    head, *trace, last = record_lines(log_file)[before:]
    assert LINE.match(head)
    assert LINE.match(last)
    assert len(trace) >= 3
    assert all(line.startswith(TRACE) for line in trace)
    assert all(line.isascii() and line.isprintable() for line in [head, *trace, last])


def test_a_fault_quotes_the_scan_that_it_chokes_on(log_file):
    """An exception whose text holds a forged line stays within its traceback."""
    with pytest.raises(ValueError, match="bad code") as caught:
        raise ValueError(f"bad code\n{FORGED}")
    logging.getLogger("dockbell.station").error("not saved", exc_info=caught.value)
    lines = record_lines(log_file)
    assert [line for line in lines if LINE.match(line)] == lines[:1]
    assert f"{TRACE}{FORGED}" in lines


def test_an_endless_scan_is_cut(log_file):
    logging.getLogger("dockbell.station").info("got %s", "x" * 100_000)
    (line,) = record_lines(log_file)
    assert len(line) < 1200
    assert line.endswith("...")


# --- The files ------------------------------------------------------------------------------------------


def test_the_file_rotates(log_file, tmp_path, monkeypatch):
    """Full, it becomes .1 and so on; the oldest goes. What was said last is in the file with the plain name."""
    monkeypatch.setattr(logs, "SIZE", 1000)
    monkeypatch.setattr(logs, "KEPT", 2)
    path = logs.write_to(tmp_path / "small", "DOCK-1")
    log = logging.getLogger("dockbell.station")
    for number in range(100):
        log.info("refused number %03d", number)
    files = sorted(file.name for file in path.parent.iterdir())
    assert files == ["DOCK-1.log", "DOCK-1.log.1", "DOCK-1.log.2"]
    assert all(file.stat().st_size <= 1000 for file in path.parent.iterdir())
    kept = [line for name in reversed(files) for line in record_lines(path.parent / name)]
    assert all(LINE.match(line) for line in kept)
    assert [int(line[-3:]) for line in kept] == list(range(100 - len(kept), 100))
    assert len(kept) > 20


def test_by_default_it_holds_some_megabytes():
    assert logs.SIZE * (logs.KEPT + 1) >= 10_000_000


@pytest.mark.parametrize(
    ("station", "name"),
    [
        ("DOCK-1", "DOCK-1.log"),
        ("../../etc/passwd", "______etc_passwd.log"),
        ("a b\n\x1b", "a_b__.log"),
        ("", "station.log"),
        ("Rampe Süd", "Rampe_S_d.log"),
        ("x" * 300, "x" * 40 + ".log"),
    ],
)
def test_each_station_has_a_file_of_its_own(log_file, tmp_path, station, name):
    path = logs.write_to(tmp_path / "there", station)
    logging.getLogger("dockbell.station").info("here")
    assert path == tmp_path / "there" / name
    assert [file.name for file in path.parent.iterdir()] == [name]
    assert logs.current() == path
    assert not log_file.exists()


def test_the_folder(tmp_path, monkeypatch):
    """What the environment names, else beside the database's file, else where the user's state is."""
    monkeypatch.setenv("DOCKBELL_LOGS", str(tmp_path / "named"))
    assert logs.folder_for("sqlite:///site.db") == tmp_path / "named"
    monkeypatch.delenv("DOCKBELL_LOGS")
    assert logs.folder_for(f"sqlite:///{tmp_path}/site.db") == tmp_path / "logs"
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    assert logs.folder_for("postgresql://user@host/name") == tmp_path / "state" / "dockbell"


def test_line_mode_logs_beside_its_database(sqlite_url, tmp_path):
    """A terminal's own file, by its station's name, with what was refused there."""
    SmallFloor()
    connection.close()
    with Plain(sqlite_url, "--station", "DOCK-1") as terminal:
        terminal.object()
        terminal.say("9999")
        terminal.say("!{zz}")
        assert terminal.end() == (0, [], "")
    assert [file.name for file in (tmp_path / "logs").iterdir()] == ["DOCK-1.log"]
    lines = list(log_lines(tmp_path / "logs"))
    assert "refused at sign_on.badge: expected your badge: got 9999:" in lines[0]
    assert "refused at sign_on.badge: expected your badge: got !{zz}:" in lines[1]
    assert len(lines) == 2
