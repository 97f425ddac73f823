"""Pairing raised moves with labelled ones: by hand, on the own stream, and rule for rule as the scorer of the labelled streams does it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.errors_gold import load_gold
from flows.replay import move_row
from flows.streams import load_stream
from topics.errors.gold import Gold, GoldArticle, GoldMove
from topics.errors.matching import pair_moves, quote_right, score
from topics.errors.wrong import count, wrong_decisions
from topics.model import Evidence, Kind, Move, Severity, Verdict, severity_of
from training.labelled import ROOT, SHARED, scorer

HARBOUR = ROOT / "tests" / "data" / "streams" / "harbour"
DAY = date(2026, 10, 5)


def evidence(article: str, quote: str = "") -> Evidence:
    return Evidence(article, 1, f"c-{article}", quote, f"Outlet {article}", f"https://{article}.example/", independent=True)


def raised(number: int, articles: Sequence[str], *, topic: str = "t", kind: Kind = "adopted", day: int = 0, watch: bool = False) -> Move:
    severity: Severity = "watch" if watch else severity_of(kind)
    return Move(
        f"m{number:03}", topic, "matter", kind, severity, f"l{number}", "", "", "value", 0.9, "headline", tuple(map(evidence, articles)),
        "watch" if severity == "watch" else "raised", DAY + timedelta(day),
    )  # fmt: skip


def gold_move(name: str, articles: Sequence[str], *, topic: str = "t", kind: Kind = "adopted", day: int = 0, **more: Any) -> GoldMove:
    return GoldMove(name, topic, kind, severity_of(kind), DAY + timedelta(day), tuple(articles), **more)


def how(moves: Sequence[Move], gold: Gold) -> list[tuple[str, str, str]]:
    return [(p.move.move_id, p.gold.gold_id if p.gold else "", p.how) for p in pair_moves(moves, gold)]


def test_a_second_move_for_one_labelled_move_is_a_repeat_and_the_earliest_night_counts() -> None:
    gold = Gold((gold_move("g", ["a", "b"]),), {})
    assert how([raised(1, ["b"], day=2), raised(2, ["a"])], gold) == [("m002", "g", "hit"), ("m001", "g", "repeat")]


def test_among_several_free_moves_the_one_of_the_same_kind_wins_then_the_one_that_shares_most() -> None:
    gold = Gold((gold_move("g1", ["a", "b"], kind="eased"), gold_move("g2", ["a"]), gold_move("g3", ["a", "b"])), {})
    assert how([raised(1, ["a", "b"])], gold) == [("m001", "g3", "hit")]
    assert how([raised(1, ["a"]), raised(2, ["a"]), raised(3, ["a"])], gold)[1:] == [("m002", "g3", "hit"), ("m003", "g1", "hit")]


def test_without_a_shared_article_a_move_is_false_and_with_one_of_another_topic_its_topic_is_wrong() -> None:
    gold = Gold((gold_move("g", ["a"]),), {})
    assert how([raised(1, ["x"]), raised(2, ["a"], topic="u")], gold) == [("m001", "", "false"), ("m002", "", "wrong topic")]


def test_contested_pairs_and_unmatched_moves_of_warm_up_nights_are_left_out() -> None:
    gold = Gold((gold_move("g", ["a"], contested=True),), {}, frozenset({DAY}))
    assert how([raised(1, ["a"]), raised(2, ["x"]), raised(3, ["x"], day=1)], gold) == [("m003", "", "false")]
    assert score(pair_moves([], gold), gold).gold == 0


@pytest.mark.parametrize(
    ("quote", "labelled", "right"),
    [
        ("The bureau fined Kestrel 3 million dollars.", "The bureau fined Kestrel 3 million dollars on Monday.", True),
        ("The bureau fined Kestrel.", "Texas barred the app from phones.", False),
        ("商务部周一发布禁令", "商务部发布禁令。", True),
        ("a b c d e f g h i", "a b", False),  # so long that it says more than the label
        ("", "a b", False),
    ],
)
def test_a_quote_is_right_when_most_words_of_one_stand_in_the_other(quote: str, labelled: str, right: bool) -> None:
    move = replace(raised(1, []), evidence=(evidence("a", quote),))
    assert quote_right(move, gold_move("g", ["a"], quotes={"a": (labelled,)})) is right


def test_every_way_to_be_wrong_has_its_label() -> None:
    quotes = {"late": ("It was adopted on Monday by the bureau.",)}
    gold = Gold(
        (
            gold_move("kind", ["kind"], kind="eased"), gold_move("late", ["late"], quotes=quotes), gold_move("thin", ["thin"]),
            gold_move("missed", ["gone"]), gold_move("copied", ["copied"]), gold_move("soon", ["soon"], day=1),
        ),
        {name: GoldArticle("move") for name in ("kind", "late", "thin", "gone", "copied", "soon")}
        | {"x": GoldArticle("hard_negative"), "s": GoldArticle("syndicated"), "f": GoldArticle("followup")},
    )  # fmt: skip
    moves = [
        raised(1, ["kind"]), raised(2, ["late"], day=1), raised(3, ["thin"], watch=True), raised(4, ["x"]), raised(5, ["kind"], day=2),
        raised(6, ["gone"], topic="u"), raised(7, ["soon"]), raised(8, ["x"], kind="signalled", day=1),
    ]  # fmt: skip
    verdicts = [(DAY, Verdict(i, 1, "near_duplicate", "other", i, ("t",), ())) for i in ("copied", "f")]
    verdicts += [(DAY, Verdict(i, 1, "no_move", "", i, ("t",), ())) for i in ("s", "gone", "thin")]
    found = wrong_decisions(pair_moves(moves, gold), verdicts, gold)
    assert dict(count(found)) == {
        "missed": 2, "lost as duplicate": 1, "wrong kind": 1, "late": 1, "wrong quote": 1, "only watched": 1, "false alert": 1,
        "false watch": 1, "repeat": 1, "wrong topic": 1, "early": 1, "wrong copy": 1, "copy not caught": 1,
    }  # fmt: skip
    side = {w.labels for w in found if w.is_side}
    assert side == {("false watch",), ("wrong copy",), ("copy not caught",)}
    (repeat,) = (w for w in found if w.labels == ("repeat",))
    assert (repeat.other, repeat.gold) == (moves[0], gold.moves[0])
    (late,) = (w for w in found if "late" in w.labels)
    assert (late.labels, late.night) == (("late", "wrong quote"), DAY)


@cache
def harbour() -> tuple[Gold, Mapping[str, str]]:
    stream = load_stream(HARBOUR)
    return load_gold(HARBOUR, stream), stream.ids


def perfect(gold: GoldMove) -> Move:
    """What a perfect replay would raise for a labelled move: its first night's articles with their labelled sentences."""
    quotes = gold.quotes or {}
    parts = tuple(evidence(i, max(quotes.get(i, ("",)), key=len)) for i in gold.articles)
    move = raised(0, [], topic=gold.topic, kind=gold.kind)
    return replace(move, move_id=gold.gold_id, severity=gold.severity, night=gold.night, evidence=parts)


