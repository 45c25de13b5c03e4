"""Where a lead stands at the board: its four screens, what a number is made of, and what can be done from there."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from warehouse import holds
from warehouse.flows import steps
from warehouse.flows.steps import BoxStep, Step

ACTS = (
    "R: record a review of the line",
    "A: give its pick to a person",
    "P: its priority, or first of all (pin)",
    "H: hold it; a held one is let go",
)
SCREENS = "1 board, 2 flow, 3 plots, 4 problems"


@dataclass(frozen=True)
class Looking(Step):
    """One of the board's screens. A scanned order or receipt opens its flow; looking changes nothing.

    `came` is the screen to go back to, as `steps.dump` writes it; "" for the board itself.
    """

    menu = True
    prompt = "BOARD"
    next = "Scan an order or receipt, or Esc."
    accepts: ClassVar[tuple[str, ...]] = ("an order or a receipt: its flow", SCREENS, "Up, Down and ENTER: open a row")
    came: str = ""


@dataclass(frozen=True)
class Board(Looking):
    """Looking at the board."""

    name = "board.live"
    letters = "AHPR"
    accepts = (*Looking.accepts, *ACTS)


@dataclass(frozen=True)
class Flow(Looking):
    """The flow of one order or receipt: cases, pieces, released, picked. Without a `code` it asks for one.

    `kind` is "order" or "receipt", `line` the order line that is meant by what is done here, None for none.
    """

    name = "board.flow"
    letters = "AHPR"
    next = "Scan another, or Esc goes back."
    accepts = (*Looking.accepts, *ACTS)
    kind: str = ""
    code: str = ""
    line: int | None = None


@dataclass(frozen=True)
class Plots(Looking):
    """What is drawn: how long things take, how the backorder went, what cases hold, who is served first."""

    name = "board.plots"
    letters = "W"
    accepts = (*Looking.accepts, "W: shift, day or 20 days", "Down: the next plots")
    window: str = "shift"


@dataclass(frozen=True)
class Problems(Looking):
    """What goes wrong: overdue reviews first."""

    name = "board.problems"
    letters = "AHPRW"
    accepts = (*Looking.accepts, "W: shift, day or 20 days")
    window: str = "shift"


@dataclass(frozen=True)
class MadeOf(Looking):
    """What a number of the board is made of."""

    name = "board.made_of"
    letters = "AHPR"
    number: str = "late"


@dataclass(frozen=True)
class OnLine(Step):
    """Something is done with an order line; `came` is the screen to go back to."""

    came: str = field(kw_only=True)
    order: str = field(kw_only=True)
    line: int = field(kw_only=True)

    @property
    def key(self) -> str:
        """The line as people name it."""
        return f"{self.order}/{self.line}"


@dataclass(frozen=True)
class ReviewLine(OnLine):
    """What is decided for a line that waits?"""

    name = "board.review"
    menu = True
    prompt = "WHAT IS DECIDED?"
    hint = "key a digit"
    next = "Key a digit, Esc leaves it."
    accepts = ("a digit: what is decided",)


@dataclass(frozen=True)
class ReviewNote(OnLine, BoxStep):
    """A few words to the decision, or none."""

    name = "board.review_note"
    prompt = "WHY?"
    hint = "key a few words, or ENTER without any"
    next = "Key a few words, or ENTER."
    accepts = ("a few words, typed", "ENTER: without any")
    box = "NOTE"
    outcome: str = field(kw_only=True)


@dataclass(frozen=True)
class AssignTo(OnLine):
    """Who takes the line's pick next?"""

    name = "board.assign"
    menu = True
    takes_badge = True
    prompt = "WHO PICKS IT NEXT?"
    hint = "scan a badge, or key a digit"
    next = "Scan a badge, or key a digit."
    accepts = ("the badge of a picker", "a digit: that person", "0: anybody")


@dataclass(frozen=True)
class SetPriority(OnLine):
    """Where in the queue does the line stand?"""

    name = "board.priority"
    menu = True
    prompt = "WHICH PRIORITY?"
    hint = "key 1 to 5; 0 pins, or unpins"
    next = "Key 1 to 5, or 0 to pin."
    accepts = ("1 to 5: the priority, 1 is served first", "0: before all others (pin), or in its own place again")


@dataclass(frozen=True)
class HoldKind(OnLine):
    """Why does the line not move?"""

    name = "board.hold"
    menu = True
    prompt = "WHAT KIND OF HOLD?"
    hint = "key a digit"
    next = "Key a digit, Esc leaves it."
    accepts = ("a digit: until a day, credit, quality, recall",)


@dataclass(frozen=True)
class HoldUntil(OnLine, BoxStep):
    """On which day does the hold end by itself?"""

    name = "board.hold_until"
    prompt = "UNTIL WHICH DAY?"
    hint = "key days from today, or YYMMDD"
    next = "Key days from today, or YYMMDD."
    accepts = ("days from today, 1 to 365", "a day: YYMMDD or YYYY-MM-DD")
    box = "DAY"


@dataclass(frozen=True)
class HoldWhy(OnLine, BoxStep):
    """Why is the line held?

    `until_on` is the day on which it ends by itself, as ISO text; "" where a person ends it.
    """

    name = "board.hold_why"
    prompt = "WHY IS IT HELD?"
    hint = "key a few words, or scan a reason card"
    next = "Key why, or scan a reason card."
    accepts = ("a few words, typed", "a reason card", "ENTER: the kind says it")
    box = "REASON"
    kind: holds.Kind = field(kw_only=True)
    until_on: str = field(default="", kw_only=True)


@dataclass(frozen=True)
class LetGo(OnLine):
    """Does the held line move again?

    `whole`: its order is held, and is let go with all of its lines.
    """

    name = "board.let_go"
    prompt = "LET IT GO?"
    hint = "ENTER lets go, Esc leaves it held"
    next = "ENTER lets go, Esc leaves it."
    accepts = ("ENTER or DONE: the hold ends", "Esc: it stays held")
    whole: bool = field(default=False, kw_only=True)


def back(step: Looking | OnLine) -> Step:
    """The screen that a person came from; the board where this program does not know that."""
    behind = steps.load(step.came) if step.came else None
    return behind if isinstance(behind, Looking) else Board()


def behind(step: Looking) -> str:
    """What to remember of this screen where another one is opened from it: a flow is passed over."""
    return step.came if isinstance(step, Flow) else steps.dump(step)
