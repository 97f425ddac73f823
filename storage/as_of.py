"""The two ways to look back (SCHEMA.md, as of); every query of history takes its row filter from here and from nowhere else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Self


@dataclass(frozen=True, slots=True)
class View:
    """Either what was learnt up to a run, or what had happened before a night; exactly one is set."""

    run: int | None = None
    night: date | None = None

    def __post_init__(self) -> None:
        if (self.run is None) == (self.night is None):
            msg = f"a view is by run or by night, not {self.run!r} and {self.night!r}"
            raise ValueError(msg)

    @classmethod
    def by_run(cls, run_seq: int) -> Self:
        """Rows with run_seq <= R less what was retracted by R: a night decides on its base_run_seq, for ever the same."""
        return cls(run=run_seq)

    @classmethod
    def by_night(cls, night: date) -> Self:
        """Rows with night < D, whenever learnt: a backfill decides on it, one D at a time, oldest first."""
        return cls(night=night)

    def rows(self, alias: str) -> str:
        """The filter over a table that carries run_seq and night; a null night is before every night."""
        if self.run is not None:
            return f"{alias}.run_seq <= {self.run:d}"
        return f"({alias}.night IS NULL OR {alias}.night < DATE '{self._day}')"

    def learnt(self, alias: str) -> str:
        """The filter over a table without a night, whose rows are reached through one that has it."""
        return f"{alias}.run_seq <= {self.run:d}" if self.run is not None else "true"

    def seeds(self, alias: str) -> str:
        """The filter over seeds: those in force, of any rev that was not yet retired."""
        if self.run is not None:
            return f"{self.rows(alias)} AND ({alias}.retired_run_seq IS NULL OR {alias}.retired_run_seq > {self.run:d})"
        return f"{self.rows(alias)} AND {alias}.retired_run_seq IS NULL"

    def unarmed(self, alias: str) -> str:
        """The filter over sources and topics that are not armed yet."""
        armed = f"{alias}.armed_run_seq IS NULL"
        return armed if self.run is None else f"({armed} OR {alias}.armed_run_seq > {self.run:d})"

    def first(self, alias: str) -> str:
        """Of several rows of one id, the order that puts the one in force first: by run the first learnt, by night the earliest."""
        return f"{alias}.run_seq" if self.run is not None else f"{alias}.night NULLS FIRST, {alias}.run_seq"

    @property
    def _day(self) -> str:
        return self.night.isoformat() if self.night else ""
