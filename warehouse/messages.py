"""Every sentence that an operator can read on the floor, one template each.

A message has at most three lines of 36 characters: what, why, what next. Each field has a width and is cut to
it where its line is too long, so that no name from a label or an import can push the next step off the screen.
STOP and CHECK always end with what to do next; a test fills every template to the brim and holds all of this.
"""

from __future__ import annotations

import re
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
    "receipt": 9,
    "place": 10,
    "person": 8,
    "time": 6,
    "date": 10,
    "got": 16,
    "key": 16,
    "sentence": 36,
    "usual": 11,
    "vendor": 24,
    "held": 30,
    "weight": 14,
    "saved": 24,
    "status": 14,
    "thing": 26,
    "next": 36,
    "list": 33,
    "why": 34,
    "gains": 36,
    "what": 20,
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
    # receiving: which delivery
    "po_chosen": _ok("{po}, {vendor}", "{left} still to come.", "Scan a case."),
    "po_done": _check("{po} has nothing left to come.", "A case of it will be over.", "Scan a case, or Esc goes back."),
    "po_blind": _ok("{po}, {vendor}", "Blind: count what is there.", "Scan a case."),
    "asn_chosen": _ok("{po}, {vendor}", "{left} cases still to come.", "Scan a case or a pallet."),
    "receipt_goes_on": _ok("{code} goes on: {n} cases so far.", "Scan a case."),
    "several_orders": _check(
        "{n} orders expect {item}.", "Key the digit of the one that is", "at the dock, or scan it."
    ),
    "item_not_due": _stop("No order expects {item}.", "Scan another label, or F5:", "goods without an order."),
    "blind_on": _info("Blind: nothing expected is shown.", "Scan a purchase order."),
    "blind_off": _info("What is expected is shown again.", "Scan a purchase order."),
    "blind_fixed": _stop("Blind is {status} used here.", "Scan a purchase order."),
    "without_order": _info("Goods without an order.", "Whose are they? Scan the vendor,", "ENTER if nobody knows."),
    "without_order_hold": _info(
        "Goods without an order go to HOLD.", "Whose? Scan the vendor,", "ENTER if nobody knows."
    ),
    "vendor_unknown": _ok("No order, vendor not known.", "Scan a case."),
    "vendor_chosen": _ok("No order, {vendor}", "Scan a case."),
    "po_here": _info("{po} is on this truck already.", "Scan a case."),
    "po_joins": _check("{po}, {vendor}", "on this truck too? ENTER adds it,", "Esc goes back to the cases."),
    "po_joined": _ok("{po} added: {n} orders here.", "Scan a case."),
    "case_of_other": _check(
        "{code} belongs to {po}.", "On this truck too? ENTER adds the", "order; then scan it again."
    ),
    "no_such_menu": _stop("The list has no line {n}.", "Scan a purchase order, or key the", "digit of a line."),
    "receiving_left": _info("Left {po}. Cases are saved.", "Scan the next purchase order."),
    "no_dock": _stop("This site has no dock location.", "Call a lead to import one.", "Nothing was saved."),
    # receiving: a case
    "saved": _ok("{qty} {unit} {item} {code}", "{gains}", "{list}"),
    "saved_quarantine": _ok("{qty} {unit} {item} {code}", "HOLD: {held}", "Set it aside for a lead."),
    "saved_blocked": _ok("{qty} {unit} {item} {code}", "BLOCKED: its lot is stopped.", "Set it aside for a lead."),
    "saved_extra": _ok("{qty} {unit} {item}", "{gains}", "{over} extra: HOLD as {code}, apart"),
    "saved_pallet": _ok("Pallet {code}: {n} cases, {qty}", "{gains}", "As announced. F5 corrects a case."),
    "case_known": _check(
        "Case {code} is in already:", "{qty} {unit}, {time}, {person}.", "Nothing added. Scan the next case."
    ),
    "case_picked": _check(
        "Case {code} is picked, {order}:", "{qty} {unit}, {time}, {person}.", "Nothing added. Scan the next case."
    ),
    "case_emptied": _check(
        "Case {code} was in, all is used:", "{qty} {unit}, {time}, {person}.", "Nothing added. Scan the next case."
    ),
    "pallet_in": _check("Pallet {code} is in already:", "{n} cases.", "Nothing added. Scan the next case."),
    "pallet_by_case": _stop(
        "Pallet {code}: case {want} needs", "a look. Scan its cases one by one.", "Nothing was saved."
    ),
    "pallet_blind": _stop("Pallet {code} is counted blind.", "Scan its cases one by one.", "Nothing was saved."),
    "scan_item": _info("Case {code}: which item?", "Scan the item's barcode; a pallet:", "scan its plate again."),
    "how_many": _info("{item} {code}", "How many {unit} in this case?", "Count, key it, ENTER."),
    "known_thing": _stop("That is {thing}.", "{next}", "Nothing was saved."),
    "other_label": _stop("That label is of {other}.", "Scan a label of {item}.", "Nothing was saved."),
    "which_lot": _info("{item}: lot?", "Scan or key the lot."),
    "which_expiry": _info("{item}: expiry?", "Key YYYY-MM-DD or YYMMDD, ENTER."),
    "which_serial": _info("{item}: {qty} of {need}", "Scan the next serial number."),
    "which_weight": _info("Weight of {item} {code}", "ENTER asks the scale, or key it."),
    "not_on_order": _stop("{item} is not on {po}.", "F5 takes it to HOLD; or set it", "aside. Nothing was saved."),
    "no_count_barcode": _stop("That is a barcode, not a count.", "{next}", "Nothing was saved."),
    "no_weight_barcode": _stop("That is a barcode, not a weight.", "{next}", "Nothing was saved."),
    "bad_count": _stop("{got} is no count.", "Key a whole number, {n} to 99999."),
    "bad_lot": _stop("{got} is no lot.", "Scan or key up to 20 characters."),
    "bad_date": _stop("{got} is no date.", "Key YYYY-MM-DD or YYMMDD."),
    "bad_serial": _stop("{got} is no serial no.", "Scan the number on the piece."),
    "bad_weight": _stop("{got} is no weight.", "Key it in {unit}, such as 12.345."),
    "serial_twice": _stop("{got} was scanned before.", "{n} are in. Scan the next piece."),
    "serial_known": _stop("{got} is in already.", "Set the piece aside, call a lead,", "or scan the next."),
    "no_repeat": _stop("F9 is not used for {item}.", "Count the case, key it, ENTER."),
    "nothing_to_repeat": _stop("No {item} counted yet.", "Count this one, key it, ENTER."),
    "alike_not_here": _stop("Cases with numbers or weights of", "their own go one by one.", "Scan one, key its count."),
    "too_many_alike": _stop(
        "{qty} at once? {need} is the most.", "Key fewer, such as {need}x24.", "Nothing was saved."
    ),
    "alike_one_by_one": _stop("Only one case can be parted.", "Key the count of one case.", "Nothing was saved."),
    "part_by_hand": _stop(
        "Part it by hand: key {left} for one,", "then scan the rest as its own case.", "Nothing was saved."
    ),
    "too_many": _stop(
        "That makes more than 2,000,000,000.", "Count again, key the right number.", "Nothing was saved."
    ),
    "dropped": _info("Case dropped, nothing saved.", "Scan the next case."),
    # receiving: doubts about a case
    "over": _check("{qty} is {over} over the order", "({left} were open).", "ENTER saves, Esc drops the case."),
    "over_limit": _check(
        "{qty} is {over} over the limit.", "F5: the {over} go to HOLD. A lead's", "badge takes all. Or key it right."
    ),
    "missing_separator": _check(
        "The label says {got}:", "may be lot and date run together.", "ENTER saves it, Esc drops the case."
    ),
    "odd_count": _check(
        "{qty} is not the usual {usual}.", "Count again. ENTER keeps {qty},", "or key the right number."
    ),
    "odd_count_hint": _check(
        "{qty}, not the usual {usual}:", "{need}? Count again. ENTER keeps", "{qty}, or key the right number."
    ),
    "odd_count_blind": _check("Count this case again.", "ENTER keeps {qty}, or key", "what you count."),
    "far_count": _check(
        "{qty} is far from {usual}.", "A second person counts: scan their", "badge. Or key the right number."
    ),
    "far_count_blind": _check(
        "Count this case again.", "A second person counts: scan their", "badge. Or key the right number."
    ),
    "count_is_code": _check(
        "{qty} stands in a barcode here.", "A second person counts: scan their", "badge. Or key the right number."
    ),
    "second_count": _info("{person}: count this case.", "Key the number, ENTER."),
    "counts_differ": _check("{qty} and {need}: counts differ.", "Count again together.", "Key the number, ENTER."),
    "own_badge": _stop("Your own badge is no second one.", "Scan another person's badge."),
    "no_second_badge": _stop("{got} is nobody's badge.", "Scan another person's badge,", "or Esc drops the case."),
    "no_lead": _stop("{person} is no lead.", "Scan a lead's badge.", "Nothing was saved."),
    "early": _check("{po} is due {date} only.", "ENTER receives it all the same,", "Esc drops the case."),
    "late": _check("{po} was due on {date}.", "ENTER receives it all the same,", "Esc drops the case."),
    "early_lead": _check("{po} is due {date} only.", "A lead may receive it: scan a", "lead's badge, or Esc."),
    "late_lead": _check("{po} was due on {date}.", "A lead may receive it: scan a", "lead's badge, or Esc."),
    "past_expiry": _check("EXP {date} is past.", "ENTER saves it to QUARANTINE,", "Esc drops the case."),
    "short_life": _check("EXP {date}: {left} days left.", "ENTER saves it, Esc drops the case."),
    "life_hold": _check("EXP {date}: {left} days left.", "ENTER saves it to QUARANTINE,", "Esc drops the case."),
    "lot_differs": _check("LOT {got}: not {want}.", "ENTER saves it to QUARANTINE,", "Esc drops the case."),
    "lot_differs_blind": _check("LOT {got}: not announced.", "ENTER saves it to QUARANTINE,", "Esc drops the case."),
    "lot_stopped": _check("LOT {got} is stopped.", "ENTER saves it as BLOCKED,", "Esc drops the case."),
    "expiry_differs": _check("EXP {date}, not {other}.", "ENTER saves it to QUARANTINE,", "Esc drops the case."),
    "expiry_differs_blind": _check(
        "EXP {date} is not as announced.", "ENTER saves it to QUARANTINE,", "Esc drops the case."
    ),
    "odd_weight": _check("{weight} is not {usual}.", "ENTER keeps it, or key it again,", "Esc drops the case."),
    "same_again": _check("Saved at {time} already: {qty}", "ENTER counts one more,", "Esc drops this one."),
    # problems and corrections while receiving
    "problem": _info("What is wrong?", "Key a digit, or scan a reason card."),
    "problem_unit": _info("{qty} {unit} {item} {code}", "What is wrong with it?", "Key a digit, or a reason card."),
    "problem_first": _stop("{got} is not in yet.", "First key what is wrong: a digit.", "Nothing was saved."),
    "problem_why": _info("To hold: why?", "Key a digit of the list."),
    "problem_why_back": _info("Back to the vendor: why?", "Key a digit of the list."),
    "problem_note": _info("{why}", "Photo's number or a note? Key it.", "ENTER for none."),
    "problem_goes_on": _info("Noted, not saved yet:", "{why}", "{next}"),
    "problem_which": _info("{why}", "Which case? Scan it."),
    "problem_of_other": _stop(
        "{code} belongs to {po}.", "Esc, then scan {po} to add it,", "then F5 again. Nothing was saved."
    ),
    "no_such_line": _stop("The list has no line {n}.", "Key one of its digits, or Esc."),
    "no_note_barcode": _stop("That is a barcode, not a note.", "Key a photo's number or a note,", "or ENTER for none."),
    "note_long": _stop("At most {n} characters fit.", "Key a shorter note, or ENTER."),
    "scan_item_unread": _info("Which item is it?", "Scan another label of it, or key", "its number, ENTER."),
    "unread_count": _check(
        "{qty}, and no label to read.", "A second person counts: scan their", "badge. Or key the right number."
    ),
    "held": _ok("{qty} {unit} {item} {code}", "On hold: {thing}", "{list}"),
    "hold_picked": _stop("{code} is picked for {order}.", "Call a lead: Stop goods in the menu.", "Nothing was saved."),
    "hold_nothing": _stop("{code} is no case with goods in it.", "Scan another case, or Esc.", "Nothing was saved."),
    "hold_before": _stop("{code} is {status} already.", "Scan another case, or Esc.", "Nothing was changed."),
    "sent_back": _ok("{qty} {unit} {item}", "Back: {thing}", "Leave it on the truck. Scan on."),
    "sent_back_unit": _ok("{code} goes back: {qty} {unit}.", "{gains}", "Set it aside for the truck."),
    "correct_scan": _info("Which case was counted wrong?", "Scan it."),
    "correct_count": _info(
        "{qty} {unit} {item} {code}", "Key the right count; 0: not there.", "ENTER: the count is right."
    ),
    "correct_lot": _info("Lot {got}?", "Scan or key the right one,", "ENTER keeps it."),
    "correct_expiry": _info("Expiry {date}?", "Key the right day,", "ENTER keeps it."),
    "correct_none": _check("{code}: {qty} {unit} not there?", "ENTER takes it out of stock,", "Esc keeps it."),
    "correct_foreign": _stop("{code} was not counted here.", "Scan another case, or Esc.", "Nothing was changed."),
    "correct_used": _stop("{code} is not as it was counted:", "{why}", "ENTER asks for a count, Esc leaves."),
    "correct_gone": _stop("{code} is not as it was counted:", "{why}", "Call a lead, or Esc."),
    "correct_same": _info("{code} stays as it was.", "{next}"),
    "corrected": _ok("{code}: {qty} {unit}, was {need}.", "{gains}", "{next}"),
    "corrected_held": _ok("{code}: {qty} {unit}, on hold.", "{gains}", "{next}"),
    "corrected_none": _ok("{code} is out, {qty} {unit} fewer.", "{gains}", "{next}"),
    "count_asked": _ok("A count of {code} is asked for.", "{next}"),
    "teach_code": _info("Teach a barcode.", "Scan the one that nobody knows."),
    "teach_item": _info("{got}: which item is it?", "Scan a known barcode of it,", "or key its number, ENTER."),
    "teach_quantity": _info("{item}:", "how many {unit} in it? Key it;", "ENTER alone: it says none."),
    "teach_sure": _check("{got} is {item}?", "A lead agrees: scan their badge,", "or Esc. ENTER, if it is you."),
    "teach_case": _stop("{got} is one case alone.", "Scan the item's barcode, or Esc.", "Nothing was saved."),
    "teach_no_item": _stop("{got} names no item.", "Scan another barcode, or Esc.", "Nothing was saved."),
    "teach_digit": _stop("{got}: check digit wrong.", "Scan it again, or another label.", "Nothing was saved."),
    "teach_badge": _stop("{got} is nobody's badge.", "Scan a lead's badge, or Esc.", "Nothing was saved."),
    "taught": _ok("{got} is {item}.", "{next}"),
    # receiving: where the cases go
    "cases_go_to": _ok("Cases go to {place} now.", "Scan a case."),
    "cases_go_on": _ok("Cases go on pallet {code} now.", "{n} on it. Scan a case."),
    "no_cases_there": _stop("{place} takes no new cases.", "It is a {status} place.", "Scan a dock or storage place."),
    "pallet_opened": _ok("Pallet {code} is open.", "Cases go on it. Scan a case."),
    "pallet_full": _ok("Pallet {code} is full, {n} on it.", "Put it away. Scan the next case."),
    "pallet_closed": _stop("Pallet {code} is closed.", "Scan another, or open a new one."),
    "no_pallet_open": _stop("No pallet is open here.", "Scan one, or the card NEW."),
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
    "goods_stopped": _stop("{code} was stopped. Leave it here.", "{why}", "{next}"),
    "task_gone": _stop("This pick was taken back.", "Leave the goods where they are.", "{next}"),
    "unit_not_free": _stop("{code} is in {status}.", "Leave it. F5 reports the pick short.", "Nothing was picked."),
    "unit_expired": _stop("{code} expired on {date}.", "Leave it. F5, reason 5 Expired.", "Nothing was picked."),
    "no_ship": _stop("This site has no ship location.", "Call a lead to import one.", "Nothing was picked."),
    "handed_back": _info("Pick handed back."),
    "skipped": _info("Skipped: {place} comes later.", "{next}"),
    # undo
    "undone_receipt": _ok("Undone: {qty} {unit} {item}", "{list}", "Scan {code} to count it anew."),
    "undone_receipts": _ok("Undone: {n} cases, {qty} {unit}", "{list}", "Scan them to count them anew."),
    "undo_correction": _stop(
        "The last was a correction.", "Scan the case, F5 corrects it anew.", "Nothing was undone."
    ),
    "undone_pick": _ok("Undone: {qty} {unit} {item}", "Put back into {want} at {place}.", "The pick is open again."),
    "undone_back": _ok("Undone: {qty} {unit} {item}", "are not sent back.", "Scan the case to receive it."),
    "undone_hold": _ok("Undone: {code} is off hold.", "{list}"),
    "undone_short": _ok("Undone: short of {item}", "at {place}.", "The pick is open again."),
    "nothing_to_undo": _stop("Nothing of yours left to undo", "(last 10 scans, 12 hours).", "Scan on."),
    "undo_used": _stop("{code} is not as you left it:", "{why}", "Call a lead. Nothing was undone."),
    "undo_board": _stop(
        "F4 undoes nothing at the board.", "H lets go, P sets the priority.", "Scans: Esc home, then F4."
    ),
    "undo_stop": _stop("F4 takes back no stop or accept.", "Key Stop goods in the menu.", "Nothing was undone."),
    # stopping goods
    "act_block": _info("Stop goods.", "Scan what to stop."),
    "act_unblock": _info("Stopped goods go on hold.", "Scan which."),
    "act_accept": _info("Goods on hold are free again.", "Scan which."),
    "stop_why": _info("{thing}", "{list}", "Why? Key it, or scan a reason card."),
    "sure_block": _check("{thing}", "{list}", "DONE or F8 stops {qty}, Esc leaves."),
    "sure_unblock": _check("{thing}", "{list}", "DONE or F8 moves {qty}, Esc leaves."),
    "sure_accept": _check("{thing}", "{list}", "DONE or F8 frees {qty}, Esc leaves."),
    "sure_changed": _check("{qty} pieces now, not {need}.", "DONE or F8 goes on, Esc leaves."),
    "sure_first": _stop(
        "Not saved yet: a scan is no answer.", "Key F8 or scan DONE. Esc leaves.", "Nothing was saved."
    ),
    "goods_are_stopped": _ok("{qty} stopped: {what}", "{gains}", "{list}"),
    "on_hold_again": _ok("{qty} on hold: {what}", "Another lead may accept them.", "{list}"),
    "accepted": _ok("{qty} free: {what}", "{gains}", "{list}"),
    "stopped_before": _check("Stopped before: {what}", "{date} by {person}.", "Scan another. Nothing was changed."),
    "nothing_to_change": _stop("{thing}", "is {status}: nothing to do.", "Scan another. Nothing was changed."),
    "stays_held": _stop("{code} stays as it is:", "{why}", "Scan another. Nothing was changed."),
    "unknown_lot": _stop("Nobody knows lot {got}", "of {item}. Look at the case,", "scan or key its lot."),
    "no_lots": _stop("{item} has no lots.", "Scan its case, or its place.", "Nothing was changed."),
    "bad_reason": _stop("That is no reason.", "Key a few words, or scan a card.", "Nothing was saved."),
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
    # the scale
    "scale_none": _stop("This terminal has no scale.", "Key the weight, ENTER."),
    "scale_silent": _stop("The scale does not answer.", "See that it is on, ENTER again,", "or key the weight."),
    "scale_moving": _stop(
        "The weight does not settle.", "Let the case stand still, then", "ENTER again, or key the weight."
    ),
    "scale_over": _stop("Too heavy for this scale.", "Take it off. Key the weight,", "or call a lead."),
    "scale_zero": _stop(
        "The scale is not at zero.", "Empty it, press its zero key,", "set the case on it, ENTER again."
    ),
    "scale_empty": _stop("Nothing lies on the scale.", "Set the case on it, ENTER again,", "or key the weight."),
    "scale_unknown": _stop("The scale is set wrong here.", "Key the weight, ENTER,", "and call a lead."),
    # check and close
    "closing": _check("Closing {receipt} leaves {left} open", "{list}.", "F8/DONE closes it, Esc goes on."),
    "closing_complete": _check("Closing {receipt}: nothing is open.", "{list}", "F8/DONE closes it, Esc goes on."),
    "closing_blind": _check("Closing {receipt}: you counted", "{why}.", "F8/DONE closes it, Esc goes on."),
    "closing_changed": _check("{receipt} has changed meanwhile:", "{why}.", "F8/DONE closes it, Esc goes on."),
    "closing_short": _check(
        "Missing {left}, lines: {n}.", "So little may be closed short.", "ENTER closes short, key 2 does not."
    ),
    "closing_lead": _check(
        "Missing {left}, lines: {n}.", "That is too much: a lead decides.", "Scan a lead's badge, or Esc."
    ),
    "closing_lead_blind": _check("Here a lead closes with you.", "Scan a lead's badge, or Esc."),
    "own_badge_closing": _stop(
        "That is your own badge.", "Another lead decides: scan theirs,", "or Esc. Nothing was closed."
    ),
    "no_lead_closing": _stop("{person} is no lead.", "Scan a lead's badge, or Esc.", "Nothing was closed."),
    "receipt_closed": _ok("{receipt} is closed:", "{why}.", "{next}"),
    "closed_before": _check(
        "{person} closed {receipt}, {time}.", "Nothing was changed.", "Scan the next purchase order."
    ),
    "nothing_to_close": _info("Nothing came, nothing is closed.", "Scan the next purchase order."),
    "back_to_cases": _info("The receipt stays open.", "Scan the next case."),
    "case_shown": _info("Case {code}: {qty} {unit}", "{item}, {status}.", "Scan another case, or Esc."),
    "case_elsewhere": _stop(
        "Case {code} is not on {receipt}.", "Scan a case of it, or Esc goes on.", "Nothing was saved."
    ),
    "receipt_reopened": _ok("{receipt} is open again:", "{why}.", "Scan a case."),
    "reopen_lead": _stop("{receipt} is closed.", "A lead opens it again. Call a lead,", "or scan a purchase order."),
    "reopen_day": _stop("{receipt} is of {date}, closed.", "What comes today has its own:", "scan the purchase order."),
    "reopen_other": _stop("{po} is on {receipt} today.", "Scan {po} to go on there.", "Nothing was opened."),
    # put-away and pallets
    "put_where": _info("{qty} {unit} {item} {code}", "{next}", "{why}"),
    "carrier_where": _info("Pallet {code}: {n} on it.", "{next}", "{why}"),
    "put": _ok("{qty} {unit} {item} {code}", "stands at {place} now.", "{next}"),
    "carrier_put": _ok("Pallet {code} is at {place} now,", "with {n} on it.", "{next}"),
    "boarded": _ok("{code} is on pallet {want} now:", "{n} on it, at {place}.", "{next}"),
    "there_already": _check("{code} is at {place} already.", "{next}"),
    "place_refuses": _stop("{place} takes no {other}.", "{next}", "Nothing was moved."),
    "place_owner": _stop("{place} holds another's goods.", "{next}", "Nothing was moved."),
    "place_lot": _check("Lot {other} is at {place}.", "Scan {place} again to mix lots,", "or scan another place."),
    "mixed_load": _stop("Goods on hold stand on {code} too.", "F5 takes them off, then scan it.", "Nothing was moved."),
    "unit_picked": _stop("{code} is picked for {order}.", "Leave it. Scan another case.", "Nothing was moved."),
    "unit_in_hand": _stop("{person} picks {code}, {order}.", "Leave it. Scan another case.", "Nothing was moved."),
    "unit_used_up": _stop("Nothing is left in {code}.", "Scan another case.", "Nothing was moved."),
    "carrier_new": _check("{code} is a new pallet.", "Scan it again to open it,", "or scan another one."),
    "carrier_taken": _stop("{code} was a case or pallet before.", "Scan another plate.", "Nothing was opened."),
    "carrier_full": _stop("Pallet {code} is full.", "Scan another pallet or place.", "Nothing was saved."),
    "carrier_gone": _stop("Pallet {code} was broken up.", "Scan another pallet or place.", "Nothing was saved."),
    "carrier_on_it": _stop("{code} is on that pallet.", "Scan another pallet or place.", "Nothing was moved."),
    "carrier_in_itself": _stop("That pallet stands on {code}.", "Scan another pallet or place.", "Nothing was moved."),
    "carrier_deep": _stop("At most {n} pallets on each other.", "Scan another pallet or place.", "Nothing was moved."),
    "carrier_none": _stop("{code} stands on no pallet.", "Scan another case.", "Nothing was moved."),
    "carrier_off": _ok("{code} is off its pallet.", "It stands at {place}.", "{next}"),
    "carrier_break": _check("Pallet {code}: {n} on it.", "ENTER or DONE breaks it up,", "Esc keeps it."),
    "carrier_broken": _ok("Pallet {code} is broken up:", "{n} stand at {place} now.", "{next}"),
    "carrier_closed": _ok("Pallet {code} is full, {n} on it.", "{next}"),
    "carrier_open": _ok("Pallet {code} is open, {place}.", "{why}", "{next}"),
    "undone_move": _ok("Undone: {qty} {unit} {item}", "Back at {place}: {code}."),
    "undone_moves": _ok("Undone: {n} cases", "are back at {place}."),
    # what's this
    "whats_this": _info("Scan anything: your job is parked.", "{next}"),
    "looked": _info("{sentence}", "{why}", "{next}"),
    "misread_here": _info("{sentence}", "{got}", "Scan it again, or Esc goes back."),
    "nothing_looked": _stop("Nothing is looked up yet.", "{next}"),
    "no_case_looked": _stop("{code} is no case.", "Scan a case, or Esc goes back."),
    "unparked": _info("Back where you were.", "{next}"),
    # the board
    "board": _info("{next}"),
    "flow_of": _info("{thing}", "{next}"),
    "no_flow": _stop("Not known here: {got}", "Scan an order or receipt, or Esc."),
    "which_line": _stop("Which line of {order}?", "Go to its row, ENTER, then again."),
    "line_not_waiting": _stop(
        "{order} does not wait.", "Only waiting lines are reviewed.", "Look at another one, or Esc."
    ),
    "review_how": _info("What is decided for {order}?", "Key a digit, Esc leaves it."),
    "review_note": _info("Key a few words why,", "or ENTER without any."),
    "reviewed": _ok("{order}: {what}.", "{person} looks again on {date}.", "{next}"),
    "assign_to": _info("Whose pick is it next?", "Scan a badge, or key a digit."),
    "assigned": _ok("{person} gets {order} next.", "{next}"),
    "unassigned": _ok("{order} is for anybody again.", "{next}"),
    "no_pick_open": _stop("{order} has no open pick.", "Look at another one, or Esc."),
    "pick_begun": _stop("{person} has begun that pick.", "Look again when it is done."),
    "no_picker": _stop("{got}: no picker's badge.", "Scan a picker's badge, or Esc."),
    "priority_which": _info("{order}: {what}.", "Key 1 to 5; 0 pins, or unpins."),
    "prioritised": _ok("{order}: priority {n}.", "{gains}", "{next}"),
    "pinned": _ok("{order} is before all others.", "{gains}", "{next}"),
    "unpinned": _ok("{order}: its own place again.", "{gains}", "{next}"),
    "hold_which": _info("Hold {order}: which kind?", "Key a digit, Esc leaves it."),
    "hold_until": _info("Until which day?", "Key days from today, or YYMMDD."),
    "hold_day": _stop("{date} is no later day.", "Key 1 to {n} days, or YYMMDD."),
    "hold_why": _info("Key a few words why,", "or scan a reason card."),
    "line_held": _ok("{order} is on hold.", "{gains}", "Looked at again on {date}."),
    "line_held_until": _ok("{order} held until {date}.", "{gains}", "{next}"),
    "let_go_sure": _info("{order} is on hold.", "ENTER lets go, Esc leaves it."),
    "let_go_whole": _info("All of {order} is on hold.", "ENTER lets all go, Esc leaves it."),
    "let_go": _ok("{order} moves again.", "{gains}", "{next}"),
    "nothing_left": _stop("{order}: nothing left to move.", "Look at another one, or Esc."),
    "not_held": _stop("{order} is not on hold now.", "Esc goes back."),
}


def pattern(template: str) -> str:
    """The first line of a template with its fields as dots, for those who count how often it was said."""
    entry = TEMPLATES.get(template)
    return re.sub(r"\{\w+\}", "..", entry.lines[0]) if entry else template


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
    """'SO-881 x20, SO-902 x28, +3 more', as many as fit; what several units gave to an order line is one number."""
    pieces: dict[tuple[str, int], int] = {}
    for entry in entries:
        pieces[entry.order, entry.line] = pieces.get((entry.order, entry.line), 0) + entry.quantity
    texts = [f"{clip(order, 10)} x{quantity}" for (order, _), quantity in pieces.items()]
    for shown in range(len(texts), 0, -1):
        rest = len(texts) - shown
        text = ", ".join(texts[:shown]) + (f", +{rest} more" if rest else "")
        if len(text) <= limit:
            return text
    return f"{len(texts)} lines" if texts else ""


def joined(parts: Iterable[str]) -> str:
    """The parts that say something, with a blank between them."""
    return " ".join(part for part in parts if part)
