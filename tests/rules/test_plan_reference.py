"""`release.plan` against a reference that hands over single pieces, and against ten faults of our own making."""

from __future__ import annotations

import inspect
import random
from collections import deque

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lengths import LONG
from reference_plan import ALL_OF_A_LONGER_ORDER, Shares, share_out

from warehouse import release
from warehouse.release import FreeUnit, WaitingLine

CASES = 20_000 if LONG else 2_000
TODAY = "2026-06-15"
DAYS = ("2026-06-14", "2026-06-15", "2026-06-16", "9999-12-31")
KINDS = ("HARD", "PENDING_STAGE")
POLICIES = ("partial", "line", "order")

Units = list[tuple[int, int, str, str]]
Lines = list[tuple[int, int, int, str]]


def planned(units: Units, lines: Lines, plan=release.plan) -> Shares:
    """What a plan answers, as the reference says it; also how far it read into the queue."""
    read = 0

    def queue():
        nonlocal read
        for line_id, missing, need, policy in lines:
            read += 1
            yield WaitingLine(line_id, missing, need, policy)

    supply = [FreeUnit(unit_id, free, expiry, kind) for unit_id, free, expiry, kind in units]
    done = plan(supply, queue(), TODAY)
    return Shares(
        [(grant.line_id, grant.unit_id, grant.qty, grant.kind) for grant in done.grants],
        [(one.line_id, one.outcome, one.qty, one.short, one.reason) for one in done.verdicts],
        done.supply_before,
        done.supply_after,
        done.ran_out_at,
        read,
    )


def random_case(seed: int) -> tuple[Units, Lines]:
    """Units and a queue by a seed: mostly short, with now and then a long run of lines that do not fit."""
    dice = random.Random(seed)
    units = [
        (100 + place, dice.randint(1, 12), dice.choice(DAYS), dice.choice(KINDS)) for place in range(dice.randint(0, 5))
    ]
    crowd = dice.random() < 0.15
    lines = []
    for place in range(dice.randint(22, 45) if crowd else dice.randint(0, 9)):
        policy = dice.choice(POLICIES)
        missing = dice.randint(1, 60 if crowd else 14)
        need = {
            "partial": dice.randint(1, missing),
            "line": missing,
            "order": dice.choice((missing, ALL_OF_A_LONGER_ORDER)),
        }
        lines.append((1 + place, missing, need[policy], policy))
    return units, lines


def test_plan_agrees_with_the_reference():
    """Grants by line and unit, verdicts, reasons, what is left, where it ran out, and no line read in vain."""
    served = crowded = 0
    for seed in range(CASES):
        units, lines = random_case(seed)
        expected = share_out(units, lines, TODAY)
        assert planned(units, lines) == expected, f"seed {seed}: {units} {lines}"
        served += bool(expected.grants)
        crowded += sum(verdict[1] == "SKIPPED" for verdict in expected.verdicts) == 20
    # A comparison of empty plans would agree with anything.
    assert served > CASES * 0.4
    assert crowded > CASES * 0.01


UNITS = st.lists(st.tuples(st.integers(1, 9), st.sampled_from(DAYS), st.sampled_from(KINDS)), max_size=5)
LINES = st.lists(
    st.tuples(st.integers(1, 12), st.integers(1, 12) | st.just(ALL_OF_A_LONGER_ORDER), st.sampled_from(POLICIES)),
    max_size=8,
)


@given(UNITS, LINES)
@settings(max_examples=2_000 if LONG else 200, deadline=None, derandomize=not LONG, database=None)
def test_plan_agrees_on_cases_that_shrink(units, lines):
    """The same over cases that Hypothesis makes small when they differ; needs beyond what is open included."""
    numbered_units = [(100 + place, *unit) for place, unit in enumerate(units)]
    numbered_lines = [(1 + place, *line) for place, line in enumerate(lines)]
    assert planned(numbered_units, numbered_lines) == share_out(numbered_units, numbered_lines, TODAY)


# --- Faults of our own making ---------------------------------------------------------------------------

FAULTS = {
    "the day of expiry no longer counts": ("return unit.expiry >= today", "return unit.expiry > today"),
    "expired units are handed out": ("for unit in supply if fits(unit, today)", "for unit in supply"),
    "a line that would just fit is passed over": ("if line.min_need > left:", "if line.min_need >= left:"),
    "a line that does not fit ends the run": ("            blocked += 1\n            continue", "            break"),
    "a line gets no more than its least need": ("wanted = min(line.open, left)", "wanted = min(line.min_need, left)"),
    "the last piece is kept back": ("if left == 0:", "if left <= 1:"),
    "an empty supply does not end the reading": (
        "result.ran_out_at = line.id\n            break",
        "result.ran_out_at = line.id\n            continue",
    ),
    "one stopped line too many is written down": ("if blocked < BLOCKED_SHOWN:", "if blocked <= BLOCKED_SHOWN:"),
    "the rest of a unit goes to the end of the row": (
        "units.appendleft((unit, free - qty))",
        "units.append((unit, free - qty))",
    ),
    "the last unit is used first": ("unit, free = units.popleft()", "unit, free = units.pop()"),
    "only the last unit says whether it is pickable": ("pending = pending or unit.kind", "pending = unit.kind"),
    "every grant is called pickable": (
        "Grant(line.id, unit.id, qty, unit.kind)",
        'Grant(line.id, unit.id, qty, "HARD")',
    ),
    "minimum fill and complete change names": ('if line.policy == "partial"', 'if line.policy != "partial"'),
    "a served line is called short of supply": ('"SUPPLY_EXHAUSTED" if short else ""', '"SUPPLY_EXHAUSTED"'),
    "what is left is not written down": ("result.supply_after = left", "pass"),
    "the supply before counts what nobody may have": (
        "left = sum(qty for _, qty in units)\n    result = Plan(left, left)",
        "left = sum(qty for _, qty in units)\n    result = Plan(sum(unit.qty for unit in supply), left)",
    ),
}


def faulty(old: str, new: str):
    """`release.plan` and what it calls, with one place of its text changed."""
    parts = (release.fits, release.plan, release.blocked_by, release._take)
    text = "\n\n".join(inspect.getsource(part) for part in parts)
    assert text.count(old) == 1, f"the fault has lost its place: {old!r}"
    names = {**vars(release), "deque": deque}
    exec(compile("from __future__ import annotations\n" + text.replace(old, new), "faulty plan", "exec"), names)  # noqa: S102
    return names["plan"]


def differs(plan, seeds: range) -> bool:
    for seed in seeds:
        units, lines = random_case(seed)
        try:
            if planned(units, lines, plan) != share_out(units, lines, TODAY):
                return True
        except (IndexError, RuntimeError):  # a fault may also run into an empty row of units
            return True
    return False


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_caught(fault):
    """A comparison that lets a fault pass proves nothing about the plan."""
    assert differs(faulty(*FAULTS[fault]), range(CASES))


def test_the_untouched_copy_is_not_blamed():
    """The copy itself, without a fault, agrees: the faults are what is caught, not the copying."""
    assert not differs(faulty("left -= wanted", "left -= wanted"), range(200))
