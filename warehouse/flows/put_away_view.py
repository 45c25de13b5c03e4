"""What the screen of put-away shows: what stands at the docks, what is in hand, and where it goes."""

from __future__ import annotations

from db import connection
from warehouse import carriers, items, site, stock
from warehouse.flows.put_away_steps import JOB_WORDS, JOBS, ChooseJob, InHand, ScanForJob, ScanPlace
from warehouse.flows.steps import Context, Fact, Step, Table, View
from warehouse.messages import joined, tail
from warehouse.put_away import HELD
from warehouse.site import NO_EXPIRY

_LOOP_KEYS = (
    ("F1", "Help"),
    ("F4", "Undo"),
    ("F5", "Pallet"),
    ("F6", "List"),
    ("F12", "Sign off"),
    ("Esc", "Home"),
)
_KEYS = (("F1", "Help"), ("F4", "Undo"), ("F6", "List"), ("F12", "Sign off"), ("Esc", "Back"))


def view(step: Step, context: Context) -> View:
    """What is shown at this step."""
    if isinstance(step, InHand):
        return _in_hand_view(step, context)
    job = JOB_WORDS[step.job] if isinstance(step, ScanForJob) else ("", "")
    asks = isinstance(step, ScanForJob) and step.carrier_id is not None
    return View(
        title=("PUT AWAY", *filter(None, job[:1])),
        prompt="BREAK IT UP?" if asks else job[1].rstrip(".").upper() or step.prompt,
        hint="ENTER or DONE breaks it, Esc keeps it" if asks else step.hint,
        menu=step.menu,
        choices=tuple(words for _, words, _ in JOBS) if isinstance(step, ChooseJob) else (),
        facts=_carrier_facts(step.carrier_id) if isinstance(step, ScanForJob) and step.carrier_id is not None else (),
        tables=() if isinstance(step, ChooseJob | ScanForJob) else (_waiting(context),),
        accepts=step.accepts,
        keys=_KEYS if isinstance(step, ChooseJob | ScanForJob) else _with_label(_LOOP_KEYS, context),
    )


def _with_label(keys: tuple[tuple[str, str], ...], context: Context) -> tuple[tuple[str, str], ...]:
    """F7 is offered where there is a printer."""
    return (*keys[:-2], ("F7", "Label"), *keys[-2:]) if context.printer else keys


def _in_hand_view(step: InHand, context: Context) -> View:
    place = step.place if isinstance(step, ScanPlace) else ""
    facts = _carrier_facts(step.carrier_id) if step.carrier_id is not None else _unit_facts(step.unit_id)
    goes = (Fact("GO TO", joined((place, step.why))),) if isinstance(step, ScanPlace) and place else ()
    return View(
        title=("PUT AWAY", facts[0].value),
        prompt=f"SCAN PLACE {place}" if place else step.prompt,
        hint=step.hint,
        facts=(*facts, *goes),
        tables=(_load(step.carrier_id),) if step.carrier_id is not None else (),
        status="Not moved yet",
        accepts=step.accepts,
        keys=_with_label(_KEYS, context),
    )


def _unit_facts(unit_id: int | None) -> tuple[Fact, ...]:
    assert unit_id is not None
    unit = stock.unit_by_id(unit_id)
    item = items.by_id(unit.item_id)
    until = "" if unit.expiry == NO_EXPIRY else f"EXP {unit.expiry}"
    above = carriers.by_id(unit.carrier_id) if unit.carrier_id is not None else None
    facts = (
        Fact("CASE", tail(unit.code)),
        Fact("ITEM", f"{unit.qty} {item.unit} {item.description}"),
        Fact("LOT", joined((unit.lot or "-", until))) if unit.lot or until else None,
        Fact("STATUS", HELD[unit.status]) if unit.status in HELD else None,
        Fact("NOW AT", joined((site.location_by_id(unit.location_id).code, f"on {tail(above.code)}" if above else ""))),
    )
    return tuple(fact for fact in facts if fact is not None)


def _carrier_facts(carrier_id: int) -> tuple[Fact, ...]:
    carrier = carriers.by_id(carrier_id)
    many = f"{carrier.units} {'case' if carrier.units == 1 else 'cases'}"
    return (Fact(carrier.kind, f"{tail(carrier.code)}  {many}"), Fact("NOW AT", carrier.place))


def _load(carrier_id: int) -> Table:
    return Table(
        ("ON IT", "QTY", "LOT", "CASES"),
        tuple(
            (one.item, f"{one.quantity} {one.unit}", one.lot or "-", str(one.units))
            for one in carriers.sums(carrier_id)
        ),
        narrow=(0, 1, 2),
        numbers=(1, 3),
    )


def _waiting(context: Context) -> Table:
    """What stands at the docks, by place, item and lot, the longest first."""
    rows = connection.rows(
        "SELECT p.code, i.description, u.lot, CAST(SUM(u.qty) AS BIGINT), COUNT(*) FROM location p "
        "JOIN handling_unit u ON u.site = p.site AND u.location_id = p.id JOIN item i ON i.id = u.item_id "
        "WHERE p.site = ? AND p.kind = 'dock' AND u.status NOT IN ('VOIDED','CONSUMED','ISSUED') AND u.order_id IS NULL "
        "AND u.kind <> 'LOOSE' GROUP BY p.code, i.id, i.description, u.lot ORDER BY MIN(u.id) LIMIT 20",
        context.site.code,
    )
    return Table(
        ("AT DOCK", "ITEM", "LOT", "QTY", "CASES"),
        tuple((place, item, lot or "-", str(qty), str(cases)) for place, item, lot, qty, cases in rows),
        narrow=(0, 1, 4),
        numbers=(3, 4),
    )
