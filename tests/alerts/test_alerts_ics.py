"""The calendar file of a mail: valid by RFC 5545, the same entry again for the same day, cancelled by a withdrawal."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from email import message_from_bytes

from alerts.compose import retraction
from alerts.ics import calendar_of
from alerts.mail import build_mail
from alerts.model import Alert, Line, Recipient
from alerts.send import Attempt

FIRST = Attempt(1, datetime(2026, 11, 7, 2, 0, tzinfo=UTC))
ANA = Recipient("ana", "smtp", "ana@press.example")


def read(text: str) -> list[dict[str, str]]:
    """Read the entries the way RFC 5545 says: unfold, then split each content line at its first colon."""
    assert text.endswith("\r\n")
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    assert "\n" not in text.replace("\r\n", "")
    lines = text.replace("\r\n ", "").split("\r\n")[:-1]
    assert (lines[0], lines[1], lines[-1]) == ("BEGIN:VCALENDAR", "VERSION:2.0", "END:VCALENDAR")
    found: list[dict[str, str]] = []
    for line in lines:
        if line == "BEGIN:VEVENT":
            found.append({})
        elif found:
            name, _, value = line.partition(":")
            assert name == "END" or name not in found[-1]
            found[-1][name] = value
    return found


def test_each_day_is_an_all_day_entry(alert: Callable[..., Alert], line: Callable[..., Line]) -> None:
    told = line(comments_until="2026-12-13", applies_on="2027-05-01", headline="Ports; docks, and\nharbours 港口" * 9)
    days = read(calendar_of(alert(lines=(told,))))
    assert {(e["DTSTART;VALUE=DATE"], e["DTEND;VALUE=DATE"]) for e in days} == {("20261213", "20261214"), ("20270501", "20270502")}
    for each in days:
        assert {"UID", "DTSTAMP", "SUMMARY", "SEQUENCE"} <= each.keys()
        assert each["STATUS"] == "CONFIRMED"
        assert "\\;" in each["SUMMARY"]
        assert "\\," in each["SUMMARY"]
    assert {e["SUMMARY"].partition(":")[0] for e in days} == {"Comments close", "Applies"}


def test_the_day_told_again_is_the_same_entry_and_a_withdrawal_cancels_it(alert: Callable[..., Alert], line: Callable[..., Line]) -> None:
    first = alert(lines=(line(applies_on="2027-05-01", matter_id="m"),))
    later = alert(2, lines=(line(applies_on="2027-05-01", matter_id="m", headline="once more"),), night="2026-11-20")
    (one,), (two,) = read(calendar_of(first)), read(calendar_of(later))
    assert one["UID"] == two["UID"]
    assert int(one["SEQUENCE"]) < int(two["SEQUENCE"])
    assert calendar_of(first) == calendar_of(first)
    gone = calendar_of(retraction(first, "a misreading", "2026-11-08"))
    assert "METHOD:CANCEL\r\n" in gone
    assert [(e["UID"], e["STATUS"]) for e in read(gone)] == [(one["UID"], "CANCELLED")]


def test_a_mail_with_days_carries_the_file(alert: Callable[..., Alert], line: Callable[..., Line]) -> None:
    given = alert(lines=(line(applies_on="2027-05-01"),))
    mail = message_from_bytes(build_mail(given, ANA, FIRST, "topicwatch@press.example")[0])
    parts = list(mail.walk())
    kinds = ["multipart/mixed", "multipart/alternative", "text/plain", "text/html", "text/calendar"]
    assert [part.get_content_type() for part in parts] == kinds
    assert parts[-1].get_filename() == "topicwatch.ics"
    content = parts[-1].get_payload(decode=True)
    assert isinstance(content, bytes)
    assert content.decode().splitlines() == calendar_of(given).splitlines()
    assert message_from_bytes(build_mail(alert(), ANA, FIRST, "topicwatch@press.example")[0]).get_content_type() == "multipart/alternative"


def test_what_is_no_alert_has_no_calendar(alert: Callable[..., Alert], line: Callable[..., Line]) -> None:
    assert calendar_of(alert()) == ""
    assert calendar_of(alert(lines=(line(applies_on="2027-05-01"),), purpose="digest")) == ""
