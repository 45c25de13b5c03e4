import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from warehouse.barcodes import Code, Unreadable, read
from warehouse.barcodes.text import MAX_FIELD

RS, GS, EOT = "\x1e", "\x1d", "\x04"
GTIN = "09501101530003"
SSCC = "395011015300000011"


def message(*fields, mode="06"):
    return f"[)>{RS}{mode}{GS}" + GS.join(fields) + RS + EOT


def reason(raw):
    answer = read(raw)
    assert isinstance(answer, Unreadable), answer
    return answer.reason


@pytest.mark.parametrize("before", ["", "]d1", "]L0", "]Q1", "]z0"])
def test_a_label_of_a_supplier(before):
    fields = [
        "PGOWN-L",
        "1PAC-100",
        "Q24",
        "1TLOT 7",
        "SS-1",
        "KPO-1",
        "1JUN04344",
        "14D20271231",
        "16D20260102",
        "4LDE",
    ]
    raw = before + message(*fields)
    assert read(raw) == Code(
        kind="iso15434",
        raw=raw.replace(RS, r"\x1e").replace(GS, r"\x1d").replace(EOT, r"\x04"),
        text="(P)GOWN-L(1P)AC-100(Q)24(1T)LOT 7(S)S-1(K)PO-1(1J)UN04344(14D)20271231(16D)20260102(4L)DE",
        symbology=before or None,
        mode="06",
        part="GOWN-L",
        supplier_part="AC-100",
        pieces=24,
        lot="LOT 7",
        serial="S-1",
        purchase_order="PO-1",
        plate="UN04344",
        expiry=dt.date(2027, 12, 31),
        produced=dt.date(2026, 1, 2),
        ais=(
            ("P", "GOWN-L"),
            ("1P", "AC-100"),
            ("Q", "24"),
            ("1T", "LOT 7"),
            ("S", "S-1"),
            ("K", "PO-1"),
            ("1J", "UN04344"),
            ("14D", "20271231"),
            ("16D", "20260102"),
            ("4L", "DE"),
        ),
    )


@pytest.mark.parametrize(
    "raw",
    [
        f"[)>{RS}06{GS}PX{GS}Q5{RS}{EOT}",
        f"[)>{RS}06{GS}PX{GS}Q5{RS}",
        f"[)>{RS}06{GS}PX{GS}Q5{EOT}",
        f"[)>{RS}06{GS}PX{GS}Q5",
        f"[)>{RS}06{GS}PX{GS}Q5{GS}{RS}{EOT}",
        f"[)>06{GS}PX{GS}Q5",
        f"[)>{RS}06{GS}PX{RS}06{GS}Q5{RS}{EOT}",
        f"[)>{RS}06{GS}PX{GS}PX{GS}Q5{RS}{EOT}",
    ],
)
def test_what_is_lost_at_the_ends_is_not_asked_for(raw):
    answer = read(raw)
    assert (answer.part, answer.pieces, dict(answer.ais)) == ("X", 5, {"P": "X", "Q": "5"})


@pytest.mark.parametrize(
    ("fields", "pieces", "unit"),
    [
        (["Q1"], 1, None),
        (["Q000012"], 12, None),
        (["Q12.0"], 12, None),
        (["Q12.5"], None, None),
        (["7Q24EA"], 24, "EA"),
        (["7Q24PC"], 24, "PC"),
        (["7Q24KG"], None, "KG"),
        (["7Q12.5KG"], None, "KG"),
        (["Q24", "7Q24EA"], 24, "EA"),
        (["Q24", "7Q6.2KG"], 24, "KG"),
        (["Q24", "7Q24CA"], None, "CA"),
        (["PX"], None, None),
    ],
)
def test_a_quantity_is_whole_pieces_or_none(fields, pieces, unit):
    answer = read(message(*fields))
    assert (answer.pieces, answer.unit, answer.quantity) == (pieces, unit, pieces)


@pytest.mark.parametrize(
    ("fields", "lot"), [(["TA"], "A"), (["1TA"], "A"), (["TA", "1TB"], "B"), (["30TA"], None), (["PX"], None)]
)
def test_the_suppliers_lot_goes_before_ours(fields, lot):
    assert read(message(*fields)).lot == lot


@pytest.mark.parametrize(
    ("fields", "part", "codes"),
    [
        (["PA", "1PB"], "A", ("A", "B")),
        (["PA"], "A", ("A",)),
        (["1PB"], "B", ("B",)),
        (["PA", "1PA"], "A", ("A",)),
        (["30PB"], None, ()),
    ],
)
def test_the_item_by_our_number_goes_before_the_suppliers(fields, part, codes):
    answer = read(message(*fields))
    assert (answer.part, answer.item_codes) == (part, codes)


@pytest.mark.parametrize("identifier", ["J", "1J", "2J", "3J", "4J", "5J", "6J"])
def test_a_licence_plate_is_the_number_of_the_case(identifier):
    answer = read(message(f"{identifier}UN0434412345"))
    assert (answer.plate, answer.unit_code) == ("UN0434412345", "UN0434412345")


