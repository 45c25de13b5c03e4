import pytest

from devices.feedback import PROFILES, Signal, bytes_for


@pytest.mark.parametrize(
    ("profile", "good", "bad", "attention"),
    [
        ("none", "", "", ""),
        ("generic", "07", "070707", "0707"),
        ("zebra", "07", "070707", "0707"),
        ("honeywell", "1b372c", "1b382c", "1b352c1b352c"),
        ("datalogic", "42", "4645", "4242"),
        ("datalogic-cordless", "1b5b33710d", "1b5b34710d", "1b5b33711b5b35711b5b33710d"),
    ],
)
def test_the_bytes_of_each_family(profile, good, bad, attention):
    assert bytes_for(profile, Signal.GOOD).hex() == good
    assert bytes_for(profile, Signal.BAD).hex() == bad
    assert bytes_for(profile, Signal.ATTENTION).hex() == attention


@pytest.mark.parametrize("profile", [name for name in PROFILES if name != "none"])
def test_no_two_signals_of_a_family_sound_alike(profile):
    tones = [tone for signal in Signal if (tone := bytes_for(profile, signal))]
    assert len(set(tones)) == len(tones) >= 3


@pytest.mark.parametrize("profile", PROFILES)
def test_no_family_is_sent_ack_or_nak(profile):
    assert not {0x06, 0x15} & {byte for signal in Signal for byte in bytes_for(profile, signal)}


@pytest.mark.parametrize("profile", PROFILES)
def test_each_family_says_what_to_set_and_where_that_is_written(profile):
    assert PROFILES[profile].setting
    assert PROFILES[profile].source


def test_a_datalogic_that_f_switched_off_is_switched_on_again():
    assert bytes_for("datalogic", Signal.BAD).endswith(b"E")


def test_an_unknown_family_is_named_with_those_there_are():
    with pytest.raises(ValueError, match="'acme': choose one of none, generic"):
        bytes_for("acme", Signal.GOOD)
