"""init, import, backup, restore: making a site's database, filling it, and keeping it."""

from __future__ import annotations

import argparse
import re
import shutil
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from db import backup as backup_
from db import connection, migrate
from db.connection import DatabaseError, iso, transaction
from tui.commands.faults import SeveralError
from tui.commands.opening import clean, lead_with, now, open_site
from tui.commands.progress import Progress
from tui.station import scan_id
from warehouse import serials, site
from warehouse.barcodes.text import escaped
from warehouse.reply import InputError
from warehouse.sscc import SSCC

if TYPE_CHECKING:
    from warehouse.exchange.reading import ImportFaults


def init(options: argparse.Namespace) -> None:
    """Create or migrate; says what it did."""
    connection.open_database(options.db)
    fresh = _is_fresh(options)
    _check(options, fresh=fresh)
    kept = None
    if connection.dialect() == "sqlite":
        connection.sqlite_path(options.db).absolute().parent.mkdir(parents=True, exist_ok=True)
        if not fresh and migrate.pending():
            kept = _beside(options.db, "before-migration")
            backup_.copy(kept)
    done = migrate.up()
    _put_site(options)
    made = site.load()
    what = "Made" if fresh else ("Migrated" if done else "Nothing to migrate at")
    if kept:
        print(f"Backed up to {escaped(str(kept))}.")
    where = escaped(connection.without_password(options.db))
    print(f"{what} site {made.code}, {made.timezone}, cut-off {made.cutoff:%H:%M}, at {where}.")
    if fresh:
        print("Next: dockbell import FOLDER (docs/import.md), then dockbell run.")


def _is_fresh(options: argparse.Namespace) -> bool:
    if connection.dialect() == "sqlite" and not connection.sqlite_path(options.db).exists():
        return True
    return not migrate.usable() or connection.value("SELECT COUNT(*) FROM site") == 0


def _check(options: argparse.Namespace, *, fresh: bool) -> None:
    """Refuse what cannot be meant before anything is made, backed up or migrated."""
    if fresh:
        _wanted(options)
        return
    if options.timezone:
        _zone(options.timezone)
    if options.cutoff:
        _cutoff(options.cutoff)
    found = connection.value("SELECT site FROM site")
    if options.site and options.site != found:
        raise InputError(f"This database holds the site {found}: a site has a database of its own; name one with --db.")


def _wanted(options: argparse.Namespace) -> tuple[str, str, str]:
    if not options.site or not options.timezone:
        raise InputError("A new site needs both --site CODE and --timezone ZONE, such as Europe/Berlin.")
    return _code(options.site), _zone(options.timezone), _cutoff(options.cutoff or "17:00")


def _code(text: str) -> str:
    if not re.fullmatch(r"[A-Z0-9][A-Z0-9-]{0,15}", text):
        raise InputError(f"'{text}' is no site code: up to 16 capital letters, digits and hyphens, such as MAIN.")
    return text


def _zone(text: str) -> str:
    try:
        ZoneInfo(text)
    except (KeyError, ValueError, OSError) as error:
        raise InputError(f"'{text}' is no time zone: use a name such as Europe/Berlin or America/Chicago.") from error
    return text


def _cutoff(text: str) -> str:
    try:
        return datetime.strptime(text, "%H:%M").replace(tzinfo=UTC).strftime("%H:%M")
    except ValueError as error:
        raise InputError(f"'{text}' is no time of day: use HH:MM, such as 17:00.") from error


@transaction
def _put_site(options: argparse.Namespace) -> None:
    found = connection.row("SELECT site, timezone, cutoff FROM site")
    if found is None:
        code, zone, cutoff = _wanted(options)
        connection.insert_row(
            "site", site=code, timezone=zone, cutoff=cutoff, practice=int(options.practice), created_at=iso(now())
        )
        return
    if options.site and options.site != found[0]:
        raise InputError(f"This database holds the site {found[0]}: a site has a database of its own; use --db.")
    connection.execute(
        "UPDATE site SET timezone = ?, cutoff = ?, practice = CASE WHEN ? = 1 THEN 1 ELSE practice END",
        _zone(options.timezone) if options.timezone else found[1],
        _cutoff(options.cutoff) if options.cutoff else found[2],
        int(options.practice),
    )


# --- import ---------------------------------------------------------------------------------------------


