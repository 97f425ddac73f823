"""routing.toml: what it may say, and errors that name the file, the line and the mend (case 104)."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from datetime import datetime, time
from pathlib import Path

import pytest

from alerts.addressing import delivery_of
from alerts.channels import build_senders, rehearsing
from alerts.habits import Habits
from alerts.model import Alert, Recipient, Route
from alerts.routing import CHANNELS, Routing, RoutingError, parse_routing
from alerts.send import Attempt, WebhookSettings

GOOD = """
[[recipient]]
ref = "ana"
channel = "smtp"
address = "ana@reader.example"
lang = "zh"

[[recipient]]
ref = "room"
channel = "slack"
address_env = "ROOM_HOOK"

[[route]]
topics = ["cloud-kyc"]
severities = ["alert"]
to = ["ana", "room"]

[smtp]
host = "mail.sender.example"
port = 465
security = "tls"
username = "watch"
password_env = "MAIL_PASSWORD"
sender = "watch@sender.example"

[slack]
allowed_private = ["127.0.0.1:8080", "[::1]:9090"]
"""
SECRETS = {"ROOM_HOOK": "https://hooks.example/services/s3cr3t", "MAIL_PASSWORD": "hunter2"}


def parse(text: str) -> Routing:
    return parse_routing(tomllib.loads(text), SECRETS, "routing.toml", topics={"cloud-kyc", "model-weights"}, text=text)


def test_a_whole_file() -> None:
    routing = parse(GOOD)
    assert routing.recipients == (
        Recipient("ana", "smtp", "ana@reader.example", "zh"),
        Recipient("room", "slack", "https://hooks.example/services/s3cr3t"),
    )
    assert routing.routes == (Route(frozenset({"cloud-kyc"}), frozenset({"alert"}), ("ana", "room")),)
    assert routing.smtp is not None
    assert (routing.smtp.port, routing.smtp.security, routing.smtp.password) == (465, "tls", "hunter2")
    assert routing.slack is not None
    assert routing.slack.allowed_private == {("127.0.0.1", 8080), ("::1", 9090)}


def test_no_secret_is_shown() -> None:
    shown = repr(parse(GOOD))
    assert "s3cr3t" not in shown
    assert "hunter2" not in shown
    assert "ana@reader.example" not in shown


HABITS = """
live = false
[[recipient]]
ref = "ana"
channel = "smtp"
address = "ana@reader.example"
zone = "Asia/Shanghai"
quiet = "22:30-07:00"
max_per_night = 5
group_minutes = 90
"""


def test_habits_of_a_recipient_and_whether_it_is_live() -> None:
    routing = parse(HABITS)
    assert routing.recipients[0].habits == Habits("Asia/Shanghai", (time(22, 30), time(7)), 5, 90)
    assert not routing.live
    assert parse(GOOD).live  # a file written by hand means what it says
    assert parse(GOOD).recipients[0].habits == Habits()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("Asia/Shanghai", "Asia/Shangai"), "line 7: recipient 'ana': zone 'Asia/Shangai' is not known; write it as in Europe/Berlin"),
        (("Asia/Shanghai", "../../etc/passwd"), "recipient 'ana': zone '../../etc/passwd' is not known"),
        (("22:30-07:00", "22-7"), "line 8: recipient 'ana': quiet must be two different times of day"),
        (("22:30-07:00", "07:00-07:00"), "quiet must be two different times of day"),
        (("22:30-07:00", "22:30-24:00"), "quiet must be two different times of day"),
        (("max_per_night = 5", "max_per_night = 0"), "max_per_night must be a whole number from 1"),
        (("group_minutes = 90", 'group_minutes = "90"'), "group_minutes must be a whole number from 1"),
        (("live = false", 'live = "no"'), "line 2: live must be true or false, without quotes"),
    ],
)
def test_an_error_in_habits_names_place_and_mend(change: tuple[str, str], said: str) -> None:
    with pytest.raises(RoutingError) as caught:
        parse(HABITS.replace(*change))
    assert said in str(caught.value)


def test_before_it_is_live_every_channel_writes_files_only(tmp_path: Path, alert: Callable[..., Alert], now: datetime) -> None:
    senders = rehearsing(build_senders(parse(GOOD), tmp_path), tmp_path)
    for ref, folder in (("ana", "ana"), ("../../ana", "-ana")):
        recipient = Recipient(ref, "smtp", "ana@reader.example")
        senders["smtp"].send(alert(), recipient, delivery_of(alert(), recipient), Attempt(1, now))
        assert len(list((tmp_path / "out" / folder).glob("*.eml"))) == 1
    assert not any("ana@reader" in p.read_text() for p in tmp_path.rglob("*.*"))


def test_without_a_file_alerts_go_to_files() -> None:
    routing = parse("")
    assert [(r.ref, r.channel, r.address) for r in routing.recipients] == [("files", "file", "out")]
    assert routing.routes[0].to == ("files",)
    assert routing.routes[0].severities == {"alert", "watch", "digest", "health"}


def test_without_routes_every_recipient_gets_everything() -> None:
    routing = parse('[[recipient]]\nref = "a"\nchannel = "file"\n[[recipient]]\nref = "b"\nchannel = "file"\naddress = "b"\n')
    assert routing.routes[0].to == ("a", "b")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (('channel = "smtp"', 'chanel = "smtp"'), "line 4: recipient 'ana': unknown field 'chanel'; did you mean 'channel'?"),
        (('channel = "smtp"', 'channel = "fax"'), "recipient 'ana': channel must be one of file, smtp, slack, slack_app, webhook, apprise"),
        (("ana@reader.example", "ana at reader"), "recipient 'ana': the address is not one plain mailbox of the form name@host"),
        (("ana@reader.example", "ana@reader.example\\r\\nBcc: x@y.example"), "recipient 'ana': address must be a text of one line"),
        (('"ROOM_HOOK"', '"NO_SUCH"'), "line 11: recipient 'room': the secret NO_SUCH is not set"),
        (('address_env = "ROOM_HOOK"', ""), "recipient 'room': address is missing"),
        (('to = ["ana", "room"]', 'to = ["anna"]'), "line 16: route 1: to names 'anna', which is not known; there are ana, room"),
        (('to = ["ana", "room"]', "to = []"), "route 1: to must be a list of texts"),
        (('["cloud-kyc"]', '["cloud"]'), "route 1: topics names 'cloud', which is not known"),
        (('["alert"]', '["alerts"]'), "route 1: severities names 'alerts'"),
        (('ref = "room"', 'ref = "ana"'), "recipient 'ana' stands there twice"),
        (("port = 465", 'port = "465"'), "smtp: port must be a whole number from 1 to 65535"),
        (('security = "tls"', 'security = "ssl"'), "smtp: security must be one of starttls, tls, plain"),
        (('sender = "watch@sender.example"', ""), "smtp: sender must be a text of one line"),
        (("8080", "http"), "slack: allowed_private '127.0.0.1:http' is not host:port"),
        (("[[route]]", "[route]"), "route must be written as [[route]], with two brackets"),
        (("[slack]", "[slak]"), "the file: unknown field 'slak'; did you mean 'slack'?"),
    ],
)
def test_an_error_names_file_place_and_mend(change: tuple[str, str], said: str) -> None:
    text = GOOD.replace(*change)
    assert text != GOOD
    with pytest.raises(RoutingError) as caught:
        parse(text)
    assert str(caught.value).startswith("routing.toml")
    assert said in str(caught.value)
    assert not [secret for secret in (*SECRETS.values(), "ana@reader", "ana at") if secret in str(caught.value)]


def test_a_secret_with_a_line_break_is_refused() -> None:
    with pytest.raises(RoutingError, match="the secret ROOM_HOOK holds a line break"):
        parse_routing(tomllib.loads(GOOD), {**SECRETS, "ROOM_HOOK": "https://hooks.example/x\r\n"}, "routing.toml")


def test_every_channel_has_a_sender(tmp_path: Path) -> None:
    assert set(build_senders(parse(GOOD), tmp_path)) == set(CHANNELS)


MORE = """
[[recipient]]
ref = "desk"
channel = "slack_app"
address = "C0123ABCDEF"

