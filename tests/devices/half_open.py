"""A serial server that loses its power: run in a network of its own, whose loopback is cut and mended.

Prints what the scanner's line was doing, and what was scanned, one word a line.
"""

from __future__ import annotations

import fcntl
import socket
import struct
import sys

from scanner_kit import Listener

from devices import transport

_SIOCGIFFLAGS, _SIOCSIFFLAGS, _IFF_UP = 0x8913, 0x8914, 0x1


def loopback(*, up: bool) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        answer = fcntl.ioctl(control, _SIOCGIFFLAGS, struct.pack("16sH14x", b"lo", 0))
        flags = struct.unpack("16sH14x", answer)[1]
        flags = flags | _IFF_UP if up else flags & ~_IFF_UP
        fcntl.ioctl(control, _SIOCSIFFLAGS, struct.pack("16sH14x", b"lo", flags))


def main() -> None:
    transport.KEEP_IDLE = transport.KEEP_INTERVAL = transport.KEEP_TIMES = 1
    loopback(up=True)
    with socket.create_server(("127.0.0.1", 0)) as server:
        with Listener(f"socket://127.0.0.1:{server.getsockname()[1]}") as listener:
            line, _ = server.accept()
            listener.wait_for("online")
            line.sendall(b"BEFORE\r")
            listener.wait_for_frames(1)
            loopback(up=False)
            listener.wait_for("lost", timeout=15.0)
            loopback(up=True)
            again, _ = server.accept()
            listener.wait_for("online")
            again.sendall(b"AFTER\r")
            listener.wait_for_frames(2)
        sys.stdout.write("\n".join([*listener.kinds, *(data.decode() for data in listener.data)]))


if __name__ == "__main__":
    main()
