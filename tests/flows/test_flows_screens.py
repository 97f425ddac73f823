"""The mail and the explain page in a real browser: pictures, light and dark, and nothing sticks out of a phone's 390 pixels."""

from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from alerts.dressing import Dresser, Rate
from alerts.links import Links
from alerts.model import Alert, Line, Recipient
from alerts.render import mail_html
from alerts.send import Attempt
from alerts.wording import title_of_line
from flows.site_pages import render
from standins.browser import CHROMIUM, MISSING, overflow, screenshot
from topics.model import Topic

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not CHROMIUM, reason=MISSING)]
AT = datetime(2026, 11, 19, 6, 0, tzinfo=UTC)
LINE = Line(
    move_id="a" * 20, topic="cloud-kyc", kind="adopted", severity="alert", headline="Bureau makes tenant checks final for AI data halls",
    quote="Operators of data halls must verify who their tenants are before they lease more than five megawatts.", quote_lang="en",
    publisher="Harbour Gazette",
    url="https://gazette.example/a/" + "very-long-path-" * 30, known_before="The bureau proposed the checks.",
    others=("Tidewater Post", "Lagoon Times"), official=True, confidence=0.97, night="2026-11-18", matter_id="m",
    measure="tenant identification for AI data halls", measure_zh="人工智能机房租户身份识别规则", catalogued=True,
    topics=("cloud-kyc",), links=(("Tidewater Post", "https://tidewater.example/a"),), who=("Commerce", "美国商务部"),
    told_at="2026-11-18T15:04:00+00:00", known_by="Capital Wire", known_on="2026-11-06", applies_on="2026-11-25",
)  # fmt: skip
CHINESE = replace(
    LINE, move_id="b" * 20, kind="enforced", headline="深圳海关查获未申报加速卡", headline_lang="zh",
    quote="海关在口岸查获未申报的加速卡480张。",
    quote_lang="zh", reading=0.4, who=("Customs", "海关"), applies_on="", official=False, url="https://paper.example/" + "x" * 300,
)  # fmt: skip
DRESSER = Dresser(
    Links("https://watch.example", "k" * 40),
    {"cloud-kyc": Topic("cloud-kyc", "Cloud customer identification", "云服务客户身份识别", "")},
    {"cloud-kyc": Rate(20, 3, 21, 4)},
)
GIVEN = Alert(
    "c" * 20, "m", "update", title_of_line(LINE), ("cloud-kyc",), (LINE, CHINESE, replace(LINE, quote="W" * 300)), (), "2026-11-18"
)


def mail(lang: str) -> str:
    """The mail as one recipient gets it."""
    return mail_html(DRESSER.dress(GIVEN, Recipient("ana", "smtp", "ana@press.example", lang), AT), Attempt(1, AT, possible_repeat=True))


def explain() -> str:
    """The page behind the link `Explain`."""
    return render("alert", alert=GIVEN, deeds=(("Useful", "/do/x"), ("Mute 30 days", "/do/y")), why=(), deliveries=(), said=())


PAGES: dict[str, Callable[[], str]] = {"mail-en": lambda: mail("en"), "mail-zh": lambda: mail("zh"), "explain": explain}


def test_nothing_sticks_out_of_a_phone(tmp_path: Path) -> None:
    too_wide = "<!doctype html><body><div style='width:500px'>x</div>"
    *ours, other = overflow([*(make() for make in PAGES.values()), too_wide], tmp_path, tmp_path / "profile")
    assert [(wide <= 390, which) for wide, which in ours] == [(True, "")] * len(PAGES)
    assert (other[0] > 390, other[1]) == (True, "DIV")  # the measure finds one that is too wide


@pytest.mark.parametrize("name", PAGES)
def test_light_is_light_and_dark_is_dark(name: str, tmp_path: Path) -> None:
    """The pictures also go to the folder that TOPICWATCH_SCREENS names, to be looked at."""
    page = tmp_path / f"{name}.html"
    page.write_text(PAGES[name](), encoding="utf-8")
    kept = Path(os.environ.get("TOPICWATCH_SCREENS", tmp_path))
    shades = {}
    for scheme in ("light", "dark"):
        png = screenshot(page, kept / f"{name}-{scheme}.png", tmp_path / f"profile-{scheme}", dark=scheme == "dark")
        shades[scheme] = first_pixel(png)
    assert min(shades["light"]) > 240
    assert max(shades["dark"]) < 60


def first_pixel(png: bytes) -> tuple[int, int, int]:
    """Read the upper left pixel of a PNG (RFC 2083): in its first row every filter leaves the first pixel as it is."""
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    at, packed = 8, b""
    while at < len(png):
        (size,), name = struct.unpack(">I", png[at : at + 4]), png[at + 4 : at + 8]
        packed += png[at + 8 : at + 8 + size] if name == b"IDAT" else b""
        at += size + 12
    red, green, blue = zlib.decompress(packed)[1:4]
    return red, green, blue
