"""The stages of a run, once, as plain functions; night, backfill, replay, tests and the Prefect flows all run these."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Protocol, TypeVar

from alerts.compose import compose, deliveries, health
from alerts.model import Alert, Delivery
from alerts.notes import Note, part
from alerts.outbox import DrainReport
from alerts.wording import said_of, title_said
from extractors.model import Article, Source, SourceReading, h
from flows.archive import open_archive
from flows.delivering import INBOX, counts, failure_lines, sent_ids, settle
from flows.feeds import write_feeds
from flows.listening import Job, Window, listen
from flows.past_alerts import past_of
from flows.readers import read_articles
from flows.settings import version
from flows.summary import KEPT, Summary, dropped, health_lines, judge, source_line
from flows.tools import Tools
from flows.upkeep import Upkeep, look_after
from storage.as_of import View
from topics.baseline import baseline
from topics.decide import decide
from topics.model import Known, Mode, NightContext, NightResult, Reading
from topics.probes import probes
from topics.resources import text_of
from topics.rewrites import DEFAULT_REWRITE_RULES
from topics.similar import DEFAULT_COPY_RULES
from topics.stories import DEFAULT_STORY_RULES

T = TypeVar("T")
NO_UPKEEP = Upkeep(())
BLIND = said_of("blind")
REHEARSAL = "not live: alerts were written to files only; `topicwatch init --live` lets them go out"


class Stage(Protocol):
    """Runs one stage under its name; the Prefect flows make a task of it."""

    def __call__(self, name: str, work: Callable[[], T]) -> T:
        """Run the work and give its result."""


def plainly(name: str, work: Callable[[], T]) -> T:
    """Run a stage as what it is: a function."""
    return work()


@dataclass(frozen=True, slots=True)
class Plan:
    """What one run is to do."""

    night: date
    now: datetime
    mode: Mode
    sources: tuple[Source, ...]
    window: Window = (None, None)
    as_of: datetime | None = None  # set when a person simulates the day
    force: bool = False
    alert: bool = True  # compose and deliver; a backfill and a replay do not
    armed: bool = False  # a replay: no source and no topic is in its learning phase


@dataclass(frozen=True, slots=True)
class Started:
    """A run that has its number."""

    plan: Plan
    run_seq: int
    base_run_seq: int
    silent_before: frozenset[str]  # sources that failed the last time


@dataclass(frozen=True, slots=True)
class Decided:
    """A night that was decided, with what goes out for it."""

    result: NightResult
    readings: tuple[Reading, ...]
    alerts: tuple[Alert, ...]
    deliveries: tuple[Delivery, ...]
    known_steps: int
    cared: Upkeep = NO_UPKEEP


def run_night(tools: Tools, plan: Plan, stage: Stage = plainly) -> Summary:
    """Run one night from the first source to the last delivery; raises Locked, Stopped, SchemaError."""
    with tools.store.run_lock():
        earlier = stage("settle earlier deliveries", lambda: settle(tools, plan.now)) if plan.alert else DrainReport()
        started = stage("begin", lambda: begin(tools, plan))
        archive = open_archive(tools.settings, plan.night, started.run_seq, plan.now)
        heard = stage("read sources", lambda: listen(tools, job_of(started), archive))
        cared = stage("look after the sources", lambda: look_after(tools, started.run_seq, heard, plan.now, archive))
        decided = stage("decide", lambda: decide_night(tools, started, cared))
        summary = stage("record", lambda: record(tools, started, cared.heard, decided))
        if archive and archive.fault:
            summary = replace(summary, notes=(*summary.notes, f"raw archive not written: {archive.path}: {archive.fault}"))
        if not plan.alert:
            return summary
        sent = stage("deliver", lambda: settle(tools, plan.now))
        if counts(sent):
            tools.store.publish_snapshot()
        stage("write feeds", lambda: write_feeds(tools))
        return finish(summary, sent, earlier, live=tools.seeds.routing.live)


def job_of(started: Started) -> Job:
    """Say what is to be read."""
    plan = started.plan
    # A night that learns has told nothing yet; a backfill looks at the past only.
    return Job(started.run_seq, plan.sources, plan.window, plan.now, plan.force, night=plan.night if plan.mode == "night" else None)


def begin(tools: Tools, plan: Plan) -> Started:
    """Give the run its number, take in the baseline, and choose `learn` while nothing is armed."""
    with tools.store.window() as window:
        cursors = window.cursors()
        if plan.mode == "night" and not plan.armed and not any(c.armed_run_seq is not None for c in cursors.values()):
            plan = replace(plan, mode="learn")
        since, until = plan.window
        run = window.begin_run(
            run_id=uuid.uuid4().hex, mode=plan.mode, night=plan.night, as_of=plan.as_of, window_from=since, window_to=until,
            config_digest=config_digest(tools), baseline_digest=tools.seeds.digest, reader_version=tools.reader.version,
            code_version=version(), now=plan.now,
        )  # fmt: skip
        if not window.has_baseline(tools.seeds.digest):
            steps, claims = baseline(tools.seeds.dossiers, tools.seeds.catalogue)
            window.record_baseline(
                tools.seeds.dossiers, tools.seeds.catalogue, run.run_seq, tools.seeds.digest, ledger=steps,
                claims=[claim for claim in claims if claim.origin == "catalogue"],
            )  # fmt: skip
    silent = frozenset(i for i, c in cursors.items() if c.failures)
    return Started(plan, run.run_seq, run.base_run_seq, silent)


def config_digest(tools: Tools) -> str:
    """Hash all that decides beside the reader: the thresholds, and the weights of rewrites and of the judge."""
    rules = (tools.rules.digest, *map(repr, (DEFAULT_COPY_RULES, DEFAULT_REWRITE_RULES, DEFAULT_STORY_RULES)))
    return h(*rules, text_of("weights", "rewrites.tsv"), tools.judge.digest if tools.judge else "")


def decide_night(tools: Tools, started: Started, cared: Upkeep = NO_UPKEEP) -> Decided:
    """Read what is undecided, slice what is known, decide, and compose what people receive."""
    plan = started.plan
    articles = undecided(tools, plan)
    readings, aside = read_articles(tools, articles)
    cared = replace(cared, aside=tuple(each.line for each in aside))
    tools.stop.check()
    view = View.by_night(plan.night) if plan.mode == "backfill" else View.by_run(started.base_run_seq)
    with tools.store.window() as window:
        known = window.slice(view, probes(readings, plan.night, tools.rules))
    if plan.armed:
        known = replace(known, unarmed_sources=frozenset(), unarmed_topics=frozenset())
    context = NightContext(plan.night, started.run_seq, plan.mode)
    result = decide(context, readings, known, tools.seeds.catalogue, tools.rules, judge=tools.judge)
    if not plan.alert:
        return Decided(result, readings, (), (), len(known.ledger), cared)
    composed = told(tools, started, cared, result, known, readings)
    going = deliveries(composed, tools.seeds.routing.routes, tools.seeds.routing.recipients)
    return Decided(result, readings, composed, going, len(known.ledger), cared)


def told(
    tools: Tools, started: Started, cared: Upkeep, result: NightResult, known: Known, readings: Sequence[Reading]
) -> tuple[Alert, ...]:
    """Compose what people receive for the night: its alerts, its digest, and one health alert when no source was heard."""
    notes = notes_of(started, cared.heard, cared, result, len(known.ledger))
    routing = tools.seeds.routing
    alerts = compose(
        result, tools.seeds.catalogue, routing.routes, sent_ids(tools), notes, known=known, articles=[r.article for r in readings],
        past=past_of(tools.store, started.plan.night), weekdays={r.habits.weekly for r in routing.recipients},
    )  # fmt: skip
    if told_before(tools, started):
        # The night was summed up; another run of it speaks only when it has something to say.
        alerts = tuple(a for a in alerts if a.purpose != "digest" or a.lines)
    if judge([source_line(r) for r in cared.heard], started.silent_before, 0) != "blind":
        return alerts
    # The digest would tell the same lines once more.
    loud = tuple(a for a in alerts if a.purpose != "digest")
    return (*loud, health(started.plan.night.isoformat(), title_said(BLIND), notes, said=BLIND))


def told_before(tools: Tools, started: Started) -> bool:
    """Say whether an earlier run of this night came to its end, and so told what it found."""
    with tools.store.read() as reads:
        return any(run.night == started.plan.night and run.outcome in {"done", "partial"} for run in reads.runs(limit=20))


def undecided(tools: Tools, plan: Plan) -> tuple[Article, ...]:
    """Give the night's candidates: every stored revision that no run has decided yet."""
    with tools.store.window() as window:
        return window.undecided(plan.mode, plan.night)


