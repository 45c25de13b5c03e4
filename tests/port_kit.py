"""Real ports that others hold: pseudo-terminals, and processes with names of their own that have them open."""

from __future__ import annotations

import contextlib
import ctypes
import grp
import os
import subprocess
import sys
import tty
from collections.abc import Iterator
from pathlib import Path

HOLD = """
import fcntl, os, sys
port = os.open(sys.argv[1], os.O_RDWR | os.O_NOCTTY)
if sys.argv[2] == "locked":
    fcntl.flock(port, fcntl.LOCK_EX)
print("held", flush=True)
sys.stdin.read()
"""
_PR_CAPBSET_DROP, _RIGHTS_OF_ROOT = 24, (1, 2)  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH


@contextlib.contextmanager
def pseudo_terminal() -> Iterator[str]:
    """The name of a pseudo-terminal that nobody has open but at its other end."""
    master, slave = os.openpty()
    tty.setraw(slave)
    name = os.ttyname(slave)
    os.close(slave)
    try:
        yield name
    finally:
        os.close(master)


@contextlib.contextmanager
def held(device: str, folder: Path, *, name: str = "picocom", how: str = "open") -> Iterator[int]:
    """Another process of that name has the device open, and maybe locked; answers its number."""
    program = folder / name
    program.symlink_to(sys.executable)
    pipe = subprocess.PIPE
    with subprocess.Popen([program, "-c", HOLD, device, how], stdin=pipe, stdout=pipe) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"held\n"
        try:
            yield process.pid
        finally:
            process.communicate()


def without_root() -> None:
    """For a process that is about to begin: root, too, may then do only what the rights of files say."""
    for right in _RIGHTS_OF_ROOT:
        ctypes.CDLL(None).prctl(_PR_CAPBSET_DROP, right, 0, 0, 0)


def for_its_group_only(device: str) -> None:
    """Take the right to open it from its owner, and leave it to a group that is not root's."""
    path = Path(device)
    if path.stat().st_gid == 0:
        os.chown(path, -1, grp.getgrnam("tty").gr_gid)
    path.chmod(0o060)
