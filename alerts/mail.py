"""Builds a mail whose headers are exactly the ones we set, whatever the title holds, and proves it by reading it back.

The modern header objects of email.policy decode encoded words in an assigned value and, on Python 3.11 before 3.11.15, write the line
breaks that come out of them (FAULTS.md, fact 2). So headers are encoded here, once, and stored as they are.
"""

from __future__ import annotations

import re
from email.charset import BASE64, QP, Charset
from email.header import Header, decode_header, make_header
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.parser import BytesParser
from email.policy import compat32
from email.utils import format_datetime

from alerts.ics import calendar_of
from alerts.model import Alert, Recipient
from alerts.plain import one_line
from alerts.render import mail_html, mail_text, subject
from alerts.send import Attempt
from extractors.model import h

ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])?")
MESSAGE_ID = re.compile(r"<[0-9a-f]{1,64}@[A-Za-z0-9.-]{1,253}>")
PRINTABLE = re.compile(r"[ -~]*")
SUBJECT_LIMIT = 200
WIRE = compat32.clone(linesep="\r\n", max_line_length=76)


class MailError(ValueError):
    """A mail that would not carry exactly our headers."""


def build_mail(alert: Alert, recipient: Recipient, attempt: Attempt, sender: str) -> tuple[bytes, str]:
    """Give the mail as bytes with CRLF line ends, and its Message-ID; raises MailError."""
    domain = sender.rpartition("@")[2]
    message_id = f"<{h(alert.alert_id, recipient.ref)}@{domain}>"
    title = one_line(subject(alert, attempt), SUBJECT_LIMIT)
    headers = {
        "From": f"topicwatch <{checked_address(sender)}>",
        "To": checked_address(recipient.address),
        "Date": format_datetime(attempt.at),
        "Message-ID": message_id,
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
        "X-Topicwatch-Alert": alert.alert_id,
    }
    if alert.matter_id:
        headers |= thread_headers(f"<thread.{h(alert.matter_id, recipient.ref)}@{domain}>", attempt)
    seed = (alert.alert_id, recipient.ref)
    body = MIMEMultipart("alternative", policy=WIRE, boundary=f"=_{h('boundary', *seed)}")
    for text, subtype in ((mail_text(alert, attempt), "plain"), (mail_html(alert, attempt), "html")):
        body.attach(MIMEText(text, subtype, charset_for(text), policy=WIRE))  # type: ignore[arg-type]  # a Charset is documented, the stub says str
    days = calendar_of(alert)
    mail = with_calendar(body, days, f"=_{h('mixed', *seed)}") if days else body
    for name, value in headers.items():
        mail[name] = value
    mail["Subject"] = encoded(title)  # type: ignore[assignment]  # compat32 takes a Header, the stub says str
    wire = mail.as_bytes(policy=WIRE)
    _prove(wire, {**headers, "Subject": title})
    return wire, message_id


def with_calendar(body: MIMEMultipart, days: str, boundary: str) -> MIMEMultipart:
    """Put the mail's two readings and the calendar file, as an attachment, into one mail (RFC 5545, 8.1; RFC 2183)."""
    mail = MIMEMultipart("mixed", policy=WIRE, boundary=boundary)
    file = MIMEText(days, "calendar", charset_for(days), policy=WIRE)  # type: ignore[arg-type]  # as above
    file.set_param("method", "CANCEL" if "METHOD:CANCEL" in days else "PUBLISH")
    file.add_header("Content-Disposition", "attachment", filename="topicwatch.ics")
    mail.attach(body)
    mail.attach(file)
    return mail


def thread_headers(root: str, attempt: Attempt) -> dict[str, str]:
    """Give what joins a mail to its matter's thread (RFC 5322, 3.6.4): a root that no mail bears, and the matter's first mail.

    The root alone holds the thread together when the record of the first mail is lost.
    """
    first = attempt.thread.provider_ref if attempt.thread else ""
    return {"References": f"{root} {first}", "In-Reply-To": first} if MESSAGE_ID.fullmatch(first) else {"References": root}


def encoded(title: str) -> Header:
    """Encode one line for a header: as it is when plain ASCII without encoded words, else as RFC 2047 words in UTF-8."""
    plain = PRINTABLE.fullmatch(title) and "=?" not in title
    return Header(title, "us-ascii" if plain else "utf-8", header_name="Subject", maxlinelen=76)


def checked_address(address: str) -> str:
    """Give the address when it is one plain mailbox; raises MailError without repeating it."""
    if not ADDRESS.fullmatch(address) or len(address) > 254 or ".." in address:
        raise MailError("the address is not one plain mailbox of the form name@host")
    return address


def charset_for(text: str) -> Charset:
    """Choose quoted-printable for mostly Latin text and base64 for other scripts: the shorter of the two, lines under 998 octets."""
    charset = Charset("utf-8")
    wide = sum(ord(c) > 127 for c in text)
    charset.body_encoding = BASE64 if wide * 6 > len(text) else QP
    return charset


def _prove(wire: bytes, wanted: dict[str, str]) -> None:
    """Read the mail back and compare every header; raises MailError."""
    read = BytesParser(policy=compat32).parsebytes(wire, headersonly=True)
    names = sorted(name.lower() for name in read.keys())  # noqa: SIM118 (a Message's keys() repeats repeated headers, its iterator too, dict() would not)
    expected = sorted(name.lower() for name in (*wanted, "Content-Type", "MIME-Version"))
    if names != expected:
        raise MailError("the mail carries headers that were not set")
    for name, value in wanted.items():
        got = str(make_header(decode_header(str(read[name])))) if name == "Subject" else str(read[name])
        if _unfolded(got) != _unfolded(value):
            raise MailError(f"the header {name} does not read back as it was set")


def _unfolded(value: str) -> str:
    return " ".join(value.split())
