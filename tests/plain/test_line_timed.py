"""`--timed`: the input says what time it is, nothing waits, and a scan that is sent again is applied once."""

from __future__ import annotations

import json

import pytest
from line_floor import CASE, GOWN, MASKS_50, Here, saved_verdicts, way
from small_floor import changed, contents, sscc
from terminal_kit import objects, plain_run

from db import connection
from db.connection import instant
from warehouse.reply import InputError

DAY_MS = 86_400_000
CAPTURED = "SELECT count(*), sum(qty) FROM stock_move WHERE kind = 'RECEIPT'"


def at(at_ms: int, given: str, **more: object) -> dict[str, object]:
    return {"at_ms": at_ms, "input": given, **more}


def gun(at_ms: int, given: str, **more: object) -> dict[str, object]:
    return at(at_ms, given, source="SERIAL", **more)


def jsonl(*records: dict[str, object]) -> bytes:
    return "".join(f"{json.dumps(one)}\n" for one in records).encode()


# --- The clock ------------------------------------------------------------------------------------------


def test_days_pass_and_nothing_waits(floor_url):
    """Ten days of a shift in one run: what was saved bears the times of the input."""
    shift = [
        at(0, "1001"),
        at(0, "PO-1"),
        at(3_600_000, CASE),
        at(10 * DAY_MS, f"]E0{MASKS_50}"),
        at(10 * DAY_MS, "!F12"),
    ]
    code, out, errors = plain_run(floor_url, jsonl(*shift), "--json", "--timed")
    assert (code, errors) == (0, "")
    assert [one["verdict"] for one in objects(out)] == ["INFO", "OK", "OK", "OK", "OK", "INFO"]
    assert [one["input"] for one in objects(out)] == [None, *(one["input"] for one in shift)]
    logged = [instant(row[0]) for row in connection.rows("SELECT at FROM scan_log ORDER BY at, scan_id")]
    assert [round((moment - logged[0]).total_seconds() * 1000) for moment in logged] == [one["at_ms"] for one in shift]
    moved = [instant(row[0]) for row in connection.rows("SELECT at FROM stock_move WHERE kind = 'RECEIPT' ORDER BY id")]
    assert moved == logged[2:4]


def test_only_on_a_practice_database(url):
    connection.execute("UPDATE site SET practice = 0")
    before = contents(frozenset())
    code, out, errors = plain_run(url, jsonl(at(0, "1001")), "--json", "--timed")
    assert (code, out) == (2, b"")
    assert errors.count("\n") == 1
    assert "practice" in errors
    assert changed(before, contents(frozenset())) == []


def test_a_bad_line_ends_it_and_is_named(url):
    """What came before is answered and stays; the sentence names the line."""
    before = b'{"at_ms": 5, "input": "1001"}\n\n{"at_ms": 9, "input": "PO-1"}\n'
    code, out, errors = plain_run(url, before + b'{"at_ms": 8, "input": "PO-2"}\n', "--json", "--timed")
    assert code == 2
    assert [one["input"] for one in objects(out)] == [None, "1001", "PO-1"]
    assert errors == "dockbell plain: Line 4 goes back in time: 8 ms after 9 ms.\n"
    assert saved_verdicts() == [("1001", "OK"), ("PO-1", "OK")]


