"""The latch of a STOP: in a row of cases, a refused one must not be lost in the rhythm.

The next scan has to be that same case, unless the operator says that it was set aside. See docs/decisions/0009.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from warehouse import barcodes, floor, messages
from warehouse.barcodes.text import escaped
from warehouse.floor import Answered, Given, Session
from warehouse.reply import Reply, Verdict

log = logging.getLogger("dockbell.latch")

_SET_ASIDE = frozenset({"ENTER", "DONE", "ESC"})


@dataclass(slots=True)
class Latch:
    """What was refused last, while it holds up the next scan; `name` is how the operator finds it again.

    `trigger` switches the scanner's trigger: off for `pause_s` seconds at each STOP that is latched.
    """

    trigger: Callable[[bool], None]
    pause_s: float
    enabled: bool = True
    raw: str = ""
    name: str = ""
    _free_at: float | None = None  # when the trigger is to be switched on again; None while it is on

    def answer(self, session: Session, given: Given) -> Answered:
        """The floor's answer, unless a STOP that is latched stands between."""
        step, name = session.step, self.name
        match self._judge(session, given):
            case "clear":
                kept = floor.keep(session, given, messages.reply(step, "set_aside", code=name, next=step.next))
                self.clear()
                return kept
            case "refuse":
                return floor.turn_away(session, given, messages.say("latched", code=name))
        return floor.answer(session, given)

    def _judge(self, session: Session, given: Given) -> Literal["pass", "clear", "refuse"]:
        """Whether an input goes on to the floor, clears the latch, or is turned away because of it."""
        if not self.raw or not session.step.loop:
            self.clear()
            return "pass"
        code = _code(given)
        if (given.key or (code and code.key)) in _SET_ASIDE and not session.overlay:
            return "clear"
        return "refuse" if code and _may_latch(given, code) and given.raw != self.raw else "pass"

    def heed(self, session: Session, given: Given, reply: Reply) -> None:
        """What came of an input: a refused case latches, an accepted code of any source clears."""
        code = _code(given)
        if not session.step.loop:
            self.clear()
        elif not self.enabled or code is None or code.kind == "card":
            return
        elif reply.verdict is not Verdict.STOP:
            self.clear()
        elif not self.raw and _may_latch(given, code):
            self.raw, self.name = given.raw, messages.tail(code.sscc or code.gtin or code.text)

    def clear(self) -> None:
        """Nothing is held up any more."""
        self.raw = self.name = ""

    # --- the trigger ---

    def hold_up(self, given: Given, reply: Reply) -> None:
        """Once its tone was sent: a STOP that is latched pauses the trigger; what clears the latch ends the pause."""
        if self.raw and reply.verdict is Verdict.STOP and given.source == "SERIAL":
            self._free_at = time.monotonic() + self.pause_s
            self._switch(on=False)
        elif not self.raw:
            self.release()

    def pause_left(self) -> float | None:
        """Seconds until the trigger is to be released; None while it is on."""
        return None if self._free_at is None else max(0.0, self._free_at - time.monotonic())

    def release(self) -> None:
        """The trigger on, if it is off."""
        if self._free_at is not None:
            self._free_at = None
            self._switch(on=True)

    def close(self) -> None:
        """The terminal is about to be closed: no latch any more, and no scanner is left with its trigger off."""
        self.enabled = False
        self.clear()
        self.release()

    def _switch(self, *, on: bool) -> None:
        try:
            self.trigger(on)
        except Exception:
            log.exception("a trigger could not be switched")


def _code(given: Given) -> barcodes.Code | None:
    """The code that was given; a part of one, or one that was misread, is none: read again it is another text."""
    code = barcodes.read(given.raw) if given.raw and not given.fault else None
    return code if isinstance(code, barcodes.Code) else None


def short_name(given: Given | None) -> str:
    """What an operator can find again: the last digits of a case's number, else the code as it was read."""
    if given is None:
        return "nothing"
    code = barcodes.read(given.raw)
    if given.key or isinstance(code, barcodes.Unreadable):
        return given.key or escaped(given.raw)
    return f"case {messages.tail(code.sscc)}" if code.sscc else messages.tail(code.gtin or code.text)


def _may_latch(given: Given, code: barcodes.Code) -> bool:
    return given.source == "SERIAL" and code.kind != "card"
