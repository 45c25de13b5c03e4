"""Held against the GS1 Barcode Syntax Dictionary, AI by AI, as far as a warehouse label goes."""

from __future__ import annotations

import pytest
from syntax_dictionary import (
    allowed_together,
    bad,
    completed,
    entries,
    good,
    label,
    longest,
    matching,
    symbol,
    warehouse_ais,
)

from warehouse.barcodes import Code, Unreadable, read
from warehouse.barcodes.ai_rules import CHECKED, DATED, EXCLUDED, PREFIXED, name_of, needed
from warehouse.barcodes.digital_link import _PATH_ONLY, _SEQUENCES

AIS = warehouse_ais()
REASONS = {
    "empty": {"empty"},
    "too long": {"length"},
    "too short": {"length", "check_digit", "date"},
    "wrong character": {"charset"},
    "character of another script": {"charset"},
    "wrong check digit": {"check_digit"},
    "bad date": {"date"},
    "no company prefix": {"charset"},
}


def test_the_dictionary_has_been_read():
    assert len(entries()) == 541
    assert len(AIS) == 356
    assert {"00", "37", "235", "255", "3100", "3695", "400", "417"} <= set(AIS)
    assert not {"390", "3900", "3922", "420", "8003", "90"} & set(AIS)


@pytest.mark.parametrize("ai", AIS)
def test_a_value_that_fits_is_read_and_one_that_does_not_is_refused(ai):
    entry, ais = entries()[ai], completed(ai)
    for value in (good(entry), longest(entry)):
        answer = read(label(ais, **{f"ai{ai}": value}))
        assert isinstance(answer, Code), (value, answer)
        assert dict(answer.ais)[ai] == value
    assert read(symbol(ais)).ais == tuple((one, good(entries()[one])) for one in ais)
    for what, value in bad(entry):
        answer = read(label(ais, **{f"ai{ai}": value}))
        assert isinstance(answer, Unreadable), (what, value, answer)
        assert answer.reason in REASONS[what], (what, value, answer)


KEYS = ["00", "01", "02", "03", "37", "255", "8006", "8026", "21", "235", "10", "30", "400", "415", "3102"]


def test_what_excludes_another_is_refused():
    pairs = {(ai, other) for ai in AIS for other in KEYS}
    pairs |= {(ai, other) for ai in AIS for pattern in entries()[ai].excludes for other in matching(pattern)}
    excluded = [pair for pair in sorted(pairs) if not allowed_together(pair)]
    assert len(excluded) > 1000
    assert [pair for pair in excluded if not isinstance(read(label(pair)), Unreadable)] == []


def test_a_label_is_read_if_and_only_if_the_dictionary_has_one_like_it():
    """Any AI with any of these, and with all the others that the two ask for."""
    read_labels, wrong = 0, []
    for ai in AIS:
        for other in ("10", "17", "21", "22", "235", "30", "3103", "3370", "37", "400", "02", "00", "03", "255"):
            if name_of(ai) == name_of(other) or not allowed_together((ai, other)):
                continue
            if {ai[:3], other[:3]} == {"310", "320"}:
                continue  # the same digits in kg and in lb: two weights, see tests/rules/test_weights.py
            ais = completed(ai, other)
            answer = read(symbol(ais or (ai, other)))
            read_labels += isinstance(answer, Code)
            if isinstance(answer, Code) != (ais is not None):
                wrong.append((ai, other, ais))
    assert wrong == []
    assert read_labels > 2000


def test_an_ai_without_what_it_needs_is_read_as_a_symbol_of_a_larger_label():
    """Named disagreement: the dictionary asks over all symbols of a label, of which this is one."""
    refused = {ai for ai in AIS if entries()[ai].needs and isinstance(read(label([ai])), Unreadable)}
    assert refused == {"02", "37"}
    assert isinstance(read(label(["02", "37"])), Code)
    assert isinstance(read(label(["8026", "37"])), Code)
    assert isinstance(read(label(["8026"])), Unreadable)


@pytest.mark.parametrize(
    "ais",
    [
        ["02", "37", "21"],  # a serial of an item that the label cannot name
        ["02", "37", "22"],
        ["02", "37", "235"],
        ["03", "30"],
        ["03", "3103"],
        ["02", "37", "3370"],
        ["03", "22"],
    ],
)
def test_what_no_other_symbol_could_complete_is_refused(ais):
    assert read(label(ais)).reason == "ai_combination"


def test_our_tables_say_what_the_dictionary_says():
    for ai, entry in entries().items():
        checked = CHECKED.get(ai)
        assert (checked is not None) == ("csum" in entry.linters), ai
        assert ai in DATED or not {"yymmd0", "yymmdd"} & entry.linters or ai == "7007", ai
        lettered = entry.components[0].type in "XY" and "gcppos1" in entry.linters
        assert (ai in PREFIXED) == lettered, ai
    for ai in [*AIS, "8006", "8026"]:
        patterns = {pattern for pattern in entries()[ai].excludes if not pattern.endswith("n")}
        assert set(EXCLUDED.get(ai, ())) == patterns, ai
        groups = entries()[ai].needs
        assert set(needed(ai)) == set(groups[0] if groups else ()), ai
        assert len(groups) <= 1


def test_links_take_the_keys_and_attributes_of_the_dictionary():
    path_only = {ai for ai, entry in entries().items() if "?" not in entry.flags and ai not in _SEQUENCES}
    assert path_only - {"8110", "8112"} == set(_PATH_ONLY)