NO_RECORDS = {
    "no JSON": b"1001",
    "half a record": b'{"at_ms": 1, "input": "10',
    "a list": b'[1, "1001"]',
    "a number": b"7",
    "no time": b'{"input": "1001"}',
    "no input": b'{"at_ms": 1}',
    "null for the time": b'{"at_ms": null, "input": "1001"}',
    "null for the input": b'{"at_ms": 1, "input": null}',
    "an unknown field": b'{"at_ms": 1, "input": "1001", "who": "ANA"}',
    "a time that is text": b'{"at_ms": "1", "input": "1001"}',
    "a time that is not whole": b'{"at_ms": 1.5, "input": "1001"}',
    "a time that is true": b'{"at_ms": true, "input": "1001"}',
    "a time that is no number": b'{"at_ms": NaN, "input": "1001"}',
    "a time before the start": b'{"at_ms": -1, "input": "1001"}',
    "a time after all calendars": b'{"at_ms": 99999999999999999, "input": "1001"}',
    "a time of 400 digits": b'{"at_ms": 1%s, "input": "1001"}' % (b"0" * 400),
    "a scanner's time of 400 digits": b'{"at_ms": 1, "input": "1001", "mono_ms": 1%s}' % (b"0" * 400),
    "a scanner's time that is text": b'{"at_ms": 1, "input": "1001", "mono_ms": "1"}',
    "an input that is a number": b'{"at_ms": 1, "input": 1001}',
    "a source that is none": b'{"at_ms": 1, "input": "1001", "source": "RADIO"}',
    "a source that is a number": b'{"at_ms": 1, "input": "1001", "source": 1}',
    "an id that is a number": b'{"at_ms": 1, "input": "1001", "scan_id": 0}',
    "an id with a NUL": b'{"at_ms": 1, "input": "1001", "scan_id": "a\\u0000"}',
    "an id with half a character": b'{"at_ms": 1, "input": "1001", "scan_id": "\\ud800"}',
    "an id that is too long": b'{"at_ms": 1, "input": "1001", "scan_id": "%s"}' % (b"a" * 129),
    "bad UTF-8": b'{"at_ms": 1, "input": "\xff"}',
    "brackets without end": b"[" * 8000,
}


@pytest.mark.parametrize("bad", NO_RECORDS.values(), ids=NO_RECORDS)
def test_what_is_no_record(small, bad):
    """Whatever it is, it is one sentence that names the line: never a traceback, never a guess."""
    here = Here(small)
    with pytest.raises(InputError, match=r"^Line 2[ :]") as refused:
        here.timed(small, at(0, "PO-1"), bad)
    assert "\n" not in str(refused.value)
    assert str(refused.value).endswith(".")
    assert str(refused.value).isascii()
    assert [one["input"] for one in here.objects()] == [None, "PO-1"]
    assert saved_verdicts() == []


def test_lines_say_what_they_say_elsewhere(small):
    """Keys, bytes and bad escapes are line mode's; a bad one is a STOP under its own name, a blank one is nothing."""
    found = Here(small).timed(
        small,
        at(0, "1001", source=None, scan_id=None, mono_ms=None),
        gun(1, "!F3", scan_id="bad"),
        at(2, ""),
        at(3, "  "),
        at(4, "\ud800"),
        at(5, "10\n01"),
        at(6, "!{50}O-1"),
        at(7, "!F12"),
    )
    assert [(one["input"], one["verdict"]) for one in found[1:]] == [
        ("1001", "OK"),
        ("!F3", "STOP"),
        (found[3]["input"], "STOP"),
        ("10\n01", "STOP"),
        ("!{50}O-1", "OK"),
        ("!F12", "INFO"),
    ]
    assert (found[2]["scan_id"], found[2]["source"]) == ("bad", "SERIAL")


# --- Bounces --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("source", "window"), [("SERIAL", 400), ("WEDGE", 700)])
def test_the_same_code_again_within_the_window_is_the_trigger(small, source, window):
    """One INFO that saves nothing; the window is counted from the last read, and ends."""
    masks = f"]E0{MASKS_50}"
    times = [1000, 1000 + window - 1, 1000 + 2 * window - 2, 1000 + 3 * window - 1]
    found = Here(small).timed(small, at(0, "1001"), at(0, "PO-1"), *(at(ms, masks, source=source) for ms in times))[3:]
    assert way(found) == [(verdict, "receiving.scan_case") for verdict in ("OK", "INFO", "INFO", "OK")]
    assert {one["source"] for one in found} == {source}
    assert connection.row(CAPTURED) == (2, 100)
    assert connection.value("SELECT count(*) FROM refusal") == 0
    ids = [row[0] for row in connection.rows("SELECT scan_id FROM scan_log")]
    assert [one["scan_id"] in ids for one in found] == [True, False, False, True]


