"""Turns what goes wrong into one line that names the mend, and into the exit code that README lists."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable
from functools import wraps
from typing import NoReturn, ParamSpec, TypeVar

import typer

from flows.summary import Exit

P = ParamSpec("P")
T = TypeVar("T")


def guarded(command: Callable[P, T]) -> Callable[P, T]:
    """Run a command; a fault becomes one line on stderr and an exit code, never a stack trace (TOPICWATCH_DEBUG=1 shows it)."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return command(*args, **kwargs)
        except (typer.Exit, typer.Abort, typer.BadParameter):
            raise
        except BrokenPipeError:
            # The reader of our output went away (`| head`): no fault, and nothing more can be said.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(Exit.OK) from None
        except Exception as error:
            if os.environ.get("TOPICWATCH_DEBUG"):
                traceback.print_exc()
            fail(error)

    return run


def fail(error: Exception) -> NoReturn:
    """Print the fault and leave with its code; one that nobody foresaw is named with its type and how to see more."""
    text, code = " ".join(str(error).split()), code_of(error)
    if not foreseen(error):
        text = f"unexpected {type(error).__name__}: {text} (set TOPICWATCH_DEBUG=1 to see where)"
    typer.echo(f"topicwatch: {text}", err=True)
    raise typer.Exit(code)


def code_of(error: Exception) -> Exit:
    """Name the exit code of a fault."""
    from alerts.journal import JournalBusy
    from flows.seeding import SeedError
    from flows.settings import SettingsError
    from flows.streams import StreamError
    from storage.errors import Locked

    if isinstance(error, Locked | JournalBusy):
        return Exit.LOCKED
    return Exit.USAGE if isinstance(error, SettingsError | SeedError | StreamError) else Exit.FAILURE


def foreseen(error: Exception) -> bool:
    """Tell whether the fault's own words say what is wrong and where."""
    from extractors.fetched import FetchError
    from flows.archived import ArchiveError
    from flows.stopping import Stopped
    from storage.errors import StoreError

    return code_of(error) != Exit.FAILURE or isinstance(error, ArchiveError | FetchError | Stopped | StoreError | OSError)


def refuse(text: str) -> NoReturn:
    """Say what is wrong with a command's arguments and leave with the usage code."""
    typer.echo(f"topicwatch: {text}", err=True)
    raise typer.Exit(Exit.USAGE)
