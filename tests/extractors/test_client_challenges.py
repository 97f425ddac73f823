"""Fault 36: pages that check for a browser are named, and no article is taken for one."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from extractors.answers import is_challenge
from standins.hostile_http import Behaviour, fetched, flood, head, raw, refused, reply, reset

CLOUDFLARE = '<!DOCTYPE html><html lang="en-US"><head><title>Just a moment...</title></head><body>Enable JavaScript</body></html>'


@pytest.mark.parametrize(
    ("behaviour", "purpose"),
    [
        pytest.param(reply(CLOUDFLARE, 403), "page", id="403"),
        pytest.param(reply(CLOUDFLARE, 200), "page", id="200"),
        pytest.param(reply(CLOUDFLARE, 200), "feed", id="200-feed"),
        pytest.param(reply(CLOUDFLARE, 503, "Retry-After: 10"), "page", id="503"),
        pytest.param(reply("", 403, "cf-mitigated: challenge"), "page", id="header"),
        pytest.param(reply("", 202, "x-amzn-waf-action: challenge"), "page", id="aws"),
        pytest.param(reply("", 405, "x-amzn-waf-action: captcha"), "page", id="aws-captcha"),
        pytest.param(reply("<script>window._cf_chl_opt={}</script>", 403), "page", id="script"),
        pytest.param(reply("<title>\n Access to this page has  been denied </title>", 403), "page", id="perimeterx"),
        pytest.param(reply("<html><title>百度安全验证</title>"), "page", id="baidu"),
        pytest.param(reply("<html><title>Federal Register :: Request Access</title>"), "page", id="federal-register"),
    ],
)
def test_36_challenge_pages_are_blocked_and_never_a_document(behaviour: Behaviour, purpose: str) -> None:
    error = refused({"/": behaviour}, purpose=purpose)  # type: ignore[arg-type]
    assert error.reason == "blocked"


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("<html><title>Just a moment: what the rule means</title><p>Text</p>", "text/html"),
        ("<html><title>Rule</title><script src='/cdn-cgi/challenge-platform/scripts/jsd/main.js'></script>", "text/html"),
        ("<html><title>Rule</title><p>The page showed _cf_chl_opt.</p>", "text/html"),
        ("<rss><channel><title>Just a moment...</title></channel></rss>", "application/rss+xml"),
        ('{"html": "<title>Just a moment...</title>"}', "application/json"),
    ],
)
def test_36_documents_that_only_look_like_one_are_kept(body: str, kind: str) -> None:
    assert fetched({"/": reply(body, kind=kind)}).body == body.encode()


def test_36_without_a_content_type_the_body_tells() -> None:
    nothing: Mapping[str, str] = {}
    assert is_challenge(200, nothing, CLOUDFLARE.encode())
    assert not is_challenge(200, nothing, b"<rss><title>Just a moment...</title></rss>")


def test_a_refusal_with_an_endless_or_packed_body_is_still_named() -> None:
    assert refused({"/": flood(head(403), b"x" * 4096)}).reason == "forbidden"
    assert refused({"/": raw(head(403, "Content-Encoding: br") + b"xx")}).reason == "forbidden"
    assert refused({"/": raw(head(403, "Content-Length: 99") + b"short")}).reason == "forbidden"
    assert refused({"/": reset(head(403, "Content-Length: 99") + b"short")}).reason == "forbidden"
    assert refused({"/": flood(head(500), b"x" * 4096)}).reason == "server_error"
