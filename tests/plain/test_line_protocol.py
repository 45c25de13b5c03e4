"""Line mode as a program: one object for each line, in order, before the next is read; what a line can say."""

from __future__ import annotations

import io
import itertools
import re
from pathlib import Path

import pytest
from line_floor import CASE, FIELDS, GOWN, MASKS_50, SERUM, Here, lines, refusals, saved_verdicts, way
from small_floor import changed, contents, sscc
from terminal_kit import Plain, eventually, log_lines, objects, plain_run

from db import connection
from tui import plain
from warehouse import messages

MANUAL = Path(__file__).parents[2] / "docs" / "plain.md"

AT_BADGE = ("STOP", "sign_on.badge")


# --- One object for each line ---------------------------------------------------------------------------


def test_each_line_is_answered_before_the_next_is_written(url):
    """Nothing waits in a buffer: each object is read before the next line exists."""
    with Plain(url) as terminal:
        start = terminal.object()
        badge = terminal.say("1001")
        order = terminal.say("PO-1")
        case = terminal.say(CASE)
        refused = terminal.say("NO-SUCH-CODE")
        undone = terminal.say("!F4")
        code, rest, errors = terminal.end()
    everything = [start, badge, order, case, refused, undone]

    assert (code, rest, errors) == (0, [], "")
    assert all(list(one) == FIELDS for one in everything)
    assert start == {
        **dict.fromkeys(FIELDS),
        "flow": "sign_on",
        "step": "sign_on.badge",
        "next_step": "sign_on.badge",
        "verdict": "INFO",
        "message": [],
        "prompt": "SCAN YOUR BADGE",
        "released": [],
        "freed": [],
        "rows": [],
    }
    assert [one["input"] for one in everything] == [None, "1001", "PO-1", CASE, "NO-SUCH-CODE", "!F4"]
    assert [one["source"] for one in everything] == [None, *["TYPED"] * 5]
    assert [(one["flow"], one["step"], one["next_step"]) for one in everything[1:4]] == [
        ("sign_on", "sign_on.badge", "home.menu"),
        ("home", "home.menu", "receiving.scan_case"),
        ("receiving", "receiving.scan_case", "receiving.scan_case"),
    ]
    assert [one["verdict"] for one in everything[1:]] == ["OK", "OK", "OK", "STOP", "OK"]
    assert [one["unit"] for one in everything] == [None, None, None, sscc(1), None, sscc(1)]
    assert case["released"] == [
        {"order": "SO-1", "line": 1, "sku": "GOWN-L", "quantity": 20, "kind": "HARD"},
        {"order": "SO-2", "line": 1, "sku": "GOWN-L", "quantity": 4, "kind": "HARD"},
    ]
    assert sorted(one["order"] for one in undone["freed"]) == ["SO-1", "SO-2"]
    assert all(list(one) == ["order", "line", "sku", "quantity"] for one in undone["freed"])
    assert all(one["prompt"] for one in everything)
    assert all(0 < len(one["message"]) <= 3 for one in everything[1:])


def test_the_names_of_the_objects_are_the_logs(url):
    """`scan_id` finds the input again: in the log what was answered, among the refusals what was refused."""
    with Plain(url) as terminal:
        terminal.object()
        badge, refused = terminal.say("1001"), terminal.say("NO-SUCH-CODE")
        terminal.end()
    assert connection.value("SELECT raw FROM scan_log WHERE scan_id = ?", badge["scan_id"]) == "1001"
    assert connection.value("SELECT got FROM refusal WHERE scan_id = ?", refused["scan_id"]) == "NO-SUCH-CODE"


class _Flushed(io.StringIO):
    """What has been flushed, which is all that a reader of a pipe can have."""

    def __init__(self) -> None:
        super().__init__()
        self.flushed = ""

    def flush(self) -> None:
        self.flushed = self.getvalue()


