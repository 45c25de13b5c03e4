"""What people do in a race: receive, enter orders, pick, short, cancel, adjust, undo, all at random."""

from __future__ import annotations

import itertools
import random
import re
import tempfile
import time
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

from race_account import Account, Job, Said, expected_faults
from small_floor import SITE, TODAY, SmallFloor, gtin, sscc

from db import connection
from db.connection import iso
from warehouse import floor, holds, orders, picks, redistribution, site, stock, sweeping
from warehouse.exchange.importing import ImportResult, import_paths
from warehouse.floor import Given, Session
from warehouse.holds import Terms, Which
from warehouse.reply import InputError, Reply, Verdict

NUMBERS = {"GOWN-L": 1, "GOWN-M": 2, "MASK": 3, "SERUM": 4}


class Attached(SmallFloor):
    """The floor that the test built, from another process: ids are this process's own, the clock the database's."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.site = site.load()
        self._numbers = itertools.count(1)

    @property
    def now(self):
        return connection.database_now()

    def next_id(self) -> str:
        return f"{self.name}-{next(self._numbers)}"

    def cause(self, reason: str = "TEST") -> stock.Cause:
        return stock.Cause(SITE, iso(self.now), self.next_id(), None, reason)


def hire(*badges: str) -> None:
    """People who may do everything, one for each worker: a person stands at one terminal."""
    for badge in badges:
        connection.insert_row("operator", site=SITE, badge=badge, name=f"P{badge}", roles="receiver picker lead")


class Terminal:
    """A person at a terminal: gives inputs under ids of their own and writes down what was said."""

    def __init__(self, at: Attached, badge: str, account: Account, station: str = "") -> None:
        self.at = at
        self.account = account
        dock = site.first_location(SITE, "dock")
        self.session = Session(at.site, station or at.name, dock, now=connection.database_now)
        self.broken = False  # the program is broken on purpose: whatever it does, the run goes on
        self.scan(badge)

    def give(self, given: Given) -> Reply | None:
        """Answer one input; None where it ended in a fault that the run expects."""
        self.account.inputs += 1
        with expected_faults(self.account, broken=self.broken):
            answered = floor.answer(self.session, given)
            return self._answered(given, answered)
        return None

    def _answered(self, given: Given, answered: floor.Answered) -> Reply:
        self.session = answered.session
        self._note(given.scan_id, answered.reply)
        return answered.reply

    def _note(self, scan_id: str, reply: Reply) -> None:
        if reply.verdict is Verdict.STOP:
            self.account.refused[reply.template] += 1
        if reply.moves:
            self.account.said.append(Said(scan_id, reply.template, reply.moves, pieces_named(reply)))

    def scan(self, raw: str) -> Reply | None:
        return self.give(Given(self.at.next_id(), time.monotonic(), raw=raw, source="SERIAL"))

    def type(self, raw: str) -> Reply | None:
        return self.give(Given(self.at.next_id(), time.monotonic(), raw=raw, source="TYPED"))

    def key(self, name: str) -> Reply | None:
        return self.give(Given(self.at.next_id(), time.monotonic(), key=name))

    @property
    def step(self) -> str:
        return self.session.step.name


def pieces_named(reply: Reply) -> int:
    """The number that a person heard first: "24 ea Gown L ...", "7 taken ...", "Undone: 20 ea ..."."""
    found = re.search(r"\d+", reply.message[0])
    return int(found[0]) if found else 0


# --- What people do ----------------------------------------------------------------------------------------


class Worker:
    """One person's work, a turn at a time."""

    def __init__(self, at: Attached, job: Job, account: Account) -> None:
        self.at, self.job, self.account = at, job, account
        self.rng = random.Random(job.seed)
        self.serials = itertools.count(job.serials_from)

    def begin(self) -> None:
        """Stand at the place, before the race begins."""

    def turn(self, number: int) -> None:
        raise NotImplementedError

    def sign_on(self) -> Terminal:
        terminal = Terminal(self.at, self.job.name, self.account)
        terminal.broken = self.broken
        return terminal

    @property
    def broken(self) -> bool:
        return self.job.fault == "no lock"

    def sku(self) -> str:
        return self.rng.choice(self.job.items)


class Receiver(Worker):
    """Cases with an SSCC and cases without, and now and then one is taken back."""

    def begin(self) -> None:
        self.terminal = self.sign_on()
        self.terminal.scan("PO-1")

    def turn(self, number: int) -> None:
        if self.rng.random() < 0.15:
            self.terminal.key("F4")
            return
        item, count = gtin(NUMBERS[self.sku()]), self.rng.randint(1, 40)
        if self.rng.random() < 0.5:
            self.terminal.scan(f"]C100{sscc(next(self.serials))}020{item}37{count}")
        else:
            self.terminal.scan(f"]C1010{item}30{count}")


