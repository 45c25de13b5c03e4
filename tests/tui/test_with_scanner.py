"""The app with a scanner on a real pseudo-terminal: bytes in, verdict on the screen, tone back; and with no hands at all."""

from __future__ import annotations

import contextlib
import os
import tty
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from screen_floors import GOWN, quiet
from small_floor import SmallFloor, sscc
from terminal_kit import (
    SIZES,
    TYPING,
    ToldApp,
    app_for,
    eventually,
    nobody,
    region,
    settled,
    started,
    text_of,
    until,
    url_of_open_database,
)

from db import connection
from devices.feedback import PROFILES
from devices.scanner import ScannerState
from devices.setup import ScannerSetup
from tui.scanners import Scanners
from tui.screens.home import HomeScreen
from tui.widgets.keys import KEYS
from warehouse.verify import verify

BEL = b"\x07"


@dataclass
class Gun:
    """The scanner's end of a pseudo-terminal: it sends codes and hears what comes back."""

    outer: int
    inner: int
    heard: bytearray = field(default_factory=bytearray)

    @property
    def url(self) -> str:
        return os.ttyname(self.inner)

    def send(self, *codes: str) -> None:
        os.write(self.outer, b"".join(code.encode() + b"\r" for code in codes))

    def tones(self) -> bytes:
        with contextlib.suppress(BlockingIOError):
            while some := os.read(self.outer, 4096):
                self.heard += some
        return bytes(self.heard)


@pytest.fixture
def gun() -> Iterator[Gun]:
    outer, inner = os.openpty()
    tty.setraw(inner)
    os.set_blocking(outer, False)
    yield Gun(outer, inner)
    for end in (outer, inner):
        with contextlib.suppress(OSError):
            os.close(end)


@pytest.fixture
def small(floors) -> Iterator[SmallFloor]:
    found, _ = floors.floor(quiet).thaw()
    yield found
    connection.close()


def scanning(small: SmallFloor, gun: Gun) -> ToldApp:
    return app_for(nobody(small), url_of_open_database(), gun.url)


async def answers(pilot, app: ToldApp, count: int) -> list:
    await until(pilot, lambda: len(app.told) >= count)
    return [answer.reply for answer in app.told.values()]


async def shot(pilot, app: ToldApp, gun: Gun, code: str):
    """One code, and its reply when the screen has it."""
    before = len(app.told)
    gun.send(code)
    return (await answers(pilot, app, before + 1))[before]


async def found_gun(pilot, app: ToldApp) -> None:
    await started(pilot)
    await until(pilot, lambda: any(state.kind == "online" for state in app._states.values()))


async def test_a_scan_is_saved_heard_and_seen(small, gun):
    app = scanning(small, gun)
    async with app.run_test(size=SIZES["40x20"]) as pilot:
        await found_gun(pilot, app)
        await shot(pilot, app, gun, "1001")
        await shot(pilot, app, gun, "PO-1")
        reply = await shot(pilot, app, gun, f"]C100{sscc(1)}020{GOWN}3724")
        await until(pilot, lambda: ">> Releases SO-1 x20, SO-2 x4" in text_of(app))
        assert [(one.order, one.quantity) for one in reply.released] == [("SO-1", 20), ("SO-2", 4)]
        assert eventually(lambda: gun.tones().count(BEL) >= 3)
    assert connection.value("SELECT qty FROM handling_unit WHERE code = ?", sscc(1)) == 24


async def test_the_whole_job_with_scans_and_cards_only(small, gun):
    """No keyboard: receive, release, pick, short, undo, sign off; every counter adds up afterwards."""
    app = scanning(small, gun)
    scans = [
        ("1004", "OK"),  # KIM receives and picks
        ("XKNRC", "INFO"),  # 1 Receive
        ("PO-1", "OK"),
        (f"]C100{sscc(1)}020{GOWN}3724", "OK"),  # complete label: releases SO-1 and SO-2
        (f"]C100{sscc(2)}", "INFO"),  # SSCC alone: which item?
        (f"]E0{GOWN}", "INFO"),  # how many?
        ("XKNRD", "INFO"),  # 2
        ("XKNRG", "INFO"),  # 25
        ("XKDONE", "OK"),
        (f"]C100{sscc(1)}020{GOWN}3724", "CHECK"),  # the same case again
        ("XKUNDO", "OK"),  # the 25 are taken back
        ("XKDONE", "CHECK"),  # closing it would leave something open
        ("XKPREV", "INFO"),  # back to the cases
        ("PO-1", "INFO"),  # that order is here
        ("XKPREV", "INFO"),  # leaves the order
        ("A-01", "STOP"),  # a place is no delivery
        ("XKPREV", "INFO"),  # home
        ("XKNRD", "INFO"),  # 2 Pick
        ("SO-1", "OK"),
        ("A-01", "STOP"),  # the wrong place changes nothing
        ("DOCK-1", "OK"),
        (f"]C100{sscc(1)}", "INFO"),  # take 20
        ("XKDONE", "OK"),
        ("SO-2", "OK"),
        ("DOCK-1", "OK"),
        (f"]C100{sscc(1)}", "OK"),  # the last four: all that the case holds, the scan confirms
        ("SO-3", "OK"),
        ("A-01", "OK"),
        (sscc(50), "INFO"),  # take 25
        ("XKEXCP", "INFO"),  # how many can you take?
        ("XKNRD", "INFO"),
        ("XKNRB", "INFO"),
        ("XKDONE", "INFO"),  # 20: why short?
        ("XKRSDG", "OK"),  # damaged: 5 to QUARANTINE, 5 more are released
        ("XKLOCK", "INFO"),
    ]
    async with app.run_test(size=SIZES["40x20"]) as pilot:
        await found_gun(pilot, app)
        for code, verdict in scans:
            reply = await shot(pilot, app, gun, code)
            assert reply.verdict.value == verdict, (code, reply.message)
    assert small.line("SO-1")["qty_picked"] == 20
    assert small.line("SO-2")["qty_picked"] == 4
    assert (small.line("SO-3")["qty_picked"], small.line("SO-3")["qty_reserved"]) == (20, 5)
    assert verify(small.site).ok


