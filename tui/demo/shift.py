"""The demo: a site made from Northwind's facts, and a shift on it, in the app or printed without a terminal."""

from __future__ import annotations

import csv
import threading
import time
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO
from urllib.parse import quote

from db import connection, migrate
from db.connection import iso, transaction
from devices.scanner import ScannerState
from devices.setup import ScannerSetup
from devices.simulator import ScannerGone, ScriptedScanner
from tui.demo.crew import Crew, ShiftError
from tui.demo.dataset import Dataset, build
from tui.scanners import Scanners
from tui.station import Answer, Station, scan_id
from warehouse import explain, site, verify
from warehouse.barcodes import CARDS
from warehouse.barcodes.text import escaped
from warehouse.exchange.importing import import_paths
from warehouse.floor import Given, Session
from warehouse.flows.steps import View
from warehouse.reply import InputError, Verdict
from warehouse.site import Site

SITE = "NORTHWIND"
TIMEZONE = "UTC"
STATION = "DOCK-1"
SCAN_TAKES = timedelta(seconds=4)  # between two scans of a headless shift: its clock is virtual
SHIFT_TAKES = timedelta(hours=2)  # more than all of its scans together
BOARD_ROWS = 5


@dataclass(frozen=True, slots=True)
class DemoSite:
    """A freshly made site with everything that the scripted shift needs to know."""

    url: str
    site: Site
    goods: Dataset
    labels: dict[str, str]
    units: dict[str, str]


def url_of(folder: Path) -> str:
    """The URL of the site that lies in a folder."""
    return f"sqlite:///{quote(str(folder / 'site.db'))}"


def make(folder: Path, seed: int, now: datetime) -> DemoSite:
    """Make FOLDER/site.db and fill it by importing the data set, as a customer would."""
    folder.mkdir(parents=True, exist_ok=True)
    files = folder / "import"
    files.mkdir(exist_ok=True)  # says whether this folder can be written, before a database is begun
    url = url_of(folder)
    connection.open_database(url)
    migrate.up()
    _put_site(now)
    made = site.load()
    goods = build(files, today=made.today(now), seed=seed)
    import_paths(made, None, now, scan_id(), [files])
    return DemoSite(url, made, goods, _labels(files), _unit_codes(files))


@transaction
def _put_site(now: datetime) -> None:
    connection.insert_row("site", site=SITE, timezone=TIMEZONE, cutoff="17:00", practice=1, created_at=iso(now))


def _labels(files: Path) -> dict[str, str]:
    with (files / "items.csv").open(encoding="utf-8", newline="") as lines:
        return {row["description"]: row["gtin"] for row in csv.DictReader(lines)}


def _unit_codes(files: Path) -> dict[str, str]:
    with (files / "stock.csv").open(encoding="utf-8", newline="") as lines:
        return {row["unit_code"]: row["location"] for row in csv.DictReader(lines) if row["unit_code"]}


# --- Without a terminal ---------------------------------------------------------------------------------


INTRODUCTION = """\
A shift at the Northwind company. A scripted scanner on a pseudo-terminal works it: ANA receives what the
trucks bring, LEO picks, IDA looks at the board. Each case is saved together with what it releases (>>) to
the orders that waited for it. The clock shows hours and minutes since the shift began.
"""


@dataclass(slots=True)
class _Clock:
    """Virtual time: each scan takes four seconds, so that equal shifts print equal transcripts.

    A shift begins at midnight of the day it ends on, so that none of it lies in the future of who looks at it.
    """

    at: datetime

    def now(self) -> datetime:
        return self.at

    def mono(self) -> float:
        return self.at.timestamp()

    def scan(self, _pause: float) -> None:
        self.at += SCAN_TAKES


def _midnight() -> datetime:
    return (datetime.now(UTC) - SHIFT_TAKES).replace(hour=0, minute=0, second=0, microsecond=0)


