"""What about a counted case a person should look at once more before it is saved, and where it goes. Pure: no table.

Each doubt is asked once. `ask` says how it is answered: KEEP by ENTER, SECOND by another person's count, OVER and LEAD
by the ways out of a limit. In blind receiving no sentence tells what was expected.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final, Literal

from warehouse import packs, weights
from warehouse.inbound import OPENED, AsnUnit, Case, LastCase, PoLine
from warehouse.items import Item
from warehouse.pack_counts import History
from warehouse.rules import Rules
from warehouse.site import NO_EXPIRY
from warehouse.tolerances import Limit, Tolerances

Ask = Literal["KEEP", "SECOND", "OVER", "LEAD"]
NO_HISTORY: Final = History.of(())


@dataclass(frozen=True, slots=True)
class Known:
    """What the tables know that bears on a case, read under the item's lock.

    `line` is the order line that it counts for, None for goods without an order; `history` None says that the count is
    so usual that it is never questioned. `lot_expiry` is the day that other
    units of its lot bear, `stopped` why its lot is stopped; both '' where there is none. `agreed` are doubts that
    were answered for the whole delivery.
    """

    today: date
    rules: Rules
    line: PoLine | None = None
    tolerances: Tolerances | None = None
    history: History | None = NO_HISTORY
    advice: AsnUnit | None = None
    seen: LastCase | None = None
    lot_expiry: str = ""
    stopped: str = ""
    blind: bool = False
    agreed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Doubt:
    """One doubt: the sentence that tells it (a message id) with its fields, and how it is answered.

    `about` names the doubt in what was `asked`. `since` is the instant that the sentence names, `level` the outlier
    level, `fits` how many of the pieces are still expected, or within a limit.
    """

    about: str
    name: str
    words: Mapping[str, object] = field(default_factory=dict)
    ask: Ask = "KEEP"
    since: str = ""
    level: int = 0
    fits: int = 0


def first(case: Case, known: Known, asked: tuple[str, ...] = ()) -> Doubt | None:
    """The first doubt about a case whose item and quantity are known; those in `asked` were answered."""
    if case.item is None or case.quantity is None:
        raise ValueError("a case is doubted when its item and quantity are known")
    for about, look in _DOUBTS:
        if about not in asked:
            doubt = look(case, case.item, case.quantity, known)
            if doubt is not None and agreement(doubt.about, doubt.ask) not in known.agreed:
                return doubt
    return None


def agreement(about: str, ask: Ask) -> str:
    """What is `agreed` for a whole delivery once a doubt is answered: what a person kept says nothing for a lead."""
    return f"{about}_lead" if ask == "LEAD" else about


def status_of(case: Case, known: Known) -> tuple[str, str]:
    """Where a case goes: its stock status, and the reason code of a hold ('' when it is free, or was held by hand)."""
    item = case.item
    assert item is not None
    if known.stopped:
        return "BLOCKED", "SUS"
    if case.problem:
        return "QUARANTINE", case.problem
    if known.advice is not None and case.lot and known.advice.lot not in ("", case.lot):
        return "QUARANTINE", "BH"
    if _other_expiry(case, known):
        return "QUARANTINE", "BI"
    if (case.expiry or NO_EXPIRY) < known.today.isoformat() or _life(case, item, known, "hold"):
        return "QUARANTINE", "PE"
    if known.line is None and not known.rules.yes("receiving.unordered"):
        return "QUARANTINE", "X33"
    if known.blind and over_by(case, known) > 0 and _over_action(known) == "REJECT":
        return "QUARANTINE", "AC"
    return "AVAILABLE", ""


def over_by(case: Case, known: Known) -> int:
    """How many of its pieces are more than the order still expects; 0 for goods without an order."""
    if known.line is None or case.quantity is None:
        return 0
    return max(0, case.quantity * case.alike - max(0, known.line.item_open))


# --- Each doubt ----------------------------------------------------------------------------------------------


def _separator(case: Case, _item: Item, _quantity: int, _known: Known) -> Doubt | None:
    return Doubt("missing_separator", "missing_separator", {"got": case.suspect}) if case.suspect else None


def _count(case: Case, item: Item, quantity: int, known: Known) -> Doubt | None:
    """The pack history's question; what was announced and came like that is none, nor is a part case.

    What nobody could read on a label is counted by two people, whatever the count.
    """
    if case.noted == "LBL":
        return Doubt("count", "unread_count", {"qty": quantity}, ask="SECOND", level=1)
    if known.history is None or case.seal == OPENED or (case.source == "ASN" and quantity == case.announced):
        return None
    codes = tuple(filter(None, (case.code, case.packaging, case.lot))) if case.source in ("KEYED", "REPEATED") else ()
    judged = packs.judge(
        quantity,
        known.history,
        low=item.min_case,
        high=item.max_case,
        announced=None if known.blind else case.announced,
        nominal=item.nominal_case,
        barcodes=codes,
    )
    if judged is None:
        return None
    usual = judged.limits if judged.reason == "OUTSIDE_ITEM" else judged.usual
    words = {"qty": quantity, "usual": usual or judged.usual, "need": judged.hint.rstrip("?")}
    if judged.level == 2:
        name = "count_is_code" if judged.reason == "BARCODE" else "far_count"
        name = "far_count_blind" if known.blind else name
        return Doubt("count", name, words, ask="SECOND", level=2)
    name = "odd_count_hint" if judged.hint else "odd_count"
    return Doubt("count", "odd_count_blind" if known.blind else name, words, level=1)


def _stopped(case: Case, _item: Item, _quantity: int, known: Known) -> Doubt | None:
    return Doubt("stopped", "lot_stopped", {"got": case.lot, "why": known.stopped}) if known.stopped else None


def _over(case: Case, _item: Item, quantity: int, known: Known) -> Doubt | None:
    """More than was ordered, above what the tolerance accepts; never in blind receiving, where it would tell."""
    over = over_by(case, known)
    if not over or known.blind or known.line is None or known.tolerances is None or case.problem:
        return None
    limit = known.tolerances.over
    most = known.tolerances.most(known.line.item_ordered)
    pieces = quantity * case.alike
    fits = max(0, min(pieces, most - (known.line.item_ordered - known.line.item_open)))
    if fits >= pieces or limit.action == "NONE":
        return None
    if limit.action == "REJECT":
        words = {"qty": pieces, "over": pieces - fits, "left": fits}
        return Doubt("over", "over_limit", words, ask="OVER", fits=fits)
    left = max(0, known.line.item_open)
    return Doubt("over", "over", {"qty": pieces, "over": over, "left": left}, fits=left)


def over_limit(case: Case, known: Known) -> Doubt | None:
    """The limit that a case is above, if it is, whatever else is doubtful about it."""
    assert case.item is not None
    assert case.quantity is not None
    return _over(case, case.item, case.quantity, known)


def _over_action(known: Known) -> str:
    return known.tolerances.over.action if known.tolerances else "NONE"


def _day(_case: Case, _item: Item, _quantity: int, known: Known) -> Doubt | None:
    """A delivery that comes much too early or too late."""
    if known.line is None or known.tolerances is None:
        return None
    days = (date.fromisoformat(known.line.expected_on) - known.today).days
    early = days > known.tolerances.early.amount
    late = -days > known.tolerances.late.amount
    if not early and not late:
        return None
    limit: Limit = known.tolerances.early if early else known.tolerances.late
    if limit.action == "NONE":
        return None
    words = {"po": known.line.po, "date": known.line.expected_on}
    if limit.action == "REJECT":
        return Doubt("day", "early_lead" if early else "late_lead", words, ask="LEAD")
    return Doubt("day", "early" if early else "late", words)


def _expired(case: Case, _item: Item, _quantity: int, known: Known) -> Doubt | None:
    if (case.expiry or NO_EXPIRY) >= known.today.isoformat():
        return None
    return Doubt("past_expiry", "past_expiry", {"date": case.expiry})


def _life(case: Case, item: Item, known: Known, rule: str) -> bool:
    """Whether less of its shelf life is left than a rule of the site wants, or than the item itself does."""
    if not case.expiry:
        return False
    left = (date.fromisoformat(case.expiry) - known.today).days
    if rule == "hold" and item.min_life_days is not None and left < item.min_life_days:
        return True
    if not item.shelf_life_days:
        return False
    return left * 100 < item.shelf_life_days * known.rules.number(f"life.{rule}_percent")


def _short_life(case: Case, item: Item, _quantity: int, known: Known) -> Doubt | None:
    hold = _life(case, item, known, "hold")
    if not hold and not _life(case, item, known, "warn"):
        return None
    left = (date.fromisoformat(case.expiry) - known.today).days
    return Doubt("life", "life_hold" if hold else "short_life", {"date": case.expiry, "left": left})


def _other_lot(case: Case, _item: Item, _quantity: int, known: Known) -> Doubt | None:
    if known.advice is None or not case.lot or known.advice.lot in ("", case.lot):
        return None
    name = "lot_differs_blind" if known.blind else "lot_differs"
    return Doubt("lot", name, {"got": case.lot, "want": known.advice.lot})


def _other_expiry(case: Case, known: Known) -> str:
    """The day of expiry that the advice, or the same lot, has instead; '' when there is no other."""
    if not case.expiry:
        return ""
    announced = known.advice.expiry if known.advice is not None else NO_EXPIRY
    if announced not in (NO_EXPIRY, case.expiry):
        return announced
    return known.lot_expiry if known.lot_expiry not in ("", NO_EXPIRY, case.expiry) else ""


def _expiry(case: Case, _item: Item, _quantity: int, known: Known) -> Doubt | None:
    other = _other_expiry(case, known)
    if not other:
        return None
    name = "expiry_differs_blind" if known.blind else "expiry_differs"
    return Doubt("expiry", name, {"date": case.expiry, "other": other})


def _weight(case: Case, item: Item, quantity: int, known: Known) -> Doubt | None:
    """A weight outside the item's limits for a case, else too far from its pieces' nominal weight."""
    if case.weight is None or not item.weight_unit:
        return None
    low, high = item.min_weight, item.max_weight
    if low is None and high is None and item.piece_weight is not None:
        percent = known.rules.number("weight.percent") if item.weight_percent is None else item.weight_percent
        nominal = item.piece_weight * quantity
        low, high = nominal - nominal * percent // 100, nominal + nominal * percent // 100
    if (low is None or case.weight >= low) and (high is None or case.weight <= high):
        return None
    unit: weights.Unit = "lb" if item.weight_unit == "lb" else "kg"
    usual = "-".join(_thousandths(bound) for bound in (low, high))
    return Doubt("weight", "odd_weight", {"weight": str(weights.Weight(case.weight, unit)), "usual": usual})


def _thousandths(bound: int | None) -> str:
    return "" if bound is None else f"{bound // 1000}.{bound % 1000:03d}".rstrip("0").rstrip(".")


def _same_again(case: Case, item: Item, quantity: int, known: Known) -> Doubt | None:
    """After a break: a case without a number of its own that looks just like the last one saved."""
    if known.seen is None or case.code or (known.seen.item_id, known.seen.pieces) != (item.id, quantity):
        return None
    return Doubt("same_again", "same_again", {"qty": quantity}, since=known.seen.at)


# Every sentence of a doubt, for those who must know them all.
SENTENCES: Final = frozenset(
    {
        *("missing_separator", "odd_count", "odd_count_hint", "odd_count_blind", "far_count", "far_count_blind"),
        *("count_is_code", "lot_stopped", "over", "over_limit", "early", "late", "early_lead", "late_lead"),
        *("past_expiry", "life_hold", "short_life", "lot_differs", "lot_differs_blind", "expiry_differs"),
        *("expiry_differs_blind", "odd_weight", "same_again"),
    }
)
_DOUBTS: Final[tuple[tuple[str, Callable[[Case, Item, int, Known], Doubt | None]], ...]] = (
    ("missing_separator", _separator),
    ("count", _count),
    ("stopped", _stopped),
    ("day", _day),
    ("over", _over),
    ("past_expiry", _expired),
    ("life", _short_life),
    ("lot", _other_lot),
    ("expiry", _expiry),
    ("weight", _weight),
    ("same_again", _same_again),
)
