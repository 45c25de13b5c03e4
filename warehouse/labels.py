"""What a label says: of a unit or a pallet, its code and its content as it is now; of a place, its code."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from db import connection
from warehouse import barcodes, carriers, discrepancies, picks, stock
from warehouse.barcodes.checkdigits import valid_sscc
from warehouse.put_away import HELD
from warehouse.reply import InputError
from warehouse.site import NO_EXPIRY, load

Elements = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Hold:
    """Why a unit must not be used: HOLD or BLOCKED, the reason in words, and who stopped it when."""

    word: str
    reason: str
    who: str
    when: str


@dataclass(frozen=True, slots=True)
class UnitLabel:
    """A unit, as its label says it to people and to scanners; `expiry` is "" where there is none.

    `content` is what its GS1 DataMatrix holds: of a unit with an SSCC that too, so that one scan says everything.
    It is empty where GS1 knows neither the unit nor the item. `hold` is there while it must not be used.
    """

    code: str
    item: str
    sku: str
    quantity: int
    unit: str
    lot: str
    expiry: str
    content: Elements
    hold: Hold | None = None

    @property
    def has_sscc(self) -> bool:
        """Whether its code is an SSCC: then its bars are a GS1-128 with (00)."""
        return valid_sscc(self.code)


@dataclass(frozen=True, slots=True)
class CarrierLabel:
    """A pallet or a tote: its code, and what is on it in words, a line for each item and lot."""

    code: str
    kind: str
    units: int
    contents: tuple[str, ...]

    @property
    def has_sscc(self) -> bool:
        """Whether its code is an SSCC: then its bars are a GS1-128 with (00)."""
        return valid_sscc(self.code)


LINES = 6  # items and lots that a pallet's label has room for
_LABEL = (
    "SELECT u.code, i.description, i.sku, u.qty, i.base_unit, u.lot, u.expiry, i.gtin FROM handling_unit u "
    "JOIN item i ON i.id = u.item_id WHERE u.qty > 0 AND u.kind <> 'LOOSE' AND "
)


def of_unit(unit_id: int) -> UnitLabel | None:
    """The label of this unit; None when nothing is left of it, or its capture was undone.

    What is on hold has a label that says so, whatever label was asked for.
    """
    found = connection.row(f"{_LABEL} u.id = ?", unit_id)
    return replace(_unit_label(*found), hold=_hold(unit_id)) if found else None


def _hold(unit_id: int) -> Hold | None:
    """Who put the unit aside, when and why; None where it is free."""
    status, expiry = connection.one("SELECT status, expiry FROM handling_unit WHERE id = ?", unit_id)
    if status not in HELD:
        return None
    # The move that stopped it, not those that carried it elsewhere since.
    found = connection.row(
        "SELECT m.reason, m.at, o.name FROM stock_move m LEFT JOIN operator o ON o.id = m.operator_id "
        "WHERE m.to_unit_id = ? AND m.to_status = ? AND (m.from_unit_id IS NULL OR m.from_unit_id <> m.to_unit_id "
        "OR m.from_status <> m.to_status) ORDER BY m.id DESC LIMIT 1",
        unit_id,
        status,
    )
    reason, at, who = found or ("", "", "")
    local = load().local(connection.instant(at)) if at else None
    gone = local is not None and expiry < local.date().isoformat()
    words = _in_words(reason) or ("expired" if gone else HELD[status])
    word = "BLOCKED" if HELD[status] == "blocked goods" else "HOLD"
    return Hold(word, words, who or "", f"{local:%Y-%m-%d %H:%M}" if local else "")


def _in_words(reason: str) -> str:
    """What a reason code means, of a pick or of a receipt; a sentence stands for itself."""
    why = picks.reason(reason)
    return why.short if why else discrepancies.meaning(reason)


def of_carrier(carrier_id: int) -> CarrierLabel | None:
    """The label of this pallet or tote; None when it was broken up."""
    carrier = carriers.by_id(carrier_id)
    if carrier.state == "BROKEN":
        return None
    found = carriers.sums(carrier.id, limit=1000)
    lines = [_line(one) for one in found[: LINES if len(found) <= LINES else LINES - 1]]
    if len(found) > LINES:
        lines.append(f"and {len(found) - len(lines)} more")
    return CarrierLabel(carrier.code, carrier.kind, carrier.units, tuple(lines))


def _line(one: carriers.Sum) -> str:
    lot = f"  LOT {one.lot}" if one.lot else ""
    return f"{one.quantity} {one.unit} {one.item}{lot}"


def of_code(site: str, code: str) -> UnitLabel | CarrierLabel:
    """The label of the unit or pallet that has this code, also as it is scanned.

    Raises InputError when there is none.
    """
    read = barcodes.read(code)
    names = [code, read.identity or read.text] if isinstance(read, barcodes.Code) else [code]
    for name in names:
        carrier = carriers.by_code(site, name)
        if carrier is not None and (carried := of_carrier(carrier.id)) is not None:
            return carried
    known = next(filter(None, (stock.known_unit(site, name) for name in names)), None)
    if known is None:
        raise InputError(f"No unit has the code {code}: scan or copy it from its label, or look on the board.")
    if known.kind == "LOOSE":
        raise InputError(f"{code} is loose stock, which carries no label: name a case.")
    label = of_unit(known.id)
    if label is None:
        raise InputError(f"Nothing is left in {code}: there is nothing to put a label on.")
    return label


def _unit_label(
    code: str, item: str, sku: str, quantity: int, unit: str, lot: str, expiry: str, gtin: str
) -> UnitLabel:
    until = "" if expiry == NO_EXPIRY else expiry
    return UnitLabel(code, item, sku, quantity, unit, lot, until, _content(code, gtin, quantity, lot, until))


def _content(code: str, gtin: str, quantity: int, lot: str, expiry: str) -> Elements:
    """GTIN, expiry, lot and count, as a receiver reads them: (02) and (37) beside an SSCC, else (01) and (30).

    A lot that GS1 has no letters for, or a day beyond the reach of two digits for the year, is left to the words.
    """
    sscc = (("00", code),) if valid_sscc(code) else ()
    if not gtin:
        return sscc
    key, count = ("02", "37") if sscc else ("01", "30")
    day = expiry.replace("-", "")[2:]
    return (
        *sscc,
        (key, gtin),
        *((("17", day),) if day and _reads(f"]C117{day}", "expiry", expiry) else ()),
        *((("10", lot),) if lot and _reads(f"]C110{lot}", "lot", lot) else ()),
        (count, str(quantity)),
    )


def _reads(raw: str, name: str, value: str) -> bool:
    """Whether a scan of this says the value again."""
    read = barcodes.read(raw)
    return isinstance(read, barcodes.Code) and str(getattr(read, name)) == value


def place_codes(site: str, codes: Sequence[str]) -> list[str]:
    """The codes of these places, or of all; raises InputError for one that is none."""
    known = [row[0] for row in connection.rows("SELECT code FROM location WHERE site = ? ORDER BY code", site)]
    if not known:
        raise InputError("This site has no places yet: import locations.csv (docs/import.md).")
    for code in codes:
        if code not in known:
            raise InputError(f"No place has the code {code}: nothing was printed. See locations.csv.")
    return list(codes) or known