def headless(folder: Path, seed: int, out: IO[str]) -> int:
    """Work the whole shift through a real pseudo-terminal, print it, verify; 0 when all is well, else 1.

    Raises InputError when the shift is cut short.
    """
    clock = _Clock(_midnight())
    demo = make(folder, seed, clock.now())
    out.write(f"{INTRODUCTION}\nSeed {seed}: {_in_words(figures(demo.site))}\n")
    session = Session(demo.site, STATION, site.location(demo.site.code, STATION), clock.now)
    try:
        _work(demo, session, clock, _Transcript(out))
    except (ShiftError, ScannerGone, TimeoutError) as error:
        out.flush()
        raise InputError(f"The shift was cut short: {error}") from error
    connection.open_database(demo.url)
    out.write("\nAt the end of the shift, read back from the database:\n")
    out.writelines(f"  {words:<34}{value:>8,}\n" for words, value in figures(demo.site).items())
    out.write(_why_one_waits(demo.site, clock.now()))
    found = verify.verify(demo.site)
    rows = sum(entry.rows for entry in found.checked)
    out.write(f"\nverify: {len(found.checked)} invariants over {rows:,} rows, {len(found.violations)} broken\n")
    connection.close()
    return 0 if found.ok else 1


def _work(demo: DemoSite, session: Session, clock: _Clock, transcript: _Transcript) -> None:
    with ScriptedScanner() as gun:
        crew = Crew(demo.goods, demo.labels, demo.units, STATION, gun, clock.scan, told=transcript.told, same_code=0.0)
        scanners = Scanners([ScannerSetup("gun", port=gun.url)])
        station = Station(session, crew.heard, scanners.tone)
        online = threading.Event()

        def put(given: Given) -> None:
            station.put(replace(given, mono=clock.mono()))

        def told(state: ScannerState) -> None:
            if state.kind == "online":
                online.set()
            elif state.kind == "lost":
                crew.cut(state.reason)

        scanners.start(put, told)
        try:
            online.wait(5)
            connection.close()
            station.start()
            crew.work()
        finally:
            scanners.stop()
            station.stop()


@dataclass(slots=True)
class _Transcript:
    """What was scanned and what the screen said to it; digits that were keyed one by one are one entry."""

    out: IO[str]
    _keyed: str = ""

    def told(self, answer: Answer) -> None:
        given, reply = answer.given, answer.reply
        if given is None:
            return
        card = _CARDS.get(given.raw)
        if card and card.key.isdigit() and answer.view and answer.view.digits:
            self._keyed = answer.view.digits
            return
        words = f"[{card.label}]" if card else given.raw
        person = answer.session.operator
        at = answer.session.site.clock(answer.session.now())
        if answer.step == "sign_on.badge":
            self.out.write("\n")
        self._line(f"{at} {person.name if person else '-':<4} {f'{self._keyed} {words}'.strip()}")
        self._keyed = ""
        for number, text in enumerate(reply.message):
            self._line(f"     {'' if number else reply.verdict.value:<5} {text}")
        if reply.step.flow == "board" and reply.verdict is not Verdict.STOP and answer.view:
            self._board(answer.view)

    def _board(self, view: View) -> None:
        self._line(f"           {view.prompt}; {', '.join(view.progress)}")
        for table in view.tables:
            for row in table.rows[:BOARD_ROWS]:
                self._line("           " + "  ".join(row))
            if len(table.rows) > BOARD_ROWS:
                self._line("           ...")

    def _line(self, text: str) -> None:
        shown = "".join(char if char.isprintable() else escaped(char) for char in text)
        self.out.write(shown.rstrip() + "\n")


_CARDS = {card.code: card for card in CARDS}


def _why_one_waits(at: Site, now: datetime) -> str:
    """The story of a line that waits, as `dockbell why` tells it; nothing when none does."""
    found = connection.row(
        "SELECT h.order_no, l.line FROM order_line l JOIN order_header h ON h.id = l.order_id "
        "WHERE l.site = ? AND l.state = 'W' ORDER BY l.promised_on, l.id LIMIT 1",
        at.code,
    )
    if found is None:
        return ""
    story = explain.why(at, found[0], found[1], now).words()
    return f"\nOne of the lines that still wait, as 'dockbell why {found[0]}/{found[1]}' explains it:\n{story}\n"


