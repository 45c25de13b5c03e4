"""What a receiver does next when something is wrong: with the case in hand, with one that is in, or with a barcode."""

from __future__ import annotations

from dataclasses import dataclass, field

from warehouse.flows.receiving_steps import AtDock
from warehouse.flows.steps import BoxStep
from warehouse.inbound import Case

# What is wrong, as it is asked for by digit: the code that is written down, and its words. With the first list's
# other lines something else begins.
HOLDS = (
    ("BH", "Lot differs"),
    ("BI", "Expiry differs"),
    ("SUS", "Suspect"),
    ("SEAL", "Bag/seal broken"),
    ("MIX", "Mixed lots"),
    ("DOC", "Papers missing"),
    ("X32", "Temperature"),
    ("PE", "Short life"),
)
REFUSALS = (
    ("AF", "Damaged"),
    ("AT", "Not ordered"),
    ("AC", "Too many"),
    ("PE", "Short life"),
    ("SEAL", "Bag/seal broken"),
    ("DOC", "Papers missing"),
    ("X32", "Temperature"),
    ("SUS", "Suspect"),
)
CHOICES = (
    "Damaged",
    "Part case",
    "Not ordered",
    "Label unreadable",
    "Other hold",
    "Send it back",
    "Correct a case",
    "Teach a barcode",
)


@dataclass(frozen=True)
class Aside(AtDock):
    """Something about a case is told; the job is parked meanwhile.

    `parked` is the step to go back to, as `steps.dump` writes it; `unit_id` the unit that is meant, 0 where it is the
    case in hand, or one that is still to be scanned.
    """

    parked: str = ""
    unit_id: int = 0


@dataclass(frozen=True)
class Problem(Aside):
    """What is wrong?"""

    name = "receiving.problem"
    next = "Key a digit, or scan a reason card."
    menu = True
    prompt = "WHAT IS WRONG?"
    hint = "a digit, or a reason card"
    accepts = (
        "a digit 1-8 of the list",
        "a reason card",
        "a case that is in: what is wrong with it",
        "Esc goes back to where you were",
    )


@dataclass(frozen=True)
class WhichReason(Aside):
    """Why does it go on hold, or `refused`, back to the vendor?"""

    name = "receiving.problem_reason"
    next = "Key a digit, or Esc."
    menu = True
    prompt = "WHY?"
    hint = "a digit of the list"
    accepts = ("a digit 1-8 of the list", "Esc goes back to the list before")
    refused: bool = field(default=False, kw_only=True)


@dataclass(frozen=True)
class SayNote(Aside, BoxStep):
    """Is there a photo of it, or anything to say? `mark` is what is known to be wrong."""

    name = "receiving.problem_note"
    next = "Key a photo's number, or ENTER."
    prompt = "PHOTO NUMBER OR NOTE"
    hint = "key it + ENTER; ENTER alone: none"
    accepts = ("a photo's number, typed", "a note in words, typed", "ENTER or DONE: nothing to add")
    box = "NOTE"
    mark: Case = field(default=Case(), kw_only=True)


@dataclass(frozen=True)
class WhichCase(Aside):
    """Which case is it? One that is in, or the next one that is received."""

    name = "receiving.problem_case"
    next = "Scan the case."
    prompt = "SCAN THE CASE"
    hint = "one that is in, or a new one"
    accepts = ("a case that is in", "a new case, as in receiving", "Esc goes back to the list")
    mark: Case = field(default=Case(), kw_only=True)


# --- A case that was counted wrong ----------------------------------------------------------------------


@dataclass(frozen=True)
class CorrectScan(Aside):
    """Which case was counted wrong?"""

    name = "receiving.correct_scan"
    next = "Scan the case that is in."
    prompt = "SCAN THE CASE TO CORRECT"
    hint = "a case that is in"
    accepts = ("a case that is in, also of a closed receipt", "Esc goes back to the list")


