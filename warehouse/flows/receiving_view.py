"""What the receiver's screen shows: the receipt of the day, the case in hand, the lines of the order."""

from __future__ import annotations

from db import connection
from warehouse import inbound
from warehouse.flows.receiving_steps import (
    ChooseOrder,
    Confirm,
    InHand,
    ScanCase,
)
from warehouse.flows.steps import BoxStep, Context, Fact, Step, Table, View
from warehouse.messages import tail

_LOOP_KEYS = (
    ("F1", "Help"),
    ("F4", "Undo"),
    ("F6", "List"),
    ("F8", "Done"),
    ("F12", "Sign off"),
    ("Esc", "Back"),
)
_CASE_KEYS = (("F1", "Help"), ("F4", "Undo last"), ("F12", "Sign off"), ("Esc", "Drop case"))
_BOX_KEYS = (("F1", "Help"), ("ENTER", "Save"), ("F4", "Undo last"), ("Esc", "Drop case"))


def view(step: Step, context: Context) -> View:
    """What the receiver's screen shows at this step."""
    if isinstance(step, ChooseOrder):
        return _choose_view(step, context)
    assert isinstance(step, ScanCase | InHand)
    order = inbound.purchase_order_by_id(step.po_id)
    receipt = inbound.receipt_of_the_day(step.po_id, context.today)
    last = Table(
        ("LAST CASE", "ITEM", "QTY", "LOT", "AT", "BY", "RELEASED"),
        tuple(
            (
                tail(case.code),
                case.item,
                str(case.quantity),
                case.lot or "-",
                context.site.clock(connection.instant(case.at)),
                case.by,
                case.releases or "-",
            )
            for case in receipt.last
        ),
        narrow=(0, 1, 2, 4),
        numbers=(2,),
    )
    in_hand = not isinstance(step, ScanCase)
    return View(
        title=("RECEIVE", order.po, receipt.code or "new", order.vendor),
        prompt=step.prompt,
        hint=step.hint,
        progress=(
            f"{receipt.cases} {'case' if receipt.cases == 1 else 'cases'} today",
            f"{order.received} of {order.ordered} received",
        ),
        progress_short=f"{order.received}/{order.ordered}",
        facts=_case_facts(step) if not isinstance(step, ScanCase) else (),
        box=step.box,
        digits=step.digits if isinstance(step, BoxStep) else "",
        tables=(last,) if in_hand else (last, _lines_table(step.po_id)),
        status="Case not saved yet" if in_hand else f"Puts cases on {context.dock.code if context.dock else '-'}",
        accepts=step.accepts,
        keys=_BOX_KEYS if step.box else _CASE_KEYS if in_hand else _loop_keys(context),
    )


def _loop_keys(context: Context) -> tuple[tuple[str, str], ...]:
    """F7 is offered where there is a printer."""
    if not context.printer:
        return _LOOP_KEYS
    return (*_LOOP_KEYS[:3], ("F7", "Label"), *_LOOP_KEYS[3:])


def _choose_view(step: ChooseOrder, context: Context) -> View:
    orders = inbound.due(context.site.code, context.today)
    today = context.today.isoformat()
    table = Table(
        ("", "DUE ORDER", "VENDOR", "OPEN", "EXPECTED"),
        tuple(
            (
                str(place) if place <= 9 else "",
                order.po,
                order.vendor,
                str(order.open),
                "today" if order.expected_on == today else order.expected_on,
            )
            for place, order in enumerate(orders, 1)
        ),
        narrow=(0, 1, 2, 3),
        numbers=(3,),
    )
    return View(
        title=("RECEIVE", "choose an order"),
        menu=step.menu,
        prompt=step.prompt,
        hint=step.hint,
        tables=(table,),
        status="" if orders else "Nothing is on order.",
        accepts=step.accepts,
        keys=(("F1", "Help"), ("F4", "Undo"), ("F12", "Sign off"), ("Esc", "Home")),
    )


def _lines_table(po_id: int) -> Table:
    return Table(
        ("LINE", "ITEM", "ORDERED", "RECEIVED", "LEFT"),
        tuple(
            (str(line.line), line.description, str(line.ordered), str(line.received), str(line.open))
            for line in inbound.lines(po_id)
        ),
        narrow=(1, 2, 4),
        numbers=(2, 3, 4),
    )


def _case_facts(step: InHand) -> tuple[Fact, ...]:
    case, item = step.case, step.case.item
    facts = [Fact("CASE", case.code or "gets a plate of ours")]
    if item:
        facts.append(Fact("ITEM", f"{item.description} ({item.sku}), in {item.unit}"))
    if case.lot or case.expiry:
        lot = f"{case.lot or '-'}  EXP {case.expiry}" if case.expiry else case.lot
        facts.append(Fact("LOT", lot))
    if isinstance(step, Confirm):
        facts.append(Fact("COUNT", str(case.quantity)))
    elif item and item.max_case:
        facts.append(Fact("USUAL", f"{item.min_case or 1}-{item.max_case} in a case"))
    return tuple(facts)
