"""Checking a receipt and closing it, one step each."""

from __future__ import annotations

from dataclasses import dataclass

from warehouse.flows.receiving_steps import AtDock
from warehouse.flows.steps import BoxStep


@dataclass(frozen=True)
class Closing(AtDock):
    """A receipt is to be closed. `cases` and `pieces` are what the person was told of it.

    Where another terminal has counted on meanwhile, that is said first and nothing is closed.
    """

    receipt_id: int
    cases: int = 0
    pieces: int = 0


@dataclass(frozen=True)
class Check(Closing):
    """What the receipt has counted of each line, before it is closed."""

    name = "receiving.check"
    next = "F8 closes, Esc goes on receiving."
    prompt = "CHECK AND CLOSE"
    hint = "F8 or DONE closes, or scan a case"
    accepts = (
        "F8 or DONE closes the receipt",
        "a case of it: what is known of it",
        "Esc goes on receiving",
    )


@dataclass(frozen=True)
class CheckCase(Closing):
    """A case of the receipt that somebody wants to see before it is closed."""

    name = "receiving.check_case"
    next = "Scan another case, or Esc."
    prompt = "A CASE OF THIS RECEIPT"
    hint = "Esc or F8 goes back to the check"
    accepts = (
        "another case of the receipt",
        "F5: correct it, or say what is wrong",
        "Esc, F8 or DONE: back to the check",
    )
    unit_id: int = 0


@dataclass(frozen=True)
class CloseShort(Closing):
    """So little is missing of some lines that nothing more need come."""

    name = "receiving.close_short"
    next = "ENTER or 1 closes, 2 leaves open."
    menu = True
    prompt = "CLOSE THEM SHORT?"
    hint = "ENTER or DONE, or key 2"
    accepts = (
        "ENTER, DONE or 1: nothing more is due",
        "2: the rest is still to come",
        "Esc goes back to the check",
    )


@dataclass(frozen=True)
class CloseLead(Closing, BoxStep):
    """Only another person, a lead, may let the receipt be closed as it is. `short` is what was answered before."""

    name = "receiving.close_lead"
    next = "A lead's badge, or Esc."
    takes_badge = True
    prompt = "A LEAD DECIDES: SCAN BADGE"
    hint = "a lead's badge closes, Esc goes back"
    accepts = ("another person's badge, a lead's", "Esc goes back to the check")
    box = "BADGE"
    short: bool = False
