"""An explanation in plain lines: how a link came in, what was decided by which run, what covers it, what came of it, who was told."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from storage.model import Cited, Decided, Explanation
    from topics.model import Claim, Evidence, Move

MOVED = {"move", "too_thin"}  # outcomes whose covers_id is the move that the article tells
SHOWN_CLAIMS = 3
FIGURE = re.compile(r"\w+ [-+]?[\d.]+")
LATER = {"confirmed": "confirmed", "retracted": "taken back", "superseded": "superseded"}


def explained(found: Explanation) -> Iterator[str]:
    """Tell an explanation line by line; what belongs to a line stands below it, indented."""
    for entry in found.entries:
        reason = f" ({entry.reason})" if entry.reason else ""
        yield f"listed by {entry.source_id} on {entry.first_seen_at:%Y-%m-%d}, run {entry.run_seq}: {entry.disposition}{reason}"
    for article in found.revisions:
        yield f"article {article.article_id} rev {article.rev}, {article.publisher}, {article.told_at:%Y-%m-%d}: {article.title}"
        yield f"    {article.url}"
    for decided in found.verdicts:
        yield from _decided(decided, found)
    for row in found.moves:
        yield from _move(row.move, row.run_seq, found)
    for delivery in found.deliveries:
        yield f"told to {delivery.recipient_ref} by {delivery.channel}: {delivery.status}"


def _decided(decided: Decided, found: Explanation) -> Iterator[str]:
    verdict = decided.verdict
    topics = f" on {', '.join(verdict.topics)}" if verdict.topics else ""
    yield f"run {decided.run_seq}, night {decided.night}: {verdict.outcome}{topics}"
    yield from (f"    because {reason}" for reason in together(verdict.reasons))
    if verdict.covers_id and verdict.outcome not in MOVED:
        yield from _covered(found.about(verdict.covers_id), verdict.covers_id)
    elif not verdict.covers_id and verdict.outcome != "off_topic":
        yield "    nothing known covers it"
        claims = [c for c in found.claims if (c.origin_id, c.rev) == (verdict.article_id, verdict.rev)]
        yield from map(_claim, sorted(claims, key=lambda c: (-c.score, c.claim_id))[:SHOWN_CLAIMS])


def together(reasons: Iterable[str]) -> list[str]:
    """The reasons a line each; the bare figures of a model ('cosine 0.4') in one line."""
    said = list(reasons)
    figures = [reason for reason in said if FIGURE.fullmatch(reason)]
    return [*([", ".join(figures)] if figures else []), *(reason for reason in said if reason not in figures)]


def _covered(by: Cited | None, covers_id: str) -> Iterator[str]:
    if by is None:
        yield f"    covered by {covers_id}, which this run did not know"
        return
    yield f"    covered by {described(by)}"
    if by.url:
        yield f"        {by.url}"


def described(by: Cited) -> str:
    """What stands behind an id, with its day and its teller, and its words when it is a step."""
    day = f"of {by.day}" if by.day else "of the baseline"
    teller = f"{by.publisher}: {by.title}" if by.publisher and by.title else by.publisher or by.title
    if by.what in {"article", "seed"}:
        return f"the {by.what} {by.cited_id} {day}, {teller}"
    gone = ", taken back since" if by.retracted else ""
    told = f", told by {teller}" if teller and by.what == "step" else f", told by {by.publisher}" if by.publisher else ""
    return f'the {by.what} {by.cited_id}, {by.topic} {by.kind} {day} ({supported(by.support)}{gone}){told}: "{by.quote}"'


def supported(support: str) -> str:
    """Who says so, in words: 'official' is an official text, 'press:2' two independent publishers, 'seed' the baseline."""
    kind, _, number = support.partition(":")
    words = {"official": "official text", "seed": "said by a seed only"}
    return f"press only, {publishers(int(number))}" if kind == "press" and number.isdigit() else words.get(support, support)


def publishers(number: int) -> str:
    """Count independent publishers in words."""
    return f"{number} independent publisher{'s' if number != 1 else ''}"


def _claim(claim: Claim) -> str:
    return f'    heard: {claim.topic} {claim.kind}, {claim.modality}, score {claim.score:.2f}: "{claim.quote}"'


def _move(move: Move, run_seq: int, found: Explanation) -> Iterator[str]:
    """A move with its evidence: the new words, what they change, who reports it, and whether anyone official does."""
    yield f"move {move.move_id}, {move.disposition} on {move.night} by run {run_seq}: {move.headline}"
    yield f"    {move.topic} {move.kind}, {move.severity}, confidence {move.confidence:.2f}"
    parts = sorted(move.evidence, key=lambda part: (not part.official, not part.quote))
    for lead in parts[:1]:
        yield f'    new: "{lead.quote}" ({_teller(lead)})'
        yield f"        {lead.url}"
    before = found.about(move.before_id)
    if before is not None:
        yield f"    changes {described(before)}"
        if before.url:
            yield f"        {before.url}"
    else:
        yield f'    changes: "{move.before}"' if move.before else "    no earlier step of it was known"
    yield f"    stands on {standing(move)}"
    for part in parts[1:]:
        yield f'    also {_teller(part)}: "{part.quote}"'
        yield f"        {part.url}"
    step = found.about(move.ledger_id)
    for what, reason, later in step.later if step else ():
        yield f"    {LATER.get(what, what)} by run {later}: {reason}"


def standing(move: Move) -> str:
    """Whether an official text tells the move or only the press, and how many independent publishers do."""
    count = len({part.publisher for part in move.evidence if part.independent and not part.official})
    official = [part.publisher for part in move.evidence if part.official]
    if not official:
        return f"the press only: {publishers(count)}"
    return f"an official text ({', '.join(dict.fromkeys(official))})" + (f" and {publishers(count)}" if count else "")


def _teller(part: Evidence) -> str:
    return f"{part.publisher}, {'official' if part.official else 'independent' if part.independent else 'not independent'}"
