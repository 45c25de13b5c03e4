"""Label printers for tests: real sockets that take what they are sent, or do what printers do on bad days."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager

PATIENCE = 20.0  # seconds until a test gives up


class NetworkPrinter:
    """A printer at a port of this machine. `printed` is what it has taken, one entry for each connection.

    `hangs_up` says whether it closes the line behind the last byte, as most do; `dies_after` so many bytes it breaks
    the line off, as if its power had gone.
    """

    def __init__(self, *, hangs_up: bool = True, dies_after: int | None = None, port: int = 0) -> None:
        self.hangs_up, self.dies_after = hangs_up, dies_after
        self.printed: list[bytes] = []
        self._news = threading.Condition()
        self._kept: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", port))
        self.port = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"socket://127.0.0.1:{self.port}"

    def wait(self, count: int) -> list[bytes]:
        """What was printed, as soon as it is so much."""
        with self._news:
            assert self._news.wait_for(lambda: len(self.printed) >= count, PATIENCE), self.printed
            return list(self.printed)

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(PATIENCE)
        for line in self._kept:
            line.close()

    def _serve(self) -> None:
        while True:
            try:
                line, _ = self._listener.accept()
            except OSError:
                return
            taken = self._take(line)
            with self._news:
                self.printed.append(taken)
                self._news.notify_all()

    def _take(self, line: socket.socket) -> bytes:
        taken = b""
        while more := line.recv(64):
            taken += more
            if self.dies_after is not None and len(taken) >= self.dies_after:
                line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                break
        if self.hangs_up or self.dies_after is not None:
            line.close()
        else:
            self._kept.append(line)
        return taken


@contextmanager
def network_printer(**how: object) -> Iterator[NetworkPrinter]:
    printer = NetworkPrinter(**how)
    try:
        yield printer
    finally:
        printer.close()


def closed_port() -> int:
    """A port at which nobody answers."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])
