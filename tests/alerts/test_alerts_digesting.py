"""What comes without a move of tonight: dates ahead, what a backfill found, followed matters, the week."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from alerts.addressing import deliveries, delivery_of
from alerts.compose import compose
from alerts.digesting import Past, weekly, weekly_id
from alerts.dressing import Dresser
from alerts.habits import Habits
from alerts.journal import Journal, entry_of
from alerts.model import Alert, Line, Recipient, Route
from alerts.payload import from_json
from alerts.render import mail_text, subject
from alerts.send import Attempt
from extractors.model import Article
from topics.model import Catalogue, Known, LedgerRow, Move, NightResult, Step, Topic, Verdict

ALL = (Route(frozenset({"*"}), frozenset({"alert", "watch", "digest", "health"}), ("files",)),)
AT = datetime(2026, 11, 7, 2, 0, tzinfo=UTC)
FIRST = Attempt(1, AT)
NIGHT = date(2026, 11, 6)


def digest_of(alerts: Sequence[Alert]) -> Alert:
    (found,) = [a for a in alerts if a.purpose == "digest"]
    return found


@pytest.mark.parametrize(("days", "mark"), [(7, "in_7_days"), (1, "tomorrow"), (0, ""), (2, ""), (8, "")])
def test_a_day_is_recalled_without_any_article(
    days: int, mark: str, alert: Callable[..., Alert], line: Callable[..., Line], night: Callable[..., NightResult], catalogue: Catalogue
) -> None:
    ahead = (NIGHT + timedelta(days)).isoformat()
    told = alert(lines=(line(comments_until=ahead, catalogued=True),))
    composed = compose(night(), catalogue, ALL, (), past=Past((told,)))
    if not mark:
        assert composed == ()
        return
    digest = digest_of(composed)
    assert digest.title == "2026-11-06: 1 date(s) ahead"
    text = mail_text(digest, FIRST)
    assert f"[{mark.replace('_', ' ')}] Customer identification rule: comments until" in text
    assert "Support" not in text


@pytest.mark.parametrize(("days", "mark"), [(7, "in 7 days"), (1, ""), (0, "today"), (-1, "")])
def test_what_applies_is_recalled_on_its_day(
    days: int, mark: str, alert: Callable[..., Alert], line: Callable[..., Line], night: Callable[..., NightResult], catalogue: Catalogue
) -> None:
    told = alert(lines=(line(applies_on=(NIGHT + timedelta(days)).isoformat(), catalogued=True, night="2026-10-01"),))
    composed = compose(night(), catalogue, ALL, (), past=Past((told,)))
    assert bool(composed) == bool(mark)
    assert all(f"[{mark}] Customer identification rule: applies from" in mail_text(digest, FIRST) for digest in composed)


def test_a_postponed_day_is_not_recalled_and_the_new_one_is(
    alert: Callable[..., Alert], line: Callable[..., Line], night: Callable[..., NightResult], catalogue: Catalogue
) -> None:
    today, later = NIGHT.isoformat(), (NIGHT + timedelta(7)).isoformat()
    first = alert(1, lines=(line(applies_on=today, night="2026-10-01"),))
    moved = alert(2, purpose="update", lines=(line(kind="eased", day_named=later, night="2026-10-08", move_id="2" * 20),))
    digest = digest_of(compose(night(), catalogue, ALL, (), past=Past((first, moved))))
    assert [(x.mark, x.day_named) for x in digest.lines] == [("in_7_days", later)]
    other = replace(moved, lines=(replace(moved.lines[0], matter_id="another"),))
    digest = digest_of(compose(night(), catalogue, ALL, (), past=Past((first, other))))
    assert sorted(x.mark for x in digest.lines) == ["in_7_days", "today"]


def test_a_dated_step_of_the_catalogue_is_recalled_once(night: Callable[..., NightResult], catalogue: Catalogue) -> None:
    ahead = Step("in_force", NIGHT + timedelta(7), "planned start")
    measure = replace(catalogue.measures[0], steps=(ahead,))
    digest = digest_of(compose(night(), replace(catalogue, measures=(measure,)), ALL, ()))
    assert "Customer identification rule: applies from 13 Nov 2026" in mail_text(digest, FIRST)


def test_a_reminder_passes_the_record_of_what_was_told(
    alert: Callable[..., Alert], line: Callable[..., Line], night: Callable[..., NightResult], catalogue: Catalogue, tmp_path: Path
) -> None:
    told = alert(lines=(line(applies_on="2026-11-13"),))
    ana = Recipient("ana", "file", "out")
    journal = Journal(tmp_path / "sent.jsonl")
    journal.append([entry_of(told, delivery_of(told, ana), "x", AT, repeat=False)])
    digest = digest_of(compose(night(), catalogue, ALL, (), past=Past((told,))))
    assert journal.untold(digest, "ana") == digest
    journal.append([entry_of(digest, delivery_of(digest, ana), "y", AT, repeat=False)])
    assert journal.untold(digest, "ana") is None
    week = weekly(["friday"], [], Past((told,)), ["cloud-kyc"], NIGHT)[0]
    assert journal.untold(week, "ana") == week


def test_a_withdrawn_step_recalls_nothing(
    alert: Callable[..., Alert], line: Callable[..., Line], night: Callable[..., NightResult], catalogue: Catalogue
) -> None:
    told = alert(lines=(line(applies_on="2026-11-13"),))
    past = Past((told, replace(told, purpose="retraction", alert_id="gone")))
    assert compose(night(), catalogue, ALL, (), past=past) == ()


def test_what_a_backfill_found_is_told_once_in_the_digest(
    move: Callable[..., Move], night: Callable[..., NightResult], catalogue: Catalogue
) -> None:
    found = tuple(move(disposition="backfilled", value=str(n), move_id=f"{n:020x}") for n in range(23))
    digest = digest_of(compose(night(), catalogue, ALL, (), past=Past((), found)))
    assert len(digest.lines) == 20
    assert digest.notes == ("and 3 more found by backfill: `topicwatch moves` lists them",)
    assert digest.title == "2026-11-06: found by backfill"
    assert "[found by backfill] Adopted: The bureau adopts its rule" in mail_text(digest, FIRST)


def test_more_reports_on_a_told_matter_come_with_a_digest_and_make_none(
    move: Callable[..., Move], night: Callable[..., NightResult], catalogue: Catalogue
) -> None:
    row = LedgerRow("l0", "us-rule", "cloud-kyc", "proposed", "draft", (), None, "press:1", "c0", date(2026, 11, 1))
    articles = [Article(n, 1, f"https://{n}.example/", f"Paper {n}", "en", f"Lawyers read the draft {n}", "b", AT, AT) for n in "ab"]
    verdicts = tuple(Verdict(n, 1, "follow_up", "l0", "s", ("cloud-kyc",), ()) for n in "ab")
    watched = move(kind="signalled", severity="watch", matter_id="m2", move_id="9" * 20, value="w")
    raised = move(matter_id="m3", move_id="8" * 20)
    known = Known(ledger=(row,))

    def lines(*moves: Move, sent: set[str]) -> list[tuple[str, ...]]:
        composed = compose(replace(night(*moves), verdicts=verdicts), catalogue, ALL, sent, known=known, articles=articles)
        return [(x.kind, x.headline, *x.others) for a in composed if a.purpose == "digest" for x in a.lines if x.kind == "followed"]

    assert lines(watched, sent={"us-rule"}) == [("followed", "Lawyers read the draft a", "Paper b")]
    assert lines(watched, sent=set()) == []
    assert lines(raised, sent={"us-rule"}) == []


def test_the_week_by_topic(alert: Callable[..., Alert], line: Callable[..., Line]) -> None:
    told = [alert(n, night=(NIGHT - timedelta(n)).isoformat()) for n in (1, 6, 7)]
    (week,) = weekly(["friday"], [alert(9)], Past(tuple(told)), ["cloud-kyc", "model-weights"], NIGHT)
    assert (week.title, len(week.lines)) == ("Week to 2026-11-06: 3 move(s)", 3)
    assert week.notes == ("cloud-kyc: 3 move(s)", "Nothing moved on: model-weights")
    assert subject(Dresser().dress(week, Recipient("wei", "smtp", "w@press.example", "zh"), AT), FIRST) == "截至2026-11-06一周：3项新动向"


def test_a_week_that_was_missed_comes_on_the_next_night() -> None:
    last = Alert(weekly_id("friday", "2026-10-30"), "", "weekly", "", (), (), (), "2026-10-30")
    past = Past((last,))
    assert weekly(["friday"], [], past, [], NIGHT - timedelta(1)) == []
    assert len(weekly(["friday"], [], past, [], NIGHT)) == 1
    assert len(weekly(["friday"], [], past, [], NIGHT + timedelta(2))) == 1  # Friday and Saturday were not run
    assert weekly(["friday"], [], Past(), [], NIGHT + timedelta(1)) == []  # a new recipient waits for the day
    done = Past((last, Alert(weekly_id("friday", "2026-11-06"), "", "weekly", "", (), (), (), "2026-11-06")))
    assert weekly(["friday"], [], done, [], NIGHT + timedelta(2)) == []


def test_the_week_goes_to_who_wants_it_cut_to_their_topics(alert: Callable[..., Alert], line: Callable[..., Line]) -> None:
    mixed = [alert(1), alert(2, lines=(line(topic="model-weights", topics=(), move_id="7" * 20),))]
    (week,) = weekly(["friday"], mixed, Past(), ["cloud-kyc", "model-weights"], NIGHT)
    people = [
        Recipient("all", "file", "a", habits=Habits(weekly="friday")),
        Recipient("some", "file", "b", habits=Habits(weekly="friday")),
        Recipient("other day", "file", "c", habits=Habits(weekly="monday")),
        Recipient("none", "file", "d"),
    ]
    everyone = Route(frozenset({"*"}), frozenset({"alert"}), ("all", "other day", "none"))
    some = Route(frozenset({"model-weights"}), frozenset({"alert"}), ("some",))
    going = {d.recipient_ref: from_json(d.payload) for d in deliveries([week], [everyone, some], people)}
    assert {ref: len(a.lines) for ref, a in going.items()} == {"all": 2, "some": 1}
    assert going["some"].title == "Week to 2026-11-06: 1 move(s)"


def test_compose_gives_the_week_on_its_day(night: Callable[..., NightResult], catalogue: Catalogue) -> None:
    given = replace(catalogue, topics=(Topic("cloud-kyc", "Cloud", "云", ""),))
    assert [a.purpose for a in compose(night(), given, ALL, (), weekdays={"", "friday"})] == ["weekly"]
    assert compose(night(), given, ALL, (), weekdays={"monday"}) == ()
