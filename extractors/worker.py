"""The child side of the parse box: one loop that reads a job, runs it and answers; started by extractors.box, never imported by it.

A frame is 8 bytes of length (big-endian) and a pickle. A job is (module, function, arguments, seconds); an answer is (kind, value) with
kind in ok | unreadable | parse_memory | parse_error.
"""

from __future__ import annotations

import importlib
import os
import pickle
import resource
import signal
import sys
from typing import Any, BinaryIO

from extractors.failures import Unreadable

LENGTH = 8


def read_frame(stream: BinaryIO) -> bytes | None:
    """Return one frame, or None when the other side has gone."""
    head = stream.read(LENGTH)
    if len(head) < LENGTH:
        return None
    size = int.from_bytes(head, "big")
    body = stream.read(size)
    return body if len(body) == size else None


def write_frame(stream: BinaryIO, body: bytes) -> None:
    """Write one frame and flush it."""
    stream.write(framed(body))
    stream.flush()


def framed(body: bytes) -> bytes:
    """The bytes of one frame: its length, then the body."""
    return len(body).to_bytes(LENGTH, "big") + body


def answer(module: str, name: str, arguments: tuple[Any, ...]) -> tuple[str, Any]:
    """Run extractors.<module>.<name> and turn whatever happens into an answer."""
    try:
        return "ok", getattr(importlib.import_module(module), name)(*arguments)
    except Unreadable as refusal:
        return "unreadable", refusal.reason
    except MemoryError:
        return "parse_memory", ""
    except Exception as fault:  # a parser may raise anything at all on hostile input
        return "parse_error", type(fault).__name__


def confine(memory_bytes: int) -> None:
    """Bound this process: address space, no core file, no file writing, deaf to the terminal's Ctrl-C."""
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)


def main(memory_bytes: int) -> None:
    """Serve jobs from stdin until it closes; parsers that print write to nowhere."""
    confine(memory_bytes)
    jobs, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_RDWR)
    for fd in (0, 1, 2):
        os.dup2(nowhere, fd)
    while (frame := read_frame(jobs)) is not None:
        module, name, arguments, seconds = pickle.loads(frame)  # noqa: S301 - our own parent wrote it
        # The parent kills us on time; this alarm is for a parent that was itself killed meanwhile.
        signal.alarm(int(seconds) + 10)
        reply = answer(module, name, arguments)
        signal.alarm(0)
        write_frame(answers, pickle.dumps(reply, protocol=5))
        if reply[0] == "parse_memory":
            sys.exit(0)  # a fresh process is safer than a heap that has just been full
