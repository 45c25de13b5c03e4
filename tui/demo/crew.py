"""The scripted shift: people who read the screen and scan what is in front of them, on a real pseudo-terminal.

They know the goods (what stands on the trucks, which label is on which unit) and see nothing else than what
the screen says. Whatever state a guest left the terminal in, they find their way back into their job.
"""

from __future__ import annotations

import queue
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from devices.simulator import ScriptedScanner
from tui.demo.dataset import Dataset, DeliveredCase, Delivery
from tui.station import Answer
from warehouse.barcodes import CARDS
from warehouse.reply import Verdict

ANSWER_S = 10.0  # no answer for so long: the line or the station is gone
LOST_WAYS = 5  # how often a job is begun anew without a guest's doing
DIGIT_CARDS = {card.key: card.code for card in CARDS if len(card.key) == 1}
SAME_CODE_S = 0.42  # a gun that reads one code again needs to be aimed anew; sooner it would be a bounce

DELIVERIES_A_ROUND = 2
PICKS_A_ROUND = 14
SHORT_EVERY = 17  # of the picks, one finds less than it should
SHORT_REASONS = ("XKRSDG", "XKRSCT")
UNDO_AT_CASE = 5  # of each shift, the case that is taken back and scanned anew
WRONG_UNIT_AT_PICK = 3  # of each shift, the pick at which a neighbour is scanned first

ON_TASK = ("picking.go_to", "picking.take_unit", "picking.take_pieces")


class ShiftError(Exception):
    """The shift cannot go on: the scanner's line is cut, or nobody answers. One sentence."""


class _InterruptedError(Exception):
    """A guest took over; the job is begun anew when the script goes on."""


class _LostWayError(Exception):
    """The screen is not where the job left it; the job is begun anew."""


def _nobody(_answer: Answer) -> None:
    return None


