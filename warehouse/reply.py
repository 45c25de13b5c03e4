"""What the floor answers: one Reply for each input, with one of five verdicts; a refusal is an exception."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import datetime

    from warehouse.flows.steps import Step


class Verdict(StrEnum):
    """The five words that a banner starts with. CHECK never saves; STOP means nothing was saved."""

    OK = "OK"
    CHECK = "CHECK"
    STOP = "STOP"
    WAIT = "WAIT"
    INFO = "INFO"


@dataclass(frozen=True, slots=True)
class Released:
    """An order line that got pieces from this input: `kind` HARD is pickable now."""

    order: str
    line: int
    sku: str
    quantity: int
    kind: str = "HARD"


@dataclass(frozen=True, slots=True)
class Freed:
    """An order line that lost reserved pieces and waits for them again."""

    order: str
    line: int
    sku: str
    quantity: int


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer to one input: where the operator stands now, and one verdict with its message.

    `message` holds at most three short lines: what, why, next. `moves` counts the ledger rows written,
    `wake_at` asks the station for a Tick then. `rows` is a list to show (F6), at most 20. `labels` are the units whose
    labels were asked for.
    """

    step: Step
    verdict: Verdict
    message: tuple[str, ...]
    template: str = ""
    unit: str | None = None
    released: tuple[Released, ...] = ()
    freed: tuple[Freed, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    moves: int = 0
    undoes: str | None = None
    wake_at: datetime | None = None
    labels: tuple[str, ...] = ()

    def stored(self) -> dict[str, Any]:
        """The reply as JSON data, without its step, as the scan log keeps it."""
        return {
            "verdict": self.verdict.value,
            "message": list(self.message),
            "template": self.template,
            "unit": self.unit,
            "released": [_fields(entry) for entry in self.released],
            "freed": [_fields(entry) for entry in self.freed],
            "moves": self.moves,
            **({"rows": [list(row) for row in self.rows]} if self.rows else {}),
            **({"labels": list(self.labels)} if self.labels else {}),
        }

    @staticmethod
    def read(stored: dict[str, Any], step: Step) -> Reply:
        """The reply that `stored` was made from."""
        return Reply(
            step=step,
            verdict=Verdict(stored["verdict"]),
            message=tuple(stored["message"]),
            template=stored["template"],
            unit=stored["unit"],
            released=tuple(Released(**entry) for entry in stored["released"]),
            freed=tuple(Freed(**entry) for entry in stored["freed"]),
            rows=tuple(tuple(row) for row in stored.get("rows", ())),
            moves=stored["moves"],
            labels=tuple(stored.get("labels", ())),
        )


def _fields(entry: Released | Freed) -> dict[str, Any]:
    return {name: getattr(entry, name) for name in entry.__slots__}


@dataclass(frozen=True, slots=True)
class Message:
    """A filled template: the verdict it belongs to, its id, and its lines."""

    verdict: Verdict
    template: str
    lines: tuple[str, ...] = field(default=())


class RefusedError(Exception):
    """The input was refused: everything is rolled back and the step does not move.

    Carries the message for the operator; `got` and `expected` go to the refusal log.
    """

    def __init__(self, message: Message) -> None:
        super().__init__(" ".join(message.lines))
        self.message = message


class InputError(Exception):
    """A command was asked for something impossible; the text is one sentence: what, why, what next."""
