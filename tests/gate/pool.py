"""A pool of hand-written readings of several nights, outlets and languages, from which property tests draw."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict

from extractors.model import h
from gate.small_night import CATALOGUE, FIRST, Nights, article, claim, reading, told
from topics.model import NightResult, Reading
from topics.rules import DEFAULT_RULES
from topics.texts import READ

FINE = """Firm fined
The Commerce Department fined the freight firm Kestrel Ridge 38 million dollars on Monday over Nvidia chips. It paid."""
FINE_TOO = """Kestrel Ridge pays
Kestrel Ridge will pay 38 million dollars, the Commerce Department said on Monday of its Nvidia case. Its chief left."""
PLAN = """Plan for tenants
The Commerce Department proposed that data center owners identify foreign tenants above 5 megawatts. Comments close soon."""
BAN = "Texas bars Qwen\nTexas barred Alibaba's Qwen from state phones on Monday. Agencies have a month."
BAN_ABROAD = "Italy blocks Qwen\nItaly's watchdog ordered that Qwen stop processing data of its people. The order holds at once."
CHINESE = "得州禁用通义千问\n得克萨斯州周一禁止州政府设备使用阿里巴巴的通义千问。"
RULE = """Additions; Final rule
In this rule the Bureau of Industry and Security adds 12 entities to the Entity List. The rule is effective today."""


def pool(day: int = 0) -> tuple[Reading, ...]:
    """Twelve readings of one night: two steps told twice, one told by a copy, an official text, a stub, weak and idle ones."""
    chips, bans = "chip-export-controls", "chinese-ai-bans"
    rule = article(f"g{day}", RULE, day=day, tier="official", official_ids=(f"fr_doc:2026-3000{day}",), publisher="Federal Register")
    both = article(f"h{day}", FINE_TOO + " Texas barred Qwen too.", day=day)
    return (
        told(f"a{day}", FINE, "enforced", topic=chips, day=day, score=0.6),
        told(f"b{day}", FINE_TOO, "enforced", topic=chips, day=day, score=0.4),
        told(f"c{day}", FINE, "enforced", topic=chips, day=day, publisher="Outlet a0"),
        told(f"d{day}", PLAN, "proposed", day=day, family="group"),
        told(f"e{day}", PLAN.replace("Plan", "Draft"), "adopted", day=day, score=0.45, family="group"),
        told(f"f{day}", BAN, "adopted", topic=bans, day=day),
        reading(rule, claim(rule, "adopted", "entity-listings")),
        reading(both, claim(both, "enforced", chips), claim(both, "adopted", bans, quote="Texas barred Qwen too")),
        told(f"i{day}", BAN_ABROAD, "extended", topic=bans, day=day, score=0.7),
        told(f"j{day}", CHINESE, "adopted", topic=bans, day=day, score=0.5, lang="zh"),
        told(f"k{day}", BAN + " So it says.", "signalled", topic=bans, day=day, text_kind="headline"),
        reading(article(f"l{day}", "Bees\nBees hum in Texas.", day=day), topics=(bans,)),
    )


def as_bytes(result: NightResult) -> bytes:
    """The whole result in one fixed form."""
    return json.dumps(asdict(result), sort_keys=True, default=str, ensure_ascii=False).encode()


def two_nights(first: Sequence[Reading], second: Sequence[Reading]) -> tuple[NightResult, NightResult]:
    """Decide two nights with real copies and stories."""
    nights = Nights(texts=READ)
    return nights.night(*first), nights.night(*second, day=1)


def fingerprint() -> str:
    """One line over the decisions of two nights, the catalogue and the rules; equal on every machine and in every zone."""
    results = two_nights(pool(), pool(1))
    return h(FIRST.isoformat(), CATALOGUE.digest, DEFAULT_RULES.digest, *(as_bytes(r).decode() for r in results))


if __name__ == "__main__":
    print(fingerprint())
