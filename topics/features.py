"""Feature names of sentences: what the linear models count."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from topics.tokens import Annotated


def act_features(sentence: Annotated, title: bool = False) -> list[str]:
    """Features of what a sentence says was done: word 1-3-grams with skips, Chinese character 1-4-grams; title ones again with 't:'."""
    words, chars = sentence.act_tokens, sentence.act_chars
    grams = [*words, *_pairs(words, 1, "_"), *_triples(words), *_pairs(words, 2, "__")]
    han = ["~" + "".join(chars[i : i + n]) for n in (1, 2, 3, 4) for i in range(len(chars) - n + 1)]
    if not title:
        return grams + han
    return grams + han + ["t:" + g for g in grams] + ["T" + g for g in han]


def topic_features(sentence: Annotated, title: bool = False) -> list[str]:
    """Features of what a sentence is about: stems, stem pairs, Chinese 2-4-grams, entity ids and pairs of classes."""
    stems, classed = sentence.stems, sentence.class_stems
    out = [*stems, *_pairs(stems, 1, "_"), *("d:" + p for p in _pairs(classed, 1, "_"))]
    out += _who_on_whom(sentence)
    out += ["~" + run[i : i + n] for run in sentence.han_runs for n in (2, 3, 4) for i in range(len(run) - n + 1)]
    out += sentence.subjects
    if title:
        out += ["t:" + s for s in stems]
        out += ["t:" + s for s in sentence.subjects]
        out += sorted({"CT:" + m.word_class for m in sentence.mentions})
    return out


def entity_features(sentences: Sequence[Annotated]) -> list[str]:
    """Features of a whole passage: each topic pointed to once, each entity, each class, each pair of classes."""
    mentions = [m for s in sentences for m in s.mentions]
    ids = sorted({m.entity_id for m in mentions if m.entity_id})
    classes = sorted({m.word_class for m in mentions})
    pairs = [f"C2:{a}+{b}" for n, a in enumerate(classes) for b in classes[n + 1 :]]
    subjects = sorted({f"1{t}" for s in sentences for t in s.subjects})
    return subjects + [f"E:{i}" for i in ids] + [f"C:{c}" for c in classes] + pairs


def whole_features(sentences: Sequence[Annotated]) -> list[str]:
    """Features of a whole article, title first: what is done as `act_features` writes it, what it is about behind '@'."""
    told = [act_features(s, title=n == 0) for n, s in enumerate(sentences)]
    about = [topic_features(s, title=n == 0) for n, s in enumerate(sentences)]
    return joined_features(told, about, entity_features(sentences))


def joined_features(told: Iterable[Sequence[str]], about: Iterable[Sequence[str]], named: Sequence[str]) -> list[str]:
    """The same from features that were made before: of each sentence what is done and what it is about, and of all of them who is named."""
    return [f for each in told for f in each] + ["@" + f for each in (*about, named) for f in each]


def _who_on_whom(sentence: Annotated) -> list[str]:
    """Who is named first, and who before whom: the issuer and the target decide between neighbouring topics."""
    classes = [m.word_class for m in sentence.mentions]
    ordered = list(dict.fromkeys(classes))[:5]
    return [f"F:{c}" for c in ordered[:1]] + [f"O:{a}>{b}" for n, a in enumerate(ordered) for b in ordered[n + 1 :]]


def _pairs(words: Sequence[str], gap: int, join: str) -> list[str]:
    return [f"{a}{join}{b}" for a, b in zip(words, words[gap:], strict=False)]


def _triples(words: Sequence[str]) -> list[str]:
    return [f"{a}_{b}_{c}" for a, b, c in zip(words, words[1:], words[2:], strict=False)]
