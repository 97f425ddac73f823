"""A thirteenth topic in topics.toml: `topics try` shows what it would have raised; from the next night it watches; no wave."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from newsroom.model import Item, load_items
from newsroom.web import Newsroom
from standins.household import HARBOUR, Town, evening, move_in

pytestmark = pytest.mark.slow
OWN = "quantum-controls"
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
# Three steps that have nothing to do with each other, each as two houses would write it up.
STORIES = {
    (BEFORE, "northwire"): (
        "Britain makes exporters of quantum computers seek a licence",
        """LONDON: Britain on Tuesday adopted a rule under which nobody may export quantum computers with more than 34 qubits to China
without a licence from the Department for Business and Trade.

The statutory instrument was laid before Parliament in the morning. Universities had asked for a carve-out for joint research and did not
get one.

Oxford Ionics, which sells trapped-ion machines, said that it had two orders from Asia in hand and would apply for both.""",
    ),
    (BEFORE, "quayside"): (
        "Quantum machines join UK strategic export list",
        """The UK has added quantum computers to its strategic export list, in an instrument that it published on Tuesday. Sellers of
machines beyond 34 qubits need government permission for every shipment to Chinese buyers from now on.

Analysts at a bank in the City put the trade concerned at 40 million pounds a year. Shares of listed makers hardly moved.""",
    ),
    (ADDED, "northwire"): (
        "Canada adopts export controls on cooling gear for qubits",
        """OTTAWA: Canada on Wednesday adopted export controls on dilution refrigerators, the steel columns in which qubits are
kept near absolute zero. An order in council in the Canada Gazette makes deliveries to China subject to a permit.

Sherbrooke is home to three of the makers. Their association spoke of months of paperwork for a cryostat that fits into a van.""",
    ),
    (ADDED, "quayside"): (
        "Ottawa adopts permit rule for the cryostats that quantum labs depend on",
        """Canadian makers of dilution refrigerators for quantum computers must hold a permit before they sell to Chinese buyers, under a
regulation that the foreign minister adopted on Wednesday.

Border officers at Mirabel will check consignments by hand at first, she told reporters. A review is due in two years.""",
    ),
    (AFTER, "northwire"): (
        "Japan fines trading house over quantum computers sent to Hefei",
        """TOKYO: Japan's trade ministry on Thursday fined the trading house Minato Shokai 900 million yen for shipping quantum computers
with 60 qubits to a laboratory in Hefei without an export licence.

Two racks left the port of Yokohama in May, declared as weather servers. The firm lost its right to export for a year and said that a
branch manager had acted alone.""",
    ),
    (AFTER, "quayside"): (
        "Minato Shokai penalised for unlicensed quantum exports",
        """A 900 million yen penalty and a one-year export ban hit Minato Shokai on Thursday: the Tokyo trader had sold two quantum
computers to a Chinese institute with no licence, regulators found.

Investigators were tipped off by an insurer. It is the first case of its kind in Japan since superconducting qubits went onto the control
list.""",
    ),
}


def item(day: str, outlet: str) -> Item:
    """Report one step as one house wrote it."""
    title, body = STORIES[day, outlet]
    noon = datetime.fromisoformat(f"{day}T12:00:00").replace(tzinfo=UTC)
    paragraphs = "\n\n".join(" ".join(paragraph.split()) for paragraph in body.split("\n\n"))
    return Item(f"{outlet}-{day}", f"https://{outlet}.example/{day}/quantum", outlet, "en", noon, title, "", paragraphs)


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    own = [item(day, outlet) for day, outlet in STORIES]
    with Newsroom((*load_items(HARBOUR), *own), now=evening("2026-10-05")) as room:
        yield Town(room, move_in(tmp_path, room))


def test_a_thirteenth_topic_is_tried_on_the_past_and_watches_from_the_next_night_on_without_a_wave(town: Town) -> None:
    def on_topic() -> dict[str, str]:
        return {m["night"]: m["disposition"] for m in town.house.run("moves", "--topic", OWN, "--json").json}

    none = town.house.run("topics", "try", expect=2)
    assert "there is no topic of your own" in none.err
    town.nights("2026-10-05", BEFORE)
    assert on_topic() == {}

    town.house.config("topics.toml", TOPIC)
    assert "7 of 7" in town.house.run("topics", "--check").out
    asked = len(town.room.hits)
    (tried,) = town.house.run("topics", "try", "--json").json
    assert (tried["night"], tried["topic"], tried["severity"]) == (BEFORE, OWN, "alert")
    assert {part["publisher"] for part in tried["evidence"]} == {"northwire", "quayside"}
    assert "Britain makes exporters of quantum computers seek a licence" in town.house.run("topics", "try", OWN, "--since", BEFORE).out
    assert town.house.run("topics", "try", "--since", ADDED, "--json").json == []
    assert "no topic has the id 'quantum'" in town.house.run("topics", "try", "quantum", expect=2).err
    assert on_topic() == {}  # a trial stores nothing
    assert len(town.room.hits) == asked
    assert not list(town.house.home.glob("try-*"))

    added = town.night(ADDED)
    assert [a for a in added["alerts"] if OWN in a["topics"]] == []
    assert on_topic() == {ADDED: "learnt"}  # known from now on; the day before stays as it was

    (alert,) = [a for a in town.night(AFTER)["alerts"] if OWN in a["topics"]]
    assert alert["purpose"] == "new"
    assert on_topic() == {ADDED: "learnt", AFTER: "raised"}
