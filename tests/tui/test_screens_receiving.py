"""Pictures of the sign-on, home and receiving screens, one for each state that looks different, with what must hold."""

from __future__ import annotations

import pytest
from screen_floors import CASE, GOWN, MEDIUM, PLATE, SERUM, bare, dock
from screen_states import State, shots
from small_floor import gtin, sscc

from warehouse.barcodes.layout import SHEET

OVER = f"]C100{sscc(2)}020{GOWN}37130"
CASE_OF_48 = f"]C100{sscc(1)}020{GOWN}3748"
OLD = f"]C100{sscc(3)}020{SERUM}3710{chr(29)}10L7{chr(29)}17260101"


STATES = {
    "sign_on": State(),
    "sign_on_stop": State(inputs=("9999",)),
    "sign_on_typing": State(press=("1", "0", "0")),
    "signed_off": State("1001", inputs=("!F12",)),
    "home_receiver": State(inputs=("1001",)),
    "home_picker": State(inputs=("1002",)),
    "home_lead": State(inputs=("1003",), wide=True),
    "home_both": State(inputs=("1004",)),
    "home_stop": State("1001", inputs=("SO-1",)),
    "choose_order": State("1001", inputs=("=1",)),
    "choose_order_none": State("1001", inputs=("=1",), floor=bare),
    "scan_case_empty": State("1001", inputs=("PO-1",)),
    "scan_case_released": State("1001", ("PO-1",), (CASE,), wide=True),
    "scan_case_known": State("1001", ("PO-1", CASE), (CASE,)),
    "scan_case_stop": State("1001", ("PO-1", CASE), ("NO-SUCH-CODE",)),
    "scan_case_not_on_order": State("1001", ("PO-2",), (CASE,)),
    "scan_case_undone": State("1001", ("PO-1", CASE), ("!F4",)),
    "scan_item": State("1001", ("PO-1",), (f"]C100{sscc(1)}",)),
    "how_many_empty": State("1001", ("PO-1",), (f"]E0{GOWN}",)),
    "how_many_digits": State("1001", ("PO-1", f"]E0{GOWN}"), press=("2", "4")),
    "how_many_cards": State("1001", ("PO-1", PLATE, f"]E0{GOWN}"), ("XKNRD", "XKNRF")),
    "how_many_barcode": State("1001", ("PO-1", PLATE, f"]E0{GOWN}"), (f"]E0{GOWN}",)),
    "over_limit": State("1001", ("PO-1",), (OVER,)),
    "confirm_count": State("1001", ("PO-1", f"]E0{GOWN}"), ("=84",), floor=dock),
    "confirm_old": State("1001", ("PO-1",), (OLD,)),
    "quarantined": State("1001", ("PO-1", OLD), ("!ENTER",)),
    "key_lot": State("1001", ("PO-1",), (f"]C100{sscc(4)}020{SERUM}3710",)),
    "key_expiry": State("1001", ("PO-1", f"]C100{sscc(4)}020{SERUM}3710"), ("=L7",)),
    "scan_case_latched": State("1001", ("PO-1",), ("NO-SUCH-CODE", CASE)),
    "set_aside": State("1001", ("PO-1",), ("NO-SUCH-CODE", "XKDONE")),
    "help_refused": State("1001", ("PO-1", CASE), ("!F1", "XKUNDO")),
    "layout_right": State("1001", ("PO-1",), (SHEET,)),
    "layout_mixed": State(inputs=(SHEET.replace("AMQWYZ1", "Q?AZYW&"),)),
    "scanner_test_empty": State("1001", inputs=("XKTEST",)),
    "scanner_test": State("1001", ("XKTEST",), (CASE, "XKDONE", "NO-SUCH-CODE", SHEET), wide=True),
    "help_sign_on": State(inputs=("!F1",)),
    "help_home": State("1003", inputs=("!F1",)),
    "help_receiving": State("1001", ("PO-1", CASE), ("!F1",)),
    "list_receiving": State("1001", ("PO-1", CASE), ("!F6",)),
    "resumed": State("1001", ("PO-1", CASE, "!F12"), ("1001",)),
    "how_many_preview": State("1001", ("PO-1",), (f"]E0{GOWN}",), ("4", "6"), floor=dock),
    "second_badge": State("1001", ("PO-1", f"]E0{GOWN}"), ("=480",), floor=dock),
    "needs_lead": State("1001", ("PO-3", f"]E0{MEDIUM}"), ("=10",), floor=dock),
    "scan_serials": State("1001", ("PO-4", f"]E0{gtin(5)}", "=2"), ("SN-1",), floor=dock),
    "key_weight": State("1001", ("PO-4", f"]E0{gtin(6)}"), ("=4",), floor=dock),
    "add_order": State("1001", ("PO-1",), ("PO-2",), floor=dock),
    "choose_vendor": State("1001", ("!1",), ("!F5",), floor=dock),
    "blind_loop": State("1001", ("!1", "!F9", "PO-1"), (CASE_OF_48,), floor=dock),
    "pallet_open": State("1001", ("PO-1", "XKOPEN"), (CASE_OF_48,), floor=dock),
    "nothing_left": State("1001", ("PO-2", f"]C100{sscc(9)}020{MEDIUM}3710", "!ESC"), ("PO-2",)),
}


@pytest.mark.parametrize(("name", "size"), shots(STATES))
def test_screen(snap_compare, album, name, size):
    """The picture is compared, and besides: whole prompt, verdict and keys, the prompt in row 2, the banner in its place."""
    assert snap_compare(album.picture(STATES[name], size))
