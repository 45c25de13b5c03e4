"""A scripted scanner on a real pseudo-terminal, for the demo and for tests.

It is the gun's end of the line: what it writes is read and lost as a real scanner's bytes are, and what the
host writes back is heard here.
"""

import contextlib
import errno
import os
import select
import threading
import time
import tty
from collections.abc import Iterator
from types import TracebackType
from typing import Self

from devices.feedback import Signal, bytes_for

LINE_FULL_AFTER = 2.0  # seconds in which nobody read a byte
_CHUNK = 4096


class ScannerGone(Exception):  # noqa: N818 - what has happened, in the floor's words
    """The scripted scanner's line has been cut: nothing can be scanned or heard on it any more."""


class ScriptedScanner:
    """A scanner whose trigger is a function call. `url` is what a Scanner is given.

    It may be used from several threads. Stop the Scanner before closing this one: the system gives a freed
    pseudo-terminal's name to the next one that is opened, and the Scanner would come back to that.
    """

    def __init__(self) -> None:
        self._in_use = threading.Lock()
        self._heard = bytearray()
        self._gun, self._host_end = os.openpty()
        # The host's end stays open here as well: the line lives through a host that closes and comes back.
        tty.setraw(self._host_end)
        os.set_blocking(self._gun, False)
        self._cut = False
        self.url = os.ttyname(self._host_end)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def scan(self, code: str | bytes, terminator: bytes = b"\r") -> None:
        """Send `code` (text goes as UTF-8) and `terminator`; b"" leaves the scan unfinished.

        Raises ScannerGone when the line is cut, TimeoutError when it is full and nobody reads it.
        """
        unsent = memoryview((code.encode() if isinstance(code, str) else code) + terminator)
        deadline = time.monotonic() + LINE_FULL_AFTER
        while unsent:
            sent = self._send(unsent)
            unsent = unsent[sent:]
            if sent:
                deadline = time.monotonic() + LINE_FULL_AFTER
            elif time.monotonic() > deadline:
                raise TimeoutError(f"Nobody reads {self.url}; {len(unsent)} bytes are still to be sent.")
            else:
                self._wait(for_room=True, seconds=0.05)

    def tone(self, timeout: float) -> bytes:
        """What the host has written since the last call; b"" when that is nothing for `timeout` seconds.

        Raises ScannerGone when the line is cut.
        """
        deadline = time.monotonic() + timeout
        while not self._listen() and (left := deadline - time.monotonic()) > 0:
            self._wait(for_room=False, seconds=left)
        heard = bytes(self._heard)
        self._heard.clear()
        return heard

    def wait_for_signal(self, profile: str, timeout: float) -> Signal | None:
        """The next signal as a scanner of `profile` understands it; None when `timeout` seconds bring none.

        What it does not understand it ignores, as a scanner does. Where signals differ by number only (BEL),
        two that are sent before this is called are heard as one: wait for each in turn. Raises ScannerGone
        when the line is cut, ValueError for a profile that does not exist.
        """
        tones = {tone: signal for signal in Signal if (tone := bytes_for(profile, signal))}
        deadline = time.monotonic() + timeout
        while True:
            self._listen()
            signal = self._understand(tones)
            left = deadline - time.monotonic()
            if signal is not None or left <= 0:
                return signal
            self._wait(for_room=False, seconds=left)

    def unplug(self) -> None:
        """Cut the line: the host sees a device that has gone. There is no plugging in again."""
        with self._in_use:
            if self._cut:
                return
            self._cut = True
            os.close(self._gun)
            os.close(self._host_end)

    def close(self) -> None:
        self.unplug()

    def _understand(self, tones: dict[bytes, Signal]) -> Signal | None:
        """Take the longest tone that was heard; drop what is not even the beginning of one."""
        while self._heard:
            heard = bytes(self._heard)
            whole = [tone for tone in tones if heard.startswith(tone)]
            if whole:
                tone = max(whole, key=len)
                del self._heard[: len(tone)]
                return tones[tone]
            if any(tone.startswith(heard) for tone in tones):
                return None
            del self._heard[0]
        return None

    def _send(self, unsent: memoryview) -> int:
        """How many bytes the line took: none when it is full."""
        with self._line(), contextlib.suppress(BlockingIOError):
            return os.write(self._gun, unsent)
        return 0

    def _listen(self) -> bool:
        """Whether anything is heard, now or before."""
        with self._line(), contextlib.suppress(BlockingIOError):
            self._heard += os.read(self._gun, _CHUNK)
        return bool(self._heard)

    def _wait(self, *, for_room: bool, seconds: float) -> None:
        """Sleep until the line may have moved. The slices let a cut be noticed that another thread makes."""
        with self._line():
            gun = self._gun
        with contextlib.suppress(OSError):  # cut meanwhile: the next use says so
            select.select([] if for_room else [gun], [gun] if for_room else [], [], min(seconds, 0.05))

    @contextlib.contextmanager
    def _line(self) -> Iterator[None]:
        """The line while it is whole, and for one thread at a time; raises ScannerGone."""
        with self._in_use:
            if self._cut:
                raise ScannerGone(f"{self.url} has been unplugged.")
            try:
                yield
            except OSError as error:
                if error.errno not in (errno.EIO, errno.EBADF):
                    raise
                raise ScannerGone(f"{self.url} has been cut.") from error
