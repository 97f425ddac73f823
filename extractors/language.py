"""The language of a short text, by script and by stop words; no model, no network."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable

_LETTERS = re.compile(r"[^\W\d_]+")
_SCRIPTS = (
    ("kana", re.compile("[\u3041-\u30ff\u31f0-\u31ff\uff66-\uff9d]")),
    ("hangul", re.compile("[\u1100-\u11ff\u3130-\u318f\uac00-\ud7af]")),
    ("han", re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")),
    ("cyrillic", re.compile("[\u0400-\u04ff]")),
    ("arabic", re.compile("[\u0600-\u06ff\u0750-\u077f]")),
    ("hebrew", re.compile("[\u0590-\u05ff]")),
    ("greek", re.compile("[\u0370-\u03ff]")),
    ("thai", re.compile("[\u0e00-\u0e7f]")),
    ("devanagari", re.compile("[\u0900-\u097f]")),
)
_OF_SCRIPT = {"hangul": "ko", "cyrillic": "ru", "arabic": "ar", "hebrew": "he", "greek": "el", "thai": "th", "devanagari": "hi"}
_STOP_WORDS = {
    "en": "the of and to in a is that for on it with as was at by an be from are this has have its will not or which said he his but",
    "de": "der die das und in den von zu mit ist im für auf des dem nicht ein eine als auch es an werden sich hat bei nach wird dass sie",
    "fr": "le la les de des et en un une du pour que qui dans est sur au par plus pas avec ce il son se sont aux cette ont d l à",
    "es": "el la los de que y en un una del por las se con para es al no su como más lo ha sus entre este fue",
    "it": "il la di che e un una per in del è della non con dei le i gli si da al sono nel alla più anche come ha",
    "pt": "o a os de que e em um uma do da para com não no na por mais dos as se ao foi como das são à",
    "nl": "de het een van en in is dat op te voor met zijn niet aan er om ook als bij door naar maar worden heeft deze",
    "pl": "w i na z do się nie że to jest o od przez po jak za dla oraz ale jego są ze",
    "sv": "och i att det som en på är av för med den till inte har de om ett men var från kan",
    "no": "og i det som en på er av for med den til ikke har de om et men var fra kan",
    "tr": "ve bir bu için ile da de olarak olan daha en çok gibi kadar ancak ise",
    "id": "yang dan di dengan untuk dari ini pada itu dalam tidak akan juga oleh telah adalah ke",
    "vi": "và của là có cho không được các trong với một những đã này người để khi từ",
}
_WORDS = {lang: frozenset(words.split()) for lang, words in _STOP_WORDS.items()}
_LATIN = re.compile("[\x00-\u036f]+")  # what none of _SCRIPTS holds
SEEN = 4_000


def guess_language(text: str, fallback: str = "") -> str:
    """Return an ISO 639-1 code ('en', 'zh', ...), or `fallback` when the text shows none.

    Han without kana is Chinese from a fifth of the letters on: a Chinese headline may be half Latin names.
    """
    sample = unicodedata.normalize("NFC", text[:SEEN])
    words = _LETTERS.findall(sample)
    letters = sum(map(len, words))
    if not letters:
        return fallback
    others = "" if sample.isascii() else _LATIN.sub("", sample)
    shares = {name: len(pattern.findall(others)) / letters for name, pattern in _SCRIPTS}
    if shares["kana"] > 0.1 or (shares["kana"] > 0.02 and shares["kana"] * 10 > shares["han"]):
        return "ja"
    if shares["hangul"] > 0.2:
        return "ko"
    if shares["han"] > 0.2:
        return "zh"
    script, share = max(shares.items(), key=lambda pair: pair[1])
    if share > 0.5 and script in _OF_SCRIPT:
        return _OF_SCRIPT[script]
    return _latin(words, fallback)


def base_language(tag: str) -> str:
    """Return the language of a tag: 'zh-Hans-CN' and 'zh_CN' -> 'zh'; '' for nonsense."""
    base = re.split(r"[-_]", tag.strip().lower(), maxsplit=1)[0]
    return base if re.fullmatch(r"[a-z]{2,3}", base) else ""


def _latin(words: Iterable[str], fallback: str) -> str:
    counts = Counter(map(str.lower, words))
    scores = {lang: sum(counts[word] for word in words) for lang, words in _WORDS.items()}
    best = max(scores, key=lambda lang: (scores[lang], lang == fallback, lang == "en"))
    return best if scores[best] > 0 else fallback or "en"
