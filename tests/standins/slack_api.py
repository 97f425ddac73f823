"""A stand-in for Slack's Web API on loopback: the four methods that topicwatch calls, with faults on demand; keeps what it accepted."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs

from standins.own_port import OwnPort

TOKEN = "xoxb-s3cr3t"
ROOM = "C0123ABCDEF"
# ok | any status as text | retry: 429 with Retry-After 7 | lost: accepted, then the line breaks | cut: the line breaks, not accepted
# hang: accepted, no answer | stall: not accepted, no answer | 302 | a Slack word: ok:false with it | stored:WORD: accepted, yet ok:false
Plan = Callable[[], str]
Message = dict[str, Any]


class SlackApi(OwnPort):
    """One workspace with one channel; use as a context manager. `writes` plans posts and updates, `reads` the look-ups."""

    def __init__(self, writes: Plan = lambda: "ok", reads: Plan = lambda: "ok") -> None:
        super().__init__(self._handler())
        self.writes, self.reads = writes, reads
        self.messages: list[Message] = []  # as they stand now, in the order of their ts
        self.calls: list[tuple[str, str]] = []  # (HTTP method, API method)
        self.page = 200  # of messages a look-up gives at most
        self.at = 1_794_016_800  # its clock, in seconds since 1970: it stands in the night of the tests
        self._count = 0  # ts are unique in a channel
        self._lock = threading.Lock()

    @property
    def url(self) -> str:
        """The API's address."""
        return f"http://127.0.0.1:{self.port}/api/"

    def heads(self) -> list[Message]:
        """The messages that begin a thread or stand alone."""
        return [m for m in self.messages if "thread_ts" not in m]

    def replies(self, ts: str) -> list[Message]:
        """What was answered under a message."""
        return [m for m in self.messages if m.get("thread_ts") == ts]

    def does(self, method: str, fields: dict[str, Any]) -> dict[str, Any]:
        """Do what a method asks for and give its answer."""
        with self._lock:
            if fields.get("channel") != ROOM:
                return {"ok": False, "error": "channel_not_found"}
            if method == "chat.postMessage":
                return self._post(fields)
            if method == "chat.update":
                return self._update(fields)
            thread = [m for m in self.messages if fields.get("ts") in {m["ts"], m.get("thread_ts")}]
            return self._list(fields, {"conversations.history": self.heads(), "conversations.replies": thread}[method])

    def _post(self, fields: dict[str, Any]) -> dict[str, Any]:
        thread = fields.get("thread_ts")
        if thread and thread not in {m["ts"] for m in self.heads()}:
            return {"ok": False, "error": "thread_not_found"}
        if not 1 <= len(fields["blocks"]) <= 50:
            return {"ok": False, "error": "invalid_blocks"}
        self._count += 1
        message = {**fields, "ts": f"{self.at}.{self._count:06}"}
        self.messages.append(message)
        return {"ok": True, "channel": ROOM, "ts": message["ts"]}

    def _update(self, fields: dict[str, Any]) -> dict[str, Any]:
        found = next((m for m in self.messages if m["ts"] == fields["ts"]), None)
        if found is None:
            return {"ok": False, "error": "message_not_found"}
        found.pop("metadata", None)  # an update that does not send it takes it away
        found.update(fields)
        return {"ok": True, "channel": ROOM, "ts": fields["ts"]}

    def _list(self, fields: dict[str, Any], found: list[Message]) -> dict[str, Any]:
        wanted = [m for m in found if float(fields.get("oldest", 0)) <= float(m["ts"]) <= float(fields.get("latest", "inf"))]
        wanted.reverse()  # newest first, as Slack gives a history
        if fields.get("include_all_metadata") != "true":
            wanted = [{k: v for k, v in m.items() if k != "metadata"} for m in wanted]
        start, size = int(fields.get("cursor", 0)), min(int(fields["limit"]), self.page)
        more = start + size < len(wanted)
        cursor = {"response_metadata": {"next_cursor": str(start + size)}} if more else {}
        return {"ok": True, "messages": wanted[start : start + size], "has_more": more, **cursor}

    def _answer(self, handler: BaseHTTPRequestHandler, method: str, fields: dict[str, Any]) -> None:
        fault = self.writes() if method.startswith("chat.") else self.reads()
        if handler.headers["Authorization"] != f"Bearer {TOKEN}":
            fault = "invalid_auth"
        does = {"lost", "hang", "ok"} | {fault} & {f"stored:{fault.partition(':')[2]}"}
        table = self.does(method, fields) if fault in does else {"ok": False, "error": fault.removeprefix("stored:")}
        if fault.startswith("stored:"):
            table = {"ok": False, "error": fault.removeprefix("stored:")}
        if fault in {"hang", "stall"}:
            self.released.wait(30)
        if fault in {"lost", "cut", "hang", "stall"}:
            return  # the connection closes without an answer
        body = json.dumps(table).encode()
        handler.send_response(429 if fault == "retry" else int(fault) if fault.isdecimal() else 200)
        if fault == "retry":
            handler.send_header("Retry-After", "7")
        if fault == "302":
            handler.send_header("Location", f"http://127.0.0.1:{self.port}/elsewhere")
        handler.send_header("Content-Length", str(len(body)))
        with contextlib.suppress(ConnectionError):  # a killed client does not wait for its answer
            handler.end_headers()
            handler.wfile.write(body)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                method = self.path.removeprefix("/api/")
                raw = self.rfile.read(int(self.headers["Content-Length"])).decode()
                json_sent = self.headers["Content-Type"].startswith("application/json")
                # Slack's reading methods take forms only; the writing ones take JSON.
                assert json_sent is method.startswith("chat.")
                fields = json.loads(raw) if json_sent else {k: v[0] for k, v in parse_qs(raw).items()}
                server.calls.append(("POST", method))
                server._answer(self, method, fields)

            def do_GET(self) -> None:
                server.calls.append(("GET", self.path))
                self.send_error(404)

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
                pass

        return Handler