def load(options: argparse.Namespace) -> None:
    """Load files, or name everything that is wrong with them."""
    from warehouse.exchange.importing import import_paths
    from warehouse.exchange.reading import ImportFaults

    opened = open_site(options)
    person = lead_with(opened.site, options.badge) if options.badge is not None else None
    paths = [Path(clean(path, "PATH")) for path in options.paths]
    try:
        with Progress("import", sys.stderr) as progress:
            result = import_paths(opened.site, person, now(), scan_id(), paths, progress.step)
    except ImportFaults as faults:
        raise SeveralError(_lines(faults)) from None
    for line in result.words():
        print(escaped(line))


def _lines(raised: ImportFaults) -> list[str]:
    lines = [
        f"{fault.file}:{fault.line}: {fault.column + ': ' if fault.column else ''}{fault.reason}"
        for fault in raised.faults
    ]
    count = "1 fault" if len(lines) == 1 else f"{len(lines)} faults"
    return [f"{count}, nothing was loaded; mend the files and import again.", *lines]


# --- backup, restore ------------------------------------------------------------------------------------


def backup(options: argparse.Namespace) -> None:
    """A copy made online, opened again and verified before it counts."""
    open_site(options)
    target = Path(options.file)
    _only_sqlite(f"pg_dump --format=custom --file={target} 'URL'")
    if target.exists():
        raise InputError(f"{target} is there already: name a new file.")
    try:
        with Progress("backup", sys.stderr) as progress:
            backup_.copy(target, progress.step)
        lines = _verified(target, "run 'dockbell verify' and see to the database first; there is no backup")
    except BaseException:
        target.unlink(missing_ok=True)
        raise
    print(f"Backed up to {escaped(str(target))} ({target.stat().st_size:,} bytes), opened and verified: {lines[-1]}")


def restore(options: argparse.Namespace) -> None:
    """A verified backup takes the place of the database; the present one is kept."""
    connection.open_database(options.db)
    source = Path(options.file)
    _only_sqlite(f"pg_restore --clean --dbname='URL' {source}")
    if not source.is_file():
        raise InputError(f"{source} is no file: name one that 'dockbell backup' wrote.")
    lines = _verified(source, "use another backup; nothing was changed")
    connection.open_database(options.db)
    present = connection.sqlite_path(options.db)
    present.absolute().parent.mkdir(parents=True, exist_ok=True)
    kept, numbers = _keep(options.db, present) if present.exists() else (None, [])
    try:
        backup_.put_back(source, present)
    except DatabaseError:
        if kept and present.exists():
            kept.unlink()
        raise
    connection.open_database(options.db)
    serials.skip(numbers)
    if kept:
        print(f"The database that was there is kept as {escaped(str(kept))}.")
    print(f"Restored {escaped(str(source))}, verified: {lines[-1]}")
    if not numbers and any(kind.startswith(SSCC) for _, kind, _ in serials.taken()):
        print("If cases were labelled since that backup, take another extension first (docs/labels.md, SSCC).")


def _keep(url: str, present: Path) -> tuple[Path, list[tuple[str, str, int]]]:
    """A copy of the present database, or, where it cannot be read any more, the file itself; and the numbers drawn in it."""
    kept = _beside(url, "before-restore")
    if backup_.damage(present):
        backup_.set_aside(present, kept)
        return kept, []
    backup_.copy(kept)
    numbers = serials.taken()
    connection.close()
    return kept, numbers


def _only_sqlite(command: str) -> None:
    if connection.dialect() != "sqlite":
        raise InputError(f"PostgreSQL is saved with its own tools, online too: {command}; then run 'dockbell verify'.")


def _verified(path: Path, advice: str) -> list[str]:
    """Open a copy of the file as a database of its own, and run verify on it; the file itself is not written."""
    import tempfile

    from tui.commands.reports import words_of
    from warehouse import verify

    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "copy.db"
        shutil.copyfile(path, copy)
        if wrong := backup_.damage(copy):
            raise InputError(f"{path} is damaged ({wrong}): {advice}.")
        connection.close()
        connection.open_database(f"sqlite:///{copy}")
        try:
            if not migrate.is_empty() and migrate.pending():
                raise InputError(
                    f"{path} is older than the program: bring a copy of it up to date with 'dockbell init --db "
                    f"sqlite:///COPY', then restore that; nothing was changed."
                )
            migrate.check()
            found = verify.verify(site.load())
        finally:
            connection.close()
    lines = words_of(found)
    if not found.ok:
        raise InputError(f"{path} does not verify ({lines[0]}): {advice}.")
    return lines


def _beside(url: str, words: str) -> Path:
    path = connection.sqlite_path(url)
    return path.with_name(f"{path.stem}.{words}.{now():%Y%m%dT%H%M%S%f}{path.suffix}")
