from __future__ import annotations

import pytest

from extractors.language import base_language, guess_language


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("Commerce issues final rule on cloud customer identification", "en"),
        ("商务部公布对镓、锗相关物项实施出口管制", "zh"),
        ("英伟达 H20 获准对华出口 Nvidia says", "zh"),
        ("經濟部宣布對半導體設備實施新的出口管制", "zh"),
        ("半導体製造装置の輸出規制について発表しました", "ja"),
        ("반도체 장비 수출 통제", "ko"),
        ("Министерство торговли объявило о новых правилах", "ru"),
        ("Die Bundesregierung hat am Montag ein neues Gesetz für den Export vorgelegt", "de"),
        ("Le ministère a publié lundi un décret sur les exportations de la filière", "fr"),
        ("El ministerio publicó una norma para la exportación de los chips", "es"),
    ],
)
def test_guess(text: str, lang: str) -> None:
    assert guess_language(text) == lang


def test_no_letters_falls_back() -> None:
    assert guess_language("12:30 — 45 %", "zh") == "zh"
    assert guess_language("Nvidia H20", "de") == "de"
    assert guess_language("Nvidia H20") == "en"


@pytest.mark.parametrize(("tag", "lang"), [("zh-Hans-CN", "zh"), ("en_US", "en"), (" DE ", "de"), ("", ""), ("x1", "")])
def test_base(tag: str, lang: str) -> None:
    assert base_language(tag) == lang
