"""How a wrong value is told: what it is, without its secrets, and what is allowed."""

from __future__ import annotations

import re

from warehouse.barcodes.text import forbidden

SHOWN = 60  # characters that are shown of a wrong value

_PASSWORD_FIELD = re.compile(r"(?<=[?&])(password|sslpassword)=[^&]*", re.IGNORECASE)


class WrongValueError(ValueError):
    """A value that a setting cannot have; the text goes on after the name of the setting."""


def masked(url: str) -> str:
    """A URL as it may be shown: a password in it becomes ***. Text that is no URL may still hold one."""
    scheme, mark, rest = url.partition("://") if "://" in url else ("", "", url)
    if scheme == "sqlite":
        return url
    login, at, place = rest.rpartition("@")
    user, colon, _ = login.partition(":")
    hidden = f"{user}:***@{place}" if at and colon else rest
    return scheme + mark + _PASSWORD_FIELD.sub(r"\1=***", hidden)


def shown(value: object) -> str:
    """A wrong value in a sentence."""
    match value:
        case bool():
            return str(value).lower()
        case int() if abs(value) >= 10**SHOWN:
            return "a number of very many digits"
        case int() | float():
            return str(value)
        case str():
            text = masked(value)
            return f"'{text[:SHOWN]}...'" if len(text) > SHOWN else f"'{text}'"
        case dict():
            return "a table"
        case list():
            return "a list"
        case _:
            return "a date or a time"


def wrong(value: object, allowed: str) -> WrongValueError:
    return WrongValueError(f"is {shown(value)}; allowed is {allowed}")


def text_of(value: object, allowed: str) -> str:
    """Text of which everybody sees every character."""
    if not isinstance(value, str):
        raise wrong(value, allowed)
    bad = forbidden(value)
    if bad:
        raise WrongValueError(f"holds a forbidden character ({bad}); allowed is {allowed}")
    return value
