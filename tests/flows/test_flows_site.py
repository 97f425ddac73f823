"""`topicwatch serve` over a real socket: pages, signed links that a mail scanner's GET does not trigger, metrics, hostile visitors."""

from __future__ import annotations

import html
import http.client
import json
import re
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from alerts.dressing import Dresser
from alerts.links import Deed, Links, Ticket
from alerts.model import Recipient
from flows import serving
from flows.inbox import read, waiting
from flows.serving import Server, open_server
from flows.settings import Settings
from flows.site import Request
from standins.told_store import ALERT, MOVE, NOW, SECRET, told_store
from topics.model import Topic


@dataclass
class Visit:
    """A running server and what it answers."""

    server: Server
    settings: Settings

    def ask(self, method: str, path: str, body: str = "", **headers: str) -> tuple[int, str, dict[str, str]]:
        connection = http.client.HTTPConnection("127.0.0.1", self.server.server_address[1], timeout=10)
        connection.request(method, path, body or None, headers={"Host": "127.0.0.1", **headers})
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        return answer.status, text, dict(answer.headers)

    def link(self, deed: Deed, **more: timedelta) -> str:
        links = Links("http://127.0.0.1:8787", SECRET)
        url = links.url(links.ticket(deed, ALERT, "ana", NOW - more.get("ago", timedelta())))
        return url.removeprefix("http://127.0.0.1:8787")

    @property
    def inbox(self) -> list[Path]:
        return waiting(self.settings.inbox)


@pytest.fixture
def visit(tmp_path: Path) -> Iterator[Visit]:
    told_store(tmp_path)
    settings = Settings(tmp_path, tmp_path / "seeds", secrets={"TOPICWATCH_LINK_SECRET": SECRET, "TOPICWATCH_URL": "https://watch.example"})
    with open_server(settings, "127.0.0.1", 0, lambda: NOW) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield Visit(server, settings)
        server.shutdown()
        thread.join()


def test_the_pages_show_what_was_told_and_why_and_run_nothing(visit: Visit) -> None:
    (visit.settings.outbox).mkdir()
    (visit.settings.outbox / "summary.html").write_text("<p>the briefing</p>", encoding="utf-8")
    for path, shown in (("/", "/briefing"), ("/briefing", "the briefing"), (f"/alert/{ALERT.alert_id}", "How it was decided")):
        status, text, headers = visit.ask("GET", path)
        assert (status, shown in text) == (200, True), path
        assert "<script" not in text
        assert "\x1b" not in text
        assert "javascript:" not in text
        assert headers["Content-Security-Policy"].startswith("default-src 'none'")
        assert headers["Referrer-Policy"] == "no-referrer"
    page = visit.ask("GET", f"/alert/{ALERT.alert_id}")[1]
    for words in (
        "The Bureau adopts the rule.",
        "https://gazette.example/1",
        "cloud-kyc adopted, alert",
        "ana, smtp: sent",
        "nearly certain",
    ):
        assert words in page
    assert "/do/" not in page  # who came without a signed link only looks
    assert "&lt;script&gt;" in page


def test_a_signed_explain_link_offers_what_its_bearer_may_do(visit: Visit) -> None:
    status, page, _ = visit.ask("GET", visit.link("see"))
    assert status == 200
    offered = re.findall(r'action="(/do/[^"]+)" method="get"><button>([^<]+)', page)
    assert [words for _, words in offered] == ["Useful", "Not new", "Wrong topic", "Acknowledge", "Snooze 7 days", "Mute 30 days"]
    assert visit.ask("GET", offered[0][0] + "?")[0] == 200


