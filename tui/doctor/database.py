"""The doctor on the database: is it there, does it keep what it is told, does it know this program and the time."""

from __future__ import annotations

import os
import shutil
import subprocess
from datetime import UTC, datetime
from zoneinfo import ZoneInfoNotFoundError

from db import connection, durability, migrate
from tui.doctor.check import Check, Look, fail, look, ok, warn
from warehouse import site

SLOW = 50  # commits a second: below that, a receiver waits for the disk
SKEW_S = 5.0  # seconds between the clocks of database and terminal that people begin to notice
DISK_WARN, DISK_FAIL = 1_000_000_000, 100_000_000  # bytes
_NTP_PATIENCE = 3.0  # seconds


def checks(url: str) -> list[Check]:
    """Everything about the database; where it cannot be used, only why."""
    space: list[tuple[str, Look]] = [("disk", lambda: disk(url))] if connection.dialect() == "sqlite" else []
    reached = look([("database", lambda: reachable(url))])
    if reached[0].state == "fail":
        return [*reached, *look(space)]
    usable = look([("schema", schema)])
    zone: list[tuple[str, Look]] = [("time zone", time_zone)] if usable[0].state != "fail" else []
    rest: list[tuple[str, Look]] = [("commits", lambda: commits(url)), ("durability", settings), ("clock", clock)]
    return [*reached, *usable, *look([*rest, *zone, *space])]


def reachable(url: str) -> Check:
    """Whether it is there and takes writes."""
    where = connection.without_password(url)
    if connection.dialect() == "sqlite":
        path = connection.sqlite_path(url).absolute()
        if not path.exists():
            do = "Run 'dockbell init --site CODE --timezone ZONE', or name another with --db."
            return fail("database", f"there is no database at {where}", do)
        for needed in (path, path.parent):
            if not os.access(needed, os.W_OK):
                return fail("database", f"this user may not write {needed}", "Give the right: sudo chown $USER on it.")
    migrate.usable()
    durability.refuse_read_only()
    return ok("database", f"{durability.version()}, {where}")


def schema() -> Check:
    """Whether this program and the tables fit."""
    migrate.check()
    newest = max(step.stem for step in migrate.FOLDER.glob("[0-9]*.py"))
    return ok("schema", f"up to date ({newest}), site {site.load().code}")


def commits(url: str) -> Check:
    """How many scans a second the disk could keep."""
    try:
        rate = durability.commits_a_second(url)
    except OSError as error:
        return fail("commits", f"nothing can be written beside it ({error.strerror})", "See to the folder's rights.")
    found = f"{rate:,.0f} durable commits a second"
    if rate < SLOW:
        return warn("commits", f"{found}: less than {SLOW}", "Put the database on a local SSD; mind a busy disk.")
    return ok("commits", found)


def settings() -> Check:
    """Whether a commit that was answered survives a power cut."""
    found = durability.settings()
    words = ", ".join(f"{name} {value}" for name, value in found.items())
    risks = durability.risks(found)
    if risks:
        names = ", ".join(risks)
        return warn("durability", words, f"Mend {names}: {'; '.join(dict.fromkeys(risks.values()))}.")
    return ok("durability", words)


def clock() -> Check:
    """Whether the database's clock, which every row is stamped with, is this terminal's too."""
    before = datetime.now(UTC)
    theirs = connection.database_now()
    after = datetime.now(UTC)
    skew = (theirs - (before + (after - before) / 2)).total_seconds()
    synchronised = network_time()
    if abs(skew) > SKEW_S:
        found = f"the database is {abs(skew):.1f} s {'ahead of' if skew > 0 else 'behind'} this machine"
        return warn("clock", found, "Let network time set both (timedatectl set-ntp true).")
    if synchronised == "no":
        found = f"{before:%Y-%m-%d %H:%M:%S} UTC, not set by network time"
        return warn("clock", found, "sudo timedatectl set-ntp true")
    by = synchronised or "not known"
    return ok("clock", f"{before:%Y-%m-%d %H:%M:%S} UTC, {abs(skew):.1f} s off; network time: {by}")


def network_time() -> str:
    """What timedatectl says: 'yes' or 'no'; '' where it cannot be asked."""
    program = shutil.which("timedatectl")
    if program is None:
        return ""
    words = [program, "show", "--property=NTPSynchronized", "--value"]
    try:
        asked = subprocess.run(words, capture_output=True, text=True, check=False, timeout=_NTP_PATIENCE)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return asked.stdout.strip() if asked.returncode == 0 else ""


def time_zone() -> Check:
    """Whether this machine knows the zone in which the site's days begin and end."""
    here = site.load()
    try:
        return ok("time zone", f"{here.timezone}: it is {here.clock(connection.database_now())} there")
    except ZoneInfoNotFoundError:
        return fail("time zone", f"this machine does not know {here.timezone}", "Install tzdata (pip install tzdata).")


def disk(url: str) -> Check:
    """Whether there is room for a SQLite database to grow, and for its backups."""
    folder = connection.sqlite_path(url).absolute().parent
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    found = f"{free / 1e9:,.1f} GB free at {folder}"
    if free < DISK_FAIL:
        return fail("disk", found, "Make room now: without it nothing can be saved.")
    if free < DISK_WARN:
        return warn("disk", found, "Make room: the database and its backups grow.")
    return ok("disk", found)
