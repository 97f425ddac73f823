"""A reader forwards a link, "why was I not told?": explain names the verdict, what covers it, and as of which run."""

from __future__ import annotations

import pytest

from standins.household import Town

pytestmark = pytest.mark.slow


def test_explain_names_the_verdict_and_what_covers_it(town: Town) -> None:
    nights = town.nights("2026-10-05", "2026-10-06", "2026-10-07")
    url = town.urls()

    copy = town.house.run("explain", url["har-014"])
    assert "near_duplicate" in copy.out or "rewrite" in copy.out
    assert "run " in copy.out
    assert "    covered by the " in copy.out

    off = town.house.run("explain", url["har-019"])
    assert "off_topic" in off.out
    # Nothing in its title and summary speaks of a topic, so its page was left.
    assert ": not_fetched (no_topic_word)" in off.out
    assert nights[-1]["pages_left"] == nights[-1]["dropped"]["no_topic_word"] >= 1

    seeds = town.house.run("explain", url["har-015"], "--json").json
    assert seeds["verdicts"][0]["reasons"]

    told = town.house.run("explain", url["har-012"], "--json").json
    assert told["moves"]
    move = told["moves"][0]["move"]
    assert {each["cited_id"] for each in told["cited"]} >= {move["ledger_id"]}
    words = town.house.run("explain", move["move_id"]).out
    assert f'new: "{move["evidence"][0]["quote"]}"' in words
    assert "    stands on " in words

    nothing = town.house.run("explain", "https://nowhere.invalid/x", expect=1)
    assert "never seen" in nothing.err
