"""People at work in processes of their own, for the races: each hears its verdicts and accounts for them.

Threads would share a block of serial numbers and one interpreter's lock, so they prove nothing here. Processes
come from a fork server that has the slow imports done; none of them inherits a connection.
"""

from __future__ import annotations

import itertools
import multiprocessing
import random
import re
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta

import peewee
from small_floor import SITE, TODAY, SmallFloor, gtin, sscc

from db import connection
from db.connection import database, iso
from warehouse import floor, orders, picks, site, stock
from warehouse.floor import Given, Session
from warehouse.reply import InputError, Reply, Verdict

PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["psycopg", "biip", "db.migrate", "warehouse.floor", "warehouse.orders"])

DEADLINE_S = 120.0  # a worker that is silent for so long hangs
ITEM = "GOWN-L"
NUMBERS = {"GOWN-L": 1, "GOWN-M": 2, "MASK": 3}

# A pick that shrank while its picker was asked for the reason makes the program fail; the strict xfail of
# test_shrinking_pick.py shows it. The races go on after it, as a station does, until that test passes.
KNOWN_FAULTS = frozenset({"picking.why_short"})


# --- What a worker is told, and what it answers for ------------------------------------------------------


@dataclass(frozen=True)
class Job:
    """One worker's part: what it does, how often, and what is broken in its program on purpose."""

    work: str
    name: str
    seed: int
    turns: int
    fault: str = ""
    items: tuple[str, ...] = (ITEM,)
    serials_from: int = 0


@dataclass(frozen=True)
class Said:
    """A verdict that wrote moves, as the person heard it: how many rows, how many pieces were named."""

    scan_id: str
    template: str
    moves: int
    pieces: int


@dataclass
class Account:
    """What a worker heard: everything it was told is saved, and how hard it was to get there."""

    name: str
    said: list[Said] = field(default_factory=list)
    inputs: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    retries: Counter[str] = field(default_factory=Counter)
    stopped: Counter[str] = field(default_factory=Counter)  # by a CHECK or a UNIQUE of the tables
    faults: Counter[str] = field(default_factory=Counter)  # of the program, where it is broken on purpose
    taken: list[int] = field(default_factory=list)
    seconds: float = 0.0
    error: str = ""


# --- Running them ----------------------------------------------------------------------------------------


def race(url: str, jobs: Sequence[Job]) -> list[Account]:
    """Start every job in a process of its own, let them begin at the same moment, and collect their accounts."""
    with workers(url, jobs) as pipes:
        for pipe in pipes:
            _expect(pipe)
        for pipe in pipes:
            pipe.send("go")
        return [_expect(pipe) for pipe in pipes]


@contextmanager
def workers(url: str, jobs: Sequence[Job]) -> Iterator[list[multiprocessing.connection.Connection]]:
    """One process for each job with its pipe; each says "ready" when it stands at its place."""
    started = [child(work, url, job) for job in jobs]
    try:
        yield [pipe for _, pipe in started]
    finally:
        for process, pipe in started:
            process.join(5)
            if process.is_alive():
                process.kill()
                process.join()
            pipe.close()


def child(target: Callable[..., None], *args: object):
    """A process that runs `target(*args, pipe)`, and this end of its pipe."""
    here, there = PROCESSES.Pipe()
    process = PROCESSES.Process(target=target, args=(*args, there), daemon=True)
    process.start()
    there.close()
    return process, here


def _expect(pipe: multiprocessing.connection.Connection) -> Account:
    if not pipe.poll(DEADLINE_S):
        raise AssertionError("a worker hangs")
    try:
        return pipe.recv()
    except EOFError:
        raise AssertionError("a worker died") from None


def work(url: str, job: Job, pipe: multiprocessing.connection.Connection) -> None:
    """A worker's whole life. Any exception is an error of the run; a station would call it a fault."""
    account = Account(job.name)
    try:
        connection.open_database(url)
        watch_retries(account)
        FAULTS[job.fault]()
        worker = WORK[job.work](Attached(job.name), job, account)
        worker.begin()
        pipe.send("ready")
        pipe.recv()
        started = time.monotonic()
        for turn in range(job.turns):
            worker.turn(turn)
        account.seconds = time.monotonic() - started
    except Exception:
        account.error = traceback.format_exc()
    finally:
        connection.close()
    pipe.send(account)


def watch_retries(account: Account) -> None:
    """Count each time the transaction decorator runs a function again, by reason and the engine's own code."""
    wait = connection._wait

    def counted(attempt: int, waited: float, reason: str, error: Exception) -> None:
        state = getattr(getattr(error, "orig", None), "sqlstate", None)
        account.retries[f"{reason} {state}" if state else reason] += 1
        wait(attempt, waited, reason, error)

    connection._wait = counted


# --- What is broken on purpose ---------------------------------------------------------------------------


def _nothing() -> None:
    """The program as it is."""


