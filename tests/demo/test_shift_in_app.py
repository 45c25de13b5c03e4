"""The shift in the app, on a real terminal: it is seen at work, a guest takes over, hands back, and leaves."""

import sys

import pytest
from demo_desk import SEED, bad_cable, command, rows
from terminal_kit import DOCKBELL, Terminal

F10 = b"\x1b[21~"
F12 = b"\x1b[24~"
ALTERNATE_SCREEN, NORMAL_SCREEN = b"\x1b[?1049h", b"\x1b[?1049l"
AT_WORK = "Demo script at work: type to take over"
YOURS = "The terminal is yours; F10: script on."


# The command line as ever, but all that there is to do in this shift is a look at the board.
SHORT_SHIFT = """
import sys
from tui import cli
from tui.demo.crew import Crew

def work(crew):
    crew._now = crew._next_answer()
    crew._job(crew._look_at_board)

Crew.work = work
sys.exit(cli.main(sys.argv[1:]))
"""


def leave(terminal):
    """Two F12 on the sign-on screen; the terminal is as it was before."""
    seen = terminal.type(F12 + F12)
    assert terminal.end() == 0
    assert terminal.out.count(ALTERNATE_SCREEN) == terminal.out.count(NORMAL_SCREEN) == 1
    assert terminal.out.find(NORMAL_SCREEN) >= seen
    assert b"Traceback" not in terminal.out


def sources(folder):
    """How the inputs came, in their order."""
    return [
        source for (source,) in rows(folder, "SELECT source FROM scan_log WHERE source <> 'COMMAND' ORDER BY scan_id")
    ]


@pytest.mark.parametrize("size", [(80, 24), (40, 20)], ids=["80x24", "40x20"])
def test_a_guest_takes_over_hands_back_and_leaves(tmp_path, size):
    start = [*DOCKBELL, "demo", "--folder", str(tmp_path), "--seed", str(SEED), "--speed", "10"]
    with Terminal(start, size) as terminal:
        seen = terminal.wait_for(AT_WORK)
        seen = terminal.wait_for("Good day, ANA.", since=seen)
        terminal.wait_for(">> Releases SO-", since=seen)

        # One letter is enough, long before ENTER.
        seen = terminal.wait_for(YOURS, since=terminal.type(b"1"))
        terminal.wait_for("ANA signed off.", since=terminal.type(F12))
        seen = terminal.wait_for("Good day, KIM.", since=terminal.type(b"1004\r"))

        seen = terminal.wait_for(AT_WORK, since=terminal.type(F10))
        seen = terminal.wait_for("KIM signed off.", since=seen)
        terminal.wait_for(">> Releases SO-", since=seen)

        seen = terminal.type(F12)
        seen = terminal.wait_for(YOURS, since=seen)
        terminal.wait_for("ANA signed off.", since=seen)
        leave(terminal)

    came = sources(tmp_path)
    first, last = came.index("KEY"), came.index("TYPED")
    assert came[first : last + 1] == ["KEY", "TYPED"], "the script scanned while a guest had the terminal"
    assert came[:first] == ["SERIAL"] * first
    assert came[last + 1 :] == ["SERIAL"] * (len(came) - last - 2) + ["KEY"]
    assert "all hold." in command(tmp_path, "verify")


def test_a_cut_line_leaves_the_app_to_its_guest(tmp_path):
    start = [*bad_cable(12, "before"), "--folder", str(tmp_path), "--seed", str(SEED), "--speed", "20"]
    with Terminal(start) as terminal:
        terminal.wait_for("gun lost")
        terminal.wait_for("ANA signed off.", since=terminal.type(F12))
        terminal.wait_for("Good day, KIM.", since=terminal.type(b"1004\r"))
        terminal.wait_for("KIM signed off.", since=terminal.type(F12))
        leave(terminal)
    assert sources(tmp_path) == ["SERIAL"] * 11 + ["KEY", "TYPED", "KEY"]


def test_the_end_of_the_shift_is_said_and_the_app_stays(tmp_path):
    start = [sys.executable, "-c", SHORT_SHIFT, "demo", "--folder", str(tmp_path), "--speed", "1000"]
    with Terminal(start) as terminal:
        seen = terminal.wait_for("IDA signed off.")
        terminal.wait_for("The shift is over; badges 1001 to 1004", since=seen)
        terminal.wait_for("Good day, KIM.", since=terminal.type(b"1004\r"))
        terminal.wait_for("KIM signed off.", since=terminal.type(F12))
        leave(terminal)
    assert sources(tmp_path) == ["SERIAL"] * 3 + ["TYPED", "KEY"]
