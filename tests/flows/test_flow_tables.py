"""docs/flows.md: what each step answers to each kind of input, worked out from the steps themselves.

The file is written anew with DOCKBELL_REGENERATE=1; without it a stale one fails. Step names are a contract of
line mode, so docs/plain.md must name every one of them.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flow_steps import (
    ALONE,
    GOWN,
    MASK,
    MEDIUM,
    NEW_PLATE,
    OTHER,
    PALLET,
    PART,
    SERUM,
    WHOLE,
    at_step,
    board_floor,
    front_floor,
    picking_floor,
    put_away_floor,
    receiving_floor,
    stop_floor,
)
from small_floor import FrozenFloor, changed, contents, sscc

from db import connection
from warehouse.flows.steps import Step
from warehouse.reply import Verdict

DOCS = Path(__file__).resolve().parents[2] / "docs"
FLOWS = DOCS / "flows.md"
REGENERATE = "DOCKBELL_REGENERATE" in os.environ

KEYS = [
    (f"key {name}", "key", name)
    for name in ("ENTER", "DONE", "ESC", "F1", "F4", "F5", "F6", "F7", "F8", "F9", "F12", "CLEAR")
]
ANYWHERE = [
    ("unknown code", "scan", "JUNK"),
    ("another's badge", "scan", "1002"),
    ("forbidden characters", "scan", "\x1b[2J"),
    ("unknown card", "scan", "XKZZZ"),
    ("reason card", "scan", "XKRSDG"),
    ("digit card", "scan", "XKNRC"),
    ("digit 1", "type", "1"),
    ("digit 9", "type", "9"),
]
RECEIVING = [
    ("purchase order", "scan", "PO-2"),
    ("sales order", "scan", "SO-1"),
    ("place", "scan", "A-01"),
    ("SSCC with content and count", "scan", f"]C100{sscc(1)}020{GOWN}3724"),
    ("SSCC alone", "scan", f"]C100{sscc(1)}"),
    ("another SSCC", "scan", f"]C100{sscc(2)}"),
    ("SSCC that is in already", "scan", f"]C100{sscc(90)}"),
    ("GTIN", "scan", f"]E0{GOWN}"),
    ("GTIN typed", "type", GOWN),
    ("GTIN with lot and expiry", "scan", f"]C1010{SERUM}1727123110L7"),
    ("GTIN not on the order", "scan", f"]E0{MEDIUM}"),
    ("lot (10)", "scan", "]C110L7"),
    ("expiry (17)", "scan", "]C117271231"),
    ("24 typed", "type", "24"),
    ("24 scanned", "scan", "24"),
    ("101 typed", "type", "101"),
    ("501 typed", "type", "501"),
    ("00 typed", "type", "00"),
    ("123456 typed", "type", "123456"),
    ("2027-12-31 typed", "type", "2027-12-31"),
    ("2026-01-01 typed", "type", "2026-01-01"),
]
PICKING = [
    ("order with picks", "scan", "SO-2"),
    ("order without picks", "scan", "SO-6"),
    ("purchase order", "scan", "PO-1"),
    ("the place", "scan", "A-01"),
    ("another place", "scan", "A-02"),
    ("the unit", "scan", f"]C100{PART}"),
    ("another unit of the item", "scan", f"]C100{OTHER}"),
    ("a unit of another item", "scan", f"]C100{ALONE}"),
    ("the item", "scan", f"]E0{GOWN}"),
    ("another item", "scan", f"]E0{MASK}"),
    ("20 typed", "type", "20"),
    ("14 typed", "type", "14"),
    ("14 scanned", "scan", "14"),
    ("21 typed", "type", "21"),
    ("00 typed", "type", "00"),
    ("123456 typed", "type", "123456"),
    ("doubt reason card", "scan", "XKRSNF"),
]
FRONT = [
    ("own badge", "scan", "1003"),
    ("purchase order", "scan", "PO-1"),
    ("order", "scan", "SO-1"),
    ("place", "scan", "A-01"),
    ("case", "scan", f"]C100{WHOLE}"),
]
LOOKING = [
    *FRONT,
    ("order line", "scan", "SO-2/1"),
    ("receipt", "scan", "RC-0001"),
    ("digit 2", "type", "2"),
    ("digit 4", "type", "4"),
    ("letter A", "type", "a"),
    ("letter R", "type", "R"),
    ("letter W", "type", "w"),
    ("a picker's badge", "scan", "1004"),
    ("words typed", "type", "vendor called"),
    ("key OPEN:late", "key", "OPEN:late"),
]
STOPPING = [
    ("case", "scan", f"]C100{ALONE}"),
    ("case that is stopped", "scan", f"]C100{PART}"),
    ("case that nobody knows", "scan", f"]C100{sscc(77)}020{SERUM}3724"),
    ("place", "scan", "A-01"),
    ("empty place", "scan", "QUAR-1"),
    ("item", "scan", f"]E0{SERUM}"),
    ("item with lot", "scan", f"]C1010{SERUM}10L7"),
    ("item without lots", "scan", f"]E0{GOWN}"),
    ("lot (10)", "scan", "]C110L7"),
    ("another lot typed", "type", "L9"),
    ("purchase order", "scan", "PO-1"),
    ("order", "scan", "SO-1"),
    ("words typed", "type", "smells odd"),
    ("2 typed", "type", "2"),
]
PUTTING_AWAY = [
    ("case", "scan", f"]C100{PART}"),
    ("case on a pallet", "scan", f"]C100{WHOLE}"),
    ("expired case", "scan", f"]C100{ALONE}"),
    ("pallet", "scan", PALLET),
    ("plate that nobody knows", "scan", NEW_PLATE),
    ("empty place", "scan", "A-01"),
    ("place with another item", "scan", "A-02"),
    ("the place where it stands", "scan", "DOCK-1"),
    ("quarantine place", "scan", "QUAR-1"),
    ("shipping place", "scan", "SHIP-1"),
    ("item", "scan", f"]E0{GOWN}"),
    ("order", "scan", "SO-1"),
    ("purchase order", "scan", "PO-1"),
    ("2 typed", "type", "2"),
    ("3 typed", "type", "3"),
    ("4 typed", "type", "4"),
    ("5 typed", "type", "5"),
    ("card New pallet", "scan", "XKOPEN"),
]
# Flow: who stands where, the steps in their order, the inputs.
STAGES = {
    "sign_on": (front_floor, ["badge"], FRONT),
    "home": (front_floor, ["menu"], FRONT),
    "receiving": (
        receiving_floor,
        [
            *("choose_order", "choose_vendor", "scan_case", "add_order", "scan_item", "key_lot", "key_expiry"),
            *("how_many", "scan_serials", "key_weight", "confirm", "second_badge", "second_count"),
            *("over_limit", "needs_lead"),
            *("check", "check_case", "close_short", "close_lead"),
            *("problem", "problem_reason", "problem_note", "problem_case"),
            *("correct_scan", "correct_count", "correct_none", "correct_lot", "correct_expiry"),
            *("teach_code", "teach_item", "teach_quantity", "teach_sure"),
        ],
        RECEIVING,
    ),
    "picking": (
        picking_floor,
        ["get_work", "go_to", "take_unit", "take_pieces", "how_short", "why_short"],
        PICKING,
    ),
    "put_away": (
        put_away_floor,
        ["scan_unit", "scan_place", "scan_pallet", "choose_job", "scan_for_job"],
        PUTTING_AWAY,
    ),
    "board": (
        board_floor,
        [
            *("live", "flow", "plots", "problems", "made_of", "review", "review_note", "assign"),
            *("priority", "hold", "hold_until", "hold_why", "let_go"),
        ],
        LOOKING,
    ),
    "inbound_view": (front_floor, ["list"], FRONT),
    "whats_this": (
        front_floor,
        ["look"],
        [*FRONT, ("card that leads nowhere", "scan", "XKSUBT"), ("bad EAN", "scan", "]E01")],
    ),
    "scanner_test": (front_floor, ["try"], FRONT),
    "stop_goods": (stop_floor, ["scan_what", "key_lot", "say_why", "confirm"], STOPPING),
}

STEPS = {name for name in Step.registry if name}  # a step without a name is a kind of steps

HEAD = """\
# Flows: what each step answers

