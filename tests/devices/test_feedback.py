from dataclasses import fields

import pytest

from devices import ssi
from devices.feedback import PROFILES, FeedbackProfile, Signal, bytes_for, profile_named, profiles


@pytest.mark.parametrize(
    ("profile", "good", "bad", "attention"),
    [
        ("none", "", "", ""),
        ("generic", "07", "070707", "0707"),
        ("zebra", "07", "070707", "0707"),
        ("honeywell", "1b372c", "1b382c", "1b352c1b352c"),
        ("datalogic", "42", "4645", "4242"),
        ("datalogic-cordless", "1b5b33710d", "1b5b34710d", "1b5b33711b5b35711b5b33710d"),
        ("zebra-ssi", "05e6040000ff11", "05e6040006ff0b", "05e6040001ff10"),
        ("opticon", "1b420d", "1b450d", "1b420d1b420d"),
    ],
)
def test_the_bytes_of_each_family(profile, good, bad, attention):
    assert bytes_for(profile, Signal.GOOD).hex() == good
    assert bytes_for(profile, Signal.BAD).hex() == bad
    assert bytes_for(profile, Signal.ATTENTION).hex() == attention


@pytest.mark.parametrize(
    ("profile", "off", "on"), [("datalogic", "44", "45"), ("zebra-ssi", "04ea0400ff0e", "04e90400ff0f")]
)
def test_the_families_whose_trigger_can_be_switched(profile, off, on):
    assert bytes_for(profile, Signal.TRIGGER_OFF).hex() == off
    assert bytes_for(profile, Signal.TRIGGER_ON).hex() == on


@pytest.mark.parametrize("profile", PROFILES)
def test_no_trigger_is_switched_off_that_cannot_be_switched_on(profile):
    assert bool(bytes_for(profile, Signal.TRIGGER_OFF)) is bool(bytes_for(profile, Signal.TRIGGER_ON))


@pytest.mark.parametrize("profile", [name for name in PROFILES if name != "none"])
def test_no_two_signals_of_a_family_sound_alike(profile):
    tones = [tone for signal in Signal if (tone := bytes_for(profile, signal))]
    assert len(set(tones)) == len(tones) >= 3


@pytest.mark.parametrize("profile", [name for name in PROFILES if name != "zebra-ssi"])
def test_no_family_is_sent_ack_or_nak(profile):
    assert not {0x06, 0x15} & {byte for signal in Signal for byte in bytes_for(profile, signal)}


def test_in_packets_no_signal_is_an_answer_and_each_is_whole():
    for signal in Signal:
        if tone := bytes_for("zebra-ssi", signal):
            assert tone[1] not in (ssi.CMD_ACK, ssi.CMD_NAK)
            assert tone[0] == len(tone) - 2
            assert ssi.checksum(tone[:-2]) == tone[-2:]


@pytest.mark.parametrize("profile", PROFILES)
def test_each_family_says_what_to_set_and_where_that_is_written(profile):
    assert PROFILES[profile].setting
    assert PROFILES[profile].source


def test_each_signal_is_a_field_of_a_profile():
    assert {signal.value for signal in Signal} == {field.name for field in fields(FeedbackProfile)} - {
        "setting",
        "source",
    }


def test_a_datalogic_that_f_switched_off_is_switched_on_again():
    assert bytes_for("datalogic", Signal.BAD).endswith(b"E")


def test_an_unknown_family_is_named_with_those_there_are():
    with pytest.raises(ValueError, match="'acme': choose one of none, generic"):
        bytes_for("acme", Signal.GOOD)


# --- What a site says otherwise ---


def test_a_family_is_changed_where_the_site_says_so():
    changed = profiles({"zebra": {"bad": b"\x07\x07\x07\x07", "trigger_off": b"x"}})
    assert changed["zebra"].tone(Signal.BAD) == b"\x07\x07\x07\x07"
    assert changed["zebra"].tone(Signal.TRIGGER_OFF) == b"x"
    assert changed["zebra"].tone(Signal.GOOD) == PROFILES["zebra"].good
    assert {name: changed[name] for name in PROFILES if name != "zebra"} == {
        name: PROFILES[name] for name in PROFILES if name != "zebra"
    }
    assert PROFILES["zebra"].bad == b"\x07\x07\x07"


def test_a_new_family_is_silent_but_for_what_is_given():
    acme = profile_named("acme", profiles({"acme": {"good": b"#@////\r"}}))
    assert {signal: acme.tone(signal) for signal in Signal if acme.tone(signal)} == {Signal.GOOD: b"#@////\r"}
    assert acme.setting
    assert acme.source


def test_a_signal_that_does_not_exist_is_named_with_those_there_are():
    with pytest.raises(ValueError, match="'god': choose one of good, bad, attention, tick, trigger_off, trigger_on"):
        profiles({"acme": {"god": b"B"}})


@pytest.mark.parametrize("answer", [b"\x06", b"\x15"])
def test_no_signal_may_be_ack_or_nak(answer):
    with pytest.raises(ValueError, match="bad of 'acme' is ACK or NAK"):
        profiles({"acme": {"bad": answer}})
