"""The shift without a terminal: printed, its figures true, verified, and the same again for the same seed."""

import datetime as dt
import hashlib
import json
import os
import re
import subprocess
import sys

import pytest
from demo_desk import SEED, command, demo, demo_cut, rows
from terminal_kit import DOCKBELL, clean_environment

from tui import cli

ENTRY = re.compile(r"\d\d:\d\d (ANA|LEO|IDA|-) +(.+)")
FIGURE = re.compile(r"  ([a-z][a-z, ]+?) +([\d,]+)")


def day_of_a_shift():
    return (dt.datetime.now(dt.UTC) - dt.timedelta(hours=2)).date()


@pytest.fixture(scope="module")
def twice(tmp_path_factory):
    """The same shift twice on one day, from different surroundings."""
    for _ in range(2):
        day = day_of_a_shift()
        first = demo(tmp_path_factory.mktemp("first"), "--headless", "--speed", "1000")
        second = demo(tmp_path_factory.mktemp("second"), TZ="Asia/Tokyo", PYTHONHASHSEED="77", LANG="C")
        if day == day_of_a_shift():
            break
    return first, second


@pytest.fixture(scope="module")
def shift(twice):
    return twice[0]


def entries(text):
    return [found[2] for line in text.splitlines() if (found := ENTRY.fullmatch(line))]


def contents(folder):
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


# --- what is printed


def test_it_ends_well_and_says_so(shift):
    assert (shift.code, shift.err) == (0, "")
    assert re.search(r"verify: \d\d invariants over [\d,]+ rows, 0 broken\n\Z", shift.out)


def test_the_figures_are_what_the_database_holds(shift):
    _, closing = shift.out.split("At the end of the shift, read back from the database:\n")
    printed = {words: int(number.replace(",", "")) for words, number in FIGURE.findall(closing.split("\n\n")[0])}
    # Each from other rows than the program reads, where there are any.
    found = {
        "cases received": "SELECT SUM(cases) FROM receipt",
        "pieces received": "SELECT SUM(pieces) FROM receipt",
        "order lines": "SELECT COUNT(*) FROM order_line",
        "pieces released by receipts": "SELECT SUM(v.qty) FROM reservation v JOIN release_run r ON r.id = v.run_id "
        "WHERE r.receipt_id IS NOT NULL",
        "pieces picked": "SELECT SUM(qty_picked) FROM reservation",
        "picks reported short": "SELECT COUNT(*) FROM scan_log WHERE step = 'picking.why_short' AND verdict = 'OK'",
        "pieces released, not picked": "SELECT COALESCE(SUM(qty - qty_picked - qty_voided), 0) FROM reservation",
        "lines still waiting": "SELECT COUNT(*) FROM order_line WHERE qty_open > 0",
        "pieces still waiting": "SELECT SUM(qty_ordered - qty_picked - qty_reserved) FROM order_line",
        "scans saved": "SELECT COUNT(*) FROM scan_log WHERE source <> 'COMMAND'",
        "scans refused": "SELECT COUNT(*) FROM refusal",
    }
    assert printed == {words: rows(shift.folder, text)[0][0] for words, text in found.items()}
    assert printed.pop("pieces released, not picked") == 0
    assert min(printed.values()) > 0


def test_every_scan_is_in_the_transcript(shift):
    printed = entries(shift.out)
    scans = [raw for (raw,) in rows(shift.folder, "SELECT raw FROM scan_log WHERE source <> 'COMMAND'")]
    refused = rows(shift.folder, "SELECT COUNT(*) FROM refusal")[0][0]
    # Digits that are keyed into a box are one entry with the card that ends them.
    keyed = sum(len(digits[0]) for entry in printed if (digits := re.match(r"\d+(?= \[Done\])", entry)))
    assert keyed > 50
    assert len(printed) == len(scans) + refused - keyed


