"""Topics of a user's own on the command line: a bad table names file, table and field; a check says what would be recognised."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from flows.checkup import own_topics
from flows.cli.main import app
from flows.settings import Settings, read_settings
from flows.summary import Exit

QUANTUM = """
[[topic]]
id = "quantum-controls"
name_en = "Quantum technology controls"
about = "Export controls and listings that concern quantum computers, qubits and their cooling"
terms_en = ["quantum computers", "qubits", "export control"]
entities = ["bis"]
examples = [
  "Britain will require a licence to export quantum computers with more than 34 qubits.",
  "Commerce put export controls on refrigerators and chips for quantum computing.",
  "Spain and France now control exports of quantum processors.",
]
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    found = read_settings({"TOPICWATCH_HOME": str(tmp_path), "TOPICWATCH_CONTACT": "tests@topicwatch.invalid"})
    found.overlay.mkdir(parents=True)
    return found


def run(settings: Settings, table: str, *words: str) -> Result:
    (settings.overlay / "topics.toml").write_text(table, encoding="utf-8")
    return CliRunner().invoke(app, [*words], env={"TOPICWATCH_HOME": str(settings.home)})


def test_a_check_of_a_users_topic(settings: Settings) -> None:
    shown = run(settings, QUANTUM, "topics", "--check", "--json")
    assert shown.exit_code == Exit.OK, shown.output
    found = {row["topic_id"]: row for row in json.loads(shown.output)}
    assert len(found) == 13
    assert (found["quantum-controls"]["trained"], found["quantum-controls"]["recognised"]) == (False, 3)
    assert dict(found["quantum-controls"]["claimed"])["export control"] == ["allied-alignment", "chip-export-controls"]
    table = run(settings, QUANTUM, "topics", "--check").output
    assert "3 of 3" in table
    assert "write some ten examples" in table
    assert own_topics(settings) == "quantum-controls: 3 of 3 examples recognised"


def test_a_topic_that_knows_too_little_is_said_aloud(settings: Settings) -> None:
    deaf = '[[topic]]\nid = "odd"\nname_en = "Odd"\nterms_en = ["zither"]\nexamples = ["A hen crossed the road.", "Rain fell on Rome."]\n'
    shown = run(settings, deaf, "topics", "--check")
    assert shown.exit_code == Exit.FAILURE
    assert "0 of 2" in shown.output
    with pytest.raises(ValueError, match="odd recognises 0 of its 2 examples"):
        own_topics(settings)


def test_without_own_topics_the_doctor_says_how_to_add_one(settings: Settings) -> None:
    assert own_topics(settings) == "none; see the head of seeds/topics.toml for how to add one"


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("terms_en", "term_en", ("topic 'quantum-controls'", "unknown field 'term_en'", "terms_en")),
        ('"bis"', '"bsi"', ("topic 'quantum-controls'", "entities names 'bsi'", "entities.toml")),
        ('["quantum computers", "qubits", "export control"]', '"qubits"', ("topic 'quantum-controls'", "terms_en must be a list of texts")),
        ('"qubits"', '" "', ("topic 'quantum-controls'", "terms_en holds an empty text")),
        ('id = "quantum-controls"', 'id = "Quantum controls"', ("topic 'Quantum controls'", "id is 'Quantum controls'", "a-z")),
        ('id = "quantum-controls"\n', "", ("topic 1", "id must be a text, and it is missing")),
        ("name_en", "name_zh", ("topic 'quantum-controls'", "name_en must be a text, and it is missing")),
        ("[[topic]]", "[topic]", ("topic must be tables", "[[topic]]")),
        ("[[topic]]", "[[topics]]", ("unknown table or field 'topics'", "[[topic]]")),
    ],
)  # fmt: skip
def test_a_bad_table_names_file_table_and_field(settings: Settings, old: str, new: str, words: tuple[str, ...]) -> None:
    shown = run(settings, QUANTUM.replace(old, new, 1), "topics", "--check")
    assert shown.exit_code == Exit.USAGE
    for word in (str(settings.overlay / "topics.toml"), *words):
        assert word in shown.output, shown.output


def test_an_id_twice_in_one_file(settings: Settings) -> None:
    shown = run(settings, QUANTUM + QUANTUM, "topics")
    assert (shown.exit_code, "'quantum-controls' stands twice in this file" in shown.output) == (Exit.USAGE, True)


def test_topics_are_tried_by_name_or_those_of_ones_own(settings: Settings) -> None:
    for table, words, told in (
        ("", (), "there is no topic of your own"),
        (QUANTUM, ("quantum",), "no topic has the id 'quantum'"),
        (QUANTUM, ("--since", "yesterday"), "yesterday"),
    ):
        shown = run(settings, table, "topics", "try", *words)
        assert shown.exit_code == Exit.USAGE
        assert told in shown.output
    early = run(settings, QUANTUM, "topics", "try")
    assert (early.exit_code, "when the first night has been decided" in early.output) == (Exit.FAILURE, True)
