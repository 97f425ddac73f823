"""A household whose alerts go to a real SMTP server, a Slack stand-in and files."""

from __future__ import annotations

import json
from collections import Counter

from standins.household import Town
from standins.mail_and_slack import MailServer, SlackServer

DESK = "desk@newspaper.invalid"
ROUTING = """
[[recipient]]
ref = "desk"
channel = "smtp"
address_env = "DESK_MAIL"

[[recipient]]
ref = "room"
channel = "slack"
address_env = "ROOM_WEBHOOK"

[[recipient]]
ref = "files"
channel = "file"

[[route]]
topics = ["*"]
severities = ["alert"]
to = ["desk", "room", "files"]

[smtp]
host = "127.0.0.1"
port = {mail}
security = "plain"
sender = "topicwatch@newspaper.invalid"

[slack]
allowed_private = ["127.0.0.1:{slack}"]
"""


def set_up(town: Town, mail: MailServer, slack: SlackServer) -> None:
    town.house.config("routing.toml", ROUTING.format(mail=mail.port, slack=slack.port))
    town.house.config("secrets.toml", f"DESK_MAIL = {json.dumps(DESK)}\nROOM_WEBHOOK = {json.dumps(slack.url)}\n")


def message_ids(mail: MailServer) -> Counter[str]:
    return Counter(str(message["Message-ID"]) for message in mail.mails)


def told_by_slack(slack: SlackServer) -> list[str]:
    return [json.dumps(message, ensure_ascii=False) for message in slack.accepted]