def test_the_pages_speak_the_links_language_else_the_browsers_and_name_topics_in_words(visit: Visit) -> None:
    topic = Topic("cloud-kyc", "Know your cloud customer", "云客户身份识别", "")
    visit.server.site = replace(visit.server.site, dresser=Dresser(topics={"cloud-kyc": topic}))
    links = Links("http://127.0.0.1:8787", SECRET)
    wei = Recipient("wei", "smtp", "wei@press.example", "zh")
    dressed = dict(links.dress(ALERT, wei, NOW).links)
    status, page, _ = visit.ask("GET", dressed["Explain"].removeprefix("http://127.0.0.1:8787"))
    assert (status, '<html lang="zh">' in page) == (200, True)
    for words in ("如何判定：", "告诉我们", "告知了谁", "ana, smtp: 已发送", "云客户身份识别：通过，提醒", "此前已知", "几乎确定"):
        assert words in page, words
    assert "cloud-kyc" not in page
    assert not re.findall(r"How it was decided|Who was told|Known before|independent publisher|Useful", page)
    action = re.findall(r'action="(/do/[^"]+)"', page)[0]
    asked = visit.ask("GET", f"{action}?lang=zh")[1]
    assert "尚未执行任何操作" in asked
    assert "已记下" in visit.ask("POST", html.unescape(re.findall(r'action="([^"]+)" method="post"', asked)[0]))[1]

    what = f"/explain?what={MOVE.move_id}"
    chinese = {"Accept-Language": "zh-CN,zh;q=0.9,en;q=0.8"}
    assert "为什么（没有）告知？" in visit.ask("GET", what, **chinese)[1]
    assert "云客户身份识别：通过" in visit.ask("GET", what, **chinese)[1]
    english = visit.ask("GET", f"{what}&lang=en", **chinese)[1]
    assert "Know your cloud customer adopted, alert" in english
    assert "Why was this (not) told?" in visit.ask("GET", what, **{"Accept-Language": "fr, de;q=0.5"})[1]
    assert "未能读取" not in visit.ask("GET", "/?lang=xx")[1]
    assert "昨夜" not in visit.ask("GET", "/")[1]
    assert "为什么（没有）告知？" in visit.ask("GET", "/", **chinese)[1]


def test_one_line_of_a_digest_is_answered_from_its_own_page(visit: Visit) -> None:
    links = Links("http://127.0.0.1:8787", SECRET)
    ticket = Ticket("see", "a-folded-digest", "m", "ana", NOW + timedelta(days=1), MOVE.move_id)
    status, page, _ = visit.ask("GET", links.url(ticket).removeprefix("http://127.0.0.1:8787"))
    offered = dict(reversed(each) for each in re.findall(r'action="(/do/[^"]+)" method="get"><button>([^<]+)', page))
    assert (status, list(offered)) == (200, ["Useful", "Not new", "Wrong topic"])
    assert "The Bureau adopts the rule." in page
    assert visit.ask("GET", offered["Not new"])[0] == 200
    assert visit.inbox == []
    assert visit.ask("POST", offered["Not new"], "why=old")[0] == 200
    action = read(visit.inbox[0])
    assert (action.scope, action.target, action.label, action.by) == ("line", f"a-folded-digest:{MOVE.move_id}", "not_new", "ana")


@pytest.mark.parametrize(
    ("deed", "what", "label"), [("mute", "mute", ""), ("snooze", "snooze", ""), ("ack", "ack", ""), ("not_new", "feedback", "not_new")]
)
def test_a_get_does_nothing_and_a_confirmed_post_drops_one_file(visit: Visit, deed: Deed, what: str, label: str) -> None:
    path = visit.link(deed)
    for method in ("GET", "HEAD"):
        assert visit.ask(method, path)[0] == 200
    page = visit.ask("GET", path)[1]
    assert "Nothing has happened yet" in page
    assert visit.inbox == []
    assert f'action="{path}" method="post"' in page
    for _ in range(2):
        assert visit.ask("POST", path, "why=told+before")[0] == 200
    (file,) = visit.inbox
    action = read(file)
    assert (action.what, action.label, action.recipient_ref, action.by) == (what, label, "ana", "ana")
    assert action.why == ("told before" if what == "feedback" else "")


def test_a_mute_can_be_undone_from_its_page(visit: Visit) -> None:
    page = visit.ask("POST", visit.link("mute"))[1]
    undo = re.findall(r'action="(/do/[^"]+)" method="post"', page)
    assert visit.ask("POST", undo[0])[0] == 200
    assert sorted(read(p).what for p in visit.inbox) == ["lift", "mute"]


