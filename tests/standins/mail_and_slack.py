"""A real SMTP server and a fake Slack, both on loopback, that fail on demand and keep what they accepted."""

from __future__ import annotations

import asyncio
import contextlib
import json
import ssl
import time
from collections import deque
from collections.abc import Callable, Iterable
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32
from http.server import BaseHTTPRequestHandler
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from standins.own_port import OwnPort

Fault = str
# mail: ok | 451 | 421 | 550 at RCPT; data451 | data550 after the text; lost: stored, then the line breaks; cut: the line breaks, not stored
# slack: ok | any status as text | retry: 429 with Retry-After 7 | no: 200 without ok | lost, cut as above | 302 | hang: accepted, no answer
SAYS = {"ok": "ok", "no": '{"ok":false,"error":"fatal_error"}', "404": "no_service", "410": "channel_is_archived"}
Plan = Callable[[], Fault]


def in_turn(faults: Iterable[Fault] = ()) -> Plan:
    """Give each fault once, in order, then 'ok' for ever."""
    rest = deque(faults)
    return lambda: rest.popleft() if rest else "ok"


class _Handler:
    def __init__(self, plan: Plan, by_recipient: dict[str, Fault]) -> None:
        self.plan, self.by_recipient = plan, by_recipient
        self.fault = "ok"
        self.stored: list[tuple[tuple[str, ...], bytes]] = []

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]) -> str:  # noqa: N802
        self.fault = self.by_recipient.get(address) or self.plan()
        if self.fault in {"421", "451", "550"}:
            return f"{self.fault} {address} is not served"  # the words hold the address, as real servers' do
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.fault.startswith("data"):
            return f"{self.fault[4:]} no"
        if self.fault != "cut":
            content = envelope.content
            self.stored.append((tuple(envelope.rcpt_tos), content if isinstance(content, bytes) else (content or "").encode()))
        if self.fault in {"cut", "lost"} and server.transport is not None:
            server.transport.close()
        return "250 stored"


class _AnyPort(Controller):
    def _trigger_server(self) -> None:
        listening = self.server
        assert isinstance(listening, asyncio.Server)
        self.port = int(listening.sockets[0].getsockname()[1])  # the controller itself cannot do port 0
        super()._trigger_server()  # type: ignore[no-untyped-call]


class MailServer:
    """An SMTP server in a thread; use as a context manager."""

    def __init__(
        self, plan: Plan | None = None, by_recipient: dict[str, Fault] | None = None, *, tls: ssl.SSLContext | None = None
    ) -> None:
        self._handler = _Handler(plan or in_turn(), by_recipient or {})
        # With a certificate it wants STARTTLS and takes any login.
        login: dict[str, Any] = {}
        if tls is not None:
            login = {"tls_context": tls, "require_starttls": True, "authenticator": lambda *_: AuthResult(success=True)}
        self._controller = _AnyPort(self._handler, hostname="127.0.0.1", port=0, **login)

    def __enter__(self) -> MailServer:
        self._controller.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._controller.stop()

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return int(self._controller.port)

    @property
    def wire(self) -> list[bytes]:
        """Every accepted mail as it came."""
        return [content for _, content in self._handler.stored]

    @property
    def mails(self) -> list[Message]:
        """Every accepted mail, parsed without any decoding."""
        return [BytesParser(policy=compat32).parsebytes(content) for content in self.wire]

    @property
    def recipients(self) -> list[str]:
        """The envelope recipients of the accepted mails."""
        return [address for addresses, _ in self._handler.stored for address in addresses]


class SlackServer(OwnPort):
    """An incoming webhook in a thread; use as a context manager."""

    def __init__(self, plan: Plan | None = None) -> None:
        super().__init__(self._handler())
        self.plan = plan or in_turn()
        self.accepted: list[dict[str, Any]] = []
        self.requests: list[tuple[str, str]] = []  # (method, path)

    @property
    def url(self) -> str:
        """The webhook; its path is the secret."""
        return f"http://127.0.0.1:{self.port}/services/T000/B000/s3cr3t"

    def answer(self, handler: BaseHTTPRequestHandler, body: bytes) -> None:
        """Answer one POST by the plan."""
        fault = self.plan()
        if fault in {"ok", "lost", "hang"}:
            self.accepted.append(json.loads(body))
        if fault in {"lost", "cut"}:
            return  # the connection closes without an answer
        if fault == "hang":
            self.released.wait(30)
            return
        status = {"ok": 200, "no": 200, "retry": 429}.get(fault) or int(fault)
        said = {"ok": "ok", "no": '{"ok":false,"error":"fatal_error"}', "404": "no_service", "410": "channel_is_archived"}.get(
            fault, "error"
        )
        handler.send_response(status)
        if fault == "302":
            handler.send_header("Location", f"http://127.0.0.1:{self.port}/elsewhere")
        if fault == "retry":
            handler.send_header("Retry-After", "7")
        handler.send_header("Content-Length", str(len(said)))
        with contextlib.suppress(ConnectionError):  # a killed client does not wait for its answer
            handler.end_headers()
            handler.wfile.write(said.encode())

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                server.requests.append(("POST", self.path))
                server.answer(self, self.rfile.read(int(self.headers["Content-Length"])))

            def do_GET(self) -> None:
                server.requests.append(("GET", self.path))
                self.send_response(200)
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"ok")

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
                pass

        return Handler


def wait_until(true: Callable[[], bool], seconds: float = 5.0) -> bool:
    """Wait until the condition holds; False when it never did."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(0.01)
    return true()
