"""How alike a claim and a known step are: named parts, each a number, and their weighted sum in log-odds."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from topics.model import Sketch
from topics.profiles import Naming, Profile, weight, whole_weight
from topics.rules import Rules
from topics.values import Span

Parts = tuple[tuple[str, float], ...]
MOST_TEXT = 0.4  # more cosine between whole texts says nothing more
TIMING = frozenset({"told_yesterday", "told_this_week", "undated_old", "fresh_day"})


@dataclass(frozen=True, slots=True)
class Telling:
    """A step as it has been told so far: when first and last, by which claims, and what they say together."""

    first: date | None  # None: only a seed tells it
    last: date | None
    profiles: tuple[Profile, ...]
    words: frozenset[str]
    names: frozenset[str]
    places: frozenset[str]
    subjects: frozenset[str]
    numbers: frozenset[tuple[str, str]]
    figures: frozenset[str]
    spans: frozenset[Span]


def telling(first: date | None, last: date | None, profiles: Sequence[Profile]) -> Telling:
    """Join the profiles that tell one step."""
    return Telling(
        first,
        last,
        tuple(profiles),
        words=frozenset().union(*(p.words for p in profiles)),
        names=frozenset().union(*(p.names for p in profiles)),
        places=frozenset().union(*(p.places for p in profiles)),
        subjects=frozenset().union(*(p.subjects for p in profiles)),
        numbers=frozenset().union(*(p.numbers for p in profiles)),
        figures=frozenset().union(*(p.figures for p in profiles)),
        spans=frozenset(span for p in profiles for span in p.spans),
    )


@dataclass(frozen=True, slots=True)
class Likeness:
    """The score and the parts that made it, for explain."""

    score: float
    content: float  # the score without the parts of TIMING: is it the same measure, whenever it was told?
    parts: Parts

    def __getitem__(self, name: str) -> float:
        return dict(self.parts).get(name, 0.0)


def likeness(claim: Profile, told: Telling, naming: Naming, rules: Rules, *, round_up: float = 0.0) -> Likeness:
    """Score how surely the claim tells this step again; parts that are 0 are left out."""
    found = {**_sentences(claim, told, naming, rules, round_up), **_texts(claim, told.profiles), "text": _text(claim, told.profiles)}
    found["other_text"] = float(_unlike(claim, told, found))
    return _weighed(found, rules)


def _weighed(found: Mapping[str, float], rules: Rules) -> Likeness:
    weights = rules.same_step_weights
    parts = tuple((name, round(value, 4)) for name, value in sorted(found.items()) if value)
    score = rules.same_step_bias + sum(weights[name] * value for name, value in parts)
    timing = sum(weights[name] * value for name, value in parts if name in TIMING)
    return Likeness(round(score, 4), round(score - timing, 4), parts)


def out_of_reach(claim: Profile, told: Telling, naming: Naming, rules: Rules, *, round_up: float = 0.0, least: float = 0.0) -> bool:
    """True when neither score nor content reaches `least` even if the whole texts were as like as they can be.

    Nineteen in twenty pairs of a night; what it spares is the cosine of their texts, most of the time of `likeness`.
    """
    if claim.numbers & told.numbers:
        return False
    most = {**_sentences(claim, told, naming, rules, round_up), **_texts(claim, told.profiles), "text": MOST_TEXT}
    like = _weighed(most, rules)
    return max(like.score, like.content) < least


def _sentences(claim: Profile, told: Telling, naming: Naming, rules: Rules, round_up: float) -> dict[str, float]:
    """The parts of what the claim's own sentences say."""
    day = claim.told or told.last or date.min
    found = {**_words(claim, told), **_names(claim, told, naming), **_days(claim, told, day, rules)}
    if round_up and not fresh_days(claim):
        found["round_up"] = round_up
    return found


def _words(claim: Profile, told: Telling) -> dict[str, float]:
    total = whole_weight(claim.quote_words)
    single = max((_pair(claim.words, p.words) for p in told.profiles), default=0.0)
    known = weight(claim.quote_words & told.words)
    return {"quote_words": min(0.6, known / total if total else 0.0), "shared_words": min(0.5, single)}


def _pair(left: frozenset[str], right: frozenset[str]) -> float:
    # The 8 stands for about two rare words: two short quotes that share one word are not yet alike.
    return weight(left & right) / (min(whole_weight(left), whole_weight(right)) + 8.0)


