"""How many are in the case: keyed, repeated, counted again by another person, and the ways out of a limit."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from db import connection
from warehouse import doubts, inbound, messages, rules, site, stock, weights
from warehouse.flows import keyed
from warehouse.flows import receiving_known as known_
from warehouse.flows.receiving_case import next_question
from warehouse.flows.receiving_save import save
from warehouse.flows.receiving_steps import (
    Confirm,
    HowMany,
    InHand,
    KeyWeight,
    NeedsLead,
    OverLimit,
    SecondBadge,
    SecondCount,
)
from warehouse.flows.steps import Key, Scan
from warehouse.messages import refuse, reply

if TYPE_CHECKING:
    from warehouse.flows.steps import Context, Input
    from warehouse.inbound import Case
    from warehouse.reply import Reply
    from warehouse.site import Operator


def how_many(step: HowMany, scan: Scan, context: Context) -> Reply:
    """The count of this case, or of several alike."""
    alike, pieces = keyed.cases(step, scan)
    if alike > 1:
        _refuse_alike(step.case, alike, context)
    source = "KEYED" if alike == 1 else "IDENTICAL"
    counted = replace(step.case, quantity=pieces, source=source, alike=alike)
    return next_question(step, counted, context)


def _refuse_alike(case: Case, alike: int, context: Context) -> None:
    """Several at once only of cases that nothing tells apart, and no more than the site allows."""
    item = case.item
    if case.code or (item is not None and (item.serial_control or item.weighed)):
        refuse("alike_not_here")
    most = rules.of_site(context.site.code).number("receiving.identical_max")
    if alike > most:
        refuse("too_many_alike", qty=alike, need=most)


def _keyed_anew(step: InHand, quantity: int, context: Context) -> Reply:
    """Another count than the one in question: judged from the start, but for what is answered about the rest."""
    counted = replace(step.case, quantity=quantity, source="KEYED", alike=1, serials=(), doubt=0, second_by=None)
    asked = tuple(one for one in step.asked if one not in ("count", "over", "weight", "same_again"))
    return next_question(step, counted, context, asked=asked)


def same_as_last(step: HowMany, context: Context) -> Reply:
    """F9: as many as in the last case of this item that this person counted today; it is kept as repeated."""
    item = step.case.item
    assert item is not None
    if not item.same_as_last or not rules.of_site(context.site.code).yes("receiving.same_as_last"):
        refuse("no_repeat", item=item.description)
    last = last_count(step, context)
    if last is None:
        refuse("nothing_to_repeat", item=item.description)
    return next_question(step, replace(step.case, quantity=last, source="REPEATED"), context)


def last_count(step: InHand, context: Context) -> int | None:
    """The pieces in the last case of the item that this person counted at this delivery; None where there is none."""
    item = step.case.item
    receipt = inbound.receipt_of_delivery(step.at, context.site.code, context.today)
    if item is None or not receipt.id:
        return None
    found = connection.value(
        "SELECT c.qty FROM capture c WHERE c.receipt_id = ? AND c.item_id = ? AND c.operator_id = ? AND c.qty > 0 "
        "AND NOT EXISTS (SELECT 1 FROM capture r WHERE r.reverses = c.id) ORDER BY c.id DESC LIMIT 1",
        receipt.id,
        item.id,
        context.who.id,
    )
    return None if found is None else int(found)


def weigh(step: KeyWeight, scan: Scan) -> Case:
    """The weight of the case: from the scale, from its label, or keyed."""
    item = step.case.item
    assert item is not None
    unit: weights.Unit = "lb" if item.weight_unit == "lb" else "kg"
    try:
        label = weights.of_label(scan.code.ais)
        if label is not None:
            return replace(step.case, weight=label.in_unit(unit).amount, weight_source="LABEL")
        if scan.source not in ("TYPED", "SCALE"):
            refuse("no_weight_barcode", next=step.next)
        source = "SCALE" if scan.source == "SCALE" else "KEYED"
        return replace(step.case, weight=weights.read(scan.text, unit).amount, weight_source=source)
    except (weights.WeightError, ValueError):
        refuse("bad_weight", got=scan.text, unit=unit)


# --- A doubt is answered -------------------------------------------------------------------------------------


def confirmed(step: Confirm, given: Input, context: Context) -> Reply:
    """ENTER keeps it; another number takes its place."""
    if isinstance(given, Key):
        if step.doubt == "over" and _limit_moved(step, context):
            return next_question(step, step.case, context)
        return next_question(step, step.case, context, asked=(*step.asked, step.doubt))
    assert isinstance(given, Scan)
    if step.doubt == "weight":
        weighed = weigh(KeyWeight(step.at, step.case, step.seen, step.asked), given)
        return next_question(step, weighed, context)
    return _keyed_anew(step, keyed.count(step, given, least=1), context)


def second_badge(step: SecondBadge, scan: Scan, context: Context) -> Reply:
    """The badge of another person, who then counts; or the right number after all."""
    person = _badge(scan, context)
    if person is None:
        return _keyed_anew(step, _count_or_badge(step, scan), context)
    if person.id == context.who.id:
        refuse("own_badge")
    if not person.may("receiver", "cleanroom", "picker"):
        refuse("no_right", person=person.name)
    counting = SecondCount(step.at, step.case, step.seen, step.asked, doubt=step.doubt, by=person.id)
    return reply(counting, "second_count", person=person.name)


def second_count(step: SecondCount, scan: Scan, context: Context) -> Reply:
    """The second person keys what they count: the same number saves the case, another asks both to count again."""
    pieces = keyed.count(step, scan, least=1)
    case = step.case
    if pieces != case.quantity:
        again = replace(case, quantity=None, source="", alike=1, doubt=0)
        asking = HowMany(step.at, again, step.seen, step.asked)
        return reply(asking, "counts_differ", qty=pieces, need=case.quantity)
    twice = replace(case, source="COUNTED_TWICE", second_by=step.by, doubt=2)
    return next_question(step, twice, context, asked=(*step.asked, step.doubt))


def _badge(scan: Scan, context: Context) -> Operator | None:
    return site.operator(context.site.code, scan.text)


def _count_or_badge(step: SecondBadge | OverLimit, scan: Scan) -> int:
    if scan.source != "TYPED" or not scan.text.isdigit():
        refuse("no_second_badge", got=scan.text)
    return keyed.count(step, scan, least=1)


# --- The ways out of a limit ---------------------------------------------------------------------------------


def agree(step: OverLimit | NeedsLead, scan: Scan, context: Context) -> Reply:
    """A lead's badge accepts what only a lead may accept; never one's own."""
    person = _badge(scan, context)
    if person is None:
        if isinstance(step, NeedsLead):
            refuse("no_second_badge", got=scan.text)
        return _keyed_anew(step, _count_or_badge(step, scan), context)
    if person.id == context.who.id:
        refuse("own_badge")
    if "lead" not in person.roles:
        refuse("no_lead", person=person.name)
    if isinstance(step, OverLimit) and _limit_moved(step, context):
        return next_question(step, step.case, context)
    answered = ("over",) if isinstance(step, OverLimit) else (step.doubt, doubts.agreement(step.doubt, "LEAD"))
    return next_question(step, replace(step.case, second_by=person.id), context, asked=(*step.asked, *answered))


def _limit_moved(step: OverLimit | Confirm, context: Context) -> bool:
    """Whether another terminal has taken what the limit left, or this very case, since the question was asked."""
    case = step.case
    assert case.item is not None
    inbound.lock(context, case.item)
    if case.code and case.corrects is None and stock.known_unit(context.site.code, case.code) is not None:
        return True
    known = known_.read(context, step.at, known_.line_of(step.at, case), case, step.seen)
    limit = doubts.over_limit(case, known)
    asks = "OVER" if isinstance(step, OverLimit) else "KEEP"
    return limit is None or (limit.ask, limit.fits) != (asks, step.fits)


def extra_to_hold(step: OverLimit, context: Context) -> Reply:
    """F5: what the order can take is received, the pieces above it become a unit of their own on hold.

    The extra pieces count for no order line: nobody ordered them. What the limit leaves is judged again under the lock:
    another terminal may have taken it, or this very case. A case whose pieces have numbers or a weight is parted by
    the person: what fits is keyed, the rest is a case of its own.
    """
    case, item = step.case, step.case.item
    assert item is not None
    assert case.quantity is not None
    if case.alike > 1:
        refuse("alike_one_by_one")
    if _limit_moved(step, context):
        return next_question(step, case, context)
    known = known_.read(context, step.at, known_.line_of(step.at, case), case, step.seen)
    extra = case.quantity - step.fits
    if not step.fits and case.corrects is None:
        return next_question(step, replace(case, problem="AC"), context)
    if item.serial_control or item.weighed:
        refuse("part_by_hand", left=step.fits)
    if not step.fits:
        whole = replace(known, line=None)
        return save(step, replace(case, problem="AC"), whole, step.asked, context)
    kept = save(step, replace(case, quantity=step.fits, announced=None), known, step.asked, context)
    apart = replace(
        case,
        code="",
        quantity=extra,
        problem="AC",
        announced=None,
        asn_unit_id=None,
        serials=(),
        weight=None,
        corrects=None,
    )
    held = save(step, apart, replace(known, line=None), step.asked, context)
    message = messages.say(
        "saved_extra",
        qty=step.fits,
        unit=item.unit,
        item=item.description,
        over=extra,
        code=messages.tail(held.unit or ""),
        gains=kept.message[1] if len(kept.message) > 1 else "",
    )
    return replace(
        kept,
        message=message.lines,
        template=message.template,
        moves=kept.moves + held.moves,
        labels=(*kept.labels, *held.labels),
    )
