"""What's this? Scan anything from anywhere: the job is parked meanwhile, and what was looked up can be taken back to it.

Looking changes nothing. ENTER gives the looked-up scan to the parked step as if it had been scanned there, so that all
its rules hold (`warehouse.floor` does that); Esc goes back without it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from warehouse import barcodes, lookup, rules, stock
from warehouse.barcodes.text import unescaped
from warehouse.flows import home, problem, steps
from warehouse.flows.receiving_steps import AtDock, ChooseOrder
from warehouse.flows.scan_again import Asks
from warehouse.flows.steps import Context, Input, Key, Misread, Scan, Source, Step
from warehouse.flows.whats_this_words import words
from warehouse.messages import refuse, refuse_key, reply, tail

if TYPE_CHECKING:
    from warehouse.barcodes import Code
    from warehouse.lookup import Looked
    from warehouse.reply import Reply
    from warehouse.stock import Unit

CARDS_PRESS: Final = frozenset({"ESC", "DONE", "F1", "F2", "F4", "F5", "F6", "F7", "F12"})
"""The keys whose cards act here; any other card is looked up like everything else."""

BRINGS_BACK: Final = frozenset({"ENTER", "DONE"})
"""The keys that give what is looked at to the parked job."""


@dataclass(frozen=True)
class WhatsThis(Step):
    """Looking something up; the job is parked.

    `parked` is the step to go back to, as `steps.dump` writes it. `raw` is the scan that is looked at, escaped as a log
    has it ('' before the first), and `source` where it came from.
    """

    name = "whats_this.look"
    takes_anything = True
    prompt = "SCAN ANYTHING"
    hint = "case, pallet, item, lot, place, order"
    accepts = (
        "case, pallet, announced SSCC",
        "item, lot, place",
        "order, purchase order, ASN, receipt",
        "vendor, badge, command card",
        "ENTER or DONE: take it to the job",
        "Esc: back to the job without it",
    )
    next = "Scan anything, or Esc goes back."
    parked: str = ""
    raw: str = ""
    source: Source = "TYPED"


def park(step: Step) -> Reply:
    """F2 at any step: the job waits until Esc or ENTER; here already, nothing changes.

    What waits for the same scan once more is given up: a scan that comes back later must not confirm it.
    """
    if isinstance(step, Asks):
        step = replace(step, pending=None)
    looking = step if isinstance(step, WhatsThis) else WhatsThis(parked=steps.dump(step))
    return reply(looking, "whats_this", next="Esc goes back to it.")


def unparked(step: Step) -> Step:
    """The job that a person is at: behind a look, the parked step; home where this program does not know that."""
    if not isinstance(step, WhatsThis):
        return step
    behind = steps.load(step.parked)
    return home.Home() if behind is None or isinstance(behind, WhatsThis) else behind


def answer(step: Step, given: Input, context: Context) -> Reply:
    """Say what was scanned; what ENTER does with it is the parked step's business."""
    assert isinstance(step, WhatsThis)
    match given:
        case Scan(code, source):
            looked = lookup.look_up(context.site.code, code, blind=blind(step, context))
            line, second = words(looked.seen, code, context).told
            next_ = "ENTER uses it, Esc goes back."
            return reply(replace(step, raw=code.raw, source=source), "looked", sentence=line, why=second, next=next_)
        case Misread():
            return reply(replace(step, raw=""), "misread_here", sentence=given.sentence, got=given.raw)
        case Key("ESC"):
            back = unparked(step)
            return reply(back, "unparked", next=back.next)
        case Key("F5"):
            unit = unit_in_view(step, context)
            return problem.with_unit(unparked(step), unit, context, blind=blind(step, context))
        case Key("ENTER" | "DONE"):
            refuse("nothing_looked", next=step.next)
        case Key(name):
            refuse_key(name, step)
    return reply(step, "help", next="")


# --- What is looked at ----------------------------------------------------------------------------------


def raw_of(step: WhatsThis) -> str:
    """The scan that is looked at, as it came; '' when there is none."""
    return unescaped(step.raw)


def looked_at(step: WhatsThis, context: Context) -> tuple[Code, Looked] | None:
    """The code that is looked at, and what it is now; None when nothing is."""
    code = barcodes.read(raw_of(step)) if step.raw else None
    if not isinstance(code, barcodes.Code):
        return None
    return code, lookup.look_up(context.site.code, code, blind=blind(step, context))


def blind(step: WhatsThis, context: Context) -> bool:
    """Whether nothing of what is expected may be told: as the parked delivery is received, or as the site wants it."""
    behind = unparked(step)
    if isinstance(behind, AtDock):
        return behind.at.blind
    if isinstance(behind, ChooseOrder) and behind.mode == "BLIND":
        return True
    return rules.told_nothing(context.site.code, context.who.roles)


def unit_in_view(step: WhatsThis, context: Context) -> Unit:
    """The unit that is looked at, for what is done with it (F5, F7); refuses where it is none."""
    found = looked_at(step, context)
    if found is None:
        refuse("nothing_looked", next=step.next)
    code, looked = found
    if not isinstance(looked.seen, lookup.UnitSeen):
        refuse("no_case_looked", code=tail(code.unit_code or code.text))
    return stock.unit_by_id(looked.seen.id)


def carrier_in_view(step: WhatsThis, context: Context) -> tuple[int, str] | None:
    """Id and code of the pallet that is looked at, or None."""
    found = looked_at(step, context)
    seen = found[1].seen if found else None
    return (seen.id, seen.code) if isinstance(seen, lookup.CarrierSeen) else None
