"""The words by which blocks.py knows a page's parts: in class names and ids, in short texts, and the function words of running prose."""

from __future__ import annotations

import re
from functools import lru_cache

# What the class, id or role of an element says; each name is a pattern over the lower-case attribute values.
_CLASSES = {
    "related": (
        r"relat|recommend|read-?(?:more|next|also)|trending|popular|outbrain|taboola|teaser|(?<![a-z])cards?(?![a-z])|"
        r"most-|more-(?:from|on|stories|in|news)|promo|also-|next-|up-?next|latest|recirc|suggest|you-?may|"
        r"zergnet|revcontent|dianomi"
    ),
    "share": r"shar(?:e|ing)|social|tool(?:bar|s)|follow|facebook|twitter|whatsapp|print(?![a-z])|bookmark|save-",
    "letter": (
        r"newsletter|subscri|sign-?up|paywall|donat|support|fundrais|contribute|cta(?![a-z])|call-?out|register|log-?in|member|offer|piano|"
        r"regwall|optin|mailchimp"
    ),
    "byline": r"author|by-?line|(?<![a-z])bio(?![a-z])|contributor|writer|reporter|credit-?line|avatar",
    "facts": (
        r"date|(?<![a-z])time(?![a-z])|timestamp|meta(?![a-z])|publish|updated|source|attribution|read-?time|"
        r"dateline"
    ),
    "tags": (
        r"(?<![a-z])tags?(?![a-z])|topics?(?![a-z])|breadcrumb|categor|kicker|eyebrow|section-?name|label|"
        r"keyword"
    ),
    "caption": r"caption|credit|cutline|figure|gallery|imag|photo|picture|lightbox|wp-caption",
    "player": r"video|player|media|slideshow|embed|carousel|slide|swiper|audio|podcast|tweet|instagram|youtube",
    "navigation": r"(?<![a-z])nav|menu|header|masthead|skip-|toc|table-of-contents|jump|pagination|pager|breadcrumb",
    "margin": r"footer|side-?bar|aside|widget|banner|(?<![a-z])rail|right-?col|secondary|bottom|zone|dock",
    "comments": r"comment|disqus|discuss|repl(?:y|ies)|respond|livefyre|coral|(?<![a-z])spot-?im|openweb",
    "advert": r"(?<![a-z])ads?(?![a-z])|advert|sponsor|dfp|(?<![a-z])gpt|leaderboard|mpu|inread|teads",
    "shop": r"affiliate|commerce|product|price|deal|shop|buy|cart|review-?box|rating|coupon",
    "legal": (
        r"cookie|consent|copyright|disclaim|legal|popup|modal|overlay|gdpr|privacy|notice|alert|onetrust|terms|"
        r"dialog|toast"
    ),
    "unseen": r"hidden|sr-only|visually-?hidden|screen-?reader|invisible|d-none|display-none|collaps|offscreen|a11y",
    "body": (
        r"article-?_*(?:body|content|text|copy|main)|story-?_*(?:body|content|text|copy)|entry-?_*content|"
        r"post-?_*(?:content|body|text)|body-?_*(?:copy|content|text)|rich-?text|wysiwyg|prose|(?<![a-z])content-?_*(?:body|article|main)|"
        r"main-?_*(?:content|text|article)|field--name-body|text-?body|article__|articlebody|available-content|"
        r"(?<![a-z])td-post"
    ),
    "content": r"content|article|story|post|entry|main|text|paragraph|body|single",
    "live": r"live-?blog|live-?(?:update|post|entry|feed|coverage)|timeline|update-|key-?event",
    "intro": (
        r"summary|(?<![a-z])dek(?![a-z])|standfirst|subtitle|sub-?head|deck|(?<![a-z])lead(?![a-z])|lede|intro|"
        r"excerpt|abstract|description"
    ),
    "points": r"key-?(?:points|takeaway)|highlights|takeaways|at-?a-?glance|fact-?box|info-?box|in-?brief|bullet",
    "headline": r"headline|heading|(?<![a-z])title|entry-title",
    "list": r"list|grid|item|river|stream|feed|archive|loop|teasers|collection",
    "pull": r"pull-?quote|blockquote|quote",
    "note": r"editor|correction|footnote|disclosure|tagline|note(?![a-z])|endnote|infobox|more-info",
}
CLASS_NAMES = tuple(_CLASSES)
_CLASS_PATTERNS = tuple(re.compile(pattern) for pattern in _CLASSES.values())

