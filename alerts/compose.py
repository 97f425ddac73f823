"""Turns a night's decisions into alerts: one per matter, one digest for what is only worth watching."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from alerts.addressing import deliveries
from alerts.digesting import BACKFILLED_SHOWN, NOTHING_PAST, Past, backfill_note, followed, found_by_backfill, reminders, weekly
from alerts.lines import Facts, confirmation_line, lines_of, move_id_of, taken_back_line
from alerts.model import Alert, Line, Purpose, Route
from alerts.notes import Note, packed, part
from alerts.wording import CORRECTED, WITHDRAWN, digest_said, title_of_line, title_of_lines, title_said
from extractors.model import Article, h
from topics.corrections import CHANGED, DROPPED
from topics.model import Catalogue, Known, LedgerChange, Move, NightResult

__all__ = ["compose", "deliveries", "health", "retraction"]
TAKEN_BACK: dict[str, tuple[Purpose, str]] = {"retracted": ("retraction", WITHDRAWN), "corrected": ("correction", CORRECTED)}


def compose(
    result: NightResult,
    catalogue: Catalogue,
    routes: Sequence[Route],
    sent: Collection[str],
    notes: Sequence[str] = (),
    *,
    known: Known | None = None,
    articles: Iterable[Article] = (),
    past: Past = NOTHING_PAST,
    weekdays: Collection[str] = (),
) -> tuple[Alert, ...]:
    """Compose what people receive for one night, in the order new and updates by matter, confirmations, corrections, digest, weeks.

    sent: ids of the matters, moves and alerts that were told before (Journal.sent_ids(), or the alert table); it chooses between new and
    update, and limits confirmations and retractions to what was told. notes: the caller's plain lines for the digest. known, articles:
    give confirmations and retractions of earlier steps their names, quotes and links. past: what
    dates ahead and the week are taken from. weekdays: on which somebody wants the week's summary. A backfill or a reread alerts nothing.
    """
    if result.context.mode in {"backfill", "reread"}:
        return ()
    facts = Facts(result, catalogue, known or Known(), {(a.article_id, a.rev): a for a in articles})
    raised = _by_matter(m for m in result.moves if m.disposition in {"raised", "late"} and m.severity == "alert")
    composed = [matter_alert(moves, facts, sent) for moves in raised]
    composed += confirmations(facts, sent)
    composed += corrections(facts, sent, past)
    composed += digest(facts, routes, notes, sent, past, quiet=not composed)
    composed += weekly(weekdays, composed, past, [t.topic_id for t in catalogue.topics], result.context.night)
    return tuple(composed)


def matter_alert(moves: Sequence[Move], facts: Facts, sent: Collection[str]) -> Alert:
    """Compose the alert of one matter's moves; it is an update when the matter was told before."""
    lines = lines_of(moves, facts)
    matter_id = moves[0].matter_id
    purpose: Purpose = "update" if matter_id in sent else "new"
    return _alert(purpose, matter_id, title_of_lines(lines), lines, facts.night)


def confirmations(facts: Facts, sent: Collection[str]) -> list[Alert]:
    """Compose one confirmation per step that was told from the press and that an official text now states."""
    tonight = {m.move_id for m in facts.result.moves} | {m.ledger_id for m in facts.result.moves}
    found: dict[str, Alert] = {}
    for wanted, claim_id in sorted(facts.result.confirmations):
        row = facts.row(wanted)
        if row is None or wanted in tonight or not {move_id_of(row), row.ledger_id} & set(sent):
            continue
        line = confirmation_line(row, claim_id, facts)
        found.setdefault(line.move_id, _alert("confirmation", row.matter_id, line.headline, (line,), facts.night))
    return list(found.values())


def corrections(facts: Facts, sent: Collection[str], past: Past) -> list[Alert]:
    """Compose one message per told step that a publisher took back tonight: a correction while others tell the step, else a retraction."""
    found = []
    for change in sorted(facts.result.changes, key=lambda c: (c.ledger_id, c.by)):
        row = facts.row(change.ledger_id)
        if change.what not in TAKEN_BACK or row is None or not {move_id_of(row), row.ledger_id} & set(sent):
            continue
        purpose, mark = TAKEN_BACK[change.what]
        told = last_told(move_id_of(row), past)
        line = replace(told, mark=mark, night=facts.night) if told else taken_back_line(row, change.by, facts, mark)
        found.append(noting(_alert(purpose, row.matter_id, title_of_line(line), (line,), facts.night), correction_notes(change, facts)))
    return found


