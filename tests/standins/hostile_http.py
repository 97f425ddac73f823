"""A web server on loopback that misbehaves on demand: raw sockets, one behaviour per path, every request remembered."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import socket
import ssl
import struct
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace

from extractors.client import Client, ClientPolicy, Fetched, FetchError, Purpose, Validators

MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Seen:
    """One request as it arrived; header names in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]


class Wire:
    """The server's end of one connection."""

    def __init__(self, writer: asyncio.StreamWriter, request: Seen) -> None:
        self.writer = writer
        self.request = request

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def reset(self) -> None:
        """Close with RST instead of FIN."""
        self.writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()


Behaviour = Callable[[Wire], Awaitable[None]]


def head(status: int = 200, *headers: str, reason: str = "X") -> bytes:
    return "\r\n".join([f"HTTP/1.1 {status} {reason}", *headers, "", ""]).encode("utf-8")


def raw(data: bytes) -> Behaviour:
    """Send these bytes and close."""

    async def behave(wire: Wire) -> None:
        await wire.send(data)

    return behave


def reply(body: bytes | str = b"", status: int = 200, *headers: str, kind: str = "text/html") -> Behaviour:
    """An honest answer with Content-Length and Content-Type; extra headers as they are."""
    data = body.encode() if isinstance(body, str) else body
    return raw(head(status, f"Content-Type: {kind}", f"Content-Length: {len(data)}", *headers) + data)


def redirect(location: str | None, status: int = 302, *headers: str) -> Behaviour:
    lines = [] if location is None else [f"Location: {location}"]
    return raw(head(status, *lines, "Content-Length: 0", *headers))


def in_turn(*behaviours: Behaviour) -> Behaviour:
    """The first request gets the first behaviour, and so on; the last one stays."""
    left = list(behaviours)

    async def behave(wire: Wire) -> None:
        await (left.pop(0) if len(left) > 1 else left[0])(wire)

    return behave


def drip(start: bytes, drop: bytes, pause: float = 0.05) -> Behaviour:
    """Send `start`, then `drop` for ever, slowly: defeats every timeout that counts from the last byte."""

    async def behave(wire: Wire) -> None:
        await wire.send(start)
        while True:
            await wire.send(drop)
            await asyncio.sleep(pause)

    return behave


def flood(start: bytes, drop: bytes) -> Behaviour:
    """Send `start`, then `drop` for ever, as fast as it is taken."""

    async def behave(wire: Wire) -> None:
        await wire.send(start)
        while True:
            await wire.send(drop)

    return behave


def silence() -> Behaviour:
    """Accept the request and never answer."""

    async def behave(wire: Wire) -> None:
        await asyncio.sleep(3600)

    return behave


def reset(start: bytes = b"") -> Behaviour:
    """Send `start`, then a TCP reset."""

    async def behave(wire: Wire) -> None:
        if start:
            await wire.send(start)
            await asyncio.sleep(0.02)  # a reset overtakes data that was not read yet
        await wire.reset()

    return behave


