"""The error report for a terminal: lines of at most 100 columns, Chinese characters counted as two."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence

from topics.errors.fate import Deciding
from topics.errors.views import ArticleView, Case, ClaimView, ModelView, MoveView, NearView, PassageView, Report
from topics.errors.xray import Part

WIDTH = 100
NAME = 10  # columns of the words at the left
FULL = 2  # articles of one wrong decision told in full; the others in a line (the page has them all)
PASSAGES = 4
CLAIMS = 6
QUOTE = 260  # characters
_PIECE = re.compile(
    r"\s+|[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6]|[^\s\u2e80-\ua4cf\uff00-\uff60]+"
)


def report_lines(report: Report) -> Iterator[str]:
    """The whole report: counts, an index, then every wrong decision."""
    yield from summary_lines(report)
    for number, each in enumerate(report.cases, 1):
        yield ""
        yield from case_lines(each, number, len(report.cases))


def summary_lines(report: Report) -> Iterator[str]:
    """The counts, and one line for each wrong decision."""
    yield f"{report.stream}: {report.nights} nights, {report.articles:,} articles"
    yield from fold(figures(report), WIDTH)
    yield from fold(f"wrong decisions: {', '.join(f'{name} {n}' for name, n in report.counts) or 'none'}", WIDTH)
    if report.cases:
        yield from fold(f"decided by: {', '.join(f'{name} {n}' for name, n in report.rules)}", WIDTH)
    for number, each in enumerate(report.cases, 1):
        rule = each.deciding[0].rule if each.deciding else ""
        yield cut(f"{number:4}  {each.night}  {', '.join(each.labels):30} {each.topic:22} {rule}", WIDTH)


def figures(report: Report) -> str:
    """The counts that the wrong decisions are the rest of."""
    s = report.score
    counted = (("right", s.right, s.raised), ("on time", s.on_time, s.gold), ("right kind", s.kind_right, s.right))
    return "alerts " + ", ".join(f"{name} {n}/{of}" for name, n, of in (*counted, ("right quote", s.quote_right, s.quoted)))


def case_lines(each: Case, number: int, of: int) -> Iterator[str]:
    """One wrong decision."""
    yield rule(f"{number} of {of}: {', '.join(each.labels)}, {each.night}, {each.topic}", "━")
    yield from _move("wanted", each.gold) if each.gold else _named("wanted", "nothing")
    yield from _move("raised", each.raised) if each.raised else _named("raised", "nothing")
    for place, deciding in enumerate(each.deciding):
        yield from _named("decided" if not place else "", decided(deciding))
    told = {_same(d) for d in each.deciding}
    for place, article in enumerate(each.articles):
        if place < FULL:
            yield from article_lines(article, each.topic, again=_same(article.deciding) in told)
        else:
            yield from _named("also", f"{article.name} {article.relation}: {came_to(article)}")


def _same(deciding: Deciding) -> tuple[str, float | None, float | None]:
    return deciding.rule, deciding.value, deciding.needed


def _move(name: str, move: MoveView) -> Iterator[str]:
    articles = ", ".join(move.articles[:6]) + (f" and {len(move.articles) - 6} more" if len(move.articles) > 6 else "")
    called = f", {move.name}" if name == "wanted" else ""
    yield from _named(name, f"{move.topic} {move.kind} ({move.severity}) on {move.night}{called}: {articles}")
    yield from _named("", move.headline)
    if move.before:
        yield from _named("", f"before: {shorten(move.before)}")
    if move.after:
        yield from _named("", f"after: {shorten(move.after)}")


def decided(deciding: Deciding) -> str:
    """A rule with its figure and margin."""
    if deciding.value is None or deciding.needed is None or deciding.margin is None:
        return f"{deciding.rule}: {deciding.text}"
    return f"{deciding.rule}: {deciding.value:.2f} against {deciding.needed:.2f} ({deciding.margin:+.2f}); {deciding.text}"


def came_to(article: ArticleView) -> str:
    """How far an article came, in one line."""
    return f"{article.stage}; {decided(article.deciding)}"


def article_lines(article: ArticleView, topic: str, *, again: bool = False) -> Iterator[str]:
    """One article in full; again: what decided it was told above."""
    yield rule(f"{article.name}, {article.publisher}, {article.night}, {article.lang} {article.route}", "─")
    yield from _named("title", article.title)
    yield from _named("link", article.url)
    if len(article.passages) != 1:
        yield from _named("lead", article.lead)
    yield from _named("labelled", f"{article.relation}{': ' if article.note else ''}{article.note}")
    for quote in article.gold_quotes:
        yield from _named("", f'states it: "{shorten(quote)}"')
    yield from _named("verdict", f"{article.outcome}{', covered by ' if article.covers else ''}{article.covers}")
    if article.reasons:
        said = [r if r.startswith(f"{topic}:") or ":" not in r else shorten(r, 60) for r in article.reasons]
        yield from _named("", f"because {'; '.join(said)}")
    yield from _named("on topic", article.stage if again else came_to(article))
    yield from _table("passages", (_passage(p) for p in telling(article)))
    yield from _table("claims", (_claim(c) for c in article.claims[:CLAIMS]))
    yield from _table("nearest", (_near(n) for n in article.near))
    yield from _table("weights", (_model(m) for m in article.models))


def telling(article: ArticleView) -> list[PassageView]:
    """The passages worth reading: the best one, those with a labelled sentence, and the likeliest others, in the text's order."""
    quoted = [q[:60] for q in article.gold_quotes]
    order = sorted(article.passages, key=lambda p: (not p.best, not any(q in p.text for q in quoted), -p.topic * p.step, p.index))
    return sorted(order[:PASSAGES], key=lambda p: p.index)


