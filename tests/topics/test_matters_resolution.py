"""How a step finds its matter, and what a new matter's id is made of."""

from __future__ import annotations

from dataclasses import replace

from gate.small_night import CATALOGUE, Nights, article, claim, only, reading, told
from topics.ledger import KnownStep, compare
from topics.likeness import telling
from topics.matters import matter_book, resolve
from topics.model import Known, LedgerRow, Matter, MatterKey, Measure
from topics.probes import probes
from topics.profiles import Naming, Profile, from_article
from topics.rules import DEFAULT_RULES

NAMING = Naming(CATALOGUE)
EMPTY = matter_book(Known(), CATALOGUE)


def profile(text: str, name: str = "a", **fields: object) -> Profile:
    read = told(name, text, "adopted")
    made = replace(read.claims[0], **fields)  # type: ignore[arg-type]
    return from_article(made, read.article, read.sketch, "", NAMING, official=False)


def step_of(known: Profile, matter_id: str, story: str = "") -> KnownStep:
    row = LedgerRow("l", matter_id, "cloud-kyc", "adopted", "v", tuple(sorted(known.names)), None, "press:1", "c", known.told)  # type: ignore[arg-type]
    return KnownStep(row, telling(known.told, known.told, (replace(known, story_id=story),)), vague=False, official=False)


def test_by_official_number() -> None:
    found = resolve([profile("Rule\nThe rule under RIN 0694-AJ35 binds tenants. So.")], None, EMPTY, NAMING)
    assert (found.matter_id, found.how, found.by) == ("us-iaas-cip", "number", "rin:0694-aj35")


def test_a_number_of_two_measures_leaves_the_word_to_their_names() -> None:
    doc = ("fr_doc", "2025-00636")
    weights = Measure("us-weights", ("cloud-kyc",), "us", "BIS", "model weights control rule", "", (), (doc,))
    spread = Measure("us-spread", ("cloud-kyc",), "us", "BIS", "artificial intelligence diffusion rule", "", (), (doc,))
    known = Known(keys=(MatterKey(*doc, "us-weights"),))  # as a store may hold it
    for measures in ((weights, spread), (spread, weights)):
        book = matter_book(known, replace(CATALOGUE, measures=measures))
        named = profile("Rule\nFR Doc. 2025-00636, the artificial intelligence diffusion rule, binds. So.", measure="us-spread")
        assert [(r.matter_id, r.how, r.keys) for r in [resolve([named], None, book, NAMING)]] == [("us-spread", "catalogue_name", ())]
        unnamed = resolve([profile("Rule\nFR Doc. 2025-00636 binds Nvidia. So.")], None, book, NAMING)
        assert (unnamed.how, unnamed.keys) == ("minted", ())


def test_by_catalogue_name() -> None:
    found = resolve([profile("Rule\nThe cloud customer identification rule binds tenants. So.")], None, EMPTY, NAMING)
    assert (found.matter_id, found.how) == ("us-iaas-cip", "catalogue_name")


def test_by_learnt_name() -> None:
    known = Known(matters=(Matter("m1", "x"),), keys=(MatterKey("name", "model weights custody act", "m1"),))
    book = matter_book(known, CATALOGUE)
    found = resolve([profile("Bill\nSenators passed the Model Weights Custody Act today. So.")], None, book, NAMING)
    assert (found.matter_id, found.how) == ("m1", "learnt_name")


def test_by_learnt_number() -> None:
    known = Known(matters=(Matter("m1", "x"), Matter("m2", "y")), keys=(MatterKey("bill", "s-77", "m2"),))
    found = resolve([profile("Bill\nThe Senate passed S. 77 today. So.")], None, matter_book(known, CATALOGUE), NAMING)
    assert (found.matter_id, found.how) == ("m2", "number")


def test_by_actor_and_targets_then_by_story() -> None:
    known = profile("Fine\nThe Commerce Department fined Nvidia over chips. So.")
    again = profile("More\nThe Commerce Department ordered Nvidia to stop. So.", "b")
    related = compare(again, step_of(known, "m1"), NAMING, DEFAULT_RULES)
    assert resolve([again], related, EMPTY, NAMING).how == "actor_and_targets"
    other = replace(profile("More\nThe firm was told to stop. So.", "b"), story_id="s1")
    related = compare(other, step_of(known, "m1", "s1"), NAMING, DEFAULT_RULES)
    assert (found := resolve([other], related, EMPTY, NAMING)).how == "story"
    assert found.matter_id == "m1"


def test_by_the_measures_own_words() -> None:
    known = profile("Fine\nThe tenant order binds landlords. So.", measure="tenant order")
    again = profile("More\nThe tenant order was signed. So.", "b", measure="tenant order")
    related = compare(again, step_of(known, "m1"), NAMING, DEFAULT_RULES)
    assert resolve([again], related, EMPTY, NAMING).how == "same_measure"


def test_an_unmatched_step_mints_from_its_strongest_number_or_its_names_never_from_the_article() -> None:
    numbered = [resolve([profile("Bill\nThe Senate passed S. 77 today. So.", name)], None, EMPTY, NAMING) for name in "ab"]
    assert numbered[0].matter_id == numbered[1].matter_id
    assert numbered[0].how == "minted"
    assert [(k.scheme, k.value) for k in numbered[0].keys] == [("bill", "119-s-77")]
    named = [resolve([profile("Fine\nThe Commerce Department fined Nvidia. So.", name)], None, EMPTY, NAMING) for name in "ab"]
    assert named[0].matter_id == named[1].matter_id != numbered[0].matter_id
    assert named[0].minted == Matter(named[0].matter_id, "The Commerce Department fined Nvidia")


def test_what_a_step_teaches_finds_its_matter_again() -> None:
    nights = Nights()
    first = only(
        nights.night(told("a", "Bill\nSenators brought in S. 77, the Model Weights Custody Act, today. It is short.", "proposed")).moves
    )
    assert {(k.scheme, k.value) for k in nights.result.keys} == {("bill", "119-s-77"), ("name", "model weights custody act")}
    later = told("b", "Law\nThe president signed the Model Weights Custody Act into law. It was long.", "adopted", day=90)
    assert only(nights.night(later, day=90).moves).matter_id == first.matter_id


def test_probes_ask_for_bands_topics_keys_and_a_horizon() -> None:
    read = told("a", "Rule\nThe cloud customer identification rule under RIN 0694-AJ35 binds tenants. So.", "adopted")
    other = reading(of := article("b", "Chips\nNvidia hums."), claim(of, "adopted", "chip-export-controls"), topics=("entity-listings",))
    asked = probes([read, other], read.article.told_at.date())
    assert asked.topics == {"cloud-kyc", "chip-export-controls", "entity-listings"}
    assert {("rin", "0694-aj35"), ("name", "us-iaas-cip")} <= asked.keys
    assert asked.bands == frozenset(read.sketch.bands) | frozenset(other.sketch.bands)
    assert (read.article.told_at.date() - asked.since).days == DEFAULT_RULES.memory_days
