"""Demos as processes: whole ones, and ones whose scanner loses its cable in mid shift."""

import sqlite3
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from terminal_kit import DOCKBELL, clean_environment

SEED = 5

# The command line as ever, on a scanner whose cable is pulled at one of its scans.
WITH_BAD_CABLE = """
import sys
from devices.simulator import ScriptedScanner
from tui import cli

scan, last, when = ScriptedScanner.scan, int(sys.argv[1]), sys.argv[2]
count = 0

def scan_until(self, code, terminator=b"\\r"):
    global count
    count += 1
    if count == last and when == "before":
        self.unplug()
    scan(self, code, terminator)
    if count == last and when == "after":
        self.unplug()

ScriptedScanner.scan = scan_until
sys.exit(cli.main(sys.argv[3:]))
"""


@dataclass(frozen=True)
class Ended:
    folder: Path
    code: int
    out: str
    err: str


def ended(folder, command, **environment):
    done = subprocess.run(
        [*command, "--folder", folder],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        cwd="/",
        env=clean_environment(**environment),
        timeout=120,
        check=False,
    )
    return Ended(folder, done.returncode, done.stdout, done.stderr)


def demo(folder, *options, seed=SEED, **environment):
    return ended(folder, [*DOCKBELL, "demo", "--seed", str(seed), *options], **environment)


def bad_cable(last, when):
    return [sys.executable, "-c", WITH_BAD_CABLE, str(last), when, "demo"]


def demo_cut(folder, last, when, *, seed=SEED):
    return ended(folder, [*bad_cable(last, when), "--headless", "--seed", str(seed)])


def command(folder, *words):
    done = subprocess.run(
        [*DOCKBELL, *words, "--db", f"sqlite:///{folder}/site.db"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        env=clean_environment(),
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, ""), done
    return done.stdout


def rows(folder, text):
    site = sqlite3.connect(f"file:{folder}/site.db?mode=ro", uri=True)
    try:
        return site.execute(text).fetchall()
    finally:
        site.close()
