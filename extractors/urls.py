"""The canonical form of an address, and the key under which all addresses of one page meet."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache

from extractors.web_address import MAX_URL, BadUrl, WebAddress, read_address

__all__ = ["BadUrl", "canonical_url", "url_key"]

REMEMBERED = 4_096  # addresses: a night asks of one entry's some twenty times what it is

_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_PATH_SAFE = _UNRESERVED | set("!$&'()*+,;=:@/|[]")
_QUERY_SAFE = _UNRESERVED | set("!$&()*+,;=:@/?|[]")
_HEX = re.compile(r"[0-9A-Fa-f]{2}")

# Names that only tell where a reader came from. One that selects content on some site (id, p, page, ref, source, mod ...) is not here.
_TRACKING = frozenset(
    [
        "fbclid",
        "gclid",
        "gclsrc",
        "dclid",
        "gbraid",
        "wbraid",
        "gad_source",
        "gad_campaignid",
        "srsltid",
        "msclkid",
        "twclid",
        "ttclid",
        "yclid",
        "ymclid",
        "ysclid",
        "wbclid",
        "igclid",
        "irclickid",
        "li_fat_id",
        "epik",
        "s_kwcid",
        "ef_id",
        "rb_clickid",
        "fb_action_ids",
        "fb_action_types",
        "fb_ref",
        "fb_source",
        "fbadid",
        "mc_cid",
        "mc_eid",
        "mc_tc",
        "mkt_tok",
        "igsh",
        "igshid",
        "ncid",
        "cmpid",
        "cmp_id",
        "ocid",
        "smid",
        "smtyp",
        "sr_share",
        "_ga",
        "_gl",
        "_openstat",
        "s_cid",
        "at_medium",
        "at_campaign",
        "at_custom1",
        "at_custom2",
        "at_custom3",
        "at_custom4",
        "xtor",
        "spm",
        "share_token",
        "guccounter",
        "guce_referrer",
        "guce_referrer_sig",
        "taid",
        "__twitter_impression",
        "zanpid",
        "sfnsn",
        "wt_mc",
        "wt.mc_id",
        "sc_cid",
        "soc_src",
        "soc_trk",
        "vero_id",
        "vero_conv",
        "wickedid",
        "_hsenc",
        "_hsmi",
        "__hstc",
        "__hssc",
        "__hsfp",
        "hsctatracking",
        "oly_anon_id",
        "oly_enc_id",
        "trk_contact",
        "trk_msg",
        "trk_module",
        "trk_sid",
        "gdfms",
        "gdftrk",
        "gdffi",
        "campaign_id_rss",
        "ga_source",
        "ga_medium",
        "ga_term",
        "ga_content",
        "ga_campaign",
    ]
)
_TRACKING_PREFIX = re.compile(r"(?:utm|itm|hsa|mtm|pk|piwik|matomo|stm)_[a-z0-9_.\-]+", re.IGNORECASE)
_SESSION = frozenset(
    ["jsessionid", "phpsessid", "aspsessionid", "zenid", "oscsid", "cfid", "cftoken", "sessionid", "session_id", "sid", "ssid"]
)
_TOKEN = re.compile(r"(?=[^0-9]*[0-9])[0-9a-zA-Z._\-]{16,}")
_SESSION_PATH = re.compile(r";(?:jsessionid|phpsessid|sid)=[^/?;]*", re.IGNORECASE)

_AMP_CACHE = re.compile(r"/(?:amp/|[acv]/)(s/)?([^/]+\.[^/]+)(/.*)?")
_HOST_ALIAS = re.compile(r"(?:www[0-9]?|m|mobile|amp|wap)\.(?=[^.]+\.[^.])")
_PATH_AMP = re.compile(r"(?:/amp|/amp\.html|\.amp)(?=/?$)|\.amp(?=\.html?$)|^/amp(?=/.)", re.IGNORECASE)
_INDEX = re.compile(r"/index\.html?$", re.IGNORECASE)
_AMP_QUERY = {"amp": {"", "1", "true"}, "outputtype": {"amp"}, "output": {"amp"}, "usqp": None, "amp_js_v": None, "amp_gsa": None}


@lru_cache(REMEMBERED)
def canonical_url(url: str, base: str = "") -> str:
    """Return the one form in which an address is stored and fetched; raises BadUrl.

    Lower-case host, no default port, no dot segments, one percent-encoding, no fragment, no tracking parameter or session token; relative
    addresses are resolved against `base`. Applying it twice changes nothing. It keeps the scheme, 'www.' and the order of parameters.
    """
    found = read_address(url, base)
    path = _SESSION_PATH.sub("", encode(found.path, _PATH_SAFE))
    query = None if found.query is None else _without_tracking(encode(found.query, _QUERY_SAFE))
    result = str(replace(found, path=path, query=query or None))
    if len(result) > MAX_URL:
        raise BadUrl("too_long")
    return result


@lru_cache(REMEMBERED)
def url_key(url: str) -> str:
    """Return the alias key of an address: http and https, www., mobile and AMP forms of one page share it; raises BadUrl.

    It is no address: it has no scheme, parameters are sorted, a final slash and index.html are gone.
    """
    found = _out_of_amp_cache(read_address(canonical_url(url)))
    host = _HOST_ALIAS.sub("", found.host)
    path = _INDEX.sub("/", _PATH_AMP.sub("", found.path)).rstrip("/")
    pairs = sorted(pair for pair in (found.query or "").split("&") if pair and not _is_amp(pair))
    return f"{host}{':' + found.port if found.port else ''}{path or '/'}{'?' + '&'.join(pairs) if pairs else ''}"


def encode(text: str, safe: frozenset[str]) -> str:
    """Bring a path or query to one percent-encoding: unreserved characters bare, all else outside `safe` as upper-case UTF-8 triplets."""
    if safe.issuperset(text):  # no per cent sign is in any such set
        return text
    out: list[str] = []
    place = 0
    while place < len(text):
        char = text[place]
        if char == "%" and _HEX.fullmatch(text, place + 1, place + 3):
            plain = chr(int(text[place + 1 : place + 3], 16))
            out.append(plain if plain in _UNRESERVED else text[place : place + 3].upper())
            place += 3
            continue
        out.append(char if char in safe else "".join(f"%{byte:02X}" for byte in char.encode("utf-8", "replace")))
        place += 1
    return "".join(out)


def _without_tracking(query: str) -> str:
    return "&".join(pair for pair in query.split("&") if pair and not _is_tracking(pair))


def _is_tracking(pair: str) -> bool:
    name, _, value = pair.partition("=")
    low = name.lower()
    if low in _TRACKING or _TRACKING_PREFIX.fullmatch(low):
        return True
    # 'sid' names a session on one site and a story on another: only a long token with digits in it is a session.
    return (low in _SESSION or low.startswith("aspsessionid")) and bool(_TOKEN.fullmatch(value))


def _is_amp(pair: str) -> bool:
    name, _, value = pair.partition("=")
    wanted = _AMP_QUERY.get(name.lower(), set())
    return wanted is None or value.lower() in wanted


def _out_of_amp_cache(found: WebAddress) -> WebAddress:
    """Give the publisher's address behind google.*/amp/s/... and *.cdn.ampproject.org/c/s/..."""
    in_cache = found.host.endswith(".cdn.ampproject.org") or re.fullmatch(r"www\.google\.[a-z.]+", found.host)
    inner = _AMP_CACHE.fullmatch(found.path) if in_cache else None
    if inner is None:
        return found
    query = f"?{found.query}" if found.query else ""
    try:
        return read_address(canonical_url(f"https://{inner[2]}{inner[3] or '/'}{query}"))
    except BadUrl:
        return found
