"""What a line needs now, and its place in the queue, against definitions that try every quantity."""

from __future__ import annotations

import inspect
import random
from datetime import date, timedelta

import pytest
from lengths import LONG
from reference_plan import NOTHING_IS_ENOUGH, least, place_in_queue

from warehouse import policy

CASES = 20_000 if LONG else 2_000
RULES = ("partial", "line", "order", "set")


def random_line(dice: random.Random) -> dict[str, object]:
    ordered = dice.randint(1, 120)
    cancelled = dice.randint(0, ordered) if dice.random() < 0.5 else 0
    missing = dice.randint(0, ordered - cancelled)
    fill = dice.choice((0, 1, 33, 50, 66, 99, 100, dice.randint(0, 100)))
    return {
        "ordered": ordered,
        "cancelled": cancelled,
        "missing": missing,
        "fill_percent": fill,
        "claiming": dice.random() < 0.3,
        "watched": dice.random() < 0.3,
    }


def needed(rule: str, line: dict[str, object], min_need=policy.min_need) -> int:
    renamed = {"missing": "open_qty"}
    return min_need(rule, **{renamed.get(name, name): value for name, value in line.items()})


def test_the_least_need_is_the_first_quantity_that_is_enough():
    dice = random.Random(1)
    for _ in range(CASES):
        rule, line = dice.choice(RULES), random_line(dice)
        assert needed(rule, line) == least(rule, **line), (rule, line)


@pytest.mark.parametrize(
    ("rule", "fill", "ordered", "cancelled", "missing", "standing", "need"),
    [
        ("partial", 0, 20, 0, 20, "", 1),
        ("partial", 50, 21, 0, 21, "", 11),  # half of 21 is 11, not 10
        ("partial", 50, 20, 0, 10, "", 1),  # the half is secured already
        ("partial", 100, 20, 5, 15, "", 15),
        ("partial", 99, 3, 0, 3, "", 3),
        ("line", 0, 20, 5, 15, "", 15),
        ("order", 0, 20, 0, 20, "watched", 20),
        ("order", 0, 20, 0, 20, "", NOTHING_IS_ENOUGH),
        ("order", 0, 20, 0, 20, "claiming", 1),
        ("set", 0, 20, 5, 9, "claiming", 1),
        ("set", 0, 20, 5, 9, "watched", 9),
        ("set", 0, 20, 5, 9, "", NOTHING_IS_ENOUGH),
        ("order", 0, 20, 0, 0, "", 0),
        ("line", 0, 20, 5, 15, "claiming", 15),  # only lines of a set claim
        ("partial", 50, 20, 0, 20, "watched", 10),
    ],
)
def test_worked_needs(rule, fill, ordered, cancelled, missing, standing, need):
    line = {"ordered": ordered, "cancelled": cancelled, "missing": missing, "fill_percent": fill}
    line |= {"claiming": standing == "claiming", "watched": standing == "watched"}
    assert needed(rule, line) == need == least(rule, **line)


def test_no_supply_is_enough_for_a_line_that_waits_for_its_set():
    """The sentinel must be out of reach of any supply that the tables can hold (32 bits, signed)."""
    assert policy.NEVER == NOTHING_IS_ENOUGH == 2**31 - 1


