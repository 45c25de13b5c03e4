"""Open a line by its URL: a serial device, socket://, rfc2217:// or loop://."""

import contextlib
import errno
import grp
import io
import select
import socket
import termios
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

import serial

READ_TIMEOUT = 0.1  # seconds; also how long a stop waits for a line that cannot be woken
WRITE_TIMEOUT = 0.5  # seconds

# A serial server that loses its power says no goodbye. After KEEP_IDLE seconds without a byte it is asked whether
# it is still there, and so many times more before its line counts as lost, about 11 s in all.
KEEP_IDLE, KEEP_INTERVAL, KEEP_TIMES = 5, 2, 3

# Whatever pyserial raises when a port vanishes: SerialException from read and write, a bare OSError from
# in_waiting, termios.error (which is neither) from reset_input_buffer, TypeError when the port is closed
# under a read.
PORT_LOST: tuple[type[Exception], ...] = (serial.SerialException, OSError, termios.error, TypeError)
# And what it raises for an address or a setting that it does not know.
_NOT_OPENED: tuple[type[Exception], ...] = (*PORT_LOST, ValueError, LookupError)

_SCHEMES = ("socket", "rfc2217", "loop")

_UNKNOWN_NAME = 0  # resolvers number their errors differently; no system error is 0
_NO_DEVICE = "There is no device {url}: plug it in, or correct its name."
_BUSY = "{url} is in use by another program: close that program first."
_FORBIDDEN = "No permission to open {url}: add this user to group {group} and sign in again."
_NO_ANSWER = "{address} does not answer: check the network and the serial server."
_WHY_NOT: Mapping[int | None, str] = {
    errno.ENOENT: _NO_DEVICE,
    errno.ENODEV: _NO_DEVICE,
    errno.ENXIO: _NO_DEVICE,
    errno.EAGAIN: _BUSY,
    errno.EBUSY: _BUSY,
    errno.EACCES: _FORBIDDEN,
    errno.EPERM: _FORBIDDEN,
    errno.ENOTTY: "{url} is not a serial device: correct its name.",
    errno.ECONNREFUSED: "{address} refused the connection: check the port number and the serial server.",
    errno.ETIMEDOUT: _NO_ANSWER,
    errno.EHOSTUNREACH: _NO_ANSWER,
    errno.ENETUNREACH: _NO_ANSWER,
    _UNKNOWN_NAME: "No machine is known as {address}: check the address.",
}


class PortError(Exception):
    """A port did not open. The message is one sentence for the person who can put it right."""


class Transport(Protocol):
    """A line that is open: bytes in, bytes out.

    One thread reads. `write`, `cancel_read` and `close` may come from any thread. `read`, `write` and
    `discard_input` raise one of PORT_LOST when the line has gone.
    """

    def read(self) -> bytes:
        """The bytes that have arrived, at least one; b"" when nothing came for the read timeout."""

    def write(self, data: bytes) -> None:
        """Hand `data` to the line; raises when the line takes nothing for WRITE_TIMEOUT seconds."""

    def discard_input(self) -> None:
        """Throw away what has arrived and was not read yet."""

    def cancel_read(self) -> None:
        """Wake a waiting `read` where the line can; elsewhere its timeout does."""

    def close(self) -> None:
        """Give the line back; raises nothing. A second close does nothing."""


def is_device(url: str) -> bool:
    """Whether `url` is the path of a device on this machine, not an address."""
    return "://" not in url


def is_network(url: str) -> bool:
    return _scheme(url) in {"socket", "rfc2217"}


def open_transport(
    url: str,
    *,
    baud: int = 9600,
    bytesize: int = 8,
    parity: str = "N",
    stopbits: float = 1,
    read_timeout: float = READ_TIMEOUT,
) -> "SerialTransport":
    """Open the line at `url`, with the settings of the scanner's manual; to socket:// they mean nothing.

    A device is opened for this program alone: a second reader would take half of every scan. DTR and RTS
    are raised where there are any; a pseudo-terminal has none. `read_timeout` is in seconds. Raises PortError.
    """
    if not is_device(url) and _scheme(url) not in _SCHEMES:
        raise PortError(f"{url} is neither a device path nor a socket://, rfc2217:// or loop:// address.")
    try:
        port = serial.serial_for_url(
            url,
            baudrate=baud,
            bytesize=bytesize,
            parity=parity,
            stopbits=stopbits,
            timeout=read_timeout,
            # pyserial refuses a write timeout for rfc2217; its socket has one of its own.
            write_timeout=None if _scheme(url) == "rfc2217" else WRITE_TIMEOUT,
            exclusive=True if is_device(url) else None,
        )
    except _NOT_OPENED as error:
        raise PortError(_why_not_open(url, error)) from error
    _keep_alive(port)
    return SerialTransport(port)


