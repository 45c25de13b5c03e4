"""A terminal's process for `tone`: the app that also keeps a full board on its screen, or a station without a screen."""

from __future__ import annotations

import sys
import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from db import connection, migrate
from devices.setup import ScannerSetup
from tui.scanners import Scanners
from tui.station import Station
from warehouse import floor, site
from warehouse.floor import Session
from warehouse.flows.board import Board

if TYPE_CHECKING:
    from collections.abc import Callable

    from warehouse.flows.steps import View

EVERY_S = 0.5


def main() -> None:
    """Arguments: 'board' or 'bare', database URL, path of the scanner's line."""
    kind, url, scanner = sys.argv[1:]
    connection.open_database(url)
    migrate.check()
    here = site.load()
    session = Session(here, "DOCK-1", site.first_location(here.code, "dock"), connection.database_now)
    connection.close()
    run = _run_app if kind == "board" else _run_bare
    run(session, url, Scanners([ScannerSetup("gun", port=scanner)]))


def _run_bare(session: Session, _url: str, scanners: Scanners) -> None:
    on_line = threading.Event()
    station = Station(session, lambda _answer: None, scanners.tone)
    station.start()
    scanners.start(station.put, lambda state: on_line.set() if state.kind == "online" else None)
    on_line.wait(10)
    print("ready", flush=True)
    sys.stdin.read()
    scanners.stop()
    station.stop()


def _run_app(session: Session, url: str, scanners: Scanners) -> None:
    from tui.app import DockbellApp
    from tui.widgets.job_screen import JobScreen

    class BoardToo(DockbellApp):
        """The app as it is, and on every screen of it the board: read anew and all of it painted, twice a second."""

        def on_mount(self) -> None:
            threading.Thread(target=_keep_reading, args=(session, self._show_board), daemon=True).start()

        def _show_board(self, view: View, turn: int) -> None:
            self.call_from_thread(self._paint_board, view, turn)

        def _paint_board(self, view: View, turn: int) -> None:
            if self.latest is not None and isinstance(self.screen, JobScreen):
                words = f"full board {turn} at {time.monotonic():.3f}"
                self.screen.show(replace(self.latest, view=view), words, words)
                self.screen.refresh()

    app = BoardToo(session, url, scanners)
    app.run(mouse=False)


def _keep_reading(session: Session, show: Callable[[View, int], None]) -> None:
    """The board as a lead sees it, from a connection of this thread's own."""
    lead = replace(session, operator=site.operator(session.site.code, "1003"), step=Board())
    turn = 0
    while True:
        time.sleep(EVERY_S)
        turn += 1
        show(floor.look(lead), turn)


if __name__ == "__main__":
    main()