@dataclass(slots=True)
class Crew:
    """Who works the shift. `heard` and `cut` take the news, from any thread; `work` runs the shift.

    `told` is called for each answer from the thread that runs `work`. `wait_guest` waits while a guest has the
    terminal and says whether one had; it may raise ShiftError to end the shift.
    """

    goods: Dataset
    labels: Mapping[str, str]  # description of an item -> a barcode of it
    units: dict[str, str]  # code of a unit that stands about -> its place
    dock: str  # where received cases stand
    scanner: ScriptedScanner
    pause: Callable[[float], object]
    wait_guest: Callable[[], bool] = lambda: False
    told: Callable[[Answer], None] = _nobody
    same_code: float = SAME_CODE_S
    _answers: queue.SimpleQueue[Answer | ShiftError] = field(default_factory=queue.SimpleQueue)
    _now: Answer | None = None
    _last: tuple[str, float] = ("", 0.0)
    _captured: set[int] = field(default_factory=set)
    _undone: bool = False
    _picks: int = 0

    def heard(self, answer: Answer) -> None:
        """An answer of the station, also to a guest's input."""
        self._answers.put(answer)

    def cut(self, reason: str) -> None:
        """The scanner's line is gone: no answer will come any more."""
        self._answers.put(ShiftError(reason))

    def work(self) -> None:
        """The whole shift: trucks and picks in turn, the lead's look at the board, the picks that are left.

        Raises ShiftError when the scanner's line is cut or nobody answers.
        """
        self._now = self._next_answer()
        for round_of in _chunks(self.goods.deliveries, DELIVERIES_A_ROUND):
            for delivery in round_of:
                self._job(self._receive, delivery)
            self._job(self._pick, PICKS_A_ROUND)
            self._job(self._look_at_board)
        self._job(self._pick, 10_000)
        self._job(self._look_at_board)

    # --- jobs ---

    def _receive(self, delivery: Delivery) -> None:
        self._sign_on(self.goods.badges["receiver"])
        self._open(delivery.po)
        for case in delivery.cases:
            if id(case) not in self._captured:
                self._capture(delivery, case)
        self._open(delivery.po)
        self._close()

    def _close(self) -> None:
        """Done with the truck: check and close, and a line of which little is missing is closed short."""
        self._scan("XKDONE")
        while (step := self._step()).startswith("receiving.c") and step != "receiving.choose_order":
            self.pause(2.0)
            self._scan(self.goods.badges["lead"] if step == "receiving.close_lead" else "XKDONE")

    def _capture(self, delivery: Delivery, case: DeliveredCase) -> None:
        """One case: its label's symbols, then whatever the screen asks for."""
        self._open(delivery.po)
        for code in case.label.scans:
            if self._answer_questions(case):
                self._open(delivery.po)
            self._scan(code)
        self._answer_questions(case)
        if self._seen().reply.verdict is Verdict.STOP:
            self._scan("XKDONE")  # refused, so it is set aside: the terminal waits to hear that
        self._captured.add(id(case))
        if len(self._captured) == UNDO_AT_CASE and not self._undone:
            self._undone = True
            self._scan("XKUNDO")
            self._capture(delivery, case)

    def _answer_questions(self, case: DeliveredCase) -> bool:
        """Count, lot, expiry, doubts: until the screen wants the next case; whether there was any question."""
        asked = False
        while (step := self._seen().reply.step.name) != "receiving.scan_case":
            if step == "receiving.key_lot":
                self._scan(_lot_label(case))
            elif step == "receiving.key_expiry":
                self._scan(f"]C117{_expiry(case)}")
            elif step == "receiving.how_many":
                self._key_digits(case.label.keyed_quantity or case.quantity)
            elif step == "receiving.confirm":
                self._scan("XKDONE")
            elif step == "receiving.key_weight" and case.label.weight:
                self._scan(case.label.weight)
            elif step == "receiving.over_limit":
                self._scan("XKEXCP")
            elif step == "receiving.second_badge":
                self._scan(self.goods.badges["lead"])
            elif step == "receiving.second_count":
                self._key_digits(case.label.keyed_quantity or case.quantity)
            elif step == "receiving.scan_item":
                return False
            else:
                raise _LostWayError
            asked = True
        return asked

    def _pick(self, most: int) -> None:
        self._sign_on(self.goods.badges["picker"])
        if not self._flow("picking"):
            self._choose("Pick")
        for _ in range(most):
            if self._step() != "picking.get_work":
                self._pick_one()
            elif self._scan("XKDONE").reply.template == "no_work":
                return

    def _pick_one(self) -> None:
        """One task, read off the screen: its place, then its unit, then the pieces."""
        if not self._flow("picking"):
            raise _LostWayError
        if self._step() not in ON_TASK:  # a guest left it at a question
            self._scan("XKPREV")
            return
        self._picks += 1
        short = self._picks % SHORT_EVERY == 0
        if self._step() == "picking.go_to":
            self._scan(self._fact("GO TO"))
        if self._step() == "picking.take_unit" and not short:
            self._scan_unit()
        if self._step() == "picking.take_pieces" and not short:
            self._scan("XKDONE")
        if short:
            self._report_short()

    def _scan_unit(self) -> None:
        """The case at this place that the prompt names by its last four; else the item's own barcode."""
        found = re.search(r"CASE (?:\.\.\.)?(\w+)", self._prompt())
        place = self._fact("GO TO")
        here = [code for code, at in self.units.items() if at == place]
        named = [code for code in here if found and code.endswith(found[1])]
        item = re.sub(r"^\d+ \w+ +", "", self._fact("TAKE"))
        if self._picks == WRONG_UNIT_AT_PICK:
            named = [next(code for code in self.units if code not in named), *named]
        for code in [*named, *([self.labels[item]] if item in self.labels else [])]:
            if self._scan(code).reply.verdict not in (Verdict.STOP, Verdict.CHECK):
                return
        self._report_short()

    def _report_short(self) -> None:
        self._scan("XKEXCP")
        needed = re.search(r"\d+", self._prompt())
        if self._step() != "picking.how_short" or needed is None:
            raise _LostWayError
        self._key_digits(int(needed[0]) // 2)
        self._scan(SHORT_REASONS[self._picks // SHORT_EVERY % len(SHORT_REASONS)])

    def _look_at_board(self) -> None:
        self._sign_on(self.goods.badges["lead"])
        if not self._flow("board"):
            self._choose("Board")
        self.pause(4.0)
        self._scan("XKLOCK")

    # --- finding the way ---

    def _job(self, job: Callable[..., None], *arguments: object) -> None:
        """Do a job; after a guest has had the terminal, begin it anew (what is saved already is said to be)."""
        lost = 0
        while lost < LOST_WAYS:
            try:
                job(*arguments)
            except _InterruptedError:
                lost = 0
            except _LostWayError:
                lost += 1
            else:
                return
        raise ShiftError(f"The script is lost at {self._step()}; the shift has ended.")

    def _sign_on(self, badge: str) -> None:
        operator = self._seen().session.operator
        if operator is not None and operator.badge != badge:
            self._scan("XKLOCK")
        if self._seen().session.operator is None:
            self._scan(badge)

    def _open(self, po: str) -> None:
        """Be at the loop of this purchase order, from wherever the receiver stands."""
        for _ in range(6):
            view = self._seen().view
            if self._step() == "receiving.scan_case" and view and po in view.title:
                return
            if self._step() in ("receiving.scan_case", "receiving.choose_order", "home.menu"):
                self._scan(po)
            else:
                self._scan("XKPREV")
        raise ShiftError(f"The receiver does not find the way to {po}.")

    def _choose(self, words: str) -> None:
        for _ in range(6):
            view = self._seen().view
            if self._step() == "home.menu" and view is not None and words in view.choices:
                self._scan(DIGIT_CARDS[str(view.choices.index(words) + 1)])
                return
            self._scan("XKPREV")
        raise ShiftError(f"The way to {words} is not found.")

    def _flow(self, name: str) -> bool:
        return self._step().startswith(name + ".")

    def _step(self) -> str:
        return self._seen().reply.step.name

    def _prompt(self) -> str:
        view = self._seen().view
        return view.prompt if view else ""

    def _fact(self, label: str) -> str:
        view = self._seen().view
        for fact in view.facts if view else ():
            if fact.label == label:
                return fact.value
        raise _LostWayError

    def _seen(self) -> Answer:
        assert self._now is not None  # noqa: S101 - work() begins with the first screen
        return self._now

    # --- the gun ---

    def _key_digits(self, number: int) -> None:
        for digit in str(number):
            self._scan(DIGIT_CARDS[digit])
        self._scan("XKDONE")

    def _scan(self, code: str) -> Answer:
        """Aim, pull, and hear the answer to this very scan."""
        self.pause(1.0)
        if self.wait_guest():
            self._catch_up()
            raise _InterruptedError
        code_before, at = self._last
        if code == code_before:
            time.sleep(max(0.0, self.same_code - (time.monotonic() - at)))
        self.scanner.scan(code)
        while True:
            answer = self._next_answer()
            if answer.view is not None:
                self._now = answer
            if answer.given is not None and answer.given.source == "SERIAL":
                self._last = (code, time.monotonic())
                self.scanner.tone(0.0)
                if answer.step.startswith("receiving.") and answer.reply.unit:
                    self.units[answer.reply.unit] = self.dock
                return answer

    def _next_answer(self) -> Answer:
        try:
            news = self._answers.get(timeout=ANSWER_S)
        except queue.Empty:
            raise ShiftError("The station did not answer the scripted scanner; the shift has ended.") from None
        if isinstance(news, ShiftError):
            raise news
        self.told(news)
        return news

    def _catch_up(self) -> None:
        while not self._answers.empty():
            answer = self._next_answer()
            if answer.view is not None:
                self._now = answer


def _expiry(case: DeliveredCase) -> str:
    expiry = case.label.keyed_expiry or case.expiry
    return f"{expiry:%y%m%d}" if expiry else ""


def _lot_label(case: DeliveredCase) -> str:
    """The small symbol beside a vendor's text: expiry, then lot (variable length stands last)."""
    expiry = _expiry(case)
    return f"]C1{'17' + expiry if expiry else ''}10{case.label.keyed_lot or case.lot}"


def _chunks(deliveries: Sequence[Delivery], size: int) -> Iterator[Sequence[Delivery]]:
    for start in range(0, len(deliveries), size):
        yield deliveries[start : start + size]
