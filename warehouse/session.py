"""A terminal between two inputs, an input as it came, and what became of both."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from warehouse.flows import sign_on
from warehouse.flows.steps import Source, Step

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from warehouse.reply import Reply
    from warehouse.site import Location, Operator, Site
    from warehouse.sscc import SsccRange


@dataclass(frozen=True, slots=True)
class Session:
    """A terminal and who works at it: the state that the station holds between inputs."""

    site: Site
    station: str
    dock: Location | None
    now: Callable[[], datetime]
    operator: Operator | None = None
    step: Step = sign_on.SignOn()  # noqa: RUF009 - steps are frozen
    overlay: bool = False  # help or a list lies over the prompt: Back puts it away and nothing else
    terminal: str = field(default_factory=lambda: uuid.uuid4().hex)  # two terminals may bear one station's name
    printer: str = ""  # the label printer of this terminal, as people call it
    sscc: SsccRange | None = None  # the numbers for cases that come without one
    mono: Callable[[], float] | None = None  # the clock of `Given.mono`, where how long a verdict takes is kept


@dataclass(frozen=True, slots=True)
class Given:
    """One input as it came: the raw text (a scan or a typed line), or a key, or a tick.

    `scan_id` names it for ever; `repeated` says that the sender may have sent it before. `scanner` is the gun
    that read it. `fault` is the id of the message that says why it is no input: half a scan, a bad escape.
    `took_ms` is from its first byte to its last, where the line tells. `bounce_ms`: the same code of the same gun
    within so long after it is the trigger, where the gun has a time of its own.
    """

    scan_id: str
    mono: float
    raw: str = ""
    source: Source = "TYPED"
    key: str = ""
    repeated: bool = False
    scanner: str = ""
    fault: str = ""
    took_ms: int | None = None
    bounce_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Answered:
    """What came of an input: the session as it is now, and the reply."""

    session: Session
    reply: Reply
