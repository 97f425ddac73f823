"""A message's plain lines: English where they are stored, and in the recipient's language, topics by name, when they are sent."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from datetime import UTC, date, datetime

from alerts.addressing import delivery_of
from alerts.compose import health
from alerts.digesting import week_alert
from alerts.dressing import Dresser
from alerts.folding import folded
from alerts.model import Alert, Recipient
from alerts.notes import Note, in_language, packed, part
from alerts.payload import from_json, to_json
from flows.health import change_lines, gap_lines, heard_line
from flows.summary import SourceLine
from storage.model import Gap, Health
from topics.model import Topic

NOW = datetime(2026, 11, 6, 2, tzinfo=UTC)
TOPIC = Topic("cloud-kyc", "Know your cloud customer", "云客户身份识别", "")
DRESSER = Dresser(topics={"cloud-kyc": TOPIC})
LI = Recipient("li", "file", "out", lang="zh")
ANA = Recipient("ana", "file", "out")
SINCE = datetime(2026, 11, 1, tzinfo=UTC)


def dressed(alert: Alert, reader: Recipient) -> tuple[str, ...]:
    return DRESSER.dress(from_json(to_json(alert)), reader, NOW).notes


def nightly() -> tuple[str, ...]:
    changed = [
        Health("a", "silent", SINCE, "timeout"), Health("b", "no_key", SINCE, "B_KEY"), Health("c", "well"),
        Health("d", "gone", SINCE), Health("e", "moved", SINCE, "https://e.example/new"), Health("f", "stale", SINCE, "every 24 hours"),
        Health("g", "empty", SINCE), Health("h", "incomplete", SINCE, "deadline"), Health("i", "blocked", SINCE, "robots"),
    ]  # fmt: skip
    lines = [SourceLine(h.source_id, "failed" if h.source_id != "c" else "ok", "", 0, 0) for h in changed]
    gaps = [Gap("a", SINCE, NOW, "no_run", True, False), Gap("b", SINCE, NOW, "timeout", True, True)]
    told = {"c": Health("c", "stale", SINCE)}
    return (heard_line(lines, changed), *change_lines(changed, told), *gap_lines(gaps, {"a": "throttled"}), *gap_lines(gaps[:1], {}))


def test_the_nightly_lines_come_in_the_readers_language() -> None:
    alert = health("2026-11-06", "x", nightly())
    assert dressed(alert, ANA) == alert.notes
    english, chinese = alert.notes, dressed(alert, LI)
    assert len(chinese) == len(english) == 13
    kinds = "".join(f"，1个{kind}（自2026-11-01起）" for kind in ("无响应", "不完整", "被拒", "已消失"))
    assert chinese[0] == f"9个来源中1个已读取{kinds}，1个缺少密钥"
    assert english[0] == (
        "1 of 9 sources heard, 1 silent since 2026-11-01, 1 incomplete since 2026-11-01, 1 blocked since 2026-11-01, "
        "1 gone since 2026-11-01, 1 without a key"
    )
    for line, said in zip(english[1:], chinese[1:], strict=True):
        assert line != said
        assert line.partition(": ")[0] == said.partition("：")[0], "names stay as they are"
        assert not any(word in said for word in (" since", "heard", "asked", "lost"))


def test_the_week_names_topics_in_words() -> None:
    week = week_alert("w", (), ["cloud-kyc", "gone-topic"], date(2026, 11, 6).isoformat())
    assert week.notes == ("Nothing moved on: cloud-kyc, gone-topic",)
    assert dressed(week, ANA) == ("Nothing moved on: Know your cloud customer, gone-topic",)
    assert dressed(week, LI) == ("没有新动向的主题：云客户身份识别, gone-topic",)


def test_a_folded_note_keeps_its_night_and_its_language(alert: Callable[..., Alert]) -> None:
    one = health("2026-11-05", "x", [Note(part("heard", n=1, all=2))])
    two = alert(2, notes=("a person's words",))
    whole = folded([(delivery_of(a, LI), a) for a in (one, two)]).alert
    assert whole.notes == ("2026-11-05: 1 of 2 sources heard", f"{two.night}: a person's words")
    assert dressed(whole, LI) == ("2026-11-05：2个来源中1个已读取", f"{two.night}: a person's words")


def test_a_line_of_another_version_keeps_its_words() -> None:
    note = Note(part("heard", n=1, all=2))
    assert in_language("words", "", "zh") == "words"
    assert in_language("words", "{torn", "zh") == "words"
    assert in_language("words", '[["notes.no_such_words", []]]', "zh") == "words"
    assert in_language(note, packed(note), "fr") == "1 of 2 sources heard"
    again = pickle.loads(pickle.dumps(note))
    assert (again, again.parts) == (note, note.parts)


def test_braces_in_a_value_are_only_text() -> None:
    note = Note(part("note", who="{who}", words="{0} {key!r}"))
    assert note == "{who} published a correction: {0} {key!r}"