@pytest.mark.parametrize("json", [True, False])
def test_an_answer_is_flushed_before_the_next_line_is_read(small, json):
    out = _Flushed()
    here = Here(small, json=json, out=out)
    seen = []

    def given():
        for line in (b"1001", b"!{zz}", b"\xff", b"!F5", b"PO-1", b"!F12"):
            seen.append(out.flushed)
            yield line + b"\n"

    here.give(given())
    assert "" not in seen
    assert all(after.startswith(before) and after != before for before, after in itertools.pairwise(seen))


def test_many_lines_at_once_are_answered_in_order(url):
    """Also the last one, which has no end of line."""
    given = ["1001", "PO-1", CASE, "!F1", "!ESC", "!F6", "!ESC", "!F4"]
    code, out, errors = plain_run(url, "\n".join(given).encode(), "--json")
    assert (code, errors) == (0, "")
    assert [one["input"] for one in objects(out)] == [None, *given]
    assert [one["verdict"] for one in objects(out)[3:]] == ["OK", "INFO", "INFO", "INFO", "INFO", "OK"]
    assert {one["next_step"] for one in objects(out)[2:]} == {"receiving.scan_case"}


def test_no_input_at_all_ends_well(url):
    code, out, errors = plain_run(url, b"", "--json")
    assert (code, errors) == (0, "")
    assert [one["input"] for one in objects(out)] == [None]


def test_it_ends_when_nobody_reads_its_output(url):
    """A pipe whose reader has gone is the end of the terminal, not a terminal that hangs."""
    with Plain(url) as terminal:
        terminal.object()
        terminal.process.stdout.close()
        terminal.write("1001")
        assert eventually(lambda: terminal.process.poll() is not None), "it hangs"
        assert terminal.process.returncode == 0
        assert terminal.process.stderr.read() == b""


def test_the_manual_lists_every_field_and_key(small):
    text = MANUAL.read_text(encoding="utf-8")
    table = text.split("## Output")[1].split("## Steps")[0]
    named = [name for row in re.findall(r"^\| (`.*?) \|", table, re.MULTILINE) for name in re.findall(r"`(\w+)`", row)]
    assert named == FIELDS
    keys = re.search(r"a key: ([^|]+) \|", text)[1].split()
    assert set(keys) == plain.KEYS
    assert list(Here(small).run([])[0]) == FIELDS


# --- What a line can say --------------------------------------------------------------------------------


def test_the_first_input_is_a_badge(small):
    given = ["PO-1", "!F4", "!ENTER", "!F12", "9999", "!F1", "1001"]
    found = Here(small).run(lines(*given).splitlines(keepends=True))[1:]
    assert way(found) == [*[AT_BADGE] * 5, ("INFO", "sign_on.badge"), ("OK", "home.menu")]
    assert all(one["flow"] == "sign_on" for one in found)


def test_blank_lines_are_nothing_and_a_cr_is_dropped(small):
    found = Here(small).run([b"\n", b"\r\n", b"1001\r\n", b"   \n", b"\t\n", b"PO-1\r\n", b"!F12\r\n", b""])
    assert [one["input"] for one in found] == [None, "1001", "PO-1", "!F12"]
    assert way(found)[1:] == [("OK", "home.menu"), ("OK", "receiving.scan_case"), ("INFO", "sign_on.badge")]
    assert saved_verdicts()[:2] == [("1001", "OK"), ("PO-1", "OK")]


RECEIVING_KEYS = [
    ("!F1", "INFO", "receiving.scan_case"),
    ("!ENTER", "INFO", "receiving.scan_case"),
    ("!F2", "INFO", "whats_this.look"),
    ("!ESC", "INFO", "receiving.scan_case"),
    ("!F5", "INFO", "receiving.problem"),
    ("!ESC", "INFO", "receiving.scan_case"),
    ("!F7", "STOP", "receiving.scan_case"),
    ("!F9", "STOP", "receiving.scan_case"),
    ("!ENTER", "STOP", "receiving.scan_case"),
    ("!UP", "STOP", "receiving.scan_case"),
    ("!DOWN", "STOP", "receiving.scan_case"),
    ("!F6", "INFO", "receiving.scan_case"),
    ("!ESC", "INFO", "receiving.scan_case"),
    (CASE, "OK", "receiving.scan_case"),
    ("!f4", "OK", "receiving.scan_case"),
    ("!F8", "CHECK", "receiving.check"),
    ("!ESC", "INFO", "receiving.scan_case"),
    ("!DONE", "CHECK", "receiving.check"),
    ("!F8", "OK", "receiving.choose_order"),
    ("!ESC", "INFO", "home.menu"),
    ("!F12", "INFO", "sign_on.badge"),
]

