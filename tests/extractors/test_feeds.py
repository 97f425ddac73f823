"""Feeds of every kind and every fault (FAULTS.md, 39-65)."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.failures import Unreadable
from extractors.feeds import FeedDocument, parse_feed
from extractors.model import h

NOW = datetime(2026, 11, 25, 6, 0, tzinfo=UTC)
URL = "https://news.example/feed.xml"
BODY = "商务部：对镓、锗相关物项实施出口管制，自公布之日起正式实施。为维护国家安全和利益，经国务院批准。"


def parse(body: bytes | str, content_type: str = "application/rss+xml", url: str = URL) -> FeedDocument:
    return parse_feed(body.encode() if isinstance(body, str) else body, url, content_type, "news", NOW)


def rss(*items: str, head: str = "<title>News</title>") -> str:
    return f'<?xml version="1.0"?><rss version="2.0"><channel>{head}{"".join(items)}</channel></rss>'


def item(inner: str) -> str:
    return f"<item>{inner}</item>"


def one(inner: str) -> FeedDocument:
    return parse(rss(item(inner)))


ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en"><title>Atom news</title><id>tag:news.example,2026:1</id>
<entry><id>tag:news.example,2026:2</id><title type="html">A &amp;amp; B</title><link rel="alternate" href="/a/b"/>
<link rel="enclosure" href="/a/b.mp3"/>
<published>2026-11-24T10:00:00+08:00</published><updated>2026-11-25T01:00:00Z</updated><author><name>Desk</name><email>d@news.example</email></author>
<summary>Short.</summary><content type="html">&lt;p&gt;First.&lt;/p&gt;&lt;p&gt;Second.&lt;/p&gt;</content></entry></feed>"""
RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel rdf:about="https://news.example/"><title>RDF news</title></channel>
<item rdf:about="https://news.example/r"><title>R</title><link>https://news.example/r</link><dc:date>2026-11-24</dc:date></item></rdf:RDF>"""


def test_atom() -> None:
    document = parse(ATOM, "application/atom+xml")
    (entry,) = document.entries
    assert (document.title, entry.title, entry.url, entry.author) == ("Atom news", "A & B", "https://news.example/a/b", "Desk")
    assert (entry.published_at, entry.precision) == (datetime(2026, 11, 24, 2, 0, tzinfo=UTC), "instant")
    assert (entry.summary, entry.body) == ("Short.", "First.\n\nSecond.")
    assert entry.entry_id == h("news", "tag:news.example,2026:2")


def test_rdf() -> None:
    (entry,) = parse(RDF).entries
    assert (entry.title, entry.url, entry.published_at, entry.precision) == (
        "R",
        "https://news.example/r",
        datetime(2026, 11, 24, tzinfo=UTC),
        "day",
    )


def test_json_feed() -> None:
    raw = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "J &amp; K",
        "language": "en",
        "items": [
            {
                "id": 7,
                "url": "/a",
                "title": "T",
                "content_html": "<p>One.</p><p>Two.</p>",
                "summary": "S",
                "date_published": "2026-11-24T10:00:00Z",
                "authors": [{"name": "Desk"}],
            },
            {"id": "8", "external_url": "https://other.example/b", "content_text": "Plain.", "author": {"name": "Old form"}},
            "nonsense",
        ],
    }
    document = parse(json.dumps(raw), "application/feed+json")
    first, second = document.entries
    assert (document.title, document.flags) == ("J & K", ("bad_item",))
    assert (first.url, first.body, first.summary, first.author) == ("https://news.example/a", "One.\n\nTwo.", "S", "Desk")
    assert first.entry_id == h("news", "7")
    assert (second.url, second.summary, second.author, second.published_at) == ("https://other.example/b", "Plain.", "Old form", None)


@pytest.mark.parametrize(
    "body", ["{}", '{"version": "https://jsonfeed.org/version/1", "items": 3}', '{"items": []}', "{not json", "{" * 100_000]
)
def test_other_json_is_no_feed(body: str) -> None:
    with pytest.raises(Unreadable, match="not_a_feed"):
        parse(body, "application/json")


@pytest.mark.parametrize("body", [b"", b"  \r\n", b"\xef\xbb\xbf", b"\x00\x00"])
def test_39_an_empty_body_is_named(body: bytes) -> None:
    with pytest.raises(Unreadable, match="empty"):
        parse(body)


