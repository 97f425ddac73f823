"""Model hubs: an organisation's new models, without copies and strangers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from extractors.failures import Unreadable
from extractors.model import Source
from extractors.model_hub import models_url, parse_models
from standins.hostile_http import Behaviour, HostileServer, reply
from standins.scripted_web import NOW
from standins.source_web import asking, ends, example, json_reply, read_live

PARAMS = (("orgs", "deepseek-ai, Qwen"), ("skip", "(?i)-gguf$"))
SOURCE = Source("hub", "model_hub", "https://huggingface.co/api/models", "Hub", tier="special", params=PARAMS)


def made(server: HostileServer) -> Source:
    return Source("hub", "model_hub", server.url("/api/models"), "Hub", tier="special", params=PARAMS)


def test_the_question() -> None:
    assert models_url(SOURCE, "Qwen") == "https://huggingface.co/api/models?author=Qwen&sort=createdAt&direction=-1&limit=20"


def test_a_model_is_told_in_sentences() -> None:
    page = parse_models(example("model_hub/models.json"), SOURCE, "deepseek-ai", NOW)
    (entry,) = page.entries
    assert entry.title == "deepseek-ai publishes the model DeepSeek-V9"
    assert entry.body == (
        "deepseek-ai published the model DeepSeek-V9 on the hub on 2026-11-24. Task: text-generation. Licence: mit. "
        "Base model: deepseek-ai/DeepSeek-V9-Base."
    )
    assert (entry.url, entry.published_at) == ("https://huggingface.co/deepseek-ai/DeepSeek-V9", datetime(2026, 11, 24, 9, 30, tzinfo=UTC))
    assert page.flags == ("left_out",)


@pytest.mark.parametrize(("body", "reason"), [(b"", "empty"), (b'{"error": "x"}', "wrong_type"), (b"<html>", "wrong_type")])
def test_other_answers_are_refused(body: bytes, reason: str) -> None:
    with pytest.raises(Unreadable, match=reason):
        parse_models(body, SOURCE, "Qwen", NOW)


def test_senseless_fields_cost_themselves_only() -> None:
    body = b'[null, 3, {"id": 7}, {"id": "Qwen/../../x"}, '
    body += b'{"id": "Qwen/A", "tags": {"a": 1}, "createdAt": [], "pipeline_tag": 5, "gated": false}]'
    (entry,) = parse_models(body, SOURCE, "Qwen", NOW).entries
    assert (entry.body, entry.published_at) == ("Qwen published the model A on the hub. Task: 5.", None)


def hub(path: str) -> Behaviour:
    asked = parse_qs(urlsplit(path).query)
    if asked.get("author") == ["Qwen"]:
        return reply(b"", 500)
    if "cursor" in asked:
        return json_reply("model_hub/models_2.json")
    return reply(
        example("model_hub/models.json"), 200, 'Link: </api/models?author=deepseek-ai&cursor=x>; rel="next"', kind="application/json"
    )


def test_one_organisations_fault_leaves_the_others() -> None:
    reading, server = read_live({"/api/models": asking(hub)}, made)
    assert (reading.outcome, reading.reason) == ("failed", "partial:server_error")
    assert sorted(ends(reading)) == [
        ("deepseek-ai publishes the model DeepSeek-V8", "too_old", "before_window"),
        ("deepseek-ai publishes the model DeepSeek-V9", "fetched", ""),
    ]
    (article,) = reading.articles
    assert (article.publisher, article.text_kind, article.witness) == ("deepseek-ai", "full", "feed")
    assert sum("deepseek" in path for path in server.paths()) == 2


def test_a_backfill_goes_back_to_its_window() -> None:
    window = (NOW - timedelta(days=90), NOW - timedelta(days=30))
    reading, _ = read_live({"/api/models": asking(hub)}, made, window=window)
    assert ends(reading) == [("deepseek-ai publishes the model DeepSeek-V8", "fetched", "")]
    assert "Access is gated." in reading.articles[0].body


def test_the_next_answer_stays_on_the_hub() -> None:
    away = reply(example("model_hub/models.json"), 200, 'Link: <https://evil.example/api>; rel="next"', kind="application/json")
    reading, server = read_live({"/api/models": away}, made)
    assert (reading.outcome, reading.reason) == ("failed", "partial:foreign_next")
    assert ends(reading) == [("deepseek-ai publishes the model DeepSeek-V9", "fetched", "")]
    assert len(server.paths()) == 2  # one for each organisation
