"""A web address that takes any POST: what a receiver of generic webhooks or a service behind Apprise sees; fails on demand."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from typing import Any

from standins.own_port import OwnPort

# ok | any status as text | retry: 429 with Retry-After 7 | lost: accepted, then the line breaks | cut: the line breaks, not accepted
Plan = Callable[[], str]


class AnyHook(OwnPort):
    """A receiver in a thread; use as a context manager. `accepted` holds (lower-case headers, body)."""

    def __init__(self, plan: Plan = lambda: "ok") -> None:
        super().__init__(self._handler())
        self.plan = plan
        self.accepted: list[tuple[dict[str, str], bytes]] = []
        self.requests: list[str] = []  # HTTP methods

    @property
    def url(self) -> str:
        """Its address; the path is a secret."""
        return f"http://127.0.0.1:{self.port}/hooks/s3cr3t"

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                server.requests.append("POST")
                body = self.rfile.read(int(self.headers["Content-Length"]))
                fault = server.plan()
                if fault in {"ok", "lost"}:
                    server.accepted.append(({k.lower(): v for k, v in self.headers.items()}, body))
                if fault in {"lost", "cut"}:
                    return
                self.send_response({"ok": 204, "retry": 429}.get(fault) or int(fault))
                if fault == "retry":
                    self.send_header("Retry-After", "7")
                if fault == "302":
                    self.send_header("Location", f"http://127.0.0.1:{server.port}/elsewhere")
                self.send_header("Content-Length", "0")
                with contextlib.suppress(ConnectionError):  # a killed client does not wait for its answer
                    self.end_headers()

            def do_GET(self) -> None:
                server.requests.append("GET")
                self.send_error(404)

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
                pass

        return Handler
