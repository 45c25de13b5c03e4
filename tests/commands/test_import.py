"""`dockbell import`: what it says when it loads, and every fault by file, line and column when it does not."""

from __future__ import annotations

import pytest
from command_desk import CommandDesk

MASTERS = {
    "items": ["sku,description,base_unit,case_qty_mode,lot_control,expiry_control", "GOWN,Gown,ea,variable,no,no"],
    "vendors": ["code,name", "ACME,ACME Medical"],
    "customers": ["code,name,priority,ship_policy", "C1,One,1,partial"],
    "locations": ["code,zone,kind", "DOCK-1,D,dock", "A-01,A,storage", "SHIP,S,ship"],
    "operators": ["badge,name,roles", "1001,ANA,receiver", "1003,IDA,lead picker"],
}
STOCK = "location,sku,quantity,lot,expiry,unit_code"
PURCHASE = "po,vendor,line,sku,quantity,expected_on"
SALES = "order,customer,line,sku,quantity,promised_on,priority,ship_policy"
GOOD = MASTERS | {
    "stock": [STOCK, "A-01,GOWN,5,,,"],
    "purchase_orders": [PURCHASE, "PO-1,ACME,1,GOWN,40,2026-12-01"],
    "sales_orders": [SALES, "SO-1,C1,1,GOWN,12,,,"],
}


def put(desk: CommandDesk, folder: str, files: dict[str, list[str]]) -> str:
    for name, rows in files.items():
        desk.write(f"{folder}/{name}.csv", *rows)
    return folder


@pytest.fixture
def site(database_url, tmp_path):
    """An empty site."""
    desk = CommandDesk(tmp_path, database_url)
    desk.call("init", "--site", "MAIN", "--timezone", "UTC").good()
    return desk


def moves(desk: CommandDesk) -> list[tuple]:
    return desk.rows("SELECT m.kind, m.qty, o.badge FROM stock_move m LEFT JOIN operator o ON o.id = m.operator_id")


def test_a_folder_is_loaded_and_released_and_again_is_harmless(site):
    put(site, "first", GOOD)

    said = site.run("import", "first").good()

    assert said.splitlines()[0] == "items: 1 new, 0 updated, 0 unchanged"
    assert said.splitlines()[-1].startswith("released: 5 pieces to 1 order line")
    assert moves(site) == [("OPENING", 5, None)]
    assert site.call("why", "SO-1/1", "--json").json()["reserved"] == 5

    again = site.call("import", "first").good().splitlines()

    assert again[0] == "items: 0 new, 0 updated, 1 unchanged"
    assert again[-1].startswith("released: 0 pieces")
    assert moves(site) == [("OPENING", 5, None)]
    site.call("verify").good()


def test_the_lead_who_loads_is_kept_with_the_move(site):
    put(site, "masters", MASTERS)
    site.call("import", "masters").good()
    site.write("stock.csv", *GOOD["stock"])

    site.call("import", "stock.csv", "--as", "1003").good()

    assert moves(site) == [("OPENING", 5, "1003")]


def test_every_fault_of_every_file_is_named_and_nothing_is_loaded(site):
    many = [f"SO-{number},C1,1,GOWN,0,,," for number in range(70)] + ["SO-A,C9,1,GOWN,1,,,", "SO-B,C1,1,NONE,1,,,"]
    put(site, "bad", GOOD | {"sales_orders": [SALES, *many], "vendors": ["code,name", "ACME,ACME Medical", "X"]})

    ended = site.run("import", "bad")

    assert (ended.code, ended.out) == (2, "")
    first, *faults = ended.err.splitlines()
    assert first == "dockbell import: 73 faults, nothing was loaded; mend the files and import again."
    assert len(faults) == 73
    assert faults[-1].startswith("bad/vendors.csv:3: "), "by file, then by line"
    for line, column in [*((line, "quantity") for line in range(2, 72)), (72, "customer"), (73, "sku")]:
        assert any(fault.startswith(f"bad/sales_orders.csv:{line}: {column}: ") for fault in faults)
    assert site.rows("SELECT COUNT(*) FROM item") == [(0,)]


def test_hostile_cells_do_not_reach_the_terminal(site):
    put(site, "bad", {"vendors": ["code,name", "A,\x1b]0;title\x07", "B,\u202eevil"]})

    ended = site.call("import", "bad")

    assert (ended.code, ended.out) == (2, "")
    assert all(line.isprintable() and line.isascii() for line in ended.err.splitlines())
    assert "vendors.csv:2: name" in ended.err
    assert "vendors.csv:3: name" in ended.err


@pytest.mark.parametrize("badge", ["1001", "9999", ""])
def test_only_a_lead_may_be_named(site, badge):
    put(site, "masters", MASTERS)
    site.call("import", "masters").good()
    site.write("stock.csv", *GOOD["stock"])

    site.call("import", "stock.csv", "--as", badge).refused("--as needs a lead's badge", "nothing was changed")

    assert moves(site) == []


def test_a_path_that_is_not_there_is_named(site):
    for words in (("nothing",), ("nothing.csv",), ("items.csv",), (".",)):
        ended = site.call("import", *words)
        assert (ended.code, ended.out) == (2, "")
        assert words[0] in ended.err


def test_progress_is_no_part_of_the_output(site, monkeypatch):
    from tui.commands import progress

    clock = iter(range(0, 10_000, 10))
    monkeypatch.setattr(progress.time, "monotonic", lambda: float(next(clock)))
    put(site, "first", GOOD)

    site.on_terminal = True

    ended = site.call("import", "first")

    assert ended.code == 0
    assert "import: reading" in ended.err
    assert ended.err.endswith("\r\x1b[K"), "the line is gone at the end"
    assert ended.out.startswith("items: 1 new")
    assert "reading" not in ended.out
    assert "\x1b" not in ended.out
