"""What goes into a flow and what it shows: inputs, the context of a transaction, steps, and views."""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass, field, fields, is_dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from db.connection import iso
from warehouse.stock import Cause

if TYPE_CHECKING:
    from datetime import date, datetime

    from warehouse.barcodes import Code
    from warehouse.site import Location, Operator, Site
    from warehouse.sscc import SsccRange

Source = Literal["SERIAL", "WEDGE", "TYPED", "SCALE"]


@dataclass(frozen=True, slots=True)
class Scan:
    """A code that was scanned, or a text that was typed and entered."""

    code: Code
    source: Source
    took_ms: int | None = None  # from its first byte to its last, where the line tells

    @property
    def text(self) -> str:
        """What is looked up in the tables."""
        return self.code.text


@dataclass(frozen=True, slots=True)
class Key:
    """A key or the card that stands for it: F4, ENTER, DONE, ESC, a digit, REASON:NF ..."""

    name: str


@dataclass(frozen=True, slots=True)
class Tick:
    """Time that passed; it moves no stock."""


@dataclass(frozen=True, slots=True)
class Misread:
    """A scan that means nothing, for a step that takes anything: why, in a word and a sentence, and as it came."""

    reason: str
    sentence: str
    raw: str
    took_ms: int | None = None


Input = Scan | Key | Tick | Misread


@dataclass(frozen=True, slots=True)
class Context:
    """Where, who and when, read once for the transaction: no rule calls a clock.

    `now` is the database's clock (UTC), `mono` the answering station's (seconds). `printer` is the station's label
    printer, "" where it has none; `sscc` are the numbers for cases without one, None where they get plates.
    """

    site: Site
    station: str
    dock: Location | None
    operator: Operator | None
    now: datetime
    mono: float
    scan_id: str
    printer: str = ""
    sscc: SsccRange | None = None

    @property
    def today(self) -> date:
        """The site's calendar day."""
        return self.site.today(self.now)

    @property
    def who(self) -> Operator:
        """The operator who is signed on; asking when nobody is is a fault of the program."""
        if self.operator is None:
            raise RuntimeError("nobody is signed on")
        return self.operator

    def cause(self, reason: str = "") -> Cause:
        """What every row that this input writes says about its origin."""
        operator_id = self.operator.id if self.operator else None
        return Cause(self.site.code, iso(self.now), self.scan_id, operator_id, reason)


@dataclass(frozen=True)
class Step:
    """Where an operator stands in a job. Frozen and small: it is stored with the operator, as JSON.

    A subclass names itself (`flow.step`) and says what it wants: `prompt` and `hint` for the screen, `accepts`
    for help, `next` as the sentence that ends a refusal. `box` is the label of its input box, if it has one.
    `menu` says that a digit typed alone is a choice, `takes_anything` that also what cannot be read is an input,
    `loop` that things are scanned here one after the other, so that a refused one might be lost among them, `weighs`
    that ENTER asks the scale, `takes_badge` that another person's badge is an answer here. `letters` are commands of
    one letter, typed alone: only where codes that are scanned are longer.
    """

    name: ClassVar[str] = ""
    prompt: ClassVar[str] = ""
    hint: ClassVar[str] = ""
    accepts: ClassVar[tuple[str, ...]] = ()
    next: ClassVar[str] = ""
    box: ClassVar[str] = ""
    menu: ClassVar[bool] = False
    takes_anything: ClassVar[bool] = False
    loop: ClassVar[bool] = False
    weighs: ClassVar[bool] = False
    takes_badge: ClassVar[bool] = False
    letters: ClassVar[str] = ""
    registry: ClassVar[dict[str, type[Step]]] = {}
    parts: ClassVar[dict[str, type]] = {}

    def __init_subclass__(cls) -> None:
        Step.registry[cls.name] = cls

    @property
    def wants(self) -> str:
        """What it accepts, in a line: what a refusal is compared with."""
        return "; ".join(self.accepts) or self.prompt or self.name

    @property
    def flow(self) -> str:
        """The job this step belongs to."""
        return self.name.partition(".")[0]


