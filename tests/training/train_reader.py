"""Train the built-in reader: python -m training.train_reader [--out DIR] [--cache DIR].

Reads ../shared (leads and streams) and tests/data/training, fits the passage models and the combiners, and writes the weights of
topics/weights; and for each stream weights that have seen nothing of it, for tests/gate/crossval.py and for training.train_judge, which
comes next. The cache keeps fits and candidates between runs: empty it after a change of features or of labelled data.
"""

from __future__ import annotations

import argparse
import pickle
from collections import Counter
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path

from topics.combiner import Combiner, format_combiner
from topics.linear import format_linear
from topics.model import ALERT_KINDS
from topics.reader import Route, route_of
from topics.scoring import Scorer
from training.combine import Candidate, article_of, fit_combiner, fit_topic_judge, lead_candidates, stream_candidates
from training.folds import Fold, Trainer, half_of, lead_half, written_half
from training.labelled import REAL, ROOT, SELF_WRITTEN, WRITTEN, Stream, repository_catalogue

TREES = 120
LEADS_SHARE = 0.15  # leads are shorter and plainer than articles; as extra rows they lift AP .81 -> .82
LEAST_TOPICS, LEAST_ACTS = 0.1, 0.3  # smaller weights are not written; the files shrink by half, scores stay within .02
ROUTES: tuple[Route, ...] = ("article", "official", "brief")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=ROOT / "topics" / "weights")
    parser.add_argument("--cache", type=Path, default=ROOT / "var" / "training")
    parser.add_argument("--cross-only", action="store_true", help="only the weights for measuring, not those that ship")
    options = parser.parse_args()
    trainer = Trainer(repository_catalogue(), options.cache)
    pool = Pool(trainer)
    # The judge is trained on readings by weights that have not seen the stream, so that these are needed for shipping too.
    names = [*([] if options.cross_only else [""]), *SELF_WRITTEN, "real-0", "real-1", "written-0", "written-1"]
    folds = {name: trainer.fold("real-0" if name in SELF_WRITTEN else name) for name in names}
    with ProcessPoolExecutor(max_workers=2) as workers:
        for name, heads in zip(names, workers.map(pool.heads, names), strict=True):
            write(options.cache / "weights" / name if name else options.out, trainer, folds[name], *heads)
            print(name or "shipped", flush=True)


class Pool:
    """Candidates of everything labelled, each scored by models that have not seen it."""

    def __init__(self, trainer: Trainer) -> None:
        path = trainer.cache / "pool.pickle"
        if path.exists():
            self._parts: dict[str, dict[Route, list[Candidate]]] = pickle.loads(path.read_bytes())
        else:
            self._parts = _candidates(trainer)
            path.write_bytes(pickle.dumps(self._parts))
        self._labels = trainer.fold("real-0").acts.labels

    def heads(self, unseen: str) -> tuple[dict[Route, Combiner], Combiner]:
        """The combiners of all routes and the model of topics, fitted without the unseen part."""
        return self.combiners(unseen), self.about(unseen)

    def combiners(self, unseen: str) -> dict[Route, Combiner]:
        """One combiner a route, fitted on every part but the unseen one; leads only where a route has few real rows."""
        return {route: self._combiner(route, self._names(route, unseen)) for route in ROUTES}

    def about(self, unseen: str) -> Combiner:
        """One model for all routes of whether an article is on a topic."""
        parts = [self._parts[name][route] for route in ROUTES for name in self._names(route, unseen) if not name.startswith("leads")]
        return fit_topic_judge(parts, self._labels)

    def _combiner(self, route: Route, names: Sequence[str]) -> Combiner:
        # Official documents have too few positives for a forest.
        trees = 0 if route == "official" else TREES
        return fit_combiner([_weighed(self._parts[name][route], route, name) for name in names], self._labels, trees=trees)

    def _names(self, route: Route, unseen: str) -> list[str]:
        names = [n for n in self._parts if n != unseen and not (n in WRITTEN and unseen == f"written-{written_half(n)}")]
        return [n for n in names if self._parts[n][route]]


