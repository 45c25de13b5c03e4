"""A code as other programs get it: the object that `dockbell scanner decode` prints for each scan."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from .code import Code, Unreadable

_NAMES: Final = {
    "sscc": "sscc",
    "gtin": "gtin",
    "content_gtin": "contained_gtin",
    "count": "contained_count",
    "variable_count": "variable_count",
    "pieces": "quantity",
    "unit": "unit",
    "lot": "lot",
    "expiry": "expiry",
    "best_before": "best_before",
    "produced": "produced",
    "serial": "serial",
    "net_weight_g": "net_weight_g",
    "part": "part",
    "supplier_part": "supplier_part",
    "purchase_order": "purchase_order",
    "plate": "plate",
    "key": "key",
}
"""Field of a Code -> its name for others, in the order in which they are told."""


def told(code: Code | Unreadable) -> dict[str, Any]:
    """The object for one scan, of plain JSON values; only fields that the label has are in it.

    Days are YYYY-MM-DD, weights grams. `measures` are those of AIs 31nn-36nn that are not whole grams of net
    weight, as decimals in the unit of the AI: {"3103": "1.9505"}; net pounds (320n) are told in thousandths, too.
    `text` is told where nothing else is known.
    """
    if isinstance(code, Unreadable):
        return {"error": code.reason, "message": code.message}
    fields = {name: _plain(value) for field, name in _NAMES.items() if (value := getattr(code, field)) is not None}
    whole = code.net_weight_g is not None
    measures = {ai: value for ai, value in code.measures if not (whole and ai.startswith("310"))}
    if measures:
        fields["measures"] = measures
    if code.weight is not None and code.weight.unit == "lb":
        fields["net_weight_lb"] = str(code.weight).removesuffix(" lb")
    if code.kind == "text":
        fields["text"] = code.text
    return {
        "kind": code.kind,
        "symbology": code.symbology,
        "ais": [list(pair) for pair in code.ais],
        "fields": fields,
        "warnings": list(code.warnings),
    }


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, dt.date) else value