def _without_lock() -> None:
    """`locked` reads the row and locks nothing; the pause is the time that a busier floor would take."""

    def unlocked(at: str, items: Sequence[int]) -> list[connection.Row]:
        ids = sorted(set(items))
        found = connection.rows(
            "SELECT item_id, usable, reserved, waiting_lines, waiting_qty FROM item_stock "
            f"WHERE site = ? AND item_id IN ({connection.marks(ids)})",
            at,
            *ids,
        )
        time.sleep(0.002)
        return found

    connection.locked = unlocked


def _deferred() -> None:
    """SQLite's own default: the write lock is asked for at the first write, not at BEGIN."""
    database.obj._lock_type = None


def _lock_in_any_order() -> None:
    """`locked` takes the rows one by one as they come; the server looks for deadlocks soon, to save time."""
    real = connection.locked
    connection.execute("SET deadlock_timeout = '30ms'")

    def shuffled(at: str, items: Sequence[int]) -> list[connection.Row]:
        ids = list(set(items))
        random.shuffle(ids)
        found: list[connection.Row] = []
        for item_id in ids:
            found += real(at, [item_id])
            time.sleep(0.002)
        return found

    connection.locked = shuffled


def _take_without_lock() -> None:
    """Tasks are looked for without locking the one that was found."""
    row = connection.row

    def unlocked(text: str, *params: object) -> connection.Row | None:
        found = row(text.replace("FOR UPDATE OF t SKIP LOCKED", ""), *params)
        if "SKIP LOCKED" in text:
            time.sleep(0.002)
        return found

    connection.row = unlocked


def _serializable() -> None:
    """What a server without row locks of this kind would demand: each transaction SERIALIZABLE, run again on 40001."""
    connection.execute("SET default_transaction_isolation = 'serializable'")


FAULTS: dict[str, Callable[[], None]] = {
    "": _nothing,
    "no lock": _without_lock,
    "deferred": _deferred,
    "any order": _lock_in_any_order,
    "take without lock": _take_without_lock,
    "serializable": _serializable,
}


# --- A floor that is there already, and hands on it --------------------------------------------------------


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

    def __init__(self, at: Attached, badge: str, account: Account) -> None:
        self.at = at
        self.account = account
        dock = site.first_location(SITE, "dock")
        self.session = Session(at.site, at.name, dock, now=connection.database_now)
        self.broken = False  # the program is broken on purpose: whatever it does, the run goes on
        self.scan(badge)

    def give(self, given: Given) -> Reply | None:
        """Answer one input; None where it ended in a fault that the run expects."""
        self.account.inputs += 1
        with expected_faults(self.account, broken=self.broken or self.step in KNOWN_FAULTS):
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


@contextmanager
def expected_faults(account: Account, *, broken: bool) -> Iterator[None]:
    """Where the program is broken (on purpose, or as a strict xfail says) a fault is counted and work goes on."""
    try:
        yield
    except peewee.IntegrityError as error:
        if not broken:
            raise
        account.stopped[_first_line(error)] += 1
    except (AssertionError, LookupError, TypeError) as error:
        if not broken:
            raise
        account.faults[_first_line(error)] += 1


def _first_line(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".splitlines()[0][:120]


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
    """Orders of one line or of several items in any order, under every policy."""

    def turn(self, number: int) -> None:
        skus = self.rng.sample(self.job.items, self.rng.randint(1, len(self.job.items)))
        lines = [(sku, self.rng.randint(1, 30)) for sku in skus]
        with expected_faults(self.account, broken=self.broken):
            self.at.order(
                f"{self.job.name}-{number}",
                *lines,
                policy=self.rng.choice(("partial", "partial", "line", "order")),
                fill=self.rng.choice((0, 50, 100)),
                priority=self.rng.randint(1, 5),
                promised=TODAY + timedelta(days=self.rng.randint(0, 5)),
            )


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
    """Only picks, as fast as it goes: every task that it is given it fulfils."""

    def _act(self) -> Reply | None:
        self.rng = _Never()
        return super()._act()


class _Never(random.Random):
    def random(self) -> float:
        return 1.0


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
        """A plus on PostgreSQL leaves the case alone: see `test_adjust_sees_what_happened_before_the_lock`."""
        if quantity > 0 and connection.dialect() == "postgresql":
            quantity = -quantity
        found = connection.rows(
            "SELECT code FROM handling_unit WHERE site = ? AND kind = 'CASE' AND order_id IS NULL "
            "AND status = 'AVAILABLE' ORDER BY id",
            SITE,
        )
        if not found:
            raise InputError("no case to adjust")
        orders.adjust_unit(order, self.rng.choice(found)[0], quantity)
        return quantity


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
}


# --- What must be true afterwards, without asking the program's own verify ---------------------------------


