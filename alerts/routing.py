"""Reads who is told what, and how: recipients, routes, mail server, webhooks. An error names file, table and mend, never an address."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import time
from typing import Any, NoReturn
from zoneinfo import ZoneInfo

from alerts.habits import WEEKDAYS, Habits
from alerts.mail import ADDRESS
from alerts.model import Channel, Recipient, Route
from alerts.send import SLACK_API, SlackSettings, SmtpSettings, WebhookSettings
from alerts.speech import LANGUAGES
from alerts.webhook import key_of

CHANNELS: tuple[Channel, ...] = ("file", "smtp", "slack", "slack_app", "webhook", "apprise")
SEVERITIES = ("alert", "watch", "digest", "health")
DEFAULT_RECIPIENT = Recipient("files", "file", "out")
DEFAULT_ROUTE = Route(frozenset({"*"}), frozenset(SEVERITIES), ("files",))
QUIET = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)")
RECIPIENT_FIELDS = frozenset("ref channel address address_env secret secret_env lang zone quiet max_per_night group_minutes weekly".split())
Table = Mapping[str, Any]
CHANNEL_ID = re.compile(r"[CGD][A-Z0-9]{5,30}")


class RoutingError(ValueError):
    """A routing file that cannot be used."""


@dataclass(frozen=True, slots=True)
class Routing:
    """Everything of routing.toml."""

    recipients: tuple[Recipient, ...] = (DEFAULT_RECIPIENT,)
    routes: tuple[Route, ...] = (DEFAULT_ROUTE,)
    smtp: SmtpSettings | None = None  # None: the file has no [smtp]
    slack: SlackSettings | None = None
    webhook: WebhookSettings | None = None
    live: bool = True  # False: everything is written to files only, whatever the channel


def parse_routing(table: Table, secrets: Mapping[str, str], where: str, *, topics: Collection[str] = (), text: str = "") -> Routing:
    """Read the parsed TOML `table`; raises RoutingError.

    secrets: names to addresses and passwords, for `address_env` and `password_env`. where: the file's name for errors. topics: the known
    topic ids; empty = routes are not checked against them. text: the file's text, to name lines. Without recipients alerts go to files;
    without routes every recipient gets everything.
    """
    reader = _Reader(where, text, secrets)
    reader.only(table, {"live", "recipient", "route", "smtp", "slack", "webhook"}, "the file")
    recipients = tuple(reader.recipient(t, n) for n, t in enumerate(reader.tables(table, "recipient"), 1)) or (DEFAULT_RECIPIENT,)
    refs = [r.ref for r in recipients]
    repeated = next((r for r in refs if refs.count(r) > 1), None)
    if repeated is not None:
        reader.fail(f"recipient {repeated!r} stands there twice; give each its own ref", repeated)
    everyone = Route(DEFAULT_ROUTE.topics, DEFAULT_ROUTE.severities, tuple(refs))
    routes = tuple(reader.route(t, n, refs, topics) for n, t in enumerate(reader.tables(table, "route"), 1)) or (everyone,)
    slack = reader.slack(table)
    app = next((r for r in recipients if r.channel == "slack_app"), None)
    if app is not None and not (slack and slack.token):
        reader.fail(f'recipient {app.ref!r}: slack_app needs the bot\'s token; write [slack] with token_env = "NAME" of a secret', app.ref)
    live = table.get("live", True)
    if not isinstance(live, bool):
        reader.fail("live must be true or false, without quotes", "live")
    return Routing(recipients, routes, reader.smtp(table), slack, reader.webhook(table), live)


@dataclass(frozen=True, slots=True)
class _Reader:
    where: str
    text: str
    secrets: Mapping[str, str]

    def recipient(self, table: Table, number: int) -> Recipient:
        name = f"recipient {table.get('ref', number)!r}"
        self.only(table, RECIPIENT_FIELDS, name)
        ref = self.words(table, "ref", name)
        channel = self.one_of(table, "channel", CHANNELS, name)
        address = self.secret(table, "address", name) or (DEFAULT_RECIPIENT.address if channel == "file" else "")
        if not address:
            self.fail(f'{name}: address is missing; give address = "..." or address_env = "NAME" of a secret', ref)
        fault = address_fault(channel, address)
        if fault:
            self.fail(f"{name}: {fault}", ref)
        lang = self.one_of(table, "lang", LANGUAGES, name) if "lang" in table else "en"
        return Recipient(ref, channel, address, lang, self.signing(table, channel, name), self.habits(table, name))

    def signing(self, table: Table, channel: Channel, name: str) -> str:
        secret = self.secret(table, "secret", name)
        if (channel == "webhook") != bool(secret):
            what = (
                'a webhook needs secret_env = "NAME" of the key that signs its messages'
                if channel == "webhook"
                else "only a webhook has a secret"
            )
            self.fail(f"{name}: {what}", str(table.get("ref", "")))
        try:
            key_of(secret)
        except ValueError as error:
            self.fail(f"{name}: secret: {error}", str(table.get("ref", "")))
        return secret

    def habits(self, table: Table, name: str) -> Habits:
        zone, quiet = self.words(table, "zone", name, "UTC"), self.words(table, "quiet", name, "")
        try:
            ZoneInfo(zone)
        except (KeyError, OSError, ValueError):  # a name without a zone, or one that leads out of the zones' folder
            self.fail(f"{name}: zone {zone!r} is not known; write it as in Europe/Berlin or Asia/Shanghai", "zone")
        found = QUIET.fullmatch(quiet)
        if quiet and (found is None or quiet[:5] == quiet[6:]):
            self.fail(f'{name}: quiet must be two different times of day, as in quiet = "22:00-07:00"', "quiet")
        times = [int(part) for part in found.groups()] if found else []
        return Habits(
            zone=zone,
            quiet=(time(times[0], times[1]), time(times[2], times[3])) if times else None,
            max_per_night=self.number(table, "max_per_night", name, 0),
            group_minutes=self.number(table, "group_minutes", name, 0),
            weekly=self.one_of(table, "weekly", WEEKDAYS, name) if "weekly" in table else "",
        )

    def route(self, table: Table, number: int, refs: Collection[str], topics: Collection[str]) -> Route:
        name = f"route {number}"
        self.only(table, {"topics", "severities", "to"}, name)
        to = self.several(table, "to", name, refs, None)
        wanted = self.several(table, "topics", name, {*topics, "*"} if topics else (), ("*",))
        severities = self.several(table, "severities", name, SEVERITIES, SEVERITIES)
        return Route(frozenset(wanted), frozenset(severities), to)

    def smtp(self, table: Table) -> SmtpSettings | None:
        if "smtp" not in table:
            return None
        given = self.table(table, "smtp")
        self.only(
            given,
            {"host", "port", "security", "username", "password", "password_env", "sender", "sender_env", "timeout_s", "ca_file"},
            "smtp",
        )
        sender = self.secret(given, "sender", "smtp") or self.words(given, "sender", "smtp")
        if not ADDRESS.fullmatch(sender):
            self.fail("smtp: sender is not one plain mailbox of the form name@host", "sender")
        return SmtpSettings(
            host=self.words(given, "host", "smtp"),
            port=self.number(given, "port", "smtp", 587),
            security=self.one_of(given, "security", ("starttls", "tls", "plain"), "smtp", "starttls"),
            username=self.words(given, "username", "smtp", ""),
            password=self.secret(given, "password", "smtp"),
            sender=sender,
            timeout_s=float(self.number(given, "timeout_s", "smtp", 30)),
            ca_file=self.words(given, "ca_file", "smtp", ""),
        )

    def slack(self, table: Table) -> SlackSettings | None:
        if "slack" not in table:
            return None
        given = self.table(table, "slack")
        self.only(given, {"timeout_s", "allowed_private", "token", "token_env", "api_url"}, "slack")
        api_url = self.words(given, "api_url", "slack", SLACK_API)
        if not api_url.startswith(("https://", "http://")) or not api_url.endswith("/"):
            self.fail("slack: api_url begins with https:// and ends with /", "api_url")
        timeout, private, token = self.timeout(given, "slack"), self.private(given, "slack"), self.secret(given, "token", "slack")
        return SlackSettings(timeout_s=timeout, allowed_private=private, token=token, api_url=api_url)

    def webhook(self, table: Table) -> WebhookSettings | None:
        if "webhook" not in table:
            return None
        given = self.table(table, "webhook")
        self.only(given, {"timeout_s", "allowed_private"}, "webhook")
        return WebhookSettings(self.timeout(given, "webhook"), self.private(given, "webhook"))

    def timeout(self, given: Table, name: str) -> float:
        return float(self.number(given, "timeout_s", name, 15))

    def private(self, given: Table, name: str) -> frozenset[tuple[str, int]]:
        pairs = set()
        for pair in self.several(given, "allowed_private", name, (), ()):
            host, _, port = pair.rpartition(":")
            if not host or not port.isdecimal() or not 0 < int(port) < 65536:
                self.fail(f"{name}: allowed_private {pair!r} is not host:port, as in 127.0.0.1:8080", "allowed_private")
            pairs.add((host.strip("[]").lower(), int(port)))
        return frozenset(pairs)

    def tables(self, table: Table, key: str) -> list[Table]:
        found = table.get(key, [])
        if not isinstance(found, list) or not all(isinstance(t, Mapping) for t in found):
            self.fail(f"{key} must be written as [[{key}]], with two brackets", key)
        return list(found)

    def table(self, table: Table, key: str) -> Table:
        found = table.get(key, {})
        if not isinstance(found, Mapping):
            self.fail(f"{key} must be a table: [{key}]", key)
        return found

    def only(self, table: Table, allowed: Collection[str], name: str) -> None:
        for key in table:
            if key not in allowed:
                close = difflib.get_close_matches(key, sorted(allowed), 1)
                mend = f"; did you mean {close[0]!r}?" if close else f"; there are {', '.join(sorted(allowed))}"
                self.fail(f"{name}: unknown field {key!r}{mend}", key)

    def words(self, table: Table, key: str, name: str, default: str | None = None) -> str:
        found = table.get(key, default)
        if not isinstance(found, str) or (not found and default is None) or not found.isprintable():
            self.fail(f"{name}: {key} must be a text of one line, in quotes", key)
        return found

    def number(self, table: Table, key: str, name: str, default: int) -> int:
        found = table.get(key, default)
        if key in table and (isinstance(found, bool) or not isinstance(found, int) or not 0 < found < 65536):
            self.fail(f"{name}: {key} must be a whole number from 1 to 65535", key)
        return int(found)

    def one_of(self, table: Table, key: str, allowed: tuple[Any, ...], name: str, default: str = "") -> Any:
        found = table.get(key, default)
        if found not in allowed:
            self.fail(f"{name}: {key} must be one of {', '.join(allowed)}", key)
        return found

    def several(self, table: Table, key: str, name: str, allowed: Collection[str], default: tuple[str, ...] | None) -> tuple[str, ...]:
        found = table.get(key, default)
        if not isinstance(found, list | tuple) or not all(isinstance(v, str) for v in found) or (not found and default != ()):
            self.fail(f'{name}: {key} must be a list of texts, as in ["a", "b"]', key)
        for value in found:
            if allowed and value not in allowed:
                self.fail(f"{name}: {key} names {value!r}, which is not known; there are {', '.join(sorted(allowed))}", value)
        return tuple(found)

    def secret(self, table: Table, key: str, name: str) -> str:
        named = f"{key}_env"
        if key in table and named in table:
            self.fail(f"{name}: give {key} or {named}, not both", named)
        if named not in table:
            return self.words(table, key, name, "")
        variable = self.words(table, named, name)
        value = self.secrets.get(variable, "")
        if not value:
            self.fail(f"{name}: the secret {variable} is not set; set the environment variable or write it into secrets.toml", variable)
        if not value.isprintable():
            self.fail(f"{name}: the secret {variable} holds a line break or a control code", variable)
        return value

    def fail(self, what: str, near: str = "") -> NoReturn:
        line = next((n for n, found in enumerate(self.text.splitlines(), 1) if near and near in found), 0)
        raise RoutingError(f"{self.where}{f', line {line}' if line else ''}: {what}")


def address_fault(channel: Channel, address: str) -> str:
    """Say why the address does not fit its channel, '' when it does; the address is not repeated."""
    if channel == "smtp" and not ADDRESS.fullmatch(address):
        return "the address is not one plain mailbox of the form name@host"
    if channel in {"slack", "webhook"} and not address.startswith(("https://", "http://")):
        return "the address is not a webhook URL; it begins with https://"
    if channel == "slack_app" and not CHANNEL_ID.fullmatch(address):
        return "the address is not a channel's id such as C0123ABCDEF; Slack shows it at the foot of the channel's details"
    if channel == "apprise" and "://" not in address:
        return "the address is not an Apprise URL such as ntfy://topic"
    return ""
