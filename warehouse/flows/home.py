"""Home: a menu by role; a scanned order or purchase order starts its job at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from db import connection
from warehouse import inbound
from warehouse.flows import picking, receiving_choose
from warehouse.flows.board import Board
from warehouse.flows.inbound_view import InboundList
from warehouse.flows.picking_steps import GetWork
from warehouse.flows.put_away_steps import ScanUnit
from warehouse.flows.receiving_steps import ChooseOrder
from warehouse.flows.scanner_test import TryScanner
from warehouse.flows.steps import Context, Input, Key, Scan, Step, Tick, View
from warehouse.flows.stop_goods_steps import ScanWhat
from warehouse.messages import WIDTHS, refuse, reply

if TYPE_CHECKING:
    from warehouse.reply import Reply
    from warehouse.site import Operator


@dataclass(frozen=True)
class Home(Step):
    """The menu of the person who is signed on."""

    name = "home.menu"
    next = "Scan an order, or key a digit."
    menu = True
    prompt = "SCAN AN ORDER OR PURCHASE ORDER"
    hint = "or key a digit"
    accepts = (
        "a purchase order: receive it",
        "an order: pick it",
        "a digit of the menu",
        "the layout test card: try the scanner",
    )


# Words, the role that sees it, the first step.
_MENU: tuple[tuple[str, str, Step], ...] = (
    ("Receive", "receiver", ChooseOrder()),
    ("Pick", "picker", GetWork()),
    ("Board", "lead", Board()),
    ("Stop goods", "lead", ScanWhat()),
    ("Put away", "receiver", ScanUnit()),
    ("Inbound", "receiver", InboundList()),
)


def menu(person: Operator) -> list[tuple[str, str, Step]]:
    """What this person may start, by the digit that starts it."""
    allowed = [(words, step) for words, role, step in _MENU if person.may(role)]
    return [(str(digit), words, step) for digit, (words, step) in enumerate(allowed, 1)]


def may_go_on(person: Operator, step: Step) -> bool:
    """Whether a person goes on at this step after signing on: a job that their roles still let them do."""
    return step.flow == TryScanner().flow or any(
        first.flow == step.flow and person.may(role) for _, role, first in _MENU
    )


def first_words(person: Operator) -> str:
    """The menu in one line, as much of it as a line of a message takes: the screen has all of it."""
    line = ""
    for digit, words, _ in menu(person):
        longer = f"{line}  {digit} {words}".strip()
        if len(longer) > WIDTHS["next"]:
            break
        line = longer
    return line or "Your badge has no role yet."


def answer(step: Step, given: Input, context: Context) -> Reply:
    """A digit of the menu, or a scan that starts its job."""
    if isinstance(given, Tick):
        return reply(step, "help", next="")
    if isinstance(given, Scan):
        return _start_by_scan(given, context)
    name = given.name if isinstance(given, Key) else ""
    if name == "TEST":
        return reply(TryScanner(), "help", next="Scan anything. Esc goes home.")
    for digit, _, first in menu(context.who):
        if name == digit:
            return reply(first, "help", next=_opening(first))
    refuse("not_home", got=name)


def _opening(first: Step) -> str:
    if isinstance(first, Board):
        return "Board. Esc goes home."
    if isinstance(first, ScanWhat):
        return "Scan what to stop."
    if isinstance(first, ScanUnit | InboundList):
        return first.next
    return "Scan the purchase order." if isinstance(first, ChooseOrder) else "Scan an order, or ENTER."


def _start_by_scan(scan: Scan, context: Context) -> Reply:
    if inbound.purchase_order(context.site.code, scan.text) and not context.who.may("receiver"):
        refuse("no_right", person=context.who.name)
    known = connection.row("SELECT 1 FROM order_header WHERE site = ? AND order_no = ?", context.site.code, scan.text)
    if known:
        if not context.who.may("picker"):
            refuse("no_right", person=context.who.name)
        return picking.pick_order(scan, context)
    delivery = receiving_choose.find(scan, context) if context.who.may("receiver") else None
    if delivery is not None:
        return delivery
    refuse("not_home", got=scan.text)


def view(step: Step, context: Context) -> View:
    """The menu as a screen."""
    entries = menu(context.who)
    return View(
        title=("HOME", context.who.name),
        prompt=step.prompt,
        hint=step.hint,
        menu=step.menu,
        choices=tuple(words for _, words, _ in entries),
        accepts=step.accepts,
        keys=(("F1", "Help"), ("F4", "Undo"), ("F12", "Sign off")),
    )
