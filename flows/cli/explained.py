"""An explanation in plain lines: how a link came in, what was decided by which run, what covers it, what came of it, who was told."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from alerts.notes import TOPIC, Note, Part, part, word

if TYPE_CHECKING:
    from storage.model import Cited, Decided, Explanation
    from topics.model import Claim, Evidence, Move

MOVED = {"move", "too_thin"}  # outcomes whose covers_id is the move that the article tells
SHOWN_CLAIMS = 3
FIGURE = re.compile(r"\w+ [-+]?[\d.]+")
LATER = frozenset({"confirmed", "retracted", "superseded", "corrected"})


def explained(found: Explanation) -> Iterator[Note]:
    """Tell an explanation line by line, sayable in every language; what belongs to a line stands below it, indented."""
    for entry in found.entries:
        reason = (_part("reason", reason=entry.reason),) if entry.reason else ()
        day = f"{entry.first_seen_at:%Y-%m-%d}"
        yield Note(_part("listed", source=entry.source_id, day=day, run=entry.run_seq, end=word("ends", entry.disposition)), *reason)
    for article in found.revisions:
        told = f"{article.told_at:%Y-%m-%d}"
        yield Note(
            _part("article", id=article.article_id, rev=article.rev, publisher=article.publisher, day=told, title=article.title)
        )  # fmt: skip
        yield Note(_part("url", url=article.url))
    for decided in found.verdicts:
        yield from _decided(decided, found)
    for row in found.moves:
        yield from _move(row.move, row.run_seq, found)
    for delivery in found.deliveries:
        yield Note(_part("told", who=delivery.recipient_ref, channel=delivery.channel, status=word("ends", delivery.status)))


def _part(key: str, **values: object) -> Part:
    return part(key, "explain", **values)


def _decided(decided: Decided, found: Explanation) -> Iterator[Note]:
    verdict = decided.verdict
    topics = (_part("on", topics=", ".join(f"{TOPIC}{t}" for t in verdict.topics)),) if verdict.topics else ()
    yield Note(_part("verdict", run=decided.run_seq, night=decided.night, outcome=word("ends", verdict.outcome)), *topics)
    yield from (Note(_part("because", reason=reason)) for reason in together(verdict.reasons))
    if verdict.covers_id and verdict.outcome not in MOVED:
        yield from _covered(found.about(verdict.covers_id), verdict.covers_id)
    elif not verdict.covers_id and verdict.outcome != "off_topic":
        yield Note(_part("nothing"))
        claims = [c for c in found.claims if (c.origin_id, c.rev) == (verdict.article_id, verdict.rev)]
        yield from map(_claim, sorted(claims, key=lambda c: (-c.score, c.claim_id))[:SHOWN_CLAIMS])


def together(reasons: Iterable[str]) -> list[str]:
    """The reasons a line each; the bare figures of a model ('cosine 0.4') in one line."""
    said = list(reasons)
    figures = [reason for reason in said if FIGURE.fullmatch(reason)]
    return [*([", ".join(figures)] if figures else []), *(reason for reason in said if reason not in figures)]


def _covered(by: Cited | None, covers_id: str) -> Iterator[Note]:
    if by is None:
        yield Note(_part("covered_unknown", id=covers_id))
        return
    yield Note(_part("covered"), *described(by).parts)
    if by.url:
        yield Note(_part("deep_url", url=by.url))


def described(by: Cited) -> Note:
    """What stands behind an id, with its day and its teller, and its words when it is a step."""
    day = _part("of_day", day=by.day) if by.day else _part("of_baseline")
    name = _part("the", what=word("ends", by.what), id=by.cited_id)
    if by.what in {"article", "seed"}:
        teller = f"{by.publisher}: {by.title}" if by.publisher and by.title else by.publisher or by.title
        return Note(name, day, _part("teller", teller=teller))
    full = by.what == "step" and by.title
    told = (_part("told_by", teller=f"{by.publisher}: {by.title}" if by.publisher and full else by.publisher or by.title),)
    return Note(
        name, _part("step", topic=f"{TOPIC}{by.topic}", kind=word("kinds", by.kind)), day, _part("open"), *supported(by.support).parts,
        *((_part("since_gone"),) if by.retracted else ()), _part("close"), *(told if by.publisher or full else ()),
        _part("quoted", quote=by.quote),
    )  # fmt: skip


def supported(support: str) -> Note:
    """Who says so, in words: 'official' is an official text, 'press:2' two independent publishers, 'seed' the baseline."""
    kind, _, number = support.partition(":")
    if kind == "press" and number.isdigit():
        return Note(_part("press_only"), publishers(int(number)))
    return Note(_part(kind)) if kind in {"official", "seed"} else Note(_part("as_is", words=support))


def publishers(number: int) -> Part:
    """Count independent publishers in words."""
    return _part("publisher" if number == 1 else "publishers", n=number)


def _claim(claim: Claim) -> Note:
    return Note(
        _part(
            "heard", topic=f"{TOPIC}{claim.topic}", kind=word("kinds", claim.kind), modality=word("ends", claim.modality),
            score=f"{claim.score:.2f}", quote=claim.quote,
        )
    )  # fmt: skip


def _move(move: Move, run_seq: int, found: Explanation) -> Iterator[Note]:
    """A move with its evidence: the new words, what they change, who reports it, and whether anyone official does."""
    yield Note(
        _part("move", id=move.move_id, end=word("ends", move.disposition), night=move.night, run=run_seq, headline=move.headline)
    )  # fmt: skip
    sure = f"{move.confidence:.2f}"
    kind, severity = word("kinds", move.kind), word("severities", move.severity)
    yield Note(_part("move_of", topic=f"{TOPIC}{move.topic}", kind=kind, severity=severity, confidence=sure))
    parts = sorted(move.evidence, key=lambda each: (not each.official, not each.quote))
    for lead in parts[:1]:
        yield Note(_part("new", quote=lead.quote), *_teller(lead), _part("close"))
        yield Note(_part("deep_url", url=lead.url))
    before = found.about(move.before_id)
    if before is not None:
        yield Note(_part("changes"), *described(before).parts)
        if before.url:
            yield Note(_part("deep_url", url=before.url))
    else:
        yield Note(_part("changes_words", words=move.before) if move.before else _part("no_earlier"))
    yield Note(_part("stands_on"), *standing(move).parts)
    for each in parts[1:]:
        yield Note(_part("also"), *_teller(each), _part("quoted", quote=each.quote))
        yield Note(_part("deep_url", url=each.url))
    step = found.about(move.ledger_id)
    for what, reason, later in step.later if step else ():
        yield Note(_part(f"later_{what}", run=later, reason=reason)) if what in LATER else Note(_part("as_is", words=reason))


def standing(move: Move) -> Note:
    """Whether an official text tells the move or only the press, and how many independent publishers do."""
    count = len({each.publisher for each in move.evidence if each.independent and not each.official})
    official = [each.publisher for each in move.evidence if each.official]
    if not official:
        return Note(_part("the_press_only"), publishers(count))
    return Note(
        _part("an_official", names=", ".join(dict.fromkeys(official))), *((_part("and"), publishers(count)) if count else ())
    )  # fmt: skip


def _teller(each: Evidence) -> tuple[Part, ...]:
    how = "official_teller" if each.official else "independent" if each.independent else "dependent"
    return (_part(how, publisher=each.publisher),)
