"""`planning.plan` and `planning.fair` against a reference that hands over single pieces, and against planted faults."""

from __future__ import annotations

import inspect
import random
from collections import Counter, deque

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lengths import LONG
from reference_plan import LOOKS, NOTHING_IS_ENOUGH, SHOWN, Asking, Shares, Unit, parts, share_out

from warehouse import planning, policy
from warehouse.planning import FreeUnit, WaitingLine

CASES = 1_000_000 if LONG else 20_000
SHARES = 8  # in which the cases are run, so that several processes have some of them
TODAY = "2026-06-15"
DAYS = ("2026-06-14", "2026-06-15", "2026-06-16", "9999-12-31", "9999-12-31")
KINDS = ("HARD", "HARD", "PENDING_STAGE")
POLICIES = ("partial", "partial", "line", "set")

# So small that a queue of a few lines meets each limit; the real ones have a test of their own.
FEW = {"BLOCKED_SHOWN": 3, "LOOKED_AT": 2}


@pytest.fixture
def few(monkeypatch):
    for name, value in FEW.items():
        monkeypatch.setattr(planning, name, value)


def planned(units: list[Unit], lines: list[Asking], rule) -> Shares:
    """What a plan answers, as the reference says it; also how far it read into the queue."""
    read = 0

    def queue():
        nonlocal read
        for line in lines:
            read += 1
            yield WaitingLine(*line)

    supply = [FreeUnit(unit.id, unit.free, unit.expiry, unit.kind, unit.whole) for unit in units]
    done = rule(supply, queue(), TODAY)
    return Shares(
        [(grant.line_id, grant.unit_id, grant.qty, grant.kind) for grant in done.grants],
        [(one.line_id, one.outcome, one.qty, one.short, one.reason) for one in done.verdicts],
        done.supply_before,
        done.supply_after,
        done.ran_out_at,
        done.candidates,
        done.kept,
        done.goes_on_at,
        read,
    )


def expected(units: list[Unit], lines: list[Asking], *, fairly: bool) -> Shares:
    return share_out(units, lines, TODAY, shown=FEW["BLOCKED_SHOWN"], looks=FEW["LOOKED_AT"], fairly=fairly)


def random_case(seed: int) -> tuple[list[Unit], list[Asking], bool]:
    """Units and a queue by a seed, mostly short of supply; every third on allocation."""
    dice = random.Random(seed)
    chance = dice.random

    def upto(most: int) -> int:
        return 1 + int(chance() * most)

    def one_of(choices):
        return choices[int(chance() * len(choices))]

    largest = one_of((3, 6, 12))
    units = [
        Unit(100 + place, upto(largest), one_of(DAYS), one_of(KINDS), chance() < 0.8)
        for place in range(int(chance() * 6))
    ]
    lines = []
    for number in range(1, 1 + int(chance() * 3) if chance() < 0.1 else 1):
        missing = upto(14)
        lines.append(Asking(number, missing, 1, "set", chance() < 0.3, owed=upto(missing)))
    for number in range(len(lines) + 1, 1 + int(chance() * 9)):
        rule = one_of(POLICIES)
        missing = upto(14)
        full_cases = chance() < 0.3
        if rule == "set":
            # A line of a set: asleep, watched for all that the set misses of the item, alone in it, or claiming.
            together = chance() < 0.6
            need = one_of((NOTHING_IS_ENOUGH, missing, missing + upto(4))) if together else one_of((1, missing))
            ready = together and need != NOTHING_IS_ENOUGH and chance() < 0.6
            lines.append(Asking(number, missing, need, rule, full_cases, together, ready))
        else:
            lines.append(Asking(number, missing, missing if rule == "line" else upto(missing), rule, full_cases))
    return units, lines, seed % 3 == 0


def rule_of(fairly: bool, names=None):
    names = names or vars(planning)
    return names["fair"] if fairly else names["plan"]