class SerialTransport:
    """A pyserial port behind `Transport`."""

    def __init__(self, port: serial.Serial) -> None:
        self._port = port
        # A write must not outlive its port: once closed, the number of its file descriptor goes to the next
        # file that is opened, and a beep would be written into that.
        self._in_use = threading.Lock()
        self._closed = False

    def read(self) -> bytes:
        # Never more than has arrived: asked for more, pyserial keeps what it has to itself and loses it when
        # the line breaks.
        return self._port.read(self._port.in_waiting or 1)

    def write(self, data: bytes) -> None:
        with self._in_use:
            if self._closed:
                raise serial.PortNotOpenError
            self._wait_until_writable()
            self._port.write(data)

    def discard_input(self) -> None:
        # A line that is lost at this very moment says so at the next read.
        with contextlib.suppress(termios.error):
            self._port.reset_input_buffer()

    def cancel_read(self) -> None:
        # Not worth waiting for a blocked write: the read's own timeout comes sooner.
        if not self._in_use.acquire(blocking=False):
            return
        try:
            if not self._closed and hasattr(self._port, "cancel_read"):
                self._port.cancel_read()
        finally:
            self._in_use.release()

    def close(self) -> None:
        with self._in_use:
            if self._closed:
                return
            self._closed = True
        with contextlib.suppress(*PORT_LOST):
            self._port.close()

    def _wait_until_writable(self) -> None:
        """Sleep while the line takes nothing; pyserial would spend its write timeout spinning on EAGAIN."""
        try:
            descriptor = self._port.fileno()
        except io.UnsupportedOperation:
            return
        if not select.select([], [descriptor], [], WRITE_TIMEOUT)[1]:
            raise serial.SerialTimeoutException("the line takes no bytes")


def _keep_alive(port: serial.SerialBase) -> None:
    """Have the system notice that the other end of a network line is gone; pyserial keeps the socket to itself."""
    line = getattr(port, "_socket", None)
    if not isinstance(line, socket.socket):
        return
    idle = getattr(socket, "TCP_KEEPIDLE", getattr(socket, "TCP_KEEPALIVE", None))  # the name on Linux, on macOS
    with contextlib.suppress(OSError):  # a system without one of them still has its own, slower way
        line.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        if idle is not None:
            line.setsockopt(socket.IPPROTO_TCP, idle, KEEP_IDLE)
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, KEEP_INTERVAL)
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT, KEEP_TIMES)
        if hasattr(socket, "TCP_USER_TIMEOUT"):  # the same for bytes that were sent and not acknowledged
            patience_ms = (KEEP_IDLE + KEEP_INTERVAL * KEEP_TIMES) * 1000
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, patience_ms)


def _scheme(url: str) -> str:
    return url.partition("://")[0].lower() if "://" in url else ""


def _why_not_open(url: str, error: Exception) -> str:
    number = _errno(error)
    # For sockets pyserial keeps only the text of what went wrong; the error itself is its context.
    if number is None and error.__context__ is not None:
        number = _errno(error.__context__)
    sentence = _WHY_NOT.get(number, "{url} could not be opened: {error}.")
    address = url.partition("://")[2].partition("?")[0].rstrip("/")
    return sentence.format(url=url, address=address, group=_group_of(url), error=error)


def _errno(error: BaseException) -> int | None:
    match error:
        case socket.gaierror():
            return _UNKNOWN_NAME
        case TimeoutError():  # pyserial's own connect timeout has no number
            return errno.ETIMEDOUT
        case termios.error():
            return int(error.args[0])
        case OSError():
            return error.errno
    return None


def _group_of(path: str) -> str:
    """The group that may open the device: dialout, uucp, tty."""
    try:
        number = Path(path).stat().st_gid
    except OSError:
        return "dialout"  # its directory is closed to us, too; this is the group's name on most machines
    try:
        return grp.getgrgid(number).gr_name
    except KeyError:
        return str(number)