def test_the_own_stream_told_perfectly_has_no_wrong_decision() -> None:
    gold, _ = harbour()
    moves = [perfect(g) for g in gold.moves]
    pairs = pair_moves(moves, gold)
    found = score(pairs, gold)
    alerts = sum(g.severity == "alert" for g in gold.moves)
    assert (found.raised, found.right, found.on_time, found.kind_right, found.quote_right) == (alerts,) * 5
    copies = [(DAY, Verdict(i, 1, "rewrite", a.duplicate_of, i, (), ())) for i, a in gold.articles.items() if a.duplicate_of]
    assert wrong_decisions(pairs, copies, gold) == ()


def test_the_own_stream_with_one_move_left_out_and_one_told_twice() -> None:
    gold, _ = harbour()
    first, *rest = (g for g in gold.moves if g.severity == "alert")
    moves = [perfect(g) for g in rest] + [replace(perfect(rest[0]), move_id="again")]
    labels = count(wrong_decisions(pair_moves(moves, gold), [], gold))
    watched = sum(g.severity == "watch" for g in gold.moves)
    assert labels == (("missed", 1 + watched), ("repeat", 1))
    assert first.gold_id not in {p.gold.gold_id for p in pair_moves(moves, gold) if p.gold}


def drawn(draw: st.DrawFn, gold: Gold) -> list[Move]:
    articles, quoted = sorted(gold.articles), [q for g in gold.moves for qs in (g.quotes or {}).values() for q in qs]
    topics, kinds = sorted({g.topic for g in gold.moves}), sorted({g.kind for g in gold.moves})
    moves = []
    for number in range(draw(st.integers(0, 12))):
        base = perfect(draw(st.sampled_from(gold.moves)))
        picked = draw(st.lists(st.sampled_from([*(e.article_id for e in base.evidence), *articles]), min_size=1, max_size=4, unique=True))
        parts = tuple(evidence(i, draw(st.sampled_from(["", *quoted]))) for i in picked)
        moves.append(
            replace(
                base, move_id=f"m{number:02}", evidence=parts, night=base.night + timedelta(draw(st.integers(-1, 2))),
                topic=draw(st.sampled_from([base.topic, *topics])), kind=draw(st.sampled_from([base.kind, *kinds])),
                severity=draw(st.sampled_from(["alert", "watch"])),
            )
        )  # fmt: skip
    return moves


@pytest.mark.skipif(not (SHARED / "streams").is_dir(), reason="the scorer of the labelled streams is not beside the checkout")
@settings(max_examples=40)
@given(data=st.data())
def test_moves_are_counted_as_the_scorer_of_the_labelled_streams_counts_them(data: st.DataObject) -> None:
    whole, ids = harbour()
    contested = data.draw(st.sets(st.sampled_from([g.gold_id for g in whole.moves]), max_size=3))
    warmup = frozenset(data.draw(st.sets(st.sampled_from([g.night for g in whole.moves]), max_size=2)))
    gold = replace(whole, warmup=warmup, moves=tuple(replace(g, contested=g.gold_id in contested) for g in whole.moves))
    moves = data.draw(st.composite(drawn)(gold))
    rows = [move_row(m, ids) for m in moves]
    labelled = [row | {"contested": row["id"] in contested} for row in read(HARBOUR / "moves.jsonl")]
    wanted = scorer().score_moves(rows, labelled, {}, {night.isoformat() for night in warmup})
    pairs = pair_moves(moves, gold)
    theirs = scorer().match_moves(rows, labelled, {night.isoformat() for night in warmup})
    assert [(p.gold.gold_id if p.gold else None, p.how) for p in pairs] == [(g and g["id"], how) for _, g, how in theirs]
    for severity in ("alert", "watch"):
        found, row = score(pairs, gold, severity), wanted[severity]
        on_time = row["recall_same_night_as_alert" if severity == "alert" else "recall_same_night"]
        assert (found.raised, found.gold) == (row["raised"], row["gold"])
        assert found.right == round(row["precision"] * row["raised"])
        assert found.on_time == round(on_time * row["gold"])
        assert found.kind_right == round(row["kind_right"] * found.right)
        assert found.quote_right == round(row["quote_right"] * found.quoted)


def read(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