@pytest.mark.parametrize("share", range(SHARES))
def test_the_plan_agrees_with_the_reference(few, share):
    """Grants by line and unit, verdicts, reasons, what is left and kept, where it ended, and no line read in vain."""
    met: Counter[str] = Counter()
    for seed in range(share, CASES, SHARES):
        units, lines, fairly = random_case(seed)
        wanted = expected(units, lines, fairly=fairly)
        assert planned(units, lines, rule_of(fairly)) == wanted, f"seed {seed}: {units} {lines} fairly {fairly}"
        met.update(_met(wanted, fairly))
    # A comparison of empty plans would agree with anything.
    for what, least in (("grants", 0.4), ("candidates", 0.05), ("kept", 0.03), ("goes on", 0.015), ("crowd", 0.1)):
        assert met[what] > least * CASES / SHARES, (what, met)
    assert met["DEBT_REPAID"] > 0.005 * CASES / SHARES, met
    for what in ("FULL_CASES_ONLY", "FAIR_SHARE", "SUPPLY_EXHAUSTED", "ORDER_COMPLETE_NOT_YET", "MIN_FILL_NOT_MET"):
        assert met[what] > 0.02 * CASES / SHARES, (what, met)


def _met(wanted: Shares, fairly: bool) -> set[str]:
    met = {verdict[4] for verdict in wanted.verdicts}
    met |= {"grants"} if wanted.grants else set()
    met |= {"candidates"} if wanted.candidates else set()
    met |= {"kept"} if wanted.kept else set()
    met |= {"goes on"} if wanted.goes_on_at else set()
    skipped = sum(verdict[1] == "SKIPPED" for verdict in wanted.verdicts)
    return met | ({"crowd"} if skipped == FEW["BLOCKED_SHOWN"] else set())


UNITS = st.lists(
    st.builds(Unit, st.just(0), st.integers(1, 9), st.sampled_from(DAYS), st.sampled_from(KINDS), st.booleans()),
    max_size=5,
)
LINES = st.lists(
    st.builds(
        Asking,
        st.just(0),
        st.integers(1, 12),
        st.integers(1, 12) | st.just(NOTHING_IS_ENOUGH),
        st.sampled_from(POLICIES),
        st.booleans(),
        st.booleans(),
        st.booleans(),
        st.just(0) | st.integers(0, 5),
    ),
    max_size=7,
)


@given(UNITS, LINES, st.booleans())
@settings(
    max_examples=2_000 if LONG else 200,
    deadline=None,
    derandomize=not LONG,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],  # of a busy machine, which says nothing of the plan
)
def test_the_plan_agrees_on_cases_that_shrink(units, lines, fairly):
    """The same over cases that Hypothesis makes small when they differ; needs beyond what is open included."""
    units = [unit._replace(id=100 + place) for place, unit in enumerate(units)]
    lines = [line._replace(id=1 + place) for place, line in enumerate(lines)]
    with pytest.MonkeyPatch.context() as patch:
        for name, value in FEW.items():
            patch.setattr(planning, name, value)
        assert planned(units, lines, rule_of(fairly)) == expected(units, lines, fairly=fairly)


def test_the_limits_are_those_of_the_reference_and_hold_for_long_queues():
    """The real ones, once: lines that are shown, and lines that are looked at in one run."""
    assert (planning.BLOCKED_SHOWN, planning.LOOKED_AT, policy.NEVER) == (SHOWN, LOOKS, NOTHING_IS_ENOUGH)
    units = [Unit(100, 9, DAYS[3]), Unit(101, 7, DAYS[3])]
    sets = [Asking(number, 4, 4, "set", together=True) for number in range(1, 260)]
    stopped = [Asking(number, 40, 40, "line") for number in range(1, 60)]
    cases = [Asking(number, 3, 1, "partial", full_cases=True) for number in range(1, 260)]
    for lines in (sets, stopped, cases, sets[:100] + cases[100:]):
        for fairly in (False, True):
            assert planned(units, lines, rule_of(fairly)) == share_out(units, lines, TODAY, fairly=fairly)
    assert planned(units, sets, planning.plan).goes_on_at == 201
    assert len(planned(units, stopped, planning.plan).verdicts) == 20


