"""Every value that cannot be is named with its line and with what is allowed; every one that can be is taken."""

from __future__ import annotations

import argparse
from datetime import date
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wrong_values import WRONG

from devices.feedback import PROFILES, Signal, profiles
from devices.scale import PROTOCOLS, ProtocolName, ScaleSetup
from devices.setup import PortMatch, ScannerSetup
from devices.transport import _SCHEMES
from tui import settings
from tui.settings.keys import FRAMINGS, SCANNER_SCHEMES, TABLES
from tui.settings.kinds import Mark
from tui.settings.wrong import SHOWN, WrongValueError, masked, shown
from warehouse.reply import InputError


def all_keys():
    middle = {"": "", "listed": "", "named": "acme."}
    return [f"{table.name}.{middle[table.many]}{key.name}" for table in TABLES for key in table.keys]


def file_with(key: str, value: str) -> str:
    """A file that is right but for this value, on line 7."""
    table, _, name = key.rpartition(".")
    head = f"[[{table}]]" if table == "scanner" else f"[{table}]"
    port = 'port = "/dev/a"' if table == "scanner" and name != "port" else ""
    before = "" if table.startswith("feedback") else '[feedback.acme]\ngood = "07"'
    return f"{before or chr(10)}\n\n\n{head}\n{port}\n{name} = {value}\n"


def test_there_is_a_wrong_value_for_every_key():
    assert list(WRONG) == all_keys()


@pytest.mark.parametrize(("key", "value"), [(key, value) for key in WRONG for value in WRONG[key]])
def test_a_wrong_value_is_named_with_its_line(desk, key, value):
    shown_key = key.replace("scanner.", "scanner.1.")

    assert desk.refused(file_with(key, value)) == f"dockbell.toml:7: {shown_key} {WRONG[key][value]}."


RIGHT = {
    "station.name": {'"D\u00f6ck 1"': "D\u00f6ck 1"},
    "station.database": {
        '"sqlite:////srv/a:b@c.db"': "sqlite:////srv/a:b@c.db",
        '"postgres://me:secret@host/x"': "postgres://me:secret@host/x",
    },
    "scanner.port": {
        '"loop://"': "loop://",
        '"socket://[::1]:4001"': "socket://[::1]:4001",
        '"rfc2217://a:1?timeout=2"': "rfc2217://a:1?timeout=2",
    },
    "scanner.baud": {"300": 300, "921600": 921_600, "0x2580": 9600},
    "scanner.bits": {"7": 7},
    "scanner.parity": {'"E"': "E"},
    "scanner.stop": {"1.5": 1.5, "2": 2, "2.0": 2},
    "scanner.framing": {f'"{name}"': name for name in FRAMINGS},
    "scanner.prefix": {
        r"'\x02'": "\x02",
        r"'\x1D\t\\x'": "\x1d\t\\x",
        r'"\u0002"': "\x02",
        f'"{"x" * 16}"': "x" * 16,
        r"'\x30\x30\x30\x30\x30'": "00000",
    },
    "scanner.gs": {'"~"': "~", '"<GS>"': "<GS>", '"F1"': "F1", '""': ""},
    "scanner.guns": {'{"01" = "left", "1" = "right"}': {"01": "left", "1": "right"}, "{}": {}},
    "scanner.feedback": {'"acme"': "acme", '"honeywell"': "honeywell"},
    "scanner.bounce_ms": {"0": 0},
    "scale.port": {'""': "", '"/dev/serial/by-id/x"': "/dev/serial/by-id/x", '"socket://a:1"': "socket://a:1"},
    "scale.protocol": {f'"{name}"': name for name in PROTOCOLS},
    "scale.timeout_s": {"0.5": 0.5, "10": 10},
}


@pytest.mark.parametrize(("key", "value"), [(key, value) for key in RIGHT for value in RIGHT[key]])
def test_a_right_value_is_taken(desk, key, value):
    found = desk.load(file_with(key, value))

    table, _, name = key.partition(".")
    got = {
        "station": {"name": found.station, "database": found.database},
        "scale": {name: getattr(found.scale, name) for name in found.scale.__slots__},
        "scanner": {name: getattr(one, name) for one in found.scanners for name in one.__slots__},
    }[table]
    assert got[name] == RIGHT[key][value]
    assert found.origins[key.replace("scanner.", "scanner.1.")] == "dockbell.toml:7"


def test_a_scanner_that_says_nothing_is_the_record_as_it_is(desk):
    (scanner,) = desk.load('[[scanner]]\nport = "/dev/a"\n').scanners

    assert scanner == ScannerSetup("scanner 1", port="/dev/a")


def test_a_scanner_is_found_by_what_it_is(desk):
    text = (
        '[[scanner]]\nvid = "0C2E"\npid = "0B61"\nserial = "S1"\nlocation = "1-1.2:1.0"\nlink = "usb-Honeywell-if00"\n'
    )

    (scanner,) = desk.load(text).scanners

    assert scanner == ScannerSetup(
        "scanner 1", match=PortMatch("0c2e", "0b61", "S1", "1-1.2:1.0", "usb-Honeywell-if00")
    )


