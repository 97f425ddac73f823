"""Which known steps a claim could be at all: the most that `likeness` may say, for all steps at once, so that few pairs are compared."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from datetime import timedelta
from typing import Any

import numpy as np

from topics.likeness import MOST_TEXT, Telling, fresh_days
from topics.places import Bools, Floats, Places
from topics.profiles import Naming, Profile, weight_of, whole_weight
from topics.rules import Rules

SLACK = 0.01  # parts and scores are rounded to four digits
NEVER = -1_000_000  # the day of a step that only a seed tells


def one(_: Any) -> float:
    """The weight of what is only counted."""
    return 1.0


class Reach:
    """An index over the tellings of the known steps; its answers hold every step whose score or content may reach the threshold."""

    def __init__(self, tellings: Sequence[Telling], naming: Naming, rules: Rules) -> None:
        self._naming, self._rules, self._count = naming, rules, len(tellings)
        self._numbers: dict[Hashable, int] = {}
        profiles = [(step, profile) for step, told in enumerate(tellings) for profile in told.profiles]
        self._step_of = np.array([step for step, _ in profiles], np.int64)
        self._words = self._index(told.words for told in tellings)
        self._names = self._index(told.names for told in tellings)
        self._subjects = self._index(told.subjects for told in tellings)
        self._figures = self._index(told.figures for told in tellings)
        self._days = self._index(frozenset(span for span in told.spans if span.exact) for told in tellings)
        self._official = self._index(told.numbers for told in tellings)
        self._sentences = self._index(profile.words for _, profile in profiles)
        self._text_names = self._index(frozenset(profile.sketch.names) for _, profile in profiles)
        self._text_figures = self._index(frozenset(profile.sketch.numbers) for _, profile in profiles)
        self._others = self._index(
            frozenset((("story", p.story_id), ("measure", p.claim.measure), ("chinese", p.chinese))) for _, p in profiles
        )
        self._places = self._index(told.places for told in tellings)
        self._name_count = np.array([len(told.names) for told in tellings], np.int64)
        self._place_count = np.array([len(told.places) for told in tellings], np.int64)
        self._name_weight = np.array([naming.whole_weight(told.names) for told in tellings])
        self._subject_count = np.array([len(told.subjects) for told in tellings], np.float64)
        self._sentence_weight = np.array([whole_weight(profile.words) for _, profile in profiles])
        self._text_name_count = np.array([len(profile.sketch.names) for _, profile in profiles], np.float64)
        self._text_figure_count = np.array([len(profile.sketch.numbers) for _, profile in profiles], np.float64)
        self._first = np.array([told.first.toordinal() if told.first else NEVER for told in tellings], np.int64)
        self._last = np.array([told.last.toordinal() if told.last else NEVER for told in tellings], np.int64)

    def near(self, claim: Profile, round_up: float) -> list[int]:
        """Places of the steps that the claim may tell again or go on from, ascending."""
        if not self._count:
            return []
        rules = self._rules
        parts = {**self._said(claim), **self._when(claim), **self._texts(claim)}
        most = np.full(self._count, rules.same_step_bias + rules.same_step_weights["text"] * MOST_TEXT)
        if round_up and not fresh_days(claim):
            most += rules.same_step_weights["round_up"] * round_up
        for name, part in parts.items():
            most += rules.same_step_weights[name] * part
        named = self._shared(self._official, claim.numbers) > 0
        found: list[int] = np.flatnonzero(named | (most > min(rules.same_step, rules.same_matter) - SLACK)).tolist()
        return found

    def _said(self, claim: Profile) -> dict[str, Floats | Bools]:
        total, own = whole_weight(claim.quote_words), whole_weight(claim.words)
        known = self._shared(self._words, claim.quote_words, weight_of)
        alike = self._shared(self._sentences, claim.words, weight_of) / (np.minimum(own, self._sentence_weight) + 8.0)
        value, both = self._shared(self._names, claim.names, self._naming.weight), self._shared(self._subjects, claim.subjects)
        least = np.minimum(self._naming.whole_weight(claim.names), self._name_weight)
        return {
            "quote_words": np.minimum(0.6, known / total if total else known * 0.0),
            "shared_words": np.minimum(0.5, self._best(alike)),
            "names": np.minimum(0.6, value / (least + 1.0)) + np.minimum(1.0, 0.25 * value),
            "no_name": (self._shared(self._names, claim.names) == 0) & (self._name_count >= 2) & (len(claim.names) >= 2),
            "subjects": both / (np.minimum(len(claim.subjects), self._subject_count) + 0.5),
            "other_subjects": (both == 0) & (self._subject_count > 0) & bool(claim.subjects),
            "other_place": (self._shared(self._places, claim.places) == 0) & (self._place_count > 0) & bool(claim.places),
            "number": np.minimum(1.0, self._shared(self._official, claim.numbers)),
            "figures": np.minimum(2.0, self._shared(self._figures, claim.figures)),
            "measure": self._any("measure", claim.claim.measure),
        }

    def _when(self, claim: Profile) -> dict[str, Floats | Bools]:
        if claim.told is None:
            return {}
        today, known = claim.told.toordinal(), self._first != NEVER
        on_day, in_span = np.zeros(self._count, bool), np.zeros(self._count, bool)
        for span in claim.near:
            held = (self._first >= span.start.toordinal()) & (self._first - 1 <= span.end.toordinal())
            if span.exact:
                on_day |= held
            else:
                in_span |= held
        other = [span for span in claim.spans if span.exact and abs(span.start - claim.told) > timedelta(1)]
        silence = today - self._last
        return {
            "told_day": on_day & known,
            "told_span": in_span & known & ~on_day,
            "other_day": np.minimum(1.0, self._shared(self._days, other)),
            "told_yesterday": (silence <= 1) & known,
            "told_this_week": (silence <= 7) & known,
        }

    def _texts(self, claim: Profile) -> dict[str, Floats]:
        names, figures = frozenset(claim.sketch.names), frozenset(claim.sketch.numbers)
        shared_names = self._shared(self._text_names, names) / (np.minimum(len(claim.sketch.names), self._text_name_count) + 3)
        shared_figures = self._shared(self._text_figures, figures) / (np.minimum(len(claim.sketch.numbers), self._text_figure_count) + 3)
        return {
            "text_names": np.minimum(0.6, self._best(shared_names)),
            "text_figures": np.minimum(0.6, self._best(shared_figures)),
            "story": self._any("story", claim.story_id),
            "other_language": self._any("chinese", not claim.chinese),
        }

    def _any(self, what: str, value: Hashable) -> Floats:
        """1 for the steps of which some profile has this value."""
        return np.minimum(1.0, self._best(self._shared(self._others, [(what, value)] if value != "" else [])))

    def _best(self, of_profiles: Floats) -> Floats:
        """The largest value of each step's profiles, 0 without one."""
        found = np.zeros(self._count)
        np.maximum.at(found, self._step_of, of_profiles)
        return found

    def _index(self, held: Iterable[Iterable[Hashable]]) -> tuple[Places, int]:
        numbers = self._numbers
        lists = [[numbers.setdefault(value, len(numbers)) for value in values] for values in held]
        return Places.of(lists), len(lists)

    def _shared(self, index: tuple[Places, int], values: Iterable[Any], weigh: Callable[[Any], float] = one) -> Floats:
        """Summed weight of the values that each step or profile of the index shares."""
        places, length = index
        asked = [(self._numbers[value], weigh(value)) for value in values if value in self._numbers]
        at, weights = places.found(asked)
        return np.bincount(at, weights, length).astype(np.float64, copy=False)
