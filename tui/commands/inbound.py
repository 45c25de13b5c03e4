"""inbound: what is expected, when, what is late, and how far vendors' notices and cases can be trusted."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING

from tui.commands.opening import now, open_site
from warehouse.barcodes.text import readable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from warehouse.inbound_view import ExpectedAsn, ExpectedLine, Inbound


def inbound(options: argparse.Namespace) -> None:
    """The whole view, as JSON or as text."""
    from warehouse import inbound_view

    opened = open_site(options)
    seen = inbound_view.read(opened.site, now())
    if options.json:
        print(json.dumps(seen.as_json()))
        return
    for line in _words(seen):
        print(readable(line, 300))


def _words(seen: Inbound) -> Iterator[str]:
    from warehouse.vendor_figures import by_vendor

    yield f"Still to come: {_count(seen.lines_total, 'line')} of purchase orders, {seen.lines_late} of them late"
    yield from map(_line, seen.lines)
    yield f"Announced and not all here: {_count(len(seen.asns), 'ASN')}"
    yield from map(_asn, seen.asns)
    yield f"ASN accuracy since {seen.since}: cases that were as announced, of those on announced deliveries"
    for one in seen.accuracy:
        how = ", ".join(
            f"{count} {words}"
            for count, words in (
                (one.not_announced, "not announced"),
                (one.other_item, "of another item"),
                (one.other_lot, "of another lot"),
                (one.other_quantity, "of another count"),
            )
            if count
        )
        yield f"  {one.vendor}  {one.name}: {one.percent} %, {one.equal} of n = {one.n}" + (f"; {how}" if how else "")
    yield f"Pack variance since {seen.since}: cases that held another number than the ASN, packaging or item says"
    for whole in by_vendor(seen.variance):
        yield f"  {whole.vendor}  {whole.name}: {whole.percent} %, {whole.differ} of n = {whole.n}"
        for item in seen.variance:
            if item.vendor == whole.vendor:
                pieces = f"{item.counted} pieces in place of {item.expected}"
                yield f"    {item.sku}: {item.percent} %, {item.differ} of n = {item.n}; {pieces}"


def _line(one: ExpectedLine) -> str:
    announced = f"; {one.came} of {_count(one.cases, 'announced case')} here" if one.cases else ""
    return (
        f"  {_due(one.expected_on, one.late)}  {one.po}/{one.line}  {one.vendor}: {one.open} of {one.ordered} "
        f"{one.sku} to come{announced}"
    )


def _asn(one: ExpectedAsn) -> str:
    cases = f"{one.came} of {_count(one.cases, 'case')}, {one.pieces_came} of {one.pieces} pieces here"
    return f"  {_due(one.expected_on, one.late)}  {one.asn}  {one.vendor}: {cases}"


def _due(day: str, late: int) -> str:
    return f"{day} ({_count(late, 'day')} late)" if late else day


def _count(count: int, thing: str) -> str:
    return f"{count} {thing if count == 1 else thing + 's'}"