def figures(at: Site) -> dict[str, int]:
    """What the shift has come to, each number read from its rows."""

    def count(text: str) -> int:
        return int(connection.value(text, at.code) or 0)

    return {
        "cases received": count(
            "SELECT COUNT(*) FROM stock_move m WHERE m.site = ? AND m.kind = 'RECEIPT' "
            "AND NOT EXISTS (SELECT 1 FROM stock_move r WHERE r.reverses = m.id)"
        ),
        "pieces received": count("SELECT SUM(qty) FROM capture WHERE site = ?"),
        "order lines": count("SELECT COUNT(*) FROM order_line WHERE site = ?"),
        "pieces released by receipts": count(
            "SELECT SUM(v.qty) FROM release_run r JOIN release_verdict v ON v.run_id = r.id "
            "WHERE r.site = ? AND r.cause = 'receipt'"
        ),
        "pieces picked": count("SELECT SUM(qty_picked) FROM order_line WHERE site = ?"),
        "picks reported short": count(
            "SELECT COUNT(DISTINCT scan_id) FROM release_run WHERE site = ? AND cause = 'short'"
        ),
        "pieces released, not picked": count("SELECT SUM(qty_reserved) FROM order_line WHERE site = ?"),
        "lines still waiting": count("SELECT COUNT(*) FROM order_line WHERE site = ? AND state = 'W'"),
        "pieces still waiting": count("SELECT SUM(qty_open) FROM order_line WHERE site = ? AND state = 'W'"),
        "scans saved": count("SELECT COUNT(*) FROM scan_log WHERE site = ? AND source = 'SERIAL'"),
        "scans refused": count("SELECT COUNT(*) FROM refusal WHERE site = ?"),
    }


def _in_words(numbers: dict[str, int]) -> str:
    return (
        f"{numbers['order lines']} order lines, of which {numbers['lines still waiting']} wait "
        f"for {numbers['pieces still waiting']:,} pieces; the trucks are at the dock."
    )


# --- In the app -----------------------------------------------------------------------------------------


@dataclass(slots=True)
class Guest:
    """Whether somebody has the terminal in the script's place, and whether it is being closed."""

    paused: threading.Event = field(default_factory=threading.Event)
    closing: threading.Event = field(default_factory=threading.Event)
    _came: threading.Event = field(default_factory=threading.Event)

    def take_over(self) -> None:
        """A guest types."""
        self._came.set()
        self.paused.set()

    def wait(self) -> bool:
        """Wait while a guest works; whether one did since the last call. Raises ShiftError when the terminal is closed."""
        while self.paused.is_set() and not self.closing.is_set():
            time.sleep(0.1)
        if self.closing.is_set():
            raise ShiftError("The terminal was closed.")
        came = self._came.is_set()
        self._came.clear()
        return came


def in_app(folder: Path, seed: int, speed: float) -> int:
    """The same shift in the app, at a person's pace; a guest takes over by typing."""
    demo = make(folder, seed, datetime.now(UTC))
    connection.close()
    where = site.location(demo.site.code, STATION)
    session = Session(demo.site, STATION, where, connection_now, mono=time.monotonic)
    from tui.demo.app import DemoApp

    with ScriptedScanner() as gun:
        guest = Guest()
        crew = Crew(
            demo.goods,
            demo.labels,
            demo.units,
            STATION,
            gun,
            lambda some: guest.closing.wait(some / speed),
            guest.wait,
        )
        app = DemoApp(session, demo.url, Scanners([ScannerSetup("gun", port=gun.url)]), crew, guest)
        app.run(mouse=False)
        return app.return_code or 0


def connection_now() -> datetime:
    """The database's clock, by the name that a session takes it under."""
    return connection.database_now()
