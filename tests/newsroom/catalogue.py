"""Back catalogues: many invented outlets with weeks of varied articles each, the same ones every time, for a cold start."""

from __future__ import annotations

import functools
import random
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from newsroom.model import Item

Bank = Mapping[str, Sequence[str]]
TOWNS = ("Ashmere", "Brindle Bay", "Colwick", "Dunmarsh", "Eastlea", "Fennhaven", "Gorsefield", "Hollin", "Kestrow", "Larkwater")
KINDS = ("Chronicle", "Ledger", "Examiner", "Bulletin", "Observer", "Mail")
TOWNS_ZH = ("青石", "白塔", "临川口", "南浦", "云桥")
KINDS_ZH = ("早报", "晚报")
MONTHS = ("January", "March", "April", "June", "September", "November")
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
EVERY_ZH = 6  # each sixth outlet is Chinese
KNOWN_SHARE = 0.12  # of the articles retell what is known on a watched topic
COPY_SHARE = 0.04  # of the articles are another outlet's text


class Outlet(NamedTuple):
    """An invented publisher."""

    name: str
    host: str
    lang: str


def catalogue(end: datetime, n_feeds: int = 60, days: int = 30, per_feed: int = 25, extra: Iterable[Item] = ()) -> tuple[Item, ...]:
    """Write n_feeds x per_feed articles over the days up to end (at most 60 feeds have a name of their own), then add extra.

    A stream's items in extra keep their outlets: pass load_items(folder) to bury a stream in a back catalogue.
    """
    return (*_written([outlet(feed) for feed in range(n_feeds)], "cat", end, days, per_feed), *extra)


def with_past(items: Sequence[Item], end: datetime, days: int = 30, per_feed: int = 6) -> tuple[Item, ...]:
    """Give each outlet of a stream per_feed articles of its own past, over the days up to end, before the stream's items."""
    outlets = {item.publisher: Outlet(item.publisher, item.host, item.lang) for item in items if item.publisher != "Federal Register"}
    return (*_written(list(outlets.values()), "past", end, days, per_feed), *items)


def outlet(feed: int) -> Outlet:
    """Name the outlet of a feed."""
    if feed % EVERY_ZH == EVERY_ZH - 1:
        turn = feed // EVERY_ZH
        name = TOWNS_ZH[turn % len(TOWNS_ZH)] + KINDS_ZH[turn // len(TOWNS_ZH) % len(KINDS_ZH)]
        return Outlet(name, f"zaowan{turn}.example", "zh")
    name = f"{TOWNS[feed % len(TOWNS)]} {KINDS[feed // len(TOWNS) % len(KINDS)]}"
    return Outlet(name, f"{name.lower().replace(' ', '')}.example", "en")


def _written(outlets: Sequence[Outlet], stem: str, end: datetime, days: int, per_feed: int) -> list[Item]:
    chance = random.Random(20261005)  # a fixed seed: the same catalogue every time
    items: list[Item] = []
    for feed, house in enumerate(outlets):
        for number in range(per_feed):
            at = end - timedelta(seconds=chance.randrange(60, days * 86400))
            items.append(_article(chance, house, f"{stem}-{feed:02d}-{number:03d}", at, items))
    return items


def _article(chance: random.Random, house: Outlet, identity: str, at: datetime, earlier: Sequence[Item]) -> Item:
    name, host, lang = house
    url = f"https://{host}/{at:%Y/%m}/{identity}"
    same_tongue = [item for item in earlier if item.lang == lang and item.publisher != name]
    if same_tongue and chance.random() < COPY_SHARE:
        source = chance.choice(same_tongue)
        return replace(source, id=identity, url=url, publisher=name, published_at=max(at, source.published_at))
    banks = phrases()[lang]
    subjects = [subject for subject in banks if subject != "known"]
    bank = banks["known" if "known" in banks and chance.random() < KNOWN_SHARE else chance.choice(subjects)]
    sentences = [
        chance.choice(bank["openers"]),
        *chance.sample(list(bank["middles"]), chance.randint(3, 5)),
        chance.choice(bank["closers"]),
    ]
    cut = chance.randint(1, len(sentences) - 1)
    joint = "" if lang == "zh" else " "
    body = "\n\n".join(joint.join(part) for part in (sentences[:cut], sentences[cut:]))
    return Item(identity, url, name, lang, at, _filled(chance, chance.choice(bank["titles"]), lang), "", _filled(chance, body, lang))


def _filled(chance: random.Random, text: str, lang: str) -> str:
    zh = lang == "zh"
    choices = {
        "{place}": TOWNS_ZH if zh else TOWNS,
        "{month}": [f"{m}月" for m in range(1, 13)] if zh else MONTHS,
        "{day}": ["周一", "周三", "周五"] if zh else DAYS,
    }
    for slot, values in choices.items():
        while slot in text:
            text = text.replace(slot, chance.choice(values), 1)
    while "{n}" in text:
        text = text.replace("{n}", str(chance.randint(2, 97)), 1)
    while "{p}" in text:
        text = text.replace("{p}", f"{chance.randint(2, 190) / 10}", 1)
    return text


@functools.cache
def phrases() -> Mapping[str, Mapping[str, Bank]]:
    """The sentence banks by language and subject."""
    return tomllib.loads((Path(__file__).parent / "phrases.toml").read_text(encoding="utf-8"))
