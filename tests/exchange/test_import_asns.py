"""Announced cases: written once, each SSCC once, with their vendor and order line; they are no stock."""

import pytest
from import_desk import ASNS, PURCHASE, STOCK
from small_floor import changed, contents, sscc

from db import connection
from db.connection import transaction
from warehouse import verify
from warehouse.exchange import importing, writing

PALLET = sscc(100)
ORDERED = [
    PURCHASE,
    "PO-1,ACME,1,GOWN,240,2026-06-15",
    "PO-1,ACME,2,MASK,500,2026-06-16",
    "PO-2,BETA,1,GOWN,5,2026-06-15",
]
ANNOUNCED = [
    ASNS,
    f"ASN-1,ACME,PO-1,1,GOWN,{sscc(1)},{PALLET},22,,,2026-06-15",
    f"ASN-1,ACME,PO-1,1,GOWN,00{sscc(2)},00{PALLET},24,,,2026-06-15",
    f"ASN-1,ACME,,,SERUM,{sscc(3)},,48,L1,2027-09-30,2026-06-15",
]


def units(desk):
    return desk.table(
        "a.asn, v.code, p.po, l.line, i.sku, u.sscc, u.parent_sscc, u.qty, u.lot, u.expiry, u.expected_on",
        "asn_unit u JOIN asn a ON a.id = u.asn_id JOIN vendor v ON v.id = a.vendor_id JOIN item i ON i.id = u.item_id "
        "LEFT JOIN po_line l ON l.id = u.po_line_id LEFT JOIN purchase_order p ON p.id = l.po_id",
    )


def told(desk, *rows, **files):
    (fault,) = desk.faults(asns=[ASNS, *rows], **files)
    return fault.line, fault.column, fault.reason


@pytest.fixture
def ordered(lite):
    """A site with two purchase orders, where the engine does not matter."""
    lite.load(purchase_orders=ORDERED)
    return lite


def test_announced_cases_are_written_once_and_are_no_stock(desk):
    result = desk.load(purchase_orders=ORDERED, asns=ANNOUNCED)

    assert desk.counts(result) == {"purchase_orders": (3, 0, 0), "asns": (3, 0, 0)}
    assert result.words()[-2:] == ["asns: 3 new, 0 updated, 0 unchanged", "released: 0 pieces to 0 order lines"]
    assert units(desk) == [
        ("ASN-1", "ACME", "PO-1", 1, "GOWN", sscc(1), PALLET, 22, "", "9999-12-31", "2026-06-15"),
        ("ASN-1", "ACME", "PO-1", 1, "GOWN", sscc(2), PALLET, 24, "", "9999-12-31", "2026-06-15"),
        ("ASN-1", "ACME", None, None, "SERUM", sscc(3), "", 48, "L1", "2027-09-30", "2026-06-15"),
    ]
    assert [connection.value(f"SELECT COUNT(*) FROM {name}") for name in ("stock_move", "release_run")] == [0, 0]
    assert verify.verify(desk.site).ok
    before = contents()
    assert desk.counts(desk.load(asns=ANNOUNCED)) == {"asns": (0, 0, 3)}
    assert changed(before, contents()) == []


def test_cases_may_join_a_notice(desk):
    desk.load(purchase_orders=ORDERED, asns=ANNOUNCED)
    more = f"ASN-1,ACME,PO-1,2,MASK,{sscc(4)},{PALLET},50,,,2026-06-16"

    assert desk.counts(desk.load(asns=[*ANNOUNCED, more])) == {"asns": (1, 0, 3)}
    assert connection.value("SELECT COUNT(*) FROM asn") == 1
    assert ("ASN-1", "ACME", "PO-1", 2, "MASK", sscc(4), PALLET, 50, "", "9999-12-31", "2026-06-16") in units(desk)


