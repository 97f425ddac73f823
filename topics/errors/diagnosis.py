"""Names the rules that decided a wrong decision, the one that decided first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import get_args

from topics.errors.copies import not_copied
from topics.errors.fate import Deciding, Fate, Stage, comparing, copying, fate, raising, scores_of
from topics.errors.gold import Gold, GoldMove
from topics.errors.scene import Scene
from topics.errors.wrong import Label, Wrong
from topics.errors.xray import Look, XRay
from topics.grouping import Told
from topics.model import Claim, Move, Reading
from topics.moves import lead
from topics.reader import easing

STAGES: tuple[Stage, ...] = get_args(Stage)
# Relations of articles whose step was known: an alert on them should have met it.
TELL_AGAIN = frozenset({"late_report", "syndicated", "rewrite", "followup"})


@dataclass(frozen=True, slots=True)
class Archive:
    """A decided stream, open to questions: its nights set up again, its articles under the models."""

    gold: Gold
    nights: Mapping[str, date]  # article id -> the night that decided it
    names: Mapping[str, str]  # article id -> the stream's own id
    scene: Callable[[date], Scene]
    xray: Callable[[date], XRay | None]  # the models that read a night; None: the reader has no such models

    def of(self, article_id: str) -> tuple[Scene, Reading, Look | None]:
        """The night, the reading and the models' view of one article."""
        scene = self.scene(self.nights[article_id])
        reading = scene.reading(article_id)
        if reading is None:
            raise LookupError(f"article {self.name(article_id)} was not read on {self.nights[article_id]}")
        xray = self.xray(self.nights[article_id])
        return scene, reading, xray.look(reading.article) if xray else None

    def fate(self, article_id: str, topic: str) -> Fate:
        """How far an article came on a topic."""
        scene, _, look = self.of(article_id)
        return fate(scene, look, article_id, topic)

    def name(self, document_id: str) -> str:
        """The stream's own id of an article; any other id as it is."""
        return self.names.get(document_id, document_id)


def diagnose(wrong: Wrong, archive: Archive) -> tuple[Deciding, ...]:
    """The deciding rules of every label of a wrong decision, each rule once."""
    found = [deciding for label in wrong.labels for deciding in DIAGNOSES[label](wrong, archive)]
    return tuple(dict.fromkeys(found))


def _missed(wrong: Wrong, archive: Archive) -> list[Deciding]:
    """The article that came furthest on the night on which the move was due; of equals the one with the least margin missing."""
    due = [i for i in wrong.articles if archive.nights[i] == wrong.night]
    fates = [(archive.fate(i, wrong.topic), i) for i in due]
    fates = [f for f in fates if f[0].stage != "told"] or fates
    order = sorted(fates, key=lambda f: (-STAGES.index(f[0].stage), abs(f[0].deciding.margin or 0.0), f[1]))
    alike: dict[tuple[Stage, Deciding], list[str]] = {}
    for each, i in order:
        alike.setdefault((each.stage, each.deciding), []).append(archive.name(i))
    found = [_named(deciding, f"{', '.join(names)} {stage}") for (stage, deciding), names in alike.items()]
    others = {m.topic for i in due for m in archive.scene(wrong.night).moves_with(i)} - {wrong.topic}
    if others:
        found.insert(1, Deciding("topics", f"its articles moved {', '.join(sorted(others))} instead"))
    return found or [Deciding("the stream", "none of its articles came in on that night")]


def _named(deciding: Deciding, who: str) -> Deciding:
    return Deciding(deciding.rule, f"{who}: {deciding.text}", deciding.value, deciding.needed)


def _raised(wrong: Wrong, archive: Archive) -> list[Deciding]:
    """A false alert: too sure, or not seen to be known; which of the two comes first is what the labels say of its articles."""
    if wrong.move is None:
        return []
    scene = archive.scene(wrong.move.night)
    sure, known = raising(scene, wrong.move), _not_known(scene, wrong.move)
    relations = {archive.gold.articles[i].relation for i in wrong.articles if i in archive.gold.articles}
    return [*known, sure] if relations & TELL_AGAIN else [sure, *known]


