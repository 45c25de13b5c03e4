"""Scanners that type, in the app and on a real terminal: a code is a scan, and no character of it works as a key."""

from __future__ import annotations

import contextlib
import sqlite3
import time
from collections.abc import Iterator

import pytest
from screen_floors import GOWN, SERUM, quiet
from small_floor import SmallFloor, sscc
from terminal_kit import (
    DOCKBELL,
    SIZES,
    Terminal,
    ToldApp,
    app_for,
    eventually,
    keys_of,
    nobody,
    settled,
    started,
    text_of,
    until,
    url_of_open_database,
)

from db import connection
from tui.wedge import WedgeSetup
from warehouse.barcodes.layout import SHEET

GS = "\x1d"
CASE = f"]C100{sscc(1)}020{SERUM}3710{GS}10L7{GS}17271231"


@pytest.fixture
def small(floors) -> Iterator[SmallFloor]:
    found, _ = floors.floor(quiet).thaw()
    yield found
    connection.close()


class Desk:
    """The app with the wedge on, and both who use its keyboard: times of keys are virtual."""

    def __init__(self, small: SmallFloor, wedge: WedgeSetup | None = None) -> None:
        self.app: ToldApp = app_for(nobody(small), url_of_open_database(), wedge=wedge or WedgeSetup())
        self._at = time.monotonic() - 1000.0

    async def scan(self, pilot, text: str, *, after: float = 5.0, gap: float = 0.002) -> None:
        """Keys as fast as a scanner's, `after` seconds later than the ones before."""
        keys = keys_of(text, self._at + after, gap)
        self._at = keys[-1].time
        for key in keys:
            self.app.post_message(key)
        await pilot.pause()

    async def type(self, pilot, text: str) -> None:
        """Keys as slow as a person's."""
        await self.scan(pilot, text, gap=0.15)

    async def answered(self, pilot, count: int):
        """The reply to the last of so many inputs."""
        await until(pilot, lambda: len(self.app.told) >= count)
        await settled(pilot)
        assert len(self.app.told) == count
        return list(self.app.told.values())[-1]


@contextlib.asynccontextmanager
async def at_po(desk: Desk, size: str = "40x20"):
    """ANA at PO-1, both by scans that were typed; two answers were told."""
    async with desk.app.run_test(size=SIZES[size]) as pilot:
        await started(pilot)
        await desk.scan(pilot, "1001\r")
        await desk.answered(pilot, 1)
        await desk.scan(pilot, "PO-1\r")
        answer = await desk.answered(pilot, 2)
        assert answer.reply.step.name == "receiving.scan_case", text_of(desk.app)
        yield pilot
        desk.app.station.stop()


async def test_a_label_keeps_lot_expiry_and_count_apart(small):
    desk = Desk(small)
    async with at_po(desk) as pilot:
        await desk.scan(pilot, f"{CASE}\r")
        answer = await desk.answered(pilot, 3)
        assert answer.reply.verdict.value == "OK", answer.reply.message
        assert desk.app.screen.entry.text == ""
    kept = connection.one("SELECT code, qty, lot, expiry FROM handling_unit WHERE code = ?", sscc(1))
    assert [str(value) for value in kept] == [sscc(1), "10", "L7", "2027-12-31"]
    assert connection.rows("SELECT DISTINCT source FROM scan_log") == [("WEDGE",)]


async def test_a_substitute_for_the_separator(small):
    desk = Desk(small, WedgeSetup(gs="|"))
    async with at_po(desk) as pilot:
        await desk.scan(pilot, f"{CASE.replace(GS, '|')}\r")
        assert (await desk.answered(pilot, 3)).reply.verdict.value == "OK"
    assert connection.value("SELECT lot FROM handling_unit WHERE code = ?", sscc(1)) == "L7"


KEYS_AMONG_CONTROLS = {"\x11": "DC1 quits", "\x15": "undo", "\x18": "sign off", "\x0c": "list", "\x05": "problem"}


async def test_no_control_character_of_a_barcode_works_as_a_key(small):
    """One refusal each, and nothing else happens, wherever in the code it stands."""
    desk = Desk(small)
    codes = [
        (code, key)
        for inside, key in KEYS_AMONG_CONTROLS.items()
        for code in (f"{inside}12345", f"12{inside}345", f"12345{inside}")
    ]
    async with at_po(desk) as pilot:
        for count, (code, key) in enumerate(codes, 3):
            await desk.scan(pilot, f"{code}\r")
            answer = await desk.answered(pilot, count)
            assert answer.reply.template == "hostile", key
            assert desk.app.is_running, key
        assert answer.session.operator is not None
        assert "ANA" in text_of(desk.app)
    assert connection.value("SELECT COUNT(*) FROM refusal") == len(codes)


