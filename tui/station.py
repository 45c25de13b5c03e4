"""The station: one thread that answers scans in order, for every front end and every scanner of a terminal.

Whatever happens at a terminal comes through `put`, is answered one by one on one database connection, is
heard (the scanner's tone) and only then seen. No input is dropped and each gets exactly one verdict.
"""

from __future__ import annotations

import contextlib
import logging
import math
import queue
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Literal, TypeVar

from db import connection
from devices.feedback import Signal
from tui.latch import Latch, short_name
from tui.weighing import Weigh, weighed
from warehouse import barcodes, floor, messages
from warehouse.barcodes.text import escaped
from warehouse.floor import Answered, Given, Session
from warehouse.flows.steps import View
from warehouse.reply import Message, Reply, Verdict

log = logging.getLogger("dockbell.station")

T = TypeVar("T")

BOUNCE_S = {"SERIAL": 0.4, "WEDGE": 0.7}  # the same code read again so soon is the trigger, not the operator
PATIENCE_S = 3.0  # how long frames queue behind a running scan before they are refused

WARM_UP = "]C110A"  # the GS1 parser takes a moment to load: before the first scan, after the first screen

TONES = {
    Verdict.OK: Signal.GOOD,
    Verdict.CHECK: Signal.ATTENTION,
    Verdict.STOP: Signal.BAD,
    Verdict.WAIT: Signal.TICK,
    Verdict.INFO: Signal.TICK,
}


@dataclass(frozen=True, slots=True)
class Answer:
    """One verdict on its way to a screen: what was given (None at the start and for notices), and what shows now.

    `step` is the step as the input met it. `view` is None where it could not be read (no database).
    """

    given: Given | None
    step: str
    reply: Reply
    view: View | None
    session: Session


class _ClosingError(Exception):
    """The terminal is being closed while the database is away."""


@dataclass(slots=True)
class _Running:
    given: Given | None = None
    since: float = math.inf


@dataclass(frozen=True, slots=True)
class _Bounced:
    given: Given


