"""The big list of naughty strings as titles, quotes and names: shown unchanged but for control codes (case 103)."""

from __future__ import annotations

import html
import json
import os
from collections.abc import Callable
from datetime import UTC, datetime
from email.header import decode_header, make_header
from email.parser import BytesParser
from email.policy import compat32
from pathlib import Path

import pytest

from alerts.addressing import delivery_of
from alerts.blocks import message
from alerts.files import FileSender
from alerts.mail import build_mail
from alerts.model import Alert, Line, Recipient
from alerts.payload import from_json, to_json
from alerts.plain import one_line, visible
from alerts.render import mail_html, mail_text
from alerts.send import Attempt

ROOT = Path(__file__).resolve().parents[2]
LIST = Path(os.environ.get("TOPICWATCH_SHARED", ROOT.parent / "shared")) / "corpora" / "naughty-strings" / "blns.jsonl"
FIRST = Attempt(1, datetime(2026, 11, 7, tzinfo=UTC))
ANA = Recipient("ana", "smtp", "ana@reader.example")
FEW = ["undefined", "1/0", "<script>alert(1)</script>", "Ω≈ç√∫˜µ≤", "田中さん", "👾 🙇", "{{ 7*7 }}", "%s%n", "=?utf-8?q?a?=", "\x1b[31m"]


@pytest.fixture(scope="module")
def strings() -> list[str]:
    if not LIST.exists():
        return FEW
    return FEW + [s for line in LIST.read_text(encoding="utf-8").splitlines() if (s := json.loads(line)["s"]).strip()]


def named(text: str, alert: Callable[..., Alert], line: Callable[..., Line]) -> Alert:
    return alert(title=text, lines=(line(headline=f"{text} ", quote=text, publisher=text),))


def test_mail_and_slack_show_them_unchanged(strings: list[str], alert: Callable[..., Alert], line: Callable[..., Line]) -> None:
    for text in strings:
        shown, made = one_line(text), named(text, alert, line)
        wire, _ = build_mail(made, ANA, FIRST, "watch@sender.example")
        subject = str(make_header(decode_header(BytesParser(policy=compat32).parsebytes(wire)["Subject"])))
        assert subject.split() == shown.split()
        assert shown in mail_text(made, FIRST).splitlines()
        assert html.escape(shown).replace("&#x27;", "&#39;").replace("&quot;", "&#34;") in mail_html(made, FIRST)
        first = message(made, FIRST)["blocks"][0]["text"]["text"]
        if "…" not in first:
            assert first.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&") == (shown or "-")


def test_only_control_codes_and_direction_marks_go(strings: list[str]) -> None:
    plain = [s for s in strings if s.isprintable() and not set(s) & set("\u200e\u200f\u202a\u202b\u202c\u202d\u202e")]
    assert len(plain) > len(FEW) // 2
    for text in plain:
        assert visible(text) == text
        assert one_line(text, 10_000) == " ".join(text.split())


def test_payloads_carry_them_whole(strings: list[str], alert: Callable[..., Alert], line: Callable[..., Line]) -> None:
    for text in strings:
        made = named(text, alert, line)
        assert from_json(to_json(made)) == made


def test_files_stay_in_their_folder(strings: list[str], tmp_path: Path, alert: Callable[..., Alert], line: Callable[..., Line]) -> None:
    sender, files = FileSender(tmp_path / "home"), Recipient("files", "file", "out")
    for text in strings[:: len(strings) // 40 + 1]:
        made = named(text, alert, line)
        sender.send(made, files, delivery_of(made, files), FIRST)
    assert {p.parent for p in tmp_path.rglob("*") if p.is_file()} == {tmp_path / "home" / "out"}
