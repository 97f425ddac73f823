"""What a night makes of a corrected article, and of a step that a person took back."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from gate.small_night import Nights, article, claim, only, reading, told
from topics.corrections import CHANGED, DROPPED
from topics.model import Known, LedgerChange, Reading

TOPIC = "chip-export-controls"
CHARGE = """Freight firm charged over Nvidia chips
Prosecutors charged the freight firm Kestrel Ridge on Monday with shipping 38 million dollars of Nvidia chips to China through Malaysia. \
The firm denies it."""
AGAIN = """Two managers held in chip case
The freight firm Kestrel Ridge and two managers stand charged since Monday with shipping 38 million dollars of Nvidia chips to China. \
A court meets in May."""
OFFICIAL = """United States v. Kestrel Ridge
The Justice Department charged the freight firm Kestrel Ridge with shipping 38 million dollars of Nvidia chips to China through Malaysia. \
The charge was filed."""
WRONG = "Correction\nNobody was charged. An earlier version of this article said that Kestrel Ridge was charged over Nvidia chips to China."
SORRY = "An earlier version of this article said that Kestrel Ridge was charged over Nvidia chips to China."


def charge(name: str, text: str = CHARGE, day: int = 0, **fields: Any) -> Reading:
    return told(name, text, "enforced", topic=TOPIC, day=day, **fields)


def revised(name: str, text: str, *, day: int = 1, rev: int = 2, telling: bool = False, **fields: Any) -> Reading:
    of = replace(article(name, text, day=day, **fields), rev=rev)
    return reading(of, claim(of, "enforced", TOPIC)) if telling else reading(of, topics=(TOPIC,))


def changes(nights: Nights, *readings: Reading, day: int = 1, **known: Any) -> list[tuple[str, str, str]]:
    return [(c.what, c.by, c.reason) for c in nights.night(*readings, day=day, **known).changes]


def test_the_only_teller_takes_its_step_back() -> None:
    nights = Nights()
    nights.night(charge("a"))
    assert changes(nights, revised("a", "Quiet week\nNobody was charged.")) == [("retracted", "a:2", CHANGED)]


def test_who_else_tells_it_keeps_the_step_and_the_correction_is_told_once() -> None:
    nights = Nights()
    nights.night(charge("a"), charge("b", AGAIN))
    (change,) = changes(nights, revised("a", WRONG))
    assert change[:2] == ("corrected", "a:2")
    former = (("a", WRONG.replace("\n", "\n\n", 1)),)
    assert not changes(nights, revised("a", f"{WRONG} More.", day=2, rev=3), day=2, former=former)
    (last,) = changes(nights, revised("b", "Quiet week\nNothing was found.", day=3), day=3)
    assert last == ("retracted", "b:2", CHANGED), "nobody is left"


def test_a_new_teller_of_tonight_keeps_the_step_too() -> None:
    nights = Nights()
    nights.night(charge("a"))
    assert [c[0] for c in changes(nights, revised("a", WRONG), charge("b", AGAIN, day=1))] == ["corrected"]


def test_copies_and_the_same_house_are_no_other_tellers() -> None:
    for other in (charge("b"), charge("b", AGAIN, publisher="Outlet a"), charge("b", AGAIN, family="F")):
        nights = Nights()
        family = "F" if other.article.family else ""
        nights.night(charge("a", family=family), other)
        assert [c[0] for c in changes(nights, revised("a", WRONG, family=family))] == ["retracted"], other.article


def test_a_step_told_in_other_words_stands_but_corrected_figures_are_told() -> None:
    nights = Nights()
    nights.night(charge("a"))
    assert changes(nights, revised("a", AGAIN, telling=True)) == []
    (change,) = changes(nights, revised("a", AGAIN.replace("38", "18"), telling=True))
    assert change == ("corrected", "a:2", CHANGED)


def test_a_correction_note_is_told_although_the_sentence_still_stands() -> None:
    nights = Nights()
    nights.night(charge("a"))
    title, _, body = CHARGE.partition("\n")
    (change,) = changes(nights, revised("a", f"{title}\n{body}\n\n{SORRY}"), former=(("a", f"{title}\n\n{body}"),))
    assert change == ("corrected", "a:2", SORRY), "the sentence stands beside the note"
    nights = Nights()
    nights.night(charge("a"))
    (change,) = changes(nights, revised("a", f"Quiet week\nThe firm denies it.\n\n{SORRY}"), former=(("a", f"{title}\n\n{body}"),))
    assert change == ("retracted", "a:2", SORRY)


def test_an_official_step_is_not_taken_back_by_a_page() -> None:
    nights = Nights()
    nights.night(charge("d", tier="official", official_ids=("fr_doc:2026-30001",)))
    assert changes(nights, revised("d", "Quiet week\nNobody was charged.")) == []


def test_what_is_known_names_what_was_taken_back_and_by_whom() -> None:
    changes = (
        LedgerChange("corrected", "corrected", "a:2", CHANGED),
        LedgerChange("text", "retracted", "a:2", CHANGED),
        LedgerChange("person", "retracted", "person:operator", "it was a draft"),
    )
    known = Known(changes=changes)
    assert known.retracted() == {"text", "person"}
    assert known.retracted(by_hand=True) == {"person"}


def taken_back(nights: Nights, *readings: Reading) -> LedgerChange:
    """Let a person take back the step of a first night."""
    row = only(nights.night(*readings).moves).ledger_id
    change = LedgerChange(row, "retracted", "person:operator", "it was a draft")
    now = nights.memory.known_now
    nights.memory = replace(nights.memory, known_now=replace(now, changes=(*now.changes, change)))
    return change


def test_the_press_does_not_bring_back_what_a_person_took_back() -> None:
    nights = Nights()
    gone = taken_back(nights, charge("a"))
    result = nights.night(charge("b", AGAIN, day=2), charge("c", day=2), day=2)
    assert (result.moves, result.changes, result.ledger) == ((), (), ())
    assert nights.verdict("b").outcome == "restates_known"
    assert nights.verdict("b").covers_id == gone.ledger_id
    assert "a person took this step back" in nights.verdict("b").reasons[0]
    assert not any(c.ledger_id for c in result.claims), "nobody becomes a teller of it"


def test_an_official_text_of_it_is_a_new_step_with_the_press_beside_it() -> None:
    nights = Nights()
    gone = taken_back(nights, charge("a"))
    of = article("d", OFFICIAL, day=3, tier="official", official_ids=("fr_doc:2026-30001",), publisher="Justice Department")
    official = reading(of, claim(of, "enforced", TOPIC))
    result = nights.night(official, charge("b", AGAIN, day=3), day=3)
    move = only(result.moves)
    assert (move.disposition, move.before, move.evidence[0].article_id) == ("raised", "", "d")
    assert move.ledger_id != gone.ledger_id
    assert not nights.night(charge("e", AGAIN, day=4), day=4).moves, "now it is known"


def test_the_very_document_that_was_taken_back_is_no_new_step() -> None:
    of = article("d", OFFICIAL, tier="official", official_ids=("fr_doc:2026-30001",))
    nights = Nights()
    taken_back(nights, reading(of, claim(of, "enforced", TOPIC)))
    copy = replace(of, article_id="d2", source_id="s-other")
    assert not nights.night(reading(copy, claim(copy, "enforced", TOPIC)), day=1).moves


def test_another_stage_of_it_is_told() -> None:
    nights = Nights()
    draft = "Draft\nThe Commerce Department proposed on Monday that makers of Nvidia servers report resales each quarter. It is a draft."
    final = "Rule\nThe Commerce Department adopted the rule that makers of Nvidia servers report resales each quarter. It is final."
    taken_back(nights, told("a", draft, "proposed", topic=TOPIC))
    move = only(nights.night(told("b", final, "adopted", topic=TOPIC, day=9), day=9).moves)
    assert (move.kind, move.before_id) == ("adopted", "")


def test_after_half_a_year_the_press_may_tell_it_as_new() -> None:
    nights = Nights()
    taken_back(nights, charge("a"))
    assert not nights.night(charge("b", AGAIN, day=180), day=180).moves
    assert only(nights.night(charge("c", AGAIN, day=181), day=181).moves).disposition == "raised"


def test_a_dropped_sentence_whose_figures_stand_elsewhere_is_dropped() -> None:
    nights = Nights()
    nights.night(charge("a"))
    text = "Kestrel Ridge\nThe freight firm was cleared. Customs had valued the cargo at 38 million dollars."
    assert changes(nights, revised("a", text)) == [("retracted", "a:2", DROPPED)]


def test_a_note_that_repeats_the_step_does_not_tell_it() -> None:
    nights = Nights()
    nights.night(charge("a"))
    of = replace(article("a", f"Quiet week\nNobody was held.\n\n{SORRY}", day=1), rev=2)
    (change,) = changes(nights, reading(of, claim(of, "enforced", TOPIC, quote=SORRY)))
    assert change == ("retracted", "a:2", SORRY)
