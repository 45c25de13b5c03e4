"""Scanners on real pseudo-terminals beside line mode: what they read is answered there, and heard on the line."""

from __future__ import annotations

import sqlite3
from contextlib import closing, contextmanager

import psycopg
from line_floor import CASE, GOWN, MASKS_50, AtScanner, refusals, saved_verdicts, way
from small_floor import START, SmallFloor, sscc
from terminal_kit import PATIENCE, Plain, eventually, log_lines

from db import connection
from devices.feedback import Signal, bytes_for
from devices.simulator import ScriptedScanner

CARDS = ["1001", "PO-1", sscc(1), GOWN, "XKNRD", "XKNRF", "XKDONE", "XKLOCK"]
CARDS += ["1002", "SO-1", "DOCK-1", sscc(1), "XKDONE", "XKLOCK"]


def heard(gun: ScriptedScanner, feedback: str = "honeywell") -> Signal | None:
    return gun.wait_for_signal(feedback, PATIENCE)


def test_receive_release_pick_with_scans_and_cards_only(floor_url, tmp_path):
    """No key is pressed: badge, order, case, item, digit cards, and the same for the pick."""
    found, tones = [], []
    with ScriptedScanner() as gun, AtScanner(floor_url, tmp_path / "logs", gun) as terminal:
        for code in CARDS:
            gun.scan(code)
            found.append(terminal.object())
            tones.append(heard(gun))
        end = terminal.end()
    saved, picked = found[6], found[12]

    assert end == (0, [], "")
    assert [one["input"] for one in found] == CARDS
    assert {one["source"] for one in found} == {"SERIAL"}
    assert "STOP" not in {one["verdict"] for one in found}
    assert tones == [Signal.GOOD if one["verdict"] == "OK" else Signal.TICK for one in found]
    assert saved["verdict"] == picked["verdict"] == "OK"
    assert [(one["order"], one["quantity"]) for one in saved["released"]] == [("SO-1", 20), ("SO-2", 4)]
    assert picked["unit"] == sscc(1)
    picked_of = (
        "SELECT l.qty_picked FROM order_line l JOIN order_header h ON h.id = l.order_id WHERE h.order_no = 'SO-1'"
    )
    assert connection.value(picked_of) == 20


@contextmanager
def own_eyes(url: str):
    """A connection of the test's own, as another program would have it."""
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(connection.sqlite_path(url))) as other:
            yield other
        return
    with psycopg.connect(url, autocommit=True) as other:
        yield other


def test_what_is_heard_on_the_line_is_saved_by_then(floor_url, tmp_path):
    """Each good tone finds its scan in the log, each bad one its refusal; three beeps are not one."""
    with (
        ScriptedScanner() as gun,
        own_eyes(floor_url) as other,
        AtScanner(floor_url, tmp_path / "logs", gun, feedback="generic") as terminal,
    ):
        for code, signal, table in (
            ("1001", Signal.GOOD, "scan_log"),
            ("PO-1", Signal.GOOD, "scan_log"),
            (CASE, Signal.GOOD, "scan_log"),
            ("NO-SUCH-CODE", Signal.BAD, "refusal"),
            (CASE, Signal.ATTENTION, "scan_log"),
        ):
            rows = f"SELECT count(*) FROM {table}"
            before = other.execute(rows).fetchone()[0]
            gun.scan(code)
            tone = gun.tone(PATIENCE)
            assert other.execute(rows).fetchone()[0] == before + 1, code
            assert terminal.object()["input"] == code
            while len(tone) < len(bytes_for("generic", signal)) and (more := gun.tone(PATIENCE)):
                tone += more
            assert tone == bytes_for("generic", signal), code


def test_one_trigger_that_reads_twice_is_one_scan(url, tmp_path):
    """The repeat is one INFO, saved nowhere and no error in the log; other codes are never held back."""
    masks = f"]E0{MASKS_50}"
    with ScriptedScanner() as gun, AtScanner(url, tmp_path / "logs", gun) as terminal:
        assert [terminal.say(line)["verdict"] for line in ("1001", "PO-1")] == ["OK", "OK"]
        gun.scan(f"{masks}\r{masks}\r{CASE}\r{masks}")
        found = [terminal.object() for _ in range(4)]
        tones = [heard(gun) for _ in range(4)]
        assert terminal.end() == (0, [], "")
    assert way(found) == [(verdict, "receiving.scan_case") for verdict in ("OK", "INFO", "OK", "OK")]
    assert [one["input"] for one in found] == [masks, masks, CASE, masks]
    assert tones == [Signal.GOOD, Signal.TICK, Signal.GOOD, Signal.GOOD]
    assert [raw for raw, _ in saved_verdicts()] == ["1001", "PO-1", masks, CASE, masks]
    assert refusals() == []
    assert [line for line in log_lines(tmp_path / "logs") if masks in line or "refused" in line] == []


