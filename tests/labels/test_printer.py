"""Bytes on their way to printers: sockets, a pseudo-terminal, files, and everything that is none of these."""

from __future__ import annotations

import contextlib
import os
import select
import socket
import threading
import time
import tty

import pytest
from printer_kit import PATIENCE, closed_port, network_printer

from devices import printer
from devices.printer import PrinterError, send

LABEL = b"^XA^FO10,10^FDone^FS^XZ\n" * 200


def refused(url: str, data: bytes = LABEL) -> str:
    with pytest.raises(PrinterError) as caught:
        send(url, data)
    sentence = str(caught.value)
    assert sentence.endswith(".")
    assert "\n" not in sentence
    return sentence


# --- network ------------------------------------------------------------------------------------------------


def test_a_network_printer_takes_all_of_it():
    with network_printer() as there:
        send(there.url, LABEL)
        send(there.url, b"^XA^XZ")
        assert there.wait(2) == [LABEL, b"^XA^XZ"]


def test_one_that_keeps_the_line_open_has_it_all_the_same(monkeypatch):
    monkeypatch.setattr(printer, "HANGS_UP_S", 0.05)
    with network_printer(hangs_up=False) as there:
        send(there.url, LABEL)
        assert there.wait(1) == [LABEL]


def test_one_that_is_switched_off_is_named():
    port = closed_port()
    assert f"Printer 127.0.0.1:{port} does not answer (connection refused)" in refused(f"socket://127.0.0.1:{port}")


def test_one_that_dies_in_the_middle_has_not_taken_it():
    with network_printer(dies_after=256) as there:
        said = refused(there.url, LABEL * 500)
        assert "does not answer" in said


def test_one_that_takes_no_bytes_is_given_up_in_time(monkeypatch):
    """Out of paper: the line is open, and nothing is read from it."""
    monkeypatch.setattr(printer, "TAKES_NOTHING_S", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"socket://127.0.0.1:{listener.getsockname()[1]}"
        assert "timed out" in refused(url, LABEL * 5000)


def test_what_it_took_but_did_not_acknowledge_is_not_printed(monkeypatch):
    """Less than the system keeps for it: sending is done at once, and yet nobody has read it."""
    monkeypatch.setattr(printer, "TAKES_NOTHING_S", 0.3)
    monkeypatch.setattr(printer, "HANGS_UP_S", 0.05)
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        url = f"socket://127.0.0.1:{listener.getsockname()[1]}"
        assert "takes no bytes" in refused(url, bytes(8_000))


def test_one_that_takes_it_slowly_has_all_the_time_that_it_needs(monkeypatch):
    """A roll of labels is more than a printer keeps: it takes the next bytes when a label is out."""
    monkeypatch.setattr(printer, "TAKES_NOTHING_S", 1.0)
    monkeypatch.setattr(printer, "HANGS_UP_S", 0.05)
    taken = []

    def feed() -> None:
        line, _ = listener.accept()
        with line:
            while more := line.recv(2048):
                taken.append(more)
                time.sleep(0.02)

    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        thread = threading.Thread(target=feed, daemon=True)
        thread.start()
        started = time.monotonic()
        send(f"socket://127.0.0.1:{listener.getsockname()[1]}", LABEL * 40)
        took = time.monotonic() - started
        thread.join(PATIENCE)
    assert b"".join(taken) == LABEL * 40
    assert took > printer.TAKES_NOTHING_S, "it took longer than any pause may last"


def test_one_that_talks_without_end_holds_up_nobody(monkeypatch):
    monkeypatch.setattr(printer, "HANGS_UP_S", 0.2)

    def talk() -> None:
        line, _ = listener.accept()
        with line, contextlib.suppress(OSError):
            while True:
                line.sendall(b"status\r\n")
                time.sleep(0.01)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"socket://127.0.0.1:{listener.getsockname()[1]}"
        threading.Thread(target=talk, daemon=True).start()
        sender = threading.Thread(target=send, args=(url, b"^XA^XZ"), daemon=True)
        sender.start()
        sender.join(PATIENCE)
        assert not sender.is_alive()


def test_one_that_hangs_up_at_once_has_taken_nothing(monkeypatch):
    """A print server that is busy. On a wire its refusal of the bytes is not back yet when sending ends."""
    monkeypatch.setattr(printer, "TAKES_NOTHING_S", 0.3)

    class Wire(socket.socket):
        def shutdown(self, how: int) -> None:
            with contextlib.suppress(OSError):
                super().shutdown(how)

    def connect(address: tuple[str, int], timeout: float) -> socket.socket:
        line = Wire()
        line.settimeout(timeout)
        line.connect(address)
        assert select.select([line], [], [], PATIENCE)[0], "it has hung up"
        return line

    def hang_up() -> None:
        listener.accept()[0].close()

    monkeypatch.setattr(printer.socket, "create_connection", connect)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=hang_up, daemon=True).start()
        assert "takes no bytes" in refused(f"socket://127.0.0.1:{listener.getsockname()[1]}", b"^XA^XZ")


