"""A decided night set up again: its desk, copies, stories, claims and groups, so that one can ask what stood next to what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from topics.decide import decision_order, lay_out
from topics.desk import Desk
from topics.grouping import Told
from topics.judge import Judge
from topics.ledger import COVERING, Comparison, best, compare
from topics.likeness import Likeness, likeness, telling
from topics.model import Catalogue, Claim, Known, KnownDocument, Move, NightContext, NightResult, Reading, Verdict
from topics.profiles import from_article
from topics.rules import Rules
from topics.settling import Settled, Weighed, settle
from topics.shelf import Shelf, overlap
from topics.similar import Copy, Key, as_known, is_official
from topics.texts import READ, Texts


@dataclass(frozen=True, slots=True)
class Seen:
    """One night as it was decided: what came in, what was known, and what was made of it."""

    context: NightContext
    readings: tuple[Reading, ...]
    known: Known
    result: NightResult
    judge: Judge | None = None  # with which it was decided


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A known document beside an article: cosine of their terms, and the shares of word runs in common."""

    document: KnownDocument
    cosine: float
    of_mine: float
    of_theirs: float


@dataclass(frozen=True, slots=True)
class Scene:
    """One night, derived again from the same values by the same functions."""

    seen: Seen
    desk: Desk
    copies: Mapping[Key, Copy]
    stories: Mapping[Key, str]
    told: tuple[Told, ...]
    settled: Settled
    shelf: Shelf

    @property
    def rules(self) -> Rules:
        """The thresholds of the night."""
        return self.desk.rules

    def reading(self, article_id: str) -> Reading | None:
        """The reading of one article, the latest revision; None when the night had none."""
        found = [r for r in self.seen.readings if r.article.article_id == article_id]
        return max(found, key=lambda r: r.article.rev, default=None)

    def verdict(self, article_id: str) -> Verdict | None:
        """What became of one article."""
        found = [v for v in self.seen.result.verdicts if v.article_id == article_id]
        return max(found, key=lambda v: v.rev, default=None)

    def copy(self, reading: Reading) -> Copy | None:
        """What the article was found to copy."""
        return self.copies.get(reading.key)

    def moves_with(self, article_id: str) -> list[Move]:
        """The night's moves that the article is evidence for."""
        return [m for m in self.seen.result.moves if article_id in {part.article_id for part in m.evidence}]

    def link(self, claim: Claim) -> str:
        """The step that the claim was found to tell; '' when none."""
        return next((c.ledger_id for c in self.seen.result.claims if c.claim_id == claim.claim_id), "")

    def teller(self, claim: Claim, reading: Reading) -> Told:
        """The claim as the night weighed it, or as it would have been weighed above the floor."""
        known = next((t for t in self.told if t.profile.claim.claim_id == claim.claim_id), None)
        if known is not None:
            return known
        copy = self.copy(reading)
        story = self.stories.get(reading.key, "")
        profile = from_article(claim, reading.article, reading.sketch, story, self.desk.naming, is_official(reading))
        return Told(profile, reading, copy.covers_id if copy else "")

    def nearest(self, told: Told, most: int = 3) -> list[Comparison]:
        """The known steps that a claim is most like, a covering one first, then by likeness."""
        same = [s for s in self.desk.steps if s.row.topic == told.profile.claim.topic]
        near = [compare(told.profile, s, self.desk.naming, self.rules, round_up=told.round_up) for s in same]
        cover = best(self.desk.comparisons(told), COVERING)
        if cover is not None and cover.step.row.topic != told.profile.claim.topic:
            near.append(cover)
        near.sort(key=lambda c: (not (cover and c.step.row.ledger_id == cover.step.row.ledger_id), -c.likeness.score, c.step.row.ledger_id))
        return near[:most]

    def between(self, left: Told, right: Told) -> Likeness:
        """How alike two claims of tonight are, the better of both directions."""
        pairs = ((left.profile, right.profile), (right.profile, left.profile))
        likes = (likeness(a, telling(b.told, b.told, (b,)), self.desk.naming, self.rules) for a, b in pairs)
        return max(likes, key=lambda like: like.score)

    def weighed(self, claim_id: str) -> Weighed | None:
        """The claims that were weighed together with this one, and how sure they were; None for a claim that was not weighed."""
        return self.settled.weighed.get(claim_id)

    def neighbours(self, reading: Reading, most: int = 2) -> list[Neighbour]:
        """The documents most like an article, by cosine; itself is left out."""
        cosines = self.shelf.cosines(reading.sketch)
        own = reading.article.article_id
        order = sorted((i for i in cosines if self.shelf.documents[i].doc_id != own), key=lambda i: (-cosines[i], i))
        return [self._neighbour(reading, index, cosines[index]) for index in order[:most]]

    def beside(self, reading: Reading, doc_id: str) -> Neighbour | None:
        """One document beside an article; None when they share no term."""
        cosines = self.shelf.cosines(reading.sketch, across=0.0)
        index = next((i for i in sorted(cosines) if self.shelf.documents[i].doc_id == doc_id), None)
        return None if index is None else self._neighbour(reading, index, cosines[index])

    def shelf_before(self, reading: Reading) -> Shelf:
        """The documents that stood there when this article was read: the known ones and those of tonight that were told before it."""
        earlier = [r for r in self.seen.readings if decision_order(r) < decision_order(reading)]
        return _shelf(sorted(earlier, key=decision_order), self.seen.known)

    def _neighbour(self, reading: Reading, index: int, cosine: float) -> Neighbour:
        document = self.shelf.documents[index]
        return Neighbour(document, cosine, *overlap(reading.sketch, document.sketch))


def set_up(seen: Seen, catalogue: Catalogue, rules: Rules, texts: Texts = READ) -> Scene:
    """Derive a night again, in the order in which decide() goes."""
    laid = lay_out(seen.context, seen.readings, seen.known, catalogue, rules, texts, seen.judge)
    settled = settle(laid.groups, laid.desk)
    return Scene(seen, laid.desk, laid.found, laid.stories, laid.told, settled, _shelf(laid.ordered, seen.known))


def _shelf(ordered: Sequence[Reading], known: Known) -> Shelf:
    return Shelf((*known.documents, *(as_known(reading) for reading in ordered)))
