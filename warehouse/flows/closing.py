"""Check and close (R6): what a receipt has counted, what its closing leaves open, and who may close it so.

Closing is confirmed by F8 or DONE, never by a scan. It changes no quantity; whoever is second is told who was first.
In blind receiving nothing here tells what was expected: no question depends on it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from db import connection
from warehouse import inbound, items, messages, rules, site, stock, things
from warehouse.flows.closing_steps import Check, CheckCase, CloseLead, CloseShort, Closing
from warehouse.flows.receiving_steps import ChooseOrder, ScanCase
from warehouse.flows.steps import Key, Scan
from warehouse.inbound import Delivery, Receipt
from warehouse.inbound import closing as book
from warehouse.inbound import standing as stands
from warehouse.inbound.receipts import receipt_by_id
from warehouse.messages import refuse, refuse_key, reply, tail
from warehouse.site import operator_name

if TYPE_CHECKING:
    from warehouse.flows.steps import Context, Input
    from warehouse.inbound.standing import CountedLine, Standing
    from warehouse.reply import Reply


def begin(at: Delivery, context: Context) -> Reply:
    """F8 or DONE among the cases: the receipt of this delivery, and what its closing means."""
    receipt = _next_open(at, context)
    if receipt is None:
        return reply(ChooseOrder(), "nothing_to_close")
    return _shown(at, receipt, context)


def answer(step: Closing, given: Input, context: Context) -> Reply:
    """One input at a receipt that is to be closed."""
    from warehouse.flows import problem

    match step, given:
        case ((Check() | CheckCase()), Scan()):
            return _case(step, given, context)
        case ((CheckCase() | CloseShort() | CloseLead()), Key("ESC")):
            return _shown(step.at, _receipt(step), context)
        case CheckCase(), Key("F8" | "DONE"):
            return _shown(step.at, _receipt(step), context)
        case ((Check() | CheckCase()), Key("F5")):
            return problem.begin(step, "F5", context, step.unit_id if isinstance(step, CheckCase) else 0)
        case Check(), Key("ESC"):
            return reply(ScanCase(step.at), "back_to_cases")
        case Check(), Key("F8" | "DONE"):
            return _close(step, context)
        case CloseShort(), Key("ENTER" | "DONE" | "1"):
            return _close(step, context, short=True)
        case CloseShort(), Key("2"):
            return _close(step, context, short=False)
        case CloseLead(), Scan():
            return _close(step, context, short=step.short, approved=_lead(step, given, context))
        case _, Key(name):
            refuse_key(name, step)
        case _, Scan():
            things.refuse_unexpected(context.site.code, given.code, step)
    raise AssertionError((step, given))


# --- The check ------------------------------------------------------------------------------------------


def _shown(at: Delivery, receipt: Receipt, context: Context) -> Reply:
    """The receipt as it stands, and what closing it leaves behind."""
    step = Check(at, receipt.id, receipt.cases, receipt.pieces)
    if receipt.state == "CLOSED":
        return _closed_by(receipt.id, context)
    if at.blind:
        return reply(step, "closing_blind", receipt=receipt.code, why=_counted(receipt))
    standing = stands.standing(receipt, at.asn_id)
    if not standing.open:
        return reply(step, "closing_complete", receipt=receipt.code, list=_missing(standing))
    return reply(step, "closing", receipt=receipt.code, left=standing.open, list=_where(standing))


def _where(standing: Standing) -> str:
    """'on PO-1, PO-2; 3 cases missing': where the open pieces are, and how many announced cases did not come."""
    orders = standing.open_orders
    more = f" +{len(orders) - 2}" if len(orders) > 2 else ""
    missing = f"; {_cases(len(standing.missing))} missing" if standing.missing else ""
    named = ", ".join(messages.clip(order, 10) for order in orders[:2])
    if len(f"on {named}{more}{missing}") > messages.WIDTHS["list"]:
        named = f"{len(orders)} orders"
        more = ""
    return f"on {named}{more}{missing}"


def _missing(standing: Standing) -> str:
    if not standing.missing:
        return "All that was expected came."
    return f"{_cases(len(standing.missing))} announced, not here."


def _case(step: Check | CheckCase, scan: Scan, context: Context) -> Reply:
    """A case of the receipt, to look at it; anything else is named and refused."""
    unit = stock.known_unit(context.site.code, scan.code.identity or scan.text)
    if unit is None:
        things.refuse_unexpected(context.site.code, scan.code, step)
    if unit.receipt_id != step.receipt_id:
        refuse("case_elsewhere", code=tail(unit.code), receipt=_receipt(step).code)
    item = items.by_id(unit.item_id)
    shown = CheckCase(step.at, step.receipt_id, step.cases, step.pieces, unit.id)
    return reply(
        shown,
        "case_shown",
        code=tail(unit.code),
        qty=unit.qty,
        unit=item.unit,
        item=item.description,
        status=unit.status,
    )


# --- Closing --------------------------------------------------------------------------------------------


def _close(step: Closing, context: Context, *, short: bool | None = None, approved: str = "") -> Reply:
    """Ask what is still to be answered, else close; all of it is judged under the locks.

    `short` is the answer to whether lines of which little is missing are closed, None while nobody was asked.
    """
    receipt = book.lock(context, step.receipt_id)
    if receipt.state == "CLOSED":
        return _closed_by(receipt.id, context)
    if (receipt.cases, receipt.pieces) != (step.cases, step.pieces):
        now = Check(step.at, receipt.id, receipt.cases, receipt.pieces)
        return reply(now, "closing_changed", receipt=receipt.code, why=_counted(receipt))
    standing = stands.standing(receipt, step.at.asn_id)
    ask = _ask_blind if step.at.blind else _ask
    asked = ask(step, standing, context, short=short, approved=approved)
    if asked is not None:
        return asked
    left = book.close(context, standing, short=bool(short), approved=approved)
    return _closed(step.at, standing, left, context)


def _ask(step: Closing, standing: Standing, context: Context, *, short: bool | None, approved: str) -> Reply | None:
    """What is asked before the receipt is closed: lines that may be closed short, then those that need a lead."""
    told = (step.at, step.receipt_id, step.cases, step.pieces)
    lacking = stands.short_lines(standing, context.site.code)
    little = [entry.line for entry in lacking if entry.within]
    if little and short is None:
        return reply(CloseShort(*told), "closing_short", left=_open(little), n=len(little))
    stopped = [entry.line for entry in lacking if not entry.within and entry.limit.action == "REJECT"]
    if stopped and not approved:
        return reply(CloseLead(*told, short=bool(short)), "closing_lead", left=_open(stopped), n=len(stopped))
    return None


def _ask_blind(
    step: Closing, standing: Standing, context: Context, *, short: bool | None, approved: str
) -> Reply | None:
    """Whether a lead is asked depends on the rules alone, not on what is missing: the question would tell it."""
    if approved or not stands.may_reject(standing, context.site.code):
        return None
    told = (step.at, step.receipt_id, step.cases, step.pieces)
    return reply(CloseLead(*told, short=bool(short)), "closing_lead_blind")


def _open(lines: list[CountedLine]) -> int:
    return sum(line.open for line in lines)


def _lead(step: CloseLead, scan: Scan, context: Context) -> str:
    """The name of the lead whose badge this is; another person than the one who closes."""
    person = site.operator(context.site.code, scan.text)
    if person is None:
        things.refuse_unexpected(context.site.code, scan.code, step)
    if person.id == context.who.id:
        refuse("own_badge_closing")
    if "lead" not in person.roles:
        refuse("no_lead_closing", person=person.name)
    return person.name


def _closed(at: Delivery, standing: Standing, left: int, context: Context) -> Reply:
    """What was closed, then the next: another receipt of the same delivery, or another delivery."""
    receipt = standing.receipt
    other = _next_open(at, context)
    step: Check | ChooseOrder = ChooseOrder("BLIND" if at.blind else "PO")  # the list of orders tells as little
    following = "Scan the next purchase order."
    if other is not None:
        step = Check(at, other.id, other.cases, other.pieces)
        following = f"{other.code} is open too: F8, or Esc."
    words = _counted(receipt) if at.blind else f"{_cases(receipt.cases)}, {left} to come"
    return reply(step, "receipt_closed", receipt=receipt.code, why=words, next=following)


def _counted(receipt: Receipt) -> str:
    return f"{_cases(receipt.cases)}, {receipt.pieces} pieces"


def _cases(number: int) -> str:
    return f"{number} {'case' if number == 1 else 'cases'}"


def _closed_by(receipt_id: int, context: Context) -> Reply:
    """Somebody closed it before: who and when, and nothing is done again."""
    code, person, at = connection.one("SELECT code, closed_by, closed_at FROM receipt WHERE id = ?", receipt_id)
    return reply(
        ChooseOrder(),
        "closed_before",
        receipt=code,
        person=operator_name(person),
        time=_when(at, context),
    )


def _when(at: str, context: Context) -> str:
    """The clock for something of today, else the day."""
    local = context.site.local(connection.instant(at))
    return f"{local:%H:%M}" if local.date() == context.today else f"{local:%d %b}"


def _receipt(step: Closing) -> Receipt:
    return receipt_by_id(step.receipt_id)


def _next_open(at: Delivery, context: Context) -> Receipt | None:
    """The open receipt of this delivery: today's, else one of another day that nobody has closed."""
    today = inbound.receipt_of_delivery(at, context.site.code, context.today)
    if today.id:
        return today
    found = book.left_open(at, context.site.code)
    return receipt_by_id(found) if found is not None else None