@pytest.mark.parametrize("host", ["a..b", "x" * 70])
def test_a_name_that_no_host_can_have(host):
    assert f"Printer {host}:9100 does not answer" in refused(f"socket://{host}:9100")


@pytest.mark.parametrize(
    "url", ["socket://", "socket://host:port", "http://127.0.0.1", "rfc2217://127.0.0.1:1", "x://"]
)
def test_no_address_of_a_printer(url):
    refused(url)


# --- devices ------------------------------------------------------------------------------------------------


class SerialPrinter:
    """A printer at a pseudo-terminal, which reads what it is sent after `pause` seconds."""

    def __init__(self, pause: float = 0.0) -> None:
        self.master, slave = os.openpty()
        tty.setraw(slave)
        self.url = os.ttyname(slave)
        self._slave = slave
        self.taken = b""
        self._thread = threading.Thread(target=self._read, args=(pause,), daemon=True)
        self._thread.start()

    def _read(self, pause: float) -> None:
        time.sleep(pause)
        while True:
            try:
                self.taken += os.read(self.master, 4096)
            except OSError:
                return

    def close(self) -> None:
        os.close(self._slave)
        self._thread.join(PATIENCE)
        os.close(self.master)


@pytest.mark.parametrize("pause", [0.0, 0.2])
def test_a_serial_printer_takes_all_of_it_at_its_own_pace(pause):
    there = SerialPrinter(pause)
    try:
        send(there.url, LABEL * 3)
    finally:
        there.close()
    assert there.taken == LABEL * 3


def test_a_serial_printer_that_takes_nothing_is_given_up_in_time(monkeypatch):
    monkeypatch.setattr(printer, "TAKES_NOTHING_S", 0.2)
    there = SerialPrinter(pause=3600)
    assert "takes no bytes" in refused(there.url, LABEL * 100)
    os.close(there.master)


def test_another_character_device_is_just_written_to():
    """As a USB printer is, /dev/usb/lp0."""
    send("/dev/null", LABEL)
    assert "/dev/full takes no labels (no space left on device)" in refused("/dev/full")


def test_a_device_that_is_not_there_is_named():
    assert "There is no printer at /dev/usb/lp9" in refused("/dev/usb/lp9")


# --- files --------------------------------------------------------------------------------------------------


def test_a_file_is_added_to(disk_path):
    url = str(disk_path / "labels.txt")
    send(url, b"one")
    send(url, b"two")
    assert (disk_path / "labels.txt").read_bytes() == b"onetwo"


def test_a_folder_that_is_not_there_is_named(disk_path):
    assert "could not be written (no such file or directory)" in refused(str(disk_path / "no" / "labels.txt"))
    assert "could not be written" in refused(str(disk_path))
