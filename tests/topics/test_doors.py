"""The wide net before a fetch: what a title must hold to be worth its page."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.seeding import load_catalogue
from topics.doors import Doors
from topics.model import Topic

SEEDS = Path(__file__).resolve().parents[2] / "seeds"
CATALOGUE = load_catalogue(SEEDS, SEEDS / "nowhere")
DOORS = Doors(CATALOGUE)


@pytest.mark.parametrize(
    ("title", "summary"),
    [
        ("BIS adds twelve firms to the Entity List", ""),  # a term
        ("华为回应", ""),  # an entity
        ("Quiet week for the tanners of Leiden", "Only NVIDIA had news."),  # in the summary
        ("What became of the model weights", ""),
        ("Outbound portal slips to July 1", ""),
        ("许可制延至明年4月1日施行", ""),
        ("Put the pen down: court freezes certification", ""),
        ("Friday digest: trams, tunnels, talking apps", ""),  # its subjects stand further down
        ("", ""),  # nothing said, nothing known
    ],
)
def test_what_may_matter_comes_in(title: str, summary: str) -> None:
    assert DOORS.open_for(title, summary)


@pytest.mark.parametrize(
    ("title", "summary"),
    [
        ("Ten soups for cold evenings", "With leeks, with pumpkin, and one that your grandmother kept to herself."),
        ("Striker scores twice as rivals stumble", "The derby was decided after the break."),
        ("今天天气晴朗", "气温回升，适合出游。"),
    ],
)
def test_what_cannot_matter_stays_out(title: str, summary: str) -> None:
    assert not DOORS.open_for(title, summary)


def test_a_users_topic_opens_the_doors_by_its_terms() -> None:
    words = ("Leek harvest fails in the polders", "Growers speak of the worst autumn in years.")
    assert not DOORS.open_for(*words)
    leeks = Topic("leeks", "Leeks", "", "the price of leeks", terms_en=("leek harvest",))
    assert Doors(replace(CATALOGUE, topics=(*CATALOGUE.topics, leeks))).open_for(*words)


@given(st.text(max_size=300), st.text(max_size=300))
def test_more_words_never_close_the_doors(title: str, summary: str) -> None:
    if DOORS.open_for(title, "") and title.strip():
        assert DOORS.open_for(title, f"\n{summary}")
