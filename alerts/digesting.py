"""Composes what comes without a move of tonight: dates ahead, what a backfill found, follow-ups of what was told, the week."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from alerts.habits import WEEKDAYS
from alerts.lines import Facts, lines_of
from alerts.model import Alert, Line
from alerts.notes import TOPIC, Note, packed, part
from alerts.wording import WITHDRAWN, language_of, said_of, title_said
from extractors.model import h
from topics.model import Measure, Move, Verdict

# Days before a date on which it is recalled: what closes is recalled while there is time, what applies on its day.
NOTICE = {True: {7: "in_7_days", 1: "tomorrow"}, False: {7: "in_7_days", 0: "today"}}
POSTPONING = frozenset({"eased", "extended"})
NAMED = frozenset({"comments", "applies", "named"})  # days that a told step named; the others stand in the catalogue
BACKFILLED_SHOWN = 20
FOLLOWED_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Past:
    """What the digest looks back on."""

    alerts: tuple[Alert, ...] = ()  # every alert that was composed before tonight
    backfilled: tuple[Move, ...] = ()  # moves that a backfill found since the last night


NOTHING_PAST = Past()


def reminders(past: Past, measures: Iterable[Measure], night: date) -> list[Line]:
    """Recall the days ahead that alerts named, and the dated steps of the catalogue; a day that a later postponement moved is none."""
    told = [line for alert in past.alerts if alert.purpose in {"new", "update", "confirmation"} for line in alert.lines]
    moved = postponements(told)
    named = {
        (line.matter_id or line.move_id, key, day): replace(line, night=night.isoformat())
        for line in told
        for key, day in line.days
        if key == "comments" or not any(line.night < since and day < until for since, until in moved.get(line.matter_id, ()))
    }
    planned = {(m.matter_id, s.kind, s.on.isoformat()): step_line(m, s.kind, s.what, night) for m in measures for s in m.steps}
    taken = {(matter, day) for matter, _, day in named}
    every = named | {k: v for k, v in planned.items() if (k[0], k[2]) not in taken}
    gone = {line.matter_id for alert in past.alerts if alert.purpose == "retraction" for line in alert.lines}
    return [
        reminder(line, key, day, notice)
        for (matter, key, day), line in sorted(every.items(), key=lambda item: (item[0][2], item[0]))
        if (notice := NOTICE[key == "comments"].get((date.fromisoformat(day) - night).days)) and (matter not in gone or key not in NAMED)
    ]


def postponements(lines: Iterable[Line]) -> dict[str, list[tuple[str, str]]]:
    """Give for each matter (night, day): on which nights it was postponed or extended, and to which day."""
    found: dict[str, list[tuple[str, str]]] = {}
    for line in lines:
        days = [day for key, day in line.days if key != "comments"]
        if line.kind in POSTPONING and days and line.matter_id:
            found.setdefault(line.matter_id, []).append((line.night, max(days)))
    return found


def step_line(measure: Measure, kind: str, what: str, night: date) -> Line:
    """Write a dated step of the catalogue as a line."""
    return Line(
        move_id="", topic=measure.topics[0] if measure.topics else "", kind=kind, severity="digest", headline=f"{measure.name_en}: {what}",
        quote="", quote_lang="en", publisher="", url="", known_before="", others=(), official=False, confidence=1.0,
        night=night.isoformat(), matter_id=measure.matter_id, measure=measure.name_en, topics=measure.topics, measure_zh=measure.name_zh,
        catalogued=True,
    )  # fmt: skip


def reminder(line: Line, key: str, day: str, notice: str) -> Line:
    """Turn a line into a reminder of its day: an id of its own, so that it is neither the move nor another reminder."""
    applies, comments = key in {"applies", "in_force"}, key == "comments"
    return replace(
        line, move_id=h("reminder", line.matter_id or line.move_id, key, day, notice), also=(), kind="reminder", severity="digest",
        mark=notice, value=f"{key} {day} {notice}", applies_on=day if applies else "", comments_until=day if comments else "",
        day_named="" if applies or comments else day, quote="", quote_cut=False, known_before="", known_by="", known_on="", others=(),
        links=(), told_at="", keys=(), urls=(), text_kind="full", reading=1.0,
    )  # fmt: skip


def found_by_backfill(past: Past, facts: Facts) -> list[Line]:
    """Tell the moves that a backfill found: nobody was alerted to them."""
    return [replace(line, severity="digest") for line in lines_of(past.backfilled, facts)]


def backfill_note(lines: Sequence[Line]) -> tuple[str, ...]:
    """Say how many are left out."""
    more = len(lines) - BACKFILLED_SHOWN
    return (Note(part("backfill_more", n=more)),) if more > 0 else ()


def followed(facts: Facts, sent: Collection[str]) -> list[Line]:
    """Tell what else was reported tonight on matters that were told: one line a matter, the matter most reported on first."""
    moved = {m.matter_id for m in facts.result.moves}
    groups: dict[str, list[Verdict]] = {}
    for verdict in sorted(facts.result.verdicts, key=lambda v: (v.article_id, v.rev)):
        row = facts.row(verdict.covers_id) if verdict.outcome == "follow_up" and verdict.covers_id else None
        if row and row.matter_id in sent and row.matter_id not in moved and (verdict.article_id, verdict.rev) in facts.articles:
            groups.setdefault(row.matter_id, []).append(verdict)
    ordered = sorted(groups.items(), key=lambda item: (-len(item[1]), item[0]))[:FOLLOWED_SHOWN]
    return [follow_line(matter, verdicts, facts) for matter, verdicts in ordered]


def follow_line(matter_id: str, verdicts: Sequence[Verdict], facts: Facts) -> Line:
    """Write the line of one followed matter: the first article's title, and who else writes about it."""
    articles = [facts.articles[v.article_id, v.rev] for v in verdicts]
    lead, measure = articles[0], facts.measure(matter_id)
    others = sorted({a.publisher for a in articles} - {lead.publisher})
    return Line(
        move_id=h("followed", matter_id, facts.night), topic=verdicts[0].topics[0] if verdicts[0].topics else "", kind="followed",
        severity="digest", headline=lead.title, quote="", quote_lang="en", publisher=lead.publisher, url=lead.url, known_before="",
        others=tuple(others), official=any(a.is_official for a in articles), confidence=1.0, night=facts.night, matter_id=matter_id,
        measure=facts.name(matter_id), measure_zh=measure.name_zh if measure else "", value=f"followed {facts.night}",
        topics=tuple(sorted({t for v in verdicts for t in v.topics})), headline_lang=language_of(lead.title),
    )  # fmt: skip


