"""What the screen of check and close shows: the lines with their differences, or a case; blind, only what was counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from db import connection
from warehouse import discrepancies
from warehouse.flows.closing_steps import CheckCase, CloseLead, CloseShort, Closing
from warehouse.flows.steps import BoxStep, Fact, Table, View
from warehouse.inbound import standing as stands
from warehouse.inbound.receipts import receipt_by_id
from warehouse.messages import tail
from warehouse.site import NO_EXPIRY, operator_name

if TYPE_CHECKING:
    from warehouse.flows.steps import Context
    from warehouse.inbound.standing import CountedLine, Short, Standing

ROWS = 20
_KEYS = (("F1", "Help"), ("F4", "Undo"), ("F6", "List"), ("F8", "Close"), ("F12", "Sign off"), ("Esc", "Go on"))
_CASE_KEYS = (("F1", "Help"), ("F5", "Problem"), ("F6", "List"), ("F8", "Check"), ("F12", "Sign off"), ("Esc", "Back"))
_SHORT_KEYS = (("F1", "Help"), ("F6", "List"), ("ENTER", "Close short"), ("F12", "Sign off"), ("Esc", "Back"))
_LEAD_KEYS = (("F1", "Help"), ("F6", "List"), ("F12", "Sign off"), ("Esc", "Back"))


def view(step: Closing, context: Context) -> View:
    """The receipt as it stands at this step."""
    receipt = receipt_by_id(step.receipt_id)
    standing = stands.standing(receipt, step.at.asn_id)
    blind = step.at.blind
    lacking = [] if blind else stands.short_lines(standing, context.site.code)
    cases = f"{receipt.cases} {'case' if receipt.cases == 1 else 'cases'}"
    return View(
        title=("RECEIVE", receipt.code, "blind" if blind else _orders(standing)),
        prompt=step.prompt,
        hint=step.hint,
        choices=("Close short", "Leave open") if isinstance(step, CloseShort) else (),
        menu=step.menu,
        progress=(cases, f"{receipt.pieces} pieces counted"),
        progress_short=f"{receipt.cases}c {receipt.pieces}",
        facts=_facts(step, standing, lacking, context),
        box=step.box,
        digits=step.digits if isinstance(step, BoxStep) else "",
        tables=(_counted(standing.lines) if blind else _lines(_rows(step, standing, lacking)),),
        status="Receipt not closed yet",
        accepts=step.accepts,
        keys=_keys(step),
    )


def _orders(standing: Standing) -> str:
    names = tuple(dict.fromkeys(line.po for line in standing.lines if line.po))
    if len(names) <= 1:
        return names[0] if names else "no order"
    return f"{names[0]} +{len(names) - 1}"


def _keys(step: Closing) -> tuple[tuple[str, str], ...]:
    if isinstance(step, CheckCase):
        return _CASE_KEYS
    if isinstance(step, CloseShort):
        return _SHORT_KEYS
    return _LEAD_KEYS if isinstance(step, CloseLead) else _KEYS


def _rows(step: Closing, standing: Standing, lacking: list[Short]) -> list[CountedLine]:
    """The lines that the step is about, those first of which something is open."""
    if isinstance(step, CloseShort):
        return [entry.line for entry in lacking if entry.within]
    if isinstance(step, CloseLead):
        return [entry.line for entry in lacking if not entry.within and entry.limit.action == "REJECT"]
    return sorted(standing.lines, key=lambda line: (not line.open, line.received == line.ordered))


def _lines(lines: list[CountedLine]) -> Table:
    return Table(
        ("LINE", "ITEM", "ORDERED", "RECEIVED", "LEFT", "CASES", "ODD"),
        tuple(
            (
                f"{tail(line.po)}/{line.line}" if line.line_id is not None else "-",
                line.description,
                str(line.ordered),
                str(line.received),
                str(line.open),
                str(line.cases),
                str(line.questioned),
            )
            for line in lines[:ROWS]
        ),
        narrow=(1, 3, 4),
        numbers=(2, 3, 4, 5, 6),
    )


def _counted(lines: tuple[CountedLine, ...]) -> Table:
    """Blind: what this receipt has counted of each item. Line by line it would tell how many each line expected."""
    found: dict[int, tuple[str, int, int, int]] = {}
    for line in lines:
        if line.cases:
            words, counted, cases, odd = found.get(line.item_id, (line.description, 0, 0, 0))
            found[line.item_id] = (words, counted + line.counted, cases + line.cases, odd + line.questioned)
    return Table(
        ("ITEM", "COUNTED", "CASES", "ODD"),
        tuple((words, *map(str, numbers)) for words, *numbers in found.values())[:ROWS],
        narrow=(0, 1, 2),
        numbers=(1, 2, 3),
    )


# --- Facts ----------------------------------------------------------------------------------------------


def _facts(step: Closing, standing: Standing, lacking: list[Short], context: Context) -> tuple[Fact, ...]:
    if isinstance(step, CheckCase):
        return _case(step, context)
    facts = []
    odd = sum(line.questioned for line in standing.lines)
    if odd:
        facts.append(Fact("ODD", f"{_number(odd, 'case')} questioned"))
    if step.at.blind:
        return tuple(facts)
    if standing.goes_back.cases:
        facts.append(
            Fact("RETURN", f"{_number(standing.goes_back.cases, 'case')}, {standing.goes_back.pieces} to return")
        )
    if standing.on_hold.cases:
        facts.append(Fact("ON HOLD", f"{_number(standing.on_hold.cases, 'case')}, {standing.on_hold.pieces} on hold"))
    if standing.missing:
        pieces = sum(unit.quantity for unit in standing.missing)
        facts.insert(0, Fact("MISSING", f"{_number(len(standing.missing), 'case')}, {pieces} missing"))
    beyond = [entry for entry in lacking if not entry.within and entry.limit.action != "NONE"]
    if beyond:
        pieces = sum(entry.line.open for entry in beyond)
        facts.insert(0, Fact("SHORT", f"{_number(len(beyond), 'line')}, {pieces} short"))
    return tuple(facts[:4])


def _number(many: int, what: str) -> str:
    return f"{many} {what if many == 1 else what + 's'}"


def _case(step: CheckCase, context: Context) -> tuple[Fact, ...]:
    """What is known of a case: how it was counted, by whom, and what is wrong with it (that may tell what was due)."""
    code, words, qty, unit, lot, expiry = connection.one(
        "SELECT u.code, i.description, u.qty, i.base_unit, u.lot, u.expiry FROM handling_unit u "
        "JOIN item i ON i.id = u.item_id WHERE u.id = ?",
        step.unit_id,
    )
    dated = f"  EXP {expiry}" if expiry != NO_EXPIRY else ""
    facts = [
        Fact("CASE", code),
        Fact("ITEM", f"{qty} {unit} {words}"),
        Fact("LOT", f"{lot or '-'}{dated}"),
    ]
    counted = connection.row(
        "SELECT qty, source, doubt, at, operator_id FROM capture WHERE unit_id = ? AND qty > 0 ORDER BY id DESC LIMIT 1",
        step.unit_id,
    )
    if counted:
        pieces, source, doubt, at, person = counted
        odd = ", questioned" if doubt else ""
        clock = context.site.clock(connection.instant(at))
        facts.append(Fact("COUNTED", f"{pieces} {source}, {clock} {operator_name(person)}{odd}"))
    found = [] if step.at.blind else discrepancies.of_unit(step.unit_id)
    if found:
        facts[2] = Fact("PROBLEM", ", ".join(f"{entry.code} {entry.meaning}" for entry in found[-2:]))
    return tuple(facts)
