"""A web address that takes any POST: what a receiver of generic webhooks or a service behind Apprise sees; fails on demand."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

# ok | any status as text | retry: 429 with Retry-After 7 | lost: accepted, then the line breaks | cut: the line breaks, not accepted
Plan = Callable[[], str]


class AnyHook:
    """A receiver in a thread; use as a context manager. `accepted` holds (lower-case headers, body)."""

    def __init__(self, plan: Plan = lambda: "ok") -> None:
        self.plan = plan
        self.accepted: list[tuple[dict[str, str], bytes]] = []
        self.requests: list[str] = []  # HTTP methods
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    def __enter__(self) -> AnyHook:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return int(self._server.server_address[1])

    @property
    def url(self) -> str:
        """Its address; the path is a secret."""
        return f"http://127.0.0.1:{self.port}/hooks/s3cr3t"

    @property
    def allowed(self) -> frozenset[tuple[str, int]]:
        """The pair that lets a sender reach this server."""
        return frozenset({("127.0.0.1", self.port)})

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