def test_format_05_holds_gs1_elements():
    answer = read(message(f"00{SSCC}02{GTIN}3724", "10L1", mode="05"))
    assert (answer.kind, answer.mode, answer.sscc, answer.content_gtin) == ("iso15434", "05", SSCC, GTIN)
    assert (answer.quantity, answer.lot, answer.unit_code) == (24, "L1", SSCC)
    assert answer.ais == (("00", SSCC), ("02", GTIN), ("37", "24"), ("10", "L1"))
    assert read(message(f"01{GTIN}10LOT117270228", mode="05")).warnings == ("missing_separator",)


def test_both_formats_are_one_label():
    answer = read(f"[)>{RS}05{GS}01{GTIN}10L1{RS}06{GS}Q5{GS}1TL1{GS}KPO-1{RS}{EOT}")
    assert (answer.mode, answer.gtin, answer.pieces, answer.lot, answer.purchase_order) == (
        "05+06",
        GTIN,
        5,
        "L1",
        "PO-1",
    )
    assert reason(f"[)>{RS}05{GS}01{GTIN}10L1{RS}06{GS}1TL2{RS}{EOT}") == "repeated_ai"


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("[)>", "empty"),
        (f"[)>{RS}", "empty"),
        (f"[)>{RS}{EOT}", "empty"),
        (f"[)>{RS}06{RS}{EOT}", "empty"),
        (f"[)>{RS}06{GS}{RS}{EOT}", "empty"),
        (f"[)>{RS}05{GS}{RS}{EOT}", "empty"),
        (f"[)>{RS}06{GS}PX{GS}{GS}Q5{RS}{EOT}", "empty"),
        (message("P"), "empty"),
        (message("P "), "empty"),
        (message("1TA", "P"), "empty"),
        (message("p1"), "unknown_ai"),
        (message("1234P1"), "unknown_ai"),
        (message("12"), "unknown_ai"),
        (f"[)>{RS}06PX{RS}{EOT}", "unknown_ai"),
        (f"[)>{RS}07free text{RS}{EOT}", "unknown_ai"),
        (f"[)>{RS}12{GS}PX{RS}{EOT}", "unknown_ai"),
        ("[)> hello", "unknown_ai"),
        (f"[)>{RS}06{GS}PX{RS}{RS}{EOT}", "empty"),
        (f"[)>{RS}06{GS}P{EOT}X", "charset"),
        (message("PK\u00e4se"), "charset"),
        (message("P\x1bX"), "charset"),
        (message("PX\r"), "charset"),
        (message("P\u202eX"), "charset"),
        (message("QX"), "charset"),
        (message("7QABEA"), "charset"),
        (message("7QEA"), "length"),
        (message("7Q5"), "length"),
        (message("Q1234567890"), "length"),
        (message("P" + "X" * (MAX_FIELD + 1)), "length"),
        (message("J" + "X" * 36), "length"),
        (message("Q0"), "count"),
        (message("Q0.0"), "count"),
        (message("7Q0EA"), "count"),
        (message("14D20270229"), "date"),
        (message("14D271231"), "date"),
        (message("16D20261301"), "date"),
        (message("PA", "PB"), "repeated_ai"),
        (message("1TA", "1TB"), "repeated_ai"),
        (message("1JA", "JB"), "repeated_ai"),
        (message("Q5", "7Q6EA"), "repeated_ai"),
        (message("JXKUNDO"), "card"),
        (message(f"01{GTIN[:-1]}4", mode="05"), "check_digit"),
        (message(f"01{GTIN}3712", mode="05"), "ai_combination"),
        (f"[)>{RS}05{GS}10A{RS}05{GS}10B{RS}{EOT}", "repeated_ai"),
    ],
)
def test_refused(raw, expected):
    assert reason(raw) == expected


@pytest.mark.parametrize("raw", [f"PX{RS}", f"{RS}06{GS}PX", f"]C110A{EOT}", f"ORDER{EOT}", f" [)>{RS}06{GS}PX"])
def test_its_separators_pass_nowhere_else(raw):
    assert reason(raw) == "charset"


VALUES = st.text("".join(map(chr, range(0x21, 0x7F))), min_size=1, max_size=30)
FIELDS = st.fixed_dictionaries(
    {},
    optional={
        "P": VALUES,
        "1P": VALUES,
        "1T": VALUES,
        "S": VALUES,
        "K": VALUES,
        "4L": VALUES,
        "Q": st.integers(1, 999_999_999).map(str),
        "14D": st.dates(dt.date(1999, 1, 1), dt.date(2199, 12, 31)).map("{:%Y%m%d}".format),
    },
).filter(bool)


@given(FIELDS, st.randoms(use_true_random=False), st.sampled_from([RS + EOT, RS, EOT, ""]))
@settings(max_examples=150, deadline=None)
def test_what_was_put_in_comes_out(fields, random, end):
    order = random.sample(sorted(fields), len(fields))
    answer = read(f"[)>{RS}06{GS}" + GS.join(name + fields[name] for name in order) + end)
    assert answer.ais == tuple((name, fields[name]) for name in order)
    assert (answer.lot, answer.serial) == (fields.get("1T"), fields.get("S"))
    assert answer.part == fields.get("P", fields.get("1P"))
    assert answer.pieces == (int(fields["Q"]) if "Q" in fields else None)
    assert (f"{answer.expiry:%Y%m%d}" if answer.expiry else None) == fields.get("14D")
