"""What the receiver's screen shows: the delivery, the case in hand, the last cases, the lines of the orders."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from db import connection
from warehouse import inbound, pack_history, packs, preview, rules, site
from warehouse.flows import closing_view, problem_view
from warehouse.flows.closing_steps import Closing
from warehouse.flows.problem_steps import Aside
from warehouse.flows.receiving_choose import listed, mode_of, name_of
from warehouse.flows.receiving_count import last_count
from warehouse.flows.receiving_save import SOURCES
from warehouse.flows.receiving_steps import (
    AtDock,
    ChooseOrder,
    ChooseVendor,
    Confirm,
    HowMany,
    InHand,
    KeyWeight,
    OverLimit,
    ScanCase,
    ScanSerials,
    SecondBadge,
)
from warehouse.flows.steps import BoxStep, Context, Fact, Step, Table, View
from warehouse.messages import tail
from warehouse.pack_counts import number

if TYPE_CHECKING:
    from warehouse.inbound import Delivery, Receipt
    from warehouse.items import Item

_LOOP_KEYS = (
    ("F1", "Help"),
    ("F2", "What?"),
    ("F4", "Undo"),
    ("F5", "Problem"),
    ("F6", "List"),
    ("F8", "Close"),
    ("Esc", "Back"),
)
_CASE_KEYS = (("F1", "Help"), ("F2", "What?"), ("F5", "Problem"), ("Esc", "Drop case"))
_BOX_KEYS = (("F1", "Help"), ("ENTER", "Save"), ("F5", "Problem"), ("F2", "What?"), ("Esc", "Drop case"))
_REPEAT = ("F9", "Same as last")


def view(step: Step, context: Context) -> View:
    """What the receiver's screen shows at this step."""
    if isinstance(step, ChooseOrder):
        return _choose_view(step, context)
    if isinstance(step, ChooseVendor):
        return _vendor_view(step)
    assert isinstance(step, AtDock)
    if isinstance(step, Closing):
        return closing_view.view(step, context)
    if isinstance(step, Aside):
        return problem_view.view(step, context)
    at = step.at
    receipt = inbound.receipt_of_delivery(at, context.site.code, context.today)
    in_hand = isinstance(step, InHand)
    last = _last_table(receipt, context)
    expected = () if at.blind or not at.po_ids else (_lines_table(at),)
    shown = View(
        title=_title(at, receipt),
        prompt=step.prompt,
        hint=step.hint,
        progress=_progress(at, receipt),
        progress_short=_progress_short(at, receipt),
        facts=_case_facts(step, context) if isinstance(step, InHand) else (),
        box=step.box,
        digits=step.digits if isinstance(step, BoxStep) else "",
        tables=(last,) if in_hand else (last, *expected),
        status=problem_view.status(step.case) if isinstance(step, InHand) else _where(at, context),
        accepts=step.accepts,
        keys=_keys(step, context),
    )
    if isinstance(step, HowMany):
        count = _repeatable(step, context)
        hint = f"key it + ENTER, or F9 = as last ({count})" if count else step.hint
        return replace(shown, hint=hint, previews=not at.blind, preview=preview.words(step, context, step.digits))
    return shown


def _repeatable(step: HowMany, context: Context) -> int | None:
    """What F9 would enter; None where there is no last count, or it may not be repeated."""
    item = step.case.item
    allowed = rules.of_site(context.site.code).yes("receiving.same_as_last")
    return last_count(step, context) if allowed and item is not None and item.same_as_last else None


def _title(at: Delivery, receipt: Receipt) -> tuple[str, ...]:
    vendor = connection.value("SELECT name FROM vendor WHERE id = ?", at.vendor_id) or ""
    return ("BLIND" if at.blind else "RECEIVE", name_of(at), receipt.code or "new", vendor)


def _progress(at: Delivery, receipt: Receipt) -> tuple[str, ...]:
    cases = f"{receipt.cases} {'case' if receipt.cases == 1 else 'cases'}"
    if at.blind or not at.po_ids:
        return (cases, f"{receipt.pieces} pieces")
    received, ordered = _sums(at)
    return (cases, f"{received} of {ordered} received")


def _progress_short(at: Delivery, receipt: Receipt) -> str:
    if at.blind or not at.po_ids:
        return f"{receipt.cases}/{receipt.pieces}"
    received, ordered = _sums(at)
    return f"{received}/{ordered}"


def _sums(at: Delivery) -> tuple[int, int]:
    found = connection.one(
        f"SELECT SUM(qty_received), SUM(qty_ordered) FROM po_line WHERE po_id IN ({connection.marks(at.po_ids)})",
        *at.po_ids,
    )
    return int(found[0] or 0), int(found[1] or 0)


def _where(at: Delivery, context: Context) -> str:
    """Where the next case goes."""
    if at.carrier_id is not None:
        code = connection.value("SELECT code FROM carrier WHERE id = ?", at.carrier_id)
        count = connection.value("SELECT COUNT(*) FROM handling_unit WHERE carrier_id = ?", at.carrier_id)
        return f"Pallet {tail(str(code))} open ({count} {'case' if count == 1 else 'cases'})"
    if at.place_id is not None:
        return f"Cases go to {site.location_by_id(at.place_id).code}"
    return f"Puts cases on {context.dock.code if context.dock else '-'}"


