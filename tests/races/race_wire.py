"""A wire between the program and its PostgreSQL that can be cut at one exact moment of a statement."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import psycopg

from db import connection
from db.connection import database


@contextlib.contextmanager
def wire(url: str) -> Iterator[Wire]:
    """A wire to the server of this URL; the program connects to `wire.url`."""
    made = Wire(url)
    try:
        yield made
    finally:
        made.close()


class Wire:
    """Passes bytes both ways; armed, it lets the next request through and keeps its answer, then is cut.

    The server has done what it was asked to by then, and the program does not know.
    """

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._server = (parts.hostname, parts.port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = url.replace(f":{parts.port}/", f":{self._listener.getsockname()[1]}/")
        self._armed = threading.Event()
        self.cuts = 0
        self._open: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def keep_the_next_answer(self) -> None:
        self._armed.set()

    def close(self) -> None:
        self._listener.close()
        for one in self._open:
            _hang_up(one)  # a thread that reads from it wakes up; closing alone would leave it reading
            one.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                far = socket.create_connection(self._server)
                for one in (near, far):
                    one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self._open += [near, far]
                threading.Thread(target=self._pass, args=(near, far), daemon=True).start()
                threading.Thread(target=self._bring, args=(far, near), daemon=True).start()

    def _pass(self, near: socket.socket, far: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while asked := near.recv(65536):
                far.sendall(asked)
        _hang_up(far)

    def _bring(self, far: socket.socket, near: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while answer := far.recv(65536):
                if self._armed.is_set():
                    self._armed.clear()
                    self.cuts += 1
                    break
                near.sendall(answer)
        _hang_up(near)
        _hang_up(far)


def _hang_up(one: socket.socket) -> None:
    with contextlib.suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)


def end_our_backend(url: str) -> None:
    """What an administrator, a failover or a crash of its process does to this thread's connection."""
    backend = database.connection().info.backend_pid
    with psycopg.connect(url, autocommit=True) as admin:
        assert admin.execute("SELECT pg_terminate_backend(%s, 5000)", [backend]).fetchone() == (True,)


def keep_the_answer_to_commit(cable: Wire, scan_id: str) -> Callable[[str, str], None]:
    """A watcher that loses the answer to the COMMIT of this scan or command."""

    def watcher(when: str, text: str) -> None:
        if (when, text, cable.cuts) == ("before", "COMMIT", 0) and connection.row(
            "SELECT 1 FROM scan_log WHERE scan_id = ?", scan_id
        ):
            cable.keep_the_next_answer()

    return watcher