def _passage(p: PassageView) -> tuple[str, str]:
    mark, (rival, share) = "*" if p.best else "", p.rival
    return f"{mark}{p.index}: topic {p.topic:.2f}, step {p.step:.2f}; {shares(p.labels)}; next {rival} {share:.2f}", shorten(p.text)


def _claim(c: ClaimView) -> tuple[str, str]:
    came = f" -> {c.came_to}" if c.came_to else ""
    low = "" if c.counts else f" ({'below the floor' if c.modality == 'new' else c.modality})"
    return f"{c.score:.2f} {c.topic} {c.kind}, topic {c.topic_score:.2f}, passage {c.passage}{low}{came}", f'"{shorten(c.quote, 140)}"'


def _near(n: NearView) -> tuple[str, str]:
    parts = sums(n.parts) if n.what.startswith("step") else ", ".join(f"{value:.0%} of {name}" for name, value in n.parts)
    return f"{n.what}: {n.result} {n.score:+.2f} = {parts}" if n.what.startswith(
        "step"
    ) else f"{n.what}: cosine {n.score:.2f}, {parts}", shorten(n.quote)


def _model(m: ModelView) -> tuple[str, str]:
    return f"{m.name}: {m.log_odds:+.2f} log-odds", sums(m.parts) or "no known feature"


def shares(found: Sequence[Part]) -> str:
    """Labels with their probabilities."""
    return ", ".join(f"{name} {value:.2f}" for name, value in found)


def sums(found: Sequence[Part]) -> str:
    """Features with what they add."""
    return ", ".join(f"{name} {value:+.2f}" for name, value in found)


def shorten(text: str, most: int = QUOTE) -> str:
    """A text in one line, cut at so many characters."""
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[:most]}…"


def _named(name: str, text: str) -> Iterator[str]:
    for place, line in enumerate(fold(text, WIDTH - NAME - 2)):
        yield f"  {name if not place else '':{NAME}}{line}"


def _table(name: str, rows: Iterable[tuple[str, str]]) -> Iterator[str]:
    first = True
    for head, body in rows:
        yield from _named(name if first else "", head)
        for line in fold(body, WIDTH - NAME - 6):
            yield f"  {'':{NAME}}    {line}"
        first = False


def rule(title: str, stroke: str) -> str:
    """A heading across the page."""
    text = cut(f"{stroke * 2} {title} ", WIDTH)
    return text + stroke * (WIDTH - cells(text))


def fold(text: str, width: int) -> list[str]:
    """Break a text into lines of at most width columns, at spaces where it has any; control characters become spaces."""
    lines, line = [], ""
    for piece in _PIECE.findall("".join(c if c.isprintable() else " " for c in text).strip()):
        if line and cells(line) + cells(piece) > width:
            lines.append(line.rstrip())
            line = ""
        rest = "" if not line and piece.isspace() else piece
        while cells(rest) > width:  # a link or a feature's name
            lines.append(cut(rest, width))
            rest = rest[len(lines[-1]) :]
        line += rest
    return [*lines, line] if line or not lines else lines


def cut(text: str, width: int) -> str:
    """The longest start of a text that fits."""
    while cells(text) > width:
        text = text[:-1]
    return text


def cells(text: str) -> int:
    """Columns that a text takes."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 0 if unicodedata.combining(c) else 1 for c in text)
