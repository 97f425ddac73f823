"""Writes articles without end, steps on our topics between briefs about anything, by the word frequencies of real news."""

from __future__ import annotations

import itertools
from bisect import bisect
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from importlib.resources import files
from pathlib import Path
from random import Random
from typing import cast

from extractors.model import Article, h
from topics.model import Kind

STEPS = Path(__file__).with_name("steps.tsv")
CHIPS = ("H20", "H200", "B30A", "MI308", "Ascend 910C", "RTX 6000D", "A800", "L20")
BODIES = ("Texas", "Virginia", "Italy", "Australia", "Taiwan", "South Korea", "Czechia", "New York", "Ohio", "Canada")
SYLLABLES = (
    "ba bel cor dan del el far gan har iro jun kal lim lor mar mel nor ol pel quo ren sal sen tal tor ul van ver wil xan yor zan".split()
)
ENDINGS = ("Systems", "Semiconductor", "Cloud", "Technologies", "Robotics", "Intelligence", "Micro", "Data")
LONG_SHARE = 12  # one item in so many is a full article; the others are briefs of about 170 characters, as feeds list them


@dataclass(frozen=True, slots=True)
class Step:
    """One step as the press tells it; places names what differs from telling to telling."""

    number: int
    topic: str
    kind: Kind
    sentence: str
    firm: str
    other: str
    figure: int
    day: date


@cache
def patterns() -> tuple[tuple[str, Kind, str], ...]:
    """(topic, kind, sentence) of steps.tsv."""
    lines = STEPS.read_text(encoding="utf-8").splitlines()
    topic_kind_sentence = [line.split("\t") for line in lines if line and not line.startswith("#")]
    return tuple((topic, cast("Kind", kind), sentence) for topic, kind, sentence in topic_kind_sentence)


@cache
def vocabulary() -> tuple[tuple[str, ...], tuple[float, ...]]:
    """Stems of weights/df.tsv and their cumulated document counts."""
    lines = files("topics").joinpath("weights/df.tsv").read_text(encoding="utf-8").splitlines()[1:]
    counts = {
        word: int(line.split("\t")[0]) for line in lines for word in line.split("\t")[1].split(" ") if word.isascii() and word.isalpha()
    }
    return tuple(counts), tuple(itertools.accumulate(counts.values()))


def step(number: int, night: date) -> Step:
    """Step number `number`, told on a night: no two numbers below 30,000 name the same firm."""
    topic, kind, pattern = patterns()[number % len(patterns())]
    firm, other, figure = coined(number), coined(number + 7919), 3 + number * 37 % 880
    day = night + timedelta(20 + number % 150)
    sentence = pattern.format(
        firm=firm, other=other, n=figure, day=f"{day.day} {day:%B}", chip=CHIPS[number % len(CHIPS)], body=BODIES[number % len(BODIES)]
    )
    clause = prose(Random(number), 7).rstrip(".").lower()
    return Step(number, topic, kind, f"{sentence[:-1]}, {clause}.", firm, other, figure, day)


def coined(number: int) -> str:
    """The name of a company that there is not."""
    count, parts = len(SYLLABLES), number * 48_271 % 32_749
    word = "".join(SYLLABLES[parts // count**place % count] for place in range(3)).capitalize()
    return f"{word} {ENDINGS[number % len(ENDINGS)]}"


def prose(random: Random, words: int) -> str:
    """One sentence of words drawn by how common they are."""
    stems, cumulated = vocabulary()
    drawn = [stems[min(bisect(cumulated, random.random() * cumulated[-1]), len(stems) - 1)] for _ in range(words)]
    return f"{' '.join(drawn).capitalize()}."


def brief(number: int, night: date, told: Step | None = None) -> Article:
    """Article `number`, told on a night: about anything, or telling a step."""
    random = Random(f"brief {number}")
    sentences = 30 if number % LONG_SHARE == 0 else 2
    title = f"{told.firm}: {told.sentence[:70].rsplit(' ', 1)[0]}" if told else prose(random, 8).rstrip(".")
    lead = [told.sentence] if told else []
    body = " ".join([*lead, *(prose(random, 9 + random.randrange(9)) for _ in range(sentences - len(lead)))])
    return article(number, title, body, night)


def article(number: int, title: str, body: str, night: date) -> Article:
    """The text as an article of one of 200 publishers, published some time that day."""
    at = datetime.combine(night, time(), UTC) + timedelta(seconds=number * 57 % 86_400)
    url = f"https://outlet-{number % 200}.example/{night.isoformat()}/{number}"
    return Article(
        f"p_{h(url)}", 0, url, f"Outlet {number % 200}", "en", title, body, at, at, precision="instant", witness="feed",
        source_id=f"bench-{number % 20}", content_hash=h(title, body), extractor="bench", extractor_version="1",
    )  # fmt: skip
