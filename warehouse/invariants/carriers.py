"""Pallets and totes: no loop, not too deep, everything on one stands where it stands, nothing on a broken one."""

from __future__ import annotations

from warehouse.facts import LIVE
from warehouse.invariants.check import Check, Invariant

DEPTH = 4

_ABOVE = range(1, DEPTH + 1)
_CHAIN = " ".join(
    f"LEFT JOIN carrier p{step} ON p{step}.id = {f'p{step - 1}' if step > 1 else 'c'}.parent_id" for step in _ABOVE
)
_LOOP = " OR ".join(f"p{step}.id = c.id" for step in _ABOVE)
_DEPTH = " + ".join(["1", *(f"CASE WHEN p{step}.id IS NULL THEN 0 ELSE 1 END" for step in _ABOVE)])

NESTING = Check(
    "carrier",
    "c.code",
    f"carrier c {_CHAIN} JOIN location l ON l.id = c.location_id LEFT JOIN location pl ON pl.id = p1.location_id "
    "LEFT JOIN nested n ON n.carrier_id = c.id LEFT JOIN carrier np ON np.id = n.parent_id WHERE c.site = ?",
    (
        Invariant(
            "I3 a carrier never stands on itself", f"CASE WHEN {_LOOP} THEN 'on itself' ELSE 'apart' END", "'apart'"
        ),
        Invariant(
            f"I3 carriers are at most {DEPTH} deep",
            _DEPTH,
            f"CASE WHEN ({_LOOP}) OR {_DEPTH} <= {DEPTH} THEN {_DEPTH} ELSE {DEPTH} END",
        ),
        Invariant("carrier.parent", "COALESCE(p1.code, 'none')", "COALESCE(np.code, 'none')"),
        Invariant("a carrier stands where the one under it stands", "l.code", "COALESCE(pl.code, l.code)"),
        Invariant(
            "no carrier on a broken one", "COALESCE(p1.state, 'none')", "COALESCE(NULLIF(p1.state, 'BROKEN'), 'none')"
        ),
    ),
)

CODES = (
    Check(
        "carrier",
        "c.code",
        "carrier c WHERE c.site = ? AND c.state <> 'BROKEN' GROUP BY c.code",
        (Invariant("I3 one carrier per code", "COUNT(*)", "1"),),
        only="state <> 'BROKEN'",
    ),
    Check(
        "carrier",
        "c.code",
        f"carrier c LEFT JOIN handling_unit u ON u.site = c.site AND u.code = c.code AND u.status <> 'VOIDED' "
        f"AND u.{LIVE} WHERE c.site = ? AND c.state <> 'BROKEN'",
        (Invariant("I3 a code names a unit or a carrier", "COALESCE(u.kind, 'none')", "'none'"),),
        only="state <> 'BROKEN'",
    ),
)

CARRIED = Check(
    "handling_unit",
    "u.code",
    "(SELECT h.id AS unit_id FROM handling_unit h WHERE h.site = ? AND h.carrier_id IS NOT NULL "
    "UNION SELECT unit_id FROM carried) b JOIN handling_unit u ON u.id = b.unit_id "
    "JOIN location l ON l.id = u.location_id LEFT JOIN carrier k ON k.id = u.carrier_id "
    "LEFT JOIN location kl ON kl.id = k.location_id LEFT JOIN carried m ON m.unit_id = u.id "
    "LEFT JOIN carrier mk ON mk.id = m.carrier_id",
    (
        Invariant("unit.carrier", "COALESCE(k.code, 'none')", "COALESCE(mk.code, 'none')"),
        Invariant("a unit stands where its carrier stands", "l.code", "COALESCE(kl.code, l.code)"),
        Invariant(
            "no unit on a broken carrier", "COALESCE(k.state, 'none')", "COALESCE(NULLIF(k.state, 'BROKEN'), 'none')"
        ),
    ),
    only="carrier_id IS NOT NULL",
)

CHECKS = (NESTING, *CODES, CARRIED)
