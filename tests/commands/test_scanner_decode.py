"""`dockbell scanner decode`: bytes in, one object for each scan or refusal out, the contract to the letter."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from command_desk import CommandDesk, Ended

GS1 = b"]d2010950600013435210LOT1\x1d17271231"


@pytest.fixture
def desk(tmp_path) -> CommandDesk:
    return CommandDesk(tmp_path)  # no database


def piped(desk: CommandDesk, given: bytes, *options: str) -> Ended:
    """As a process, with a pipe for its stdin: what a shell does."""
    ended = subprocess.run(
        [sys.executable, "-m", "tui", "scanner", "decode", *options],
        cwd=desk.folder,
        env=desk.clean,
        input=given,
        capture_output=True,
        timeout=60,
        check=False,
    )
    return Ended(ended.returncode, ended.stdout.decode(), ended.stderr.decode())


def decode(desk: CommandDesk, given: bytes, *options: str) -> Ended:
    """The same within this process, with a file for its stdin: a process costs half a second."""
    path = desk.folder / "given"
    path.write_bytes(given)
    with path.open() as stdin, pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stdin", stdin)
        return desk.call("scanner", "decode", *options)


def objects(ended: Ended) -> list[dict]:
    return [json.loads(line) for line in ended.good().splitlines()]


def timed(*pieces: tuple[int, bytes]) -> bytes:
    return b"".join(json.dumps({"at_ms": at, "hex": data.hex()}).encode() + b"\n" for at, data in pieces)


def test_a_label_to_the_letter(desk):
    assert objects(piped(desk, GS1 + b"\r")) == [
        {
            "kind": "gs1",
            "symbology": "]d2",
            "ais": [["01", "09506000134352"], ["10", "LOT1"], ["17", "271231"]],
            "fields": {"gtin": "09506000134352", "lot": "LOT1", "expiry": "2027-12-31"},
            "warnings": [],
        }
    ]


def test_scans_and_refusals_in_their_order(desk):
    given = b"]C100395011015300000011\r]C100395011015300000012\r\x00\rXKDONE\r\nABC\r]C1\r\x1b[2J\rHALF"
    found = objects(piped(desk, given))
    assert found == objects(decode(desk, given))
    assert [one.get("kind", one.get("error")) for one in found] == [
        "sscc",
        "check_digit",
        "card",
        "text",
        "empty",
        "charset",
        "incomplete_frame",
    ]
    assert found[0]["fields"] == {"sscc": "395011015300000011"}
    assert set(found[1]) == {"error", "message"}
    assert found[1]["message"]


@pytest.mark.parametrize(
    ("framing", "given", "kinds"),
    [
        ("line", b"A\nB\r\nC\r", ["text"] * 3),
        ("tab", b"A\tB\t", ["text"] * 2),
        ("stx-etx", b"\x02A\rB\x03\x02C\x03", ["charset", "text"]),
        ("idle", b"ABC", ["text"]),
        ("ssi", b"\x09\xf3\x00\x00\x03ABCD\xfd\xf7", ["text"]),
        ("ssi", b"\x09\xf3\x00\x00\x03ABCD\xfd\xf8", ["ssi_checksum"]),
    ],
)
def test_every_framing(desk, framing, given, kinds):
    found = objects(decode(desk, given, "--framing", framing))
    assert [one.get("kind", one.get("error")) for one in found] == kinds


def test_the_clock_of_timed_is_the_only_one(desk):
    given = timed((0, b"ABC"), (200, b""), (10_000_000, b"DE"), (10_000_050, b"F"), (10_000_200, b""))
    found = objects(piped(desk, given, "--timed", "--framing", "idle"))
    assert found == objects(decode(desk, given, "--timed", "--framing", "idle"))
    assert [one["fields"]["text"] for one in found] == ["ABC", "DEF"]


def test_half_a_scan_that_grew_old_is_told_when_its_time_is_over(desk):
    found = objects(decode(desk, timed((0, b"ABC"), (5000, b"DEF\r")), "--timed"))
    assert [one.get("kind", one.get("error")) for one in found] == ["incomplete_frame", "text"]


@pytest.mark.parametrize(
    ("window", "expected"),
    [("0", "AAAAB"), ("400", "AAB"), ("300", "AAB"), ("299", "AAAAB")],
    ids=["off", "longer", "not shorter than the gap", "shorter"],
)
def test_repeated_scans_are_left_out_from_their_last_read(desk, window, expected):
    given = timed((0, b"A\r"), (299, b"A\r"), (598, b"A\r"), (2000, b"A\r"), (2001, b"B\r"))
    found = objects(decode(desk, given, "--timed", "--dedupe-ms", window))
    assert "".join(one["fields"]["text"] for one in found) == expected


def test_prefix_and_separator_take_escapes(desk):
    given = b"~01]d210LOT1|17271231\rXKDONE\r"
    found = objects(decode(desk, given, "--prefix", r"\x7e01", "--gs", "|"))
    assert found[0]["ais"] == [["10", "LOT1"], ["17", "271231"]]
    assert found[1]["error"] == "garbage"


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (b"nonsense\n", ("Line 2 of stdin is not",)),
        (b'{"at_ms": 1}\n', ("Line 2",)),
        (b'{"at_ms": 1, "hex": "4"}\n', ("Line 2",)),
        (b'{"at_ms": "1", "hex": "41"}\n', ("Line 2", "whole number")),
        (b'{"at_ms": true, "hex": "41"}\n', ("Line 2", "whole number")),
        (b'{"at_ms": 4, "hex": "41"}\n', ("Line 2", "never goes back")),
        (b"[" * 100_000 + b"\n", ("Line 2",)),
        (b"\xff\xfe\n", ("Line 2",)),
    ],
)
def test_a_bad_line_is_named_and_what_came_before_it_stays(desk, line, words):
    ended = decode(desk, timed((5, b"ABC\r")) + line, "--timed")
    assert (ended.code, len(ended.out.splitlines())) == (2, 1)
    Ended(2, "", ended.err).refused(*words)


@pytest.mark.parametrize(
    "options",
    [("--dedupe-ms", "-1"), ("--dedupe-ms", "x"), ("--framing", "morse"), ("--prefix", r"\q"), ("--gs", "A")],
)
def test_an_option_that_makes_no_sense_is_refused(desk, options):
    decode(desk, b"ABC\r", *options).refused(options[0])


def test_a_closed_stdin_is_named(desk):
    command = f"exec {sys.executable} -m tui scanner decode <&-"
    ended = subprocess.run(
        ["sh", "-c", command], cwd=desk.folder, env=desk.clean, capture_output=True, timeout=60, check=False
    )
    Ended(ended.returncode, ended.stdout.decode(), ended.stderr.decode()).refused("stdin is closed")


def test_live_silence_ends_a_scan_without_waiting_for_the_end_of_the_line(desk):
    """The pipe stays open: the object comes by the clock."""
    child = subprocess.Popen(
        [sys.executable, "-m", "tui", "scanner", "decode", "--framing", "idle"],
        cwd=desk.folder,
        env=desk.clean,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    with child:
        child.stdin.write(b"ABC")
        child.stdin.flush()
        assert json.loads(child.stdout.readline())["fields"] == {"text": "ABC"}
        child.stdin.close()
        assert child.wait(20) == 0


def test_no_control_character_is_printed(desk):
    noise = bytes(range(256)) * 3
    out = piped(desk, noise + b"\r" + noise).good()
    assert all(line.isascii() and line.isprintable() for line in out.splitlines())
    assert Path(desk.folder).exists()


def test_a_refusal_is_the_same_from_a_shell(desk):
    given = timed((5, b"ABC\r")) + b"nonsense\n"
    ended = piped(desk, given, "--timed")
    assert ended == decode(desk, given, "--timed")
    assert ended.code == 2
    piped(desk, b"", "--framing", "morse").refused("--framing")