[[recipient]]
ref = "hook"
channel = "webhook"
address = "https://hooks.example/in"
secret_env = "HOOK_KEY"

[[recipient]]
ref = "phone"
channel = "apprise"
address_env = "PHONE"

[slack]
token_env = "SLACK_TOKEN"

[webhook]
timeout_s = 5
allowed_private = ["127.0.0.1:9"]
"""
MORE_SECRETS = {"HOOK_KEY": "whsec_c2VjcmV0", "PHONE": "ntfy://s3cr3t", "SLACK_TOKEN": "xoxb-s3cr3t"}


def parse_more(text: str) -> Routing:
    return parse_routing(tomllib.loads(text), MORE_SECRETS, "routing.toml", text=text)


def test_the_other_channels() -> None:
    routing = parse_more(MORE)
    assert [(r.channel, r.address, r.secret) for r in routing.recipients] == [
        ("slack_app", "C0123ABCDEF", ""),
        ("webhook", "https://hooks.example/in", "whsec_c2VjcmV0"),
        ("apprise", "ntfy://s3cr3t", ""),
    ]
    assert routing.slack is not None
    assert (routing.slack.token, routing.slack.api_url) == ("xoxb-s3cr3t", "https://slack.com/api/")
    assert routing.webhook == WebhookSettings(5.0, frozenset({("127.0.0.1", 9)}))
    assert not [secret for secret in MORE_SECRETS.values() if secret in repr(routing)]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("C0123ABCDEF", "#general"), "recipient 'desk': the address is not a channel's id such as C0123ABCDEF"),
        (('token_env = "SLACK_TOKEN"', ""), "recipient 'desk': slack_app needs the bot's token; write [slack] with token_env"),
        (('secret_env = "HOOK_KEY"', ""), "recipient 'hook': a webhook needs secret_env"),
        (("HOOK_KEY", "NO_SUCH"), "recipient 'hook': the secret NO_SUCH is not set"),
        (('"https://hooks', '"ftp://hooks'), "recipient 'hook': the address is not a webhook URL"),
        (('"C0123ABCDEF"', '"C0123ABCDEF"\nsecret = "x"'), "recipient 'desk': only a webhook has a secret"),
        (("timeout_s = 5", "timeout = 5"), "webhook: unknown field 'timeout'; did you mean 'timeout_s'?"),
        (('token_env = "SLACK_TOKEN"', 'token_env = "SLACK_TOKEN"\napi_url = "slack.com"'), "slack: api_url begins with https://"),
    ],
)
def test_an_error_in_them_names_the_mend(change: tuple[str, str], said: str) -> None:
    text = MORE.replace(*change)
    assert text != MORE
    with pytest.raises(RoutingError) as caught:
        parse_more(text)
    assert said in str(caught.value)
    assert "s3cr3t" not in str(caught.value)


def test_a_key_that_is_no_base64_is_refused_and_not_repeated() -> None:
    with pytest.raises(RoutingError, match="recipient 'hook': secret: what follows whsec_ is no base64") as caught:
        parse_routing(tomllib.loads(MORE), {**MORE_SECRETS, "HOOK_KEY": "whsec_hunter2!"}, "routing.toml")
    assert "hunter2" not in str(caught.value)


def test_an_apprise_url_without_a_service_is_refused() -> None:
    with pytest.raises(RoutingError, match="recipient 'phone': the address is not an Apprise URL"):
        parse_routing(tomllib.loads(MORE), {**MORE_SECRETS, "PHONE": "s3cr3t"}, "routing.toml")