async def test_twenty_scans_at_once_get_twenty_verdicts_in_order(small, gun):
    app = scanning(small, gun)
    async with app.run_test(size=SIZES["80x24"]) as pilot:
        await found_gun(pilot, app)
        await shot(pilot, app, gun, "1001")
        await shot(pilot, app, gun, "PO-1")
        gun.send(*(f"]C100{sscc(100 + number)}020{GOWN}371" for number in range(20)))
        replies = (await answers(pilot, app, 22))[2:]
    assert [reply.unit for reply in replies] == [sscc(100 + number) for number in range(20)]
    assert {reply.verdict.value for reply in replies} == {"OK"}


async def test_a_trigger_bounce_counts_once(small, gun):
    """A label without a number of its own, read twice by one pull of the trigger."""
    app = scanning(small, gun)
    label = f"]C1020{GOWN}3724"
    async with app.run_test(size=SIZES["80x24"]) as pilot:
        await found_gun(pilot, app)
        await shot(pilot, app, gun, "1001")
        await shot(pilot, app, gun, "PO-1")
        gun.send(label, label)
        replies = (await answers(pilot, app, 4))[2:]
    assert [reply.template for reply in replies] == ["saved", "repeat"]
    assert connection.value("SELECT COUNT(*) FROM handling_unit WHERE receipt_id IS NOT NULL") == 1


async def test_a_bounce_leaves_the_verdict_of_its_scan_on_the_screen(small, gun):
    """Who heard STOP and looks up has to read why, not that something was ignored."""
    app = scanning(small, gun)
    async with app.run_test(size=SIZES["80x24"]) as pilot:
        await found_gun(pilot, app)
        await shot(pilot, app, gun, "1001")
        await shot(pilot, app, gun, "PO-1")
        gun.send("NO-SUCH-CODE", "NO-SUCH-CODE")
        replies = (await answers(pilot, app, 4))[2:]
        await settled(pilot)
        shown = "".join(region(app, "verdict"))
    assert [reply.template for reply in replies] == ["unknown_code", "repeat"]
    assert "NO-SUCH-CODE" in shown
    assert "STOP" in shown


async def test_a_refused_case_pauses_the_trigger_and_holds_up_the_next(small, gun):
    """A Datalogic gun: F and E for the refusal, D and then E for its trigger; closing leaves it on."""
    setup = ScannerSetup("gun", port=gun.url, feedback="datalogic")
    family = PROFILES["datalogic"]
    app = ToldApp(nobody(small), url_of_open_database(), Scanners([setup]), TYPING)
    app.station._latch.pause_s = 0.2
    async with app.run_test(size=SIZES["40x20"]) as pilot:
        await found_gun(pilot, app)
        await shot(pilot, app, gun, "1001")
        await shot(pilot, app, gun, "PO-1")
        eventually(lambda: gun.tones().count(family.good) == 2)
        gun.heard.clear()
        assert (await shot(pilot, app, gun, "JUNK")).template == "unknown_code"
        once = family.bad + family.trigger_off + family.trigger_on
        assert eventually(lambda: gun.tones() == once)
        assert (await shot(pilot, app, gun, f"]C100{sscc(1)}020{GOWN}3724")).template == "latched"
        await until(pilot, lambda: "JUNK was refused before this one." in text_of(app))
        assert eventually(lambda: gun.tones() == once * 2)
        app.station._latch.pause_s = 60.0
        assert (await shot(pilot, app, gun, "JUNK2")).template == "latched"
        assert eventually(lambda: gun.tones().endswith(family.trigger_off))
    assert gun.tones().endswith(family.trigger_off + family.trigger_on)
    assert connection.value("SELECT COUNT(*) FROM handling_unit WHERE receipt_id IS NOT NULL") == 0


