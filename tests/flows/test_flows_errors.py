"""`replay --errors`: a replay held against its labels, as text of 100 columns and as a page."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html
from typer.testing import CliRunner

from flows import errors_page, errors_text
from flows.cli.main import app
from flows.errors_gold import load_gold
from flows.errors_report import decided_stream, find_errors
from flows.replay import Replayed, replayed
from flows.seeding import load_seeds
from flows.settings import read_settings
from flows.streams import Stream, StreamError, load_stream
from flows.tools import Tools
from standins.household import HARBOUR
from standins.plain_reader import PlainReader
from storage.store import Store
from topics.decide import decide
from topics.errors.gold import Gold
from topics.errors.stream import archive_of
from topics.errors.views import Report

NIGHTS = 3


def first_nights() -> tuple[Stream, Gold]:
    whole = load_stream(HARBOUR)
    gold = load_gold(HARBOUR, whole)
    nights = whole.nights[:NIGHTS]
    ids = {a.article_id: whole.ids[a.article_id] for _, articles in nights for a in articles}
    moves = tuple(
        replace(g, articles=tuple(i for i in g.articles if i in ids)) for g in gold.moves if g.night in {night for night, _ in nights}
    )
    return replace(whole, nights=nights, ids=ids), Gold(moves, {i: a for i, a in gold.articles.items() if i in ids})


@contextmanager
def replay(home: Path) -> Iterator[tuple[Replayed, Gold]]:
    settings = read_settings({"TOPICWATCH_HOME": str(home)})
    tools = Tools(settings, load_seeds(settings), Store(home), PlainReader(), {})
    stream, gold = first_nights()
    with replayed(tools, stream, home / "out") as done:
        yield done, gold


@pytest.fixture(scope="module")
def replays(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Replayed, Gold]]:
    """One replay for all tests; its database stays open."""
    with replay(tmp_path_factory.mktemp("home")) as found:
        yield found


@pytest.fixture(scope="module")
def report(replays: tuple[Replayed, Gold]) -> Report:
    """What the key word reader gets wrong, which is much."""
    return find_errors(*replays, everything=True)


def test_a_night_is_set_up_again_from_what_was_known_when_it_was_decided(replays: tuple[Replayed, Gold]) -> None:
    done, gold = replays
    archive = archive_of(decided_stream(done), gold)
    for night in done.nights:
        seen = archive.scene(night.result.context.night).seen
        assert decide(seen.context, seen.readings, seen.known, done.tools.seeds.catalogue) == night.result


def test_every_wrong_decision_names_what_decided_it_and_shows_its_articles(report: Report) -> None:
    assert {"missed", "wrong quote"} & dict(report.counts).keys()
    for case in report.cases:
        assert case.deciding, case.labels
        assert all(d.rule and d.text for d in case.deciding)
        assert case.articles
        assert case.gold or case.raised or "copy" in case.labels[0]
        for article in case.articles:
            assert article.title
            assert article.relation
            assert article.outcome
            assert article.stage


def test_the_text_fits_a_hundred_columns_and_the_same_report_gives_the_same_lines(report: Report) -> None:
    lines = list(errors_text.report_lines(report))
    assert lines == list(errors_text.report_lines(report))
    assert max(map(errors_text.cells, lines)) <= errors_text.WIDTH
    assert all(line.isprintable() for line in lines)
    text = "\n".join(lines)
    for number, case in enumerate(report.cases, 1):
        assert f"━━ {number} of {len(report.cases)}: {', '.join(case.labels)}" in text
    assert "har-" in text


def test_the_index_alone_has_one_line_for_each_wrong_decision(report: Report) -> None:
    lines = list(errors_text.summary_lines(report))
    assert lines[0] == f"harbour: {NIGHTS} nights, {report.articles} articles"
    numbered = [line for line in lines if line.strip()[:1].isdigit()]
    assert len(numbered) == len(report.cases)


def test_the_page_is_one_file_without_script_or_reference(report: Report, tmp_path: Path) -> None:
    errors_page.write(tmp_path / "e.html", report)
    text = (tmp_path / "e.html").read_text(encoding="utf-8")
    page = html.fromstring(text)
    assert not page.xpath("//script | //img | //link | //*[@src]")
    assert len(page.xpath("//section")) == len(report.cases)
    anchors = {a.get("href") for a in page.xpath("//table//a") if a.get("href").startswith("#")}
    assert anchors == {f"#{s.get('id')}" for s in page.xpath("//section")}


def test_what_the_web_wrote_does_not_act_on_the_page_or_the_terminal(report: Report) -> None:
    case = report.cases[0]
    evil = replace(case.articles[0], title="<script>alert(1)</script>\x1b[31m", url="javascript:alert(1)", lead="x\x1b]0;y\x07z")
    bad = replace(report, cases=(replace(case, articles=(evil,)),))
    page = html.fromstring(errors_page.render(bad).replace("\x1b", "").replace("\x07", ""))
    assert not page.xpath("//script")
    assert not [a for a in page.xpath("//a") if a.get("href").startswith("javascript")]
    assert all(line.isprintable() for line in errors_text.report_lines(bad))


@given(st.text(alphabet=st.sampled_from("ab cd,。、中文字 \n\x1bé́"), max_size=200), st.integers(4, 40))
def test_folding_keeps_every_letter_and_no_line_is_too_wide(text: str, width: int) -> None:
    lines = errors_text.fold(text, width)
    assert all(errors_text.cells(line) <= width for line in lines)
    kept = "".join(c if c.isprintable() else " " for c in text)
    assert "".join("".join(lines).split()) == "".join(kept.split())


def test_nothing_wrong_is_said_in_a_line(report: Report) -> None:
    lines = list(errors_text.report_lines(replace(report, cases=(), counts=())))
    assert lines[-1] == "wrong decisions: none"
    assert "No wrong decision" in errors_page.render(replace(report, cases=(), counts=()))


def copied(folder: Path) -> Path:
    shutil.copytree(HARBOUR, folder)
    return folder


def command(*words: str | Path, home: Path) -> Any:
    environment = {"TOPICWATCH_HOME": str(home), "TOPICWATCH_DEBUG": ""}
    return CliRunner().invoke(app, [str(w) for w in words], env=environment)


@pytest.mark.parametrize("name", ["gold.jsonl", "moves.jsonl"])
@pytest.mark.parametrize("option", ["--errors", "--every", "--html"])
def test_without_labels_the_command_ends_before_it_replays(tmp_path: Path, name: str, option: str) -> None:
    folder = copied(tmp_path / "stream")
    (folder / name).unlink()
    words = [option, tmp_path / "e.html"] if option == "--html" else [option]
    ended = command("replay", folder, "--out", tmp_path / "out", *words, home=tmp_path / "home")
    assert ended.exit_code == 2
    assert f"{name} is missing" in ended.output
    assert "labels" in ended.output
    assert not (tmp_path / "out").exists()


def test_a_replay_never_writes_over_the_streams_own_labels(tmp_path: Path) -> None:
    folder = copied(tmp_path / "stream")
    before = (folder / "moves.jsonl").read_bytes()
    ended = command("replay", folder, "--out", folder, home=tmp_path / "home")
    assert ended.exit_code == 2
    assert (folder / "moves.jsonl").read_bytes() == before


@pytest.mark.parametrize(
    ("name", "line", "word"),
    [
        ("moves.jsonl", "{", "not JSON"),
        ("moves.jsonl", json.dumps({"id": "x"}), "topic is missing"),
        (
            "moves.jsonl",
            json.dumps({"id": "x", "topic": "t", "kind": "eased", "severity": "alert", "night": "May", "articles": []}),
            "no day",
        ),
        ("gold.jsonl", json.dumps({"id": "no-such", "relation": "move"}), "'no-such' is no article"),
        ("gold.jsonl", "[]", "id is missing"),
    ],
)
def test_a_bad_label_is_named_with_file_and_line(tmp_path: Path, name: str, line: str, word: str) -> None:
    folder = copied(tmp_path / "stream")
    number = len((folder / name).read_text(encoding="utf-8").splitlines()) + 1
    with (folder / name).open("a", encoding="utf-8") as file:
        file.write(line + "\n")
    with pytest.raises(StreamError, match=f"{name}, line {number}: .*{word}"):
        load_gold(folder, load_stream(folder))


def test_an_article_without_a_label_is_named(tmp_path: Path) -> None:
    folder = copied(tmp_path / "stream")
    lines = (folder / "gold.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
    (folder / "gold.jsonl").write_text("".join(lines[1:]), encoding="utf-8")
    with pytest.raises(StreamError, match=f"1 articles have no label, the first is '{json.loads(lines[0])['id']}'"):
        load_gold(folder, load_stream(folder))


@pytest.mark.slow
def test_the_command_explains_its_own_stream(tmp_path: Path) -> None:
    page = tmp_path / "e.html"
    ended = command("replay", HARBOUR, "--out", tmp_path / "out", "--every", "--html", page, home=tmp_path / "home")
    assert ended.exit_code == 0, ended.output
    assert "harbour: 10 nights, 60 articles" in ended.output
    assert "alerts right" in ended.output
    shown = html.fromstring(page.read_text(encoding="utf-8"))
    for section in shown.xpath("//section"):
        assert section.xpath(".//h3[text()='Passages']"), section.get("id")
        assert section.xpath(".//h3[text()='Weights']"), section.get("id")