@pytest.mark.parametrize(
    "body",
    ["<!doctype html><html><head><title>Sign in</title></head><body><p>Hello</p></body></html>", "just text", "\x7fELF\x01\x02", "<svg/>"],
)
def test_40_anything_else_is_not_a_feed(body: str) -> None:
    with pytest.raises(Unreadable, match="not_a_feed"):
        parse(body, "text/html")


def test_41_a_cut_feed_keeps_its_whole_items() -> None:
    whole = rss(*(item(f"<title>T{n}</title><link>https://news.example/{n}</link>") for n in range(3)))
    for end in (whole.index("T2") + 2, whole.index("<title>T2") - 2, whole.index("/2</link>") + 3):
        document = parse(whole[:end])
        assert [entry.title for entry in document.entries] == ["T0", "T1"]
        assert document.flags == ("truncated",)


def test_42_a_path_as_body_opens_no_file(tmp_path: Path) -> None:
    secret = tmp_path / "feed.xml"
    secret.write_text(rss(item("<title>From the disk</title>")), encoding="utf-8")
    with pytest.raises(Unreadable, match="not_a_feed"):
        parse(str(secret))


def test_43_entities_are_not_expanded_and_no_file_is_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("geheim", encoding="utf-8")
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    heads = [
        f'<!DOCTYPE rss [<!ENTITY l0 "ha">{laughs}]>',
        f'<!DOCTYPE rss [<!ENTITY l9 SYSTEM "file://{secret}">]>',
        '<!DOCTYPE rss SYSTEM "http://127.0.0.1:9/x.dtd">',
    ]
    for head in heads:
        document = parse(f'<?xml version="1.0"?>{head}<rss version="2.0"><channel><item><title>A &l9; B</title></item></channel></rss>')
        assert len(document.entries[0].title) < 20
        assert "geheim" not in document.entries[0].title
        assert "haha" not in document.entries[0].title


@pytest.mark.parametrize("reference", ["&#x110000;", "&#xD800;", "&#99999999999999;", "&#0;", "&#x0;", "&#xFFFFFFFFFFFFFFFF;", "&#11;"])
def test_45_an_impossible_reference_costs_one_character(reference: str) -> None:
    document = one(f"<title>A {reference} B</title><link>https://news.example/x</link>")
    assert document.entries[0].title == "A � B"
    assert "bad_reference" in document.flags


@pytest.mark.parametrize(
    "label", ["punycode", "undefined", "x-nope", "zlib", "base64", "rot13", "idna", "mbcs", "utf-8-sig", "\x00", "a" * 300]
)
def test_46_a_senseless_encoding_is_sniffed(label: str) -> None:
    text = rss(item("<title>Décret publié à Genève</title>")).replace('version="1.0"', f'version="1.0" encoding="{label}"', 1)
    assert parse(text, f"text/xml; charset={label[:40]}").entries[0].title == "Décret publié à Genève"


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be", "utf-8-sig", "utf-8"])
def test_47_wide_encodings_are_exact(codec: str) -> None:
    assert parse(rss(item(f"<title>{BODY}</title>")).encode(codec)).entries[0].title == BODY


@pytest.mark.parametrize(
    ("codec", "text"),
    [
        ("gb18030", BODY),
        ("gb2312", BODY),
        ("big5", "經濟部宣布對半導體設備實施新的出口管制措施，以維護國家安全"),
        ("shift_jis", "経済産業省は半導体製造装置の輸出規制について発表しました"),
        ("euc-jp", "経済産業省は半導体製造装置の輸出規制について発表しました"),
        ("euc-kr", "산업부는 반도체 장비 수출 통제에 대한 새로운 규정을 발표했다"),
        ("koi8-r", "Министерство торговли объявило о новых правилах экспорта"),
        ("cp1251", "Министерство торговли объявило о новых правилах экспорта"),
    ],
)
def test_48_undeclared_encodings_are_exact(codec: str, text: str) -> None:
    assert parse(rss(item(f"<title>{text}</title>")).encode(codec), "application/xml").entries[0].title == text


def test_49_wrong_labels_do_not_spoil_the_text() -> None:
    text = "Décret sur l’intelligence artificielle publié à Genève"
    labelled = rss(item(f"<title>{text}</title>")).replace('version="1.0"', 'version="1.0" encoding="iso-8859-1"', 1)
    assert parse(labelled.encode()).entries[0].title == text
    backwards = rss(item(f"<title>{text}</title>")).replace('version="1.0"', 'version="1.0" encoding="utf-8"', 1)
    assert parse(backwards.encode("cp1252"), "text/xml; charset=utf-8").entries[0].title == text
    chinese = rss(item(f"<title>{BODY}</title>"))
    assert parse(chinese.encode("gb18030"), "text/xml; charset=iso-8859-1").entries[0].title == BODY
    assert parse(chinese.encode(), "text/xml; charset=gb2312").entries[0].title == BODY