# --- Opening again --------------------------------------------------------------------------------------


def reopen(receipt: Receipt, context: Context) -> Reply:
    """The number of a receipt was scanned where a delivery is chosen: go on with it; a closed one needs a lead.

    Only a receipt of today is opened again, and only while its orders are on no other one: what comes on another day
    is another delivery.
    """
    if receipt.state == "OPEN":
        return _goes_on(receipt, context)
    if "lead" not in context.who.roles:
        refuse("reopen_lead", receipt=receipt.code)
    receipt = book.lock(context, receipt.id)
    if receipt.state == "OPEN":
        return _goes_on(receipt, context)
    opened_on = _day(receipt)
    if opened_on != context.today.isoformat():
        refuse("reopen_day", receipt=receipt.code, date=opened_on)
    other = book.in_the_way(receipt.id, context.site.code, context.today)
    if other is not None:
        refuse("reopen_other", po=other[0], receipt=other[1])
    book.reopen(context, receipt.id)
    at = delivery_of(receipt, context)
    return reply(ScanCase(at), "receipt_reopened", receipt=receipt.code, why=_counted(receipt))


def _goes_on(receipt: Receipt, context: Context) -> Reply:
    """An open receipt: today's goes on, one of another day can only be checked and closed."""
    at = delivery_of(receipt, context)
    if _day(receipt) != context.today.isoformat():
        return _shown(at, receipt, context)
    return reply(ScanCase(at), "receipt_goes_on", code=receipt.code, n=receipt.cases)


def delivery_of(receipt: Receipt, context: Context) -> Delivery:
    """The delivery that a receipt was counted for; blind where it was, or where the site wants it so."""
    orders = connection.rows("SELECT po_id FROM receipt_order WHERE receipt_id = ? ORDER BY po_id", receipt.id)
    vendor_id = connection.value("SELECT vendor_id FROM receipt WHERE id = ?", receipt.id)
    always = rules.of_site(context.site.code).word("receiving.blind") == "always"
    mode = "BLIND" if always and orders else receipt.mode
    return Delivery(mode, tuple(row[0] for row in orders), vendor_id=vendor_id)


def _day(receipt: Receipt) -> str:
    return str(connection.value("SELECT opened_on FROM receipt WHERE id = ?", receipt.id))
