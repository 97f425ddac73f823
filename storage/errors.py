"""What can go wrong with the store, each with a sentence that says what to do."""

from __future__ import annotations


class StoreError(Exception):
    """The store could not do what was asked; nothing of the transaction was kept, but for a side record that fails after the commit."""


class Locked(StoreError):  # noqa: N818 - read as a sentence: the store is locked
    """Another process holds the lock: "locked by PID n on host h since ..."."""


class SchemaError(StoreError):
    """The file was written by another version of the program than this one can read."""


class StoreDamaged(StoreError):  # noqa: N818 - read as a sentence: the store is damaged
    """The file is unreadable, or holds less than was once acknowledged; the message names the file and the mend."""


class BadRecord(StoreError):  # noqa: N818 - the record is bad, not the store
    """A value that must not be stored: a quote that its text does not hold, an entry that leads nowhere."""
