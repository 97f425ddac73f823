"""The small web server behind `topicwatch serve`: the standard library's, bounded in time, size and number, speaking for a Site."""

from __future__ import annotations

import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from alerts.dressing import Dresser
from flows.seeding import SeedError, load_catalogue
from flows.settings import Settings
from flows.site import Request, Response, Site, message
from flows.tools import Clock, now
from storage.store import Store
from topics.model import Topic

BODY_LIMIT = 4096  # bytes of a confirmation
READ_S = 10.0  # of silence on a connection
WHOLE_S = 30.0  # of one connection, however it drips
AT_ONCE = 16
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "Referrer-Policy": "no-referrer",  # the address of a page may hold a signed token
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-store",
}


class Handler(BaseHTTPRequestHandler):
    """One connection, one request."""

    server: Server
    timeout = READ_S

    def do_GET(self) -> None:
        """Show a page."""
        self._reply(self._ask("GET"))

    def do_HEAD(self) -> None:
        """Show a page's headers; changes nothing, like GET."""
        self._reply(self._ask("GET"), body=False)

    def do_POST(self) -> None:
        """Take a confirmation."""
        length = self.headers.get("Content-Length", "0")
        if not length.isdecimal() or int(length) > BODY_LIMIT or self.headers.get("Transfer-Encoding"):
            self._reply(message(413, "Too long", f"Want at most {BODY_LIMIT:,} bytes."))
            return
        self._reply(self._ask("POST", self.rfile.read(int(length)).decode("utf-8", "replace")))

    def _ask(self, method: str, form: str = "") -> Response:
        try:
            return self.server.site.answer(
                Request(method, self.path, self.headers.get("Host", ""), form, self.headers.get("Accept-Language", ""))
            )
        except Exception as fault:
            return message(500, "A fault of ours", f"{type(fault).__name__}; `topicwatch doctor` may know more.")

    def _reply(self, response: Response, *, body: bool = True) -> None:
        content = response.body.encode("utf-8", "replace")
        self.send_response(response.status)
        for name, value in {**HEADERS, "Content-Type": response.kind, "Content-Length": str(len(content))}.items():
            self.send_header(name, value)
        self.end_headers()
        if body:
            self.wfile.write(content)

    def version_string(self) -> str:
        """Name us, not the library's version."""
        return "topicwatch"

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
        """Say nothing: a path may hold a signed token."""


class Server(ThreadingHTTPServer):
    """At most AT_ONCE connections; one more is closed at once."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, address: tuple[str, int], site: Site) -> None:
        if ":" in address[0]:
            self.address_family = socket.AF_INET6
        super().__init__(address, Handler)
        self.site = site
        self._room = threading.BoundedSemaphore(AT_ONCE)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Serve the connection in a thread of its own, if there is room."""
        if not self._room.acquire(blocking=False):
            self.shutdown_request(request)
            return
        try:
            super().process_request(request, client_address)
        except BaseException:
            self._room.release()
            raise

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Serve one connection and end it after WHOLE_S, however slowly it sends."""
        end = threading.Timer(WHOLE_S, _cut, [request])
        end.daemon = True
        end.start()
        try:
            super().process_request_thread(request, client_address)
        finally:
            end.cancel()
            self._room.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: a connection that broke is its visitor's affair."""


def open_server(settings: Settings, host: str, port: int, clock: Clock = now) -> Server:
    """Bind the server; raises OSError when the port is taken, SettingsError for a secret that cannot be used. serve_forever() runs it."""
    links = settings.links
    base = urlsplit(links.base).hostname if links else None
    hosts = frozenset(filter(None, {"localhost", "127.0.0.1", "::1", host, base}))
    return Server((host, port), Site(settings, Store(settings.home), clock, hosts, Dresser(topics=topics_of(settings))))


def topics_of(settings: Settings) -> dict[str, Topic]:
    """Give the topics by id, to show them by name; none where the seeds cannot be read, which the next night says."""
    try:
        return {topic.topic_id: topic for topic in load_catalogue(settings.seeds, settings.overlay).topics}
    except SeedError:
        return {}


def _cut(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # it ended by itself
