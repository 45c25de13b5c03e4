"""Every sentence of the floor: short enough, kind enough, with a next step, and none that nobody says."""

from __future__ import annotations

import ast
import functools
import re
import string
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devices.framing import BadReason
from devices.scale import Trouble
from warehouse import messages
from warehouse.barcodes.read import MESSAGES
from warehouse.doubts import SENTENCES
from warehouse.messages import LINE, LINES, TEMPLATES, WIDTHS, clip, names, say, tail
from warehouse.reply import Freed, Released, Verdict

ROOT = Path(messages.__file__).resolve().parents[1]
NEEDS_NEXT = sorted(name for name, entry in TEMPLATES.items() if entry.verdict in (Verdict.STOP, Verdict.CHECK))

# A next step is an imperative, or a key with what it does. A new verb is added here on purpose.
VERBS = {"Call", "Count", "F5", "F12", "Go", "Key", "Leave", "Look", "Put", "Scan", "Send", "Set", "Stop"}
KEYS = {"ENTER", "Esc", "F5", "F12"}
NEXT = re.compile(rf"\b({'|'.join(sorted(VERBS | KEYS))})\b|\b(call|key|scan)\b")
NO_WORDS = re.compile(r"\b(error|invalid|please|are you sure|oops|fail(ed|ure)?|illegal|sorry)\b", re.IGNORECASE)


def fields(name: str) -> set[str]:
    """The fields that a template has."""
    return {field for line in TEMPLATES[name].lines for _, field, _, _ in string.Formatter().parse(line) if field}


# --- Each sentence --------------------------------------------------------------------------------------


def test_filled_to_the_brim_it_fits():
    """Three lines of 36 characters, with every field as wide as it may be."""
    for name in TEMPLATES:
        lines = say(name, **dict.fromkeys(fields(name), "M" * 200)).lines
        assert 1 <= len(lines) <= LINES == 3, name
        assert {line: len(line) for line in lines if len(line) > LINE} == {}, name
    assert LINE == 36


def test_its_fields_have_widths_and_its_words_are_plain():
    for name, entry in TEMPLATES.items():
        assert fields(name) <= WIDTHS.keys(), name
        text = " ".join(entry.lines)
        assert not NO_WORDS.search(text), name
        assert text == text.strip(), name
        assert "  " not in text, name


def test_a_stop_or_check_ends_with_what_to_do_next():
    """The last line, or the one before a closing 'Nothing was saved.', tells the next step."""
    for name in NEEDS_NEXT:
        lines = list(TEMPLATES[name].lines)
        while re.fullmatch(r"Nothing (was )?\w+\.", lines[-1]):
            lines.pop()
        closing = lines[-1] if len(lines) == 1 else " ".join(lines[-2:])
        assert NEXT.search(closing) or "{next}" in lines[-1], (name, closing)


def test_a_stop_never_claims_that_something_was_saved():
    """CHECK and STOP save nothing, so none of them may read as if."""
    for name in NEEDS_NEXT:
        text = " ".join(TEMPLATES[name].lines)
        assert not re.search(r"(?<!Nothing was )(?<!Not )\bsaved\.", text), name


def test_an_ok_never_says_that_nothing_happened():
    oks = [entry for entry in TEMPLATES.values() if entry.verdict is Verdict.OK]
    assert oks
    assert [entry for entry in oks if "Nothing was" in " ".join(entry.lines)] == []


@pytest.mark.parametrize("reason", MESSAGES)
def test_why_a_barcode_is_refused_is_read_whole(reason):
    """The sentence of barcodes.read goes into its field without losing its end."""
    assert say("unreadable", sentence=MESSAGES[reason]).lines[0] == MESSAGES[reason]


# --- Filling --------------------------------------------------------------------------------------------

