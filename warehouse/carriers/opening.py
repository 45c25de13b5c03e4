"""A carrier is opened under a number that nothing else bears, and closed when it is full."""

from __future__ import annotations

from typing import TYPE_CHECKING

from db import connection
from warehouse import label_jobs, stock
from warehouse.barcodes.checkdigits import valid_sscc
from warehouse.carriers.locking import lock
from warehouse.carriers.looking import Carrier, by_code, by_id, live
from warehouse.messages import refuse, tail

if TYPE_CHECKING:
    from warehouse.flows.steps import Context


def open_new(context: Context, code: str, location_id: int, kind: str = "PALLET") -> Carrier:
    """Open a carrier at a place under a number that nothing bears; with "" it gets one of ours, and its label.

    Refuses a number that a case or another carrier has, and an SSCC that any carrier ever had: it names one logistic
    unit for ever (GS1 General Specifications, 00). An announced case is no pallet either.
    """
    drawn = not code
    if drawn:
        code = _own_code(context)
    else:
        _refuse_taken(context.site.code, code)
    carrier_id = connection.insert(
        "carrier",
        unless="(site, code) WHERE state <> 'BROKEN'",
        site=context.site.code,
        code=code,
        kind=kind,
        location_id=location_id,
        opened_by=context.who.id,
        opened_at=context.cause().at,
    )
    if drawn and context.printer:
        label_jobs.ask(context, None, kind="CARRIER", carrier_id=carrier_id)
    return by_id(carrier_id)


def _own_code(context: Context) -> str:
    """A number of ours that nothing bears: an SSCC where the site has a company prefix, else a licence plate."""
    site = context.site.code
    if context.sscc is None:
        return stock.free_plate(site)
    while stock.code_taken(site, code := context.sscc.draw(site)):
        continue
    return code


def _refuse_taken(site: str, code: str) -> None:
    taken = stock.known_unit(site, code) is not None or by_code(site, code) is not None
    if not taken and valid_sscc(code):
        taken = bool(
            connection.rows(
                "SELECT 1 FROM carrier WHERE site = ? AND code = ? UNION ALL "
                "SELECT 1 FROM asn_unit WHERE site = ? AND sscc = ?",
                site,
                code,
                site,
                code,
            )
        )
    if taken:
        refuse("carrier_taken", code=tail(code))


def close(context: Context, carrier_id: int) -> Carrier:
    """It is full: nothing more is put on it."""
    lock(context, [carrier_id])
    live(carrier_id)
    connection.execute("UPDATE carrier SET state = 'CLOSED' WHERE id = ?", carrier_id)
    return by_id(carrier_id)
