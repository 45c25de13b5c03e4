"""What a vendor's cases held, and which counts are questioned: by example, for any history, by the benchmark."""

from __future__ import annotations

import statistics
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks import packs as benchmark
from warehouse import packs
from warehouse.packs import History, Limits, judge, limits, suggestion, transpositions

NOTHING = History.of([])
THIRTY = History.of([(20, 8), (22, 12), (24, 10)])
ALWAYS = History.of([(24, 30)])


def told(count: int, history: History, **known) -> tuple[int, str] | None:
    found = judge(count, history, **known)
    return (found.level, found.reason) if found else None


# --- The statistic --------------------------------------------------------------------------------------


def test_a_history_in_numbers():
    found = History.of([(24, 10), (20, 8), (22, 12)])
    assert found == THIRTY
    assert (found.cases, found.least, found.most) == (30, 20, 24)
    assert (found.median, found.mad) == (22, 2)
    assert (found.p5, found.p95, found.mode, found.mode_cases) == (20, 24, 22, 12)
    assert found.mode_share == Fraction(2, 5)
    assert found.usual == "20-24"


def test_halves_stay_exact():
    found = History.of([(20, 1), (21, 1), (24, 1), (30, 1)])
    assert found.median == Fraction(45, 2)
    assert found.mad == Fraction(2)
    assert History.of([(1, 1), (2, 1)]).mad == Fraction(1, 2)
    assert History.of([(1, 1), (2, 1), (4, 1), (6, 1)]).mad == Fraction(3, 2)


def test_no_cases_are_a_history_too():
    assert (NOTHING.cases, NOTHING.usual, NOTHING.mode_share, suggestion(NOTHING), limits(NOTHING)) == (
        *(0, "", 0, None),
        None,
    )


@pytest.mark.parametrize("pair", [(0, 1), (-24, 1), (24, 0), (24, -1)])
def test_what_no_case_can_hold_is_a_fault_of_the_program(pair):
    with pytest.raises(ValueError, match="at least 1"):
        History.of([pair])


PAIRS = st.lists(st.tuples(st.integers(1, 60) | st.integers(1, 2_000), st.integers(1, 60)), min_size=1, max_size=12)


@given(PAIRS)
@settings(max_examples=80, deadline=None, derandomize=True, database=None)
def test_the_statistic_is_that_of_the_single_cases(pairs):
    found = History.of(pairs)
    cases = sorted(pieces for pieces, times in pairs for _ in range(times))
    median = statistics.median(cases)  # halves and quarters are exact in binary
    apart = [abs(case - median) for case in cases]
    assert found.cases == len(cases)
    assert (found.least, found.most) == (cases[0], cases[-1])
    assert found.median == median
    assert found.mad == statistics.median(apart)
    assert found.mode == min(statistics.multimode(cases))
    assert found.mode_cases == cases.count(found.mode)
    for percent, value in ((5, found.p5), (95, found.p95)):
        assert 100 * sum(case <= value for case in cases) >= percent * len(cases)
        assert 100 * sum(case < value for case in cases) < percent * len(cases)


@given(PAIRS, st.randoms(use_true_random=False))
@settings(max_examples=30, deadline=None, derandomize=True, database=None)
def test_neither_order_nor_grouping_matters(pairs, dice):
    single = [(pieces, 1) for pieces, times in pairs for _ in range(times)]
    dice.shuffle(single)
    assert History.of(single) == History.of(pairs)


# --- The rules, one by one ------------------------------------------------------------------------------


def test_ten_times_the_usual_says_what_was_meant():
    found = judge(240, THIRTY)
    assert found == packs.Judged(
        level=2,
        reason="TENFOLD",
        count=240,
        cases=30,
        usual="20-24",
        median="22",
        limits="",
        factor="about 11 times",
        hint="24?",
    )


@pytest.mark.parametrize(
    ("count", "history", "expected", "hint"),
    [
        (200, THIRTY, (2, "TENFOLD"), "20?"),
        (2400, ALWAYS, (2, "TENFOLD"), "24?"),
        (2, ALWAYS, (2, "TENFOLD"), "24?"),
        (2, THIRTY, (2, "TENFOLD"), "22?"),
        (224, ALWAYS, (2, "FAR"), ""),
        (192, ALWAYS, (2, "FAR"), ""),
        (191, ALWAYS, (1, "UNUSUAL"), ""),
        (3, ALWAYS, (2, "FAR"), ""),
        (4, ALWAYS, (1, "UNUSUAL"), ""),
        (42, ALWAYS, (1, "TRANSPOSED"), "24?"),
        (42, THIRTY, (1, "TRANSPOSED"), "24?"),
        (42, History.of([(24, 150), (48, 150)]), (1, "TRANSPOSED"), "24?"),
        (84, History.of([(24, 150), (48, 150)]), (1, "TRANSPOSED"), "48?"),
        (210, History.of([(110, 10), (115, 10), (120, 10)]), (1, "TRANSPOSED"), "120?"),
        (32, THIRTY, None, ""),
        (33, THIRTY, (1, "UNUSUAL"), ""),
        (12, THIRTY, None, ""),
        (11, THIRTY, (1, "UNUSUAL"), ""),
    ],
)
def test_a_slip_is_told_with_what_was_probably_meant(count, history, expected, hint):
    found = judge(count, history)
    assert told(count, history) == expected
    assert (found.hint if found else "") == hint