def test_the_schemes_are_those_that_can_be_opened():
    assert set(SCANNER_SCHEMES) == set(_SCHEMES)


def test_every_protocol_that_the_settings_name_is_one():
    assert set(PROTOCOLS) == set(get_args(ProtocolName))


# --- the scale ------------------------------------------------------------------------------------------


def test_an_option_goes_before_the_environment_before_the_file(desk):
    file = '[scale]\nport = "/dev/a"\nprotocol = "cas"\nbaud = 4800\nparity = "E"\n'
    assert desk.load(file).scale == ScaleSetup("/dev/a", "cas", 4800, parity="E")
    desk.environment["DOCKBELL_SCALE"] = "/dev/b"
    assert desk.load().scale.port == "/dev/b"
    found = desk.load(scale="/dev/c")
    # Its line and what it speaks stay those of the file: only where it is was named.
    assert found.scale == ScaleSetup("/dev/c", "cas", 4800, parity="E")
    assert found.origins["scale.port"] == "--scale"


def test_a_port_that_is_none_is_refused_whoever_names_it(desk):
    assert desk.refused("", scale="http://a:1").startswith("--scale is 'http://a:1'; allowed is a device")


def test_a_scale_and_a_scanner_do_not_share_a_port(desk):
    file = '[[scanner]]\nport = "/dev/a"\n[scale]\nport = "/dev/a"\n'
    assert desk.refused(file) == ("dockbell.toml:4: scale.port is '/dev/a', as that of scanner 1: give each its own.")
    desk.write("")
    assert desk.refused(scale="/dev/a", scanner=["/dev/b", "/dev/a"]) == (
        "--scale is '/dev/a', as that of scanner 2: give each its own."
    )


# --- tables and keys that there are not -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("\n[stattion]\n", "dockbell.toml:2: there is no 'stattion' in a settings file; the nearest is [station]."),
        ("[scanners]\n", "dockbell.toml:1: there is no 'scanners' in a settings file; the nearest is [[scanner]]."),
        (
            "baud = 9600\n",
            "dockbell.toml:1: there is no 'baud' in a settings file; it belongs below [[scanner]] or [scale].",
        ),
        (
            'gs = "~"\n',
            "dockbell.toml:1: there is no 'gs' in a settings file; it belongs below [[scanner]] or [wedge].",
        ),
        (
            "[x]\n",
            "dockbell.toml:1: there is no 'x' in a settings file; "
            "there are [station], [[scanner]], [feedback.NAME], [wedge], [scale], [printer], [labels], [limits].",
        ),
        ("[station]\nnmae = 1\n", "dockbell.toml:2: there is no 'nmae' in [station]; the nearest is 'name'."),
        ("[station]\nNAME = 1\n", "dockbell.toml:2: there is no 'NAME' in [station]; the nearest is 'name'."),
        ("[station]\nurl = 1\n", "dockbell.toml:2: there is no 'url' in [station]; it belongs below [printer]."),
        ("[station]\nxyz = 1\n", "dockbell.toml:2: there is no 'xyz' in [station]; there are name, database."),
        (
            '[[scanner]]\nport = "/dev/a"\n[[scanner]]\nfedback = "none"\n',
            "dockbell.toml:4: there is no 'fedback' in [[scanner]]; the nearest is 'feedback'.",
        ),
        (
            '[feedback.acme]\ngood = "07"\nbaad = "07"\n',
            "dockbell.toml:3: there is no 'baad' in [feedback.NAME]; the nearest is 'bad'.",
        ),
        (
            'station = "DOCK-1"\n',
            "dockbell.toml:1: station is 'DOCK-1': write [station] on a line of its own, its settings below.",
        ),
        (
            "[[station]]\n",
            "dockbell.toml:1: station is a list: write [station] on a line of its own, its settings below.",
        ),
        (
            "\n[scanner]\n",
            "dockbell.toml:2: scanner is a table: write [[scanner]] on a line of its own, its settings below.",
        ),
        (
            'scanner = ["/dev/a"]\n',
            "dockbell.toml:1: scanner is a list: write [[scanner]] on a line of its own, its settings below.",
        ),
        (
            '[feedback]\ngood = "07"\n',
            "dockbell.toml:2: feedback.good is '07': settings of feedback stand below [feedback.NAME].",
        ),
        (
            "\n[feedback.'']\n",
            "dockbell.toml:2: the name in [feedback.NAME] is ''; allowed is text of 1 to 24 characters.",
        ),
        (
            '[feedback."a\\u001b"]\n',
            "dockbell.toml:1: the name in [feedback.NAME] holds a forbidden character (control character 1B); "
            "allowed is text of 1 to 24 characters.",
        ),
    ],
    ids=range(18),
)
def test_what_there_is_not_is_named_with_the_nearest_that_there_is(desk, text, said):
    assert desk.refused(text) == said


# --- scanners beside each other -------------------------------------------------------------------------

TWO = '[[scanner]]\n{}\nport = "/dev/a"\n\n[[scanner]]\n{}\nport = "/dev/b"\n'


