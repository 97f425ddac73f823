from __future__ import annotations

import os
import signal

import pytest

from flows.stopping import Stop, Stopped


def test_nobody_asked() -> None:
    Stop().check()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_asks_and_the_next_check_stops(number: signal.Signals) -> None:
    stop = Stop()
    before = signal.getsignal(number)
    with stop.on_signals():
        os.kill(os.getpid(), number)
        assert stop.requested
        assert signal.getsignal(number) == before  # a second one ends the process as usual
        with pytest.raises(Stopped):
            stop.check()
    assert signal.getsignal(number) == before
