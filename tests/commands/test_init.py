"""`dockbell init`: a site is made once, changed by the same command, migrated after a backup, never past the program."""

from __future__ import annotations

import shutil
import sqlite3

import pytest

from db import migrate

SITE = "SELECT site, timezone, cutoff, practice FROM site"


def test_a_site_is_made_and_the_same_again_changes_nothing(new_desk):
    made = new_desk.run("init", "--site", "MAIN", "--timezone", "Europe/Berlin").good()

    assert made.startswith("Made site MAIN, Europe/Berlin, cut-off 17:00, at ")
    assert "Next: dockbell import FOLDER" in made
    assert new_desk.rows(SITE) == [("MAIN", "Europe/Berlin", "17:00", 0)]

    again = new_desk.call("init", "--site", "MAIN", "--timezone", "Europe/Berlin").good()

    assert again.startswith("Nothing to migrate at site MAIN")
    assert new_desk.rows(SITE) == [("MAIN", "Europe/Berlin", "17:00", 0)]
    assert new_desk.call("verify").good().endswith("all hold.\n")


def test_what_is_given_again_is_changed_and_the_rest_stays(new_desk):
    new_desk.call("init", "--site", "MAIN", "--timezone", "Europe/Berlin", "--cutoff", "9:5").good()
    assert new_desk.rows(SITE) == [("MAIN", "Europe/Berlin", "09:05", 0)]

    new_desk.call("init", "--cutoff", "16:30").good()
    assert new_desk.rows(SITE) == [("MAIN", "Europe/Berlin", "16:30", 0)]

    new_desk.call("init", "--timezone", "America/Chicago", "--practice").good()
    new_desk.call("init").good()
    assert new_desk.rows(SITE) == [("MAIN", "America/Chicago", "16:30", 1)]


def test_a_practice_database_is_where_virtual_time_is_allowed(shell):
    shell.url = f"sqlite:///{shell.folder}/p.db"
    shell.call("init", "--site", "MAIN", "--timezone", "UTC").good()
    shell.call("plain", "--timed").refused("--timed needs a practice database", "init --practice")

    shell.call("init", "--practice").good()

    assert shell.run("plain", "--timed", "--json", given='{"at_ms": 0, "input": ""}\n').code == 0


def test_without_a_url_the_database_is_site_db_here(shell):
    shell.run("init", "--site", "MAIN", "--timezone", "UTC").good()

    assert (shell.folder / "site.db").is_file()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "both --site CODE and --timezone ZONE"),
        (["--site", "MAIN"], "both --site CODE and --timezone ZONE"),
        (["--site", "main", "--timezone", "UTC"], "'main' is no site code"),
        (["--site", "A" * 17, "--timezone", "UTC"], "up to 16 capital letters"),
        (["--site", "A\n", "--timezone", "UTC"], "is no site code"),
        (["--site", "MAIN", "--timezone", "Mars/Base"], "'Mars/Base' is no time zone: use a name such as"),
        (["--site", "MAIN", "--timezone", "../etc/passwd"], "is no time zone"),
        (["--site", "MAIN", "--timezone", "Europe"], "is no time zone"),
        (["--site", "MAIN", "--timezone", "UTC", "--cutoff", "25:00"], "'25:00' is no time of day: use HH:MM"),
        (["--site", "MAIN", "--timezone", "UTC", "--cutoff", "5 pm"], "'5 pm' is no time of day"),
    ],
)
def test_what_makes_no_site_makes_nothing(shell, words, said):
    shell.call("--db", "sqlite:///new/folder/site.db", "init", *words).refused(said)

    assert list(shell.folder.iterdir()) == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--site", "OTHER"], "holds the site T1"),
        (["--timezone", "Mars/Base"], "is no time zone"),
        (["--cutoff", "24:00"], "is no time of day"),
    ],
)
def test_a_site_is_not_changed_into_what_it_cannot_be(floor, words, said):
    before = floor.rows(SITE)

    floor.call("init", "--practice", *words).refused(said)

    assert floor.rows(SITE) == before