PICKING_KEYS = [
    ("!ENTER", "OK", "picking.go_to"),
    ("!F9", "INFO", "picking.go_to"),
    ("!ESC", "INFO", "picking.get_work"),
    ("SO-3", "OK", "picking.go_to"),
    ("A-01", "OK", "picking.take_unit"),
    (sscc(50), "INFO", "picking.take_pieces"),
    ("!F5", "INFO", "picking.how_short"),
    ("!ESC", "INFO", "picking.take_pieces"),
    ("!DONE", "OK", "picking.get_work"),
    ("!F4", "OK", "picking.get_work"),
]


def test_every_key_of_line_mode(url):
    """Each key of the contract does its work, or is refused by name where it has none."""
    assert {text[1:].upper() for text, _, _ in RECEIVING_KEYS + PICKING_KEYS if text.startswith("!")} == plain.KEYS
    receive = ["1001", "PO-1", *(text for text, _, _ in RECEIVING_KEYS)]
    pick = ["1002", "1", *(text for text, _, _ in PICKING_KEYS)]
    code, out, _ = plain_run(url, lines(*receive, *pick), "--json")
    found = objects(out)
    received, picked = found[3 : len(receive) + 1], found[-len(PICKING_KEYS) :]

    assert code == 0
    assert [(one["input"], *way([one])[0]) for one in received] == RECEIVING_KEYS
    assert [(one["input"], *way([one])[0]) for one in picked] == PICKING_KEYS
    refused = [one for one in received if one["verdict"] == "STOP"]
    assert all(one["input"][1:] in one["message"][0] for one in refused), refused
    assert received[0]["rows"]
    assert next(one for one in received if one["input"] == "!F6")["rows"]


def test_bytes_anywhere_in_a_line(small):
    """A separator ends the count, letters of two bytes are one letter, `!{21}` is never a key."""
    case = f"]C100{sscc(7)}020{SERUM}3710!{{1D}}10L7!{{1d}}17451231"
    other = f"]C100{sscc(8)}020{SERUM}3711!{{1D}}17451231"
    found = Here(small).run(
        lines("1001", "PO-1", case, other, "L!{21}!{C3}!{84}x", "!{21}F4", "!{58}KLOCK").splitlines()
    )
    assert way(found)[3:] == [
        ("OK", "receiving.scan_case"),
        ("INFO", "receiving.key_lot"),
        ("OK", "receiving.scan_case"),
        ("STOP", "receiving.scan_case"),
        ("INFO", "sign_on.badge"),
    ]
    assert found[3]["input"] == case
    units = connection.rows(
        "SELECT qty, lot, expiry FROM handling_unit WHERE code IN (?, ?) ORDER BY id", sscc(7), sscc(8)
    )
    assert units == [(10, "L7", "2045-12-31"), (11, "L!Äx", "2045-12-31")]
    assert refusals() == [("receiving.scan_case", "!F4")]


HOSTILE = ["1001!{0A}1002", "!{1B}[2J", "!{00}", "!{07}", "!{7F}", "1!{C2}!{9B}2", "!{E2}!{80}!{AE}1001", "PO-1!{0D}"]


def test_a_control_character_is_refused_at_the_border(small):
    before = contents()
    found = Here(small).run(lines("1001", "PO-1", *HOSTILE).splitlines())[3:]
    assert way(found) == [("STOP", "receiving.scan_case")] * len(HOSTILE)
    assert [one["input"] for one in found] == HOSTILE
    assert changed(before, contents()) == []