async def test_in_a_box_a_scan_is_a_barcode_and_typing_is_a_number(small):
    """Digits of both, told by their speed alone; what was half typed stays beside a scan that was refused."""
    desk = Desk(small)
    async with at_po(desk) as pilot:
        await desk.scan(pilot, f"]E0{GOWN}\r")
        await desk.answered(pilot, 3)
        await desk.scan(pilot, "1200\r")
        assert (await desk.answered(pilot, 4)).reply.template == "no_count_barcode"
        await desk.type(pilot, "2")
        await desk.scan(pilot, f"{GOWN}\r")
        assert (await desk.answered(pilot, 5)).reply.template == "no_count_barcode"
        assert desk.app.screen.entry.text == "2"
        await desk.type(pilot, "4\r")
        assert (await desk.answered(pilot, 6)).reply.template == "saved"
    assert connection.value("SELECT qty FROM handling_unit WHERE receipt_id IS NOT NULL") == 24


async def test_silence_ends_a_scan_without_an_end(small):
    desk = Desk(small)
    async with desk.app.run_test(size=SIZES["40x20"]) as pilot:
        await started(pilot)
        await desk.scan(pilot, "1001")
        assert (await desk.answered(pilot, 1)).reply.template == "welcome"
        desk.app.station.stop()


async def test_a_digit_of_the_menu_is_typed(small):
    desk = Desk(small)
    async with desk.app.run_test(size=SIZES["40x20"]) as pilot:
        await started(pilot)
        await desk.scan(pilot, "1001\r")
        await desk.answered(pilot, 1)
        await desk.type(pilot, "1")
        assert (await desk.answered(pilot, 2)).reply.step.name == "receiving.choose_order"
        desk.app.station.stop()


async def test_two_reads_by_one_pull_of_the_trigger_count_once(small):
    """Within 700 ms; a second later it is another case of the same item."""
    label = f"]C1020{GOWN}3724\r"
    desk = Desk(small)
    async with at_po(desk) as pilot:
        await desk.scan(pilot, label)
        await desk.scan(pilot, label, after=0.5)
        assert (await desk.answered(pilot, 4)).reply.template == "repeat"
        await desk.scan(pilot, label, after=1.0)
        await desk.answered(pilot, 5)
    assert connection.value("SELECT COUNT(*) FROM scan_log WHERE source = 'WEDGE'") == 4


async def test_scans_that_follow_at_once_are_answered_in_order_across_screens(small):
    """The screen of the first is not there yet when the keys of the third come."""
    desk = Desk(small)
    codes = ["1001", "PO-1", *(f"]C100{sscc(number)}020{GOWN}371" for number in range(1, 9))]
    async with desk.app.run_test(size=SIZES["40x20"]) as pilot:
        await started(pilot)
        await desk.scan(pilot, "".join(f"{code}\r" for code in codes))
        await desk.answered(pilot, len(codes))
        told = [answer.given.raw for answer in desk.app.told.values() if answer.given]
        assert told == codes
        desk.app.station.stop()
    assert connection.value("SELECT COUNT(*) FROM handling_unit WHERE receipt_id IS NOT NULL") == 8


LAYOUTS = {
    "XKTEST": "Scanner speaks clearly: XKTEST",
    SHEET: "Scanner speaks clearly: sheet",
    "XKTESTAMQWZY1234567890\N{LATIN SMALL LETTER SHARP S}-+": "QWERTZ and QWERTY",
    "XKTESTQ?AZYW&\u00e9\"'(-\u00e8_\u00e7\u00e0)!$": "AZERTY and QWERTY",
}


async def test_the_layout_is_told_before_anybody_has_signed_on(small):
    desk = Desk(small)
    async with desk.app.run_test(size=SIZES["40x20"]) as pilot:
        await started(pilot)
        for count, (arrives, says) in enumerate(LAYOUTS.items(), 1):
            await desk.scan(pilot, f"{arrives}\r")
            await desk.answered(pilot, count)
            assert says in text_of(desk.app)
        desk.app.station.stop()


def _sources(url: str) -> list[tuple[str, str]]:
    with contextlib.closing(sqlite3.connect(connection.sqlite_path(url))) as other:
        return other.execute("SELECT source, raw FROM scan_log ORDER BY at, scan_id").fetchall()


def test_a_real_terminal_tells_scanner_and_person_apart(floors):
    """Raw bytes into a pseudo-terminal: GS, DC1 and a person's digit, each as what it is."""
    floors.floor(quiet).thaw()
    url = url_of_open_database()
    connection.close()
    with Terminal([*DOCKBELL, "run", "--db", url, "--station", "DOCK-1"], SIZES["80x24"]) as terminal:
        terminal.wait_for("SCAN YOUR BADGE")
        terminal.wait_for("Good day, ANA.", since=terminal.scan(b"1001\r"))
        terminal.wait_for("digit of a line", since=terminal.type(b"1"))
        terminal.wait_for("Scan a case.", since=terminal.scan(b"PO-1\r"))
        terminal.wait_for("forbidden characters", since=terminal.scan(b"\x11PO\x11-1\x15\x11\r"))
        terminal.wait_for("LOT L7", since=terminal.scan(CASE.encode() + b"\r"))
        assert terminal.process.poll() is None
        saved = eventually(lambda: (kept := _sources(url)) and len(kept) == 4 and kept)
    assert saved == [
        ("WEDGE", "1001"),
        ("KEY", "1"),
        ("WEDGE", "PO-1"),
        ("WEDGE", CASE.replace(GS, "\\x1d")),
    ]
