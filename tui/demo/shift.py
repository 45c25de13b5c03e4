"""The demo: a site made from Northwind's facts, and a shift on it, in the app or printed without a terminal."""

from __future__ import annotations

import csv
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import IO

from db import connection, migrate
from db.connection import iso, transaction
from devices.simulator import ScannerGone, ScriptedScanner
from tui import plain
from tui.demo.crew import Crew, ShiftError
from tui.demo.dataset import Dataset, build
from tui.scanners import Scanners
from tui.station import Answer, Station, scan_id
from warehouse import site, verify
from warehouse.barcodes.text import escaped
from warehouse.exchange.importing import import_paths
from warehouse.floor import Session
from warehouse.site import Site

SITE = "NORTHWIND"
TIMEZONE = "UTC"
STATION = "DOCK-1"
SHIFT_BEGINS = 8  # o'clock, of a headless shift: its clock is virtual
SCAN_TAKES = timedelta(seconds=4)  # virtual time between two scans


@dataclass(frozen=True, slots=True)
class DemoSite:
    """A freshly made site with everything that the scripted shift needs to know."""

    url: str
    site: Site
    goods: Dataset
    labels: dict[str, str]
    units: list[str]


def make(folder: Path, seed: int, now: datetime) -> DemoSite:
    """Make FOLDER/site.db and fill it by importing the data set, as a customer would."""
    folder.mkdir(parents=True, exist_ok=True)
    url = f"sqlite:///{folder / 'site.db'}"
    connection.open_database(url)
    migrate.up()
    _put_site(now)
    made = site.load()
    files = folder / "import"
    goods = build(files, today=made.today(now), seed=seed)
    import_paths(made, None, now, scan_id(), [files])
    return DemoSite(url, made, goods, _labels(files), _unit_codes(files))


@transaction
def _put_site(now: datetime) -> None:
    connection.insert_row("site", site=SITE, timezone=TIMEZONE, cutoff="17:00", practice=1, created_at=iso(now))


def _labels(files: Path) -> dict[str, str]:
    with (files / "items.csv").open(encoding="utf-8", newline="") as lines:
        return {row["description"]: row["gtin"] for row in csv.DictReader(lines)}


def _unit_codes(files: Path) -> list[str]:
    with (files / "stock.csv").open(encoding="utf-8", newline="") as lines:
        return [row["unit_code"] for row in csv.DictReader(lines) if row["unit_code"]]


# --- Without a terminal ---------------------------------------------------------------------------------


@dataclass(slots=True)
class _Clock:
    """Virtual time: each scan takes four seconds, so that equal shifts print equal transcripts."""

    at: datetime

    def now(self) -> datetime:
        return self.at

    def scan(self, _pause: float) -> None:
        self.at += SCAN_TAKES


def headless(folder: Path, seed: int, out: IO[str]) -> int:
    """Work the whole shift through a real pseudo-terminal, print it, verify; 0 when all is well, else 1."""
    clock = _Clock(datetime.combine(date.today(), datetime.min.time(), UTC) + timedelta(hours=SHIFT_BEGINS))  # noqa: DTZ011
    demo = make(folder, seed, clock.now())
    out.write(f"Northwind, seed {seed}: {_in_words(figures(demo.site))}\n")
    session = Session(demo.site, STATION, site.location(demo.site.code, STATION), clock.now)
    try:
        _work(demo, session, clock.scan, lambda answer: _print(answer, out))
    except (ShiftError, ScannerGone) as error:
        out.write(f"The shift was cut short: {error}\n")
        return 1
    connection.open_database(demo.url)
    out.write("\nAt the end of the shift, read back from the database:\n")
    out.writelines(f"  {words:<34}{value:>8,}\n" for words, value in figures(demo.site).items())
    found = verify.verify(demo.site)
    rows = sum(entry.rows for entry in found.checked)
    out.write(f"verify: {len(found.checked)} invariants over {rows:,} rows, {len(found.violations)} broken\n")
    connection.close()
    return 0 if found.ok else 1


def _work(demo: DemoSite, session: Session, pause: Callable[[float], None], heard: Callable[[Answer], None]) -> None:
    with ScriptedScanner() as gun:
        crew = Crew(demo.goods, demo.labels, demo.units, gun, pause)
        scanners = Scanners([gun.url], "generic")

        def both(answer: Answer) -> None:
            heard(answer)
            crew.heard(answer)

        station = Station(session, both, scanners.tone)
        online = threading.Event()
        scanners.start(station.put, lambda state: online.set() if state.kind == "online" else None)
        try:
            online.wait(5)
            connection.close()
            station.start()
            crew.work()
        finally:
            scanners.stop()
            station.stop()


def _print(answer: Answer, out: IO[str]) -> None:
    if answer.given is not None:
        who = answer.session.operator.name if answer.session.operator else "-"
        shown = escaped(answer.given.key or answer.given.raw, 60)
        at = answer.session.site.clock(answer.session.now())
        out.write(f"{at} {who:<4} {shown}\n")
    out.writelines(f"     {line}\n" for line in plain.as_lines(answer, brief=True))


def figures(at: Site) -> dict[str, int]:
    """What the shift has come to, each number read from its rows."""

    def count(text: str) -> int:
        return int(connection.value(text, at.code) or 0)

    return {
        "cases received": count(
            "SELECT COUNT(*) FROM stock_move m WHERE m.site = ? AND m.kind = 'RECEIPT' "
            "AND NOT EXISTS (SELECT 1 FROM stock_move r WHERE r.reverses = m.id)"
        ),
        "pieces received": count("SELECT SUM(qty_received) FROM po_line WHERE site = ?"),
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
        "scans": count("SELECT COUNT(*) FROM scan_log WHERE site = ? AND source = 'SERIAL'"),
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
    """Whether somebody has taken over from the script."""

    paused: threading.Event = field(default_factory=threading.Event)
    closing: threading.Event = field(default_factory=threading.Event)

    def wait(self) -> bool:
        """Wait while a guest works; whether one did."""
        if not self.paused.is_set():
            return False
        while self.paused.is_set() and not self.closing.is_set():
            time.sleep(0.1)
        return True


def in_app(folder: Path, seed: int, speed: float) -> int:
    """The same shift in the app, at a person's pace; a guest takes over by typing."""
    demo = make(folder, seed, datetime.now(UTC))
    connection.close()
    session = Session(demo.site, STATION, site.location(demo.site.code, STATION), connection_now)
    from tui.demo.app import DemoApp

    with ScriptedScanner() as gun:
        guest = Guest()
        crew = Crew(demo.goods, demo.labels, demo.units, gun, lambda some: time.sleep(some / speed), guest.wait)
        app = DemoApp(session, demo.url, Scanners([gun.url], "generic"), crew, guest)
        app.run(mouse=False)
        return app.return_code or 0


def connection_now() -> datetime:
    """The database's clock, by the name that a session takes it under."""
    return connection.database_now()