def record(
    tools: Tools, started: Started, heard: Sequence[SourceReading], decided: Decided, *, ends: bool = True, publish: bool = True
) -> Summary:
    """Write window W2: the night's decisions and the run's end, in one transaction; then publish the snapshot.

    ends=False keeps the run open for the next day of a backfill; publish=False leaves the snapshot alone.
    """
    summary = summarise(started, heard, decided)
    numbers = {"fetched": summary.fetched, "articles": summary.articles, "kept": summary.kept, **dict(summary.dropped)}
    outcome = summary.outcome if ends else None
    with tools.store.window() as window:
        window.record_night(
            started.run_seq, decided.result, decided.readings, decided.alerts, decided.deliveries, outcome, numbers, started.plan.now,
            health=decided.cared.told,
        )  # fmt: skip
        if ends and publish:
            window.publish_snapshot()
    return summary


def summarise(started: Started, heard: Sequence[SourceReading], decided: Decided) -> Summary:
    """Count one run."""
    result = decided.result
    sources = tuple(source_line(r) for r in heard)
    return Summary(
        night=started.plan.night,
        mode=started.plan.mode,
        run_seq=started.run_seq,
        outcome=judge(sources, started.silent_before, 0),
        sources=sources,
        dropped=dropped(heard, result),
        articles=len(decided.readings),
        kept=sum(v.outcome in KEPT for v in result.verdicts),
        moves=tuple(sorted(Counter(m.disposition for m in result.moves).items())),
        alerts=decided.alerts,
        known_steps=decided.known_steps + len(result.ledger),
        notes=notes_of(started, heard, decided.cared, result, decided.known_steps),
    )


def notes_of(started: Started, heard: Sequence[SourceReading], cared: Upkeep, result: NightResult, known_steps: int) -> tuple[str, ...]:
    """Write the run's plain lines: the first-night report, who was heard, what changed with the sources; of a backfill who failed."""
    lines = (*(cared.lines or (health_lines([source_line(r) for r in heard]) if heard else ())), *cared.aside)
    if started.plan.mode != "learn" or not result.verdicts:
        return lines
    steps = known_steps + len(result.ledger)
    return (Note(part("first", n=f"{len(result.verdicts):,}", steps=f"{steps:,}")), *lines)


def finish(summary: Summary, report: DrainReport, earlier: DrainReport, *, live: bool) -> Summary:
    """Add what was delivered, and what the inbox held that is no action; a delivery that is late makes a done night partial."""
    refused = tuple(failure for failure in earlier.failures if failure[0] == INBOX)
    rehearsed = () if live else (REHEARSAL,)
    report = replace(report, failures=(*refused, *report.failures))
    outcome = "partial" if summary.outcome == "done" and not report.ok else summary.outcome
    return replace(
        summary, outcome=outcome, deliveries=tuple(counts(report).items()), notes=(*summary.notes, *failure_lines(report), *rehearsed)
    )
