"""`dockbell config show` as people run it, and that every other command minds the same settings."""

from __future__ import annotations

import json
import re

import pytest

from tui import cli

FILE = """\
[station]
name = "DOCK-1"
database = "postgresql://me:secret@host/x?sslpassword=other"

[[scanner]]
name = "gun \\\\ \u00e9"
port = "/dev/ttyACM0"
prefix = '\\x02'
guns = {"01" = "left"}
feedback = "acme"

[feedback.acme]
good = "1b370d"

[limits]
patience_s = 4.5
latch = false
"""


def settings_of(ended):
    told = ended.json()
    assert set(told) == {"file", "settings"}
    assert all(set(one) == {"key", "value", "origin"} for one in told["settings"])
    return {one["key"]: (one["value"], one["origin"]) for one in told["settings"]}


def rows_of(text):
    """The table, as key -> (value, origin)."""
    found, table = {}, ""
    for row in text.splitlines()[1:]:
        if row.startswith("  "):
            name, value, origin = re.split(r" {2,}", row.strip())
            found[f"{table}.{name}"] = (value, origin)
        elif row:
            table = row
    return found


def test_json_says_every_value_and_where_it_came_from(shell):
    shell.write("dockbell.toml", FILE)
    shell.environment["DOCKBELL_PRINTER"] = "socket://10.0.0.9:9100"

    ended = shell.run("config", "show", "--json", "--station", "DOCK-2")

    found = settings_of(ended)
    assert json.loads(ended.out)["file"] == "dockbell.toml"
    assert found["station.name"] == ("DOCK-2", "--station")
    assert found["station.database"] == ("postgresql://me:***@host/x?sslpassword=***", "dockbell.toml:3")
    assert found["scanner.1.name"] == ("gun \\ \u00e9", "dockbell.toml:6")
    assert found["scanner.1.prefix"] == ("\x02", "dockbell.toml:8")
    assert found["scanner.1.guns"] == ({"01": "left"}, "dockbell.toml:9")
    assert found["scanner.1.baud"] == (9600, "default")
    assert found["feedback.acme.good"] == ("1b 37 0d", "dockbell.toml:13")
    assert found["printer.url"] == ("socket://10.0.0.9:9100", "DOCKBELL_PRINTER")
    assert found["limits.patience_s"] == (4.5, "dockbell.toml:16")
    assert found["limits.latch"] == (False, "dockbell.toml:17")


def test_text_says_the_same(shell):
    shell.write("dockbell.toml", FILE)

    said = shell.run("config", "show").good()

    assert said.splitlines()[0] == "Settings file: dockbell.toml"
    rows = rows_of(said)
    assert rows.keys() == settings_of(shell.call("config", "show", "--json")).keys()
    assert rows["station.database"] == ("postgresql://me:***@host/x?sslpassword=***", "dockbell.toml:3")
    assert rows["scanner.1.name"] == (r"gun \\ \xe9", "dockbell.toml:6")
    assert rows["scanner.1.prefix"] == (r"\x02", "dockbell.toml:8")
    assert rows["scanner.1.guns"] == ("{01 = left}", "dockbell.toml:9")
    assert rows["scanner.1.stop"] == ("1", "default")
    assert rows["limits.latch"] == ("false", "dockbell.toml:17")
    assert rows["printer.url"] == ("-", "default")
    columns = {
        row.index(rows_of(f"\nx\n{row}")["x." + row.split()[0]][1], 30) for row in said.splitlines() if row[:2] == "  "
    }
    assert len(columns) == 1, "the origins stand in one column"


def test_without_a_file_everything_is_as_it_was_set_from_the_start(shell):
    assert shell.call("config", "show").good().startswith("Settings file: none\n\nstation\n")
    assert {origin for _, origin in settings_of(shell.call("config", "show", "--json")).values()} == {"default"}


def test_the_file_is_named_before_the_command_or_behind_it(shell):
    shell.write("a.toml", '[station]\nname = "A"')
    shell.environment["DOCKBELL_CONFIG"] = "no.toml"

    for words in (
        ("--config", "a.toml", "config", "show", "--json"),
        ("config", "show", "--json", "--config", "a.toml"),
    ):
        assert settings_of(shell.call(*words))["station.name"] == ("A", "a.toml:2")


def test_a_wrong_value_ends_it_in_one_sentence(shell):
    shell.write("dockbell.toml", "[[scanner]]", 'port = "/dev/a"', 'baud = "fa\\u001bst"')

    said = shell.run("config", "show", "--json").refused()

    assert said == (
        "dockbell config show: dockbell.toml:3: scanner.1.baud is 'fa\\x1bst'; "
        "allowed is a whole number from 300 to 921600.\n"
    )