FAULTS = {
    "the fill is rounded down": ("-(-fill_percent * wanted // 100)", "fill_percent * wanted // 100"),
    "cancelled pieces count for the fill": ("wanted = ordered - cancelled", "wanted = ordered"),
    "what is secured is forgotten": ("min(open_qty, fill - secured)", "min(open_qty, fill)"),
    "a need may sink to nothing": ("return max(1, min(", "return max(0, min("),
    "a set is served piecemeal": ("return 1 if claiming else", "return 1 if True else"),
    "a set that claims waits for all of it": ("return 1 if claiming else", "return open_qty if claiming else"),
    "a set is not woken by the line that it watches": ("open_qty if watched else NEVER", "NEVER"),
    "a set is woken by each of its lines": ("open_qty if watched else NEVER", "open_qty"),
    "a watched line is served piecemeal": ("(open_qty if watched", "(1 if watched"),
    "a part of an order is served like a line": ("if policy in TOGETHER", 'if policy == "order"'),
    "an order is served like its lines": ("if policy in TOGETHER", 'if policy == "set"'),
    "a line that misses nothing needs something": ("if open_qty == 0:", "if open_qty < 0:"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_caught(fault):
    old, new = FAULTS[fault]
    text = inspect.getsource(policy.min_need)
    assert text.count(old) == 1, f"the fault has lost its place: {old!r}"
    names = dict(vars(policy))
    exec(text.replace(old, new), names)  # noqa: S102
    dice = random.Random(1)
    lines = [(dice.choice(RULES), random_line(dice)) for _ in range(CASES)]
    assert any(needed(rule, line, names["min_need"]) != least(rule, **line) for rule, line in lines)


# --- The queue ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "day", [date(1, 1, 11), date(2024, 2, 29), date(2026, 6, 15), date(2026, 12, 31), date(9999, 12, 31)]
)
@pytest.mark.parametrize("priority", [1, 2, 3, 4, 5])
def test_rank_is_the_day_less_the_bonus(day, priority):
    assert policy.rank(day, priority) == place_in_queue(day, priority)


def test_a_pinned_line_is_before_all_others():
    """Whatever was promised and to whom: the first day of the calendar, in the highest class, comes after it."""
    first = min(policy.rank(date(1, 1, 12), priority) for priority in (1, 2, 3, 4, 5))
    for day in (date(1, 1, 12), date(2026, 6, 15), date(9999, 12, 31)):
        for priority in (1, 2, 3, 4, 5):
            assert policy.rank(day, priority, pinned=True) == place_in_queue(day, priority, pinned=True) < first
            assert policy.rank(day, priority, pinned=False) == place_in_queue(day, priority)
            owed = {policy.rank(day, priority, pinned=pinned, owed=3) for pinned in (False, True)}
            assert owed == {place_in_queue(day, priority, owed=3)}
            assert max(owed) < policy.rank(day, priority, pinned=True)


RANK_FAULTS = {
    "a pin does nothing": ("return PINNED if pinned else", "return"),
    "every line is pinned": ("return PINNED if pinned else", "return PINNED if True else"),
    "a pin keeps the day": ("return PINNED if pinned else", "return promised_on.toordinal() if pinned else"),
    "the bonus is added": ("- BONUS_DAYS", "+ BONUS_DAYS"),
    "a debt waits for its turn": ("if owed:", "if False:"),
    "a debt is no better than a pin": ("return OWED", "return PINNED"),
}


@pytest.mark.parametrize("fault", RANK_FAULTS)
def test_a_planted_fault_in_the_rank_is_caught(fault):
    old, new = RANK_FAULTS[fault]
    text = inspect.getsource(policy.rank)
    assert text.count(old) == 1, f"the fault has lost its place: {old!r}"
    names = dict(vars(policy))
    exec(text.replace(old, new), names)  # noqa: S102
    day = date(2026, 6, 15)
    assert any(
        names["rank"](day, priority, **standing) != place_in_queue(day, priority, **standing)
        for priority in (1, 2, 3, 4, 5)
        for standing in ({}, {"pinned": True}, {"owed": 2})
    )


def test_old_lines_rise_by_themselves():
    """A line of the lowest class that is ten days older goes level with one of the highest, and then ahead."""
    day = date(2026, 6, 15)
    assert policy.rank(day - timedelta(days=10), 5) == policy.rank(day, 1)
    assert policy.rank(day - timedelta(days=11), 5) < policy.rank(day, 1)
    assert [policy.rank(day, priority) - policy.rank(day, 1) for priority in (1, 2, 3, 4, 5)] == [0, 4, 7, 9, 10]


@pytest.mark.parametrize(
    ("ordered", "cancelled", "shipped", "missing", "held", "state"),
    [
        (9, 0, 0, 9, False, "W"),
        (9, 3, 0, 6, True, "H"),
        (9, 3, 2, 0, False, "R"),
        (9, 3, 2, 0, True, "R"),
        (9, 3, 6, 0, False, "C"),
        (9, 9, 0, 0, False, "C"),
    ],
)
def test_the_state_follows_from_the_counters(ordered, cancelled, shipped, missing, held, state):
    found = policy.state(ordered=ordered, cancelled=cancelled, shipped=shipped, open_qty=missing, held=held)
    assert found == state