def test_the_scanners_clock_counts_and_not_the_arrival(small):
    """Two reads that were held up on the way are apart when the scanner says so, and the other way round."""
    masks = f"]E0{MASKS_50}"
    found = Here(small).timed(
        small,
        at(0, "1001"),
        at(0, "PO-1"),
        gun(5000, masks, mono_ms=1000),
        gun(5001, masks, mono_ms=2000),
        gun(9000, masks, mono_ms=2399),
    )
    assert [one["verdict"] for one in found[3:]] == ["OK", "OK", "INFO"]


def test_other_codes_and_typed_text_are_not_bounces(small):
    """Not even another code between two equal ones, all in one millisecond; keys do not bounce either."""
    masks, gown = f"]E0{MASKS_50}", f"]C100{sscc(1)}020{GOWN}3724"
    found = Here(small).timed(
        small,
        at(0, "1001"),
        at(0, "PO-1"),
        *(gun(1, code) for code in (masks, gown, masks)),
        *(at(2, code) for code in (masks, masks)),
        *(gun(3, "!F1") for _ in range(2)),
    )
    assert [one["verdict"] for one in found[3:]] == ["OK"] * 5 + ["INFO"] * 2
    assert connection.row(CAPTURED) == (5, 4 * 50 + 24)
    assert found[-1]["rows"] == found[-2]["rows"] != []


# --- Sent again -----------------------------------------------------------------------------------------


def test_a_scan_that_is_sent_twice_is_applied_once(floor_url):
    """The second gets the stored answer, also from another terminal; under a name of its own it is another case."""
    masks = f"]E0{MASKS_50}"
    first = jsonl(at(0, "1001"), at(1, "PO-1"), gun(2, masks, scan_id="a-1"), gun(5000, masks, scan_id="a-1"))
    _, out, _ = plain_run(floor_url, first, "--json", "--timed")
    saved, again = objects(out)[3:]
    assert saved["verdict"] == "OK"
    assert again == saved
    assert connection.row(CAPTURED) == (1, 50)

    second = jsonl(at(0, "1001"), gun(1, masks, scan_id="a-1"), gun(5000, masks, scan_id="a-2"), at(5001, "!ENTER"))
    code, out, _ = plain_run(floor_url, second, "--json", "--timed")
    elsewhere = objects(out)[2]
    assert code == 0
    assert {name: elsewhere[name] for name in ("scan_id", "verdict", "message", "unit", "released")} == {
        name: saved[name] for name in ("scan_id", "verdict", "message", "unit", "released")
    }
    assert connection.row(CAPTURED) == (2, 100)


def test_the_name_of_another_scan_saves_nothing(small):
    found = Here(small).timed(
        small,
        at(0, "1001"),
        at(1, "PO-1"),
        gun(2, f"]E0{MASKS_50}", scan_id="a-1"),
        gun(5000, f"]C100{sscc(1)}020{GOWN}3724", scan_id="a-1"),
        gun(9000, f"]C100{sscc(2)}020{GOWN}3724", scan_id="a-2"),
    )
    assert [one["verdict"] for one in found[3:]] == ["OK", "STOP", "OK"]
    assert found[4]["message"] == ["That scan id was used before.", "Send it under another id.", "Nothing was saved."]
    assert connection.row(CAPTURED) == (2, 74)


def test_a_refused_scan_that_is_sent_again_is_judged_again(small):
    """Nothing was applied, so there is nothing to repeat: what was wrong may be right by now."""
    found = Here(small).timed(small, at(0, "1001"), gun(1, "PO-9", scan_id="a-1"), gun(5000, "PO-9", scan_id="a-1"))
    assert [one["verdict"] for one in found[2:]] == ["STOP", "STOP"]
    small.purchase_order("PO-9", ("MASK", 5))
    found = Here(small).timed(small, at(0, "1001"), gun(9000, "PO-9", scan_id="a-1"))
    assert way(found)[-1] == ("OK", "receiving.scan_case")