def test_where_every_case_held_the_same_a_tenth_is_close():
    assert [count for count in range(15, 35) if not judge(count, ALWAYS)] == [22, 23, 24, 25, 26]
    assert [count for count in range(1, 12) if not judge(count, History.of([(4, 30)]))] == [3, 4, 5]


def test_a_digit_too_many_is_not_told_of_what_lies_within_the_cases_seen():
    mixed = History.of([(3, 3), (20, 2), (40, 2), (60, 2), (80, 3)])
    assert told(30, mixed) is None
    assert told(800, mixed) == (2, "TENFOLD")


def test_a_rare_value_is_no_reason_to_see_swapped_digits():
    wide = History.of([(pieces, 1) for pieces in range(100, 160)])
    assert 135 in dict(wide.counts)
    assert told(153, History.of([pair for pair in wide.counts if pair[0] != 153])) is None
    assert told(531, wide) == (1, "UNUSUAL")


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        ([(34, 4), (40, 36)], (1, "TRANSPOSED")),  # a tenth of the cases held 34
        ([(34, 4), (40, 37)], None),  # fewer
        ([(34, 4), (40, 35), (43, 1)], None),  # 43 itself was seen
        ([(34, 36), (40, 3), (43, 1)], (1, "TRANSPOSED")),  # but 34 is what most cases held
    ],
)
def test_swapped_digits_of_what_is_usual_beside_the_mode(pairs, expected):
    assert told(43, History.of(pairs)) == expected
    if expected:
        assert judge(43, History.of(pairs)).hint == "34?"


def test_from_two_hundred_cases_the_least_and_the_most_are_a_limit():
    for times, expected in ((33, None), (40, (1, "OUTSIDE_RANGE"))):
        history = History.of([(pieces, times) for pieces in (30, 33, 36, 39, 42)] + [(36, 200 - 5 * 40)] * (times > 40))
        assert history.cases == 5 * times
        assert told(43, history) == told(29, history) == expected
        assert told(31, history) is None


def test_what_was_seen_three_times_is_never_questioned():
    for times in range(1, 6):
        history = History.of([(24, 300), (240, times)])
        assert told(240, history) == (None if times >= 3 else (2, "FAR"))


def test_the_limits_of_the_item_need_another_person():
    assert told(19, THIRTY, low=20, high=60) == (2, "OUTSIDE_ITEM")
    assert told(61, NOTHING, low=20, high=60) == (2, "OUTSIDE_ITEM")
    assert told(20, NOTHING, low=20, high=60) is told(60, NOTHING, low=20, high=60) is None
    assert [judge(9, NOTHING, low=low, high=high).limits for low, high in ((10, 60), (10, None), (None, 8))] == [
        *("10-60", "10+", "1-8"),
    ]


@pytest.mark.parametrize("code", ["395011015300004711", "4711", "LOT4711"])
def test_a_barcode_is_no_number_of_pieces(code):
    assert told(4711, NOTHING, barcodes=["9", code]) == (2, "BARCODE")
    assert told(4712, NOTHING, barcodes=[code]) is None
    assert told(711, NOTHING, barcodes=[code]) is None


def test_a_few_cases_are_no_statistic():
    few = History.of([(24, 4)])
    assert told(42, few) is told(240, few) is None
    assert told(240, few, nominal=24) == (2, "TENFOLD")
    assert told(42, few, nominal=24) == (1, "TRANSPOSED")
    assert told(30, few, nominal=24) is None
    assert told(30, few, announced=24) == (1, "NOT_ANNOUNCED")
    assert told(26, few, announced=24, nominal=240) is None
    assert judge(2, few, announced=24).usual == "24"
    assert told(30, History.of([(24, 5)]), announced=30) == (1, "UNUSUAL")


def test_a_suggestion_needs_hardly_any_doubt():
    assert suggestion(History.of([(24, 18), (22, 2)])) == 24
    assert suggestion(History.of([(24, 17), (22, 3)])) is None
    assert suggestion(History.of([(24, 19)])) is None


@pytest.mark.parametrize(
    ("value", "swapped"), [(24, {42}), (22, set()), (20, {2}), (7, set()), (120, {210, 102}), (100, {10})]
)
def test_two_neighbouring_digits_swapped(value, swapped):
    assert set(transpositions(value)) == swapped


@pytest.mark.parametrize(
    ("count", "factor"),
    [(47, ""), (48, "about 2 times"), (60, "about 3 times"), (12, "about 1/2 of"), (13, ""), (1, "about 1/24 of")],
)
def test_how_far_is_told_from_two_times_on(count, factor):
    assert judge(count, ALWAYS).factor == factor


