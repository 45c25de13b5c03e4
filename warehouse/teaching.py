"""A barcode that nobody knew becomes one of an item, at the dock, by a lead: kept with who and when."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from db import connection
from warehouse import inbound, things
from warehouse.barcodes import gs1
from warehouse.barcodes.checkdigits import GTIN_LENGTHS, valid_gtin
from warehouse.barcodes.text import digits_only
from warehouse.messages import refuse
from warehouse.serials import is_plate

if TYPE_CHECKING:
    from warehouse.barcodes import Code
    from warehouse.flows.steps import Context, Step

LEAST: Final = 4  # characters: what is shorter is a count, or a letter that somebody typed
# What has a number that no item may take, besides what `things.name_of` names.
_TAKEN: Final = (
    ("lot {}", "SELECT 1 FROM handling_unit WHERE site = ? AND lot = ? LIMIT 1"),
    ("ASN {}", "SELECT 1 FROM asn WHERE site = ? AND asn = ?"),
    ("receipt {}", "SELECT 1 FROM receipt WHERE site = ? AND code = ?"),
    ("vendor {}", "SELECT 1 FROM vendor WHERE site = ? AND code = ?"),
)


def barcode_of(site: str, code: Code, step: Step) -> str:
    """What a scanned code would be kept as: a GTIN of 14 digits, an HIBC's item, or its text.

    Refuses what is known to be anything already, and what names no item: a case's own number, a lot, a date, digits
    of a GTIN's length that are none, or less than four characters.
    """
    things.refuse_known(site, code, step)
    if code.unit_code or is_plate(code.text):
        refuse("teach_case", got=things.digits(code))
    if code.item_codes:
        return code.item_codes[0]
    text = code.text
    if code.kind not in ("text", "hibc", "iso15434") or gs1.says_lot_or_date(text) or len(text.strip()) < LEAST:
        refuse("teach_no_item", got=text)
    if digits_only(text) and len(text) in GTIN_LENGTHS and not valid_gtin(text):
        refuse("teach_digit", got=text)
    for words, query in _TAKEN:
        if connection.row(query, site, text):
            refuse("known_thing", thing=words.format(text), next=step.next)
    if inbound.announced_on(site, text, limit=1):
        refuse("teach_case", got=text)
    return text


def teach(context: Context, barcode: str, item_id: int, pieces: int, taught_by: int) -> None:
    """Keep it. The caller has judged it by `barcode_of` in the same transaction; taught twice at once, one runs again."""
    connection.insert_row(
        "item_barcode",
        unless="(site, barcode)",
        site=context.site.code,
        barcode=barcode,
        item_id=item_id,
        quantity=pieces or None,
        taught_by=taught_by,
        taught_at=context.cause().at,
    )
