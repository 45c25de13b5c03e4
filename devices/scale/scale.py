"""The scale of a terminal: its line is read as a scanner's is, and `weigh` says what lies on it."""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from devices.framing import BadFrame, Frame
from devices.scale.protocols import PROTOCOLS
from devices.scale.reading import Reading, ScaleError, Trouble
from devices.scale.setup import ScaleSetup
from devices.scanner import Scanner, ScannerState
from devices.setup import ScannerSetup
from devices.transport import Transport

FRESH_S = 1.0  # seconds after which what a scale sent says nothing about what lies on it now
ASK_EVERY_S = 0.25  # the slowest scales need nearly as long for one answer
# Without parity a line cannot tell a wrong digit: a weight counts when two frames in a row say the same.
AGREEING = 2
_KEPT = 64  # frames: more than any scale sends in FRESH_S

_WHY: dict[Trouble, str] = {
    "silent": "The scale on {url} does not answer: switch it on, and see to its cable, protocol and baud.",
    "moving": "The weight on the scale on {url} does not settle: let it stand still and weigh again.",
    "over": "The load is too heavy for the scale on {url}: take it off.",
    "zero": "The scale on {url} is below zero or was not zeroed: empty it, press its zero key and weigh again.",
    "empty": "Nothing lies on the scale on {url}: put the load on and weigh again.",
    "unknown": "The scale on {url} sends no reading of {protocol} ({sent}): correct its protocol, unit, baud or parity.",
}

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Heard:
    """What one frame said, and the monotonic second at which its last byte came."""

    at: float
    said: Reading | Trouble


def _ignore(_state: ScannerState) -> None:
    return None


class Scale:
    """A scale by its settings. Its own thread reads the line and comes back after a loss, as `Scanner` does.

    `on_state` hears, from that thread, when the scale's line is found or lost. A scale is started once and stopped
    once.
    """

    def __init__(
        self,
        setup: ScaleSetup,
        *,
        on_state: Callable[[ScannerState], None] = _ignore,
        open_port: Callable[[str], Transport] | None = None,
    ) -> None:
        self._setup = setup
        self._protocol = PROTOCOLS[setup.protocol]
        self._heard: deque[Heard] = deque(maxlen=_KEPT)
        self._sent = b""  # the last frame that was not understood
        self._stopped = False
        self._news = threading.Condition()
        line = ScannerSetup(
            "scale",
            port=setup.port,
            baud=setup.baud,
            bits=setup.bits,
            parity=setup.parity,
            stop=setup.stop,
            max_frame=256,
            feedback="none",
        )
        # What a scale sends while nobody listens has an age, and is thrown away by that.
        self._line = Scanner(line, on_frame=self._hear, on_state=on_state, open_port=open_port, settle=0.0)

    @property
    def state(self) -> ScannerState:
        """What its line is doing."""
        return self._line.state

    @property
    def shows(self) -> Reading | None:
        """What a scale that sends by itself shows at this moment, moving or not; None where that is not known."""
        with self._news:
            newest = self._heard[-1] if self._heard and self._protocol.continuous else None
        if newest is None or time.monotonic() - newest.at > FRESH_S or not isinstance(newest.said, Reading):
            return None
        return newest.said

    def start(self) -> None:
        """Begin to connect, and return at once."""
        self._line.start()

    def stop(self) -> None:
        """Give the port back; who waits for a weight is told that there is none."""
        with self._news:
            self._stopped = True
            self._news.notify_all()
        self._line.stop()

    def weigh(self, timeout_s: float | None = None) -> Reading:
        """The weight that lies on the scale: settled, above zero, said twice.

        It comes after this call, or from a scale that sends by itself not more than FRESH_S before. Waits up to
        `timeout_s` seconds (the set-up's without it) for it to settle, from any thread. Raises ScaleError.
        """
        began = time.monotonic()
        deadline = began + (self._setup.timeout_s if timeout_s is None else timeout_s)
        ask_at = began
        with self._news:
            while True:
                now = time.monotonic()
                since = now - FRESH_S if self._protocol.continuous else began
                heard = [one for one in self._heard if one.at >= since]
                weight = settled(heard)
                if weight is not None:
                    return weight
                if self._stopped or self.state.kind in ("lost", "asleep"):
                    raise self._error("silent")
                if now >= deadline:
                    raise self._error(trouble_of(heard))
                if not self._protocol.continuous and now >= ask_at:
                    self._line.send(self._protocol.request)
                    ask_at = time.monotonic() + ASK_EVERY_S
                until = deadline if self._protocol.continuous else min(deadline, ask_at)
                self._news.wait(min(ASK_EVERY_S, max(0.0, until - time.monotonic())))

    def _hear(self, frame: Frame | BadFrame) -> None:
        said = self._protocol.read(frame.data) if isinstance(frame, Frame) else "unknown"
        with self._news:
            if said == "unknown":
                self._sent = frame.data[:40]
            self._heard.append(Heard(frame.at, said))
            self._news.notify_all()

    def _error(self, trouble: Trouble) -> ScaleError:
        state = self.state
        sentence = _WHY[trouble].format(url=self._setup.port, protocol=self._setup.protocol, sent=self._sent)
        if trouble == "silent" and state.reason:
            sentence = state.reason
        log.info("no weight: %s", sentence)
        return ScaleError(trouble, sentence)


def settled(heard: Iterable[Heard]) -> Reading | None:
    """The weight that the newest frames agree on, by the scale's own word that it is stable; None as long as not."""
    last = [one.said for one in heard][-AGREEING:]
    newest = last[-1] if len(last) == AGREEING else None
    if not isinstance(newest, Reading) or not newest.stable or newest.value <= 0:
        return None
    return newest if all(one == newest for one in last) else None


def trouble_of(heard: Iterable[Heard]) -> Trouble:
    """Why these frames are no weight: what the newest says that was understood, else that none was, or none came."""
    said = [one.said for one in heard]
    understood = [one for one in said if one != "unknown"]
    if not understood:
        return "unknown" if said else "silent"
    newest = understood[-1]
    if not isinstance(newest, Reading):
        return newest
    if newest.stable and newest.value <= 0:
        return "zero" if newest.value else "empty"
    return "moving"
