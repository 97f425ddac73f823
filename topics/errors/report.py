"""Puts the report together: every wrong decision with its articles, passages, claims, neighbours and weights as plain views."""

from __future__ import annotations

from collections.abc import Sequence

from topics.decide import counts
from topics.errors.copies import rewrite_view
from topics.errors.diagnosis import Archive, diagnose, wanted
from topics.errors.fate import day_of, probability
from topics.errors.gold import GoldMove
from topics.errors.scene import Scene
from topics.errors.views import ArticleView, Case, ClaimView, ModelView, MoveView, NearView, PassageView
from topics.errors.wrong import Wrong
from topics.errors.xray import Candidate, Look, XRay, strongest
from topics.ledger import Comparison, KnownStep
from topics.linear import log_odds
from topics.model import Claim, Move, Reading

EXACT = 1e-9  # floor of shown log-odds, so small that the parts still add up to them
LEAD = 400  # characters of a text's start
PARTS = 8  # features shown of each model
IN_FULL = 8  # articles of one wrong decision that are shown; a surge has dozens
NEAR = 3
LEAST_COSINE = 0.25  # a further document below it has next to nothing in common


def case(wrong: Wrong, archive: Archive) -> Case:
    """One wrong decision with all that explains it."""
    return Case(
        labels=wrong.labels,
        night=wrong.night,
        topic=wrong.topic,
        gold=_gold(wrong.gold, archive) if wrong.gold else None,
        raised=_move(wrong.move, archive) if wrong.move else None,
        deciding=diagnose(wrong, archive),
        articles=tuple(article(i, wrong, archive) for i in wrong.articles[:IN_FULL]),
    )


def _gold(move: GoldMove, archive: Archive) -> MoveView:
    names = tuple(archive.name(i) for i in move.articles)
    return MoveView(move.gold_id, move.night, move.topic, move.kind, move.severity, move.headline, move.before, move.after, names)


def _move(move: Move, archive: Archive) -> MoveView:
    names = tuple(archive.name(part.article_id) for part in move.evidence)
    severity = "alert" if move.severity == "alert" and move.disposition != "watch" else "watch"
    return MoveView(move.move_id, move.night, move.topic, move.kind, severity, move.headline, move.before, "", names)


def article(article_id: str, wrong: Wrong, archive: Archive) -> ArticleView:
    """One article as the night saw it."""
    scene, reading, look = archive.of(article_id)
    text, labelled, verdict = reading.article, archive.gold.articles.get(article_id), scene.verdict(article_id)
    xray = archive.xray(archive.nights[article_id])
    came = archive.fate(article_id, wrong.topic)
    claim = came.claim or next((c for c in reading.claims if c.topic == wrong.topic), None)
    found = look.candidate(wrong.topic) if look else None
    best = found.pair.passage if found else claim.position if claim else 0
    return ArticleView(
        name=archive.name(article_id),
        night=archive.nights[article_id],
        title=text.title,
        publisher=text.publisher,
        lang=text.lang,
        url=text.url,
        route=reading.route,
        relation=labelled.relation if labelled else "",
        note=labelled.note if labelled else "",
        lead=text.body[:LEAD],
        stage=came.stage,
        deciding=came.deciding,
        outcome=verdict.outcome if verdict else "",
        covers=covers(verdict.covers_id, scene, archive) if verdict else "",
        reasons=verdict.reasons if verdict else (),
        gold_quotes=wanted(wrong, article_id),
        passages=passages(look, wrong.topic, best) if look else (),
        claims=tuple(_claim(c, scene) for c in reading.claims),
        near=(*_steps(scene, reading, claim), *_documents(scene, reading, archive)),
        models=(
            *(_models(look, found, wrong, xray) if look and xray else ()),
            *_rewritten(scene, reading, wrong, archive),
        ),
    )


def covers(covers_id: str, scene: Scene, archive: Archive) -> str:
    """What a verdict's covers_id stands for, in words."""
    known = scene.seen.known
    for document in known.documents:
        if document.doc_id == covers_id:
            return f"{document.origin} {archive.name(covers_id)}, {document.publisher}, {document.night or 'baseline'}: {document.title}"
    for step in scene.desk.steps:
        if step.row.ledger_id == covers_id:
            return f"known step {step.row.kind} of {day_of(step)}: {told_by(step) or step.row.value}"
    for move in scene.seen.result.moves:
        if move.move_id == covers_id:
            return f"move of tonight: {move.topic} {move.kind} ({move.disposition}): {move.headline}"
    reading = scene.reading(covers_id)
    return f"article {archive.name(covers_id)}, {reading.article.publisher}: {reading.article.title}" if reading else covers_id


def told_by(step: KnownStep) -> str:
    """The words that told a step first."""
    return step.telling.profiles[0].claim.quote if step.telling.profiles else ""


