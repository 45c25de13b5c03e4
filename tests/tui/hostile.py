"""Text that was made to harm a terminal, a parser or a log, and a floor whose every name is such a text."""

from __future__ import annotations

import re

from db import connection

LONG = "M" * 10_000
PAYLOADS = (
    "[/",
    "[/path]",
    "[@click=app.quit]x[/]",
    "[b",
    "\x1b]0;TITLE\x07",
    "\x1b[2J\x1b[H",
    "\x1b]52;c;UFdORUQ=\x07",
    "\x9b2J\x9d0;T\x9c",
    "\u202edlrow\u202c",
    "\u200b\ufeff\u2066x\u2069",
    LONG,
    "'; DROP TABLE item; --",
    "=cmd()|' /C calc'!A0",
    "^XA^FDx^FS^XZ",
    "{} {0} {qty}",
    "%s %(x)s %n",
    "a\r\nb\x00c\x08d",
)

# Names and texts that come from labels, imports or people, by table.
NAMES = {
    "item": ("sku", "description", "base_unit", "storage_class"),
    "vendor": ("code", "name"),
    "customer": ("code", "name"),
    "location": ("code", "zone", "storage_classes"),
    "carrier": ("code",),
    "operator": ("name",),
    "purchase_order": ("po",),
    "order_header": ("order_no",),
    "receipt": ("code",),
    "handling_unit": ("code", "lot"),
    "stock_move": ("reason",),
    "reservation_void": ("reason",),
    "count_task": ("reason",),
    "scan_log": ("raw", "station"),
    "refusal": ("got", "expected", "message", "station"),
    "label_job": ("last_error", "station"),
    "discrepancy": ("photo", "note"),
    "lot_block": ("lot", "reason"),
    "line_review": ("note",),
    "asn": ("asn",),
    "asn_unit": ("lot",),
    "unit_serial": ("serial",),
    "promise_change": ("cause",),
    "ship_set": ("name",),
    "order_hold": ("reason",),
    "order_change": ("reason",),
    "loan": ("reason",),
    "substitution": ("reason",),
}
# Columns that hold only what the program itself writes (a CHECK, a key of its own, JSON that it reads back), or
# what the border has already held to digits: what a scan must equal is not changed, or nothing could be scanned.
_ACTIONS = {"over_action", "under_action", "early_action", "late_action"}
OURS = {
    "site": {"timezone", "cutoff"},
    "site_rule": {"name", "value"},
    "item": {"gtin", "case_qty_mode", "weight_unit", *_ACTIONS},
    "vendor": _ACTIONS,
    "po_line": _ACTIONS,
    "asn_unit": {"sscc", "parent_sscc"},
    "receipt": {"mode", "state"},
    "capture": {"packaging", "source", "weight_source", "status", "scan_id"},
    "unit_serial": {"state", "scan_id"},
    "item_barcode": {"barcode"},
    "customer": {"ship_policy"},
    "location": {"kind"},
    "operator": {"badge", "roles"},
    "operator_step": {"terminal", "station", "step", "scan_id"},
    "serial_block": {"kind"},
    "order_line": {"policy", "state"},
    "handling_unit": {"kind", "owner", "status", "qty_source", "seal"},
    "stock_move": {"kind", "from_account", "from_status", "to_account", "to_status", "scan_id"},
    "release_run": {"cause", "scan_id"},
    "release_verdict": {"outcome", "reason"},
    "reservation": {"kind", "state"},
    "reservation_void": {"scan_id"},
    "pick_task": {"state"},
    "count_task": {"scan_id", "state"},
    "scan_log": {"scan_id", "source", "step", "payload_hash", "verdict", "outcome", "undoes"},
    "refusal": {"scan_id", "source", "step", "template"},
    "discrepancy": {"code", "disposition", "scan_id"},
    "label_job": {"scan_id", "state", "kind"},
    "carrier": {"kind", "state"},
    "carrier_move": {"scan_id"},
    "promise_change": {"reason", "scan_id"},
    "line_review": {"outcome", "scan_id"},
    "order_hold": {"kind"},
    "order_change": {"scan_id", "what", "before", "after"},
    "set_look": {"scan_id", "reason"},
    "sweep_found": {"what"},
    "substitution": {"scan_id"},
}
# Days and instants are text on SQLite.
TIMES = re.compile(r".*(_at|_on|^at|expiry|_since|created_at|_until)$|^at$")

# What may never leave for a terminal: controls but those that Textual itself makes, and what turns text round.
CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]")


def text_columns() -> dict[str, set[str]]:
    """Every text column of the schema but the site's code, by table."""
    tables = connection.rows("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    found = {}
    for (table,) in tables:
        columns = connection.rows(f"SELECT name, type FROM pragma_table_info('{table}')")
        found[table] = {name for name, kind in columns if kind == "TEXT" and name != "site" and not TIMES.match(name)}
    return {table: columns for table, columns in found.items() if columns}


def poison(turn: int) -> None:
    """Give every name of the open database a payload; each turn another one to each column."""
    connection.execute("DROP TRIGGER stock_move_no_update")
    place = turn
    for table, columns in NAMES.items():
        for column in columns:
            payload = PAYLOADS[place % len(PAYLOADS)]
            key = "scan_id" if table == "scan_log" else "id"
            connection.execute(f"UPDATE {table} SET {column} = ? || ' ' || {key}", payload)
            place += 1
