import contextlib
import fcntl
import grp
import io
import os
import socket
import termios
import threading
import time
from pathlib import Path

import pytest
import serial
from serial.rfc2217 import PortManager

from devices.simulator import ScriptedScanner
from devices.transport import PORT_LOST, PortError, SerialTransport, is_device, is_network, open_transport


def reason(url: str, **settings) -> str:
    with pytest.raises(PortError) as refused:
        open_transport(url, **settings)
    return str(refused.value)


def test_a_device_is_read_and_written():
    with ScriptedScanner() as gun, contextlib.closing(open_transport(gun.url, baud=115200)) as line:
        assert line.read() == b""
        gun.scan("A")
        assert b"".join(iter(line.read, b"")) == b"A\r"
        line.write(b"\x07")
        assert gun.tone(1.0) == b"\x07"


def test_waiting_input_is_discarded():
    with ScriptedScanner() as gun, contextlib.closing(open_transport(gun.url)) as line:
        gun.scan("OLD")
        line.discard_input()
        gun.scan("NEW")
        assert b"".join(iter(line.read, b"")) == b"NEW\r"


def test_loop_answers_itself():
    with contextlib.closing(open_transport("loop://")) as line:
        line.write(b"A\r")
        assert line.read() == b"A\r"


@pytest.mark.filterwarnings("ignore:set.*deprecated:DeprecationWarning:serial")
def test_a_telnet_serial_server_is_read_and_written():
    """rfc2217:// through pyserial's own server side, before a port that returns what it is sent."""
    far_end = serial.serial_for_url("loop://", timeout=0.02)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = threading.Thread(target=serve_rfc2217, args=(listener, far_end), daemon=True)
        server.start()
        line = open_transport(f"rfc2217://127.0.0.1:{listener.getsockname()[1]}?ign_set_control")
        line.write(b"A\xff\r")
        heard = b""
        deadline = time.monotonic() + 3
        while len(heard) < 3 and time.monotonic() < deadline:
            heard += line.read()
        line.close()
        server.join(2)
    assert heard == b"A\xff\r"


def serve_rfc2217(listener: socket.socket, far_end: serial.Serial) -> None:
    connection, _ = listener.accept()
    lock = threading.Lock()

    class Writer:
        def write(self, data: bytes) -> None:
            with lock:
                connection.sendall(data)

    manager = PortManager(far_end, Writer())
    connection.settimeout(0.02)
    with connection:
        while True:
            with contextlib.suppress(TimeoutError):
                arrived = connection.recv(1024)
                if not arrived:
                    return
                far_end.write(b"".join(manager.filter(arrived)))
            if waiting := far_end.in_waiting:
                Writer().write(b"".join(manager.escape(far_end.read(waiting))))


def test_no_such_device():
    assert reason("/dev/ttyNOSUCH0") == ("There is no device /dev/ttyNOSUCH0: plug it in, or correct its name.")


def test_a_device_in_use():
    with ScriptedScanner() as gun, contextlib.closing(open_transport(gun.url)):
        assert reason(gun.url) == f"{gun.url} is in use by another program: close that program first."


def test_a_device_that_is_closed_opens_again():
    with ScriptedScanner() as gun:
        for _ in range(2):
            open_transport(gun.url).close()


def test_a_forbidden_device_names_the_group_that_may():
    with ScriptedScanner() as gun, no_privileges(gun.url) as group:
        assert reason(gun.url) == (
            f"No permission to open {gun.url}: add this user to group {group} and sign in again."
        )


@contextlib.contextmanager
def no_privileges(path: str):
    """As a person who may not open `path`; root may open everything, so it steps down for a moment."""
    device = Path(path)
    device.chmod(0o000)
    superuser = os.geteuid() == 0
    if superuser:
        os.chown(path, 0, grp.getgrnam("tty").gr_gid)
        os.seteuid(65534)
    try:
        yield device.group()
    finally:
        if superuser:
            os.seteuid(0)


def test_a_file_is_no_serial_device(tmp_path):
    file = tmp_path / "orders.csv"
    file.touch()
    assert reason(str(file)) == f"{file} is not a serial device: correct its name."


def test_a_refused_connection():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    sentence = f"127.0.0.1:{port} refused the connection: check the port number and the serial server."
    assert reason(f"socket://127.0.0.1:{port}") == sentence
    assert reason(f"rfc2217://127.0.0.1:{port}?ign_set_control") == sentence


def test_an_unknown_machine(monkeypatch):
    def unknown(*_args, **_kwargs):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    assert reason("socket://no-such-machine.invalid:4001") == (
        "No machine is known as no-such-machine.invalid:4001: check the address."
    )


