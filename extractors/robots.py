"""robots.txt: what an answer to it means for us, read with protego; pure."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from protego import Protego

from extractors import limits
from extractors.fetched import FetchError, Reason, Refused

# No HTTP was spoken: this says something about the host, not about its robots.txt, so the reason is kept.
_ABOUT_THE_HOST: frozenset[Reason] = frozenset({"dns_failed", "connect_failed", "tls_failed", "private_address"})
# The file is not there (RFC 9309, 2.3.1.2 and 2.3.1.3): everything is allowed.
_NO_FILE: frozenset[Reason] = frozenset(
    {"not_found", "gone", "forbidden", "blocked", "http_error", "bad_redirect", "redirect_loop", "too_many_redirects"},
)

_AGENT_LINE = re.compile(r"\s*user[- ]?agent(?:\s*:|\s)\s*([^#]*)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class RobotRules:
    """What one origin lets us do in this run."""

    parsed: Protego | None = None  # None: no rules
    failure: FetchError | None = None  # why nothing may be fetched

    def check(self, url: str, product: str) -> None:
        """Raise Refused when the URL may not be fetched by this product: "robots", or why robots.txt could not be read."""
        if self.failure is not None:
            if self.failure.reason in _ABOUT_THE_HOST:
                raise Refused(self.failure.reason, self.failure.detail)
            raise Refused("robots_unreachable", self.failure.reason)
        if self.parsed is not None and not self.parsed.can_fetch(url, product):
            raise Refused("robots", "disallowed by robots.txt")

    def delay(self, product: str) -> float:
        """Seconds that the site wants between two requests, 0..60; a value that is no number counts as none."""
        asked = self.parsed.crawl_delay(product) if self.parsed is not None else None
        if asked is None or math.isnan(asked):
            return 0.0
        return min(max(asked, 0.0), limits.CRAWL_DELAY_S)


def read_rules(body: bytes, content_type: str, product: str) -> RobotRules:
    """Read a robots.txt body (the first 512 KiB); an HTML page in its place holds no rules."""
    if "html" in content_type.lower() or body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return RobotRules()
    text = body[: limits.ROBOTS_BYTES].decode("utf-8-sig", "replace").replace("\x00", "")
    return RobotRules(Protego.parse(_our_groups(text, product.lower())))


def _our_groups(text: str, product: str) -> str:
    # A file of 20,000 agents before 20,000 rules makes every agent hold every rule (10 GB): all foreign agents become one.
    lines: list[str] = []
    for line in text.splitlines():
        match = _AGENT_LINE.match(line)
        name = match[1].strip().lower() if match else ""
        # A part of our name may mean us: which one does is protego's to say.
        foreign = match and name not in product and name.replace("*", "") not in product
        kept = "User-agent: another" if foreign else line
        if not (match and lines and lines[-1] == kept):
            lines.append(kept)
    return "\n".join(lines)


def rules_after(error: FetchError) -> RobotRules:
    """What a failed request for robots.txt means: no file, so no rules, or no fetch in this run."""
    return RobotRules() if error.reason in _NO_FILE else RobotRules(failure=error)
