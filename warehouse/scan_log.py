"""What is kept of every input: its row in the log with the whole reply, where its person stands, or its refusal.

A scan that comes a second time is answered from here, and is not applied again.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from typing import TYPE_CHECKING

from db import connection
from db.connection import iso, transaction
from warehouse import messages
from warehouse.barcodes.text import escaped
from warehouse.flows import sign_on, steps, whats_this
from warehouse.flows.picking_steps import GetWork
from warehouse.flows.scan_again import Asks
from warehouse.reply import Message, RefusedError, Reply
from warehouse.session import Answered, Given, Session

if TYPE_CHECKING:
    from datetime import datetime

    from warehouse.flows.steps import Step
    from warehouse.site import Operator


def elsewhere(session: Session) -> Message | None:
    """The person may have signed on at another terminal meanwhile: then this one asks for a badge."""
    operator = session.operator
    if operator is None:
        return None
    found = connection.row("SELECT terminal, station FROM operator_step WHERE operator_id = ?", operator.id)
    terminal, station = found or ("", "")
    if terminal == session.terminal:
        return None
    if not terminal:
        return messages.say("signed_off_elsewhere", person=operator.name)
    return messages.say("signed_on_elsewhere", person=operator.name, station=station)


def _payload_hash(given: Given) -> str:
    return hashlib.sha256(f"{given.source}|{given.key}|{given.raw}".encode(errors="replace")).hexdigest()[:32]


def may_be_saved(given: Given) -> bool:
    """Whether this input may be in the log already: sent again, or run again after a commit of unknown fate."""
    return given.repeated or connection.patience.attempt > 0


def stored(session: Session, given: Given) -> Answered | None:
    """The reply that this very input already got, with where it left the operator; None when it got none."""
    found = connection.row("SELECT payload_hash, outcome, operator_id FROM scan_log WHERE scan_id = ?", given.scan_id)
    if found is None:
        return None
    if found[0] != _payload_hash(given):
        messages.refuse("id_used")
    said = json.loads(found[1])
    after = _as_it_stands(session, given, found[2], said["operator"])
    reply = Reply.read(said["reply"], after.step)
    return Answered(replace(after, overlay=bool(reply.rows)), reply)


def _as_it_stands(session: Session, given: Given, person_id: int | None, signed_on: int | None) -> Session:
    """The session of a person whose input was answered before: where they are now, not where that had led them."""
    row = connection.row("SELECT step, scan_id FROM operator_step WHERE operator_id = ?", person_id)
    last = row is not None and row[1] == given.scan_id
    if signed_on is None and (last or session.operator is None):
        return replace(session, operator=None, step=sign_on.SignOn())
    operator = session.operator or _operator_by_id(signed_on)
    if row is None or operator is None or operator.id != person_id:
        return session
    return replace(session, operator=operator, step=steps.load(row[0]) or session.step)


def _operator_by_id(operator_id: int | None) -> Operator | None:
    from warehouse import site

    badge = connection.row("SELECT site, badge FROM operator WHERE id = ?", operator_id)
    return site.operator(*badge) if badge else None


def save(before: Session, given: Given, after: Session, reply: Reply, now: datetime) -> None:
    at = iso(now)
    person = after.operator or before.operator
    step = steps.dump(reply.step)
    whole = json.dumps(reply.stored(), separators=(",", ":"))
    operator_id = after.operator.id if after.operator else "null"
    connection.insert_row(
        "scan_log",
        # Sent twice at once, the other one commits first: run again, this one finds the stored reply.
        unless="(scan_id)" if may_be_saved(given) else "",
        scan_id=given.scan_id,
        site=before.site.code,
        at=at,
        station=before.station,
        operator_id=person.id if person else None,
        source="KEY" if given.key else given.source,
        step=before.step.name,
        raw=escaped(given.key or given.raw, 300),
        payload_hash=_payload_hash(given),
        verdict=reply.verdict.value,
        outcome=f'{{"reply":{whole},"step":{step},"operator":{operator_id}}}',
        moves=reply.moves,
        undoes=reply.undoes,
        answer_ms=_took_ms(before, given),
    )
    if after.operator is None:
        if before.operator is not None:
            left = steps.dump(_left_behind(before.step))
            _move_on(before, before.operator, left, given.scan_id, at, leaves=True)
    elif before.operator is None:
        _arrive(after, after.operator, step, given.scan_id, at)
    else:
        _move_on(before, after.operator, step, given.scan_id, at)


def _took_ms(session: Session, given: Given) -> int | None:
    """How long an input has waited for its verdict, which only has to be committed now; None where no clock tells."""
    return None if session.mono is None else max(0, round((session.mono() - given.mono) * 1000))


def _left_behind(step: Step) -> Step:
    """Where a person who signs off will go on: picks in hand were handed back, what waits for a second scan is gone."""
    step = whats_this.unparked(step)
    if isinstance(step, Asks):
        return replace(step, pending=None)
    return GetWork() if step.flow == "picking" else step


def _arrive(after: Session, operator: Operator, step: str, scan_id: str, at: str) -> None:
    """Take a person's step along to the terminal at which they have signed on."""
    connection.execute(
        "INSERT INTO operator_step (operator_id, site, terminal, station, step, scan_id, at) "
        "VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (operator_id) DO UPDATE SET terminal = excluded.terminal, "
        "station = excluded.station, step = excluded.step, scan_id = excluded.scan_id, at = excluded.at",
        operator.id,
        after.site.code,
        after.terminal,
        after.station,
        step,
        scan_id,
        at,
    )


def _move_on(session: Session, operator: Operator, step: str, scan_id: str, at: str, *, leaves: bool = False) -> None:
    """Keep where a person stands, if it is still this terminal that they stand at; else all is rolled back."""
    place = ", terminal = '', station = ''" if leaves else ""
    kept = connection.execute(
        f"UPDATE operator_step SET step = ?, scan_id = ?, at = ?{place} WHERE operator_id = ? AND terminal = ?",
        step,
        scan_id,
        at,
        operator.id,
        session.terminal,
    )
    if not kept:
        raise RefusedError(elsewhere(session) or messages.say("badge_first"))


@transaction
def log_refusal(session: Session, given: Given, message: Message) -> Message:
    """Put a refusal on record and answer what it says: of a person who has gone elsewhere, that before all else."""
    message = elsewhere(session) or message
    connection.insert_row(
        "refusal",
        site=session.site.code,
        at=iso(session.now()),
        scan_id=given.scan_id,
        station=session.station,
        operator_id=session.operator.id if session.operator else None,
        source="KEY" if given.key else given.source,
        step=session.step.name,
        expected=session.step.wants,
        got=escaped(given.key or given.raw, 300),
        template=message.template,
        message=" ".join(message.lines),
    )
    return message
