"""What the screen of What's this? shows: the thing that is looked at as it is now, and which job is parked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from warehouse import lookup
from warehouse.flows.steps import Fact, View
from warehouse.flows.whats_this import WhatsThis, looked_at, unparked
from warehouse.flows.whats_this_words import words

if TYPE_CHECKING:
    from warehouse.flows.steps import Context, Step, Table


def view(step: Step, context: Context) -> View:
    """The facts and lists of what was scanned last; before the first scan, what may be scanned."""
    assert isinstance(step, WhatsThis)
    parked = unparked(step)
    facts: tuple[Fact, ...] = ()
    tables: tuple[Table, ...] = ()
    found = looked_at(step, context)
    if found is not None:
        code, looked = found
        shown = words(looked.seen, code, context)
        also = (Fact("ALSO", ", ".join(looked.also)),) if looked.also else ()
        facts, tables = (*shown.facts[: 4 - len(also)], *also), tuple(table for table in shown.tables if table.rows)
    return View(
        title=("WHAT'S THIS?", f"parked: {(parked.prompt or parked.flow).lower()}"),
        prompt=step.prompt,
        hint=step.hint,
        facts=facts,
        tables=tables,
        status="Nothing is changed.",
        accepts=step.accepts,
        keys=_keys(found[1].seen if found else None, context),
    )


def _keys(seen: lookup.Seen | None, context: Context) -> tuple[tuple[str, str], ...]:
    """ENTER is offered with something to take back, F5 with a unit, F7 with a unit or a pallet where there is a printer."""
    uses = (("ENTER", "Use it"),) if seen is not None else ()
    labelled = isinstance(seen, lookup.UnitSeen | lookup.CarrierSeen) and bool(context.printer)
    label = (("F7", "Label"),) if labelled else ()
    wrong = (("F5", "Problem"),) if isinstance(seen, lookup.UnitSeen) and context.who.may("receiver") else ()
    return (("F1", "Help"), *uses, *wrong, *label, ("F6", "List"), ("Esc", "Back"))