HOSTILE = [
    *("{", "}", "{}", "{0}", "{qty}", "{qty!r:>9999999}", "%s", "%(x)s", "[/", "[@click=app.quit]x[/]", "\\", "\x00"),
    *(
        "\x1b]0;x\x07",
        "\u202e",
        "\ud800",
        "a\nb",
        "M" * 10_000,
        "",
        " ",
        None,
        0,
        -1,
        10**30,
        1.5,
        b"\xff",
        ["{"],
        {"a": 1},
    ),
]


@pytest.mark.parametrize("value", HOSTILE, ids=[str(place) for place in range(len(HOSTILE))])
def test_filling_never_raises_and_never_reads_a_value_as_a_template(value):
    for name in TEMPLATES:
        said = say(name, **dict.fromkeys(fields(name), value))
        assert len(said.lines) <= LINES
        if value == "{qty}" and fields(name):
            assert clip("{qty}", min(WIDTHS[field] for field in fields(name))) in " ".join(said.lines)


TEXTS = st.text(alphabet="ABCxyz 019-.{}%[/\\\x1b\u202e\u00e9", max_size=60)


@given(TEXTS, st.integers(1, 40))
@settings(max_examples=200, deadline=None, derandomize=True, database=None)
def test_a_cut_text_fits_and_a_short_one_is_left_alone(text, width):
    cut = clip(text, width)
    assert len(cut) <= width
    assert cut == text or len(text) > width


@given(TEXTS)
@settings(max_examples=200, deadline=None, derandomize=True, database=None)
def test_the_tail_of_a_code_fits_its_field(code):
    assert len(tail(code)) <= WIDTHS["code"] == WIDTHS["want"]
    assert tail(code).endswith(code[-4:])


@given(st.lists(st.tuples(TEXTS, st.integers(1, 99_999)), max_size=12), st.booleans(), st.integers(12, 40))
@settings(max_examples=200, deadline=None, derandomize=True, database=None)
def test_the_list_of_orders_fits_whatever_their_names(entries, freed, limit):
    """As many as fit, then how many more there are; never cut in the middle of a number."""
    make = Freed if freed else Released
    text = names([make(order, 1, "X", qty) for order, qty in entries], limit)
    assert len(text) <= limit or len(entries) > 1
    assert bool(text) == bool(entries)


def test_the_list_of_orders_says_how_many_more():
    entries = [Released(f"SO-{number}", 1, "X", 20) for number in range(881, 891)]
    assert names(entries[:2]) == "SO-881 x20, SO-882 x20"
    assert names(entries) == "SO-881 x20, SO-882 x20, +8 more"
    assert names([]) == ""


# --- The code and the sentences -------------------------------------------------------------------------

FAULTS = {
    "bad_escape",
    "bad_utf8",
    "line_too_long",
    "oversize",
    "incomplete_frame",
    "garbage",
    "ssi_checksum",
    "wrong_parity",
}

# Where the sentence is chosen by a value: each place with the ids it may say.
CHOSEN = {
    ("warehouse/flows/receiving_case.py", "_ask"): set(SENTENCES),
    ("warehouse/floor.py", "_input"): FAULTS,
    ("warehouse/floor.py", "_whatever"): FAULTS,
    ("tui/weighing.py", "weighed"): {f"scale_{why}" for why in get_args(Trouble)},
    ("tui/commands/scanner_decode.py", "decode"): set(get_args(BadReason)),
    ("warehouse/flows/stop_goods.py", "_refuse"): {"unknown_code", "unknown_lot", "nothing_to_change", "stays_held"},
    ("warehouse/flows/stop_goods.py", "_begin"): {"act_block", "act_unblock", "act_accept"},
    ("warehouse/flows/stop_goods.py", "_sure"): {"sure_block", "sure_unblock", "sure_accept"},
}


@functools.cache
def calls() -> tuple[tuple[str, str, ast.Call, ast.expr], ...]:
    """Every call that says a sentence: file, function, the call, and the expression that names the sentence."""
    found = []
    for room in ("warehouse", "tui"):
        for path in sorted((ROOT / room).rglob("*.py")):
            tree = ast.parse(path.read_text())
            for function in ast.walk(tree):
                if not isinstance(function, ast.FunctionDef):
                    continue
                for call in ast.walk(function):
                    name = _says(call)
                    if name and path.name != "messages.py":
                        place = {"reply": 1}.get(name, 0)
                        if len(call.args) > place:
                            found.append((path.relative_to(ROOT).as_posix(), function.name, call, call.args[place]))
    return tuple(found)


