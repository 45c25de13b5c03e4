"""What is on its way in, for receivers and leads: what is due, what is late; a scanned purchase order is received."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from warehouse import inbound_view, rules
from warehouse.flows import receiving_choose
from warehouse.flows.steps import Context, Fact, Input, Key, Scan, Step, Table, View
from warehouse.messages import refuse, refuse_key, reply
from warehouse.things import refuse_unexpected
from warehouse.vendor_figures import by_vendor, share

if TYPE_CHECKING:
    from warehouse.inbound_view import ExpectedAsn, ExpectedLine, Inbound
    from warehouse.reply import Reply

SHOWN = 20
NEWEST = 2000  # of the counted cases: the screen is read anew with each commit of another terminal


@dataclass(frozen=True)
class InboundList(Step):
    """Looking at what is on its way in."""

    name = "inbound_view.list"
    next = "Scan a purchase order, or Esc."
    prompt = "SCAN WHAT IS AT THE DOCK"
    hint = "purchase order or ASN: receive it"
    accepts = ("a purchase order: receive it", "an ASN, an SSCC that was announced", "F6: the whole lists")


def answer(step: Step, given: Input, context: Context) -> Reply:
    """A scan that names a delivery starts its receiving; looking changes nothing."""
    if not context.who.may("receiver"):
        refuse("no_right", person=context.who.name)
    match given:
        case Scan():
            delivery = receiving_choose.find(given, context)
            if delivery is None:
                refuse_unexpected(context.site.code, given.code, step)
            return delivery
        case Key(name):
            refuse_key(name, step)
    return reply(step, "help", next="")


def view(step: Step, context: Context) -> View:
    """What is late and due first; who counts blind sees which orders come and when, and nothing of how much."""
    blind = rules.told_nothing(context.site.code, context.who.roles)
    seen = inbound_view.read(context.site, context.now, limit=SHOWN, newest=NEWEST)
    return View(
        title=("INBOUND", "what is on its way"),
        prompt=step.prompt,
        hint=step.hint,
        progress=(f"{seen.lines_total} lines to come", f"{seen.lines_late} late"),
        progress_short=f"{seen.lines_late} late",
        facts=_facts(seen, blind=blind),
        tables=_tables(seen, context, blind=blind),
        status="Nothing is changed.",
        accepts=step.accepts,
        keys=(("F1", "Help"), ("F2", "What?"), ("F6", "List"), ("F12", "Sign off"), ("Esc", "Home")),
    )


def _facts(seen: Inbound, *, blind: bool) -> tuple[Fact, ...]:
    late = max((one.late for one in seen.lines), default=0)
    oldest = f", the oldest {late} {'day' if late == 1 else 'days'}" if late else ""
    facts = (
        Fact("LATE", f"{seen.lines_late} of {seen.lines_total} lines{oldest}"),
        Fact("ASN", f"{sum(1 for one in seen.asns if one.late)} late of {len(seen.asns)} not all here"),
    )
    if blind:
        return facts
    equal, n = sum(one.equal for one in seen.accuracy), sum(one.n for one in seen.accuracy)
    differ, cases = sum(one.differ for one in seen.variance), sum(one.n for one in seen.variance)
    return (
        *facts,
        Fact("AS ASN", _figure(equal, n, "as announced")),
        Fact("PACKS", _figure(differ, cases, "hold another number")),
    )


def _figure(part: int, n: int, words: str) -> str:
    """A share with its n and its window; of nothing there is none."""
    if not n:
        return f"n=0, {inbound_view.DAYS} d"
    return f"{share(part, n)} % (n={n}, {inbound_view.DAYS} d) {words}"


def _tables(seen: Inbound, context: Context, *, blind: bool) -> tuple[Table, ...]:
    if blind:
        heads = ("DUE", "ORDER", "ITEM", "VENDOR")
        rows = tuple((_due(one, context), one.po, one.item, one.vendor) for one in seen.lines)
        return (Table(heads, rows, narrow=(0, 1, 3)),)
    return (_lines(seen, context), _asns(seen, context), _vendors(seen))


def _lines(seen: Inbound, context: Context) -> Table:
    rows = tuple(
        (
            _due(one, context),
            one.po,
            one.item,
            str(one.ordered),
            str(one.open),
            f"{one.came}/{one.cases}" if one.cases else "-",
            one.vendor,
        )
        for one in seen.lines
    )
    return Table(
        ("DUE", "ORDER", "ITEM", "ORDERED", "OPEN", "CASES", "VENDOR"), rows, narrow=(0, 1, 2, 4), numbers=(3, 4)
    )


def _asns(seen: Inbound, context: Context) -> Table:
    rows = tuple(
        (_due(one, context), one.asn, f"{one.came}/{one.cases}", str(one.pieces - one.pieces_came), one.vendor)
        for one in seen.asns
    )
    return Table(("DUE", "ASN", "CASES", "TO COME", "VENDOR"), rows, narrow=(0, 1, 2, 3), numbers=(3,))


def _vendors(seen: Inbound) -> Table:
    """Each vendor's figures with their n; '-' where nothing is known."""
    accuracy = {one.vendor: one for one in seen.accuracy}
    variance = {one.vendor: one for one in by_vendor(seen.variance)}
    rows = []
    for code in sorted(accuracy.keys() | variance.keys())[:SHOWN]:
        notice, packs = accuracy.get(code), variance.get(code)
        rows.append(
            (
                code,
                f"{notice.percent} % n={notice.n}" if notice else "-",
                f"{packs.percent} % n={packs.n}" if packs else "-",
            )
        )
    return Table(("VENDOR", "AS ASN", "OTHER COUNT"), tuple(rows), narrow=(0, 1, 2))


def _due(one: ExpectedLine | ExpectedAsn, context: Context) -> str:
    """Today, so many days late, or the day."""
    if one.late:
        return f"!{one.late} d late"
    return "today" if one.expected_on == context.today.isoformat() else one.expected_on
