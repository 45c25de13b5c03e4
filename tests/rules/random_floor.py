"""A floor on which anything may happen next, and what must be true after each input.

The people scan, the office enters and cancels orders and corrects stock, scans come twice or wrong, days pass.
What the tables hold is recomputed by `verify`; what the tables cannot know is kept here: how many pieces ought
to be in the building, what was ordered, cancelled and picked, whose last scan F4 must take back, and that
nobody is served out of turn, each release being worked out again piece by piece (release_facts).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from random_orders import OrderDesk
from release_facts import judged
from small_floor import SITE, TODAY, Hand, SmallFloor, changed, contents, gtin, said, sscc

from db import connection
from warehouse import blocks, orders
from warehouse.blocks import Target
from warehouse.command_log import Change
from warehouse.floor import Given
from warehouse.flows import picking_steps
from warehouse.reply import Freed, InputError, Released, Reply, Verdict
from warehouse.verify import verify

SKUS = ("GOWN-L", "GOWN-M", "MASK", "SERUM")
GTINS = dict(zip(SKUS, map(gtin, (1, 2, 3, 4)), strict=True))
PLACES = ("A-01", "A-02")
WRONG = (
    *("JUNK", "A-02", "SHIP-1", "1002", "9999", "PO-77", "SO-0", "XKZZZ", "\x1b[2J", "]C10", "007", "LP000000018", "0"),
    *(f"]E0{gtin(number)}" for number in (1, 2, 4, 77)),
    f"]C100{sscc(999)}",
    f"]C100{sscc(1)}",
)
KEYS = ("ESC", "F1", "F5", "F6", "F7", "F8", "F9", "UP", "0", "2", "9", "CLEAR", "REASON:DG", "SUBTRACT")
COUNTS = st.integers(1, 40)
ANY = st.integers(0, 10_000)  # which one of those that are there
LATELY = st.sampled_from([0, 0, 0, 1, 1, 2, 3]) | ANY  # mostly one of those that were touched last


# What lies there and is wanted when a walk begins, so that there is something to pick, to undo and to run short.
STOCK = (
    ("GOWN-L", 30, "A-01", 501, "", ""),
    ("GOWN-L", 12, "A-01", 502, "", ""),
    ("GOWN-M", 9, "A-02", None, "", ""),
    ("MASK", 40, "A-02", None, "", ""),
    ("SERUM", 8, "A-01", 503, "L0", "2026-06-16"),
    ("SERUM", 8, "A-02", 504, "L1", "2027-01-01"),
)
ORDERED = (
    ("SO-A", (("GOWN-L", 20), ("MASK", 15)), "partial", 0),
    ("SO-B", (("GOWN-L", 30), ("SERUM", 12)), "partial", 50),
    ("SO-C", (("GOWN-M", 9),), "line", 0),
    ("SO-D", (("MASK", 40), ("GOWN-M", 4)), "line", 0),
    ("SO-E", (("SERUM", 30),), "order", 0),
    ("SO-F", (("GOWN-L", 5), ("MASK", 5)), "order", 0),
)


def build(small: SmallFloor) -> dict[str, Hand]:
    connection.execute("UPDATE item SET on_allocation = 1 WHERE sku = 'MASK'")
    connection.insert_row("operator", site=SITE, badge="1005", name="MAX", roles="lead")
    small.purchase_order("PO-1", *((sku, 5000) for sku in SKUS))
    for order, lines, policy, fill in ORDERED:
        small.order(order, *lines, policy=policy, fill=fill)
    for sku, count, place, number, lot, expiry in STOCK:
        small.stock(sku, count, place, number and sscc(number), lot, expiry)
    return {
        "ANA": small.hand("1001", "DOCK-1"),
        "KIM": small.hand("1004", "DOCK-2"),
        "LEO": small.hand("1002", "PICK-1"),
    }


WRITES = {"sent_back": ["discrepancy"], "count_asked": ["count_task"], "taught": ["item_barcode"]}
BADGES = {"ANA": "1001", "KIM": "1004", "LEO": "1002"}
RECEIVERS = st.sampled_from(["ANA", "KIM"])
PICKERS = st.sampled_from(["LEO", "KIM"])
ANYBODY = st.sampled_from(["ANA", "KIM", "LEO"])

LineKey = tuple[str, int]  # an order and the number of one of its lines


@dataclass
class Model:
    """What ought to be, kept from the inputs and the ledger's answers."""

    pieces: Counter[int] = field(default_factory=Counter)  # in the building, by item
    lines: dict[LineKey, list[int]] = field(default_factory=dict)  # ordered, cancelled, picked
    saved: dict[str, list[tuple[str, datetime]]] = field(default_factory=dict)  # by person: scans that wrote moves
    undone: set[str] = field(default_factory=set)
    codes: set[str] = field(default_factory=set)
    last: dict[str, tuple[Given, Reply]] = field(default_factory=dict)