# --- Worked out by hand -----------------------------------------------------------------------------------


def got(units: list[int], lines: list[tuple], rule=planning.plan) -> list[list[int]]:
    """By line, what it got of each unit (by its place)."""
    supply = [FreeUnit(place, qty, "9999-12-31") for place, qty in enumerate(units)]
    asking = [WaitingLine(1 + place, *line) for place, line in enumerate(lines)]
    grants = rule(supply, iter(asking), TODAY).grants
    return [[one.unit_id for one in grants if one.line_id == line.id] for line in asking]


def test_whole_cases_are_combined_where_their_order_is_not_enough():
    whole = {"line": ("line", True), "partial": ("partial", True)}
    assert got([30, 24, 24], [(48, 48, *whole["line"])]) == [[1, 2]]  # not the 30, which leaves 18 open
    assert got([30, 24, 24], [(48, 1, *whole["partial"])]) == [[0]]  # the first in the order of use
    assert got([20, 30, 24, 24], [(50, 45, *whole["partial"])]) == [[0, 1]]
    assert got([5, 30, 24, 24], [(50, 50, *whole["line"])]) == [[]]
    assert got([7] * 300 + [8], [(50, 50, *whole["line"])]) == [[]]  # 6 x 7 + 8, but nobody looks so far


def test_shares_are_worked_out_by_the_largest_remainder():
    """Ten for 7, 7 and 7: 3 1/3 each, the piece over to the first. Seven for 1, 2 and 10: .54, 1.08, 5.38."""
    shares = [("partial",)] * 3
    for supply, open_qty, part in (
        (10, (7, 7, 7), [4, 3, 3]),
        (7, (1, 2, 10), [1, 1, 5]),
        (13, (1, 2, 10), [1, 2, 10]),
        (2, (5, 5, 5), [1, 1, 0]),
    ):
        lines = [(qty, 1, *more) for qty, more in zip(open_qty, shares, strict=True)]
        asking = [WaitingLine(1 + place, *line) for place, line in enumerate(lines)]
        done = planning.fair([FreeUnit(1, supply, "9999-12-31")], iter(asking), TODAY)
        by_line = {one.line_id: one.qty for one in done.grants}
        assert [by_line.get(number, 0) for number in (1, 2, 3)] == part
        told = {one.line_id: one.reason for one in done.verdicts}
        assert {number: reason for number, reason in told.items() if reason} == {
            number: "FAIR_SHARE" for number in (1, 2, 3) if 0 < part[number - 1] < open_qty[number - 1]
        }


