"""A thirteenth topic in topics.toml: its examples are tried, the past makes no wave, and from the next night on it watches."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from newsroom.model import Item, load_items
from newsroom.web import Newsroom
from standins.household import HARBOUR, Town, evening, move_in

pytestmark = pytest.mark.slow
TOPIC = """
[[topic]]
id = "quantum-controls"
name_en = "Quantum technology controls"
about = "Export controls, funding bans and listings that concern quantum computers, qubits and their cooling"
terms_en = ["quantum computers", "qubits", "dilution refrigerator"]
examples = [
  "Britain will require a licence to export quantum computers with more than 34 qubits.",
  "Commerce put export controls on dilution refrigerators and cryogenic chips for quantum computing.",
  "Spain and France now control exports of quantum processors.",
  "The Dutch government put quantum computers and the refrigerators that cool their qubits under export control.",
  "Canada's rule on quantum computers and advanced chips takes effect.",
  "Japan adopted a licence duty for exports of quantum computers and cryogenic amplifiers.",
  "The laboratory lost its federal grant over a partnership on qubits with an institute in Hefei.",
]
counter_examples = ["The start-up says that its quantum computer beat a classical machine at a puzzle."]
"""
BEFORE, ADDED, AFTER = "2026-10-06", "2026-10-07", "2026-10-08"
STEPS = {BEFORE: ("Britain", "London", "British"), ADDED: ("the Netherlands", "The Hague", "Dutch"), AFTER: ("Japan", "Tokyo", "Japanese")}


def step(day: str, outlet: str) -> Item:
    """Report one country's licence duty for quantum computers."""
    country, city, people = STEPS[day]
    noon = datetime.fromisoformat(f"{day}T12:00:00").replace(tzinfo=UTC)
    body = f"""{city.upper()}: The {people} government on {noon:%A} put quantum computers and the dilution refrigerators that cool their
qubits under export control, and published the order in the official gazette.

Exporters need a licence from the {people} trade ministry to ship quantum computers with more than 34 qubits to China.
The order takes effect in sixty days.

The trade minister said that the list of quantum technology would be reviewed every year.""".replace("\n", " ").replace("  ", "\n\n")
    title = f"{country[0].upper()}{country[1:]} puts quantum computers under export control"
    return Item(f"{outlet}-{day}", f"https://{outlet}.example/{day}/quantum", outlet, "en", noon, title, "", body)


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    own = [step(day, outlet) for day in STEPS for outlet in ("northwire", "quayside")]
    with Newsroom((*load_items(HARBOUR), *own), now=evening("2026-10-05")) as room:
        yield Town(room, move_in(tmp_path, room))


def test_a_thirteenth_topic_watches_from_the_next_night_on_without_a_wave(town: Town) -> None:
    def on_topic() -> dict[str, str]:
        return {m["night"]: m["disposition"] for m in town.house.run("moves", "--topic", "quantum-controls", "--json").json}

    town.nights("2026-10-05", BEFORE)
    assert on_topic() == {}

    town.house.config("topics.toml", TOPIC)
    tried = town.house.run("topics", "--check").out
    assert "quantum-controls" in tried
    assert "7 of 7" in tried

    added = town.night(ADDED)
    assert [a for a in added["alerts"] if "quantum-controls" in a["topics"]] == []
    assert on_topic() == {ADDED: "learnt"}  # known from now on; the day before stays as it was

    (alert,) = [a for a in town.night(AFTER)["alerts"] if "quantum-controls" in a["topics"]]
    assert alert["purpose"] == "new"
    assert on_topic() == {ADDED: "learnt", AFTER: "raised"}
