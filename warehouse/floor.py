"""The door of the floor: one input, one transaction, one reply, whatever the front end.

The transaction holds the moves, the scan's row in the log with the whole reply, and the operator's new step: a
verdict is durable before anybody hears it. A refusal rolls all of it back and leaves a row in `refusal`.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from db import connection
from db.connection import iso, transaction
from warehouse import barcodes, messages, serials, undo
from warehouse.barcodes.layout import is_sheet
from warehouse.barcodes.text import escaped
from warehouse.flows import (
    board,
    home,
    overlay,
    picking,
    picking_view,
    print_label,
    receiving,
    receiving_view,
    scanner_test,
    sign_on,
    steps,
)
from warehouse.flows.picking_steps import GetWork
from warehouse.flows.receiving_steps import ChooseOrder
from warehouse.flows.steps import BoxStep, Context, Input, Key, Misread, Scan, Source, Step, Tick, View
from warehouse.reply import Message, RefusedError, Reply, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from warehouse.site import Location, Operator, Site
    from warehouse.sscc import SsccRange

ANSWERS = {
    "home": home.answer,
    "receiving": receiving.answer,
    "picking": picking.answer,
    "board": board.answer,
    "scanner_test": scanner_test.answer,
}
VIEWS = {
    "sign_on": sign_on.view,
    "home": home.view,
    "receiving": receiving_view.view,
    "picking": picking_view.view,
    "board": board.view,
    "scanner_test": scanner_test.view,
}
LEAD_AWAY = {"ESC", "F1", "F12"}
ELSEWHERE = {"signed_on_elsewhere", "signed_off_elsewhere"}


@dataclass(frozen=True, slots=True)
class Session:
    """A terminal and who works at it: the state that the station holds between inputs."""

    site: Site
    station: str
    dock: Location | None
    now: Callable[[], datetime]
    operator: Operator | None = None
    step: Step = sign_on.SignOn()  # noqa: RUF009 - steps are frozen
    overlay: bool = False  # help or a list lies over the prompt: Back puts it away and nothing else
    terminal: str = field(default_factory=lambda: uuid.uuid4().hex)  # two terminals may bear one station's name
    printer: str = ""  # the label printer of this terminal, as people call it
    sscc: SsccRange | None = None  # the numbers for cases that come without one


@dataclass(frozen=True, slots=True)
class Given:
    """One input as it came: the raw text (a scan or a typed line), or a key, or a tick.

    `scan_id` names it for ever; `repeated` says that the sender may have sent it before. `scanner` is the gun
    that read it. `fault` is the id of the message that says why it is no input: half a scan, a bad escape.
    `took_ms` is from its first byte to its last, where the line tells. `bounce_ms`: the same code of the same gun
    within so long after it is the trigger, where the gun has a time of its own.
    """

    scan_id: str
    mono: float
    raw: str = ""
    source: Source = "TYPED"
    key: str = ""
    repeated: bool = False
    scanner: str = ""
    fault: str = ""
    took_ms: int | None = None
    bounce_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Answered:
    """What came of an input: the session as it is now, and the reply."""

    session: Session
    reply: Reply


def answer(session: Session, given: Given) -> Answered:
    """Answer one input.

    Raises LostDatabaseError when the database stays away, and whatever a fault of the program raises; in both
    cases nothing was saved.
    """
    while True:
        serials.ensure(session.site.code, "unit", "receipt")
        if session.sscc is not None:
            session.sscc.ensure(session.site.code)
        try:
            return _answer(session, given, _input(session.step, given))
        except serials.NoneInHandError:
            continue  # imported units have all numbers that were in hand: on with the next ones
        except RefusedError as refusal:
            return _refused(session, given, refusal.message)


@transaction
def _answer(session: Session, given: Given, entered: Input) -> Answered:
    stored = _stored(session, given) if _may_be_saved(given) else None
    if stored is not None:
        return stored
    now = session.now()
    context = _context(session, now, given.mono, given.scan_id)
    reply, operator = _dispatch(session, entered, context)
    after = replace(session, operator=operator, step=reply.step, overlay=bool(reply.rows))
    _save(session, given, after, reply, now)
    return Answered(after, reply)


def _refused(session: Session, given: Given, message: Message) -> Answered:
    """Nothing was saved; what was refused is on record. A refused number does not stay in the box."""
    message = _log_refusal(session, given, message)
    if message.template in ELSEWHERE:
        return _left(session, message)
    step = replace(session.step, digits="") if isinstance(session.step, BoxStep) else session.step
    after = replace(session, step=step)
    return Answered(after, Reply(after.step, message.verdict, message.lines, message.template))


def turn_away(session: Session, given: Given, message: Message) -> Answered:
    """Refuse an input that a terminal holds up by itself; it is on record as every refusal is."""
    return _refused(session, given, message)


def keep(session: Session, given: Given, reply: Reply) -> Answered:
    """Put an answer that a terminal gave by itself on record, as every other; the person stays where they are."""
    try:
        return _keep(session, given, reply)
    except RefusedError as refusal:  # they have gone elsewhere
        return _refused(session, given, refusal.message)


@transaction
def _keep(session: Session, given: Given, reply: Reply) -> Answered:
    _save(session, given, session, reply, session.now())
    return Answered(session, reply)


def gone(session: Session) -> Answered | None:
    """What a terminal shows whose person has signed on at another one meanwhile; None while they are here."""
    message = _elsewhere(session)
    return None if message is None else _left(session, message)


def _left(session: Session, message: Message) -> Answered:
    after = replace(session, operator=None, step=sign_on.SignOn(), overlay=False)
    return Answered(after, Reply(after.step, message.verdict, message.lines, message.template))


def look(session: Session) -> View:
    """What the terminal shows now; read in autocommit, it changes nothing."""
    context = _context(session, session.now())
    return VIEWS[session.step.flow](session.step, context)


def _context(session: Session, now: datetime, mono: float = 0.0, scan_id: str = "") -> Context:
    return Context(
        session.site,
        session.station,
        session.dock,
        session.operator,
        now,
        mono,
        scan_id,
        session.printer,
        session.sscc,
    )


# --- From raw input to a flow's answer ------------------------------------------------------------------


def _input(step: Step, given: Given) -> Input:
    """Cards and keys become the same key; a digit typed where no box is open is a choice of the menu."""
    if given.key:
        return Key(given.key)
    if not given.raw and not given.fault:
        return Tick()
    if step.takes_anything:
        return _whatever(given)
    if given.fault:
        messages.refuse(given.fault)
    code = barcodes.read(given.raw)
    if isinstance(code, barcodes.Unreadable):
        if code.reason == "charset":
            messages.refuse("hostile")
        messages.refuse("unreadable", sentence=code.message)
    if code.kind == "card" and code.key:
        return Key(code.key)
    if given.source == "TYPED" and step.menu and len(code.text) == 1 and code.text in "0123456789":
        return Key(code.text)
    return Scan(code, given.source)


def _whatever(given: Given) -> Input:
    """For a step that only shows what was scanned: also half a scan is an input, and of the cards just those that
    lead away press their key.
    """
    if given.fault:
        return Misread(given.fault, messages.say(given.fault).lines[0], escaped(given.raw), given.took_ms)
    code = barcodes.read(given.raw)
    if isinstance(code, barcodes.Unreadable):
        return Misread(code.reason, code.message, code.raw, given.took_ms)
    if code.key in LEAD_AWAY:
        return Key(code.key)
    return Scan(code, given.source, given.took_ms)


def _dispatch(session: Session, given: Input, context: Context) -> tuple[Reply, Operator | None]:
    step, operator = session.step, session.operator
    if isinstance(given, Tick):
        return Reply(step, Verdict.INFO, ()), operator
    if isinstance(given, Key) and given.name == "F1":
        return overlay.help_on(step, look(session)), operator
    if session.overlay and isinstance(given, Key) and given.name != "F6":
        return overlay.put_away(step, given.name), operator
    if isinstance(given, Scan) and is_sheet(given.text) and not step.takes_anything:
        return overlay.keyboard(step, given.text), operator
    if isinstance(given, Key) and given.name == "TEST" and not isinstance(step, home.Home):
        return overlay.keyboard(step), operator
    if operator is None or isinstance(step, sign_on.SignOn):
        return sign_on.answer(step, given, context)
    if isinstance(step, BoxStep) and isinstance(given, Key):
        digits = _box_key(step, given)
        if isinstance(digits, Reply):
            return digits, operator
        given = digits
    if isinstance(given, Key):
        common = _common_key(session, given.name, context)
        if common is not None:
            return common
    if isinstance(given, Scan) and not step.box and not step.takes_anything:
        _refuse_other_badge(given, context)
    return ANSWERS[step.flow](step, given, context), operator


def _common_key(session: Session, key: str, context: Context) -> tuple[Reply, Operator | None] | None:
    step, operator = session.step, session.operator
    if key == "F4":
        return undo.undo(step, context), operator
    if key == "F12":
        return sign_on.sign_off(context), None
    if key == "F6":
        return overlay.list_of(step, look(session)), operator
    if key == "F7":
        return print_label.print_label(step, context), operator
    if key == "ESC" and type(step) in (ChooseOrder, GetWork, board.Board, scanner_test.TryScanner):
        return messages.reply(home.Home(), "home", next=home.first_words(context.who)), operator
    return None


def _box_key(step: BoxStep, key: Key) -> Input | Reply:
    """Digit cards fill the box one by one; DONE or ENTER then enters what is in it, as if it had been typed."""
    if len(key.name) == 1 and key.name in "0123456789":
        filled = replace(step, digits=(step.digits + key.name)[:12])
        return messages.reply(filled, "already_typed", qty=filled.digits)
    if key.name == "CLEAR":
        return messages.reply(replace(step, digits=""), "cleared")
    if key.name in ("ENTER", "DONE") and step.digits:
        code = barcodes.read(step.digits)
        if isinstance(code, barcodes.Code):
            return Scan(code, "TYPED")
    return key


def _refuse_other_badge(scan: Scan, context: Context) -> None:
    """Another person's badge does not take over a terminal: the first person signs off before."""
    if scan.code.kind not in {"text", "gtin"}:
        return
    other = connection.row("SELECT id, name FROM operator WHERE site = ? AND badge = ?", context.site.code, scan.text)
    if other is not None and other[0] != context.who.id:
        messages.refuse("other_badge", person=other[1], other=context.who.name)


