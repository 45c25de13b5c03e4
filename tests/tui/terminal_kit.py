"""What the tests of the front ends share: a screen read as text, inputs given and waited for, line mode as a process."""

from __future__ import annotations

import asyncio
import fcntl
import itertools
import json
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any, Self

from small_floor import FrozenFloor, Hand, SmallFloor
from textual._xterm_parser import XTermParser
from textual.events import Key, Resize
from textual.geometry import Size
from textual.pilot import Pilot

from db import connection
from devices.setup import ScannerSetup
from tui.app import DockbellApp
from tui.scanners import Scanners
from tui.station import Answer
from tui.wedge import WedgeSetup
from warehouse.floor import Given, Session
from warehouse.site import first_location

ROOT = Path(__file__).resolve().parents[2]
SIZES = {"80x24": (80, 24), "40x20": (40, 20), "20x16": (20, 16)}
WIDE = {"120x40": (120, 40)}
DOCKBELL = [sys.executable, "-m", "tui"]
TYPING = WedgeSetup(enabled=False)  # Pilot presses keys faster than people do: what it presses is typed all the same
KEY_S = 0.07  # between two keys of a person
_KEYS = re.compile(rb"\x1b\[[0-9;]*[A-Za-z~]|\x1bO.|.", re.DOTALL)
PATIENCE = 20.0  # seconds until a test gives up; nothing waits that long on a healthy machine

_ids = itertools.count(1)


def clean_environment(**more: str) -> dict[str, str]:
    """The environment of a child: nothing of the caller's Dockbell, and a plain terminal."""
    kept = {name: text for name, text in os.environ.items() if not name.startswith("DOCKBELL_")}
    return {**kept, "PYTHONUNBUFFERED": "1", "TERM": "xterm-256color", **more}


def eventually(holds: Callable[[], Any], seconds: float = PATIENCE) -> Any:
    """What `holds` answers as soon as that is something; its last answer when the time is over."""
    deadline = time.monotonic() + seconds
    while not (found := holds()) and time.monotonic() < deadline:
        time.sleep(0.005)
    return found


# --- A screen as text -----------------------------------------------------------------------------------


def drawn(app: DockbellApp) -> list[str]:
    """The rows of the screen as they go to the terminal: behind the app's line filters."""
    return ["".join(segment.text for segment in strip) for strip in app.screen._compositor.render_strips()]


def region(app: DockbellApp, name: str) -> list[str]:
    """The rows of one region of the screen; none while it is hidden."""
    found = app.screen.query_one(f"#{name}")
    return drawn(app)[found.region.y : found.region.bottom] if found.display else []


def text_of(app: DockbellApp) -> str:
    return "\n".join(drawn(app))


def banner(app: DockbellApp) -> str:
    return "\n".join(region(app, "banner"))


# --- Giving inputs to the app ---------------------------------------------------------------------------


def given(entry: str) -> Given:
    """One input: '=24' is typed, '!F4' a key, anything else a scan; each a while after the one before."""
    number = next(_ids)
    at = 1000.0 + 10.0 * number
    if entry.startswith("!"):
        return Given(f"app-{number}", at, key=entry[1:])
    if entry.startswith("="):
        return Given(f"app-{number}", at, raw=entry[1:])
    return Given(f"app-{number}", at, raw=entry, source="SERIAL")


async def until(pilot: Pilot, holds: Callable[[], Any], seconds: float = PATIENCE) -> Any:
    """Let the app work until something holds; fails with the screen when it never does."""
    deadline = time.monotonic() + seconds
    while not (found := holds()):
        if time.monotonic() > deadline:
            raise AssertionError("it never came:\n" + text_of(pilot.app))  # type: ignore[arg-type]
        await asyncio.sleep(0.005)
    return found


def _nothing_due(app: DockbellApp) -> bool:
    """Whether no message waits at the app, its screen and its regions, and nothing is to be laid out or painted."""
    screen = app.screen
    due = (
        app._resize_timer,
        screen._layout_required,
        screen._scroll_required,
        screen._repaint_required,
        screen._recompose_required,
        screen._dirty_widgets,
        screen._callbacks,
    )
    return not any(due) and not any(one.message_queue_size for one in (app, *screen.walk_children(with_self=True)))


