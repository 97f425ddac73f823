"""The web that the bench reads: one process of its own, some sites on loopback, every answer ready before it is asked for.

    python -m bench.loopback PORTS MANNER FOLDER COUNT

MANNER pages: COUNT pages of FOLDER (gzip files, repeated when there are fewer), spread over the sites, each with a feed of its own;
briefs: COUNT small pages, made when asked; feeds: COUNT feeds of which nine in ten answer 304 from the second time on.
The ports are printed; it serves until its standard input closes.
"""

from __future__ import annotations

import asyncio
import gzip
import itertools
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from training.labelled import ROOT

Manner = Literal["pages", "briefs", "feeds"]
FEED = "/feed.xml"
CHANGED = 10  # one feed in so many is never the same twice
SOCKS = b"\x05"
HTML, RSS = "text/html; charset=utf-8", "application/rss+xml"
_WORDS = "A panel of the city reviewed the plan for the harbour and asked for more time before it votes on the second part".split()


@dataclass(frozen=True, slots=True)
class Web:
    """A running web: its sites' ports and how many pages or feeds each has."""

    ports: tuple[int, ...]
    each: int

    def feeds(self) -> list[str]:
        """Every site's feed."""
        return [f"http://127.0.0.1:{port}{FEED}" for port in self.ports]

    def named_feeds(self) -> list[str]:
        """The same feeds under names, for who asks any of the ports as a SOCKS proxy: not every reader takes an address with a port."""
        return [f"http://outlet-{place}.example{FEED}" for place in range(len(self.ports))]

    @property
    def allowed(self) -> frozenset[tuple[str, int]]:
        """The pairs that a client must be let to."""
        return frozenset(("127.0.0.1", port) for port in self.ports)


@contextmanager
def served(manner: Manner, folder: Path, count: int, sites: int) -> Iterator[Web]:
    """Serve in a child until the block ends; count is spread evenly over the sites."""
    command = [sys.executable, "-m", "bench.loopback", str(sites), manner, str(folder), str(count)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT, env={"PYTHONPATH": ".:tests"}
    ) as child:  # fmt: skip
        assert child.stdin
        assert child.stdout
        ports = tuple(int(port) for port in child.stdout.readline().split())
        yield Web(ports, count // sites)
        child.stdin.close()


class Site(asyncio.Protocol):
    """One connection: GET after GET, each answered from what is ready."""

    def __init__(self, answers: Answers, place: int) -> None:
        self._answers, self._place, self._held = answers, place, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer every whole request."""
        self._held += data
        if self._held[:1] == SOCKS and (answer := agree(self._held)):
            assert isinstance(self._transport, asyncio.WriteTransport)
            self._transport.write(answer)
            self._held = b""
        while b"\r\n\r\n" in self._held:
            head, _, self._held = self._held.partition(b"\r\n\r\n")
            first, *lines = head.decode("latin-1").split("\r\n")
            headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
            assert isinstance(self._transport, asyncio.WriteTransport)
            asked, named = urlsplit(first.split(" ")[1]), re.match(r"outlet-(\d+)\.example", headers.get("host", ""))
            self._transport.writelines(self._answers.answer(int(named[1]) if named else self._place, asked.path, headers))
            if headers.get("connection", "").lower() == "close" or first.endswith("HTTP/1.0"):
                self._transport.close()


class Answers:
    """What each site of a web says."""

    def __init__(self, manner: Manner, folder: Path, count: int, sites: int) -> None:
        self.manner, self.each, self.sites = manner, count // sites, sites
        self._rounds = itertools.count()
        paths = sorted(folder.glob("*.html.gz")) if manner == "pages" else []
        self._packed = [path.read_bytes() for path in paths]
        self._plain = [gzip.decompress(page) for page in self._packed]

    def answer(self, place: int, path: str, headers: Mapping[str, str]) -> tuple[bytes, bytes]:
        """Give the head and the body."""
        night, _, name = path.removesuffix(".html").removesuffix(".xml").strip("/").rpartition("/")
        if path.endswith(FEED) or (self.manner == "feeds" and name.isdigit()):
            return self._feed(night, name, headers)
        if not name.isdigit():
            return _whole("404 Not Found", b"no such page", "text/plain")
        number = place * self.each + int(name)
        if self.manner == "briefs":
            return _whole("200 OK", brief(number + 1_000_000 * int(night or 0)), HTML)
        if "gzip" in headers.get("accept-encoding", ""):
            return _whole("200 OK", self._packed[number % len(self._packed)], HTML, "Content-Encoding: gzip\r\n")
        return _whole("200 OK", self._plain[number % len(self._plain)], HTML)

    def _feed(self, night: str, name: str, headers: Mapping[str, str]) -> tuple[bytes, bytes]:
        number = int(name) if name.isdigit() else 0
        version = next(self._rounds) if self.manner == "feeds" and number % CHANGED == 0 else 0
        tag = f'"{number}-{version}"'
        if headers.get("if-none-match") == tag:
            return f"HTTP/1.1 304 Not Modified\r\nETag: {tag}\r\n\r\n".encode(), b""
        base = f"http://{headers['host']}/{night}".rstrip("/")
        listed = range(version, version + 20) if self.manner == "feeds" else range(self.each)
        return _whole("200 OK", feed(base, name if self.manner == "feeds" else "", listed), RSS, f"ETag: {tag}\r\n")


def agree(asked: bytes) -> bytes:
    """Answer a SOCKS 5 greeting, and every wish to be connected as if it were fulfilled (RFC 1928)."""
    return b"\x05\x00" if len(asked) == 2 + asked[1] else b"\x05\x00\x00\x01" + bytes(6)


def feed(base: str, name: str, listed: range) -> bytes:
    """An RSS feed of so many items."""
    items = "".join(
        f"<item><title>Item {n} of the harbour {name}</title><link>{base}/{name}{n:06d}.html</link>"
        f"<pubDate>Mon, 23 Nov 2026 {n % 24:02d}:{n % 60:02d}:00 GMT</pubDate></item>"
        for n in listed
    )
    return (
        f'<?xml version="1.0"?><rss version="2.0"><channel><title>News {name}</title><link>{base}/</link>{items}</channel></rss>'.encode()
    )


def brief(number: int) -> bytes:
    """A small article page, no two alike."""
    told = [" ".join(_WORDS[(number * 7 + line * 5 + n) % len(_WORDS)] for n in range(18)) for line in range(4)]
    paragraphs = "".join(f"<p>{line.capitalize()} as report {number}, part {n}, says.</p>" for n, line in enumerate(told))
    return (
        f"<!doctype html><html lang='en'><head><title>Report {number}</title><meta property='og:type' content='article'></head>"
        f"<body><nav><a href='/'>Home</a></nav><article><h1>Report {number}</h1>{paragraphs}</article></body></html>"
    ).encode()


def _whole(status: str, body: bytes, kind: str, more: str = "") -> tuple[bytes, bytes]:
    return f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\n{more}Content-Length: {len(body)}\r\n\r\n".encode(), body


async def serve(answers: Answers) -> None:
    """Open the ports, print them, and serve until standard input closes."""
    loop = asyncio.get_running_loop()
    servers = [await loop.create_server(partial(Site, answers, place), "127.0.0.1", 0) for place in range(answers.sites)]
    print(*(server.sockets[0].getsockname()[1] for server in servers), flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    how: Manner = "pages" if sys.argv[2] == "pages" else "briefs" if sys.argv[2] == "briefs" else "feeds"
    asyncio.run(serve(Answers(how, Path(sys.argv[3]), int(sys.argv[4]), int(sys.argv[1]))))