def oversold() -> list[str]:
    """Pieces promised twice, from the rows alone: more promised than a unit holds, more picked than was ordered."""
    found = connection.rows(
        "SELECT u.code, u.qty, SUM(r.qty - r.qty_picked - r.qty_voided) FROM reservation r "
        "JOIN handling_unit u ON u.id = r.unit_id WHERE r.state = 'OPEN' GROUP BY u.code, u.qty, u.id, u.status "
        "HAVING SUM(r.qty - r.qty_picked - r.qty_voided) > u.qty OR u.status <> 'AVAILABLE'"
    )
    wrong = [f"unit {code} holds {qty}, {promised} are promised" for code, qty, promised in found]
    found = connection.rows(
        "SELECT l.id, l.qty_ordered - l.qty_cancelled, SUM(r.qty - r.qty_voided) FROM order_line l "
        "JOIN reservation r ON r.line_id = l.id GROUP BY l.id, l.qty_ordered, l.qty_cancelled "
        "HAVING SUM(r.qty - r.qty_voided) > l.qty_ordered - l.qty_cancelled"
    )
    return wrong + [f"line {line} wants {wanted}, has {given}" for line, wanted, given in found]


def left_waiting() -> list[str]:
    """Lines that wait although what they need is free: the wake-up that was lost. Counters are not believed."""
    wrong = []
    for (item_id,) in connection.rows("SELECT id FROM item ORDER BY id"):
        free = connection.value(
            "SELECT COALESCE(SUM(u.qty), 0) - COALESCE((SELECT SUM(r.qty - r.qty_picked - r.qty_voided) "
            "FROM reservation r WHERE r.item_id = ? AND r.state = 'OPEN'), 0) FROM handling_unit u "
            "WHERE u.item_id = ? AND u.status = 'AVAILABLE' AND u.order_id IS NULL",
            item_id,
            item_id,
        )
        for line in _waiting_lines(item_id):
            if line.need <= free:
                wrong.append(f"line {line.id} waits for {line.open}, {free} of item {item_id} are free")
    return wrong


@dataclass(frozen=True)
class _Waiting:
    id: int
    open: int
    need: int


def _waiting_lines(item_id: int) -> list[_Waiting]:
    """Lines with something missing, worked out from their reservations, and the least that would serve each."""
    found = connection.rows(
        "SELECT l.id, l.policy, l.min_fill_percent, l.qty_ordered - l.qty_cancelled, (SELECT COALESCE(SUM(r.qty - r.qty_voided), 0) "
        "FROM reservation r WHERE r.line_id = l.id), (SELECT COUNT(*) FROM order_line o WHERE o.order_id = l.order_id "
        "AND o.qty_ordered > o.qty_cancelled) FROM order_line l WHERE l.item_id = ? ORDER BY l.id",
        item_id,
    )
    waiting = []
    for line_id, policy, fill, wanted, secured, lines in found:
        missing = wanted - secured
        if missing <= 0 or (policy == "order" and lines > 1):
            continue
        least = -(-fill * wanted // 100) - secured
        need = max(1, min(missing, least)) if policy == "partial" else missing
        waiting.append(_Waiting(line_id, missing, need))
    return waiting


@dataclass(frozen=True)
class Written:
    """What the ledger holds of one scan: rows, and pieces by kind (ADJUST signed)."""

    moves: int
    pieces: dict[str, int]


def ledger() -> dict[str, Written]:
    """The ledger by scan; opening balances left out, nobody was told about those."""
    found = connection.rows(
        "SELECT scan_id, kind, qty, from_account, id FROM stock_move WHERE kind <> 'OPENING' ORDER BY id"
    )
    written: dict[str, Written] = {}
    for scan_id, kind, qty, came_from, _ in found:
        entry = written.get(scan_id, Written(0, {}))
        signed = -qty if kind == "ADJUST" and came_from == "UNIT" else qty
        pieces = {**entry.pieces, kind: entry.pieces.get(kind, 0) + signed}
        written[scan_id] = Written(entry.moves + 1, pieces)
    return written


KINDS = {
    "saved": "RECEIPT",
    "picked": "PICK",
    "short_bad": "PICK",
    "short_doubt": "PICK",
    "adjust": "ADJUST",
    "undone_receipt": "UNDO",
    "undone_pick": "UNDO",
}


def heard_but_not_written(accounts: Sequence[Account]) -> list[str]:
    """Where the ledger and what people were told differ, in either direction."""
    written = ledger()
    wrong = []
    for said in (said for account in accounts for said in account.said):
        entry = written.pop(said.scan_id, Written(0, {}))
        kind = KINDS.get(said.template, "")
        pieces = entry.pieces.get(kind, 0) if kind else said.pieces
        if entry.moves != said.moves or pieces != said.pieces:
            wrong.append(f"heard {said}, the ledger has {entry}")
    return wrong + [f"nobody was told of {scan_id}: {entry}" for scan_id, entry in written.items()]


__all__ = [
    "ITEM",
    "Account",
    "Attached",
    "Job",
    "Terminal",
    "child",
    "date",
    "hire",
    "race",
]
