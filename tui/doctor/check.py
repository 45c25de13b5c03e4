"""One line of the doctor's report, and how a list of checks is gone through."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from db.connection import DatabaseError
from devices.transport import PortError
from warehouse.reply import InputError

State = Literal["ok", "warn", "fail"]


@dataclass(frozen=True, slots=True)
class Check:
    """What was looked at, how it stands with it, what was found, and what to do where it is not well.

    A "warn" lets the terminal work, worse than it could; with a "fail" it does not, or loses data.
    """

    name: str
    state: State
    found: str
    do: str = ""


Look = Callable[[], "Check | list[Check] | None"]


def ok(name: str, found: str) -> Check:
    return Check(name, "ok", found)


def warn(name: str, found: str, do: str) -> Check:
    return Check(name, "warn", found, do)


def fail(name: str, found: str, do: str) -> Check:
    return Check(name, "fail", found, do)


def said(name: str, error: Exception, state: State = "fail") -> Check:
    """A sentence of the program's own, "what (why): what next.", as a line of the report."""
    found, _, do = str(error).rpartition(": ")
    return Check(name, state, found, do[:1].upper() + do[1:]) if found else Check(name, state, do)


def look(checks: Iterable[tuple[str, Look]]) -> list[Check]:
    """Go through the checks; one that breaks is a line of the report, and the others are still made."""
    found: list[Check] = []
    for name, check in checks:
        try:
            seen = check()
        except (DatabaseError, PortError, InputError) as error:
            seen = said(name, error)
        except Exception as error:  # noqa: BLE001 - whatever a machine can be like, the rest of it is looked at
            words = f"{type(error).__name__}: {error}".splitlines()[0]
            seen = fail(name, f"this check broke ({words})", "See to that, or report it with this line.")
        if seen is not None:
            found += seen if isinstance(seen, list) else [seen]
    return found
