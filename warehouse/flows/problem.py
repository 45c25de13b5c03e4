"""F5 while receiving: what is wrong with the case in hand, with a case that is in, or with a barcode.

The job is parked meanwhile and goes on exactly where it was. Nothing is put on hold, sent back or noted before the
last answer; a case that is not in yet is then asked for and saved as every other.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from warehouse import discrepancies, items, label_jobs, messages, stock, things
from warehouse.flows import correct_case, sent_back, steps, teach
from warehouse.flows.problem_parked import behind, parked, words_of
from warehouse.flows.problem_steps import (
    HOLDS,
    REFUSALS,
    Aside,
    CorrectCount,
    CorrectExpiry,
    CorrectLot,
    CorrectNone,
    CorrectScan,
    Problem,
    SayNote,
    TeachCode,
    WhichCase,
    WhichReason,
)
from warehouse.flows.receiving_case import next_question, scan_case
from warehouse.flows.receiving_steps import AtDock, InHand, OverLimit, ScanCase, ScanItem
from warehouse.flows.steps import Key, Scan, Step
from warehouse.inbound import OPENED, Case, Delivery, holding
from warehouse.messages import refuse, refuse_key, reply, tail

if TYPE_CHECKING:
    from warehouse.flows.steps import Context, Input
    from warehouse.reply import Reply
    from warehouse.stock import Unit

# What the reason cards stand for: a code of the hold list, or a digit of the menu.
CARDS = {"DG": "AF", "DR": "AF", "BR": "SEAL", "OT": "AT", "EP": "PE", "HD": "SUS", "LB": "4", "CT": "7"}
NOTE = 128  # characters
_PHOTO = 24  # a photo's number is one word with a digit in it


def begins(step: Step, key: str) -> bool:
    """Whether a key tells of a problem at this step: F5, a reason card, the hold card. Above a limit F5 is a way out."""
    told = key in ("F5", "HOLD") or key.startswith("REASON:")
    return told and isinstance(step, ScanCase | InHand) and not isinstance(step, OverLimit)


def begin(step: AtDock, key: str, context: Context, unit_id: int = 0) -> Reply:
    """Park the step and ask what is wrong; a reason card has said it already."""
    menu = Problem(step.at, steps.dump(step), unit_id)
    if key == "F5":
        return reply(menu, "problem")
    return _menu(menu, "HD" if key == "HOLD" else key.removeprefix("REASON:"), context)


def with_unit(job: Step, unit: Unit, context: Context, *, blind: bool = False) -> Reply:
    """The same for a unit that is looked at, from any job; `job` is the step of that."""
    if not context.who.may("receiver"):
        refuse("no_right", person=context.who.name)
    at = job.at if isinstance(job, AtDock) else Delivery("BLIND" if blind else "PO")
    return reply(Problem(at, steps.dump(job), unit.id), "problem")


def answer(step: Aside, given: Input, context: Context) -> Reply:
    """One input about a problem."""
    match step, given:
        case Problem(), Key("ESC"):
            return _back(step)
        case _, Key("ESC"):
            return reply(Problem(step.at, step.parked, step.unit_id), "problem")
        case Problem(), Key(name) if name.isdigit() or name.startswith("REASON:") or name == "HOLD":
            return _menu(step, "HD" if name == "HOLD" else name.removeprefix("REASON:"), context)
        case Problem(), Scan():
            return _which(step, given, context)
        case WhichReason(), Key(name) if name.isdigit():
            return _reason(step, int(name))
        case SayNote(), (Scan() | Key("ENTER" | "DONE")):
            return _noted(step, given, context)
        case WhichCase(), Scan():
            return _case(step, given, context)
        case ((CorrectScan() | CorrectCount() | CorrectLot() | CorrectExpiry() | CorrectNone()), _):
            return correct_case.answer(step, given, context)
        case _, Scan() if not isinstance(step, Problem | WhichReason):
            return teach.answer(step, given, context)
        case _, Key("ENTER" | "DONE") if not isinstance(step, Problem | WhichReason | WhichCase):
            return teach.answer(step, given, context)
        case _, Key(name):
            refuse_key(name, step)
        case _, Scan():
            things.refuse_unexpected(context.site.code, given.code, step)
    raise AssertionError((step, given))


def _back(step: Aside) -> Reply:
    """Esc at the menu: exactly where it was, also with what was typed there."""
    to = behind(step)
    return reply(to, "unparked", next=to.next)


# --- The menu -------------------------------------------------------------------------------------------


def _menu(step: Problem, chosen: str, context: Context) -> Reply:
    """A digit of the list, or the letters of a reason card."""
    chosen = CARDS.get(chosen, chosen)
    aside = (step.at, step.parked, step.unit_id)
    match chosen:
        case "1":
            return _ask_note(step, Case(problem="AF"))
        case "2":
            return _part_case(step, context)
        case "3":
            return _ask_note(step, Case(problem="AT"))
        case "4":
            return _label(step, context)
        case "5":
            return reply(WhichReason(*aside), "problem_why")
        case "6":
            return reply(WhichReason(*aside, refused=True), "problem_why_back")
        case "7":
            return correct_case.begin(step)
        case "8":
            return reply(TeachCode(*aside), "teach_code")
    if chosen in discrepancies.BY_CODE:
        return _ask_note(step, Case(problem=chosen))
    if chosen.isdigit():
        refuse("no_such_line", n=chosen)
    refuse_key(f"REASON:{chosen}", step)


def _which(step: Problem, scan: Scan, context: Context) -> Reply:
    """A case that is in was scanned before it was said what is wrong with it."""
    unit = _known(scan, context)
    if unit is None:
        things.refuse_known(context.site.code, scan.code, step)
        refuse("problem_first", got=things.digits(scan.code))
    item = items.by_id(unit.item_id)
    words = {"qty": unit.qty, "unit": item.unit, "item": item.description, "code": tail(unit.code)}
    return reply(replace(step, unit_id=unit.id), "problem_unit", **words)


def _known(scan: Scan, context: Context) -> Unit | None:
    return stock.known_unit(context.site.code, scan.code.identity or scan.text)


def _reason(step: WhichReason, number: int) -> Reply:
    listed = REFUSALS if step.refused else HOLDS
    if not 1 <= number <= len(listed):
        refuse("no_such_line", n=number)
    return _ask_note(step, Case(problem=listed[number - 1][0], refused=step.refused))


def _ask_note(step: Aside, mark: Case) -> Reply:
    asking = SayNote(step.at, step.parked, step.unit_id, mark=mark)
    return reply(asking, "problem_note", why=words_of(mark))


def _part_case(step: Problem, context: Context) -> Reply:
    """It was opened: its count is its own, and says nothing about how the vendor packs."""
    if step.unit_id:
        return correct_case.ask(step, step.unit_id, opened=True)
    return _go_on(step, Case(seal=OPENED), context)


def _label(step: Problem, context: Context) -> Reply:
    """Nobody can read its label. A case that is in gets another one; a new one is known by its item and counted twice."""
    if not step.unit_id:
        return _ask_note(step, Case(noted="LBL"))
    if not context.printer:
        refuse("no_printer")
    unit = stock.unit_by_id(step.unit_id)
    label_jobs.ask(context, unit.id, kind="UNIT" if unit.status in stock.POOL_STATUS else "HOLD")
    to = parked(step)
    words = {"code": tail(unit.code), "thing": context.printer, "next": to.next}
    return replace(reply(to, "label_asked", **words), unit=unit.code, labels=(unit.code,))


# --- A photo, a note, and on ----------------------------------------------------------------------------


def _noted(step: SayNote, given: Scan | Key, context: Context) -> Reply:
    mark = step.mark
    if isinstance(given, Scan):
        text = " ".join(given.text.split())
        if given.source != "TYPED":
            refuse("no_note_barcode")
        if len(text) > NOTE:
            refuse("note_long", n=NOTE)
        photo = " " not in text and len(text) <= _PHOTO and any(letter.isdigit() for letter in text)
        mark = replace(mark, photo=text) if photo else replace(mark, note=text)
    if step.unit_id:
        return _on_unit(step, step.unit_id, mark, context)
    return _go_on(step, mark, context)


def _go_on(step: Aside, mark: Case, context: Context) -> Reply:
    """With the case in hand, where there is one; else with the one that is scanned next."""
    at_hand = behind(step)
    if isinstance(at_hand, InHand):
        case = at_hand.case.marked(mark)
        if case.corrects is not None and mark.refused:
            return sent_back.unit_in_stock(step, case.corrects.unit_id, mark, context)
        if case.item is None:
            return reply(replace(at_hand, case=case), "problem_goes_on", why=words_of(mark), next=at_hand.next)
        return next_question(at_hand, case, context)
    if mark.noted == "LBL":
        seen = at_hand.seen if isinstance(at_hand, ScanCase) else None
        return reply(ScanItem(step.at, mark, seen), "scan_item_unread")
    return reply(WhichCase(step.at, step.parked, mark=mark), "problem_which", why=words_of(mark))


def _case(step: WhichCase, scan: Scan, context: Context) -> Reply:
    """The case: one that is in changes at once, a new one is received with what is wrong with it."""
    unit = _known(scan, context)
    if unit is None:
        before = behind(step)
        seen = before.seen if isinstance(before, ScanCase) else None
        return scan_case(ScanCase(step.at, seen), scan, context, step.mark)
    if step.mark.seal == OPENED:
        return correct_case.ask(step, unit.id, opened=True)
    return _on_unit(step, unit.id, step.mark, context)


def _on_unit(step: Aside, unit_id: int, mark: Case, context: Context) -> Reply:
    if mark.refused:
        return sent_back.unit_in_stock(step, unit_id, mark, context)
    held = holding.hold(context, unit_id, mark)
    item = items.by_id(held.unit.item_id)
    to = parked(step)
    waiting = messages.still_waiting(held.freed, held.released)
    fate = f"{messages.names(waiting, 24)} wait again" if waiting else "Set it aside for a lead."
    if held.freed and not waiting:
        fate = "Its orders got other stock."
    words = {"qty": held.unit.qty, "unit": item.unit, "item": item.description, "code": tail(held.unit.code)}
    answered = reply(to, "held", **words, thing=words_of(mark), list=fate)
    labels = (held.unit.code,) if held.labelled else ()
    return replace(answered, unit=held.unit.code, freed=held.freed, released=held.released, moves=1, labels=labels)
