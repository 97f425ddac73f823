"""Sends one mail per recipient by SMTP, and tells apart what failed for now, what failed for good, and what may have arrived.

RFC 5321: a 4xx answer may be tried again, a 5xx answer may not; an answer that is lost after DATA leaves both possible, so the mail is
sent again with the same Message-ID.
"""

from __future__ import annotations

import contextlib
import smtplib
import ssl

from alerts.mail import MailError, build_mail, checked_address
from alerts.model import Alert, Delivery, Recipient
from alerts.send import Attempt, SendFailed, Sent, SmtpSettings

# Answers that say "mend the configuration", not "this mail is refused": mails wait for the mend.
LOGIN_CODES = frozenset({530, 534, 535, 538})


class SmtpSender:
    """Sender for mail; opens one connection per mail, so that one mail's failure touches no other."""

    def __init__(self, settings: SmtpSettings) -> None:
        self._settings = settings

    def send(self, alert: Alert, recipient: Recipient, delivery: Delivery, attempt: Attempt) -> Sent:
        """Send one mail; returns its Message-ID; raises SendFailed, whose reason never holds the address."""
        try:
            wire, message_id = build_mail(alert, recipient, attempt, self._settings.sender)
        except MailError as error:
            raise SendFailed(f"mail: {error}", permanent=True) from None
        connection = self._open()
        try:
            self._hand_in(connection, recipient.address, wire)
        finally:
            with contextlib.suppress(OSError, smtplib.SMTPException):
                connection.quit()
        return Sent(message_id)

    def _open(self) -> smtplib.SMTP:
        """Connect, secure the line, log in; nothing was handed in yet, so every failure is certain."""
        s = self._settings
        connection: smtplib.SMTP | None = None
        try:
            if s.security == "tls":
                connection = smtplib.SMTP_SSL(s.host, s.port, timeout=s.timeout_s, context=self._tls())
            else:
                connection = smtplib.SMTP(s.host, s.port, timeout=s.timeout_s)
            connection.ehlo_or_helo_if_needed()
            if s.security == "starttls":
                connection.starttls(context=self._tls())
            if s.username:
                connection.login(s.username, s.password)
        except smtplib.SMTPNotSupportedError:
            _drop(connection)
            # Never fall back to an open line: the login would be readable.
            raise SendFailed(f"smtp: the server does not offer what security = {s.security!r} with a login needs") from None
        except smtplib.SMTPResponseException as error:
            _drop(connection)
            raise SendFailed(f"smtp {error.smtp_code} at {'login' if error.smtp_code in LOGIN_CODES else 'connect'}") from None
        except (OSError, smtplib.SMTPException) as error:
            _drop(connection)
            raise SendFailed(f"smtp: no connection ({type(error).__name__})") from None
        return connection

    def _hand_in(self, connection: smtplib.SMTP, address: str, wire: bytes) -> None:
        try:
            _expect(connection.mail(checked_address(self._settings.sender)), "MAIL")
            _expect(connection.rcpt(checked_address(address)), "RCPT")
        except (OSError, smtplib.SMTPException) as error:
            raise SendFailed(f"smtp: the line broke before DATA ({type(error).__name__})") from None
        try:
            answer = connection.data(wire)
        except smtplib.SMTPDataError as error:  # the server refused to take any text
            answer = (error.smtp_code, b"")
        except (OSError, smtplib.SMTPException) as error:
            raise SendFailed(f"smtp: no answer after DATA ({type(error).__name__})", unsure=True) from None
        _expect(answer, "DATA")

    def _tls(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self._settings.ca_file or None)


def _expect(answer: tuple[int, bytes], step: str) -> None:
    """Accept 250 and 251; raise SendFailed with the code and the step only, because a server's words may hold the address."""
    code = answer[0]
    if code in {250, 251}:
        return
    raise SendFailed(f"smtp {code} at {step}", permanent=500 <= code < 600 and code not in LOGIN_CODES)


def _drop(connection: smtplib.SMTP | None) -> None:
    if connection is not None:
        connection.close()
