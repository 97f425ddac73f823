"""Addresses, robots.txt files and pages that others collected, through our client's parts."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

from corpora.rows import NOW, Verdict, rows, verdict
from extractors.addresses import is_public
from extractors.discovery import discover
from extractors.failures import Unreadable
from extractors.fetched import Refused
from extractors.robots import read_rules
from extractors.urls import BadUrl, canonical_url, url_key

LONGEST_S = 1.0  # of processor time, one file
MOST_DELAY_S = 60.0


def robots(corpora: Path) -> Verdict:
    """Our rules allow what the recorded ones allow."""
    cases, wrong = 0, []
    for row in rows(corpora / "robots" / "protego_recorded.jsonl"):
        if row["fn"] == "can_fetch":
            cases += 1
            wrong += [] if _allowed(row["robots"], row["url"], row["agent"]) == row["result"] else [(row["test"], row["url"], row["agent"])]
    return verdict(wrong, cases)


def _allowed(text: str, url: str, agent: str) -> bool:
    try:
        read_rules(text.encode("utf-8", "surrogatepass"), "text/plain", agent).check(url, agent)
    except Refused:
        return False
    return True


def real_robots(corpora: Path) -> Verdict:
    """Publishers' own files are read within a second, and no delay is above our patience."""
    paths = sorted((corpora / "robots" / "real").glob("*.txt"))
    wrong = []
    for path in paths:
        start = time.process_time()
        delay = read_rules(path.read_bytes(), "text/plain", "topicwatch").delay("topicwatch")
        if not 0 <= delay <= MOST_DELAY_S or time.process_time() - start > LONGEST_S:
            wrong.append(path.name)
    return verdict(wrong, len(paths))


def refused(corpora: Path) -> Verdict:
    """What browsers refuse is refused."""
    failures = [row for row in rows(corpora / "urls" / "wpt_urltestdata.jsonl") if row.get("failure")]
    return verdict([row["input"] for row in failures if _canonical(row["input"], row["base"] or "") is not None], len(failures))


def read_alike(corpora: Path) -> Verdict:
    """What browsers read is read alike, or refused by a name that a web page's address deserves."""
    cases, wrong = 0, []
    for row in rows(corpora / "urls" / "wpt_urltestdata.jsonl"):
        if row.get("failure"):
            continue
        cases += 1
        try:
            right = canonical_url(row["input"], row["base"] or "") == canonical_url(row["href"])
        except BadUrl as refusal:
            right = refusal.reason in {"scheme", "userinfo", "empty", "host"}
        wrong += [] if right else [row["input"]]
    return verdict(wrong, cases)


def idempotent(corpora: Path) -> Verdict:
    """The canonical form of a canonical form is itself, for every address that is not refused."""
    cases, wrong = 0, []
    for address, base in _addresses(corpora / "urls"):
        once = _canonical(address, base)
        if once is not None:
            cases += 1
            wrong += [] if _canonical(once, "") == once and url_key(once) else [address]
    return verdict(wrong, cases)


def _addresses(folder: Path) -> Iterator[tuple[str, str]]:
    for row in rows(folder / "wpt_urltestdata.jsonl"):
        yield row["input"], row["base"] or ""
    for name in ("courlan_recorded.jsonl", "w3lib_recorded.jsonl"):
        yield from ((argument, "") for row in rows(folder / name) for argument in row["args"] if isinstance(argument, str))
    yield from ((line, "") for line in (folder / "courlan_input.txt").read_text(encoding="utf-8").splitlines())


def _canonical(address: str, base: str) -> str | None:
    try:
        return canonical_url(address, base)
    except BadUrl:
        return None


def private_addresses(corpora: Path) -> Verdict:
    """An address that is not public is refused, and only such a one."""
    told = list(rows(corpora / "miniflux" / "non_public_ip.jsonl"))
    return verdict([row["name"] for row in told if is_public(row["ip"]) == row["non_public"]], len(told))


def autodiscovery(corpora: Path) -> Verdict:
    """The feed that a page declares is found, and not guessed."""
    folder = corpora / "w3c-autodiscovery"
    pages = [path for path in sorted(folder.glob("*.html")) if path.name != "index.html"]
    return verdict([page.name for page in pages if not _declared(page)], len(pages))


def _declared(page: Path) -> bool:
    try:
        found = discover(page.read_bytes(), f"https://tests.example/{page.name}", "text/html", NOW)
    except Unreadable:
        return False
    return any(link.url.endswith(f"/{page.stem}.xml") and not link.guessed for link in found)
