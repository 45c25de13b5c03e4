"""What the screen of stopping goods shows: the goods, why, and the orders that are hit, before anything is saved."""

from __future__ import annotations

from warehouse.blocks import CannotError, Hit, Seen
from warehouse.flows import stop_goods
from warehouse.flows.steps import BoxStep, Context, Fact, Step, Table, View
from warehouse.flows.stop_goods_steps import Acting, Confirm, KeyLot, OnTarget, ScanWhat

SHOWN = 20
_CHOICES = ("Stop goods", "Back to hold", "Accept")
_PROMPTS = {
    "block": ("SCAN WHAT TO STOP", "DONE OR F8 STOPS THEM"),
    "unblock": ("SCAN WHAT GOES TO HOLD", "DONE OR F8 PUTS THEM ON HOLD"),
    "accept": ("SCAN WHAT TO ACCEPT", "DONE OR F8 ACCEPTS THEM"),
}
_TITLES = {"block": "stop", "unblock": "to hold", "accept": "accept"}
_KEYS = (("F1", "Help"), ("F6", "List"), ("F12", "Sign off"), ("Esc", "Home"))
_BOX_KEYS = (("F1", "Help"), ("ENTER", "Go on"), ("Esc", "Back"))
_SURE_KEYS = (("F1", "Help"), ("F6", "List"), ("F8", "Save"), ("Esc", "Back"))


def view(step: Step, context: Context) -> View:
    """What a lead sees at this step."""
    assert isinstance(step, Acting)
    seen = _seen(step, context)
    return View(
        title=("STOP GOODS", _TITLES[step.act]),
        prompt=_prompt(step),
        hint=step.hint,
        menu=step.menu,
        choices=_CHOICES if isinstance(step, ScanWhat) else (),
        facts=_facts(step, seen),
        box=step.box,
        digits=step.digits if isinstance(step, BoxStep) else "",
        tables=() if seen is None or not seen.hits else (_hits_table(seen.hits),),
        status=_status(seen),
        accepts=step.accepts,
        keys=_SURE_KEYS if isinstance(step, Confirm) else (_BOX_KEYS if step.box else _KEYS),
    )


def _prompt(step: Acting) -> str:
    scan, sure = _PROMPTS[step.act]
    if isinstance(step, ScanWhat):
        return scan
    return sure if isinstance(step, Confirm) else step.prompt


def _seen(step: Acting, context: Context) -> Seen | None:
    """What the act would do now; None while nothing is chosen, and where the goods went meanwhile."""
    if not isinstance(step, OnTarget):
        return None
    try:
        return stop_goods.look(step.act, step.target, context)
    except CannotError:
        return None


def _facts(step: Acting, seen: Seen | None) -> tuple[Fact, ...]:
    if isinstance(step, KeyLot):
        return (Fact("ITEM", step.sku),)
    if not isinstance(step, OnTarget):
        return ()
    facts = [Fact("GOODS", str(step.target))]
    if seen is not None:
        facts.append(Fact("", f"{stop_goods.units_of(seen)}, {seen.chosen.pieces} pieces"))
    if isinstance(step, Confirm):
        facts.append(Fact("WHY", step.reason))
    return tuple(facts)


def _hits_table(hits: tuple[Hit, ...]) -> Table:
    rows = tuple((f"{hit.order}/{hit.line}", hit.sku, str(hit.quantity), str(hit.picked)) for hit in hits[:SHOWN])
    return Table(("HIT ORDER", "ITEM", "QTY", "PICKED"), rows, narrow=(0, 1, 2), numbers=(2, 3))


def _status(seen: Seen | None) -> str:
    if seen is None:
        return ""
    if seen.chosen.kept:
        first = seen.chosen.kept[0]
        return f"{len(seen.chosen.kept)} stay: {first.unit}, {first.why}"
    more = len(seen.hits) - SHOWN
    return f"{more} more orders are hit." if more > 0 else ""
