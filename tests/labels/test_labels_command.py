"""dockbell labels: to a printer, into a file, as PDF; whatever cannot be is one sentence."""

from __future__ import annotations

import pytest
from command_desk import CommandDesk
from command_floor import worked_floor
from label_eyes import looked_at, needs_pdftoppm, pages_of_pdf, pictures_of_zpl
from printer_kit import closed_port, network_printer
from small_floor import gtin

from warehouse import barcodes
from warehouse.barcodes.cards import LANYARDS, WALL
from warehouse.barcodes.layout import SHEET
from warehouse.serials import is_plate


@pytest.fixture
def desk(database_url, tmp_path):
    """A site with a past; its folder is where files are written."""
    worked_floor()
    return CommandDesk(tmp_path, database_url)


@pytest.fixture
def shell(tmp_path):
    """A folder without a database: cards and sheets need none."""
    return CommandDesk(tmp_path)


def case(desk: CommandDesk) -> str:
    return desk.rows("SELECT code FROM handling_unit WHERE kind = 'CASE' AND qty > 0 ORDER BY id LIMIT 1")[0][0]


def raws(data: bytes) -> list[str]:
    """Every symbol of a file for a printer."""
    return [seen.raw for picture in pictures_of_zpl(data, 203, 100, 150) for seen in looked_at(picture, 203)]


def file(desk: CommandDesk, name: str) -> bytes:
    return (desk.folder / name).read_bytes()


def test_the_label_of_a_unit_into_a_file_and_to_a_printer(desk):
    code = case(desk)
    assert desk.run("labels", "unit", code, "--to", "case.zpl").good() == "Wrote 1 label to case.zpl.\n"
    assert code in [barcodes.read(raw).unit_code or barcodes.read(raw).text for raw in raws(file(desk, "case.zpl"))]
    with network_printer() as there:
        said = desk.call("labels", "unit", code, "--to", there.url, "--copies", "2").good()
        assert said == f"Sent 2 labels to {there.url}.\n"
        assert there.wait(1)[0] == file(desk, "case.zpl").replace(b"^XZ", b"^PQ2^XZ")
    assert desk.rows("SELECT COUNT(*) FROM label_job") == [(0,)]


@needs_pdftoppm
def test_units_and_places_as_pdf(desk):
    assert desk.call("labels", "unit", case(desk), "--to", "case.PDF").good() == "Wrote case.PDF.\n"
    assert pages_of_pdf(file(desk, "case.PDF"))
    desk.call("labels", "locations", "--to", "places.pdf").good()
    places = [code for (code,) in desk.rows("SELECT code FROM location ORDER BY code")]
    found = [seen.raw[3:] for page in pages_of_pdf(file(desk, "places.pdf")) for seen in page]
    assert sorted(found) == places


def test_places_for_a_printer(desk):
    assert desk.call("labels", "locations", "A-02", "DOCK-1", "--to", "p.zpl").good() == "Wrote 2 labels to p.zpl.\n"
    assert raws(file(desk, "p.zpl")) == ["]C0A-02", "]C0DOCK-1"]


def test_cards_for_a_printer_come_one_by_one(shell):
    assert (
        shell.call("labels", "cards", "--role", "picker", "--to", "cards.zpl").good() == "Wrote 8 cards to cards.zpl.\n"
    )
    assert raws(file(shell, "cards.zpl")) == [f"]C0{code}" for code in LANYARDS["picker"]]
    shell.call("labels", "sheet", "--to", "sheet.zpl").good()
    assert raws(file(shell, "sheet.zpl")) == [f"]C0{code}" for codes in (*WALL, [SHEET]) for code in codes]
    shell.call("labels", "cards", "--to", "all.zpl").good()
    assert sorted(raws(file(shell, "all.zpl"))) == sorted({f"]C0{one}" for codes in LANYARDS.values() for one in codes})


@needs_pdftoppm
def test_cards_and_sheet_as_pdf(shell):
    assert shell.run("labels", "cards", "--to", "cards.pdf").good() == "Wrote cards.pdf.\n"
    pages = pages_of_pdf(file(shell, "cards.pdf"))
    assert [[seen.raw[3:] for seen in page] for page in pages] == [
        list(codes[half : half + 4]) for codes in LANYARDS.values() for half in (0, 4)
    ]
    shell.call("labels", "sheet", "--to", "sheet.pdf", "--copies", "2").good()
    assert [len(page) for page in pages_of_pdf(file(shell, "sheet.pdf"))] == [24, 24]


