"""Which hosts, ports and IP addresses may be asked at all, and how an address is shown to people."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Collection

from extractors import limits
from extractors.fetched import Refused

IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

# Own table: ipaddress.is_global of several Python releases lets multicast, NAT64, 6to4 and site-local pass.
REFUSED_V4 = tuple(
    ipaddress.IPv4Network(net)
    for net in (
        "0.0.0.0/8",  # "this network"; 0 reaches loopback on Linux
        "10.0.0.0/8",
        "100.64.0.0/10",  # carrier NAT
        "127.0.0.0/8",
        "169.254.0.0/16",  # link-local, cloud metadata
        "172.16.0.0/12",
        "192.0.0.0/24",  # protocol assignments
        "192.0.2.0/24",  # documentation
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, broadcast
    )
)
# Global unicast is 2000::/3. All else is refused with it: loopback, mapped (::ffff:), compatible (::a.b.c.d), NAT64 (64:ff9b::),
# unique local, link-local, site-local (fec0::), multicast.
GLOBAL_V6 = ipaddress.IPv6Network("2000::/3")
REFUSED_V6 = tuple(
    ipaddress.IPv6Network(net)
    for net in (
        "2001::/23",  # Teredo, ORCHID, protocol assignments
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4: carries any IPv4 address
        "3fff::/20",  # documentation
    )
)

_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")
_NUMERIC = re.compile(r"[0-9]+|0x[0-9a-f]*")
_PLAIN_AUTHORITY = re.compile(r"https?://[^/?#@\\:\[]+(:\d{1,5})?[/?#]", re.IGNORECASE)
_SECRET_VALUE = re.compile(r"(?<=[?&;])([^=&;#]*(?:key|token|secret|sig|pass|auth|session)[^=&;#]*)=[^&;#]*", re.IGNORECASE)


def is_public(address: str) -> bool:
    """Tell whether an IP address in text form is on the public internet; anything unreadable or scoped is not."""
    try:
        ip: IpAddress = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv4Address):
        return not any(ip in net for net in REFUSED_V4)
    return ip.scope_id is None and ip in GLOBAL_V6 and not any(ip in net for net in REFUSED_V6)


def check_host(host: str) -> None:
    """Refuse a host (ASCII, lower case, no trailing dot, no brackets) that is no public name or address.

    Raises Refused: "bad_url" for what is no host name or a number in disguise (127.1, 0x7f.1, 2130706433), "private_address" for
    a literal address outside the public internet and for localhost.
    """
    try:
        literal = str(ipaddress.ip_address(host))
    except ValueError:
        _check_name(host)
        return
    if not is_public(literal):
        raise Refused("private_address", "the URL names an address that is not public")


def _check_name(host: str) -> None:
    labels = host.split(".")
    if len(host) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise Refused("bad_url", "the host is no host name")
    if _NUMERIC.fullmatch(labels[-1]):
        raise Refused("bad_url", "the host is a number in disguise")
    if labels[-1] == "localhost":
        raise Refused("private_address", "the URL names this machine")


def check_port(port: int) -> None:
    """Refuse every port but 80 and 443; raises Refused("bad_port")."""
    if port not in limits.PORTS:
        raise Refused("bad_port", f"port {port} is not one of 80, 443")


def choose_addresses(found: Collection[str], *, private: bool) -> tuple[str, ...]:
    """Keep the resolved addresses that may be dialled, in order and without repeats; `private` lets all pass.

    Raises Refused: "dns_failed" when nothing was found, "private_address" when nothing may be dialled.
    """
    if not found:
        raise Refused("dns_failed", "the name has no address")
    kept = tuple(dict.fromkeys(a for a in found if private or is_public(a)))
    if not kept:
        raise Refused("private_address", "the name leads to an address that is not public")
    return kept[: limits.ADDRESSES_TRIED]


def shown_url(url: str) -> str:
    """Return a URL fit for logs, errors and people: no credentials, no key in the query, no control character, 200 characters."""
    bare = without_secrets(url[: 2 * limits.URL_CHARS])
    text = "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in bare[:400])
    return text if len(text) <= 200 else text[:197] + "..."


def without_secrets(url: str) -> str:
    """Return a URL without credentials, and with every value of the query that is named like a key replaced by '...'."""
    bare = url
    if "@" in bare and not _PLAIN_AUTHORITY.match(bare):  # the @ may end credentials: drop all before the last one
        bare = f"{bare.partition(':')[0]}://{bare.rpartition('@')[2]}" if ":" in bare else bare.rpartition("@")[2]
    return _SECRET_VALUE.sub(r"\1=...", bare)
