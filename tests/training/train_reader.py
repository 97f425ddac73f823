"""Train the built-in reader: python -m training.train_reader [--out DIR] [--cache DIR].

Reads ../shared (leads and streams) and tests/data/training, fits the passage models and the combiners, and writes the weights of
topics/weights; and for each stream weights that have seen nothing of it, for tests/gate/crossval.py and for training.train_judge, which
comes next. The cache keeps fits and candidates between runs: empty it after a change of features or of labelled data.
"""

from __future__ import annotations

import argparse
import pickle
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path

from topics.combiner import Combiner, format_combiner
from topics.kinds import Kinds, format_kinds
from topics.linear import Floats, format_linear
from topics.pairs import whole_kinds, whole_numbers
from topics.reader import Route, route_of
from topics.scoring import Scorer
from training.combine import Candidate, article_of, fit_combiner, fit_kinds, fit_topic_judge, lead_candidates, stream_candidates
from training.folds import CHOOSING, Fold, Trainer, half_of, lead_half, written_half
from training.labelled import REAL, ROOT, SELF_WRITTEN, WRITTEN, Stream, repository_catalogue
from training.whole import Scores, labelled_articles, whole_scores

TREES = 120
LEADS_SHARE = 0.15  # leads are shorter and plainer than articles; as extra rows they lift AP .81 -> .82
LEAST_TOPICS, LEAST_ACTS, LEAST_WHOLE = 0.1, 0.3, 0.1  # smaller weights are not written; the files shrink by half, scores stay within .02
ROUTES: tuple[Route, ...] = ("article", "official", "brief")
NAMES = (*SELF_WRITTEN, *WRITTEN, *(f"{kind}-{half}" for kind in ("real", "leads") for half in (0, 1)))
Part = tuple[str, str]  # the name of some labelled data and the fold whose models score it


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=ROOT / "topics" / "weights")
    parser.add_argument("--cache", type=Path, default=ROOT / "var" / "training")
    parser.add_argument("--cross-only", action="store_true", help="only the weights for measuring, not those that ship")
    options = parser.parse_args()
    trainer = Trainer(repository_catalogue(), options.cache)
    articles = labelled_articles(trainer)
    pool = Pool(trainer, whole_scores(articles))
    # The judge is trained on readings by weights that have not seen the stream, so that these are needed for shipping too.
    names = [*([] if options.cross_only else [""]), *SELF_WRITTEN, "real-0", "real-1", "written-0", "written-1"]
    folds = {name: trainer.fold(name) for name in names}
    with ProcessPoolExecutor(max_workers=2) as workers:
        for name, heads in zip(names, workers.map(pool.heads, names), strict=True):
            out = options.cache / "weights" / name if name else options.out
            write(out, trainer, folds[name], *heads)
            whole = articles.without(*([name] if name else []))
            made = "of a whole article: does it tell a step, what is it about; made by tests/training/train_reader.py; do not edit"
            (out / "whole.tsv").write_text(format_linear(whole, made, LEAST_WHOLE), encoding="utf-8")
            print(name or "shipped", flush=True)


class Pool:
    """Candidates of everything labelled, each scored by models that have not seen it."""

    def __init__(self, trainer: Trainer, whole: Scores) -> None:
        self._whole = whole
        path = trainer.cache / "pool.pickle"
        if path.exists():
            self._parts: dict[Part, dict[Route, list[Candidate]]] = pickle.loads(path.read_bytes())
        else:
            self._parts = _candidates(trainer)
            path.write_bytes(pickle.dumps(self._parts))
        self._labels = trainer.fold("real-0").acts.labels

    def heads(self, unseen: str) -> tuple[dict[Route, Combiner], Combiner, Kinds]:
        """The combiners of all routes, the model of topics and that of kinds, fitted without the unseen part."""
        return self.combiners(unseen), self.about(unseen), self.kinds(unseen)

    def combiners(self, unseen: str) -> dict[Route, Combiner]:
        """One combiner a route, fitted on every part but the unseen one, leads among them."""
        return {route: self._combiner(route, unseen) for route in ROUTES}

    def about(self, unseen: str) -> Combiner:
        """One model for all routes of whether an article is on a topic."""
        names = [(route, name) for route in ROUTES for name in self._names(route, unseen) if not name.startswith("leads")]
        parts = [self._part(name, route, unseen) for route, name in names]
        return fit_topic_judge(parts, self._labels)

    def kinds(self, unseen: str) -> Kinds:
        """One model for full articles and short items of which kind a step is."""
        names = [n for n in self._names("article", unseen) if n in SELF_WRITTEN or n in WRITTEN]
        return fit_kinds([c for route in ("article", "brief") for name in names for c in self._part(name, route, unseen)], self._labels)

    def _combiner(self, route: Route, unseen: str) -> Combiner:
        # Official documents have too few positives for a forest.
        trees = 0 if route == "official" else TREES
        parts = [_weighed(self._part(name, route, unseen), route, name) for name in self._names(route, unseen)]
        return fit_combiner(parts, self._labels, trees=trees)

    def _part(self, name: str, route: Route, unseen: str) -> list[Candidate]:
        """The candidates of a part with what whole-article models say of them that have seen neither the part nor what is unseen."""
        scores = self._whole[(unseen, name)]
        found = self._parts[(name, _fold_for(name, unseen))][route]
        return [_with(c, scores[c.article]) for c in found]

    def _names(self, route: Route, unseen: str) -> list[str]:
        names = [n for n in NAMES if n != unseen and not (n in WRITTEN and unseen == f"written-{written_half(n)}")]
        return [n for n in names if self._parts[(n, _fold_for(n, unseen))][route]]


