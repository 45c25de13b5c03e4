"""The vendor report of a receipt: expected against counted for each case, with totals by line, as PDF and as CSV."""

from __future__ import annotations

from collections.abc import Iterator

from tui.report_pdf import Column, Report, Section, report_pdf
from warehouse import discrepancies
from warehouse.exchange.csv_out import Cell, written
from warehouse.inbound.advice import Advice, Difference, Line
from warehouse.site import NO_EXPIRY

CASE_COLUMNS = (
    "receipt", "day", "vendor", "po", "line", "case", "sku", "expected", "expected_from", "counted", "difference",
    "lot", "expiry", "reason", "meaning", "photo", "note",
)  # fmt: skip
LINE_COLUMNS = (
    "receipt", "day", "vendor", "po", "line", "sku", "description", "unit", "ordered", "received", "received_in_all",
    "open", "cases", "tolerance", "reason", "meaning",
)  # fmt: skip
_BOM = "\ufeff"  # without it a spreadsheet takes UTF-8 for something else
_PDF_CASES = (
    Column("PO/LINE", 10),
    Column("CASE", 14),
    Column("SKU", 11),
    Column("EXPECTED", 8, number=True),
    Column("COUNTED", 8, number=True),
    Column("DIFF", 6, number=True),
    Column("LOT", 9),
    Column("EXPIRY", 8),
    Column("REASON", 22),
    Column("PHOTO", 11),
)
_PDF_LINES = (
    Column("PO/LINE", 10),
    Column("SKU", 11),
    Column("ITEM", 22),
    Column("ORDERED", 8, number=True),
    Column("RECEIVED", 8, number=True),
    Column("IN ALL", 7, number=True),
    Column("OPEN", 7, number=True),
    Column("CASES", 7, number=True),
    Column("REMARK", 23),
)


def files(advice: Advice) -> dict[str, bytes]:
    """The files of the report by their names: PDF, CSV of the cases, CSV of the lines."""
    name = "".join(char if char.isascii() and (char.isalnum() or char in "-_") else "_" for char in advice.header.code)
    return {
        f"{name}.pdf": report_pdf(_report(advice)),
        f"{name}-cases.csv": (_BOM + written(CASE_COLUMNS, _case_rows(advice))).encode(),
        f"{name}-lines.csv": (_BOM + written(LINE_COLUMNS, _line_rows(advice))).encode(),
    }


# --- What is told of a case and of a line ---------------------------------------------------------------


def _reasons(advice: Advice) -> dict[str, list[Difference]]:
    """The differences of each case."""
    found: dict[str, list[Difference]] = {}
    for difference in advice.differences:
        if difference.case:
            found.setdefault(difference.case, []).append(difference)
    return found


def _shorts(advice: Advice) -> dict[tuple[str | None, int | None], Difference]:
    """What was said last of a line of which pieces are missing."""
    missing = {(line.po, line.line) for line in advice.lines if line.open or line.closed_short}
    said = (one for one in advice.differences if one.code in ("BP", "CP") and (one.po, one.line) in missing)
    return {(one.po, one.line): one for one in said}


def _words(found: list[Difference]) -> tuple[str, str, str, str]:
    """Codes, meanings, photos and notes of a case's differences, each in one cell."""
    return (
        " ".join(dict.fromkeys(one.code for one in found)),
        "; ".join(dict.fromkeys(one.meaning for one in found)),
        "; ".join(one.photo for one in found if one.photo),
        "; ".join(one.note for one in found if one.note),
    )


def _vendor(advice: Advice) -> str:
    return " ".join(code for code, _ in advice.header.vendors)


def _case_rows(advice: Advice) -> Iterator[tuple[Cell, ...]]:
    """Every case that counts, then what was sent back, then what was announced and did not come."""
    reasons = _reasons(advice)
    head = advice.header
    for case in advice.cases:
        if case.counts:
            yield (
                head.code, head.opened_on, _vendor(advice), case.po, case.line, case.code, case.sku, case.expected,
                case.expected_from, case.counted, case.difference, case.lot, case.expiry,
                *_words(reasons.get(case.code, [])),
            )  # fmt: skip
    yield from _refused_rows(advice)
    missed = {told.case: told for told in advice.differences if told.code == "X34"}
    for unit in advice.absent:
        told = missed[unit.sscc]
        yield (
            head.code, head.opened_on, _vendor(advice), told.po, told.line, unit.sscc, told.sku, unit.quantity, "ASN",
            0, -unit.quantity, unit.lot, "" if unit.expiry == NO_EXPIRY else unit.expiry,
            *_words(reasons.get(unit.sscc, [])),
        )  # fmt: skip


def _refused_rows(advice: Advice) -> Iterator[tuple[Cell, ...]]:
    """What came, was counted and was sent back: it is in no total of the receipt."""
    head = advice.header
    for told in advice.differences:
        if told.disposition.startswith("REFUSE_"):
            yield (
                head.code, head.opened_on, _vendor(advice), told.po, told.line, told.case, told.sku, told.announced,
                "ASN" if told.announced else None, told.qty, told.qty - told.announced if told.announced else None,
                "", "", told.code, f"sent back: {told.meaning}", told.photo, told.note,
            )  # fmt: skip


def _line_rows(advice: Advice) -> Iterator[tuple[Cell, ...]]:
    shorts = _shorts(advice)
    head = advice.header
    for line in advice.lines:
        short = shorts.get((line.po, line.line))
        code = short.code if short else "AT" if line.tolerance == "NOT_ORDERED" else _over(line)
        yield (
            head.code, head.opened_on, _vendor(advice), line.po, line.line, line.sku, line.description, line.unit,
            line.ordered, line.counted, line.received, line.open, line.cases, line.tolerance, code,
            discrepancies.meaning(code) if code else "",
        )  # fmt: skip


def _over(line: Line) -> str:
    return "AC" if line.tolerance in ("OVER", "OVER_WITHIN") else ""


# --- On paper -------------------------------------------------------------------------------------------


def _report(advice: Advice) -> Report:
    """The same rows as in the CSV, as far as there is room for them on a page."""
    head = advice.header
    closed = f"closed by {head.closed_by}" if head.closed_by else "not closed"
    lines = tuple(
        (
            _place(po, line), str(sku), str(words), _number(ordered), _number(counted), _number(received),
            _number(left), _number(cases), " ".join(filter(None, (str(code), str(meaning)))),
        )
        for _, _, _, po, line, sku, words, _, ordered, counted, received, left, cases, _, code, meaning
        in _line_rows(advice)
    )  # fmt: skip
    cases = tuple(
        (
            _place(po, line), str(case), str(sku), _number(expected), _number(counted), _number(difference),
            str(lot), str(expiry), " ".join(filter(None, (str(code), str(meaning)))), str(photo),
        )
        for _, _, _, po, line, case, sku, expected, _, counted, difference, lot, expiry, code, meaning, photo, _
        in _case_rows(advice)
    )  # fmt: skip
    return Report(
        (
            f"Receiving report {head.code}, {head.opened_on}",
            f"Vendor: {head.vendor}",
            f"Orders: {', '.join(head.orders) or 'none'}",
            f"Received by {head.opened_by}, {closed}: {head.cases} cases, {head.pieces} pieces",
        ),
        (Section("By line", _PDF_LINES, lines), Section("By case", _PDF_CASES, cases)),
    )


def _place(po: Cell, line: Cell) -> str:
    return "not ordered" if po is None else f"{po}/{line}"


def _number(value: Cell) -> str:
    return "-" if value is None else str(value)
