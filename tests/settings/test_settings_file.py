"""Which file is read, what makes it unreadable, and that every value is found on the line it stands on."""

from __future__ import annotations

import json
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.settings import file as file_

NAMED = '[station]\nname = "{}"\n'


# --- which file -----------------------------------------------------------------------------------------


def test_no_file_is_fine(desk):
    found = desk.load()

    assert (found.file, found.database, found.scanners) == (None, "sqlite:///site.db", ())
    assert set(found.origins.values()) == {"default"}


def test_the_first_file_of_five_is_read_and_no_other(desk):
    desk.write(NAMED.format("user"), "home/dockbell/dockbell.toml")
    assert desk.load().station == "user"

    desk.write(NAMED.format("here"))
    assert desk.load().station == "here"

    desk.environment["DOCKBELL_CONFIG"] = str(desk.write(NAMED.format("environment"), "b.toml"))
    assert desk.load().station == "environment"

    option = str(desk.write(NAMED.format("option"), "a.toml"))
    found = desk.load(config=option)
    assert (found.station, found.file) == ("option", option)
    assert found.origins["station.name"] == f"{option}:2"


def test_the_users_folder_is_known_without_its_variable(desk, monkeypatch):
    monkeypatch.setenv("HOME", str(desk.folder))
    del desk.environment["XDG_CONFIG_HOME"]
    desk.write(NAMED.format("user"), ".config/dockbell/dockbell.toml")

    assert desk.load().station == "user"


def test_the_machines_file_comes_last(desk, monkeypatch):
    monkeypatch.setattr(file_, "SYSTEM", desk.write(NAMED.format("machine"), "etc/dockbell.toml"))
    assert desk.load().station == "machine"

    desk.write(NAMED.format("user"), "home/dockbell/dockbell.toml")
    assert desk.load().station == "user"


@pytest.mark.parametrize("named", ["option", "environment"])
def test_a_named_file_must_exist(desk, named):
    desk.write(NAMED.format("here"))
    options = {"config": "no.toml"} if named == "option" else {}
    desk.environment |= {} if named == "option" else {"DOCKBELL_CONFIG": "no.toml"}

    assert desk.refused(**options) == (
        "The settings file no.toml cannot be read (No such file or directory): correct it or name another."
    )


def test_an_empty_name_of_a_file_is_no_file(desk):
    assert "cannot be read" in desk.refused(config="")
    assert "cannot be read (that is no name of a file)" in desk.refused(config="a\0b")


# --- what is no settings file ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[station]\nname =\n", "dockbell.toml:2 is no TOML in column 7 (Invalid value)"),
        ("[station]\nname = 1\nname = 2\n", "dockbell.toml:3 is no TOML"),
        ("\n\n[station\n", "dockbell.toml:3 is no TOML"),
        ('[station]\nname = "x', "dockbell.toml:2 is no TOML"),
        ("[station]\nname = 'x\x1b[2J'\n", "dockbell.toml:2 is no TOML"),
        (b'[station]\n# \n\nname = "M\xfcller"\n', "dockbell.toml:4 holds a byte that is no UTF-8"),
        (b"\xff\xfe[\x00s\x00", "dockbell.toml:1 holds a byte that is no UTF-8"),
        ("a = " + "[" * 20_000, "dockbell.toml:1 is no TOML (nested too deeply)"),
        ("a = " + "9" * 5_000, "dockbell.toml:1 is no TOML"),
        ("#" * 70_000, "dockbell.toml is larger than 64 KiB"),
        ('[station]\nname = """' + "\n" * 200 + '"""\n', "dockbell.toml:2 goes on over more than 100 lines"),
        ("a." * 5_000 + "b = 1\n", "dockbell.toml:1: there is no 'a' in a settings file"),
    ],
    ids=range(12),
)
def test_what_cannot_be_read_is_told_with_its_line(desk, text, said):
    assert desk.refused(text).startswith(said)


def test_a_folder_is_no_file(desk):
    (desk.folder / "dockbell.toml").mkdir()

    assert desk.refused().startswith("The settings file dockbell.toml cannot be read (Is a directory)")