@dataclass(slots=True)
class Station:
    """A terminal's thread. `on_answer` and `tone` are called from it (and, for a refused frame, from a reader's).

    `on_answer` must be safe to call from any thread. `tone` is called before `on_answer`, with the scanner that read.

    With `latch` a STOP holds up the next case of a serial scanner (see tui.latch); `trigger` switches the scanner's
    trigger, off for `latch_pause_s` seconds at each such STOP. `labels_asked` is called when an answer has put labels
    into the outbox, `on_preview` with the step, what was typed there, and what saving it would do. `weigh` asks the
    scale, where there is one, and is called from the station's thread.
    """

    session: Session
    on_answer: Callable[[Answer], None]
    tone: Callable[[Signal, str], None] = lambda _signal, _scanner: None
    trigger: Callable[[bool], None] = lambda _on: None
    labels_asked: Callable[[], None] = lambda: None
    on_preview: Callable[[str, str, tuple[str, ...]], None] = lambda _step, _typed, _lines: None
    weigh: Weigh | None = None
    latch: bool = True
    latch_pause_s: float = 1.5
    patience_s: float = field(default_factory=lambda: PATIENCE_S)
    not_saved: int = 0
    _peeking: str | None = None
    _queue: queue.SimpleQueue[Given | _Bounced | Literal["look", "peek", "stop"]] = field(
        default_factory=queue.SimpleQueue
    )
    _thread: threading.Thread | None = None
    _running: _Running = field(default_factory=_Running)
    _closing: threading.Event = field(default_factory=threading.Event)
    _last_read: dict[tuple[str, str], tuple[str, float]] = field(default_factory=dict)
    _latch: Latch = field(init=False)

    def __post_init__(self) -> None:
        self._latch = Latch(self.trigger, self.latch_pause_s, self.latch)

    def start(self) -> None:
        """Begin to answer; the first answer is the screen to start with."""
        self._thread = threading.Thread(target=self._run, name="station", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Answer what is queued, then end; gives up on a database that is away."""
        self._queue.put("stop")
        thread = self._thread
        if thread is None or thread is threading.current_thread():
            return
        while thread.is_alive() and not self._waits_for_database():
            thread.join(0.2)
        self._closing.set()
        thread.join(2.0)

    def put(self, given: Given) -> None:
        """Queue an input, from any thread; a scan that comes while the database is silent is refused here."""
        if given.source in BOUNCE_S and given.raw and not given.fault and self._bounces(given):
            self._queue.put(_Bounced(given))
        elif self._too_late(given):
            self._refuse_unsaved(given)
        else:
            self._queue.put(given)

    def peek(self, typed: str) -> None:
        """Ask what saving the typed count would do; answered by `on_preview` unless inputs wait, the last one only."""
        waiting, self._peeking = self._peeking is not None, typed
        if not waiting:
            self._queue.put("peek")

    def free_trigger(self) -> None:
        """Before the scanners are closed, from any thread: none is left with its trigger off."""
        self._latch.close()

    def look(self) -> None:
        """Show the screen anew, unless inputs wait: their answers will."""
        if self._queue.empty() and self._running.given is None:
            self._queue.put("look")

    def _bounces(self, given: Given) -> bool:
        """Whether this is the last code of that gun again within its window, counted from the last read."""
        gun = (given.source, given.scanner)
        before, at = self._last_read.get(gun, ("", -math.inf))
        self._last_read[gun] = (given.raw, given.mono)
        window = BOUNCE_S[given.source] if given.bounce_ms is None else given.bounce_ms / 1000
        return before == given.raw and round(given.mono - at, 6) < window

    # --- the thread ---

    def _run(self) -> None:
        connection.patience.seconds = math.inf
        connection.patience.notice = self._notice
        try:
            self._show_start()
            barcodes.read(WARM_UP)
            while (entry := self._next()) != "stop":
                self._take(entry)
        except _ClosingError:
            log.warning("closed while the database was away")
        finally:
            self._latch.release()
            connection.close()

    def _next(self) -> Given | _Bounced | Literal["look", "peek", "stop"]:
        """What is next in the queue; meanwhile the trigger is switched on when its pause is over."""
        try:
            return self._queue.get(timeout=self._latch.pause_left())
        except queue.Empty:
            self._latch.release()
            return self._queue.get()

    def _take(self, entry: Given | _Bounced | str) -> None:
        if isinstance(entry, Given):
            self._answer(entry)
        elif isinstance(entry, _Bounced):
            self._sound(Signal.TICK, entry.given.scanner)
            self._send(entry.given, self.session.step.name, messages.reply(self.session.step, "repeat"))
        elif entry == "peek":
            self._preview()
        else:
            self._show_again()

    def _preview(self) -> None:
        typed, self._peeking = self._peeking or "", None
        lines = self._read(lambda session: floor.preview(session, typed), "the preview")
        if lines is not None:
            self.on_preview(self.session.step.name, typed, lines)

    def _answer(self, given: Given) -> None:
        step, wants, source = self.session.step.name, self.session.step.wants, given.source
        try:
            given, no_weight = weighed(self.session, given, self.weigh)
            with self._asking(given):
                answered = self._answered(given, no_weight)
            self.session, reply = answered.session, answered.reply
        except _ClosingError:
            raise
        except Exception:
            # A fault of the program: the transaction is rolled back, the floor is told, the log has the rest.
            log.exception("not saved at %s: %s", step, escaped(given.key or given.raw))
            reply = messages.reply(self.session.step, "not_saved")
        if reply.verdict is Verdict.STOP:
            said = " ".join(reply.message)
            log.info("refused at %s: expected %s: got %s: %s", step, wants, escaped(given.key or given.raw), said)
        self._latch.heed(self.session, given, reply)
        if source != "TYPED":
            self._sound(TONES[reply.verdict], given.scanner)
        self._latch.hold_up(given, reply)
        if reply.labels:
            self.labels_asked()
        self._send(given, step, reply)

    def _answered(self, given: Given, no_weight: Message | None) -> Answered:
        if no_weight is not None:
            return floor.turn_away(self.session, given, no_weight)
        return self._latch.answer(self.session, given)

    def _send(self, given: Given | None, step: str, reply: Reply) -> None:
        self._tell(Answer(given, step, reply, self._view(), self.session))

    def _tell(self, answer: Answer) -> None:
        """Whatever becomes of an answer on its way to the screen, the next input gets its own."""
        try:
            self.on_answer(answer)
        except Exception:
            log.exception("an answer could not be shown at %s", answer.step)

    def _sound(self, signal: Signal, scanner: str) -> None:
        try:
            self.tone(signal, scanner)
        except Exception:
            log.exception("a scanner could not be told")

    def _view(self) -> View | None:
        return self._read(floor.look, "the screen")

    def _read(self, read: Callable[[Session], T | None], what: str) -> T | None:
        """What is read for the screen alone; None where it could not be."""
        try:
            with self._asking():
                return read(self.session)
        except _ClosingError:
            raise
        except Exception:
            log.exception("%s could not be read at %s", what, self.session.step.name)
            connection.close()
            return None

    def _show_start(self) -> None:
        self._send(None, self.session.step.name, Reply(self.session.step, Verdict.INFO, ()))

    def _show_again(self) -> None:
        """Another terminal has committed: the screen anew, or, when the person works there now, who they are and where."""
        step = self.session.step.name
        reply = self._gone() or Reply(self.session.step, Verdict.INFO, ())
        if (view := self._view()) is not None:
            self._tell(Answer(None, step, reply, view, self.session))

    def _gone(self) -> Reply | None:
        left = self._read(floor.gone, "who stands here")
        if left is not None:
            self.session = left.session
        return left.reply if left is not None else None

    # --- a database that is slow or away ---

    @contextlib.contextmanager
    def _asking(self, given: Given | None = None) -> Iterator[None]:
        """Let every thread see since when the database is asked, for an input or for the screen."""
        self._running = _Running(given, time.monotonic())
        try:
            yield
        finally:
            self._running = _Running()

    def _waits_for_database(self) -> bool:
        return time.monotonic() - self._running.since > self.patience_s

    def _too_late(self, given: Given) -> bool:
        return given.source != "TYPED" and self._waits_for_database()

    def _refuse_unsaved(self, given: Given) -> None:
        """Called on the reader's thread: no scan goes without a verdict, also when nothing can be saved."""
        self.not_saved += 1
        self._sound(Signal.BAD, given.scanner)
        log.warning("not saved, the database is silent: %s", escaped(given.raw))
        reply = messages.reply(self.session.step, "database_slow")
        self._tell(Answer(given, self.session.step.name, reply, None, self.session))

    def _notice(self, waited: float, reason: str) -> None:
        """Called by the retry loop: the running scan keeps its id and is tried again."""
        if self._closing.is_set():
            raise _ClosingError
        given = self._running.given
        unsaved = escaped(given.raw or given.key) if given else "nothing"
        log.warning("database %s for %.1f s; not saved yet: %s", reason, waited, unsaved)
        reply = messages.reply(self.session.step, "database_wait", n=round(waited), got=short_name(given))
        self._tell(Answer(None, self.session.step.name, reply, None, self.session))


def scan_id() -> str:
    """A name for an input that no other input has, on any station; in the order of time, as the log is kept."""
    return f"{time.time_ns():016x}{uuid.uuid4().hex[:16]}"
