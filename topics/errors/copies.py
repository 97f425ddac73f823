"""Why an article was not taken for a copy, or how it came to be taken for a rewrite: the pair's figures against the rules."""

from __future__ import annotations

from topics.changes import changed_facts
from topics.errors.fate import Deciding
from topics.errors.scene import Scene
from topics.errors.views import ModelView
from topics.errors.xray import strongest
from topics.model import Reading
from topics.rewrites import Outlets
from topics.similar import DEFAULT_COPY_RULES, least_known, rewrite_model

Parts = dict[str, float]


def not_copied(scene: Scene, reading: Reading, source: str, name: str) -> list[Deciding]:
    """The figures of a pair that labels call copy and source; name is the source's own id."""
    near = scene.beside(reading, source)
    if near is None:
        return [Deciding("shelf", f"its source {name} has no word in common with it (another script?) or is known no more")]
    rules, found = DEFAULT_COPY_RULES, parts_of(scene, reading, source)
    changed = changed_facts(reading.article, reading.sketch, near.document)
    broken = f", broken by {', '.join(dict.fromkeys(changed))}" if changed else ""
    rule = least_known(reading.article)
    needed = float(getattr(rules, rule))
    duplicate = Deciding(f"CopyRules.{rule}", f"against {name}: share of its word runs that stand there{broken}", near.of_mine, needed)
    if found is None:
        return [duplicate, Deciding("RewriteRules.candidates", f"{name} is not among the nearest texts that were tried")]
    model, own = rewrite_model(reading)
    new = f"{found.get('new_numbers', 0.0):.2f} log of new numbers"
    return [duplicate, Deciding("RewriteRules.rewrite_from", f"against {name}, {new}", model.score(found), own.rewrite_from)]


def parts_of(scene: Scene, reading: Reading, source: str) -> Parts | None:
    """The parts of the rewrite model for one pair; None when the source was not tried."""
    (model, own), known = rewrite_model(reading), scene.seen.known
    found = model.parts(reading, scene.shelf_before(reading), Outlets(known.documents, known.outlets), own)
    return next((parts for document, parts in found if document.doc_id == source), None)


def rewrite_view(scene: Scene, reading: Reading, source: str, name: str) -> list[ModelView]:
    """The rewrite model's answer for an article and one known text, part by part."""
    found, model = parts_of(scene, reading, source), rewrite_model(reading)[0]
    if found is None:
        return []
    worth = [(f"{part}={found[part]:.2f}" if part in found else part, value) for part, value in model.worth(found)]
    return [ModelView(f"{model.name}, of {name}", model.score(found), strongest(worth))]