def _with(candidate: Candidate, whole: Floats) -> Candidate:
    pair = candidate.pair
    numbers = whole_numbers(whole, pair.topic, 0.0)
    return replace(candidate, pair=replace(pair, features=(*pair.features, *numbers), kinds=whole_kinds(whole)))


def _weighed(part: list[Candidate], route: Route, name: str) -> list[Candidate]:
    """Long real items are nearly all off topic; at full weight they cost recall on the streams (AP .807 -> .797)."""
    share = 1.0
    if route == "article" and name.startswith("leads"):
        # Two of three leads that tell nothing are left out, which halves the time of a fit; the third speaks for them.
        part = [c if c.told else replace(c, weight=c.weight * 3) for n, c in enumerate(part) if c.told or n % 3 == 0]
    if route == "article":
        share = 0.3 if name in ("real-0", "real-1") else LEADS_SHARE if name.startswith("leads") else 1.0
    return [replace(c, weight=c.weight * share) for c in part]


def _candidates(trainer: Trainer) -> dict[Part, dict[Route, list[Candidate]]]:
    parts = sorted({(name, _fold_for(name, unseen)) for name in NAMES for unseen in ("", *SELF_WRITTEN)})
    _SHARED.append(trainer)  # workers are forked and see it, and each keeps the rows that it makes from one fit to the next
    with ProcessPoolExecutor(max_workers=1) as worker:
        worker.submit(_fit, CHOOSING).result()  # the folds of self-written streams take their features from it
    with ProcessPoolExecutor(max_workers=2) as workers:
        list(workers.map(_fit, sorted({"", *(fold for _, fold in parts)})))
        return dict(zip(parts, workers.map(_part, parts), strict=True))


_SHARED: list[Trainer] = []


def _fit(fold: str) -> None:
    _SHARED[-1].fold(fold)


def _fold_for(name: str, unseen: str) -> str:
    """The fold whose models have seen neither this part nor, where it could have, the self-written stream that is measured."""
    if name in SELF_WRITTEN:
        return "+".join(sorted({name, unseen} & set(SELF_WRITTEN)))
    return f"written-{written_half(name)}" if name in WRITTEN else name


def _part(part: Part) -> dict[Route, list[Candidate]]:
    """All candidates of one part by route, scored by the models of a fold."""
    trainer, (name, fold) = _SHARED[-1], part
    scorer = _scorer(trainer, trainer.fold(fold))
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


def write(out: Path, trainer: Trainer, fold: Fold, combiners: dict[Route, Combiner], about: Combiner, kinds: Kinds) -> None:
    """Write the weights of one fold as text."""
    out.mkdir(parents=True, exist_ok=True)
    made = "made by tests/training/train_reader.py; do not edit"
    (out / "topics.tsv").write_text(format_linear(fold.topics, f"what a passage is about; {made}", LEAST_TOPICS), encoding="utf-8")
    (out / "acts.tsv").write_text(format_linear(fold.acts, f"what a passage says was done; {made}", LEAST_ACTS), encoding="utf-8")
    for route, combiner in combiners.items():
        (out / f"combiner-{route}.tsv").write_text(format_combiner(combiner, f"{route}: does it tell a step; {made}"), encoding="utf-8")
    (out / "about.tsv").write_text(format_combiner(about, f"is the article on the topic; {made}"), encoding="utf-8")
    (out / "kinds.tsv").write_text(format_kinds(kinds, f"which kind of step; {made}"), encoding="utf-8")


if __name__ == "__main__":
    main()