@dataclass(frozen=True)
class CorrectCount(Aside, BoxStep):
    """How many are in it? `opened` says that it is a part case."""

    name = "receiving.correct_count"
    next = "Key the right count, ENTER."
    prompt = "THE RIGHT COUNT?"
    hint = "key it, 0: not there, ENTER: as it is"
    accepts = (
        "the right count, typed; 0: it is not there",
        "ENTER or DONE: the count is right",
        "ENTER, pieces gone: asks for a count",
        "Esc goes back to the list",
    )
    box = "COUNT"
    opened: bool = field(default=False, kw_only=True)


@dataclass(frozen=True)
class Counting(Aside, BoxStep):
    """The right count is known, a lot or a day is asked for."""

    opened: bool = field(default=False, kw_only=True)
    quantity: int = field(default=0, kw_only=True)


@dataclass(frozen=True)
class CorrectLot(Counting):
    """Is the lot right?"""

    name = "receiving.correct_lot"
    next = "Scan or key the lot, ENTER keeps it."
    prompt = "THE RIGHT LOT?"
    hint = "scan or key it; ENTER: as it is"
    accepts = ("a barcode with the lot (10)", "the lot, typed", "ENTER or DONE: the lot is right")
    box = "LOT"


@dataclass(frozen=True)
class CorrectExpiry(Counting):
    """Is the day of expiry right? `lot` is the right lot."""

    name = "receiving.correct_expiry"
    next = "Key the expiry, ENTER keeps it."
    prompt = "THE RIGHT EXPIRY?"
    hint = "YYYY-MM-DD or YYMMDD; ENTER keeps it"
    accepts = ("a barcode with the expiry (17)", "a typed date", "ENTER or DONE: the day is right")
    box = "EXPIRY"
    lot: str = field(default="", kw_only=True)


@dataclass(frozen=True)
class CorrectNone(Aside):
    """The case is not there at all: its count is taken back once that is confirmed."""

    name = "receiving.correct_none"
    next = "ENTER takes it out, Esc keeps it."
    prompt = "NOT THERE: TAKE IT OUT?"
    hint = "ENTER takes it out, Esc keeps it"
    accepts = ("ENTER or DONE: the case is not there", "Esc keeps it as it was")


# --- A barcode that nobody knows ------------------------------------------------------------------------


@dataclass(frozen=True)
class TeachCode(Aside):
    """Which barcode is to be taught?"""

    name = "receiving.teach_code"
    next = "Scan the unknown barcode."
    prompt = "SCAN THE UNKNOWN BARCODE"
    hint = "the one that nobody knows"
    accepts = ("a barcode of an item that nobody knows", "Esc goes back to the list")


@dataclass(frozen=True)
class TeachItem(Aside):
    """Which item has this barcode?"""

    name = "receiving.teach_item"
    next = "Scan the item, or key its number."
    prompt = "WHICH ITEM IS IT?"
    hint = "a known barcode of it, or key it"
    accepts = ("a known barcode of the item", "the item's number, typed", "Esc goes back to the list")
    barcode: str = field(default="", kw_only=True)


@dataclass(frozen=True)
class TeachQuantity(Aside, BoxStep):
    """Every case of the item is alike: how many does this packaging hold?"""

    name = "receiving.teach_quantity"
    next = "Key how many, ENTER if it says none."
    prompt = "HOW MANY DOES IT HOLD?"
    hint = "key it; ENTER alone: it says none"
    accepts = ("how many pieces are in it, typed", "ENTER or DONE: the barcode says no count")
    box = "PIECES"
    barcode: str = field(default="", kw_only=True)
    item_id: int = field(default=0, kw_only=True)


@dataclass(frozen=True)
class TeachSure(Aside, BoxStep):
    """All is known: a lead says that it is so. `pieces` is 0 where the barcode says no count."""

    name = "receiving.teach_sure"
    next = "A lead's badge, or Esc."
    takes_badge = True
    prompt = "A LEAD AGREES: SCAN BADGE"
    hint = "a lead's badge; ENTER if it is you"
    accepts = ("a lead's badge", "ENTER or DONE, if you are a lead", "Esc goes back to the list")
    box = "BADGE"
    barcode: str = field(default="", kw_only=True)
    item_id: int = field(default=0, kw_only=True)
    pieces: int = field(default=0, kw_only=True)
