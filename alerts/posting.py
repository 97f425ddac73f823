"""Posts a body over HTTP for the channels: the address is checked before any packet and dialled as checked, no redirect is followed.

The URL may be a secret: it stands in no error, no log line and no repr. httpx.Client is not used, and neither is slack_sdk: they log
URLs or follow redirects with a GET, read proxies from the environment, and dial whatever the name leads to.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import httpx

from alerts.send import SendFailed
from extractors.addresses import choose_addresses
from extractors.fetched import Refused
from extractors.transport import Target, look_up, read_target

Resolve = Callable[[str, int], Sequence[str]]
ANSWER_LIMIT = 4096  # bytes of an answer that are read unless more are asked for
LONGEST_WAIT = 86_400.0
GONE = frozenset({400, 401, 403, 404, 405, 410})
UNSURE = frozenset({500, 502, 504})  # a gateway or the server failed after it had the message


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server said: status, Retry-After as it came, the beginning of the body."""

    status: int
    retry_after: str
    body: bytes


class Poster:
    """Posts for one channel, whose name begins every reason."""

    def __init__(
        self,
        name: str,
        timeout_s: float,
        allowed_private: frozenset[tuple[str, int]],
        *,
        resolve: Resolve = look_up,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._name, self._timeout, self._allowed = name, timeout_s, allowed_private
        self._resolve, self._clock = resolve, clock

    def post(self, url: str, body: bytes, headers: Mapping[str, str], *, limit: int = ANSWER_LIMIT) -> Answer:
        """Post once and give the answer, whatever its status; raises SendFailed when the URL is refused or no answer comes."""
        target, address = self._reach(url)
        seconds, parsed = self._timeout, httpx.URL(target.url)
        request = httpx.Request(
            "POST",
            parsed.copy_with(host=address),
            headers={"Host": parsed.netloc.decode("ascii"), "User-Agent": "topicwatch", **headers},
            content=body,
            extensions={
                "timeout": {"connect": seconds, "read": seconds, "write": seconds, "pool": seconds},
                "sni_hostname": target.host,
            },
        )
        try:
            with httpx.HTTPTransport(trust_env=False) as transport:
                response = transport.handle_request(request)
                try:
                    return Answer(response.status_code, response.headers.get("retry-after", ""), self._beginning(response, limit))
                finally:
                    response.close()
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.UnsupportedProtocol) as error:
            raise SendFailed(f"{self._name}: no connection ({type(error).__name__})") from None
        except (httpx.HTTPError, httpx.StreamError) as error:
            raise SendFailed(f"{self._name}: no answer ({type(error).__name__})", unsure=True) from None

    def _reach(self, url: str) -> tuple[Target, str]:
        """Check the URL and every address of its host, before any packet; give the address to dial."""
        try:
            target = read_target(url, self._allowed)
            if target.scheme != "https" and not target.private:
                raise SendFailed(f"{self._name}: the URL is not https", permanent=True)
            return target, choose_addresses(self._resolve(target.host, target.port), private=target.private)[0]
        except Refused as error:
            raise SendFailed(f"{self._name}: URL refused ({error.reason})", permanent=error.reason != "dns_failed") from None
        except (OSError, UnicodeError):
            raise SendFailed(f"{self._name}: URL refused (dns_failed)") from None

    def _beginning(self, response: httpx.Response, limit: int) -> bytes:
        end = self._clock() + self._timeout
        found = b""
        for chunk in response.iter_raw():
            found += chunk
            if len(found) > limit:
                break
            if self._clock() > end:  # httpx counts its timeout anew for every read
                raise SendFailed(f"{self._name}: the answer dripped past the time limit", unsure=True)
        return found[:limit]


def refuse(name: str, answer: Answer, said: str = "") -> None:
    """Raise SendFailed for a status that is no success, named by the status and one plain word of the answer."""
    # Only a plain word is repeated: an answer could echo the URL.
    word = f" {said}" if said.replace("_", "").isalpha() and said.isascii() and len(said) <= 60 else ""
    status = answer.status
    if status == 429:
        raise SendFailed(f"{name} 429", retry_after=seconds(answer.retry_after))
    if status == 503:
        raise SendFailed(f"{name} 503{word}", retry_after=seconds(answer.retry_after) if answer.retry_after else None)
    raise SendFailed(f"{name} {status}{word}", permanent=status in GONE, unsure=status in UNSURE)


def seconds(retry_after: str) -> float:
    """Read Retry-After in seconds, from 1 to a day; 60 when it is no number."""
    try:
        value = float(retry_after)
    except ValueError:
        return 60.0
    return min(max(value, 1.0), LONGEST_WAIT) if value == value else 60.0


class Pace:
    """Keeps messages to one room apart by at least so many seconds."""

    def __init__(self, gap_s: float, sleep: Callable[[float], None], clock: Callable[[], float]) -> None:
        self._gap, self._sleep, self._clock = gap_s, sleep, clock
        self._last: dict[str, float] = {}

    def wait(self, room: str) -> None:
        """Wait until the room's turn, and take it."""
        pause = self._last.get(room, float("-inf")) + self._gap - self._clock()
        if pause > 0:
            self._sleep(pause)
        self._last[room] = self._clock()
