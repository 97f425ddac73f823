"""What the one web client is told and what it gives back: policy, validators, the answer, and the closed set of refusals."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from extractors import limits

Purpose = Literal["feed", "page", "robots", "sitemap", "api"]

Reason = Literal[
    # the address itself
    "bad_url",  # no URL, too long, control characters, impossible host or IDNA, a number in disguise
    "bad_scheme",  # neither http nor https
    "bad_port",  # neither 80 nor 443
    "credentials_in_url",  # user:password@host
    "private_address",  # the host is, or leads only to, an address that is not public
    # on the way
    "dns_failed",
    "connect_failed",
    "tls_failed",  # handshake, certificate, expired, wrong name
    "timeout",  # one read or connect took too long
    "deadline",  # the whole fetch took too long
    "connection_lost",  # reset or closed before the answer began, or while it was sent
    "truncated",  # the body ended early: short Content-Length, open chunk, unfinished gzip
    # redirects
    "bad_redirect",  # no, an empty or two different Locations
    "redirect_loop",
    "too_many_redirects",
    "downgrade",  # https to http
    # the answer
    "bad_response",  # not HTTP, contradicting lengths, broken chunk
    "headers_too_big",
    "bad_encoding",  # a content coding that was not asked for, stacked, or corrupt
    "too_big",
    "unexpected_304",  # not modified, but nothing conditional was asked
    "blocked",  # a challenge page for browsers
    "forbidden",  # 401, 403, 407, 451
    "not_found",  # 404
    "gone",  # 410
    "throttled",  # 429, 503, or the host still rests after one
    "server_error",  # other 5xx, 408, 425
    "http_error",  # any other status that is no document
    # robots.txt
    "robots",  # disallowed
    "robots_unreachable",  # answered by an error of the server or not at all: no fetch in this run
    "unexpected",  # a fault without a name yet; its cause is chained
]
REASONS: frozenset[str] = frozenset(get_args(Reason))

# Passing faults: the same request may succeed later. The others need a person or another URL.
RETRYABLE: frozenset[str] = frozenset(
    {
        "dns_failed",
        "connect_failed",
        "tls_failed",
        "timeout",
        "deadline",
        "connection_lost",
        "truncated",
        "bad_response",
        "bad_encoding",
        "throttled",
        "server_error",
        "robots_unreachable",
        "unexpected",
    },
)


class Refused(Exception):  # noqa: N818 - a verdict, not a fault of ours
    """A named refusal from the parts below the client, which adds the URL and raises FetchError."""

    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason: Reason = reason
        self.detail = detail


class FetchError(Exception):
    """Why a URL gave no document; `url` is fit for logs (no credentials, no keys) and so is the message."""

    def __init__(
        self,
        reason: Reason,
        url: str,
        retry_after: float | None = None,
        *,
        status: int = 0,
        detail: str = "",
    ) -> None:
        super().__init__(f"{reason}: {url}" + (f" ({detail})" if detail else ""))
        self.reason: Reason = reason
        self.url = url
        self.retry_after = retry_after  # seconds, 0..86400; None when the server named no time
        self.status = status  # HTTP status, 0 when there was none
        self.detail = detail

    @property
    def retryable(self) -> bool:
        """True when the same request may succeed later without anyone's doing."""
        return self.reason in RETRYABLE


@dataclass(frozen=True, slots=True)
class Validators:
    """What is remembered of the last answer, to ask for a newer one only."""

    etag: str = ""
    last_modified: str = ""
    body_hash: str = ""


@dataclass(frozen=True, slots=True)
class Fetched:
    """One answer: the decoded body and all that the next conditional request needs."""

    url: str  # where the body came from, after redirects; without fragment
    status: int
    headers: Mapping[str, str]  # names in lower case; repeated ones joined by ", "
    body: bytes  # decoded from gzip or deflate, never from its charset; empty after a 304
    hops: tuple[tuple[int, str], ...]  # (redirect status, URL that answered with it), in order
    not_modified: bool  # 304, or the body hash is the one that is remembered
    etag: str
    last_modified: str
    body_hash: str  # 20 hex digits of blake2b over the decoded body
    packed: bytes = b""  # the body as it was sent, if that was as gzip: an archive need not pack it again


@dataclass(frozen=True, slots=True)
class ClientPolicy:
    """How the client behaves; the defaults are right for the public web. Raises ValueError on an impossible setting."""

    user_agent: str = f"topicwatch/{importlib.metadata.version('topicwatch')}"
    contact: str = ""  # page or address where a webmaster reaches the operator
    allowed_private: frozenset[tuple[str, int]] = frozenset()  # exact (host, port) pairs that may be private, on any port
    total_s: float = limits.TOTAL_S  # one fetch with all its hops, waiting for our turn excepted
    dns_s: float = limits.DNS_S
    connect_s: float = limits.CONNECT_S
    read_s: float = limits.READ_S
    spacing_s: float = limits.SPACING_S  # between the starts of two requests to one host
    private_spacing_s: float = 0.0  # the same for allowed_private; 0 also frees them from resting after a 429
    per_host: int = limits.PER_HOST
    at_once: int = limits.REQUESTS_AT_ONCE
    hosts_open: int = limits.HOSTS_OPEN
    retries: int = 1  # of a request whose connection failed or broke off
    proxy: str = ""  # "http://host:port"; names are then resolved, and addresses judged, by that proxy
    ca_file: str = ""  # PEM bundle instead of certifi's

    def __post_init__(self) -> None:
        for name in ("user_agent", "contact"):
            text = getattr(self, name)
            if not (text.isascii() and text.isprintable()) or any(c in text for c in "()"):
                raise ValueError(f"{name} must be printable ASCII without brackets, not {text!r}")
        if not self.user_agent.strip():
            raise ValueError("user_agent must name the product: a site must be able to tell who asks")
        for name in ("total_s", "dns_s", "connect_s", "read_s", "per_host", "at_once", "hosts_open"):
            if not getattr(self, name) > 0:
                raise ValueError(f"{name} must be above 0, not {getattr(self, name)!r}")
        for name in ("spacing_s", "private_spacing_s", "retries"):
            if not getattr(self, name) >= 0:
                raise ValueError(f"{name} must not be below 0, not {getattr(self, name)!r}")

    @property
    def agent_header(self) -> str:
        """The honest User-Agent: "topicwatch/<version> (+contact)"."""
        return f"{self.user_agent} (+{self.contact})" if self.contact else self.user_agent

    @property
    def product(self) -> str:
        """The token that robots.txt files address, without version."""
        return self.user_agent.split("/")[0].strip()
