"""The GS1 Barcode Syntax Dictionary as test data: its entries, and values that fit an entry or just do not.

gs1-syntax-dictionary.txt is the file of github.com/gs1/gs1-syntax-dictionary, unchanged, of July 2026; its licence
(Apache-2.0) stands at its head. The values are made here, by what its specification and its linters ask for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from warehouse.barcodes.checkdigits import mod10

FILE = Path(__file__).with_name("gs1-syntax-dictionary.txt")
DIGITS = "9521234" * 3
TEXT = "9521A-Z" * 13

_ENTRY = re.compile(r"(?P<first>\d{2,4})(?:-(?P<last>\d{2,4}))?(?P<rest>\s.*)")
_COMPONENT = re.compile(r"\[?(?P<type>[NXYZ])(?P<upto>\.\.)?(?P<length>\d+)\]?(?P<linters>[,a-z0-9]*)")


@dataclass(frozen=True)
class Component:
    """A piece of a value: type (N digits, X characters), lengths, linters."""

    type: str
    least: int
    most: int
    linters: tuple[str, ...]


@dataclass(frozen=True)
class Entry:
    """One AI: its components, the groups of which one is asked for, the patterns it excludes."""

    ai: str
    flags: str
    components: tuple[Component, ...]
    needs: tuple[tuple[str, ...], ...]
    excludes: tuple[str, ...]

    @property
    def linters(self) -> set[str]:
        return {linter for component in self.components for linter in component.linters}


@cache
def entries() -> dict[str, Entry]:
    """Every AI of the dictionary, ranges written out."""
    found = {}
    for line in FILE.read_text().splitlines():
        match = _ENTRY.fullmatch(line)
        if match is None:
            continue
        first, last = match["first"], match["last"] or match["first"]
        for number in range(int(first), int(last) + 1):
            entry = _entry(f"{number:0{len(first)}}", match["rest"].partition("#")[0].split())
            found[entry.ai] = entry
    return found


def warehouse_ais() -> list[str]:
    """The AIs that warehouse labels carry: 00-37, 400-417 and 310n-369n."""
    return [ai for ai in entries() if (len(ai) == 2 and ai <= "37") or ai[:2] in ("40", "41") or ai in _long()]


def _long() -> set[str]:
    measures = {ai for ai in entries() if len(ai) == 4 and "3100" <= ai <= "3699"}
    return measures | {ai for ai in entries() if len(ai) == 3 and ai < "260"}


def _entry(ai: str, words: list[str]) -> Entry:
    flags = words.pop(0) if re.fullmatch(r"[*?]+", words[0]) else ""
    components = []
    needs: list[tuple[str, ...]] = []
    excludes: list[str] = []
    for word in words:
        if word.startswith("req="):
            needs.append(tuple(word[4:].split(",")))
        elif word.startswith("ex="):
            excludes += word[3:].split(",")
        elif match := _COMPONENT.fullmatch(word):
            optional = word.startswith("[")
            length = int(match["length"])
            least = 0 if optional else 1 if match["upto"] else length
            linters = tuple(filter(None, match["linters"].split(",")))
            components.append(Component(match["type"], least, length, linters))
    return Entry(ai, flags, tuple(components), tuple(needs), tuple(excludes))


@cache
def matching(pattern: str) -> frozenset[str]:
    """The AIs that a pattern such as 310n or 35nn stands for."""
    expression = re.compile(pattern.replace("n", r"\d"))
    return frozenset(ai for ai in entries() if expression.fullmatch(ai))


# --- Values ---------------------------------------------------------------------------------------------


def good(entry: Entry) -> str:
    """A value that fits."""
    return "".join(_piece(component) for component in entry.components)


def longest(entry: Entry) -> str:
    """A value that fits and could not be longer."""
    return "".join(_piece(component, component.most) for component in entry.components)


def _piece(component: Component, length: int = 0) -> str:
    length = length or min(component.most, max(component.least, 6))
    if {"yymmd0", "yymmdd"} & set(component.linters):
        return "271231"
    if "zero" in component.linters:
        return "0"
    text = (DIGITS if component.type == "N" else TEXT)[:length]
    return f"{text[:-1]}{mod10(text[:-1])}" if "csum" in component.linters else text


def bad(entry: Entry) -> Iterator[tuple[str, str]]:
    """Values that do not fit, each with what is wrong with it."""
    value, last = good(entry), entry.components[-1]
    yield "empty", ""
    yield "too long", longest(entry) + ("1" if last.type == "N" else "A")
    if all(component.least == component.most for component in entry.components):
        yield "too short", value[:-1]
    yield "wrong character", (value[:-1] + "A") if last.type == "N" else value[:-1] + "#"
    yield "character of another script", value[:-1] + "\u0663"
    place = 0
    for component in entry.components:
        end = place + len(_piece(component))
        yield from (
            (what, value[:place] + piece + value[end:]) for what, piece in _bad_pieces(component, value[place:end])
        )
        place = end


def _bad_pieces(component: Component, piece: str) -> Iterator[tuple[str, str]]:
    if "csum" in component.linters:
        for place, digit in enumerate(piece):
            yield "wrong check digit", piece[:place] + str((int(digit) + 1) % 10) + piece[place + 1 :]
    if "yymmd0" in component.linters:
        for day in ("271301", "270001", "270230", "270431", "271232", "270000"):
            yield "bad date", day
    if "gcppos1" in component.linters and component.type == "X":
        yield "no company prefix", "A" + piece[1:]
        yield "no company prefix", "952A" + piece[4:]


# --- Labels ---------------------------------------------------------------------------------------------


@cache
def completed(*ais: str) -> tuple[str, ...] | None:
    """These AIs with others that make a label of them which the dictionary allows; None when there are none."""
    return _completed(ais)


def _completed(ais: tuple[str, ...]) -> tuple[str, ...] | None:
    if not allowed_together(ais):
        return None
    for ai in ais:
        for alternatives in entries()[ai].needs:
            if any(set(group.split("+")) <= set(ais) for group in alternatives):
                continue
            grown = (_completed(tuple(dict.fromkeys((*ais, *group.split("+"))))) for group in alternatives)
            return next((found for found in grown if found is not None), None)
    return ais


def allowed_together(ais: Iterable[str]) -> bool:
    """Whether none of these excludes another."""
    present = list(ais)
    return not any(
        other != ai and other in matching(pattern)
        for ai in present
        for pattern in entries()[ai].excludes
        for other in present
    )


def label(ais: Iterable[str], **values: str) -> str:
    """The label as it is printed under the bars: (01)...(10)...; `values` name AIs as ai01=..."""
    return "".join(f"({ai}){values.get(f'ai{ai}', good(entries()[ai]))}" for ai in ais)


def symbol(ais: Iterable[str]) -> str:
    """The label as a scanner sends it, with a separator behind every field."""
    return "]C1" + "".join(f"{ai}{good(entries()[ai])}\x1d" for ai in ais)
