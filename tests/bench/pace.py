"""How fast one way of reading is."""

from __future__ import annotations

import resource
from dataclasses import dataclass
from pathlib import Path

POOL = 2  # processes that extract, ours as the bound's and a peer's


@dataclass(frozen=True, slots=True)
class Pace:
    """Pages and seconds of one way of reading."""

    name: str
    pages: int  # that gave a text
    seconds: float
    processor: float  # seconds of all our processes, the server's not among them

    @property
    def rate(self) -> float:
        """Pages a second."""
        return self.pages / self.seconds


def processor() -> float:
    """Processor seconds of this process and of its children that have ended."""
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def resident() -> int:
    """MB of this process that lie in memory now."""
    fields = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text(encoding="utf-8").splitlines())
    return int(fields["VmRSS"].split()[0]) // 1024