async def test_a_pulled_cable_is_said_on_the_screen(small, gun):
    app = scanning(small, gun)
    async with app.run_test(size=SIZES["80x24"]) as pilot:
        await found_gun(pilot, app)
        os.close(gun.outer)
        await until(pilot, lambda: "lost" in "".join(region(app, "status")))
        assert "looking for it" in "".join(region(app, "status"))


async def test_another_terminals_receipt_is_on_the_board_by_itself(small):
    """Nobody presses a key at the lead's terminal."""
    app = app_for(nobody(small), url_of_open_database())
    async with app.run_test(size=SIZES["80x24"]) as pilot:
        await started(pilot)
        app.screen.entry.text = "1003"
        await pilot.press("enter")
        await until(pilot, lambda: "Good day, IDA." in text_of(app))
        await pilot.press("3")
        await until(pilot, lambda: "RELEASED, NOT PICKED" in text_of(app))
        assert "SO-1 " not in text_of(app)
        ana = small.hand("1001", "DOCK-2")
        ana.scan("PO-1")
        ana.case(sscc(1), GOWN, 24)
        await until(pilot, lambda: "SO-1 " in text_of(app) and "RC-0001" in text_of(app))


@pytest.mark.parametrize(("pressed", "key"), KEYS.items())
async def test_every_key_and_its_twin_reach_the_station(small, pressed, key):
    app = app_for(nobody(small), url_of_open_database())
    given = []
    async with app.run_test(size=SIZES["80x24"]) as pilot:
        await started(pilot)
        app.enter = given.append
        await pilot.press(pressed)
        await until(pilot, lambda: given or key == "F12")
    assert [one.key for one in given] == ([] if key == "F12" else [key])  # F12 here asks whether to leave


async def test_help_shows_what_stands_for_each_key(small):
    app = app_for(nobody(small), url_of_open_database())
    async with app.run_test(size=SIZES["40x20"]) as pilot:
        await started(pilot)
        app.screen.entry.text = "1001"
        await pilot.press("enter")
        await until(pilot, lambda: "Good day, ANA." in text_of(app))
        await pilot.press("question_mark")
        await until(pilot, lambda: "Ctrl-U" in text_of(app))
        rows = [row.split() for row in text_of(app).splitlines()]
    assert ["F4", "Ctrl-U", "Undo", "card", "XKUNDO"] in rows
    assert ["F1", "?", "Help", "card", "XKHELP"] in rows


async def test_leaving_is_asked_for_once_more_and_the_question_stays(small):
    """F12 where nobody is signed on; news from other terminals does not wipe the question away."""
    app = app_for(nobody(small), url_of_open_database())
    async with app.run_test(size=SIZES["40x20"]) as pilot:
        await started(pilot)
        await pilot.press("f12")
        await until(pilot, lambda: "F12 again closes" in "".join(region(app, "status")))
        app.station.look()
        await settled(pilot)
        assert "F12 again closes" in "".join(region(app, "status"))
        await pilot.press("f12")
        await until(pilot, lambda: not app.is_running)
    assert app.return_code == 0


async def test_who_signs_on_elsewhere_is_said_goodbye_here(small):
    """The screen that was left says where its person is, by itself: nobody works on at it by mistake."""
    app = app_for(nobody(small), url_of_open_database())
    async with app.run_test(size=SIZES["40x20"]) as pilot:
        await started(pilot)
        app.screen.entry.text = "1001"
        await pilot.press("enter")
        await until(pilot, lambda: "Good day, ANA." in text_of(app))
        small.hand("1001", "DOCK-2")
        await until(pilot, lambda: "ANA signed on at DOCK-2." in text_of(app))
        assert "SCAN YOUR BADGE" in text_of(app)


async def test_what_is_told_while_the_app_closes_is_no_fault(small, monkeypatch):
    """Station and scanners tell to the last; the screens are gone by then, the verdict is in the log."""
    app = app_for(nobody(small), url_of_open_database())
    close_screens = app._close_all

    async def answered_late() -> None:
        await close_screens()
        app.post_message(app.Answered(app.latest))
        app.post_message(app.ScannerTold(ScannerState("scanner 1", "loop://", "lost", 0.0, "unplugged")))

    monkeypatch.setattr(app, "_close_all", answered_late)
    async with app.run_test(size=SIZES["40x20"]) as pilot:
        await started(pilot)
    assert app._exception is None


async def test_a_screen_that_is_closed_while_it_is_made_is_no_fault(small, monkeypatch):
    """Textual mounts nothing into a screen that is closing, and tells it all the same that it is mounted."""

    async def nothing(screen, _widgets) -> None:
        assert len(screen.children) == 0

    app = app_for(nobody(small), url_of_open_database())
    async with app.run_test(size=SIZES["40x20"]) as pilot:
        await started(pilot)
        monkeypatch.setattr(HomeScreen, "mount_composed_widgets", nothing)
        app.screen.entry.text = "1001"
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, HomeScreen) and app.screen.view is not None)
        app.screen.repaint("", "")
    assert app._exception is None
