"""Looking for a scanner that is not there: where it may be, how long to wait, and whether it only sleeps."""

import errno
import random
from pathlib import Path

from devices.setup import PortMatch
from devices.transport import PORT_LOST, PortError

# What opening an rfcomm device says while the scanner at its other end does not answer.
_NO_ANSWER = {errno.EHOSTDOWN, errno.EHOSTUNREACH, errno.ETIMEDOUT, errno.ECONNREFUSED, errno.ECONNRESET}

_NOT_LISTED: tuple[type[Exception], ...] = (*PORT_LOST, ValueError)


def find_port(match: PortMatch) -> str:
    """The device that fits `match`, among those that are plugged in now. Raises PortError with the reason."""
    from devices import ports  # pyserial's lists of ports take a while to load, and most scanners are given by port

    try:
        device = ports.find(match)
        why_not = "" if device else ports.why_not_found(match)
    except _NOT_LISTED as error:
        raise PortError(f"The ports could not be listed ({error}): tried again in a moment.") from error
    if device is None:
        raise PortError(why_not or "The scanner was plugged in at this moment: tried again.")
    return device


def may_sleep(url: str, error: BaseException | None = None) -> bool:
    """Whether a line that broke, or did not open with `error`, may be a scanner on Bluetooth that went to sleep."""
    if not Path(url).name.startswith("rfcomm"):
        return False
    cause = error.__cause__ if error else None
    return error is None or (isinstance(cause, OSError) and cause.errno in _NO_ANSWER)


def pause_before_retry(failures: int, *, network: bool) -> float:
    """Seconds to wait after the attempt that followed `failures` others in a row.

    0.1 s doubling to 2 s, to 5 s for a network address, and 20 % to either side, so that twenty scanners on
    one hub do not all knock at the same moment.
    """
    longest = 5.0 if network else 2.0
    return min(longest, 0.1 * 2.0 ** min(failures, 10)) * random.uniform(0.8, 1.2)
