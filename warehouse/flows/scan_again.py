"""Scan it again to confirm: bound to that very code at that prompt, and never the trigger that bounced.

The same raw scan confirms after at least 700 ms and within 30 s; sooner it is the same question once more, whose time
goes on; anything else is a new scan, and the question is gone (screens.md, 1.5: a confirmation that was bound to
anything less confirmed the wrong thing).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Literal

from db.connection import instant, iso
from warehouse.flows.steps import Step, part

if TYPE_CHECKING:
    from warehouse.flows.steps import Context, Scan

BOUNCE_S = 0.7
PATIENCE_S = 30.0


@part
@dataclass(frozen=True)
class Pending:
    """What waits for its second scan: the code as it came, what it would do, and when it was asked.

    `mono` is the station's clock, which no one sets; `at` the database's, which every station shares.
    """

    raw: str
    about: str
    mono: float
    at: str


@dataclass(frozen=True)
class Asks(Step):
    """A step at which a second scan may confirm the first; signing off forgets the first."""

    pending: Pending | None = field(default=None, kw_only=True)


def asked(scan: Scan, about: str, context: Context) -> Pending:
    """The question that this scan raises."""
    return Pending(scan.code.raw, about, context.mono, iso(context.now))


def judge(step: Asks, scan: Scan, about: str, context: Context) -> Literal["YES", "SOON", "NEW"]:
    """Whether this scan confirms what it asked before, comes too soon for that, or asks for the first time."""
    pending = step.pending
    if pending is None or (pending.raw, pending.about) != (scan.code.raw, about) or not in_time(pending, context):
        return "NEW"
    return "SOON" if context.mono - pending.mono < BOUNCE_S else "YES"


def in_time(pending: Pending, context: Context) -> bool:
    """Whether a question still stands: by both clocks, as another station's own clock tells nothing."""
    aged = context.now - instant(pending.at)
    return 0 <= context.mono - pending.mono <= PATIENCE_S and aged <= timedelta(seconds=PATIENCE_S)
