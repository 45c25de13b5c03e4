"""Vendor pack history: what a vendor's cases of an item held so far, and whether a new count is odd against it.

Pure: it reads no table, and works in whole numbers and fractions, so that the same cases always give the same answer.
A count is in pieces of the item's base unit. Level 1 asks to count and key again; level 2 also wants another person.

A value seen OFTEN is never questioned. Else the first rule of RULES that applies is the answer:

| reason | level | when |
|---|---|---|
| BARCODE | 2 | the number is a code just scanned, or its last TAIL or more digits |
| OUTSIDE_ITEM | 2 | less or more than the item says a case holds |
| TENFOLD | 2 | outside all that was seen: 10, 100, ... times a value seen OFTEN, or one without its last digits |
| FAR | 2 | FAR_TIMES the median or more, or that part of it or less |
| TRANSPOSED | 1 | two neighbouring digits of the mode swapped; of another usual value, if the number was never seen |
| OUTSIDE_RANGE | 1 | less than the least or more than the most of ENOUGH_FOR_RANGE or more cases |
| UNUSUAL | 1 | modified z-score above MODIFIED_Z; where the MAD is 0, further than CLOSE from the median |
| NOT_ANNOUNCED | 1 | without a statistic: further than CLOSE from what the vendor announced |

With fewer than ENOUGH cases there is no statistic: what was announced, else the item's nominal count, stands in for
the median, the mode and the values seen often.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from fractions import Fraction

from warehouse.pack_counts import History, number, span

OFTEN = 3  # cases with the same count; a requirement: never questioned from then on
ENOUGH = 5  # cases for a statistic; our start value
ENOUGH_FOR_RANGE = 200  # cases; a requirement: outside the least and most of them is level 1 from here on
# Iglewicz and Hoaglin, How to Detect and Handle Outliers (1993): |0.6745 (x - median) / MAD| > 3.5.
MODIFIED_Z, Z_SCALE = Fraction(7, 2), Fraction(6745, 10_000)
CLOSE = Fraction(1, 10)  # of a count, at least one piece: what always was 24 may be 22; our start value
FAR_TIMES = 8  # a digit too many or too few moves a count by about ten; 8 catches 10 around a median; our start value
USUAL_SHARE = Fraction(1, 10)  # of the cases: as rare as a slip, if its digits swapped; our start value
TAIL = 4  # digits; shorter ends of a code are counts of their own too often; our start value
# Our start values for proposing a number: nine of ten cases, and cases enough to know that.
SUGGESTED_SHARE, ENOUGH_TO_SUGGEST = Fraction(9, 10), 20


@dataclass(frozen=True, slots=True)
class Judged:
    """A count that a person should look at again, and the words to say so; '' where there is nothing to say.

    `usual` is the usual range ('20-24'; with too few cases what was announced, or the nominal count), `limits`
    the item's own ('20-60'), `factor` how far it is from the median ('about 11 times', 'about 1/11 of'), `hint` the number
    that may have been meant ('24?'). `cases` is how many cases the history knows.
    """

    level: int
    reason: str
    count: int
    cases: int
    usual: str
    median: str
    limits: str
    factor: str
    hint: str


@dataclass(frozen=True, slots=True)
class Limits:
    """Where a history begins to question: a count outside `low`-`high` at level 1, one up to `far_low` (0: none) or
    from `far_high` on at level 2; all in pieces. A value seen often is never questioned, and digits that are swapped or
    ten-fold are questioned inside as well.
    """

    low: int
    high: int
    far_low: int
    far_high: int


def limits(history: History) -> Limits | None:
    """The limits of a history; None while it has too few cases for a statistic."""
    if history.cases < ENOUGH:
        return None
    median = history.median
    reach = MODIFIED_Z * history.mad / Z_SCALE if history.mad else _reach(median)
    low, high = max(1, math.ceil(median - reach)), math.floor(median + reach)
    if history.cases >= ENOUGH_FOR_RANGE:
        low, high = max(low, history.least), min(high, history.most)
    return Limits(low, high, math.floor(median / FAR_TIMES), math.ceil(median * FAR_TIMES))


def suggestion(history: History) -> int | None:
    """The count to propose for the next case: the mode, where the history leaves hardly any doubt; else None."""
    sure = history.cases >= ENOUGH_TO_SUGGEST and history.mode_share >= SUGGESTED_SHARE
    return history.mode if sure else None


def judge(
    count: int,
    history: History,
    *,
    low: int | None = None,
    high: int | None = None,
    announced: int | None = None,
    nominal: int | None = None,
    barcodes: Collection[str] = (),
) -> Judged | None:
    """What is odd about a count, or None.

    `low` and `high` are the item's own limits, `announced` what an advice says of this case, `nominal` the item's
    usual count, `barcodes` the texts of the codes just scanned (SSCC, GTIN, lot).
    """
    tally = dict(history.counts)
    if tally.get(count, 0) >= OFTEN:
        return None
    about = history if history.cases >= ENOUGH else _stand_in(announced or nominal)
    facts = _Facts(count, history, about, tally, low, high, announced, tuple(barcodes))
    for reason, level, rule in RULES:
        hint = rule(facts)
        if hint is not None:
            return _judged(facts, reason, level, hint)
    return None


# --- The rules: each answers None, or the number that may have been meant (0: none) ---------------------


@dataclass(frozen=True, slots=True)
class _Facts:
    """A count with all that it is held against; `about` has no cases where nothing at all is known."""

    count: int
    history: History
    about: History
    tally: dict[int, int]
    low: int | None
    high: int | None
    announced: int | None
    barcodes: tuple[str, ...]

    @property
    def statistic(self) -> bool:
        return self.history.cases >= ENOUGH


def _barcode(facts: _Facts) -> int | None:
    digits = str(facts.count)
    return 0 if len(digits) >= TAIL and any(code.endswith(digits) for code in facts.barcodes) else None


def _outside_item(facts: _Facts) -> int | None:
    low, high = facts.low or facts.count, facts.high or facts.count
    return None if low <= facts.count <= high else 0


def _tenfold(facts: _Facts) -> int | None:
    if facts.about.least <= facts.count <= facts.about.most:
        return None
    often = [pair for pair in facts.about.counts if pair[1] >= OFTEN or not facts.statistic]
    meant = [(cases, -pieces) for pieces, cases in often if _digits_apart(facts.count, pieces)]
    return -max(meant)[1] if meant else None


def _far(facts: _Facts) -> int | None:
    if not facts.about.cases:
        return None
    near = facts.about.median < facts.count * FAR_TIMES and facts.count < facts.about.median * FAR_TIMES
    return None if near else 0


def _transposed(facts: _Facts) -> int | None:
    usual = [
        (cases, -pieces)
        for pieces, cases in facts.about.counts
        if pieces == facts.about.mode
        or (facts.count not in facts.tally and Fraction(cases, facts.about.cases) >= USUAL_SHARE)
    ]
    meant = [pair for pair in usual if facts.count in transpositions(-pair[1])]
    return -max(meant)[1] if meant else None


def _outside_range(facts: _Facts) -> int | None:
    enough = facts.history.cases >= ENOUGH_FOR_RANGE
    return 0 if enough and not facts.history.least <= facts.count <= facts.history.most else None


def _unusual(facts: _Facts) -> int | None:
    if not facts.statistic:
        return None
    median, mad = facts.history.median, facts.history.mad
    if not mad:
        return None if _close(facts.count, median) else 0
    return 0 if Z_SCALE * abs(facts.count - median) > MODIFIED_Z * mad else None


def _not_announced(facts: _Facts) -> int | None:
    if facts.statistic or facts.announced is None:
        return None
    return None if _close(facts.count, Fraction(facts.announced)) else 0


RULES: tuple[tuple[str, int, Callable[[_Facts], int | None]], ...] = (
    ("BARCODE", 2, _barcode),
    ("OUTSIDE_ITEM", 2, _outside_item),
    ("TENFOLD", 2, _tenfold),
    ("FAR", 2, _far),
    ("TRANSPOSED", 1, _transposed),
    ("OUTSIDE_RANGE", 1, _outside_range),
    ("UNUSUAL", 1, _unusual),
    ("NOT_ANNOUNCED", 1, _not_announced),
)


# --- Their parts ----------------------------------------------------------------------------------------


def transpositions(value: int) -> Iterator[int]:
    """Every other number that comes of swapping two neighbouring digits: 42 for 24, 2 for 20; never 0."""
    digits = str(value)
    for at in range(len(digits) - 1):
        swapped = int(digits[:at] + digits[at + 1] + digits[at] + digits[at + 2 :])
        if swapped not in (value, 0):
            yield swapped


def _digits_apart(count: int, pieces: int) -> bool:
    """Whether one is the other with noughts at its end, or without its last digits."""
    while pieces < count:
        pieces *= 10
    while pieces > count:
        pieces //= 10
    return pieces == count


def _close(count: int, to: Fraction) -> bool:
    return abs(count - to) <= _reach(to)


def _reach(to: Fraction) -> Fraction:
    return max(Fraction(1), CLOSE * to)


def _stand_in(expected: int | None) -> History:
    return History.of([(expected, 1)] if expected else [])


def _judged(facts: _Facts, reason: str, level: int, hint: int) -> Judged:
    low, high = facts.low or 1, facts.high
    item_limits = span(low, high) if high else f"{low}+"
    return Judged(
        level=level,
        reason=reason,
        count=facts.count,
        cases=facts.history.cases,
        usual=facts.about.usual,
        median=number(facts.about.median) if facts.about.cases else "",
        limits=item_limits if facts.low or facts.high else "",
        factor=_factor(facts.count, facts.about.median),
        hint=f"{hint}?" if hint else "",
    )


def _factor(count: int, median: Fraction) -> str:
    """How many times, to the nearest whole one; '' below two times, where the difference says more."""
    if not median:
        return ""
    times = max(count / median, median / count)
    if times < 2:
        return ""
    nearest = int(times + Fraction(1, 2))
    return f"about {nearest} times" if count > median else f"about 1/{nearest} of"
