"""Weights: whole thousandths of a kilogram or a pound, exact as far as that goes, whatever says them."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devices.scale import Reading
from warehouse.barcodes import read as read_code
from warehouse.weights import LARGEST, Weight, WeightError, of_label, read

QUICK = settings(max_examples=150, deadline=None, derandomize=True, database=None)
UNITS = st.sampled_from(["kg", "lb"])
GTIN = "09501101530003"
KG_IN_LB = Decimal("0.45359237")


def why(text: str, unit="kg") -> str:
    with pytest.raises(WeightError) as refused:
        read(text, unit)
    return refused.value.reason


@pytest.mark.parametrize(
    ("text", "unit", "amount"),
    [
        ("12.345 kg", "kg", 12345),
        ("12.345", "kg", 12345),
        ("12,3", "kg", 12300),  # the comma is the point
        ("12", "lb", 12000),
        (".5", "kg", 500),
        ("5.", "kg", 5000),
        ("+ 7 KG ", "kg", 7000),
        ("800 g", "kg", 800),
        ("27.2lb", "lb", 27200),
        ("27.2 lbs", "lb", 27200),
        ("9 oz", "lb", 562),  # 562.5, half to even
        ("3 oz", "lb", 188),  # 187.5, half to even
        ("0.0015", "kg", 2),
        ("0.0025", "kg", 2),
        ("1 lb", "kg", 454),
        ("1 kg", "lb", 2205),
        ("1000 lb", "kg", 453_592),
        ("999999.999", "kg", LARGEST),
    ],
)
def test_what_is_typed_or_sent_is_the_weight_in_the_unit_of_the_item(text, unit, amount):
    assert read(text, unit) == Weight(amount, unit)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "form"),
        ("kg", "form"),
        (".", "form"),
        ("1.2.3", "form"),
        ("1,234.5", "form"),
        ("12 kg 5", "form"),
        ("1e3", "form"),
        ("\u0661\u0662", "form"),  # digits of another script
        ("12\u00a0kg", "form"),
        ("12\n", "form"),
        ("0x10", "form"),
        ("-1", "negative"),
        ("-0", "negative"),
        ("- 3 kg", "negative"),
        ("12 pcs", "unit"),
        ("12 ea", "unit"),
        ("12 t", "unit"),
        ("0", "zero"),
        ("0.0004 kg", "zero"),
        ("0000000012", "length"),
        ("1.234567890 kg", "length"),
        ("999999999", "length"),
    ],
)
def test_what_is_no_weight_is_refused_with_its_reason(text, reason):
    assert why(text) == reason


def test_a_barcode_that_was_scanned_for_a_weight_is_none():
    assert why("]C100395011015300000011") == "form"
    assert why("4006381333931") == "length"


@given(st.integers(1, LARGEST), UNITS)
@QUICK
def test_what_is_shown_is_read_again(amount, unit):
    weight = Weight(amount, unit)
    assert read(str(weight), unit) == weight
    assert read(str(weight).replace(".", ","), unit) == weight


@given(st.integers(1, 999_999), st.integers(0, 3), st.sampled_from(["kg", "lb", "g", "oz"]), UNITS)
@QUICK
def test_a_reading_of_a_scale_is_the_weight_that_decimal_arithmetic_gives(value, decimals, unit, into):
    """An independent way: decimals, with the factor as it is defined."""
    exact = Decimal(value).scaleb(-decimals) * {"g": Decimal("0.001"), "oz": Decimal("0.0625")}.get(unit, 1)
    of = {"g": "kg", "oz": "lb"}.get(unit, unit)
    in_kg = exact if of == "kg" else exact * KG_IN_LB
    thousandths = (exact if of == into else in_kg if into == "kg" else in_kg / KG_IN_LB) * 1000
    expected = int(thousandths.quantize(Decimal(1), ROUND_HALF_EVEN))

    text = Reading(value, decimals, unit, stable=True).text

    if 0 < expected <= LARGEST:
        assert read(text, into) == Weight(expected, into)
    else:
        assert why(text, into) == ("length" if expected else "zero")


@given(st.integers(0, LARGEST - 1))
@QUICK
def test_pounds_to_grams_and_back_are_off_by_one_at_most(amount):
    """A gram is coarser than a thousandth of a pound, so back it may be off by one; grams come back as they were."""
    assert abs(Weight(amount, "lb").in_unit("kg").in_unit("lb").amount - amount) <= 1
    grams = Weight(amount // 3, "kg")
    assert grams.in_unit("lb").in_unit("kg") == grams
    assert grams.in_unit("kg") == grams


@pytest.mark.parametrize(("amount", "reason"), [(-1, "negative"), (LARGEST + 1, "length")])
def test_a_weight_is_never_negative_or_too_large(amount, reason):
    with pytest.raises(WeightError) as refused:
        Weight(amount, "kg")
    assert refused.value.reason == reason


def test_what_is_too_large_in_the_other_unit_is_refused_not_cut():
    with pytest.raises(WeightError):
        Weight(LARGEST, "kg").in_unit("lb")
    assert why("999999 kg", "lb") == "length"


# --- labels ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ais", "weight"),
    [
        ([], None),
        ([("10", "L1"), ("3302", "001950")], None),  # gross weight
        ([("3103", "001950")], Weight(1950, "kg")),
        ([("3100", "000012")], Weight(12000, "kg")),
        ([("3105", "012345")], Weight(123, "kg")),  # 0.12345 kg
        ([("3105", "000250")], Weight(2, "kg")),  # 2.5 grams, half to even
        ([("3201", "000043")], Weight(4300, "lb")),
        ([("3200", "999999")], Weight(999_999_000, "lb")),
        ([("3103", "001950"), ("3202", "000430")], Weight(1950, "kg")),  # 4.30 lb is 1.95045 kg
        ([("3202", "000429"), ("3103", "001950")], Weight(1950, "kg")),  # 1.950 kg is 4.2990 lb, cut
        ([("3106", "001950")], None),  # there is no such AI
        ([("310", "001950")], None),
    ],
)
def test_the_net_weight_of_a_label(ais, weight):
    assert of_label(ais) == weight


@pytest.mark.parametrize(
    "ais",
    [
        [("3103", "001950"), ("3203", "001950")],
        [("3103", "001950"), ("3202", "000440")],
        [("3103", "001950"), ("3200", "000009")],
    ],
)
def test_kilograms_and_pounds_that_are_not_one_weight_are_refused(ais):
    with pytest.raises(ValueError, match="contradict"):
        of_label(ais)


def test_a_code_carries_its_weight():
    assert read_code(f"]d201{GTIN}3103001950").weight == Weight(1950, "kg")
    assert read_code(f"]d201{GTIN}3201000043").weight == Weight(4300, "lb")
    assert read_code(f"]d201{GTIN}31030019503202000430").weight == Weight(1950, "kg")
    assert read_code(f"https://a.example/01/{GTIN}?3103=001950").weight == Weight(1950, "kg")
    assert read_code(f"]d201{GTIN}").weight is None
    assert read_code(f"]d201{GTIN}31030019503203001950").reason == "ai_combination"


@given(st.integers(0, 999_999), st.integers(0, 5), st.integers(0, 1))
@QUICK
def test_a_label_in_both_units_agrees_however_its_printer_rounds(grams, lb_places, up):
    """Made by an independent printer: pounds cut or rounded up from the grams."""
    pounds = int(Decimal(grams) / 1000 / KG_IN_LB * 10**lb_places) + up
    if pounds <= 999_999:
        ais = [("3103", f"{grams:06d}"), (f"320{lb_places}", f"{pounds:06d}")]
        assert of_label(ais) == Weight(grams, "kg")