def _keys(step: Step, context: Context) -> tuple[tuple[str, str], ...]:
    """F7 is offered where there is a printer, F9 where a count may be repeated."""
    if isinstance(step, HowMany):
        return (*_BOX_KEYS[:2], _REPEAT, *_BOX_KEYS[2:]) if _repeatable(step, context) else _BOX_KEYS
    if isinstance(step, OverLimit):
        return (("F1", "Help"), ("F5", "Extra to HOLD"), ("ENTER", "Save"), ("Esc", "Drop case"))
    if isinstance(step, KeyWeight):
        return (("F1", "Help"), ("ENTER", "Weigh"), ("F5", "Problem"), ("Esc", "Drop case"))
    if step.box:
        return _BOX_KEYS
    if isinstance(step, InHand):
        return _CASE_KEYS
    if not isinstance(step, ScanCase):
        return (("F1", "Help"), ("ENTER", "Add"), ("Esc", "Back"))
    return (*_LOOP_KEYS[:5], ("F7", "Label"), *_LOOP_KEYS[5:]) if context.printer else _LOOP_KEYS


def _choose_view(step: ChooseOrder, context: Context) -> View:
    orders = listed(step, context, 20)
    blind = mode_of(step.mode, context) == "BLIND"
    today = context.today.isoformat()
    table = Table(
        ("", "DUE ORDER", "VENDOR", "OPEN", "EXPECTED"),
        tuple(
            (
                str(place) if place <= 9 else "",
                order.po,
                order.vendor,
                "-" if blind else str(order.open),
                "today" if order.expected_on == today else order.expected_on,
            )
            for place, order in enumerate(orders, 1)
        ),
        narrow=(0, 1, 2, 3),
        numbers=(3,),
    )
    return View(
        title=("RECEIVE", "blind" if blind else "what is at the dock?"),
        menu=step.menu,
        prompt=step.prompt,
        hint=step.hint,
        tables=(table,),
        status="" if orders else "Nothing is on order.",
        accepts=step.accepts,
        keys=(
            ("F1", "Help"), ("F2", "What?"), ("F4", "Undo"), ("F5", "Unordered"), ("F9", "Blind"),
            ("Esc", "Home"),
        ),
    )  # fmt: skip


def _vendor_view(step: ChooseVendor) -> View:
    return View(
        title=("RECEIVE", "no order"),
        prompt=step.prompt,
        hint=step.hint,
        accepts=step.accepts,
        keys=(("F1", "Help"), ("ENTER", "Unknown"), ("Esc", "Back")),
    )


# --- Lists ---------------------------------------------------------------------------------------------------


def _last_table(receipt: Receipt, context: Context) -> Table:
    last = inbound.last_cases(receipt.id) if receipt.id else ()
    return Table(
        ("LAST CASE", "ITEM", "QTY", "LOT", "AT", "BY", "RELEASED"),
        tuple(
            (
                tail(case.code),
                case.item,
                f"{case.quantity}{'!' if case.flagged else ''}",
                case.lot or "-",
                context.site.clock(connection.instant(case.at)),
                case.by,
                case.releases or "-",
            )
            for case in last
        ),
        narrow=(0, 1, 2, 4),
        numbers=(2,),
    )


def _lines_table(at: Delivery) -> Table:
    several = len(at.po_ids) > 1
    return Table(
        ("LINE", "ITEM", "ORDERED", "RECEIVED", "LEFT"),
        tuple(
            (
                f"{tail(line.po)}/{line.line}" if several else str(line.line),
                line.description,
                str(line.ordered),
                str(line.received),
                str(line.open),
            )
            for line in inbound.lines(at.po_ids)
        ),
        narrow=(1, 2, 4),
        numbers=(2, 3, 4),
    )


# --- The case in hand ----------------------------------------------------------------------------------------


def _case_facts(step: InHand, context: Context) -> tuple[Fact, ...]:
    case, item = step.case, step.case.item
    facts = [Fact("CASE", case.code or "gets our number")]
    if item:
        facts.append(Fact("ITEM", f"{item.description} ({item.sku}), in {item.unit}"))
    if case.lot or case.expiry:
        lot = f"{case.lot or '-'}  EXP {case.expiry}" if case.expiry else case.lot
        facts.append(Fact("LOT", lot))
    if case.quantity is not None and not isinstance(step, HowMany):
        alike = f"{case.alike} cases of " if case.alike > 1 else ""
        facts.append(Fact("COUNT", f"{alike}{case.quantity} ({SOURCES.get(case.source, case.source)})"))
    if isinstance(step, ScanSerials):
        facts.append(Fact("SERIALS", f"{len(case.serials)} of {case.quantity}"))
    elif item and not step.at.blind and isinstance(step, HowMany | Confirm | SecondBadge | OverLimit):
        usual = _usual(step, item, context)
        facts += [Fact("USUAL", usual)] if usual else []
    return tuple(facts)


def _usual(step: InHand, item: Item, context: Context) -> str:
    """What this vendor's cases usually hold, and what one may hold at most; '' when nobody knows."""
    history = pack_history.window(
        context.site, step.at.vendor_id, item.id, step.case.packaging, context.now, rules.of_site(context.site.code)
    )
    limit = f"limit {item.max_case}" if item.max_case else ""
    if history.cases >= packs.ENOUGH:
        found = [history.usual, limit, f"median {number(history.median)} of {history.cases}"]
    elif step.case.announced is not None:
        found = [f"{step.case.announced} announced", limit]
    else:
        found = [f"{item.nominal_case} in a case" if item.nominal_case else "", limit]
    return ", ".join(part for part in found if part)