async def settled(pilot: Pilot) -> None:
    """Wait until nothing on the screen moves any more: all messages are handled, twice in a row nothing else is due.

    That is asked of Textual's own queues. Its `pause` waits for a processor that idles, which other tests keep busy.
    """
    app: DockbellApp = pilot.app  # type: ignore[assignment]
    deadline = time.monotonic() + PATIENCE
    quiet = 0
    while quiet < 2:
        assert time.monotonic() < deadline, "the screen does not come to rest"
        await pilot._wait_for_screen()
        quiet = quiet + 1 if _nothing_due(app) else 0
        app.screen._on_timer_update()


async def resized(pilot: Pilot, width: int, height: int) -> None:
    """Give the terminal another size and wait until the screen is drawn in it."""
    app: DockbellApp = pilot.app  # type: ignore[assignment]
    if app.size != (width, height):
        app._driver._size = Size(width, height)  # type: ignore[union-attr]
        app.post_message(Resize(app._driver._size, app._driver._size))  # type: ignore[union-attr]
    await settled(pilot)
    assert app.screen.size == (width, height)


async def started(pilot: Pilot) -> None:
    """Wait for the first screen."""
    app: DockbellApp = pilot.app  # type: ignore[assignment]
    await until(pilot, lambda: app.latest is not None)
    await settled(pilot)


async def give(pilot: Pilot, *entries: str) -> None:
    """Give inputs one by one, each after the answer to the one before is on the screen."""
    app: ToldApp = pilot.app  # type: ignore[assignment]
    for entry in entries:
        one = given(entry)
        app.enter(one)
        await until(pilot, lambda one=one: one.scan_id in app.told)
    await settled(pilot)


class ToldApp(DockbellApp):
    """The app, which remembers what it was told: `latest` may be a look at other terminals' commits by now.

    `previewed` is the count that it was last told the consequences of.
    """

    def __init__(self, session: Session, url: str, scanners: Scanners, wedge: WedgeSetup) -> None:
        super().__init__(session, url, scanners, wedge)
        self.told: dict[str, Answer] = {}
        self.previewed = ""

    def on_dockbell_app_answered(self, message: DockbellApp.Answered) -> None:
        """Textual calls the handler of the base class too."""
        if message.answer.given is not None:
            self.told[message.answer.given.scan_id] = message.answer

    def on_dockbell_app_previewed(self, message: DockbellApp.Previewed) -> None:
        """Called besides the handler of the base class, like the one above."""
        self.previewed = message.typed


def keys_of(text: str, at: float, gap: float) -> list[Key]:
    """Key events as a driver makes them of what is typed, the first at the time `at`, each `gap` seconds later."""
    parser = XTermParser()
    events = [event for character in text for event in parser.feed(character) if isinstance(event, Key)]
    for place, event in enumerate(events):
        event.time = at + place * gap
    return events


def app_for(session: Session, url: str, *scanners: str, wedge: WedgeSetup = TYPING) -> ToldApp:
    return ToldApp(session, url, Scanners([ScannerSetup(url, port=url) for url in scanners]), wedge)


def nobody(small: SmallFloor, station: str = "DOCK-1") -> Session:
    """A terminal at which nobody is signed on; its clock is the floor's."""
    return Session(small.site, station, first_location(small.site.code, "dock"), now=lambda: small.now)


def url_of_open_database() -> str:
    return f"sqlite:///{connection.database.obj.database}"


def at_step(frozen: FrozenFloor, badge: str, *inputs: str) -> tuple[SmallFloor, ToldApp]:
    """An app on a fresh copy of a floor, at the step that a person's inputs lead to ('' is nobody)."""
    small, _ = frozen.thaw()
    session = nobody(small)
    if badge:
        hand: Hand = small.hand(badge)
        if inputs:
            hand.all(*inputs)
        session = hand.session
    return small, app_for(session, url_of_open_database())


Act = Callable[[Pilot], Awaitable[None]]


# --- Line mode as a process -----------------------------------------------------------------------------