@pytest.mark.parametrize("share", range(SHARES))
def test_parts_add_up_and_differ_from_the_exact_ones_by_less_than_a_piece(share):
    for seed in range(share, CASES // 10, SHARES):
        _, lines, _ = random_case(seed)
        supply = 1 + seed % 25
        asking = [WaitingLine(*line) for line in lines if line.need <= supply and not line.together]
        found = planning._shares(asking, supply)
        missing = sum(line.open for line in asking)
        assert sum(found.values()) == min(supply, missing)
        assert found == {line.id: part for line, part in parts(supply, lines)}
        for line in asking:
            assert abs(found[line.id] * missing - min(supply, missing) * line.open) < missing


# --- Faults of our own making ---------------------------------------------------------------------------

FAULTS = {
    "the day of expiry no longer counts": ("return unit.expiry >= today", "return unit.expiry > today"),
    "expired units are handed out": (
        "for unit in supply if fits(unit, today))\n    left",
        "for unit in supply)\n    left",
    ),
    "a line that would just fit is passed over": ("fit = line.min_need <= left", "fit = line.min_need < left"),
    "a line that does not fit ends the run": ("            blocked += 1\n            continue", "            break"),
    "a line gets no more than its least need": ("min(_wanted(line), left))", "min(line.min_need, left))"),
    "the last piece is kept back": ("if left == 0:", "if left <= 1:"),
    "an empty supply does not end the reading": (
        "result.ran_out_at = line.id\n            break",
        "result.ran_out_at = line.id\n            continue",
    ),
    "one stopped line too many is written down": (
        "if fit or blocked < BLOCKED_SHOWN:",
        "if fit or blocked <= BLOCKED_SHOWN:",
    ),
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
    "a served line is called short of supply": ('_why_short(line, got, ended, left) if short else ""', "ended"),
    "what is left is not written down": ("result.supply_after = left + result.kept", "pass"),
    "the supply before counts what nobody may have": (
        "left = sum(qty for _, qty in units)\n    result = Plan(left, left)",
        "left = sum(qty for _, qty in units)\n    result = Plan(sum(unit.qty for unit in supply), left)",
    ),
    # Sets
    "a line of a set is served alone": (
        "if fit and line.together:\n            result",
        "if False:\n            result",
    ),
    "a set that is not ready keeps pieces": ("line.min_need if line.ready else 0", "line.min_need"),
    "nothing is kept for a set that is ready": ("line.min_need if line.ready else 0", "0"),
    "only what the line misses is kept for its set": ("line.min_need if line.ready", "line.open if line.ready"),
    "what is kept counts as given": ("result.supply_after = left + result.kept", "result.supply_after = left"),
    "sets that do not fit are looked at": ("elif fit:", "elif fit or line.together:"),
    "a set is called short of its complete quantity": (
        'if line.min_need == policy.NEVER or line.together:\n        return "ORDER',
        'if line.min_need == policy.NEVER:\n        return "ORDER',
    ),
    "only the last candidate is remembered": ("result.candidates.append(line.id)", "result.candidates[:] = [line.id]"),
    # Whole cases
    "a case is broken for a line of whole cases": ("if not line.full_cases:", "if True:"),
    "a case of which some is promised counts as whole": ("if unit.whole and free", "if free"),
    "the rest of a broken case counts as whole": ("free == unit.qty <= wanted", "free <= wanted"),
    "cases beyond what is missing are taken": ("if got + one[1] <= wanted:", "if got <= wanted:"),
    "only one case is taken": (
        "            got += one[1]\n    return",
        "            got += one[1]\n            break\n    return",
    ),
    "cases that are too few are taken": ("if got >= need else _combined", "if got else _combined"),
    "cases are not combined": ("else _combined(cases[:COMBINED], need, wanted)", "else []"),
    "the last choice of cases is taken": (
        "for one in cases:\n        sums",
        "for one in reversed(cases):\n        sums",
    ),
    "a choice may be one piece too large": ("wanted - with_it + 1)", "wanted - with_it + 2)"),
    "a choice may be one piece too small": ("max(0, need - with_it)", "max(0, need - with_it - 1)"),
    "the cases of one line serve the next as well": ("        units.remove(one)", "        pass"),
    "a line of whole cases is always short of supply": ("line.full_cases and left else", "False else"),
    "a line of whole cases is never short of supply": ("line.full_cases and left else", "line.full_cases else"),
    "a line that could have no whole case is short of its fill": ("if fit and line.full_cases:\n", "if False:\n"),
    # The end of a run
    "one costly line too many is looked at": ("if looked == most:", "if looked > most:"),
    "all lines are costly": ("if fit and (line.together or line.full_cases):", "if fit:"),
    "sets cost nothing": ("if fit and (line.together or line.full_cases):", "if fit and line.full_cases:"),
    "whole cases cost nothing": ("if fit and (line.together or line.full_cases):", "if fit and line.together:"),
    "the next run starts one line too late": (
        "            if looked == most:",
        "            if looked == most and (line := next(waiting, line)):",
    ),
    # Debts
    "more than the debt is paid back": (
        "return line.owed if line.owed and not",
        "return line.open if line.owed and not",
    ),
    "a debt that is less than a case is never paid": ("if line.owed and not line.full_cases else", "if line.owed else"),
    "others are served before who was paid back has its own place": ("if repaid and not line.owed:", "if False:"),
    "one debt a run": ("if repaid and not line.owed:", "if repaid:"),
    "a debt that is not paid ends the run": ("repaid = repaid or bool(line.owed)", "repaid = True"),
    "who was paid back is called short of supply": ("if line.owed and got >= line.owed:", "if False:"),
    "who was paid back in part is called paid back": ("if line.owed and got >= line.owed:", "if line.owed:"),
    "debts are shared": ("    if repaid.grants:\n        return repaid\n", ""),
    # Fair share
    "the first come takes all": ("share = _shares(", "share = {} and _shares("),
    "who can never be served has a part": ("if line.min_need <= left and not line.together]", "if not line.together]"),
    "lines of sets have a part": ("if line.min_need <= left and not line.together]", "if line.min_need <= left]"),
    "a part that is too small is given": ("if part and part >= line.min_need:", "if part:"),
    "a part that is just enough is given up": (
        "if part and part >= line.min_need:",
        "if part and part > line.min_need:",
    ),
    "a part is rounded up": ("supply * line.open // missing for", "-(-supply * line.open // missing) for"),
    "the smallest remainder is rounded up": ("(-(supply *", "((supply *"),
    "ties go to the last": ("% missing), place)", "% missing), -place)"),
    "what is over is lost": ("for place in order[: supply - sum(share.values())]:", "for place in order[:0]:"),
    "what is given up stays where it is": (
        "second = plan(unused(supply, first.grants), iter(rest), today)",
        "second = plan([], iter(rest), today)",
    ),
    "who has a part gets no more": ("if line.open > got.get(line.id, 0)]", "if line.id not in got]"),
    "who has a part must have its need again": (
        "min_need=1) if got else line",
        "min_need=line.min_need) if got else line",
    ),
    "a case is whole although a part of it is given": ("unit.whole and unit.id not in gone", "unit.whole"),
    "what is given is given once more": ("qty=unit.qty - gone.get(unit.id, 0)", "qty=unit.qty"),
    "lines with a part are looked at in this run alone": ("today, looks=len(reserved))", "today)"),
    "two grants of one unit stay two": (
        "key = (grant.line_id, grant.unit_id, grant.kind)",
        "key = (grant.line_id, grant.unit_id, grant.kind, id(grant))",
    ),
    "a fair share is called short of supply": ('ended="FAIR_SHARE"', 'ended="SUPPLY_EXHAUSTED"'),
    "who got nothing is not told": ("if line.id in said:", "if False:"),
    "candidates of an item on allocation are lost": (
        "result.candidates, result.kept, result.goes_on_at = second.candidates,",
        "result.candidates, result.kept, result.goes_on_at = [],",
    ),
    "what is kept of a fair share is not counted": ("second.candidates, second.kept,", "second.candidates, 0,"),
    "the supply before is that of the second round": ("Plan(first.supply_before,", "Plan(second.supply_before,"),
}


def faulty(old: str, new: str):
    """The rules of release with one place of their text changed."""
    text = inspect.getsource(planning)
    text = text[text.index("def fits(") :]
    assert text.count(old) == 1, f"the fault has lost its place: {old!r}"
    names = {**vars(planning), **FEW, "deque": deque}
    exec(compile("from __future__ import annotations\n" + text.replace(old, new), "faulty plan", "exec"), names)  # noqa: S102
    return names


def differs(names: dict[str, object], seeds: range) -> bool:
    for seed in seeds:
        units, lines, fairly = random_case(seed)
        try:
            if planned(units, lines, rule_of(fairly, names)) != expected(units, lines, fairly=fairly):
                return True
        except (IndexError, RuntimeError, ValueError, TypeError):  # a fault may also run into an empty row of units
            return True
    return False


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_caught(fault):
    """A comparison that lets a fault pass proves nothing about the plan."""
    assert differs(faulty(*FAULTS[fault]), range(20_000))


def test_the_untouched_copy_is_not_blamed():
    """The copy itself, without a fault, agrees: the faults are what is caught, not the copying."""
    assert not differs(faulty("wanted -= qty", "wanted -= qty"), range(200))