def bomb(encoding: str, wbits: int, size: int = 1 << 30, *, layers: int = 1, kind: str = "text/html") -> Behaviour:
    """A body that inflates to `size` zeros, made while it is sent; with `layers` it is packed again so many times."""

    async def behave(wire: Wire) -> None:
        await wire.send(head(200, f"Content-Type: {kind}", f"Content-Encoding: {encoding}", "Connection: close"))
        packers = [zlib.compressobj(9, zlib.DEFLATED, wbits) for _ in range(layers)]
        for _ in range(size // MIB):
            await wire.send(_pack(packers, bytes(MIB)))
            await asyncio.sleep(0)  # so little comes out that sending never waits
        await wire.send(_finish(packers))

    return behave


def _pack(packers: list[zlib._Compress], data: bytes) -> bytes:
    for packer in packers:
        data = packer.compress(data)
    return data


def _finish(packers: list[zlib._Compress]) -> bytes:
    data = b""
    for packer in packers:
        data = packer.compress(data) + packer.flush()
    return data


def many_members(size: int = 1 << 30) -> Behaviour:
    """gzip members of 1 MiB of zeros each, one after the other."""
    member = gzip.compress(bytes(MIB), mtime=0)

    async def behave(wire: Wire) -> None:
        await wire.send(head(200, "Content-Type: text/html", "Content-Encoding: gzip", "Connection: close"))
        for _ in range(size // MIB):
            await wire.send(member)
            await asyncio.sleep(0)

    return behave


@dataclass
class HostileServer:
    """Serves `routes` (path without query -> behaviour) on a loopback port of its own; other paths are 404."""

    routes: Mapping[str, Behaviour]
    tls: ssl.SSLContext | None = None
    requests: list[Seen] = field(default_factory=list)
    connections: int = 0
    port: int = 0
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def url(self, path: str = "/", host: str = "127.0.0.1") -> str:
        return f"http{'s' if self.tls else ''}://{host}:{self.port}{path}"

    def paths(self) -> list[str]:
        """The paths asked so far, robots.txt left out."""
        return [seen.path for seen in self.requests if seen.path != "/robots.txt"]

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[HostileServer]:
        server = await asyncio.start_server(self._accept, "127.0.0.1", 0, ssl=self.tls)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()
            for task in tuple(self._tasks):
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        task = asyncio.create_task(self._serve(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while request := await _read_request(reader):
                self.requests.append(request)
                path = request.path.partition("?")[0]
                behave = self.routes.get(path) or reply(b"no such page", 404)
                await behave(Wire(writer, request))
                if "keep" not in request.headers.get("x-test", "") and not path.startswith("/keep"):
                    return
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the client hung up, as it should
        finally:
            writer.close()


async def _read_request(reader: asyncio.StreamReader) -> Seen | None:
    try:
        lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    except asyncio.IncompleteReadError:
        return None
    method, target, _ = lines[0].split(" ", 2)
    pairs = (line.partition(":") for line in lines[1:] if line)
    return Seen(method, target, {name.strip().lower(): value.strip() for name, _, value in pairs})


PATIENT = ClientPolicy(contact="https://operator.test/bot", total_s=5.0, retries=0)
Scenario = Callable[[HostileServer, Client], Awaitable[None]]


async def outcome(
    client: Client,
    url: str,
    purpose: Purpose = "page",
    *,
    validators: Validators | None = None,
    headers: Mapping[str, str] | None = None,
    total_s: float | None = None,
) -> Fetched | FetchError:
    """What a fetch ends in; any other exception than FetchError fails the test."""
    try:
        return await client.fetch(url, purpose=purpose, validators=validators or Validators(), headers=headers or {}, total_s=total_s)
    except FetchError as error:
        return error


def play(
    routes: Mapping[str, Behaviour],
    scenario: Scenario,
    *,
    policy: ClientPolicy = PATIENT,
    names: tuple[str, ...] = (),
    tls: ssl.SSLContext | None = None,
) -> None:
    """Run a scenario against a server with these routes; `names` lead to it too, and all but it is the public web."""

    async def run() -> None:
        async with HostileServer(routes, tls).running() as server:
            allowed = frozenset((host, server.port) for host in ("127.0.0.1", *names))
            asked = replace(policy, allowed_private=policy.allowed_private | allowed)
            async with Client(asked, resolve=lambda host, _port: ["127.0.0.1"] if host in {"127.0.0.1", *names} else []) as client:
                await scenario(server, client)

    asyncio.run(run())


def visit(
    routes: Mapping[str, Behaviour],
    path: str = "/",
    purpose: Purpose = "page",
    *,
    policy: ClientPolicy = PATIENT,
    validators: Validators | None = None,
    headers: Mapping[str, str] | None = None,
) -> tuple[Fetched | FetchError, HostileServer]:
    """Fetch one path of a server with these routes; returns what it ended in, and the server with its memory."""
    kept: list[tuple[Fetched | FetchError, HostileServer]] = []

    async def scenario(server: HostileServer, client: Client) -> None:
        kept.append((await outcome(client, server.url(path), purpose, validators=validators, headers=headers), server))

    play(routes, scenario, policy=policy)
    return kept[0]


def refused(routes: Mapping[str, Behaviour], path: str = "/", purpose: Purpose = "page", *, policy: ClientPolicy = PATIENT) -> FetchError:
    """Fetch one path that must be refused."""
    ended, _ = visit(routes, path, purpose, policy=policy)
    assert isinstance(ended, FetchError), f"answered with {ended.status}"
    return ended


def fetched(routes: Mapping[str, Behaviour], path: str = "/", purpose: Purpose = "page", *, policy: ClientPolicy = PATIENT) -> Fetched:
    """Fetch one path that must be answered."""
    ended, _ = visit(routes, path, purpose, policy=policy)
    assert isinstance(ended, Fetched), str(ended)
    return ended