def _not_known(scene: Scene, move: Move) -> list[Deciding]:
    """The comparison of the leading claim with the known step nearest to it."""
    told = _lead(scene, move)
    near = scene.nearest(told, 1) if told else []
    return [_named(comparing(c, scene.rules), "nearest known step") for c in near]


def _lead(scene: Scene, move: Move) -> Told | None:
    group = tuple(t for t in scene.told if scene.link(t.profile.claim) == move.ledger_id)
    return lead(group) if group else None


def _repeat(wrong: Wrong, archive: Archive) -> list[Deciding]:
    """Why the second raising was not met by the first."""
    if wrong.move is None or wrong.other is None:
        return []
    scene = archive.scene(wrong.move.night)
    told, first = _lead(scene, wrong.move), wrong.other
    if told is None:
        return _raised(wrong, archive)
    who = f"against the move raised on {first.night}"
    step = next((s for s in scene.desk.steps if s.row.ledger_id == first.ledger_id), None)
    if step is not None:
        found = [c for c in scene.nearest(told, len(scene.desk.steps)) if c.step.row.ledger_id == first.ledger_id]
        return [*(_named(comparing(c, scene.rules), who) for c in found), *_raised(wrong, archive)]
    other = _lead(scene, first)
    if other is None:
        return _raised(wrong, archive)
    like = scene.between(told, other)
    return [Deciding("Rules.same_step", f"{who}: two groups of one night", like.score, scene.rules.same_step), *_raised(wrong, archive)]


def _late(wrong: Wrong, archive: Archive) -> list[Deciding]:
    return _missed(wrong, archive)


def _watched(wrong: Wrong, archive: Archive) -> list[Deciding]:
    return [raising(archive.scene(wrong.move.night), wrong.move)] if wrong.move else []


def _wrong_topic(wrong: Wrong, archive: Archive) -> list[Deciding]:
    """The topic model's answer for both topics in the passage that was raised, then what became of the wanted one."""
    if wrong.move is None or wrong.gold is None:
        return _raised(wrong, archive)
    found = []
    for article_id in [i for i in wrong.articles if i in wrong.gold.articles][:1]:
        _, reading, look = archive.of(article_id)
        claim = _claim(reading, wrong.topic)
        if look and claim:
            about = look.about(claim.position, wrong.gold.topic)
            text = f"{archive.name(article_id)}, passage {claim.position}: {wrong.gold.topic} against {wrong.topic}"
            found.append(Deciding("topic model", text, about, look.about(claim.position, wrong.topic)))
        other = archive.fate(article_id, wrong.gold.topic)
        if other.stage == "told":
            found.append(Deciding("reader.SECOND_TOPIC", f"{wrong.gold.topic} was raised too; the second topic was not lowered enough"))
        found.append(_named(other.deciding, f"{archive.name(article_id)} on {wrong.gold.topic} {other.stage}"))
    return found or _raised(wrong, archive)


def _claim(reading: Reading, topic: str) -> Claim | None:
    return next((c for c in reading.claims if c.topic == topic), None)


