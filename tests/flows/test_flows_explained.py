"""`explain` in words: every move with what is new and what it changes, every suppressed article with what covers it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest

from extractors.model import Article
from flows.cli.explained import described, explained, standing, supported, together
from flows.replay import replayed
from flows.seeding import load_seeds
from flows.settings import read_settings
from flows.streams import load_stream
from flows.tools import Tools
from standins.household import HARBOUR
from standins.plain_reader import PlainReader
from storage.model import Cited, Decided, Explanation, MoveRow
from storage.reads import Reads
from storage.store import Store
from topics.model import Claim, Evidence, Move, Verdict

NIGHT = date(2026, 10, 6)
SUPPRESSED = {"near_duplicate", "rewrite", "restates_known", "follow_up"}
STEP = Cited("l1", "step", "Wire", "Old title", "https://wire.example/1", date(2026, 9, 1), "It was proposed.", "t", "proposed", "press:2")
TOLD = '(press only, 2 independent publishers), told by Wire: Old title: "It was proposed."'


@pytest.fixture(scope="module")
def reads(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reads]:
    """The snapshot after three nights of the own stream."""
    home = tmp_path_factory.mktemp("home")
    settings = read_settings({"TOPICWATCH_HOME": str(home)})
    stream = load_stream(HARBOUR)
    tools = Tools(settings, load_seeds(settings), Store(home), PlainReader(), {})
    with replayed(tools, replace(stream, nights=stream.nights[:3]), home / "out") as done:
        done.tools.store.publish_snapshot()
        with done.tools.store.read() as found:
            yield found


def articles() -> list[Article]:
    return [a for _, each in load_stream(HARBOUR).nights[:3] for a in each]


def test_every_suppressed_article_says_what_covers_it_with_day_and_teller(reads: Reads) -> None:
    suppressed = 0
    for article in articles():
        found = reads.explain(article.url)
        (decided,) = found.verdicts
        lines = list(explained(found))
        if decided.verdict.outcome in SUPPRESSED:
            suppressed += 1
            by = found.about(decided.verdict.covers_id)
            assert by is not None, decided
            assert by.title or by.quote
            assert f"    covered by {described(by)}" in lines
        elif decided.verdict.outcome == "no_move":
            assert "    nothing known covers it" in lines
        assert any(line.startswith("    because ") for line in lines)
    assert suppressed >= 2


def test_every_move_shows_its_new_sentence_verbatim_and_where_it_stands(reads: Reads) -> None:
    texts = {a.article_id: f"{a.title}\n\n{a.body}" for a in articles()}
    assert reads.moves()
    for row in reads.moves():
        lines = list(explained(reads.explain(row.move.move_id)))
        lead = next(line for line in lines if line.startswith("    new: "))
        quotes = {part.quote for part in row.move.evidence if part.quote in texts[part.article_id]}
        assert any(f'"{quote}"' in lead for quote in quotes)
        assert any(line.startswith("    stands on ") for line in lines)
        for part in row.move.evidence:
            assert f"        {part.url}" in lines


def evidence(name: str, *, independent: bool = True, official: bool = False) -> Evidence:
    return Evidence(name, 1, f"c-{name}", f"{name} says so.", name.title(), f"https://{name}.example/", independent, official)


def move(*parts: Evidence, before_id: str = "", before: str = "") -> Move:
    return Move("m1", "t", "matter", "adopted", "alert", "l2", before_id, before, "v", 0.875, "A rule", parts, "raised", NIGHT)


def told(
    *, verdict: Verdict | None = None, row: Move | None = None, cited: tuple[Cited, ...] = (), claims: tuple[Claim, ...] = ()
) -> list[str]:
    verdicts = (Decided(verdict, NIGHT, 4),) if verdict else ()
    return list(explained(Explanation("x", (), (), verdicts, claims, (MoveRow(row, 4),) if row else (), (), cited)))


def test_a_move_names_what_it_changes_who_tells_it_and_what_came_later() -> None:
    own = replace(STEP, cited_id="l2", later=(("confirmed", "official text of Register", 6),))
    lines = told(
        row=move(evidence("wire"), evidence("register", official=True), evidence("copy", independent=False), before_id="l1"),
        cited=(STEP, own),
    )
    assert lines == [
        "move m1, raised on 2026-10-06 by run 4: A rule",
        "    t adopted, alert, confidence 0.88",
        '    new: "register says so." (Register, official)',
        "        https://register.example/",
        f"    changes the step l1, t proposed of 2026-09-01 {TOLD}",
        "        https://wire.example/1",
        "    stands on an official text (Register) and 1 independent publisher",
        '    also Wire, independent: "wire says so."',
        "        https://wire.example/",
        '    also Copy, not independent: "copy says so."',
        "        https://copy.example/",
        "    confirmed by run 6: official text of Register",
    ]


def test_a_move_without_an_earlier_step_says_so() -> None:
    assert "    no earlier step of it was known" in told(row=move(evidence("wire")))
    assert '    changes: "in words"' in told(row=move(evidence("wire"), before_id="gone", before="in words"))


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ((evidence("a"),), "the press only: 1 independent publisher"),
        ((evidence("a"), evidence("b"), evidence("c", independent=False)), "the press only: 2 independent publishers"),
        ((evidence("a", official=True),), "an official text (A)"),
    ],
)
def test_official_or_press_only(parts: tuple[Evidence, ...], words: str) -> None:
    assert standing(move(*parts)) == words


@pytest.mark.parametrize(
    ("support", "words"),
    [
        ("official", "official text"),
        ("press:1", "press only, 1 independent publisher"),
        ("seed", "said by a seed only"),
        ("raised", "raised"),
    ],
)
def test_support_in_words(support: str, words: str) -> None:
    assert supported(support) == words


def test_what_covers_is_described_by_what_it_is() -> None:
    assert described(Cited("seed-9", "seed", "A paper", "A title", "", None)) == "the seed seed-9 of the baseline, A paper: A title"
    assert described(replace(STEP, retracted=True)).count("taken back since") == 1
    assert described(replace(STEP, what="move", support="raised")).startswith(
        "the move l1, t proposed of 2026-09-01 (raised), told by Wire:"
    )


def test_a_cover_that_the_run_did_not_know_is_named_by_its_id() -> None:
    lines = told(verdict=Verdict("a", 1, "rewrite", "seed-gone", "a", ("t",), ("near 0.3", "days 0", "t: only copies")))
    assert lines[1:] == [
        "    because near 0.3, days 0",
        "    because t: only copies",
        "    covered by seed-gone, which this run did not know",
    ]


def test_an_article_that_nothing_covers_shows_what_was_heard_in_it() -> None:
    claim = Claim("c", "article", "a", 1, "t", "adopted", "", "", (), (), (), "new", "", "It may be.", 0, score=0.21)
    weak = replace(claim, claim_id="d", score=0.1, quote="Or not.")
    lines = told(verdict=Verdict("a", 1, "no_move", "", "a", ("t",), ("too weak",)), claims=(weak, claim))
    assert lines[2:] == [
        "    nothing known covers it",
        '    heard: t adopted, new, score 0.21: "It may be."',
        '    heard: t adopted, new, score 0.10: "Or not."',
    ]
    off = told(verdict=Verdict("a", 1, "off_topic", "", "a", (), ("no topic",)))
    assert off == ["run 4, night 2026-10-06: off_topic", "    because no topic"]


def test_bare_figures_share_a_line() -> None:
    assert together(["a 0.5", "b: c 1", "d -1"]) == ["a 0.5, d -1", "b: c 1"]
    assert together([]) == []
