"""The wire below the client: checked addresses, one connection pool per origin, and a name for every fault of the network."""

from __future__ import annotations

import asyncio
import logging
import socket
import ssl
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cached_property

import httpcore
import httpx

from extractors import limits
from extractors.addresses import check_host, check_port, choose_addresses
from extractors.fetched import ClientPolicy, Reason, Refused

Resolve = Callable[[str, int], Sequence[str]]  # (host, port) -> IP addresses as text; blocking, runs in a thread; OSError = none
Origin = tuple[str, str, int]
KEEP_ALIVE_S = 15.0

logging.getLogger("httpcore").setLevel(logging.INFO)  # its DEBUG lines show whole response headers, secrets in a Location included


@dataclass(frozen=True, slots=True)
class Target:
    """A URL that may be asked: normalised by httpx, without fragment, its host and port checked."""

    url: str
    scheme: str
    host: str  # lower case, no brackets, no trailing dot
    port: int
    private: bool  # one of ClientPolicy.allowed_private

    @property
    def origin(self) -> Origin:
        """Scheme, host, port."""
        return self.scheme, self.host, self.port

    def sibling(self, path: str) -> Target:
        """The target at another absolute path of the same origin."""
        return Target(str(httpx.URL(self.url).copy_with(raw_path=path.encode())), *self.origin, self.private)


def read_target(url: str, allowed_private: Collection[tuple[str, int]], base: str = "") -> Target:
    """Parse and check a URL, or a redirect's Location against its base; no packet is sent.

    Raises Refused with one of the reasons for addresses (fetched.Reason).
    """
    if not url or len(url) > limits.URL_CHARS:
        raise Refused("bad_url", f"{len(url)} characters, 1..{limits.URL_CHARS} allowed")
    try:
        parsed = httpx.URL(base).join(url) if base else httpx.URL(url)
        if "#" in str(parsed):
            parsed = parsed.copy_with(fragment=None)
        text = str(parsed.copy_with(raw_path=parsed.raw_path))  # an empty path becomes "/"
    except (httpx.InvalidURL, UnicodeError, ValueError) as error:
        # The parser's message quotes the URL, which may hold a password.
        raise Refused("bad_url", f"{type(error).__name__} while parsing") from None
    if parsed.scheme not in {"http", "https"}:
        raise Refused("bad_scheme", "neither http nor https")
    if parsed.userinfo:
        raise Refused("credentials_in_url")
    host = parsed.raw_host.decode("ascii").lower().removesuffix(".")
    port = parsed.port or {"http": 80, "https": 443}[parsed.scheme]
    private = (host, port) in allowed_private
    if not private:
        check_host(host)
        check_port(port)
    if len(text) > limits.URL_CHARS:
        raise Refused("bad_url", "too long once encoded")
    return Target(text, parsed.scheme, host, port, private)


def look_up(host: str, port: int) -> Sequence[str]:
    """Ask the system's resolver; blocking."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_ADDRCONFIG)
    return [str(entry[4][0]) for entry in found]


class PinnedBackend(httpcore.AsyncNetworkBackend):
    """Resolves a name once, refuses what may not be asked, and dials the very address that was checked.

    TLS happens above this and keeps the name, so certificates are verified by host name.
    """

    def __init__(
        self,
        policy: ClientPolicy,
        *,
        resolve: Resolve = look_up,
        dial: httpcore.AsyncNetworkBackend | None = None,
        proxy: tuple[str, int] | None = None,
    ) -> None:
        self._policy = policy
        self._resolve = resolve
        self._dial = dial or httpcore.AnyIOBackend()
        self._trusted = policy.allowed_private | ({proxy} if proxy else set())
        # Own threads: a look-up cannot be cancelled, and the loop's own pool would be waited for at the end.
        self._threads = ThreadPoolExecutor(limits.DNS_THREADS, thread_name_prefix="dns")

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to the first checked address that answers; raises Refused or httpcore's errors."""
        plain = host.lower().removesuffix(".")
        private = (plain, port) in self._trusted
        if not private:
            check_host(plain)
            check_port(port)
        addresses = choose_addresses(await self._find(plain, port), private=private)
        failure: Exception | None = None
        for address in addresses:
            try:
                return _Stream(await self._dial.connect_tcp(address, port, timeout, local_address, socket_options))
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure or httpcore.ConnectError("no address")

    async def _find(self, host: str, port: int) -> Sequence[str]:
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(self._policy.dns_s):
                return await loop.run_in_executor(self._threads, self._resolve, host, port)
        except TimeoutError:
            raise Refused("dns_failed", f"no answer in {self._policy.dns_s:g} s") from None
        except (OSError, UnicodeError) as error:
            raise Refused("dns_failed", type(error).__name__) from error

    async def sleep(self, seconds: float) -> None:
        """Sleep, as httpcore asks of a backend."""
        await asyncio.sleep(seconds)

    def close(self) -> None:
        """Let the look-up threads go without waiting for a resolver that hangs."""
        self._threads.shutdown(wait=False, cancel_futures=True)


class _Stream(httpcore.AsyncNetworkStream):
    """A dialled stream that is closed when its TLS handshake is cancelled; httpcore closes it after errors only."""

    def __init__(self, stream: httpcore.AsyncNetworkStream) -> None:
        self._stream = stream
        self.read = stream.read  # type: ignore[method-assign]
        self.write = stream.write  # type: ignore[method-assign]
        self.aclose = stream.aclose  # type: ignore[method-assign]
        self.get_extra_info = stream.get_extra_info  # type: ignore[method-assign]

    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.AsyncNetworkStream:
        try:
            return await self._stream.start_tls(ssl_context, server_hostname, timeout)
        except asyncio.CancelledError:
            await self._stream.aclose()
            raise


