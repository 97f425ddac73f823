"""The words by which blocks.py knows a page's parts: in class names and ids, in short texts, and the function words of running prose."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import chain

import ahocorasick

# What the class, id or role of an element says, by pieces of its lower-case values: '<' and '>' mean that no letter stands there, '=' that
# a hyphen may stand there, '~' a hyphen, underscores or both.
_CLASSES = {
    "related": (
        "relat recommend read=more read=next read=also trending popular outbrain taboola teaser <card> <cards> most- more-from more-on "
        "more-stories more-in more-news promo also- next- up=next latest recirc suggest you=may zergnet revcontent dianomi"
    ),
    "share": "share sharing social toolbar tools follow facebook twitter whatsapp print> bookmark save-",
    "letter": (
        "newsletter subscri sign=up paywall donat support fundrais contribute cta> call=out register log=in member offer piano regwall "
        "optin mailchimp"
    ),
    "byline": "author by=line <bio> contributor writer reporter credit=line avatar",
    "facts": "date <time> timestamp meta> publish updated source attribution read=time dateline",
    "tags": "<tag> <tags> topic> topics> breadcrumb categor kicker eyebrow section=name label keyword",
    "caption": "caption credit cutline figure gallery imag photo picture lightbox wp-caption",
    "player": "video player media slideshow embed carousel slide swiper audio podcast tweet instagram youtube",
    "navigation": "<nav menu header masthead skip- toc table-of-contents jump pagination pager breadcrumb",
    "margin": "footer side=bar aside widget banner <rail right=col secondary bottom zone dock",
    "comments": "comment disqus discuss reply replies respond livefyre coral <spot=im openweb",
    "advert": "<ad> <ads> advert sponsor dfp <gpt leaderboard mpu inread teads",
    "shop": "affiliate commerce product price deal shop buy cart review=box rating coupon",
    "legal": ("cookie consent copyright disclaim legal popup modal overlay gdpr privacy notice alert onetrust terms dialog toast"),
    "unseen": "hidden sr-only visually=hidden screen=reader invisible d-none display-none collaps offscreen a11y",
    "body": (
        "article~body article~content article~text article~copy article~main story~body story~content story~text story~copy entry~content "
        "post~content post~body post~text body~copy body~content body~text rich=text wysiwyg prose <content~body <content~article "
        "<content~main main~content main~text main~article field--name-body text=body article__ articlebody available-content <td-post"
    ),
    "content": "content article story post entry main text paragraph body single",
    "live": "live=blog live=update live=post live=entry live=feed live=coverage timeline update- key=event",
    "intro": "summary <dek> standfirst subtitle sub=head deck <lead> lede intro excerpt abstract description",
    "points": "key=points key=takeaway highlights takeaways at=a=glance fact=box info=box in=brief bullet",
    "headline": "headline heading <title entry-title",
    "list": "list grid item river stream feed archive loop teasers collection",
    "pull": "pull=quote blockquote quote",
    "note": "editor correction footnote disclosure tagline note> endnote infobox more-info",
}
CLASS_NAMES = tuple(_CLASSES)

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


@lru_cache(maxsize=20_000)
def class_bits(text: str) -> int:
    """Return which groups of CLASS_NAMES the names in an element's attributes belong to, one bit each."""
    bits = 0
    for name in text.split():
        bits |= _name_bits(name)
    return bits


@lru_cache(maxsize=50_000)
def _name_bits(name: str) -> int:
    lower, bits = _UNDERSCORES.sub("__", name.lower()), 0
    for last, (size, meanings) in _PIECES.iter(lower):
        before, after = last >= size and "a" <= lower[last - size] <= "z", "a" <= lower[last + 1 : last + 2] <= "z"
        for starts, ends, bit in meanings:
            if not (starts and before) and not (ends and after):
                bits |= bit
    return bits


def _pieces() -> ahocorasick.Automaton:
    """Return all pieces of _CLASSES as one automaton: what a piece leads to is its size and (starts, ends, bit) of each of its groups."""
    found: dict[str, list[tuple[bool, bool, int]]] = {}
    for place, pieces in enumerate(_CLASSES.values()):
        for piece in chain.from_iterable(map(_spellings, pieces.split())):
            found.setdefault(piece.strip("<>"), []).append((piece.startswith("<"), piece.endswith(">"), 1 << place))
    automaton = ahocorasick.Automaton()
    for text, meanings in found.items():
        automaton.add_word(text, (len(text), tuple(meanings)))
    automaton.make_automaton()
    return automaton


def _spellings(piece: str) -> Iterator[str]:
    """Yield a piece with each filling of its gaps; longer runs of underscores are shortened before the search."""
    gap = next((mark for mark in _GAPS if mark in piece), "")
    if not gap:
        yield piece
    for filling in _GAPS.get(gap, ()):
        yield from _spellings(piece.replace(gap, filling, 1))


_GAPS = {"=": ("", "-"), "~": ("", "-", "_", "__", "-_", "-__")}
_UNDERSCORES = re.compile("_{3,}")
_PIECES = _pieces()
