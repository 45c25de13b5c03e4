"""What line mode prints for people: readable, and nothing in data steers the terminal."""

from __future__ import annotations

import io

import pytest
from line_floor import CASE, GOWN, Here, lines, steers
from small_floor import sscc
from terminal_kit import Plain, plain_run

from db import connection

HOSTILE = "\x1b]0;title\x07\x9b2J\u202e\u200b[/b][@click=app.quit]%s{}\n2026"


def in_order(text: str, *words: str) -> None:
    """Each of the words is in the text, after the one before."""
    place = 0
    for word in words:
        found = text.find(word, place)
        assert found >= 0, (word, text)
        place = found + len(word)


def test_it_reads_like_a_conversation(url):
    """A prompt first; then for each line the verdict, the reason, and the next prompt."""
    with Plain(url, json=False) as terminal:
        assert terminal.line() == b"SCAN YOUR BADGE  (or key it + ENTER)"
        terminal.write("1001")
        assert terminal.line().split(maxsplit=1) == [b"OK", b"Good day, ANA."]
        terminal.write(b"\n".join(line.encode() for line in ("PO-1", CASE, "NO-SUCH-CODE", "!{zz}", "!F1")))
        code, rest, errors = terminal.end()
    text = b"\n".join(rest).decode()

    assert (code, errors) == (0, "")
    in_order(text, "1 Receive", "SCAN AN ORDER", "PO-1, ACME Medical", "SCAN CASE", "OK    24 ea Gown L", "SO-1 x20")
    in_order(text, "SO-1 x20", "SCAN CASE", "STOP ", "NO-SUCH-CODE", "SCAN CASE", "STOP ", "escape", "SCAN CASE")
    in_order(text, "escape", "INFO", "F1", "Help", "F4", "Undo", "SCAN CASE")
    assert "{" not in text.replace("!{HH}", "").replace("!{21}", "")
    assert not text.startswith("\n")


def test_a_question_is_asked_with_what_is_needed_to_answer_it(small):
    """The facts of the pick stand above its prompt, choices with their digits."""
    text = Here(small, json=False).text("1002", "SO-3", "A-01", sscc(50), "!F5", "3")
    in_order(
        text, "SCAN PLACE A-01", "A-01 is right", "TAKE 25 ea", "\n      from CASE", "SCAN CASE ...", "INFO  TAKE 25"
    )
    in_order(text, "INFO  TAKE 25", "ENTER", "HOW MANY OF 25", "      1 Not here", "      2 ", "WHY SHORT?")


@pytest.mark.parametrize("json", [True, False], ids=["json", "text"])
def test_nothing_in_data_steers_the_terminal(url, json):
    """Names that no import would take, and scans that say everything a label can: all of it is only shown."""
    connection.execute("UPDATE vendor SET name = ?", HOSTILE)
    connection.execute("UPDATE item SET description = ?", HOSTILE)
    connection.execute("UPDATE operator SET name = ?", HOSTILE)
    scans = [
        HOSTILE.replace("\n", ""),
        *(f"!{{{byte:02X}}}" for byte in range(0x20)),
        "!{C2}!{9B}31m",
        "\u202eabc\u2066",
    ]
    given = lines("1003", "1", "!F6", "PO-1", "!F6", *scans, CASE, "!F12", "1003", "SO-3", "A-01", "!F5", *scans)
    code, out, errors = plain_run(url, given, *(["--json"] if json else []))
    assert (code, errors) == (0, "")
    assert steers(out) == []
    assert b"\\x1b]0;title" in out or b"\\u001b]0;title" in out
    assert out.count(b"Gown") == 0


def test_letters_of_every_script_are_letters(small):
    """Only what nobody can see is escaped: a name stays readable, for eyes and for screen readers."""
    connection.execute("UPDATE vendor SET name = ?", "Søren\u00adŽižka 日本 \\o/")
    assert "Søren\\xadŽižka 日本 \\o/" in Here(small, json=False).text("1001", "PO-1")


def test_a_terminal_without_a_letter_gets_its_number(small):
    """A narrow character set is no reason to fall silent."""
    connection.execute("UPDATE vendor SET name = ?", "Søren 日本")
    written = io.BytesIO()
    here = Here(small, json=False, out=io.TextIOWrapper(written, encoding="latin-1"))
    here.give([b"1001", b"PO-1"])
    assert "Søren \\u65e5\\u672c" in written.getvalue().decode("latin-1")


def test_a_name_without_end_does_not_flood_the_terminal(small):
    connection.execute("UPDATE item SET description = ?", "x" * 10_000)
    text = Here(small, json=False).text("1001", "PO-1", "!F6", f"]E0{GOWN}", "!F1")
    assert max(map(len, text.splitlines())) <= 300
