"""The door of the floor: one input, one transaction, one reply, whatever the front end.

The transaction holds the moves, the scan's row in the log with the whole reply, and the operator's new step: a
verdict is durable before anybody hears it. A refusal rolls all of it back and leaves a row in `refusal`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from db import connection
from db.connection import transaction
from warehouse import barcodes, messages, scan_log, serials, undo
from warehouse import preview as preview_
from warehouse.barcodes.layout import is_sheet
from warehouse.barcodes.text import escaped
from warehouse.completing import after_scan, afterwards, releasing
from warehouse.flows import (
    board,
    board_view,
    home,
    inbound_view,
    overlay,
    picking,
    picking_view,
    print_label,
    put_away,
    put_away_view,
    receiving,
    receiving_view,
    scanner_test,
    sign_on,
    stop_goods,
    stop_goods_view,
    whats_this,
    whats_this_view,
)
from warehouse.flows.picking_steps import GetWork
from warehouse.flows.put_away_steps import ScanUnit
from warehouse.flows.receiving_save import gains
from warehouse.flows.receiving_steps import ChooseOrder
from warehouse.flows.steps import BoxStep, Context, Input, Key, Misread, Scan, Step, Tick, View
from warehouse.flows.stop_goods_steps import ScanWhat
from warehouse.flows.whats_this import WhatsThis
from warehouse.reply import Message, RefusedError, Reply, Verdict
from warehouse.session import Answered, Given, Session

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from warehouse.site import Operator

__all__ = ["Answered", "Given", "Session", "answer", "gone", "keep", "look", "preview", "turn_away"]

ANSWERS = {
    "home": home.answer,
    "receiving": receiving.answer,
    "picking": picking.answer,
    "put_away": put_away.answer,
    "board": board.answer,
    "stop_goods": stop_goods.answer,
    "scanner_test": scanner_test.answer,
    "whats_this": whats_this.answer,
    "inbound_view": inbound_view.answer,
}
VIEWS = {
    "sign_on": sign_on.view,
    "home": home.view,
    "receiving": receiving_view.view,
    "picking": picking_view.view,
    "put_away": put_away_view.view,
    "board": board_view.view,
    "stop_goods": stop_goods_view.view,
    "scanner_test": scanner_test.view,
    "whats_this": whats_this_view.view,
    "inbound_view": inbound_view.view,
}
FIRST_STEPS = (ChooseOrder, GetWork, board.Board, scanner_test.TryScanner, ScanWhat, ScanUnit, inbound_view.InboundList)
LEAD_AWAY = {"ESC", "F1", "F2", "F12"}
ELSEWHERE = {"signed_on_elsewhere", "signed_off_elsewhere"}


def answer(session: Session, given: Given) -> Answered:
    """Answer one input.

    Raises LostDatabaseError when the database stays away, and whatever a fault of the program raises; in both
    cases nothing was saved.
    """
    session, to_job = _brought_back(session, given)
    wanted = serials.AT_HAND
    while True:
        serials.ensure(session.site.code, "unit", "receipt", count=wanted)
        if session.sscc is not None:
            session.sscc.ensure(session.site.code, count=wanted)
        try:
            return _with_completed(given, _answer(session, given, _input(session.step, to_job)))
        except serials.NoneInHandError:
            # Imported units have all numbers that were in hand, or there are many cases alike: on with more of them.
            wanted = serials.BLOCK + 1
        except RefusedError as refusal:
            return turn_away(session, given, refusal.message)


def _brought_back(session: Session, given: Given) -> tuple[Session, Given]:
    """ENTER at What's this? gives what is looked at to the parked job, which also refuses it there; else all stays."""
    step = session.step
    if not isinstance(step, WhatsThis) or session.overlay or not step.raw:
        return session, given
    code = barcodes.read(given.raw) if given.raw else None
    key = code.key if isinstance(code, barcodes.Code) else given.key
    if key not in whats_this.BRINGS_BACK:
        return session, given
    scan = replace(given, key="", raw=whats_this.raw_of(step), source=step.source, fault="")
    return replace(session, step=whats_this.unparked(step)), scan


def _with_completed(given: Given, answered: Answered) -> Answered:
    """The answer with the orders that it completed: in transactions of their own, which are committed by now."""
    completed = after_scan(given.scan_id) if given.repeated else afterwards()
    if not completed:
        return answered
    reply = answered.reply
    released = (*reply.released, *completed)
    before, after = gains(reply.released), gains(released)
    message = tuple(line.replace(before, after) for line in reply.message)
    return replace(answered, reply=replace(reply, released=released, message=message))


