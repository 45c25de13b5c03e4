"""The receiver: which delivery is at the dock, scan a case, say how many are in it, and hear whom it releases.

A case is known by its SSCC or licence plate, or gets a number of ours; what was counted is its quantity. Each
question that the label left open is one step; the case is saved at the last answer, and the orders that waited for it
are released in the same transaction. The steps are in `receiving_steps`, what they answer in the modules beside.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from warehouse.flows import closing, keyed, problem
from warehouse.flows.closing_steps import Closing
from warehouse.flows.problem_parked import dropped
from warehouse.flows.problem_steps import Aside
from warehouse.flows.receiving_case import next_question, scan_case, scan_item, scan_serial
from warehouse.flows.receiving_choose import (
    add_order,
    blind,
    choose,
    choose_line,
    choose_vendor,
    leave,
    without_order,
)
from warehouse.flows.receiving_count import (
    agree,
    confirmed,
    extra_to_hold,
    how_many,
    same_as_last,
    second_badge,
    second_count,
    weigh,
)
from warehouse.flows.receiving_labels import with_lot, with_other_label
from warehouse.flows.receiving_onto import close_pallet, new_pallet
from warehouse.flows.receiving_steps import (
    AddOrder,
    ChooseOrder,
    ChooseVendor,
    Confirm,
    HowMany,
    InHand,
    KeyExpiry,
    KeyLot,
    KeyWeight,
    NeedsLead,
    OverLimit,
    ScanCase,
    ScanItem,
    ScanSerials,
    SecondBadge,
    SecondCount,
)
from warehouse.flows.steps import Context, Input, Key, Scan, Step, Tick
from warehouse.messages import refuse, refuse_key, reply

if TYPE_CHECKING:
    from warehouse.reply import Reply


def answer(step: Step, given: Input, context: Context) -> Reply:
    """One input, one reply; refuses by raising RefusedError."""
    if not context.who.may("receiver"):
        refuse("no_right", person=context.who.name)
    if isinstance(given, Tick):
        return reply(step, "help", next="")
    if isinstance(step, Closing):
        return closing.answer(step, given, context)
    if isinstance(step, Aside):
        return problem.answer(step, given, context)
    if isinstance(given, Key) and isinstance(step, ScanCase | InHand) and problem.begins(step, given.name):
        return problem.begin(step, given.name, context)
    if isinstance(step, InHand):
        return _in_hand(step, given, context)
    match step, given:
        case ChooseOrder(), Scan():
            return choose(step, given, context)
        case ChooseOrder(), Key(name) if name.isdigit():
            return choose_line(step, int(name), context)
        case ChooseOrder(), Key("F9"):
            return blind(step, context)
        case ChooseOrder(), Key("F5"):
            return without_order(context)
        case ChooseVendor(), (Scan() | Key("ENTER" | "DONE")):
            return choose_vendor(step, given, context)
        case ChooseVendor(), Key("ESC"):
            return reply(ChooseOrder(), "back")
        case ScanCase(), Key("ESC"):
            return leave(step)
        case ScanCase(), Key("F8" | "DONE"):
            return closing.begin(step.at, context)
        case ScanCase(), Key("OPEN"):
            return new_pallet(step, context)
        case ScanCase(), Key("FULL"):
            return close_pallet(step, context)
        case ScanCase(), Scan():
            return scan_case(step, given, context)
        case AddOrder(), Key("ENTER" | "DONE"):
            return add_order(step)
        case AddOrder(), Key("ESC"):
            return reply(ScanCase(step.at), "back")
        case AddOrder(), Scan():
            return scan_case(ScanCase(step.at), given, context)
        case _, Key(name):
            refuse_key(name, step)
    raise AssertionError((step, given))


def _in_hand(step: InHand, given: Input, context: Context) -> Reply:
    """A case is in hand: the answer to what is still open about it."""
    match step, given:
        case _, Key("ESC"):
            return dropped(step)
        case ScanItem(), Scan():
            return scan_item(step, given, context)
        case KeyLot(), Scan():
            return next_question(step, with_lot(step, given, context), context)
        case KeyExpiry(), Scan():
            dated = replace(with_other_label(step, given, context), expiry=keyed.expiry(given))
            return next_question(step, dated, context)
        case ScanSerials(), Scan():
            return scan_serial(step, given, context)
        case KeyWeight(), Scan():
            return next_question(step, weigh(step, given), context)
        case HowMany(), Key("F9"):
            return same_as_last(step, context)
        case HowMany(), Scan():
            return how_many(step, given, context)
        case Confirm(), (Scan() | Key("ENTER" | "DONE")):
            return confirmed(step, given, context)
        case SecondBadge(), Scan():
            return second_badge(step, given, context)
        case SecondCount(), Scan():
            return second_count(step, given, context)
        case OverLimit(), Key("F5"):
            return extra_to_hold(step, context)
        case ((OverLimit() | NeedsLead()), Scan()):
            return agree(step, given, context)
        case _, Key(name):
            refuse_key(name, step)
    raise AssertionError((step, given))
