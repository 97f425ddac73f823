"""One verdict per revision: what became of it, what covers it, and the reasons in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from topics.desk import Desk
from topics.model import Outcome, Reading, Verdict
from topics.settling import Note, Settled
from topics.similar import Copy, Key
from topics.story_topics import Topics, story_topics
from topics.surge import Surged

# What a reader heard, when nothing in an article is stated as new.
BACKGROUND = frozenset({"retold", "history", "explainer", "market", "opinion", "correction"})
COPY_OUTCOMES: dict[str, Outcome] = {"near_duplicate": "near_duplicate", "rewrite": "rewrite"}


def verdicts(
    ordered: Sequence[Reading], found: Mapping[Key, Copy], stories: Mapping[Key, str], settled: Settled, surged: Surged, desk: Desk
) -> tuple[Verdict, ...]:
    """The verdicts of a night, sorted by article and revision."""
    story_steps = _story_steps(ordered, stories, settled, desk)
    about = story_topics(ordered, stories, desk)
    made = [_verdict(reading, about, found, stories, settled, surged, story_steps, desk) for reading in ordered]
    return tuple(sorted(made, key=lambda v: (v.article_id, v.rev)))


def _verdict(
    reading: Reading,
    about: Mapping[Key, Topics],
    found: Mapping[Key, Copy],
    stories: Mapping[Key, str],
    settled: Settled,
    surged: Surged,
    story_steps: Mapping[str, str],
    desk: Desk,
) -> Verdict:
    article = reading.article
    key = (article.article_id, article.rev)
    notes = settled.notes.get(article.article_id, [])
    story = stories.get(key, article.article_id)
    copy, topics = found.get(key), about[key]
    if copy is not None:
        outcome, covers, reasons = COPY_OUTCOMES.get(copy.how, "near_duplicate"), copy.covers_id, (*copy.reasons, *_reasons(notes))
    elif notes:
        outcome, covers, reasons = _from_notes(notes)
    elif article.article_id in surged.articles:
        outcome, covers, reasons = "move", surged.articles[article.article_id], ("one of many publishers on the topic tonight",)
    else:
        outcome, covers, reasons = _without_claims(reading, topics, story_steps.get(story, ""), desk)
    said = (*reading.notes, *reasons, *_by_story(reading, topics, desk))
    return Verdict(article.article_id, article.rev, outcome, covers, story, topics, said)


def _by_story(reading: Reading, topics: Topics, desk: Desk) -> tuple[str, ...]:
    """Which topics the article has, or has not, for its story's sake."""
    heard = dict(reading.topics)
    own = {*reading.above(desk.rules.topic_floor)[:1], *reading.above(desk.rules.further_floor)}
    gained = [f"{topic}: by its story; its own words say {heard.get(topic, 0.0):.2f}" for topic in topics if topic not in own]
    lost = [f"{topic}: not by its story; its own words say {heard[topic]:.2f}" for topic in heard if topic in own and topic not in topics]
    return (*gained, *lost)


def _from_notes(notes: Sequence[Note]) -> tuple[Outcome, str, tuple[str, ...]]:
    """A move before a stub before a known step before too little."""
    outcomes: tuple[tuple[str, Outcome], ...] = (
        ("move", "move"), ("thin", "too_thin"), ("known", "restates_known"), ("copies", "no_move"), ("weak", "no_move"),
    )  # fmt: skip
    for name, outcome in outcomes:
        chosen = next((note for note in notes if note.outcome == name), None)
        if chosen is not None:
            return outcome, chosen.covers_id, _reasons(notes)
    return "no_move", "", _reasons(notes)


def _without_claims(reading: Reading, topics: Topics, step: str, desk: Desk) -> tuple[Outcome, str, tuple[str, ...]]:
    if not topics:
        return "off_topic", "", ("no topic reaches the floor",)
    if step:
        return "follow_up", step, ("belongs to a story whose step is told; it states no step of its own",)
    heard = sorted({claim.modality for claim in reading.claims if claim.modality in BACKGROUND})
    if heard:
        return "background", "", (f"states nothing as new: {', '.join(heard)}",)
    strongest = max((claim.score for claim in reading.claims), default=0.0)
    return "no_move", "", (f"no claim of a new step reaches {desk.rules.claim_floor:.2f} (best {strongest:.2f})",)


def _story_steps(ordered: Sequence[Reading], stories: Mapping[Key, str], settled: Settled, desk: Desk) -> Mapping[str, str]:
    """Story -> the step that it told: of earlier nights by ledger id, of tonight by move id."""
    steps: dict[str, str] = {}
    for step in desk.steps:
        for profile in step.telling.profiles:
            if profile.story_id and not step.withdrawn:
                steps[profile.story_id] = step.row.ledger_id
    for reading in ordered:
        article = reading.article
        moved = [n for n in settled.notes.get(article.article_id, []) if n.outcome == "move"]
        if moved:
            steps.setdefault(stories.get((article.article_id, article.rev), ""), moved[0].covers_id)
    return steps


def _reasons(notes: Sequence[Note]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(f"{note.topic}: {note.reason}" for note in notes))