def _wrong_kind(wrong: Wrong, archive: Archive) -> list[Deciding]:
    """The acts model's shares of both kinds in the leading claim's passage; an official text takes its kind from its act verb."""
    move, gold = wrong.move, wrong.gold
    if move is None or gold is None:
        return []
    scene = archive.scene(move.night)
    told = _lead(scene, move)
    if told is None:
        return []
    claim, article_id = told.profile.claim, told.reading.article.article_id
    _, _, look = archive.of(article_id)
    text = f"{archive.name(article_id)}, passage {claim.position}: {gold.kind} against {move.kind}"
    if told.profile.official:
        votes = scores_of(tuple(t for t in scene.told if scene.link(t.profile.claim) == move.ledger_id))
        return [Deciding("official.act_of", f"{text}, by the act verbs of the document, which count twice; {votes}")]
    found = look.candidate(move.topic) if look else None
    xray = archive.xray(archive.nights[article_id])
    if found is None or xray is None:
        return [Deciding("the reader", text)]
    read = next((c for c in told.reading.claims if c.claim_id == claim.claim_id), claim)
    if read.kind != claim.kind:
        return [Deciding("ledger.takes_effect", f"{text}, read as {read.kind}; the known step that it tells applies from that day")]
    scores = xray.weights.kinds.scores(found.pair.kind_features, easing(claim.quote, told.reading.article.title))
    return [Deciding("Kinds.likeliest", text, scores.get(gold.kind, 0.0), scores.get(move.kind, 0.0))]


def _wrong_quote(wrong: Wrong, archive: Archive) -> list[Deciding]:
    """Whether the labelled sentence lost inside the passage, or another passage was chosen."""
    if wrong.move is None or wrong.gold is None:
        return []
    part = next((e for e in wrong.move.evidence if (wrong.gold.quotes or {}).get(e.article_id)), None)
    if part is None:
        first = wrong.move.evidence[0].article_id
        return [Deciding("evidence", f"no quoted article is among its evidence; it was told by {archive.name(first)}")]
    _, reading, look = archive.of(part.article_id)
    sentence = max((wrong.gold.quotes or {})[part.article_id], key=lambda s: (s in reading.article.body, len(s)))
    claim = next((c for c in reading.claims if c.claim_id == part.claim_id), None)
    if look is None or claim is None:
        return [Deciding("the reader", "quoted another sentence")]
    return [_quoted(look, claim, sentence, archive.name(part.article_id))]


def _quoted(look: Look, claim: Claim, sentence: str, who: str) -> Deciding:
    home = look.passage_of(sentence)
    if home == claim.position:
        return Deciding("quotes.best_quote", f"{who}: another sentence of the same passage {home} states it better to the acts model")
    if home is None:
        return Deciding(
            "quotes.best_quote", f"{who}: the labelled sentence is the title, which is quoted only where a text has no sentence"
        )
    joint = [look.joint(n, claim.topic) for n in (home, claim.position)]
    return Deciding("best passage", f"{who}: passage {claim.position} was chosen, the sentence stands in {home} (log-odds)", *joint)


def _copied(wrong: Wrong, archive: Archive) -> list[Deciding]:
    scene, reading, _ = archive.of(wrong.articles[0])
    copy = scene.copy(reading)
    return [_named(copying(copy, reading), f"of {archive.name(copy.covers_id)}")] if copy else []


def _not_copied(wrong: Wrong, archive: Archive) -> list[Deciding]:
    """The figures of the pair that the labels call copy and source."""
    scene, reading, _ = archive.of(wrong.articles[0])
    labelled = archive.gold.articles[wrong.articles[0]]
    found = not_copied(scene, reading, labelled.duplicate_of, archive.name(labelled.duplicate_of))
    return found[::-1] if labelled.relation == "rewrite" else found


def wanted(wrong: Wrong, article_id: str) -> tuple[str, ...]:
    """The labelled sentences of one article, of the move in question."""
    gold: GoldMove | None = wrong.gold
    return (gold.quotes or {}).get(article_id, ()) if gold else ()


DIAGNOSES: Mapping[Label, Callable[[Wrong, Archive], list[Deciding]]] = {
    "missed": _missed,
    "only watched": _watched,
    "late": _late,
    "early": _raised,
    "false alert": _raised,
    "false watch": _raised,
    "repeat": _repeat,
    "wrong topic": _wrong_topic,
    "wrong kind": _wrong_kind,
    "wrong quote": _wrong_quote,
    "lost as duplicate": _copied,
    "wrong copy": _copied,
    "copy not caught": _not_copied,
}
