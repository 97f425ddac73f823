"""Many small web sites in one thread: one asyncio loop, one loopback port a site, HTTP/1.1 with keep-alive."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence
from http import HTTPStatus
from urllib.parse import unquote, urlsplit

from newsroom.model import Reply, Request

Site = Callable[[Request], Reply]
LOOPBACK = "127.0.0.1"


class Serving:
    """Serve each site on a port of its own; ports follow port_base when all are free, else the system picks them."""

    def __init__(self, sites: Sequence[Site], *, port_base: int = 0) -> None:
        self.ports: tuple[int, ...] = ()
        self._sites = tuple(sites)
        self._port_base = port_base
        self._loop = asyncio.new_event_loop()
        self._tasks: set[asyncio.Task[None]] = set()
        self._servers: list[asyncio.Server] = []
        self._thread = threading.Thread(target=self._loop.run_forever, name="newsroom", daemon=True)

    def start(self) -> None:
        """Open all ports and answer from now on."""
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._open(), self._loop).result()

    def stop(self) -> None:
        """Close every port and connection and end the thread."""
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _open(self) -> None:
        try:
            await self._listen(self._port_base)
        except OSError:
            await self._close()
            self._servers = []
            await self._listen(0)
        self.ports = tuple(server.sockets[0].getsockname()[1] for server in self._servers)

    async def _listen(self, base: int) -> None:
        for place, site in enumerate(self._sites):
            port = base + place if base else 0
            self._servers.append(await asyncio.start_server(self._handler(site), LOOPBACK, port))

    async def _close(self) -> None:
        for server in self._servers:
            server.close()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for server in self._servers:
            await server.wait_closed()

    def _handler(self, site: Site) -> Callable[[asyncio.StreamReader, asyncio.StreamWriter], None]:
        def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = self._loop.create_task(_converse(site, reader, writer))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

        return accept


async def _converse(site: Site, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while await _exchange(site, reader, writer):
            pass
    except (ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, ValueError):
        pass  # the client hung up or talked nonsense: its affair
    finally:
        writer.close()


async def _exchange(site: Site, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
    """Answer one request; True while the line stays open."""
    head = await reader.readuntil(b"\r\n\r\n")
    request = read_head(head)
    reply = site(request)
    if reply.how == "hang":
        await asyncio.Event().wait()
    if reply.how == "reset":
        writer.transport.abort()
        return False
    writer.write(render(reply, request.method))
    await writer.drain()
    return request.headers.get("connection", "").lower() != "close"


def read_head(head: bytes) -> Request:
    """Parse a request's head; raises ValueError when it is none."""
    first, *lines = head.decode("latin-1").split("\r\n")
    method, target, _ = first.split(" ", 2)
    parts = urlsplit(target)
    headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines if line)}
    return Request(method, unquote(parts.path), parts.query, headers)


def render(reply: Reply, method: str) -> bytes:
    """Write a reply as bytes; a HEAD gets the head alone."""
    lines = [f"HTTP/1.1 {reply.status} {HTTPStatus(reply.status).phrase}", *(f"{name}: {value}" for name, value in reply.headers)]
    if reply.status != HTTPStatus.NOT_MODIFIED:
        lines.append(f"Content-Length: {len(reply.body)}")
    head = ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")
    return head if method == "HEAD" or reply.status == HTTPStatus.NOT_MODIFIED else head + reply.body
