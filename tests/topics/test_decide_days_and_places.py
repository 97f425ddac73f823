"""Days and places of a step: when it applies, where it was done, and that one day's step told by two verbs is one."""

from __future__ import annotations

import pytest

from gate.small_night import CATALOGUE, Nights, article, claim, reading, told
from topics.model import Kind
from topics.profiles import Naming, from_article


@pytest.mark.parametrize(
    ("quote", "kind", "applies"),
    [
        ("The tenant checks of data centers are put off from December 1, 2026 to February 1, 2027", "eased", "2027-02-01"),
        ("The tenant checks of data centers apply from December 1, 2026, reports are due on February 1, 2027", "adopted", "2026-12-01"),
    ],
)
def test_a_step_that_moves_a_day_applies_on_the_later_one(quote: str, kind: Kind, applies: str) -> None:
    nights = Nights()
    nights.night(told("a", f"Tenant checks\n{quote}. Lawyers nod.", kind))
    assert str(nights.result.ledger[0].applies_on) == applies


def test_a_day_that_the_leading_claim_leaves_out_is_taken_from_another() -> None:
    nights, of = Nights(), article("a", "Tenant checks put off\nThe date moves. It is February 1, 2027 now. Lawyers nod.")
    nights.night(reading(of, claim(of, "eased", quote="The date moves"), claim(of, "eased", quote="It is February 1, 2027 now", score=0.9)))
    assert [str(row.applies_on) for row in nights.result.ledger] == ["2027-02-01"]


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("NEW DELHI: The limits that Nvidia had told its users of came into effect on Monday.", set()),
        ("ROME, Nov 2 (Daybreak) -- The limits of Nvidia came into effect on Monday.", set()),
        ("ROME - The privacy authority ordered the makers of Qwen to stop at once.", {"place:it"}),
        ("LONDON - Texas barred Qwen from the phones of its employees on Monday.", {"place:us-tx"}),
    ],
)
def test_a_dateline_is_the_place_of_an_act_that_names_neither_a_place_nor_an_american(text: str, places: set[str]) -> None:
    found, naming = told("a", f"Limits in force\n{text}", "in_force"), Naming(CATALOGUE)
    assert from_article(found.claims[0], found.article, found.sketch, "", naming, False).places == places


CHECKS_BEGIN = """Tenant checks for data centers take effect
The rule of the Bureau of Industry and Security that makes owners of data centers identify foreign tenants took effect on Monday."""
NEW_GATE = """Landlords meet a new gate
Who rents machines in data centers has to show BIS papers from %s. Some grumble."""


@pytest.mark.parametrize(("day", "moves"), [("Monday", 0), ("Friday", 1)])
def test_a_text_that_dates_its_step_on_the_day_of_a_known_one_tells_that_one_by_another_verb(day: str, moves: int) -> None:
    nights = Nights()
    nights.night(told("a", CHECKS_BEGIN, "in_force"))
    assert len(nights.night(told("b", NEW_GATE % day, "extended", day=1), day=1).moves) == moves


ADOPTED = """BIS adopts tenant checks for data centers
The Bureau of Industry and Security adopted a rule that makes owners of data centers identify foreign tenants from November 16, 2026."""
BY_NOW = """Tenant checks at the door
Since %s owners of data centers must identify foreign tenants for the Bureau of Industry and Security. Some grumble."""


@pytest.mark.parametrize(("said", "day", "kinds"), [("today", 14, ["in_force"]), ("today", 12, []), ("last week", 14, [])])
def test_an_adopted_step_that_is_told_as_news_on_the_day_from_which_it_applies_is_in_force(said: str, day: int, kinds: list[Kind]) -> None:
    nights = Nights()
    nights.night(told("a", ADOPTED, "adopted"))
    assert str(nights.result.ledger[0].applies_on) == "2026-11-16"
    result = nights.night(told("b", BY_NOW % said, "adopted", day=day), day=day)
    assert [move.kind for move in result.moves] == kinds
    assert [claim.kind for claim in result.claims] == (kinds or ["adopted"])
    assert not nights.night(told("c", BY_NOW % said, "adopted", day=day + 1), day=day + 1).moves