def _says(node: ast.AST) -> str:
    if not isinstance(node, ast.Call):
        return ""
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    if isinstance(node.func, ast.Attribute) and getattr(node.func.value, "id", "") != "messages":
        return ""
    return name if name in ("reply", "refuse", "say") else ""


def chosen_from(expression: ast.expr, file: str, function: str) -> set[str]:
    """The ids that an expression may stand for: a constant, one of two, or a variable set to such."""
    if isinstance(expression, ast.Constant) and isinstance(expression.value, str):
        return {expression.value}
    if isinstance(expression, ast.IfExp):
        return chosen_from(expression.body, file, function) | chosen_from(expression.orelse, file, function)
    if isinstance(expression, ast.Name):
        tree = ast.parse((ROOT / file).read_text())
        found: set[str] = set()
        for scope in ast.walk(tree):
            if isinstance(scope, ast.FunctionDef) and scope.name == function:
                for node in ast.walk(scope):
                    if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == expression.id:
                        found |= chosen_from(node.value, file, function)
        if found:
            return found
    assert (file, function) in CHOSEN, f"{file}: {function} chooses its sentence in a way this test cannot read"
    return CHOSEN[file, function]


def test_every_sentence_that_is_said_exists():
    said = {name for file, function, _, expression in calls() for name in chosen_from(expression, file, function)}
    assert said - TEMPLATES.keys() == set()
    assert len(calls()) > 60  # the search has found the code


def test_every_call_gives_the_fields_of_its_sentence():
    """No more and no fewer: a missing one would be a fault at the dock."""
    wrong = []
    for file, function, call, expression in calls():
        given_names = {keyword.arg for keyword in call.keywords if keyword.arg}
        spread = any(keyword.arg is None for keyword in call.keywords)
        for name in chosen_from(expression, file, function):
            missing, spare = fields(name) - given_names, given_names - fields(name)
            alternatives = len(chosen_from(expression, file, function)) > 1
            if (missing and not spread) or (spare and not alternatives):
                wrong.append((file, function, name, missing, spare))
    assert wrong == []


def unsaid() -> set[str]:
    """Sentences that no string constant in the code names."""
    constants = set()
    for room in ("warehouse", "tui", "devices"):  # why bytes are no scan is the id of its sentence
        for path in (ROOT / room).rglob("*.py"):
            tree = ast.parse(path.read_text())
            table = next(
                (
                    node
                    for node in tree.body
                    if path.name == "messages.py"
                    and isinstance(node, ast.AnnAssign)
                    and getattr(node.target, "id", "") == "TEMPLATES"
                ),
                None,
            )
            inside = set(map(id, ast.walk(table))) if table else set()
            constants |= {
                node.value
                for node in ast.walk(tree)
                if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in inside
            }
    return TEMPLATES.keys() - constants


def test_every_sentence_is_said_somewhere():
    assert unsaid() == set()


def test_every_width_belongs_to_a_field():
    assert WIDTHS.keys() - {field for name in TEMPLATES for field in fields(name)} == set()


def test_what_a_step_wants_next_is_read_whole():
    """It is a line of its own in every sentence that has it; cut, it would end within a word."""
    found: dict[str, str] = {}
    for path in (ROOT / "warehouse" / "flows").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ClassDef):
                for line in node.body:
                    targets = line.targets if isinstance(line, ast.Assign) else [getattr(line, "target", None)]
                    value = getattr(line, "value", None)
                    if isinstance(value, ast.Constant) and getattr(targets[0], "id", "") == "next":
                        found[f"{path.stem}.{node.name}"] = str(value.value)
    assert len(found) > 30
    assert {name: text for name, text in found.items() if len(text) > WIDTHS["next"]} == {}