HOSTILE = ["\x1b[2J", "\x9b2J", "\u202egnp.exe", "\u2028", "\x07", "\x7f"]


@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
@pytest.mark.parametrize(
    "lines",
    [
        ("[station]", "name = {}"),
        ("[station]", "database = {}"),
        ("{} = 1",),
        ("[feedback.{}]",),
        ("[station]", "{} = 1"),
        ("[wedge]", "prefix = {}"),
        ("[[scanner]]", 'port = "/dev/a"', "guns = {{{} = 'left'}}"),
        ("[[scanner]]", 'port = "/dev/a"', "parity = {}"),
    ],
    ids=range(8),
)
def test_what_could_steer_the_terminal_never_reaches_it(shell, text, lines):
    written = '"' + "".join(f"\\U{ord(char):08x}" for char in text) + '"'
    shell.write("dockbell.toml", *(line.format(written) for line in lines))

    for words in (("config", "show"), ("config", "show", "--json"), ("board",)):
        ended = shell.call(*words)
        for stream in (ended.out, ended.err):
            assert all(line.isascii() and line.isprintable() for line in stream.split("\n"))


def test_a_hostile_name_of_a_file_is_escaped_as_well(shell):
    shell.write("a\x1b[2J.toml", '[station]\nname = "A"')

    said = shell.call("config", "show", "--config", "a\x1b[2J.toml").good()

    assert all(line.isascii() and line.isprintable() for line in said.splitlines())
    assert r"a\x1b[2J.toml:2" in said


@pytest.mark.parametrize("url", ["mysql://me:secret@host/x", "me:secret@host/x", ""])
def test_a_wrong_database_is_named_with_who_names_it(shell, url):
    said = shell.call("config", "show", "--db", url).refused(
        "dockbell config show: --db is '", "; allowed is sqlite:///"
    )

    assert "secret" not in said


@pytest.mark.parametrize("url", ["nonsense://x", "\x1b[2J", "socket://host"])
def test_a_wrong_scanner_is_named_with_who_names_it(shell, url):
    shell.call("config", "show", "--scanner", "/dev/a", "--scanner", url).refused(
        "dockbell config show: --scanner ", "; allowed is"
    )

    shell.environment["DOCKBELL_SCANNER"] = url
    shell.call("config", "show").refused("dockbell config show: DOCKBELL_SCANNER ", "; allowed is a device such as")


# --- the other commands ---------------------------------------------------------------------------------


def test_the_database_of_the_file_is_worked_on(shell):
    shell.write("dockbell.toml", "[station]", 'database = "sqlite:///data/floor.db"')

    shell.call("init", "--site", "MAIN", "--timezone", "UTC").good()

    assert (shell.folder / "data" / "floor.db").is_file()
    shell.run("verify").good()
    shell.call("verify", "--db", "sqlite:///other.db").refused("There is no database at sqlite:///other.db")


def test_the_station_of_the_file_signs_its_log(shell):
    shell.write("dockbell.toml", "[station]", 'name = "GATE-7"')
    shell.call("init", "--site", "MAIN", "--timezone", "UTC").good()

    assert shell.run("plain", given="1001\n").code == 0

    assert (shell.folder / "logs" / "GATE-7.log").exists()


@pytest.mark.parametrize("words", [("board",), ("verify",), ("plain",), ("why", "SO-1"), ("backup", "b.db")])
def test_a_wrong_line_stops_every_command_that_reads_it(shell, words):
    shell.write("dockbell.toml", "[station]", "nmae = 1")

    shell.call(*words).refused(f"dockbell {words[0]}: dockbell.toml:2: there is no 'nmae' in [station]")


def test_the_demo_minds_no_settings(shell):
    shell.write("dockbell.toml", "[station]", "nmae = 1")

    shell.call("demo", "--speed", "0").refused("dockbell demo: --speed is a number")


def test_help_needs_no_settings(shell):
    shell.write("dockbell.toml", "[station]", "nmae = 1")
    shell.environment["DOCKBELL_CONFIG"] = "no.toml"

    assert "--config FILE" in shell.run("--help").good()


def test_a_fault_before_the_settings_are_known_is_in_a_log_all_the_same(shell, monkeypatch):
    def fail(_options):
        raise RuntimeError("unforeseen")

    monkeypatch.setattr("tui.settings.load", fail)
    shell.environment["XDG_STATE_HOME"] = str(shell.folder)

    ended = shell.call("board")

    assert (ended.code, ended.out) == (cli.FAULT, "")
    assert "RuntimeError: unforeseen" in (shell.folder / "dockbell" / "command.log").read_text()
