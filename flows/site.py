"""What `topicwatch serve` answers: a request in, a response out. It reads the snapshot, and writes nothing but files into the inbox.

A link in a message does nothing by being fetched: GET shows a page, only a POST after it is taken as said (mail scanners fetch links).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import groupby
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from alerts.control import ControlError
from alerts.dressing import Dresser
from alerts.links import REPLIES, WORDS, Deed, LinkError, Links, Ticket, action_of
from alerts.model import Alert
from alerts.plain import clean_alert, one_line
from alerts.speech import say, term
from alerts.wording import subject_of
from flows.cli.explained import explained
from flows.inbox import InboxFull, drop
from flows.metrics import metrics
from flows.replying import silences
from flows.settings import Settings
from flows.site_lang import Voice, language_of
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
    accept: str = ""  # the browser's languages, as it sends them


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
    dresser: Dresser = field(default_factory=Dresser)  # knows the topics by name

    def answer(self, request: Request) -> Response:
        """Answer a request; a fault of the store is an answer too."""
        if (urlsplit(f"//{request.host}").hostname or "") not in self.hosts:
            return message(
                421, "Wrong host", "This server does not go by that name; set TOPICWATCH_URL to the address that it is reached at."
            )
        url = urlsplit(request.target)
        voice = Voice(*language_of(url.query, request.accept), self.dresser)
        first, _, rest = url.path.lstrip("/").partition("/")
        if request.method == "POST" and first != "do":
            return message(405, "Not here", "Only a confirmed link can be posted to.")
        try:
            return self._route(request, first, rest, url.query, voice)
        except LinkError as fault:
            return message(410 if "expired" in str(fault) else 403, "This link does nothing", str(fault))
        except StoreError as fault:
            return message(503 if "yet" in str(fault) else 404, "Not there", str(fault))

    def _route(self, request: Request, first: str, rest: str, query: str, voice: Voice) -> Response:
        if first == "do" and rest:
            return self._do(rest, request, voice)
        if first == "see" and rest:
            ticket = self._links().read(rest, self.clock())
            return self._line(ticket, voice) if ticket.move_id else self._alert(ticket.alert_id, ticket, voice)
        if first == "alert" and rest:
            return self._alert(rest, None, voice)
        if first == "briefing" and not rest:
            return self._briefing()
        pages: dict[str, Callable[[Reads], Response]] = {
            "": lambda reads: self._home(reads, voice),
            "explain": lambda reads: self._explain(reads, parse_qs(query).get("what", [""])[0], voice),
            "metrics": lambda reads: Response(200, metrics(reads, self.settings.inbox), "text/plain; version=0.0.4; charset=utf-8"),
        }
        if first not in pages or rest:
            return message(404, "Not there", "There is no such page.")
        with self.store.read() as reads:
            return pages[first](reads)

    def _home(self, reads: Reads, voice: Voice) -> Response:
        told = sorted(reads.alerts(), key=lambda a: a.night, reverse=True)
        nights = [(night, [voice.alert(a) for a in alerts]) for night, alerts in groupby(told, key=lambda a: a.night)][:NIGHTS]
        runs = reads.runs(limit=1)
        heading = say(voice.lang, "pages.no_night")
        if runs:
            heading = say(voice.lang, "pages.night_of", night=runs[0].night, outcome=term(voice.lang, "runs", runs[0].outcome or "killed"))
        silent = silences(self.settings, reads, self.clock())
        return Response(200, voice.page("home", heading=heading, nights=nights, silences=silent, briefing=self._summary().is_file()))

    def _briefing(self) -> Response:
        if not self._summary().is_file():
            return message(404, "Not there", "The first night writes the briefing.")
        return Response(200, self._summary().read_text(encoding="utf-8"))

    def _summary(self) -> Path:
        return self.settings.outbox / "summary.html"

    def _explain(self, reads: Reads, what: str, voice: Voice) -> Response:
        found = reads.explain(what)
        return Response(200 if not found.is_empty else 404, voice.page("explain", what=what[:500], lines=_told(found, voice)))

    def _alert(self, alert_id: str, ticket: Ticket | None, voice: Voice) -> Response:
        with self.store.read() as reads:
            alert, deliveries = reads.find_alert(alert_id)
            why = [(line.headline, _told(reads.explain(line.move_id), voice)) for line in clean_alert(alert).lines]
            said = [f for f in reads.feedback() if f.alert_id == alert.alert_id]
        deeds = self._deeds(alert, ticket, voice) if ticket else ()
        return Response(200, voice.page("alert", alert=voice.alert(alert), why=why, deliveries=deliveries, said=said, deeds=deeds))

    def _line(self, ticket: Ticket, voice: Voice) -> Response:
        """Show one line of a digest, with what its reader may say of it; a digest of many messages is stored nowhere, its moves are."""
        with self.store.read() as reads:
            found = reads.explain(ticket.move_id)
        headline = one_line(found.moves[-1].move.headline) if found.moves else ticket.move_id
        links = self._links()
        deeds = [
            (term(voice.lang, "links", WORDS[d]), f"/do/{links.token(replace(ticket, deed=d))}") for d in REPLIES if d != "see"
        ]  # fmt: skip
        return Response(200, voice.page("line", headline=headline, deeds=deeds, lines=_told(found, voice)))

    def _deeds(self, alert: Alert, ticket: Ticket, voice: Voice) -> list[tuple[str, str]]:
        """Give what the bearer of a signed link may do; who has none only looks."""
        links, now = self._links(), self.clock()
        deeds = [d for d in DEEDS if alert.matter_id or d not in {"snooze", "mute"}]
        return [(term(voice.lang, "links", WORDS[d]), f"/do/{links.token(links.ticket(d, alert, ticket.ref, now))}") for d in deeds]

    def _do(self, token: str, request: Request, voice: Voice) -> Response:
        now, links = self.clock(), self._links()
        ticket = links.read(token, now)
        why = one_line(parse_qs(request.form, max_num_fields=4).get("why", [""])[0], 300)
        try:
            action = action_of(ticket, now, why)
        except ControlError as fault:
            raise LinkError(str(fault)) from fault
        words, subject = term(voice.lang, "links", WORDS[ticket.deed]), self._subject(ticket.alert_id, voice)
        if request.method != "POST":
            return Response(
                200, voice.page("confirm", words=words, subject=subject, action=f"/do/{token}{voice.at}", ask=bool(action.label))
            )
        try:
            drop(self.settings.inbox, action)
        except (InboxFull, OSError):
            return message(503, "Not now", "This could not be kept; please try again later.")
        undo = Ticket("lift", ticket.alert_id, ticket.matter_id, ticket.ref, ticket.expires)
        back = f"/do/{links.token(undo)}{voice.at}" if ticket.deed in {"mute", "snooze"} else ""
        return Response(200, voice.page("done", words=words, subject=subject, until=action.until, undo=back))

    def _subject(self, alert_id: str, voice: Voice) -> str:
        try:
            with self.store.read() as reads:
                return subject_of(voice.alert(reads.find_alert(alert_id)[0]))
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


def _told(found: Explanation, voice: Voice) -> list[str]:
    return [voice.line(line) for line in explained(found)]