def test_it_shows_what_the_product_is_for(shift):
    assert re.search(r"\d+ order lines, of which \d+ wait for [\d,]+ pieces; the trucks are at the dock\.", shift.out)
    for words in (
        "ANA  PO-1001",
        ">> Releases SO-",
        "ANA  [Undo]\n     OK    Undone: ",
        "not on PO-",
        "over the limit",
        "extra: HOLD as",
        "is closed",
        "is in already",
        "picked for SO-",
        "This pick needs ...",
        "LEO  [Damaged]",
        "RELEASED, NOT PICKED",
        "Rössle",
    ):
        assert words in shift.out
    assert "XK" not in shift.out
    assert all(line.isprintable() and len(line) <= 110 for line in shift.out.splitlines())


def test_it_tells_why_a_line_waits(shift):
    place, story = re.search(r"as 'dockbell why (\S+)' explains it:\n(.+)\n", shift.out).groups()
    assert story in command(shift.folder, "why", place)
    order, line = place.split("/")
    text = f"SELECT qty_open FROM order_line l JOIN order_header h ON h.id = l.order_id WHERE order_no = '{order}' AND line = {line}"
    assert json.loads(command(shift.folder, "why", place, "--json"))["waiting"] == rows(shift.folder, text)[0][0] > 0


# --- the same again, and not the same


def test_equal_seeds_give_equal_transcripts(twice):
    first, second = twice
    assert first.out == second.out
    assert second.code == 0
    assert str(first.folder) not in first.out


def test_a_cut_line_ends_the_shift_with_one_sentence(shift, tmp_path):
    cut = demo_cut(tmp_path, 40, "before")
    assert cut.code == 2
    assert re.fullmatch(r"dockbell demo: The shift was cut short: /dev/\S+ has been unplugged\.\n", cut.err)
    assert shift.out.startswith(cut.out)
    assert 20 < len(entries(cut.out)) < 40
    command(tmp_path, "verify")


def test_another_seed_is_another_shift_and_a_cut_behind_a_scan_is_noticed(shift, tmp_path):
    cut = demo_cut(tmp_path, 40, "after", seed=SEED + 1)
    assert cut.code == 2
    assert re.fullmatch(r"dockbell demo: The shift was cut short: /dev/\S+ .+\.\n", cut.err)
    assert "did not answer" not in cut.err
    ours, theirs = entries(shift.out), entries(cut.out)
    assert ours[:2] == theirs[:2] == ["1001", "PO-1001"]
    assert ours[: len(theirs)] != theirs


# --- what is left


def test_it_leaves_an_ordinary_site(shift):
    assert json.loads(command(shift.folder, "verify", "--json"))["ok"] is True
    board = json.loads(command(shift.folder, "board", "--json"))
    lines, units = rows(shift.folder, "SELECT COUNT(*), SUM(qty_open) FROM order_line WHERE qty_open > 0")[0]
    assert board["released"] == []
    assert (board["backorders"]["lines"], board["backorders"]["units"]) == (lines, units)


def test_nothing_of_it_lies_in_the_future(shift):
    last = max(
        rows(shift.folder, f"SELECT MAX(at) FROM {name}")[0][0] for name in ("scan_log", "stock_move", "release_run")
    )
    now = dt.datetime.now(dt.UTC)
    assert dt.datetime.fromisoformat(last) < now
    received = rows(shift.folder, "SELECT DISTINCT l.expected_on FROM receipt r JOIN po_line l ON l.po_id = r.po_id")
    assert len(received) == 1
    assert now.date() - dt.date.fromisoformat(received[0][0]) in (dt.timedelta(0), dt.timedelta(1))


