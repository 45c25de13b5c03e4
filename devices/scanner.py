"""One scanner: a thread that opens its port, reads, frames, hands over, and comes back after a loss."""

import logging
import math
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal

from devices.feedback import PROFILES, FeedbackProfile, Signal, profile_named
from devices.framing import BadFrame, Frame, framer_for, mark
from devices.looking import find_port, may_sleep, pause_before_retry
from devices.setup import PortMatch, ScannerSetup
from devices.transport import (
    PORT_LOST,
    READ_TIMEOUT,
    PortError,
    Transport,
    is_device,
    is_network,
    open_transport,
)

STOP_WITHIN = 0.45  # seconds a stop waits for the reader
SETTLED_WITHIN = 0.5  # seconds, at the most, that the end of what was being sent is waited for
STEADY_AFTER = 2.0  # seconds on line after which a loss is a new one, not the same port failing again

_ASLEEP = "{url} is asleep, switched off or out of reach: pull its trigger."

log = logging.getLogger(__name__)

Kind = Literal["connecting", "online", "lost", "asleep"]


@dataclass(frozen=True, slots=True)
class ScannerState:
    """What a scanner's line is doing. `since`: monotonic seconds at which it became `kind`.

    `url` is the port, empty as long as none was found. `reason` is a sentence for people while the scanner is lost
    or asleep, otherwise empty. Only a scanner on Bluetooth that had been on line is asleep: they let go of their
    line to save the battery, and come back when the trigger is pulled. No alarm, and no proof that it is not lost.
    """

    name: str
    url: str
    kind: Kind
    since: float
    reason: str


def _ignore(_state: ScannerState) -> None:
    return None