@releasing
def _answer(session: Session, given: Given, entered: Input) -> Answered:
    stored = scan_log.stored(session, given) if scan_log.may_be_saved(given) else None
    if stored is not None:
        return stored
    now = session.now()
    context = _context(session, now, given.mono, given.scan_id)
    reply, operator = _dispatch(session, entered, context)
    after = replace(session, operator=operator, step=reply.step, overlay=bool(reply.rows))
    scan_log.save(session, given, after, reply, now)
    return Answered(after, reply)


def turn_away(session: Session, given: Given, message: Message) -> Answered:
    """Refuse an input, here or at a terminal that holds it up: nothing was saved, and the refusal is on record.

    A refused number does not stay in the box.
    """
    message = scan_log.log_refusal(session, given, message)
    if message.template in ELSEWHERE:
        return _left(session, message)
    step = replace(session.step, digits="") if isinstance(session.step, BoxStep) else session.step
    after = replace(session, step=step)
    return Answered(after, Reply(after.step, message.verdict, message.lines, message.template))


def keep(session: Session, given: Given, reply: Reply) -> Answered:
    """Put an answer that a terminal gave by itself on record, as every other; the person stays where they are."""
    try:
        return _keep(session, given, reply)
    except RefusedError as refusal:  # they have gone elsewhere
        return turn_away(session, given, refusal.message)


@transaction
def _keep(session: Session, given: Given, reply: Reply) -> Answered:
    scan_log.save(session, given, session, reply, session.now())
    return Answered(session, reply)


def gone(session: Session) -> Answered | None:
    """What a terminal shows whose person has signed on at another one meanwhile; None while they are here."""
    message = scan_log.elsewhere(session)
    return None if message is None else _left(session, message)


def _left(session: Session, message: Message) -> Answered:
    after = replace(session, operator=None, step=sign_on.SignOn(), overlay=False)
    return Answered(after, Reply(after.step, message.verdict, message.lines, message.template))


def look(session: Session) -> View:
    """What the terminal shows now; read in autocommit, it changes nothing."""
    context = _context(session, session.now())
    return VIEWS[session.step.flow](session.step, context)


def preview(session: Session, typed: str) -> tuple[str, ...]:
    """What saving this count would do, before it is entered; read in autocommit, it changes nothing."""
    return preview_.words(session.step, _context(session, session.now()), typed)


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
        return _whatever(given, whats_this.CARDS_PRESS if isinstance(step, WhatsThis) else LEAD_AWAY)
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
    if given.source == "TYPED" and len(code.text) == 1 and code.text.upper() in step.letters:
        return Key(code.text.upper())
    return Scan(code, given.source)


def _whatever(given: Given, press: Collection[str]) -> Input:
    """For a step that only shows what was scanned: also half a scan is an input, and only some cards press their key."""
    if given.fault:
        return Misread(given.fault, messages.say(given.fault).lines[0], escaped(given.raw), given.took_ms)
    code = barcodes.read(given.raw)
    if isinstance(code, barcodes.Unreadable):
        return Misread(code.reason, code.message, code.raw, given.took_ms)
    if code.key in press:
        return Key(code.key or "")
    return Scan(code, given.source, given.took_ms)


def _dispatch(session: Session, given: Input, context: Context) -> tuple[Reply, Operator | None]:
    step, operator = session.step, session.operator
    if isinstance(given, Tick):
        return Reply(step, Verdict.INFO, ()), operator
    if isinstance(given, Key) and given.name == "F1":
        return overlay.help_on(step, look(session), signed_on=operator is not None), operator
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
    if isinstance(given, Scan) and not (step.box or step.takes_anything or step.takes_badge):
        _refuse_other_badge(given, context)
    return ANSWERS[step.flow](step, given, context), operator


def _common_key(session: Session, key: str, context: Context) -> tuple[Reply, Operator | None] | None:
    step, operator = session.step, session.operator
    if key == "F2":
        return whats_this.park(step), operator
    if key == "F4":
        return undo.undo(step, context), operator
    if key == "F12":
        return sign_on.sign_off(context), None
    if key == "F6":
        return overlay.list_of(step, look(session)), operator
    if key == "F7":
        return print_label.print_label(step, context), operator
    if key == "ESC" and type(step) in FIRST_STEPS:
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
