"""Home: a menu by role; a scanned order or purchase order starts its job at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from db import connection
from warehouse import inbound
from warehouse.flows import picking, receiving
from warehouse.flows.board import Board
from warehouse.flows.picking_steps import GetWork
from warehouse.flows.receiving_steps import ChooseOrder
from warehouse.flows.scanner_test import TryScanner
from warehouse.flows.steps import Context, Input, Key, Scan, Step, Tick, View
from warehouse.messages import refuse, reply

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
    """The menu in one line."""
    return "  ".join(f"{digit} {words}" for digit, words, _ in menu(person)) or "Your badge has no role yet."


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
    return "Scan the purchase order." if isinstance(first, ChooseOrder) else "Scan an order, or ENTER."


def _start_by_scan(scan: Scan, context: Context) -> Reply:
    order = inbound.purchase_order(context.site.code, scan.text)
    if order is not None:
        if not context.who.may("receiver"):
            refuse("no_right", person=context.who.name)
        return receiving.open_order(order, context)
    known = connection.row("SELECT 1 FROM order_header WHERE site = ? AND order_no = ?", context.site.code, scan.text)
    if known:
        if not context.who.may("picker"):
            refuse("no_right", person=context.who.name)
        return picking.pick_order(scan, context)
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