class Scanner:
    """A scanner by its settings. Frames and states come from its own thread, in order, until `stop`.

    `on_frame` gets each scan once. While it runs nothing is read, so it should put the frame down and return;
    an exception of its own costs that scan only, and is logged.
    `on_state` gets one call when the kind changes, or the reason why the scanner is lost.
    `profiles` are the families of feedback; a `setup.feedback` that is none of them raises ValueError.
    `open_port` opens the URL or raises PortError; without it the line is opened as `setup` says.
    `find` answers on which port a scanner is that has no port of its own in `setup`, before each opening: plugged in
    elsewhere, it is found again under its new name.
    `settle` is in seconds: so long a device that came back has what it sends thrown away, as those are scans
    from the time when nobody listened, and what follows them without a pause: it is the rest of a scan. The first
    opening throws away only what is waiting at that moment.

    A scanner is started once and stopped once; a change of its settings is a new Scanner.
    """

    def __init__(
        self,
        setup: ScannerSetup,
        *,
        on_frame: Callable[[Frame | BadFrame], None],
        on_state: Callable[[ScannerState], None] = _ignore,
        profiles: Mapping[str, FeedbackProfile] = PROFILES,
        open_port: Callable[[str], Transport] | None = None,
        find: Callable[[PortMatch], str | None] = find_port,
        settle: float = 0.2,
    ) -> None:
        self._profile = profile_named(setup.feedback, profiles)
        self.name = setup.name
        self._setup = setup
        self._on_frame = on_frame
        self._on_state = on_state
        self._open_port = open_port or opener_for(setup)
        self._find = find
        self._settle = settle if is_device(setup.port) else 0.0
        self._framer = framer_for(setup)
        self._guns = sorted(
            ((mark(text), gun) for text, gun in setup.guns.items()), key=lambda one: len(one[0]), reverse=True
        )
        self._url = setup.port
        self._port: Transport | None = None
        self._trigger_is_off = False  # as far as this scanner was told
        self._state = ScannerState(self.name, self._url, "connecting", time.monotonic(), "")
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"scanner {self.name}", daemon=True)

    @property
    def state(self) -> ScannerState:
        return self._state

    def start(self) -> None:
        """Begin to connect, and return at once. Raises RuntimeError when called twice."""
        self._thread.start()

    def stop(self) -> None:
        """End the reader and give the port back. No state is told any more, and nothing is raised."""
        self._stopping.set()
        port = self._port
        if port is not None:
            self._free_trigger(port)
            port.cancel_read()
        if self._thread.is_alive() and self._thread is not threading.current_thread():
            self._thread.join(STOP_WITHIN)
        if port is not None:
            port.close()  # the reader has done so already, unless a handler keeps it

    def signal(self, signal: Signal) -> bool:
        """Sound `signal` on the scanner, from the caller's thread: the bytes are sent when this returns True.

        False when the scanner is not on line or took nothing for half a second; reading goes on either way.
        True also where the profile is silent: nothing was to be sent.
        """
        tone = self._profile.tone(signal)
        if not tone:
            return True
        if signal is Signal.TRIGGER_OFF:
            self._trigger_is_off = True
        port = self._port
        sent = port is not None and self._write(port, tone, signal.name)
        if sent and signal is Signal.TRIGGER_ON:
            self._trigger_is_off = False
        return sent

    def send(self, data: bytes) -> bool:
        """Write what is no signal, such as the request that a scale waits for; else as `signal`."""
        port = self._port
        return port is not None and self._write(port, data, "the request")

    def _free_trigger(self, port: Transport) -> None:
        """The trigger on, where the command for it found no line: with it off the scanner would be dead for good."""
        if self._trigger_is_off:
            self._trigger_is_off = not self._write(port, self._profile.tone(Signal.TRIGGER_ON), "TRIGGER_ON")

    def _write(self, port: Transport, data: bytes, what: str) -> bool:
        """Whether the line took it. What it does not take is lost: a late tone would belong to another scan."""
        try:
            port.write(data)
        except PORT_LOST as error:
            log.warning("%s: %s not sent: %s", self.name, what, error)
            return False
        except Exception:
            log.exception("%s: %s not sent", self.name, what)
            return False
        return True

    def _run(self) -> None:
        self._report()
        settle = 0.0
        failures = 0
        while not self._stopping.is_set():
            opened = time.monotonic()
            was_online = self._attempt(settle)
            if was_online and time.monotonic() - opened > STEADY_AFTER:
                failures = 0
            self._stopping.wait(pause_before_retry(failures, network=is_network(self._setup.port)))
            failures += 1
            settle = self._settle

    def _attempt(self, settle: float) -> bool:
        """Open the port and read it to its end; True when it had opened. No failure gets past this."""
        try:
            port = self._open()
        except PortError as error:
            self._lose(str(error), may_sleep(self._url, error))
            return False
        except Exception:
            log.exception("%s: the port could not be opened", self.name)
            self._lose(f"{self._url or self.name} could not be opened: the log file says why.")
            return False
        try:
            self._read_to_the_end(port, settle)
        except PORT_LOST as error:
            log.info("%s: %s", self.name, error)
            gone = f"{self._url} fell silent: unplugged, switched off, or the line was cut."
            self._lose(gone, may_sleep(self._url))
        except Exception:
            log.exception("%s: the reader failed", self.name)
            self._lose(f"{self._url} could not be read: the log file says why.")
        finally:
            # Last, as pyserial takes 0.3 s to close a socket: the loss has been told by then.
            self._port = None
            port.close()
        return True

    def _open(self) -> Transport:
        if not self._setup.port:
            self._url = self._find(self._setup.match) or ""
            if not self._url:
                raise PortError(f"No port is known for {self.name}: plug it in, or correct its settings.")
        return self._open_port(self._url)

    def _read_to_the_end(self, port: Transport, settle: float) -> None:
        self._framer.reset()
        self._throw_away(port, settle)
        self._port = port
        self._free_trigger(port)
        self._tell("online", "")
        while not self._stopping.is_set():
            arrived = port.read()
            at = time.monotonic()
            if arrived:
                # Silence is what empty reads have seen. That this thread was late to run is none, and would cut a scan.
                self._framer.listen_again(at)
            found = self._framer.feed(arrived, at) if arrived else self._framer.poll(at)
            if answers := self._framer.answers():
                self._write(port, answers, "the line's answer")
            self._hand_over(found)
            if arrived:
                self._framer.listen_again(time.monotonic())

    def _throw_away(self, port: Transport, settle: float) -> None:
        port.discard_input()
        began = time.monotonic()
        talking = False
        while not self._stopping.is_set():
            passed = time.monotonic() - began
            if passed >= settle + SETTLED_WITHIN * talking:
                return
            talking = bool(port.read()) and settle > 0

    def _hand_over(self, found: list[Frame | BadFrame]) -> None:
        for frame in found:
            try:
                self._on_frame(self._of_gun(frame) if isinstance(frame, Frame) else frame)
            except Exception:
                log.exception("%s: this scan was lost: %r", self.name, frame)

    def _of_gun(self, frame: Frame) -> Frame:
        """The frame without what the base puts before it; one of an unknown gun stays as it is."""
        for text, gun in self._guns:
            if frame.data.startswith(text) and frame.data != text:
                return replace(frame, data=frame.data.removeprefix(text), gun=gun)
        return frame

    def _lose(self, reason: str, sleeps: bool = False) -> None:
        self._port = None
        if sleeps and self._state.kind in ("online", "asleep"):
            self._tell("asleep", _ASLEEP.format(url=self._url))
        else:
            self._tell("lost", reason)

    def _tell(self, kind: Kind, reason: str) -> None:
        was = self._state
        if self._stopping.is_set() or (was.kind, was.reason) == (kind, reason):
            return
        since = was.since if was.kind == kind else time.monotonic()
        self._state = ScannerState(self.name, self._url, kind, since, reason)
        log.log(logging.WARNING if kind == "lost" else logging.INFO, "%s is %s. %s", self.name, kind, reason)
        self._report()

    def _report(self) -> None:
        try:
            self._on_state(self._state)
        except Exception:
            log.exception("%s: nobody took the news of %s", self.name, self._state)


def opener_for(setup: ScannerSetup) -> Callable[[str], Transport]:
    """What opens the scanner's line as it is set; a read is empty just when a silence that ends a scan is over."""
    silence = (setup.idle_ms if setup.framing == "idle" else setup.stale_ms) / 1000
    seconds = silence / math.ceil(silence / READ_TIMEOUT)
    return partial(
        open_transport,
        baud=setup.baud,
        bytesize=setup.bits,
        parity=setup.parity,
        stopbits=setup.stop,
        read_timeout=seconds,
    )
