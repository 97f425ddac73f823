"""Train the built-in reader: python -m training.train_reader [--out DIR] [--cache DIR].

Reads ../shared (leads and streams), fits the passage models and the combiners, and writes the weights of topics/weights. With --cross
it also writes, for each stream, weights that have seen nothing of it, for tests/gate/crossval.py. The cache keeps fits and candidates
between runs: empty it after a change of features.
"""

from __future__ import annotations

import argparse
import pickle
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from topics.combiner import Combiner, format_combiner
from topics.linear import format_linear
from topics.model import ALERT_KINDS
from topics.reader import Route, route_of
from topics.scoring import Scorer
from training.combine import Candidate, article_of, fit_combiner, lead_candidates, stream_candidates
from training.folds import Fold, Trainer, half_of, lead_half
from training.labelled import REAL, ROOT, SELF_WRITTEN, Stream, repository_catalogue

TREES = 150
LEAST_TOPICS, LEAST_ACTS = 0.1, 0.3  # smaller weights are not written; the files shrink by half, scores stay within .02
ROUTES: tuple[Route, ...] = ("article", "official", "brief")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=ROOT / "topics" / "weights")
    parser.add_argument("--cache", type=Path, default=ROOT / "var" / "training")
    parser.add_argument("--cross", action="store_true")
    parser.add_argument("--cross-only", action="store_true")
    options = parser.parse_args()
    trainer = Trainer(repository_catalogue(), options.cache)
    pool = Pool(trainer)
    if not options.cross_only:
        write(options.out, trainer, trainer.fold(""), pool.combiners(unseen=""))
    for name in (*SELF_WRITTEN, "real-0", "real-1") if options.cross or options.cross_only else ():
        blind = trainer.fold(name if name in ("real-0", "real-1") else "real-0")
        write(options.cache / "weights" / name, trainer, blind, pool.combiners(unseen=name))


class Pool:
    """Candidates of everything labelled, each scored by models that have not seen it."""

    def __init__(self, trainer: Trainer) -> None:
        path = trainer.cache / "pool.pickle"
        if path.exists():
            self._parts: dict[str, dict[Route, list[Candidate]]] = pickle.loads(path.read_bytes())
        else:
            self._parts = _candidates(trainer)
            path.write_bytes(pickle.dumps(self._parts))
        self._labels = trainer.fold("").acts.labels
        self._fitted: dict[tuple[Route, tuple[str, ...]], Combiner] = {}

    def combiners(self, unseen: str) -> dict[Route, Combiner]:
        """One combiner a route, fitted on every part but the unseen one; leads only where a route has few real rows."""
        return {route: self._combiner(route, tuple(self._names(route, unseen))) for route in ROUTES}

    def _combiner(self, route: Route, names: tuple[str, ...]) -> Combiner:
        if (route, names) not in self._fitted:
            # Official documents have too few positives for a forest.
            trees = 0 if route == "official" else TREES
            self._fitted[route, names] = fit_combiner(
                [_weighed(self._parts[name][route], route, name) for name in names], self._labels, trees=trees
            )
        return self._fitted[route, names]

    def _names(self, route: Route, unseen: str) -> list[str]:
        names = [n for n in self._parts if n != unseen and (route != "article" or not n.startswith("leads"))]
        return [n for n in names if self._parts[n][route]]


def _weighed(part: list[Candidate], route: Route, name: str) -> list[Candidate]:
    """Long real items are nearly all off topic; at full weight they cost recall on the streams (AP .807 -> .797)."""
    share = 0.3 if route == "article" and name in ("real-0", "real-1") else 1.0
    return [replace(c, weight=c.weight * share) for c in part]


def _candidates(trainer: Trainer) -> dict[str, dict[Route, list[Candidate]]]:
    parts = {}
    blind = _scorer(trainer, trainer.fold("real-0"))
    for name in SELF_WRITTEN:
        parts[name] = _by_route(trainer.streams[name], set(trainer.streams[name].nights), blind)
    for half in (0, 1):
        scorer = _scorer(trainer, trainer.fold(f"real-{half}"))
        found = [_by_route(trainer.streams[name], half_of(trainer.streams[name].nights, half), scorer) for name in REAL]
        parts[f"real-{half}"] = {route: [c for part in found for c in part[route]] for route in ROUTES}
        parts[f"leads-{half}"] = _leads_by_route(trainer, half)
    return parts


def _scorer(trainer: Trainer, fold: Fold) -> Scorer:
    return Scorer(trainer.gazetteer, fold.topics, fold.acts)


def _by_route(stream: Stream, nights: set[str], scorer: Scorer) -> dict[Route, list[Candidate]]:
    rows = [row for row in stream.articles if row["published_at"][:10] in nights]
    articles = {row["id"]: article_of(row) for row in rows}
    scored = {i: scorer.score(a.title, a.body, a.lang, a.told_at.date()) for i, a in articles.items()}
    found = stream_candidates(stream, scored, scorer)
    return {route: [c for c in found if route_of(articles[c.article]) == route] for route in ROUTES}


def _leads_by_route(trainer: Trainer, half: int) -> dict[Route, list[Candidate]]:
    scorer = _scorer(trainer, trainer.fold(f"leads-{half}"))
    leads = [lead for lead in trainer.leads if lead_half(lead) == half]
    official = {lead.lead_id for lead in leads if lead.lead_id.startswith("lj-")}  # the family of official abstracts
    found = lead_candidates(leads, scorer)
    return {
        "article": [c for c in found if c.article not in official],
        "official": [c for c in found if c.article in official],
        "brief": [c for c in found if c.article not in official],
    }


def write(out: Path, trainer: Trainer, fold: Fold, combiners: dict[Route, Combiner]) -> None:
    """Write the weights of one fold as text."""
    out.mkdir(parents=True, exist_ok=True)
    made = "made by tests/training/train_reader.py; do not edit"
    (out / "topics.tsv").write_text(format_linear(fold.topics, f"what a passage is about; {made}", LEAST_TOPICS), encoding="utf-8")
    (out / "acts.tsv").write_text(format_linear(fold.acts, f"what a passage says was done; {made}", LEAST_ACTS), encoding="utf-8")
    for route, combiner in combiners.items():
        (out / f"combiner-{route}.tsv").write_text(format_combiner(combiner, f"{route}: does it tell a step; {made}"), encoding="utf-8")
    counts = Counter(_kinds(trainer))
    lines = [f"{kind}\t{counts[kind] / counts.total():.4f}" for kind in ALERT_KINDS]
    (out / "priors.tsv").write_text("\n".join([f"# share of each kind among the leads' moves; {made}", *lines]) + "\n", encoding="utf-8")


def _kinds(trainer: Trainer) -> Iterable[str]:
    return (lead.label for lead in trainer.leads if lead.move and lead.label in ALERT_KINDS)


if __name__ == "__main__":
    main()
