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
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import IO, Any

from devices.feedback import Signal
from tui.station import Answer, Station, scan_id
from warehouse import messages
from warehouse.barcodes.text import escaped
from warehouse.floor import Given, Session
from warehouse.flows.steps import Source, View
from warehouse.reply import InputError, Reply

KEYS = frozenset(["F1", "F2", "F4", "F5", "F6", "F7", "F8", "F9", "F12", "ENTER", "ESC", "DONE", "UP", "DOWN"])
MAX_LINE = 8192
_BYTE = re.compile(r"!\{([0-9A-Fa-f]{2})\}")


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of input: what goes to the station, or why it does not (`fault`, the id of a message)."""

    shown: str
    given: Given | None
    fault: str = ""


def read_line(line: bytes, mono: float, *, name: str = "", source: Source = "TYPED", repeated: bool = False) -> Entry:
    """A line without its terminator, as an entry; a bad escape or bad UTF-8 is a fault, never half an input."""
    shown = line.decode("utf-8", errors="replace")
    if len(line) > MAX_LINE:
        return Entry(shown[:200], None, "line_too_long")
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError:
        return Entry(shown, None, "bad_utf8")
    name = name or scan_id()
    if text.startswith("!") and text[1:].upper() in KEYS:
        return Entry(shown, Given(name, mono, key=text[1:].upper(), source=source, repeated=repeated))
    if "!" in _BYTE.sub("", text):
        return Entry(shown, None, "bad_escape")
    raw = bytearray()
    place = 0
    for escape in _BYTE.finditer(text):
        raw += text[place : escape.start()].encode() + bytes([int(escape[1], 16)])
        place = escape.end()
    raw += text[place:].encode()
    try:
        return Entry(shown, Given(name, mono, raw=raw.decode("utf-8"), source=source, repeated=repeated))
    except UnicodeDecodeError:
        return Entry(shown, None, "bad_utf8")


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
        "rows": [list(row) for row in reply.rows],
    }


def as_lines(answer: Answer, *, brief: bool = False) -> list[str]:
    """An answer as a person reads it: the verdict with its message, a list if there is one, and (not `brief`) the prompt."""
    reply = answer.reply
    lines = []
    if reply.message:
        first, *others = reply.message
        lines = [f"{reply.verdict.value:<5} {first}", *(f"      {text}" for text in others)]
    lines += ["      " + "  ".join(cell for cell in row if cell) for row in reply.rows]
    if answer.view is not None and not brief:
        lines += _view_lines(answer.view)
    return [escaped(line, 300) for line in lines]


def _view_lines(view: View) -> list[str]:
    facts = [f"      {fact.label} {fact.value}".rstrip() for fact in view.facts]
    hint = f"  ({view.hint})" if view.hint else ""
    choices = [f"      {digit} {words}" for digit, words in enumerate(view.choices, 1)]
    return [*facts, *choices, f"{view.prompt}{hint}"]


@dataclass(slots=True)
class Terminal:
    """The loop of line mode around one station: every answer is printed as it comes, also a scanner's."""

    session: Session
    out: IO[str]
    json: bool = False
    tone: Callable[[Signal], None] = lambda _signal: None
    station: Station = field(init=False)
    _asked: dict[str, str] = field(default_factory=dict)  # what was typed, by the id it is answered under
    _answered: queue.SimpleQueue[Answer] = field(default_factory=queue.SimpleQueue)
    _printing: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.station = Station(self.session, self._hear, self.tone)

    def start(self) -> None:
        """Start the station; its first prompt is printed before this returns."""
        self.station.start()
        self._answered.get()

    def give(self, entry: Entry) -> Answer:
        """Answer one entry; it is printed before this returns."""
        if entry.given is None:
            return self._refuse(entry)
        self._asked[entry.given.scan_id] = entry.shown
        self.station.put(entry.given)
        while True:
            answer = self._answered.get()
            if answer.given is not None and answer.given.scan_id == entry.given.scan_id:
                return answer

    def stop(self) -> None:
        """Answer and print what is queued, then end."""
        self.station.stop()

    def _hear(self, answer: Answer) -> None:
        """Called from the station's thread, or a reader's."""
        given = answer.given
        shown = self._asked.pop(given.scan_id, given.key or given.raw) if given else None
        self._print(answer, shown)
        self._answered.put(answer)

    def _refuse(self, entry: Entry) -> Answer:
        step = self.station.session.step
        reply: Reply = messages.reply(step, entry.fault)
        answer = Answer(Given(scan_id(), 0.0), step.name, reply, None, self.station.session)
        self._print(answer, entry.shown)
        return answer

    def _print(self, answer: Answer, shown: str | None) -> None:
        text = json_.dumps(as_object(answer, shown)) if self.json else "\n".join(as_lines(answer))
        with self._printing:
            self.out.write(text + "\n")
            self.out.flush()


def run(terminal: Terminal, lines: Iterator[bytes]) -> None:
    """Answer the lines one by one until they end."""
    terminal.start()
    for line in lines:
        text = line.rstrip(b"\n").rstrip(b"\r")
        if text.strip():
            terminal.give(read_line(text, time.monotonic()))
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
                terminal.give(entry)
    finally:
        terminal.stop()


def _timed_entry(line: bytes, number: int, before: int) -> tuple[Entry, int]:
    try:
        record = json_.loads(line)
    except ValueError as error:
        raise InputError(f"Line {number} is no JSON object: {escaped(str(error))}.") from error
    known = {"at_ms", "input", "source", "scan_id", "mono_ms"}
    if not isinstance(record, dict) or not {"at_ms", "input"} <= record.keys() <= known:
        raise InputError(f"Line {number} needs at_ms and input, and may have source, scan_id and mono_ms.")
    at_ms, mono_ms = record["at_ms"], record.get("mono_ms", record["at_ms"])
    source = str(record.get("source") or "TYPED").upper()
    text, name = record["input"], record.get("scan_id") or ""
    if not (isinstance(at_ms, int) and isinstance(mono_ms, int) and isinstance(text, str) and isinstance(name, str)):
        raise InputError(f"Line {number}: at_ms and mono_ms are whole numbers, input and scan_id are texts.")
    if at_ms < before:
        raise InputError(f"Line {number} goes back in time: {at_ms} ms after {before} ms.")
    if source not in ("SERIAL", "WEDGE", "TYPED"):
        raise InputError(f"Line {number}: source is SERIAL, WEDGE or TYPED, not {escaped(source)}.")
    raw = text.encode("utf-8", errors="surrogatepass")
    return read_line(raw, mono_ms / 1000, name=name, source=source, repeated=bool(name)), at_ms  # type: ignore[arg-type]