def test_people_go_on_where_the_shift_ended(shift):
    done = subprocess.run(
        [*DOCKBELL, "plain", "--db", f"sqlite:///{shift.folder}/site.db", "--station", "DOCK-1"],
        input="1002\n!ENTER\n",
        capture_output=True,
        encoding="utf-8",
        env=clean_environment(),
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "You were here at" in done.stdout
    assert "Nothing to pick now." in done.stdout


# --- violations, readers that leave


def run(text, *options):
    return subprocess.run(
        [sys.executable, "-c", text, "demo", "--headless", *options],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        env=clean_environment(),
        timeout=60,
        check=False,
    )


def test_a_violation_ends_it_with_1(tmp_path):
    broken = """
import sys
from db import connection
from tui import cli
from tui.demo.crew import Crew

def break_a_counter(crew):
    connection.execute("UPDATE item_stock SET waiting_qty = waiting_qty + 1 WHERE item_id = 2")

Crew.work = break_a_counter
sys.exit(cli.main(sys.argv[1:]))
"""
    done = run(broken, "--folder", str(tmp_path))
    assert (done.returncode, done.stderr) == (1, "")
    assert re.search(r"rows, 1 broken\n\Z", done.stdout)


def test_a_reader_that_leaves_ends_it_quietly(tmp_path):
    process = subprocess.Popen(
        [*DOCKBELL, "demo", "--headless", "--folder", tmp_path],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=clean_environment(),
    )
    with process:
        assert process.stdout.readline().startswith(b"A shift at the Northwind company.")
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(60) == 0


# --- folders and options that will not do


def refused(capsys, *options):
    """The sentence that the demo is refused with."""
    try:
        code = cli.main(["demo", "--headless", *map(str, options)])
    except SystemExit as ended:
        code = ended.code
    said = capsys.readouterr()
    assert (code, said.out) == (2, "")
    assert re.fullmatch(r"dockbell demo: [^\n]+[.']\n", said.err)
    return said.err


def test_a_second_shift_in_the_same_folder_is_refused(shift, capsys):
    before = contents(shift.folder)
    words = refused(capsys, "--folder", shift.folder)
    assert f"dockbell run --db sqlite:///{shift.folder}/site.db" in words
    assert contents(shift.folder) == before


def test_a_foreign_database_is_not_touched(tmp_path, capsys):
    (tmp_path / "site.db").write_bytes(b"the accounts of 2019")
    assert "site.db is there already: name another folder" in refused(capsys, "--folder", tmp_path)
    assert contents(tmp_path).keys() == {"site.db"}
    assert (tmp_path / "site.db").read_bytes() == b"the accounts of 2019"


def test_a_foreign_import_folder_is_not_touched(tmp_path, capsys):
    (tmp_path / "import").mkdir()
    (tmp_path / "import" / "items.csv").write_text("mine")
    assert "import is there already" in refused(capsys, "--folder", tmp_path)
    assert contents(tmp_path).keys() == {"import/items.csv"}
    assert (tmp_path / "import" / "items.csv").read_text() == "mine"


def test_a_folder_that_cannot_be_made_is_named(tmp_path, capsys):
    file = tmp_path / "file"
    file.write_text("mine")
    assert f"{file} is no folder" in refused(capsys, "--folder", file)
    assert f"{file}/below: Not a directory" in refused(capsys, "--folder", file / "below")
    assert file.read_text() == "mine"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_named(tmp_path, capsys):
    tmp_path.chmod(0o500)
    assert "Permission denied" in refused(capsys, "--folder", tmp_path)


@pytest.mark.parametrize("speed", ["0", "-1", "nan", "inf", "1e-9", "fast"])
def test_a_speed_that_is_none_is_refused(tmp_path, capsys, speed):
    assert "--speed" in refused(capsys, "--folder", tmp_path, "--speed", speed)
    assert list(tmp_path.iterdir()) == []


def test_any_folder_name_will_do(tmp_path):
    folder = tmp_path / "50%20 off? #1 ü"
    cut = demo_cut(folder, 5, "before")
    assert cut.code == 2
    assert {"site.db", "import"} <= {path.name for path in folder.iterdir()}
    assert [path.name for path in tmp_path.iterdir()] == [folder.name]
