"""Scanner test: scan anything and see what came of it. Nothing is looked up and nothing is saved."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from warehouse.barcodes import Code
from warehouse.barcodes.layout import is_sheet, layout_of
from warehouse.barcodes.symbologies import symbology_name
from warehouse.flows.steps import Context, Fact, Input, Misread, Scan, Step, Table, View, part
from warehouse.messages import refuse, reply

if TYPE_CHECKING:
    from warehouse.reply import Reply

KEPT = 8  # scans that stay on the screen
_ESCAPE = re.compile(r"\\(?:x..|u.{4}|U.{8}|\\)")  # one character of the scan, as a log shows it
RAW = 96  # characters of a scan that are kept to be shown

KINDS = {
    "sscc": "SSCC",
    "gtin": "GTIN",
    "gs1": "GS1 label",
    "card": "command card",
    "hibc": "HIBC",
    "iso15434": "ISO 15434",
    "text": "text",
}


@part
@dataclass(frozen=True)
class Tried:
    """One scan as it came: `raw` printable, `took_ms` from its first byte to its last (-1: not known)."""

    at: str
    what: str
    symbology: str
    length: int
    took_ms: int
    raw: str


@dataclass(frozen=True)
class TryScanner(Step):
    """Trying the scanner; `tried` holds the last scans, the newest first."""

    tried: tuple[Tried, ...] = ()

    name = "scanner_test.try"
    takes_anything = True
    prompt = "SCAN ANYTHING"
    hint = "XKTEST shows whether letters are right"
    accepts = ("anything: it is shown, nothing is saved",)
    next = "Scan anything, or Esc."


def answer(step: Step, given: Input, context: Context) -> Reply:
    """Show what was scanned; keys mean nothing here."""
    assert isinstance(step, TryScanner)
    match given:
        case Scan(code):
            tried = _tried(code, given.took_ms, context)
            return reply(_after(step, tried), "scanned", got=tried.raw, thing=_told(tried))
        case Misread():
            tried = _misread(given, context)
            return reply(_after(step, tried), "misread", sentence=given.sentence, got=tried.raw)
    refuse("key_not_here", key=getattr(given, "name", ""), next=step.next)


def _after(step: TryScanner, tried: Tried) -> TryScanner:
    return replace(step, tried=(tried, *step.tried)[:KEPT])


def _tried(code: Code, took_ms: int | None, context: Context) -> Tried:
    what = _keyboard(code.text) if is_sheet(code.text) else KINDS.get(code.kind, code.kind)
    return _entry(context, what, code.symbology or "", code.raw, took_ms)


def _keyboard(sheet: str) -> str:
    """How the layout sheet arrived, in a word or two."""
    layout = layout_of(sheet)
    return f"layout mixed: {layout}" if layout else "layout right"


def _misread(given: Misread, context: Context) -> Tried:
    return _entry(context, given.reason, "", given.raw, given.took_ms)


def _entry(context: Context, what: str, symbology: str, raw: str, took_ms: int | None) -> Tried:
    took = -1 if took_ms is None else took_ms
    return Tried(context.site.clock(context.now), what, symbology, len(_ESCAPE.sub("?", raw)), took, raw[:RAW])


def _told(tried: Tried) -> str:
    """'GS1 label, GS1-128, 34 characters'."""
    return f"{symbology_name(tried.symbology) or tried.what}, {tried.length} characters"


def view(step: Step, context: Context) -> View:
    """The last scans, whole where there is room: what they are, how they were printed, how long they took."""
    assert isinstance(step, TryScanner)
    last = step.tried[0] if step.tried else None
    return View(
        title=("SCANNER TEST", context.station),
        prompt=step.prompt,
        hint=step.hint,
        facts=_facts(last) if last else (),
        tables=(_table(step.tried),) if step.tried else (),
        accepts=step.accepts,
        keys=(("Esc", "Home"), ("F1", "Help"), ("F12", "Sign off")),
    )


def _facts(last: Tried) -> tuple[Fact, ...]:
    identifier = f"{last.symbology} {symbology_name(last.symbology)}".strip() or "no AIM id sent"
    took = f", {last.took_ms} ms" if last.took_ms >= 0 else ""
    return (
        Fact("SYMBOL", identifier),
        Fact("LENGTH", f"{last.length} chars{took}"),
        Fact("RAW", last.raw),
    )


def _table(tried: tuple[Tried, ...]) -> Table:
    return Table(
        ("LAST SCANS", "AIM", "AT", "CHARS", "MS", "RAW"),
        tuple(
            (
                one.what,
                one.symbology or "-",
                one.at,
                str(one.length),
                str(one.took_ms) if one.took_ms >= 0 else "-",
                one.raw[:40],
            )
            for one in tried
        ),
        narrow=(0, 1, 3, 4),
        numbers=(3, 4),
    )