class OrderDesk(Worker):
    """Orders of one line or of several items in any order, under every policy: entered here, or imported."""

    def turn(self, number: int) -> None:
        skus = self.rng.sample(self.job.items, self.rng.randint(1, len(self.job.items)))
        lines = [(sku, self.rng.randint(1, 30)) for sku in skus]
        policy = self.rng.choice(("partial", "partial", "line", "order"))
        promised = TODAY + timedelta(days=self.rng.randint(0, 5))
        priority, fill = self.rng.randint(1, 5), self.rng.choice((0, 50, 100))
        self.account.inputs += 1
        with expected_faults(self.account, broken=self.broken):
            # An import that deadlocks five times gives up, and where locks have no order it does.
            if self.rng.random() < 0.5 or self.job.fault == "any order":
                self.at.order(
                    f"{self.job.name}-{number}",
                    *lines,
                    policy=policy,
                    fill=fill,
                    priority=priority,
                    promised=promised,
                    patience=self.rng.choice((0, 30, None)),
                    full_cases=policy == "partial" and self.rng.random() < 0.2,
                    sets=["A"] * len(lines) if policy == "line" and self.rng.random() < 0.5 else (),
                )
            else:
                self._import(f"{self.job.name}-{number}", lines, policy, priority, promised)

    def _import(self, order: str, lines: list[tuple[str, int]], policy: str, priority: int, promised: date) -> None:
        rows = [
            f"{order},C3,{line},{sku},{qty},{promised},{priority},{policy}" for line, (sku, qty) in enumerate(lines, 1)
        ]
        with tempfile.TemporaryDirectory(prefix="races") as folder:
            imported(self.at, Path(folder), rows)


def imported(at: Attached, folder: Path, rows: Sequence[str]) -> ImportResult:
    """What `dockbell import` makes of these rows of sales_orders.csv."""
    path = folder / "sales_orders.csv"
    path.write_text("\n".join(["order,customer,line,sku,quantity,promised_on,priority,ship_policy", *rows, ""]))
    return import_paths(at.site, site.operator(SITE, "1003"), at.now, at.next_id(), [path])


class Picker(Worker):
    """Follows the prompts; sometimes the goods are not as they should be, sometimes it was a mistake."""

    def begin(self) -> None:
        self.terminal = self.sign_on()
        self.terminal.type("2")

    def turn(self, number: int) -> None:
        reply = self._act()
        if reply is not None and reply.template == "task_gone":
            self.terminal.key("ENTER")
        elif reply is not None and reply.template in ("unit_not_free", "several_units"):
            self.terminal.key("F5")
        self._note_task()

    def _note_task(self) -> None:
        task_id = getattr(self.terminal.session.step, "task_id", None)
        if task_id is not None and self.account.taken[-1:] != [task_id]:
            self.account.taken.append(task_id)

    def _act(self) -> Reply | None:
        terminal, chance = self.terminal, self.rng.random()
        step = terminal.session.step
        if terminal.step == "picking.get_work":
            return terminal.key("F4") if chance < 0.1 else terminal.key("ENTER")
        task = picks.task(step.task_id)
        match terminal.step:
            case "picking.go_to" | "picking.take_unit" if chance < 0.12:
                return terminal.key(self.rng.choice(("F5", "F9", "ESC", "F4")))
            case "picking.go_to":
                return terminal.scan(task.place)
            case "picking.take_unit":
                item = next(NUMBERS[sku] for sku in NUMBERS if sku == task.sku)
                return terminal.scan(f"0{gtin(item)}" if task.unit_kind == "LOOSE" else _label(task.unit_code))
            case "picking.take_pieces" if chance < 0.15:
                return terminal.type(str(self.rng.randint(0, max(0, task.qty - 1))))
            case "picking.take_pieces":
                return terminal.key("ENTER")
            case "picking.how_short":
                return terminal.type(str(self.rng.randint(0, max(0, task.qty - 1))))
            case "picking.why_short":
                return self._why()
        raise AssertionError(terminal.step)

    def _why(self) -> Reply | None:
        reply = self.terminal.type(self.rng.choice("1358"))
        if reply is None:  # the known fault: the person gives up this pick
            self.terminal.key("ESC")
        return reply


def _label(code: str) -> str:
    return f"]C100{code}" if len(code) == 18 else code


class Quick(Picker):
    """Only picks, until there is nothing to pick: every task that it is given it fulfils."""

    def begin(self) -> None:
        super().begin()
        self.rng = _Never()

    def turn(self, number: int) -> None:
        while True:
            reply = self._act()
            self._note_task()
            if reply is not None and reply.template == "no_work":
                return
            if reply is not None and reply.template == "task_gone":
                self.terminal.key("ENTER")


class _Never(random.Random):
    def random(self) -> float:
        return 1.0