def test_a_machine_that_does_not_answer(monkeypatch):
    def silent(*_args, **_kwargs):
        raise TimeoutError("timed out")

    monkeypatch.setattr(socket, "create_connection", silent)
    assert reason("socket://10.0.0.9:4001") == (
        "10.0.0.9:4001 does not answer: check the network and the serial server."
    )


@pytest.mark.parametrize("url", ["socket://host", "socket://[::1", "socket://host:99999999", "loop://?logging=x"])
def test_a_bad_address_is_one_sentence(url):
    assert reason(url).startswith(f"{url} could not be opened: ")


@pytest.mark.parametrize("url", ["spy:///dev/ttyUSB0?file=/tmp/x", "http://host:1", "COM3://"])
def test_other_addresses_are_not_tried(url):
    assert reason(url) == f"{url} is neither a device path nor a socket://, rfc2217:// or loop:// address."


def test_settings_the_line_cannot_have_are_said():
    with ScriptedScanner() as gun:
        assert reason(gun.url, parity="X").startswith(f"{gun.url} could not be opened: ")


@pytest.mark.parametrize("use", ["read", "write", "discard_input"])
def test_a_vanished_port_raises_nothing_unexpected(use):
    gun = ScriptedScanner()
    line = open_transport(gun.url)
    gun.unplug()
    arguments = [b"\x07"] if use == "write" else []
    if use == "discard_input":
        line.discard_input()  # the next read says it
    else:
        with pytest.raises(PORT_LOST):
            getattr(line, use)(*arguments)
    line.close()
    line.close()
    line.cancel_read()
    with pytest.raises(PORT_LOST):
        getattr(line, "write" if use == "write" else "read")(*arguments)


def test_a_blocked_write_sleeps_and_then_fails(monkeypatch):
    monkeypatch.setattr("devices.transport.WRITE_TIMEOUT", 0.2)
    with ScriptedScanner() as gun, contextlib.closing(open_transport(gun.url)) as line:
        host = os.open(gun.url, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        termios.tcflow(host, termios.TCOOFF)
        began, worked = time.monotonic(), time.thread_time()
        with pytest.raises(PORT_LOST):
            line.write(b"\x07")
        assert 0.2 <= time.monotonic() - began < 0.5
        assert time.thread_time() - worked < 0.05
        termios.tcflow(host, termios.TCOON)
        os.close(host)
        line.write(b"\x07\x07")
        assert gun.tone(1.0) == b"\x07\x07"


def test_a_port_is_not_closed_under_a_write():
    """The descriptor's number would belong to another file by the time the bytes are written."""
    order: list[str] = []
    writing = threading.Event()
    finish = threading.Event()

    class SlowPort:
        def fileno(self) -> int:
            raise io.UnsupportedOperation

        def write(self, _data: bytes) -> None:
            writing.set()
            finish.wait(2)
            order.append("written")

        def close(self) -> None:
            order.append("closed")

    line = SerialTransport(SlowPort())
    writer = threading.Thread(target=line.write, args=(b"\x07",), daemon=True)
    writer.start()
    assert writing.wait(2)
    closer = threading.Thread(target=line.close, daemon=True)
    closer.start()
    line.cancel_read()  # returns although a write is on its way
    closer.join(0.05)
    assert order == []
    finish.set()
    writer.join(2)
    closer.join(2)
    assert order == ["written", "closed"]
    with pytest.raises(PORT_LOST):
        line.write(b"\x07")


def test_a_waiting_read_is_woken():
    with ScriptedScanner() as gun:
        port = serial.serial_for_url(gun.url, timeout=5)
        line = SerialTransport(port)
        threading.Timer(0.05, line.cancel_read).start()
        began = time.monotonic()
        assert line.read() == b""
        assert time.monotonic() - began < 1.0
        line.close()


def test_a_device_is_asked_for_alone():
    with ScriptedScanner() as gun, contextlib.closing(open_transport(gun.url)):
        other = os.open(gun.url, os.O_RDWR | os.O_NOCTTY)
        with pytest.raises(BlockingIOError):
            fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.close(other)


def test_which_addresses_are_devices_and_which_a_network():
    assert [is_device(url) for url in ("/dev/ttyACM0", "socket://h:1", "loop://")] == [True, False, False]
    assert [is_network(url) for url in ("/dev/x", "SOCKET://h:1", "rfc2217://h:1", "loop://")] == [
        False, True, True, False,
    ]  # fmt: skip
