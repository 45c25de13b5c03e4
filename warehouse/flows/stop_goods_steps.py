"""What a lead does next to stop goods, to put stopped ones on hold, or to accept what is on hold."""

from __future__ import annotations

from dataclasses import dataclass, field

from warehouse.blocks import Act, Target
from warehouse.flows.steps import BoxStep, Step


@dataclass(frozen=True)
class Acting(Step):
    """Something is to be stopped (block), put on hold (unblock) or made free stock (accept)."""

    act: Act = "block"


@dataclass(frozen=True)
class ScanWhat(Acting):
    """Which goods? The digits 1 to 3 say what is to become of them."""

    name = "stop_goods.scan_what"
    next = "Scan a case, a place, or an item."
    menu = True
    prompt = "SCAN WHAT TO STOP"
    hint = "case, pallet, place, or item and lot"
    accepts = (
        "a case or pallet",
        "a place: everything on it",
        "an item, then its lot",
        "a receipt, to accept it",
        "1 stop, 2 to hold, 3 accept",
    )


@dataclass(frozen=True)
class KeyLot(Acting, BoxStep):
    """Which lot of the item?"""

    name = "stop_goods.key_lot"
    next = "Scan or key the lot."
    prompt = "WHICH LOT?"
    hint = "scan or key the lot"
    accepts = ("a barcode with the lot", "the lot, typed")
    box = "LOT"
    sku: str = field(kw_only=True)


@dataclass(frozen=True)
class OnTarget(Acting):
    """The goods are known; nothing is changed yet."""

    target: Target = field(kw_only=True)


@dataclass(frozen=True)
class SayWhy(OnTarget, BoxStep):
    """Why? It is kept with every move."""

    name = "stop_goods.say_why"
    next = "Key why, or scan a reason card."
    prompt = "WHY?"
    hint = "key it, or scan a reason card"
    accepts = ("a reason, typed", "a reason card")
    box = "REASON"


@dataclass(frozen=True)
class Confirm(OnTarget):
    """Everything is known and shown. `pieces` is the number that the prompt named."""

    name = "stop_goods.confirm"
    next = "DONE or F8 saves, Esc leaves."
    prompt = "DONE OR F8 SAVES"
    accepts = ("DONE or F8: save it",)
    reason: str = field(kw_only=True)
    pieces: int = field(kw_only=True)