def test_forged_and_expired_links_say_so_and_do_nothing(visit: Visit) -> None:
    good = visit.link("mute")
    for path, status in (
        (good[:-1] + ("A" if good[-1] != "A" else "B"), 403),
        ("/do/x", 403),
        (visit.link("mute", ago=timedelta(days=31)), 410),
    ):
        for method in ("GET", "POST"):
            found, text, _ = visit.ask(method, path)
            assert found == status, text
            assert "This link does nothing" in text
    assert visit.ask("POST", visit.link("see").replace("/see/", "/do/"))[0] == 403
    assert visit.inbox == []


def test_another_name_for_this_machine_is_refused(visit: Visit) -> None:
    for host, status in (("evil.example", 421), ("", 421), ("watch.example", 200), ("localhost:8787", 200), ("[::1]:8787", 200)):
        assert visit.ask("GET", "/", Host=host)[0] == status, host


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nothing", 404),
        ("GET", "/alert/none", 404),
        ("GET", "/alert/../../etc/passwd", 404),
        ("GET", "/briefing", 404),
        ("GET", "/briefing/../../sent.jsonl", 404),
        ("GET", "/explain?what=https://nowhere.example/", 404),
        ("POST", "/", 405),
        ("POST", "/metrics", 405),
        ("DELETE", "/", 501),
        ("GET", "//evil.example/", 404),
    ],
)
def test_other_requests_are_answered_plainly(visit: Visit, method: str, path: str, status: int) -> None:
    found, text, _ = visit.ask(method, path)
    assert found == status
    assert "Traceback" not in text


def test_a_long_or_odd_body_is_refused(visit: Visit) -> None:
    path = visit.link("not_new")
    assert visit.ask("POST", path, "x" * 5000)[0] == 413
    assert visit.ask("POST", path, **{"Content-Length": "-1"})[0] == 413
    assert visit.ask("POST", path, "why=" + "%0d%0a%1b" * 30 + "x")[0] == 200
    assert "\x1b" not in read(visit.inbox[0]).why


def test_explain_by_form_and_metrics(visit: Visit) -> None:
    status, text, _ = visit.ask("GET", f"/explain?what={MOVE.move_id}")
    assert (status, "The Bureau adopts the rule." in text) == (200, True)
    status, text, headers = visit.ask("GET", "/metrics")
    assert (status, headers["Content-Type"]) == (200, "text/plain; version=0.0.4; charset=utf-8")
    for line in (
        'topicwatch_last_run_timestamp_seconds{mode="night",outcome="done"} 1794016800',
        'topicwatch_deliveries{channel="smtp",status="sent"} 1',
        'topicwatch_moves_total{topic="cloud-kyc",disposition="raised"} 1',
        "topicwatch_inbox_files 0",
    ):
        assert line in text.splitlines()
    samples = [line for line in text.splitlines() if not line.startswith("#")]
    assert all(re.fullmatch(r'[a-z_]+(\{([a-z]+="([^"\\]|\\.)*",?)+\})? [0-9.e+-]+', line) for line in samples)


def test_a_full_house_turns_visitors_away_and_recovers(visit: Visit) -> None:
    address = ("127.0.0.1", visit.server.server_address[1])
    slow = [socket.create_connection(address) for _ in range(serving.AT_ONCE)]
    for connection in slow:
        connection.sendall(b"GET / HT")
    assert any(turned_away(visit) for _ in range(100))  # once the last of them has its thread
    for connection in slow:
        connection.close()
    assert any(not turned_away(visit) for _ in range(200))


def turned_away(visit: Visit) -> bool:
    try:
        return visit.ask("GET", "/")[0] != 200
    except (ConnectionError, http.client.HTTPException):
        return True


def test_without_a_secret_there_are_no_links_and_without_a_night_it_says_so(tmp_path: Path) -> None:
    settings = Settings(tmp_path, tmp_path / "seeds")
    with open_server(settings, "127.0.0.1", 0, lambda: NOW) as server:
        assert server.site.answer(Request("GET", "/", "127.0.0.1")).status == 503
        answer = server.site.answer(Request("POST", "/do/x", "127.0.0.1"))
        assert (answer.status, "TOPICWATCH_LINK_SECRET" in answer.body) == (403, True)


def test_no_token_is_logged(visit: Visit, capfd: pytest.CaptureFixture[str]) -> None:
    visit.ask("GET", visit.link("mute"))
    shown = capfd.readouterr()
    assert json.dumps([shown.out, shown.err]) == '["", ""]'
