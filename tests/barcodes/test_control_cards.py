import pytest

from warehouse.barcodes import CARDS, RESERVED_PREFIX, Card, card
from warehouse.barcodes.cards import LAYOUT_PROOF_LETTERS

KEYS = [
    "F1",
    "F2",
    "F4",
    "F5",
    "F6",
    "F7",
    "F9",
    "F12",
    "ESC",
    "DONE",
    "CLEAR",
    "FULL",
    "OPEN",
    "NONE",
    "SUBTRACT",
    "HOLD",
    "TEST",
]

# Key caps of the three letter rows, key by key.
QWERTY = "QWERTYUIOPASDFGHJKLZXCVBNM"
QWERTZ = "QWERTZUIOPASDFGHJKLYXCVBNM"
AZERTY = "AZERTYUIOPQSDFGHJKLWXCVBN,"


def test_the_letters_are_those_on_the_same_key_everywhere():
    same = {us for us, german, french in zip(QWERTY, QWERTZ, AZERTY, strict=True) if us == german == french}
    assert same == LAYOUT_PROOF_LETTERS


def test_codes_survive_a_wrong_keyboard_layout():
    assert {letter for known in CARDS for letter in known.code} <= LAYOUT_PROOF_LETTERS


def test_codes_are_unique_and_reserved():
    codes = [known.code for known in CARDS]
    assert len(codes) == len(set(codes)) == 38
    assert all(code.startswith(RESERVED_PREFIX) and 5 <= len(code) <= 6 for code in codes)


def test_no_code_begins_another():
    codes = [known.code for known in CARDS]
    assert [(a, b) for a in codes for b in codes if a != b and b.startswith(a)] == []


def test_keys():
    others = {known.key for known in CARDS} - set(KEYS) - set("0123456789")
    assert len(others) == 10
    assert all(key.startswith("REASON:") and len(key) == 9 for key in others)


def test_only_skip_and_same_as_last_share_a_key():
    keys = [known.key for known in CARDS]
    assert {key for key in keys if keys.count(key) > 1} == {"F9"}


@pytest.mark.parametrize(
    ("code", "key"),
    [
        ("XKDONE", "DONE"),
        ("XKUNDO", "F4"),
        ("XKINFO", "F2"),
        ("XKEXCP", "F5"),
        ("XKLIST", "F6"),
        ("XKPRNT", "F7"),
        ("XKSKIP", "F9"),
        ("XKREPT", "F9"),
        ("XKLOCK", "F12"),
        ("XKHELP", "F1"),
        ("XKPREV", "ESC"),
        ("XKNRX", "CLEAR"),
        ("XKFULL", "FULL"),
        ("XKOPEN", "OPEN"),
        ("XKNONE", "NONE"),
        ("XKSUBT", "SUBTRACT"),
        ("XKHOLD", "HOLD"),
        ("XKTEST", "TEST"),
        ("XKRSNF", "REASON:NF"),
        ("XKRSDR", "REASON:DR"),
    ],
)
def test_card_to_key(code, key):
    assert card(code).key == key


def test_digits_count_from_b():
    assert [card(f"XKNR{letter}").key for letter in "BCDEFGHIJK"] == list("0123456789")


def test_a_reason_is_named_by_its_last_two_letters():
    reasons = [known for known in CARDS if known.key.startswith("REASON:")]
    assert [known.key for known in reasons] == [f"REASON:{known.code[-2:]}" for known in reasons]


@pytest.mark.parametrize("text", ["", "XK", "XKUND", "XKUNDOX", "xkundo", " XKUNDO", "XKNRA"])
def test_only_the_exact_code_is_a_card(text):
    assert card(text) is None


def test_labels_fit_a_card():
    assert all(0 < len(known.label) <= 24 for known in CARDS)
    assert card("XKUNDO") == Card("XKUNDO", "F4", "Undo")
