"""What the office and its leads may do to orders next, for the random floor: enter, cancel, change, hold, pin, lend.

After each of them stands what it must have done to the lines that it names, and what it may not do to others; all else
is held by the floor.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from small_floor import SITE, TODAY, SmallFloor

from db import connection
from warehouse import holds, order_changes, redistribution, release, sweeping
from warehouse.command_log import Change
from warehouse.completing import releasing
from warehouse.holds import Terms, Which
from warehouse.orders import Command
from warehouse.reply import InputError

SKUS = ("GOWN-L", "GOWN-M", "MASK", "SERUM")
ANY = st.integers(0, 10_000)  # which one of those that are there
COUNTS = st.integers(1, 40)
SETS = st.lists(st.sampled_from(["", "A", "A", "B"]), min_size=3, max_size=3)


class OrderDesk:
    """The rules; the floor has the rest."""

    small: SmallFloor
    model: Any
    reserved: dict[tuple[str, int], int]
    office: Callable[[Callable[[], Change | None]], Change | None]

    @rule(
        asked=st.lists(st.tuples(st.sampled_from(SKUS), COUNTS), min_size=1, max_size=3),
        policy=st.sampled_from(["partial", "partial", "line", "order", "order", "set"]),
        sets=SETS,
        fill=st.sampled_from([0, 0, 50, 100]),
        priority=st.integers(1, 5),
        days=st.integers(-3, 12),
        patience=st.sampled_from([30, 30, 0, None]),
        full_cases=st.sampled_from([False, False, True]),
    )
    def enter_an_order(self, asked, policy, sets, fill, priority, days, patience, full_cases) -> None:
        order = f"SO-{len(self.model.lines) + 1}"
        before = dict(self.reserved)

        def enter() -> None:
            self.small.order(
                order,
                *asked,
                policy="partial" if policy == "set" else policy,
                fill=fill,
                priority=priority,
                promised=TODAY + timedelta(days=days),
                patience=patience,
                full_cases=full_cases,
                sets=sets[: len(asked)] if policy == "set" else (),
            )

        self.office(enter)
        assert all(self.reserved[key] == qty for key, qty in before.items()), "order entry took from another line"
        for number, (_, qty) in enumerate(asked, 1):
            self.model.lines[order, number] = [qty, 0, 0]

    @precondition(lambda self: self.model.lines)
    @rule(which=ANY, whole=st.booleans(), quantity=st.none() | st.integers(1, 30))
    def cancel(self, which: int, whole: bool, quantity: int | None) -> None:
        """A line or a whole order, all of it or a part; picked pieces are never cancelled."""
        left = [key for key, (ordered, cancelled, picked) in self.model.lines.items() if ordered > cancelled + picked]
        some = sorted(left) if left and which % 5 else sorted(self.model.lines)
        order, line = some[which % len(some)]
        touched = [key for key in self.model.lines if key[0] == order and (whole or key[1] == line)]
        free = {key: self.model.lines[key][0] - sum(self.model.lines[key][1:]) for key in touched}
        asked = None if whole else quantity
        before = dict(self.reserved)
        try:
            done = self.office(lambda: self.small.cancel(order, None if whole else line, asked))
        except InputError:
            assert sum(free.values()) < (asked or 1)
            return
        assert done is not None
        assert done.quantity == (asked if asked is not None else sum(free.values()))
        for key in touched:
            self.model.lines[key][1] += free[key] if asked is None else asked
        others = {key: qty for key, qty in before.items() if key not in touched}
        assert all(self.reserved[key] >= qty for key, qty in others.items())

    # --- the lead's hand ---

    def _named(self, which: int, whole: bool) -> tuple[Which, list[tuple[str, int]]]:
        """An order or a line of one, and its lines."""
        order, line = sorted(self.model.lines)[which % len(self.model.lines)]
        touched = [key for key in self.model.lines if key[0] == order and (whole or key[1] == line)]
        return Which(order, None if whole else line), touched

    @precondition(lambda self: self.model.lines)
    @rule(
        which=ANY,
        whole=st.booleans(),
        keep=st.booleans(),
        kind=st.sampled_from(holds.KINDS),
        days=st.integers(0, 2),
    )
    def hold(self, which: int, whole: bool, keep: bool, kind: holds.Kind, days: int) -> None:
        """What nobody has begun to pick goes back, or stays with the line; the line gets nothing more."""
        named, touched = self._named(which, whole)
        until = self.small.now.date() + timedelta(days=days) if kind == "until" else None
        terms = Terms(kind, self.small.now.date() + timedelta(days=2), until, keep)
        before = dict(self.reserved)
        left = sum(self.small.line(*key)["qty_open"] + self.small.line(*key)["qty_reserved"] for key in touched)
        command = self.small.command()
        try:
            self.office(lambda: holds.hold(command, [named], terms))
        except InputError:
            assert not left
            return
        for key in touched:
            assert self.small.line(*key)["state"] in "HRC"
            assert self.reserved[key] == (before[key] if keep else self._begun(key))
        assert all(self.reserved[key] >= qty for key, qty in before.items() if key not in touched)

    def _begun(self, key: tuple[str, int]) -> int:
        """Pieces of a line that somebody is about to pick."""
        found = connection.value(
            "SELECT COALESCE(SUM(r.qty - r.qty_picked - r.qty_voided), 0) FROM reservation r "
            "JOIN pick_task t ON t.reservation_id = r.id JOIN order_line l ON l.id = r.line_id "
            "JOIN order_header h ON h.id = l.order_id WHERE h.order_no = ? AND l.line = ? AND t.state = 'TAKEN'",
            *key,
        )
        return int(found)

    def on_hold(self) -> list[tuple[str, int | None]]:
        return connection.rows(
            "SELECT h.order_no, l.line FROM order_hold o JOIN order_header h ON h.id = o.order_id "
            "LEFT JOIN order_line l ON l.id = o.line_id WHERE o.ended_at IS NULL GROUP BY h.order_no, l.line "
            "ORDER BY MIN(o.id)"
        )

    @precondition(lambda self: self.on_hold())
    @rule(which=ANY)
    def end_a_hold(self, which: int) -> None:
        found = self.on_hold()
        order, line = found[which % len(found)]
        before, command = dict(self.reserved), self.small.command()
        self.office(lambda: holds.unhold(command, [Which(order, line)]))
        assert (order, line) not in self.on_hold()
        assert all(self.reserved[key] >= qty for key, qty in before.items())

    @precondition(lambda self: self.model.lines)
    @rule(which=ANY, whole=st.booleans(), off=st.booleans())
    def pin(self, which: int, whole: bool, off: bool) -> None:
        """A place in the queue takes nothing from anybody."""
        named, _ = self._named(which, whole)
        before, command = dict(self.reserved), self.small.command()
        self.office(lambda: holds.pin(command, [named], off=off))
        assert self.reserved == before

    @precondition(lambda self: self.model.lines)
    @rule(which=ANY, whole=st.booleans(), priority=st.integers(1, 5))
    def prioritise(self, which: int, whole: bool, priority: int) -> None:
        named, _ = self._named(which, whole)
        before, command = dict(self.reserved), self.small.command()
        self.office(lambda: holds.prioritise(command, [named], priority))
        assert self.reserved == before

    @precondition(lambda self: self.model.lines)
    @rule(which=ANY, change=st.integers(-20, 20).filter(bool), full_cases=st.sampled_from([None, None, False, True]))
    def change_a_line(self, which: int, change: int, full_cases: bool | None) -> None:
        """The customer wants more or less, or takes no broken cases: what is settled stays."""
        key = sorted(self.model.lines)[which % len(self.model.lines)]
        ordered, cancelled, picked = self.model.lines[key]
        wanted = max(ordered + change, cancelled + picked, 1)
        values: dict[str, order_changes.Value] = {"quantity": wanted}
        if full_cases is not None:
            values["full_cases"] = int(full_cases)
        before, command = dict(self.reserved), self.small.command()
        self.office(lambda: change_line(command, key, values))
        self.model.lines[key][0] = wanted
        assert all(self.reserved[one] >= qty for one, qty in before.items() if one != key)
        assert self.reserved[key] <= wanted - cancelled - picked

    @precondition(lambda self: len(self.model.lines) > 1)
    @rule(which=ANY, other=ANY, quantity=st.integers(1, 12), lend=st.booleans())
    def move_promised_pieces(self, which: int, other: int, quantity: int, lend: bool) -> None:
        """From a line that has some to one of its item that misses some; refused where the rules say so."""
        having = self._lines_where(
            "l.qty_reserved > 0 AND (l.set_id IS NOT NULL OR ? = 0)", int(lend and which % 3 > 0)
        )
        if not having:
            return
        *source, item_id = having[which % len(having)]
        missing = self._lines_where("l.qty_open > 0 AND l.item_id = ?", item_id)
        if not missing:
            return
        *target, _ = missing[other % len(missing)]
        before, command = dict(self.reserved), self.small.command()
        move = redistribution.lend if lend else redistribution.redistribute
        try:
            self.office(lambda: move(command, Which(*source), Which(*target), quantity))
        except InputError:
            return
        assert self.reserved[tuple(target)] >= before[tuple(target)] + quantity
        assert all(self.reserved[key] >= qty for key, qty in before.items() if key != tuple(source))

    def _lines_where(self, which: str, *params: object) -> list[tuple[str, int, int]]:
        return connection.rows(
            "SELECT h.order_no, l.line, l.item_id FROM order_line l JOIN order_header h ON h.id = l.order_id "
            f"WHERE {which} ORDER BY l.id",
            *params,
        )

    # --- the sweep ---

    @rule()
    def sweep(self) -> None:
        """What is due is done, and nothing was ever missed."""
        swept = []
        self.office(lambda: swept.append(sweeping.sweep(self.small.site, self.small.now, force=True)))
        assert swept[0].missed == (), swept[0].missed
        assert connection.value("SELECT COUNT(*) FROM sweep_found") == 0
        today = self.small.today
        for table, which in (
            ("ship_set", "claiming = 0 AND n_unsat > 0 AND claims_on <= ?"),
            ("order_hold", "kind = 'until' AND ended_at IS NULL AND until_on <= ?"),
        ):
            assert connection.value(f"SELECT COUNT(*) FROM {table} WHERE {which}", today) == 0, table


@releasing
def change_line(command: Command, key: tuple[str, int], values: dict[str, order_changes.Value]) -> Change:
    """As the import of orders does it: the item locked, the line changed, its item released."""
    line_id, item_id = connection.one(
        "SELECT l.id, l.item_id FROM order_line l JOIN order_header h ON h.id = l.order_id "
        "WHERE h.order_no = ? AND l.line = ?",
        *key,
    )
    connection.locked(SITE, [item_id])
    freed = order_changes.change(command.cause, line_id, values)
    given = release.release(command.cause, item_id, release.Trigger("change"), command.today)
    return Change(0, tuple(freed), given)