class PinnedTransport(httpx.AsyncBaseTransport):
    """An httpx transport over one httpcore pool: no redirects, no cookies, no decoding, no line in the log.

    httpx.AsyncClient is left out on purpose: it logs whole URLs (with their API keys), keeps cookies and prepares redirects.
    """

    def __init__(self, pool: httpcore.AsyncConnectionPool) -> None:
        self._pool = pool

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send the request and return the response with its body unread; httpcore's errors pass through."""
        url = httpcore.URL(scheme=request.url.raw_scheme, host=request.url.raw_host, port=request.url.port, target=request.url.raw_path)
        answer = await self._pool.handle_async_request(
            httpcore.Request(request.method, url, headers=request.headers.raw, extensions=request.extensions),
        )
        return httpx.Response(answer.status, headers=answer.headers, stream=_RawStream(answer))

    async def aclose(self) -> None:
        """Close all connections."""
        await self._pool.aclose()


class _RawStream(httpx.AsyncByteStream):
    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self._answer.aiter_stream():
            yield chunk

    async def aclose(self) -> None:
        await self._answer.aclose()


class Transports:
    """One transport per origin, which is several times faster than one for all; the least recently used idle ones are closed."""

    def __init__(self, policy: ClientPolicy, *, resolve: Resolve = look_up) -> None:
        self._policy = policy
        self._proxy = httpx.URL(policy.proxy) if policy.proxy else None
        proxy = (self._proxy.host, self._proxy.port or 80) if self._proxy else None
        self._backend = PinnedBackend(policy, resolve=resolve, proxy=proxy)
        self._open: OrderedDict[Origin, PinnedTransport] = OrderedDict()
        self._leases: dict[Origin, int] = {}

    @asynccontextmanager
    async def lease(self, origin: Origin) -> AsyncIterator[PinnedTransport]:
        """Lend the transport of an origin; it stays open at least as long as it is lent."""
        transport = self._open.get(origin) or PinnedTransport(self._new_pool(origin))
        self._open[origin] = transport
        self._open.move_to_end(origin)
        self._leases[origin] = self._leases.get(origin, 0) + 1
        try:
            await self._close_surplus()
            yield transport
        finally:
            self._leases[origin] -= 1

    async def _close_surplus(self) -> None:
        while len(self._open) > self._policy.hosts_open:
            idle = next((origin for origin in self._open if not self._leases.get(origin)), None)
            if idle is None:
                return
            self._leases.pop(idle, None)
            await self._open.pop(idle).aclose()

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        return _tls_context(self._policy.ca_file)

    def _new_pool(self, origin: Origin) -> httpcore.AsyncConnectionPool:
        size = self._policy.per_host
        tls = self._tls if origin[0] == "https" else None
        if self._proxy is not None:
            return httpcore.AsyncHTTPProxy(
                str(self._proxy.copy_with(userinfo=b"")),
                proxy_auth=(self._proxy.username, self._proxy.password) if self._proxy.userinfo else None,
                ssl_context=tls,
                max_connections=size,
                keepalive_expiry=KEEP_ALIVE_S,
                network_backend=self._backend,
            )
        return httpcore.AsyncConnectionPool(
            ssl_context=tls, max_connections=size, keepalive_expiry=KEEP_ALIVE_S, network_backend=self._backend
        )

    async def aclose(self) -> None:
        """Close every connection and let the look-up threads go."""
        while self._open:
            await self._open.popitem()[1].aclose()
        self._backend.close()


def _tls_context(ca_file: str) -> ssl.SSLContext:
    if ca_file:
        return ssl.create_default_context(cafile=ca_file)
    return httpx.create_ssl_context(trust_env=False)  # certifi's bundle


def name_fault(error: Exception) -> tuple[Reason, str]:
    """Name any exception that the network, TLS or HTTP layers raise: (reason, detail without remote text)."""
    first = next((part for part in error.args if isinstance(part, Exception)), None)  # httpcore wraps the error below as argument
    if isinstance(first, ssl.SSLCertVerificationError):
        return "tls_failed", first.verify_message
    if isinstance(error, ssl.SSLError) or isinstance(first, ssl.SSLError):
        return "tls_failed", "handshake"
    if isinstance(error, httpcore.ProtocolError):
        return _protocol_reason(error, first), type(error).__name__
    return next((reason for kind, reason in _FAULTS if isinstance(error, kind)), "unexpected"), type(error).__name__


def _protocol_reason(error: Exception, first: Exception | None) -> Reason:
    if getattr(first, "error_status_hint", 0) == 431:  # h11: the header block outgrew its buffer
        return "headers_too_big"
    if "peer closed connection" in str(error):
        return "truncated"
    return "connection_lost" if first is None else "bad_response"


_FAULTS: tuple[tuple[type[Exception], Reason], ...] = (
    (httpcore.TimeoutException, "timeout"),
    (httpcore.ConnectError, "connect_failed"),
    (httpcore.ProxyError, "connect_failed"),
    (httpcore.NetworkError, "connection_lost"),
    (httpcore.UnsupportedProtocol, "bad_scheme"),
    (httpx.InvalidURL, "bad_url"),
    (TimeoutError, "timeout"),
    (UnicodeError, "bad_response"),
    (OSError, "connection_lost"),
)
