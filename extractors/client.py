"""The one web client: every page, feed, sitemap, API answer and robots.txt comes through `Client.fetch`, or is refused with a name."""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from types import MappingProxyType, TracebackType
from typing import Self, cast

import httpx

from extractors import limits
from extractors.addresses import shown_url
from extractors.answers import DOCUMENT, MAY_CHALLENGE, REDIRECT, clean_validator, is_challenge, read_retry_after, refusal
from extractors.bodies import choose_decoder, read_body
from extractors.fetched import REASONS, RETRYABLE, ClientPolicy, Fetched, FetchError, Purpose, Reason, Refused, Validators
from extractors.pacing import Budget, Pacing
from extractors.robots import RobotRules, read_rules, rules_after
from extractors.transport import Origin, Resolve, Target, Transports, look_up, name_fault, read_target

__all__ = ["REASONS", "RETRYABLE", "Client", "ClientPolicy", "FetchError", "Fetched", "Purpose", "Reason", "Resolve", "Validators"]

NO_HEADERS: Mapping[str, str] = MappingProxyType({})
NOTHING_KNOWN = Validators()
PARTIAL = 206
ACCEPT: Mapping[Purpose, str] = {
    "feed": "application/atom+xml, application/rss+xml, application/xml;q=0.9, text/xml;q=0.9, application/feed+json;q=0.9, */*;q=0.5",
    "page": "text/html, application/xhtml+xml, */*;q=0.5",
    "sitemap": "application/xml, text/xml, */*;q=0.5",
    "api": "application/json, */*;q=0.5",
    "robots": "text/plain, */*;q=0.5",
}
# A failed connection is tried again at once (after the spacing): nothing was answered, or it broke off.
TRY_AGAIN = frozenset({"connect_failed", "connection_lost", "truncated"})
_OURS = frozenset({"host", "user-agent", "accept-encoding", "connection", "cookie", "content-length", "transfer-encoding", "te", "upgrade"})
_HARMLESS = frozenset({"accept", "accept-language"})  # all others are dropped when a redirect leaves the origin
_HEADER_NAME = re.compile(r"[A-Za-z0-9-]+")
_HEADER_VALUE = re.compile(r"[\x20-\x7e]*")


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    headers: Mapping[str, str]
    location: str = ""
    body: bytes = b""
    packed: bytes = b""


@dataclass(frozen=True, slots=True)
class _Ask:
    """One fetch's unchanging part."""

    purpose: Purpose
    validators: Validators
    budget: Budget
    in_part: bool = False  # a Range was asked for, so 206 answers it


