"""`dockbell report` and `dockbell review`: the shift on paper, and what is decided for lines that wait."""

from __future__ import annotations

import pytest


def test_the_shift_as_text_and_as_pdf(lite):
    said = lite.call("report").good()

    assert said.startswith("Shift report T1, ")
    for words in ("Release to pick", "SO-1/1  Gown L  14  RC-0001", "RC-0001", "Backorders by age", "On hold"):
        assert words in said
    assert "Wrote s.pdf." in lite.call("report", "--pdf", "s.pdf").good()
    assert (lite.folder / "s.pdf").read_bytes().startswith(b"%PDF")
    assert "Receipts" in lite.call("report", "--day", "2026-01-05").good()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("report", "--day", "yesterday"), "--day is a day such as"),
        (("report", "--day", "2999-01-01"), "has not come"),
        (("report", "--pdf", "no/such/folder/x.pdf"), "cannot be written"),
        (("review", "SO-2"), "A review needs --outcome and --as"),
        (
            ("review", "SO-4", "--outcome", "keep", "--as", "1003"),
            "Name a line, ORDER/LINE, of SO-4: its lines are 1, 2",
        ),
        (("review", "SO-2", "--outcome", "later", "--as", "1003"), "An outcome is one of keep"),
        (("review", "SO-2", "--outcome", "keep", "--as", "1002"), "is no lead"),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence(lite, words, said):
    lite.call(*words).refused(said)


def test_a_review_is_recorded_and_told(lite):
    told = lite.call("review", "SO-2/1", "--outcome", "call", "--note", "asked", "--as", "1003", "--json").json()

    assert [told[name] for name in ("order", "line", "owner", "outcome", "note")] == ["SO-2", 1, "IDA", "call", "asked"]
    assert lite.call("review", "--json").json() == []
    assert "Overdue reviews: 0" in lite.call("review").good()
