"""run, plain: a terminal on the floor, with its scanners."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from datetime import datetime
from typing import IO, TYPE_CHECKING

from db import connection
from db.watch import Watch
from tui import logs
from tui.commands.opening import Opened, now, open_site
from tui.sweeper import Sweeper
from warehouse import site
from warehouse.floor import Session
from warehouse.reply import InputError
from warehouse.sscc import SsccRange

if TYPE_CHECKING:
    from devices.scale.scale import Scale
    from tui.printing import Printing
    from tui.scanners import Scanners
    from tui.settings import Settings


def run(options: argparse.Namespace) -> int:
    """The app; needs a terminal."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise InputError("The app needs a terminal: open one, or use 'dockbell plain' here.")
    opened = open_site(options)
    session = session_for(opened, options)
    from tui.app import DockbellApp

    settings: Settings = options.settings
    app = DockbellApp(
        session,
        opened.url,
        scanners_of(settings),
        settings.wedge,
        settings.limits,
        printing_of(session, settings),
        scale_of(settings),
    )
    sweeper = Sweeper(session)
    sweeper.start()
    try:
        app.run(mouse=False)
    finally:
        sweeper.stop()
    return app.return_code or 0


def plain(options: argparse.Namespace) -> int:
    """Line mode on stdin and stdout."""
    from tui import plain as plain_

    opened = open_site(options)
    if options.timed and not opened.site.practice:
        raise InputError("--timed needs a practice database: make one with 'dockbell init --practice ...'.")
    if options.timed and (options.scanner or options.scale):
        raise InputError("--timed takes every input from stdin: leave --scanner and --scale out.")
    session = session_for(opened, options)
    if options.timed:
        clock = plain_.VirtualClock(now())
        timed = Session(session.site, session.station, session.dock, clock.now)
        plain_.run_timed(plain_.Terminal(timed, sys.stdout, json=options.json), clock, _lines(sys.stdin.buffer))
        return 0
    scanners, scale = scanners_of(options.settings), scale_of(options.settings)
    terminal = plain_.Terminal(
        session,
        sys.stdout,
        json=options.json,
        tone=scanners.tone,
        limits=options.settings.limits,
        weigh=scale.weigh if scale else None,
    )
    watch = Watch(terminal.follow)
    printing = printing_of(session, options.settings)
    if printing is not None:
        terminal.station.labels_asked = printing.poke
        printing.start()
    scanners.start(terminal.station.put)
    if scale is not None:
        scale.start()
    watch.start()
    sweeper = Sweeper(session)
    sweeper.start()
    try:
        plain_.run(terminal, _lines(sys.stdin.buffer), at_end=scanners.stop)
    finally:
        sweeper.stop()
        watch.stop()
        scanners.stop()
        if scale is not None:
            scale.stop()
        if printing is not None:
            printing.stop()
    return 0


def session_for(opened: Opened, options: argparse.Namespace) -> Session:
    """The terminal's session, with nobody signed on; logs go to the station's file."""
    station = options.settings.station
    logs.write_to(logs.folder_for(opened.url), station)
    named = site.location(opened.site.code, station)
    dock = named if named and named.kind == "dock" else site.first_location(opened.site.code, "dock")
    connection.close()
    printer, numbers = options.settings.printer, options.settings.labels
    # A practice database counts from 1, as the real one of this terminal did: its cases get plates of ours.
    numbered = numbers.company_prefix and not opened.site.practice
    sscc = SsccRange(numbers.company_prefix, numbers.extension) if numbered else None
    name = printer.url.removeprefix("socket://")
    return Session(opened.site, station, dock, _database_now, printer=name, sscc=sscc, mono=time.monotonic)


def printing_of(session: Session, settings: Settings) -> Printing | None:
    """The thread of the terminal's label printer, not started; None where there is no printer."""
    if not settings.printer.url:
        return None
    from tui.printing import Printing  # most terminals have no printer, and start sooner

    return Printing(session, settings.printer)


def scale_of(settings: Settings) -> Scale | None:
    """The terminal's scale, not started; None where there is none."""
    if not settings.scale.port:
        return None
    from devices.scale.scale import Scale

    return Scale(settings.scale)


def scanners_of(settings: Settings) -> Scanners:
    """The terminal's scanners, none of them started."""
    from devices.feedback import profiles
    from tui.scanners import Scanners

    try:
        return Scanners(settings.scanners, profiles(settings.feedback))
    except ValueError as error:
        raise InputError(str(error)) from error


def _database_now() -> datetime:
    return connection.database_now()


def _lines(stream: IO[bytes]) -> Iterator[bytes]:
    """Lines of bytes; one that is longer than any code comes cut, so that no input can fill the memory."""
    from tui.plain import MAX_LINE

    while line := stream.readline(MAX_LINE + 2):
        if not line.endswith(b"\n"):
            while (rest := stream.readline(MAX_LINE)) and not rest.endswith(b"\n"):
                pass
        yield line
