"""A polite end: SIGTERM and SIGINT ask, the composition stops at its next safe point, and no commit is torn."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class Stopped(Exception):  # noqa: N818 -- not an error: somebody asked
    """The run was asked to stop and has stopped between two commits; the next run goes on from there."""


class Stop:
    """A flag that long work looks at between its steps."""

    def __init__(self) -> None:
        self.requested = False

    def ask(self) -> None:
        """Ask the work to end at its next safe point."""
        self.requested = True

    def check(self) -> None:
        """Raise Stopped when somebody asked."""
        if self.requested:
            raise Stopped("asked to stop")

    @contextmanager
    def on_signals(self) -> Iterator[None]:
        """Let SIGTERM and SIGINT ask; a second one of them ends the process at once, as usual."""
        before = {s: signal.getsignal(s) for s in (signal.SIGTERM, signal.SIGINT)}

        def asked(number: int, frame: FrameType | None) -> None:
            signal.signal(number, before[signal.Signals(number)])
            self.ask()

        for number in before:
            signal.signal(number, asked)
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