BAD_ESCAPES = [b"!", b"!!", b"!{", b"!{}", b"!{1}", b"!{1", b"!{zz}", b"!{123}", b"!F3", b"!F10", b"!F11", b"!F44"]
BAD_ESCAPES += [b"!F4 ", b"!NOPE", b"a!b", b"PO-1!", b"!{21}!", b"!{50}O-1!{2g}", b"!CLEAR", b"!1"]
BAD_UTF8 = [
    b"\xff",
    b"PO-\xc3",
    b"\xc3\x28",
    b"\xed\xa0\x80",
    b"!{C3}",
    b"!{FF}",
    b"!{C3}\xa4",
    b"\xc0\xaf",
    b"!{F5}!{80}!{80}!{80}",
]
TOO_LONG = [b"x" * 8193, b"PO-1" + b" " * 8192, b" " * 9000 + b"PO-1", b"!{41}" * 1639, b"7" * 200_000]


@pytest.mark.parametrize(
    ("bad", "template"),
    [(BAD_ESCAPES, "bad_escape"), (BAD_UTF8, "bad_utf8"), (TOO_LONG, "line_too_long")],
    ids=["escape", "utf-8", "long"],
)
def test_a_bad_line_is_a_stop_that_changes_nothing(url, tmp_path, bad, template):
    """Never half an input: each bad line gets one STOP at the step where it stands, and the next line is itself."""
    before = contents()
    with Plain(url, "--station", "DOCK-1", DOCKBELL_LOGS=str(tmp_path)) as terminal:
        terminal.write(b"1001\nPO-1\n" + b"\n".join(bad) + b"\n!F1")
        found = [terminal.object() for _ in range(len(bad) + 4)]
        code, rest, errors = terminal.end()
    refused = found[3:-1]

    assert (code, rest, errors) == (0, [], "")
    assert way(refused) == [("STOP", "receiving.scan_case")] * len(bad)
    said = messages.say(template).lines
    assert [tuple(one["message"]) for one in refused] == [said] * len(bad)
    assert {one["prompt"] for one in refused} == {"SCAN CASE"}
    assert (found[-1]["input"], found[-1]["verdict"]) == ("!F1", "INFO")
    assert changed(before, contents()) == []
    assert [raw for raw, _ in saved_verdicts()] == ["1001", "PO-1", "F1"]
    logged = [line for line in log_lines(tmp_path) if "refused at receiving.scan_case" in line]
    assert len(logged) == len(bad)


def test_a_line_of_exactly_the_longest_length_is_read(small):
    found = Here(small).run([b"1001\n", b"x" * plain.MAX_LINE + b"\r\n"])
    assert found[-1]["message"] != list(messages.say("line_too_long").lines)
    assert refusals()[-1][0] == "home.menu"


def test_typed_text_never_bounces(small):
    """The same line twice is two lines: a case without a number of its own is counted twice."""
    found = Here(small).run(lines("1001", "PO-1", f"]E0{MASKS_50}", f"]E0{MASKS_50}").splitlines())
    assert way(found)[3:] == [("OK", "receiving.scan_case")] * 2
    assert connection.value("SELECT sum(qty) FROM stock_move WHERE kind = 'RECEIPT'") == 100


# --- The whole way --------------------------------------------------------------------------------------

TYPED = ["1001", "1", "PO-1", sscc(1), GOWN, "24", "!F12"]
TYPED += ["1002", "SO-1", "DOCK-1", sscc(1), "20", "!ESC", "!F12"]


def test_receive_release_pick_with_typed_text_only(floor_url):
    code, out, errors = plain_run(floor_url, lines(*TYPED), "--json", "--station", "DOCK-1")
    found = objects(out)
    saved, picked = found[6], found[12]

    assert (code, errors) == (0, "")
    assert [one["input"] for one in found[1:]] == TYPED
    assert "STOP" not in {one["verdict"] for one in found}
    assert [(one["order"], one["quantity"]) for one in saved["released"]] == [("SO-1", 20), ("SO-2", 4)]
    assert picked["verdict"] == "OK"
    assert picked["unit"] == sscc(1)
    picked_of = (
        "SELECT l.qty_picked FROM order_line l JOIN order_header h ON h.id = l.order_id WHERE h.order_no = 'SO-1'"
    )
    assert connection.value(picked_of) == 20
