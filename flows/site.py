"""What `topicwatch serve` answers: a request in, a response out. It reads the snapshot, and writes nothing but files into the inbox.

A link in a message does nothing by being fetched: GET shows a page, only a POST after it is taken as said (mail scanners fetch links).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from alerts.control import ControlError
from alerts.links import WORDS, Deed, LinkError, Links, Ticket, action_of
from alerts.model import Alert
from alerts.plain import clean_alert, one_line, visible
from alerts.wording import subject_of
from flows.cli.explained import explained
from flows.inbox import InboxFull, drop
from flows.metrics import metrics
from flows.replying import silences
from flows.settings import Settings
from flows.site_pages import render
from storage.errors import StoreError
from storage.model import Explanation
from storage.reads import Reads
from storage.store import Store

HTML = "text/html; charset=utf-8"
NIGHTS = 14
DEEDS: tuple[Deed, ...] = ("useful", "not_new", "wrong_topic", "ack", "snooze", "mute")


@dataclass(frozen=True, slots=True)
class Request:
    """One request, as far as it matters."""

    method: str  # GET or POST
    target: str  # path and query
    host: str = ""
    form: str = ""  # a POST's body, urlencoded


@dataclass(frozen=True, slots=True)
class Response:
    """One answer."""

    status: int
    body: str
    kind: str = HTML


@dataclass(frozen=True, slots=True)
class Site:
    """One installation, as it answers."""

    settings: Settings
    store: Store
    clock: Callable[[], datetime]
    hosts: frozenset[str] = field(default_factory=frozenset)  # names that it answers to: another page's name must not lead here

    def answer(self, request: Request) -> Response:
        """Answer a request; a fault of the store is an answer too."""
        if (urlsplit(f"//{request.host}").hostname or "") not in self.hosts:
            return message(
                421, "Wrong host", "This server does not go by that name; set TOPICWATCH_URL to the address that it is reached at."
            )
        url = urlsplit(request.target)
        first, _, rest = url.path.lstrip("/").partition("/")
        if request.method == "POST" and first != "do":
            return message(405, "Not here", "Only a confirmed link can be posted to.")
        try:
            return self._route(request, first, rest, url.query)
        except LinkError as fault:
            return message(410 if "expired" in str(fault) else 403, "This link does nothing", str(fault))
        except StoreError as fault:
            return message(503 if "yet" in str(fault) else 404, "Not there", str(fault))

    def _route(self, request: Request, first: str, rest: str, query: str) -> Response:
        if first == "do" and rest:
            return self._do(rest, request)
        if first == "see" and rest:
            ticket = self._links().read(rest, self.clock())
            return self._alert(ticket.alert_id, ticket)
        if first == "alert" and rest:
            return self._alert(rest, None)
        if first == "briefing" and not rest:
            return self._briefing()
        pages: dict[str, Callable[[Reads], Response]] = {
            "": self._home,
            "explain": lambda reads: self._explain(reads, parse_qs(query).get("what", [""])[0]),
            "metrics": lambda reads: Response(200, metrics(reads, self.settings.inbox), "text/plain; version=0.0.4; charset=utf-8"),
        }
        if first not in pages or rest:
            return message(404, "Not there", "There is no such page.")
        with self.store.read() as reads:
            return pages[first](reads)

    def _home(self, reads: Reads) -> Response:
        told = sorted(reads.alerts(), key=lambda a: a.night, reverse=True)
        nights = [(night, [clean_alert(a) for a in alerts]) for night, alerts in groupby(told, key=lambda a: a.night)][:NIGHTS]
        runs = reads.runs(limit=1)
        heading = f"Night of {runs[0].night}: {runs[0].outcome or 'killed'}" if runs else "No night yet"
        silent = silences(self.settings, reads, self.clock())
        return Response(200, render("home", heading=heading, nights=nights, silences=silent, briefing=self._summary().is_file()))

    def _briefing(self) -> Response:
        if not self._summary().is_file():
            return message(404, "Not there", "The first night writes the briefing.")
        return Response(200, self._summary().read_text(encoding="utf-8"))

    def _summary(self) -> Path:
        return self.settings.outbox / "summary.html"

    def _explain(self, reads: Reads, what: str) -> Response:
        found = reads.explain(what)
        return Response(200 if not found.is_empty else 404, render("explain", what=what[:500], lines=_told(found)))

    def _alert(self, alert_id: str, ticket: Ticket | None) -> Response:
        with self.store.read() as reads:
            alert, deliveries = reads.find_alert(alert_id)
            why = [(line.headline, _told(reads.explain(line.move_id))) for line in clean_alert(alert).lines]
            said = [f for f in reads.feedback() if f.alert_id == alert.alert_id]
        page = render(
            "alert", alert=clean_alert(alert), why=why, deliveries=deliveries, said=said, deeds=self._deeds(alert, ticket) if ticket else ()
        )
        return Response(200, page)

    def _deeds(self, alert: Alert, ticket: Ticket) -> list[tuple[str, str]]:
        """Give what the bearer of a signed link may do; who has none only looks."""
        links, now = self._links(), self.clock()
        deeds = [d for d in DEEDS if alert.matter_id or d not in {"snooze", "mute"}]
        return [(WORDS[d], f"/do/{links.token(links.ticket(d, alert, ticket.ref, now))}") for d in deeds]

    def _do(self, token: str, request: Request) -> Response:
        now, links = self.clock(), self._links()
        ticket = links.read(token, now)
        why = one_line(parse_qs(request.form, max_num_fields=4).get("why", [""])[0], 300)
        try:
            action = action_of(ticket, now, why)
        except ControlError as fault:
            raise LinkError(str(fault)) from fault
        words, subject = WORDS[ticket.deed], self._subject(ticket.alert_id)
        if request.method != "POST":
            return Response(200, render("confirm", words=words, subject=subject, action=f"/do/{token}", ask=bool(action.label)))
        try:
            drop(self.settings.inbox, action)
        except (InboxFull, OSError):
            return message(503, "Not now", "This could not be kept; please try again later.")
        undo = Ticket("lift", ticket.alert_id, ticket.matter_id, ticket.ref, ticket.expires)
        back = f"/do/{links.token(undo)}" if ticket.deed in {"mute", "snooze"} else ""
        return Response(200, render("done", words=words, subject=subject, until=action.until, undo=back))

    def _subject(self, alert_id: str) -> str:
        try:
            with self.store.read() as reads:
                return subject_of(clean_alert(reads.find_alert(alert_id)[0]))
        except StoreError:
            return f"alert {alert_id}"  # a lost disk must not cost what somebody says

    def _links(self) -> Links:
        links = self.settings.links
        if links is None:
            raise LinkError("links are not set up here: TOPICWATCH_LINK_SECRET is not set")
        return links


def message(status: int, heading: str, text: str) -> Response:
    """Give a page that says one thing."""
    return Response(status, render("message", heading=heading, text=text))


def _told(found: Explanation) -> list[str]:
    return [visible(line) for line in explained(found)]
