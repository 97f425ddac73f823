"""The one-page summary in HTML: what each night read, kept, dropped and why, and what it alerted."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from jinja2 import Environment

from flows.summary import HEARD, Summary

# Everything in it comes from the web: autoescape, no script, and links only to http and https.
TEMPLATE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>topicwatch</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; max-width: 52rem; margin: 2rem auto; padding: 0 1rem; color: #1a1a1a; background: #fff }
h2 { margin-top: 2.5rem; border-bottom: 1px solid #ccc } h3 { margin-bottom: .2rem }
blockquote { margin: .4rem 0; padding-left: .8rem; border-left: 3px solid #888 }
table { border-collapse: collapse; width: 100% } td, th { text-align: left; padding: .15rem .6rem .15rem 0; vertical-align: top }
.topic { background: #e8eef7; padding: 0 .4rem; border-radius: .3rem; font-size: .85rem } .dim { color: #595959 } .bad { color: #a40000 }
</style></head><body>
<h1>topicwatch</h1>
{% for night in nights %}
<h2>Night {{ night.night }} <span class="dim">run {{ night.run_seq }}, {{ night.mode }}, {{ night.outcome }}</span></h2>
<p>{{ "{:,}".format(night.fetched) }} entries fetched, {{ "{:,}".format(night.articles) }} articles read,
{{ "{:,}".format(night.kept) }} kept,
{{ night.alerts|length }} alerts.</p>
{% for note in night.notes %}<p class="dim">{{ note }}</p>{% endfor %}
{% for alert in night.alerts %}
<h3>{{ alert.title }}</h3>
<p>{% for topic in alert.topics %}<span class="topic">{{ topic }}</span> {% endfor %}<span class="dim">{{ alert.purpose }}</span></p>
{% for line in alert.lines %}
<p><b>{{ line.kind }}</b>{% if line.headline != alert.title %} {{ line.headline }}{% endif %}</p>
{% if line.quote %}<blockquote lang="{{ line.quote_lang }}">{{ line.quote }}</blockquote>{% endif %}
<p class="dim">
{%- if line.url|web %}<a href="{{ line.url }}" rel="noreferrer noopener">{{ line.publisher }}</a>
{%- else %}{{ line.publisher }}{% endif %}
{%- if line.others %}, also {{ line.others|join(", ") }}{% endif %}
{%- if line.known_before %}. Known before: {{ line.known_before }}{% endif %}</p>
{% endfor %}
{% for note in alert.notes %}<p>{{ note }}</p>{% endfor %}
{% endfor %}
{% if night.dropped %}<p>Dropped:
{% for reason, n in night.dropped %}{{ reason }} {{ "{:,}".format(n) }}{{ ", " if not loop.last }}{% endfor %}.</p>{% endif %}
<details><summary>{{ night.sources|length }} sources</summary><table>
<tr><th>source</th><th>outcome</th><th>entries</th><th>new</th></tr>
{% for s in night.sources %}<tr><td>{{ s.source_id }}</td>
<td{% if s.outcome not in heard %} class="bad"{% endif %}>{{ s.outcome }}{% if s.reason %}: {{ s.reason }}{% endif %}</td>
<td>{{ s.entries }}</td><td>{{ s.new }}</td></tr>
{% endfor %}</table></details>
{% endfor %}
</body></html>
"""


def render(nights: Sequence[Summary]) -> str:
    """Render the page for the nights, in the order given."""
    environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    environment.filters["web"] = is_web
    return environment.from_string(TEMPLATE).render(nights=nights, heard=HEARD)


def is_web(url: str) -> bool:
    """Tell whether a link may be clicked."""
    return urlsplit(url).scheme in {"http", "https"}


def write(path: Path, nights: Sequence[Summary]) -> None:
    """Write the page in one step, so that a reader never sees half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    fresh.write_text(render(nights), encoding="utf-8")
    fresh.replace(path)
