"""What a status and its headers mean: a document, a redirect, or one named refusal; pure."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from extractors import limits
from extractors.fetched import Reason

DOCUMENT = frozenset({200, 203, 204, 205})
REDIRECT = frozenset({301, 302, 303, 307, 308})
MAY_CHALLENGE = frozenset({202, 401, 403, 405, 429, 503})

_REASONS: Mapping[int, Reason] = {
    401: "forbidden",
    403: "forbidden",
    407: "forbidden",
    451: "forbidden",
    404: "not_found",
    410: "gone",
    408: "server_error",
    425: "server_error",
    429: "throttled",
    503: "throttled",
}

# Headers by which the big shields say themselves that this is a challenge.
_CHALLENGE_HEADERS = {
    "cf-mitigated": ("challenge",),
    "x-amzn-waf-action": ("challenge", "captcha"),
    "sg-captcha": ("challenge",),
}
# Titles of pages that check a browser. A 200 needs one of them, word for word: an article may contain the words.
_CHALLENGE_TITLES = frozenset(
    {
        "just a moment...",
        "just a moment",
        "attention required! | cloudflare",
        "checking your browser",
        "checking your browser before accessing",
        "one moment, please...",
        "access to this page has been denied",
        "pardon our interruption",
        "are you a robot?",
        "robot check",
        "ddos-guard",
        "federal register :: request access",
        "百度安全验证",
        "安全验证",
    },
)
_CHALLENGE_SIGNS = (
    b"_cf_chl_opt",
    b"cf-browser-verification",
    b"challenge-form",
    b"px-captcha",
    b"captcha-delivery.com",
    b"_incapsula_resource",
)
_TITLE = re.compile(rb"<title[^>]{0,200}>([^<]{0,200})</title", re.IGNORECASE)
_SECONDS = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?(e[0-9]{1,3})?", re.IGNORECASE)
_VALIDATOR = re.compile(r"[\x20-\x7e]+")


def is_challenge(status: int, headers: Mapping[str, str], head: bytes) -> bool:
    """Tell a page that checks for a browser from a document; `headers` in lower case, `head` the body's beginning."""
    if any(headers.get(name, "").strip().lower() in words for name, words in _CHALLENGE_HEADERS.items()):
        return True
    if status in DOCUMENT and not _looks_like_html(headers.get("content-type", ""), head):
        return False
    title = _TITLE.search(head[: limits.ERROR_BODY_BYTES])
    if title and " ".join(title[1].decode("utf-8", "replace").lower().split()) in _CHALLENGE_TITLES:
        return True
    return status in MAY_CHALLENGE and any(sign in head.lower() for sign in _CHALLENGE_SIGNS)


def _looks_like_html(content_type: str, head: bytes) -> bool:
    kind = content_type.partition(";")[0].strip().lower()
    if kind:
        return kind in {"text/html", "application/xhtml+xml"}
    return head.lstrip(b"\xef\xbb\xbf \t\r\n")[:5].lower() in {b"<html", b"<!doc"}


def refusal(status: int) -> Reason:
    """Name the refusal that a status stands for (statuses that are neither a document nor a redirect)."""
    return _REASONS.get(status) or ("server_error" if 500 <= status <= 599 else "http_error")


def read_retry_after(text: str, now: datetime) -> float | None:
    """Read a Retry-After header (seconds or an HTTP date) as seconds from now, clamped to 0..86400; None for garbage."""
    text = text.strip()
    if _SECONDS.fullmatch(text):
        seconds = float(text)
    else:
        try:
            at = parsedate_to_datetime(text)
            seconds = (at.replace(tzinfo=at.tzinfo or UTC) - now).total_seconds()
        except (ValueError, TypeError, IndexError, OverflowError):
            return None
    return None if math.isnan(seconds) else min(max(seconds, 0.0), limits.RETRY_AFTER_S)


def clean_validator(text: str) -> str:
    """Keep an ETag or Last-Modified that can be sent back as it came: printable ASCII of at most 512 characters, else ''."""
    return text if len(text) <= limits.VALIDATOR_CHARS and _VALIDATOR.fullmatch(text) else ""
