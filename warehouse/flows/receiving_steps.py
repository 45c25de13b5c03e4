"""What a receiver does next, one step each."""

from __future__ import annotations

from dataclasses import dataclass

from warehouse.flows.scan_again import Asks
from warehouse.flows.steps import BoxStep, Step
from warehouse.inbound import Case, Delivery, LastCase


@dataclass(frozen=True)
class ChooseOrder(Step):
    """What is at the dock? `item_id` narrows the list to the orders that expect an item."""

    name = "receiving.choose_order"
    next = "Scan a purchase order."
    menu = True
    prompt = "SCAN ORDER, ASN OR A CASE"
    hint = "or key the digit of a line"
    accepts = (
        "a purchase order or ASN number",
        "an SSCC that was announced",
        "an item: its orders are listed",
        "a receipt (a lead opens it again)",
        "a digit 1-9 of the list",
        "F9: blind, nothing expected shown",
        "F5: goods without an order",
    )
    mode: str = "PO"
    item_id: int | None = None


@dataclass(frozen=True)
class ChooseVendor(Step):
    """Whose goods are these that nobody ordered?"""

    name = "receiving.choose_vendor"
    next = "Scan the vendor, ENTER if unknown."
    prompt = "WHICH VENDOR?"
    hint = "scan or key the code, ENTER if unknown"
    accepts = ("a vendor's code", "ENTER or DONE: the vendor is not known")


@dataclass(frozen=True)
class AtDock(Step):
    """Something about a delivery that is being received."""

    at: Delivery


@dataclass(frozen=True)
class ScanCase(AtDock):
    """The loop: the next case, please. `seen` is what was saved before a break (see `doubts`)."""

    name = "receiving.scan_case"
    next = "Scan a case."
    loop = True
    prompt = "SCAN CASE"
    hint = "SSCC, plate, or GTIN if no number"
    accepts = (
        "SSCC (00): then the item's barcode",
        "SSCC that was announced: complete",
        "pallet that was announced: all of it",
        "SSCC + content (02)(37): complete",
        "a licence plate (LP...)",
        "GTIN or packaging: gets a plate",
        "a place or a pallet: cases go there",
        "an order: joins this truck",
        "New pallet: opens one, FULL: closes it",
    )
    seen: LastCase | None = None


@dataclass(frozen=True)
class AddOrder(AtDock):
    """Another order was scanned: is it on this truck as well?"""

    name = "receiving.add_order"
    next = "ENTER adds it, Esc does not."
    prompt = "ON THIS TRUCK TOO?"
    hint = "ENTER adds the order, Esc does not"
    accepts = ("ENTER or DONE adds the order", "Esc goes back to the cases")
    po_id: int = 0


@dataclass(frozen=True)
class InHand(AtDock):
    """A case is in hand, of which something is still to be known; nothing of it is saved yet.

    `asked` are the doubts about it that were answered.
    """

    case: Case
    seen: LastCase | None = None
    asked: tuple[str, ...] = ()


@dataclass(frozen=True)
class ScanItem(InHand, Asks):
    """The label named the case but not what is in it; the same scan once more says that it is a new pallet."""

    name = "receiving.scan_item"
    next = "Scan the item's barcode."
    prompt = "SCAN THE ITEM"
    hint = "its barcode; the plate again: a pallet"
    accepts = (
        "GTIN or packaging barcode of the item",
        "the same plate again: opens a pallet",
    )


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
        "a typed date; day 00 is the month's end",
    )
    box = "EXPIRY"


@dataclass(frozen=True)
class HowMany(InHand, BoxStep):
    """How many pieces are in this case? The box starts empty on purpose."""

    name = "receiving.how_many"
    next = "Key the count, ENTER."
    prompt = "HOW MANY IN THIS CASE?"
    hint = "key the count + ENTER, or digit cards"
    accepts = (
        "typed digits, or digit cards and DONE",
        "F9: as many as in the last case",
        "3x24: three cases alike, no number",
    )
    box = "COUNT"


@dataclass(frozen=True)
class ScanSerials(InHand):
    """Each piece of the item has a serial number: one scan for each piece."""

    name = "receiving.scan_serials"
    next = "Scan the next serial number."
    prompt = "SCAN SERIAL NUMBERS"
    hint = "one for each piece in the case"
    accepts = ("a serial number (21), or its text", "Esc drops the case")


@dataclass(frozen=True)
class KeyWeight(InHand, BoxStep):
    """The item is sold by weight, and the label has none."""

    name = "receiving.key_weight"
    next = "ENTER weighs it, or key the weight."
    weighs = True
    prompt = "WEIGH THIS CASE"
    hint = "ENTER asks the scale, or key it"
    accepts = (
        "ENTER with an empty box: the scale",
        "a typed weight, such as 12.345",
        "a label with the weight (310n, 320n)",
    )
    box = "WEIGHT"


@dataclass(frozen=True)
class Confirm(InHand, BoxStep):
    """Something about the case is unusual; ENTER saves it all the same.

    `fits` is how many of its pieces the order still expected when it was said that there are more.
    """

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
    fits: int = 0


@dataclass(frozen=True)
class SecondBadge(InHand, BoxStep):
    """The count is so odd that another person has to count too."""

    name = "receiving.second_badge"
    next = "A second badge, or key a count."
    takes_badge = True
    prompt = "SECOND PERSON: SCAN BADGE"
    hint = "or key the right count"
    accepts = (
        "the badge of another person or a lead",
        "another count of your own",
        "Esc drops the case",
    )
    box = "COUNT"
    doubt: str = ""


@dataclass(frozen=True)
class SecondCount(InHand, BoxStep):
    """The other person (`by`) has shown their badge and counts; the same number saves the case."""

    name = "receiving.second_count"
    next = "Key what you count, ENTER."
    prompt = "SECOND COUNT"
    hint = "the second person keys what they count"
    accepts = ("the second person's count", "Esc drops the case")
    box = "COUNT"
    doubt: str = ""
    by: int = 0


@dataclass(frozen=True)
class OverLimit(InHand, BoxStep):
    """The case is more than may come: the ways out. `fits` is how many of its pieces are still within the limit."""

    name = "receiving.over_limit"
    next = "F5: extra to HOLD, or lead's badge."
    takes_badge = True
    prompt = "TOO MANY FOR THE ORDER"
    hint = "F5 extra to HOLD, lead's badge, or key"
    accepts = (
        "F5: the extra pieces go to HOLD",
        "a lead's badge: all of it is accepted",
        "another count",
        "Esc drops the case",
    )
    box = "COUNT"
    fits: int = 0


@dataclass(frozen=True)
class NeedsLead(InHand, BoxStep):
    """Only with a lead's agreement may the delivery be received (`doubt` says why)."""

    name = "receiving.needs_lead"
    next = "A lead's badge, or Esc drops it."
    takes_badge = True
    prompt = "A LEAD DECIDES: SCAN BADGE"
    hint = "a lead's badge, or Esc"
    accepts = ("a lead's badge: the delivery is accepted", "Esc drops the case")
    box = "BADGE"
    doubt: str = ""
