"""Mail against a real SMTP server: what failed for now, for good, or perhaps not at all (cases 91, 92, 95)."""

from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from alerts.addressing import delivery_of
from alerts.model import Alert, Recipient
from alerts.send import Attempt, SendFailed, SmtpSettings
from alerts.smtp import SmtpSender
from standins.mail_and_slack import MailServer, in_turn

ANA = Recipient("ana", "smtp", "ana@reader.example")
FIRST = Attempt(1, datetime(2026, 11, 7, 2, 0, tzinfo=UTC))
SENDER = "watch@sender.example"


def settings(port: int, **changes: object) -> SmtpSettings:
    given = SmtpSettings("127.0.0.1", port, "plain", sender=SENDER, timeout_s=5)
    return replace(given, **changes)  # type: ignore[arg-type]


def send(port: int, alert: Alert, **changes: object) -> str:
    return SmtpSender(settings(port, **changes)).send(alert, ANA, delivery_of(alert, ANA), FIRST).provider_ref


def test_a_mail_arrives_with_its_headers(alert: Callable[..., Alert]) -> None:
    with MailServer() as server:
        message_id = send(server.port, alert())
        assert server.recipients == ["ana@reader.example"]
        mail = server.mails[0]
    assert (mail["Message-ID"], mail["To"], mail["Auto-Submitted"]) == (message_id, "ana@reader.example", "auto-generated")
    assert mail["Subject"] == "Adopted: rule 1"


@pytest.mark.parametrize(
    ("fault", "reason", "permanent", "unsure", "stored"),
    [
        ("550", "smtp 550 at RCPT", True, False, 0),
        ("451", "smtp 451 at RCPT", False, False, 0),
        ("421", "smtp 421 at RCPT", False, False, 0),
        ("data451", "smtp 451 at DATA", False, False, 0),
        ("data550", "smtp 550 at DATA", True, False, 0),
        ("lost", "smtp: no answer after DATA (SMTPServerDisconnected)", False, True, 1),
        ("cut", "smtp: no answer after DATA (SMTPServerDisconnected)", False, True, 0),
    ],
)
def test_each_fault_has_its_name(fault: str, reason: str, permanent: bool, unsure: bool, stored: int, alert: Callable[..., Alert]) -> None:
    with MailServer(in_turn([fault])) as server, pytest.raises(SendFailed) as caught:
        send(server.port, alert())
    failure = caught.value
    assert (failure.reason, failure.permanent, failure.unsure) == (reason, permanent, unsure)
    assert "reader.example" not in str(failure)
    assert len(server.wire) == stored


def test_a_repeat_after_a_lost_answer_has_the_same_message_id(alert: Callable[..., Alert]) -> None:
    with MailServer(in_turn(["lost"])) as server:
        sender = SmtpSender(settings(server.port))
        with pytest.raises(SendFailed):
            sender.send(alert(), ANA, delivery_of(alert(), ANA), FIRST)
        sender.send(alert(), ANA, delivery_of(alert(), ANA), replace(FIRST, number=2, possible_repeat=True))
        first, second = server.mails
    assert first["Message-ID"] == second["Message-ID"]
    assert "possible repeat" in second["Subject"]


def test_no_server_is_for_now(alert: Callable[..., Alert]) -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        with pytest.raises(SendFailed) as caught:
            send(held.getsockname()[1], alert())
    assert (caught.value.permanent, caught.value.unsure) == (False, False)
    assert caught.value.reason == "smtp: no connection (ConnectionRefusedError)"


def test_a_login_never_goes_over_an_open_line(alert: Callable[..., Alert]) -> None:
    with MailServer() as server:
        with pytest.raises(SendFailed, match="does not offer") as caught:
            send(server.port, alert(), security="starttls", username="u", password="hunter2")
        assert not caught.value.permanent
        assert "hunter2" not in repr(settings(server.port, password="hunter2"))
        assert server.wire == []


def test_a_line_with_only_a_dot_arrives_whole(alert: Callable[..., Alert]) -> None:
    notes = ("before", ".", "..", "after")
    with MailServer() as server:
        send(server.port, alert(notes=notes))
        text = next(p for p in server.mails[0].walk() if p.get_content_type() == "text/plain").get_payload(decode=True)
    assert isinstance(text, bytes)
    assert text.decode().splitlines()[-7:-3] == list(notes)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A self-made certificate for localhost with its key, in one file."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed: no certificate can be made")
    path = tmp_path_factory.mktemp("tls") / "localhost.pem"
    names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    make = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-keyout", str(path), "-out", f"{path}.crt", *names]
    subprocess.run(make, check=True, capture_output=True)
    path.write_text(path.read_text() + Path(f"{path}.crt").read_text())
    return path


def test_a_login_goes_over_a_secured_line_to_the_right_server_only(certificate: Path, alert: Callable[..., Alert]) -> None:
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(certificate)
    secure = {"host": "localhost", "security": "starttls", "username": "watch", "password": "hunter2"}
    with MailServer(tls=tls) as server:
        send(server.port, alert(), ca_file=f"{certificate}.crt", **secure)
        assert len(server.wire) == 1
        with pytest.raises(SendFailed, match="SSLCertVerificationError"):
            send(server.port, alert(), **secure)  # nobody vouches for this certificate
        assert len(server.wire) == 1