@dataclass(frozen=True)
class BoxStep(Step):
    """A step with an input box; `digits` is what cards have put into it so far."""

    digits: str = field(default="", kw_only=True)


def part(cls: type) -> type:
    """Mark a dataclass as a part of steps, so that it is stored and read with them."""
    Step.parts[cls.__name__] = cls
    return cls


def dump(step: Step) -> str:
    """A step as JSON text."""
    return json.dumps({"step": step.name, **_plain(step)}, separators=(",", ":"))


def load(text: str) -> Step | None:
    """The step that this text was made from; None when this program does not know it (another version's)."""
    stored = json.loads(text)
    cls = Step.registry.get(stored.pop("step"))
    if cls is None:
        return None
    try:
        return cls(**{name: _rich(value) for name, value in stored.items()})
    except (TypeError, KeyError):
        return None


def _plain(record: Any) -> dict[str, Any]:
    kind: Any = type(record)
    return {name: _plain_value(getattr(record, name)) for name in _names(kind)}


@functools.cache
def _names(cls: type) -> tuple[str, ...]:
    return tuple(entry.name for entry in fields(cls))


def _plain_value(value: Any) -> Any:
    if value is None or isinstance(value, (str, int)):
        return value
    if isinstance(value, tuple):
        return [_plain_value(entry) for entry in value]
    return {"part": type(value).__name__, **_plain(value)} if is_dataclass(value) else value


def _rich(value: Any) -> Any:
    if isinstance(value, dict):
        cls = Step.parts[value.pop("part")]
        return cls(**{name: _rich(entry) for name, entry in value.items()})
    return tuple(map(_rich, value)) if isinstance(value, list) else value


# --- What a screen shows --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Fact:
    """One line that the operator needs to obey the prompt; `opens` is the key that shows what its number is made of."""

    label: str
    value: str
    done: bool = False
    opens: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A short list: column heads (the first says what it lists), rows, and the columns a narrow screen keeps.

    `opens` has for each row what ENTER on it enters, as if it had been typed; () where rows open nothing.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    narrow: tuple[int, ...] = ()
    numbers: tuple[int, ...] = ()
    opens: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Series:
    """Numbers that are drawn together: as a line, as bars or as points; each x has its y."""

    name: str
    xs: tuple[float, ...]
    ys: tuple[float, ...]
    kind: Literal["line", "bars", "points"] = "line"


@dataclass(frozen=True, slots=True)
class Plot:
    """Something to draw: a title with its n, series, ticks of x (place, words) over `span`, and ticks of y.

    `few` says that n is too small to say much; `note` stands below it, or in its place where there is nothing to draw.
    """

    title: str
    series: tuple[Series, ...]
    ticks: tuple[tuple[float, str], ...] = ()
    span: tuple[float, float] | None = None
    across: tuple[tuple[float, str], ...] = ()
    few: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class View:
    """Everything a screen shows, frozen and bounded: at most 20 rows in a table.

    `prompt` is what to do now, `hint` what may be scanned, `choices` what the digits 1, 2, 3 ... mean here,
    `progress` how far the job is (`progress_short` on a narrow screen), `accepts` what help lists, `keys` the
    key line in its order. `previews` says that what is typed is worth asking `floor.preview` about; `preview` are its
    lines for what is in the box already.
    """

    title: tuple[str, ...]
    prompt: str
    hint: str = ""
    choices: tuple[str, ...] = ()
    progress: tuple[str, ...] = ()
    progress_short: str = ""
    facts: tuple[Fact, ...] = ()
    box: str = ""
    digits: str = ""
    menu: bool = False
    tables: tuple[Table, ...] = ()
    status: str = ""
    accepts: tuple[str, ...] = ()
    keys: tuple[tuple[str, str], ...] = ()
    previews: bool = False
    preview: tuple[str, ...] = ()
    letters: str = ""
    plots: tuple[Plot, ...] = ()
