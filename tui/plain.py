"""Line mode: the same station for dumb terminals, screen readers and scripts. docs/plain.md is its manual.

A line is typed text and ENTER, `!NAME` a key, `!{HH}` a byte. With `json` one object answers each input, flushed
before the next is read. It proves that no rule lives in the app.
"""

from __future__ import annotations

import json as json_
import queue
import re
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, TextIO

from devices.feedback import Signal
from tui.settings import Limits
from tui.station import Answer, Station, scan_id
from tui.weighing import Weigh
from warehouse.barcodes.text import MAX_FIELD, escaped, forbidden
from warehouse.floor import Given, Session
from warehouse.flows.steps import Source, View
from warehouse.reply import InputError

KEYS = frozenset(["F1", "F2", "F4", "F5", "F6", "F7", "F8", "F9", "F12", "ENTER", "ESC", "DONE", "UP", "DOWN"])
SHOWN = frozenset({"board", "whats_this", "inbound_view"})  # jobs whose lists are what they are for
MAX_LINE = 8192
MAX_SHOWN = 300  # characters of a line that is printed for people
MAX_MS = 10**12  # of virtual time: thirty years
_BYTE = re.compile(r"!\{([0-9A-Fa-f]{2})\}")


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of input, as it is shown again, and what goes to the station."""

    shown: str
    given: Given


def read_line(line: bytes, mono: float, *, name: str = "", source: Source = "TYPED", repeated: bool = False) -> Entry:
    """A line without its terminator, as an entry; a bad escape or bad UTF-8 is a fault, never half an input."""
    shown = line.decode("utf-8", errors="replace")
    if len(line) > MAX_LINE:
        shown = shown[:200]
    given = Given(name or scan_id(), mono, raw=shown, source=source, repeated=repeated)
    if len(line) > MAX_LINE:
        return Entry(shown, replace(given, fault="line_too_long"))
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError:
        return Entry(shown, replace(given, fault="bad_utf8"))
    if text.startswith("!") and text[1:].upper() in KEYS:
        return Entry(shown, replace(given, raw="", key=text[1:].upper()))
    if "!" in _BYTE.sub("", text):
        return Entry(shown, replace(given, fault="bad_escape"))
    raw = bytearray()
    place = 0
    for escape in _BYTE.finditer(text):
        raw += text[place : escape.start()].encode() + bytes([int(escape[1], 16)])
        place = escape.end()
    raw += text[place:].encode()
    try:
        return Entry(shown, replace(given, raw=raw.decode("utf-8")))
    except UnicodeDecodeError:
        return Entry(shown, replace(given, fault="bad_utf8"))


# --- Output ---------------------------------------------------------------------------------------------


def as_object(answer: Answer, shown: str | None) -> dict[str, Any]:
    """An answer as the JSON object of the contract; unknown is null, never a missing field."""
    reply = answer.reply
    given = answer.given
    return {
        "scan_id": given.scan_id if given else None,
        "input": shown,
        "source": given.source if given else None,
        "flow": answer.step.partition(".")[0],
        "step": answer.step,
        "next_step": reply.step.name,
        "verdict": reply.verdict.value,
        "message": list(reply.message),
        "prompt": answer.view.prompt if answer.view else None,
        "unit": reply.unit,
        "released": [
            {"order": one.order, "line": one.line, "sku": one.sku, "quantity": one.quantity, "kind": one.kind}
            for one in reply.released
        ],
        "freed": [
            {"order": one.order, "line": one.line, "sku": one.sku, "quantity": one.quantity} for one in reply.freed
        ],
        "rows": [list(row) for row in _rows(answer)],
    }


def as_lines(answer: Answer, *, brief: bool = False) -> list[str]:
    """An answer as a person reads it: the verdict with its message, a list if there is one, and (not `brief`) the prompt."""
    reply = answer.reply
    lines = []
    if reply.message:
        first, *others = reply.message
        lines = [f"{reply.verdict.value:<5} {first}", *(f"      {text}" for text in others)]
    lines += ["      " + "  ".join(cell for cell in row if cell) for row in _rows(answer)]
    if answer.view is not None and not brief:
        lines += _view_lines(answer.view)
    return [_safe(line[:MAX_SHOWN]) for line in lines]


def _rows(answer: Answer) -> tuple[tuple[str, ...], ...]:
    """The rows of help or of a list; where a screen is there to show something, what it shows."""
    if answer.reply.rows or answer.view is None or answer.reply.step.flow not in SHOWN:
        return answer.reply.rows
    return tuple(row for table in answer.view.tables for row in table.rows)


def _safe(text: str) -> str:
    """Text that steers no terminal: whatever nobody can see is escaped, the letters of every script stay."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(escaped(char) if forbidden(char) else char for char in text)


def _view_lines(view: View) -> list[str]:
    facts = ["      " + f"{fact.label} {fact.value}".strip() for fact in view.facts]
    hint = f"  ({view.hint})" if view.hint else ""
    choices = [f"      {digit} {words}" for digit, words in enumerate(view.choices, 1)]
    return [*facts, *choices, f"{view.prompt}{hint}"]


