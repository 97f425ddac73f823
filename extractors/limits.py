"""Every limit that hostile or broken input may meet, in one place (sizes in bytes, times in seconds, texts in characters)."""

from __future__ import annotations

from types import MappingProxyType

MB = 1_000_000

# One answer: the cap holds for the raw bytes and for the decoded bytes, each.
FEED_BYTES = 10 * MB
PAGE_BYTES = 5 * MB
SITEMAP_BYTES = 20 * MB
API_BYTES = 20 * MB
ROBOTS_BYTES = 512 * 1024  # more is cut off, not refused
BODY_BYTES = MappingProxyType(
    {"feed": FEED_BYTES, "page": PAGE_BYTES, "sitemap": SITEMAP_BYTES, "api": API_BYTES, "robots": ROBOTS_BYTES},
)
ERROR_BODY_BYTES = 64 * 1024  # how much of a refusal is read to tell a challenge page from a plain 403
GZIP_MEMBERS = 1_000
RESPONSE_HEADERS = 256  # h11 stops a header block at 100 KiB already
VALIDATOR_CHARS = 512

# One request
TOTAL_S = 30.0
DNS_S = 5.0
CONNECT_S = 5.0
READ_S = 10.0
HOPS = 5
PORTS = frozenset({80, 443})
URL_CHARS = 2_083
ADDRESSES_TRIED = 3

# Manners
PER_HOST = 2
SPACING_S = 1.0
CRAWL_DELAY_S = 60.0
RETRY_AFTER_S = 24 * 3600.0
THROTTLED_S = 60.0  # how long a host rests after a 429 without Retry-After
REQUESTS_AT_ONCE = 64
HOSTS_OPEN = 128  # connection pools kept; the least recently used idle one goes first
DNS_THREADS = 32

# Pages whose words were told, looked at again for corrections
TOLD_NIGHTS = 14
TOLD_PAGES = 50  # a run

# One sitemap
SITEMAP_FILES = 50  # children of an index that one reading fetches
SITEMAP_URLS = 50_000  # of one file, as the protocol says

# One GDELT file, unpacked
GKG_BYTES = 200 * MB
GKG_LINE = 2 * MB

# One document
PARSE_S = 20.0
PARSE_BYTES = 1 << 30
PARSE_DOCUMENTS = 1_000  # that one process reads: a start costs as much as twenty pages, and no page of a thousand left memory behind
ENTRIES = 1_000
TITLE_CHARS = 500
SUMMARY_CHARS = 4_000
BODY_CHARS = 200_000
OLDEST_YEAR = 1995  # an earlier publication date is a reading error
FUTURE_HOURS = 48  # and so is one further ahead than this