# What a short text says of itself.
_TEXTS = {
    "letter": (
        "newsletter newsletters subscribe subscriber subscribers subscription inbox register login donate donation "
        "membership signup sign email premium trial unlimited briefing alerts patreon support abonnieren abo jetzt"
    ),
    "related": (
        "read see watch listen related more also recommended trending latest next previous popular stories posts "
        "articles topics story headlines mehr lesen lire aussi leer también voir weitere"
    ),
    "share": (
        "share tweet follow facebook twitter whatsapp linkedin instagram comment comments copy print save bookmark "
        "reddit pinterest telegram x bluesky threads teilen partager tiktok youtube"
    ),
    "legal": (
        "copyright reserved cookie cookies privacy terms disclaimer affiliate commission redistributed rights policy "
        "partners consent disclosure sponsored corrections guidelines"
    ),
    "caption": (
        "photo photograph photos image picture credit getty reuters afp ap shutterstock istock file screenshot "
        "illustration courtesy via pictured caption images pa epa wire video foto bild"
    ),
    "byline": (
        "by written reported edited reporting editing contributed contributor writer reporter journalist correspondent "
        "freelance author updated published modified posted min minutes am pm gmt et est edt utc pst ago von par por "
        "editor"
    ),
    "advert": (
        "advertisement advertising ad scroll continue continues skip loading click tap download app store play buy shop "
        "load show gallery anzeige publicidad advertisment"
    ),
    "contact": "contact tips tip reach email reached twitter follow send feedback author bio biography",
    "source": ("source originally appeared article post first published version press release statement correction note editors this"),
}
TEXT_NAMES = tuple(_TEXTS)
TEXT_BITS: dict[str, int] = {}
for _place, _words in enumerate(_TEXTS.values()):
    for _word in _words.split():
        TEXT_BITS[_word] = TEXT_BITS.get(_word, 0) | 1 << _place

FUNCTION_WORDS = frozenset(
    # English
    "the of to and a in is that for it on was with as he be by at are this have from or had not but his they she which "
    "you an we there were their has been if more when will would who so no said out up into than them can only other "
    "time new some could these two may then do first any my now such like our over me even most made after also did "
    "many before must through where much your way well down should because each just those how too very still own here "
    "between both under never same another while last us off come since against took her him its i what about all one "
    "says according during being without until told "
    # German, French, Spanish, Italian, Portuguese, Dutch, Scandinavian, Polish, Turkish
    "der die das und den von zu mit sich des auf für ist im dem nicht ein eine als auch es werden aus er dass sie nach "
    "wird bei einer um am sind noch wie einem über einen zum war haben nur oder aber vor zur bis mehr durch man sein "
    "wurde sei hat le les et un une du dans qui par pour au il sur plus ne pas ce avec sont la de l d que en est à "
    "cette aux ont el y los se las con para como pero sus lo ya o sí porque cuando muy sin sobre también hasta hay "
    "donde quien desde todo nos durante ni contra otros di che non per una sono da si del della dei nel alla anche os "
    "uma não na mais dos ao são het van op te voor zijn aan ook door naar maar og det som på av ikke till inte w z się "
    "nie że jest ve bir bu için ile".split()
)
FUNCTION_CHARACTERS = re.compile("[的了是在和等与為为将將對对于於有不の은는이가をにがでと]")


def class_bits(text: str) -> int:
    """Return which groups of CLASS_NAMES the names in an element's attributes belong to, one bit each."""
    bits = 0
    for name in text.split():
        bits |= _name_bits(name)
    return bits


@lru_cache(maxsize=50_000)
def _name_bits(name: str) -> int:
    lower = name.lower()
    return sum(1 << place for place, pattern in enumerate(_CLASS_PATTERNS) if pattern.search(lower))
