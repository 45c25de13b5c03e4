"""A receiver in a process of its own that is killed at one exact moment of a scan, with no time to say goodbye.

It writes each scan to a pipe before it gives it, and once more when the verdict is there: what was acknowledged,
what was in doubt, and what of that had been committed is then known from outside.
"""

from __future__ import annotations

import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from multiprocessing.connection import Connection

import psycopg
from postgres import EMPTIES
from race_account import Account
from race_gates import statements_watched
from race_people import Attached, Terminal
from race_workers import child
from small_floor import gtin, sscc

from db import connection
from warehouse.floor import Given

BADGE = "1001"
STATION = "DOCK-K"
GIVEN = 3  # scans of each child: two in peace, the third under the knife


@dataclass(frozen=True)
class Point:
    """A moment of a scan: before or after its n-th statement (from 1), or "answered" or "told", after the last.

    "clock" is a moment of its own: `after_s` seconds after the scan began, wherever it is then.
    """

    when: str
    statement: int = 0
    after_s: float = 0.0

    def __str__(self) -> str:
        return f"{self.when} {self.statement or self.after_s or ''}".strip()


@dataclass(frozen=True)
class Offered:
    """A scan that the child was about to give."""

    scan_id: str
    raw: str
    pieces: int


@dataclass
class Life:
    """What a child wrote to its pipe before it was killed."""

    offered: list[Offered] = field(default_factory=list)
    told: dict[str, str] = field(default_factory=dict)  # scan -> template of its verdict
    seconds: list[float] = field(default_factory=list)

    @property
    def in_doubt(self) -> Offered | None:
        last = self.offered[-1]
        return None if last.scan_id in self.told else last


# --- In the child ------------------------------------------------------------------------------------------


def live_and_die(url: str, first: int, point: Point, pipe: Connection) -> None:
    """Give three scans; die in the last one. With a point that never comes, live."""
    connection.open_database(url)
    terminal = at_the_dock(f"k{first}")
    pipe.send("ready")
    pipe.recv()
    for number in range(first, first + GIVEN):
        offered = scan(number)
        pipe.send(offered)
        knife = Knife(point if number == first + GIVEN - 1 else Point("never"))
        began = time.monotonic()
        with statements_watched(knife.statement):
            reply = terminal.give(Given(offered.scan_id, time.monotonic(), raw=offered.raw, source="SERIAL"))
        knife.at("answered")
        pipe.send((offered.scan_id, reply.template, time.monotonic() - began))
        knife.at("told")
    connection.close()


def at_the_dock(name: str) -> Terminal:
    """The receiver at their station, on the purchase order; whoever comes back is where they stopped."""
    at = Attached(name)
    terminal = Terminal(at, BADGE, Account(BADGE), STATION)
    if terminal.step != "receiving.scan_case":
        terminal.scan("PO-1")
    assert terminal.step == "receiving.scan_case"
    return terminal


def scan(number: int) -> Offered:
    """Cases with an SSCC and cases that get a plate of ours in turn; each has a count of its own."""
    pieces = number % 400 + 1
    label = f"]C100{sscc(number)}020{gtin(1)}37{pieces}" if number % 2 else f"]C1010{gtin(1)}30{pieces}"
    return Offered(f"scan-{number}", label, pieces)


class Knife:
    """Counts statements and kills its own process at the point."""

    def __init__(self, point: Point) -> None:
        self.point, self.count = point, 0

    def statement(self, when: str, _text: str) -> None:
        self.count += when == "before"
        if (when, self.count) == (self.point.when, self.point.statement):
            self.kill()

    def at(self, moment: str) -> None:
        if moment == self.point.when:
            self.kill()

    def kill(self) -> None:
        os.kill(os.getpid(), signal.SIGKILL)
        time.sleep(60)


# --- In the test -------------------------------------------------------------------------------------------