def test_two_scanners_serve_one_person(url, tmp_path):
    """Each code is answered once, in one order, and by the gun that read it: the other one waits for no answer."""
    with ScriptedScanner() as one, ScriptedScanner() as two, AtScanner(url, tmp_path / "logs", one, two) as terminal:
        found = []
        scans = ((one, two, "1001"), (two, one, "PO-1"), (one, two, CASE), (two, one, "NO-SUCH-CODE"))
        for gun, other, code in scans:
            gun.scan(code)
            found.append(terminal.object())
            wanted = Signal.GOOD if found[-1]["verdict"] == "OK" else Signal.BAD
            assert heard(gun) is wanted, code
            assert other.tone(0.05) == b"", code
        typed = terminal.say("!F4")
        assert terminal.end() == (0, [], "")
    assert [answer["input"] for answer in found] == ["1001", "PO-1", CASE, "NO-SUCH-CODE"]
    assert [answer["verdict"] for answer in [*found, typed]] == ["OK", "OK", "OK", "STOP", "OK"]
    assert typed["unit"] == sscc(1)


def test_scans_that_come_faster_than_they_are_answered_are_all_answered(url, tmp_path):
    """Twenty labels in one breath: twenty verdicts, in the order in which they were read."""
    cases = [f"]C100{sscc(100 + number)}020{GOWN}37{number + 1}" for number in range(13)]
    codes = [code for case in cases for code in (case, "NO-SUCH-CODE")][:20]
    with ScriptedScanner() as gun, AtScanner(url, tmp_path / "logs", gun) as terminal:
        terminal.say("1001")
        terminal.say("PO-1")
        gun.scan("\r".join(codes))
        found = [terminal.object() for _ in codes]
    assert [one["input"] for one in found] == codes
    assert [one["verdict"] for one in found] == ["OK", "STOP"] * 10


def test_a_scanner_that_is_not_there_does_not_keep_line_mode_from_its_work(url, tmp_path):
    """The log says what is wrong with each port; typing goes on."""
    ports = ("/dev/no-such-scanner", "nonsense://x")
    options = [option for port in ports for option in ("--scanner", port)]
    with Plain(url, *options, DOCKBELL_LOGS=str(tmp_path)) as terminal:
        terminal.object()
        assert terminal.say("1001")["verdict"] == "OK"
        for number, port in enumerate(ports, 1):
            assert eventually(
                lambda number=number, port=port: any(
                    f"scanner {number} lost" in line and port in line for line in log_lines(tmp_path)
                )
            )
        assert terminal.end() == (0, [], "")


def test_the_same_code_by_two_guns_is_two_scans(url, tmp_path):
    """Two people with a gun each, and two cases without a number: neither gun holds back what the other reads."""
    masks = f"]E0{MASKS_50}"
    with ScriptedScanner() as one, ScriptedScanner() as two, AtScanner(url, tmp_path / "logs", one, two) as terminal:
        assert [terminal.say(line)["verdict"] for line in ("1001", "PO-1")] == ["OK", "OK"]
        one.scan(masks)
        found = [terminal.object()]
        two.scan(masks)
        found.append(terminal.object())
        assert terminal.end() == (0, [], "")
    assert [answer["verdict"] for answer in found] == ["OK", "OK"]


def test_a_scan_that_comes_in_broken_gets_its_verdict_too(url, tmp_path):
    """Longer than any label, or cut off: a STOP in its turn, the bad tone, a row on record, nothing saved."""
    with ScriptedScanner() as gun, AtScanner(url, tmp_path / "logs", gun) as terminal:
        assert [terminal.say(line)["verdict"] for line in ("1001", "PO-1")] == ["OK", "OK"]
        gun.scan("9" * 9000)
        long = terminal.object()
        assert heard(gun) is Signal.BAD
        gun.scan("]C100", terminator=b"")
        half = terminal.object()
        gun.scan(CASE)
        assert terminal.object()["verdict"] == "OK"
        assert terminal.end() == (0, [], "")
    assert long["message"][0] == "That code is longer than any label."
    assert half["message"] == ["Only a part of that scan came.", "Scan it again.", "Nothing was saved."]
    assert [(one["verdict"], one["source"]) for one in (long, half)] == [("STOP", "SERIAL")] * 2
    assert [step for step, _ in refusals()] == ["receiving.scan_case"] * 2


def test_the_board_tells_of_other_terminals_by_itself(floor_url):
    """A lead looks at the board in line mode: another terminal's receipt is printed, with no input of its own."""
    with Plain(floor_url) as terminal:
        terminal.object()
        terminal.say("1003")
        assert terminal.say("3")["next_step"] == "board.live"
        ana = SmallFloor.opened(START).hand("1001", "DOCK-2")
        ana.scan("PO-1")
        ana.scan(CASE)
        connection.close()
        told = eventually(
            lambda: next((one for one in [terminal.object()] if one and "SO-1" in str(one["rows"])), None)
        )
        assert (told["input"], told["scan_id"], told["step"]) == (None, None, "board.live")
        assert terminal.end()[0] == 0
