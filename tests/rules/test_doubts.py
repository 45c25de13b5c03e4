"""What is doubted about a counted case: worked out here a second time, for any case."""

from __future__ import annotations

import re
import string
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from warehouse import doubts
from warehouse.inbound import AsnUnit, Case, LastCase, PoLine
from warehouse.items import Item
from warehouse.messages import TEMPLATES
from warehouse.pack_counts import History
from warehouse.rules import Rules
from warehouse.tolerances import Limit, Tolerances

TODAY = date(2026, 6, 15)
AT = "2026-06-15T09:00:00.000000Z"
ORDER = (
    "missing_separator",
    "count",
    "stopped",
    "day",
    "over",
    "past_expiry",
    "life",
    "lot",
    "expiry",
    "weight",
    "same_again",
)
RULES = Rules({})
WIDE = Limit(5, "WARN", "site")


def item(**more: object) -> Item:
    return replace(Item(7, "GOWN-L", "Gown L", "ea", "variable", 1, 60, 0, 0), **more)  # type: ignore[arg-type]


def line(ordered: int, received: int, expected_on: date = TODAY) -> PoLine:
    day = expected_on.isoformat()
    return PoLine(1, 1, 1, "PO-1", 1, 7, "Gown L", ordered, received, False, day, ordered, ordered - received)


def tolerances(over: Limit = WIDE, early: Limit = WIDE, late: Limit = WIDE) -> Tolerances:
    return Tolerances(over, WIDE, early, late)


def advice(lot: str = "", expiry: str = "9999-12-31") -> AsnUnit:
    return AsnUnit(1, 1, "ASN-1", 1, 1, 7, "395212340000000014", "", 24, lot, expiry, "2026-06-15", False)


LIMITS = st.builds(Limit, st.integers(0, 10), st.sampled_from(["NONE", "WARN", "REJECT"]), st.just("site"))
DAYS = st.integers(-400, 400).map(lambda days: (TODAY + timedelta(days)).isoformat())
CASES = st.builds(
    lambda code, quantity, expiry, suspect, lot, weight, seal, shelf, least: Case(
        item(shelf_life_days=shelf, min_life_days=least, weight_unit="kg", piece_weight=100),
        code,
        quantity,
        "KEYED",
        lot,
        expiry,
        suspect,
        weight=weight,
        seal=seal,
    ),
    st.sampled_from(["", "395212340000000014"]),
    st.integers(1, 120_000) | st.integers(1, 60),
    st.just("") | DAYS,
    st.sampled_from(["", "", "LOT117270228"]),
    st.sampled_from(["", "L1", "L2"]),
    st.none() | st.integers(1, 9_000),
    st.sampled_from(["SEALED", "OPENED"]),
    st.none() | st.integers(1, 700),
    st.none() | st.integers(0, 100),
)
SEEN = st.none() | st.builds(LastCase, st.just(AT), st.sampled_from([7, 8]), st.integers(1, 60))
KNOWN = st.builds(
    lambda ordered, received, day, over, early, late, seen, blind, stopped, lot, told, unordered: doubts.Known(
        TODAY,
        RULES,
        None if unordered else line(ordered, received, date.fromisoformat(day)),
        None if unordered else tolerances(over, early, late),
        History.of([(24, 20)]),
        told,
        seen,
        lot,
        stopped,
        blind,
    ),
    st.integers(1, 200),
    st.integers(0, 250),
    DAYS,
    LIMITS,
    LIMITS,
    LIMITS,
    SEEN,
    st.booleans(),
    st.sampled_from(["", "", "recall"]),
    st.just("") | DAYS,
    st.none() | st.builds(advice, st.sampled_from(["", "L1"]), st.just("9999-12-31") | DAYS),
    st.booleans(),
)


def doubted(case: Case, known: doubts.Known) -> list[str]:
    """Every doubt that there is, in the order in which they are asked; always 24 is what these cases held before."""
    today = TODAY.isoformat()
    left = (date.fromisoformat(case.expiry) - TODAY).days if case.expiry else 10**6
    shelf, least = case.item.shelf_life_days, case.item.min_life_days
    reasons = {
        "missing_separator": case.suspect != "",
        "count": case.seal == "SEALED" and not 22 <= case.quantity <= 26,
        "stopped": known.stopped != "",
        "past_expiry": bool(case.expiry) and case.expiry < today,
        "life": (shelf is not None and left * 100 < shelf * 66) or (least is not None and left < least),
        "lot": known.advice is not None and case.lot != "" and known.advice.lot not in ("", case.lot),
        "weight": case.weight is not None and abs(case.weight - 100 * case.quantity) > 100 * case.quantity * 2 // 100,
        "same_again": case.code == "" and known.seen == LastCase(AT, 7, case.quantity),
    }
    others = [known.advice.expiry if known.advice else "9999-12-31", known.lot_expiry or "9999-12-31"]
    reasons["expiry"] = case.expiry != "" and any(other not in ("9999-12-31", case.expiry) for other in others)
    if known.line is not None:
        most = known.line.ordered + known.line.ordered * known.tolerances.over.amount // 100
        free = known.tolerances.over.action == "NONE" or known.blind
        reasons["over"] = (
            case.quantity + known.line.received > most
            and case.quantity > max(0, known.line.ordered - known.line.received)
            and not free
        )
        away = (date.fromisoformat(known.line.expected_on) - TODAY).days
        limit = known.tolerances.early if away > 0 else known.tolerances.late
        reasons["day"] = abs(away) > limit.amount and limit.action != "NONE"
    return [name for name in ORDER if reasons.get(name)]