def test_a_link_to_nothing_is_not_passed_over(desk):
    (desk.folder / "dockbell.toml").symlink_to("gone.toml")

    assert desk.refused().startswith("The settings file dockbell.toml cannot be read (No such file")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_not_passed_over(desk):
    desk.write("").chmod(0)

    assert desk.refused().startswith("The settings file dockbell.toml cannot be read (Permission denied)")


def test_files_from_windows_are_read(desk):
    found = desk.load(b'\xef\xbb\xbf[station]\r\nname = "D\xc3\xb6ck"\r\n')

    assert (found.station, found.origins["station.name"]) == ("D\u00f6ck", "dockbell.toml:2")


# --- lines ----------------------------------------------------------------------------------------------

EVERY_FORM = """\
# [scanner] = "no"
station.name = "a # b"   # dotted

wedge = {enabled = true, gap_ms = 30}

[feedback]
acme.good = "07"
"new one" = {bad = "07"}

  [limits]   # indented
  patience_s = 1.5

[[scanner]]
name = \"\"\"
one
[[scanner]]
\"\"\"
guns = { "01" = "left", "a.b" = "right" }

[[ "scanner" ]]
'name' = '''x'''
[scanner.guns]
"]" = "left"
"""


def test_every_form_of_toml_has_its_lines(desk):
    lines = file_.read(str(desk.write(EVERY_FORM))).lines

    assert lines == {
        ("station",): 2,
        ("station", "name"): 2,
        ("wedge",): 4,
        ("wedge", "enabled"): 4,
        ("wedge", "gap_ms"): 4,
        ("feedback",): 6,
        ("feedback", "acme"): 7,
        ("feedback", "acme", "good"): 7,
        ("feedback", "new one"): 8,
        ("feedback", "new one", "bad"): 8,
        ("limits",): 10,
        ("limits", "patience_s"): 11,
        ("scanner", 0): 13,
        ("scanner", 0, "name"): 14,
        ("scanner", 0, "guns"): 18,
        ("scanner", 0, "guns", "01"): 18,
        ("scanner", 0, "guns", "a.b"): 18,
        ("scanner", 1): 20,
        ("scanner", 1, "name"): 21,
        ("scanner", 1, "guns"): 22,
        ("scanner", 1, "guns", "]"): 23,
    }


def test_a_list_of_tables_within_one_value_has_the_line_of_the_value(desk):
    lines = file_.read(str(desk.write('a = 1\nscanner = [\n  {port = "x"},\n  {port = "y"},\n]\nb = 1\n'))).lines

    assert lines["scanner", 1, "port"] == 2
    assert lines["b",] == 6


def quoted(text: str) -> str:
    """A string of TOML on one line; unlike JSON it takes no DEL as it is."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", r"\u007f")


names = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
values = st.one_of(
    names.map(quoted),
    st.lists(names.map(quoted), max_size=3).map(lambda each: "[\n" + ",\n".join(each) + "\n]"),
    st.sampled_from(['"""\n[a]\nb = 1\n"""', "'''\n#'''", "1", "true", '"# no"', '"[x]"', "2026-01-01"]),
)
beside = st.sampled_from(["", "\n", "  # [no]\n", "\n\n#a = 1\n"])


@given(st.lists(st.tuples(beside, st.lists(st.tuples(beside, names, values), max_size=4)), max_size=4))
def test_a_value_is_found_on_the_line_it_was_written_on(tmp_path_factory, tables):
    text, line, written = "", 1, {}

    def put(part: str) -> int:
        nonlocal text, line
        at = line
        text += part + "\n"
        line = text.count("\n") + 1
        return at

    for number, (before, keys) in enumerate(tables):
        put(before)
        written["scanner", number] = put("[[scanner]]")
        for above, name, value in keys:
            if ("scanner", number, name) not in written:
                put(above)
                written["scanner", number, name] = put(f"{quoted(name)} = {value}")
    path = tmp_path_factory.getbasetemp() / "lines.toml"
    path.write_text(text, encoding="utf-8")

    assert file_.read(str(path)).lines == written
