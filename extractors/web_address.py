"""Reads a web address the way browsers do (WHATWG URL, http and https only), without any normalising of our own."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass, replace

import idna

from extractors import limits

MAX_URL = limits.URL_CHARS
PORTS = {"http": "80", "https": "443"}
_EDGE = "".join(map(chr, range(0x21)))
_SCHEME = re.compile(r"([a-zA-Z][a-zA-Z0-9+.\-]*):(.*)", re.DOTALL)
_BAD_HOST = re.compile(r"[\x00-\x20\x7f#/:<>?@\[\\\]^|%]")
_IPV6 = re.compile(r"[0-9a-fA-F:.]+")


class BadUrl(ValueError):  # noqa: N818 - a verdict on an address
    """An address that we do not fetch or store; `reason`: scheme | userinfo | host | port | relative | too_long | empty."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class WebAddress:
    """The parts of an absolute http(s) address; path begins with '/', query lacks its '?', port is '' when it is the default."""

    scheme: str
    host: str
    port: str
    path: str
    query: str | None = None

    def __str__(self) -> str:
        port = f":{self.port}" if self.port else ""
        query = "" if self.query is None else f"?{self.query}"
        return f"{self.scheme}://{self.host}{port}{self.path}{query}"


def read_address(url: str, base: str = "") -> WebAddress:
    """Parse `url`, relative to `base` where it is relative; raises BadUrl. Fragments are dropped, dot segments resolved."""
    text = _cleaned(url)
    found = _SCHEME.fullmatch(text)
    if found and found[1].lower() not in PORTS:
        raise BadUrl("scheme")
    parent = read_address(base) if base else None
    if found is None:
        return _relative(text, parent)
    scheme, rest = found[1].lower(), found[2].replace("\\", "/") if "?" not in found[2] and "#" not in found[2] else _slashes(found[2])
    if parent is not None and scheme == parent.scheme and not rest.startswith("//") and rest[:1] != "/":
        return _relative(rest, parent)
    if parent is not None and scheme == parent.scheme and rest.startswith("/") and not rest.startswith("//"):
        return _relative(rest, parent)
    return _absolute(scheme, rest.lstrip("/"))


def _cleaned(url: str) -> str:
    text = re.sub(r"[\t\n\r]", "", url.strip(_EDGE))
    if not text:
        raise BadUrl("empty")
    if len(text) > MAX_URL:
        raise BadUrl("too_long")
    return text.partition("#")[0] if text[0] != "#" else "#"


def _slashes(rest: str) -> str:
    """Turn backslashes before the query into slashes, as browsers do."""
    head, mark, tail = rest.partition("?")
    return head.replace("\\", "/") + mark + tail


def _relative(text: str, parent: WebAddress | None) -> WebAddress:
    if parent is None:
        raise BadUrl("relative")
    text = "" if text == "#" else _slashes(text)
    if text.startswith("//"):
        return _absolute(parent.scheme, text.lstrip("/"))
    path, mark, query = text.partition("?")
    if not path:
        return replace(parent, query=query if mark else parent.query)
    folder = "" if path.startswith("/") else parent.path[: parent.path.rfind("/") + 1]
    return replace(parent, path=resolve_dots(folder + path), query=query if mark else None)


def _absolute(scheme: str, rest: str) -> WebAddress:
    authority, path, query = _split(rest)
    if "@" in authority:
        raise BadUrl("userinfo")
    host, port = _host_and_port(authority)
    return WebAddress(scheme, read_host(host), _port(port, scheme), resolve_dots(path or "/"), query)


def _split(rest: str) -> tuple[str, str, str | None]:
    head, mark, query = rest.partition("?")
    authority, slash, path = head.partition("/")
    return authority, slash + path, query if mark else None


def _host_and_port(authority: str) -> tuple[str, str]:
    if authority.startswith("["):
        host, bracket, port = authority.partition("]")
        if not bracket or (port and not port.startswith(":")):
            raise BadUrl("host")
        return host + bracket, port[1:]
    host, _, port = authority.partition(":")
    return host, port


