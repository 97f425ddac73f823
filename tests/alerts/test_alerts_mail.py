"""The mail itself: exactly the headers we set, whatever the title holds (cases 93, 95)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from email.header import decode_header, make_header
from email.message import Message
from email.parser import BytesParser
from email.policy import SMTP, compat32

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.mail import MailError, build_mail
from alerts.model import Alert, Line, Recipient
from alerts.plain import one_line
from alerts.send import Attempt, Thread

FIRST = Attempt(1, datetime(2026, 11, 7, 2, 0, tzinfo=UTC))
ANA = Recipient("ana", "smtp", "ana@reader.example")
FROM = "watch@sender.example"
OURS = {
    "from", "to", "date", "message-id", "auto-submitted", "x-auto-response-suppress", "x-topicwatch-alert", "subject", "content-type",
    "mime-version",
}  # fmt: skip


def build(title: str, matter_id: str = "") -> tuple[bytes, Message]:
    alert = Alert("a1b2c3", matter_id, "new", title, (), (), (), "2026-11-06", ("a note",))
    wire, _ = build_mail(alert, ANA, FIRST, FROM)
    return wire, BytesParser(policy=compat32).parsebytes(wire)


def subject_of(mail: Message) -> str:
    return str(make_header(decode_header(mail["Subject"])))


@pytest.mark.parametrize(
    "title",
    [
        "=?utf-8?q?Hi=0D=0ABcc:_v@evil.example?=",
        "=?utf-8?q?=0D=0ABcc:..?= =?utf-8?b?DQpCY2M6IHZAZXZpbC5leGFtcGxl?=",
        "one\r\nBcc: v@evil.example",
        "one\r\n\r\nbody",
        "line\u2028separator\u2029and\x85next",
        "nul\x00 and surrogate \ud800",
        "中文标题：出口管制",
        "x" * 2_000_000,
        "word " * 60,
        "tab\tand \x0b\x0c",
    ],
)
def test_the_headers_are_exactly_ours(title: str) -> None:
    wire, mail = build(title)
    assert {k.lower() for k in mail} == OURS
    assert len(mail.keys()) == len(OURS)
    head = wire.split(b"\r\n\r\n")[0]
    assert b"evil.example" not in b"".join(x for x in head.split(b"\r\n") if x.lower().startswith((b"bcc", b"to", b"cc")))
    assert subject_of(mail) == one_line(title, 200)
    # The modern parser, which a reader's program may use, sees no other header either.
    assert {k.lower() for k in BytesParser(policy=SMTP).parsebytes(wire)} == OURS
    assert max(map(len, wire.split(b"\r\n"))) <= 998
    assert b"\n" not in wire.replace(b"\r\n", b"")


@settings(deadline=None)  # no timing decides a test
@given(st.text(alphabet=st.sampled_from("=?utf-8qb_ \r\nBcc:") | st.characters(), max_size=300))
def test_any_title_reads_back(title: str) -> None:
    assert subject_of(build(title)[1]).split() == one_line(title, 200).split()


def test_one_matter_is_one_thread_and_each_alert_its_own_message(alert: Callable[..., Alert]) -> None:
    one, again, other = alert(), alert(purpose="update", alert_id="b2"), alert(2)
    first, first_again, second, third = (build_mail(a, ANA, FIRST, FROM) for a in (one, one, again, other))
    assert first[1] == first_again[1]
    assert first[1] != second[1]
    threads = [BytesParser(policy=compat32).parsebytes(w)["References"] for w, _ in (first, second, third)]
    assert threads[0] == threads[1] != threads[2]
    assert build_mail(one, Recipient("bo", "smtp", "bo@reader.example"), FIRST, FROM)[1] != first[1]


def test_a_follow_up_answers_the_matters_first_mail(alert: Callable[..., Alert]) -> None:
    first, first_id = build_mail(alert(), ANA, FIRST, FROM)
    thread = Thread(first_id, alert().alert_id, "2026-11-06")
    wire, own_id = build_mail(alert(purpose="update", alert_id="b2"), ANA, replace(FIRST, thread=thread), FROM)
    mail = BytesParser(policy=compat32).parsebytes(wire)
    root = BytesParser(policy=compat32).parsebytes(first)["References"]
    assert mail["In-Reply-To"] == first_id != own_id
    assert " ".join(mail["References"].split()) == f"{root} {first_id}"


@pytest.mark.parametrize("ref", ["", "C0123ABCDEF:1.2", "<a@b>\r\nBcc: <c@d>", "<x y@sender.example>"])
def test_a_first_message_that_was_no_mail_is_not_answered(ref: str, alert: Callable[..., Alert]) -> None:
    wire, _ = build_mail(alert(), ANA, replace(FIRST, thread=Thread(ref, "f00d", "2026-11-06")), FROM)
    assert BytesParser(policy=compat32).parsebytes(wire)["In-Reply-To"] is None


@pytest.mark.parametrize("address", ["a@b.example\r\nBcc: c@d.example", "a@b, c@d.example", "nobody", "<a@b.example>", "a..b@c.example"])
def test_a_crooked_address_is_refused_and_not_repeated(address: str, alert: Callable[..., Alert]) -> None:
    with pytest.raises(MailError) as caught:
        build_mail(alert(), Recipient("ana", "smtp", address), FIRST, FROM)
    assert address not in str(caught.value)


def test_both_parts_carry_the_alert(alert: Callable[..., Alert], line: Callable[..., Line]) -> None:
    wire, _ = build_mail(alert(lines=(line(quote="商务部公告：自即日起施行。"),)), ANA, FIRST, FROM)
    parts = [p for p in BytesParser(policy=compat32).parsebytes(wire).walk() if not p.is_multipart()]
    assert [p.get_content_type() for p in parts] == ["text/plain", "text/html"]
    for part in parts:
        body = part.get_payload(decode=True)
        assert isinstance(body, bytes)
        assert "商务部公告：自即日起施行。" in body.decode()


def test_the_same_alert_is_the_same_mail(alert: Callable[..., Alert]) -> None:
    assert build_mail(alert(), ANA, FIRST, FROM) == build_mail(alert(), ANA, FIRST, FROM)
