"""The Textual app: it shows what the station answers and passes on what people press; it decides nothing."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual.app import App
from textual.binding import BindingType
from textual.events import Event, Key, Resize
from textual.filter import LineFilter
from textual.message import Message
from textual.timer import Timer

from db.watch import Watch
from devices.scanner import ScannerState
from tui.cli import FAULT
from tui.scanners import Scanners
from tui.screens.board import BoardScreen
from tui.screens.home import HomeScreen
from tui.screens.inbound_view import InboundScreen
from tui.screens.picking import PickingScreen
from tui.screens.put_away import PutAwayScreen
from tui.screens.receiving import ReceivingScreen
from tui.screens.scanner_test import ScannerTestScreen
from tui.screens.sign_on import SignOnScreen
from tui.screens.stop_goods import StopGoodsScreen
from tui.screens.whats_this import WhatsThisScreen
from tui.settings import Limits
from tui.station import Answer, Station, scan_id
from tui.wedge import Burst, Pressed, Wedge, WedgeSetup
from tui.widgets import paint
from tui.widgets.job_screen import JobScreen
from tui.widgets.mini import MINI
from tui.widgets.safe_text import Scrub
from warehouse.floor import Given, Session

if TYPE_CHECKING:
    from devices.scale.scale import Scale
    from tui.printing import Printing

log = logging.getLogger("dockbell.app")

STALE_S = 10.0
QUIT_S = 3.0  # how long a second F12 on the sign-on screen closes the app


class DockbellApp(App[int], inherit_bindings=False):
    """One terminal. Ctrl-Q, Ctrl-C and the palette are off: a barcode may hold those characters."""

    CSS_PATH = Path(__file__).parent / "styles" / "dockbell.tcss"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = []
    SCREENS: ClassVar = {  # each is made once and kept: what was on it is there again
        "sign_on": SignOnScreen,
        "home": HomeScreen,
        "receiving": ReceivingScreen,
        "picking": PickingScreen,
        "put_away": PutAwayScreen,
        "board": BoardScreen,
        "scanner_test": ScannerTestScreen,
        "whats_this": WhatsThisScreen,
        "inbound_view": InboundScreen,
        "stop_goods": StopGoodsScreen,
    }
    TITLE = "Dockbell"

    class Answered(Message):
        """The station has answered; posted from its thread."""

        def __init__(self, answer: Answer) -> None:
            super().__init__()
            self.answer = answer

    class Previewed(Message):
        """What saving a typed count would do; posted from the station's thread."""

        def __init__(self, step: str, typed: str, lines: tuple[str, ...]) -> None:
            super().__init__()
            self.step, self.typed, self.lines = step, typed, lines

    class ScannerTold(Message):
        """A scanner was found or lost; posted from its thread."""

        def __init__(self, state: ScannerState) -> None:
            super().__init__()
            self.state = state

    def __init__(
        self,
        session: Session,
        url: str,
        scanners: Scanners,
        wedge: WedgeSetup | None = None,
        limits: Limits | None = None,
        printing: Printing | None = None,
        scale: Scale | None = None,
    ) -> None:
        super().__init__()
        self.url = url
        self.scanners = scanners
        self.printing = printing
        self.scale = scale
        self._printer_said = ""
        limits = limits or Limits()
        self.station = Station(
            session,
            self._answered,
            scanners.tone,
            trigger=scanners.trigger,
            weigh=scale.weigh if scale else None,
            latch=limits.latch,
            latch_pause_s=limits.latch_pause_ms / 1000,
            patience_s=limits.patience_s,
        )
        if printing is not None:
            self.station.labels_asked = printing.poke
        self.station.on_preview = self._previewed
        self._watch = Watch(self.station.look)
        self.latest: Answer | None = None
        self._states: dict[str, ScannerState] = {}
        self._fresh_at = time.monotonic()
        self._quit_asked = -QUIT_S
        self._wedge = Wedge(wedge or WedgeSetup())
        self._silence: Timer | None = None

    def get_line_filters(self) -> list[LineFilter]:
        """Textual's own filters, and ours as the last: nothing in data may reach the terminal as a control."""
        return [*super().get_line_filters(), Scrub()]

    def on_mount(self) -> None:
        """The first screen comes from the station; scanners and watcher follow it."""
        self.push_screen("sign_on")
        self.station.start()
        self.scanners.start(self.station.put, self._told)
        self._watch.start()
        for part in (self.printing, self.scale):
            if part is not None:
                part.start()
        self.set_interval(1.0, self._second)

    def on_unmount(self) -> None:
        """Answer what is queued, then leave."""
        self._watch.stop()
        self.station.free_trigger()
        self.scanners.stop()
        if self.scale is not None:
            self.scale.stop()
        self.station.stop()
        if self.printing is not None:
            self.printing.stop()

    def _handle_exception(self, error: Exception) -> None:
        """A fault of a screen: the traceback goes to the log, not with its data to the terminal."""
        log.error("the app failed", exc_info=error)
        if self.is_headless:
            super()._handle_exception(error)
        else:
            self.exit(
                FAULT, FAULT, "Dockbell has stopped: a fault in the program. What was saved is safe; start it again."
            )

    # --- from other threads ---

    def _answered(self, answer: Answer) -> None:
        self.post_message(self.Answered(answer))

    def _previewed(self, step: str, typed: str, lines: tuple[str, ...]) -> None:
        self.post_message(self.Previewed(step, typed, lines))

    def _told(self, state: ScannerState) -> None:
        self.post_message(self.ScannerTold(state))

    # --- answers ---

    def on_dockbell_app_answered(self, message: Answered) -> None:
        """Show a verdict on the screen of the job that it led to; while the app closes there are no screens any more."""
        if not self.is_running:
            return
        answer = message.answer
        if answer.view is not None:
            self._fresh_at = time.monotonic()
            self.latest = answer
        flow = answer.reply.step.flow
        screen = self.get_screen(flow, JobScreen)
        if answer.given is not None and answer.step != answer.reply.step.name and not screen.comes_back(answer):
            screen.entry.take()
        if screen is not self.screen:
            self.switch_screen(flow)
        screen.show(answer, self._right(answer), self._notice())

    def on_dockbell_app_previewed(self, message: Previewed) -> None:
        """Show it while the same step stands there with the same digits in its box."""
        screen = self.screen
        if isinstance(screen, JobScreen) and self.latest is not None and self.latest.reply.step.name == message.step:
            screen.foresee(message.typed, message.lines)

    def on_job_screen_typed(self, message: JobScreen.Typed) -> None:
        """A count is being typed: what would it do?"""
        self.station.peek(message.text)

    def _right(self, answer: Answer) -> str:
        """Who, where, when, and whether the database answers: the right end of the title.

        Where there are twenty columns it is the clock alone, or what is wrong.
        """
        session = answer.session
        wide, mini = self.size.width >= paint.NARROW, self.size.width < MINI
        online = "ONLINE" if wide else "ON"
        state = online if answer.view is not None else "OFFLINE"
        stale = time.monotonic() - self._fresh_at
        if answer.reply.step.flow == "board" and stale > STALE_S:
            state = f"STALE {stale:.0f} s"
        who = session.operator.name[:10] if session.operator else ""
        station = session.station[:12] if wide else ""
        clock = session.site.clock(session.now()) if answer.view is not None else ""
        if mini:
            return clock if state == online else state
        return "  ".join(part for part in (who, station, clock, state) if part)

    # --- scanners ---

    def on_dockbell_app_scanner_told(self, message: ScannerTold) -> None:
        """Keep what each scanner said last; the status line names the lost ones."""
        self._states[message.state.name] = message.state
        if self.is_running:
            self._repaint()

    def _notice(self) -> str:
        if time.monotonic() - self._quit_asked < QUIT_S:
            return "F12 again closes Dockbell at this terminal."
        for state in self._states.values():
            if state.kind == "lost":
                gone = time.monotonic() - state.since
                return f"{state.name} lost {gone:.0f} s ago, looking for it: {state.reason}"
        if self.station.not_saved:
            return f"{self.station.not_saved} scans were not saved while the database was silent."
        if self._printer_said:
            return self._printer_said
        if self._weighs() and self.scale is not None and (shown := self.scale.shows):
            return f"Scale: {shown.text}{'' if shown.stable else ', moving'}"
        asleep = [state for state in self._states.values() if state.kind == "asleep"]
        return f"{asleep[0].name}: {asleep[0].reason}" if asleep else ""

    def _weighs(self) -> bool:
        return self.scale is not None and self.latest is not None and self.latest.reply.step.weighs

    def _second(self) -> None:
        """Once a second: the board's clock, and how long something has been lost."""
        if not self.screen_stack:  # the app is being closed
            return
        screen = self.screen
        if isinstance(screen, BoardScreen):
            self.station.look()
        before, self._printer_said = self._printer_said, self.printing.notice if self.printing is not None else ""
        lost = any(state.kind == "lost" for state in self._states.values())
        if lost or self._weighs() or isinstance(screen, BoardScreen) or before != self._printer_said:
            self._repaint()

    def _repaint(self) -> None:
        screen = self.screen
        if self.latest is not None and isinstance(screen, JobScreen) and screen.view is not None:
            screen.repaint(self._right(self.latest), self._notice())

    def on_resize(self, _event: Resize) -> None:
        """Another size, other words at the title's right end; the size is the app's own when this event is done with."""
        self.call_later(self._repaint)

    # --- keys, of people and of scanners that type ---

    async def on_event(self, event: Event) -> None:
        """Every key goes through the wedge, whichever screen is there: a scan may come while screens change."""
        if not isinstance(event, Key):
            await super().on_event(event)
            return
        self._sort(self._wedge.feed(event.key, event.character, event.time))

    def _sort(self, decided: Sequence[Pressed | Burst]) -> None:
        """What a person pressed is the screen's, what a scanner typed is a scan; what is undecided waits."""
        if not self.is_running:
            return
        for one in decided:
            if isinstance(one, Burst):
                self.enter(self._given(one))
            elif isinstance(self.screen, JobScreen):
                self.screen.press(one)
        if self._silence is None and (due := self._wedge.due) is not None:
            # Silence is judged behind the keys that have come by then and wait in the queue.
            self._silence = self.set_timer(max(0.001, due - time.monotonic()), lambda: self.call_later(self._listen))

    def _given(self, one: Burst) -> Given:
        bounce = self._wedge.setup.bounce_ms
        return Given(
            scan_id(), one.at, raw=one.text, source="WEDGE", fault=one.fault, took_ms=one.took_ms, bounce_ms=bounce
        )

    def _listen(self) -> None:
        self._silence = None
        self._sort(self._wedge.poll(time.monotonic()))

    # --- what people enter ---

    def on_job_screen_entered(self, message: JobScreen.Entered) -> None:
        """Pass it on; only closing the program is the app's own business."""
        if message.kind == "key" and message.value == "F12" and isinstance(self.screen, SignOnScreen):
            self._ask_quit()
            return
        if message.kind == "key":
            given = Given(scan_id(), time.monotonic(), key=message.value)
        else:
            given = Given(scan_id(), time.monotonic(), raw=message.value, source="TYPED")
        self.enter(given)

    def enter(self, given: Given) -> None:
        """Hand an input to the station."""
        self.station.put(given)

    def _ask_quit(self) -> None:
        now = time.monotonic()
        if now - self._quit_asked < QUIT_S:
            self.exit(0)
            return
        self._quit_asked = now
        self._repaint()
        self.set_timer(QUIT_S, self._repaint)