@pytest.mark.parametrize(
    ("row", "column", "words"),
    [
        ("ASN-1,ACME,PO-1,1,GOWN,{1},{P},23,,,2026-06-15", "quantity", "quantity 22 -> 23"),
        ("ASN-2,ACME,PO-1,1,GOWN,{1},{P},22,,,2026-06-15", "asn", "asn ASN-1 -> ASN-2"),
        ("ASN-1,ACME,PO-1,2,MASK,{1},{P},22,,,2026-06-15", "po_line", "po_line 1 -> 2, sku GOWN -> MASK"),
        ("ASN-1,ACME,PO-1,1,GOWN,{1},,22,,,2026-06-15", "parent_sscc", "parent_sscc {P} -> none"),
        ("ASN-1,ACME,,,SERUM,{3},,48,L2,2027-09-30,2026-06-15", "lot", "lot L1 -> L2"),
        ("ASN-1,ACME,,,SERUM,{3},,48,L1,,2026-06-15", "expiry", "expiry 2027-09-30 -> none"),
        ("ASN-1,BETA,,,SERUM,{3},,48,L1,2027-09-30,2026-06-16", "vendor", "ACME -> BETA, expected_on 2026-06-15 -> 2026-06-16"),
        ("ASN-1,ACME,PO-1,1,SERUM,{3},,48,L1,2027-09-30,2026-06-15", "po", "po none -> PO-1, po_line none -> 1"),
    ],
)  # fmt: skip
def test_an_announced_case_does_not_change(ordered, row, column, words):
    ordered.load(asns=ANNOUNCED)
    codes = {"1": sscc(1), "3": sscc(3), "P": PALLET}
    filled = _fill(row, codes)

    line, where, reason = told(ordered, filled)

    assert (line, where) == (2, column)
    assert reason.startswith("changed; refused: ")
    assert _fill(words, codes) in reason


def _fill(text, codes):
    for name, code in codes.items():
        text = text.replace("{" + name + "}", code)
    return text


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        ("ACME,PO-9,1,GOWN", "po_line", "line 1 of 'PO-9' is not known: import it first, or in the same call, with purchase_orders.csv"),
        ("ACME,PO-1,3,GOWN", "po_line", "line 3 of 'PO-1' is not known: import it first, or in the same call, with purchase_orders.csv"),
        ("ACME,PO-2,1,GOWN", "po", "PO-2 is with BETA, not with ACME"),
        ("ACME,PO-1,2,GOWN", "po_line", "line 2 of PO-1 is of MASK, not of GOWN"),
        ("ACME,PO-1,,GOWN", "po_line", "is empty: po needs it"),
        ("ACME,,1,GOWN", "po", "is empty: po_line needs it"),
        ("NONE,PO-1,1,GOWN", "vendor", "'NONE' is not known: import it first, or in the same call, with vendors.csv"),
        ("ACME,PO-1,1,NONE", "sku", "'NONE' is not known: import it first, or in the same call, with items.csv"),
    ],
)  # fmt: skip
def test_the_order_line_must_be_there_of_this_vendor_and_of_this_item(ordered, row, column, reason):
    assert told(ordered, f"ASN-9,{row},{sscc(9)},,24,,,2026-06-15") == (2, column, reason)


def test_an_order_of_the_same_call_is_as_good_as_one_on_record(ordered):
    orders = [PURCHASE, "PO-1,ACME,3,SERUM,9,2026-06-15", "PO-5,ACME,1,GOWN,9,2026-06-15"]
    good = [f"ASN-9,ACME,PO-1,3,SERUM,{sscc(9)},,9,,,2026-06-15", f"ASN-9,ACME,PO-5,1,GOWN,{sscc(10)},,9,,,2026-06-15"]
    wrong = f"ASN-9,ACME,PO-5,1,MASK,{sscc(11)},,9,,,2026-06-15"
    assert told(ordered, *good, wrong, purchase_orders=orders)[1:] == (
        "po_line",
        "line 1 of PO-5 is of GOWN, not of MASK",
    )
    ordered.load(asns=[ASNS, *good], purchase_orders=orders)
    assert [row[2:5] for row in units(ordered)] == [("PO-1", 3, "SERUM"), ("PO-5", 1, "GOWN")]


def test_a_wrong_order_line_does_not_blame_the_cases_that_name_it(ordered):
    row = f"ASN-9,ACME,PO-5,1,GOWN,{sscc(9)},,9,,,2026-06-15"
    for orders in ([PURCHASE, "PO-5,ACME,1,GOWN,0,2026-06-15"], ["po,vendor,line", "PO-5,ACME,1"]):
        assert {one.file for one in ordered.faults(asns=[ASNS, row], purchase_orders=orders)} == {"purchase_orders.csv"}


def test_one_notice_has_one_vendor(ordered):
    ordered.load(asns=ANNOUNCED)
    rows = [f"ASN-1,BETA,,,GOWN,{sscc(9)},,24,,,2026-06-15"]
    rows += [f"ASN-2,{vendor},,,GOWN,{sscc(10 + n)},,24,,,2026-06-15" for n, vendor in enumerate(("ACME", "BETA"))]
    assert [(one.line, one.column, one.reason) for one in ordered.faults(asns=[ASNS, *rows])] == [
        (2, "vendor", "BETA differs: ASN-1 is with ACME on record"),
        (4, "vendor", "BETA differs: ASN-2 is with ACME by line 3"),
    ]


# --- one SSCC, one thing


def case(code, parent="", asn="ASN-9"):
    return f"{asn},ACME,,,GOWN,{code},{parent},24,,,2026-06-15"


