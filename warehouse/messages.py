"""Every sentence that an operator can read on the floor, one template each.

A message has at most three lines of 36 characters: what, why, what next. Each field has a width and is cut to
it where its line is too long, so that no name from a label or an import can push the next step off the screen.
STOP and CHECK always end with what to do next; a test fills every template to the brim and holds all of this.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NoReturn

from warehouse.barcodes import CARDS
from warehouse.reply import Message, RefusedError, Reply, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from warehouse.flows.steps import Step
    from warehouse.reply import Freed, Released

LINE = 36
LINES = 3

# How many characters a field may take; what is longer is cut.
WIDTHS = {
    "qty": 6,
    "left": 6,
    "need": 6,
    "over": 6,
    "unit": 6,
    "item": 14,
    "other": 14,
    "code": 7,
    "want": 7,
    "order": 10,
    "po": 10,
    "place": 10,
    "person": 8,
    "time": 6,
    "date": 10,
    "got": 16,
    "key": 16,
    "sentence": 36,
    "usual": 21,
    "vendor": 24,
    "saved": 24,
    "status": 14,
    "thing": 26,
    "next": 34,
    "list": 33,
    "why": 34,
    "gains": 36,
    "station": 10,
    "n": 3,
}


@dataclass(frozen=True, slots=True)
class Template:
    """A message in waiting: verdict and lines with fields in braces."""

    verdict: Verdict
    lines: tuple[str, ...]


def _ok(*lines: str) -> Template:
    return Template(Verdict.OK, lines)


def _check(*lines: str) -> Template:
    return Template(Verdict.CHECK, lines)


def _stop(*lines: str) -> Template:
    return Template(Verdict.STOP, lines)


def _info(*lines: str) -> Template:
    return Template(Verdict.INFO, lines)


TEMPLATES: dict[str, Template] = {
    # everywhere
    "unknown_code": _stop("Nobody knows {got}.", "Look for another label, scan that.", "Nothing was saved."),
    "unreadable": _stop("{sentence}", "Scan it again, or another label.", "Nothing was saved."),
    "hostile": _stop(
        "That scan has forbidden characters.", "Scan another label, or call a lead.", "Nothing was saved."
    ),
    "key_not_here": _stop("{key} does nothing here.", "{next}"),
    "other_badge": _stop("That is {person}'s badge.", "F12 signs {other} off first."),
    "no_right": _stop("{person} may not do this here.", "Scan what your role may do,", "or call a lead."),
    "signed_on_elsewhere": _stop(
        "{person} signed on at {station}.", "Scan your badge to work here.", "Nothing was saved."
    ),
    "signed_off_elsewhere": _stop(
        "{person} signed off elsewhere.", "Scan your badge to work here.", "Nothing was saved."
    ),
    "not_saved": _stop("Not saved: a fault in the program.", "Scan again. If it stays,", "call a lead."),
    "database_slow": _stop(
        "Not saved: the database is silent.", "Set it aside. Scan it again when", "this terminal answers."
    ),
    "database_wait": Template(
        Verdict.WAIT,
        ("The database has been silent {n} s.", "Stop scanning. Trying again.", "Not saved yet: {got}"),
    ),
    "bad_escape": _stop(
        "That escape is not known.", "!{{HH}} is a byte, !NAME a key,", "!{{21}} a plain exclamation mark."
    ),
    "bad_utf8": _stop("That line is no UTF-8 text.", "Send it as UTF-8, or bytes as !{{HH}}."),
    "line_too_long": _stop("That line is longer than any code.", "Send one code a line."),
    "oversize": _stop("That code is longer than any label.", "Scan another label.", "Nothing was saved."),
    "garbage": _stop("That scan came garbled.", "Scan it again.", "Nothing was saved."),
    "ssi_checksum": _stop("That scan came damaged.", "Scan it again.", "Nothing was saved."),
    "wrong_parity": _stop("The scanner's line is set wrong.", "Call the lead: check its parity.", "Nothing was saved."),
    "incomplete_frame": _stop("Only a part of that scan came.", "Scan it again.", "Nothing was saved."),
    "id_used": _stop("That scan id was used before.", "Send it under another id.", "Nothing was saved."),
    "repeat": _info("Same scan twice; the second was", "ignored."),
    "latched": _stop(
        "{code} was refused before this one.", "Scan it again, or set it aside, then", "Esc or DONE. Nothing was saved."
    ),
    "set_aside": _info("{code} is set aside, not saved.", "{next}"),
    "already_typed": _info("{qty}", "ENTER or DONE accepts."),
    "cleared": _info("Cleared. Key the number."),
    "help": _info("{next}"),
    "speaks_clearly": _info("Scanner speaks clearly: {code}", "{next}"),
    "layout_mixed": _check("{code} and QWERTY are mixed up.", "{list}", "Set the scanner to this keyboard."),
    "layout_unknown": _check("Some characters arrive wrong:", "{list}", "Set the scanner to this keyboard."),
    "scanned": _info("{got}", "{thing}"),
    "misread": _info("{sentence}", "{got}"),
    "list": _info("{n} lines."),
    "closed": _info("Where you were."),
    "back": _info("Back. Nothing was saved."),
    # sign on
    "welcome": _ok("Good day, {person}.", "{next}"),
    "resumed": _info("You were here at {time}, {person}.", "Last saved: {saved}", "Go on where you stopped."),
    "unknown_badge": _stop("Nobody has badge {got}.", "Scan your own badge."),
    "badge_first": _stop("Sign on first.", "Scan your badge."),
    "signed_off": _info("{person} signed off.", "Scan a badge to sign on."),
    # home
    "home": _info("Home.", "{next}"),
    "not_home": _stop("{got} starts nothing.", "Scan an order or a purchase order,", "or key a digit of the menu."),
    # receiving
    "po_chosen": _ok("{po}, {vendor}", "{left} still to come.", "Scan a case."),
    "po_done": _check(
        "{po} has nothing left to come.", "A case of it will need ENTER.", "Scan a case, or Esc goes back."
    ),
    "no_such_menu": _stop("The list has no line {n}.", "Scan a purchase order, or key the", "digit of a line."),
    "saved": _ok("{qty} {unit} {item} {code}", "{gains}", "{list}"),
    "saved_quarantine": _ok("{qty} {unit} {item} {code}", "To QUARANTINE: EXP {date}.", "Set it aside for a lead."),
    "case_known": _check(
        "Case {code} is in already:", "{qty} {unit}, {time}, {person}.", "Nothing added. Scan the next case."
    ),
    "case_picked": _check(
        "Case {code} is picked, {order}:", "{qty} {unit}, {time}, {person}.", "Nothing added. Scan the next case."
    ),
    "case_emptied": _check(
        "Case {code} was in, all is used:", "{qty} {unit}, {time}, {person}.", "Nothing added. Scan the next case."
    ),
    "scan_item": _info("Case {code}: which item?", "Scan the item's barcode on the case."),
    "how_many": _info("{item} {code}", "How many {unit} in this case?", "Count, key it, ENTER."),
    "known_thing": _stop("That is {thing}.", "{next}", "Nothing was saved."),
    "other_label": _stop("That label is of {other}.", "Scan a label of {item}.", "Nothing was saved."),
    "which_lot": _info("{item}: lot?", "Scan or key the lot."),
    "which_expiry": _info("{item}: expiry?", "Key YYYY-MM-DD or YYMMDD, ENTER."),
    "not_on_order": _stop("{item} is not on {po}.", "Set the case aside, call a lead.", "Nothing was saved."),
    "no_count_barcode": _stop("That is a barcode, not a count.", "{next}", "Nothing was saved."),
    "bad_count": _stop("{got} is no count.", "Key a whole number, {n} to 99999."),
    "bad_lot": _stop("{got} is no lot.", "Scan or key up to 20 characters."),
    "bad_date": _stop("{got} is no date.", "Key YYYY-MM-DD or YYMMDD."),
    "over": _check("{qty} is {over} over the order", "({left} were open).", "ENTER saves, Esc drops the case."),
    "too_many": _stop(
        "That makes more than 2,000,000,000.", "Count again, key the right number.", "Nothing was saved."
    ),
    "missing_separator": _check(
        "The label says {got}:", "may be lot and date run together.", "ENTER saves it, Esc drops the case."
    ),
    "odd_count": _check("{qty} is not {usual}.", "Count again. ENTER keeps {need},", "or key the right number."),
    "past_expiry": _check("EXP {date} is past.", "ENTER saves it to QUARANTINE,", "Esc drops the case."),
    "same_again": _check("Saved at {time} already: {qty}", "ENTER counts one more,", "Esc drops this one."),
    "dropped": _info("Case dropped, nothing saved.", "Scan the next case."),
    "receiving_left": _info("Left {po}. Cases are saved.", "Scan the next purchase order."),
    "no_dock": _stop("This site has no dock location.", "Call a lead to import one.", "Nothing was saved."),
    # picking
    "go_to": _ok("Pick for {order}.", "Go to {place}, scan it."),
    "no_work": _info("Nothing to pick now.", "ENTER asks again."),
    "order_no_work": _check("{order}: nothing to pick.", "{why}", "Scan another order, or ENTER."),
    "place_ok": _ok("{place} is right.", "Scan {want} {item}."),
    "wrong_place": _stop("That is {thing}.", "This pick needs {place}.", "Go there, scan it. Nothing picked."),
    "place_first": _stop("That is {code}. First the place:", "scan {place}.", "Nothing was picked."),
    "wrong_unit": _stop("That is {code} {item}.", "This pick needs {want}.", "Scan {want}. Nothing was picked."),
    "wrong_item": _stop("That is {other}.", "This pick needs {item}.", "Scan {want}. Nothing was picked."),
    "wrong_thing": _stop("That is {thing}.", "This pick needs {want}.", "Scan {want}. Nothing was picked."),
    "unknown_unit": _stop("Nobody knows {got}.", "This pick needs {want}.", "Scan {want}. Nothing was picked."),
    "changed": _check("This pick is {need} now, not {qty}.", "Take or put back the difference.", "{next}"),
    "take_needs_place": _stop(
        "To take some, first scan {place}.", "Key 0 if you can take none.", "Nothing was picked."
    ),
    "several_units": _check("{n} of {item} at {place}:", "scan the one you take, {want}.", "Nothing was picked."),
    "take": _info("TAKE {qty} {unit} {item}", "ENTER or DONE = {qty},", "or key what you took."),
    "picked": _ok("{qty} {unit} picked for {order}.", "Put it on {place}.", "{next}"),
    "over_pick": _stop("{qty} is {over} too many.", "This line needs {need}.", "Key {need}, or Esc."),
    "how_short": _info("How many can you take of {need}?", "Key it, ENTER."),
    "why_short": _info("{qty} of {need}: why short?", "Key a digit or scan a reason."),
    "not_short": _stop("{qty} is all of it: no short.", "Key fewer than {need}, or Esc."),
    "no_reason": _stop("{got} is no reason.", "Key a digit 1-8 or scan a reason."),
    "short_bad": _ok("{qty} taken, {need} to QUARANTINE.", "{why}", "{next}"),
    "short_doubt": _ok("{qty} taken; {code} is in doubt:", "QUARANTINE, count task made.", "{next}"),
    "task_gone": _stop("This pick was taken back.", "Leave the goods where they are.", "{next}"),
    "unit_not_free": _stop("{code} is in {status}.", "Leave it. F5 reports the pick short.", "Nothing was picked."),
    "unit_expired": _stop("{code} expired on {date}.", "Leave it. F5, reason 5 Expired.", "Nothing was picked."),
    "no_ship": _stop("This site has no ship location.", "Call a lead to import one.", "Nothing was picked."),
    "handed_back": _info("Pick handed back."),
    "skipped": _info("Skipped: {place} comes later.", "{next}"),
    # undo
    "undone_receipt": _ok("Undone: {qty} {unit} {item}", "{list}", "Scan {code} to count it anew."),
    "undone_pick": _ok("Undone: {qty} {unit} {item}", "Put back into {want} at {place}.", "The pick is open again."),
    "undone_short": _ok("Undone: short of {item}", "at {place}.", "The pick is open again."),
    "nothing_to_undo": _stop("Nothing of yours left to undo", "(last 10 scans, 12 hours).", "Scan on."),
    "undo_used": _stop("{code} is not as you left it:", "{why}", "Call a lead. Nothing was undone."),
    # labels
    "label_asked": _ok("Label of {code} is on its way.", "Printer {thing}", "{next}"),
    "no_printer": _stop("No printer here for F7 (Label).", "Call a lead to set one up."),
    "label_not_saved": _stop("This case is not saved yet.", "{next}", "Nothing was printed."),
    "label_loose": _stop("Loose stock carries no label.", "{next}", "Nothing was printed."),
    "label_none": _stop("No case of yours to label", "(last 12 hours).", "Scan a case first."),
    "label_no_bars": _stop("Bars cannot hold the code {code}.", "Write it on the case by hand, or", "call a lead."),
    "label_empty": _stop("Nothing is left in {code}.", "Scan another case.", "Nothing was printed."),
    "no_sscc_left": _stop(
        "This site has no SSCC left to give.", "Set the case aside, call a lead.", "Nothing was saved."
    ),
    # the board
    "board": _info("Board. Esc goes home."),
}


def say(template: str, **fields: object) -> Message:
    """Fill a template; where a line would be too long its fields are cut to their widths, an empty line is left out."""
    entry = TEMPLATES[template]
    whole = {name: clip(str(value), LINE + 1) for name, value in fields.items()}
    lines = (_filled(line, whole).rstrip() for line in entry.lines)
    return Message(entry.verdict, template, tuple(line for line in lines if line))


def _filled(line: str, fields: dict[str, str]) -> str:
    text = line.format_map(fields)
    if len(text) <= LINE:
        return text
    return line.format_map({name: clip(value, WIDTHS[name]) for name, value in fields.items()})


def reply(step: Step, template: str, **fields: object) -> Reply:
    """A Reply that says this and nothing more."""
    message = say(template, **fields)
    return Reply(step=step, verdict=message.verdict, message=message.lines, template=template)


def refuse(template: str, **fields: object) -> NoReturn:
    """Refuse the input: nothing is saved, the step does not move."""
    raise RefusedError(say(template, **fields))


def clip(text: str, width: int) -> str:
    """At most `width` characters, without a blank at the cut."""
    return text if len(text) <= width else text[:width].rstrip()


def key_name(key: str) -> str:
    """What to call a key: as it is printed on it, or on its card."""
    labels = {card.key: card.label for card in CARDS}
    return labels.get(key, key) if ":" in key or len(key) > 4 else key


def refuse_key(key: str, step: Step) -> NoReturn:
    """Refuse a key that means nothing at this step, saying what does."""
    refuse("key_not_here", key=key_name(key), next=step.next)


def tail(code: str) -> str:
    """The last four of a long code, as it is read aloud; a short one whole."""
    return code if len(code) <= 7 else "..." + code[-4:]


def told_apart(code: str, other: str) -> tuple[str, str]:
    """Two codes, each by its last four, or by its beginning where those are alike."""
    if tail(code) != tail(other) or code == other:
        return tail(code), tail(other)
    return f"{code[:4]}...", f"{other[:4]}..."


def still_waiting(freed: Sequence[Freed], released: Sequence[Released]) -> list[Freed]:
    """Who lost pieces and did not get as many others at once: these pieces wait again."""
    got: dict[tuple[str, int], int] = {}
    for given in released:
        got[given.order, given.line] = got.get((given.order, given.line), 0) + given.quantity
    waiting = []
    for lost in freed:
        served = min(got.get((lost.order, lost.line), 0), lost.quantity)
        got[lost.order, lost.line] = got.get((lost.order, lost.line), 0) - served
        if lost.quantity > served:
            waiting.append(replace(lost, quantity=lost.quantity - served))
    return waiting


def names(entries: Sequence[Released] | Sequence[Freed], limit: int = 33) -> str:
    """'SO-881 x20, SO-902 x28, +3 more', as many as fit."""
    texts = [f"{clip(entry.order, 10)} x{entry.quantity}" for entry in entries]
    for shown in range(len(texts), 0, -1):
        rest = len(texts) - shown
        text = ", ".join(texts[:shown]) + (f", +{rest} more" if rest else "")
        if len(text) <= limit:
            return text
    return f"{len(texts)} lines" if texts else ""


def joined(parts: Iterable[str]) -> str:
    """The parts that say something, with a blank between them."""
    return " ".join(part for part in parts if part)