class Plain:
    """`dockbell plain --json` as a child, one line and one object at a time."""

    def __init__(self, url: str, *options: str, json: bool = True, **environment: str) -> None:
        self.json = json
        self.process = subprocess.Popen(
            [*DOCKBELL, "plain", "--db", url, *(["--json"] if json else []), *options],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
            cwd="/",
            env=clean_environment(**environment),
        )
        self._read = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            stream.close()

    def write(self, line: bytes | str) -> None:
        """A line without waiting for its answer."""
        data = line.encode() if isinstance(line, str) else line
        view = memoryview(data + b"\n")
        while view:
            view = view[self.process.stdin.write(view) :]

    def line(self, seconds: float = PATIENCE) -> bytes:
        """The next line that it prints; '' when there is none within the time, or it has ended."""
        deadline = time.monotonic() + seconds
        while b"\n" not in self._read:
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([self.process.stdout], [], [], left)[0]:
                return b""
            some = os.read(self.process.stdout.fileno(), 65536)
            if not some:
                return b""
            self._read += some
        line, self._read = self._read.split(b"\n", 1)
        return line

    def object(self, seconds: float = PATIENCE) -> dict[str, Any] | None:
        """The next object; None when nothing comes."""
        line = self.line(seconds)
        return json.loads(line) if line else None

    def say(self, line: bytes | str) -> dict[str, Any]:
        """A line and the object that answers it."""
        self.write(line)
        found = self.object()
        assert found is not None, self.errors()
        return found

    def errors(self) -> str:
        """What it said on stderr; ends it."""
        self.process.kill()
        return self.process.stderr.read().decode()

    def end(self) -> tuple[int, list[bytes], str]:
        """Close its input: exit code, what it still printed, stderr."""
        self.process.stdin.close()
        rest = self._read + self.process.stdout.read()
        errors = self.process.stderr.read().decode()
        return self.process.wait(PATIENCE), rest.splitlines(), errors


def plain_run(url: str, text: bytes, *options: str) -> tuple[int, bytes, str]:
    """A whole run of line mode: exit code, stdout, stderr."""
    done = subprocess.run(
        [*DOCKBELL, "plain", "--db", url, *options],
        input=text,
        capture_output=True,
        cwd="/",
        env=clean_environment(),
        timeout=60,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr.decode()


def objects(out: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.splitlines()]


# --- A real terminal ------------------------------------------------------------------------------------


class Terminal:
    """A program on a pseudo-terminal of a given size: what it draws is collected, what is typed goes to it."""

    def __init__(self, command: list[str], size: tuple[int, int] = (80, 24), **environment: str) -> None:
        self.out = bytearray()
        self.descriptor, inner = pty.openpty()
        fcntl.ioctl(inner, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
        self.process = subprocess.Popen(
            command,
            stdin=inner,
            stdout=inner,
            stderr=inner,
            cwd="/",
            env=clean_environment(**environment),
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # noqa: PLW1509 - no thread runs yet
        )
        os.close(inner)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        os.close(self.descriptor)

    def read(self, seconds: float) -> bool:
        """Collect what comes; whether anything did."""
        if not select.select([self.descriptor], [], [], seconds)[0]:
            return False
        try:
            some = os.read(self.descriptor, 65536)
        except OSError:  # the other end is closed
            some = b""
        self.out += some
        return bool(some)

    def wait_for(self, words: str, *, since: int = 0, seconds: float = PATIENCE) -> int:
        """Where in all that was drawn the words end; fails when they never come."""
        wanted = words.encode()
        deadline = time.monotonic() + seconds
        while (found := self.out.find(wanted, since)) < 0:
            assert time.monotonic() < deadline, (words, bytes(self.out[since:][-3000:]))
            self.read(0.05)
        return found + len(wanted)

    def type(self, data: bytes) -> int:
        """Type as a person does, key by key; answers where what is drawn from now on begins."""
        place = len(self.out)
        for key in _KEYS.findall(data):
            os.write(self.descriptor, key)
            self.quiet(KEY_S)
        return place

    def scan(self, data: bytes) -> int:
        """All at once, as a scanner does that types."""
        place = len(self.out)
        os.write(self.descriptor, data)
        return place

    def quiet(self, seconds: float) -> None:
        """Collect for a while."""
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            self.read(left)

    def end(self, seconds: float = PATIENCE) -> int:
        """Wait for the program's own end: its exit code."""
        deadline = time.monotonic() + seconds
        while self.process.poll() is None:
            assert time.monotonic() < deadline, bytes(self.out[-2000:])
            self.read(0.02)
        while self.read(0.05):
            pass
        return self.process.returncode


def log_lines(folder: Path) -> Iterator[str]:
    """Every line of every log file in a folder."""
    for path in sorted(folder.glob("*.log*")):
        yield from path.read_text(encoding="utf-8").splitlines()
