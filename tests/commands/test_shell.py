"""What every command has in common: help, versions, wrong words, a database that cannot be used, faults of the program."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from command_desk import COMMANDS, CommandDesk

from tui import cli

ROOT = Path(__file__).parents[2]
FIRST_WORDS = dict.fromkeys(name.split()[0] for name in COMMANDS)
BAD_DATABASES = {
    "sqlite:///nothing/site.db": ("There is no database at sqlite:///nothing/site.db", "run 'dockbell init"),
    "sqlite:///": ("names no file", "use sqlite:///path/to/site.db"),
    "sqlite://site.db": ("names no file",),
    "mysql://me:secret@host/name": ("'mysql://me@host/name' is no database URL",),
    "postgresql://[/x": ("is no database URL",),
    "mysql://host/name": ("is no database URL: use sqlite:///path/to/site.db or postgresql://",),
    "": ("is no database URL",),
    "sqlite:///.": ("The database cannot be reached", "name another with --db"),
    "sqlite:///junk.db": ("The database cannot be read", "name another with --db"),
    "sqlite:///empty.db": ("This database holds no site yet: run 'dockbell init",),
    "postgresql://nobody@127.0.0.1:1/none": ("The database cannot be reached", "127.0.0.1"),
}


def test_the_version_is_the_packages(shell):
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]

    assert shell.run("--version").good() == f"dockbell {declared}\n"


def test_the_installed_command_is_the_same_program(shell):
    dockbell = Path(sys.executable).with_name("dockbell")
    ended = subprocess.run([dockbell, "--version"], capture_output=True, text=True, cwd=shell.folder, check=True)

    assert ended.stdout == f"dockbell {cli.VERSION}\n"


def test_help_names_every_command(shell):
    shell.environment["COLUMNS"] = "80"

    said = shell.run("--help").good()

    assert [row for row in said.splitlines() if len(row) > 80] == []
    for name in FIRST_WORDS:
        assert re.search(rf"\n    {name}\s", said)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(shell, name):
    shell.environment["COLUMNS"] = "80"

    said = shell.call(*name.split(), "--help").good()

    assert said.startswith(f"usage: dockbell {name} ")
    assert "--db URL" in said
    assert [row for row in said.splitlines() if len(row) > 80] == []


def test_there_is_no_command_beside_the_contract():
    found = set()
    for name, made in cli.parser()._subparsers._group_actions[0].choices.items():
        group = made._subparsers._group_actions[0] if made._subparsers else None
        actions = [*group.choices] if group else []
        found |= {f"{name} {action}".strip() for action in (actions if group and group.required else ["", *actions])}
    assert found == set(COMMANDS)


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("frobnicate",),
        ("--frobnicate",),
        ("why",),
        ("why", "SO-1", "SO-2"),
        ("board", "--jason"),
        ("import",),
        ("backup",),
        ("restore",),
        ("cancel", "SO-1"),
        ("adjust", "A-01", "MASK", "--as", "1003", "--reason", "x"),
        ("demo", "--seed", "one"),
        ("demo", "--speed", "fast"),
        ("verify", "\x1b]0;title\x07"),
        ("\x1b[2J",),
        ("verify", "a\nb"),
    ],
    ids=repr,
)
def test_wrong_words_are_one_sentence_and_where_to_read_on(shell, words):
    shell.call(*words).refused("--help'")


def test_a_wrong_option_is_refused_by_a_process_too(shell):
    shell.run("board", "--jason").refused("unrecognized arguments: --jason; see 'dockbell --help'")


def test_the_app_needs_a_terminal(lite):
    lite.run("run", "--scanner", "/dev/null").refused("needs a terminal", "dockbell plain")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("plain", "--timed", "--feedback", "loud"), "loud"),
        (("plain", "--station", "a\x1bb"), "--station holds a forbidden character"),
        (("plain", "--station", "x" * 129), "--station is longer than"),
        (("demo", "--speed", "0"), "--speed is a number"),
        (("demo", "--speed", "-1"), "--speed is a number"),
        (("demo", "--folder", "."), "site.db is there already: name another folder"),
    ],
)
def test_a_terminal_is_not_opened_with_what_it_cannot_use(lite, words, said):
    lite.call(*words).refused(said)


def test_line_mode_ends_with_its_input(lite):
    ended = lite.run("plain", given="1001\n")

    assert (ended.code, ended.err) == (0, "")
    assert "ANA" in ended.out


# --- databases ------------------------------------------------------------------------------------------


@pytest.fixture
def nowhere(shell):
    """A folder with an empty file and one that is no database."""
    (shell.folder / "empty.db").touch()
    (shell.folder / "junk.db").write_bytes(b"This is no database. " * 1000)
    return shell


@pytest.mark.parametrize("url", BAD_DATABASES)
def test_a_database_that_cannot_be_used_is_named_by_every_command(nowhere, url):
    change = ("--as", "1003", "--reason", "x")
    for words in (
        ("import", "empty.db"),
        ("cancel", "SO-1", *change),
        ("adjust", "A-01", "MASK", "--quantity", "1", *change),
        ("why", "SO-1"),
        ("board", "--json"),
        ("verify", "--json"),
        ("backup", "b.db"),
        ("plain",),
    ):
        nowhere.call("--db", url, *words).refused(f"dockbell {words[0]}: ", *BAD_DATABASES[url])
        nowhere.call(words[0], "--db", url, *words[1:]).refused(*BAD_DATABASES[url])
    assert sorted(path.name for path in nowhere.folder.glob("*")) == ["empty.db", "junk.db"], "nothing was made"


def test_the_database_is_named_by_an_option_before_the_environment(lite):
    lite.environment["DOCKBELL_DB"] = "sqlite:///elsewhere.db"
    lite.run("board").refused("There is no database at sqlite:///elsewhere.db")

    lite.call("--db", lite.url, "board").good()
    lite.call("board", "--db", lite.url).good()


def test_damage_that_is_met_on_the_way_is_no_fault_of_the_program(lite):
    (root,) = lite.rows("SELECT rootpage FROM sqlite_master WHERE name = 'order_line'")[0]
    file = lite.folder / "site.db"
    data = bytearray(file.read_bytes())
    data[(root - 1) * 4096 : root * 4096] = b"\xa5" * 4096
    file.write_bytes(data)

    lite.run("verify").refused("the database failed", "malformed", "restore a backup")

    assert not (lite.folder / "logs").exists()


# --- faults ---------------------------------------------------------------------------------------------


def break_board(desk: CommandDesk) -> None:
    desk.execute("ALTER TABLE receipt RENAME COLUMN pieces TO bits")


def test_a_fault_of_the_program_goes_to_the_log(lite):
    break_board(lite)

    ended = lite.run("board", "--json")

    log = lite.folder / "logs" / "command.log"
    assert (ended.code, ended.out) == (70, "")
    assert ended.err == (
        f"dockbell board: a fault in the program (OperationalError); nothing was saved; the details are in {log}.\n"
    )
    written = log.read_text().splitlines()
    assert written[0].endswith("ERROR dockbell board failed")
    assert written[1] == "    | Traceback (most recent call last):"
    assert all(row.startswith("    | ") for row in written[1:])
    assert "no such column" in written[-1]


def test_the_log_goes_where_the_environment_says(lite):
    break_board(lite)
    lite.environment["DOCKBELL_LOGS"] = str(lite.folder / "elsewhere")

    ended = lite.call("board")

    assert f"the details are in {lite.folder}/elsewhere/command.log" in ended.err
    assert (lite.folder / "elsewhere" / "command.log").is_file()


@pytest.mark.parametrize("taken", ["a file", "the log is a folder"])
def test_a_log_that_cannot_be_written_there_is_written_elsewhere(lite, taken):
    break_board(lite)
    place = lite.folder / "elsewhere"
    if taken == "a file":
        place.touch()
    else:
        (place / "command.log").mkdir(parents=True)
    lite.environment["DOCKBELL_LOGS"] = str(place)

    ended = lite.run("board")

    assert (ended.code, ended.out) == (70, "")
    assert ended.err.count("\n") == 1
    log = Path(ended.err.partition("the details are in ")[2].rstrip(".\n"))
    assert "no such column" in log.read_text()
    log.unlink()
    log.parent.rmdir()


def test_a_reader_who_leaves_is_no_fault(lite):
    process = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import os, sys; os.close(0); from tui.cli import main; sys.exit(main(['board', '--json']))",
        ],
        cwd=lite.folder,
        env=lite.clean,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    os.close(process.stdout.fileno())
    process.stdout = None
    _, err = process.communicate(timeout=60)

    assert b"Traceback" not in err
    assert b"fault" not in err
