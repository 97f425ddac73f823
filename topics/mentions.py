"""Names and class words found in a sentence: entities of the catalogue under one id, common nouns under their class."""

from __future__ import annotations

from dataclasses import dataclass

import ahocorasick

from topics.model import Catalogue
from topics.resources import word_classes

_CHINA, _USA = {"cn", "hk", "mo"}, {"us"}
# Names that are also common words count only with a capital first letter.
_COMMON = {
    "meta", "state", "house", "senate", "ford", "oracle", "cursor", "gap", "apple", "spark", "step", "rubin", "arm", "lam", "commerce",
    "treasury", "gemini", "claude", "copilot", "codex", "target", "shell", "us", "ai", "intel", "kimi",
    "manus", "mistral", "quark", "sap", "canon", "snowflake", "workday", "perplexity",
}  # fmt: skip


NO_NAME = "none"  # the class of longer words that only look as if a name stood in them


@dataclass(frozen=True, slots=True)
class Mention:
    """A name in a text; entity_id is '' for a word that only has a class."""

    start: int
    end: int
    entity_id: str
    word_class: str  # 'company_cn', 'agency_us', 'chip', 'china', ...


class Gazetteer:
    """Finds every known name at once (Aho-Corasick), longest first, on word borders for Latin script."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._automaton = ahocorasick.Automaton()
        self.classes: dict[str, str] = {}
        for word, name in word_classes():
            self._add(word, "", name)
        for entity in catalogue.entities:
            side = "cn" if entity.country in _CHINA else "us" if entity.country in _USA else "al"
            self.classes[entity.entity_id] = name = f"{entity.kind.replace(' ', '')}_{side}"
            for word in (*entity.names_en, *entity.names_zh, *entity.short):
                if len(word) > 1:
                    self._add(word, entity.entity_id, name)
        self._automaton.make_automaton()
        self.issuers = {t.topic_id: frozenset(t.issuers) for t in catalogue.topics}
        self._subjects = _subject_automaton(catalogue)

    def subjects(self, text: str) -> tuple[str, ...]:
        """The topics that a term of theirs or the name of one of their measures points to: 'TM:topic', 'MA:topic', sorted."""
        lowered = text.lower()
        found: set[str] = set()
        for last, (length, names) in self._subjects.iter(lowered):
            if _on_borders(lowered, last - length + 1, last + 1):
                found |= names
        return tuple(sorted(found))

    def _add(self, word: str, entity_id: str, name: str) -> None:
        key = word.lower()
        self._automaton.add_word(
            key, (len(key), entity_id, name, word.isascii() and (key in _COMMON or (len(word) <= 3 and word.isupper())))
        )

    def find(self, text: str) -> list[Mention]:
        """Mentions in order, none overlapping; the longer of two that start together wins."""
        lowered = text.lower()
        if len(lowered) != len(text):  # a rare letter changed its length: keep offsets right rather than the letter
            lowered = "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
        found = []
        for last, (length, entity_id, name, needs_capital) in self._automaton.iter(lowered):
            start, end = last - length + 1, last + 1
            if _on_borders(lowered, start, end) and not (needs_capital and not text[start].isupper()):
                found.append(Mention(start, end, entity_id, name))
        found.sort(key=lambda m: (m.start, -m.end))
        out: list[Mention] = []
        end = 0
        for mention in found:
            if mention.start >= end:
                out.append(mention)
                end = mention.end
        return [mention for mention in out if mention.word_class != NO_NAME]


def _subject_automaton(catalogue: Catalogue) -> ahocorasick.Automaton:
    names: dict[str, set[str]] = {}
    for topic in catalogue.topics:
        for term in (*topic.terms_en, *topic.terms_zh):
            names.setdefault(term.lower(), set()).add(f"TM:{topic.topic_id}")
    for measure in catalogue.measures:
        for alias in (measure.name_en, measure.name_zh, *measure.aliases):
            if len(alias) > 3 or (alias and not alias.isascii()):
                names.setdefault(alias.lower(), set()).update(f"MA:{topic}" for topic in measure.topics)
    automaton = ahocorasick.Automaton()
    for word in sorted(names):
        automaton.add_word(word, (len(word), frozenset(names[word])))
    automaton.make_automaton()
    return automaton


def _on_borders(text: str, start: int, end: int) -> bool:
    before, after = text[start - 1] if start else " ", text[end] if end < len(text) else " "
    return not ((_latin(text[start]) and _latin(before)) or (_latin(text[end - 1]) and _latin(after)))


def _latin(char: str) -> bool:
    return char.isascii() and char.isalnum()
