"""What a receiver does next, one step each."""

from __future__ import annotations

from dataclasses import dataclass

from warehouse.flows.steps import BoxStep, Step
from warehouse.inbound import Case, LastCase


@dataclass(frozen=True)
class ChooseOrder(Step):
    """Which purchase order is at the dock?"""

    name = "receiving.choose_order"
    next = "Scan a purchase order."
    menu = True
    prompt = "SCAN PURCHASE ORDER"
    hint = "or key the digit of a line"
    accepts = (
        "a purchase order number",
        "a digit 1-9 of the list",
    )


@dataclass(frozen=True)
class ScanCase(Step):
    """The loop: the next case, please. `seen` is what was saved before a break (see `_same_as_before`)."""

    name = "receiving.scan_case"
    next = "Scan a case."
    loop = True
    prompt = "SCAN CASE"
    hint = "SSCC, plate, or GTIN if no number"
    accepts = (
        "SSCC (00): then the item's barcode",
        "SSCC + content (02)(37): complete",
        "a licence plate (LP...)",
        "GTIN or packaging: gets a plate",
        "another purchase order: goes there",
    )
    po_id: int
    seen: LastCase | None = None


@dataclass(frozen=True)
class InHand(Step):
    """A case is in hand, of which something is still to be known; nothing of it is saved yet."""

    po_id: int
    case: Case
    seen: LastCase | None = None


@dataclass(frozen=True)
class ScanItem(InHand):
    """The label named the case but not what is in it."""

    name = "receiving.scan_item"
    next = "Scan the item's barcode."
    prompt = "SCAN THE ITEM"
    hint = "the item's barcode on this case"
    accepts = ("GTIN or packaging barcode of the item",)


@dataclass(frozen=True)
class KeyLot(InHand, BoxStep):
    """The item demands a lot and the label had none."""

    name = "receiving.key_lot"
    next = "Scan the lot, or key it."
    prompt = "WHICH LOT?"
    hint = "scan it, or key it + ENTER"
    accepts = (
        "a barcode with the lot (10)",
        "typed text",
    )
    box = "LOT"


@dataclass(frozen=True)
class KeyExpiry(InHand, BoxStep):
    """The item demands an expiry and the label had none."""

    name = "receiving.key_expiry"
    next = "Key the expiry, ENTER."
    prompt = "WHICH EXPIRY?"
    hint = "key YYYY-MM-DD or YYMMDD + ENTER"
    accepts = (
        "a barcode with the expiry (17)",
        "a typed date",
    )
    box = "EXPIRY"


@dataclass(frozen=True)
class HowMany(InHand, BoxStep):
    """How many pieces are in this case? The box starts empty on purpose."""

    name = "receiving.how_many"
    next = "Key the count, ENTER."
    prompt = "HOW MANY IN THIS CASE?"
    hint = "key the count + ENTER, or digit cards"
    accepts = ("typed digits, or digit cards and DONE",)
    box = "COUNT"


@dataclass(frozen=True)
class Confirm(InHand, BoxStep):
    """Something about the case is unusual; ENTER saves it all the same. `asked` are the doubts already answered."""

    name = "receiving.confirm"
    next = "ENTER saves, Esc drops the case."
    prompt = "CHECK THE COUNT"
    hint = "ENTER saves, or key the right count"
    accepts = (
        "ENTER or DONE to save",
        "another count",
        "Esc drops the case",
    )
    box = "COUNT"
    doubt: str = ""
    asked: tuple[str, ...] = ()