class Importing(OrderDesk):
    """The same file again and again: it is in once, and nobody hears otherwise."""

    def turn(self, number: int) -> None:
        rows = [
            f"FILE-{number}-{order},C3,{line},{sku},5,,,"
            for order in range(5)
            for line, sku in enumerate(self.job.items, 1)
        ]
        self.rng.shuffle(rows)
        with tempfile.TemporaryDirectory(prefix="races") as folder:
            found = imported(self.at, Path(folder), rows)
        (count,) = found.counts
        self.account.inputs += 1
        self.account.imported["new"] += count.new
        self.account.imported["unchanged"] += count.unchanged


class Cancelling(Worker):
    """The office cancels orders, whole or in part, whoever entered them and whoever is picking them."""

    def turn(self, number: int) -> None:
        found = connection.rows(
            "SELECT h.order_no, l.line FROM order_line l JOIN order_header h ON h.id = l.order_id "
            "WHERE l.site = ? AND l.qty_open + l.qty_reserved > 0 ORDER BY h.order_no, l.line",
            SITE,
        )
        if not found:
            time.sleep(0.01)
            return
        order, line = self.rng.choice(found)
        part = self.rng.random() < 0.5
        with expected_faults(self.account, broken=self.broken):
            self._cancel(order, line if part else None, self.rng.randint(1, 10) if part else None)

    def _cancel(self, order: str, line: int | None, quantity: int | None) -> None:
        self.account.inputs += 1
        try:
            orders.cancel(command(self.at), order, line, quantity)
        except InputError:
            self.account.refused["cancel"] += 1


class Adjusting(Worker):
    """A lead corrects what the shelf really holds, of loose stock and of cases."""

    def turn(self, number: int) -> None:
        order = command(self.at)
        quantity = self.rng.choice((-6, -3, -1, 1, 3, 6))
        with expected_faults(self.account, broken=self.broken):
            try:
                if self.rng.random() < 0.5:
                    orders.adjust_place(order, "A-01", self.sku(), quantity)
                else:
                    quantity = self._adjust_case(order, quantity)
            except InputError:
                self.account.refused["adjust"] += 1
                return
            self.account.said.append(Said(order.command_id, "adjust", 1, quantity))

    def _adjust_case(self, order: orders.Command, quantity: int) -> int:
        found = connection.rows(
            "SELECT code FROM handling_unit WHERE site = ? AND kind = 'CASE' AND order_id IS NULL "
            "AND status = 'AVAILABLE' ORDER BY id",
            SITE,
        )
        if not found:
            raise InputError("no case to adjust")
        orders.adjust_unit(order, self.rng.choice(found)[0], quantity)
        return quantity


class Leading(Worker):
    """A lead holds orders and lets them go, pins them, raises them, and takes from one for another."""

    def turn(self, number: int) -> None:
        found = connection.rows(
            "SELECT h.order_no, l.line, l.held FROM order_line l JOIN order_header h ON h.id = l.order_id "
            "WHERE l.site = ? AND l.qty_open + l.qty_reserved > 0 ORDER BY h.order_no, l.line",
            SITE,
        )
        if not found:
            time.sleep(0.01)
            return
        order, line, held = self.rng.choice(found)
        which = Which(order, self.rng.choice((None, line)))
        self.account.inputs += 1
        with expected_faults(self.account, broken=self.broken):
            try:
                self._act(command(self.at), which, held, Which(*self.rng.choice(found)[:2]))
            except InputError:
                self.account.refused["lead"] += 1

    def _act(self, order: orders.Command, which: Which, held: int, other: Which) -> None:
        match self.rng.randint(0, 4):
            case 0 if not held:
                keep = self.rng.random() < 0.5
                holds.hold(order, [which], Terms("credit", TODAY + timedelta(days=2), keep=keep))
            case 0 | 1:
                holds.unhold(order, [which])
            case 2:
                holds.pin(order, [which], off=self.rng.random() < 0.5)
            case 3:
                holds.prioritise(order, [which], self.rng.randint(1, 5))
            case _:
                redistribution.redistribute(order, which, other, self.rng.randint(1, 10))


class Sweeping(Worker):
    """The sweep, far more often than a minute: it must find nothing in whatever goes on."""

    def turn(self, number: int) -> None:
        swept = sweeping.sweep(self.at.site, self.at.now, force=True)
        assert swept is not None
        assert swept.missed == (), swept
        self.account.inputs += 1
        time.sleep(0.02)


def command(at: Attached, reason: str = "race") -> orders.Command:
    """A command of the lead, under an id of this process."""
    person = site.operator(SITE, "1003")
    assert person is not None
    return orders.Command(at.site, person, at.now, at.next_id(), reason)


WORK: dict[str, type[Worker]] = {
    "receive": Receiver,
    "order": OrderDesk,
    "pick": Picker,
    "only pick": Quick,
    "cancel": Cancelling,
    "adjust": Adjusting,
    "import": Importing,
    "lead": Leading,
    "sweep": Sweeping,
}