def kill_one(url: str, first: int, point: Point) -> Life:
    """Let a child live until its point, and hear what it wrote."""
    process, pipe = child(live_and_die, url, first, point)
    assert pipe.poll(60)
    pipe.recv()
    pipe.send("go")
    life = Life()
    while True:
        if point.when == "clock" and len(life.offered) == GIVEN and not pipe.poll(point.after_s):
            process.kill()
        try:
            said = pipe.recv()
        except EOFError:
            break
        if isinstance(said, Offered):
            life.offered.append(said)
        else:
            life.told[said[0]] = said[1]
            life.seconds.append(said[2])
    process.join(10)
    pipe.close()
    assert process.exitcode in (0, -signal.SIGKILL), process.exitcode
    _wait_for_the_server(url)
    return life


def _wait_for_the_server(url: str) -> None:
    """A server learns of a dead client a little later; what it was doing it finishes or rolls back first."""
    if not url.startswith("postgresql"):
        return
    connection.close()
    deadline = time.monotonic() + 20
    with psycopg.connect(url, autocommit=True) as admin:
        while time.monotonic() < deadline:
            others = admin.execute(
                "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() "
                "AND backend_type = 'client backend' AND pid <> pg_backend_pid() AND application_name <> %s",
                [EMPTIES],
            ).fetchone()
            if others == (0,):
                return
            time.sleep(0.005)
    raise AssertionError("the dead client's backend lives on")


def statements_of_a_scan(number: int) -> list[str]:
    """The statements that this scan sends, once the floor is warm: each such scan sends as many."""
    sent: list[str] = []
    terminal = at_the_dock(f"count-{number}")
    for warm in (number, number + 2):
        sent.clear()
        offered = scan(warm)
        with statements_watched(lambda when, text: sent.append(text) if when == "before" else None):
            terminal.give(Given(offered.scan_id, 0.0, raw=offered.raw, source="SERIAL"))
    return sent


def fixed_points(statements: list[int]) -> list[Point]:
    """Ten moments spread over ten scans of so many statements, the last being the COMMIT: the short form."""
    spread = [Point("before", 1 + number * (statements[number] - 1) // 6) for number in range(7)]
    return [*spread, Point("after", statements[7]), Point("answered"), Point("told")]


def random_points(rng: random.Random, statements: list[int], scan_s: float) -> list[Point]:
    """Moments drawn at random in fixed shares: before the COMMIT, after it, after the verdict, and by the clock."""
    kills = len(statements)
    shares = {"before": 45, "committed": 20, "told": 15, "clock": 20}
    kinds = [kind for kind, share in shares.items() for _ in range(share * kills // 100)]
    rng.shuffle(kinds)
    return [_draw(rng, kind, of_scan, scan_s) for kind, of_scan in zip(kinds, statements, strict=True)]


def _draw(rng: random.Random, kind: str, statements: int, scan_s: float) -> Point:
    if kind == "before":
        statement = rng.randint(1, statements)
        return Point("before" if statement == statements else rng.choice(("before", "after")), statement)
    if kind == "committed":
        return rng.choice((Point("after", statements), Point("answered")))
    if kind == "told":
        return Point("told")
    return Point("clock", after_s=rng.uniform(0, 1.5 * scan_s))


@dataclass
class Kills:
    """How the kills came out: the verdict had been told, or the scan was in doubt and committed, or absent."""

    classes: Counter[str] = field(default_factory=Counter)
    points: list[tuple[Point, str]] = field(default_factory=list)
    acknowledged: dict[str, Offered] = field(default_factory=dict)
    seconds: list[float] = field(default_factory=list)

    def note(self, point: Point, life: Life, committed: Callable[[str], bool]) -> None:
        doubt = life.in_doubt
        kind = "acknowledged" if doubt is None else ("committed" if committed(doubt.scan_id) else "absent")
        self.classes[kind] += 1
        self.points.append((point, kind))
        self.acknowledged |= {one.scan_id: one for one in life.offered if one.scan_id in life.told}
        self.seconds += life.seconds


def captures(offered: Iterable[Offered]) -> dict[str, tuple[int, int]]:
    """For each scan: how many moves it has in the ledger, and their pieces."""
    found = {
        row[0]: (row[1], row[2])
        for row in connection.rows(
            "SELECT scan_id, COUNT(*), SUM(qty) FROM stock_move WHERE kind = 'RECEIPT' GROUP BY scan_id"
        )
    }
    return {one.scan_id: found.get(one.scan_id, (0, 0)) for one in offered}