def test_an_sscc_comes_once_in_a_call(ordered):
    assert told(ordered, case(sscc(9)), case("00" + sscc(9), asn="ASN-8")) == (
        3,
        "sscc",
        "is there already in line 2: a key may come once",
    )


@pytest.mark.parametrize(
    ("row", "column", "words"),
    [
        (case(PALLET), "sscc", "is announced as a pallet: a case needs an SSCC of its own"),
        (case(sscc(9), sscc(9)), "sscc", "is announced as a pallet"),
        (case(sscc(9), sscc(1)), "parent_sscc", "is announced as a case: a pallet needs an SSCC of its own"),
    ],
)
def test_an_sscc_is_a_case_or_a_pallet(ordered, row, column, words):
    ordered.load(asns=ANNOUNCED)
    line, where, reason = told(ordered, row)
    assert (line, where) == (2, column)
    assert words in reason
    # In one call with the others: whichever comes first, it is refused.
    assert ordered.places(asns=[ASNS, row, *ANNOUNCED[1:]]) == [("asns.csv", 2, column)]


def test_case_and_pallet_in_one_call(lite):
    assert lite.places(asns=[ASNS, case(sscc(8), sscc(9)), case(sscc(9))]) == [
        ("asns.csv", 2, "parent_sscc"),
        ("asns.csv", 3, "sscc"),
    ]


@pytest.mark.parametrize("status", ["AVAILABLE", "ISSUED"])
def test_a_case_that_is_here_cannot_be_announced_and_one_that_was_announced_stays(ordered, status):
    ordered.load(asns=ANNOUNCED)
    _came(sscc(1), status)
    _came(sscc(9), status)
    assert told(ordered, case(sscc(9))) == (2, "sscc", f"{sscc(9)} is the code of a unit that is here already")
    assert ordered.counts(ordered.load(asns=ANNOUNCED)) == {"asns": (0, 0, 3)}
    connection.execute("UPDATE handling_unit SET qty = 0, status = 'VOIDED'")
    assert ordered.counts(ordered.load(asns=[ASNS, case(sscc(9))])) == {"asns": (1, 0, 0)}


def test_a_unit_that_is_opened_in_the_same_call_is_no_announced_case(lite):
    line, column, reason = told(lite, case(sscc(9)), stock=[STOCK, f"A-01,GOWN,5,,,{sscc(9)}"])
    assert (line, column, reason) == (2, "sscc", f"{sscc(9)} is the code of a unit that stock.csv opens")


@transaction
def _came(code, status="AVAILABLE"):
    item = connection.value("SELECT id FROM item WHERE sku = 'GOWN'")
    place = connection.value("SELECT id FROM location WHERE code = 'A-02'")
    connection.insert_row(
        "handling_unit", site="T1", code=code, kind="CASE", item_id=item, status=status,
        location_id=place, qty=3, received_at="2026-06-15T08:00:00.000000Z",
    )  # fmt: skip


def test_a_case_that_comes_between_check_and_write_is_seen(desk, monkeypatch):
    desk.load(purchase_orders=ORDERED)
    real, left = writing.write, [1]

    def write(job, progress):
        if left:
            left.pop()
            _came(sscc(9))
        return real(job, progress)

    monkeypatch.setattr(importing.writing, "write", write)
    assert told(desk, case(sscc(9)))[2] == f"{sscc(9)} is the code of a unit that is here already"
    assert connection.value("SELECT COUNT(*) FROM asn_unit") == 0


def test_many_cases_take_few_statements(desk, monkeypatch):
    """A count of statements instead of seconds: it must not grow with each row."""
    many = 4_000 if connection.dialect() == "sqlite" else 1_000
    lines = [f"PO-9,ACME,{n},GOWN,240,2026-06-15" for n in range(1, 51)]
    rows = [
        f"ASN-{n // 100},ACME,PO-9,{n % 50 + 1},GOWN,{sscc(1000 + n)},{sscc(100_000 + n // 50)},24,,,2026-06-15"
        for n in range(many)
    ]
    calls = []
    real, run = connection._run, connection.database.obj.execute_sql
    monkeypatch.setattr(connection, "_run", lambda *args: calls.append(1) or real(*args))
    monkeypatch.setattr(connection.database.obj, "execute_sql", lambda *args, **kw: calls.append(1) or run(*args, **kw))
    result = desk.load(purchase_orders=[PURCHASE, *lines], asns=[ASNS, *rows])
    assert desk.counts(result) == {"purchase_orders": (50, 0, 0), "asns": (many, 0, 0)}
    assert 20 < len(calls) < 100 + many // 10
    assert connection.value("SELECT COUNT(DISTINCT po_line_id) FROM asn_unit") == 50
