"""`dockbell site`: the rules as they stand, a lead's changes of them, and the guide that is held to the table."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from command_desk import moment

from warehouse import rules
from warehouse.rules import RULES

GUIDE = (Path(__file__).parents[2] / "docs" / "site.md").read_text(encoding="utf-8")
LEAD = ("--as", "1003", "--reason", "agreed with ACME")


def rule(desk, name):
    (found,) = [entry for entry in desk.call("site", "--json").json()["rules"] if entry["name"] == name]
    return found


def row(desk, name):
    (found,) = [line for line in desk.call("site").good().splitlines() if line.startswith(f"{name} ")]
    return found


def test_a_rule_is_set_and_taken_back(floor):
    assert rule(floor, "over.percent") == {
        "name": "over.percent",
        "value": "5",
        "default": "5",
        "meaning": "more than ordered that is accepted, of items without lot control",
        "choices": [],
        "most": 1000,
        "set_by": None,
        "set_at": None,
    }

    said = floor.call("site", "set", "over.percent", "010", *LEAD).good()

    assert said == "over.percent is 10 now; it was 5.\n"
    changed = rule(floor, "over.percent")
    assert (changed["value"], changed["default"], changed["set_by"]) == ("10", "5", "IDA")
    assert moment(changed["set_at"])
    assert re.search(
        r"  10 .*\(0 to 1000\); set by IDA \d{4}-\d\d-\d\d \d\d:\d\d, default 5$", row(floor, "over.percent")
    )
    assert floor.call("site", "set", "over.percent", "7", *LEAD).good() == "over.percent is 7 now; it was 10.\n"
    back = floor.call("site", "set", "over.percent", "default", *LEAD).good()
    assert back == "over.percent is 5 (the default) now; it was 7.\n"
    assert rule(floor, "over.percent")["set_by"] is None
    assert floor.rows("SELECT COUNT(*) FROM site_rule") == [(0,)]


def test_a_change_is_kept_with_who_and_why(floor):
    floor.call("site", "set", "receiving.blind", "always", *LEAD).good()
    ((badge, raw, verdict, moves, outcome),) = floor.rows(
        "SELECT o.badge, s.raw, s.verdict, s.moves, s.outcome FROM scan_log s JOIN operator o ON o.id = s.operator_id "
        "WHERE s.step = 'command.site' ORDER BY s.at DESC LIMIT 1"
    )
    assert (badge, raw, verdict, moves) == ("1003", "receiving.blind always", "OK", 0)
    assert json.loads(outcome) == {
        "reason": "agreed with ACME",
        "rule": {"name": "receiving.blind", "before": "choice", "after": "always", "default": False},
    }
    floor.call("site", "set", "receiving.blind", "default", *LEAD).good()


def test_what_is_set_is_what_the_program_asks(lite):
    lite.call("site", "set", "receiving.unordered", "yes", *LEAD).good()
    lite.call("site", "set", "history.cases", "0", *LEAD).good()
    now = lite._asked(rules.of_site, "T1")
    assert (now.yes("receiving.unordered"), now.number("history.cases"), now.word("over.action")) == (True, 0, "REJECT")


def test_the_site_itself_and_every_rule_are_shown(lite):
    told = lite.call("site", "--json").json()
    assert list(told) == ["site", "timezone", "cutoff", "practice", "rules"]
    assert (told["site"], told["timezone"], told["cutoff"], told["practice"]) == (
        "T1",
        "America/Chicago",
        "17:00",
        True,
    )
    assert [entry["name"] for entry in told["rules"]] == [one.name for one in RULES]
    lines = lite.call("site").good().splitlines()
    assert lines[0] == "Site T1, America/Chicago, cut-off 17:00, practice"
    assert [line.split()[0] for line in lines[1:]] == [one.name for one in RULES]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("over.procent", "5"), "There is no rule over.procent: 'dockbell site' shows them"),
        (("\x1b]0;x\x07", "5"), "NAME holds a forbidden character"),
        (("over.percent", "1001"), "'1001' is no value of over.percent: it takes 0 to 1000, or default"),
        (("over.percent", "5.0"), "'5.0' is no value of over.percent"),
        (("over.percent", "²"), "is no value of over.percent"),
        (("over.percent", "9" * 100), "is no value of over.percent"),
        (("over.percent", ""), "'' is no value of over.percent"),
        (("over.action", "warn"), "'warn' is no value of over.action: it takes NONE, WARN, REJECT, or default"),
        (("over.action", "a\u202eb"), "VALUE holds a forbidden character"),
        (("receiving.unordered", "1"), "it takes yes, no, or default"),
    ],
)
def test_what_is_no_rule_or_no_value_is_refused(lite, words, said):
    lite.call("site", "set", *words, *LEAD).refused(said, "nothing was changed")
    assert lite.rows("SELECT COUNT(*) FROM site_rule") == [(0,)]


@pytest.mark.parametrize(
    ("lead", "said"),
    [
        (("--as", "1001", "--reason", "x"), "ANA is no lead"),
        (("--as", "9999", "--reason", "x"), "Nobody at T1 has the badge 9999"),
        (("--as", "1003", "--reason", " "), "--reason is empty"),
        (("--as", "1003"), "--reason"),
    ],
)
def test_only_a_lead_with_a_reason_sets_a_rule(lite, lead, said):
    lite.call("site", "set", "over.percent", "9", *lead).refused(said)
    assert lite.rows("SELECT COUNT(*) FROM site_rule") == [(0,)]


def test_every_default_is_of_its_rules_form():
    for one in RULES:
        assert one.read(one.default) == one.default
    assert len({one.name for one in RULES}) == len(RULES)


def test_the_guide_shows_every_rule_as_it_is():
    shown = re.findall(r"^\| `([\w.]+)` \| `(\w+)` \| (.+?) \| (.+) \|$", GUIDE, re.MULTILINE)
    assert shown == [(one.name, one.default, one.form, one.words) for one in RULES]
