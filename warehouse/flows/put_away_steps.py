"""What is done to put goods away and to build pallets, one step each."""

from __future__ import annotations

from dataclasses import dataclass

from warehouse.flows.scan_again import Asks
from warehouse.flows.steps import Step

# What F5 offers, in the order of its digits: the job's code, its words, and what it asks for.
JOBS = (
    ("PUT_ON", "Put on pallet", "Scan the case or pallet."),
    ("TAKE_OFF", "Take off pallet", "Scan the case."),
    ("BREAK", "Break up pallet", "Scan the pallet."),
    ("FULL", "Pallet is full", "Scan the pallet."),
    ("OPEN", "New pallet", "Scan the place it stands at."),
)
JOB_WORDS = {code: (words, asks) for code, words, asks in JOBS}


@dataclass(frozen=True)
class ScanUnit(Step):
    """The loop: the next case or pallet, please."""

    name = "put_away.scan_unit"
    next = "Scan a case or pallet."
    loop = True
    prompt = "SCAN CASE OR PALLET"
    hint = "what is to be put away"
    accepts = ("a case: its place comes next", "a pallet: all on it goes together", "F5 pallet jobs")


@dataclass(frozen=True)
class InHand(Step):
    """A unit or a carrier is in hand: the other one is None."""

    unit_id: int | None = None
    carrier_id: int | None = None


@dataclass(frozen=True)
class ScanPlace(InHand, Asks):
    """Where is it put? `place` is the one that was suggested, `why` says the reason; "" where none is known."""

    name = "put_away.scan_place"
    next = "Scan the place."
    prompt = "SCAN THE PLACE"
    hint = "a place, or a pallet to put it on"
    accepts = ("the place named, or another one", "a pallet: put it on that", "a new plate, twice: a new pallet")
    place: str = ""
    why: str = ""


@dataclass(frozen=True)
class ScanPallet(InHand, Asks):
    """On which pallet is it put?"""

    name = "put_away.scan_pallet"
    next = "Scan the pallet."
    prompt = "SCAN THE PALLET"
    hint = "or a new plate, twice"
    accepts = ("a pallet that is open", "a new plate, twice: a new pallet")


@dataclass(frozen=True)
class ChooseJob(Step):
    """What is to be done with a pallet?"""

    name = "put_away.choose_job"
    next = "Key a digit 1-5, or Esc."
    menu = True
    prompt = "WHICH PALLET JOB?"
    hint = "key a digit"
    accepts = ("a digit 1-5", "Esc goes back")


@dataclass(frozen=True)
class ScanForJob(Step):
    """The case, pallet or place that the job is done with; `carrier_id` is the pallet to be broken up."""

    name = "put_away.scan_for_job"
    next = "Scan what it is about."
    prompt = "SCAN FOR THE JOB"
    hint = "Esc goes back"
    accepts = ("what the prompt names", "ENTER or DONE breaks a pallet up", "Esc goes back")
    job: str
    carrier_id: int | None = None
