"""Official documents: which acts are routine, which kind an act is, and whom a listing meets. By title, first sentences and act verbs."""

from __future__ import annotations

import re

from extractors.model import Article
from topics.model import Kind

_ROUTINE = re.compile(
    r"information collection|paperwork reduction|comment request|submission for omb|proposed collection|sunshine act|privacy act"
    r"|system of records|notice of (?:an? )?(?:open |public |closed |virtual |partially closed )*"
    r"(?:meeting|hearing|workshop|roundtable|listening)"
    r"|advisory (?:committee|council|board|panel)|procedures for access|public briefing|inflation adjustment|civil monetary penalt\w+ adj"
    r"|delegation of authority|nomination|petition for|general licen[cs]e|web general|renewal of|charter|sanctions actions?$",
    re.I,
)
_CORRECTION = re.compile(
    r"^(?:technical )?corrections?\b|[;:] ?(?:technical )?corrections?$|corrections? and clarifications?|correcting amendment",
    re.I,
)
_COMMENT_PERIOD = re.compile(r"(?:extend\w*|extension|reopen\w*|clarification) (?:of )?(?:the )?[^.]{0,60}comment|comment period", re.I)
_SMALL_FIX = re.compile(r"(?:extend\w*|reopen\w*)[^.]{0,80}\bcomment|correct(?:s|ing) (?:errors?|inadvertent|typograph)", re.I)
_TRADE = re.compile(
    r"antidumping|countervailing|section (?:301|337|232)\b|investigation no|\binv\. no|sunset review|tariff|duty order|material injury"
    r"|exclusion order|administrative review|foreign-trade zone|import (?:restriction|quota)|patent|fair value|commission determination",
    re.I,
)
_LISTING = re.compile(
    r"Entity List|Supplement No\. [467] to part 744|Unverified List|Chinese military compan|Communist Chinese military|1260H|NS-CMIC"
    r"|military end[- ]user",
    re.I,
)
_OTHER_LIST = re.compile(r"Uyghur Forced Labor|UFLPA|forced[- ]labor", re.I)  # a list of goods and firms, of another field
# A register at work: services that were filed or registered, as the authority lists them or a firm announces it. Not a rule on filing,
# and not a text on what is struck off.
_FILED = re.compile(
    r"(?:发布|公布|公告|新增|新登记|完成|通过|获得?|累计|已有?)[^，。？！]{0,40}(?:备案|登记)|(?:备案|登记)[^，。？！]{0,12}(?:信息|情况|名单|清单)[^，。？！]{0,8}$"
)
_FILING_RULE = re.compile(r"办法|规定|意见|条例|通知|问答|答记者问|[须应拟]|要求|未备案|未履行|免于|不再")
_STRUCK_OFF = re.compile(r"注销|撤销|取消|下架|处罚|罚款|停止提供")
_DESTINATION = re.compile(r"([A-Z][A-Za-z .']{1,60}?(?:\((?:China|UAE|PRC)\))?)\s*\((\d{1,6})\)")
_CHINA = re.compile(r"\bChin(?:a|ese)\b|\bPRC\b|Hong Kong|Macau")
_PROPOSE = re.compile(
    r"\bpropos(?:es|ed|ing)\b|\bA?NPRM\b|advance notice|(?:seeks?|soliciting|requests?|inviting) (?:public )?comments?\b", re.I
)
_FINAL = re.compile(r"final rule|(?:\bis|hereby) amend|\bamends?\b|\badds\b|\badding\b", re.I)
_ENFORCE = re.compile(
    r"in the matter of|order relating to|order denying|denial order|civil penalt|settlement agreement|charging letter", re.I
)
_EASE = re.compile(
    r"\b(?:suspend\w*|suspension|postpon\w+|delay\w*|stay(?:ed|ing)?|defer\w*|withdraw\w*|rescind\w*|rescission|repeal\w*"
    r"|revision of effective dates)\b",
    re.I,
)
_REMOVE = re.compile(r"\bremov(?:es?|ing|al)\b", re.I)
_ADD = re.compile(r"\badd(?:s|ing|ed|itions?)?\b|\binsert(?:s|ing|ed)?\b|designat", re.I)
_FORCE = re.compile(r"applicability date|now in effect|compliance date|begin(?:s|ning)? to apply", re.I)
_WIDEN = re.compile(r"\b(?:expan\w+|exten[ds]\w*|updat\w+|broaden\w*|additional|same controls)\b", re.I)
_VEU = re.compile(r"validated end[- ]user", re.I)
_REVOKE = re.compile(r"\brevo[ck]\w+", re.I)


def why_routine(article: Article) -> str:
    """The reason why a document is routine and no move, '' when it may be one."""
    title, body = article.title, article.body
    checks = (
        ("routine_notice", _ROUTINE.search(title) or _ROUTINE.search(body[:160])),
        ("correction", _CORRECTION.search(title)),
        ("comment_period", _COMMENT_PERIOD.search(title) or _SMALL_FIX.search(body[:500])),
        ("trade_case", _TRADE.search(title) or _TRADE.search(body[:300])),
        ("other_list", _OTHER_LIST.search(title)),
        ("filing", is_filing(article)),
        ("listing_elsewhere", _LISTING.search(title) and china_share(body) < 1 / 3),
    )
    return next((reason for reason, hit in checks if hit), "")


def is_filing(article: Article) -> bool:
    """Whether a text tells that services stand in a register now: the rule behind it is at work, and nothing about it moved."""
    title = article.title
    return bool(_FILED.search(title)) and not _FILING_RULE.search(title) and not _STRUCK_OFF.search(f"{title}\n{article.body}")


def china_share(text: str) -> float:
    """Share of the entries of a listing that stand under China, Hong Kong or Macau; 1 when only named, 0 when not."""
    counts = {m[1].strip(): int(m[2]) for m in _DESTINATION.finditer(text)}
    total = sum(counts.values())
    if not total:
        return 1.0 if _CHINA.search(text) else 0.0
    return sum(n for place, n in counts.items() if _CHINA.search(place)) / total


def act_of(article: Article) -> Kind | None:
    """The kind of act, by its verbs; None when no act verb stands in the text."""
    title, lead = article.title, article.body[:1200]
    text = f"{title}. {lead}"
    if _ENFORCE.search(title):
        return "enforced"
    proposed = _PROPOSE.search(text) and not (_FINAL.search(text) and not re.search(r"propos(?:es|ed rule|ing)", title + lead[:400], re.I))
    if proposed:
        return "proposed"
    if _VEU.search(text):
        return "extended" if _REVOKE.search(text) else "eased"
    if _LISTING.search(title) and _REMOVE.search(title) and not _ADD.search(title):
        return "eased"
    if _EASE.search(title) or (_FINAL.search(text) and _EASE.search(lead[:300])):
        return "eased"
    if _FORCE.search(title):
        return "in_force"
    if not _LISTING.search(title) and _WIDEN.search(title):
        return "extended"
    return "adopted" if _FINAL.search(text) or _ADD.search(text) else None