def _port(text: str, scheme: str) -> str:
    if not text:
        return ""
    if not (text.isascii() and text.isdigit()) or int(text[:9]) > 65535 or len(text.lstrip("0")) > 5:
        raise BadUrl("port")
    port = str(int(text))
    return "" if port == PORTS[scheme] else port


def read_host(text: str) -> str:
    """Normalise a host: lower case, IDNA (UTS 46), IPv4 in any of its spellings to four numbers, IPv6 compressed; raises BadUrl('host')."""
    if text.startswith("["):
        return _ipv6(text[1:-1])
    host = _percent_decoded(text)
    if not host.isascii() or "xn--" in host.lower():
        host = _idna(host)
    host = host.lower()
    if not host or len(host) > 255 or _BAD_HOST.search(host):
        raise BadUrl("host")
    last = host.removesuffix(".").rpartition(".")[2]
    return _ipv4(host.removesuffix(".")) if _is_number(last) else host


def _ipv6(text: str) -> str:
    if not _IPV6.fullmatch(text):
        raise BadUrl("host")
    try:
        return f"[{ipaddress.IPv6Address(text).compressed}]"
    except ValueError as fault:
        raise BadUrl("host") from fault


def _percent_decoded(text: str) -> str:
    if "%" not in text:
        return text
    raw = re.sub(rb"%([0-9a-fA-F]{2})", lambda m: bytes([int(m[1], 16)]), text.encode("utf-8", "surrogatepass"))
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as fault:
        raise BadUrl("host") from fault


def _idna(host: str) -> str:
    host = re.sub("[\u3002\uff0e\uff61]", ".", host).replace("\xad", "").replace("\u200b", "")
    try:
        labels = idna.uts46_remap(host, std3_rules=False).split(".")
        return ".".join(label if label.isascii() and not label.startswith("xn--") else _label(label) for label in labels)
    except (idna.IDNAError, UnicodeError) as fault:
        raise BadUrl("host") from fault


def _label(label: str) -> str:
    """Encode one label; symbols that IDNA 2008 forbids but browsers resolve are refused too: no publisher needs them."""
    if label.startswith("xn--"):
        idna.ulabel(label)
        return label
    return idna.alabel(label).decode("ascii")


def _is_number(label: str) -> bool:
    return bool(re.fullmatch(r"[0-9]+|0[xX][0-9a-fA-F]*", label))


def _ipv4(host: str) -> str:
    parts = host.split(".")
    if len(parts) > 4:
        raise BadUrl("host")
    numbers = [_ipv4_number(part) for part in parts]
    if any(number > 255 for number in numbers[:-1]) or numbers[-1] >= 256 ** (5 - len(numbers)):
        raise BadUrl("host")
    value = numbers[-1] + sum(number << (8 * (3 - place)) for place, number in enumerate(numbers[:-1]))
    return str(ipaddress.IPv4Address(value))


def _ipv4_number(part: str) -> int:
    base = 16 if part[:2].lower() == "0x" else 8 if len(part) > 1 and part.startswith("0") else 10
    digits = part[2:] if base == 16 else part
    if base == 16 and not digits:
        return 0
    if not digits.isascii() or not digits.isalnum():
        raise BadUrl("host")
    try:
        return int(digits, base)
    except ValueError as fault:
        raise BadUrl("host") from fault


def resolve_dots(path: str) -> str:
    """Resolve '.' and '..' segments, also in their percent-encoded spellings."""
    kept: list[str] = []
    segments = path.split("/")[1:] if path.startswith("/") else path.split("/")
    for place, segment in enumerate(segments):
        plain, last = re.sub("%2e", ".", segment, flags=re.IGNORECASE), place == len(segments) - 1
        if plain == "..":
            if kept:
                kept.pop()
            if last:
                kept.append("")
        elif plain == ".":
            if last:
                kept.append("")
        else:
            kept.append(segment)
    return "/" + "/".join(kept)
