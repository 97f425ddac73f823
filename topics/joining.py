"""Stories joined by the step that they tell: two texts of other words are one happening when the ledger says that they tell one step."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import date

from topics.desk import Desk
from topics.ledger import KnownStep
from topics.model import Reading
from topics.settling import Settled
from topics.similar import Key


def joined(ordered: Sequence[Reading], stories: Mapping[Key, str], settled: Settled, desk: Desk) -> dict[Key, str]:
    """The story of each reading, where a story that began tonight becomes part of the one whose step at least half of its texts tell.

    A text speaks for a story when all steps that it was found to tell, known ones and tonight's, were told in that one story first.
    """
    told_in = {step.row.ledger_id: _first_story(step, desk.context.night) for step in desk.steps if not step.vague and not step.withdrawn}
    for move in settled.moves:
        told_in[move.move_id] = stories.get((move.evidence[0].article_id, move.evidence[0].rev), "")
    began_before = {document.story_id for document in desk.known.documents}
    votes: dict[str, list[str]] = defaultdict(list)
    for reading in ordered:
        story = stories[reading.key]
        if story not in began_before:
            found = {told_in.get(note.covers_id, "") for note in settled.notes.get(reading.article.article_id, [])} - {"", story}
            votes[story].append(found.pop() if len(found) == 1 else "")
    into = {story: target for story, found in votes.items() if (target := _chosen(found))}
    return {key: _last(story, into) for key, story in stories.items()}


def _first_story(step: KnownStep, tonight: date) -> str:
    """The story of the text that told the step first; '' for a step of the catalogue."""
    told = [(profile.told or tonight, profile.claim.claim_id, profile.story_id) for profile in step.telling.profiles if profile.story_id]
    return min(told)[2] if told else ""


def _chosen(votes: Sequence[str]) -> str:
    counts = Counter(vote for vote in votes if vote)
    best = min(counts, key=lambda story: (-counts[story], story), default="")
    return best if 2 * counts[best] >= len(votes) else ""


def _last(story: str, into: Mapping[str, str]) -> str:
    """Where a chain of joined stories ends; of a ring, where it closes."""
    passed = {story}
    while story in into and into[story] not in passed:
        story = into[story]
        passed.add(story)
    return story
