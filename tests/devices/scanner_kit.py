"""What the tests of scanners share: a listener to one scanner, and waiting for what happens on its thread."""

from __future__ import annotations

import contextlib
import dataclasses
import time
from typing import Self

from devices.framing import BadFrame, Frame
from devices.scanner import Scanner
from devices.setup import ScannerSetup
from devices.simulator import ScriptedScanner

SETUP = {field.name for field in dataclasses.fields(ScannerSetup)}


def eventually(true, timeout: float = 5.0) -> None:
    deadline = time.monotonic() + timeout
    while not true():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.002)


def at(url: str) -> ScannerSetup:
    return ScannerSetup("gun", port=url)


class Listener:
    """What a station would hear from one scanner, and the scanner itself; started when entered.

    Settings are those of the scanner's set-up or of the Scanner, as they are called.
    """

    def __init__(self, url: str, **settings) -> None:
        self.frames: list[Frame | BadFrame] = []
        self.states = []
        settings.setdefault("on_frame", self.frames.append)
        setup = {"name": url, "port": url} | {name: settings.pop(name) for name in SETUP & settings.keys()}
        self.scanner = Scanner(ScannerSetup(**setup), on_state=self.states.append, **settings)

    def __enter__(self) -> Self:
        self.scanner.start()
        return self

    def __exit__(self, *_error) -> None:
        self.scanner.stop()

    @property
    def data(self) -> list[bytes]:
        return [frame.data for frame in self.frames]

    @property
    def kinds(self) -> list[str]:
        return [state.kind for state in self.states]

    def wait_for(self, kind: str, timeout: float = 5.0) -> None:
        eventually(lambda: self.states and self.states[-1].kind == kind, timeout)

    def wait_for_frames(self, count: int) -> None:
        eventually(lambda: len(self.frames) >= count)


@contextlib.contextmanager
def on_line(**settings):
    """A scripted scanner and a listener that has it on line."""
    with ScriptedScanner() as gun, Listener(gun.url, **settings) as listener:
        listener.wait_for("online")
        yield gun, listener
