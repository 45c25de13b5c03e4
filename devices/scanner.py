"""One scanner: a thread that opens its port, reads, frames, hands over, and comes back after a loss."""

import logging
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from devices.feedback import Signal, bytes_for, profile_named
from devices.framing import BadFrame, Frame, LineFramer
from devices.transport import PORT_LOST, PortError, Transport, is_device, is_network, open_transport

STOP_WITHIN = 0.45  # seconds a stop waits for the reader
STEADY_AFTER = 2.0  # seconds on line after which a loss is a new one, not the same port failing again

log = logging.getLogger(__name__)

Kind = Literal["connecting", "online", "lost"]


@dataclass(frozen=True, slots=True)
class ScannerState:
    """What a scanner's line is doing. `since`: monotonic seconds at which it became `kind`.

    `reason` is a sentence for people while the scanner is lost, otherwise empty.
    """

    name: str
    url: str
    kind: Kind
    since: float
    reason: str


def _ignore(_state: ScannerState) -> None:
    return None


class Scanner:
    """A scanner by its URL. Frames and states come from its own thread, in order, until `stop`.

    `on_frame` gets each scan once. While it runs nothing is read, so it should put the frame down and return;
    an exception of its own costs that scan only, and is logged.
    `on_state` gets one call when the kind changes, or the reason why the scanner is lost.
    `feedback` names a row of `feedback.PROFILES`; another name raises ValueError.
    `open_port` opens the URL or raises PortError; `partial(open_transport, baud=115200)` sets up the line.
    `settle` is in seconds: so long a device that came back has what it sends thrown away, as those are scans
    from the time when nobody listened. The first opening throws away only what is waiting at that moment.

    A scanner is started once and stopped once; a change of its settings is a new Scanner.
    """

    def __init__(
        self,
        url: str,
        *,
        on_frame: Callable[[Frame | BadFrame], None],
        on_state: Callable[[ScannerState], None] = _ignore,
        feedback: str = "generic",
        name: str | None = None,
        open_port: Callable[[str], Transport] = open_transport,
        settle: float = 0.2,
    ) -> None:
        profile_named(feedback)
        self.url = url
        self.name = name or url
        self._on_frame = on_frame
        self._on_state = on_state
        self._feedback = feedback
        self._open_port = open_port
        self._settle = settle if is_device(url) else 0.0
        self._framer = LineFramer()
        self._port: Transport | None = None
        self._state = ScannerState(self.name, url, "connecting", time.monotonic(), "")
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
        tone = bytes_for(self._feedback, signal)
        if not tone:
            return True
        port = self._port
        if port is None:
            return False
        try:
            port.write(tone)
        except PORT_LOST as error:
            log.warning("%s: %s not sent: %s", self.name, signal.name, error)
            return False
        except Exception:
            log.exception("%s: %s not sent", self.name, signal.name)
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
            self._stopping.wait(pause_before_retry(failures, network=is_network(self.url)))
            failures += 1
            settle = self._settle

    def _attempt(self, settle: float) -> bool:
        """Open the port and read it to its end; True when it had opened. No failure gets past this."""
        try:
            port = self._open_port(self.url)
        except PortError as error:
            self._lose(str(error))
            return False
        except Exception:
            log.exception("%s: the port could not be opened", self.name)
            self._lose(f"{self.url} could not be opened: the log file says why.")
            return False
        try:
            self._read_to_the_end(port, settle)
        except PORT_LOST as error:
            log.info("%s: %s", self.name, error)
            self._lose(f"{self.url} fell silent: unplugged, switched off, or the line was cut.")
        except Exception:
            log.exception("%s: the reader failed", self.name)
            self._lose(f"{self.url} could not be read: the log file says why.")
        finally:
            # Last, as pyserial takes 0.3 s to close a socket: the loss has been told by then.
            self._port = None
            port.close()
        return True

    def _read_to_the_end(self, port: Transport, settle: float) -> None:
        self._framer.reset()
        self._throw_away(port, settle)
        self._port = port
        self._tell("online", "")
        while not self._stopping.is_set():
            arrived = port.read()
            at = time.monotonic()
            self._hand_over(self._framer.feed(arrived, at) if arrived else self._framer.poll(at))

    def _throw_away(self, port: Transport, settle: float) -> None:
        port.discard_input()
        until = time.monotonic() + settle
        while time.monotonic() < until and not self._stopping.is_set():
            port.read()

    def _hand_over(self, found: list[Frame | BadFrame]) -> None:
        for frame in found:
            try:
                self._on_frame(frame)
            except Exception:
                log.exception("%s: this scan was lost: %r", self.name, frame)
        if found:
            self._framer.listen_again(time.monotonic())

    def _lose(self, reason: str) -> None:
        self._port = None
        self._tell("lost", reason)

    def _tell(self, kind: Kind, reason: str) -> None:
        was = self._state
        if self._stopping.is_set() or (was.kind, was.reason) == (kind, reason):
            return
        since = was.since if was.kind == kind else time.monotonic()
        self._state = ScannerState(self.name, self.url, kind, since, reason)
        log.log(logging.WARNING if kind == "lost" else logging.INFO, "%s is %s. %s", self.name, kind, reason)
        self._report()

    def _report(self) -> None:
        try:
            self._on_state(self._state)
        except Exception:
            log.exception("%s: nobody took the news of %s", self.name, self._state)


def pause_before_retry(failures: int, *, network: bool) -> float:
    """Seconds to wait after the attempt that followed `failures` others in a row.

    0.1 s doubling to 2 s, to 5 s for a network address, and 20 % to either side, so that twenty scanners on
    one hub do not all knock at the same moment.
    """
    longest = 5.0 if network else 2.0
    return min(longest, 0.1 * 2.0 ** min(failures, 10)) * random.uniform(0.8, 1.2)