class RandomFloor(OrderDesk, RuleBasedStateMachine):
    """One walk; `start` answers a fresh floor and its hands, on whichever engine."""

    start: Callable[[], tuple[SmallFloor, dict[str, Hand]]]

    def __init__(self) -> None:
        super().__init__()
        self.small, self.hands = type(self).start()
        self.model = Model(saved={name: [] for name in self.hands})
        for sku, count, *_ in STOCK:
            self.model.pieces[self.small.item(sku)] += count
        for order, lines, *_ in ORDERED:
            self.model.lines |= {(order, number): [qty, 0, 0] for number, (_, qty) in enumerate(lines, 1)}
        self.serial = 0
        self.run, self.written = connection.one("SELECT MAX(id), COUNT(*) FROM release_run")
        self.judging = judged(self.small.site)
        self.judge = self.judging.__enter__()
        self.rows, self.verified = contents(), {}
        self.reserved: dict[LineKey, int] = {}
        self._reservations_are_at_least_what_they_were()

    def teardown(self) -> None:
        self.judging.__exit__(None, None, None)
        connection.close()

    # --- every input goes through here ---

    def give(self, name: str, how: str, what: str) -> Reply:
        """One input of one person, and all that must hold after it."""
        hand = self.hands[name]
        self.serial += 1
        source = {"scan": "SERIAL", "type": "TYPED", "burst": "WEDGE", "key": "TYPED"}[how]
        key, raw = (what, "") if how == "key" else ("", what)
        given = Given(f"w-{self.serial}", 0.0, raw=raw, source=source, key=key)
        at = self.small.now
        reply = hand.give(given)
        self.model.last[name] = (given, reply)
        self._changed_what_it_may(reply)
        if reply.moves:
            assert reply.verdict is Verdict.OK
            self._book(name, given.scan_id, reply, at)
        self._reservations_follow(reply.released, reply.freed, given.scan_id, told_all=True)
        self._served_in_turn()
        return reply

    def _changed_what_it_may(self, reply: Reply) -> None:
        """STOP and CHECK leave no trace but the logs; INFO, and OK without moves, at most hand picks about.

        What is only written down or asked for moves nothing either.
        """
        rows = contents()
        touched = changed(self.rows, rows)
        self.rows = rows
        if reply.verdict in (Verdict.STOP, Verdict.CHECK):
            assert touched == [], (said(reply), touched)
        elif not reply.moves:
            assert set(touched) <= {"pick_task", *WRITES.get(reply.template, ())}, (said(reply), touched)
        assert len(reply.message) <= 3
        assert all(len(line) <= 36 for line in reply.message), reply.message

    def _book(self, name: str, scan_id: str, reply: Reply, at: datetime) -> None:
        """What the ledger says of this scan goes into the model's totals."""
        if reply.undoes is None:
            self.model.saved[name].append((scan_id, at))
        else:
            self.model.undone.add(reply.undoes)
        for kind, item_id, qty, line, was in connection.rows(
            "SELECT m.kind, m.item_id, m.qty, m.order_line_id, o.kind FROM stock_move m "
            "LEFT JOIN stock_move o ON o.id = m.reverses WHERE m.scan_id = ?",
            scan_id,
        ):
            sign = -1 if kind == "UNDO" else 1
            if (was or kind) == "RECEIPT":
                self.model.pieces[item_id] += sign * qty
            elif (was or kind) == "PICK":
                self.model.lines[self._line(line)][2] += sign * qty

    def _line(self, line_id: int) -> LineKey:
        return connection.one(
            "SELECT h.order_no, l.line FROM order_line l JOIN order_header h ON h.id = l.order_id WHERE l.id = ?",
            line_id,
        )

    def _reservations_follow(self, released, freed, scan_id: str, *, told_all: bool = False) -> None:
        """I23: a line's promise falls only by its own pick, or by what the reply says it lost.

        The reply to a scan tells also what it completed in transactions of their own (`told_all`), a command does not.
        """
        now = {
            (order, line): qty
            for order, line, qty in connection.rows(
                "SELECT h.order_no, l.line, l.qty_reserved FROM order_line l JOIN order_header h ON h.id = l.order_id"
            )
        }
        told: Counter[LineKey] = Counter()
        for one in released:
            told[one.order, one.line] += one.quantity
        for one in freed:
            told[one.order, one.line] -= one.quantity
        for line, qty, was in connection.rows(
            "SELECT m.order_line_id, m.qty, m.reverses FROM stock_move m LEFT JOIN stock_move o ON o.id = m.reverses "
            "WHERE m.scan_id = ? AND COALESCE(o.kind, m.kind) = 'PICK'",
            scan_id,
        ):
            told[self._line(line)] += qty if was else -qty
        for line, qty in connection.rows(
            "SELECT r.line_id, v.qty FROM reservation_void v JOIN reservation r ON r.id = v.reservation_id "
            "WHERE v.scan_id = ? AND v.qty < 0",
            scan_id,
        ):
            told[self._line(line)] -= qty
        carried_on = self._carried_on()
        if not told_all:
            told.update(carried_on)
        for key in now.keys() | told.keys():
            assert now[key] - self.reserved.get(key, 0) == told[key], (key, self.reserved.get(key), now[key], told[key])
        self.reserved = now

    def _carried_on(self) -> Counter[LineKey]:
        """What the transactions after the one that was told of have given: they finish what it left to them."""
        given: Counter[LineKey] = Counter()
        for line, qty in connection.rows(
            "SELECT r.line_id, r.qty FROM reservation r JOIN release_run n ON n.id = r.run_id "
            "WHERE n.id > ? AND n.cause IN ('complete', 'goes_on')",
            self.run,
        ):
            given[self._line(line)] += qty
        return given

    def _served_in_turn(self) -> None:
        """Each release was judged, grant by grant, and nothing was left to be done."""
        self.run, written = connection.one("SELECT MAX(id), COUNT(*) FROM release_run")
        assert self.judge.runs == written - self.written
        assert connection.rows("SELECT set_id, item_id FROM release_due") == []

    def office(self, change: Callable[[], Change | None]) -> Change | None:
        """A change from the command line, and the same checks; a refused one leaves no trace at all."""
        try:
            done = change()
        except InputError:
            assert changed(self.rows, contents()) == []
            raise
        self.rows = contents()
        if done is not None:
            self._reservations_follow(done.released, done.freed, "")
        else:
            self.reserved = {}
            self._reservations_are_at_least_what_they_were()
        self._served_in_turn()
        return done

    def _reservations_are_at_least_what_they_were(self) -> None:
        for order, line, qty in connection.rows(
            "SELECT h.order_no, l.line, l.qty_reserved FROM order_line l JOIN order_header h ON h.id = l.order_id"
        ):
            assert qty >= self.reserved.get((order, line), 0)
            self.reserved[order, line] = qty

    @invariant()
    def the_tables_agree(self) -> None:
        if self.rows != self.verified:  # it asks much: not twice of the same tables
            violations = verify(self.small.site).violations
            assert violations == (), violations
            self.verified = self.rows

    @invariant()
    def the_tables_hold_what_happened(self) -> None:
        """Pieces in the building by item; ordered, cancelled and picked by line."""
        found = connection.rows("SELECT item_id, SUM(qty) FROM handling_unit GROUP BY item_id")
        assert {item: int(qty) for item, qty in found if qty} == {
            item: qty for item, qty in self.model.pieces.items() if qty
        }
        lines = {
            (order, line): [ordered, cancelled, picked]
            for order, line, ordered, cancelled, picked in connection.rows(
                "SELECT h.order_no, l.line, l.qty_ordered, l.qty_cancelled, l.qty_picked FROM order_line l "
                "JOIN order_header h ON h.id = l.order_id"
            )
        }
        assert lines == self.model.lines

    # --- getting somewhere ---

    def at(self, name: str, wanted: str) -> None:
        """Lead a person to a step, by what is printed on the keys and on paper."""
        hand = self.hands[name]
        for _ in range(20):
            if hand.session.overlay:
                self.give(name, "key", "ESC")
            here = hand.step
            if here == wanted:
                return
            if here == "sign_on.badge":
                self.give(name, "scan", BADGES[name])
            elif here == "home.menu" or (here, wanted) == ("receiving.choose_order", "receiving.scan_case"):
                if wanted == "receiving.scan_case":
                    self.give(name, "scan", "PO-1")
                else:
                    self.give(name, "type", "2" if name == "KIM" else "1")
            else:
                self.give(name, "key", "ESC")
        raise AssertionError(f"{name} is stuck at {hand.step} on the way to {wanted}")

    def new_code(self) -> str:
        self.serial += 1
        return sscc(1000 + self.serial)

    # --- the dock ---

    @rule(
        name=RECEIVERS,
        sku=st.sampled_from(SKUS),
        count=COUNTS,
        form=st.sampled_from(["complete", "complete", "sscc", "gtin"]),
        days=st.sampled_from([-2, 0, 1, 30]),
        keeps=st.booleans(),
    )
    def receive(self, name: str, sku: str, count: int, form: str, days: int, keeps: bool) -> None:
        """A case comes in by its label, by its number and then its item, or by its item alone."""
        self.at(name, "receiving.scan_case")
        code = self.new_code()
        first = {
            "complete": f"]C100{code}020{GTINS[sku]}37{count}",
            "sscc": f"]C100{code}",
            "gtin": f"]E0{GTINS[sku]}",
        }[form]
        reply = self.give(name, "scan", first)
        if form == "sscc":
            reply = self.give(name, "scan", f"]E0{GTINS[sku]}")
        hand = self.hands[name]
        while not reply.moves and hand.step != "receiving.scan_case":
            match hand.step:
                case "receiving.key_lot":
                    reply = self.give(name, "type", f"L{count % 3}")
                case "receiving.key_expiry":
                    reply = self.give(name, "type", (self.small.now.date() + timedelta(days=days)).isoformat())
                case "receiving.how_many":
                    reply = self.give(name, "type", str(count))
                case "receiving.confirm":
                    reply = self.give(name, "key", "ENTER" if keeps else "ESC")
                case "receiving.second_badge" | "receiving.over_limit" if not keeps:
                    reply = self.give(name, "key", "ESC")
                case "receiving.second_badge" | "receiving.over_limit":
                    reply = self.give(name, "scan", "1003")
                case "receiving.second_count":
                    reply = self.give(name, "type", str(count))
                case other:
                    raise AssertionError(other)
        assert reply.moves == 1 or not keeps
        if reply.moves:
            assert connection.rows(
                "SELECT m.kind, m.qty, i.sku, u.code FROM stock_move m JOIN item i ON i.id = m.item_id "
                "JOIN handling_unit u ON u.id = m.to_unit_id WHERE m.id = (SELECT MAX(id) FROM stock_move)"
            ) == [("RECEIPT", count, sku, reply.unit)]
            assert form == "gtin" or reply.unit == code
            self.model.codes.add(str(reply.unit))

    @precondition(lambda self: self.model.codes)
    @rule(name=RECEIVERS, which=ANY, count=COUNTS)
    def receive_the_same_case_again(self, name: str, which: int, count: int) -> None:
        """A number that is in the building, wherever, adds nothing; one that was undone is a new case."""
        self.at(name, "receiving.scan_case")
        code = sorted(self.model.codes)[which % len(self.model.codes)]
        status = self.small.unit(code)["status"]
        if code.startswith("LP") or status == "VOIDED":
            return
        reply = self.give(name, "scan", f"]C100{code}020{GTINS['GOWN-L']}37{count}")
        assert reply.verdict is Verdict.CHECK
        assert "Nothing added." in said(reply)

    @precondition(lambda self: self.model.codes)
    @rule(name=RECEIVERS, which=ANY, reason=st.integers(1, 8))
    def put_on_hold(self, name: str, which: int, reason: int) -> None:
        """A case that is in goes on hold and leaves every promise, if it is free and nobody picked it."""
        code = sorted(self.model.codes)[which % len(self.model.codes)]
        unit = self.small.unit(code)
        if unit["status"] == "VOIDED":
            return
        self.at(name, "receiving.scan_case")
        for key in ("F5", "5", str(reason), "ENTER"):
            self.give(name, "key", key)
        reply = self.give(name, "scan", code)
        free = unit["status"] == "AVAILABLE" and unit["order_id"] is None
        assert (reply.template == "held") == free, said(reply)
        if free:
            after = self.small.unit(code)
            assert (after["status"], after["qty"], after["qty_reserved"]) == ("QUARANTINE", unit["qty"], 0)

    @precondition(lambda self: self.model.codes)
    @rule(name=RECEIVERS, which=LATELY, count=st.integers(0, 40), keeps=st.booleans())
    def correct(self, name: str, which: int, count: int, keeps: bool) -> None:
        """A count is corrected while nobody has taken of it; else the case stays as it is, to the piece."""
        code = sorted(self.model.codes)[-1 - which % len(self.model.codes)]
        before = self.small.unit(code)
        if before["status"] == "VOIDED":
            return
        self.at(name, "receiving.scan_case")
        for key in ("F5", "7"):
            self.give(name, "key", key)
        reply = self.give(name, "scan", code)
        if reply.template == "correct_count":
            reply = self.give(name, "type", str(count))
        while not reply.moves and reply.verdict is not Verdict.STOP and self.hands[name].step != "receiving.scan_case":
            leaves = self.hands[name].step == "receiving.confirm" and not keeps
            reply = self.give(name, "key", "ESC" if leaves else "ENTER")
        after = self.small.unit(code)
        if not reply.moves:
            assert after == before
            return
        assert reply.template in ("corrected", "corrected_held", "corrected_none")
        assert after["qty"] == count
        assert (after["status"] == "VOIDED") == (count == 0)
        assert not count or (after["location_id"], after["lot"]) == (before["location_id"], before["lot"])
        assert before["status"] != "QUARANTINE" or after["status"] in ("QUARANTINE", "VOIDED")

    # --- the office ---

    def _somebody_is_asked_why(self) -> bool:
        return any(isinstance(hand.session.step, picking_steps.WhyShort) for hand in self.hands.values())

    @rule(
        sku=st.sampled_from(SKUS),
        count=COUNTS,
        place=st.sampled_from(PLACES),
        loose=st.booleans(),
        days=st.integers(0, 2),
    )
    def open_a_balance(self, sku: str, count: int, place: str, loose: bool, days: int) -> None:
        """Stock that lay there before: loose, or a case with a number."""
        lot, expiry = (f"L{count % 2}", (TODAY + timedelta(days=days)).isoformat()) if sku == "SERUM" else ("", "")
        code = None if loose else self.new_code()
        before = dict(self.reserved)
        self.office(lambda: self.small.stock(sku, count, place, code, lot, expiry) and None)
        assert all(self.reserved[key] >= qty for key, qty in before.items())
        self.model.pieces[self.small.item(sku)] += count
        if code:
            self.model.codes.add(code)

    @rule(which=LATELY, delta=st.integers(-30, 20).filter(bool))
    def adjust(self, which: int, delta: int) -> None:
        """A plus or a minus on any unit that stands in the building; whoever loses by it is named."""
        units = connection.rows(
            "SELECT u.code, u.qty, u.order_id, u.item_id FROM handling_unit u WHERE u.qty > 0 "
            "ORDER BY (SELECT MAX(m.id) FROM stock_move m WHERE u.id IN (m.from_unit_id, m.to_unit_id)) DESC"
        )
        if not units:
            return
        code, qty, order_id, item_id = units[which % len(units)]
        try:
            self.office(lambda: self.small.adjust(code, delta))
        except InputError:
            assert order_id is not None or qty + delta < 0
            return
        self.model.pieces[item_id] += delta

    @rule(
        sku=st.sampled_from(["GOWN-L", "MASK"]), place=st.sampled_from(PLACES), delta=st.integers(-20, 20).filter(bool)
    )
    def adjust_a_place(self, sku: str, place: str, delta: int) -> None:
        command = self.small.command()
        try:
            self.office(lambda: orders.adjust_place(command, place, sku, delta))
        except InputError:
            return
        self.model.pieces[self.small.item(sku)] += delta

    @rule(
        which=LATELY,
        act=st.sampled_from(["", "", "", "block", "unblock", "accept"]),
        kind=st.sampled_from(["unit", "unit", "unit", "place", "lot"]),
    )
    def stop_or_let_go(self, which: int, act: str, kind: str) -> None:
        """A lead stops goods that stand in the building, picked or not; another lets them go again, step by step."""
        units = connection.rows(
            "SELECT u.code, p.code, u.lot, i.sku, u.status FROM handling_unit u JOIN location p ON p.id = u.location_id "
            "JOIN item i ON i.id = u.item_id WHERE u.qty > 0 "
            "ORDER BY (SELECT MAX(m.id) FROM stock_move m WHERE u.id IN (m.from_unit_id, m.to_unit_id)) DESC"
        )
        if not units:
            return
        code, place, lot, sku, status = units[which % len(units)]
        act = act or {"BLOCKED": "unblock", "QUARANTINE": "accept"}.get(status, "block")
        target = {"unit": Target("unit", code), "place": Target("place", place), "lot": Target("lot", lot, sku)}[kind]
        command = self.small.command("1005" if act == "accept" else "1003")

        def change() -> Change:
            told = getattr(blocks, act)(command, target)
            freed = []
            for hit in told["orders"]:
                self.model.lines[hit["order"], hit["line"]][2] -= hit["picked"]
                freed.append(Freed(hit["order"], hit["line"], hit["sku"], hit["quantity"] - hit["picked"]))
            return Change(told["quantity"], tuple(freed), tuple(Released(**one) for one in told["released"]))

        try:
            self.office(change)
        except InputError:
            assert act != "block" or (kind, lot) == ("lot", "")

    # --- the shelves ---

    def something_to_pick(self) -> bool:
        return bool(connection.value("SELECT COUNT(*) FROM pick_task WHERE state IN ('OPEN', 'TAKEN')"))

    def something_to_undo(self) -> bool:
        return any(self._undoable(name) for name in self.hands)

    @precondition(something_to_pick)
    @rule(name=PICKERS, share=st.sampled_from([0, 50, 100, 100, 100]), reason=st.integers(1, 8), by_item=st.booleans())
    def pick(self, name: str, share: int, reason: int, by_item: bool) -> None:
        """The next pick: all of it, or less with a reason; what was booked is what was taken."""
        self.at(name, "picking.get_work")
        reply = self.give(name, "key", "ENTER")
        if reply.template == "no_work":
            assert connection.value("SELECT COUNT(*) FROM pick_task WHERE state = 'OPEN'") == 0
            return
        hand = self.hands[name]
        step = hand.session.step
        assert isinstance(step, picking_steps.GoTo)
        place, code, kind, sku, need = connection.one(
            "SELECT p.code, u.code, u.kind, i.sku, r.qty - r.qty_picked - r.qty_voided FROM pick_task t "
            "JOIN reservation r ON r.id = t.reservation_id JOIN handling_unit u ON u.id = r.unit_id "
            "JOIN location p ON p.id = u.location_id JOIN item i ON i.id = u.item_id WHERE t.id = ?",
            step.task_id,
        )
        self.give(name, "scan", place)
        reply = self.give(name, "scan", f"]E0{GTINS[sku]}" if by_item or kind == "LOOSE" else code)
        if reply.template == "several_units":
            reply = self.give(name, "type", code)
        if reply.template == "unit_expired":
            self._short(name, 0, need, 5)
            return
        if reply.template == "picked":
            assert self._taken_last() == need
            return
        taken = need * share // 100
        reply = self.give(name, "type", str(taken))
        if taken == need:
            assert (reply.template, self._taken_last()) == ("picked", need)
            return
        reply = self.give(name, "type", str(reason))
        self._check_short(reply, taken, need)

    @precondition(something_to_pick)
    @rule(name=PICKERS, share=st.integers(0, 99), reason=st.integers(1, 8))
    def short(self, name: str, share: int, reason: int) -> None:
        """F5 on the way or at the place: so many can be taken (on the way none), and why not all."""
        self.at(name, "picking.get_work")
        if self.give(name, "key", "ENTER").template == "no_work":
            return
        step = self.hands[name].session.step
        assert isinstance(step, picking_steps.GoTo)
        need, place = connection.one(
            "SELECT r.qty - r.qty_picked - r.qty_voided, p.code FROM pick_task t "
            "JOIN reservation r ON r.id = t.reservation_id JOIN handling_unit u ON u.id = r.unit_id "
            "JOIN location p ON p.id = u.location_id WHERE t.id = ?",
            step.task_id,
        )
        if need * share // 100:
            self.give(name, "scan", place)
        self._short(name, need * share // 100, need, reason)

    @precondition(something_to_pick)
    @rule(name=PICKERS, share=st.integers(0, 99))
    def leave_the_question_open(self, name: str, share: int) -> None:
        """Less was taken than was asked for, and the reason is still to come: the floor goes on meanwhile."""
        self.at(name, "picking.get_work")
        if self.give(name, "key", "ENTER").template == "no_work":
            return
        step = self.hands[name].session.step
        assert isinstance(step, picking_steps.GoTo)
        need, place = connection.one(
            "SELECT r.qty - r.qty_picked - r.qty_voided, p.code FROM pick_task t "
            "JOIN reservation r ON r.id = t.reservation_id JOIN handling_unit u ON u.id = r.unit_id "
            "JOIN location p ON p.id = u.location_id WHERE t.id = ?",
            step.task_id,
        )
        self.give(name, "scan", place)
        self.give(name, "key", "F5")
        assert self.give(name, "type", str(need * share // 100)).template == "why_short"

    @precondition(lambda self: self._somebody_is_asked_why())
    @rule(name=PICKERS, reason=st.integers(1, 8))
    def answer_the_question(self, name: str, reason: int) -> None:
        """What was true when it was asked may not be so any more: then the picker is told."""
        if self.hands[name].step == "picking.why_short":
            reply = self.give(name, "type", str(reason))
            assert (
                reply.template in ("short_bad", "short_doubt", "task_gone", "signed_on_elsewhere")
                or reply.verdict is not Verdict.OK
            )

    def _short(self, name: str, taken: int, need: int, reason: int) -> None:
        self.give(name, "key", "F5")
        self.give(name, "type", str(taken))
        self._check_short(self.give(name, "type", str(reason)), taken, need)

    def _check_short(self, reply: Reply, taken: int, need: int) -> None:
        assert reply.template in ("short_bad", "short_doubt")
        assert self._taken_last() == taken
        assert reply.freed[0].quantity == need - taken
        assert reply.template == "short_doubt" or len(reply.freed) == 1

    def _taken_last(self) -> int:
        scan_id = connection.value("SELECT scan_id FROM stock_move ORDER BY id DESC LIMIT 1")
        return connection.value(
            "SELECT COALESCE(SUM(qty), 0) FROM stock_move WHERE scan_id = ? AND kind = 'PICK'", scan_id
        )

    # --- second thoughts ---

    @precondition(something_to_undo)
    @rule(name=ANYBODY, times=st.sampled_from([1, 1, 2, 3]))
    def undo(self, name: str, times: int) -> None:
        """F4 takes back the person's last scan that wrote moves, or says why not and changes nothing."""
        if self.hands[name].step == "sign_on.badge":
            self.give(name, "scan", BADGES[name])
        self._uncover(name)
        for _ in range(times):
            target = self._undoable(name)
            untouched = self._untouched_receipt(target) if target else None
            reply = self.give(name, "key", "F4")
            if target is None:
                assert reply.template == "nothing_to_undo"
                return
            assert reply.undoes == target or reply.template in ("undo_used", "undo_correction")
            if untouched is not None:
                assert untouched == (reply.undoes == target), said(reply)

    def _uncover(self, name: str) -> None:
        """Close the help or the list that lies over the prompt: a key acts on what lies in front."""
        if self.hands[name].session.overlay:
            self.give(name, "key", "ESC")

    def _undoable(self, name: str) -> str | None:
        since = self.small.now - timedelta(hours=12)
        within = [scan_id for scan_id, at in self.model.saved[name] if at >= since][-10:]
        left = [scan_id for scan_id in within if scan_id not in self.model.undone]
        return left[-1] if left else None

    def _untouched_receipt(self, scan_id: str) -> bool | None:
        """Whether nobody has built on this receipt; None when the scan was no receipt."""
        found = connection.row(
            "SELECT id, to_unit_id FROM stock_move WHERE scan_id = ? AND kind = 'RECEIPT' "
            "AND NOT EXISTS (SELECT 1 FROM stock_move u WHERE u.scan_id = ? AND u.kind = 'UNDO')",
            scan_id,
            scan_id,
        )
        if found is None:
            return None
        move, unit = found
        built_on = connection.value(
            "SELECT (SELECT COUNT(*) FROM stock_move m WHERE (m.from_unit_id = ? OR m.to_unit_id = ?) AND m.id <> ? "
            "AND m.reverses IS NULL AND NOT EXISTS (SELECT 1 FROM stock_move u WHERE u.reverses = m.id)) "
            "+ (SELECT COUNT(*) FROM pick_task t JOIN reservation r ON r.id = t.reservation_id "
            "WHERE r.unit_id = ? AND t.state = 'TAKEN') "
            "+ (SELECT COUNT(*) FROM stock_move r WHERE r.reverses = ?) "
            "+ (SELECT COUNT(*) FROM count_task WHERE unit_id = ? AND state <> 'CANCELLED')",
            *(unit, unit, move, unit, move, unit),
        )
        return built_on == 0

    @rule(name=ANYBODY)
    def send_the_last_input_again(self, name: str) -> None:
        """The answer was lost and the same scan id comes once more: the same reply, not one row more."""
        if name not in self.model.last or self.model.last[name][1].verdict is Verdict.STOP:
            return
        given, reply = self.model.last[name]
        hand = self.hands[name]
        before = contents(frozenset())
        again = hand.give(Given(given.scan_id, 0.0, given.raw, given.source, given.key, repeated=True))
        assert (again.verdict, again.message, again.released, again.freed) == (
            reply.verdict,
            reply.message,
            reply.released,
            reply.freed,
        )
        assert changed(before, contents(frozenset())) == []

    # --- noise ---

    @rule(name=ANYBODY, what=st.sampled_from(WRONG), how=st.sampled_from(["scan", "type", "burst"]))
    def scan_something_else(self, name: str, what: str, how: str) -> None:
        """Whatever it is at whichever step: `give` holds what may come of it."""
        self.give(name, how, what)

    @rule(name=ANYBODY, key=st.sampled_from(KEYS))
    def press_any_key(self, name: str, key: str) -> None:
        self.give(name, "key", key)

    @rule(name=ANYBODY, elsewhere=st.booleans())
    def sign_off_and_on(self, name: str, elsewhere: bool) -> None:
        """At another terminal the step comes along, and the first one is told; a pick in hand is handed back by F12."""
        hand = self.hands[name]
        if elsewhere:
            other = Hand(self.small, f"T-{self.serial}")
            self.hands[name] = other
            self.give(name, "scan", BADGES[name])
            if hand.step != "sign_on.badge":
                self.hands[name] = hand
                assert self.give(name, "scan", "PO-1").template == "signed_on_elsewhere"
            self.hands[name] = other
            return
        self._uncover(name)
        if hand.step != "sign_on.badge":
            self.give(name, "key", "F12")
        assert (
            connection.value(
                "SELECT COUNT(*) FROM pick_task t JOIN operator o ON o.id = t.operator_id WHERE o.badge = ? AND t.state = 'TAKEN'",
                BADGES[name],
            )
            == 0
        )
        assert self.give(name, "scan", BADGES[name]).verdict in (Verdict.OK, Verdict.INFO)

    @rule(hours=st.sampled_from([1, 7, 13, 24, 24 * 31]))
    def time_passes(self, hours: int) -> None:
        """Days end: receipts begin anew, lots expire, undo reaches no further back than twelve hours, patience ends."""
        self.small.now += timedelta(hours=hours)
