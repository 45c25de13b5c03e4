"""What about a counted case a person should look at once more before it is saved. Pure: it reads no table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from warehouse.inbound import Case, LastCase
from warehouse.site import NO_EXPIRY

MAX_COUNT = 99_999  # more in one case is a slip, where the item says nothing of its cases


@dataclass(frozen=True, slots=True)
class Doubt:
    """One doubt: the sentence that tells it, with its fields. `since` is the instant that the sentence names."""

    name: str
    words: Mapping[str, object] = field(default_factory=dict)
    since: str = ""


def first(case: Case, open_pieces: int, today: date, seen: LastCase | None, asked: tuple[str, ...]) -> Doubt | None:
    """The first doubt about a case whose item and quantity are known; those in `asked` were answered.

    `open_pieces` is what the order still expects of the item. `seen` is the last case saved before a break.
    """
    item, quantity = case.item, case.quantity
    if item is None or quantity is None:
        raise ValueError("a case is doubted when its item and quantity are known")
    if "missing_separator" not in asked and case.suspect:
        return Doubt("missing_separator", {"got": case.suspect})
    low, high = item.min_case or 1, item.max_case or MAX_COUNT
    if "odd_count" not in asked and not low <= quantity <= high:
        usual = f"the usual {low}-{high}" if item.max_case else f"the usual {low}+"
        return Doubt("odd_count", {"qty": quantity, "usual": usual, "need": quantity})
    left = max(0, open_pieces)
    if "over" not in asked and quantity > left:
        return Doubt("over", {"qty": quantity, "over": quantity - left, "left": left})
    if "past_expiry" not in asked and (case.expiry or NO_EXPIRY) < today.isoformat():
        return Doubt("past_expiry", {"date": case.expiry})
    # After a break: a case without a number of its own that looks just like the last one saved.
    if "same_again" not in asked and seen and not case.code and (seen.item_id, seen.pieces) == (item.id, quantity):
        return Doubt("same_again", {"qty": quantity}, since=seen.at)
    return None
