"""What most commands begin with: the database, its site, and the lead who orders a change."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from datetime import date, datetime

from db import connection, migrate
from warehouse import site
from warehouse.orders import Command
from warehouse.reply import InputError
from warehouse.site import Operator, Site


@dataclass(frozen=True, slots=True)
class Opened:
    """A database that this program can work on, and its site."""

    url: str
    site: Site


def open_site(options: argparse.Namespace) -> Opened:
    """Open the database of `--db`; raises DatabaseError or InputError in one sentence when it cannot be used."""
    connection.open_database(options.db)
    if connection.dialect() == "sqlite" and not connection.sqlite_path(options.db).exists():
        raise InputError(
            f"There is no database at {options.db}: run 'dockbell init --site CODE --timezone ZONE' first, "
            "or name another with --db."
        )
    migrate.check()
    return Opened(options.db, site.load())


def lead(opened: Opened, options: argparse.Namespace) -> Command:
    """The command of a lead, by the badge of `--as`; raises InputError for a badge without that right."""
    from tui.station import scan_id

    person = lead_with(opened.site, options.badge)
    if not options.reason.strip():
        raise InputError("--reason is empty: say in a few words why; it is kept with the move.")
    return Command(opened.site, person, now(), scan_id(), clean(options.reason, "--reason"))


def lead_with(at: Site, badge: str) -> Operator:
    """The lead who has this badge; raises InputError when nobody has it, or a person without that right."""
    found = site.operator(at.code, clean(badge, "--as"))
    if found is None:
        raise InputError(f"Nobody at {at.code} has the badge {badge}: --as needs a lead's badge; nothing was changed.")
    if "lead" not in found.roles:
        raise InputError(f"{found.name} is no lead: --as needs a lead's badge; nothing was changed.")
    return found


def clean(text: str, name: str) -> str:
    """Text from the command line that will be stored; raises InputError for characters that may not pass."""
    from warehouse.barcodes.text import MAX_FIELD, forbidden

    bad = forbidden(text)
    if bad:
        raise InputError(f"{name} holds a forbidden character ({bad}); nothing was changed.")
    if len(text) > MAX_FIELD:
        raise InputError(f"{name} is longer than {MAX_FIELD} characters; nothing was changed.")
    return text


def now() -> datetime:
    """The database's clock."""
    return connection.database_now()


def order_and_line(at: Site, text: str) -> tuple[str, int | None]:
    """ORDER or ORDER/LINE; an order whose own number ends like that is meant whole."""
    clean(text, "ORDER")
    if connection.row("SELECT 1 FROM order_header WHERE site = ? AND order_no = ?", at.code, text):
        return text, None
    order, slash, line = text.rpartition("/")
    if slash and line.isascii() and line.isdigit() and len(line) < 10:
        return order, int(line)
    return text, None


def day(text: str, name: str) -> date:
    """A day of the site's calendar from the command line; raises InputError for anything else."""
    from warehouse.exchange import cells

    try:
        return date.fromisoformat(cells.day(text))
    except cells.CellError as error:
        raise InputError(f"{name} {error}; nothing was changed.") from error


def day_of(text: str | None, name: str) -> date | None:
    """A day of the site from the command line; None where none is named."""
    if text is None:
        return None
    try:
        if len(text) == len("YYYY-MM-DD"):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise InputError(f"{name} is a day such as 2026-06-15, not '{text}'.")


def whole(text: str, name: str, *, signed: bool = False) -> int:
    """A whole number of at most nine digits from the command line; not zero."""
    body = text[1:] if signed and text[:1] in ("+", "-") else text
    if not (body.isascii() and body.isdigit() and len(body) <= 9) or int(body) == 0:
        example = "+10 or -2" if signed else "5"
        raise InputError(f"{name} is a whole number such as {example}, not '{text}'.")
    return int(text)