def weekly_id(weekday: str, night: str) -> str:
    """Name the summary of the week that ends with a night, for those who want it on that weekday."""
    return h("weekly", weekday, night)


def weekly(weekdays: Iterable[str], tonight: Sequence[Alert], past: Past, topics: Sequence[str], night: date) -> list[Alert]:
    """Compose the summaries that are due, one per wanted weekday: at its own night, or at the first one after it when that was missed."""
    found = []
    for weekday in sorted(set(weekdays) - {""}, key=WEEKDAYS.index):
        told = [a.night for a in past.alerts if a.purpose == "weekly" and a.alert_id == weekly_id(weekday, a.night)]
        last = max(map(date.fromisoformat, told), default=night - timedelta(1))
        due = night - timedelta((night.weekday() - WEEKDAYS.index(weekday)) % 7)
        if last < due <= night:
            since = max(last, night - timedelta(7)) if told else night - timedelta(7)
            found.append(week_of(weekday, [*past.alerts, *tonight], topics, since, night))
    return found


def week_of(weekday: str, alerts: Sequence[Alert], topics: Sequence[str], since: date, night: date) -> Alert:
    """Compose one week: every step that was told after `since`, by topic, and the topics on which nothing moved."""
    purposes = {"new", "update", "confirmation", "correction", "retraction"}
    told = [a for a in alerts if a.purpose in purposes and since.isoformat() < a.night <= night.isoformat()]
    steps = {line.move_id: replace(line, mark=WITHDRAWN if a.purpose == "retraction" else line.mark) for a in told for line in a.lines}
    lines = tuple(sorted((replace(line, severity="digest") for line in steps.values()), key=lambda x: (x.topic, x.night, x.move_id)))
    return week_alert(weekly_id(weekday, night.isoformat()), lines, topics, night.isoformat())


def week_alert(alert_id: str, lines: tuple[Line, ...], topics: Iterable[str], night: str) -> Alert:
    """Title a week by its lines, count them by topic, and name the topics that are quiet."""
    counts = {t: sum(t in line.all_topics for line in lines) for t in topics}
    notes = [Note(part("week_topic", topic=f"{TOPIC}{t}", n=n)) for t, n in counts.items() if n]
    quiet = [f"{TOPIC}{t}" for t, n in counts.items() if not n]
    notes += [Note(part("week_quiet", topics=", ".join(quiet)))] if quiet else []
    said = said_of("weekly", night=night, n=len(lines)) if lines else said_of("weekly_none", night=night)
    move_ids = tuple(sorted(i for line in lines for i in line.move_ids))
    return Alert(
        alert_id, "", "weekly", title_said(said), tuple(sorted({t for x in lines for t in x.all_topics})), lines, move_ids, night,
        tuple(notes), tuple(map(packed, notes)), said=said,
    )  # fmt: skip
