"""A story grows: proposed, adopted, postponed, in force come one after the other in one thread per matter, and nothing else about it comes.

The desk mutes one matter by the link in its mail: the room goes on hearing of it.
"""

from __future__ import annotations

import re
import signal
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import Message

import pytest

from standins.channels import set_up, told_by_slack
from standins.household import Household, Town
from standins.mail_and_slack import MailServer, SlackServer, wait_until

pytestmark = pytest.mark.slow
SECRET = "a-secret-of-at-least-32-characters"


@contextmanager
def serving(house: Household, as_of: str) -> Iterator[str]:
    running: subprocess.Popen[str] = house.start("serve", "--port", "0", "--as-of", as_of)
    try:
        assert running.stdout is not None
        found = re.search(r"http://127\.0\.0\.1:\d+", running.stdout.readline())
        assert found
        yield found[0]
    finally:
        assert house.kill(running, signal.SIGTERM) == 0


def links_in(mail: Message) -> dict[str, str]:
    plain = next(part for part in mail.walk() if part.get_content_type() == "text/plain")
    raw = plain.get_payload(decode=True)
    assert isinstance(raw, bytes)
    text = raw.decode().replace("\r\n", "\n")
    return dict(re.findall(r"^([A-Z][^:\n]+): (https?://127\.0\.0\.1:8787/\S+)$", text, re.MULTILINE))


def visit(base: str, link: str, method: str = "GET") -> str:
    request = urllib.request.Request(link.replace("http://127.0.0.1:8787", base), method=method)
    with urllib.request.urlopen(request, timeout=60) as answer:
        return str(answer.read().decode())


def test_each_step_joins_its_thread_and_a_muted_matter_stays_silent_for_who_muted_it(town: Town) -> None:
    town.house.environment["TOPICWATCH_LINK_SECRET"] = SECRET
    with MailServer() as mail, SlackServer() as slack:
        set_up(town, mail, slack)
        town.night("2026-10-04")
        told = town.night("2026-10-07")["alerts"]
        adopted = next(a for a in told if a["topics"] == ["cloud-kyc"])
        service = next(a for a in told if a["topics"] == ["allied-alignment"])
        assert {a["purpose"] for a in (adopted, service)} == {"new"}
        heads = {str(m["X-Topicwatch-Alert"]): m for m in mail.mails}
        links = links_in(heads[adopted["id"]])
        with serving(town.house, "2026-10-08") as base:
            assert "How it was decided" in visit(base, links["Explain"])
            assert "Nothing has happened yet" in visit(base, links["Mute 30 days"])
            assert not list(town.house.home.glob("inbox/*.json"))
            assert "Noted: mute 30 days" in visit(base, links["Mute 30 days"], "POST")
        before = len(mail.mails), len(told_by_slack(slack))
        later = town.night("2026-10-09")["alerts"]
        postponed = [a for a in later if a["topics"] == ["cloud-kyc"]]
        assert [a["purpose"] for a in postponed] == ["update"]
        others = [a for a in later if a not in postponed and a["purpose"] != "digest"]
        assert len(mail.mails) - before[0] == len(others)  # the desk hears of everything but what it muted
        assert len(told_by_slack(slack)) - before[1] == len(others) + 1
        assert not list(town.house.home.glob("inbox/*.json"))
        listed = town.house.run("alerts", "--json").json
        assert "desk muted" in next(a["deliveries"] for a in listed if a["alert_id"] == postponed[0]["id"])
        in_force = [a for a in town.night("2026-10-12")["alerts"] if a["topics"] == ["allied-alignment"]]
        assert [a["purpose"] for a in in_force] == ["update"]
        assert wait_until(lambda: any(str(m["X-Topicwatch-Alert"]) == in_force[0]["id"] for m in mail.mails), 10)
        update = next(m for m in mail.mails if str(m["X-Topicwatch-Alert"]) == in_force[0]["id"])
        assert str(update["References"]).split()[0] == str(heads[service["id"]]["References"]).split()[0]
        told_ids = [str(m["X-Topicwatch-Alert"]) for m in mail.mails]
        assert len(told_ids) == len(set(told_ids))
