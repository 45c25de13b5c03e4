import random

import pytest

from warehouse.barcodes import read
from warehouse.barcodes.separators import suspect

GTIN = "09501101530003"
SSCC = "395011015300000011"


@pytest.mark.parametrize(
    ("message", "value"),
    [
        ("10LOT117270228", "LOT117270228"),
        ("10LOT117270200", "LOT117270200"),  # day 00 is the last of the month
        ("10A1172702283024", "A1172702283024"),
        ("10A117270228" + "10B", "A11727022810B"),
        ("10A1172702283724", "A1172702283724"),
        ("10A111260101" + "17270228", "A11126010117270228"),
        ("10A11727022821S1", "A11727022821S1"),
        ("10L15271231", "L15271231"),
        ("10L13271231", "L13271231"),
        ("21S917271231", "S917271231"),
        ("240X17271231", "X17271231"),
        ("400PO-117271231", "PO-117271231"),
        (f"240X01{GTIN}", f"X01{GTIN}"),
        (f"400X00{SSCC}", f"X00{SSCC}"),
        ("10LOT117270228\x1d21S", "LOT117270228"),
    ],
)
def test_two_fields_that_may_have_run_together(message, value):
    """The label is read as the standard says, with a warning; without a GTIN here so that one may be missing."""
    answer = read(f"]C1{message}")
    assert (answer.warnings, answer.suspect) == (("missing_separator",), value)
    assert dict(answer.ais)[message[: len(answer.ais[0][0])]] == value


@pytest.mark.parametrize(
    "message",
    [
        "10LOT1",
        "1017270228",  # the lot is nothing but the date
        "10LOT117271301",  # no such month
        "10LOT117270230",  # no such day
        "10LOT117990228",  # a year too far away
        "10LOT117270228X",  # nothing begins with X
        "10LOT117270228 9"[:14] + "9",
        "10LOT13024",  # a count alone is no sign
        "10LOT13724",
        "10LOT12110",
        "10LOT1\x1d17270228",
        "10LOT117270228\x1d17280228",  # the expiry is said elsewhere
        "17280228" + "10LOT117270228",
        "30117270",
        f"240X01{GTIN[:-1]}4",
        f"400X00{SSCC[:-1]}2",
        f"01{GTIN}240X01{GTIN}",
    ],
)
def test_no_suspicion(message):
    answer = read(f"]C1{message}")
    assert (answer.warnings, answer.suspect) == ((), None)


@pytest.mark.parametrize("raw", ["(10)LOT117270228", f"https://a/01/{GTIN}/10/LOT117270228", "LOT117270228"])
def test_fields_that_came_apart_are_not_suspected(raw):
    assert read(raw).warnings == ()


def test_it_rarely_cries_wolf():
    """Lots that hold no other field: of random ones of ten digits fewer than one in 1,000."""
    chosen = random.Random(20260615)
    lots = ["".join(chosen.choices("0123456789", k=10)) for _ in range(40_000)]
    assert sum(suspect("10", lot, ("01", "10")) for lot in lots) < 40


def test_every_lot_that_ran_into_its_expiry_is_noticed():
    chosen = random.Random(20260615)
    for _ in range(2_000):
        lot = "".join(chosen.choices("ABCXYZ0123456789-", k=chosen.randint(1, 12)))
        expiry = f"{chosen.randint(26, 40):02}{chosen.randint(1, 12):02}{chosen.randint(0, 28):02}"
        assert suspect("10", f"{lot}17{expiry}", ("01", "10")), (lot, expiry)
