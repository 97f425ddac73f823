"""The error report as one HTML file that needs nothing else: an index by night, every wrong decision with all its articles."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment

from flows.errors_text import decided, figures, shares, sums
from flows.page import is_web
from topics.errors.views import Report

# Texts come from the web: autoescape, no script, and links only to http and https.
TEMPLATE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>topicwatch: wrong decisions on {{ report.stream }}</title>
<style>
body { font: 15px/1.45 system-ui, sans-serif; max-width: 72rem; margin: 1.5rem auto; padding: 0 1rem; color: #1a1a1a; background: #fff }
h2 { margin-top: 2.5rem; border-top: 2px solid #1a1a1a; padding-top: .6rem; font-size: 1.2rem }
h3 { margin: 1.2rem 0 .2rem; font-size: 1rem }
table { border-collapse: collapse; width: 100% } td, th { text-align: left; padding: .2rem .7rem .2rem 0; vertical-align: top }
tr + tr td { border-top: 1px solid #e4e4e4 } th { font-weight: 600; white-space: nowrap } td.n { text-align: right; white-space: nowrap }
.label { background: #a40000; color: #fff; padding: 0 .4rem; border-radius: .3rem; font-size: .85rem; white-space: nowrap }
.dim { color: #595959 } .best td { background: #fff6d6 } mark { background: #d9f2d9 }
blockquote { margin: .3rem 0; padding-left: .7rem; border-left: 3px solid #888 }
details { margin: .6rem 0; border-left: 3px solid #ccd6e4; padding-left: .8rem } summary { cursor: pointer; font-weight: 600 }
meter { width: 4rem; height: .7rem } code { font-size: .9em }
</style></head><body>
<h1>Wrong decisions on {{ report.stream }}</h1>
<p>{{ report.nights }} nights, {{ "{:,}".format(report.articles) }} articles; {{ figures }}.</p>
<p>{% for name, n in report.counts %}<span class="label">{{ name }} {{ n }}</span> {% else %}No wrong decision.{% endfor %}</p>
{% if report.rules %}<p>Decided by:
{% for name, n in report.rules %}<code>{{ name }}</code> {{ n }}{{ ", " if not loop.last }}{% endfor %}.</p>
{% endif %}
<table><tr><th>#</th><th>night</th><th>what is wrong</th><th>topic</th><th>move</th><th>decided by</th></tr>
{% for case in report.cases %}<tr><td><a href="#c{{ loop.index }}">{{ loop.index }}</a></td><td>{{ case.night }}</td>
<td>{{ case.labels|join(", ") }}</td><td>{{ case.topic }}</td><td>{{ (case.gold or case.raised).headline if case.gold or case.raised }}</td>
<td><code>{{ case.deciding[0].rule if case.deciding }}</code></td></tr>
{% endfor %}</table>
{% macro move(name, m) %}<tr><th>{{ name }}</th><td>{% if m %}
<b>{{ m.topic }} {{ m.kind }}</b> ({{ m.severity }}) on {{ m.night }}: {{ m.headline }}
<br><span class="dim">{{ m.articles|join(", ") }}{% if m.before %}<br>before: {{ m.before }}{% endif %}
{%- if m.after %}<br>after: {{ m.after }}{% endif %}</span>{% else %}nothing{% endif %}</td></tr>{% endmacro %}
{% for case in report.cases %}
<section id="c{{ loop.index }}">
<h2>{{ loop.index }}. {% for l in case.labels %}<span class="label">{{ l }}</span> {% endfor %}{{ case.night }} {{ case.topic }}</h2>
<table>{{ move("wanted", case.gold) }}{{ move("raised", case.raised) }}
<tr><th>decided by</th><td>{% for d in case.deciding %}{{ d|decided }}<br>{% endfor %}</td></tr></table>
{% for a in case.articles %}
<details{% if loop.first %} open{% endif %}><summary>{{ a.name }} {{ a.title }} <span class="dim">{{ a.publisher }}, {{ a.night }},
{{ a.lang }} {{ a.route }}, {{ a.relation }}</span></summary>
<p>{% if a.url|web %}<a href="{{ a.url }}" rel="noreferrer noopener">{{ a.url }}</a>{% else %}{{ a.url }}{% endif %}
{% if a.note %}<br><span class="dim">label: {{ a.note }}</span>{% endif %}</p>
<p lang="{{ a.lang }}">{{ a.lead }}</p>
{% for q in a.gold_quotes %}<blockquote lang="{{ a.lang }}"><mark>{{ q }}</mark></blockquote>{% endfor %}
<table><tr><th>verdict</th><td>{{ a.outcome }}{% if a.covers %}, covered by {{ a.covers }}{% endif %}
{% for r in a.reasons %}<br><span class="dim">{{ r }}</span>{% endfor %}</td></tr>
<tr><th>on {{ case.topic }}</th><td>{{ a.stage }}; {{ a.deciding|decided }}</td></tr></table>
{% if a.passages %}<h3>Passages</h3><table>
<tr><th>#</th><th>topic</th><th>step</th><th>acts and modes</th><th>next topic</th><th>text</th></tr>
{% for p in a.passages %}<tr{% if p.best %} class="best"{% endif %}><td class="n">{{ p.index }}</td>
<td class="n">{{ "%.2f"|format(p.topic) }}<br><meter value="{{ "%.3f"|format(p.topic) }}"></meter></td>
<td class="n">{{ "%.2f"|format(p.step) }}<br><meter value="{{ "%.3f"|format(p.step) }}"></meter></td><td>{{ p.labels|shares }}</td>
<td>{{ p.rival[0] }} {{ "%.2f"|format(p.rival[1]) }}</td><td lang="{{ a.lang }}">{{ p.text }}</td></tr>
{% endfor %}</table>{% endif %}
{% if a.claims %}<h3>Claims</h3><table><tr><th>score</th><th>topic</th><th>kind</th><th>passage</th><th>came to</th><th>quote</th></tr>
{% for c in a.claims %}<tr{% if not c.counts %} class="dim"{% endif %}><td class="n">{{ "%.2f"|format(c.score) }}</td>
<td>{{ c.topic }} {{ "%.2f"|format(c.topic_score) }}</td><td>{{ c.kind }}</td><td class="n">{{ c.passage }}</td>
<td>{{ c.came_to or ("" if c.counts else ("below the floor" if c.modality == "new" else c.modality)) }}</td>
<td lang="{{ a.lang }}">{{ c.quote }}</td></tr>
{% endfor %}</table>{% endif %}
{% if a.near %}<h3>Nearest known</h3><table><tr><th>what</th><th>result</th><th>figures</th><th>words</th></tr>
{% for n in a.near %}<tr><td>{{ n.what }}</td>
<td>{{ n.result }} {{ "%.2f"|format(n.score) }}</td><td>{{ n.parts|sums }}</td><td>{{ n.quote }}</td></tr>
{% endfor %}</table>{% endif %}
{% if a.models %}<h3>Weights</h3><table><tr><th>model</th><th>log-odds</th><th>strongest features</th></tr>
{% for m in a.models %}
<tr><td>{{ m.name }}</td><td class="n">{{ "%+.2f"|format(m.log_odds) }}</td><td>{{ m.parts|sums }}</td></tr>
{% endfor %}</table>{% endif %}
</details>
{% endfor %}</section>
{% endfor %}
</body></html>
"""


def render(report: Report) -> str:
    """Render the page; the same report gives the same bytes."""
    environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    environment.filters.update(web=is_web, decided=decided, shares=shares, sums=sums)
    return environment.from_string(TEMPLATE).render(report=report, figures=figures(report))


def write(path: Path, report: Report) -> None:
    """Write the page in one step."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    fresh.write_text(render(report), encoding="utf-8")
    fresh.replace(path)
