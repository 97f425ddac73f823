"""The one-page HTML summary of a night: what was read, what was kept, what was dropped and why, and what was told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from alerts.model import Alert
from alerts.plain import clean_alert, one_line, safe_url
from alerts.render import environment
from extractors.model import Article, SourceReading
from topics.model import NightResult, Verdict

KEPT = frozenset({"move", "follow_up"})
OUTCOME_WORDS = {
    "off_topic": "off topic",
    "near_duplicate": "the same text as",
    "rewrite": "the same news reworded as",
    "restates_known": "says what was known from",
    "follow_up": "adds to a known story",
    "background": "background",
    "no_move": "on topic, nothing moved",
    "move": "a move",
    "too_thin": "too little text to decide on",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One article as the page shows it."""

    title: str
    url: str
    publisher: str
    lang: str
    outcome: str  # in words
    covers: str  # the title of what covers it, else its id, '' when nothing does
    reasons: tuple[str, ...]


def night_page(
    result: NightResult,
    articles: Sequence[Article],
    alerts: Sequence[Alert],
    notes: Sequence[str] = (),
    sources: Sequence[SourceReading] = (),
) -> str:
    """Render the night as one HTML page without script or anything remote.

    articles: those of the night's verdicts, and where known those that cover them. alerts: what compose() gave. notes: the caller's plain
    lines. sources: what was heard, for the table of sources and of entries that never became articles.
    """
    titles = {a.article_id: a for a in articles}
    rows = [row_of(v, titles) for v in result.verdicts]
    kept = [r for r, v in zip(rows, result.verdicts, strict=True) if v.outcome in KEPT]
    dropped = [r for r, v in zip(rows, result.verdicts, strict=True) if v.outcome not in KEPT]
    page = environment().get_template("night.html")
    return page.render(
        night=result.context.night.isoformat(),
        mode=result.context.mode,
        alerts=[clean_alert(a) for a in alerts],
        notes=[one_line(n, 1000) for n in notes],
        kept=kept,
        dropped=dropped,
        counts=sorted(Counter(r.outcome.removesuffix(" as").removesuffix(" from") for r in rows).items()),
        sources=sorted((s.source.source_id, one_line(s.source.publisher, 80), s.outcome, s.reason, len(s.disposed)) for s in sources),
        entries=sorted(Counter((d.disposition, d.reason) for s in sources for d in s.disposed if d.disposition != "fetched").items()),
    )


def row_of(verdict: Verdict, articles: dict[str, Article]) -> Row:
    """Show one verdict: the article, what was decided, what covers it, and the reasons."""
    article = articles.get(verdict.article_id)
    covering = articles.get(verdict.covers_id)
    return Row(
        title=one_line(article.title) if article else verdict.article_id,
        url=safe_url(article.url) if article else "",
        publisher=one_line(article.publisher, 80) if article else "",
        lang=article.lang if article else "en",
        outcome=OUTCOME_WORDS.get(verdict.outcome, verdict.outcome),
        covers=one_line(covering.title) if covering else verdict.covers_id,
        reasons=tuple(one_line(r, 300) for r in verdict.reasons),
    )