Each table is one step of a job: what is scanned, typed or pressed, the verdict, the message (an id in
`warehouse/messages.py`) and the step that follows. STOP and CHECK save nothing and STOP never moves the step.
Worked out from the steps by `tests/flows/test_flow_tables.py`; after a change of a flow, write it anew with

    DOCKBELL_REGENERATE=1 .venv/bin/python -m pytest -n 0 tests/flows/test_flow_tables.py

"""

Cell = tuple[
    str, str, str, str, str, list[str], tuple[str, ...]
]  # step, input, verdict, message id, next, touched, lines


def cells(frozen: FrozenFloor, flow: str, steps: list[str], inputs: list[tuple[str, str, str]]) -> Iterator[Cell]:
    """Every step of a flow with every input, each on a copy of the floor that nothing has touched yet."""
    for step in steps:
        name = f"{flow}.{step}"
        hand = at_step(frozen, step)
        assert hand.step == name
        before, stood = contents(), hand.session
        for label, how, what in [*inputs, *ANYWHERE, *KEYS]:
            reply = hand.do(how, what)
            touched = changed(before, contents())
            follows = "stays" if hand.step == name else hand.step
            yield name, label, reply.verdict.value, reply.template, follows, touched, reply.message
            if hand.session != stood or touched:
                connection.close()
                hand = at_step(frozen, step)
                stood = hand.session
        connection.close()


@pytest.fixture(scope="module")
def all_cells(tmp_path_factory) -> list[Cell]:
    found = []
    frozen = {}
    for flow, (floor, steps, inputs) in STAGES.items():
        if floor not in frozen:
            frozen[floor] = FrozenFloor(tmp_path_factory.mktemp(flow), floor)
        found += cells(frozen[floor], flow, steps, inputs)
    return found


def as_text(found: list[Cell]) -> str:
    """The tables as Markdown; inputs that get the same answer share a row."""
    parts = [HEAD, "Steps: " + ", ".join(f"`{name}`" for name in sorted(STEPS)) + ".\n"]
    for step in dict.fromkeys(cell[0] for cell in found):
        words = (Step.registry[step].__doc__ or "").split("\n")[0]
        parts.append(f"\n## `{step}`\n\n{words}\n\n| input | verdict | message | next step |\n|---|---|---|---|\n")
        rows: dict[tuple[str, str, str], list[str]] = {}
        for at, label, verdict, template, follows, *_ in found:
            if at == step:
                rows.setdefault((verdict, template, follows), []).append(label)
        order = ["OK", "CHECK", "INFO", "WAIT", "STOP"]
        for verdict, template, follows in sorted(rows, key=lambda row: order.index(row[0])):
            labels = ", ".join(rows[verdict, template, follows])
            shown = follows if follows == "stays" else f"`{follows}`"
            parts.append(f"| {labels} | {verdict} | {template} | {shown} |\n")
    return "".join(parts)


def test_the_tables_are_up_to_date(all_cells):
    text = as_text(all_cells)
    if REGENERATE:
        FLOWS.write_text(text)
    assert FLOWS.exists(), "docs/flows.md is missing: write it with DOCKBELL_REGENERATE=1"
    assert FLOWS.read_text() == text, "docs/flows.md is stale: write it anew with DOCKBELL_REGENERATE=1"


def test_every_registered_step_has_its_table(all_cells):
    """A new step is in no table until somebody stands a person there."""
    assert {cell[0] for cell in all_cells} == STEPS


def test_stop_and_check_leave_no_trace_and_stop_stays(all_cells):
    """Also INFO and a bare OK: at most a pick passes from hand to hand."""
    for step, label, verdict, template, follows, touched, _ in all_cells:
        if verdict in ("STOP", "CHECK"):
            assert touched == [], (step, label)
        if verdict == "STOP":
            assert follows == "stays", (step, label)
        if verdict == "INFO":
            assert set(touched) <= {"pick_task"}, (step, label, template)


def test_every_input_has_one_verdict_and_a_message(all_cells):
    for step, label, verdict, template, _, _, lines in all_cells:
        assert verdict in Verdict.__members__
        assert template, (step, label)
        assert 1 <= len(lines) <= 3, (step, label)
        assert all(lines), (step, label)


def test_every_message_fits_its_screen(all_cells):
    """36 characters a line, as they are read on the floor."""
    long = {(step, label): lines for step, label, _, _, _, _, lines in all_cells if max(map(len, lines)) > 36}
    assert long == {}


NEXT = re.compile(r"\b(ENTER|Esc|F5|F12|Call|Count|Go|Key|Leave|Look|Put|Scan|Send|Set|Take|call|key|scan)\b")


def test_every_stop_and_check_says_what_to_do_next(all_cells):
    """As it is read on the floor, with its fields filled."""
    silent = []
    for step, label, verdict, template, _, _, lines in all_cells:
        if verdict in ("STOP", "CHECK") and (not any(NEXT.search(line) for line in lines) or lines[-1].endswith("?.")):
            silent.append((step, label, template, lines))
    assert silent == []


@pytest.mark.parametrize("name", sorted(STEPS))
def test_the_manual_of_line_mode_names_every_step(name):
    """`step` and `next_step` of line mode are a contract: the names are listed in docs/plain.md."""
    manual = DOCS / "plain.md"
    if not manual.exists():
        pytest.skip("docs/plain.md is not there yet")
    assert f"`{name}`" in manual.read_text()