def test_50_control_and_direction_characters_go() -> None:
    document = one("<title>A\x00\x01B \u202eevil\u202c \u200bzero\ufeff\r\nnext\u2028line\x1b[31m</title>")
    assert document.entries[0].title == "AB evil zero next line[31m"


def test_51_the_newest_thousand_of_many_are_kept() -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    stamps = [start + timedelta(minutes=(n * 7919) % 3000) for n in range(3000)]
    many = [item(f"<title>T{n}</title><guid>g{n}</guid><pubDate>{at:%a, %d %b %Y %H:%M:%S} GMT</pubDate>") for n, at in enumerate(stamps)]
    document = parse(rss(*many))
    assert "cut" in document.flags
    assert {entry.published_at for entry in document.entries} == set(sorted(stamps)[-1000:])


def test_52_without_id_and_link_the_words_are_the_identity() -> None:
    dated = "<title>A notice</title><pubDate>Tue, 24 Nov 2026 10:00:00 GMT</pubDate>"
    first, second = one(dated).entries[0], one(dated).entries[0]
    assert first.entry_id == second.entry_id == h("news", "A notice", "2026-11-24T10:00:00+00:00")
    assert one("<title>A notice</title>").entries[0].entry_id != first.entry_id


def test_53_one_id_on_different_links_is_two_entries_in_any_order() -> None:
    twins = [item(f"<title>T{n}</title><guid isPermaLink='false'>same</guid><link>https://news.example/{n}</link>") for n in range(2)]
    forth, back = parse(rss(*twins)).entries, parse(rss(*reversed(twins))).entries
    assert len({entry.entry_id for entry in forth}) == 2
    assert {entry.entry_id for entry in forth} == {entry.entry_id for entry in back}


def test_an_exact_repeat_keeps_its_own_entry() -> None:
    twice = item("<title>T</title><guid isPermaLink='false'>g</guid><link>https://news.example/a</link>")
    first, second = parse(rss(twice, twice)).entries
    assert first.entry_id == h("news", "g")
    assert second.entry_id != first.entry_id


def test_55_session_tokens_do_not_change_the_identity() -> None:
    def guid(token: str) -> str:
        return one(f"<title>T</title><guid>https://news.example/a;jsessionid={token}?id=3</guid>").entries[0].entry_id

    assert guid("AAA1") == guid("BBB2")


@pytest.mark.parametrize(
    "date",
    [
        "0000-01-01",
        "9999-12-31T00:00:00Z",
        "10000-01-01",
        "Mon, 30 Feb 2026 10:00:00 GMT",
        "2026-11-20T10:00:61Z",
        "2026-11-20T10:00:00+9999",
        "1970-01-01T00:00:00Z",
        "0",
        "1772445600",
        "soon",
    ],
)
def test_60_an_impossible_date_is_null_and_flagged(date: str) -> None:
    (entry,) = one(f"<title>T</title><pubDate>{date}</pubDate>").entries
    assert (entry.published_at, entry.precision) == (None, "none")
    assert "bad_date" in entry.flags


@pytest.mark.parametrize(
    ("date", "day"),
    [
        ("2026年3月2日", "2026-03-02"),
        ("3月2日", None),
        ("Mo, 2 März 2026 10:00:00 +0100", "2026-03-02"),
        ("lun., 02 mars 2026 10:00:00 +0100", "2026-03-02"),
        ("4:20 pm PST", None),
        ("03/02/2026 4:20 pm PST", "2026-03-03"),
    ],
)
def test_61_the_right_day_or_none(date: str, day: str | None) -> None:
    at = one(f"<title>T</title><pubDate>{date}</pubDate>").entries[0].published_at
    assert (at.date().isoformat() if at else None) == day


def test_62_the_far_future_is_null() -> None:
    soon, far = NOW + timedelta(hours=47), NOW + timedelta(hours=49)
    assert one(f"<title>T</title><pubDate>{soon.isoformat()}</pubDate>").entries[0].published_at == soon
    entry = one(f"<title>T</title><pubDate>{far.isoformat()}</pubDate>").entries[0]
    assert (entry.published_at, entry.flags) == (None, ("future_date",))


