"""The policies that are compared, each with the name that `--policy` and the JSON have for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from warehouse import policy as rules
from warehouse.reply import InputError

KINDS = ("partial", "line", "order", "strict")
NEVER_CLAIMS = None
PATIENCE = (0, 20, 30, NEVER_CLAIMS)  # days; what the design's own table compares
MOST_PATIENCE = 3650  # days


@dataclass(frozen=True, slots=True)
class Policy:
    """How orders ship: 'partial', 'line' complete, 'order' complete; 'strict' is partial by priority class alone.

    `patience` is how many days after its entry an order that ships complete begins to claim: to take what there is and
    to hold it. 0 is at once, None is never.
    """

    kind: str
    patience: int | None = NEVER_CLAIMS

    @property
    def name(self) -> str:
        """Such as 'partial' or 'order/30'."""
        if self.kind != "order":
            return self.kind
        return f"order/{'never' if self.patience is None else self.patience}"

    @property
    def words(self) -> str:
        """The policy in words, for a table."""
        if self.kind != "order":
            return {"partial": "partial", "line": "line complete", "strict": "strict priority"}[self.kind]
        if self.patience is None:
            return "order, never claims"
        return f"order, after {self.patience} d" if self.patience else "order, at once"

    @property
    def together(self) -> bool:
        """Whether the lines of an order leave together."""
        return self.kind == "order"

    @property
    def lines(self) -> str:
        """The policy that each order line has under it."""
        return "partial" if self.kind == "strict" else self.kind

    def rank(self, promised_on: date, priority: int) -> tuple[int, int]:
        """A line's place in the queue, lower first: the floor's own rank; under strict priority its class comes first."""
        return (priority if self.kind == "strict" else 0, rules.rank(promised_on, priority))

    def as_json(self) -> dict[str, Any]:
        """The policy as the command prints it."""
        return {"name": self.name, "policy": self.kind, "patience_days": self.patience}


def policies(kinds: Sequence[str] = KINDS, patience: Sequence[int | None] = PATIENCE) -> tuple[Policy, ...]:
    """The policies of these kinds, order complete once for each patience; none twice.

    Raises InputError for a kind that there is not.
    """
    return tuple(dict.fromkeys(_each(kinds, patience)))


def _each(kinds: Iterable[str], patience: Sequence[int | None]) -> Iterator[Policy]:
    for kind in kinds:
        if kind not in KINDS:
            raise InputError(f"'{kind}' is no policy: use one or more of {', '.join(KINDS)}.")
        if kind == "order":
            yield from (Policy(kind, days) for days in patience)
        else:
            yield Policy(kind)
