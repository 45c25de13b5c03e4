"""What a picker does next, one step each."""

from __future__ import annotations

from dataclasses import dataclass, field

from warehouse.flows.steps import BoxStep, Step


@dataclass(frozen=True)
class GetWork(Step):
    """Which pick? ENTER takes the next, an order takes its picks."""

    name = "picking.get_work"
    next = "Scan an order, or ENTER."
    prompt = "SCAN AN ORDER"
    hint = "or ENTER / DONE for the next pick"
    accepts = ("an order number: its picks", "ENTER or DONE: the next pick")


@dataclass(frozen=True)
class OnTask(Step):
    """A pick is in hand: of `order`, if one was asked for; `skipped` picks come later."""

    task_id: int
    order: str = ""
    skipped: tuple[int, ...] = ()


@dataclass(frozen=True)
class GoTo(OnTask):
    """Go to the place and scan it."""

    name = "picking.go_to"
    next = "Scan the place."
    prompt = "SCAN THE PLACE"
    accepts = ("the place named in the prompt", "F5 short or problem", "F9 skip to the end")


@dataclass(frozen=True)
class TakeUnit(OnTask):
    """At the place: scan the unit, or its item."""

    name = "picking.take_unit"
    next = "Scan the case."
    prompt = "SCAN THE CASE"
    accepts = ("the case named in the prompt", "its item, where one unit stands", "F5 short or problem")


@dataclass(frozen=True)
class TakePieces(OnTask, BoxStep):
    """A part of the unit: ENTER takes the `qty` that the prompt named, a number says what was taken."""

    name = "picking.take_pieces"
    next = "ENTER, or key what you took."
    prompt = "ENTER, OR KEY WHAT YOU TOOK"
    hint = "ENTER or DONE takes it all"
    accepts = ("ENTER or DONE: all of it", "digits: what you took", "F5 short or problem")
    box = "TAKEN"
    qty: int = field(kw_only=True)


@dataclass(frozen=True)
class HowShort(OnTask, BoxStep):
    """Less than the line needs: how many can be taken? `asked` is the number that the prompt named."""

    name = "picking.how_short"
    next = "Key what you can take, ENTER."
    prompt = "HOW MANY CAN YOU TAKE?"
    accepts = ("digits: what you can take, 0 for none",)
    box = "CAN TAKE"
    asked: int = field(kw_only=True)
    began: str = field(kw_only=True)


@dataclass(frozen=True)
class WhyShort(OnTask):
    """So many were taken of those `asked` for; why not all?"""

    name = "picking.why_short"
    next = "Key a digit 1-8, or Esc."
    menu = True
    prompt = "WHY SHORT?"
    hint = "key a digit, or scan a reason card"
    accepts = ("a digit 1-8", "a reason card")
    asked: int = field(kw_only=True)
    began: str = field(kw_only=True)
    taken: int = field(kw_only=True)


def where_it_began(step: HowShort | WhyShort, qty: int) -> GoTo | TakeUnit | TakePieces:
    """The step at which a short was begun, with the number that is asked for now."""
    if step.began == TakePieces.name:
        return TakePieces(step.task_id, step.order, step.skipped, qty=qty)
    began = GoTo if step.began == GoTo.name else TakeUnit
    return began(step.task_id, step.order, step.skipped)