def test_63_the_hour_that_comes_twice_and_the_leap_day() -> None:
    def at(date: str) -> datetime | None:
        return one(f"<title>T</title><pubDate>{date}</pubDate>").entries[0].published_at

    assert at("Sun, 01 Nov 2026 01:30:00 EDT") == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)
    assert at("Sun, 01 Nov 2026 01:30:00 EST") == datetime(2026, 11, 1, 6, 30, tzinfo=UTC)
    assert at("Thu, 29 Feb 2024 23:59:59 GMT") == datetime(2024, 2, 29, 23, 59, 59, tzinfo=UTC)


def test_64_relative_links_and_bases() -> None:
    assert one("<title>T</title><link>/a?x=1</link>").entries[0].url == "https://news.example/a?x=1"
    assert one("<title>T</title><link>//other.example/a</link>").entries[0].url == "https://other.example/a"
    based = ATOM.replace("<feed ", '<feed xml:base="https://base.example/x/" ').replace('href="/a/b"', 'href="c"')
    assert parse(based).entries[0].url == "https://base.example/x/c"
    hostile = ATOM.replace("<feed ", '<feed xml:base="javascript:alert(1)//" ').replace('href="/a/b"', 'href="c"')
    assert parse(hostile).entries[0].url in {"", "https://news.example/c"}


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "data:text/html,x", "mailto:a@news.example", "https://user:pw@news.example/", "file:///etc/passwd"]
)
def test_65_a_dangerous_link_is_dropped_and_the_text_kept(link: str) -> None:
    (entry,) = one(f"<title>T</title><link>{link}</link><guid>{link}</guid><description>Words.</description>").entries
    assert (entry.url, entry.summary, entry.flags) == ("", "Words.", ("bad_link",))
    assert "pw" not in repr(entry.url)


@pytest.mark.parametrize(
    ("markup", "title"),
    [
        ("R&amp;amp;D", "R&D"),
        ("R&amp;D", "R&D"),
        ("a &lt; b", "a < b"),
        ("&lt;b&gt;Bold&lt;/b&gt; move", "Bold move"),
        ("<![CDATA[<svg/onload=alert(1)>Chips]]>", "Chips"),
        ("<![CDATA[<script>alert(1)</script>Chips]]>", "Chips"),
        ("<![CDATA[<SVG><text>no</text></SVG>İ <b>Chips</b><svg>]]>", "İ Chips"),
        ("  two\n lines ", "two lines"),
        ("&amp;#8220;Quoted&amp;#8221;", "“Quoted”"),
    ],
)
def test_titles_are_one_clean_line(markup: str, title: str) -> None:
    assert one(f"<title>{markup}</title><link>https://news.example/t</link>").entries[0].title == title


def test_texts_are_capped() -> None:
    (entry,) = one(f"<title>{'word ' * 1000}</title><description>{'word ' * 9000}</description>").entries
    assert len(entry.title) <= 500
    assert entry.title.endswith("…")
    assert len(entry.summary) <= 4000


def test_summaries_lose_their_boilerplate() -> None:
    tail = "&lt;p&gt;The post &lt;a href='x'&gt;T&lt;/a&gt; appeared first on &lt;a href='y'&gt;News&lt;/a&gt;.&lt;/p&gt;"
    assert one(f"<title>T</title><description>&lt;p&gt;Words.&lt;/p&gt;{tail}</description>").entries[0].summary == "Words."


def test_hidden_text_in_a_summary_is_dropped() -> None:
    hidden = "&lt;p&gt;Seen.&lt;/p&gt;&lt;span style='display:none'&gt;ban bill&lt;/span&gt;&lt;p hidden&gt;order&lt;/p&gt;"
    assert one(f"<title>T</title><description>{hidden}</description>").entries[0].summary == "Seen."


@given(
    st.binary(max_size=300),
    st.sampled_from([b"", b"<rss version='2.0'><channel><item><title>", b"<feed xmlns='http://www.w3.org/2005/Atom'><entry><title>", b"{"]),
)
def test_any_bytes_are_a_feed_or_refused(tail: bytes, head: bytes) -> None:
    try:
        document = parse(head + tail)
    except Unreadable as refusal:
        document, reason = FeedDocument(()), refusal.reason
    else:
        reason = "empty"
    assert reason in {"empty", "not_a_feed"}
    for entry in document.entries:
        assert "\n" not in entry.title
        assert entry.url.startswith("http") or entry.url == ""