def test_two_scanners_have_two_names(desk):
    said = desk.refused(TWO.format('name = "gun"', 'name = "gun"'))

    assert said == "dockbell.toml:6: scanner.2.name is 'gun', as that of scanner 1: give each its own."
    assert desk.refused(TWO.format('name = "scanner 2"', "")).startswith(
        "dockbell.toml:5: scanner.2.name is 'scanner 2'"
    )
    assert [one.name for one in desk.load(TWO.format("", "")).scanners] == ["scanner 1", "scanner 2"]


def test_two_scanners_have_two_ports(desk):
    said = desk.refused(TWO.format("", "").replace("/dev/b", "/dev/a"))

    assert said == "dockbell.toml:7: scanner.2.port is '/dev/a', as that of scanner 1: give each its own."
    assert desk.refused(scanner=["loop://", "loop://"]) == (
        "--scanner is 'loop://', as that of scanner 1: give each its own."
    )


def test_a_scanner_has_a_port_or_something_to_find_it_by(desk):
    said = desk.refused(TWO.format("", "").replace('port = "/dev/b"', "baud = 1200"))

    assert said == (
        "dockbell.toml:5: scanner 2 has no port, "
        "and none of vid, pid, serial, location, link to find it by: give one of them."
    )


signals = st.sampled_from([signal.value for signal in Signal])

# --- feedback -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("head", "base"),
    [
        ('[feedback.acme]\nbased_on = "honeywell"', "honeywell"),
        ("[feedback.acme]", "none"),
        ("[feedback.datalogic]", "datalogic"),
        ('[feedback.datalogic]\nbased_on = "zebra"', "zebra"),
    ],
)
def test_a_profile_is_filled_up_from_the_one_it_is_based_on(desk, head, base):
    (tones,) = desk.load(f'{head}\ngood = "1b 42 0D"\ntick = ""\n').feedback.values()

    expected = {signal.value: PROFILES[base].tone(signal) for signal in Signal} | {"good": b"\x1bB\r", "tick": b""}
    assert tones == expected


def test_a_scanner_that_speaks_in_packets_is_answered_in_packets(desk):
    scanner = '[[scanner]]\nport = "/dev/a"\nframing = "ssi"\n'

    assert desk.load(scanner).scanners[0].feedback == "zebra-ssi"
    assert desk.load(scanner + 'feedback = "none"\n').scanners[0].feedback == "none"


@given(st.dictionaries(st.sampled_from([*PROFILES, "acme"]), st.dictionaries(signals, st.binary(max_size=64))))
def test_whatever_tones_a_file_may_hold_the_scanners_take(tmp_path_factory, written):
    lines = [
        line
        for name, tones in written.items()
        for line in (f"[feedback.{name}]", *(f'{signal} = "{tone.hex()}"' for signal, tone in tones.items()))
    ]
    path = tmp_path_factory.getbasetemp() / "tones.toml"
    path.write_text("\n".join(lines))
    try:
        found = settings.load(argparse.Namespace(config=str(path)), {})
    except InputError:
        assert any(tone in (b"\x06", b"\x15") for tones in written.values() for tone in tones.values())
        return

    known = profiles(found.feedback)
    for name, tones in written.items():
        assert all(known[name].tone(Signal(signal)) == tone for signal, tone in tones.items())


# --- any text -------------------------------------------------------------------------------------------


@given(st.text(max_size=40))
def test_a_mark_is_refused_or_can_be_found_in_what_a_scanner_sends(text):
    try:
        mark = Mark(separator=True).read(text)
    except WrongValueError:
        return
    assert len(mark) <= 16
    assert mark.encode("latin-1").translate(None, b"\x00\x11\x13\r\n") == mark.encode("latin-1")
    assert len(mark) != 1 or not mark.isalnum()


@given(st.binary(max_size=5))
def test_a_mark_of_escapes_is_these_bytes(raw):
    written = "".join(f"\\x{byte:02X}" for byte in raw)
    if set(raw) & {0, 0x11, 0x13, 0x0A, 0x0D}:
        with pytest.raises(WrongValueError):
            Mark().read(written)
    else:
        assert Mark().read(written).encode("latin-1") == raw


secrets = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12).map(lambda text: f"<{text}>")


@given(st.sampled_from(["postgresql", "postgres", "mysql", "http"]), secrets)
def test_no_password_is_ever_shown(scheme, secret):
    assert masked(f"{scheme}://me:{secret}@host/x") == f"{scheme}://me:***@host/x"
    assert secret not in shown(f"{scheme}://me:{secret}@host/x")


@pytest.mark.parametrize(
    "url", ["sqlite:///a:b@c.db", "postgresql://me@host:5432/x", "postgresql://host/x", "socket://h:1", "/dev/a", ""]
)
def test_what_holds_no_password_is_shown_as_it_is(url):
    assert masked(url) == url


def test_a_wrong_value_is_shown_briefly():
    assert shown("x" * 100) == f"'{'x' * SHOWN}...'"
    assert shown(date(2026, 1, 1)) == "a date or a time"