def last_told(move_id: str, past: Past) -> Line | None:
    """Give the line that told a step last."""
    steps = {"new", "update", "digest"}
    lines = [line for alert in past.alerts if alert.purpose in steps for line in alert.lines if line.is_step and move_id in line.move_ids]
    return lines[-1] if lines else None


def correction_notes(change: LedgerChange, facts: Facts) -> tuple[str, ...]:
    """Say who corrected what, and whether the step stands."""
    article = facts.corrected(change.by)
    who = article.publisher if article else ""
    key = {DROPPED: "dropped", CHANGED: "changed"}.get(change.reason, "note")
    words = Note(part(key, who=who, words=change.reason)) if who else change.reason
    return (words, Note(part("stands"))) if change.what == "corrected" else (words,)


def noting(alert: Alert, notes: Sequence[str]) -> Alert:
    """Give the alert with its notes, and what they were made of."""
    return replace(alert, notes=tuple(map(str, notes)), noted=tuple(map(packed, notes)))


def digest(
    facts: Facts, routes: Sequence[Route], notes: Sequence[str], sent: Collection[str] = (), past: Past = NOTHING_PAST, *, quiet: bool
) -> list[Alert]:
    """Compose the night's one digest: watch moves, dates ahead, what a backfill found, and then also what else is said of told matters.

    It comes with the notes, or with the notes alone when nothing else was told; more reports on a told matter are no reason for a message.
    None is composed when no route wants one.
    """
    if not any(route.severities & {"watch", "digest"} for route in routes):
        return []
    watched = [m for m in facts.result.moves if m.disposition == "watch" or (m.severity == "watch" and m.disposition in {"raised", "late"})]
    # A step of severity alert can be of disposition watch (a new source's official text): the digest tells it like the others.
    lines = [replace(line, severity="watch") for line in lines_of(watched, facts)]
    lines += reminders(past, facts.catalogue.measures, facts.result.context.night)
    found = found_by_backfill(past, facts)
    lines += found[:BACKFILLED_SHOWN]
    if not lines and not (notes and quiet):
        return []
    lines += followed(facts, sent) if lines or quiet else []
    said = digest_said(facts.night, lines, learning=facts.result.context.mode == "learn")
    composed = _alert("digest", "", title_said(said), tuple(lines), facts.night)
    return [noting(replace(composed, said=said), (*notes, *backfill_note(found)))]


def health(night: str, title: str, notes: Sequence[str], key: str = "", said: tuple[tuple[str, str], ...] = ()) -> Alert:
    """Compose a message about topicwatch itself; one per night and key, whatever the number of runs."""
    alert_id = h("health", night, key) if key else h("health", night)
    return noting(Alert(alert_id, "", "health", title, (), (), (), night, said=said), notes)


def retraction(told: Alert, why: str, night: str) -> Alert:
    """Take back an alert that a person found wrong; it joins the thread of what it takes back."""
    lines = tuple(replace(line, mark=WITHDRAWN, night=night) for line in told.lines)
    return replace(_alert("retraction", told.matter_id, told.title, lines, night), notes=(why,))


def _by_matter(moves: Iterable[Move]) -> list[list[Move]]:
    groups: dict[str, list[Move]] = {}
    for move in sorted(moves, key=lambda m: m.move_id):
        groups.setdefault(move.matter_id or move.move_id, []).append(move)
    return [groups[matter] for matter in sorted(groups)]


def _alert(purpose: Purpose, matter_id: str, title: str, lines: tuple[Line, ...], night: str) -> Alert:
    move_ids = tuple(sorted(i for line in lines for i in line.move_ids))
    topics = tuple(sorted({t for line in lines for t in line.all_topics}))
    # A night can be run again with more to watch: the moves are part of a digest's id, a quiet night's id is the night alone.
    alert_id = h("digest", night, *move_ids) if purpose == "digest" else h(purpose, *move_ids)
    return Alert(alert_id, matter_id, purpose, title, topics, lines, move_ids, night)