class Client:
    """Fetches web content within the limits, politely; an async context manager whose life is one run.

    `resolve` replaces the system's resolver: (host, port) -> IP addresses, blocking, called in a thread once per connection.
    `clock` gives the aware UTC time against which a Retry-After date is read.
    """

    def __init__(
        self, policy: ClientPolicy, *, resolve: Resolve | None = None, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self.policy = policy
        self.requests = 0  # HTTP requests sent so far, robots.txt and redirects included
        self._clock = clock
        self._transports = Transports(policy, resolve=resolve or look_up)
        self._pacing = Pacing(policy.per_host, policy.at_once)
        self._robots: dict[Origin, asyncio.Task[RobotRules]] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Stop what still runs and close every connection."""
        for task in self._robots.values():
            task.cancel()
        await asyncio.gather(*self._robots.values(), return_exceptions=True)
        await self._transports.aclose()

    async def fetch(
        self,
        url: str,
        *,
        purpose: Purpose,
        validators: Validators = NOTHING_KNOWN,
        headers: Mapping[str, str] = NO_HEADERS,
        total_s: float | None = None,
    ) -> Fetched:
        """Fetch a URL over at most 5 redirects within `total_s` seconds (the policy's when None), robots.txt obeyed unless "api".

        `headers` (an API key, a Range) go to the first origin only. Raises FetchError for whatever the web does, ValueError for a header
        that the caller may not set.
        """
        _check_headers(headers)
        known = replace(validators, etag=clean_validator(validators.etag), last_modified=clean_validator(validators.last_modified))
        in_part = any(name.lower() == "range" for name in headers)
        ask = _Ask(purpose, known, Budget(self.policy.total_s if total_s is None else total_s), in_part)
        return await self._follow(url, ask, dict(headers))

    async def _follow(self, url: str, ask: _Ask, headers: dict[str, str]) -> Fetched:
        try:
            target = read_target(url, self.policy.allowed_private)
        except Refused as refused:
            raise _error(refused, shown_url(url)) from None
        hops: list[tuple[int, str]] = []
        seen = {target.url}
        while True:
            answer = await self._one_hop(target, ask, headers)
            if answer.status not in REDIRECT:
                return _as_fetched(answer, target, tuple(hops), ask.validators)
            hops.append((answer.status, target.url))
            following = self._next_target(answer, target, seen, len(hops))
            if following.origin != target.origin:
                headers = {name: value for name, value in headers.items() if name.lower() in _HARMLESS}
            target = following
            seen.add(target.url)

    def _next_target(self, answer: _Answer, target: Target, seen: set[str], hops: int) -> Target:
        try:
            if not answer.location:
                raise Refused("bad_redirect", "no single Location")
            following = read_target(answer.location, self.policy.allowed_private, target.url)
            _check_step(target, following, seen, hops)
        except Refused as refused:
            raise _error(refused, shown_url(answer.location or target.url), status=answer.status) from None
        return following

    async def _one_hop(self, target: Target, ask: _Ask, headers: Mapping[str, str]) -> _Answer:
        tries = 0
        while True:
            try:
                delay = 0.0 if ask.purpose in {"robots", "api"} else await self._obey_robots(target, ask.budget)
                return await self._in_turn(target, ask, headers, delay)
            except FetchError as error:
                failure = error
            except Refused as refused:
                failure = _error(refused, shown_url(target.url))
            except Exception as error:  # hostile input must end as a value, whatever a library raises
                failure = _error(Refused(*name_fault(error)), shown_url(target.url))
                failure.__cause__ = error
            tries += 1
            if failure.reason not in TRY_AGAIN or tries > self.policy.retries:
                raise failure

    async def _obey_robots(self, target: Target, budget: Budget) -> float:
        """Return the crawl delay; raises Refused when the target may not be fetched."""
        if target.origin not in self._robots:
            self._robots[target.origin] = asyncio.create_task(self._read_robots(target))
        async with budget.spend():  # shielded: others wait for the same file
            rules = await asyncio.shield(self._robots[target.origin])
        rules.check(target.url, self.policy.product)
        return rules.delay(self.policy.product)

    async def _read_robots(self, target: Target) -> RobotRules:
        ask = _Ask("robots", NOTHING_KNOWN, Budget(self.policy.total_s))
        try:
            fetched = await self._follow(target.sibling("/robots.txt").url, ask, {})
        except FetchError as error:
            return rules_after(error)
        return read_rules(fetched.body, fetched.headers.get("content-type", ""), self.policy.product)

    async def _in_turn(self, target: Target, ask: _Ask, headers: Mapping[str, str], delay: float) -> _Answer:
        gap = self.policy.private_spacing_s if target.private else max(self.policy.spacing_s, delay)
        lane = f"{target.host}:{target.port}" if target.private else target.host
        async with self._pacing.turn(lane, gap):
            left = self._pacing.rests_for(lane)
            if left:
                raise FetchError("throttled", shown_url(target.url), left, detail="the host asked for a rest")
            try:
                async with ask.budget.spend():
                    return await self._exchange(target, ask, headers)
            except FetchError as error:
                if error.reason == "throttled" and not (target.private and not gap):
                    self._pacing.rest(lane, error.retry_after if error.retry_after is not None else limits.THROTTLED_S)
                raise

    async def _exchange(self, target: Target, ask: _Ask, headers: Mapping[str, str]) -> _Answer:
        async with self._transports.lease(target.origin) as transport:
            self.requests += 1
            response = await transport.handle_async_request(self._request(target, ask, headers))
            try:
                return await self._take(response, target, ask)
            finally:
                await response.aclose()

    def _request(self, target: Target, ask: _Ask, headers: Mapping[str, str]) -> httpx.Request:
        sent = {
            "User-Agent": self.policy.agent_header,
            "Accept": ACCEPT[ask.purpose],
            "Accept-Encoding": "gzip, deflate",
            "If-None-Match": ask.validators.etag,
            "If-Modified-Since": ask.validators.last_modified,
            **headers,
        }
        times = {"connect": self.policy.connect_s, "read": self.policy.read_s, "write": self.policy.read_s, "pool": None}
        return httpx.Request("GET", target.url, headers={k: v for k, v in sent.items() if v}, extensions={"timeout": times})

    async def _take(self, response: httpx.Response, target: Target, ask: _Ask) -> _Answer:
        """Read no more of a response than it deserves; raises FetchError for every answer that is no document."""
        status = response.status_code
        if len(response.headers.raw) > limits.RESPONSE_HEADERS:
            raise Refused("headers_too_big", f"more than {limits.RESPONSE_HEADERS} headers")
        answer = _Answer(status, MappingProxyType(dict(response.headers.items())), _one_location(response.headers))
        if status in REDIRECT:
            return answer
        if status == 304:
            if not (ask.validators.etag or ask.validators.last_modified):
                raise Refused("unexpected_304", "nothing conditional was asked")
            return answer
        answered = status in DOCUMENT or (status == PARTIAL and ask.in_part)
        head, packed = await _read(response, ask.purpose) if answered else (await _read_head(response), b"")
        if is_challenge(status, answer.headers, head):
            raise FetchError("blocked", shown_url(target.url), status=status, detail=f"HTTP {status}, a challenge page")
        if not answered:
            wait = read_retry_after(answer.headers.get("retry-after", ""), self._clock())
            raise FetchError(refusal(status), shown_url(target.url), wait, status=status, detail=f"HTTP {status}")
        return replace(answer, body=head, packed=packed)


def _check_step(target: Target, following: Target, seen: set[str], hops: int) -> None:
    if following.url in seen:
        raise Refused("redirect_loop")
    if hops > limits.HOPS:
        raise Refused("too_many_redirects", f"more than {limits.HOPS}")
    if target.scheme == "https" and following.scheme == "http":
        raise Refused("downgrade", "https to http")
    if following.private and not target.private:
        raise Refused("private_address", "a public page may not lead to a private service")


async def _read(response: httpx.Response, purpose: Purpose) -> tuple[bytes, bytes]:
    cap, cut = limits.BODY_BYTES[purpose], purpose == "robots"
    decoder = choose_decoder(response.headers.get("content-encoding", ""))
    length = response.headers.get("content-length", "")
    if not cut and length.isdigit() and int(length) > cap:
        raise Refused("too_big", f"Content-Length above {cap} bytes")
    async with aclosing(_raw(response)) as chunks:
        return await read_body(chunks, decoder, cap, cut=cut), decoder.packed


async def _read_head(response: httpx.Response) -> bytes:
    if response.status_code not in MAY_CHALLENGE:
        return b""
    try:
        decoder = choose_decoder(response.headers.get("content-encoding", ""))
        async with aclosing(_raw(response)) as chunks:
            return await read_body(chunks, decoder, limits.ERROR_BODY_BYTES, cut=True)
    except Exception:  # whatever is wrong with the body, the status stands
        return b""


def _raw(response: httpx.Response) -> AsyncGenerator[bytes, None]:
    return cast("AsyncGenerator[bytes, None]", response.aiter_raw())


def _as_fetched(answer: _Answer, target: Target, hops: tuple[tuple[int, str], ...], known: Validators) -> Fetched:
    body_hash = known.body_hash if answer.status == 304 else hashlib.blake2b(answer.body, digest_size=10).hexdigest()
    etag = clean_validator(answer.headers.get("etag", ""))
    modified = clean_validator(answer.headers.get("last-modified", ""))
    if answer.status == 304:
        etag, modified = etag or known.etag, modified or known.last_modified
    unchanged = answer.status == 304 or body_hash == known.body_hash
    return Fetched(target.url, answer.status, answer.headers, answer.body, hops, unchanged, etag, modified, body_hash, answer.packed)


def _one_location(headers: httpx.Headers) -> str:
    found = set(headers.get_list("location"))
    return found.pop().strip() if len(found) == 1 else ""


def _check_headers(headers: Mapping[str, str]) -> None:
    for name, value in headers.items():
        if not _HEADER_NAME.fullmatch(name) or name.lower() in _OURS:
            raise ValueError(f"header {name!r} may not be set by a caller")
        if not _HEADER_VALUE.fullmatch(value):
            raise ValueError(f"the value of header {name!r} holds characters that no header may carry")


def _error(refused: Refused, shown: str, *, status: int = 0) -> FetchError:
    return FetchError(refused.reason, shown, status=status, detail=refused.detail)
