"""What happens next for an order line, by its name: a delivery, the end of a hold, a pick, or that nothing is in sight."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

from warehouse.explain_words import plain
from warehouse.told.days import due

if TYPE_CHECKING:
    from warehouse.explain import LineWhy
    from warehouse.told.arriving import Supply

Kind = Literal["hold", "not_tried", "inbound", "promised_ahead", "count", "nothing", "pickable", "pick", "ship"]


@dataclass(frozen=True, slots=True)
class NextEvent:
    """The event; `name` says it to whoever asks. `quantity` pieces come by it, `ahead` of them for lines served before.

    `on` is its day where it has one, `days_late` by how many days that is past. `po` and `line` name a delivery.
    """

    kind: Kind
    name: str
    on: date | None = None
    days_late: int = 0
    po: str | None = None
    line: int | None = None
    quantity: int | None = None
    ahead: int | None = None

    def as_json(self) -> dict[str, Any]:
        """The event as the command prints it."""
        return {
            "kind": self.kind,
            "name": self.name,
            "on": self.on.isoformat() if self.on else None,
            "days_late": self.days_late,
            "po": self.po,
            "line": self.line,
            "quantity": self.quantity,
            "promised_ahead": self.ahead,
        }


def next_event(why: LineWhy) -> NextEvent | None:
    """The next event of a line by its status; None where nothing more happens to it."""
    today = why.about.site.today(why.about.asked_at)
    match why.status:
        case "stopped":
            return _hold(why, today)
        case "not tried yet":
            return NextEvent("not_tried", "none: release has not looked at it, although order entry itself tries")
        case "tried and waiting":
            return _waiting(why, today)
        case "released":
            return NextEvent("pickable", f"the pick of {why.reserved}, once it may be picked", quantity=why.reserved)
        case "pickable" | "picking":
            return NextEvent("pick", _pick(why), quantity=why.reserved)
        case "picked":
            late = max((today - why.about.promised_on).days, 0)
            name = f"shipping, {due(why.about.promised_on, today)}"
            return NextEvent("ship", name, why.about.promised_on, late, quantity=why.picked)
    return None


def _hold(why: LineWhy, today: date) -> NextEvent:
    stop = why.stop
    if stop is None:
        return NextEvent("hold", "the end of its stop; it is not on record who stopped it")
    on = stop.until_on or stop.review_on
    return NextEvent("hold", stop.words(today), on, max((today - on).days, 0))


def _waiting(why: LineWhy, today: date) -> NextEvent:
    coming = why.coming
    if coming.reaches is not None:
        return _delivery(coming.reaches, coming.ahead, today)
    if why.in_doubt:
        pieces = sum(doubt.quantity for doubt in why.in_doubt)
        places = ", ".join(plain(doubt.location) for doubt in why.in_doubt[:3])
        return NextEvent("count", f"the count at {places}, {pieces} in doubt", quantity=pieces)
    if coming.first is not None:
        pieces = coming.spoken_for
        name = f"none in sight, all {pieces} still to come are already promised ahead of you"
        return NextEvent("promised_ahead", name, quantity=pieces, ahead=pieces)
    return NextEvent("nothing", f"none in sight, no purchase order has any {plain(why.sku)} still to come")


def _delivery(supply: Supply, ahead: int, today: date) -> NextEvent:
    po = plain(supply.po)
    po = f"PO {po}" if po[:1].isdigit() else po
    return NextEvent(
        "inbound",
        f"{po} line {supply.line}, {due(supply.expected_on, today)}, "
        f"{ahead or 'none'} of {supply.quantity} already promised ahead of you",
        supply.expected_on,
        max((today - supply.expected_on).days, 0),
        supply.po,
        supply.line,
        supply.quantity,
        ahead,
    )


def _pick(why: LineWhy) -> str:
    people = dict.fromkeys(plain(promise.by) for promise in why.reservations if promise.by)
    verb = "have" if len(people) > 1 else "has"
    return f"the pick of {why.reserved}, which {' and '.join(people) or 'nobody'} {verb} in hand"
