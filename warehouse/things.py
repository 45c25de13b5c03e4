"""What a scanned code is, whatever the step wanted: only to name it, so that a wrong scan is told apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from db import connection
from warehouse import items, stock
from warehouse.messages import clip, refuse, tail

if TYPE_CHECKING:
    from warehouse.barcodes import Code
    from warehouse.flows.steps import Step

# Tables with a code of their own, and the word for what they hold.
_NAMED = (
    ("place", "SELECT code FROM location WHERE site = ? AND code = ?"),
    ("purchase order", "SELECT po FROM purchase_order WHERE site = ? AND po = ?"),
    ("order", "SELECT order_no FROM order_header WHERE site = ? AND order_no = ?"),
    ("ASN", "SELECT asn FROM asn WHERE site = ? AND asn = ?"),
    ("receipt", "SELECT code FROM receipt WHERE site = ? AND code = ?"),
    ("vendor", "SELECT code FROM vendor WHERE site = ? AND code = ?"),
)


def name_of(site: str, code: Code) -> str:
    """'case ...0127', 'Gown L', 'place A-01', "LEO's badge" and so on: what this code is, or '' when nobody knows it."""
    unit = stock.known_unit(site, code.identity or code.text)
    if unit is not None:
        return f"case {tail(unit.code)}"
    pallet = "SELECT code FROM carrier WHERE site = ? AND code = ? AND state <> 'BROKEN'"
    if carrier := connection.value(pallet, site, code.identity or code.text):
        return f"pallet {tail(carrier)}"
    found = items.by_code(site, code)
    if found is not None:
        return clip(found[0].description, 20)
    for word, query in _NAMED:
        if connection.row(query, site, code.text):
            return f"{word} {clip(code.text, 10)}"
    person = connection.value("SELECT name FROM operator WHERE site = ? AND badge = ?", site, code.text)
    return f"{clip(person, 8)}'s badge" if person else ""


def digits(code: Code) -> str:
    """What to call a code that nobody knows: its own characters, of a case's number the last four."""
    return tail(code.unit_code) if code.unit_code else next(iter(code.item_codes), code.text)


def refuse_known(site: str, code: Code, step: Step) -> None:
    """Refuse a code that is known to be something, and say what it is and what is wanted."""
    thing = name_of(site, code)
    if thing:
        refuse("known_thing", thing=thing, next=step.next)


def refuse_unexpected(site: str, code: Code, step: Step) -> NoReturn:
    """Refuse a code that this step cannot use: named, where anybody knows it."""
    refuse_known(site, code, step)
    refuse("unknown_code", got=digits(code))
