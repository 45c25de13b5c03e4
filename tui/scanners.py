"""The scanners of a terminal: their frames go to the station, its tones come back to the one that read."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from devices.feedback import PROFILES, FeedbackProfile, Signal
from devices.framing import BadFrame, Frame, looks_like_wrong_parity
from devices.scanner import Scanner, ScannerState
from devices.setup import ScannerSetup
from tui.station import scan_id
from warehouse.barcodes.text import GS, decode
from warehouse.floor import Given

log = logging.getLogger("dockbell.scanners")

BROKEN = 200  # bytes that are kept of a scan that came in broken


class Scanners:
    """One reader thread for each scanner; raises ValueError for two of one name, and for an unknown profile."""

    def __init__(self, setups: Sequence[ScannerSetup], profiles: Mapping[str, FeedbackProfile] = PROFILES) -> None:
        self._put: Callable[[Given], None] = lambda _given: None
        self._told: Callable[[ScannerState], None] = lambda _state: None
        self._scanners: dict[str, Scanner] = {}
        for setup in setups:
            if setup.name in self._scanners:
                raise ValueError(f"Two scanners are called {setup.name!r}: give each a name of its own.")
            self._scanners[setup.name] = Scanner(
                setup, on_frame=partial(self._frame, setup), on_state=self._state, profiles=profiles
            )

    def start(self, put: Callable[[Given], None], told: Callable[[ScannerState], None] = lambda _state: None) -> None:
        """Begin to read; `told` hears of each scanner that is found or lost, from its thread."""
        self._put, self._told = put, told
        for scanner in self._scanners.values():
            scanner.start()

    def stop(self) -> None:
        """End every reader."""
        for scanner in self._scanners.values():
            scanner.stop()

    def tone(self, signal: Signal, scanner: str = "") -> None:
        """Let the operator hear a verdict, now, from the scanner that read ("left", or "left/gun"), or from all.

        A scanner that does not take it is its own matter.
        """
        of_one = self._scanners.get(scanner.partition("/")[0])
        for each in [of_one] if of_one else self._scanners.values():
            each.signal(signal)

    def trigger(self, on: bool) -> None:
        """Switch the triggers of all scanners, as they serve one operator; most families have no such command."""
        self.tone(Signal.TRIGGER_ON if on else Signal.TRIGGER_OFF)

    def _frame(self, setup: ScannerSetup, frame: Frame | BadFrame) -> None:
        given = given_of(frame, setup)
        if isinstance(frame, BadFrame):
            log.warning("%s: %s of %d bytes", setup.name, given.fault, len(frame.data))
        self._put(given)

    def _state(self, state: ScannerState) -> None:
        log.info("%s %s: %s", state.name, state.kind, state.reason)
        self._told(state)


def given_of(frame: Frame | BadFrame, setup: ScannerSetup) -> Given:
    """A scan, or what is left of one: that gets its verdict in its turn, too."""
    if isinstance(frame, BadFrame):
        fault = "wrong_parity" if looks_like_wrong_parity(frame.data) else frame.reason
        raw = decode(frame.data[:BROKEN])
        return Given(scan_id(), frame.at, raw=raw, source="SERIAL", scanner=setup.name, fault=fault)
    return Given(
        scan_id(),
        frame.at,
        raw=text_of(frame, setup),
        source="SERIAL",
        scanner=f"{setup.name}/{frame.gun}" if frame.gun else setup.name,
        took_ms=None if frame.began is None else round((frame.at - frame.began) * 1000),
        bounce_ms=setup.bounce_ms,
    )


def text_of(frame: Frame, setup: ScannerSetup) -> str:
    """The frame's text as barcodes are read from it: GS where the scanner sends a substitute, the AIM id before it
    where the line's protocol told it instead.
    """
    text = decode(frame.data)
    if setup.gs:
        text = text.replace(setup.gs, GS)
    return text if frame.symbology is None or text.startswith("]") else frame.symbology + text
