"""What a label says: of a unit, its code and its content as it is now; of a place, its code."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from db import connection
from warehouse import barcodes, stock
from warehouse.barcodes.checkdigits import valid_sscc
from warehouse.reply import InputError
from warehouse.site import NO_EXPIRY

Elements = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class UnitLabel:
    """A unit, as its label says it to people and to scanners; `expiry` is "" where there is none.

    `content` is what its GS1 DataMatrix holds: of a unit with an SSCC that too, so that one scan says everything.
    It is empty where GS1 knows neither the unit nor the item.
    """

    code: str
    item: str
    sku: str
    quantity: int
    unit: str
    lot: str
    expiry: str
    content: Elements

    @property
    def has_sscc(self) -> bool:
        """Whether its code is an SSCC: then its bars are a GS1-128 with (00)."""
        return valid_sscc(self.code)


_LABEL = (
    "SELECT u.code, i.description, i.sku, u.qty, i.base_unit, u.lot, u.expiry, i.gtin FROM handling_unit u "
    "JOIN item i ON i.id = u.item_id WHERE u.qty > 0 AND u.kind <> 'LOOSE' AND "
)


def of_unit(unit_id: int) -> UnitLabel | None:
    """The label of this unit; None when nothing is left of it, or its capture was undone."""
    found = connection.row(f"{_LABEL} u.id = ?", unit_id)
    return _unit_label(*found) if found else None


def of_code(site: str, code: str) -> UnitLabel:
    """The label of the unit that carries this code, also as it is scanned; raises InputError when there is none."""
    read = barcodes.read(code)
    known = stock.known_unit(site, code)
    if known is None and isinstance(read, barcodes.Code):
        known = stock.known_unit(site, read.identity or read.text)
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
