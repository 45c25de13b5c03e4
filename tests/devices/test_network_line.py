"""Scanners behind a serial server: real ser2net serving RFC 2217, and a server that goes without a word."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import socket
import subprocess
import sys
import time
import tty
from pathlib import Path
from typing import Self

import pytest
from scanner_kit import Listener, eventually

from devices.feedback import Signal
from devices.transport import KEEP_IDLE, KEEP_INTERVAL, KEEP_TIMES, open_transport

HERE = Path(__file__).parent
SER2NET = shutil.which("ser2net", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")


# --- ser2net ---


def free_port() -> int:
    """A port that no outgoing connection of this machine is given: ser2net takes no port 0."""
    while True:
        port = random.randrange(20_000, 32_000)
        with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port


class SerialServer:
    """ser2net in front of a pseudo-terminal: the gun's end is here, the other one belongs to ser2net."""

    def __init__(self, folder: Path) -> None:
        self.gun, self._slave = os.openpty()
        tty.setraw(self._slave)
        os.set_blocking(self.gun, False)
        self.port = free_port()
        self.url = f"rfc2217://127.0.0.1:{self.port}?ign_set_control"
        self._settings = folder / "ser2net.yaml"
        self._settings.write_text(
            "connection: &gun\n"
            f"  accepter: telnet(rfc2217),tcp,127.0.0.1,{self.port}\n"
            f"  connector: serialdev,{os.ttyname(self._slave)},9600n81,local\n"
            "  options:\n"
            "    kickolduser: true\n"
        )
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._process = subprocess.Popen(
            [SER2NET, "-n", "-c", self._settings], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    def kill(self) -> None:
        if self._process:
            self._process.kill()
            self._process.wait(5)
            self._process = None

    def scan(self, code: bytes) -> None:
        os.write(self.gun, code + b"\r")

    def heard(self, tone: bytes) -> None:
        """Wait until the gun has heard `tone`."""
        got = bytearray()

        def arrived() -> bool:
            try:
                got.extend(os.read(self.gun, 100))
            except BlockingIOError:
                return False
            return bytes(got) == tone

        eventually(arrived)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_error) -> None:
        self.kill()
        os.close(self.gun)
        os.close(self._slave)


@pytest.mark.filterwarnings("ignore:set.*deprecated:DeprecationWarning:serial")
@pytest.mark.skipif(SER2NET is None, reason="ser2net is not installed: apt-get install ser2net")
def test_a_scanner_behind_ser2net_is_read_and_answered_lost_and_found_again(tmp_path):
    with SerialServer(tmp_path) as server, Listener(server.url, name="dock", feedback="honeywell") as listener:
        listener.wait_for("online", timeout=15.0)
        server.scan(b"]C10195212345432131\xff")
        listener.wait_for_frames(1)
        assert listener.data == [b"]C10195212345432131\xff"]
        assert listener.scanner.signal(Signal.GOOD)
        server.heard(b"\x1b7,")
        server.kill()
        listener.wait_for("lost")
        assert not listener.scanner.signal(Signal.GOOD)
        server.start()
        listener.wait_for("online", timeout=15.0)
        server.scan(b"AFTER")
        listener.wait_for_frames(2)
        assert listener.data[1] == b"AFTER"
        assert listener.scanner.signal(Signal.BAD)
        server.heard(b"\x1b8,")


# --- Gone without a word ---


@pytest.mark.filterwarnings("ignore:set.*deprecated:DeprecationWarning:serial")
@pytest.mark.parametrize("scheme", ["socket", "rfc2217"])
def test_a_network_line_is_asked_whether_it_is_still_there(scheme, tmp_path):
    if scheme == "rfc2217" and SER2NET is None:
        pytest.skip("ser2net is not installed: apt-get install ser2net")
    with SerialServer(tmp_path) if scheme == "rfc2217" else socket.create_server(("127.0.0.1", 0)) as server:
        url = server.url if scheme == "rfc2217" else f"socket://127.0.0.1:{server.getsockname()[1]}"
        line = opened(url)
        asked = line._port._socket
        assert asked.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
        if hasattr(socket, "TCP_KEEPIDLE"):
            options = (socket.TCP_KEEPIDLE, socket.TCP_KEEPINTVL, socket.TCP_KEEPCNT)
            found = [asked.getsockopt(socket.IPPROTO_TCP, option) for option in options]
            assert found == [KEEP_IDLE, KEEP_INTERVAL, KEEP_TIMES]
        line.close()


def opened(url: str):
    """The line, once its server listens."""
    lines = []

    def opens() -> bool:
        try:
            lines.append(open_transport(url))
        except Exception:  # noqa: BLE001 - not yet
            time.sleep(0.02)
        return bool(lines)

    eventually(opens, timeout=15.0)
    return lines[0]


def own_network() -> list[str] | None:
    """How a process is given a network of its own, where people may have one."""
    unshare = shutil.which("unshare")
    if unshare is None:
        return None
    command = [unshare, "--user", "--map-root-user", "--net"]
    return command if subprocess.run([*command, "true"], capture_output=True, check=False).returncode == 0 else None


def test_a_serial_server_that_loses_its_power_is_found_out_and_found_again():
    """No end of the connection arrives: only asking tells."""
    command = own_network()
    if command is None:
        pytest.skip("this system gives no network of one's own (unshare --user --net)")
    ran = subprocess.run(
        [*command, sys.executable, HERE / "half_open.py"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(HERE.parents[1]), str(HERE)])},
    )
    assert ran.returncode == 0, ran.stderr
    kinds_and_scans = ran.stdout.split()
    assert kinds_and_scans[:3] == ["connecting", "online", "lost"]
    assert kinds_and_scans[-3:] == ["online", "BEFORE", "AFTER"]
