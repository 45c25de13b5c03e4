"""Option before environment before file before what is set from the start, and where each value came from."""

from __future__ import annotations

import socket

import pytest

FILE = """\
[station]
name = "FILE"
database = "sqlite:///file.db"

[[scanner]]
name = "gun"
port = "/dev/file"
baud = 115200
feedback = "zebra"

[[scanner]]
name = "base"
port = "/dev/base"

[printer]
url = "/dev/printer"
"""

# The key, the option, the variable: what each is set to, and what stands in the file.
ONES = {
    "station.name": ("station", "DOCKBELL_STATION", "FILE"),
    "station.database": ("db", "DOCKBELL_DB", "sqlite:///file.db"),
    "printer.url": ("", "DOCKBELL_PRINTER", "/dev/printer"),
}
FROM_THE_START = {"station.name": socket.gethostname(), "station.database": "sqlite:///site.db", "printer.url": ""}


def of(found, key):
    value = {
        "station.name": found.station,
        "station.database": found.database,
        "printer.url": found.printer.url,
    }[key]
    (told,) = [one for one in found.told if one.key == key]
    assert told.value == value
    return value, found.origins[key]


@pytest.mark.parametrize("key", ONES)
def test_each_level_goes_before_those_below_it(desk, key):
    option, variable, in_file = ONES[key]
    line = FILE.splitlines().index(f'{key.partition(".")[2]} = "{in_file}"') + 1
    assert of(desk.load(), key) == (FROM_THE_START[key], "default")

    assert of(desk.load(FILE), key) == (in_file, f"dockbell.toml:{line}")

    desk.environment[variable] = ""
    assert of(desk.load(), key) == (in_file, f"dockbell.toml:{line}"), "an empty variable says nothing"

    desk.environment[variable] = "/dev/environment"
    assert of(desk.load(), key) == ("/dev/environment", variable)

    if option:
        assert of(desk.load(**{option: "option"}), key) == ("option", f"--{option}")


def ports(found):
    origins = [found.origins[f"scanner.{number}.port"] for number in range(1, len(found.scanners) + 1)]
    return list(zip([one.port for one in found.scanners], origins, strict=True))


def test_named_scanners_take_the_place_of_all_that_the_file_says_of_scanners(desk):
    assert ports(desk.load()) == []

    assert ports(desk.load(FILE)) == [("/dev/file", "dockbell.toml:7"), ("/dev/base", "dockbell.toml:13")]

    desk.environment["DOCKBELL_SCANNER"] = "/dev/environment"
    assert ports(desk.load()) == [("/dev/environment", "DOCKBELL_SCANNER")]

    found = desk.load(scanner=["/dev/x", "loop://"])
    assert ports(found) == [("/dev/x", "--scanner"), ("loop://", "--scanner")]
    assert [(one.name, one.baud, one.feedback) for one in found.scanners] == [
        ("scanner 1", 9600, "generic"),
        ("scanner 2", 9600, "generic"),
    ]
    assert found.origins["scanner.1.baud"] == "default"


@pytest.mark.parametrize("named", [None, ["/dev/x"]])
def test_the_profile_that_is_named_is_for_every_scanner(desk, named):
    found = desk.load(FILE, scanner=named, feedback="honeywell")

    assert {one.feedback for one in found.scanners} == {"honeywell"}
    assert found.origins["scanner.1.feedback"] == "--feedback"


def test_a_profile_of_the_file_can_be_named(desk):
    found = desk.load('[feedback.acme]\ngood = "07"\n', scanner=["/dev/x"], feedback="acme")

    assert (found.scanners[0].feedback, found.feedback["acme"]["good"]) == ("acme", b"\x07")


@pytest.mark.parametrize(
    ("level", "name", "value", "said"),
    [
        (
            "option",
            "station",
            "a\x1bb",
            "--station holds a forbidden character (control character 1B); allowed is text",
        ),
        ("option", "station", "", "--station is ''; allowed is text of 1 to 128 characters."),
        ("option", "feedback", "loud", "--feedback is 'loud', which is no profile; there are datalogic"),
        ("environment", "DOCKBELL_STATION", "a\nb", "DOCKBELL_STATION holds a forbidden character"),
        ("environment", "DOCKBELL_PRINTER", "ipp://x:1", "DOCKBELL_PRINTER is 'ipp://x:1'; allowed is a device"),
    ],
)
def test_what_is_wrong_above_the_file_is_named_as_well(desk, level, name, value, said):
    desk.environment |= {name: value} if level == "environment" else {}

    assert desk.refused(**({name: value} if level == "option" else {})).startswith(said)


def test_a_profile_that_there_is_not_is_named_without_any_scanner(desk):
    assert desk.refused(feedback="loud").startswith("--feedback is 'loud'")


def test_every_setting_has_one_origin(desk):
    found = desk.load(FILE + '[feedback.acme]\ngood = "07"\n')

    keys = [one.key for one in found.told]
    assert len(set(keys)) == len(keys)
    assert {key for key, origin in found.origins.items() if origin != "default"} == {
        "station.name",
        "station.database",
        "scanner.1.name",
        "scanner.1.port",
        "scanner.1.baud",
        "scanner.1.feedback",
        "scanner.2.name",
        "scanner.2.port",
        "feedback.acme.good",
        "printer.url",
    }
