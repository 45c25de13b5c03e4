"""Who has a port open, and whether this user may open it.

What programs call themselves is text from outside: it is handed on as it is, to be made harmless where it is shown.
"""

import contextlib
import grp
import os
import pwd
import re
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")
_SEEN_BUT_UNNAMED = "another program"
_LSOF_PATIENCE = 5.0  # seconds
_FOR_GROUP = stat.S_IRGRP | stat.S_IWGRP

_JOIN = "sudo usermod -aG {group} $USER, then sign in again."
_SIGN_IN = "Sign out and in again: until then this user is not in the group."
_CLOSED = "Only root may open it: give it to a group, as docs/connect-a-scanner.md shows."


@dataclass(frozen=True, slots=True)
class Access:
    """Whether this user may open a port, the group that it belongs to, and what to do: "" where nothing has to be."""

    allowed: bool
    group: str
    remedy: str = ""


def holder(device: str) -> str | None:
    """The programs that have the device open, such as "picocom (pid 123) of root"; None when none is seen.

    On Linux those of this user are seen, of others only those that locked the device, unless root asks; on macOS
    what lsof tells, where it is installed. A program that cannot be named is "another program".
    """
    path = os.path.realpath(device)
    seen = _holders_by_proc(path) if sys.platform == "linux" else _holders_by_lsof(path)
    return ", ".join(seen) or None


def running(name: str) -> int | None:
    """The process of a program by its name (at most 15 characters, as Linux keeps it); None where none is seen."""
    if sys.platform != "linux":
        return None
    return next((int(process.name) for process in _processes() if _comm(process) == name), None)


def access(device: str) -> Access:
    """Whether this user may read and write the device; it is not opened, as that would raise its DTR."""
    try:
        found = Path(device).stat()
    except OSError:  # its directory is closed to us, too; this is the group's name on most machines
        return Access(allowed=False, group="dialout", remedy=_JOIN.format(group="dialout"))
    group = _group_name(found.st_gid)
    if os.access(device, os.R_OK | os.W_OK):
        return Access(allowed=True, group=group)
    if found.st_gid == 0 or found.st_mode & _FOR_GROUP != _FOR_GROUP:
        return Access(allowed=False, group=group, remedy=_CLOSED)
    return Access(allowed=False, group=group, remedy=_SIGN_IN if _is_listed_in(group) else _JOIN.format(group=group))


def _group_name(number: int) -> str:
    try:
        return grp.getgrgid(number).gr_name
    except KeyError:
        return str(number)


def _is_listed_in(group: str) -> bool:
    try:
        return _user_name(os.getuid()) in grp.getgrnam(group).gr_mem
    except KeyError:  # a group without a name
        return False


def _holders_by_proc(path: str) -> list[str]:
    open_by = {int(process.name) for process in _processes() if _has_open(process, path)}
    numbers = sorted(open_by | _locked_by(path))
    return list(dict.fromkeys(_named(number) for number in numbers))


def _processes() -> Iterator[Path]:
    return (entry for entry in _PROC.iterdir() if entry.name.isdigit())


def _has_open(process: Path, path: str) -> bool:
    """Read from the links' text: to look at what they lead to can hang on a network drive that is away."""
    try:
        return any(_target(descriptor) == path for descriptor in (process / "fd").iterdir())
    except OSError:  # it ended meanwhile, or is not ours
        return False


def _target(descriptor: Path) -> str:
    try:
        return str(descriptor.readlink())
    except OSError:
        return ""


def _locked_by(path: str) -> set[int]:
    """Processes, also other users', that hold a lock on the device, as pyserial and picocom do.

    A row of /proc/locks: "1: FLOCK ADVISORY WRITE 4711 00:06:123 0 EOF", see proc_locks(5).
    """
    found = set()
    with contextlib.suppress(OSError):
        status = Path(path).stat()
        place = (os.major(status.st_dev), os.minor(status.st_dev), status.st_ino)
        for row in (_PROC / "locks").read_text().splitlines():
            words = row.split()
            if len(words) > 5 and "->" not in words and _place(words[5]) == place:
                found.add(int(words[4]))
    return found


def _place(text: str) -> tuple[int, int, int] | None:
    found = re.fullmatch(r"([0-9a-f]+):([0-9a-f]+):(\d+)", text)
    return (int(found[1], 16), int(found[2], 16), int(found[3])) if found else None


def _named(number: int) -> str:
    process = _PROC / str(number)
    try:
        owner = process.stat().st_uid
    except OSError:
        return _SEEN_BUT_UNNAMED
    return f"{_comm(process) or '?'} (pid {number}) of {_user_name(owner)}"


def _comm(process: Path) -> str:
    try:
        return (process / "comm").read_text(errors="replace").rstrip("\n")
    except OSError:
        return ""


def _user_name(number: int) -> str:
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return f"user {number}"


def _holders_by_lsof(path: str) -> list[str]:
    """What lsof -F prints: a field to a line, its letter first: p the process, c its command, L its user's name."""
    program = shutil.which("lsof")
    if program is None:
        return []
    try:
        asked = subprocess.run(  # noqa: S603 - a list, and the path is no option of it
            [program, "-w", "-F", "pcL", "--", path], capture_output=True, check=False, timeout=_LSOF_PATIENCE
        )
    except (OSError, subprocess.TimeoutExpired):
        return []
    found: list[dict[str, str]] = []
    for row in asked.stdout.decode(errors="replace").splitlines():
        if row.startswith("p"):
            found.append({})
        if found and row:
            found[-1][row[0]] = row[1:]
    return [f"{one.get('c', '?')} (pid {one['p']}) of {one.get('L', '?')}" for one in found]