def _weighed(part: list[Candidate], route: Route, name: str) -> list[Candidate]:
    """Long real items are nearly all off topic; at full weight they cost recall on the streams (AP .807 -> .797)."""
    share = 1.0
    if route == "article" and name.startswith("leads"):
        # Two of three leads that tell nothing are left out, which halves the time of a fit; the third speaks for them.
        part = [c if c.told else replace(c, weight=c.weight * 3) for n, c in enumerate(part) if c.told or n % 3 == 0]
    if route == "article":
        share = 0.3 if name in ("real-0", "real-1") else LEADS_SHARE if name.startswith("leads") else 1.0
    return [replace(c, weight=c.weight * share) for c in part]


def _candidates(trainer: Trainer) -> dict[str, dict[Route, list[Candidate]]]:
    names = [*SELF_WRITTEN, *WRITTEN, *(f"{kind}-{half}" for kind in ("real", "leads") for half in (0, 1))]
    for unseen in sorted({_fold_for(name) for name in names}):
        trainer.fold(unseen)
    with ProcessPoolExecutor(max_workers=2) as workers:
        return dict(zip(names, workers.map(partial(_part, trainer), names), strict=True))


def _fold_for(name: str) -> str:
    """The fold whose models have not seen a part."""
    return "real-0" if name in SELF_WRITTEN else f"written-{written_half(name)}" if name in WRITTEN else name


def _part(trainer: Trainer, name: str) -> dict[Route, list[Candidate]]:
    """All candidates of one part by route, scored by models that have not seen it."""
    scorer = _scorer(trainer, trainer.fold(_fold_for(name)))
    if name.startswith("leads"):
        return _leads_by_route(trainer, int(name[-1]), scorer)
    if name in trainer.streams:
        return _by_route(trainer.streams[name], set(trainer.streams[name].nights), scorer)
    found = [_by_route(trainer.streams[real], half_of(trainer.streams[real].nights, int(name[-1])), scorer) for real in REAL]
    return {route: [c for part in found for c in part[route]] for route in ROUTES}


def _scorer(trainer: Trainer, fold: Fold) -> Scorer:
    return Scorer(trainer.gazetteer, fold.topics, fold.acts)


def _by_route(stream: Stream, nights: set[str], scorer: Scorer) -> dict[Route, list[Candidate]]:
    rows = [row for row in stream.articles if row["published_at"][:10] in nights]
    articles = {row["id"]: article_of(row) for row in rows}
    scored = {i: scorer.score(a.title, a.body, a.lang, a.told_at.date()) for i, a in articles.items()}
    found = stream_candidates(stream, scored, scorer)
    return {route: [c for c in found if route_of(articles[c.article]) == route] for route in ROUTES}


def _leads_by_route(trainer: Trainer, half: int, scorer: Scorer) -> dict[Route, list[Candidate]]:
    leads = [lead for lead in trainer.leads if lead_half(lead) == half]
    official = {lead.lead_id for lead in leads if lead.lead_id.startswith("lj-")}  # the family of official abstracts
    found = lead_candidates(leads, scorer)
    return {
        "article": [c for c in found if c.article not in official],
        "official": [c for c in found if c.article in official],
        "brief": [c for c in found if c.article not in official],
    }


def write(out: Path, trainer: Trainer, fold: Fold, combiners: dict[Route, Combiner], about: Combiner) -> None:
    """Write the weights of one fold as text."""
    out.mkdir(parents=True, exist_ok=True)
    made = "made by tests/training/train_reader.py; do not edit"
    (out / "topics.tsv").write_text(format_linear(fold.topics, f"what a passage is about; {made}", LEAST_TOPICS), encoding="utf-8")
    (out / "acts.tsv").write_text(format_linear(fold.acts, f"what a passage says was done; {made}", LEAST_ACTS), encoding="utf-8")
    for route, combiner in combiners.items():
        (out / f"combiner-{route}.tsv").write_text(format_combiner(combiner, f"{route}: does it tell a step; {made}"), encoding="utf-8")
    (out / "about.tsv").write_text(format_combiner(about, f"is the article on the topic; {made}"), encoding="utf-8")
    counts = Counter(_kinds(trainer))
    lines = [f"{kind}\t{counts[kind] / counts.total():.4f}" for kind in ALERT_KINDS]
    (out / "priors.tsv").write_text("\n".join([f"# share of each kind among the leads' moves; {made}", *lines]) + "\n", encoding="utf-8")


def _kinds(trainer: Trainer) -> Iterable[str]:
    return (lead.label for lead in trainer.leads if lead.move and lead.label in ALERT_KINDS)


if __name__ == "__main__":
    main()
