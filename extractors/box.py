"""The parse box: runs parsers in killable child processes, because only that bounds a quadratic parser (FAULTS.md, fact 5).

A child is a plain subprocess that runs extractors.worker, not a multiprocessing child: nothing of `__main__` is imported again, so it works
alike under a console script, pytest and a Prefect worker, and a child starts in the time of a bare interpreter.
"""

from __future__ import annotations

import asyncio
import io
import os
import pickle
import select
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import IO, Any, TypeVar

from extractors import limits
from extractors.failures import ParseFailed, Unreadable
from extractors.worker import LENGTH, framed

__all__ = ["ParseBox", "ParseFailed", "Unreadable"]

T = TypeVar("T")
ROOT = str(Path(__file__).resolve().parent.parent)
START = "import sys; sys.path.insert(0, sys.argv[1]); from extractors.worker import main; main(int(sys.argv[2]))"
# No secret of ours reaches a process that reads hostile input, and its hashes are the same every night.
ENVIRONMENT = {"LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "0", "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
PLAIN = {
    "builtins": {"complex", "set", "frozenset", "bytearray", "range", "slice"},
    "datetime": {"datetime", "date", "timedelta", "timezone"},
}


class _PlainUnpickler(pickle.Unpickler):
    """Loads an answer: plain values and our own dataclasses, nothing that could run code here."""

    def find_class(self, module: str, name: str) -> Any:
        if name in PLAIN.get(module, ()) or (module.startswith("extractors.") and name[:1].isupper()):
            return super().find_class(module, name)
        msg = f"{module}.{name} is not a plain value"
        raise pickle.UnpicklingError(msg)


class _Child:
    """One worker process and the two pipes to it."""

    def __init__(self, memory_bytes: int) -> None:
        command = [sys.executable, "-P", "-B", "-X", "utf8", "-c", START, ROOT, str(memory_bytes)]
        self.process = subprocess.Popen(  # noqa: S603 - our own interpreter and our own module
            command, bufsize=0, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=ENVIRONMENT
        )
        for pipe in (self.process.stdin, self.process.stdout):
            os.set_blocking(pipe.fileno(), False)  # type: ignore[union-attr]
        self.done = 0

    def ask(self, job: bytes, seconds: float) -> tuple[str, Any]:
        """Send one job and wait for its answer; the child is killed when the time is over."""
        self.done += 1
        try:
            reply = self._exchange(job, seconds)
        except TimeoutError:
            self.process.kill()
            return "parse_timeout", ""
        except (OSError, ValueError):
            reply = None
        if reply is None:
            return "parse_crash", ""
        try:
            kind, value = _PlainUnpickler(io.BytesIO(reply)).load()
        except Exception as fault:  # an answer that is no plain value is the parser's fault, whatever it raises
            return "parse_error", type(fault).__name__
        return kind, value

    def _exchange(self, job: bytes, seconds: float) -> bytes | None:
        """The answer's frame, or None when the child has gone; no step of it waits longer than what is left of the time."""
        over = time.monotonic() + seconds
        stdin, stdout = self.process.stdin, self.process.stdout
        assert stdin is not None and stdout is not None  # noqa: S101, PT018 - both are pipes
        unsent = memoryview(framed(job))
        while unsent:
            _await(stdin, select.POLLOUT, over)
            unsent = unsent[os.write(stdin.fileno(), unsent) :]
        head = _read(stdout, LENGTH, over)
        return _read(stdout, int.from_bytes(head, "big"), over) if head else None

    def end(self) -> None:
        """Kill, reap and close: no zombie, no open pipe."""
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except OSError:
                    continue  # unsent bytes of a killed child


def _read(pipe: IO[bytes], size: int, over: float) -> bytes | None:
    parts: list[bytes] = []
    while size:
        _await(pipe, select.POLLIN, over)
        part = os.read(pipe.fileno(), size)
        if not part:
            return None
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def _await(pipe: IO[bytes], what: int, over: float) -> None:
    """Wait until the pipe is ready, a poll rather than a timer thread a document; raises TimeoutError."""
    ready = select.poll()
    ready.register(pipe, what)
    if not ready.poll(max(0.0, 1000 * (over - time.monotonic()))):
        raise TimeoutError


class ParseBox:
    """A pool of parser processes; `run` from any thread, `arun` from a loop, several at once up to `workers`.

    `timeout_s` seconds per document, `memory_bytes` of address space per process, a process is replaced after `recycle` documents.
    """

    def __init__(
        self,
        workers: int = 2,
        timeout_s: float = limits.PARSE_S,
        memory_bytes: int = limits.PARSE_BYTES,
        recycle: int = limits.PARSE_DOCUMENTS,
    ) -> None:
        self.timeout_s, self.memory_bytes, self.recycle = timeout_s, memory_bytes, recycle
        self._places = threading.BoundedSemaphore(workers)
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="parse-box")
        self._lock = threading.Lock()
        self._idle: list[_Child] = []
        self._busy: set[_Child] = set()
        self._closed = False

    def run(self, func: Callable[..., T], *args: Any) -> T:
        """Run a module-level function of extractors on plain values; raises ParseFailed(reason), or Unreadable if it did."""
        job = pickle.dumps((func.__module__, func.__qualname__, args, self.timeout_s), protocol=5)
        with self._places:
            child = self._take()
            kind, value = "parse_crash", None
            try:
                kind, value = child.ask(job, self.timeout_s)
            finally:
                self._give_back(child, fit=kind in {"ok", "unreadable", "parse_error"})
        if kind == "ok":
            return value  # type: ignore[no-any-return]
        if kind == "unreadable":
            raise Unreadable(value)
        raise ParseFailed(kind)

    async def arun(self, func: Callable[..., T], *args: Any) -> T:
        """Run as `run` does, without blocking the event loop."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, lambda: self.run(func, *args))

    def _take(self) -> _Child:
        with self._lock:
            if self._closed:
                raise ParseFailed("parse_crash")
            child = self._idle.pop() if self._idle else _Child(self.memory_bytes)
            self._busy.add(child)
            return child

    def _give_back(self, child: _Child, *, fit: bool) -> None:
        with self._lock:
            self._busy.discard(child)
            keep = fit and not self._closed and child.done < self.recycle
            if keep:
                self._idle.append(child)
        if not keep:
            child.end()

    def close(self) -> None:
        """End every process, also one that is parsing; calling it twice is fine."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
            for child in self._busy:
                child.process.kill()
        for child in idle:
            child.end()
        self._threads.shutdown(wait=True)

    def __enter__(self) -> ParseBox:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None) -> None:
        self.close()
