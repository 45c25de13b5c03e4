"""docs/configuration.md is held to the program: its reference is made of the table of settings, its example is loaded.

The reference is written anew with DOCKBELL_REGENERATE=1; without it a stale one fails.
"""

from __future__ import annotations

import os
import re
from dataclasses import fields
from pathlib import Path

from devices.scale import ScaleSetup
from devices.setup import ScannerSetup
from tui.settings import Labels, Limits, Printer
from tui.settings.keys import TABLES, Key
from tui.station import BOUNCE_S, PATIENCE_S, Station
from tui.wedge import WedgeSetup

PATH = Path(__file__).parents[2] / "docs" / "configuration.md"
GUIDE = PATH.read_text(encoding="utf-8")
MARK = "<!-- reference: written by tests/settings/test_configuration_guide.py -->\n"


def default_of(key: Key) -> str:
    if key.default_words:
        return key.default_words
    match key.default:
        case bool():
            return f"`{str(key.default).lower()}`"
        case "":
            return ""
        case str():
            return f'`"{key.default}"`'
        case dict():
            return "`{}`" if key.default else ""
        case float() | int():
            return f"`{key.default:g}`"
    raise AssertionError(key)


def reference() -> str:
    parts = []
    for table in TABLES:
        parts.append(f"\n### `{table.head}`\n\n{table.words}\n\n| key | default | allowed | |\n|---|---|---|---|\n")
        for key in table.keys:
            cells = (f"`{key.name}`", default_of(key), key.kind.allowed, key.words)
            assert not any("|" in cell or "\n" in cell for cell in cells)
            parts.append(f"| {' | '.join(cells)} |\n")
    return "".join(parts)


def test_the_reference_is_up_to_date():
    told, mark, written = GUIDE.partition(MARK)
    assert mark
    if "DOCKBELL_REGENERATE" in os.environ:
        written = reference()
        PATH.write_text(told + mark + written, encoding="utf-8")
    assert written == reference(), "docs/configuration.md is stale: write it anew with DOCKBELL_REGENERATE=1"


def test_the_example_is_loaded_as_it_stands(desk):
    (example,) = re.findall(r"```toml\n(.*?)```", GUIDE, re.DOTALL)

    found = desk.load(example)

    assert (found.station, found.database) == ("DOCK-1", "postgresql://dockbell@dbhost/main")
    gun, base = found.scanners
    assert (gun.match.vid, gun.feedback, base.guns) == ("0c2e", "honeywell", {"01": "left", "02": "right"})
    assert found.feedback["loud"]["attention"] == b"\x1b[4q\r"
    assert found.scale == ScaleSetup("/dev/ttyUSB0", "and", baud=2400, bits=7, parity="E")
    assert found.printer.url == "socket://10.0.0.9:9100"


def test_the_errors_are_said_as_they_are_told(desk):
    scanner = "[[scanner]]\n\n\n\n\n\n{}\n"
    said = {
        desk.refused(scanner.format('baud = "fast"')),
        desk.refused(scanner.format('\nfedback = "x"')),
        desk.refused('\n\ndatabase = "sqlite:///x.db"\n'),
    }

    (block,) = re.findall(r"```\n(dockbell\.toml:.*?)```", GUIDE, re.DOTALL)
    assert set(block.splitlines()) == said


def test_everything_that_stands_above_the_file_is_told():
    named = {text for table in TABLES for key in table.keys for text in (key.option, key.environment) if text}

    assert named | {"--config", "DOCKBELL_CONFIG"} <= set(re.findall(r"`([^` ]+)[^`]*`", GUIDE))


def test_the_settings_of_an_empty_file_are_the_records_as_they_are(desk):
    found = desk.load("[[scanner]]\nport = 'x'\n")

    records = [ScannerSetup("scanner 1", "x"), WedgeSetup(), ScaleSetup(), Printer(), Labels(), Limits()]
    assert [found.scanners[0], found.wedge, found.scale, found.printer, found.labels, found.limits] == records


def test_a_station_made_by_hand_waits_as_long_as_one_of_an_empty_file():
    standing = {one.name: one for one in fields(Station)}

    assert standing["latch"].default is Limits().latch
    assert standing["latch_pause_s"].default == Limits().latch_pause_ms / 1000
    assert Limits().patience_s == PATIENCE_S
    assert {"WEDGE": WedgeSetup().bounce_ms, "SERIAL": ScannerSetup("").bounce_ms} == {
        source: round(seconds * 1000) for source, seconds in BOUNCE_S.items()
    }
