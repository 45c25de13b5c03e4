"""How far what a barcode means agrees with the GS1 organisation's syntax dictionary, and how fast it is read.

Agreement is counted over the AIs that a warehouse label carries: 00-37, 400-417, 310n-369n. Values that fit each
AI must be read as they are, values that break one of its linters (check digit, date, length, characters, company
prefix, empty) refused; then what excludes another AI, and what needs another. Each disagreement is named.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from benchmarks.engines import Engine
from benchmarks.figures import Line, short
from tests.barcodes.syntax_dictionary import (
    allowed_together,
    bad,
    completed,
    entries,
    good,
    label,
    longest,
    matching,
    symbol,
    warehouse_ais,
)
from warehouse.barcodes import Code, Unreadable, read
from warehouse.barcodes.ai_rules import name_of

SECONDS = {False: 0.3, True: 3.0}
NAMED = 12  # disagreements that fit a line; --long names all, and takes all decimals of a measure

GTIN = "09501101530003"
SSCC = "395011015300000011"
LABELS = {
    "card": "XKUNDO",
    "EAN-13": "]E04006381333931",
    "SSCC": f"]C100{SSCC}",
    "SSCC, content, count": f"]C100{SSCC}02{GTIN}3724",
    "DataMatrix of four AIs": f"]d201{GTIN}1727123110LOT1\x1d3012",
    "Digital Link": f"]Q1https://example.com/01/{GTIN}/10/LOT1?17=271231",
    "HIBC combined": "]d1+E203PB414109/$$8243280112R00089525J",
    "ISO 15434": "]d1[)>\x1e06\x1dPGOWN-L\x1dQ24\x1d1TLOT1\x1d14D20271231\x1e\x04",
    "place": "A-01",
}


def measure(engine: Engine, *, long: bool) -> Iterator[Line]:
    """The share of the dictionary on which we agree, in four parts; then barcodes a second on one core."""
    for what, count in AGREEMENTS.items():
        yield _line(engine, what, count(warehouse_ais() if long else _kinds()), long=long)
    for name, raw in LABELS.items():
        rates = [_rate(turn, SECONDS[long]) for turn in (_the_same(raw), _all_different(raw))]
        yield Line(
            what=f"meaning: {name}",
            engine=engine.name,
            ours=f"{rates[0]:,.0f} a second",
            against=f"{rates[1]:,.0f} with other digits each time" if rates[1] else "-",
            result=f"{short(1e6 / rates[0])} us",
            note="one core",
        )


# --- Agreement ------------------------------------------------------------------------------------------


@dataclass
class Agreement:
    """Cases in which the dictionary and we say the same, of all; the AIs or pairs of which we do not."""

    same: int = 0
    of: int = 0
    apart: dict[str, None] = field(default_factory=dict)

    def add(self, name: str, *, agreed: bool) -> None:
        self.of += 1
        self.same += agreed
        if not agreed:
            self.apart[name] = None


def _line(engine: Engine, what: str, found: Agreement, *, long: bool) -> Line:
    names = list(found.apart)
    shown = ", ".join(names if long else names[:NAMED]) + (", ..." if len(names) > NAMED and not long else "")
    return Line(
        what=f"GS1 dictionary: {what}",
        engine=engine.name,
        ours=f"{found.same:,}/{found.of:,}",
        result=f"{found.same / found.of:.1%}",
        note=f"{len(names)} apart: {shown}" if names else "",
    )


def _kinds() -> list[str]:
    """The AIs with one of each measure: 3100 for 3100-3105, which differ in their decimals only."""
    return list({name_of(ai): ai for ai in reversed(warehouse_ais())}.values())[::-1]


def _values(chosen: list[str]) -> Agreement:
    found = Agreement()
    for ai in chosen:
        entry, ais = entries()[ai], completed(ai) or (ai,)
        for value in (good(entry), longest(entry)):
            answer = read(label(ais, **{f"ai{ai}": value}))
            found.add(f"{ai} refused", agreed=isinstance(answer, Code) and (ai, value) in answer.ais)
        whole = tuple((one, good(entries()[one])) for one in ais)
        answer = read(symbol(ais))
        found.add(f"{ai} refused", agreed=isinstance(answer, Code) and answer.ais == whole)
        for what, value in bad(entry):
            answer = read(label(ais, **{f"ai{ai}": value}))
            found.add(f"{ai} {what}", agreed=isinstance(answer, Unreadable))
    return found


def _exclusions(chosen: list[str]) -> Agreement:
    found = Agreement()
    for ai in chosen:
        for other in sorted({one for pattern in entries()[ai].excludes for one in matching(pattern)} - {ai}):
            found.add(f"{ai}+{other}", agreed=isinstance(read(label((ai, other))), Unreadable))
    return found


def _labels(chosen: list[str]) -> Agreement:
    """Two AIs, and all the others that they ask for: read where the dictionary has such a label. Where it has none,
    because the one excludes what the other needs, refused.
    """
    found = Agreement()
    for ai, other in itertools.product(chosen, repeat=2):
        if name_of(ai) == name_of(other) or not allowed_together((ai, other)):
            continue
        ais = completed(ai, other)
        answer = read(symbol(ais or (ai, other)))
        found.add(f"{ai}+{other}", agreed=isinstance(answer, Code) == (ais is not None))
    return found


def _alone(chosen: list[str]) -> Agreement:
    """An AI alone in its symbol, although the dictionary asks for another one. It asks over all symbols of a label,
    so a symbol is read here wherever another one may hold the rest: apart on purpose.
    """
    found = Agreement()
    for ai in chosen:
        if entries()[ai].needs:
            found.add(f"{name_of(ai)} alone", agreed=isinstance(read(label((ai,))), Unreadable))
    return found


AGREEMENTS: dict[str, Callable[[list[str]], Agreement]] = {
    "values": _values,
    "what excludes another": _exclusions,
    "two AIs and what they need": _labels,
    "one AI without what it needs": _alone,
}


# --- Speed ----------------------------------------------------------------------------------------------


def _the_same(raw: str) -> Callable[[int], str]:
    return lambda _turn: raw


def _all_different(raw: str) -> Callable[[int], str] | None:
    """The same label with another lot each time, as no two cases of a truck are alike; None where there is no lot."""
    return (lambda turn: raw.replace("LOT1", f"L{turn:06}")) if "LOT1" in raw else None


def _rate(turn: Callable[[int], str] | None, seconds: float) -> float:
    """Barcodes a second, read one after the other in this thread; 0 where there is nothing to read."""
    if turn is None:
        return 0.0
    texts = [turn(number) for number in range(100_000)]
    done, began = 0, time.perf_counter()
    while (took := time.perf_counter() - began) < seconds:
        for text in texts[done % len(texts) :][:100]:
            read(text)
        done += 100
    return done / took