# --- What is kept ---------------------------------------------------------------------------------------


def _elsewhere(session: Session) -> Message | None:
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


def _may_be_saved(given: Given) -> bool:
    """Whether this input may be in the log already: sent again, or run again after a commit of unknown fate."""
    return given.repeated or connection.patience.attempt > 0


def _stored(session: Session, given: Given) -> Answered | None:
    """The reply that this very input already got, with where it left the operator; None when it got none."""
    found = connection.row("SELECT payload_hash, outcome, operator_id FROM scan_log WHERE scan_id = ?", given.scan_id)
    if found is None:
        return None
    if found[0] != _payload_hash(given):
        messages.refuse("id_used")
    stored = json.loads(found[1])
    after = _as_it_stands(session, given, found[2], stored["operator"])
    reply = Reply.read(stored["reply"], after.step)
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


def _save(before: Session, given: Given, after: Session, reply: Reply, now: datetime) -> None:
    at = iso(now)
    person = after.operator or before.operator
    step = steps.dump(reply.step)
    stored = json.dumps(reply.stored(), separators=(",", ":"))
    operator_id = after.operator.id if after.operator else "null"
    connection.insert_row(
        "scan_log",
        # Sent twice at once, the other one commits first: run again, this one finds the stored reply.
        unless="(scan_id)" if _may_be_saved(given) else "",
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
        outcome=f'{{"reply":{stored},"step":{step},"operator":{operator_id}}}',
        moves=reply.moves,
        undoes=reply.undoes,
    )
    if after.operator is None:
        if before.operator is not None:
            left = steps.dump(_left_behind(before.step))
            _move_on(before, before.operator, left, given.scan_id, at, leaves=True)
    elif before.operator is None:
        _arrive(after, after.operator, step, given.scan_id, at)
    else:
        _move_on(before, after.operator, step, given.scan_id, at)


def _left_behind(step: Step) -> Step:
    """Where a person who signs off will go on: picks in hand were handed back."""
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
        raise RefusedError(_elsewhere(session) or messages.say("badge_first"))


@transaction
def _log_refusal(session: Session, given: Given, message: Message) -> Message:
    """Put a refusal on record and answer what it says: of a person who has gone elsewhere, that before all else."""
    message = _elsewhere(session) or message
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