# --- The rules, for any history -------------------------------------------------------------------------

COUNTS = st.integers(1, 100) | st.integers(1, 5_000)
KNOWN = st.fixed_dictionaries(
    {
        "low": st.none() | st.integers(1, 30),
        "high": st.none() | st.integers(30, 600),
        "announced": st.none() | st.integers(1, 60),
        "nominal": st.none() | st.integers(1, 60),
        "barcodes": st.lists(st.sampled_from(["395211230000001234", "LOT1000", "24"]), max_size=2),
    }
)
PROPERTY = settings(max_examples=120, deadline=None, derandomize=True, database=None)


@given(PAIRS, KNOWN)
@PROPERTY
def test_whatever_is_known_a_value_seen_often_passes(pairs, known):
    history = History.of(pairs)
    for pieces, cases in history.counts:
        if cases >= 3:
            assert judge(pieces, history, **known) is None


@given(PAIRS | st.just([]), COUNTS, KNOWN)
@PROPERTY
def test_a_verdict_is_that_of_the_first_rule_and_the_second_level_comes_first(pairs, count, known):
    history = History.of(pairs)
    found = judge(count, history, **known)
    assert found == judge(count, History.of(reversed(pairs)), **known)
    levels = [level for _, level, _ in packs.RULES]
    assert levels == sorted(levels, reverse=True)
    if found is None:
        return
    assert (found.reason, found.level) in {(reason, level) for reason, level, _ in packs.RULES}
    assert found.count == count
    if found.hint:
        meant = int(found.hint.rstrip("?"))
        swapped, longer, shorter = set(transpositions(meant)), str(count).rstrip("0"), str(meant)
        assert count in swapped or shorter.startswith(str(count)) or shorter.rstrip("0") == longer


@given(PAIRS, COUNTS)
@PROPERTY
def test_the_limits_are_where_the_rules_begin(pairs, count):
    history = History.of(pairs)
    bounds, reason = limits(history), getattr(judge(count, history), "reason", None)
    if bounds is None:
        assert history.cases < packs.ENOUGH
        return
    assert bounds.low <= history.median <= bounds.high
    if dict(history.counts).get(count, 0) >= packs.OFTEN or reason in ("TENFOLD", "TRANSPOSED"):
        return
    if not bounds.far_low < count < bounds.far_high:
        assert reason == "FAR"
    elif not bounds.low <= count <= bounds.high:
        assert reason in ("UNUSUAL", "OUTSIDE_RANGE")
    else:
        assert reason is None


def test_limits_by_example():
    assert limits(THIRTY) == Limits(low=12, high=32, far_low=2, far_high=176)
    assert limits(ALWAYS) == Limits(22, 26, 3, 192)
    assert limits(History.of([(24, 200)])) == Limits(24, 24, 3, 192)


@given(PAIRS, COUNTS, st.integers(2, 9))
@PROPERTY
def test_in_another_unit_far_stays_far(pairs, count, times):
    """Pieces counted in pairs, or in half dozens: FAR and the modified z-score know no unit, digits do."""
    history = History.of(pairs)
    larger = History.of((pieces * times, cases) for pieces, cases in pairs)
    assert (larger.median, larger.mad) == (history.median * times, history.mad * times)
    if history.cases < packs.ENOUGH or not history.mad or dict(history.counts).get(count):
        return
    digits = ("TENFOLD", "TRANSPOSED")
    verdicts = told(count, history), told(count * times, larger)
    if not any(verdict and verdict[1] in digits for verdict in verdicts):
        assert verdicts[0] == verdicts[1]


@given(PAIRS, COUNTS)
@PROPERTY
def test_further_out_is_never_less_odd(pairs, count):
    """Beyond all that was seen, the level never falls again on the way out."""
    history = History.of(pairs)
    outside = range(history.most + 1, history.most + 1 + count % 150)
    digits = ("TENFOLD", "TRANSPOSED")
    found = [judge(one, history) for one in outside]
    levels = [one.level if one else 0 for one in found if not (one and one.reason in digits)]
    assert all(before <= after for before, after in pairwise(levels))


# --- The benchmark ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def measured():
    return {name: benchmark.shares(name, benchmark.SEEDS, 1_000) for name in benchmark.GENERATORS}


@pytest.mark.parametrize("name", benchmark.GENERATORS)
def test_slips_are_caught_and_right_counts_left_alone(measured, name):
    found = measured[name]
    assert found.tenfold.of >= 19_500
    assert found.tenfold.share >= benchmark.TENFOLD
    assert found.transposed.share >= benchmark.TRANSPOSED
    assert found.questioned.of + found.parts.of == 10_000
    assert found.questioned.share <= benchmark.QUESTIONED


def test_transpositions_are_caught_over_all(measured):
    hit, of = (sum(getattr(found.transposed, name) for found in measured.values()) for name in ("hit", "of"))
    assert of >= 50_000
    assert hit / of >= benchmark.TRANSPOSED_ALL
