"""The app with a scripted shift at work in it: visible, and out of the way as soon as somebody types."""

from __future__ import annotations

import logging
import threading

from textual.events import Event, Key

from devices.scanner import ScannerState
from devices.simulator import ScannerGone
from tui.app import DockbellApp
from tui.demo.crew import Crew, ShiftError
from tui.demo.shift import Guest
from tui.scanners import Scanners
from tui.station import Answer
from tui.widgets.job_screen import JobScreen
from warehouse.floor import Session

log = logging.getLogger("dockbell.demo")


class DemoApp(DockbellApp):
    """Dockbell with a crew on a pseudo-terminal. Anything typed stops the script, F10 lets it go on."""

    def __init__(self, session: Session, url: str, scanners: Scanners, crew: Crew, guest: Guest) -> None:
        super().__init__(session, url, scanners)
        self._crew = crew
        self._guest = guest
        self._ended = ""
        self._online = threading.Event()
        self._work = threading.Thread(target=self._shift, name="crew", daemon=True)

    def on_mount(self) -> None:
        """The crew comes in (Textual itself calls the handlers of the class above as well)."""
        self._work.start()

    def on_unmount(self) -> None:
        """The crew leaves with the app."""
        self._guest.closing.set()

    def _answered(self, answer: Answer) -> None:
        super()._answered(answer)
        self._crew.heard(answer)

    def _told(self, state: ScannerState) -> None:
        super()._told(state)
        if state.kind == "online":
            self._online.set()
        elif state.kind == "lost":
            self._crew.cut(state.reason)

    async def on_event(self, event: Event) -> None:
        """The first key of a guest stops the script: nothing comes between what is typed."""
        if isinstance(event, Key) and event.key != "f10" and not self._guest.paused.is_set():
            self._guest.take_over()
            self._repaint()
        await super().on_event(event)

    def on_job_screen_entered(self, message: JobScreen.Entered) -> None:
        """F10 hands the terminal back to the script; all else is the app's."""
        if message.kind == "key" and message.value == "F10":
            if isinstance(self.screen, JobScreen):
                self.screen.entry.take()
            self._guest.paused.clear()
            self._repaint()
            message.prevent_default()

    def _shift(self) -> None:
        self._online.wait(5)
        try:
            self._crew.work()
            self._ended = "The shift is over; badges 1001 to 1004"
        except (ShiftError, ScannerGone, TimeoutError) as error:
            self._ended = str(error)
        except Exception:
            log.exception("the script failed")
            self._ended = "The script has failed; go on by hand."
        if not self._guest.closing.is_set():
            self.call_later(self._repaint)

    def _notice(self) -> str:
        notice = super()._notice()
        if notice or self._ended:
            return notice or self._ended
        if self._guest.paused.is_set():
            return "The terminal is yours; F10: script on."
        return "Demo script at work: type to take over"
