"""A story grows: adopted, then postponed, in one thread; the articles that tell no new step bring nothing.

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

from standins.channels import DESK, set_up, told_by_slack
from standins.household import Household, Town
from standins.mail_and_slack import MailServer, SlackServer

pytestmark = pytest.mark.slow
EDITOR = "editor@newspaper.invalid"
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


def mails_to(mail: MailServer, address: str) -> dict[str, Message]:
    found = [m for m in mail.mails if str(m["To"]) == address]
    told = {str(m["X-Topicwatch-Alert"]): m for m in found}
    assert len(told) == len(found)  # nothing came twice
    return told


def add_editor(house: Household) -> None:
    routing = (house.home / "config" / "routing.toml").read_text(encoding="utf-8").replace('to = ["desk"', 'to = ["editor", "desk"')
    house.config("routing.toml", f'[[recipient]]\nref = "editor"\nchannel = "smtp"\naddress = "{EDITOR}"\n{routing}')


def test_each_step_joins_its_thread_and_a_muted_matter_stays_silent_for_who_muted_it(town: Town) -> None:
    town.house.environment["TOPICWATCH_LINK_SECRET"] = SECRET
    with MailServer() as mail, SlackServer() as slack:
        set_up(town, mail, slack)
        add_editor(town.house)
        town.night("2026-10-04")
        told = town.night("2026-10-07")["alerts"]
        adopted = next(a for a in told if a["topics"] == ["cloud-kyc"])
        assert adopted["purpose"] == "new"
        links = links_in(mails_to(mail, DESK)[adopted["id"]])
        with serving(town.house, "2026-10-08") as base:
            assert "How it was decided" in visit(base, links["Explain"])
            assert "Nothing has happened yet" in visit(base, links["Mute 30 days"])
            assert not list(town.house.home.glob("inbox/*.json"))
            assert "Noted: mute 30 days" in visit(base, links["Mute 30 days"], "POST")

        later = [a["id"] for a in town.night("2026-10-09")["alerts"] if a["purpose"] != "digest"]
        (postponed,) = [
            a for a in town.house.run("alerts", "--json").json if a["matter_id"] == "us-iaas-cip" and a["night"] == "2026-10-09"
        ]
        assert (postponed["purpose"], "desk muted" in postponed["deliveries"]) == ("update", True)
        assert not list(town.house.home.glob("inbox/*.json"))
        # The desk hears of everything but what it muted; the editor and the room hear of that too, in its thread.
        assert mails_to(mail, DESK).keys() == {a["id"] for a in told} | set(later) - {postponed["alert_id"]}
        editor = mails_to(mail, EDITOR)
        assert editor.keys() == {a["id"] for a in told} | set(later)
        head, follow_up = editor[adopted["id"]], editor[postponed["alert_id"]]
        assert str(follow_up["References"]).split()[0] == str(head["References"]).split()[0]
        assert len(told_by_slack(slack)) == len(editor)
