"""Posts to Slack as an app with a bot token: one lasting thread per matter, its head kept up to date, nothing repeated.

Every message carries its alert's id as metadata. After a lost answer the channel is searched for it before anything is sent again
(FAULTS.md, alerts: 0 lost, 0 duplicated by look-up). The app needs the scopes chat:write and channels:history (private rooms:
groups:history), and must be a member of the channel.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from alerts.blocks import MAX_BLOCKS, context, message
from alerts.model import Alert, Delivery, Recipient
from alerts.plain import clean_alert
from alerts.posting import Answer, Pace, Poster, Resolve, refuse, seconds
from alerts.send import Attempt, SendFailed, Sent, SlackSettings
from alerts.speech import say
from alerts.wording import subject_of
from extractors.model import h
from extractors.transport import look_up

NAME = "slack app"
EVENT = "topicwatch_alert"
HEAD_BLOCK = "topicwatch_now"
ANSWER_LIMIT = 8_000_000  # bytes; a page of 200 messages of 50 blocks is about 2 MB
PAGES, PAGE = 100, 200  # of a look-up: 20,000 messages
SKEW = timedelta(days=2)  # by which our clock and Slack's may differ

# docs.slack.dev, chat.postMessage: "may have partly succeeded", so it may stand there all the same.
PARTLY = frozenset({"fatal_error", "internal_error"})
SLOWER = frozenset({"ratelimited", "rate_limited"})
# Nothing but a change of the configuration, the channel or the message mends these.
FOR_GOOD = frozenset({
    "account_inactive", "access_denied", "as_user_not_supported", "channel_not_found", "ekm_access_denied", "enterprise_is_restricted",
    "invalid_arguments", "invalid_auth", "invalid_blocks", "invalid_blocks_format", "invalid_metadata_format", "invalid_metadata_schema",
    "is_archived", "metadata_too_large", "missing_scope", "msg_blocks_too_long", "msg_too_long", "no_permission", "no_text",
    "not_allowed_token_type", "not_authed", "not_in_channel", "restricted_action", "restricted_action_non_threadable_channel",
    "restricted_action_read_only_channel",
    "restricted_action_thread_only_channel", "team_access_not_granted", "token_expired", "token_revoked", "too_many_attachments",
})  # fmt: skip
NO_THREAD = frozenset({"cannot_reply_to_message", "message_not_found", "thread_locked", "thread_not_found"})


class Refused(SendFailed):
    """Slack answered ok:false; `word` says why."""

    def __init__(self, word: str, **how: Any) -> None:
        super().__init__(f"{NAME}: {word}", **how)
        self.word = word


class SlackAppSender:
    """Sender for channels of a workspace; a recipient's address is the channel's id."""

    def __init__(
        self,
        settings: SlackSettings | None = None,
        *,
        resolve: Resolve = look_up,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._settings = settings or SlackSettings()
        self._poster = Poster(NAME, self._settings.timeout_s, self._settings.allowed_private, resolve=resolve, clock=clock)
        self._pace = Pace(self._settings.pace_s, sleep, clock)

    def send(self, alert: Alert, recipient: Recipient, delivery: Delivery, attempt: Attempt) -> Sent:
        """Post into the matter's thread and bring its head up to date; what stands there already is not posted again.

        Returns the channel's mark and the ts, as in '1a2b3c4d:1700000000.000100'; raises SendFailed.
        """
        channel, head = recipient.address, _ts_of(attempt, recipient.address)
        ts, certain = "", False
        if attempt.possible_repeat and attempt.since:  # without `since` a person wants it again
            ts, certain = self._search(channel, head, alert.alert_id, attempt.since)
        if not ts:
            ts = self._post(alert, channel, head, replace(attempt, possible_repeat=attempt.possible_repeat and not certain))
        return Sent(f"{mark_of(channel)}:{ts}", certain, self._refresh(channel, head, alert) if head else "")

    def _post(self, alert: Alert, channel: str, head: str, attempt: Attempt) -> str:
        """Post the message, at the top when its thread is gone; give its ts."""
        fields = {"channel": channel, **message(alert, attempt), "metadata": _metadata(alert)}
        if head:
            try:
                return self._written("chat.postMessage", {**fields, "thread_ts": head})
            except Refused as refused:
                if refused.word not in NO_THREAD:
                    raise
        return self._written("chat.postMessage", fields)

    def _search(self, channel: str, head: str, alert_id: str, since: datetime) -> tuple[str, bool]:
        """Look for the alert in its thread and in the channel; give its ts or '', and whether that is certain."""
        window = {"channel": channel, "oldest": f"{(since - SKEW).timestamp():.6f}"}
        looks = [("conversations.replies", {**window, "ts": head})] if head else []
        for method, fields in (*looks, ("conversations.history", window)):
            try:
                found = next((m for m in self._messages(method, fields) if _alert_id_of(m) == alert_id), None)
            except Refused as refused:
                if refused.word in NO_THREAD:
                    continue
                if not refused.permanent:
                    raise
                return "", False  # the app may not read here: then a marked repeat is the best there is
            except _TooMany:
                return "", False
            if found is not None:
                return str(found["ts"]), True
        return "", True

    def _messages(self, method: str, fields: Mapping[str, str]) -> Iterator[Mapping[str, Any]]:
        """Give the channel's or the thread's messages, page by page."""
        cursor: dict[str, str] = {}
        for _ in range(PAGES):
            page = self._read(method, {**fields, **cursor, "limit": str(PAGE)})
            yield from page.get("messages", ())
            following = page.get("response_metadata", {}).get("next_cursor", "")
            if not following:
                return
            cursor = {"cursor": following}
        raise _TooMany

    def _refresh(self, channel: str, head: str, alert: Alert) -> str:
        """Let the thread's head say what is the case now; give what went wrong: the message itself has arrived."""
        try:
            only = {"channel": channel, "latest": head, "oldest": head, "inclusive": "true", "limit": "1"}
            found = [m for m in self._read("conversations.history", only).get("messages", ()) if m.get("ts") == head]
            if not found:
                return f"{NAME}: the thread's first message is gone"
            told = clean_alert(alert)
            now = {**context(say(told.lang, "labels.now", subject=subject_of(told), night=told.night)), "block_id": HEAD_BLOCK}
            blocks = with_block(found[0].get("blocks", []), now)
            kept = {name: found[0][name] for name in ("text", "metadata") if found[0].get(name)}
            self._written("chat.update", {"channel": channel, "ts": head, **kept, "blocks": blocks})
        except SendFailed as failure:
            return f"{failure.reason} while the thread's head was brought up to date"
        return ""

    def _written(self, method: str, fields: Mapping[str, Any]) -> str:
        self._pace.wait(str(fields["channel"]))
        body = json.dumps(fields, ensure_ascii=False).encode("utf-8", "replace")
        return str(self._call(method, body, "application/json; charset=utf-8").get("ts", ""))

    def _read(self, method: str, fields: Mapping[str, str]) -> Mapping[str, Any]:
        # Slack's reading methods take forms only.
        body = urlencode({**fields, "include_all_metadata": "true"}).encode("ascii")
        return self._call(method, body, "application/x-www-form-urlencoded")

    def _call(self, method: str, body: bytes, content_type: str) -> Mapping[str, Any]:
        headers = {"Content-Type": content_type, "Authorization": f"Bearer {self._settings.token}"}
        return judge(self._poster.post(self._settings.api_url + method, body, headers, limit=ANSWER_LIMIT))


