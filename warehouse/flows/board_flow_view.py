"""What the flow of one order or receipt shows: how much came, was released, is picked, and what is left."""

from __future__ import annotations

from typing import TYPE_CHECKING

from warehouse import board
from warehouse.board import goods
from warehouse.board.figures import waited
from warehouse.flows.board_tables import opened
from warehouse.flows.steps import Context, Fact, Table, View
from warehouse.messages import tail

if TYPE_CHECKING:
    from warehouse.board.goods import Got, OrderFlow, ReceiptFlow
    from warehouse.flows.board_steps import Flow

SHOWN = 20
_TITLE, _HINT = ("FLOW", "cases, released, picked"), "scan one, or ENTER on a row"
SETS = 2  # ship sets whose state is told
_ORDER_KEYS = (
    *(("R", "Review"), ("A", "Assign"), ("P", "Prio"), ("H", "Hold")),
    *(("1", "Board"), ("ENTER", "Open"), ("F1", "Help"), ("Esc", "Back")),
)


def view(step: Flow, context: Context) -> View:
    """One order, one receipt, or what may be opened."""
    if step.kind == "receipt" and (receipt := goods.receipt_flow(context.site, step.code)) is not None:
        return _receipt(step, receipt, context)
    if step.kind == "order" and (order := goods.order_flow(context.site, context.now, step.code)) is not None:
        return _order(step, order, context)
    return _ask(step, context)


def _ask(step: Flow, context: Context) -> View:
    seen = board.read(context.site, context.now, limit=SHOWN)
    receipts = tuple((one.receipt, one.vendor, str(one.cases)) for one in seen.receiving)
    orders = tuple((f"{one.order}/{one.line}", one.description, str(one.quantity)) for one in seen.released)
    return opened(
        step,
        title=_TITLE,
        hint=_HINT,
        prompt="SCAN AN ORDER OR A RECEIPT",
        tables=(
            Table(("RECEIVING", "VENDOR", "CASES"), receipts, numbers=(2,), opens=tuple(row[0] for row in receipts)),
            Table(("RELEASED", "ITEM", "QTY"), orders, numbers=(2,), opens=tuple(row[0] for row in orders)),
        ),
    )


def _receipt(step: Flow, seen: ReceiptFlow, context: Context) -> View:
    if seen.free and seen.waiting:
        left = f"{seen.free} free, {seen.waiting} wait: a rule holds them"
    elif seen.free:
        left = f"{seen.free} left over, to storage"
    else:
        left = f"{seen.waiting} still wait" if seen.waiting else "nothing left, nobody waits"
    came = tuple(
        (tail(one.unit), one.item, str(one.quantity), str(one.released), str(one.picked), str(one.free), one.status)
        for one in seen.came
    )
    return opened(
        step,
        title=_TITLE,
        hint=_HINT,
        prompt=f"{seen.code}   {seen.cases} CASES",
        progress=(seen.vendor, seen.state.lower()),
        facts=(
            Fact("FLOW", f"{seen.pieces} > {seen.released} released > {seen.picked} picked"),
            Fact("LEFT", left),
        ),
        tables=(
            _got_table(seen.got, context, of_order=False),
            Table(
                ("CASE", "ITEM", "QTY", "RELEASED", "PICKED", "FREE", "STATUS"),
                came,
                narrow=(0, 2, 3, 4),
                numbers=(2, 3, 4, 5),
            ),
        ),
    )


def _order(step: Flow, seen: OrderFlow, context: Context) -> View:
    now, rows = context.now, []
    for one in seen.lines:
        mark = "*" if one.line == step.line else ""
        overdue = "!" if one.review and one.review.overdue else ""
        held = any(hold.line in (None, one.line) for hold in seen.holds)
        review = f"{overdue}{one.review.review_on:%d %b} {one.review.outcome or 'no review'}" if one.review else "-"
        review = "on hold" if held else review
        rows.append(
            (
                f"{mark}{seen.order}/{one.line}",
                one.item,
                str(one.ordered),
                str(one.waiting),
                str(one.released),
                str(one.picked),
                f"{context.site.local(one.due_at):%d %b}" + ("!" if one.due_at <= now and one.waiting else ""),
                one.review.owner if one.review else "-",
                review,
            )
        )
    lines = Table(
        ("LINE", "ITEM", "ORDERED", "WAIT", "GOT", "PICKED", "DUE", "OWNER", "REVIEW"),
        tuple(rows),
        narrow=(0, 3, 4, 5, 8),
        numbers=(2, 3, 4, 5),
        opens=tuple(f"{seen.order}/{one.line}" for one in seen.lines),
    )
    noted = [one.review for one in seen.lines if one.review and one.review.note]
    facts = [Fact("FLOW", f"{seen.ordered} > {seen.released} released > {seen.picked} picked")]
    facts.append(Fact("LEFT", f"{seen.waiting} still wait" if seen.waiting else "nothing waits"))
    if seen.holds:
        first, more = seen.holds[0], len(seen.holds) - 1
        facts.append(Fact("HOLD", f"{first.name} {first.ends}: {first.reason}" + (f", {more} more" if more else "")))
    facts += [Fact(f"SET {name}".rstrip(), f"waits for {missing}") for name, missing in seen.sets[:SETS]]
    if noted:
        facts.append(Fact("NOTE", f"line {noted[0].line}: {noted[0].note}"))
    return opened(
        step,
        title=_TITLE,
        hint=_HINT,
        prompt=f"{seen.order}   {len(seen.lines)} {'LINE' if len(seen.lines) == 1 else 'LINES'}",
        progress=(seen.customer,),
        facts=tuple(facts),
        tables=(lines, _got_table(seen.got, context, of_order=True)),
        keys=_ORDER_KEYS,
    )


def _got_table(got: tuple[Got, ...], context: Context, *, of_order: bool) -> Table:
    """Which pieces went where; a row leads from an order to the receipt, and the other way round."""
    rows = []
    for one in got:
        done = one.picked >= one.quantity
        state = "picked" if done else ("nobody" if one.by is None else one.by if one.taken else f"{one.by} next")
        rows.append(
            (
                f"{one.order}/{one.line}",
                one.item,
                str(one.quantity),
                str(one.picked),
                tail(one.unit),
                one.receipt or "stock",
                state,
                waited(context.now, one.released_at),
            )
        )
    opens = tuple(one.receipt if of_order else f"{one.order}/{one.line}" for one in got)
    return Table(
        ("GOT", "ITEM", "QTY", "PICKED", "CASE", "BY", "STATE", "SINCE"),
        tuple(rows),
        narrow=(0, 2, 3, 5, 6) if of_order else (0, 1, 2, 3, 6),
        numbers=(2, 3),
        opens=opens,
    )
