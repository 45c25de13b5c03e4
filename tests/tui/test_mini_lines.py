"""Twenty columns: every sentence of the floor is read whole, and no word or number is cut that fits a row."""

from __future__ import annotations

import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from small_floor import gtin

from tui.widgets import mini, paint
from warehouse.flows.steps import Fact, Step, Table, View
from warehouse.messages import TEMPLATES, say

WIDTH = 20
TEXTS = st.text(alphabet="AB019 -.,:(>\u00e9\u6f22", max_size=120)


@given(TEXTS, st.integers(4, 40))
@settings(max_examples=300, deadline=None, derandomize=True, database=None)
def test_wrapping_loses_nothing_and_fits(text, width):
    rows = mini.wrap(text, width)
    assert all(cell_len(row) <= width for row in rows)
    assert "".join(rows).replace(" ", "") == "".join(text.split())
    assert rows == [""] or all(rows)


@given(st.lists(st.text("AB019", min_size=1, max_size=10), min_size=1, max_size=12))
@settings(max_examples=200, deadline=None, derandomize=True, database=None)
def test_a_word_that_fits_a_row_is_never_broken(words):
    assert " ".join(mini.wrap(" ".join(words), 10)).split() == words


@pytest.mark.parametrize(
    "fill", ["M" * 200, "Gown XL sterile " * 20, "0035001234 " * 20], ids=["M", "words", "numbers"]
)
def test_every_sentence_fits_the_banner_filled_to_the_brim(fill):
    for name, entry in TEMPLATES.items():
        fields = {field for line in entry.lines for _, field, _, _ in string.Formatter().parse(line) if field}
        message = say(name, **dict.fromkeys(fields, fill)).lines
        rows = mini.banner(entry.verdict.value, message, WIDTH).plain.split("\n")
        assert len(rows) <= mini.BANNER_ROWS, name
        assert all(cell_len(row) <= WIDTH for row in rows), name
        read = "".join(rows).replace(" ", "")
        assert read == "".join((entry.verdict.value, *message)).replace(" ", ""), name


@pytest.mark.parametrize("step", [step for name, step in Step.registry.items() if name], ids=lambda step: step.name)
def test_every_prompt_is_whole(step):
    rows = mini.prompt(View((), step.prompt), WIDTH).plain.split("\n")
    assert " ".join(rows).split() == step.prompt.split()


def test_a_long_place_is_whole_in_its_prompt():
    rows = mini.prompt(View((), "SCAN PLACE HALL-3-A-04-12-B-07"), WIDTH).plain.split("\n")
    assert "".join("".join(rows).split()) == "SCANPLACEHALL-3-A-04-12-B-07"


def test_a_value_goes_before_its_label():
    """The code of a case is read whole where both do not fit."""
    lines = mini.facts(
        (Fact("CASE", "395212340000000014"), Fact("COUNT", "24"), Fact("GO TO", "A-01", done=True)), WIDTH
    )
    assert [row.rstrip() for row in lines.plain.split("\n")] == [
        "395212340000000014",
        "COUNT 24",
        "GO TO A-01      [ok]",
    ]


WORDS = st.text("ABC", max_size=30)


@given(
    st.lists(st.tuples(WORDS, WORDS, st.integers(0, 2_000_000), WORDS, st.integers(0, 99_999)), max_size=5, min_size=1)
)
@settings(max_examples=200, deadline=None, derandomize=True, database=None)
def test_no_number_of_a_list_is_cut(rows):
    """Whole, or, where two long ones do not fit, only the first of them."""
    table = Table(
        ("CODE", "ITEM", "PIECES", "WHO", "CASES"),
        tuple((code, item, str(pieces), who, str(cases)) for code, item, pieces, who, cases in rows),
        numbers=(2, 4),
    )
    head, *lines = paint.tables((table,), WIDTH, 40).plain.split("\n")
    assert all(cell_len(line) <= WIDTH for line in (head, *lines))
    for line, (code, _, pieces, _, cases) in zip(lines, rows, strict=True):
        assert [word for word in line.split() if word.isdigit()] in ([str(pieces), str(cases)], [str(pieces)])
        assert line.strip().startswith(code[:9].strip())


def test_the_three_keys_that_are_needed_here():
    """What every step has goes first when there is no room; a list is offered where the screen shows none."""
    view = View(
        (),
        "",
        keys=(("F1", "Help"), ("F4", "Undo"), ("F6", "List"), ("F8", "Done"), ("F12", "Sign off"), ("Esc", "Back")),
    )
    assert mini.keys(view, WIDTH).plain == "F4Undo F6Lst F8Done"
    tables = (Table(("A",), (("1",),)),)
    assert mini.keys(View((), "", tables=tables, keys=(("F1", "Help"), ("Esc", "Drop case"))), WIDTH).plain == (
        "EscDrop F6Lst F1Help"
    )
    assert mini.keys(View((), "", keys=(("F1", "Help"),)), WIDTH).plain == "F1Help"


def test_the_title_keeps_what_fits_whole():
    view = View(("RECEIVE", "PO-1", "new", "ACME Medical"), "", progress_short="24/100")
    assert mini.title(view, "09:00", WIDTH).plain == "RECEIVE PO-1   09:00"
    assert mini.title(view, "09:00", 39).plain == "RECEIVE PO-1 new ACME Medical     09:00"
    assert mini.title(View(("RECEIVE", "PO-" + gtin(1)), ""), "OFFLINE", WIDTH).plain == "RECEIVE      OFFLINE"