@given(CASES, KNOWN, st.sets(st.sampled_from(ORDER)))
@settings(max_examples=500, deadline=None, derandomize=True, database=None)
def test_the_first_doubt_that_was_not_answered_is_asked(case, known, answered):
    found = doubts.first(case, known, tuple(answered))
    expected = [name for name in doubted(case, known) if name not in answered]
    assert (found.about if found else None) == (expected[0] if expected else None)


@given(CASES, KNOWN)
@settings(max_examples=300, deadline=None, derandomize=True, database=None)
def test_its_words_are_the_fields_of_its_sentence(case, known):
    asked: tuple[str, ...] = ()
    while (found := doubts.first(case, known, asked)) is not None:
        fields = {
            name for text in TEMPLATES[found.name].lines for _, name, _, _ in string.Formatter().parse(text) if name
        }
        assert fields <= set(found.words) | ({"time"} if found.since else set()), found.name
        asked = (*asked, found.about)


@given(CASES, KNOWN)
@settings(max_examples=300, deadline=None, derandomize=True, database=None)
def test_blind_no_sentence_tells_what_was_expected(case, known):
    """Neither the usual count nor what is open on the order nor what was announced."""
    blind = replace(known, blind=True)
    asked: tuple[str, ...] = ()
    while (found := doubts.first(case, blind, asked)) is not None:
        said = " ".join(text.format_map({**found.words, "time": "09:00"}) for text in TEMPLATES[found.name].lines)
        dates = set(re.findall(r"\d{4}-\d\d-\d\d", said))
        assert dates <= {case.expiry, known.line.expected_on if known.line else ""}, said
        left = (date.fromisoformat(case.expiry or AT[:10]) - TODAY).days
        numbers = set(re.findall(r"\d+", re.sub(r"\d{4}-\d\d-\d\d", "", said)))
        assert "24" not in numbers - {str(case.quantity), str(left)}, said
        assert case.lot == "L1" or "L1" not in said, said
        asked = (*asked, found.about)


# --- Where a case goes ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("case", "known", "status"),
    [
        ({}, {}, ("AVAILABLE", "")),
        ({"expiry": "2026-06-14"}, {}, ("QUARANTINE", "PE")),
        ({"expiry": "2026-06-15"}, {}, ("AVAILABLE", "")),
        ({"problem": "AF"}, {}, ("QUARANTINE", "AF")),
        ({"lot": "L2"}, {"advice": advice("L1")}, ("QUARANTINE", "BH")),
        ({"lot": "L1"}, {"advice": advice("L1")}, ("AVAILABLE", "")),
        ({"expiry": "2027-01-01"}, {"advice": advice("", "2027-02-01")}, ("QUARANTINE", "BI")),
        ({"lot": "L1", "expiry": "2027-01-01"}, {"lot_expiry": "2027-01-02"}, ("QUARANTINE", "BI")),
        ({"lot": "L1"}, {"stopped": "recall"}, ("BLOCKED", "SUS")),
        ({}, {"line": None}, ("QUARANTINE", "X33")),
        ({}, {"line": None, "rules": Rules({"receiving.unordered": "yes"})}, ("AVAILABLE", "")),
        ({"quantity": 30}, {"blind": True, "tolerances": tolerances(Limit(0, "REJECT", "site"))}, ("QUARANTINE", "AC")),
        ({"quantity": 30}, {"tolerances": tolerances(Limit(0, "REJECT", "site"))}, ("AVAILABLE", "")),
    ],
)
def test_where_a_case_goes(case, known, status):
    facts = {"line": line(20, 0), "tolerances": tolerances(), **known}
    counted = replace(Case(item(), "", 20, "KEYED"), **case)
    assert doubts.status_of(counted, doubts.Known(TODAY, facts.pop("rules", RULES), **facts)) == status


@pytest.mark.parametrize(
    ("left", "status"),
    [(200, "AVAILABLE"), (132, "AVAILABLE"), (66, "AVAILABLE"), (65, "QUARANTINE"), (0, "QUARANTINE")],
)
def test_a_third_of_the_shelf_life_must_be_left(left, status):
    """Of 200 days less than 33 % is 65; below 66 % it is questioned, not held."""
    case = Case(item(shelf_life_days=200), "", 20, "KEYED", expiry=(TODAY + timedelta(left)).isoformat())
    known = doubts.Known(TODAY, RULES, line(20, 0), tolerances())
    assert doubts.status_of(case, known)[0] == status
    assert (doubts.first(case, known) is None) == (left >= 132)


def test_above_the_limit_it_is_said_how_many_still_fit():
    """20 ordered, 5 % more may come: of 30 that are keyed 21 fit."""
    known = doubts.Known(TODAY, RULES, line(20, 0), tolerances(Limit(5, "REJECT", "site")))
    found = doubts.first(Case(item(), "", 30, "KEYED"), known)
    assert found is not None
    assert (found.ask, found.fits, found.words["over"]) == ("OVER", 21, 9)


def test_a_case_that_is_not_counted_yet_is_a_fault_of_the_program():
    with pytest.raises(ValueError, match="known"):
        doubts.first(Case(item()), doubts.Known(TODAY, RULES))