def test_several_at_once_make_one_site(new_desk):
    started = [new_desk.start("init", "--site", "MAIN", "--timezone", "UTC") for _ in range(3)]
    ended = [(*process.communicate(timeout=60), process.returncode) for process in started]

    assert [(err, code) for _, err, code in ended] == [("", 0)] * 3
    assert new_desk.rows(SITE) == [("MAIN", "UTC", "17:00", 0)]


# --- migrating ------------------------------------------------------------------------------------------


NEXT = "def up(_migrator, db):\n    db.execute_sql('CREATE TABLE later (site TEXT)')\n"
WRONG = NEXT + "    db.execute_sql('SELECT 1 / 0 FROM no_such_table')\n"


def newer_program(monkeypatch, folder, step: str) -> None:
    """The program as it will be: with one more migration."""
    steps = folder / "migrations"
    shutil.copytree(migrate.FOLDER, steps)
    (steps / "9001_later.py").write_text(step)
    monkeypatch.setattr(migrate, "FOLDER", steps)


def kept(desk):
    return sorted(desk.folder.glob("site.before-migration.*.db"))


def test_an_older_database_is_named_by_every_command_and_backed_up_before_it_is_migrated(lite, monkeypatch):
    newer_program(monkeypatch, lite.folder, NEXT)
    lite.call("verify").refused("older than the program", "run 'dockbell init'")
    assert kept(lite) == []

    done = lite.call("init").good()

    (copy,) = kept(lite)
    said, migrated = done.splitlines()
    assert said == f"Backed up to {copy}."
    assert migrated.startswith("Migrated site T1")
    assert lite.rows("SELECT COUNT(*) FROM later") == [(0,)]
    with sqlite3.connect(copy) as before:
        assert before.execute("SELECT COUNT(*) FROM stock_move").fetchall() == lite.rows(
            "SELECT COUNT(*) FROM stock_move"
        )
        assert before.execute("SELECT name FROM sqlite_master WHERE name = 'later'").fetchall() == []
    lite.call("verify").good()


def test_a_migration_that_fails_leaves_the_database_as_it_was(lite, monkeypatch):
    ours = lite.rows("SELECT name FROM schema_migration")
    newer_program(monkeypatch, lite.folder, WRONG)

    ended = lite.call("init")

    assert (ended.code, ended.out) == (70, "")
    assert lite.rows("SELECT name FROM sqlite_master WHERE name = 'later'") == []
    assert lite.rows("SELECT name FROM schema_migration") == ours
    assert len(kept(lite)) == 1


def test_a_wrong_word_is_refused_before_anything_is_migrated(lite, monkeypatch):
    newer_program(monkeypatch, lite.folder, NEXT)

    lite.call("init", "--cutoff", "late").refused("is no time of day")
    lite.call("init", "--site", "OTHER").refused("holds the site T1")

    assert kept(lite) == []
    assert lite.rows("SELECT name FROM sqlite_master WHERE name = 'later'") == []


def test_a_newer_database_is_refused_by_every_command(floor):
    floor.execute("INSERT INTO schema_migration (name, applied) VALUES ('0999_to_come', '2026-01-01 00:00:00')")
    try:
        for words in (
            ("init", "--cutoff", "12:00"),
            ("import", "."),
            ("cancel", "SO-1", "--as", "1003", "--reason", "x"),
            ("adjust", "A-01", "MASK", "--quantity", "1", "--as", "1003", "--reason", "x"),
            ("why", "SO-1"),
            ("board",),
            ("verify",),
            ("plain",),
        ):
            floor.call(*words).refused("made by a newer Dockbell", "0999_to_come", "Nothing was changed")
        floor.call("init").refused("made by a newer Dockbell")
        assert floor.rows("SELECT cutoff FROM site") == [("17:00",)]
    finally:
        floor.execute("DELETE FROM schema_migration WHERE name = '0999_to_come'")


def test_a_password_is_not_shown(new_desk):
    if new_desk.url.startswith("postgresql"):
        new_desk.url = new_desk.url.replace("postgres@", "postgres:secret@")

    made = new_desk.call("init", "--site", "MAIN", "--timezone", "UTC").good()

    assert "secret" not in made
    assert new_desk.url.rpartition("/")[2] in made
