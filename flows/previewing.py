"""`alerts preview`: one page with a night's messages as mails show them, each in a frame that can run nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from jinja2 import Environment

from alerts.model import Alert
from alerts.render import mail_html, subject
from alerts.send import Attempt

PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>topicwatch: {{ heading }}</title>
<style>
:root { color-scheme: light dark } body { font: 16px/1.5 system-ui, sans-serif; max-width: 44rem; margin: 2rem auto; padding: 0 1rem }
iframe { width: 100%; height: 32rem; border: 1px solid #888; border-radius: .4rem } h2 { font-size: 1rem; margin: 2rem 0 .4rem }
</style></head><body>
<h1>{{ heading }}</h1>
{% for subject, body in mails %}
<h2>{{ subject }}</h2>
<iframe sandbox title="{{ subject }}" srcdoc="{{ body }}"></iframe>
{% else %}
<p>No message.</p>
{% endfor %}
</body></html>
"""


def preview_page(alerts: Sequence[Alert], heading: str, at: datetime) -> str:
    """Render the page."""
    first = Attempt(1, at)
    mails = [(subject(alert, first), mail_html(alert, first)) for alert in alerts]
    environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    return environment.from_string(PAGE).render(heading=heading, mails=mails)
