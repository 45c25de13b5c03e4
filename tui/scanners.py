"""The scanners of a terminal: their frames go to the station, its tones come back to the one that read."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from devices.feedback import Signal
from devices.framing import BadFrame, Frame
from devices.scanner import Scanner, ScannerState
from tui.station import scan_id
from warehouse.barcodes.text import decode
from warehouse.floor import Given

log = logging.getLogger("dockbell.scanners")

BROKEN = 200  # bytes that are kept of a scan that came in broken


class Scanners:
    """One reader thread for each URL; `tone` speaks to all of them, as they serve one operator."""

    def __init__(self, urls: Sequence[str], feedback: str) -> None:
        self._put: Callable[[Given], None] = lambda _given: None
        self._told: Callable[[ScannerState], None] = lambda _state: None
        self._scanners = [
            Scanner(url, on_frame=partial(self._frame, name), on_state=self._state, feedback=feedback, name=name)
            for name, url in ((f"scanner {number}", url) for number, url in enumerate(urls, 1))
        ]

    def start(self, put: Callable[[Given], None], told: Callable[[ScannerState], None] = lambda _state: None) -> None:
        """Begin to read; `told` hears of each scanner that is found or lost, from its thread."""
        self._put, self._told = put, told
        for scanner in self._scanners:
            scanner.start()

    def stop(self) -> None:
        """End every reader."""
        for scanner in self._scanners:
            scanner.stop()

    def tone(self, signal: Signal) -> None:
        """Let the operator hear a verdict, now; a scanner that does not take it is its own matter."""
        for scanner in self._scanners:
            scanner.signal(signal)

    def _frame(self, scanner: str, frame: Frame | BadFrame) -> None:
        """A scan, or what is left of one: that gets its verdict in its turn, too."""
        given = Given(scan_id(), frame.at, source="SERIAL", scanner=scanner)
        if isinstance(frame, BadFrame):
            log.warning("%s: %s of %d bytes", scanner, frame.reason, len(frame.data))
            self._put(replace(given, raw=decode(frame.data[:BROKEN]), fault=frame.reason))
        else:
            self._put(replace(given, raw=decode(frame.data)))

    def _state(self, state: ScannerState) -> None:
        log.info("%s %s: %s", state.name, state.kind, state.reason)
        self._told(state)
