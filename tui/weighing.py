"""ENTER on an empty box of a step that weighs: the scale is asked, and its weight becomes the input."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace

from devices.scale import Reading, ScaleError, Trouble
from warehouse import barcodes, messages
from warehouse.floor import Given, Session
from warehouse.flows.steps import BoxStep
from warehouse.reply import Message

log = logging.getLogger("dockbell.weighing")

Weigh = Callable[[], Reading]

_SAID: dict[Trouble, str] = {
    "silent": "scale_silent",
    "moving": "scale_moving",
    "over": "scale_over",
    "zero": "scale_zero",
    "empty": "scale_empty",
    "unknown": "scale_unknown",
}


def weighed(session: Session, given: Given, weigh: Weigh | None) -> tuple[Given, Message | None]:
    """The input with what lies on the scale in it, under its own scan id; any other input as it is.

    The message says why there is no weight. Waits as long as `weigh` does.
    """
    if not _asks(session, given):
        return given, None
    if weigh is None:
        return given, messages.say("scale_none")
    try:
        reading = weigh()
    except ScaleError as error:
        log.warning("no weight at %s: %s", session.step.name, error)
        return given, messages.say(_SAID[error.trouble])
    return replace(given, raw=reading.text, key="", source="SCALE"), None


def _asks(session: Session, given: Given) -> bool:
    step = session.step
    if not step.weighs or session.overlay or given.fault or (isinstance(step, BoxStep) and step.digits):
        return False
    code = barcodes.read(given.raw) if given.raw else None
    key = code.key if isinstance(code, barcodes.Code) else given.key
    return key in ("ENTER", "DONE")
