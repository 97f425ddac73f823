"""Posts to Slack's incoming webhooks. The URL is the secret: it stands in no error, no log line and no repr.

A webhook answers 200 with the body `ok`, and offers no id and no way to look a message up: a lost answer can only be followed by a
marked repeat (FAULTS.md, alerts: what can be promised).
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence

import httpx

from alerts.blocks import message
from alerts.model import Alert, Delivery, Recipient
from alerts.send import Attempt, SendFailed, Sent, SlackSettings
from extractors.addresses import choose_addresses
from extractors.fetched import Refused
from extractors.transport import Target, look_up, read_target

ANSWER_LIMIT = 4096  # bytes of an answer that are read; the real ones are one word
LONGEST_WAIT = 86_400.0
GONE = frozenset({400, 401, 403, 404, 405, 410})
UNSURE = frozenset({500, 502, 504})  # a gateway or the server failed after it had the message


class SlackSender:
    """Sender for webhooks: one POST, no redirect followed, no proxy, at most one message a second to each webhook."""

    def __init__(
        self,
        settings: SlackSettings | None = None,
        *,
        resolve: Callable[[str, int], Sequence[str]] = look_up,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._settings = settings or SlackSettings()
        self._resolve, self._sleep, self._clock = resolve, sleep, clock
        self._last: dict[str, float] = {}

    def send(self, alert: Alert, recipient: Recipient, delivery: Delivery, attempt: Attempt) -> Sent:
        """Post one message; raises SendFailed."""
        body = json.dumps(message(alert, attempt), ensure_ascii=False).encode("utf-8", "replace")
        target, address = self._reach(recipient.address)
        self._pace(recipient.address)
        status, retry_after, answer = self._post(target, address, body)
        judge(status, retry_after, answer)
        return Sent("")

    def _reach(self, webhook: str) -> tuple[Target, str]:
        """Check the webhook and every address of its host, before any packet; give the address to dial."""
        try:
            target = read_target(webhook, self._settings.allowed_private)
            if target.scheme != "https" and not target.private:
                raise SendFailed("slack: the webhook is not https", permanent=True)
            return target, choose_addresses(self._resolve(target.host, target.port), private=target.private)[0]
        except Refused as error:
            raise SendFailed(f"slack: webhook refused ({error.reason})", permanent=error.reason != "dns_failed") from None
        except (OSError, UnicodeError):
            raise SendFailed("slack: webhook refused (dns_failed)") from None

    def _pace(self, webhook: str) -> None:
        earliest = self._last.get(webhook, float("-inf")) + self._settings.pace_s
        wait = earliest - self._clock()
        if wait > 0:
            self._sleep(wait)
        self._last[webhook] = self._clock()

    def _post(self, target: Target, address: str, body: bytes) -> tuple[int, str, bytes]:
        """Post to the checked address and give status, Retry-After and the answer's beginning.

        The transport is used without httpx.Client, which would log the URL, read proxies from the environment and keep cookies.
        """
        limit, url = self._settings.timeout_s, httpx.URL(target.url)
        request = httpx.Request(
            "POST",
            url.copy_with(host=address),
            headers={"Host": url.netloc.decode("ascii"), "Content-Type": "application/json; charset=utf-8", "User-Agent": "topicwatch"},
            content=body,
            extensions={"timeout": {"connect": limit, "read": limit, "write": limit, "pool": limit}, "sni_hostname": target.host},
        )
        try:
            with httpx.HTTPTransport(trust_env=False) as transport:
                response = transport.handle_request(request)
                try:
                    return response.status_code, response.headers.get("retry-after", ""), self._beginning(response)
                finally:
                    response.close()
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.UnsupportedProtocol) as error:
            raise SendFailed(f"slack: no connection ({type(error).__name__})") from None
        except (httpx.HTTPError, httpx.StreamError) as error:
            raise SendFailed(f"slack: no answer ({type(error).__name__})", unsure=True) from None

    def _beginning(self, response: httpx.Response) -> bytes:
        end = self._clock() + self._settings.timeout_s
        found = b""
        for chunk in response.iter_raw():
            found += chunk
            if len(found) > ANSWER_LIMIT:
                break
            if self._clock() > end:  # httpx counts its timeout anew for every read
                raise SendFailed("slack: the answer dripped past the time limit", unsure=True)
        return found[:ANSWER_LIMIT]


def judge(status: int, retry_after: str, answer: bytes) -> None:
    """Accept 200 with the body `ok`; raise SendFailed for everything else, named by status and Slack's one word."""
    word = answer.strip().decode("ascii", "replace")
    if status == 200 and word == "ok":
        return
    # Only a plain word is repeated: an answer could echo the URL.
    said = f" {word}" if word.replace("_", "").isalpha() and len(word) <= 60 else ""
    if status == 429:
        raise SendFailed("slack 429", retry_after=seconds(retry_after))
    if status == 503:
        raise SendFailed(f"slack 503{said}", retry_after=seconds(retry_after) if retry_after else None)
    raise SendFailed(f"slack {status}{said}", permanent=status in GONE, unsure=status in UNSURE)


def seconds(retry_after: str) -> float:
    """Read Retry-After in seconds, from 1 to a day; 60 when it is no number."""
    try:
        value = float(retry_after)
    except ValueError:
        return 60.0
    return min(max(value, 1.0), LONGEST_WAIT) if value == value else 60.0
