"""Training rows: features, labels and weights of leads, of stream passages and of real off-topic items."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from topics.features import act_features, entity_features, topic_features
from topics.mentions import Gazetteer
from topics.passages import split_text
from topics.tokens import Annotated, annotate
from training.labelled import Lead, Stream, holds


@dataclass
class Row:
    """One training text: feature strings, topics or a label, whether it states an alert step, its weight."""

    features: list[str]
    topics: tuple[str, ...]
    label: str
    step: bool
    weight: float


@dataclass
class Prepared:
    """A lead with its sentences annotated once."""

    lead: Lead
    title: Annotated
    body: list[Annotated]
    texts: list[str]


def prepare(leads: Iterable[Lead], gazetteer: Gazetteer) -> list[Prepared]:
    out = []
    for lead in leads:
        text = split_text(lead.title, lead.body, lead.lang)
        annotated = [annotate(s.text, lead.day, gazetteer) for s in text.sentences]
        out.append(Prepared(lead, annotated[0], annotated[1:], [s.text for s in text.sentences[1:]]))
    return out


def about(title: Annotated | None, body: Sequence[Annotated]) -> list[str]:
    """Topic features of a title and sentences."""
    shown = ([title] if title else []) + list(body)
    out = [f for n, s in enumerate(shown) for f in topic_features(s, title=bool(title) and n == 0)]
    return out + entity_features(shown)


def act(title: Annotated | None, body: Sequence[Annotated]) -> list[str]:
    """Act features of a title and sentences."""
    out = act_features(title, title=True) if title else []
    return out + [f for s in body for f in act_features(s)]


def topic_rows(prepared: Iterable[Prepared]) -> list[Row]:
    """Each lead whole, without its title, and its title alone."""
    rows = []
    for p in prepared:
        topics, lead = tuple(p.lead.topics), p.lead
        rows.append(Row(about(p.title if lead.title else None, p.body), topics, lead.label, lead.move, 1.0))
        if lead.title and p.body:
            rows.append(Row(about(None, p.body), topics, lead.label, lead.move, 0.5))
            rows.append(Row(about(p.title, []), topics, lead.label, lead.move, 0.5))
    return rows


def act_rows(prepared: Sequence[Prepared], seed: int = 0) -> list[Row]:
    """Each lead whole, body only, under a foreign title, title only, and each sentence alone (the quote is the positive)."""
    rng = random.Random(seed)
    strangers: dict[str, list[Prepared]] = defaultdict(list)
    for p in prepared:
        if not p.lead.topics and p.lead.title:
            strangers[p.lead.lang].append(p)
    rows: list[Row] = []
    for p in prepared:
        lead = p.lead
        step = lead.move and lead.label != "signalled"
        told = [bool(lead.quote) and holds(t, lead.quote) for t in p.texts]
        in_body = any(told) or (bool(lead.quote) and holds(lead.body, lead.quote))

        def add(features: list[str], label: str, is_step: bool, weight: float, rows: list[Row] = rows) -> None:
            rows.append(Row(features, (), label, is_step, weight))

        add(act(p.title if lead.title else None, p.body), lead.label, step, 1.0)
        if p.body and lead.title and (not lead.move or in_body):
            add(act(None, p.body), lead.label, step, 0.5)
            add(act(rng.choice(strangers[lead.lang]).title, p.body), lead.label, step, 0.3)
        if lead.title:
            in_title = bool(lead.quote) and holds(lead.title, lead.quote)
            add(act(p.title, []), lead.label, step, 0.7 if lead.move and in_title else 0.3)
        if len(p.body) > 1:
            for sentence, is_quote in zip(p.body, told, strict=True):
                if lead.move and not is_quote:
                    add(act(None, [sentence]), "m_rest", False, 0.15)
                else:
                    add(act(None, [sentence]), lead.label, step, 0.4 if lead.move else 0.2)
    return rows


def stream_rows(stream: Stream, gazetteer: Gazetteer, weight: float = 1.0) -> tuple[list[Row], list[Row]]:
    """(topic rows of whole articles' passages, act rows of passages) of a labelled stream."""
    quotes: dict[str, list[tuple[str, str, bool]]] = defaultdict(list)
    telling: set[str] = set()
    for move in stream.moves:
        telling |= set(move["articles"])
        for article, found in (move.get("quotes") or {}).items():
            quotes[article] += [(q, move["kind"], bool(move.get("contested"))) for q in found]
    topics, acts = [], []
    for a in stream.articles:
        gold, day = stream.gold[a["id"]], date.fromisoformat(a["published_at"][:10])
        text = split_text(a["title"], a["body"], a["lang"])
        annotated = [annotate(s.text, day, gazetteer) for s in text.sentences]
        for passage in text.passages:
            body = [annotated[i] for i in passage.sentences]
            told = [
                k
                for i in ((0,) if passage.with_title else ()) + passage.sentences
                for q, k, c in quotes[a["id"]]
                if not c and holds(text.sentences[i].text, q)
            ]
            if passage.with_title or not gold["topics"]:
                topics.append(Row(about(annotated[0] if passage.with_title else None, body), tuple(gold["topics"]), "", False, weight))
            if told:
                label = "signalled" if told[0] == "surge" else told[0]
                acts.append(Row(act(annotated[0] if passage.with_title else None, body), (), label, label != "signalled", weight))
            elif a["id"] not in telling:
                acts.append(Row(act(annotated[0] if passage.with_title else None, body), (), f"m_{_modality(gold)}", False, 0.5 * weight))
    return topics, acts


def off_topic_rows(
    stream: Stream, gazetteer: Gazetteer, nights: set[str], count: int, seed: int = 0, weight: float = 0.6
) -> tuple[list[Row], list[Row]]:
    """Real items of these nights that belong to no topic, drawn with a fixed seed."""
    chosen = [a for a in stream.articles if a["published_at"][:10] in nights and not stream.gold[a["id"]]["topics"]]
    random.Random(seed).shuffle(chosen)
    topics, acts = [], []
    for a in chosen[:count]:
        text = split_text(a["title"], a["body"], a["lang"])
        annotated = [annotate(s.text, date.fromisoformat(a["published_at"][:10]), gazetteer) for s in text.sentences[:4]]
        topics.append(Row(about(annotated[0], annotated[1:]), (), "", False, weight))
        acts.append(Row(act(annotated[0], annotated[1:]), (), "m_off_topic", False, 0.5 * weight))
    return topics, acts


def _modality(gold: dict[str, object]) -> str:
    return {"hard_negative": "opinion", "background": "explainer", "off_topic": "off_topic"}.get(str(gold["relation"]), "retold")
