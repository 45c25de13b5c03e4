"""Send bytes to a label printer: a network printer by socket://host:port, a serial or USB device, or a file.

`send` returns when the printer has taken everything, as far as the line can tell. Where it raises, the printer may
have taken some of it all the same: whoever sends again prints at least once, not exactly once.
"""

import contextlib
import fcntl
import os
import select
import socket
import stat
import struct
import sys
import termios
import time
from pathlib import Path
from urllib.parse import urlsplit

import serial

CONNECT_S = 3.0
TAKES_NOTHING_S = 10.0  # so long a printer may take no byte: it feeds paper, or the label before is still printed
HANGS_UP_S = 1.0  # printers close the line when they have read all of it; some keep it open
SERIAL_BAUD = 9600  # what printers are set to when they are unpacked
CHUNK = 512
KEPT = 8192  # bytes that the system keeps for a network printer: with megabytes, a slow one seems to take nothing

_SIOCOUTQ = 0x5411  # Linux: bytes that the other end has not acknowledged


class PrinterError(Exception):
    """The printer did not take it. The text is one sentence: what, why, what next."""


def send(url: str, data: bytes) -> None:
    """Send all of it, or raise PrinterError; a file is added to."""
    if url.startswith("socket://"):
        _send_to_network(url, data)
        return
    if "://" in url:
        raise PrinterError(f"{url} is no printer: use socket://host:9100, a device, or a file.")
    try:
        kind = Path(url).stat().st_mode
    except OSError:
        kind = 0
    if stat.S_ISCHR(kind):
        _send_to_device(url, data)
    elif url.startswith("/dev/") and not stat.S_ISREG(kind):
        raise PrinterError(f"There is no printer at {url}: switch it on, plug it in, or correct its name.")
    else:
        _add_to_file(url, data)


# --- Network --------------------------------------------------------------------------------------------------


def _send_to_network(url: str, data: bytes) -> None:
    host, port = _address(url)
    try:
        with socket.create_connection((host, port), timeout=CONNECT_S) as line:
            line.settimeout(TAKES_NOTHING_S)
            line.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, KEPT)
            left = memoryview(data)
            while left:  # sendall would give the whole of it the time that each piece may take
                left = left[line.send(left) :]
            line.shutdown(socket.SHUT_WR)
            _wait_until_taken(line)
    except (OSError, UnicodeError) as error:  # UnicodeError: a name that no host can have
        raise PrinterError(
            f"Printer {host}:{port} does not answer ({_words(error)}): see to it and its network."
        ) from error


def _address(url: str) -> tuple[str, int]:
    there = urlsplit(url)
    with contextlib.suppress(ValueError):  # the port is no number
        if there.hostname and there.port:
            return there.hostname, there.port
    raise PrinterError(f"{url} is no printer: use socket://host:9100.")


def _wait_until_taken(line: socket.socket) -> None:
    """Until the printer hangs up, which it does behind the last byte, and has acknowledged all of them.

    One that hangs up without having taken them is busy, or is none.
    """
    _listen(line)
    if sys.platform != "linux":
        return
    before, since = _unacknowledged(line), time.monotonic()
    while left := _unacknowledged(line):
        if left < before:
            before, since = left, time.monotonic()
        if time.monotonic() - since > TAKES_NOTHING_S:
            raise TimeoutError("it takes no bytes")
        time.sleep(0.05)


def _listen(line: socket.socket) -> None:
    """Until the printer hangs up, or for as long as it is given for that; what it may say is of no account."""
    until = time.monotonic() + HANGS_UP_S
    with contextlib.suppress(TimeoutError):
        while (left := until - time.monotonic()) > 0:
            line.settimeout(left)
            if not line.recv(CHUNK):
                return


def _unacknowledged(line: socket.socket) -> int:
    return int(struct.unpack("i", fcntl.ioctl(line.fileno(), _SIOCOUTQ, bytes(4)))[0])


def _words(error: OSError | UnicodeError) -> str:
    return (getattr(error, "strerror", None) or str(error) or type(error).__name__).lower()


# --- Devices and files ----------------------------------------------------------------------------------------


def _send_to_device(url: str, data: bytes) -> None:
    """A serial printer through pyserial, which sets up its line; a USB printer (/dev/usb/lp0) is just written to."""
    try:
        device = os.open(url, os.O_WRONLY | os.O_NONBLOCK | os.O_NOCTTY)
    except OSError as error:
        raise PrinterError(f"{url} could not be opened ({_words(error)}): see docs/labels.md.") from error
    try:
        if not os.isatty(device):
            _write(device, data)
            return
    except OSError as error:
        raise PrinterError(f"{url} takes no labels ({_words(error)}): see to the printer.") from error
    finally:
        os.close(device)
    try:
        with serial.Serial(url, SERIAL_BAUD, xonxoff=True, exclusive=True) as port:
            _write(port.fileno(), data)
            _drain(port)
    except (OSError, termios.error, serial.SerialException) as error:
        reason = str(error).rpartition("] ")[2].rstrip(".").lower()
        raise PrinterError(f"{url} takes no labels ({reason}): see to the printer and its cable.") from error


def _write(device: int, data: bytes) -> None:
    left = memoryview(data)
    while left:
        if not select.select([], [device], [], TAKES_NOTHING_S)[1]:
            raise TimeoutError("it takes no bytes")
        left = left[os.write(device, left[:CHUNK]) :]


def _drain(port: serial.Serial) -> None:
    """Until the system has handed on what it keeps; a printer that is out of paper holds up the line (XOFF)."""
    before, since = port.out_waiting, time.monotonic()
    while left := port.out_waiting:
        if left < before:
            before, since = left, time.monotonic()
        if time.monotonic() - since > TAKES_NOTHING_S:
            raise TimeoutError("it takes no bytes")
        time.sleep(0.01)


def _add_to_file(path: str, data: bytes) -> None:
    try:
        with Path(path).open("ab") as file:
            file.write(data)
    except OSError as error:
        raise PrinterError(
            f"{path} could not be written ({_words(error)}): see to its folder and its rights."
        ) from error
