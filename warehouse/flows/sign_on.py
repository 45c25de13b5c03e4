"""Sign on by badge; the step that a person left, here or elsewhere, comes along."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from db import connection
from warehouse import picks, site
from warehouse.flows import home, steps, whats_this
from warehouse.flows.receiving_steps import ScanCase
from warehouse.flows.steps import Context, Input, Key, Scan, Step, View
from warehouse.inbound import LastCase
from warehouse.messages import refuse, reply

if TYPE_CHECKING:
    from warehouse.reply import Reply


@dataclass(frozen=True)
class SignOn(Step):
    """Nobody is signed on here."""

    name = "sign_on.badge"
    next = "Scan your badge."
    prompt = "SCAN YOUR BADGE"
    hint = "or key it + ENTER"
    accepts = ("your badge",)


def answer(step: Step, given: Input, context: Context) -> tuple[Reply, site.Operator | None]:
    """A badge signs its owner on; anything else asks for one."""
    if not isinstance(given, Scan):
        if isinstance(given, Key):
            refuse("badge_first")
        return reply(step, "help", next=""), None
    person = site.operator(context.site.code, given.text)
    if person is None:
        refuse("unknown_badge", got=given.text)
    return _welcome(replace(context, operator=person), person), person


def _welcome(context: Context, person: site.Operator) -> Reply:
    # Locked: what the person does at another terminal at this moment is done before, or refused there.
    lock = "" if connection.dialect() == "sqlite" else " FOR UPDATE"
    left = connection.row(f"SELECT step FROM operator_step WHERE operator_id = ?{lock}", person.id)
    step = steps.load(left[0]) if left else None
    step = whats_this.unparked(step) if step is not None else None
    if step is None or not home.may_go_on(person, step):
        return reply(home.Home(), "welcome", person=person.name, next=home.first_words(person))
    last = connection.row(
        "SELECT at, outcome FROM scan_log s WHERE site = ? AND operator_id = ? AND moves > 0 AND undoes IS NULL "
        "AND source <> 'COMMAND' AND NOT EXISTS (SELECT 1 FROM scan_log u WHERE u.undoes = s.scan_id) "
        "ORDER BY at DESC LIMIT 1",
        context.site.code,
        person.id,
    )
    if last is None:
        return reply(step, "welcome", person=person.name, next="You are where you stopped.")
    if isinstance(step, ScanCase):
        step = replace(step, seen=_last_capture(person.id))
    saved = json.loads(last[1])["reply"]["message"]
    return reply(
        step,
        "resumed",
        time=context.site.clock(connection.instant(last[0])),
        person=person.name,
        saved=saved[0],
    )


def _last_capture(operator_id: int) -> LastCase | None:
    """The last case that this person saved, to recognise a doubtful repetition."""
    found = connection.row(
        "SELECT m.at, m.item_id, m.qty FROM scan_log s JOIN stock_move m ON m.scan_id = s.scan_id AND m.kind = 'RECEIPT' "
        "WHERE s.operator_id = ? AND s.moves > 0 AND NOT EXISTS (SELECT 1 FROM scan_log u WHERE u.undoes = s.scan_id) "
        "ORDER BY s.at DESC LIMIT 1",
        operator_id,
    )
    return LastCase(*found) if found else None


def sign_off(context: Context) -> Reply:
    """Leave the terminal; what is half done stays with the person, what is in hand goes back."""
    picks.hand_back_all(context)
    return reply(SignOn(), "signed_off", person=context.who.name)


def view(step: Step, context: Context) -> View:
    """What the terminal shows while nobody is signed on."""
    return View(
        title=("DOCKBELL", context.site.code),
        prompt=step.prompt,
        hint=step.hint,
        status="",
        accepts=step.accepts,
        keys=(("F1", "Help"),),
    )