def _names(claim: Profile, told: Telling, naming: Naming) -> dict[str, float]:
    shared, both = claim.names & told.names, claim.subjects & told.subjects
    value = naming.weights(shared)
    least = min(naming.whole_weight(claim.names), naming.whole_weight(told.names))
    return {
        "names": min(0.6, value / (least + 1.0)) + min(1.0, 0.25 * value),
        "no_name": float(not shared and len(claim.names) >= 2 and len(told.names) >= 2),
        "subjects": len(both) / (min(len(claim.subjects), len(told.subjects)) + 0.5),
        "other_subjects": float(bool(claim.subjects) and bool(told.subjects) and not both),
        "other_place": float(bool(claim.places) and bool(told.places) and not claim.places & told.places),
        "number": float(bool(claim.numbers & told.numbers)),
        "figures": float(min(2, len(claim.figures & told.figures))),
        "measure": float(bool(claim.claim.measure) and claim.claim.measure in {p.claim.measure for p in told.profiles}),
    }


def _days(claim: Profile, told: Telling, day: date, rules: Rules) -> dict[str, float]:
    if told.first is None or told.last is None or claim.told is None:
        return {}
    steps_days = (told.first, told.first - timedelta(1))
    # On the night itself everyone says "today"; only a later text that names the day points back.
    on_day = told.first < day and any(span.exact and any(span.holds(d) for d in steps_days) for span in claim.near)
    in_span = any(not span.exact and span.start < day and any(span.holds(d) for d in steps_days) for span in claim.near)
    age, silence = (day - told.first).days, (day - told.last).days
    old_day = age > 3 and bool(fresh_days(claim)) and not (on_day or in_span)
    return {
        "told_day": float(on_day),
        "told_span": float(in_span and not on_day),
        "other_day": float(bool(_shared_days(claim, told, day, steps_days))),
        "fresh_day": float(old_day),
        "told_yesterday": float(silence <= 1),
        "told_this_week": float(silence <= 7 and age <= rules.young_days),
        "undated_old": float(age > rules.old_days and not (on_day or in_span or past_spans(claim))),
    }


def _shared_days(claim: Profile, told: Telling, day: date, own: Collection[date]) -> frozenset[Span]:
    """Exact days that both name and that are neither the day of telling nor the step's own."""
    return told.spans & {span for span in claim.spans if span.exact and not span.holds(day, 1) and span.start not in own}


def fresh_days(claim: Profile) -> tuple[Span, ...]:
    """The exact days of the claim that are the day of telling or the one before."""
    if claim.told is None:
        return ()
    return tuple(span for span in claim.spans if span.exact and 0 <= (claim.told - span.start).days <= 1)


def days_ahead(claim: Profile) -> tuple[Span, ...]:
    """The exact days of the claim that lie after its telling."""
    return tuple(span for span in claim.spans if span.exact and claim.told is not None and span.start > claim.told)


def past_spans(claim: Profile) -> tuple[Span, ...]:
    """The days and spans of the claim that lie more than two days before its telling."""
    if claim.told is None:
        return ()
    return tuple(span for span in claim.near if (claim.told - span.end).days > 2)


def _texts(claim: Profile, profiles: Sequence[Profile]) -> dict[str, float]:
    others = _comparable(claim, profiles)
    return {
        "text_names": min(0.6, max((_share(claim.sketch.names, p.sketch.names) for p in others), default=0.0)),
        "text_figures": min(0.6, max((_share(claim.sketch.numbers, p.sketch.numbers) for p in others), default=0.0)),
        "story": float(bool(claim.story_id) and claim.story_id in {p.story_id for p in profiles}),
        "other_language": float(bool(profiles) and all(p.chinese != claim.chinese for p in profiles)),
    }


def _text(claim: Profile, profiles: Sequence[Profile]) -> float:
    return min(MOST_TEXT, max((cosine(claim.sketch, p.sketch) for p in _comparable(claim, profiles)), default=0.0))


def _comparable(claim: Profile, profiles: Sequence[Profile]) -> list[Profile]:
    return [p for p in profiles if p.sketch.scheme and p.sketch.scheme == claim.sketch.scheme]


def _unlike(claim: Profile, told: Telling, found: dict[str, float]) -> bool:
    """Two texts of one language that share next to no words, neither in the telling sentences nor in the whole."""
    comparable = any(p.sketch.scheme == claim.sketch.scheme and p.chinese == claim.chinese for p in told.profiles)
    return bool(claim.sketch.scheme) and comparable and found["text"] < 0.1 and found["shared_words"] < 0.1


def cosine(left: Sketch, right: Sketch) -> float:
    """Cosine of the two term vectors, which are normalised."""
    known = dict(right.terms)
    return sum(value * known.get(term, 0.0) for term, value in left.terms)


def _share(left: Sequence[int], right: Sequence[int]) -> float:
    # The 3 keeps two texts with one name each from being alike by that name.
    return len(set(left) & set(right)) / (min(len(left), len(right)) + 3)
