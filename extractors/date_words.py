"""The words of dates: months, weekdays, fillers and time zones, in the languages of the sources."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

# One line a language: 12 months, accents off, spellings divided by '/'.
_MONTH_LINES = (
    "january/jan february/feb/febr march/mar april/apr may june/jun july/jul august/aug september/sep/sept october/oct november/nov december/dec",  # noqa: E501
    "januar/janner februar/feber marz/maerz/mrz april mai juni juli august september oktober/okt november dezember/dez",
    "janvier/janv fevrier/fevr/fev mars avril/avr mai juin/jui juillet/juil aout/aou septembre octobre novembre decembre",
    "enero/ene febrero marzo abril/abr mayo junio julio agosto/ago septiembre/setiembre/set octubre noviembre diciembre/dic",
    "gennaio/gen febbraio marzo aprile maggio/mag giugno/giu luglio/lug agosto settembre ottobre/ott novembre dicembre",
    "janeiro fevereiro marco abril maio junho julho agosto setembro outubro/out novembro dezembro",
    "januari februari maart/mrt april mei juni juli augustus september oktober november december",
    "stycznia lutego marca kwietnia maja czerwca lipca sierpnia wrzesnia pazdziernika listopada grudnia",
    "января/янв февраля/фев марта/мар апреля/апр мая/май июня/июн июля/июл августа/авг сентября/сен/сент октября/окт ноября/ноя декабря/дек",  # noqa: E501
    "ιαν φεβ μαρ/μαω απρ μαι ιουν/ιον ιουλ/ιολ αυγ σεπ οκτ νοε/νοεμ δεκ",
    "ιανουαριου φεβρουαριου μαρτιου απριλιου μαιου ιουνιου ιουλιου αυγουστου σεπτεμβριου οκτωβριου νοεμβριου δεκεμβριου",
    "januar februar/februari marcius/maius aprilis/aprili majus/maj junius julius augusztus szeptember/szept oktober november december",
)
_WEEKDAY_LINES = (
    "monday/mon tuesday/tue/tues wednesday/wed/weds thursday/thu/thur/thurs friday/fri saturday/sat sunday/sun",
    "montag/mo dienstag/di mittwoch/mi donnerstag/do freitag/fr samstag/sa/sonnabend sonntag/so",
    "lundi/lun mardi/mar mercredi/mer jeudi/jeu vendredi/ven samedi/sam dimanche/dim",
    "lunes martes miercoles/mie jueves/jue viernes/vie sabado/sab domingo/dom",
    "lunedi martedi mercoledi giovedi/gio venerdi sabato domenica",
    "segunda/seg terca/ter quarta/qua quinta/qui sexta/sex sabado domingo",
    "maandag/ma dinsdag woensdag/wo donderdag vrijdag/vr zaterdag/za zondag/zo",
    "понедельник/пн вторник/вт среда/ср четверг/чт пятница/пт суббота/сб воскресенье/вс",
    "δευτερα/δευ τριτη/τρι τεταρτη/τετ πεμπτη/πεμ παρασκευη/παρ σαββατο/σαβ κυριακη/κυρ",
)
FILLERS = frozenset(
    "at on the of de del le la les den der vom um uhr a à il el om op klo published updated posted date datum г года в".split()
)
# Hours east of UTC for a name that stands for one offset; a name that stands for a zone with summer time is looked up in ZONES.
OFFSETS = {
    "utc": 0.0, "gmt": 0.0, "z": 0.0, "ut": 0.0, "wet": 0.0, "est": -5.0, "edt": -4.0, "cst": -6.0, "cdt": -5.0, "mst": -7.0, "mdt": -6.0,
    "pst": -8.0, "pdt": -7.0, "akst": -9.0, "akdt": -8.0, "hst": -10.0, "ast": -4.0, "adt": -3.0, "nst": -3.5, "ndt": -2.5, "at": -4.0,
    "cet": 1.0, "cest": 2.0, "met": 1.0, "mest": 2.0, "mez": 1.0, "mesz": 2.0, "eet": 2.0, "eest": 3.0, "msk": 3.0, "msd": 4.0, "bst": 1.0,
    "ist": 5.5, "pkt": 5.0, "ict": 7.0, "wib": 7.0, "hkt": 8.0, "sgt": 8.0, "pht": 8.0, "awst": 8.0, "jst": 9.0, "kst": 9.0, "aest": 10.0,
    "aedt": 11.0, "acst": 9.5, "acdt": 10.5, "nzst": 12.0, "nzdt": 13.0, "brt": -3.0, "art": -3.0, "west": 1.0, "sast": 2.0,
}  # fmt: skip
ZONES = {"et": "America/New_York", "ct": "America/Chicago", "mt": "America/Denver", "pt": "America/Los_Angeles"}


def fold(word: str) -> str:
    """Lower a word and take its accents off, so that 'Août', 'août' and 'aout' are one."""
    decomposed = unicodedata.normalize("NFKD", word.casefold())
    return "".join(char for char in decomposed if not unicodedata.combining(char)).replace("ς", "σ")


def _table(lines: tuple[str, ...]) -> Iterator[tuple[str, int]]:
    for line in lines:
        for number, spellings in enumerate(line.split(), 1):
            for word in spellings.split("/"):
                yield fold(word), number


MONTHS = dict(_table(_MONTH_LINES))
WEEKDAYS = dict(_table(_WEEKDAY_LINES))
AFTERNOON = frozenset({"pm", "p.m.", "p.m", "오후", "下午", "晚上", "午後"})
MORNING = frozenset({"am", "a.m.", "a.m", "오전", "上午", "凌晨", "早上", "午前"})
