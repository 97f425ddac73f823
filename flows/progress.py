"""How long work says how far it is."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Told how far a stage is; draws bars, prints lines, or does nothing."""

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Say that `done` of `total` steps of the stage are behind us."""


def silent(stage: str, done: int, total: int) -> None:
    """Tell nobody."""