def passages(look: Look, topic: str, best: int) -> tuple[PassageView, ...]:
    """Every passage with its probabilities."""
    return tuple(_passage(look, n, topic, n == best) for n in range(len(look.scored.passages)))


def _passage(look: Look, index: int, topic: str, best: bool) -> PassageView:
    rivals = [(other, look.about(index, other)) for other in look.topics if other != topic]
    step = probability(look.scored.passages[index].step_with_title)
    rival = max(rivals, key=lambda part: (part[1], part[0]), default=("", 0.0))
    return PassageView(index, look.text(index), best, look.about(index, topic), rival, step, look.labels(index))


def _claim(claim: Claim, scene: Scene) -> ClaimView:
    link = scene.link(claim)
    known = {step.row.ledger_id for step in scene.desk.steps}
    came_to = "" if not link else "known" if link in known else "move"
    return ClaimView(
        claim.topic, claim.kind, claim.modality, claim.score, claim.topic_score, claim.position, counts(claim, scene.rules), claim.quote,
        came_to,
    )  # fmt: skip


def _steps(scene: Scene, reading: Reading, claim: Claim | None) -> list[NearView]:
    if claim is None:
        return []
    return [_step(found, scene) for found in scene.nearest(scene.teller(claim, reading), NEAR)]


def _step(found: Comparison, scene: Scene) -> NearView:
    row, quote = found.step.row, told_by(found.step) or found.step.row.value
    weights = scene.rules.same_step_weights
    parts = tuple((f"{name}={value:g}", weights[name] * value) for name, value in found.likeness.parts)
    bias = ("(bias)", scene.rules.same_step_bias)
    what = f"step {row.topic} {row.kind} {day_of(found.step)} ({row.support}{', watched only' if found.step.watched_only else ''})"
    return NearView(what, found.result, found.likeness.score, quote, strongest([*parts, bias]))


def _documents(scene: Scene, reading: Reading, archive: Archive) -> list[NearView]:
    found: list[NearView] = []
    for near in scene.neighbours(reading):
        document = near.document
        if found and near.cosine < LEAST_COSINE:
            break
        parts = (("its word runs that stand there", near.of_mine), ("that text's word runs that stand here", near.of_theirs))
        what = f"{document.origin} {archive.name(document.doc_id)}, {document.publisher}, {document.night or 'baseline'}"
        found.append(NearView(what, "cosine", near.cosine, document.title, parts))
    return found


def _models(look: Look, found: Candidate | None, wrong: Wrong, xray: XRay) -> tuple[ModelView, ...]:
    """The topic model and the step label in the best passage, the combiner if the topic was looked at, and what the labels want instead."""
    best = found.pair.passage if found else _likeliest(look, wrong.topic)
    views = [
        ModelView(f"topic {topic}, passage {best}", log_odds(look.about(best, topic), EXACT), xray.topic_parts(look, best, topic)[:PARTS])
        for topic in dict.fromkeys((wrong.topic, wrong.gold.topic if wrong.gold else wrong.topic))
    ]
    views.append(ModelView(f"states a step, passage {best}", look.scored.passages[best].step, xray.act_parts(look, best)[:PARTS]))
    kinds = (wrong.gold.kind, wrong.move.kind) if wrong.gold and wrong.move and "wrong kind" in wrong.labels else ()
    views += [
        ModelView(f"label {kind}, passage {best}", log_odds(look.label(best, kind), EXACT), xray.act_parts(look, best, kind)[:PARTS])
        for kind in kinds
    ]
    if found:
        views.append(ModelView(f"combiner {look.route}", found.log_odds, xray.combiner_parts(look, found)[:PARTS]))
        views.append(ModelView(f"combiner {look.route}, by its forest", found.log_odds, xray.forest_parts(look, found)[:PARTS]))
    return tuple(view for view in views if view.parts)


def _rewritten(scene: Scene, reading: Reading, wrong: Wrong, archive: Archive) -> list[ModelView]:
    """The rewrite model's answer for an article that was taken for a rewrite, or should have been."""
    copy, labelled = scene.copy(reading), archive.gold.articles.get(reading.article.article_id)
    should = labelled.duplicate_of if labelled and "copy not caught" in wrong.labels else ""
    source = copy.covers_id if copy and copy.how == "rewrite" else should
    return rewrite_view(scene, reading, source, archive.name(source)) if source else []


def _likeliest(look: Look, topic: str) -> int:
    return max(range(len(look.scored.passages)), key=lambda n: (look.about(n, topic), -n))


def select(found: Sequence[Wrong], *, everything: bool) -> tuple[Wrong, ...]:
    """Leave out what concerns only watched moves and copies, unless everything is asked for."""
    return tuple(w for w in found if everything or not w.is_side)