@dataclass(slots=True)
class Terminal:
    """The loop of line mode around one station: every answer is printed as it comes, also a scanner's."""

    session: Session
    out: TextIO
    json: bool = False
    tone: Callable[[Signal, str], None] = lambda _signal, _scanner: None
    limits: Limits = field(default_factory=Limits)
    weigh: Weigh | None = None
    station: Station = field(init=False)
    _asked: dict[str, str] = field(default_factory=dict)  # what was typed, by the id it is answered under
    _answered: queue.SimpleQueue[Answer | Exception] = field(default_factory=queue.SimpleQueue)
    _started: bool = False
    _printing: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        # No latch: who reads line by line misses no STOP.
        self.station = Station(
            self.session, self._hear, self.tone, weigh=self.weigh, latch=False, patience_s=self.limits.patience_s
        )

    def start(self) -> None:
        """Start the station; its first prompt is printed before this returns."""
        self.station.start()
        self._wait()

    def give(self, entry: Entry) -> Answer:
        """Answer one entry; it is printed before this returns. Raises OSError when nobody reads the output any more."""
        self._asked[entry.given.scan_id] = entry.shown
        self.station.put(entry.given)
        return self._wait()

    def stop(self) -> None:
        """Answer and print what is queued, then end."""
        self.station.stop()

    def _wait(self) -> Answer:
        answer = self._answered.get()
        if isinstance(answer, Exception):
            raise answer
        return answer

    def _hear(self, answer: Answer) -> None:
        """Called from the station's thread, or a reader's."""
        given = answer.given
        awaited = given.scan_id in self._asked if given else not self._started
        shown = self._asked.pop(given.scan_id, given.key or given.raw) if given else None
        self._started = True
        try:
            self._print(answer, shown)
        except (OSError, ValueError) as error:  # told to whoever gives the lines: the station itself goes on
            self._answered.put(error)
            return
        if awaited:
            self._answered.put(answer)

    def follow(self) -> None:
        """Another terminal has committed: tell it to who looks at the board; in a job it would only be in the way."""
        if self.station.session.step.flow == "board":
            self.station.look()

    def _print(self, answer: Answer, shown: str | None) -> None:
        text = json_.dumps(as_object(answer, shown)) if self.json else "\n".join(as_lines(answer))
        charset = self.out.encoding or "utf-8"
        text = text.encode(charset, errors="backslashreplace").decode(charset)  # not every terminal has every letter
        with self._printing:
            self.out.write(text + "\n")
            self.out.flush()


def run(terminal: Terminal, lines: Iterator[bytes], at_end: Callable[[], None] = lambda: None) -> None:
    """Answer the lines one by one until they end; `at_end` closes what else gives inputs, which then are answered."""
    terminal.start()
    try:
        for line in lines:
            text = line.rstrip(b"\n").rstrip(b"\r")
            if text.strip() or len(text) > MAX_LINE:
                terminal.give(read_line(text, time.monotonic()))
    finally:
        at_end()
        terminal.stop()


# --- Virtual time ---------------------------------------------------------------------------------------


@dataclass(slots=True)
class VirtualClock:
    """The clock of `--timed`: the input says what time it is, nothing waits."""

    start: datetime
    at_ms: int = 0

    def now(self) -> datetime:
        """The instant of the input that is being answered."""
        return self.start + timedelta(milliseconds=self.at_ms)


def run_timed(terminal: Terminal, clock: VirtualClock, lines: Iterator[bytes]) -> None:
    """Answer JSON lines {"at_ms", "input", "source"?, "scan_id"?, "mono_ms"?} at their virtual times.

    Raises InputError for a line that is none, naming it; what came before it is answered.
    """
    terminal.start()
    try:
        for number, line in enumerate(lines, 1):
            if line.strip():
                entry, clock.at_ms = _timed_entry(line, number, clock.at_ms)
                if entry.shown.strip():
                    terminal.give(entry)
    finally:
        terminal.stop()


def _timed_entry(line: bytes, number: int, before: int) -> tuple[Entry, int]:
    try:
        record = json_.loads(line)
    except (ValueError, RecursionError) as error:
        raise InputError(f"Line {number} is no JSON object: {escaped(str(error))}.") from error
    known = {"at_ms", "input", "source", "scan_id", "mono_ms"}
    if not isinstance(record, dict) or not {"at_ms", "input"} <= record.keys() <= known:
        raise InputError(f"Line {number} needs at_ms and input, and may have source, scan_id and mono_ms.")
    given = {name: value for name, value in record.items() if value is not None}
    at_ms, text = given.get("at_ms"), given.get("input")
    mono_ms, name, source = given.get("mono_ms", at_ms), given.get("scan_id", ""), given.get("source", "TYPED")
    if not (isinstance(text, str) and isinstance(name, str) and isinstance(source, str)):
        raise InputError(f"Line {number}: input, source and scan_id are texts.")
    if not (type(at_ms) is type(mono_ms) is int and max(abs(at_ms), abs(mono_ms)) <= MAX_MS):
        raise InputError(f"Line {number}: at_ms and mono_ms are whole numbers of at most {MAX_MS}.")
    if at_ms < before:
        raise InputError(f"Line {number} goes back in time: {at_ms} ms after {before} ms.")
    if source.upper() not in ("SERIAL", "WEDGE", "TYPED"):
        raise InputError(f"Line {number}: source is SERIAL, WEDGE or TYPED, not {escaped(source)}.")
    if forbidden(name) or len(name) > MAX_FIELD:
        raise InputError(f"Line {number}: scan_id is printable text of at most {MAX_FIELD} characters.")
    raw = text.encode("utf-8", errors="surrogatepass")
    return read_line(raw, mono_ms / 1000, name=name, source=source.upper(), repeated=bool(name)), at_ms  # type: ignore[arg-type]