def test_the_printer_and_the_labels_of_the_settings(shell):
    with network_printer() as there:
        shell.write(
            "dockbell.toml", "[printer]", f'url = "{there.url}"', "dpi = 300", "width_mm = 60", "height_mm = 40"
        )
        assert shell.call("labels", "cards", "--role", "lead").good() == f"Sent 8 cards to {there.url}.\n"
        (data,) = there.wait(1)
    pictures = pictures_of_zpl(data, 300, 60, 40)
    assert [seen.raw for picture in pictures for seen in looked_at(picture, 300)] == [
        f"]C0{code}" for code in LANYARDS["lead"]
    ]


def test_the_terminal_has_the_printer_and_the_numbers_of_its_settings(desk):
    """From the settings to a label: a case without a number gets an SSCC, and line mode prints it."""
    with network_printer() as there:
        numbers = ("[labels]", 'company_prefix = "9506000"', "extension = 3")
        desk.write("dockbell.toml", "[printer]", f'url = "{there.url}"', *numbers)
        desk.execute("UPDATE site SET practice = 0")
        ended = desk.run("plain", given=f"1001\nPO-1\n{gtin(1)}\n24\n!F7\n")
        assert ended.code == 0
        assert "OK    Label of ..." in ended.out
        assert f"Printer 127.0.0.1:{there.port}" in ended.out
        unit_id, unit = desk.rows("SELECT id, code FROM handling_unit ORDER BY id DESC LIMIT 1")[0]
        assert unit.startswith("39506000")
        assert desk.rows("SELECT unit_id, copies FROM label_job") == [(unit_id, 1)] * 2
        desk.run("plain")
        assert all(f"]C100{unit}" in raws(data) for data in there.wait(2))


def test_a_practice_database_gives_no_number_that_the_real_one_gives(desk):
    """The same terminal, the same settings, another --db: both count from 1."""
    desk.write("dockbell.toml", "[labels]", 'company_prefix = "9506000"')
    desk.run("plain", given=f"1001\nPO-1\n{gtin(1)}\n24\n").good()
    assert is_plate(desk.rows("SELECT code FROM handling_unit ORDER BY id DESC LIMIT 1")[0][0])


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("sheet",), "No printer is set up here: name one with --to"),
        (("sheet", "--to", "x.txt"), "--to x.txt is neither a printer"),
        (("sheet", "--to", "http://x:1"), "neither a printer"),
        (("sheet", "--to", "/dev/usb/lp9"), "a device that is there"),
        (("sheet", "--to", "socket://"), "is no printer"),
        (("sheet", "--to", "no/folder/x.pdf"), "no/folder/x.pdf: No such file or directory"),
        (("sheet", "--to", "x.zpl", "--copies", "0"), "--copies is 0: print 1 to 999"),
        (("sheet", "--to", "x.zpl", "--copies", "1000"), "--copies is 1000"),
        (("cards", "--role", "bo\x1bss", "--to", "x.zpl"), r"There are no cards for the role bo\x1bss"),
        (("unit", "X", "--to", "x.zpl"), "There is no database"),
    ],
)
def test_what_cannot_be_is_one_sentence(shell, words, expected):
    shell.call("labels", *words).refused(expected)
    assert not list(shell.folder.glob("*.zpl"))


def test_a_printer_that_is_off_is_one_sentence(desk):
    url = f"socket://127.0.0.1:{closed_port()}"
    desk.call("labels", "unit", case(desk), "--to", url).refused("does not answer (connection refused)")
    desk.call("labels", "unit", "NOBODY", "--to", url).refused("No unit has the code NOBODY")
    desk.call("labels", "locations", "NOWHERE", "--to", url).refused("No place has the code NOWHERE")
    desk.execute("UPDATE location SET code = 'Ä-01' WHERE code = 'A-02'")
    desk.call("labels", "locations", "--to", "x.zpl").refused("letters that bars cannot hold", "\\xc4-01")
    desk.write("dockbell.toml", "[printer]", "width_mm = 40", "height_mm = 20")
    desk.call("labels", "unit", case(desk), "--to", "x.zpl").refused("use larger labels")
