"""The progress line: on a terminal, once a second has passed, and gone at the end."""

from __future__ import annotations

import io

import pytest

from tui.commands import progress
from tui.commands.progress import Progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def clock(monkeypatch):
    """A clock that the test sets."""
    now = [100.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])
    return now


def test_it_says_what_and_how_far_after_a_second(clock):
    out = Terminal()
    with Progress("import", out) as told:
        clock[0] += 0.9
        told.step("reading", 100, 5000)
        assert out.getvalue() == ""
        clock[0] += 0.2
        told.step("reading", 2000, 5000)
        assert out.getvalue() == "\r\x1b[Kimport: reading 2,000 of 5,000"
        clock[0] += 0.05
        told.step("reading", 2500, 5000)
        assert "2,500" not in out.getvalue(), "ten times a second is enough"
        clock[0] += 0.1
        told.step("checking", 0, 0)
    assert out.getvalue().endswith("import: checking\r\x1b[K")


def test_it_is_silent_where_nobody_looks(clock):
    out = io.StringIO()
    with Progress("import", out) as told:
        clock[0] += 5
        told.step("reading", 1, 2)
    assert out.getvalue() == ""


def test_it_is_silent_when_it_is_done_in_time(clock):
    out = Terminal()
    with Progress("import", out) as told:
        told.step("reading", 1, 2)
    assert out.getvalue() == ""