class _TooMany(Exception):  # noqa: N818 (never leaves this file)
    """The channel holds more messages than a look-up reads."""


def judge(answer: Answer) -> Mapping[str, Any]:
    """Accept 200 with ok:true; raise SendFailed, or Refused with Slack's word, for everything else."""
    try:
        table = json.loads(answer.body)
    except ValueError:
        table = None
    word = str(table.get("error", "")) if isinstance(table, dict) else ""
    if answer.status != 200:
        refuse(NAME, answer, word)
    if not isinstance(table, dict):
        raise SendFailed(f"{NAME}: the answer is no JSON object", unsure=True)
    if table.get("ok") is True:
        return table
    word = word if word.replace("_", "").isalnum() and word.isascii() and len(word) <= 60 else "ok:false"
    wait = seconds(answer.retry_after) if word in SLOWER else None
    raise Refused(word, permanent=word in FOR_GOOD, unsure=word in PARTLY, retry_after=wait)


def with_block(blocks: list[dict[str, Any]], block: dict[str, Any]) -> list[dict[str, Any]]:
    """Put the block below the heading, in place of an earlier one of its id; the last but one gives way when there is no room."""
    rest = [b for b in blocks if b.get("block_id") != block["block_id"]]
    if len(rest) >= MAX_BLOCKS:
        rest = [*rest[: MAX_BLOCKS - 2], rest[-1]]
    return [*rest[:1], block, *rest[1:]]


def mark_of(channel: str) -> str:
    """Name a channel where addresses are not stored."""
    return h(channel)[:8]


def _metadata(alert: Alert) -> dict[str, Any]:
    return {"event_type": EVENT, "event_payload": {"alert_id": alert.alert_id}}


def _alert_id_of(found: Mapping[str, Any]) -> str:
    metadata = found.get("metadata") or {}
    return str(metadata.get("event_payload", {}).get("alert_id", "")) if metadata.get("event_type") == EVENT else ""


def _ts_of(attempt: Attempt, channel: str) -> str:
    """Give the ts of the thread's head, '' when there is none or when it stands in another channel."""
    place, _, ts = attempt.thread.provider_ref.rpartition(":") if attempt.thread else ("", "", "")
    return ts if place == mark_of(channel) else ""
